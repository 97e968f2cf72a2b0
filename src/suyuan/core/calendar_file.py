"""The file of the calendar: CSV text into a table of working days, or every problem of every row in words.

Columns: day, status, name, source, verified. A row of status `year` says that the notice of that year is in the table
(`2027,year,…`); only the days that differ from Monday to Friday follow: `rest` for a weekday off, `work` for a weekend
day that is worked. A year stands whole: what a later file says of a year takes the place of what stood there.
"""

import csv
import hashlib
import io
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from suyuan.core.calendar import SATURDAY, CalendarYear, SpecialDay, WorkCalendar
from suyuan.core.refusal import RowError, shorten

COLUMNS = ("day", "status", "name", "source", "verified")
STATUSES = ("year", "rest", "work")
FIRST_YEAR, LAST_YEAR = 2000, 2100


class CalendarError(ValueError):
    """A calendar file that cannot be used; `problems` by row, the heading being row 1. Nothing of it counts."""

    def __init__(self, problems: Iterable[tuple[int, RowError]]) -> None:
        """Keep the problems and both texts."""
        self.problems = tuple(problems)
        self.message = "\n".join(f"row {row}: {one.message}" for row, one in self.problems)
        self.message_zh = "\n".join(f"第 {row} 行：{one.message_zh}" for row, one in self.problems)
        super().__init__(self.message)


@dataclass(slots=True)
class _Reading:
    """What was read so far, and what is wrong with it."""

    years: dict[int, CalendarYear] = field(default_factory=dict)
    days: dict[date, tuple[int, SpecialDay]] = field(default_factory=dict)
    problems: list[tuple[int, RowError]] = field(default_factory=list)

    def refuse(self, row: int, *, column: str, value: object, wanted: str, wanted_zh: str) -> None:
        """Note that a cell does not hold what it must."""
        text = shorten(value)
        message = f'{column}: "{text}" is not {wanted}. Correct it and import the file again.'
        message_zh = f"{column}：“{text}”不是{wanted_zh}。请更正后重新导入。"
        self.problems.append((row, RowError("calendar_malformed", column, text, message, message_zh)))


def parse_calendar(text: str) -> WorkCalendar:
    """Return the calendar that a CSV text holds; raises CalendarError with everything that is wrong."""
    reading = _Reading()
    rows = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    heading = tuple(cell.strip().lower() for cell in next(rows, []))
    if heading != COLUMNS:
        wanted = ",".join(COLUMNS)
        reading.refuse(
            1, column="heading", value=",".join(heading), wanted=f"the row {wanted}", wanted_zh=f"标题行 {wanted}"
        )
        raise CalendarError(reading.problems)
    for row, cells in enumerate(rows, start=2):
        texts = [cell.strip() for cell in cells]
        if any(texts):
            _read_row(row, texts, reading)
    for day, (row, _) in reading.days.items():
        if day.year not in reading.years:
            wanted = f'in a year that the file names with a row "{day.year},year,…"'
            wanted_zh = f"文件已列明年份的日期（须有“{day.year},year,…”一行）"
            reading.refuse(row, column="day", value=day, wanted=wanted, wanted_zh=wanted_zh)
    if reading.problems:
        raise CalendarError(sorted(reading.problems, key=lambda one: one[0]))
    days = [special for _, special in reading.days.values()]
    return WorkCalendar(reading.years.values(), days, version=_version_of(reading.years.values(), days))


def _read_row(row: int, texts: list[str], reading: _Reading) -> None:
    before = len(reading.problems)
    if len(texts) != len(COLUMNS):
        reading.refuse(
            row, column="row", value=",".join(texts), wanted=f"{len(COLUMNS)} cells", wanted_zh=f" {len(COLUMNS)} 列"
        )
        return
    day, status, name, source, verified = texts
    for column, value in (("name", name), ("source", source)):
        if not value:
            reading.refuse(row, column=column, value=value, wanted="a text", wanted_zh="文字")
    if verified not in ("yes", "no"):
        reading.refuse(row, column="verified", value=verified, wanted="yes or no", wanted_zh=" yes 或 no")
    if status not in STATUSES:
        reading.refuse(row, column="status", value=status, wanted="year, rest or work", wanted_zh=" year、rest 或 work")
        return
    if status == "year":
        _read_year(
            row, day, name, source, reading, is_verified=verified == "yes", is_right=len(reading.problems) == before
        )
        return
    try:
        parsed = date.fromisoformat(day)
    except ValueError:
        reading.refuse(row, column="day", value=day, wanted="a day like 2026-10-01", wanted_zh="日期（如 2026-10-01）")
        return
    if (parsed.weekday() >= SATURDAY) != (status == "work"):
        wanted = (
            "a weekend day, which alone needs to be told as worked"
            if status == "work"
            else "a weekday; weekends rest anyway"
        )
        wanted_zh = "周末日期（仅周末上班需要列出）" if status == "work" else "工作日日期（周末本就休息）"
        reading.refuse(row, column="day", value=day, wanted=wanted, wanted_zh=wanted_zh)
    first = reading.days.setdefault(parsed, (row, SpecialDay(parsed, status == "work", name, source)))[0]
    if first != row:
        reading.refuse(
            row,
            column="day",
            value=day,
            wanted=f"told once: row {first} tells it already",
            wanted_zh=f"唯一的日期：第 {first} 行已列出",
        )


def _read_year(
    row: int, text: str, name: str, source: str, reading: _Reading, *, is_verified: bool, is_right: bool
) -> None:
    if not text.isascii() or not text.isdigit() or not FIRST_YEAR <= int(text) <= LAST_YEAR:
        reading.refuse(row, column="day", value=text, wanted="a year like 2027", wanted_zh="年份（如 2027）")
    elif int(text) in reading.years:
        reading.refuse(
            row,
            column="day",
            value=text,
            wanted="told once: this year stands above",
            wanted_zh="唯一的年份：上文已列出该年",
        )
    elif is_right:
        reading.years[int(text)] = CalendarYear(int(text), name, source, is_verified)


def merge_calendars(standing: WorkCalendar, *, newer: WorkCalendar) -> WorkCalendar:
    """Return the calendar in which the years of a newer one take the place of those that stand."""
    if not standing.years:
        return newer
    years = [*newer.years.values(), *(one for one in standing.years.values() if one.year not in newer.years)]
    days = [*newer.days.values(), *(one for one in standing.days.values() if one.day.year not in newer.years)]
    return WorkCalendar(years, days, version=_version_of(years, days))


def write_calendar(calendar: WorkCalendar) -> str:
    """Return the table as the text of a file."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(COLUMNS)
    for year in calendar.years.values():
        verified = "yes" if year.is_verified else "no"
        writer.writerow([year.year, "year", year.name, year.source, verified])
        for special in calendar.days.values():
            if special.day.year == year.year:
                status = "work" if special.is_working else "rest"
                writer.writerow([special.day, status, special.name, special.source, verified])
    return stream.getvalue()


def _version_of(years: Iterable[CalendarYear], days: Iterable[SpecialDay]) -> str:
    """Return what tells two tables apart: a digest of all they say, whatever the order of the rows."""
    said = sorted(map(repr, years)) + sorted(map(repr, days))
    return hashlib.sha256("\0".join(said).encode()).hexdigest()[:12]
