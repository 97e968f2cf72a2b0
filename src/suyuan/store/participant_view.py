"""What the sweep reads of participants, many at once: their reports by month, and the findings held against them."""

from collections.abc import Iterable, Sequence

import msgspec
from psycopg import Connection
from psycopg.rows import TupleRow

from suyuan.core.catalogue import KIND_BY_NUMBER
from suyuan.core.participant import HeldAgainst, ReportCount
from suyuan.store.queries import load_queries

SQL = load_queries("sweep")


def count_reports(connection: Connection[TupleRow]) -> dict[str, tuple[ReportCount, ...]]:
    """Return how many reports of each kind each party has in the record, by the Shanghai month of their receipt."""
    counts: dict[str, list[ReportCount]] = {}
    for uscc, kind, month, count in connection.execute(SQL.count_reports, {}):
        counts.setdefault(uscc, []).append(ReportCount(KIND_BY_NUMBER[kind].name, month, count))
    return {uscc: tuple(sorted(own)) for uscc, own in counts.items()}


def read_held_against(
    connection: Connection[TupleRow], *, usccs: Sequence[str], rules: Iterable[str]
) -> dict[str, tuple[HeldAgainst, ...]]:
    """Return the findings of some rules held against each of some parties, as they are shown."""
    found: dict[str, list[HeldAgainst]] = {}
    given = {"usccs": list(usccs), "rules": sorted(rules)}
    for party, rule, subject, report_id, weight, evidence in connection.execute(SQL.read_held_against, given):
        grounds = msgspec.json.decode(evidence)
        found.setdefault(party, []).append(HeldAgainst(rule, subject, report_id, weight, grounds))
    return {party: tuple(sorted(own, key=lambda one: one.key)) for party, own in found.items()}
