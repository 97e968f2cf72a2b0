"""Compare sums with what contributes to them, lane by lane, each in one snapshot of the database."""

import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import msgspec
from psycopg import Connection
from psycopg.rows import TupleRow

from suyuan.core.catalogue import KIND_BY_NUMBER
from suyuan.core.tally import unpack_tally
from suyuan.store.queries import load_queries
from suyuan.store.slot import SLOTS, SUM_LANES, sum_lane_of
from suyuan.store.sums import month_of_receipt

SQL = load_queries("audit")
FIRST_KEYS_MAX = 20  # differing keys that are named; all are counted


class Fault(msgspec.Struct, frozen=True):
    """One place that differs: its key, what stands, and what was worked out again; None where there is nothing."""

    key: dict[str, Any]
    stands: int | str | None
    counted: int | str | None


class Faults(msgspec.Struct):
    """How many places differ, and the first of them."""

    count: int = 0
    first: list[Fault] = []


class _Content(msgspec.Struct):
    reporter: str
    kind: str


class _Outcome(msgspec.Struct):
    """What the count of reports reads of a row's outcome."""

    outcome: str
    report: _Content | None = None


_decode_outcome = msgspec.json.Decoder(_Outcome).decode


def compare_account_flows(connection: Connection[TupleRow], *, lane: int) -> Faults:
    """Compare the account flows of a lane with the flows of the subjects of its slots."""
    with _snapshot(connection):
        rows = connection.execute(SQL.compare_account_flows, _given(lane)).fetchall()
    names = ("uscc", "day", "site", "item", "flow")
    faults = [
        Fault({"lane": lane, **dict(zip(names, map(str, key), strict=True))}, stands, counted)
        for *key, stands, counted, _ in rows
    ]
    return Faults(rows[0][-1] if rows else 0, faults)


def compare_tallies(connection: Connection[TupleRow], *, lane: int) -> Faults:
    """Compare the counts of a lane with what the subjects of its slots count for."""
    with _snapshot(connection):
        rows = connection.execute(SQL.compare_tallies, _given(lane)).fetchall()
    faults = [Fault({"lane": lane, **_describe_tally(packed)}, stands, counted) for packed, stands, counted, _ in rows]
    return Faults(rows[0][-1] if rows else 0, faults)


def compare_report_counts(connection: Connection[TupleRow], *, lane: int) -> Faults:
    """Compare the counts of reports in a lane with the recorded outcomes of all rows."""
    counted: Counter[tuple[str, str, str]] = Counter()
    with _snapshot(connection):
        standing = {
            (uscc, KIND_BY_NUMBER[kind].name if kind in KIND_BY_NUMBER else str(kind), month): count
            for uscc, kind, month, count in connection.execute(SQL.read_standing_counts, {"lane": lane})
        }
        for submission_no, received_at in connection.execute(SQL.list_submissions, {"lane": lane}).fetchall():
            month = month_of_receipt(received_at)
            for (body,) in connection.execute(SQL.read_outcomes, {"submission_no": submission_no}):
                for line in zlib.decompress(body).split(b"\n"):
                    report = _decode_outcome(line).report
                    if report is not None:
                        counted[report.reporter, report.kind, month] += 1
    differing = sorted(key for key in standing.keys() | counted.keys() if standing.get(key) != counted.get(key))
    faults = [
        Fault({"lane": lane, "reporter": uscc, "kind": kind, "month": month}, standing.get(key), counted.get(key))
        for key in differing[:FIRST_KEYS_MAX]
        for uscc, kind, month in [key]
    ]
    return Faults(len(differing), faults)


def _describe_tally(packed: str) -> dict[str, str]:
    """Return the fields of a packed tally; one that was tampered with may hold anything and is shown as it stands."""
    try:
        return msgspec.structs.asdict(unpack_tally(packed))
    except (KeyError, ValueError, IndexError):
        return {"packed": packed}


def _given(lane: int) -> dict[str, Any]:
    slots = [slot for slot in range(SLOTS) if sum_lane_of(slot) == lane]
    return {"lane": lane, "slots": slots, "limit": FIRST_KEYS_MAX}


@contextmanager
def _snapshot(connection: Connection[TupleRow]) -> Iterator[None]:
    with connection.transaction():
        connection.execute(SQL.begin_snapshot)
        yield


LANES = range(SUM_LANES)
