"""Chunks of bytes into lines in bounded memory, and words for files that are no text at all."""

from collections.abc import Iterable, Iterator
from itertools import chain

from suyuan.intake.row import ROW_BYTES_MAX, FileError

HEAD_BYTES = 4096  # what is looked at to see whether a file is text
UTF8_BOM = b"\xef\xbb\xbf"
OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP_MAGIC = b"PK\x03\x04"
_BLOCK_BYTES = 1 << 20

NO_REPORTS = FileError(
    "The file holds no reports. Check that the right file was chosen and send it again.",
    "文件中没有报告。请确认选择的文件正确后重新报送。",
)
_UTF16 = FileError(
    'The file is saved as UTF-16 ("Unicode text"). Save it as "CSV UTF-8" or as UTF-8 text and send it again.',
    "文件保存为 UTF-16（“Unicode 文本”）。请另存为“CSV UTF-8”或 UTF-8 文本后重新报送。",
)
_WORKBOOK = FileError(
    "The file is a workbook or a zip archive, not text. Send a workbook with the ending .xlsx; unpack an "
    "archive first.",
    "文件是工作簿或压缩包，不是文本。工作簿请以 .xlsx 为扩展名报送；压缩包请先解压。",
)
_OLE = FileError(
    "The file is an old Excel workbook (.xls) or protected with a password. Save it as .xlsx without a password.",
    "文件是旧版 Excel 工作簿（.xls）或带有密码。请另存为不带密码的 .xlsx。",
)
_GZIP = FileError(
    "The file is compressed (gzip). Unpack it and send the text itself.",
    "文件是 gzip 压缩文件。请解压后报送文本文件。",
)


def split_lines(chunks: Iterable[bytes], *, newline: bytes = b"\n") -> Iterator[list[bytes]]:
    """Yield the lines without their newline, in blocks of about the chunks' size.

    A line longer than ROW_BYTES_MAX comes cut to one byte more than that, so memory is bounded by the longest row. What
    follows the last newline always comes last, mostly empty.
    """
    held: list[bytes] = []
    held_bytes = 0
    for chunk in chunks:
        for start in range(0, len(chunk), _BLOCK_BYTES):
            block = chunk if len(chunk) <= _BLOCK_BYTES else chunk[start : start + _BLOCK_BYTES]
            lines = block.split(newline)
            if held_bytes <= ROW_BYTES_MAX:
                held.append(lines[0])
                held_bytes += len(lines[0])
            if len(lines) == 1:
                continue
            lines[0] = b"".join(held)[: ROW_BYTES_MAX + 1]
            held = [lines.pop()]
            held_bytes = len(held[0])
            yield lines
    yield [b"".join(held)[: ROW_BYTES_MAX + 1]]


def peek(chunks: Iterable[bytes]) -> tuple[bytes, Iterator[bytes]]:
    """Return the first HEAD_BYTES of the chunks and all of the chunks."""
    iterator = iter(chunks)
    head: list[bytes] = []
    size = 0
    for chunk in iterator:
        head.append(chunk)
        size += len(chunk)
        if size >= HEAD_BYTES:
            break
    start = b"".join(head)
    return start[:HEAD_BYTES], chain([start], iterator)


def refuse_foreign(head: bytes) -> FileError | None:
    """Return why the beginning of a file is not that of a text, or None."""
    for magic, error in (
        (ZIP_MAGIC, _WORKBOOK),
        (OLE_MAGIC, _OLE),
        (b"\x1f\x8b", _GZIP),
        (b"\xff\xfe", _UTF16),
        (b"\xfe\xff", _UTF16),
    ):
        if head.startswith(magic):
            return error
    position = head.find(b"\0")
    if position < 0:
        return None
    return FileError(
        f"The file is not text: byte {position + 1} is zero. Send .jsonl, .json, .csv in UTF-8 or GB18030, or .xlsx.",
        f"文件不是文本：第 {position + 1} 个字节为零。请报送 .jsonl、.json、UTF-8 或 GB18030 编码的 .csv，或 .xlsx。",
    )
