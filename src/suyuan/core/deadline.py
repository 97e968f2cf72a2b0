"""Time limits at work: the last day in time, the last day of grace, and whether these may still change."""

from calendar import monthrange
from datetime import date, timedelta

import msgspec

from suyuan.core.calendar import WorkCalendar
from suyuan.core.registry import Registry
from suyuan.core.rulebook import NO_ROLES, Rulebook, TimeLimit

MONTHS_A_YEAR = 12
REMEMBERED_MAX = 200_000  # deadlines, some 40 MB; then it begins anew


class Deadline(msgspec.Struct, frozen=True):
    """What a limit comes to from one day on; `lapses_on` is the last day of grace, counted in calendar days.

    It is provisional while nobody has verified the limit, or while the calendar does not reach that far.
    """

    limit: TimeLimit
    counted_from: date
    due_on: date
    lapses_on: date
    is_provisional: bool


def due_day(counted_from: date, *, limit: TimeLimit, calendar: WorkCalendar) -> date:
    """Return the last day on which a report still counts as in time.

    The day of the event does not count. Working days beyond the table of `calendar` are Monday to Friday.
    Source: rulebook entry `limit.source`.
    """
    if limit.months:
        due_on = add_months(counted_from, months=limit.months)
    elif limit.is_working_days:
        due_on = calendar.advance(counted_from, working_days=limit.days)
    else:
        due_on = counted_from + timedelta(days=limit.days)
    return due_on if limit.not_due_before is None else max(due_on, limit.not_due_before)


def add_months(day: date, *, months: int) -> date:
    """Return the same day some months on, or that month's last day where it is shorter."""
    year, month = divmod(day.month - 1 + months, MONTHS_A_YEAR)
    year, month = day.year + year, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def find_deadline(
    kind: str,
    *,
    on: date,
    rulebook: Rulebook,
    roles: frozenset[str] = NO_ROLES,
    counted_from: date | None = None,
) -> Deadline | None:
    """Return the deadline for a kind of report or duty of a party with these roles; None where no limit exists.

    The book of the event's day `on` says how long; it runs from that day or from `counted_from`. The rulebook remembers the
    answer: a load asks the same thousands of times.
    """
    key = (kind, on, roles, counted_from)
    try:
        deadline: Deadline | None = rulebook.deadlines[key]
    except KeyError:
        limit = rulebook.book_of(on).limit(kind, roles=roles, on=on)
        deadline = (
            None if limit is None else run_limit(limit, counted_from=counted_from or on, calendar=rulebook.calendar)
        )
        if len(rulebook.deadlines) >= REMEMBERED_MAX:
            rulebook.deadlines.clear()
        rulebook.deadlines[key] = deadline
    return deadline


def run_limit(limit: TimeLimit, *, counted_from: date, calendar: WorkCalendar) -> Deadline:
    """Return what a limit comes to from a day on."""
    due_on = due_day(counted_from, limit=limit, calendar=calendar)
    is_guess = limit.is_working_days and not calendar.is_known(counted_from, until=due_on)
    lapses_on = due_on + timedelta(days=limit.grace_days)
    return Deadline(limit, counted_from, due_on, lapses_on, is_guess or not limit.is_verified)


def is_first_load(uscc: str, *, received_on: date, registry: Registry, rulebook: Rulebook) -> bool:
    """Tell whether what a participant sends on a day is its first load: never late, and no burst.

    The book in force on that day says how many days from its first entry in the register that lasts, and whether the
    operator has set a window for everybody.
    """
    window = rulebook.threshold("first_load_window", on=received_on)
    if window and window[0] <= received_on <= window[1]:
        return True
    first = registry.find(uscc, on=date.min)
    days = rulebook.threshold("first_load_days", on=received_on)
    return first is not None and first.valid_from <= received_on <= first.valid_from + timedelta(days=days)
