"""The order in which events of one timeline count, whatever the order in which they arrived.

By Shanghai day. Within a day events with a time keep their times; the next event is always, among the day's date-only
events and its earliest timed one, the first by (lifecycle order, reporter, report id) whose precondition holds, else
the first. Arrival never breaks a tie, and only the subject's own timeline is asked.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from operator import attrgetter
from typing import Any

from suyuan.core.catalogue import KINDS
from suyuan.core.event import Event

Precondition = Callable[[Any, Event], bool]
Apply = Callable[[Any, Event], Any]
_DAY = attrgetter("occurred_on")

PRECONDITION_NAMES: dict[tuple[str, str], str] = {
    (kind.name, filing.role): filing.precondition for kind in KINDS for filing in kind.filings if filing.precondition
}


def drop_withdrawn(events: Iterable[Event]) -> list[Event]:
    """Return the events that count, without withdrawals and what they withdraw."""
    return split_withdrawn(events)[0]


def split_withdrawn(events: Iterable[Event]) -> tuple[list[Event], tuple[Event, ...]]:
    """Return the events that count, and those that were withdrawn; a withdrawal itself is neither and stays for good."""
    events = list(events)
    withdrawn = {(event.reporter, event.body["withdraws"]) for event in events if event.kind.name == "report_withdrawn"}
    if not withdrawn:
        return events, ()
    reports = [event for event in events if event.kind.name != "report_withdrawn"]
    gone = sorted((event for event in reports if event.key in withdrawn), key=lambda event: event.key)
    return [event for event in reports if event.key not in withdrawn], tuple(gone)


def order_events(
    events: list[Event],
    *,
    initial: Any,  # noqa: ANN401 - any state
    apply: Apply,
    preconditions: dict[str, Precondition],
) -> list[Event]:
    """Return the events in the order in which they count; `apply` and `preconditions` know the state of the subject's family."""
    events = sorted(events, key=_DAY)
    if len(set(map(_DAY, events))) == len(events):
        return events
    ordered: list[Event] = []
    state = initial

    def may_come(event: Event) -> bool:
        return _may_come(event, state, preconditions)

    for _, group in groupby(events, key=_DAY):
        for event in _order_day(list(group), may_come):
            ordered.append(event)
            state = apply(state, event)
    return ordered


def _order_day(day: list[Event], may_come: Callable[[Event], bool]) -> Iterator[Event]:
    """Yield the events of one day; `may_come` asks the state after those already yielded."""
    if len(day) == 1:
        yield day[0]
        return
    dated = sorted((event for event in day if event.occurred_time is None), key=_rank)
    timed = sorted(
        (event for event in day if event.occurred_time is not None),
        key=lambda event: (event.occurred_time, _rank(event)),
    )
    while dated or timed:
        candidates = sorted([*dated, *timed[:1]], key=_rank)
        chosen = next((event for event in candidates if may_come(event)), candidates[0])
        (timed if timed and chosen is timed[0] else dated).remove(chosen)
        yield chosen


def _rank(event: Event) -> tuple[int, str, str]:
    return event.kind.order, event.reporter, event.report_id


def _may_come(event: Event, state: Any, preconditions: dict[str, Precondition]) -> bool:  # noqa: ANN401 - any state
    for role in event.roles:
        name = PRECONDITION_NAMES.get((event.kind.name, role))
        if name is not None and not preconditions[name](state, event):
            return False
    return True
