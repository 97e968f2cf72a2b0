"""Reports as one JSON list (.json) of up to 64 MiB: cut into its members without decoding the whole."""

import re
from collections.abc import Iterable, Iterator

from suyuan.intake.chunks import NO_REPORTS, UTF8_BOM, peek, refuse_foreign
from suyuan.intake.json_report import decode_report
from suyuan.intake.row import ROW_BYTES_MAX, DecodedRow, FileError, Source

FILE_BYTES_MAX = 64 << 20  # the public format; longer lists go as .jsonl, which has no limit

_TOO_LARGE = FileError(
    "The file is larger than 64 MB. Send it as .jsonl (one report a line), which may have any size, or split it.",
    "文件超过 64 MB。请改用 .jsonl（每行一份报告，大小不限）或拆分后报送。",
)
_NO_LIST = FileError(
    "The file is not a list of reports: it must begin with [. For one report a line use the ending .jsonl.",
    "文件不是报告列表：应以 [ 开头。每行一份报告时请使用扩展名 .jsonl。",
)
_DEPTH_TO_LEAVE_AT = 100  # far beyond what a report may nest; each level costs a step
_MARKS_ALWAYS_READ = 100_000
_PIECE_BYTES = 1 << 16  # how much is read between two looks at these limits
_BYTES_A_MARK_MIN = 4  # in reports at least 12; a file of brackets and commas would cost minutes

_INSIDE = rb'[^"\\]*+(?:\\.[^"\\]*+)*+'  # of a text; the patterns give nothing back, so no input makes them slow
_WITHIN_MEMBER = re.compile(rb'[^"\[\]{}]*+(?:"' + _INSIDE + rb'"[^"\[\]{}]*+)*+', re.DOTALL)
_BETWEEN_MEMBERS = re.compile(rb'[^"\[\]{},]*+(?:"' + _INSIDE + rb'"[^"\[\]{},]*+)*+', re.DOTALL)
_REST_OF_TEXT = re.compile(_INSIDE, re.DOTALL)


def read_json_list(source: Source) -> Iterator[DecodedRow | FileError]:
    """Yield the report of each member of the list; `row` is its place, the first is 1."""
    if _is_larger_than(source(), FILE_BYTES_MAX):
        yield _TOO_LARGE
        return
    head, chunks = peek(source())
    foreign = refuse_foreign(head)
    if foreign is not None:
        yield foreign
        return
    row = 0
    for member in _split_members(chunks):
        if isinstance(member, FileError):
            yield member
            return
        row += 1
        yield decode_report(member, row=row, has_spaced_colon=True)
    if row == 0:
        yield NO_REPORTS


def _is_larger_than(chunks: Iterable[bytes], limit: int) -> bool:
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > limit:
            return True
    return False


class _Scanner:
    """Where a list of JSON stands between two chunks: depth, inside a text or not, and the member read so far."""

    def __init__(self) -> None:
        self.depth = 0
        self.is_in_text = False
        self.is_after_backslash = False
        self.member = bytearray()
        self.is_closed = False
        self.marks = 0
        self.size = 0

    def is_no_list_of_reports(self) -> bool:
        """Tell whether what has been seen is nested or cut up as no list of reports is."""
        is_cut_up = self.marks > _MARKS_ALWAYS_READ and self.marks * _BYTES_A_MARK_MIN > self.size
        return self.depth > _DEPTH_TO_LEAVE_AT or is_cut_up

    def enter_text(self, rest: bytes) -> None:
        """Note that the chunk ends within a text; `rest` is from its quotation mark on."""
        self.is_in_text = True
        self.is_after_backslash = (len(rest) - len(rest.rstrip(b"\\"))) % 2 == 1

    def leave_text(self, chunk: bytes) -> int:
        """Return where in this chunk the text ends that an earlier one began; its end if it goes on."""
        if not chunk:
            return 0
        end = _end_of(_REST_OF_TEXT, chunk, int(self.is_after_backslash))
        self.is_in_text = chunk[end : end + 1] != b'"'
        self.is_after_backslash = self.is_in_text and end < len(chunk)
        return len(chunk) if self.is_in_text else end + 1

    def keep(self, part: bytes) -> None:
        """Add to the member, but never hold more than one byte beyond the limit of a row."""
        self.member += part[: ROW_BYTES_MAX + 1 - len(self.member)]

    def take_member(self) -> bytes:
        """Return the member read so far, without the blanks around it, and begin the next."""
        member = bytes(self.member).strip()
        self.member.clear()
        return member


def _split_members(chunks: Iterator[bytes]) -> Iterator[bytes | FileError]:
    """Yield each member of the outer list as it stands; a member over the limit of a row comes cut."""
    scanner = _Scanner()
    opening = b""
    count = 0
    for chunk in chunks:
        if scanner.depth == 0 and not scanner.is_closed:
            opening = (opening + chunk).removeprefix(UTF8_BOM).lstrip()
            if not opening or UTF8_BOM.startswith(opening):
                continue
            if not opening.startswith(b"["):
                yield _NO_LIST
                return
            scanner.depth = 1
            chunk = opening[1:]  # noqa: PLW2901 - what follows the bracket is the chunk
        for part in _pieces(chunk):
            for member in _scan(part, scanner):
                count += 1
                yield member
            if scanner.is_no_list_of_reports():
                yield _no_reports_from(count)
                return
        if scanner.is_closed and scanner.take_member():
            yield _after_end(count)
            return
    if scanner.depth:
        yield _cut_off(count)
    elif not scanner.is_closed and opening:
        yield _NO_LIST


def _scan(chunk: bytes, scanner: _Scanner) -> Iterator[bytes]:
    """Yield the members that end in this chunk; what is left over stays in the scanner."""
    start = 0
    scanner.size += len(chunk)
    position = scanner.leave_text(chunk) if scanner.is_in_text else 0
    while not scanner.is_closed and not scanner.is_in_text:
        skip = _WITHIN_MEMBER if scanner.depth > 1 else _BETWEEN_MEMBERS
        end = _end_of(skip, chunk, position)
        mark = chunk[end : end + 1]
        position = end + 1
        scanner.marks += 1
        if mark == b'"':  # a text that this chunk does not end
            scanner.enter_text(chunk[end:])
        if mark in (b'"', b""):
            break
        if mark in b"{[":
            scanner.depth += 1
        elif mark == b"]" or (mark == b"}" and scanner.depth > 1):  # a brace never closes the list itself
            scanner.depth -= 1
        is_end = scanner.depth == 0
        if is_end or (mark == b"," and scanner.depth == 1):
            scanner.keep(chunk[start:end])
            start = position
            member = scanner.take_member()
            scanner.is_closed = is_end
            if member or not is_end:
                yield member
    scanner.keep(chunk[start:])


def _pieces(chunk: bytes) -> Iterator[bytes]:
    return (chunk[start : start + _PIECE_BYTES] for start in range(0, len(chunk), _PIECE_BYTES))


def _end_of(pattern: re.Pattern[bytes], chunk: bytes, position: int) -> int:
    found = pattern.match(chunk, position)
    return found.end() if found else position  # these patterns match nothing at least


def _after_end(count: int) -> FileError:
    return FileError(
        f"After the end of the list (report {count}) there is more text. Take it out, or put all reports into "
        "one list.",
        f"列表结束（第 {count} 份报告）之后还有内容。请删除，或将全部报告放入同一列表。",
    )


def _cut_off(count: int) -> FileError:
    return FileError(
        f"The list is not closed: the file ends after report {count}. Was it cut off? The reports before were read.",
        f"列表没有结束：文件在第 {count} 份报告之后中断。文件是否被截断？之前的报告已读取。",
    )


def _no_reports_from(count: int) -> FileError:
    return FileError(
        f"From report {count + 1} on the file is little but brackets and commas, no list of reports. Check what wrote it.",
        f"从第 {count + 1} 份报告起，文件几乎只有括号和逗号，不是报告列表。请检查生成该文件的程序。",
    )
