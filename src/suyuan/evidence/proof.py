"""Transparency-log proofs after C2SP tlog-proof, and the extra content by which one becomes a receipt."""

import re
from dataclasses import dataclass
from typing import Any, Final

from suyuan.evidence import canonical
from suyuan.evidence.hashing import decode_base64, decode_hash, decode_hex, encode_base64

HEADER: Final = "c2sp.org/tlog-proof@v1"
RECEIPT_FORMAT: Final = "suyuan-receipt/1"
RECEIPT_BYTES_MAX: Final = 8_000_000  # a refused row of 1 MB, its JSON escapes and base64
PATH_MAX: Final = 63
_INDEX: Final = re.compile(r"0|[1-9][0-9]{0,18}")


class ProofError(ValueError):
    """A text that is no proof, or no receipt; says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Proof:
    """A proof that an entry is in a log: its index, its path, the signed checkpoint, and extra content."""

    index: int
    path: tuple[bytes, ...]
    checkpoint: str
    extra: bytes = b""

    def __str__(self) -> str:
        """Return the text of the file."""
        extra = f"extra {encode_base64(self.extra)}\n" if self.extra else ""
        path = "".join(f"{encode_base64(one)}\n" for one in self.path)
        return f"{HEADER}\n{extra}index {self.index}\n{path}\n{self.checkpoint}"


def parse_proof(content: bytes) -> Proof:
    """Return the proof of a file; raises ProofError."""
    if len(content) > RECEIPT_BYTES_MAX:
        raise ProofError(f"The file has {len(content):,} bytes; a receipt has at most {RECEIPT_BYTES_MAX:,}.")
    try:
        head, blank, checkpoint = bytes(content).decode("utf-8").partition("\n\n")
    except UnicodeDecodeError:
        raise ProofError("The file is not UTF-8 text.") from None
    lines = head.split("\n")
    if lines[0] != HEADER or not blank:
        raise ProofError(f'The file does not begin with "{HEADER}", or has no checkpoint after a blank line.')
    extra: bytes | None = b""
    at = 1
    if len(lines) > 1 and lines[1].startswith("extra "):
        extra, at = decode_base64(lines[1].removeprefix("extra ")), 2
        if not extra:
            raise ProofError('The line "extra" is no base64 text.')
    index = lines[at].removeprefix("index ") if len(lines) > at and lines[at].startswith("index ") else ""
    if not _INDEX.fullmatch(index):
        raise ProofError('The line "index" is missing or holds no whole number.')
    path = [decode_hash(line) for line in lines[at + 1 :]]
    if len(path) > PATH_MAX or None in path:
        raise ProofError("A line of the path is no hash of 32 bytes in base64.")
    return Proof(int(index), tuple(one for one in path if one is not None), checkpoint, extra or b"")


@dataclass(frozen=True, slots=True)
class RowProof:
    """The proof of one row inside its submission; `told` is the stored line, where there is one and it was not erased."""

    index: int
    record: str
    path_sha256: tuple[bytes, ...]
    path_sm3: tuple[bytes, ...]
    told: bytes | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a receipt says beyond the proof: the record, its blind, the path in the twin tree, the acknowledgement, a row.

    `told` is the stored text of the faults of the file as a whole.
    """

    record: str
    blind: bytes
    path_sm3: tuple[bytes, ...]
    acknowledgement: str | None = None
    row: RowProof | None = None
    told: bytes | None = None

    def encode(self) -> bytes:
        """Return the extra content of the proof."""
        fields: dict[str, Any] = {
            "format": RECEIPT_FORMAT,
            "record": self.record,
            "blind": self.blind.hex(),
            "path_sm3": [encode_base64(one) for one in self.path_sm3],
        }
        if self.acknowledgement is not None:
            fields["acknowledgement"] = self.acknowledgement
        if self.row is not None:
            fields["row"] = _encode_row(self.row)
        if self.told is not None:
            fields["told"] = encode_base64(self.told)
        return canonical.encode(fields)


def _encode_row(row: RowProof) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "index": row.index,
        "record": row.record,
        "path_sha256": [encode_base64(one) for one in row.path_sha256],
        "path_sm3": [encode_base64(one) for one in row.path_sm3],
    }
    return fields if row.told is None else {**fields, "told": encode_base64(row.told)}


def decode_receipt(extra: bytes) -> Receipt:
    """Return the receipt of a proof's extra content; raises ProofError for anything that is not to the byte as it should be."""
    try:
        fields = canonical.decode(extra)
    except canonical.NotCanonicalError as error:
        raise ProofError(f"The extra content is no receipt: {error}") from None
    _expect_keys(fields, {"format", "record", "blind", "path_sm3"}, optional={"acknowledgement", "row", "told"})
    blind = decode_hex(fields["blind"])
    if fields["format"] != RECEIPT_FORMAT or blind is None:
        raise ProofError("The receipt is of another format, or its blind is malformed.")
    row = fields.get("row")
    acknowledgement = _text(fields, "acknowledgement") if "acknowledgement" in fields else None
    return Receipt(
        _text(fields, "record"),
        blind,
        _path(fields["path_sm3"]),
        acknowledgement,
        None if "row" not in fields else _decode_row(row),
        _decode_told(fields),
    )


def _decode_row(fields: object) -> RowProof:
    if type(fields) is not dict:
        raise ProofError("The receipt's row is malformed.")
    _expect_keys(fields, {"index", "record", "path_sha256", "path_sm3"}, optional={"told"})
    index = fields["index"]
    if type(index) is not int or index < 0:
        raise ProofError("The receipt's row has no index.")
    paths = _path(fields["path_sha256"]), _path(fields["path_sm3"])
    return RowProof(index, _text(fields, "record"), *paths, _decode_told(fields))


def _decode_told(fields: dict[str, Any]) -> bytes | None:
    """Base64, since what was told repeats what was read: characters that canonical JSON does not hold."""
    if "told" not in fields:
        return None
    told = decode_base64(_text(fields, "told"))
    if told is None:
        raise ProofError("What the receipt says was told is no base64 text.")
    return told


def _expect_keys(fields: dict[str, Any], required: set[str], *, optional: set[str]) -> None:
    if missing := required - fields.keys():
        raise ProofError(f"The receipt lacks {', '.join(sorted(missing))}.")
    if strange := fields.keys() - required - optional:
        raise ProofError(f"The receipt has keys that do not belong in it: {', '.join(sorted(strange))}.")


def _text(fields: dict[str, Any], name: str) -> str:
    value = fields[name]
    if type(value) is not str:
        raise ProofError(f"The receipt's {name} is no text.")
    return value


def _path(value: object) -> tuple[bytes, ...]:
    if type(value) is not list or len(value) > PATH_MAX:
        raise ProofError("A path of the receipt is malformed.")
    path = [decode_hash(one) for one in value]
    if None in path:
        raise ProofError("A path of the receipt holds what is no hash.")
    return tuple(one for one in path if one is not None)
