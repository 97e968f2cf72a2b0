"""Withdrawals looked at again: what a withdrawn report had brought against its reporter before it was withdrawn.

Only timelines that hold a withdrawal pay for it: two more folds for each report withdrawn, none for one withdrawn on the
day on which it came.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Protocol

from suyuan.core.duty import Duty, lapse
from suyuan.core.event import Event
from suyuan.core.finding import Finding, Rule, Withdrawal
from suyuan.core.order import drop_withdrawn
from suyuan.core.rulebook import Rulebook
from suyuan.core.value import SHANGHAI


class Judged(Protocol):
    """What a fold says of findings and duties."""

    findings: list[Finding]
    duties: list[Duty]


Judge = Callable[[list[Event]], Judged]


def list_withdrawals(
    subject: str, events: Iterable[Event], *, judge: Judge, rules: Mapping[str, Rule], rulebook: Rulebook
) -> Iterator[Withdrawal]:
    """Yield each withdrawal of a report that carried a violation of its reporter and would still carry it.

    Both are asked: what could be seen on the day before the withdrawal came, and what all reports known by now would say
    without it. A report that the reporter replaced by another of its kind, within the days that the rulebook sets, was corrected.
    """
    events = list(events)
    counted = drop_withdrawn(events)
    for target, withdrawal in _pair(events):
        withdrawn_on = _received_on(withdrawal)
        earlier = [event for event in events if _received_on(event) < withdrawn_on]
        by_day = withdrawn_on + timedelta(days=rulebook.threshold("replacement_days", on=withdrawn_on))
        if target not in earlier or _is_replaced(target, counted, by_day=by_day):
            continue
        seen = _violations(judge(drop_withdrawn(earlier)), target, day=withdrawn_on, rules=rules)
        if not seen:
            continue
        without = [event for event in events if not _withdraws(event, target)]
        standing = _violations(judge(drop_withdrawn(without)), target, day=withdrawn_on, rules=rules)
        if names := tuple(sorted(seen & standing)):
            yield Withdrawal(subject, target, withdrawal, withdrawn_on, names)


def _pair(events: list[Event]) -> Iterator[tuple[Event, Event]]:
    """Yield each withdrawn report with the withdrawal that was received first."""
    by_key = {event.key: event for event in events if event.kind.name != "report_withdrawn"}
    paired: set[tuple[str, str]] = set()
    for event in sorted(events, key=lambda one: (one.received_at, one.key)):
        key = (event.reporter, event.body.get("withdraws", ""))
        if event.kind.name == "report_withdrawn" and key in by_key and key not in paired:
            paired.add(key)
            yield by_key[key], event


def _withdraws(event: Event, target: Event) -> bool:
    return event.kind.name == "report_withdrawn" and (event.reporter, event.body["withdraws"]) == target.key


def _is_replaced(target: Event, counted: Iterable[Event], *, by_day: date) -> bool:
    return any(
        event.reporter == target.reporter
        and event.kind is target.kind
        and event.received_at > target.received_at
        and _received_on(event) <= by_day
        for event in counted
    )


def _violations(judged: Judged, target: Event, *, day: date, rules: Mapping[str, Rule]) -> set[str]:
    """Return the rules by which a report brings a violation of its own reporter; lateness stays with what replaces it."""
    lapsed = [
        lapse(duty, rule=rules[duty.rule]) for duty in judged.duties if duty.rule in rules and duty.has_lapsed(on=day)
    ]
    return {
        one.rule
        for one in (*judged.findings, *lapsed)
        if one.weight == "violation"
        and one.party == target.reporter
        and (one.reporter, one.report_id) == target.key
        and one.rule != "reported_late"
    }


def _received_on(event: Event) -> date:
    return event.received_at.astimezone(SHANGHAI).date()
