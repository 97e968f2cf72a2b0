"""Months as sums and periods name them ("2026-05"), and the few steps between them and days."""

import calendar
from datetime import date, timedelta

MONTHS_PER_YEAR = 12


def month_of(day: date) -> str:
    """Return the name of the month in which a day lies."""
    return day.isoformat()[:7]


def last_day_of(month: str) -> date:
    """Return the last day of a month named like "2026-05"."""
    return add_months(date.fromisoformat(f"{month}-01"), 1) - timedelta(days=1)


def add_months(day: date, months: int) -> date:
    """Return the same day some months later or earlier, or the last day of that month where it is shorter."""
    years, month = divmod(day.month - 1 + months, MONTHS_PER_YEAR)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))
