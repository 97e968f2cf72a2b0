"""Records and entries: what the log commits to, and what it publishes of it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from suyuan.evidence import canonical
from suyuan.evidence.hashing import HASH_BYTES, SHA256, SM3, TWINS
from suyuan.evidence.merkle import Frontier

ENTRY_LABEL: Final = b"suyuan-entry/1\0"
ENTRY_VERSION: Final = b"\x01"
BLIND_BYTES: Final = 32
PERSONAL_LABEL: Final = b"suyuan-pd/1\0"
PERSONAL_MARK: Final = "pd1:"
_FIELD: Final = re.compile(r"[a-z0-9_]+")


def make_entry(record: bytes, *, blind: bytes) -> bytes:
    """Return what the log publishes of a record: 65 bytes that reveal nothing without the blind."""
    if len(blind) != BLIND_BYTES:
        raise ValueError(f"a blind has {BLIND_BYTES} bytes, not {len(blind)}")
    preimage = ENTRY_LABEL + blind + record
    return ENTRY_VERSION + SHA256.digest(preimage) + SM3.digest(preimage)


def commit_personal(field: str, value: str, *, salt: bytes) -> str:
    """Return what stands in a record in the place of a personal value; nobody can try values without the salt."""
    if not _FIELD.fullmatch(field):
        raise ValueError(f"{field!r} is no key of a record; a zero byte in it could be taken for the end of it")
    if len(salt) != HASH_BYTES:
        raise ValueError(f"a salt has {HASH_BYTES} bytes, not {len(salt)}")
    hidden = PERSONAL_LABEL + salt + field.encode() + b"\0" + value.encode()
    return PERSONAL_MARK + SHA256.digest(hidden).hex()


@dataclass(frozen=True, slots=True)
class Digests:
    """Both digests of some bytes."""

    sha256: bytes
    sm3: bytes

    def as_fields(self, name: str) -> dict[str, str]:
        """Return them as two keys of a record."""
        return {f"{name}_sha256": self.sha256.hex(), f"{name}_sm3": self.sm3.hex()}


def digest_both(content: bytes) -> Digests:
    """Return both digests of some bytes."""
    return Digests(SHA256.digest(content), SM3.digest(content))


class TwinTree:
    """The two trees over the same leaves, as far as appending needs them."""

    def __init__(self, trees: Mapping[str, Frontier] | None = None) -> None:
        """Begin with no leaf, or take up trees of the same size, by the names of their hash functions."""
        self.trees = dict(trees) if trees else {one.name: Frontier(hashing=one) for one in TWINS}

    @property
    def size(self) -> int:
        """Return the number of leaves."""
        return self.trees[SHA256.name].size

    def append(self, content: bytes) -> None:
        """Add a leaf by what it holds: an entry of the log, or the record of a row."""
        leaf = b"\0" + content
        for tree in self.trees.values():
            tree.append(tree.hashing.digest(leaf))

    def roots(self) -> Digests:
        """Return both roots."""
        return Digests(self.trees[SHA256.name].root(), self.trees[SM3.name].root())


def accepted_row(row: int, *, report: bytes, told: bytes | None) -> bytes:
    """Return the record of an accepted row; `report` is its canonical text, `told` the stored line where it has notices.

    Written out and not encoded, since a nation's load has millions of them: the keys stand in canonical order.
    """
    if told is None:
        return b'{"outcome":"accepted","report":%b,"row":%d}' % (report, row)
    digests = digest_both(told)
    return b'{"outcome":"accepted","report":%b,"row":%d,"told_sha256":"%b","told_sm3":"%b"}' % (
        report,
        row,
        digests.sha256.hex().encode(),
        digests.sm3.hex().encode(),
    )


def duplicate_row(row: int, *, report_id: str, submission: str, first_row: int) -> bytes:
    """Return the record of a row that repeats an earlier report."""
    first = {"submission": submission, "row": first_row}
    return canonical.encode({"outcome": "duplicate", "row": row, "report_id": report_id, "duplicate_of": first})


def rejected_row(row: int, *, codes: list[str], told: bytes) -> bytes:
    """Return the record of a refused row; what was read of it and the reasons stand in the stored line."""
    fields: dict[str, Any] = {"outcome": "rejected", "row": row, "codes": codes}
    return canonical.encode({**fields, **digest_both(told).as_fields("told")})
