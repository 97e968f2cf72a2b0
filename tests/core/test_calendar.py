"""The calendar of working days: its table, its arithmetic, and what its file may say."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suyuan.core.calendar import NO_CALENDAR
from suyuan.core.calendar_file import CalendarError, merge_calendars, parse_calendar, write_calendar
from suyuan.core.deadline import add_months
from suyuan.rulebook import load_rulebook

CALENDAR = load_rulebook().calendar
KNOWN_DAYS = st.dates(date(2018, 1, 1), date(2026, 9, 1))
NEXT_YEAR = """day,status,name,source,verified
2027,year,2027,invented for this test,yes
2027-01-01,rest,New Year,invented for this test,yes
2027-02-06,work,Spring Festival,invented for this test,yes
"""
HOLIDAYS = [  # of the State Council notices, written down by hand: first day off, last day off, weekend days worked for it
    ("2018-02-15", "2018-02-21", "2018-02-11 2018-02-24"),
    ("2018-10-01", "2018-10-07", "2018-09-29 2018-09-30"),
    ("2018-12-30", "2019-01-01", "2018-12-29"),
    ("2019-02-04", "2019-02-10", "2019-02-02 2019-02-03"),
    ("2019-05-01", "2019-05-04", "2019-04-28 2019-05-05"),
    ("2019-10-01", "2019-10-07", "2019-09-29 2019-10-12"),
    ("2020-01-24", "2020-02-02", "2020-01-19"),
    ("2020-10-01", "2020-10-08", "2020-09-27 2020-10-10"),
    ("2021-02-11", "2021-02-17", "2021-02-07 2021-02-20"),
    ("2022-01-31", "2022-02-06", "2022-01-29 2022-01-30"),
    ("2023-09-29", "2023-10-06", "2023-10-07 2023-10-08"),
    ("2024-02-10", "2024-02-17", "2024-02-04 2024-02-18"),
    ("2025-10-01", "2025-10-08", "2025-09-28 2025-10-11"),
    ("2026-02-15", "2026-02-23", "2026-02-14 2026-02-28"),
    ("2026-10-01", "2026-10-07", "2026-09-20 2026-10-10"),
]


@pytest.mark.parametrize(("first", "last", "worked"), HOLIDAYS)
def test_a_holiday_and_its_make_up_days_are_as_the_notice_says(first, last, worked):
    first, last = date.fromisoformat(first), date.fromisoformat(last)
    off = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    assert [day for day in off if CALENDAR.is_working_day(day)] == []
    assert all(CALENDAR.is_working_day(date.fromisoformat(day)) for day in worked.split())


@given(KNOWN_DAYS, st.integers(0, 60))
def test_so_many_working_days_lie_between_a_day_and_the_one_it_advances_to(start, days):
    end = CALENDAR.advance(start, working_days=days)
    passed = [start + timedelta(days=number) for number in range(1, (end - start).days + 1)]
    assert sum(map(CALENDAR.is_working_day, passed)) == days
    assert days == 0 or CALENDAR.is_working_day(end)


@given(KNOWN_DAYS, st.integers(0, 30), st.integers(0, 30))
def test_to_advance_twice_is_to_advance_by_the_sum(start, first, second):
    half_way = CALENDAR.advance(start, working_days=first)
    assert CALENDAR.advance(half_way, working_days=second) == CALENDAR.advance(start, working_days=first + second)


@given(KNOWN_DAYS, KNOWN_DAYS, st.integers(0, 40))
def test_what_begins_later_never_ends_earlier(one, other, days):
    earlier, later = sorted((one, other))
    assert CALENDAR.advance(earlier, working_days=days) <= CALENDAR.advance(later, working_days=days)


@given(st.dates(date(2000, 1, 1), date(2090, 1, 1)), st.integers(0, 120))
def test_months_end_on_the_same_day_or_on_the_last_of_a_shorter_month(day, months):
    end = add_months(day, months=months)
    assert (end.year - day.year) * 12 + end.month - day.month == months
    assert end.day == day.day or (end.day < day.day and (end + timedelta(days=1)).day == 1)


@given(st.dates(date(2027, 1, 1), date(2090, 1, 1)))
def test_beyond_the_table_a_day_counts_as_monday_to_friday_tell(day):
    assert CALENDAR.is_working_day(day) == (day.weekday() < 5)


def test_the_table_vouches_for_2018_to_2026_and_for_nothing_beyond():
    assert CALENDAR.is_known(date(2018, 1, 1), until=date(2026, 12, 31))
    assert not CALENDAR.is_known(date(2017, 12, 31), until=date(2018, 1, 1))
    assert not CALENDAR.is_known(date(2026, 12, 31), until=date(2027, 1, 1))


def test_earlier_years_are_there_but_nobody_vouches_for_them():
    assert {year for year, one in CALENDAR.years.items() if not one.is_verified} == set(range(2011, 2018))


def test_a_calendar_written_is_read_back_as_it_was():
    again = parse_calendar(write_calendar(CALENDAR))
    assert (again.version, again.days, again.years) == (CALENDAR.version, CALENDAR.days, CALENDAR.years)


def test_a_new_year_is_added_and_the_others_stay():
    merged = merge_calendars(CALENDAR, newer=parse_calendar(NEXT_YEAR))
    assert merged.is_known(date(2026, 1, 1), until=date(2027, 12, 31))
    assert not merged.is_working_day(date(2027, 1, 1))
    assert merged.is_working_day(date(2027, 2, 6))
    assert not merged.is_working_day(date(2019, 10, 1))
    assert merged.version not in (CALENDAR.version, parse_calendar(NEXT_YEAR).version)


def test_a_year_told_again_takes_the_place_of_the_whole_year():
    shorter = NEXT_YEAR.replace("2027", "2026").replace("2026-02-06", "2026-02-07")
    merged = merge_calendars(CALENDAR, newer=parse_calendar(shorter))
    assert merged.is_working_day(date(2026, 10, 1))
    assert merge_calendars(merged, newer=CALENDAR).version == CALENDAR.version


def test_without_any_table_nothing_is_known():
    assert not NO_CALENDAR.is_known(date(2026, 5, 1), until=date(2026, 5, 1))


@pytest.mark.parametrize(
    ("line", "row", "column"),
    [
        ("2027-02-07,rest,x,y,yes", 5, "day"),
        ("2027-02-08,work,x,y,yes", 5, "day"),
        ("2027-01-01,rest,x,y,yes", 5, "day"),
        ("2028-01-03,rest,x,y,yes", 5, "day"),
        ("2027-13-01,rest,x,y,yes", 5, "day"),
        ("2027,year,x,y,yes", 5, "day"),
        ("1999,year,x,y,yes", 5, "day"),
        ("2028,year,,y,yes", 5, "name"),
        ("2028,year,x,,yes", 5, "source"),
        ("2028,year,x,y,perhaps", 5, "verified"),
        ("2027-02-08,holiday,x,y,yes", 5, "status"),
        ("2027-02-08,rest,x,y", 5, "row"),
    ],
)
def test_a_wrong_row_is_told_with_row_and_column(line, row, column):
    with pytest.raises(CalendarError) as raised:
        parse_calendar(NEXT_YEAR + line + "\n")
    assert [(number, one.field) for number, one in raised.value.problems] == [(row, column)]


def test_all_wrong_rows_are_told_at_once_in_both_languages():
    with pytest.raises(CalendarError) as raised:
        parse_calendar(NEXT_YEAR + "2027-13-01,rest,x,y,yes\n2027-02-08,work,x,,no\n")
    assert [(row, one.field) for row, one in raised.value.problems] == [(5, "day"), (6, "source"), (6, "day")]
    assert "第 6 行" in raised.value.message_zh
    assert "row 6" in raised.value.message


def test_another_heading_is_told_with_the_one_that_is_wanted():
    with pytest.raises(CalendarError, match="day,status,name,source,verified"):
        parse_calendar("date,holiday\n")
