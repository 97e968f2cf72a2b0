"""Rulebook files: TOML text into a rulebook, or every problem of every entry in words.

The packaged files hold one book each. A file of the operator's own has the same shape: an entry takes the place of the
packaged one with the same book, section and key (kind and roles, threshold key, metal, …), or stands beside it.
"""

import hashlib
import tomllib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from suyuan.core.calendar import NO_CALENDAR
from suyuan.core.calendar_file import merge_calendars, parse_calendar
from suyuan.core.catalogue import KIND_BY_NAME
from suyuan.core.rulebook import (
    OCCURRED,
    BatteryType,
    Book,
    FinalState,
    LawfulReceivers,
    LegalBasis,
    Norm,
    Rulebook,
    Threshold,
    TimeLimit,
)
from suyuan.core.rulebook_shape import (
    HEAD,
    SECTIONS,
    RulebookProblem,
    Shape,
    check_limit,
    check_threshold,
    tell_missing,
    tell_problem,
    tell_unknown,
)

OWN_FILE, CALENDAR_FILE, OWN_CALENDAR_FILE = "own.toml", "calendar.csv", "own_calendar.csv"
BOOK_SUFFIX = ".toml"


class RulebookError(ValueError):
    """A rulebook file that cannot be used, with all its problems; nothing of it counts."""

    def __init__(self, problems: Sequence[RulebookProblem]) -> None:
        """Keep the problems and both texts."""
        self.problems = tuple(problems)
        self.message = "\n".join(one.message for one in problems)
        self.message_zh = "\n".join(one.message_zh for one in problems)
        super().__init__(self.message)


@dataclass(slots=True)
class _Draft:
    """A book while its entries are gathered: by section and key, so that a later one takes the place of an earlier."""

    head: dict[str, Any]
    entries: dict[tuple[str, ...], tuple[str, dict[str, Any]]] = field(default_factory=dict)


@dataclass(slots=True)
class _Reading:
    """What was read so far, and what is wrong with it."""

    rule_names: Collection[str] | None
    drafts: dict[str, _Draft] = field(default_factory=dict)
    problems: list[RulebookProblem] = field(default_factory=list)


def parse_rulebook(
    texts: Mapping[str, str], *, own_name: str = OWN_FILE, rule_names: Collection[str] | None = None
) -> Rulebook:
    """Return the rulebook of some texts by the name of their files: books, the operator's own entries, the calendar.

    `own_name` is what the operator calls the file with its entries, for errors; `rule_names` are the rules that an entry
    may name, None where they were compared when it was adopted. Raises RulebookError, CalendarError.
    """
    reading = _Reading(rule_names)
    for name, text in sorted(texts.items()):
        if name.endswith(BOOK_SUFFIX) and name != OWN_FILE:
            _read_file(name, text, reading, is_own=False)
    if OWN_FILE in texts and not reading.problems:
        _read_file(own_name, texts[OWN_FILE], reading, is_own=True)
    _check_periods(reading)
    if reading.problems:
        raise RulebookError(reading.problems)
    books = sorted(map(_make_book, reading.drafts.values()), key=lambda book: book.in_force_from, reverse=True)
    entries = sorted(text for name, text in texts.items() if name.endswith(BOOK_SUFFIX) and text)
    version = hashlib.sha256("\0".join(entries).encode()).hexdigest()[:12]
    calendar = NO_CALENDAR
    for name in (CALENDAR_FILE, OWN_CALENDAR_FILE):
        calendar = merge_calendars(calendar, newer=parse_calendar(texts[name])) if name in texts else calendar
    return Rulebook(tuple(books), f"{version}-{calendar.version}", calendar, dict(texts))


# -- reading and checking ------------------------------------------------------------------------------------------


def _read_file(file: str, text: str, reading: _Reading, *, is_own: bool) -> None:
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        wanted = (f"TOML ({error})", f" TOML（{error}）")
        reading.problems.append(tell_problem(file, entry="file", field="text", value="", wanted=wanted))
        return
    known = ("book", *SECTIONS)
    reading.problems += [tell_unknown(file, entry="file", field=name, known=known) for name in content.keys() - known]
    name = _read_head(file, content.get("book"), reading, is_own=is_own)
    for section in SECTIONS:
        entries = content.get(section, [])
        if not isinstance(entries, list) or not all(isinstance(one, dict) for one in entries):
            wanted = (f"a list of tables; write [[{section}]]", f"表的列表（应写作 [[{section}]]）")
            reading.problems.append(tell_problem(file, entry=section, field=section, value=entries, wanted=wanted))
            continue
        for place, entry in enumerate(entries, start=1):
            _read_entry(file, section, place, {"book": name, **entry}, reading, is_own=is_own)


def _read_head(file: str, head: Any, reading: _Reading, *, is_own: bool) -> str | None:  # noqa: ANN401 - whatever the file holds
    """Take up the book that a file is about, and return its name; None where every entry names its own."""
    if head is None and is_own:
        return None
    if not isinstance(head, dict):
        reading.problems.append(tell_missing(file, entry="[book]", field="name"))
        return None
    found = list(_check_fields(file, "[book]", head, HEAD))
    name = head.get("name")
    if not found and name not in reading.drafts:
        found += [
            tell_missing(file, entry="[book]", field=key) for key in ("in_force_from", "source") if key not in head
        ]
        reading.drafts[str(name)] = _Draft(head)
    elif not found and len(head) > 1:
        wanted = (
            f'left out: the book "{name}" is packaged, name it alone',
            f"应省略的值：“{name}”为内置规则，只需写 name",
        )
        found += [
            tell_problem(file, entry="[book]", field=key, value=head[key], wanted=wanted)
            for key in head
            if key != "name"
        ]
    reading.problems += found
    return name if isinstance(name, str) else None


def _read_entry(file: str, section: str, place: int, entry: dict[str, Any], reading: _Reading, *, is_own: bool) -> None:
    """Check one entry and take it up; a limit for several kinds becomes one for each."""
    shape, book = SECTIONS[section], entry.pop("book")
    label = f"[[{section}]] {place}" + "".join(f", {key} {entry[key]}" for key in shape.key[:1] if key in entry)
    found = list(_check_fields(file, label, entry, shape.fields))
    if book not in reading.drafts:
        wanted = (f"a book: {', '.join(reading.drafts)}", f"规则名称：{'、'.join(reading.drafts)}")
        found.append(tell_problem(file, entry=label, field="book", value=book, wanted=wanted))
    if not found:
        if section == "limit":
            entry["kind"] = entry["kind"] if isinstance(entry["kind"], list) else [entry["kind"]]
        found += _check_meaning(file, label, section, entry, reading, is_own=is_own)
    if found:
        reading.problems += found
        return
    for one in [{**entry, "kind": kind} for kind in entry["kind"]] if section == "limit" else [entry]:
        key = (section, *(_write_key(one.get(name, "")) for name in shape.key))
        entries = reading.drafts[book].entries
        if not is_own and key in entries:
            wanted = ("told once; this entry stands there already", "唯一的条目：该条目已存在")
            reading.problems.append(
                tell_problem(file, entry=label, field=shape.key[0], value=" ".join(key), wanted=wanted)
            )
        entries[key] = section, one


def _write_key(value: Any) -> str:  # noqa: ANN401 - a name, a day, or a list of roles
    return " ".join(sorted(value)) if isinstance(value, list) else str(value)


def _check_fields(file: str, label: str, entry: dict[str, Any], shapes: dict[str, Shape]) -> Iterator[RulebookProblem]:
    for name in entry.keys() - shapes.keys():
        yield tell_unknown(file, entry=label, field=name, known=tuple(shapes))
    for name, shape in shapes.items():
        if name not in entry:
            if shape.is_required:
                yield tell_missing(file, entry=label, field=name)
        elif (wanted := shape.check(entry[name])) is not None:
            yield tell_problem(file, entry=label, field=name, value=entry[name], wanted=wanted)


def _check_meaning(
    file: str, label: str, section: str, entry: dict[str, Any], reading: _Reading, *, is_own: bool
) -> Iterator[RulebookProblem]:
    """Tell what is wrong with an entry whose fields are right one by one."""
    packaged = [one for draft in reading.drafts.values() for one in draft.entries.values()]
    if section == "limit":
        misfit = check_limit(entry)
        if misfit is not None:
            yield tell_problem(file, entry=label, field=misfit[0], value=entry.get(misfit[0], ""), wanted=misfit[1])
        known = {*KIND_BY_NAME, *(one["kind"] for kind, one in packaged if kind == "limit")}
        for name in sorted(set(entry["kind"]) - known) if is_own else ():
            wanted = ("a kind of report or duty; suyuan rulebook lists them", "报告种类或义务（见 suyuan rulebook）")
            yield tell_problem(file, entry=label, field="kind", value=name, wanted=wanted)
    if section == "threshold" and is_own:
        values = {one["key"]: one["value"] for kind, one in packaged if kind == "threshold"}
        if entry["key"] not in values:
            wanted = (
                "a threshold that a rule reads; suyuan rulebook lists them",
                "规则使用的阈值（见 suyuan rulebook）",
            )
            yield tell_problem(file, entry=label, field="key", value=entry["key"], wanted=wanted)
        elif misform := check_threshold(entry["key"], value=entry["value"], packaged=values[entry["key"]]):
            yield tell_problem(file, entry=label, field="value", value=entry["value"], wanted=misform)
    if section == "rule" and reading.rule_names is not None and entry["name"] not in reading.rule_names:
        wanted = ("a rule; suyuan rules lists them", "规则名称（见 suyuan rules）")
        yield tell_problem(file, entry=label, field="name", value=entry["name"], wanted=wanted)
    since, until = entry.get("in_force_from", date.min), entry.get("in_force_until", date.max)
    if until < since:
        wanted = (f"on or after in_force_from, {since}", f"不早于 in_force_from（{since}）的日期")
        yield tell_problem(file, entry=label, field="in_force_until", value=until, wanted=wanted)


def _check_periods(reading: _Reading) -> None:
    """Books follow one another: no two begin on one day."""
    begun: dict[date, str] = {}
    for name, draft in reading.drafts.items():
        since = draft.head.get("in_force_from")
        if since is not None and (other := begun.setdefault(since, name)) != name:
            wanted = (f'a day of its own: book "{other}" begins then too', f"单独的起始日：规则“{other}”同日施行")
            reading.problems.append(
                tell_problem("rulebook", entry=f"[book] {name}", field="in_force_from", value=since, wanted=wanted)
            )


# -- making --------------------------------------------------------------------------------------------------------


def _make_book(draft: _Draft) -> Book:
    head = draft.head
    made = [(section, _MAKERS[section](entry)) for section, entry in draft.entries.values()]

    def select(section: str) -> Iterable[Any]:
        return (entry for name, entry in made if name == section)

    return Book(
        head["name"],
        head["in_force_from"],
        head.get("in_force_until"),
        head["source"],
        limits=tuple(select("limit")),
        thresholds={one.key: one for one in select("threshold")},
        norms=tuple(select("norm")),
        receivers={one.giver: one for one in select("lawful_receivers")},
        battery_types={one.letter: one for one in select("battery_type")},
        final_states={one.status: one for one in select("final_state")},
        bases={one.rule: one for one in select("rule")},
    )


def _period(entry: dict[str, Any]) -> tuple[date, date]:
    return entry.get("in_force_from", date.min), entry.get("in_force_until", date.max)


def _make_limit(entry: dict[str, Any]) -> TimeLimit:
    since, until = _period(entry)
    return TimeLimit(
        entry["kind"],
        entry.get("days", 0),
        entry.get("unit", "calendar"),
        entry["grace_days"],
        entry["source"],
        entry["verified"],
        by=frozenset(entry.get("by", ())),
        counted_from=entry.get("counted_from", OCCURRED),
        months=entry.get("months", 0),
        not_due_before=entry.get("not_due_before"),
        in_force_from=since,
        in_force_until=until,
    )


_MAKERS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "limit": _make_limit,
    "threshold": lambda one: Threshold(
        one["key"], one["value"], one["source"], one["verified"], one.get("zh", ""), one.get("en", "")
    ),
    "norm": lambda one: Norm(one["metal"], one["percent"], one["source"], one["verified"], *_period(one)),
    "lawful_receivers": lambda one: LawfulReceivers(
        one["giver"], frozenset(one["receivers"]), one["source"], one["verified"]
    ),
    "battery_type": lambda one: BatteryType(
        one["letter"], one["zh"], one["en"], one["source"], one["verified"], tuple(one.get("chemistries", ()))
    ),
    "final_state": lambda one: FinalState(one["status"], one["source"], one["verified"]),
    "rule": lambda one: LegalBasis(one["name"], one["article"], one["text"], one["source"], one["verified"]),
}
