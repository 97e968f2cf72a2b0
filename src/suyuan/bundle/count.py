"""How the days of a duty were counted, for whoever counts them again by hand."""

from datetime import date
from typing import Any

from suyuan.core.calendar import ONE_DAY, WorkCalendar
from suyuan.core.deadline import due_day
from suyuan.core.duty import KIND_BY_NAME, Duty
from suyuan.core.registry import Registry
from suyuan.core.rulebook import Rulebook, TimeLimit


def describe_count(duty: Duty, *, rulebook: Rulebook, registry: Registry, swept_day: date | None) -> dict[str, Any]:
    """Return the limit that ran, from which day, to which, and whether it had lapsed on the day of the sweep.

    The day from which is counted does not count itself. `special_days` are those on the way that differ from Monday to
    Friday, where working days are counted.
    """
    kind = KIND_BY_NAME[duty.kind]
    roles = registry.roles_of(duty.party, on=duty.opened_on)
    limit = rulebook.limit(kind.limit_key, on=duty.opened_on, roles=roles)
    is_open = duty.closed_by is None
    counted: dict[str, Any] = {
        "is_open": is_open,
        "has_lapsed": is_open and swept_day is not None and duty.lapses_on is not None and duty.lapses_on < swept_day,
        "book": rulebook.book_of(duty.opened_on).name,
        "limit": kind.limit_key,
        "counted_from": None,
    }
    if limit is None or duty.due_on is None:
        return counted
    begun = _find_beginning(duty.opened_on, due_on=duty.due_on, limit=limit, calendar=rulebook.calendar)
    return counted | {
        "counted_from": begun,
        "days": limit.days,
        "months": limit.months,
        "unit": limit.unit,
        "not_due_before": limit.not_due_before,
        "grace_days": limit.grace_days,
        "source": limit.source,
        "verified": limit.is_verified,
        "special_days": _list_special_days(begun, due_on=duty.due_on, calendar=rulebook.calendar)
        if limit.is_working_days
        else [],
    }


def _find_beginning(opened_on: date, *, due_on: date, limit: TimeLimit, calendar: WorkCalendar) -> date:
    """Return the day from which the days ran: that of the event, or the later one from which its party could know of it."""
    day = opened_on
    while day < due_on and due_day(day, limit=limit, calendar=calendar) != due_on:
        day += ONE_DAY
    return day


def _list_special_days(begun: date, *, due_on: date, calendar: WorkCalendar) -> list[dict[str, Any]]:
    return [
        {"day": one.day, "is_working": one.is_working, "name": one.name}
        for one in calendar.days.values()
        if begun < one.day <= due_on
    ]
