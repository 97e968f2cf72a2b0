"""The rulebook: limits, thresholds, receivers and code tables as data, by the day they are in force.

Nothing here is invented: an entry carries its source and says whether it is verified. Pure: texts come in, a rulebook
comes out (`suyuan.rulebook.load_rulebook` reads the packaged files).
"""

import hashlib
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any


class RulebookError(ValueError):
    """A rulebook file that cannot be used; the text says which entry and why."""


@dataclass(frozen=True, slots=True)
class TimeLimit:
    """How many days a report may take, and how many more pass before its absence becomes a finding."""

    key: str
    days: int
    is_working_days: bool
    grace_days: int
    source: str
    is_verified: bool


@dataclass(frozen=True, slots=True)
class Threshold:
    """One number or list of a rule, with where it comes from."""

    key: str
    value: Any
    source: str
    is_verified: bool


@dataclass(frozen=True, slots=True)
class Book:
    """One body of rules and the days it governs; `in_force_until` is the last day, None while in force."""

    name: str
    in_force_from: date
    in_force_until: date | None
    source: str
    limits: dict[str, TimeLimit] = field(default_factory=dict)
    thresholds: dict[str, Threshold] = field(default_factory=dict)
    receivers: dict[str, frozenset[str]] = field(default_factory=dict)
    receivers_source: str = ""

    def limit(self, key: str) -> TimeLimit | None:
        """Return the time limit under a key; None where this book knows no such duty."""
        return self.limits.get(key)

    def threshold(self, key: str) -> Any:  # noqa: ANN401 - a number or a list, as the entry says
        """Return the value of an entry; raises KeyError when the book lacks it."""
        return self.thresholds[key].value

    def may_hand_over(self, *, giver: frozenset[str], receiver: frozenset[str]) -> bool:
        """Tell whether a giver with these roles may hand a used battery to a receiver with those."""
        return any(not self.receivers.get(role, frozenset()).isdisjoint(receiver) for role in giver)


BEFORE_ANY_BOOK = Book("before-2018", date.min, None, "no duty before August 2018")


@dataclass(frozen=True, slots=True)
class Rulebook:
    """All books, newest first, and the version that verdicts carry."""

    books: tuple[Book, ...]
    version: str

    def book_of(self, day: date) -> Book:
        """Return the book that judges an event of this day."""
        for book in self.books:
            if book.in_force_from <= day:
                return book
        return BEFORE_ANY_BOOK

    def threshold(self, key: str, *, on: date) -> Any:  # noqa: ANN401 - a number or a list, as the entry says
        """Return an entry of the day's book, or of the oldest book that has it: a platform choice has no earlier value."""
        book = self.book_of(on)
        if key in book.thresholds:
            return book.threshold(key)
        return next(older.threshold(key) for older in reversed(self.books) if key in older.thresholds)


def parse_rulebook(texts: Sequence[str]) -> Rulebook:
    """Return the rulebook of some TOML texts, one a book; raises RulebookError."""
    books = sorted(
        (_parse_book(tomllib.loads(text)) for text in texts), key=lambda book: book.in_force_from, reverse=True
    )
    version = hashlib.sha256("\0".join(sorted(texts)).encode()).hexdigest()[:12]
    return Rulebook(tuple(books), version)


def _parse_book(content: dict[str, Any]) -> Book:
    try:
        head = content["book"]
        return Book(
            head["name"],
            head["in_force_from"],
            head.get("in_force_until"),
            head["source"],
            limits={entry["key"]: _parse_limit(entry) for entry in content.get("limit", ())},
            thresholds={
                entry["key"]: Threshold(entry["key"], entry["value"], entry["source"], entry["verified"])
                for entry in content.get("threshold", ())
            },
            receivers={
                role: frozenset(to)
                for entry in content.get("lawful_receivers", ())
                for role, to in entry["by_giver"].items()
            },
            receivers_source="; ".join(entry["source"] for entry in content.get("lawful_receivers", ())),
        )
    except KeyError as error:
        name = content.get("book", {}).get("name", "?")
        raise RulebookError(f"Rulebook {name}: an entry lacks {error}. Add it and start again.") from None


def _parse_limit(entry: dict[str, Any]) -> TimeLimit:
    if entry["unit"] not in ("calendar", "working"):
        raise RulebookError(f'Rulebook limit {entry["key"]}: unit "{entry["unit"]}" must be "calendar" or "working".')
    return TimeLimit(
        entry["key"], entry["days"], entry["unit"] == "working", entry["grace_days"], entry["source"], entry["verified"]
    )
