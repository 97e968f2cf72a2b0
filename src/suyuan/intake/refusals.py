"""The refusals workbook: only the refused rows, in the columns of their kind, bad cells marked, the reason beside.

People correct the marked cells and upload the workbook as it is: readers pass over the reasons. A row that could not be
decoded at all stands on a page of its own that no reader takes for reports.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from suyuan.core.field import Field, FieldType, Kind
from suyuan.core.personal import MASK, NOT_KEPT, NOT_KEPT_ZH
from suyuan.core.refusal import EITHER, RowError
from suyuan.intake.cells import COMPONENT_CODES, format_cell, gather_components
from suyuan.intake.headings import ORIGINAL_ROW, REASON_EN, REASON_ZH, UNREADABLE_SHEET, fields_of, find_kind
from suyuan.intake.sheet_guide import offered_cells, template_fields
from suyuan.intake.template import open_workbook, validate_column, write_headings

ROWS_MAX = 100_000  # a person corrects hundreds; the rest is named on the last page
CELL_CHARACTERS_MAX = 32_767  # of a spreadsheet
UNSORTED_SHEET = "待更正 to correct"

_TOO_LONG_FOR_A_CELL = "（内容过长，请在 JSON 文件中更正）too long for a cell; correct this row in a JSON file"
_ADDED = (ORIGINAL_ROW, REASON_ZH, REASON_EN)


class RefusedRow(msgspec.Struct):
    """A refused row: its number in the file that was sent, the report as decoded (None if it was not), and why."""

    row: int
    raw: dict[str, Any] | None
    errors: list[RowError]


def write_refusals(rows: Sequence[RefusedRow], *, target: Path | BinaryIO) -> None:
    """Write the workbook of refused rows, in their order, one sheet a kind."""
    workbook = open_workbook(target, constant_memory=True)
    shown = rows[:ROWS_MAX]
    by_kind: dict[Kind | None, list[RefusedRow]] = {}
    for row in shown:
        if row.raw is not None:
            by_kind.setdefault(_kind_of(row), []).append(row)
    for kind, rows_of_kind in by_kind.items():
        _write_sheet(workbook, kind, rows_of_kind)
    _write_unreadable(workbook, [row for row in shown if row.raw is None], left_out=len(rows) - len(shown))
    workbook.close()


def _kind_of(row: RefusedRow) -> Kind | None:
    kind = (row.raw or {}).get("kind")
    return find_kind(kind) if isinstance(kind, str) else None


def _write_sheet(workbook: Any, kind: Kind | None, rows: list[RefusedRow]) -> None:  # noqa: ANN401 - xlsxwriter ships no types
    """Write the rows of one kind; rows of no known kind keep the column `kind` to be corrected."""
    sheet = workbook.add_worksheet(kind.zh if kind is not None else UNSORTED_SHEET)
    bad = workbook.add_format({"num_format": "@", "bg_color": "#FFC7CE", "border": 1})
    plain = workbook.add_format({"num_format": "@"})
    reason = workbook.add_format({"text_wrap": True, "font_color": "#9C0006", "valign": "top"})
    shapes = [_shape_row(row) for row in rows]
    marked_anywhere = set().union(*map(_marked_columns, rows, shapes))
    fields = _columns(kind, shapes, marked_anywhere)
    write_headings(workbook, sheet, fields)
    heading = workbook.add_format({"bold": True, "text_wrap": True, "font_color": "#9C0006"})
    for place, (title, name) in enumerate(_ADDED, start=len(fields)):
        sheet.set_column(place, place, 10 if name == ORIGINAL_ROW[1] else 60)
        sheet.write_string(0, place, f"{title}\n{name}", heading)
    for place, field in enumerate(fields):
        validate_column(sheet, place, field)
    for line, (row, shape) in enumerate(zip(rows, shapes, strict=True), start=1):
        marked = _marked_columns(row, shape)
        for place, field in enumerate(fields):
            text = shape.get(field.name, "")
            look = bad if field.name in marked else plain
            if text:
                sheet.write_string(
                    line, place, text if len(text) <= CELL_CHARACTERS_MAX else _TOO_LONG_FOR_A_CELL, look
                )
            elif look is bad:
                sheet.write_blank(line, place, None, look)
        sheet.write_number(line, len(fields), row.row)
        not_kept = MASK in shape.values()
        chinese = [*(error.message_zh for error in row.errors), *([NOT_KEPT_ZH] if not_kept else [])]
        english = [*(f"{error.message} ({error.code})" for error in row.errors), *([NOT_KEPT] if not_kept else [])]
        sheet.write_string(line, len(fields) + 1, _join(chinese), reason)
        sheet.write_string(line, len(fields) + 2, _join(english), reason)


def _shape_row(row: RefusedRow) -> dict[str, str]:
    """Return the cells of a row by column name: what reads back as the same report, as far as cells can carry it."""
    raw = dict(row.raw or {})
    codes = gather_components(raw)
    if codes is not None:
        raw.pop("modules", None)
        raw.pop("cells", None)
        raw[COMPONENT_CODES.name] = codes
    fields = {field.name: field for field in fields_of(_kind_of(row))}
    return {name: text for name, value in raw.items() if (text := _show(value, field=fields.get(name)))}


def _show(value: object, *, field: Field | None) -> str:
    text = format_cell(value, field=field)
    return text if field is None else offered_cells(field).get(text, text)


def _columns(kind: Kind | None, shapes: list[dict[str, str]], marked: set[str]) -> list[Field]:
    """Return the columns: those of the template that are needed, filled in or marked, then all others that any row has."""
    used = {name for shape in shapes for name in shape}
    if kind is not None:
        used.discard("kind")  # the title of the sheet says it
    columns = [
        field
        for field in (template_fields(kind) if kind else fields_of(None))
        if field.is_required or field.name in used or field.name in marked
    ]
    known = {field.name: field for field in fields_of(kind)}
    taken = {field.name for field in columns}
    strangers = sorted(used - taken)
    return columns + [
        known.get(name) or Field(name, FieldType.TEXT, "", name, is_required=False, maximum=500) for name in strangers
    ]


def _marked_columns(row: RefusedRow, shape: dict[str, str]) -> set[str]:
    """Return the columns that errors are about: `modules[3].code` speaks of modules, or of the components they came from."""
    names = {name.partition("[")[0].partition(".")[0] for error in row.errors for name in error.field.split(EITHER)}
    has_codes = COMPONENT_CODES.name in shape
    return {COMPONENT_CODES.name if has_codes and name in ("modules", "cells") else name for name in names}


def _join(sentences: Iterable[str]) -> str:
    return "\n".join(sentences)[:CELL_CHARACTERS_MAX]


def _write_unreadable(workbook: Any, rows: list[RefusedRow], *, left_out: int) -> None:  # noqa: ANN401 - as above
    """Write the page of rows that could not be decoded, and how many rows found no room."""
    if not rows and not left_out:
        return
    sheet = workbook.add_worksheet(UNREADABLE_SHEET)
    sheet.set_column(0, 0, 10)
    sheet.set_column(1, 3, 60)
    titles = (
        f"{ORIGINAL_ROW[0]}\n{ORIGINAL_ROW[1]}",
        "内容\ncontent",
        f"{REASON_ZH[0]}\n{REASON_ZH[1]}",
        f"{REASON_EN[0]}\n{REASON_EN[1]}",
    )
    for place, title in enumerate(titles):
        sheet.write_string(0, place, title)
    for line, row in enumerate(rows, start=1):
        sheet.write_number(line, 0, row.row)
        sheet.write_string(line, 1, _join(error.value for error in row.errors))
        sheet.write_string(line, 2, _join(error.message_zh for error in row.errors))
        sheet.write_string(line, 3, _join(f"{error.message} ({error.code})" for error in row.errors))
    if left_out:
        words = f"另有 {left_out} 行未列出 {left_out} more refused rows are not listed here"
        sheet.write_string(len(rows) + 1, 0, words)
