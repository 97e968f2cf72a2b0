"""Contributions of subjects and their sums: accounts in grams, tallies, reports counted by reporter and month.

A judge replaces what a subject contributes and moves the sums by the difference, gathered per batch and applied as the
last statement of its transaction, in key order and in lanes (slot % 8), so that judges do not queue. A sum that falls to
zero has no row, whatever it was before; a rebuild therefore arrives at the same rows.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import msgspec
from psycopg import Connection
from psycopg.rows import TupleRow

from suyuan.core.catalogue import KIND_BY_NUMBER
from suyuan.core.chain import breaks_chain, is_chain_whole
from suyuan.core.contribution import Flow
from suyuan.core.participant import Counted, ReportCount
from suyuan.core.tally import packed_prefixes, split_tallies, unpack_tally, with_chain
from suyuan.core.value import SHANGHAI
from suyuan.rules.catalogue import RULE_TABLE
from suyuan.store.copy_line import escape_subject, escape_text
from suyuan.store.queries import load_queries
from suyuan.store.registry import find_parties
from suyuan.store.slot import SUM_LANES, sum_lane_of

SQL = load_queries("sums")
ALL_LANES = list(range(SUM_LANES))
FlowKey = tuple[str, str, date, str, str]  # uscc, site, day, item, flow
FLOW_COLUMNS = ("usccs", "days", "sites", "items", "flows", "grams")
CONTRIBUTION_COLUMNS = ("subjects", "usccs", "sites", "days", "items", "flows", "grams")


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

    def add_flows(self, flows: Mapping[FlowKey, int], *, sign: int) -> None:
        """Add flows, or with sign -1 take them away."""
        for key, grams in flows.items():
            self._flows[key] += sign * grams

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


# -- contributions to accounts -------------------------------------------------------------------------------------


def write_contributions(
    connection: Connection[TupleRow],
    flows: Mapping[str, Sequence[Flow]],
    *,
    slot: int,
    contributed: Sequence[str],
    difference: Difference,
) -> set[str]:
    """Replace what subjects contribute to accounts; returns those that contribute anything.

    `flows` holds the subjects with flows, `contributed` those judged now that had some before.
    """
    wanted = {subject: _sum_flows(given) for subject, given in flows.items()}
    before: dict[str, dict[FlowKey, int]] = {}
    if contributed:
        rows = connection.execute(SQL.read_contributions, {"slot": slot, "subjects": list(contributed)})
        for subject, *key, grams in rows:
            before.setdefault(subject, {})[tuple(key)] = grams
    first: list[tuple[Any, ...]] = []
    changed: list[tuple[Any, ...]] = []
    gone: list[tuple[Any, ...]] = []
    for subject in wanted.keys() | before.keys():
        old, new = before.get(subject, {}), wanted.get(subject, {})
        if old == new:
            continue
        difference.add_flows(old, sign=-1)
        difference.add_flows(new, sign=1)
        (changed if old else first).extend((subject, *key, new[key]) for key in new if old.get(key) != new[key])
        gone += [(subject, *key) for key in old.keys() - new.keys()]
    _copy_contributions(connection, sorted(first), slot=slot)
    if gone:
        given = {"slot": slot, **_columns(CONTRIBUTION_COLUMNS[:-1], sorted(gone))}
        connection.execute(SQL.delete_contributions, given)
    if changed:
        given = {"slot": slot, **_columns(CONTRIBUTION_COLUMNS, sorted(changed))}
        connection.execute(SQL.write_contributions, given)
    return {subject for subject, one in wanted.items() if one}


def _sum_flows(flows: Iterable[Flow]) -> dict[FlowKey, int]:
    """Return the grams by key; several flows of one key are one contribution, nothing is none."""
    sums: Counter[FlowKey] = Counter()
    for one in flows:
        sums[one.uscc, one.site, one.day, one.item, one.flow] += one.grams
    return {key: grams for key, grams in sums.items() if grams}


def _copy_contributions(connection: Connection[TupleRow], rows: Sequence[tuple[Any, ...]], *, slot: int) -> None:
    lines = [
        f"{slot}\t{escape_subject(subject)}\t{uscc}\t{escape_text(site)}\t{day}\t{item}\t{flow}\t{grams}\n"
        for subject, uscc, site, day, item, flow, grams in rows
    ]
    if lines:
        with connection.cursor().copy(SQL.copy_contributions) as copy:
            copy.write("".join(lines))


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


def find_contributors(
    connection: Connection[TupleRow], *, uscc: str, item: str, flow: str, month: str
) -> list[tuple[str, Flow]]:
    """Return which subjects stand behind a participant's flow of a month ("2026-05"), each with its part."""
    since = date.fromisoformat(f"{month}-01")
    until = (since + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    given = {"uscc": uscc, "item": item, "flow": flow, "since": since, "until": until}
    return [(subject, Flow(*row)) for subject, *row in connection.execute(SQL.find_contributors, given)]


def read_tallies(
    connection: Connection[TupleRow], *, name: str | None = None, party: str | None = None
) -> list[Counted]:
    """Return the counts of a name or of all, for a party or for all."""
    given = {"lanes": ALL_LANES, "prefixes": packed_prefixes(name=name, party=party)}
    return sorted(Counted(unpack_tally(packed), count) for packed, count in connection.execute(SQL.read_tallies, given))


def read_report_counts(connection: Connection[TupleRow], *, uscc: str) -> list[ReportCount]:
    """Return how many reports of each kind and month of receipt a participant has in the record."""
    number = find_parties(connection, [uscc]).get(uscc)
    rows = connection.execute(SQL.read_report_counts, {"lanes": ALL_LANES, "reporter": number})
    return sorted(ReportCount(KIND_BY_NUMBER[kind].name, month, count) for kind, month, count in rows)


def _columns(names: Iterable[str], rows: Sequence[tuple[Any, ...]]) -> dict[str, list[Any]]:
    return {name: list(column) for name, column in zip(names, zip(*rows, strict=True), strict=True)}
