"""Witnessing after C2SP tlog-witness: what a witness answers to a checkpoint brought to it, and what a log brings.

Pure: the last head and the time are given, the head to keep comes back with the answer.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from suyuan.evidence.checkpoint import CheckpointError, Head, parse_head
from suyuan.evidence.hashing import SHA256, decode_hash, encode_base64
from suyuan.evidence.keys import COSIGNATURE, SignerKey, VerifierKey
from suyuan.evidence.merkle import SIZE_MAX, verify_consistency
from suyuan.evidence.note import NoteError, Signature, open_note, sign_line, split_note

PROOF_LINES_MAX: Final = 63
REQUEST_BYTES_MAX: Final = 1_000_000
SIZE_TYPE: Final = "text/x.tlog.size"
TEXT_TYPE: Final = "text/plain; charset=utf-8"
_OLD: Final = re.compile(r"old (0|[1-9][0-9]{0,18})")
_SHARD: Final = re.compile(r"[0-9]{4}")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a witness answers, and the head that it must have kept durably before it does; None where nothing changes."""

    status: int
    body: str = ""
    content_type: str = TEXT_TYPE
    kept: Head | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """A checkpoint brought to a witness: from which size on, how it follows, and the signed note."""

    old_size: int
    proof: tuple[bytes, ...]
    checkpoint: str

    def encode(self) -> bytes:
        """Return the body of the request."""
        lines = "".join(f"{encode_base64(one)}\n" for one in self.proof)
        return f"old {self.old_size}\n{lines}\n{self.checkpoint}".encode()


class WitnessRequestError(ValueError):
    """A body that is no request to a witness."""


def parse_request(body: bytes) -> Request:
    """Return the request of a body; raises WitnessRequestError."""
    if len(body) > REQUEST_BYTES_MAX:
        raise WitnessRequestError("The request is too long.")
    try:
        head, blank, checkpoint = body.decode("utf-8").partition("\n\n")
    except UnicodeDecodeError:
        raise WitnessRequestError("The request is not UTF-8.") from None
    first, *lines = head.split("\n")
    old, proof = _OLD.fullmatch(first), [decode_hash(line) for line in lines]
    if not blank or old is None or int(old[1]) > SIZE_MAX or len(proof) > PROOF_LINES_MAX or None in proof:
        raise WitnessRequestError(
            "The request needs a line 'old N', at most 63 hashes, an empty line and a checkpoint."
        )
    return Request(int(old[1]), tuple(one for one in proof if one is not None), checkpoint)


def find_origin(body: bytes, logs: Mapping[str, Sequence[VerifierKey]]) -> str | None:
    """Return the origin of the checkpoint in a request if it is of a log that is known, else None.

    A log of ours is known by its name for all its yearly shards: `<name>/<year>`.
    """
    try:
        origin = parse_request(body).checkpoint.partition("\n")[0]
    except WitnessRequestError:
        return None
    return origin if find_keys(origin, logs) else None


def find_keys(origin: str, logs: Mapping[str, Sequence[VerifierKey]]) -> list[VerifierKey]:
    """Return the keys that may sign for an origin, under its name."""
    name, _, year = origin.rpartition("/")
    keys = [*logs.get(origin, ()), *(logs.get(name, ()) if _SHARD.fullmatch(year) else ())]
    return [key.renamed(origin) for key in keys]


def answer_request(
    body: bytes,
    *,
    logs: Mapping[str, Sequence[VerifierKey]],
    last: Head | None,
    signers: Sequence[SignerKey],
    time: int,
) -> Answer:
    """Return the answer to a request; `last` is the last head cosigned for its origin, None if there was none.

    The caller holds `last` for nobody else to change until the head of the answer is kept.
    """
    try:
        request = parse_request(body)
        origin = request.checkpoint.partition("\n")[0]
        keys = find_keys(origin, logs)
        if not keys:
            split_note(request.checkpoint)
            return Answer(404, "This witness does not know the log.\n")
        head = parse_head(split_note(request.checkpoint)[0])
    except (WitnessRequestError, CheckpointError, NoteError) as error:
        return Answer(400, f"{error}\n")
    try:
        note = open_note(request.checkpoint, keys)
    except NoteError:
        return Answer(403, "No known key of the log has signed the checkpoint.\n")
    return _answer_signed(request, head, note.text, last, signers, time)


def _answer_signed(
    request: Request, head: Head, text: str, last: Head | None, signers: Sequence[SignerKey], time: int
) -> Answer:
    known = last if last is not None else Head(head.origin, 0, SHA256.digest(b""))
    if request.old_size > head.size:
        return Answer(400, "The old size is larger than the checkpoint's.\n")
    if request.old_size != known.size:
        return Answer(409, f"{known.size}\n", SIZE_TYPE)
    if known.size == head.size and known.root != head.root:
        return Answer(409, f"{known.size}\n", SIZE_TYPE)
    if not verify_consistency(
        size1=known.size, size2=head.size, proof=request.proof, root1=known.root, root2=head.root
    ):
        return Answer(422, "The checkpoint does not follow from the last one that was cosigned.\n")
    lines = "".join(sign_line(text, signer, time=time) for signer in signers)
    return Answer(200, lines, kept=head)


def read_cosignatures(checkpoint: str, answer: str, *, key: VerifierKey) -> list[Signature]:
    """Return the lines of a witness's answer that hold for a checkpoint; other lines are left aside, malformed ones too."""
    text, _ = split_note(checkpoint)
    found = []
    for line in answer.splitlines(keepends=True):
        try:
            note = open_note(f"{text}\n{line}", [key])
        except NoteError:
            continue
        found += [one for known, one in note.signatures if known.algorithm is COSIGNATURE]
    return found
