"""Contributions of subjects and their sums: accounts in grams, tallies, reports counted by reporter and month.

A judge replaces what a subject contributes and moves the sums by the difference, gathered per batch and applied as the
last statement of its transaction, in key order and in lanes (slot % 8), so that judges do not queue. A sum that falls to
zero has no row, whatever it was before; a rebuild therefore arrives at the same rows.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import msgspec
from psycopg import Connection
from psycopg.rows import TupleRow

from suyuan.core.catalogue import KIND_BY_NUMBER
from suyuan.core.chain import breaks_chain, is_chain_whole
from suyuan.core.contribution import Flow, Tally, unpack_flows
from suyuan.core.month import month_of
from suyuan.core.participant import Counted, ReportCount
from suyuan.core.tally import name_of_letter, packed_prefixes, split_tallies, unpack_tally, with_chain
from suyuan.core.value import SHANGHAI
from suyuan.rules.catalogue import RULE_TABLE
from suyuan.store.queries import load_queries
from suyuan.store.registry import find_parties
from suyuan.store.slot import SUM_LANES, sum_lane_of

SQL = load_queries("sums")
ALL_LANES = list(range(SUM_LANES))
FlowKey = tuple[str, str, date, str, str]  # uscc, site, day, item, flow
FLOW_COLUMNS = ("usccs", "days", "sites", "items", "flows", "grams")


class Difference:
    """What the sums move by when the subjects of one slot contribute something else than before."""

    def __init__(self, *, slot: int) -> None:
        """Begin with nothing to move."""
        self.slot = slot
        self._tallies: Counter[str] = Counter()
        self._flows: Counter[FlowKey] = Counter()

    def replace_tallies(self, *, before: str, after: str) -> None:
        """Let one subject count as `after` instead of as `before`, both packed."""
        if before != after:
            tallies = self._tallies
            for packed in split_tallies(before):
                tallies[packed] -= 1
            for packed in split_tallies(after):
                tallies[packed] += 1

    def replace_flows(self, *, before: str, after: str, flows: Iterable[Flow]) -> None:
        """Let one subject contribute `after` to accounts instead of `before`, both packed; `flows` are those of `after`."""
        if before != after:
            moved = self._flows
            for one in unpack_flows(before):
                moved[one.uscc, one.site, one.day, one.item, one.flow] -= one.grams
            for one in flows:
                moved[one.uscc, one.site, one.day, one.item, one.flow] += one.grams

    def apply(self, connection: Connection[TupleRow]) -> None:
        """Move the sums; the last thing a transaction does, since others may wait for these rows."""
        self._move_flows(connection)
        self._move_tallies(connection)

    def _move_flows(self, connection: Connection[TupleRow]) -> None:
        moved = sorted(
            (uscc, day, site, item, flow, grams)
            for (uscc, site, day, item, flow), grams in self._flows.items()
            if grams
        )
        if moved:
            given = {"lane": sum_lane_of(self.slot), **_columns(FLOW_COLUMNS, moved)}
            zero = connection.execute(SQL.move_account_flows, given).fetchall()
            if zero:
                keys = _columns(FLOW_COLUMNS[:-1], zero)
                connection.execute(SQL.delete_account_flows, {"lane": sum_lane_of(self.slot), **keys})

    def _move_tallies(self, connection: Connection[TupleRow]) -> None:
        moved = sorted((packed, count) for packed, count in self._tallies.items() if count)
        if moved:
            given = {"lane": sum_lane_of(self.slot), **_columns(("packed", "differences"), moved)}
            connection.execute(SQL.move_tallies, given)
        if lessened := [packed for packed, count in moved if count < 0]:
            connection.execute(SQL.delete_tallies, {"lane": sum_lane_of(self.slot), "packed": lessened})


# -- reports -------------------------------------------------------------------------------------------------------


def add_report_counts(
    connection: Connection[TupleRow],
    counts: Mapping[tuple[int, int], int],
    *,
    submission_no: int,
    received_at: datetime,
) -> None:
    """Count accepted reports of one submission by numbers of reporter and kind; exact, since the record only grows."""
    if counts:
        rows = sorted((reporter, kind, count) for (reporter, kind), count in counts.items())
        given = {"lane": sum_lane_of(submission_no), "month": month_of_receipt(received_at)}
        connection.execute(SQL.add_report_counts, {**given, **_columns(("reporters", "kinds", "counts"), rows)})


def month_of_receipt(received_at: datetime) -> str:
    """Return the Shanghai month of a receipt, like "2026-05"."""
    return f"{received_at.astimezone(SHANGHAI):%Y-%m}"


# -- chains --------------------------------------------------------------------------------------------------------


class _Chain(msgspec.Struct):
    """What of a written state decides whether a chain is whole."""

    status: str = "unknown"
    born_on: str | None = None
    missing_from: str | None = None


_decode_chain = msgspec.json.Decoder(_Chain).decode


def find_broken(findings: Iterable[Sequence[Any]]) -> set[str]:
    """Return the subjects whose chain these finding rows break; a finding of the sweep takes the place of the judge's."""
    rows = {(*row[:4], row[4] == "sweep"): row for row in findings}
    return {
        row[0]
        for key, row in rows.items()
        if (key[4] or (*key[:4], True) not in rows) and breaks_chain(row[1], weight=row[5], rules=RULE_TABLE.rules)
    }


def retell_chains(
    connection: Connection[TupleRow], subjects: Sequence[str], *, slot: int, findings: Iterable[Sequence[Any]]
) -> Difference:
    """Let subjects of one slot count as whole or not as all their `findings` now say; returns how the sums move."""
    broken = find_broken(findings)
    difference = Difference(slot=slot)
    changed: list[tuple[str, str]] = []
    for subject, body, before in connection.execute(SQL.read_chains, {"slot": slot, "subjects": list(subjects)}):
        chain = _decode_chain(body)
        is_whole = is_chain_whole(
            status=chain.status,
            is_birth_known=chain.born_on is not None,
            is_missing=chain.missing_from is not None,
            is_broken=subject in broken,
        )
        after = with_chain(before, is_whole=is_whole)
        if after != before:
            changed.append((subject, after))
            difference.replace_tallies(before=before, after=after)
    if changed:
        connection.execute(SQL.write_tallies, {"slot": slot, **_columns(("subjects", "tallies"), sorted(changed))})
    return difference


# -- reading -------------------------------------------------------------------------------------------------------


def read_flows(connection: Connection[TupleRow], *, uscc: str, until: date) -> list[Flow]:
    """Return the flows of a participant up to a day, by site, day, item and flow."""
    given = {"lanes": ALL_LANES, "uscc": uscc, "until": until}
    return [Flow(*row) for row in connection.execute(SQL.read_flows, given)]


def read_flow_years(
    connection: Connection[TupleRow],
    *,
    items: Sequence[str],
    flows: Sequence[str],
    until: date,
    uscc: str | None = None,
) -> list[tuple[int, str, str, int]]:
    """Return year, item, flow and grams of some flows up to a day, of one participant or of all."""
    given = {"lanes": ALL_LANES, "items": list(items), "flows": list(flows), "until": until, "uscc": uscc}
    return [(year, item, flow, grams) for year, item, flow, grams in connection.execute(SQL.read_flow_years, given)]


def find_contributors(
    connection: Connection[TupleRow], *, uscc: str, item: str, flow: str, month: str
) -> list[tuple[str, Flow]]:
    """Return which subjects stand behind a participant's flow of a month ("2026-05"), each with its part, by day."""
    rows = connection.execute(SQL.find_contributors, {"account": f"{uscc}:{month}"})
    found = [
        (subject, one)
        for subject, packed in rows
        for one in unpack_flows(packed)
        if (one.uscc, one.item, one.flow, month_of(one.day)) == (uscc, item, flow, month)
    ]
    return sorted(found, key=lambda row: (row[1].day, row[0], row[1].site))


def read_tallies(
    connection: Connection[TupleRow], *, name: str | None = None, party: str | None = None
) -> list[Counted]:
    """Return the counts of a name or of all, for a party or for all."""
    given = {"lanes": ALL_LANES, "prefixes": packed_prefixes(name=name, party=party)}
    return sorted(Counted(unpack_tally(packed), count) for packed, count in connection.execute(SQL.read_tallies, given))


def read_vehicle_months(
    connection: Connection[TupleRow], *, party: str | None, by_party: bool, by_province: bool
) -> list[Counted]:
    """Return the counts vehicle_sold and vehicle_gone of a producer or of all, by month of sale; place is the province's code.

    Parties and provinces are told apart only where asked for; else they are empty.
    """
    prefixes = [
        prefix for name in ("vehicle_sold", "vehicle_gone") for prefix in packed_prefixes(name=name, party=party)
    ]
    given = {"lanes": ALL_LANES, "prefixes": prefixes, "by_party": by_party, "by_province": by_province}
    return [
        Counted(Tally(name_of_letter(letter), f"{province}0000" if province else "", maker, kind, status, month), count)
        for letter, maker, province, kind, status, month, count in connection.execute(SQL.read_vehicle_months, given)
    ]


def read_newest_vehicle_month(connection: Connection[TupleRow], *, until: str) -> str | None:
    """Return the newest month, up to one, in which any vehicle was sold new or left; None where none ever was."""
    prefixes = [
        prefix for name in ("vehicle_sold", "vehicle_gone") for prefix in packed_prefixes(name=name, party=None)
    ]
    given = {"lanes": ALL_LANES, "prefixes": prefixes, "until": until}
    row = connection.execute(SQL.read_newest_month, given).fetchone()
    return row[0] if row is not None and row[0] is not None else None


def read_report_counts(connection: Connection[TupleRow], *, uscc: str) -> list[ReportCount]:
    """Return how many reports of each kind and month of receipt a participant has in the record."""
    number = find_parties(connection, [uscc]).get(uscc)
    rows = connection.execute(SQL.read_report_counts, {"lanes": ALL_LANES, "reporter": number})
    return sorted(ReportCount(KIND_BY_NUMBER[kind].name, month, count) for kind, month, count in rows)


def _columns(names: Iterable[str], rows: Sequence[tuple[Any, ...]]) -> dict[str, list[Any]]:
    return {name: list(column) for name, column in zip(names, zip(*rows, strict=True), strict=True)}
