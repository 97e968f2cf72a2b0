"""Take a submission in once, however often it is sent, and bring it as far as the sender cares to wait."""

import time
from collections.abc import Iterable
from dataclasses import dataclass

from suyuan.app.context import Context, UseCaseError
from suyuan.app.judge import judge_submission
from suyuan.app.submit import Arrival, receive, record
from suyuan.store.submission import Submission, find_by_key, parse_submission_name, read_submission

RECORDED_AT_ONCE_BYTES_MAX = 4_000_000  # some 15,000 rows, a second's work; the worker takes what is larger
RECORDING_SECONDS_MAX = 10.0  # another process may have taken up a small submission: it is done in a moment
_RETRY_SECONDS = 0.02
_POLL_SECONDS = 0.25


class UnknownError(UseCaseError):
    """What was asked for does not exist, or is not the asker's to see: the two are told in the same words."""


@dataclass(frozen=True, slots=True)
class TakenIn:
    """A stored submission; `is_new` is False when its idempotency key had been used before."""

    submission_no: int
    is_new: bool
    digest: bytes


def take_in(context: Context, chunks: Iterable[bytes], *, arrival: Arrival) -> TakenIn:
    """Store what arrives, or find what is stored under its idempotency key; the caller compares the digests.

    Raises UseCaseError for an unknown submitter.
    """
    key = arrival.idempotency_key
    known = find_by_key(context.connection, uscc=arrival.submitter, idempotency_key=key) if key is not None else None
    submission_no = receive(context, chunks, arrival=arrival) if known is None else known
    submission = read_submission(context.connection, submission_no)
    assert submission is not None
    return TakenIn(submission_no, known is None, submission.digest)


def settle(context: Context, submission_no: int, *, wait_seconds: float) -> None:
    """Record a small submission at once; then, as long as the sender waits, see the rest recorded and help to judge it."""
    give_up_at = time.monotonic() + wait_seconds
    submission = read_submission(context.connection, submission_no)
    assert submission is not None
    if submission.byte_count <= RECORDED_AT_ONCE_BYTES_MAX:
        _record_until(context, submission_no, time.monotonic() + max(wait_seconds, RECORDING_SECONDS_MAX))
    while time.monotonic() < give_up_at:
        submission = read_submission(context.connection, submission_no)
        if submission is None or submission.is_recorded:
            judge_submission(context, submission_no, seconds_max=max(0.0, give_up_at - time.monotonic()))
            return
        time.sleep(_POLL_SECONDS)  # the worker records it


def _record_until(context: Context, submission_no: int, give_up_at: float) -> None:
    while not record(context, submission_no) and time.monotonic() < give_up_at:
        time.sleep(_RETRY_SECONDS)  # another process is at it


def find_submission(context: Context, name: str, *, submitter: str | None) -> Submission:
    """Return the submission of a public name; with `submitter`, only if it is that party's own. Raises UnknownError."""
    submission_no = parse_submission_name(name)
    submission = read_submission(context.connection, submission_no) if submission_no is not None else None
    if submission is None or (submitter is not None and submission.submitter != submitter):
        raise UnknownError(
            "There is no such submission, or it is not yours to read. Check the number on the receipt.",
            message_zh="没有该报送记录，或您无权查看。请核对回执上的编号。",
        )
    return submission
