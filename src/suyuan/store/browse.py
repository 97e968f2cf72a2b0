"""Findings and duties page by page, and in which timelines a party has a part."""

from collections.abc import Iterable
from datetime import date
from typing import Annotated, Any

import msgspec
from psycopg import Connection
from psycopg.rows import TupleRow

from suyuan.core.duty import Duty
from suyuan.core.finding import Finding
from suyuan.store.queries import load_queries
from suyuan.store.registry import find_parties
from suyuan.store.slot import SLOTS, slot_of

SQL = load_queries("browse")

FindingKey = tuple[Annotated[int, msgspec.Meta(ge=-1, lt=SLOTS)], str, str, str, str, str]
DutyKey = tuple[bool, date, str, str, str, str, str]
BEFORE_ALL_FINDINGS: FindingKey = (-1, "", "", "", "", "")
BEFORE_ALL_DUTIES: DutyKey = (False, date.min, "", "", "", "", "")


def page_findings(
    connection: Connection[TupleRow],
    *,
    after: FindingKey,
    limit: int,
    rule: str | None = None,
    weight: str | None = None,
    subject: str | None = None,
    party: str | None = None,
) -> list[tuple[FindingKey, Finding]]:
    """Return the next findings that pass all given filters, each with the key behind which the next page begins."""
    names = ("slot", "after_subject", "after_rule", "after_reporter", "after_report_id", "after_origin")
    filters = {"rule": rule, "weight": weight, "party": party, "subject": subject}
    given = {**dict(zip(names, after, strict=True)), **filters, "limit": limit}
    given["subject_slot"] = slot_of(subject) if subject else None
    return [(row[:6], _finding(row)) for row in connection.execute(SQL.page_findings, given)]


def _finding(row: tuple[Any, ...]) -> Finding:
    _, subject, rule, reporter, report_id, _, weight, party, about, evidence, on = row
    grounds = msgspec.json.decode(evidence)
    return Finding(rule, weight, subject, reporter, report_id, party, tuple(about), grounds, on)


def page_duties(
    connection: Connection[TupleRow],
    *,
    after: DutyKey,
    limit: int,
    party: str | None = None,
    overdue_on: date | None = None,
) -> list[tuple[DutyKey, Duty]]:
    """Return the next duties, open before settled, by the day they are due, those without a day last, each with its key."""
    names = (
        "after_settled",
        "after_due_on",
        "after_subject",
        "after_kind",
        "after_opener",
        "after_opened_by",
        "after_rule",
    )
    given = {**dict(zip(names, after, strict=True)), "party": party, "overdue_on": overdue_on, "limit": limit}
    return [(_duty_key(row), _duty(row)) for row in connection.execute(SQL.page_duties, given)]


def _duty_key(row: tuple[Any, ...]) -> DutyKey:
    is_settled, due_on, subject, kind, _, opener, opened_by, rule = row[:8]
    return is_settled, due_on, subject, kind, opener, opened_by, rule


def _duty(row: tuple[Any, ...]) -> Duty:
    (
        _,
        _,
        subject,
        kind,
        party,
        opener,
        opened_by,
        rule,
        opened_on,
        due_on,
        lapses_on,
        is_provisional,
        closed_by,
        closer,
        evidence,
        unit,
    ) = row
    grounds = msgspec.json.decode(evidence)
    return Duty(
        kind, subject, party, opener, opened_by, opened_on, due_on, lapses_on, is_provisional, rule, grounds, closed_by, closer,
        unit,
    )  # fmt: skip


def find_parts(connection: Connection[TupleRow], *, uscc: str, subjects: Iterable[str]) -> set[str]:
    """Return those of the subjects in which a party has a part.

    It reports in the timeline or is named in it, holds the subject, or has a duty or finding there.
    """
    wanted = sorted(set(subjects))
    given = {
        "slots": [slot_of(subject) for subject in wanted],
        "subjects": wanted,
        "uscc": uscc,
        "party_no": find_parties(connection, [uscc]).get(uscc),
    }
    return {row[0] for row in connection.execute(SQL.find_parts, given)} if wanted else set()
