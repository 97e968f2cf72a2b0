"""The refusals workbook of a submission: what was refused, ready to be corrected and sent again."""

from itertools import islice
from typing import BinaryIO

import msgspec

from suyuan.app.context import Context
from suyuan.core.refusal import RowError
from suyuan.intake.refusals import RefusedRow, write_refusals
from suyuan.store.outcomes import read_outcomes

ROWS_MAX = 20_000  # held in memory at once; corrected and sent again, the next ones come up


def write_refused_rows(context: Context, submission_no: int, *, target: BinaryIO) -> int:
    """Write the workbook of a submission's first refused rows; returns how many rows it holds."""
    refused = (
        RefusedRow(outcome["row"], outcome.get("raw"), msgspec.convert(outcome["errors"], list[RowError]))
        for outcome in read_outcomes(context.connection, submission_no, only_told=True)
        if outcome["outcome"] == "rejected"
    )
    rows = list(islice(refused, ROWS_MAX))
    if rows:
        write_refusals(rows, target=target)
    return len(rows)
