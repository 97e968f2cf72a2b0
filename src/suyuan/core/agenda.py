"""What is to be done when: duties grouped for people, with the days left counted in the unit that the rule counts."""

from datetime import date, timedelta
from typing import Literal

from suyuan.core.calendar import WorkCalendar
from suyuan.core.duty import Duty

Group = Literal["overdue", "this_week", "later", "settled"]
GROUPS: tuple[Group, ...] = ("overdue", "this_week", "later", "settled")
WEEK_DAYS = {"calendar": 7, "working": 5}


def days_left(duty: Duty, *, on: date, calendar: WorkCalendar) -> int | None:
    """Return how many days are left after `on` up to the last day in time, in the duty's unit; None without such a day.

    On the last day itself it is 0. Overdue duties have a negative number, at least -1: a weekend makes nothing undone.
    """
    if duty.due_on is None:
        return None
    if duty.due_on < on:
        return -max(1, _count(duty.due_on, until=on, unit=duty.unit, calendar=calendar))
    return _count(on, until=duty.due_on, unit=duty.unit, calendar=calendar)


def _count(after: date, *, until: date, unit: str, calendar: WorkCalendar) -> int:
    """Return how many days of the unit lie after one day up to another."""
    days = (until - after).days
    if unit == "calendar":
        return days
    return sum(calendar.is_working_day(after + timedelta(days=number)) for number in range(1, days + 1))


def group_of(duty: Duty, *, on: date, calendar: WorkCalendar) -> Group:
    """Return where a duty stands on a day: settled, overdue, due within a week (seven days, or five working days), or later."""
    if duty.closed_by is not None:
        return "settled"
    left = days_left(duty, on=on, calendar=calendar)
    if left is None:
        return "later"
    if left < 0:
        return "overdue"
    return "this_week" if left <= WEEK_DAYS[duty.unit] else "later"
