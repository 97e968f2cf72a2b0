"""The child process that reads a workbook: `python -m suyuan.intake.workbook_child LIMITS FILE ROWS`.

It writes the rows of all sheets, as text, to the file ROWS: `[sheet, row, [cells]]`, one a line, sheets and rows from
1; and prints the summary of each sheet. It knows nothing of reports. A workbook it will not read is told in words.
"""

import errno
import sys
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import BinaryIO

import msgspec
from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum

from suyuan.core.field import JSON_INTEGER_MAX
from suyuan.intake.row import FileError
from suyuan.intake.sandbox import EXIT_REFUSED, apply_limits
from suyuan.intake.workbook_check import ErrorCells, WorkbookRefusedError, check_workbook

SHEETS_MAX = 100
HEADING_CHARACTERS_MAX = 200  # what a summary shows of a heading; no title is as long

Cell = str | int | float | bool | date | datetime | time | timedelta


class SheetSummary(msgspec.Struct):
    """One sheet: its title, the first row that is not empty and its number, and the number of the last."""

    title: str
    heading_row: int = 0
    headings: list[str] = []
    last_row: int = 0


def main(arguments: list[str]) -> int:
    """Read the workbook; return the exit code."""
    apply_limits(arguments[0])
    try:
        with Path(arguments[1]).open("rb") as file, Path(arguments[2]).open("wb") as rows:
            summaries = copy_rows(file, rows)
    except WorkbookRefusedError as refusal:
        return _answer(refusal.error, code=EXIT_REFUSED)
    except MemoryError:
        return _answer(_TOO_LARGE, code=EXIT_REFUSED)
    except OSError as error:
        return _answer(_TOO_LONG if error.errno == errno.EFBIG else _no_room(error), code=EXIT_REFUSED)
    return _answer(summaries, code=0)


def copy_rows(file: BinaryIO, rows: BinaryIO) -> list[SheetSummary]:
    """Write the rows of all sheets and return their summaries; raises WorkbookRefusedError."""
    error_cells = check_workbook(file)
    file.seek(0)
    encode = msgspec.json.Encoder().encode
    summaries: list[SheetSummary] = []
    try:
        workbook = CalamineWorkbook.from_filelike(file)
        titles = [sheet.name for sheet in workbook.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]
        if len(titles) > SHEETS_MAX:
            raise WorkbookRefusedError(
                f"The workbook has {len(titles)} sheets; up to {SHEETS_MAX} are read. Split it.",
                f"工作簿有 {len(titles)} 个工作表，最多读取 {SHEETS_MAX} 个。请拆分。",
            )
        for number, title in enumerate(titles, start=1):
            summary = SheetSummary(title)
            for row, cells in _rows_of(workbook, title, error_cells.get(title, {})):
                if not summary.heading_row:
                    summary.heading_row = row
                    summary.headings = [cell[:HEADING_CHARACTERS_MAX] for cell in cells]
                summary.last_row = row
                rows.write(encode((number, row, cells)) + b"\n")
            summaries.append(summary)
    except PasswordError as error:
        raise WorkbookRefusedError(
            "The workbook is protected with a password. Save it without one and send it again.",
            "工作簿带有密码。请另存为不带密码的文件后重新报送。",
        ) from error
    except (CalamineError, ValueError) as error:
        raise WorkbookRefusedError(
            f"The workbook is damaged ({str(error)[:200]}). Open it in a spreadsheet program, save it anew as "
            ".xlsx, and send that file.",
            f"工作簿已损坏（{str(error)[:200]}）。请用电子表格软件打开并重新另存为 .xlsx 后报送。",
        ) from error
    return summaries


_TOO_LARGE = FileError(
    "Reading the workbook needs more memory than allowed. Split it, or save it as CSV, which may have any size.",
    "读取该工作簿所需内存超过允许范围。请拆分，或另存为 CSV（大小不限）。",
)


_TOO_LONG = FileError(
    "The cells of the workbook hold more text than is read. Split it, or save it as CSV, which may have any size.",
    "工作簿单元格中的文字超过可读取的范围。请拆分，或另存为 CSV（大小不限）。",
)


def _no_room(error: OSError) -> FileError:
    return FileError(
        f"The server could not unpack the workbook ({error.strerror}). Nothing is wrong with the file; send it again later.",
        f"服务器无法展开工作簿（{error.strerror}）。文件本身没有问题，请稍后重新报送。",
    )


def _rows_of(workbook: CalamineWorkbook, title: str, error_cells: ErrorCells) -> Iterator[tuple[int, list[str]]]:
    """Yield the number and the cells of each row that is not empty, without the empty cells at its end."""
    rows_with_errors = {row for row, _ in error_cells}
    for index, row in enumerate(workbook.get_sheet_by_name(title).iter_rows()):
        cells = list(map(cell_text, row))
        if index in rows_with_errors:
            for (error_row, column), text in error_cells.items():
                if error_row == index and column < len(cells):
                    cells[column] = text
        while cells and not cells[-1]:
            cells.pop()
        if cells:
            yield index + 1, cells


def cell_text(cell: Cell) -> str:
    """Return a cell as the text a person would type: 420000 for 420000.0, a time without fractions of a second."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) <= JSON_INTEGER_MAX:
        return str(int(cell))
    if isinstance(cell, datetime):
        moment = (cell + timedelta(microseconds=500_000)).replace(microsecond=0)  # Excel's fraction of a day is inexact
        return moment.isoformat(sep=" ")
    return cell.isoformat() if isinstance(cell, date | time) else str(cell)


def _answer(answer: FileError | list[SheetSummary], *, code: int) -> int:
    sys.stdout.buffer.write(msgspec.json.encode(answer))
    sys.stdout.flush()
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
