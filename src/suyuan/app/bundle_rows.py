"""The rows behind the timelines of a bundle: recorded bytes, the lines they were read from, and the submissions."""

from collections.abc import Iterable
from datetime import UTC

import msgspec

from suyuan.app.context import Context
from suyuan.bundle.content import ReportEntry, SubmissionEntry
from suyuan.core.catalogue import PERSONAL_FIELDS
from suyuan.core.event import Event
from suyuan.core.report import encode_content, restore_report
from suyuan.intake.chunks import split_lines
from suyuan.store.outcomes import read_reports
from suyuan.store.slot import place_of
from suyuan.store.submission import Submission, read_pieces, read_submission, submission_name


class BundleRows(msgspec.Struct):
    """What a bundle says of reports: entries, exact bytes by file name, and the submissions they came in."""

    reports: tuple[ReportEntry, ...]
    rows: dict[str, bytes]
    originals: dict[str, bytes]
    submissions: tuple[SubmissionEntry, ...]


def collect_rows(context: Context, timelines: Iterable[Iterable[Event]]) -> BundleRows:
    """Return the rows of every event in these timelines, once each."""
    numbers = sorted({event.report_no for events in timelines for event in events})
    fields = read_reports(context.connection, numbers)
    rows_of: dict[int, list[int]] = {}
    for number in numbers:
        submission_no, row = place_of(number)
        rows_of.setdefault(submission_no, []).append(row)
    found = BundleRows((), {}, {}, ())
    entries: list[ReportEntry] = []
    for submission_no, rows in rows_of.items():
        submission = read_submission(context.connection, submission_no)
        assert submission is not None, "a timeline row names a submission that is not there"
        found.submissions = (*found.submissions, _describe(submission))
        lines = _read_lines(context, submission, rows) if submission.form == "jsonl" else {}
        for row in rows:
            report = restore_report(fields[submission_no * 2**31 + row])
            name = f"reports/{submission_name(submission_no)}-{row}"
            found.rows[f"{name}.json"] = encode_content(report)
            is_whole = row in lines and PERSONAL_FIELDS.get(report.kind.name, frozenset()).isdisjoint(report.fields)
            if is_whole:  # an original line that holds a personal value goes to nobody
                found.originals[f"{name}.original"] = lines[row]
            original = f"{name}.original" if is_whole else None
            entries.append(
                ReportEntry(submission.name, row, report.reporter, report.report_id, f"{name}.json", original)
            )
    found.reports = tuple(entries)
    return found


def _describe(submission: Submission) -> SubmissionEntry:
    return SubmissionEntry(
        submission.name,
        submission.submitter,
        submission.received_at.astimezone(UTC),
        submission.form,
        submission.file_name,
        submission.byte_count,
        submission.digest.hex(),
    )


def _read_lines(context: Context, submission: Submission, rows: Iterable[int]) -> dict[int, bytes]:
    """Return the lines of a submission, the first being row 1; none of one whose bytes were put away."""
    wanted = set(rows)
    last = max(wanted)
    lines: dict[int, bytes] = {}
    number = 0
    for block in split_lines(read_pieces(context.connection, submission)):
        for line in block:
            number += 1
            if number in wanted:
                lines[number] = line
        if number >= last:
            break
    return {row: line for row, line in lines.items() if line}
