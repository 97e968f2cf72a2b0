"""What every reader of files yields: rows with their place, or a sentence about the whole file."""

from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from suyuan.core.refusal import RowError, shorten

ROW_BYTES_MAX = 1 << 20  # 1 MiB: a pack with 30,000 cells fits; bounds what a reader holds at any moment
FIELDS_MAX = 100  # the widest kind has fewer than 30
DEPTH_MAX = 16  # modules in packs in lists nest 4 deep

Source = Callable[[], Iterable[bytes]]
"""Gives the bytes of a file from its beginning, in chunks of any size, each time it is called."""


class FileError(msgspec.Struct, frozen=True):
    """Why a file, or the rest of it, could not be read; rows yielded before it stand."""

    message: str
    message_zh: str


class DecodedRow(msgspec.Struct):
    """One row of a file.

    `row` is the line (jsonl), the place in the list (json) or the sheet row with the heading as row 1 (csv, xlsx); in
    a workbook with several sheets of reports the numbers go on from sheet to sheet, and `sheet`, `sheet_row` say where
    people find it. `raw` is the report as JSON-like values, None when the row could not be decoded: then `errors` say
    why. `text_bytes` is about what the row takes in the file.
    """

    row: int
    raw: dict[str, Any] | None
    errors: list[RowError] = []
    text_bytes: int = 0
    sheet: str = ""
    sheet_row: int = 0

    @property
    def where(self) -> str:
        """The place of the row in words, such as `row 118` or `sheet "电池生产" row 5`."""
        return f'sheet "{self.sheet}" row {self.sheet_row}' if self.sheet else f"row {self.row}"

    @property
    def where_zh(self) -> str:
        """The place of the row in Chinese, such as `第118行` or `工作表“电池生产”第5行`."""
        return f"工作表“{self.sheet}”第{self.sheet_row}行" if self.sheet else f"第{self.row}行"


def refuse_row(words: str, words_zh: str, *, value: str = "") -> RowError:
    """Return the refusal of a row whose form as a whole is at fault; the words are full sentences."""
    return RowError("field_malformed", "", shorten(value), words, words_zh)
