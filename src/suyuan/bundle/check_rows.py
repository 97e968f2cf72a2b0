"""Check that the timelines of a bundle say what the rows say: each row is read again and filed again, nothing is admitted again."""

from collections.abc import Iterator
from datetime import UTC
from typing import Any

import msgspec

from suyuan.bundle.content import BundledEvent, Content, ReportEntry, SubmissionEntry, plain
from suyuan.bundle.difference import Difference
from suyuan.core.admission import normalise_row
from suyuan.core.report import Report, encode_content, file_report, find_counterparty, restore_report

Key = tuple[str, str]
WITHDRAWN = "report_withdrawn"
BYTE_ORDER_MARK = b"\xef\xbb\xbf"  # Windows editors begin a file with it


def check_rows(content: Content) -> Iterator[Difference]:
    """Yield every way in which rows, original lines, submissions and timelines do not agree."""
    submissions = {one.submission: one for one in content.submissions}
    reports: dict[Key, tuple[Report, ReportEntry]] = {}
    for entry in content.reports:
        submission = submissions.get(entry.submission)
        if submission is None:
            yield Difference("reports.json", entry.file, "submission", "in submissions.json", entry.submission)
            continue
        report, faults = _read_row(content, entry, submission)
        yield from faults
        if report is not None:
            if (report.reporter, report.report_id) in reports:
                yield Difference("reports.json", entry.file, "report_id", "once", f"twice: {report.report_id}")
            reports[report.reporter, report.report_id] = report, entry
    yield from _check_timelines(content, reports, submissions)


def _read_row(
    content: Content, entry: ReportEntry, submission: SubmissionEntry
) -> tuple[Report | None, list[Difference]]:
    """Return the report of a recorded row, None where it is none, and what is wrong with it."""
    body = content.rows.get(entry.file)
    if body is None:
        return None, [Difference(entry.file, entry.report_id, "", "the recorded row", "missing")]
    fields = _read_object(body)
    normal = normalise_row(fields, submitter=submission.submitter) if fields is not None else None
    if fields is None or normal != fields:
        return None, [Difference(entry.file, entry.report_id, "", "a report as the record keeps it", "something else")]
    report = restore_report(fields)
    faults = []
    if encode_content(report) != body:
        faults.append(Difference(entry.file, entry.report_id, "", "the bytes that its fields are written as", "others"))
    if (report.reporter, report.report_id) != (entry.reporter, entry.report_id):
        faults.append(Difference(entry.file, entry.report_id, "report_id", f"{entry.reporter} {entry.report_id}",
                                 f"{report.reporter} {report.report_id}"))  # fmt: skip
    if entry.original is not None:
        line = content.originals.get(entry.original)
        raw = _read_object(line) if line is not None else None
        read = normalise_row(raw, submitter=submission.submitter) if raw is not None else None
        if read != fields:
            faults.append(Difference(entry.original, entry.report_id, first_field(fields, read or {}),
                                     "the line that reads as the recorded row", "another line"))  # fmt: skip
    return report, faults


def first_field(one: dict[str, Any], other: dict[str, Any]) -> str:
    """Return the first field in which two records differ, empty where they do not."""
    return next((name for name in sorted({*one, *other}) if one.get(name) != other.get(name)), "")


def _read_object(body: bytes) -> dict[str, Any] | None:
    try:
        value = msgspec.json.decode(body.removeprefix(BYTE_ORDER_MARK))
    except (msgspec.MsgspecError, UnicodeError, RecursionError, ValueError):
        return None
    return value if isinstance(value, dict) else None


def _check_timelines(
    content: Content, reports: dict[Key, tuple[Report, ReportEntry]], submissions: dict[str, SubmissionEntry]
) -> Iterator[Difference]:
    """Yield where a timeline has an event that no row says, or lacks one that a row says."""
    expected: dict[tuple[str, Key], dict[str, Any]] = {}
    held = {one.subject for one in content.timelines}
    for key, (report, entry) in reports.items():
        for subject, filed in _file_again(report, entry, submissions[entry.submission], reports):
            if subject in held:
                expected[subject, key] = plain(filed)
    told = {(event.reporter, event.report_id) for record in content.participants for event in record.events}
    yield from _check_participants(content, reports, submissions)
    for number, timeline in enumerate(content.timelines, 1):
        name = timeline_name(number)
        for event in timeline.events:
            key = (event.reporter, event.report_id)
            told.add(key)
            wanted = expected.pop((timeline.subject, key), None)
            if wanted is None:
                yield Difference(name, timeline.subject, event.report_id, "only events of rows", "no row says it")
                continue
            found = plain(event)
            if found != wanted:
                field = first_field(wanted, found)
                yield Difference(
                    name, timeline.subject, f"{event.report_id}.{field}", wanted.get(field), found.get(field)
                )
    for subject, key in expected:
        yield Difference("timelines", subject, key[1], "an event for the row", "none")
    for key, (_, entry) in reports.items():
        if key not in told:
            yield Difference(
                "reports.json", entry.file, key[1], "a report of a timeline or participant here", "of none"
            )


def _check_participants(
    content: Content, reports: dict[Key, tuple[Report, ReportEntry]], submissions: dict[str, SubmissionEntry]
) -> Iterator[Difference]:
    """Yield the events of participants that no row says so; each is one of those that the row is filed as."""
    for record in content.participants:
        for event in record.events:
            known = reports.get((event.reporter, event.report_id))
            filed = _file_again(*known, submissions[known[1].submission], reports) if known is not None else ()
            if plain(event) not in [plain(one) for _, one in filed]:
                yield Difference(
                    "participants.json", record.uscc, event.report_id, "only events of rows", "no row says it"
                )


def _file_again(
    report: Report,
    entry: ReportEntry,
    submission: SubmissionEntry,
    reports: dict[Key, tuple[Report, ReportEntry]],
) -> Iterator[tuple[str, BundledEvent]]:
    """Yield the subjects a report stands under, and its event there."""
    if report.kind.name == WITHDRAWN:
        target = reports.get((report.reporter, report.fields["withdrawn_report_id"]))
        body = {"as": "withdrawal", "withdraws": report.fields["withdrawn_report_id"]}
        filed = [(one.subject, body) for one in file_report(target[0])] if target is not None else []
    else:
        filed = [(one.subject, one.body) for one in file_report(report)]
    for subject, body in filed:
        event = BundledEvent(
            report.kind.name,
            tuple(body["as"].split("+")),
            entry.submission,
            entry.row,
            report.reporter,
            report.report_id,
            find_counterparty(report),
            report.occurred_on,
            report.occurred_time,
            submission.received_at.astimezone(UTC),
            body,
        )
        yield str(subject), event


def timeline_name(number: int) -> str:
    """Return the name of the member that holds a timeline."""
    return f"timelines/{number:04d}.json"
