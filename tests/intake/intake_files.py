"""Files for the tests of intake, made by code: good ones, and the pieces that hostile ones are put together from."""

import io
import json
import zipfile
from functools import cache

import xlsxwriter

from suyuan.intake.reader import DecodedRow, FileError, open_reader

REPORT = {
    "report_id": "a-1",
    "kind": "battery_handed_over",
    "occurred_at": "2026-05-03",
    "battery_code": "001PBA10000000F3C0000001",
    "receiver": "91350100M000100Y43",
    "mass_g": 420000,
    "note": "宁德 一线",
}
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def report(number: int = 1, **changes) -> dict:
    return {**REPORT, "report_id": f"a-{number}", **changes}


def json_line(number: int = 1, **changes) -> bytes:
    return json.dumps(report(number, **changes), ensure_ascii=False).encode()


def read(content: bytes, form: str, *, file_name: str = "", chunk_bytes: int = 65536) -> list[DecodedRow | FileError]:
    def source():
        return (content[start : start + chunk_bytes] for start in range(0, len(content), chunk_bytes))

    return list(open_reader(source, form=form, file_name=file_name))


@cache
def read_once(content: bytes, form: str) -> tuple[DecodedRow | FileError, ...]:
    return tuple(read(content, form))


def raws(outcomes) -> list[dict | None]:
    assert [outcome for outcome in outcomes if isinstance(outcome, FileError)] == []
    return [outcome.raw for outcome in outcomes]


def reports_in(outcomes) -> list[dict]:
    return [outcome.raw for outcome in outcomes if isinstance(outcome, DecodedRow) and outcome.raw is not None]


def faults_in(outcomes) -> list:
    """All that was refused, whole files and single rows."""
    faults = [outcome for outcome in outcomes if isinstance(outcome, FileError)]
    return faults + [error for outcome in outcomes if isinstance(outcome, DecodedRow) for error in outcome.errors]


def workbook(sheets: dict[str, list[list]]) -> bytes:
    """A workbook with these sheets; cells are written as what they are in Python."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_formulas": False})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
    for title, rows in sheets.items():
        sheet = book.add_worksheet(title)
        for place, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                if hasattr(cell, "hour"):
                    sheet.write_datetime(place, column, cell, moment)
                elif hasattr(cell, "year"):
                    sheet.write_datetime(place, column, cell, day)
                elif isinstance(cell, str):
                    sheet.write_string(place, column, cell)
                else:
                    sheet.write(place, column, cell)
    book.close()
    return stream.getvalue()


HEADINGS = list(REPORT)
GOOD_WORKBOOK = workbook({"移交出库": [HEADINGS, list(report(1).values()), list(report(2).values())]})


def inline(reference: str, text: str) -> str:
    return f'<c r="{reference}" t="inlineStr"><is><t>{text}</t></is></c>'


def sheet_xml(more_rows: str = "", *, head: str = "") -> str:
    """The XML of a sheet with one report, and more rows after it."""
    rows = "".join(
        f'<row r="{row}">'
        + "".join(inline(f"{chr(65 + place)}{row}", str(cell)) for place, cell in enumerate(cells))
        + "</row>"
        for row, cells in ((1, HEADINGS), (2, REPORT.values()))
    )
    return f'<?xml version="1.0"?>{head}<worksheet xmlns="{MAIN}"><sheetData>{rows}{more_rows}</sheetData></worksheet>'


def repack(entries: dict[str, bytes | str | None], *, content: bytes = GOOD_WORKBOOK) -> bytes:
    """The workbook with these entries of the zip replaced, added, or (None) left out."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for name in dict.fromkeys([*old.namelist(), *entries]):
            entry = entries.get(name, old.read(name) if name in old.namelist() else None)
            if entry is not None:
                new.writestr(name, entry)
    return stream.getvalue()


def with_sheet(xml: str) -> bytes:
    return repack({"xl/worksheets/sheet1.xml": xml})
