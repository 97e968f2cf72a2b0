"""Reports as a workbook (.xlsx) of up to 64 MiB, one sheet a kind: read by a child process, decoded here."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import msgspec

from suyuan.core.field import Kind
from suyuan.intake.chunks import NO_REPORTS
from suyuan.intake.headings import find_kind, is_known, is_own_sheet
from suyuan.intake.row import DecodedRow, FileError, Source
from suyuan.intake.sandbox import ChildLimits, run_child
from suyuan.intake.table import TableDecoder, read_heading_row
from suyuan.intake.workbook_child import SheetSummary

FILE_BYTES_MAX = 64 << 20  # the public format; more goes as CSV, which has no limit

_TOO_LARGE = FileError(
    "The workbook is larger than 64 MB. Save it as CSV, which may have any size, or split it.",
    "工作簿超过 64 MB。请另存为 CSV（大小不限）或拆分后报送。",
)
_Row = tuple[int, int, list[str]]


def read_xlsx(source: Source, *, kind: Kind | None, limits: ChildLimits) -> Iterator[DecodedRow | FileError]:
    """Yield the reports of all sheets that hold reports; explanations and foreign sheets are passed over.

    `row` is the sheet's row; with several sheets of reports the numbers go on, and the row says its sheet. `kind` is
    what the rows of a single sheet are when neither its title nor a column says so.
    """
    with tempfile.TemporaryDirectory(prefix="suyuan-") as folder:
        file, rows = Path(folder, "workbook.xlsx"), Path(folder, "rows.jsonl")
        if not _copy(source, file):
            yield _TOO_LARGE
            return
        answer = run_child("suyuan.intake.workbook_child", [str(file), str(rows)], limits=limits)
        if isinstance(answer, FileError):
            yield answer
            return
        plan = _plan_sheets(msgspec.json.decode(answer, type=list[SheetSummary]), kind=kind)
        if isinstance(plan, FileError):
            yield plan
            return
        yield from _read_rows(rows, plan)


def _copy(source: Source, file: Path) -> bool:
    """Write the workbook to a file; False when it is too large."""
    size = 0
    with file.open("wb") as target:
        for chunk in source():
            size += len(chunk)
            if size > FILE_BYTES_MAX:
                return False
            target.write(chunk)
    return True


class _SheetPlan(msgspec.Struct):
    """How the rows of one sheet are read; `title` is empty when it is the only one with reports."""

    decoder: TableDecoder
    heading_row: int
    rows_before: int
    title: str


def _plan_sheets(summaries: list[SheetSummary], *, kind: Kind | None) -> dict[int, _SheetPlan] | FileError:
    """Return how to read each sheet of reports, by number; a sheet with our headings is never passed over in "
    "silence.
    """
    sheets = [
        (number, summary)
        for number, summary in enumerate(summaries, start=1)
        if summary.headings and not is_own_sheet(summary.title)
    ]
    if not sheets:
        return NO_REPORTS
    plan: dict[int, _SheetPlan] = {}
    rows_before = 0
    for number, summary in sheets:
        sheet_kind = find_kind(summary.title)
        if sheet_kind is None and len(sheets) > 1 and not any(map(is_known, summary.headings)):
            continue
        decoder = read_heading_row(
            summary.headings,
            kind=sheet_kind or (kind if len(sheets) == 1 else None),
            where=f'Sheet "{summary.title}"',
            where_zh=f"工作表“{summary.title}”",
        )
        if isinstance(decoder, FileError):
            return decoder
        plan[number] = _SheetPlan(decoder, summary.heading_row, rows_before, summary.title)
        rows_before += summary.last_row
    if len(plan) == 1:
        next(iter(plan.values())).title = ""
    return plan or FileError(
        "No sheet of the workbook holds reports: none has the title of a kind or known headings. Use the template.",
        "工作簿中没有报告：没有以种类命名或含有已知列名的工作表。请使用模板。",
    )


def _read_rows(path: Path, plan: dict[int, _SheetPlan]) -> Iterator[DecodedRow | FileError]:
    decode = msgspec.json.Decoder(_Row).decode
    is_empty = True
    with path.open("rb") as rows:
        for line in rows:
            number, sheet_row, cells = decode(line)
            sheet = plan.get(number)
            if sheet is None or sheet_row <= sheet.heading_row:
                continue
            row = sheet.rows_before + sheet_row
            decoded = sheet.decoder.decode(
                cells, row=row, text_bytes=len(line), sheet=sheet.title, sheet_row=sheet_row if sheet.title else 0
            )
            if decoded is not None:
                is_empty = False
                yield decoded
    if is_empty:
        yield NO_REPORTS
