"""The look at a workbook before a reader opens it: what would make the reader fall over is refused in words.

The zip entries are streamed, never held; what counts is what they really unpack to, not what they declare. The cells
are found by a pattern in every entry, wherever the workbook says its sheets are.
"""

import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO
from xml.etree import ElementTree as ET

from suyuan.intake.chunks import OLE_MAGIC
from suyuan.intake.row import FileError

ENTRIES_MAX = 1000  # a workbook of ours has about 12; one sheet, drawing or picture each is an entry
UNPACKED_BYTES_MAX = 1 << 30  # 64 MB of honest sheets unpack to about 600 MB
RATIO_MAX = 200  # honest sheets pack 5 to 40 times, sheets of equal rows up to 100
RATIO_FREE_BYTES = 16 << 20  # what small entries unpack to harms nobody
COLUMNS_MAX = 256  # the widest kind has fewer than 30 columns
AREA_MAX = 8_000_000  # rows x columns; measured 95 bytes of reader's memory a cell
SPARSE_AREA = 1_000_000
SPARSE_FACTOR = 50  # more than this many empty cells for a full one: a stray cell far off
ERROR_CELLS_MAX = 10_000

_PIECE = 1 << 20
_TAG_BYTES_MAX = 4096
_PLAIN_CELL = re.compile(rb'<c r="([A-Z]{1,3}[0-9]{1,7})"(?: [a-z]+="[^"<>]*+")*+>')
_PLAIN_EMPTY_CELL = re.compile(rb'<c r="[A-Z]{1,3}[0-9]{1,7}"(?: [a-z]+="[^"<>]*+")*+/>')
_ODD_CELL_MARKS = (b":c ", b":c\t", b":c\n", b":c\r", b"<c\t", b"<c\n", b"<c\r")  # cells the plain patterns do not see
_LETTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_DIGITS = b"0123456789"
_CELL = re.compile(rb"<(?:[\w.-]+:)?c\s(?:[^<>]*?\s)?r\s*=\s*[\"']([A-Za-z]{1,3})([0-9]{1,7})[\"'][^<>]*?(/?)>")
_ERROR_CELL = re.compile(rb"<(?:[\w.-]+:)?c\s[^<>]*?\bt\s*=\s*[\"']e[\"'][^<>]*>")
_REFERENCE = re.compile(rb"\sr\s*=\s*[\"']([A-Za-z]{1,3})([0-9]{1,7})[\"']")
_VALUE = re.compile(rb"<(?:[\w.-]+:)?v>([^<]{1,40})<")

ErrorCells = dict[tuple[int, int], str]
"""The text of cells that show an error such as #REF!, by (row, column), both from 0; readers return them empty."""


class WorkbookRefusedError(Exception):
    """A workbook that is not read; `error` says why."""

    def __init__(self, message: str, message_zh: str) -> None:
        super().__init__(message)
        self.error = FileError(message, message_zh)


def check_workbook(file: BinaryIO) -> dict[str, ErrorCells]:
    """Return the error cells of each sheet, by title; raises WorkbookRefusedError for what must not be opened."""
    _refuse_foreign(file)
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
            _refuse_entries(entries)
            error_cells: dict[str, ErrorCells] = {}
            allowance = UNPACKED_BYTES_MAX
            for entry in entries:
                sheet = _Sheet(entry.filename)
                allowance -= _scan_entry(archive, entry, sheet, allowance=allowance)
                sheet.refuse_size()
                error_cells[entry.filename] = sheet.error_cells
            titles = _sheet_paths(archive) if any(error_cells.values()) else {}
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        OSError,
        NotImplementedError,
        ET.ParseError,
        ValueError,
        KeyError,
    ) as error:
        raise WorkbookRefusedError(
            f"The workbook is damaged or cut off ({error}). Open it in a spreadsheet program, save it anew as "
            ".xlsx, and "
            "send that file.",
            f"工作簿已损坏或被截断（{error}）。请用电子表格软件打开并重新另存为 .xlsx 后报送。",
        ) from error
    return {title: error_cells.get(path, {}) for title, path in titles.items()}


def _refuse_foreign(file: BinaryIO) -> None:
    head = file.read(8)
    file.seek(0)
    if not head:
        raise WorkbookRefusedError("The file is empty. Send the workbook again.", "文件为空。请重新报送工作簿。")
    if head.startswith(OLE_MAGIC):
        raise WorkbookRefusedError(
            "The workbook is protected with a password, or in the old .xls form. Save it as .xlsx without a password.",
            "工作簿带有密码，或为旧版 .xls 格式。请另存为不带密码的 .xlsx。",
        )
    if not head.startswith(b"PK"):
        raise WorkbookRefusedError(
            "The file is not an .xlsx workbook. Save it as .xlsx in a spreadsheet program, or send CSV with "
            "the ending .csv.",
            "文件不是 .xlsx 工作簿。请用电子表格软件另存为 .xlsx，CSV 请以 .csv 为扩展名。",
        )


def _refuse_entries(entries: list[zipfile.ZipInfo]) -> None:
    """Refuse by the table of contents: too many parts, parts of one name, encrypted parts, another kind of document."""
    names = [entry.filename.lower() for entry in entries]
    if len(entries) > ENTRIES_MAX:
        raise WorkbookRefusedError(
            f"The workbook has {len(entries)} parts; up to {ENTRIES_MAX} are read. Take pictures and other sheets out.",
            f"工作簿包含 {len(entries)} 个部件，最多读取 {ENTRIES_MAX} 个。请删除图片和无关工作表。",
        )
    if len(set(names)) < len(names):
        raise WorkbookRefusedError(
            "The workbook holds two parts of the same name, so what it says is not certain. Save it anew as .xlsx.",
            "工作簿包含同名部件，内容不确定。请重新另存为 .xlsx。",
        )
    if any(entry.flag_bits & 1 for entry in entries):
        raise WorkbookRefusedError(
            "The workbook is encrypted. Save it without a password and send it again.",
            "工作簿已加密。请另存为不带密码的文件后重新报送。",
        )
    if "xl/workbook.xml" not in names:
        raise WorkbookRefusedError(
            "The file is a zip archive but not an .xlsx workbook. Save the table as .xlsx; unpack an archive first.",
            "文件是压缩包，但不是 .xlsx 工作簿。请将表格另存为 .xlsx；压缩包请先解压。",
        )


class _Sheet:
    """How far the cells of one sheet reach, and which show errors."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.cell_count = 0
        self.row_max = 0
        self.column_max = 0
        self.error_cells: ErrorCells = {}

    def take(self, window: bytes, *, end: int) -> None:
        """Count the cells that begin before `end`; a cell without content takes no room."""
        text = window[:end]
        cells = _PLAIN_CELL.findall(text)
        odd = text.count(b"<c ") - len(cells)
        if odd:
            odd -= len(_PLAIN_EMPTY_CELL.findall(text))
        if odd or any(mark in text for mark in _ODD_CELL_MARKS):  # the slow pattern allows all that XML allows
            cells = [letters + digits for letters, digits, empty in _CELL.findall(text) if not empty]
        if cells:
            self.cell_count += len(cells)
            columns = {cell.rstrip(_DIGITS) for cell in cells}
            rows = {cell.lstrip(_LETTERS) for cell in cells}
            self.column_max = max(self.column_max, *map(_column_number, columns))
            self.row_max = max(self.row_max, *map(int, rows))
        if b't="e"' in window or b"t='e'" in window:
            self._take_errors(window, end=end)

    def _take_errors(self, window: bytes, *, end: int) -> None:
        for found in _ERROR_CELL.finditer(window):
            place = _REFERENCE.search(found.group())
            if found.start() >= end or place is None:
                continue
            value = _VALUE.search(window, found.end(), found.end() + _TAG_BYTES_MAX)
            text = value[1].decode("utf-8", "replace") if value else "#ERROR!"
            self.error_cells[int(place[2]) - 1, _column_number(place[1]) - 1] = text
        if len(self.error_cells) > ERROR_CELLS_MAX:
            raise WorkbookRefusedError(
                f"Over {ERROR_CELLS_MAX} cells show errors such as #REF!. Turn formulas into their values "
                "and save again.",
                f"超过 {ERROR_CELLS_MAX} 个单元格显示错误（如 #REF!）。请将公式替换为数值后重新保存。",
            )

    def refuse_size(self) -> None:
        """Refuse a sheet that reaches further than a reader can hold."""
        furthest = f"{_column_letters(self.column_max)}{self.row_max}"
        area = self.row_max * self.column_max
        if self.column_max > COLUMNS_MAX or (area > SPARSE_AREA and area > SPARSE_FACTOR * self.cell_count):
            raise WorkbookRefusedError(
                f"{self.path}: cell {furthest} lies far from the table ({self.cell_count} cells are filled "
                "in). Delete the "
                "rows and columns outside the table, save, and send the workbook again.",
                f"{self.path}：单元格 {furthest} 远离表格（共填写 {self.cell_count} 个单元格）。请删除表格"
                "以外的行和列，保存后重新报送。",
            )
        if area > AREA_MAX:
            raise WorkbookRefusedError(
                f"{self.path}: {self.row_max} rows of {self.column_max} columns are too many for a workbook. "
                "Split it, or save "
                "it as CSV, which may have any size.",
                f"{self.path}：{self.row_max} 行 × {self.column_max} 列，超过工作簿可读取的范围。请拆分，或另存"
                "为 CSV（大小不限）。",
            )


def _scan_entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, sheet: _Sheet, *, allowance: int) -> int:
    """Return how many bytes an entry unpacks to, having taken its cells into `sheet`."""
    unpacked = 0
    held = b""
    for piece in _unpack(archive, entry):
        unpacked += len(piece)
        if unpacked > allowance or (unpacked > RATIO_FREE_BYTES and unpacked > RATIO_MAX * max(entry.compress_size, 1)):
            raise WorkbookRefusedError(
                f"{entry.filename} unpacks to more than {unpacked >> 20} MB, far more than a table of this size "
                "holds. If it is an "
                "honest table, save it as CSV, which may have any size.",
                f"{entry.filename} 解压后超过 {unpacked >> 20} MB，远大于正常表格。如确为正常表格，请另存为 "
                "CSV（大小不限）。",
            )
        window = held + piece
        cut = window.rfind(b"<", max(len(window) - _TAG_BYTES_MAX, 0))
        end = cut if cut >= 0 else len(window)
        sheet.take(window, end=end)
        held = window[end:]
    sheet.take(held, end=len(held))
    return unpacked


def _unpack(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    with archive.open(entry) as stream:
        while piece := stream.read(_PIECE):
            yield piece


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _column_letters(number: int) -> str:
    letters = ""
    while number:
        number, letter = divmod(number - 1, 26)
        letters = chr(65 + letter) + letters
    return letters


def _sheet_paths(archive: zipfile.ZipFile) -> dict[str, str]:
    """Return the entry of each sheet, by title, as the workbook's own tables say."""
    names = {entry.lower(): entry for entry in archive.namelist()}
    workbook = ET.fromstring(archive.read(names["xl/workbook.xml"]))  # noqa: S314 - in a limited child, after the size check
    relations = ET.fromstring(archive.read(names["xl/_rels/workbook.xml.rels"]))  # noqa: S314 - as above
    targets = {relation.get("Id"): relation.get("Target", "") for relation in relations}
    paths: dict[str, str] = {}
    for element in workbook.iter():
        if element.tag.rpartition("}")[2] != "sheet":
            continue
        reference = next((value for name, value in element.attrib.items() if name.endswith("}id")), None)
        target = posixpath.normpath(posixpath.join("/xl", targets.get(reference, ""))).lstrip("/")
        paths[element.get("name", "")] = names.get(target.lower(), target)
    return paths
