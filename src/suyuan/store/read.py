"""What lists and traces read of what was written."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec
from psycopg import Connection
from psycopg.rows import TupleRow

from suyuan.core.duty import Duty
from suyuan.core.finding import Finding
from suyuan.store.queries import load_queries
from suyuan.store.slot import slot_of

SQL = load_queries("read")


@dataclass(frozen=True, slots=True)
class StateRow:
    """The written state of a subject; `body` is the fold's state as JSON-like values, defaults left out."""

    status: str
    holder: str | None
    vehicle: str | None
    body: dict[str, Any]


def read_state(connection: Connection[TupleRow], subject: str) -> StateRow | None:
    """Return the state of a subject, None if it was never judged."""
    row = connection.execute(SQL.read_state, {"slot": slot_of(subject), "subject": subject}).fetchone()
    return StateRow(row[0], row[1], row[2], msgspec.json.decode(row[3])) if row else None


def read_states(connection: Connection[TupleRow], subjects: Iterable[str]) -> dict[str, StateRow]:
    """Return the states of those subjects that have one."""
    wanted = sorted(set(subjects))
    given = {"slots": [slot_of(subject) for subject in wanted], "subjects": wanted}
    rows = connection.execute(SQL.read_states, given)
    return {row[0]: StateRow(row[1], row[2], None, msgspec.json.decode(row[3])) for row in rows}


def is_pending(connection: Connection[TupleRow], subject: str) -> bool:
    """Tell whether a subject waits for a judge."""
    row = connection.execute(SQL.is_pending, {"slot": slot_of(subject), "subject": subject}).fetchone()
    return row is not None and bool(row[0])


def finding_of_row(row: tuple[Any, ...]) -> Finding:
    """Return the finding that a row of `read.sql` or `export.sql` holds."""
    subject, rule, reporter, report_id, _, weight, party, about, evidence, on = row
    return Finding(rule, weight, subject, reporter, report_id, party, tuple(about), msgspec.json.decode(evidence), on)


def read_findings(
    connection: Connection[TupleRow], *, rule: str | None, weight: str | None, subject: str | None, party: str | None
) -> list[Finding]:
    """Return the findings that pass all given filters."""
    given = {
        "rule": rule,
        "weight": weight,
        "subject": subject,
        "party": party,
        "slot": slot_of(subject) if subject else None,
    }
    return [finding_of_row(row) for row in connection.execute(SQL.list_findings, given)]


def read_findings_of(connection: Connection[TupleRow], subject: str) -> list[Finding]:
    """Return the findings of a subject and those about it."""
    given = {"slot": slot_of(subject), "subject": subject}
    return [finding_of_row(row) for row in connection.execute(SQL.list_findings_of_subject, given)]


def duty_of_row(row: tuple[Any, ...]) -> Duty:
    """Return the duty that a row of `read.sql` or `export.sql` holds."""
    (
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
        kind,
        subject,
        party,
        opener,
        opened_by,
        opened_on,
        due_on,
        lapses_on,
        is_provisional,
        rule,
        grounds,
        closed_by,
        closer,
        unit,
    )


def read_duties(connection: Connection[TupleRow], *, party: str | None, overdue_on: date | None) -> list[Duty]:
    """Return duties by party and by what is open and was due before a day."""
    return [duty_of_row(row) for row in connection.execute(SQL.list_duties, {"party": party, "overdue_on": overdue_on})]


def read_duties_of(connection: Connection[TupleRow], subject: str) -> list[Duty]:
    """Return the duties in a subject's timeline."""
    given = {"slot": slot_of(subject), "subject": subject}
    return [duty_of_row(row) for row in connection.execute(SQL.list_duties_of_subject, given)]
