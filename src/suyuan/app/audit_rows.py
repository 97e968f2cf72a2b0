"""Audit of rows against raw bytes: every accepted row is read again from what was sent, and must say what the record says."""

from collections.abc import Iterator, Sequence
from typing import Any

from suyuan.app.context import Context
from suyuan.app.personal import Erasures
from suyuan.core.admission import normalise_row
from suyuan.core.catalogue import PERSONAL_FIELDS
from suyuan.evidence.record import commit_personal
from suyuan.intake.reader import DecodedRow, open_reader
from suyuan.store.audit import FIRST_KEYS_MAX, Fault, Faults
from suyuan.store.outcomes import read_outcomes
from suyuan.store.personal import read_values_of
from suyuan.store.slot import report_no_of
from suyuan.store.submission import Submission, find_last_submission, read_pieces, read_submission

SUBMISSIONS_PER_STEP = 100


def list_row_steps(context: Context) -> Sequence[int]:
    """Return the steps in which rows are read again: some submissions each, by the first of their numbers."""
    return range(1, find_last_submission(context.connection) + 1, SUBMISSIONS_PER_STEP)


def check_rows(context: Context, step: int) -> Faults:
    """Read the rows of some submissions again from their raw bytes, and compare what was accepted."""
    faults, erasures = Faults(0, []), Erasures(context.connection)
    for submission_no in range(step, step + SUBMISSIONS_PER_STEP):
        submission = read_submission(context.connection, submission_no)
        if submission is None or not submission.is_recorded or submission.name in erasures.submissions:
            continue
        for table, row, stands, read in _find_differences(context, submission):
            faults.count += 1
            key = {"table": table, "submission": submission_no, "row": row}
            faults.first = [*faults.first, Fault(key, stands, read)][:FIRST_KEYS_MAX]
    return faults


def _find_differences(context: Context, submission: Submission) -> Iterator[tuple[str, int, str, str]]:
    """Yield tables and rows whose report is not what their raw bytes say, with both; of personal values only the commitment."""
    kept = {(one.report_no, one.field): one for one in read_values_of(context.connection, submission.submission_no)}
    read = {
        one.row: normalise_row(one.raw, submitter=submission.submitter)
        for one in open_reader(
            lambda: read_pieces(context.connection, submission), form=submission.form, file_name=submission.file_name
        )
        if isinstance(one, DecodedRow) and one.raw is not None
    }
    for outcome in read_outcomes(context.connection, submission.submission_no):
        if outcome["outcome"] == "accepted":
            row, report, fields = outcome["row"], outcome["report"], read.get(outcome["row"]) or {}
            for name in PERSONAL_FIELDS.get(report["kind"], frozenset()) & (report.keys() | fields.keys()):
                one = kept.get((report_no_of(submission.submission_no, row=row), name))
                salt, value = one.salt if one is not None else None, fields.get(name)
                again_committed = commit_personal(name, value, salt=salt) if salt is not None and value else None
                if again_committed is None or again_committed != report.get(name):
                    yield "personal_value", row, f"{name}={report.get(name)}", f"{name}={again_committed}"
            stands, again = _public(report), _public(fields)
            if stands != again:
                name = next(
                    (one for one in sorted(stands.keys() | again.keys()) if stands.get(one) != again.get(one)), ""
                )
                yield "row_outcome", row, f"{name}={stands.get(name)}", f"{name}={again.get(name)}"


def _public(fields: dict[str, Any]) -> dict[str, Any]:
    hidden = PERSONAL_FIELDS.get(str(fields.get("kind")), frozenset())
    return {name: value for name, value in fields.items() if name not in hidden}
