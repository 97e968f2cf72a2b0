"""An event: a recorded report as one subject's timeline holds it, and the facts that other subjects tell this one."""

from datetime import date, datetime, time
from typing import Any

import msgspec

from suyuan.core.field import Kind

Moment = tuple[date, time | None]
"""A Shanghai day, and the time of day where the report carries one."""


def is_surely_before(earlier: Moment, later: Moment) -> bool:
    """Tell whether one moment is known to come before another; within a day only if both carry a time."""
    if earlier[0] != later[0] or earlier[1] is None or later[1] is None:
        return earlier[0] < later[0]
    return earlier[1] < later[1]


class Event(msgspec.Struct, frozen=True):
    """One entry of a timeline.

    `roles` say as what the subject appears in the report; `occurred_time` is Shanghai time, None for a bare date.
    """

    kind: Kind
    roles: tuple[str, ...]
    report_no: int
    report_id: str
    reporter: str
    counterparty: str | None
    occurred_on: date
    occurred_time: time | None
    received_at: datetime
    body: dict[str, Any]

    @property
    def key(self) -> tuple[str, str]:
        """Return what names the report for ever: its reporter and the reporter's own id."""
        return self.reporter, self.report_id

    @property
    def moment(self) -> Moment:
        """Return when it happened, as far as the report tells."""
        return self.occurred_on, self.occurred_time


class Fact(msgspec.Struct, frozen=True):
    """What one subject tells another: a name and a small body, replaced as a set per source."""

    target: str
    source: str
    name: str
    body: dict[str, Any]


class Facts:
    """The facts a subject received, by name."""

    def __init__(self, facts: tuple[Fact, ...] = ()) -> None:
        """Arrange the facts by name, in the order of their sources."""
        self._by_name: dict[str, list[Fact]] = {}
        for fact in sorted(facts, key=lambda one: (one.name, one.source)):
            self._by_name.setdefault(fact.name, []).append(fact)

    def __len__(self) -> int:
        """Return how many facts there are."""
        return sum(map(len, self._by_name.values()))

    def named(self, name: str) -> list[Fact]:
        """Return the facts of one name."""
        return self._by_name.get(name, [])

    def from_source(self, name: str, source: str) -> dict[str, Any] | None:
        """Return the body of the fact that one source tells, None if it tells none."""
        return next((fact.body for fact in self._by_name.get(name, ()) if fact.source == source), None)
