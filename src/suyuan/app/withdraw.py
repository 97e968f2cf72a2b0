"""Withdraw a whole submission: a submission of its own, with one withdrawal for every accepted row."""

from collections.abc import Iterator
from datetime import datetime

import msgspec

from suyuan.app.context import Context, Progress, UseCaseError, no_progress
from suyuan.app.submit import Arrival, submit
from suyuan.core.value import SHANGHAI
from suyuan.store.outcomes import read_outcomes
from suyuan.store.submission import Submission, read_submission, submission_name


def withdraw(
    context: Context,
    submission_no: int,
    *,
    submitter: str,
    reason: str,
    received_at: datetime,
    progress: Progress = no_progress,
) -> int:
    """Return the number of the submission that withdraws another; withdrawing twice gives the same one.

    Raises UseCaseError if it is not the submitter's or not fully recorded.
    """
    submission = read_submission(context.connection, submission_no)
    if submission is None or submission.submitter != submitter:
        raise UseCaseError(
            f"{submitter} has no submission {submission_name(submission_no)}. Check the number on the receipt.",
            message_zh=f"{submitter} 没有报送记录 {submission_name(submission_no)}。请核对回执上的编号。",
        )
    if not submission.is_recorded:
        raise UseCaseError(
            f"{submission.name} is still being recorded. Withdraw it when all its rows have an outcome.",
            message_zh=f"{submission.name} 仍在记录中。请待全部行处理完毕后再撤回。",
        )
    key = f"withdraw {submission.name}"  # withdrawn again, on whatever day, it is the withdrawal that is there
    arrival = Arrival(submitter, "jsonl", f"withdrawal-of-{submission.name}.jsonl", received_at, key)
    return submit(
        context, _write_withdrawals(context, submission, reason, received_at), arrival=arrival, progress=progress
    )


def _write_withdrawals(context: Context, submission: Submission, reason: str, received_at: datetime) -> Iterator[bytes]:
    """Yield one report_withdrawn a line; a row that was itself a withdrawal cannot be withdrawn and is left out."""
    day = received_at.astimezone(SHANGHAI).date().isoformat()
    for outcome in read_outcomes(context.connection, submission.submission_no):
        if outcome["outcome"] != "accepted" or outcome["report"]["kind"] == "report_withdrawn":
            continue
        yield (
            msgspec.json.encode(
                {
                    "kind": "report_withdrawn",
                    "report_id": f"withdrawn:{submission.name}:{outcome['row']}",
                    "occurred_at": day,
                    "reporter": outcome["report"]["reporter"],
                    "withdrawn_report_id": outcome["report"]["report_id"],
                    "reason": reason,
                }
            )
            + b"\n"
        )
