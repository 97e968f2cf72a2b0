"""What an export reads: everything the platform holds, in one snapshot, streamed by cursors of the server in one order.

Text is ordered by its bytes, whatever rule the server sorts by, so that the same rows come in the same order everywhere.
"""

import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime, time
from typing import Any, Final, Literal

import msgspec
from psycopg import Connection
from psycopg.rows import TupleRow

from suyuan.core.catalogue import KIND_BY_NUMBER
from suyuan.core.contribution import Flow
from suyuan.core.duty import Duty
from suyuan.core.finding import Finding
from suyuan.core.month import add_months
from suyuan.core.participant import Counted
from suyuan.core.tally import unpack_tally
from suyuan.core.value import SHANGHAI
from suyuan.store.log import list_signatures
from suyuan.store.queries import load_queries
from suyuan.store.read import duty_of_row, finding_of_row

SQL = load_queries("export")
Family = Literal["battery", "vehicle", "lot"]
SHAPES: Final[Mapping[Family, str]] = {
    "battery": "^(TMP-.*|(?!LOT-)([^:]{19}|[^:]{24}|[^:]{26}))$",
    "vehicle": "^[^:]{17}$",
    "lot": "^LOT-",
}
"""How the names of subjects look (`core.identifiers.subject_family`), for the database to choose by."""
ROWS_AT_ONCE: Final = 4_000
PIECES_AT_ONCE: Final = 40  # each up to 250 kB when unpacked


class RecordedReport(msgspec.Struct, frozen=True):
    """A report as it stands in the record: where, when received, and its normalised fields."""

    submission_no: int
    row: int
    received_at: datetime
    fields: dict[str, Any]


class _Outcome(msgspec.Struct):
    row: int
    outcome: str
    report: dict[str, Any] | None = None


_decode_outcome = msgspec.json.Decoder(_Outcome).decode


@contextmanager
def open_snapshot(connection: Connection[TupleRow]) -> Iterator[None]:
    """Let everything inside read one state of the database; nothing can be written."""
    with connection.transaction():
        connection.execute(SQL.begin_snapshot, {})
        yield


def _stream(
    connection: Connection[TupleRow], name: str, given: Mapping[str, Any], *, at_once: int = ROWS_AT_ONCE
) -> Iterator[TupleRow]:
    """Yield the rows of a query by a cursor of the server, some at a time."""
    with connection.cursor(name, binary=True) as cursor:
        cursor.itersize = at_once
        cursor.execute(SQL[name], given)
        yield from cursor


def list_report_months(connection: Connection[TupleRow]) -> list[str]:
    """Return the months of receipt, like "2026-05", of which there are reports."""
    return [month for (month,) in connection.execute(SQL.list_report_months, {})]


def stream_reports(connection: Connection[TupleRow], *, month: str) -> Iterator[RecordedReport]:
    """Yield the accepted reports that were received in a Shanghai month, by submission and row."""
    first, following = _bounds(month)
    given = {
        name: datetime.combine(day, time(), tzinfo=SHANGHAI) for name, day in (("since", first), ("until", following))
    }
    for submission_no, received_at, body in _stream(connection, "stream_pieces", given, at_once=PIECES_AT_ONCE):
        for line in zlib.decompress(body).split(b"\n"):
            outcome = _decode_outcome(line)
            if outcome.outcome == "accepted" and outcome.report is not None:
                yield RecordedReport(submission_no, outcome.row, received_at, outcome.report)


def stream_states(connection: Connection[TupleRow], family: Family) -> Iterator[tuple[str, str, str]]:
    """Yield subject, body and packed counts of every written state of a family."""
    yield from _stream(connection, "stream_states", {"shape": SHAPES[family]})


def stream_findings(connection: Connection[TupleRow]) -> Iterator[Finding]:
    """Yield all findings as they are shown."""
    return map(finding_of_row, _stream(connection, "stream_findings", {}))


def stream_duties(connection: Connection[TupleRow]) -> Iterator[Duty]:
    """Yield all duties, open and settled."""
    return map(duty_of_row, _stream(connection, "stream_duties", {}))


def list_flow_months(connection: Connection[TupleRow]) -> list[str]:
    """Return the months, like "2026-05", in which anything moved in an account."""
    return [month for (month,) in connection.execute(SQL.list_flow_months, {})]


def stream_flows(connection: Connection[TupleRow], *, month: str) -> Iterator[Flow]:
    """Yield the flows of all accounts in a month by day."""
    first, following = _bounds(month)
    for uscc, site, day, item, flow, grams in _stream(connection, "stream_flows", {"since": first, "until": following}):
        yield Flow(uscc, site, day, item, flow, grams)


def stream_tallies(connection: Connection[TupleRow]) -> Iterator[Counted]:
    """Yield all counts."""
    for packed, count in _stream(connection, "stream_tallies", {}):
        yield Counted(unpack_tally(packed), count)


def count_reports(connection: Connection[TupleRow]) -> dict[tuple[str, str], int]:
    """Return how many reports the recorder has counted by month of receipt and kind."""
    return {
        (month, KIND_BY_NUMBER[kind].name): count for month, kind, count in connection.execute(SQL.count_reports, {})
    }


def count_findings(connection: Connection[TupleRow]) -> dict[tuple[str, str], int]:
    """Return how many findings are shown by rule and weight."""
    return {(rule, weight): count for rule, weight, count in connection.execute(SQL.count_findings, {})}


def count_duties(connection: Connection[TupleRow]) -> dict[str, int]:
    """Return how many duties are open and how many settled."""
    return {"open" if is_open else "settled": count for is_open, count in connection.execute(SQL.count_duties, {})}


def sum_flows(connection: Connection[TupleRow]) -> dict[tuple[str, str, str], int]:
    """Return the grams that all accounts together hold by month, item and flow."""
    return {(month, item, flow): grams for month, item, flow, grams in connection.execute(SQL.sum_flows, {})}


def read_last_checkpoint(connection: Connection[TupleRow]) -> str | None:
    """Return the newest signed checkpoint with its signatures, as it is published; None where nothing was sealed."""
    row = connection.execute(SQL.read_last_checkpoint, {}).fetchone()
    if row is None:
        return None
    shard, size, text = row
    return f"{text}\n{''.join(line for _, _, line in list_signatures(connection, shard=shard, size=size))}"


def _bounds(month: str) -> tuple[date, date]:
    """Return the first day of a month and of the one after it."""
    first = date.fromisoformat(f"{month}-01")
    return first, add_months(first, 1)
