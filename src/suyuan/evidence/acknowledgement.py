"""Acknowledgements: the platform's signed word that a submission is committed, and by when the log will include it."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from suyuan.evidence import canonical
from suyuan.evidence.keys import SignerKey, VerifierKey
from suyuan.evidence.note import NoteError, open_strictly, sign_note, split_note
from suyuan.evidence.record import Digests

ACKNOWLEDGEMENT_LABEL: Final = "suyuan-acknowledgement/1"
INCLUSION: Final = timedelta(seconds=60)
SHARED_KEYS: Final = (
    "accepted",
    "byte_count",
    "digest_sha256",
    "digest_sm3",
    "duplicate",
    "received_at",
    "rejected",
    "status",
    "submission",
    "submitter",
)


def describe_submission(
    *,
    submission: str,
    submitter: str,
    received_at: datetime,
    status: str,
    byte_count: int,
    digests: Digests,
    accepted: int,
    duplicate: int,
    rejected: int,
) -> dict[str, Any]:
    """Return what acknowledgement and record say of a submission in the same words."""
    return {
        "submission": submission,
        "submitter": submitter,
        "received_at": canonical.format_moment(received_at),
        "status": status,
        "byte_count": byte_count,
        **digests.as_fields("digest"),
        "accepted": accepted,
        "duplicate": duplicate,
        "rejected": rejected,
    }


def acknowledge(description: dict[str, Any], *, committed_at: datetime, signers: Sequence[SignerKey]) -> str:
    """Return the acknowledgement of a submission that was committed at a moment, signed with keys under the log's name."""
    included_by = canonical.format_moment(committed_at + INCLUSION)
    promise = {**description, "included_by": included_by, "log": signers[0].name}
    return sign_note(f"{ACKNOWLEDGEMENT_LABEL}\n{canonical.encode(promise).decode()}\n", signers)


def open_acknowledgement(text: str, keys: Iterable[VerifierKey]) -> dict[str, Any]:
    """Return what an acknowledgement says; raises NoteError if it is none, or not signed by the keys and nobody else."""
    note, promise = open_strictly(text, keys), read_promise(text)
    if any(key.name != promise["log"] for key, _ in note.signatures):
        raise NoteError("The acknowledgement is of another log.")
    return promise


def read_promise(text: str) -> dict[str, Any]:
    """Return what an acknowledgement says, whoever signed it; raises NoteError if it is none."""
    label, _, content = split_note(text)[0].partition("\n")
    try:
        promise = canonical.decode(content.removesuffix("\n").encode())
    except canonical.NotCanonicalError as error:
        raise NoteError(f"The acknowledgement is malformed: {error}") from None
    if label != ACKNOWLEDGEMENT_LABEL or promise.keys() != {*SHARED_KEYS, "included_by", "log"}:
        raise NoteError("The note is no acknowledgement.")
    if not content.endswith("\n") or canonical.parse_moment(promise["included_by"]) is None:
        raise NoteError("The acknowledgement does not say by when the submission will be included.")
    return promise
