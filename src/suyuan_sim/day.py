"""Days as whole numbers: a life draws and compares thousands of them, and text of each is made once."""

from datetime import date, timedelta
from typing import Final

FIRST: Final = date(2010, 1, 1)
_LAST: Final = date(2045, 12, 31)
_ORDINAL: Final = FIRST.toordinal()

TEXT: Final[tuple[str, ...]] = tuple(
    (FIRST + timedelta(days=number)).isoformat() for number in range((_LAST - FIRST).days)
)
"""The ISO text of each day by its number; day 0 is 1 January 2010."""


def number_of(day: date) -> int:
    """Return the number of a day."""
    return day.toordinal() - _ORDINAL


def day_of(number: int) -> date:
    """Return the day with a number."""
    return date.fromordinal(_ORDINAL + number)


_YEARS: Final = tuple(int(text[:4]) for text in TEXT)


def year_of(number: int) -> int:
    """Return the year that a day lies in."""
    return _YEARS[number]


def month_starts(since: int, *, until: int) -> list[int]:
    """Return the numbers of the first days of the months from one day to another, the month of the first included."""
    return [n for n in range(since - int(TEXT[since][8:]) + 1, until + 1) if TEXT[n].endswith("-01")]


CODED: Final = number_of(date(2018, 8, 1))  # from here on the first rules asked for reports
OPENED: Final = number_of(date(2026, 4, 1))  # the platform opens; what happened before is migrated into it
"""The days from which the 2018 provisions and the 2026 measures are in force (domain page)."""
