"""Timelines and facts, read for the fold."""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import msgspec
from psycopg import Connection
from psycopg.rows import TupleRow

from suyuan.core.catalogue import KIND_BY_NUMBER
from suyuan.core.event import Event, Fact
from suyuan.store.queries import load_queries
from suyuan.store.registry import PartyNumbers

SQL = load_queries("judgement")
_decode_body = msgspec.json.Decoder(dict[str, Any]).decode


def read_timelines(
    connection: Connection[TupleRow], *, slot: int, subjects: Sequence[str], parties: PartyNumbers
) -> dict[str, list[Event]]:
    """Return the events of each subject of one slot, unordered."""
    rows = connection.execute(SQL.read_timelines, {"slot": slot, "subjects": list(subjects)}).fetchall()
    numbers = {row[5] for row in rows}
    numbers.update(row[6] for row in rows)
    numbers.discard(None)
    names = parties.name(connection, numbers)
    timelines: dict[str, list[Event]] = {subject: [] for subject in subjects}
    for subject, *row in rows:
        timelines[subject].append(read_event(row, names=names))
    return timelines


def read_event(row: Sequence[Any], *, names: Mapping[int, str]) -> Event:
    """Return the event of a timeline row without its slot and subject."""
    report_no, on, at, received_at, reporter, counterparty, kind, report_id, body_text = row
    body = _decode_body(body_text)
    return Event(
        KIND_BY_NUMBER[kind],
        _split_roles(body["as"]),
        report_no,
        report_id,
        names[reporter],
        names[counterparty] if counterparty is not None else None,
        on,
        at,
        received_at,
        body,
    )


@lru_cache(maxsize=1024)
def _split_roles(text: str) -> tuple[str, ...]:
    return tuple(text.split("+"))


def read_facts(connection: Connection[TupleRow], *, slot: int, subjects: Sequence[str]) -> dict[str, list[Fact]]:
    """Return what others tell each subject of one slot."""
    facts: dict[str, list[Fact]] = {}
    for target, source, name, body in connection.execute(SQL.read_facts, {"slot": slot, "subjects": list(subjects)}):
        facts.setdefault(target, []).append(Fact(target, source, name, _decode_body(body)))
    return facts


def needs_composition(events: Iterable[Event]) -> bool:
    """Tell whether a fold of these events asks for the components claimed at birth."""
    return any(event.kind.name == "battery_dismantled" for event in events)
