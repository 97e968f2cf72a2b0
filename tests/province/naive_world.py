"""What the naive recomputation of enterprises stands on: plain reports, the register's entries, the rulebooks' raw TOML, days.

Written from the design pages, the reference pages and the decisions alone. It shares no code with the program: it reads the
same data files, the entries of the register and the names of kinds and roles. Simple and slow is right.
"""

import calendar
import tomllib
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from importlib import resources
from typing import Any

from tests.reference.battery import World
from tests.reference.limits import WEEKDAYS_OFF, WEEKENDS_WORKED
from tests.reference.timeline import CHINA, when

from suyuan.rulebook import load_rulebook

Raw = dict[str, Any]
Key = tuple[str, str]
RULES_BEGIN = date(2026, 4, 1)


@cache
def read_book(name: str) -> Raw:
    """Return one packaged rulebook as its TOML says it."""
    return tomllib.loads((resources.files("suyuan.rulebook") / f"{name}.toml").read_text(encoding="utf-8"))


def key_of(raw: Raw) -> Key:
    """Return by what a report is named for ever."""
    return raw["reporter"], raw["report_id"]


def day_of(raw: Raw) -> date:
    """Return the day in China on which what a report tells occurred."""
    return when(raw)[0]


def month_of(day: date) -> str:
    """Return the month of a day as "2026-05"."""
    return f"{day:%Y-%m}"


def month_end(month: str) -> date:
    """Return the last day of a month."""
    year, number = map(int, month.split("-"))
    return date(year, number, calendar.monthrange(year, number)[1])


def add_months(day: date, months: int) -> date:
    """Return the same day some months later, or the last of a shorter month."""
    number = day.year * 12 + day.month - 1 + months
    year, month = number // 12, number % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


@dataclass
class Plain:
    """The world as plain data: all accepted reports in any order, when each was received, who is registered as what."""

    reports: list[Raw]
    received: dict[Key, datetime]
    registry: Any  # only its entries are read
    thresholds: dict[str, Any] = field(default_factory=dict)  # in the place of the packaged ones
    penalties: tuple[Raw, ...] = ()
    withdrawn: dict[Key, list[Raw]] = field(default_factory=dict)
    counted: list[Raw] = field(default_factory=list)
    _by: dict[str, list[Raw]] = field(default_factory=dict)
    _of_kind: dict[str, list[Raw]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for raw in self.reports:
            if raw["kind"] == "report_withdrawn":
                self.withdrawn.setdefault((raw["reporter"], raw["withdrawn_report_id"]), []).append(raw)
        self.counted = [
            raw for raw in self.reports if raw["kind"] != "report_withdrawn" and key_of(raw) not in self.withdrawn
        ]
        for raw in self.reports:
            self._by.setdefault(raw["reporter"], []).append(raw)
        for raw in sorted(self.counted, key=lambda raw: (day_of(raw), key_of(raw))):
            self._of_kind.setdefault(raw["kind"], []).append(raw)

    def world(self) -> World:
        """Return what the model of single subjects stands on."""
        return World(self.registry, load_rulebook(), received=self.received)

    def by(self, uscc: str) -> list[Raw]:
        """Return all that somebody reported, withdrawn or not."""
        return self._by.get(uscc, [])

    def received_on(self, raw: Raw) -> date:
        """Return the day in China on which a report came in."""
        return self.received[key_of(raw)].astimezone(CHINA).date()

    def kinds(self, *names: str) -> list[Raw]:
        """Return the reports of some kinds that nobody withdrew, by day, reporter and id."""
        found = [raw for name in names for raw in self._of_kind.get(name, ())]
        return found if len(names) == 1 else sorted(found, key=lambda raw: (day_of(raw), key_of(raw)))

    # -- the register ----------------------------------------------------------------------------------------------

    @property
    def usccs(self) -> list[str]:
        return list(self.registry.usccs)

    def entry(self, uscc: str | None, on: date) -> Any:
        """Return the entry in force on a day, else the last one before it, else the first."""
        entries = sorted(self.registry.entries_of(uscc), key=lambda one: one.valid_from) if uscc else []
        begun = [one for one in entries if one.valid_from <= on]
        return begun[-1] if begun else entries[0] if entries else None

    def roles(self, uscc: str | None, on: date) -> frozenset[str]:
        entry = self.entry(uscc, on)
        return entry.roles if entry else frozenset()

    def is_in_force(self, uscc: str, on: date) -> bool:
        entry = self.entry(uscc, on)
        return entry is not None and entry.valid_from <= on and (entry.valid_until is None or on <= entry.valid_until)

    def place(self, raw: Raw) -> str:
        """Return where a report says it happened, else where its reporter is registered."""
        entry = self.entry(raw["reporter"], day_of(raw))
        return raw.get("place") or (entry.division if entry else "")

    # -- the rulebook ----------------------------------------------------------------------------------------------

    def book(self, on: date) -> Raw | None:
        """Return the book of a day; days before the first have none."""
        return read_book("2026") if on >= RULES_BEGIN else read_book("2018") if on >= date(2018, 8, 1) else None

    def threshold(self, name: str, on: date) -> Any:
        """Return an entry of the book of a day; where it has none, that of the other book."""
        if name in self.thresholds:
            return self.thresholds[name]
        for book in (self.book(on), read_book("2018"), read_book("2026")):
            for entry in book["threshold"] if book else ():
                if entry["key"] == name:
                    return entry["value"]
        raise KeyError(name)

    def chemistries_by_letter(self, on: date) -> dict[str, list[str]]:
        """Return what the letters of the battery type allow by the book of a day; a letter without chemistries allows any."""
        letters = (self.book(on) or read_book("2018"))["battery_type"]
        return {one["letter"]: one["chemistries"] for one in letters if "chemistries" in one}

    def limit(self, kind: str, party: str | None, on: date) -> Raw | None:
        """Return the limit that binds a party: one that names a role of it, the mildest of several, else one for everybody."""
        book = self.book(on)
        entries = [one for one in (book["limit"] if book else ()) if kind in _listed(one["kind"])]
        named = [one for one in entries if set(one.get("by", ())) & self.roles(party, on)]
        everybody = [one for one in entries if not one.get("by")]
        return max(named, key=lambda one: one.get("days", 0)) if named else everybody[0] if everybody else None


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def due_day(since: date, limit: Raw) -> date:
    """Return the last day of a limit; the day from which it runs does not count."""
    if "months" in limit:
        return add_months(since, limit["months"])
    day, left = since, limit["days"]
    while left:
        day += timedelta(days=1)
        is_worked = (day.weekday() < 5 and day not in WEEKDAYS_OFF) or day in WEEKENDS_WORKED
        left -= 1 if is_worked or limit["unit"] == "calendar" else 0
    return max(day, limit.get("not_due_before", day))


@dataclass(frozen=True)
class Owes:
    """A duty of a participant itself."""

    kind: str
    rule: str
    party: str
    opener: str
    opened_by: str
    opened_on: date
    due_on: date
    lapses_on: date
    closed_by: str | None
    closer: str | None
    evidence: tuple[tuple[str, Any], ...]
    is_verified: bool


@dataclass(frozen=True)
class Found:
    """A finding: about whom, by which rule, how heavy, against whom, and what shows it."""

    rule: str
    subject: str
    weight: str
    party: str | None
    evidence: tuple[tuple[str, Any], ...]
    report: Key | None = None
    about: tuple[str, ...] = ()


def about_party(uscc: str, rule: str, weight: str, **evidence: Any) -> Found:
    """Return a finding about a participant itself."""
    return Found(rule, f"participant:{uscc}", weight, uscc, tuple(sorted(evidence.items())))
