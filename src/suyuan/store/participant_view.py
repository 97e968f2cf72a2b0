"""What the sweep reads of participants, many at once: reports, accounts, tallies, and the findings held against them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import msgspec
from psycopg import Connection
from psycopg.rows import TupleRow

from suyuan.core.catalogue import KIND_BY_NAME, KIND_BY_NUMBER
from suyuan.core.contribution import Flow
from suyuan.core.event import Event
from suyuan.core.participant import Counted, HeldAgainst, ReportCount
from suyuan.core.tally import packed_prefixes, unpack_tally
from suyuan.store.queries import load_queries
from suyuan.store.registry import PartyNumbers, find_parties
from suyuan.store.slot import SUM_LANES
from suyuan.store.timeline import read_event

SQL = load_queries("participant")
SUMS_SQL = load_queries("sums")
ALL_LANES = list(range(SUM_LANES))


def add_party_months(connection: Connection[TupleRow], months: Iterable[tuple[int, str, str]]) -> None:
    """Note the months (number of the reporter, model or nothing, month) in which something is reported to have occurred."""
    if rows := sorted(months):
        reporters, models, names = zip(*rows, strict=True)
        given = {"reporters": list(reporters), "models": list(models), "months": list(names)}
        connection.execute(SQL.add_party_months, given)


def number_parties(connection: Connection[TupleRow], usccs: Iterable[str]) -> dict[int, str]:
    """Return those of some parties that ever stood in a report, by their numbers."""
    return {number: uscc for uscc, number in find_parties(connection, usccs).items()}


def read_party_months(
    connection: Connection[TupleRow], *, numbers: Mapping[int, str]
) -> dict[str, dict[str, tuple[str, ...]]]:
    """Return the months in which parties reported something to have occurred, by USCC and model ("" for everything)."""
    months: dict[str, dict[str, tuple[str, ...]]] = {}
    for reporter, model, month in connection.execute(SQL.read_party_months, {"reporters": list(numbers)}):
        own = months.setdefault(numbers[reporter], {})
        own[model] = (*own.get(model, ()), month)
    return {uscc: {model: tuple(sorted(named)) for model, named in own.items()} for uscc, own in months.items()}


def count_reports(
    connection: Connection[TupleRow], *, numbers: Mapping[int, str]
) -> dict[str, tuple[ReportCount, ...]]:
    """Return how many reports of each kind parties have in the record, by the Shanghai month of their receipt."""
    rows = connection.execute(SQL.count_reports, {"lanes": ALL_LANES, "reporters": list(numbers)})
    return _arrange_counts(rows, numbers)


def count_reports_of_kinds(
    connection: Connection[TupleRow], kinds: Iterable[str], *, since: str, parties: PartyNumbers
) -> dict[str, tuple[ReportCount, ...]]:
    """Return how many reports of some kinds everybody has in the record from a month of receipt ("2026-05") on."""
    given = {"kinds": sorted(KIND_BY_NAME[kind].number for kind in kinds), "since": since}
    rows = connection.execute(SQL.count_reports_of_kinds, given).fetchall()
    return _arrange_counts(rows, parties.name(connection, {row[0] for row in rows}))


def _arrange_counts(rows: Iterable[Sequence[Any]], numbers: Mapping[int, str]) -> dict[str, tuple[ReportCount, ...]]:
    counts: dict[str, list[ReportCount]] = {}
    for reporter, kind, month, count in rows:
        counts.setdefault(numbers[reporter], []).append(ReportCount(KIND_BY_NUMBER[kind].name, month, count))
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


def read_party_events(
    connection: Connection[TupleRow], *, numbers: Mapping[int, str], parties: PartyNumbers
) -> dict[str, tuple[Event, ...]]:
    """Return the reports that concern parties alone, by or naming each of some parties, those withdrawn left out."""
    rows = connection.execute(SQL.read_party_events, {"reporters": list(numbers)}).fetchall()
    named = {row[4] for row in rows} | {row[5] for row in rows if row[5] is not None}
    names = parties.name(connection, named)
    found: dict[str, list[Event]] = {}
    for row in rows:
        event = read_event(row, names=names)
        for number in {row[4], row[5]} & numbers.keys():
            found.setdefault(numbers[number], []).append(event)
    return {uscc: tuple(sorted(own, key=lambda one: (one.occurred_on, one.key))) for uscc, own in found.items()}


def read_flows_of_many(
    connection: Connection[TupleRow], *, usccs: Sequence[str], until: date
) -> dict[str, tuple[Flow, ...]]:
    """Return the flows of participants up to a day, by site, day, item and flow."""
    flows: dict[str, list[Flow]] = {}
    for row in connection.execute(SQL.read_flows_of_many, {"lanes": ALL_LANES, "usccs": list(usccs), "until": until}):
        flows.setdefault(row[0], []).append(Flow(*row))
    return {uscc: tuple(sorted(own)) for uscc, own in flows.items()}


def read_tallies_of_many(
    connection: Connection[TupleRow], *, usccs: Sequence[str], names: Iterable[str], since: str
) -> dict[str, tuple[Counted, ...]]:
    """Return some counts that participants are the party of, from a month ("2026-05") on."""
    counts: dict[str, list[Counted]] = {}
    prefixes = [prefix for name in sorted(names) for uscc in usccs for prefix in packed_prefixes(name=name, party=uscc)]
    for packed, count in connection.execute(SUMS_SQL.read_tallies, {"lanes": ALL_LANES, "prefixes": prefixes}):
        tally = unpack_tally(packed)
        if tally.month >= since:
            counts.setdefault(tally.party, []).append(Counted(tally, count))
    return {uscc: tuple(sorted(own)) for uscc, own in counts.items()}
