"""The rulebook: limits, thresholds, norms, receivers and code tables as data, by the day they are in force.

Nothing here is invented: an entry carries its source and says whether it is verified. Pure: entries come in
(`core.rulebook_file` reads them from text, `suyuan.rulebook.load_rulebook` the packaged files).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from suyuan.core.calendar import NO_CALENDAR, WorkCalendar

NO_ROLES: frozenset[str] = frozenset()
OCCURRED = "occurred"
Unit = Literal["calendar", "working"]
_WORKING_DAYS_A_WEEK, _DAYS_A_WEEK, _DAYS_A_MONTH = 5, 7, 30


@dataclass(frozen=True, slots=True)
class TimeLimit:
    """How many days a report may take, and how many more pass before its absence becomes a finding.

    It binds reporters with one of the roles `by`, everybody where that is empty. It runs from the day of the event, or
    from the day in the report's field `counted_from`. `months` takes the place of `days` where the rule counts in months.
    Nothing is due before `not_due_before`, the end of a time of transition.
    """

    kind: str
    days: int
    unit: Unit
    grace_days: int
    source: str
    is_verified: bool
    by: frozenset[str] = NO_ROLES
    counted_from: str = OCCURRED
    months: int = 0
    not_due_before: date | None = None
    in_force_from: date = date.min
    in_force_until: date = date.max

    @property
    def is_working_days(self) -> bool:
        """Tell whether the days are working days."""
        return self.unit == "working"

    @property
    def rough_days(self) -> float:
        """About how many calendar days it is, to tell the mildest of several."""
        if self.months:
            return self.months * _DAYS_A_MONTH
        return self.days * _DAYS_A_WEEK / _WORKING_DAYS_A_WEEK if self.is_working_days else self.days


@dataclass(frozen=True, slots=True)
class Threshold:
    """One number or list of a rule, what it is called, and where it comes from."""

    key: str
    value: Any
    source: str
    is_verified: bool
    zh: str = ""
    en: str = ""


@dataclass(frozen=True, slots=True)
class Norm:
    """The share of a metal, or of another product, that a recovery should reach, in percent; voluntary."""

    metal: str
    percent: float
    source: str
    is_verified: bool
    in_force_from: date = date.min
    in_force_until: date = date.max


@dataclass(frozen=True, slots=True)
class LawfulReceivers:
    """To whom a party of one role may hand over a used battery, by the roles of the receiver."""

    giver: str
    receivers: frozenset[str]
    source: str
    is_verified: bool


@dataclass(frozen=True, slots=True)
class BatteryType:
    """What one letter of the battery type in a code means (GB/T 34014); a doubtful letter is only recalled.

    `chemistries` are those that a code with the letter may hold; empty allows any.
    """

    letter: str
    zh: str
    en: str
    source: str
    is_verified: bool
    chemistries: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FinalState:
    """A status of a battery after which nothing more can happen to it."""

    status: str
    source: str
    is_verified: bool


@dataclass(frozen=True, slots=True)
class LegalBasis:
    """What a rule of breach rests on, as the operator entered it: article and text of the law, and where both were read."""

    rule: str
    article: str
    text: str
    source: str
    is_verified: bool


@dataclass(frozen=True, slots=True)
class Book:
    """One body of rules and the days it governs; `in_force_until` is the last day, None while in force."""

    name: str
    in_force_from: date
    in_force_until: date | None
    source: str
    limits: tuple[TimeLimit, ...] = ()
    thresholds: dict[str, Threshold] = field(default_factory=dict)
    norms: tuple[Norm, ...] = ()
    receivers: dict[str, LawfulReceivers] = field(default_factory=dict)
    battery_types: dict[str, BatteryType] = field(default_factory=dict)
    final_states: dict[str, FinalState] = field(default_factory=dict)
    bases: dict[str, LegalBasis] = field(default_factory=dict)

    def limit(self, kind: str, *, roles: frozenset[str] = NO_ROLES, on: date | None = None) -> TimeLimit | None:
        """Return the time limit that binds a party with these roles; None where this book knows no such duty.

        An entry that names one of the roles goes before one for everybody, and one that began later before an older one
        for the same roles; of several for different roles the mildest binds.
        """
        newest: dict[frozenset[str], TimeLimit] = {}
        for one in self.limits:
            if one.kind == kind and (on is None or _is_current(one, on=on)):
                newest[one.by] = max(one, newest.get(one.by, one), key=lambda entry: entry.in_force_from)
        named = [one for by, one in newest.items() if not by.isdisjoint(roles)]
        return max(named, key=lambda one: one.rough_days) if named else newest.get(NO_ROLES)

    def threshold(self, key: str) -> Any:  # noqa: ANN401 - a number or a list, as the entry says
        """Return the value of an entry; raises KeyError when the book lacks it."""
        return self.thresholds[key].value

    def norm(self, metal: str, *, on: date) -> Norm | None:
        """Return the recovery norm for a metal on a day, None where there is none."""
        current = [one for one in self.norms if one.metal == metal and _is_current(one, on=on)]
        return max(current, key=lambda one: one.in_force_from, default=None)

    def may_hand_over(self, *, giver: frozenset[str], receiver: frozenset[str]) -> bool:
        """Tell whether a giver with these roles may hand a used battery to a receiver with those."""
        lawful = (self.receivers[role].receivers for role in giver if role in self.receivers)
        return any(not receivers.isdisjoint(receiver) for receivers in lawful)

    def entries(self) -> Iterator[Any]:
        """Return every entry of the book, section by section."""
        yield from self.limits
        for section in (self.thresholds, self.receivers, self.battery_types, self.final_states, self.bases):
            yield from section.values()
        yield from self.norms


def _is_current(entry: TimeLimit | Norm, *, on: date) -> bool:
    return entry.in_force_from <= on <= entry.in_force_until


BEFORE_ANY_BOOK = Book("before-2018", date.min, None, "no duty before August 2018")


@dataclass(frozen=True, slots=True)
class Rulebook:
    """All books, newest first, and the calendar by which working days are counted.

    `version` is what verdicts carry, of the entries and of the calendar; `texts` are the files that all of it was read
    from. `deadlines` only remember what follows from the rest (`core.deadline`).
    """

    books: tuple[Book, ...]
    version: str
    calendar: WorkCalendar = NO_CALENDAR
    texts: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)
    deadlines: dict[tuple[str, date, frozenset[str], date | None], Any] = field(
        default_factory=dict, compare=False, repr=False
    )

    def book_of(self, day: date) -> Book:
        """Return the book that judges an event of this day."""
        for book in self.books:
            if book.in_force_from <= day:
                return book
        return BEFORE_ANY_BOOK

    def battery_types(self, *, on: date) -> Mapping[str, BatteryType]:
        """Return the letters of the day's book, or of the oldest book that has any: the standard is older than the measures."""
        own = self.book_of(on).battery_types
        return own or next((book.battery_types for book in reversed(self.books) if book.battery_types), {})

    def basis(self, rule: str, *, on: date) -> LegalBasis | None:
        """Return what the day's book says a rule rests on, None where it says nothing."""
        return self.book_of(on).bases.get(rule)

    def limit(self, kind: str, *, on: date, roles: frozenset[str] = NO_ROLES) -> TimeLimit | None:
        """Return the time limit of the day's book for a party with these roles, None where there is none."""
        return self.book_of(on).limit(kind, roles=roles, on=on)

    def threshold(self, key: str, *, on: date) -> Any:  # noqa: ANN401 - a number or a list, as the entry says
        """Return an entry of the day's book, or of the oldest book that has it: a platform choice has no earlier value."""
        book = self.book_of(on)
        if key in book.thresholds:
            return book.threshold(key)
        return next(older.threshold(key) for older in reversed(self.books) if key in older.thresholds)
