"""Reports as CSV of any size: UTF-8 with or without BOM, or GB18030, as Chinese spreadsheets write it.

The encoding holds for the whole file, so the file is read twice: once to see which encoding fits, once for the rows.
Nothing is guessed: a byte order mark, else strict UTF-8, else strict GB18030, else the file is refused.
"""

import codecs
import csv
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from suyuan.core.field import Kind
from suyuan.core.refusal import RowError, refuse
from suyuan.intake.chunks import NO_REPORTS, UTF8_BOM, peek, refuse_foreign, split_lines
from suyuan.intake.headings import is_known
from suyuan.intake.row import ROW_BYTES_MAX, DecodedRow, FileError, Source, refuse_row
from suyuan.intake.table import TableDecoder, read_heading_row

SEPARATORS = (",", ";", "\t")
_HEADING_CHARACTERS_MAX = 1 << 16  # 100 columns of titles take far less; an unclosed quotation mark takes more


@dataclass(frozen=True, slots=True)
class TextForm:
    """How a text is written: its encoding by Python's name, and what ends a line."""

    encoding: str
    newline: bytes


def read_csv(source: Source, *, kind: Kind | None) -> Iterator[DecodedRow | FileError]:
    """Yield the report of each record; `row` is the row a spreadsheet shows it in, with the heading as row 1.

    That is the number of the record, blank ones included: a quoted cell with line breaks is still one row. `kind` is
    what the rows are when there is no column `kind`.
    """
    form = detect_text_form(source)
    if isinstance(form, FileError):
        yield form
        return
    lines = _LineFeed(_decode_lines(source, form))
    heading = _read_heading(lines, kind=kind)
    if isinstance(heading, FileError):
        yield heading
        return
    yield from _read_rows(lines, heading)


def detect_text_form(source: Source) -> TextForm | FileError:
    """Return encoding and line ends of the whole file, or why it is no text."""
    head, _ = peek(source())
    foreign = refuse_foreign(head)
    if foreign is not None:
        return foreign
    newline = b"\r" if b"\r" in head and not any(b"\n" in chunk for chunk in source()) else b"\n"
    utf8_fault = _first_fault(source, encoding="utf-8")
    if utf8_fault is None:
        return TextForm("utf-8", newline)
    if not head.startswith(UTF8_BOM) and _first_fault(source, encoding="gb18030") is None:
        return TextForm("gb18030", newline)
    return FileError(
        f"The text is neither UTF-8 (byte {utf8_fault} does not fit) nor GB18030. Save the file again as "
        '"CSV UTF-8" and send it.',
        f"文本既不是 UTF-8（第 {utf8_fault} 个字节不符）也不是 GB18030。请将文件另存为“CSV UTF-8”后重新报送。",
    )


def _first_fault(source: Source, *, encoding: str) -> int | None:
    """Return the number of the first byte that the encoding does not allow, or None."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    size = 0
    for chunk in chain(source(), (b"",)):
        held, _ = decoder.getstate()
        if not held and chunk and chunk.isascii():
            size += len(chunk)
            continue
        try:
            decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError as error:
            return size - len(held) + error.start + 1
        size += len(chunk)
    return None


def _decode_lines(source: Source, form: TextForm) -> Iterator[str]:
    """Yield the lines of text, each with its newline if it has one. Cutting bytes there is safe in both encodings."""
    waiting: str | None = None
    for lines in split_lines(source(), newline=form.newline):
        for line in lines:
            if waiting is not None:
                yield waiting + "\n"
            text = line.decode(form.encoding, "strict" if len(line) <= ROW_BYTES_MAX else "replace")
            waiting = text if waiting is not None else text.removeprefix("\ufeff")
    if waiting:
        yield waiting


class _RecordTooLongError(Exception):
    """A record over the limit of a row; `is_quoted` tells that it began on an earlier line, in quotation marks."""

    def __init__(self, *, is_quoted: bool) -> None:
        super().__init__(is_quoted)
        self.is_quoted = is_quoted


class _LineFeed:
    """Hands lines to the CSV reader and knows how much the present record has taken."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self.record = 0
        self.taken = 0
        self.is_whole_line = True

    def begin_record(self) -> None:
        """Count one more record, of which nothing has been read."""
        self.record += 1
        self.taken = 0

    def __iter__(self) -> "_LineFeed":
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        before = self.taken
        self.taken += len(line)
        self.is_whole_line = line.endswith("\n")
        if self.taken > ROW_BYTES_MAX:
            raise _RecordTooLongError(is_quoted=before > 0)
        return line


@dataclass(frozen=True, slots=True)
class _Heading:
    decoder: TableDecoder
    separator: str


def _read_heading(lines: _LineFeed, *, kind: Kind | None) -> _Heading | FileError:
    """Return the decoder of the rows and the separator, both from the first row that is not blank."""
    heading: list[str] = []
    try:
        while not "".join(heading).strip():
            lines.begin_record()
            heading = [next(lines)]
        while "".join(heading).count('"') % 2 and lines.taken < _HEADING_CHARACTERS_MAX:
            heading.append(next(lines))
    except StopIteration:
        return _unclosed(lines.record) if "".join(heading).strip() else NO_REPORTS
    except _RecordTooLongError as problem:
        return _unclosed(lines.record) if problem.is_quoted else _HEADING_TOO_LONG
    try:
        rows = {separator: next(csv.reader(heading, delimiter=separator), []) for separator in SEPARATORS}
    except csv.Error as error:
        return FileError(
            f"Row {lines.record}: the headings cannot be read ({error}). Save the table anew as CSV and send it again.",
            f"第{lines.record}行：表头无法读取（{error}）。请重新另存为 CSV 后报送。",
        )
    separator = max(SEPARATORS, key=lambda mark: (sum(map(is_known, rows[mark])), len(rows[mark])))
    decoder = read_heading_row(rows[separator], kind=kind, where="The file", where_zh="文件")
    return decoder if isinstance(decoder, FileError) else _Heading(decoder, separator)


_HEADING_TOO_LONG = FileError(
    f"The first row is longer than {ROW_BYTES_MAX} bytes, so it is no heading. Does the file have line ends? Save the table "
    "anew as CSV and send it again.",
    f"首行超过 {ROW_BYTES_MAX} 字节，不是表头。文件是否缺少换行？请重新另存为 CSV 后报送。",
)


def _read_rows(lines: _LineFeed, heading: _Heading) -> Iterator[DecodedRow | FileError]:
    csv.field_size_limit(ROW_BYTES_MAX)  # for the whole process; the default of 128 KiB is shorter than a row may be
    reader = csv.reader(lines, delimiter=heading.separator, strict=True)
    decoder = heading.decoder
    width = len(decoder.headings)
    is_empty = True
    while True:
        lines.begin_record()
        decoded: DecodedRow | None
        try:
            cells = next(reader)
        except StopIteration:
            break
        except _RecordTooLongError as problem:
            if problem.is_quoted:
                yield _unclosed(lines.record)
                return
            decoded = _refused(lines, refuse("row_too_long", field="", limit=ROW_BYTES_MAX))
        except csv.Error as error:
            if "unexpected end" in str(error):
                yield _unclosed(lines.record)
                return
            decoded = _refused(lines, _misquoted(str(error)))
        else:
            if not lines.is_whole_line and len(cells) < width:
                decoded = _refused(lines, _CUT_OFF)
            else:
                decoded = decoder.decode(cells, row=lines.record, text_bytes=lines.taken)
        if decoded is not None:
            is_empty = False
            yield decoded
    if is_empty:
        yield NO_REPORTS


_CUT_OFF = refuse_row(
    "The last row has fewer cells than the heading and no line end. Was the file cut off? Send this row again in full.",
    "最后一行的单元格少于表头且没有换行。文件是否被截断？请完整地重新报送本行。",
)


def _refused(lines: _LineFeed, error: RowError) -> DecodedRow:
    return DecodedRow(lines.record, None, [error], lines.taken)


def _misquoted(problem: str) -> RowError:
    return refuse_row(
        f"The quotation marks of this row do not fit together ({problem}). Inside quotation marks write each "
        "one twice.",
        f"本行引号不匹配（{problem}）。引号内的引号应写两次。",
    )


def _unclosed(record: int) -> FileError:
    return FileError(
        f"Row {record}: a quotation mark is opened and never closed, so the rest of the file cannot be read. "
        "Close it, and "
        "send the rows from there on again; the rows before were read.",
        f"第{record}行：引号没有结束，文件其余部分无法读取。请补上引号，并从该行起重新报送；之前的行已读取。",
    )
