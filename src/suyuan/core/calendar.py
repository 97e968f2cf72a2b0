"""The calendar of working days: which days differ from Monday to Friday, and for which years that is known.

Days are days in Asia/Shanghai. Beyond the years of the table a day counts as Monday to Friday tell, and `is_known` says
that this is a guess: such a deadline is provisional until the year's notice is imported. Pure: rows come in.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

SATURDAY = 5
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class CalendarYear:
    """One year whose notice is in the table, with where it comes from."""

    year: int
    name: str
    source: str
    is_verified: bool


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """One day that differs from Monday to Friday: a holiday on a weekday, or a weekend day that is worked."""

    day: date
    is_working: bool
    name: str
    source: str


class WorkCalendar:
    """The table at one version; never changed, replaced as a whole."""

    def __init__(self, years: Iterable[CalendarYear], days: Iterable[SpecialDay], *, version: str) -> None:
        """Arrange the years and their special days."""
        self.version = version
        self.years: Mapping[int, CalendarYear] = {one.year: one for one in sorted(years, key=lambda one: one.year)}
        self.days: Mapping[date, SpecialDay] = {one.day: one for one in sorted(days, key=lambda one: one.day)}

    def is_working_day(self, day: date) -> bool:
        """Tell whether a day is worked; a day of an unknown year as Monday to Friday tell."""
        special = self.days.get(day)
        return special.is_working if special is not None else day.weekday() < SATURDAY

    def advance(self, start: date, *, working_days: int) -> date:
        """Return the last of so many working days after a day, which itself does not count; that day for none."""
        day = start
        for _ in range(working_days):
            day += ONE_DAY
            while not self.is_working_day(day):
                day += ONE_DAY
        return day

    def is_known(self, first: date, *, until: date) -> bool:
        """Tell whether the table vouches for every year from one day to another."""
        known = (self.years.get(year) for year in range(first.year, until.year + 1))
        return all(year is not None and year.is_verified for year in known)


NO_CALENDAR = WorkCalendar((), (), version="none")
