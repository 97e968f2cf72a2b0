"""Make `src/suyuan/rulebook/calendar.csv` out of the package chinesecalendar.

    pip install chinesecalendar==1.11.0     # in an environment of its own; Suyuan does not need it to run
    python scripts/build_calendar.py

The package holds every day that the yearly notices of the State Council moved. Only those that differ from Monday to
Friday are kept. The years from 2018 on were read against the notices and are vouched for; earlier ones are taken as they
are, and no time limit reaches into them. The same package always gives the same bytes.
"""

import csv
import sys
from datetime import date
from pathlib import Path

TABLE = Path(__file__).parents[1] / "src" / "suyuan" / "rulebook" / "calendar.csv"
FIRST_YEAR, FIRST_VERIFIED_YEAR, LAST_YEAR = 2011, 2018, 2026
SATURDAY = 5
PACKAGE = "chinesecalendar 1.11.0"
NOTICE = "State Council notice on public holidays of {year}"
EXTENSION = "State Council notice of 26 January 2020: Spring Festival extended to 2 February"


def main() -> int:
    """Write the table."""
    from chinese_calendar import Holiday, constants  # type: ignore[import-not-found]

    names = {holiday.value: holiday.chinese for holiday in Holiday}
    with TABLE.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(["day", "status", "name", "source", "verified"])
        for year in range(FIRST_YEAR, LAST_YEAR + 1):
            is_verified = year >= FIRST_VERIFIED_YEAR
            source = f"{NOTICE.format(year=year)}, by way of {PACKAGE}"
            verified = "yes" if is_verified else "no"
            writer.writerow([year, "year", f"{year} 年节假日安排", source, verified])
            for day, status, holiday in sorted(list_special_days(constants, year)):
                is_extended = day in (date(2020, 1, 31), date(2020, 2, 1), date(2020, 2, 2))
                writer.writerow([day, status, names[holiday], EXTENSION if is_extended else source, verified])
    return 0


def list_special_days(constants: object, year: int) -> list[tuple[date, str, str]]:
    """Return the days of a year that differ from Monday to Friday, with the holiday that moved them."""
    rest = [(day, "rest", name) for day, name in constants.holidays.items() if day.weekday() < SATURDAY]  # type: ignore[attr-defined]
    work = [(day, "work", name) for day, name in constants.workdays.items() if day.weekday() >= SATURDAY]  # type: ignore[attr-defined]
    return [one for one in (*rest, *work) if one[0].year == year]


if __name__ == "__main__":
    sys.exit(main())
