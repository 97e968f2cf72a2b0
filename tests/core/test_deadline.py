"""What a time limit comes to: the last day in time, the last of grace, whether they may still change; and first loads."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from story import USCC_OF

from suyuan.core import deadline
from suyuan.core.calendar import NO_CALENDAR, CalendarYear, SpecialDay, WorkCalendar
from suyuan.core.deadline import add_months, due_day, find_deadline, is_first_load, run_limit
from suyuan.core.registry import Participant, Registry
from suyuan.core.rulebook import Book, Rulebook, Threshold, TimeLimit

FRIDAY = date(2026, 5, 22)
YEARS = [CalendarYear(2026, "2026", "x", is_verified=True)]
CALENDAR = WorkCalendar(YEARS, [SpecialDay(date(2026, 5, 25), False, "a holiday", "x")], version="1")
RE1 = USCC_OF["RE1"]


def limit(days=10, *, unit="calendar", grace_days=15, kind="battery_lost", is_verified=True, **more):
    return TimeLimit(kind, days, unit, grace_days, "x", is_verified, **more)


def rulebook(*limits, thresholds=None, books=()):
    told = {"first_load_days": 90, "first_load_window": [], **(thresholds or {})}
    entries = {key: Threshold(key, value, "x", False) for key, value in told.items()}
    newest = Book("b", date(2026, 4, 1), None, "x", tuple(limits), entries)
    return Rulebook((newest, *books), "1", CALENDAR)


# -- days


@pytest.mark.parametrize(
    ("counted", "due_on"),
    [
        pytest.param(limit(0), date(2026, 5, 22), id="no day at all"),
        pytest.param(limit(1), date(2026, 5, 23), id="the day of the event does not count"),
        pytest.param(limit(1, unit="working"), date(2026, 5, 26), id="over a weekend and a holiday"),
        pytest.param(limit(6, unit="working"), date(2026, 6, 2), id="a working week and a day"),
        pytest.param(limit(0, months=6), date(2026, 11, 22), id="months"),
        pytest.param(limit(0, months=8), date(2027, 1, 22), id="months into the next year"),
        pytest.param(limit(1, not_due_before=date(2026, 9, 30)), date(2026, 9, 30), id="not before a transition ends"),
        pytest.param(limit(1, not_due_before=FRIDAY), date(2026, 5, 23), id="a transition that is over"),
    ],
)
def test_the_last_day_in_time_is_counted_as_the_limit_says(counted, due_on):
    assert due_day(FRIDAY, limit=counted, calendar=CALENDAR) == due_on


@pytest.mark.parametrize(
    ("day", "months", "end"),
    [
        (date(2026, 8, 31), 1, date(2026, 9, 30)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2025, 12, 15), 1, date(2026, 1, 15)),
        (date(2026, 1, 15), 11, date(2026, 12, 15)),
        (date(2026, 1, 15), 12, date(2027, 1, 15)),
        (date(2026, 6, 30), 24, date(2028, 6, 30)),
        (date(2026, 6, 30), 0, date(2026, 6, 30)),
    ],
)
def test_months_end_on_the_same_day_or_the_last_of_the_month(day, months, end):
    assert add_months(day, months=months) == end


def test_grace_runs_in_calendar_days_from_the_last_day_in_time():
    counted = limit(1, unit="working", grace_days=15)
    run = run_limit(counted, counted_from=FRIDAY, calendar=CALENDAR)
    assert (run.limit, run.counted_from) == (counted, FRIDAY)
    assert (run.due_on, run.lapses_on) == (date(2026, 5, 26), date(2026, 6, 10))


@pytest.mark.parametrize(
    ("counted", "calendar", "is_provisional"),
    [
        pytest.param(limit(1), CALENDAR, False, id="verified calendar days"),
        pytest.param(limit(1, is_verified=False), CALENDAR, True, id="nobody verified the limit"),
        pytest.param(limit(1), NO_CALENDAR, False, id="calendar days need no calendar"),
        pytest.param(limit(1, unit="working"), CALENDAR, False, id="working days of a known year"),
        pytest.param(limit(1, unit="working"), NO_CALENDAR, True, id="working days without a calendar"),
        pytest.param(limit(200, unit="working"), CALENDAR, True, id="working days into an unknown year"),
    ],
)
def test_a_deadline_may_change_while_limit_or_calendar_is_unsure(counted, calendar, is_provisional):
    assert run_limit(counted, counted_from=FRIDAY, calendar=calendar).is_provisional is is_provisional


# -- finding the limit


def test_the_book_of_the_day_of_the_event_says_how_long_and_for_whom():
    older = Book("a", date(2018, 8, 1), date(2026, 3, 31), "x", (limit(15, unit="working"),))
    book = rulebook(limit(30), limit(60, by=frozenset({"repairer"})), books=(older,))
    told = {
        (day, roles): found.limit.days
        for day in (date(2026, 3, 31), date(2026, 4, 1))
        for roles in (frozenset(), frozenset({"repairer"}), frozenset({"seller"}))
        if (found := find_deadline("battery_lost", on=day, rulebook=book, roles=roles))
    }
    before, since = date(2026, 3, 31), date(2026, 4, 1)
    repairer, seller = frozenset({"repairer"}), frozenset({"seller"})
    assert told == {
        (before, frozenset()): 15, (before, repairer): 15, (before, seller): 15,
        (since, frozenset()): 30, (since, repairer): 60, (since, seller): 30,
    }  # fmt: skip
    assert find_deadline("battery_sold", on=since, rulebook=book) is None
    assert find_deadline("battery_lost", on=date(2018, 7, 31), rulebook=book) is None


def test_days_run_from_the_event_or_from_the_day_that_is_named():
    book = rulebook(limit(30))
    assert find_deadline("battery_lost", on=FRIDAY, rulebook=book).due_on == date(2026, 6, 21)
    later = find_deadline("battery_lost", on=FRIDAY, rulebook=book, counted_from=date(2026, 6, 1))
    assert (later.counted_from, later.due_on) == (date(2026, 6, 1), date(2026, 7, 1))
    assert find_deadline("battery_lost", on=FRIDAY, rulebook=book).due_on == date(2026, 6, 21), (
        "each is remembered apart"
    )


def test_a_remembered_deadline_is_told_again_and_the_memory_is_bounded(monkeypatch):
    monkeypatch.setattr(deadline, "REMEMBERED_MAX", 2)
    book = rulebook(limit(30))
    first = find_deadline("battery_lost", on=FRIDAY, rulebook=book)
    assert find_deadline("battery_lost", on=FRIDAY, rulebook=book) is first
    find_deadline("battery_sold", on=FRIDAY, rulebook=book)
    assert len(book.deadlines) == 2
    find_deadline("battery_lost", on=FRIDAY + timedelta(days=1), rulebook=book)
    assert list(book.deadlines) == [("battery_lost", FRIDAY + timedelta(days=1), frozenset(), None)]
    assert find_deadline("battery_lost", on=FRIDAY, rulebook=book) == first


# -- first loads


def register(*since):
    entries = [Participant(RE1, "x", frozenset({"repairer"}), "330106", frozenset(), day, None) for day in since]
    return Registry(entries, version=1)


@pytest.mark.parametrize(
    ("received_on", "is_first"),
    [
        (date(2026, 5, 21), False),
        (date(2026, 5, 22), True),
        (date(2026, 8, 20), True),
        (date(2026, 8, 21), False),
    ],
)
def test_a_first_load_lasts_from_the_first_entry_for_the_days_of_the_rulebook(received_on, is_first):
    registry = register(FRIDAY, date(2026, 7, 1))
    assert is_first_load(RE1, received_on=received_on, registry=registry, rulebook=rulebook()) is is_first


@pytest.mark.parametrize(
    ("received_on", "is_first"),
    [
        (date(2026, 5, 31), False),
        (date(2026, 6, 1), True),
        (date(2026, 7, 1), True),
        (date(2026, 7, 2), False),
    ],
)
def test_in_the_window_of_the_operator_everybody_has_its_first_load(received_on, is_first):
    book = rulebook(thresholds={"first_load_window": [date(2026, 6, 1), date(2026, 7, 1)]})
    for registry in (register(date(2015, 1, 1)), register()):
        assert is_first_load(RE1, received_on=received_on, registry=registry, rulebook=book) is is_first


def test_who_is_not_registered_has_no_first_load():
    assert not is_first_load(RE1, received_on=FRIDAY, registry=register(), rulebook=rulebook())


def test_the_days_of_a_first_load_are_those_of_the_day_of_receipt():
    book = rulebook(thresholds={"first_load_days": 30})
    older = replace(book.books[0], name="a", in_force_from=date(2018, 8, 1), thresholds=rulebook().books[0].thresholds)
    both = replace(book, books=(*book.books, older), deadlines={})
    registry = register(date(2026, 2, 1))
    asked = (date(2026, 3, 31), date(2026, 4, 1))
    told = [is_first_load(RE1, received_on=day, registry=registry, rulebook=both) for day in asked]
    assert told == [True, False]
