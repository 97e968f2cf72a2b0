"""Days left are counted in the unit of the rule, and decide what is overdue, due within a week, or later."""

from datetime import date, timedelta

import pytest

from suyuan.core.agenda import GROUPS, days_left, group_of
from suyuan.core.duty import Duty
from suyuan.rulebook import load_rulebook

CALENDAR = load_rulebook().calendar
FRIDAY = date(2026, 5, 22)


def duty(due_on, *, unit="calendar", closed_by=None):
    return Duty(
        "report_zero",
        "participant:X",
        "X",
        "X",
        "1",
        FRIDAY,
        due_on,
        due_on,
        True,
        "report_overdue",
        {},
        closed_by,
        unit=unit,
    )


@pytest.mark.parametrize(
    ("unit", "due_on", "left"),
    [
        pytest.param("calendar", date(2026, 5, 22), 0, id="due today"),
        pytest.param("calendar", date(2026, 5, 25), 3, id="over the weekend"),
        pytest.param("calendar", date(2026, 5, 21), -1, id="a day late"),
        pytest.param("calendar", date(2026, 5, 2), -20, id="weeks late"),
        pytest.param("working", date(2026, 5, 22), 0, id="due today in working days"),
        pytest.param("working", date(2026, 5, 25), 1, id="monday is the next working day"),
        pytest.param("working", date(2026, 5, 31), 5, id="until a sunday"),
        pytest.param("working", date(2026, 5, 21), -1, id="a working day late"),
        pytest.param("working", date(2026, 5, 15), -5, id="a week of working days late"),
        pytest.param("working", date(2026, 10, 9), 94, id="through the holidays of autumn"),
    ],
)  # fmt: skip
def test_days_left_are_counted_in_the_unit_of_the_rule(unit, due_on, left):
    assert days_left(duty(due_on, unit=unit), on=FRIDAY, calendar=CALENDAR) == left


def test_on_a_sunday_what_was_due_on_friday_is_a_day_late_in_working_days_too():
    assert days_left(duty(FRIDAY, unit="working"), on=FRIDAY + timedelta(days=2), calendar=CALENDAR) == -1


def test_on_a_thursday_what_is_due_on_friday_has_a_working_day_left():
    assert days_left(duty(FRIDAY, unit="working"), on=FRIDAY - timedelta(days=1), calendar=CALENDAR) == 1


def test_a_duty_without_a_day_is_due_later():
    assert days_left(duty(None), on=FRIDAY, calendar=CALENDAR) is None
    assert group_of(duty(None), on=FRIDAY, calendar=CALENDAR) == "later"


@pytest.mark.parametrize(
    ("unit", "due_on", "group"),
    [
        ("calendar", date(2026, 5, 21), "overdue"),
        ("calendar", date(2026, 5, 22), "this_week"),
        ("calendar", date(2026, 5, 29), "this_week"),
        ("calendar", date(2026, 5, 30), "later"),
        ("working", date(2026, 5, 21), "overdue"),
        ("working", date(2026, 5, 22), "this_week"),
        ("working", date(2026, 5, 29), "this_week"),
        ("working", date(2026, 6, 1), "later"),
    ],
)
def test_within_seven_days_or_five_working_days_is_this_week(unit, due_on, group):
    assert group_of(duty(due_on, unit=unit), on=FRIDAY, calendar=CALENDAR) == group


def test_what_is_settled_is_neither_overdue_nor_due():
    assert group_of(duty(date(2020, 1, 1), closed_by="r"), on=FRIDAY, calendar=CALENDAR) == "settled"


def test_groups_stand_in_the_order_in_which_people_act():
    assert GROUPS == ("overdue", "this_week", "later", "settled")
