"""What the detectors read of the whole record: grouped in the database, in the small shapes that they look at."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from psycopg import Connection
from psycopg.rows import TupleRow

from suyuan.analysis.detectors.codes_never_born import Births, Unborn
from suyuan.analysis.detectors.dated_back import Batch
from suyuan.analysis.detectors.goods_in_a_ring import Movement
from suyuan.analysis.detectors.seen_in_two_places_at_once import Pair, Sighting
from suyuan.core.catalogue import KIND_BY_NAME, KIND_BY_NUMBER
from suyuan.store.queries import load_queries
from suyuan.store.slot import SUM_LANES, slot_of

SQL = load_queries("detect")
ALL_LANES = list(range(SUM_LANES))


@dataclass(frozen=True, slots=True)
class Record:
    """The record as it counts on a day: what occurred by its end, without the reports `withdrawn` by then (their numbers)."""

    connection: Connection[TupleRow]
    as_of: date
    withdrawn: list[int]

    def ask(self, query: bytes, **given: Any) -> list[tuple[Any, ...]]:  # noqa: ANN401 - parameters of any type
        """Return the rows of a query about that day."""
        named = {"as_of": self.as_of, "withdrawn": self.withdrawn, **given}
        return self.connection.execute(query, named).fetchall()


def open_record(connection: Connection[TupleRow], *, as_of: date) -> Record:
    """Return the record as it counts on a day."""
    rows = connection.execute(SQL.read_withdrawn, {"as_of": as_of})
    return Record(connection, as_of, [row[0] for row in rows])


def find_leaps(record: Record, *, kinds: Iterable[str], homes: Mapping[str, str], days: int) -> list[Pair]:
    """Return sightings that follow each other within days in different provinces; `homes` stand in for places left out."""
    usccs, divisions = list(homes), list(homes.values())
    rows = record.ask(SQL.find_leaps, usccs=usccs, divisions=divisions, kinds=_numbers(kinds), days=days)
    return [Pair(_sighting(row[0], *row[1:7]), _sighting(row[0], *row[7:])) for row in rows]


def _sighting(subject: str, *row: Any) -> Sighting:  # noqa: ANN401 - columns of a row
    on, at, division, reporter, report_id, kind = row
    return Sighting(subject, on, at, division, reporter, report_id, KIND_BY_NUMBER[kind].name)


def read_movements(record: Record, *, since: date) -> list[Movement]:
    """Return the movements of used goods between parties since a day."""
    return [Movement(*row) for row in record.ask(SQL.read_movements, since=since)]


def count_scrapped(record: Record) -> list[tuple[Any, ...]]:
    """Return dismantler, age of the vehicles in years, scrapped vehicles of known packs, and those that lack one."""
    return record.ask(SQL.count_scrapped)


def count_receipts(record: Record, *, usccs: list[str], settled_before: datetime) -> list[tuple[Any, ...]]:
    """Return party, its receipts told before a moment, those that no sender confirms, and the grams of these."""
    return record.ask(SQL.count_receipts, usccs=usccs, settled_before=settled_before)


def sum_flows(record: Record, *, usccs: list[str]) -> list[tuple[Any, ...]]:
    """Return party, item, flow and grams of used goods."""
    return record.ask(SQL.sum_flows, lanes=ALL_LANES, usccs=usccs)


def read_first_counts(record: Record, *, usccs: list[str]) -> list[tuple[Any, ...]]:
    """Return party, site and grams of the first count there."""
    return record.ask(SQL.read_first_counts, lanes=ALL_LANES, usccs=usccs)


def read_recoveries(record: Record, *, since: date) -> list[tuple[Any, ...]]:
    """Return party, grams fed and outputs of the recoveries since a day that were fed no material."""
    return record.ask(SQL.read_recoveries, since=since)


def count_mentions(record: Record, *, settled_before: datetime) -> list[tuple[Any, ...]]:
    """Return party, goods of which others name it, told before a moment, and those of which it tells nothing."""
    return record.ask(SQL.count_mentions, settled_before=settled_before)


def count_months(record: Record) -> list[tuple[Any, ...]]:
    """Return party, Shanghai month of receipt, reports that came from it, and reports of others that name it."""
    named = {row[:2]: row[2] for row in record.ask(SQL.count_months)}
    own = {row[:2]: row[2] for row in record.ask(SQL.count_own_months, lanes=ALL_LANES)}
    return [(*key, own.get(key, 0), named.get(key, 0)) for key in sorted(named.keys() | own.keys())]


def read_transits(record: Record, *, since: date) -> list[tuple[str, str, str, int, bool, bool]]:
    """Return giver, receiver, goods, days from hand-over to receipt, and whether the receipt, or the hand-over, was told later."""
    return record.ask(SQL.read_transits, since=since)


def read_filings(record: Record, *, kinds: Iterable[str], since: date) -> list[tuple[str, date, str, date]]:
    """Return party, day of receipt, kind, and the first day of occurrence reported."""
    rows = record.ask(SQL.read_filings, kinds=_numbers(kinds), since=since)
    return [(uscc, received_on, KIND_BY_NUMBER[kind].name, oldest) for uscc, received_on, kind, oldest in rows]


def read_batches(
    record: Record, *, kinds: Iterable[str], since: date, days_min: int, reports_min: int, reports_max: int
) -> list[Batch]:
    """Return the batches of at least so many days of occurrence and between so many reports."""
    sizes = {"days_min": days_min, "reports_min": reports_min, "reports_max": reports_max}
    rows = record.ask(SQL.read_batches, kinds=_numbers(kinds), since=since, **sizes)
    return [Batch(uscc, received_on, tuple(zip(days, counts, strict=True))) for uscc, received_on, days, counts in rows]


def count_births(record: Record) -> list[Births]:
    """Return how many packs were born, by maker, letter of the year and characters of type, specification and traceability."""
    return [Births(*row) for row in record.ask(SQL.count_births)]


def read_unborn(record: Record) -> list[Unborn]:
    """Return the pack codes of which no birth is reported, with who told of them first."""
    return [Unborn(*row) for row in record.ask(SQL.read_unborn)]


def count_serials(record: Record, serials: Iterable[str]) -> dict[str, int]:
    """Return how many births of packs bear each of some serial numbers."""
    wanted = sorted(set(serials))
    return dict(record.ask(SQL.count_serials, serials=wanted)) if wanted else {}


def find_born(record: Record, codes: Iterable[str]) -> set[str]:
    """Return which of some codes have a reported birth."""
    wanted = sorted(set(codes))
    return {row[0] for row in record.ask(SQL.find_born, slots=[slot_of(code) for code in wanted], subjects=wanted)}


def _numbers(kinds: Iterable[str]) -> list[int]:
    return sorted(KIND_BY_NAME[kind].number for kind in kinds)
