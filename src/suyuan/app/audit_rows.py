"""Audit of rows against raw bytes: every accepted row is read again from what was sent, and must say what the record says."""

import math
import zlib
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from suyuan.app.context import Context
from suyuan.app.personal import Erasures
from suyuan.core.admission import normalise_row
from suyuan.core.catalogue import PERSONAL_FIELDS
from suyuan.evidence.record import commit_personal
from suyuan.intake.reader import DecodedRow, open_reader
from suyuan.store.audit import FIRST_KEYS_MAX, Fault, Faults
from suyuan.store.outcomes import read_lines
from suyuan.store.personal import read_values
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
        key: dict[str, str | int] = {"table": "row_outcome", "submission": submission_no}
        try:
            for table, row, stands, read in _find_differences(context, submission):
                _add(faults, Fault({**key, "table": table, "row": row}, stands, read))
        except (ValueError, LookupError, TypeError, zlib.error) as error:
            # The others of the step are read all the same.
            _add(faults, Fault(key, f"cannot be read: {error}", None))
    return faults


def _add(faults: Faults, fault: Fault) -> None:
    faults.count += 1
    faults.first = [*faults.first, fault][:FIRST_KEYS_MAX]


def _find_differences(context: Context, submission: Submission) -> Iterator[tuple[str, int, str, str]]:
    """Yield tables and rows whose report is not what their raw bytes say, with both; of personal values only the commitment.

    Both are read side by side in the order of rows: a submission may have a million, and only one is held.
    """
    sent = _read_sent(context, submission)
    row, raw = next(sent, _END)
    for stored_row, line in read_lines(context.connection, submission.submission_no):
        outcome = msgspec.json.decode(line)
        if outcome["outcome"] != "accepted":
            continue
        while row < stored_row:
            row, raw = next(sent, _END)
        found = normalise_row(raw, submitter=submission.submitter) if row == stored_row else None
        report, fields = outcome["report"], found or {}
        report_no = report_no_of(submission.submission_no, row=stored_row)
        for stands, again in _compare_personal(context, report, fields, report_no=report_no):
            yield "personal_value", stored_row, stands, again
        public, public_again = _public(report), _public(fields)
        for name in sorted(public.keys() | public_again.keys()):
            if public.get(name) != public_again.get(name):
                yield "row_outcome", stored_row, f"{name}={public.get(name)}", f"{name}={public_again.get(name)}"
                break


def _compare_personal(
    context: Context, report: dict[str, Any], fields: dict[str, Any], *, report_no: int
) -> Iterator[tuple[str, str]]:
    """Yield commitments that are not made of the value that was sent and the salt that is kept."""
    names = PERSONAL_FIELDS.get(report["kind"], frozenset()) & (report.keys() | fields.keys())
    salts = {one.field: one.salt for one in read_values(context.connection, [report_no])} if names else {}
    for name in sorted(names):
        salt, value = salts.get(name), fields.get(name)
        again = commit_personal(name, value, salt=salt) if salt is not None and value else None
        if again is None or again != report.get(name):
            yield f"{name}={report.get(name)}", f"{name}={again}"


_END: tuple[float, dict[str, Any]] = (math.inf, {})


def _read_sent(context: Context, submission: Submission) -> Iterator[tuple[float, dict[str, Any]]]:
    """Yield the rows that can be read of what was sent, with their numbers, which only grow."""
    for one in open_reader(
        lambda: read_pieces(context.connection, submission), form=submission.form, file_name=submission.file_name
    ):
        if isinstance(one, DecodedRow) and one.raw is not None:
            yield one.row, one.raw


def _public(fields: dict[str, Any]) -> dict[str, Any]:
    hidden = PERSONAL_FIELDS.get(str(fields.get("kind")), frozenset())
    return {name: value for name, value in fields.items() if name not in hidden}
