"""Signed notes after C2SP signed-note: a text, a blank line, a line for each signature."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from suyuan.evidence.hashing import decode_base64, encode_base64
from suyuan.evidence.keys import (
    COSIGNATURE,
    KEY_ID_BYTES,
    SignerKey,
    VerifierKey,
    is_line_name,
    parse_verifier_key,
    read_time,
)

NOTE_BYTES_MAX: Final = 1_000_000
SIGNATURES_MAX: Final = 100
_DASH: Final = "— "
_CONTROL: Final = re.compile(r"[\x00-\x09\x0b-\x1f]")


class NoteError(ValueError):
    """A note that is malformed, or that no known key has signed; says which."""


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line: whose, and the bytes after the key ID."""

    name: str
    key_id: bytes
    signature: bytes

    @property
    def line(self) -> str:
        """Return the line with its newline."""
        return f"{_DASH}{self.name} {encode_base64(self.key_id + self.signature)}\n"

    @property
    def time(self) -> int | None:
        """Return the time of a cosignature in seconds since 1970, None if the signature is too short to have one."""
        return read_time(self.signature)


@dataclass(frozen=True, slots=True)
class Note:
    """A note that was opened: its text, the lines of known keys, all of which hold, and the other lines."""

    text: str
    signatures: tuple[tuple[VerifierKey, Signature], ...]
    unknown: tuple[Signature, ...]


def split_note(text: str | bytes) -> tuple[str, tuple[Signature, ...]]:
    """Return the text of a note and its signature lines, nothing verified; raises NoteError."""
    whole = _decode(text)
    if _CONTROL.search(whole):
        raise NoteError("The note holds a control character.")
    body, blank, lines = whole.rpartition("\n\n")
    if not blank or not lines.endswith("\n"):
        raise NoteError("The note has no blank line before its signatures, or does not end with a newline.")
    parts = lines[:-1].split("\n")
    if len(parts) > SIGNATURES_MAX:
        raise NoteError(f"The note has {len(parts)} signatures; at most {SIGNATURES_MAX} are read.")
    return body + "\n", tuple(_parse_line(line) for line in parts)


def _decode(text: str | bytes) -> str:
    try:
        whole = text.encode() if isinstance(text, str) else bytes(text)
        if len(whole) > NOTE_BYTES_MAX:
            raise NoteError(f"The note is longer than {NOTE_BYTES_MAX} bytes.")
        return whole.decode("utf-8")
    except UnicodeError:
        raise NoteError("The note is not UTF-8.") from None


def _parse_line(line: str) -> Signature:
    name, space, encoded = line.removeprefix(_DASH).partition(" ")
    content = decode_base64(encoded)
    if (
        not line.startswith(_DASH)
        or not space
        or not is_line_name(name)
        or content is None
        or len(content) <= KEY_ID_BYTES
    ):
        raise NoteError(f"A signature line is malformed: {line[:60]!r}.")
    return Signature(name, content[:KEY_ID_BYTES], content[KEY_ID_BYTES:])


def open_note(text: str | bytes, verifier_keys: Iterable[VerifierKey | str]) -> Note:
    """Return a note that at least one of the keys has signed; keys may be given in their text form.

    Raises NoteError for a malformed note, for one that none of the keys has signed, and for one on which a line of a known
    key does not hold. Lines of other keys are left aside.
    """
    body, signatures = split_note(text)
    keys = [parse_verifier_key(key) if isinstance(key, str) else key for key in verifier_keys]
    known = {(key.name, key.key_id): key for key in keys}
    if any(known[key.name, key.key_id] != key for key in keys):
        raise NoteError("Two of the known keys share a name and a key ID, so that a line could be of either.")
    signed = body.encode()
    held: dict[tuple[str, bytes], tuple[VerifierKey, Signature]] = {}
    unknown = []
    for one in signatures:
        key = known.get((one.name, one.key_id))
        if key is None:
            unknown.append(one)
            continue
        if (one.name, one.key_id) in held:
            raise NoteError(f"The note has two signatures of {one.name}.")
        if not key.verify(signed, one.signature):
            raise NoteError(f"The signature of {one.name} does not belong to this text.")
        held[one.name, one.key_id] = key, one
    if not held:
        raise NoteError("None of the known keys has signed the note.")
    return Note(body, tuple(held.values()), tuple(unknown))


def open_strictly(text: str | bytes, verifier_keys: Iterable[VerifierKey | str]) -> Note:
    """Return a note that carries signatures of the keys and of nobody else; raises NoteError as `open_note`, and for others.

    Receipts are opened so: a line that counts for nothing could be changed without being noticed.
    """
    note = open_note(text, verifier_keys)
    if note.unknown:
        raise NoteError(
            f"The note is signed by {note.unknown[0].name} with a key that the trust file does not list. Get its newest version."
        )
    return note


def sign_note(text: str, signers: Sequence[SignerKey]) -> str:
    """Return the note of a text signed by some keys; raises NoteError for a text that cannot be one."""
    return text + "\n" + "".join(sign_line(text, signer) for signer in signers)


def sign_line(text: str, signer: SignerKey, *, time: int | None = None) -> str:
    """Return one signature line of a text, a witness's with its time; raises NoteError for a text that cannot be a note's."""
    if not text.endswith("\n") or _CONTROL.search(text):
        raise NoteError("The text of a note ends with a newline and holds no other control character.")
    if signer.verifier.algorithm is COSIGNATURE:
        assert time is not None, "a witness signs with a time"
        signature = signer.cosign(text.encode(), time=time)
    else:
        signature = signer.sign(text.encode())
    return Signature(signer.name, signer.verifier.key_id, signature).line
