"""Sweep: make the lapse findings, and what is found about participants, exactly those of a day.

The only stage that reads a calendar day. A later day adds, an earlier day takes back. A judge removes
the lapse finding of a duty that it closes and never adds one.
"""

from datetime import date
from typing import Any

import msgspec
from psycopg import Connection
from psycopg.rows import TupleRow

from suyuan.app.context import Context, Progress, no_progress
from suyuan.app.judge import judge_pending
from suyuan.app.judge_participants import judge_participants
from suyuan.app.settle_orders import settle_orders
from suyuan.core.duty import Duty, lapse
from suyuan.core.finding import Finding
from suyuan.rules.catalogue import RULE_TABLE
from suyuan.store.queries import load_queries
from suyuan.store.registry import read_swept_day, write_act, write_setting
from suyuan.store.slot import SLOTS
from suyuan.store.sums import retell_chains
from suyuan.store.verdict import FindingRow, finding_row, read_finding_rows, replace_findings

SQL = load_queries("sweep")
JUDGEMENT_SQL = load_queries("judgement")
SWEEP_STEPS = 2 * SLOTS  # of progress: the lapsed duties of each slot, then its participants


def sweep(context: Context, *, as_of: date, progress: Progress = no_progress) -> dict[str, Any]:
    """Judge what is pending, then lapse what was over before `as_of` and look at participants; returns what changed."""
    judge_pending(context)
    before = read_swept_day(context.connection)
    lapsed, taken_back = repeat_sweep(context, as_of=as_of, progress=progress)
    if before != as_of:
        with context.connection.transaction():
            write_act(context.connection, "swept", acted_at=context.clock(), body=as_of.isoformat().encode())
            write_setting(context.connection, "swept_day", value=as_of.isoformat())
    return {"as_of": as_of.isoformat(), "lapsed": lapsed, "taken_back": taken_back}


def repeat_sweep(context: Context, *, as_of: date, progress: Progress = no_progress) -> tuple[int, int]:
    """Make all that a sweep finds exactly that of a day, recording no act; returns how many findings came and went."""
    lapsed, taken_back = lapse_duties(context, as_of=as_of, progress=progress)
    found, withdrawn = judge_participants(context, as_of=as_of, progress=lambda done: progress(SLOTS + done))
    overdue, settled = _lapse_orders(context, as_of=as_of)
    return lapsed + found + overdue, taken_back + withdrawn + settled


def lapse_duties(context: Context, *, as_of: date, progress: Progress = no_progress) -> tuple[int, int]:
    """Write the lapse findings of a day, slot by slot; returns how many findings came and went."""
    lapsed = taken_back = 0
    for slot in range(SLOTS):
        added, removed = _sweep_slot(context, slot, as_of)
        lapsed, taken_back = lapsed + added, taken_back + removed
        progress(slot + 1)
    return lapsed, taken_back


def _lapse_orders(context: Context, *, as_of: date) -> tuple[int, int]:
    """Settle the orders of cases, and lapse those that stand; what a case stands on may have come or gone in any slot."""
    lapsed = taken_back = 0
    for slot in settle_orders(context):
        added, removed = _sweep_slot(context, slot, as_of)
        lapsed, taken_back = lapsed + added, taken_back + removed
    return lapsed, taken_back


def _sweep_slot(context: Context, slot: int, as_of: date) -> tuple[int, int]:
    """Write the difference of one slot in one transaction; returns how many findings came and went."""
    connection = context.connection
    with connection.transaction():
        connection.execute(JUDGEMENT_SQL.wait_slot, {"slot": slot})
        wanted: dict[tuple[str, ...], FindingRow] = {}
        for row in connection.execute(SQL.read_lapsed, {"slot": slot, "as_of": as_of}):
            finding = _lapsed_finding(row)
            if finding is not None:
                written = finding_row(finding, origin="sweep")
                wanted[written[:5]] = written
        before: dict[tuple[str, ...], FindingRow] = {
            tuple(row[:5]): (*row[:7], " ".join(row[7]), *row[8:])
            for row in connection.execute(SQL.read_swept, {"slot": slot})
        }
        replace_findings(connection, slot=slot, before=before, wanted=wanted)
        changed = {key for key in wanted.keys() | before.keys() if wanted.get(key) != before.get(key)}
        if changed:
            _note_findings(connection, slot, sorted({key[0] for key in changed}))
        return len(wanted.keys() - before.keys()), len(before.keys() - wanted.keys())


def _note_findings(connection: Connection[TupleRow], slot: int, subjects: list[str]) -> None:
    """Let the next judgement look at the findings of subjects, and count these as whole or not as the findings now say."""
    connection.execute(SQL.note_findings, {"slot": slot, "subjects": subjects})
    findings = read_finding_rows(connection, slot=slot, subjects=subjects)
    retell_chains(connection, subjects, slot=slot, findings=findings.values()).apply(connection)


def _lapsed_finding(row: tuple[Any, ...]) -> Finding | None:
    """Return the finding of a lapsed duty, None for the duty of a rule that this program no longer has."""
    subject, kind, opener, opened_by, rule, party, opened_on, due_on, lapses_on, is_provisional, evidence = row
    known = RULE_TABLE.rules.get(rule)
    if known is None:
        return None
    grounds = msgspec.json.decode(evidence)
    duty = Duty(kind, subject, party, opener, opened_by, opened_on, due_on, lapses_on, is_provisional, rule, grounds)
    return lapse(duty, rule=known)
