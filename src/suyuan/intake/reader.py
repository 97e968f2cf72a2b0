"""The way in for files: bytes of any of the four forms become rows with their place, or words why not.

Nothing here judges what a report says; that is the checker's work. Forms: jsonl, json, csv, xlsx.
"""

from collections.abc import Iterator
from typing import Final

from suyuan.intake.chunks import OLE_MAGIC, UTF8_BOM, ZIP_MAGIC
from suyuan.intake.csv_table import read_csv
from suyuan.intake.headings import guess_kind
from suyuan.intake.json_list import read_json_list
from suyuan.intake.jsonl import read_jsonl
from suyuan.intake.row import DecodedRow, FileError, Source
from suyuan.intake.sandbox import ChildLimits
from suyuan.intake.xlsx import read_xlsx

__all__ = ["CONTENT_TYPES", "FORMS", "DecodedRow", "FileError", "Source", "detect_form", "open_reader"]

FORMS: Final = ("jsonl", "json", "csv", "xlsx")
CONTENT_TYPES: Final = {
    "application/x-ndjson": "jsonl",
    "application/jsonl": "jsonl",
    "application/json": "json",
    "text/csv": "csv",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
}
_ENDINGS: Final = {
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "json",
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "csv",
    ".xlsx": "xlsx",
    ".xlsm": "xlsx",
    ".xls": "xlsx",
}


def open_reader(
    source: Source, *, form: str, file_name: str = "", limits: ChildLimits | None = None
) -> Iterator[DecodedRow | FileError]:
    """Yield each row of a file; a FileError ends it, and the rows before it stand.

    `source` gives the chunks from the beginning each time it is called (csv and json read twice). `file_name` is looked
    at only for the kind of a table that does not say it. `limits` bind the child process that reads a workbook.
    """
    if form == "jsonl":
        return read_jsonl(source())
    if form == "json":
        return read_json_list(source)
    if form == "csv":
        return read_csv(source, kind=guess_kind(file_name))
    if form == "xlsx":
        return read_xlsx(source, kind=guess_kind(file_name), limits=limits or ChildLimits())
    raise ValueError(f"There is no form {form!r}; the forms are {', '.join(FORMS)}.")


def detect_form(file_name: str, *, first_bytes: bytes) -> str:
    """Return the form of a file: by the ending of its name, else by how it begins."""
    ending = "." + file_name.lower().rpartition(".")[2]
    if ending in _ENDINGS:
        return _ENDINGS[ending]
    if first_bytes.startswith((ZIP_MAGIC, OLE_MAGIC)):
        return "xlsx"
    start = first_bytes.removeprefix(UTF8_BOM).lstrip()
    return {b"[": "json", b"{": "jsonl"}.get(start[:1], "csv")
