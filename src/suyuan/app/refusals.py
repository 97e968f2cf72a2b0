"""The refused rows of a submission as a workbook: to correct and send again."""

from pathlib import Path
from typing import BinaryIO

import msgspec

from suyuan.app.context import Context, UseCaseError
from suyuan.core.refusal import RowError
from suyuan.intake.refusals import RefusedRow, write_refusals
from suyuan.store.outcomes import read_outcomes
from suyuan.store.submission import read_submission, submission_name


def write_refusals_of(context: Context, submission_no: int, *, target: Path | BinaryIO) -> int:
    """Write the workbook of refused rows and return their number; for none, nothing is written.

    Raises UseCaseError for a submission that there is not, OSError for a target that cannot be written.
    """
    if read_submission(context.connection, submission_no) is None:
        raise UseCaseError(
            f"There is no submission {submission_name(submission_no)}. Check the number on the receipt.",
            message_zh=f"没有报送记录 {submission_name(submission_no)}。请核对回执上的编号。",
        )
    rows = [
        RefusedRow(outcome["row"], outcome["raw"], msgspec.convert(outcome["errors"], list[RowError]))
        for outcome in read_outcomes(context.connection, submission_no, only_told=True)
        if outcome["outcome"] == "rejected"
    ]
    if rows and isinstance(target, Path):
        with target.open("wb") as stream:  # opened here: the workbook writer's own error is no OSError
            write_refusals(rows, target=stream)
    elif rows:
        write_refusals(rows, target=target)
    return len(rows)
