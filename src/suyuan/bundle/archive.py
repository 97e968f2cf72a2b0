"""One zip file of named members, the same bytes for the same members; a foreign or hostile file is refused in words.

Members are stored, not compressed: so the file is the same on every machine, a search finds text in it, and it cannot
unpack to more than it is. Whoever reads it writes it again and compares: no byte is left unchecked.
"""

import re
import zipfile
from collections.abc import Mapping
from io import BytesIO
from typing import Final

BUNDLE_BYTES_MAX: Final = 512 * 1024 * 1024  # a case of ten thousand reports takes some 30 MB
MEMBERS_MAX: Final = 50_000
DIRECTORY_BYTES_MAX: Final = 8 * 1024 * 1024  # what lists 50,000 members, with names of a hundred characters
NAME: Final = re.compile(r"(?:[a-z0-9_-]+/)?[a-z0-9][a-z0-9_.-]{0,120}")
_TIME: Final = (1980, 1, 1, 0, 0, 0)  # a zip file cannot say "no time"
_END: Final = b"PK\x05\x06"
_END_BYTES: Final = 22


class NotABundleError(ValueError):
    """A file that is no evidence bundle, or one whose shape is not to be trusted; told in both languages."""

    def __init__(self, message: str, *, message_zh: str) -> None:
        """Keep both texts."""
        super().__init__(message)
        self.message, self.message_zh = message, message_zh


def pack_members(members: Mapping[str, bytes]) -> bytes:
    """Return the zip file of these members in the order given; every date is that of the first day a zip can name."""
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name, body in members.items():
            entry = zipfile.ZipInfo(name, _TIME)
            entry.create_system = 3  # else it would tell on which system it was made
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, body)
    return target.getvalue()


def unpack_members(content: bytes) -> dict[str, bytes]:
    """Return the members of a bundle by name, nothing written to disk; raises NotABundleError."""
    _refuse_foreign(content)
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            entries = archive.infolist()
            _refuse_entries(entries)
            members = {entry.filename: archive.read(entry) for entry in entries}
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, UnicodeError, ValueError) as error:
        if isinstance(error, NotABundleError):
            raise
        raise NotABundleError(
            f"The zip file is damaged: {error}. Ask for the bundle again.",
            message_zh=f"压缩文件已损坏（{error}）。请重新索取证据包。",
        ) from None
    if pack_members(members) != content:
        raise NotABundleError(
            "The zip file holds bytes that belong to no member, or was packed again by another program. Verify the file "
            "as it was handed over.",
            message_zh="压缩文件中有不属于任何成员的字节，或已被其他程序重新打包。请核验原始交付的文件。",
        )
    return members


def _refuse_foreign(content: bytes) -> None:
    """Look at the end of the file before anything is read by its word."""
    _refuse_size(content)
    end = content[-_END_BYTES:]
    if not content.startswith(b"PK") or len(end) < _END_BYTES or not end.startswith(_END):
        raise NotABundleError(
            "The file is no evidence bundle: it is not one whole zip file. Choose the .zip that was handed over.",
            message_zh="文件不是证据包：不是一个完整的 zip 文件。请选择交付的 .zip 文件。",
        )
    directory_bytes = int.from_bytes(end[12:16], "little")
    count = int.from_bytes(end[10:12], "little")
    if directory_bytes > DIRECTORY_BYTES_MAX or count > MEMBERS_MAX:
        raise NotABundleError(
            f"The zip file lists {count:,} members in {directory_bytes:,} bytes; a bundle has at most {MEMBERS_MAX:,}.",
            message_zh=f"压缩文件列出 {count:,} 个成员（{directory_bytes:,} 字节）；证据包最多 {MEMBERS_MAX:,} 个。",
        )


def _refuse_size(content: bytes) -> None:
    if len(content) > BUNDLE_BYTES_MAX:
        raise NotABundleError(
            f"The file is larger than {BUNDLE_BYTES_MAX:,} bytes, more than any bundle.",
            message_zh=f"文件大于 {BUNDLE_BYTES_MAX:,} 字节，超过任何证据包。",
        )


def _refuse_entries(entries: list[zipfile.ZipInfo]) -> None:
    """Refuse what no bundle has: compressed or encrypted members, names that lead elsewhere, names that occur twice."""
    seen: set[str] = set()
    for entry in entries:
        name = entry.filename
        if not NAME.fullmatch(name) or ".." in name:
            raise NotABundleError(
                f"A member is named {name[:80]!r}; a bundle has plain names in one folder at most. Do not unpack this file.",
                message_zh=f"成员名称为 {name[:80]!r}；证据包只含普通名称、最多一级目录。请勿解压此文件。",
            )
        if name in seen:
            raise NotABundleError(
                f"The member {name} stands in the file twice. Ask for the bundle again.",
                message_zh=f"成员 {name} 在文件中出现两次。请重新索取证据包。",
            )
        seen.add(name)
        if entry.compress_type != zipfile.ZIP_STORED or entry.flag_bits & 1 or entry.file_size != entry.compress_size:
            raise NotABundleError(
                f"The member {name} is compressed or encrypted; a bundle stores its members as they are.",
                message_zh=f"成员 {name} 经过压缩或加密；证据包的成员均按原样存放。",
            )
