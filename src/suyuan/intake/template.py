"""The workbook that people fill in: one sheet of a kind, and a guide beside it that no reader takes for reports.

The headings stand in row 1, the Chinese title with the English name below it in the same cell; row 2 is the first
report.
"""

from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

import xlsxwriter

from suyuan.core.field import JSON_INTEGER_MAX, Field, FieldType, Kind
from suyuan.intake.headings import GUIDE_SHEET, heading_of
from suyuan.intake.sheet_guide import DROP_DOWN_CHARACTERS_MAX, offered_cells, template_fields, words_of

SHEET_ROWS = 1_048_576
WORKBOOK_OPTIONS = {
    "strings_to_formulas": False,  # text of reporters never becomes a formula
    "strings_to_numbers": False,
    "strings_to_urls": False,
}
_MESSAGE_CHARACTERS_MAX = 255  # what spreadsheet programs show beside a cell
_MADE_AT = datetime(2026, 1, 1)  # noqa: DTZ001 - a fixed mark, so that the same template has the same bytes
_NUMBER_TYPES = (FieldType.INTEGER,)


def write_template(kind: Kind, *, target: Path | BinaryIO) -> None:
    """Write the template of a kind; raises OSError or xlsxwriter's FileCreateError when the target cannot be "
    "written.
    """
    workbook = open_workbook(target)
    fields = template_fields(kind)
    sheet = workbook.add_worksheet(kind.zh)
    write_headings(workbook, sheet, fields)
    for place, field in enumerate(fields):
        validate_column(sheet, place, field)
    _write_guide(workbook, kind, fields)
    workbook.close()


def open_workbook(target: Path | BinaryIO, **options: bool) -> Any:  # noqa: ANN401 - xlsxwriter ships no types
    """Return a new workbook in which text stays text and no clock is read."""
    workbook = xlsxwriter.Workbook(str(target) if isinstance(target, Path) else target, {**WORKBOOK_OPTIONS, **options})
    workbook.set_properties({"created": _MADE_AT})
    return workbook


def write_headings(workbook: Any, sheet: Any, fields: list[Field]) -> None:  # noqa: ANN401 - as open_workbook
    """Write row 1 and set the form of each column: text for codes, so that no program turns them into numbers."""
    look = {"bold": True, "text_wrap": True, "valign": "vcenter", "border": 1}
    required = workbook.add_format({**look, "bg_color": "#1F4E79", "font_color": "#FFFFFF"})
    optional = workbook.add_format({**look, "bg_color": "#DDEBF7"})
    text = workbook.add_format({"num_format": "@"})
    number = workbook.add_format({"num_format": "0"})
    sheet.freeze_panes(1, 0)
    for place, field in enumerate(fields):
        width = max(12, len(field.name) + 2, 2 * len(field.zh) + 2, min(len(words_of(field).example) + 2, 40))
        sheet.set_column(place, place, width, number if field.type in _NUMBER_TYPES else text)
    sheet.set_row(0, 36)
    for place, field in enumerate(fields):
        sheet.write_string(0, place, heading_of(field), required if field.is_required else optional)


def validate_column(sheet: Any, place: int, field: Field) -> None:  # noqa: ANN401 - as open_workbook
    """Give a column its drop-down or limits, and say beside the cell what belongs there."""
    words = words_of(field)
    mark = "必填 required" if field.is_required else "选填 optional"
    rule: dict[str, Any] = {
        "validate": "any",
        "input_title": field.zh[:32],
        "input_message": f"{mark}\n{words.zh}\n{words.en}"[:_MESSAGE_CHARACTERS_MAX],
        "ignore_blank": True,
    }
    choices = list(offered_cells(field).values())
    if choices and len(",".join(choices)) <= DROP_DOWN_CHARACTERS_MAX:
        rule |= {"validate": "list", "source": choices, "error_message": "请从列表中选择。Choose from the list."}
    elif field.type is FieldType.INTEGER:
        maximum = min(field.maximum, JSON_INTEGER_MAX)
        rule |= {"validate": "integer", "criteria": "between", "minimum": field.minimum, "maximum": maximum}
        rule |= {"error_message": f"{words.zh}\n{words.en}"[:_MESSAGE_CHARACTERS_MAX]}
    sheet.data_validation(1, place, SHEET_ROWS - 1, place, rule)


def _write_guide(workbook: Any, kind: Kind, fields: list[Field]) -> None:  # noqa: ANN401 - as open_workbook
    """Write the sheet that explains the columns and shows an example of each."""
    bold = workbook.add_format({"bold": True})
    wrap = workbook.add_format({"text_wrap": True, "valign": "top"})
    guide = workbook.add_worksheet(GUIDE_SHEET)
    lines = (
        f"{kind.zh} / {kind.en} ({kind.name})",
        f"在工作表“{kind.zh}”中从第 2 行起填写，每行一份报告；不要改动第 1 行和工作表名称。本页不会被读取。",
        f'Fill in "{kind.zh}" from row 2 on, one report a row; keep row 1 and the title. This page is not read.',
        "有选项的列可从下拉列表选择，也可只填中文名或只填代码。Choices: from the list, or the name or the code alone.",
    )
    for row, line in enumerate(lines):
        guide.write_string(row, 0, line, bold if row == 0 else None)
    titles = ("中文名", "name", "必填 required", "填写要求", "what belongs there", "示例 example")
    for place, (title, width) in enumerate(zip(titles, (22, 30, 14, 44, 44, 40), strict=True)):
        guide.set_column(place, place, width)
        guide.write_string(len(lines) + 1, place, title, bold)
    for row, field in enumerate(fields, start=len(lines) + 2):
        words = words_of(field)
        mark = "是 yes" if field.is_required else "否 no"
        for place, text in enumerate((field.zh, field.name, mark, words.zh, words.en, words.example)):
            guide.write_string(row, place, text, wrap)
