"""The shape of a rulebook file: its sections, the fields of their entries, and what each field may hold.

Every problem is told in both languages with file, entry, field and value; `rulebook_file` gathers them all.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from suyuan.core.catalogue import CHEMISTRIES, FIELDS_OF_USE, KIND_BY_NAME, METALS, ROLES
from suyuan.core.refusal import shorten

DAYS_MAX, MONTHS_MAX, PERCENT_MAX = 3_650, 120, 100
NORM_METALS = (*(name.removesuffix("_g") for name in METALS), "electrode_powder")
ENDS = ("recovered", "lost", "exported")

Words = tuple[str, str]
Check = Callable[[Any], Words | None]
"""Takes a value and returns None, or what is wanted instead, in English and in Chinese."""


@dataclass(frozen=True, slots=True)
class Shape:
    """One field of an entry: what it may hold, and whether it may be left out."""

    check: Check
    is_required: bool = True


@dataclass(frozen=True, slots=True)
class Section:
    """One section of a rulebook file; the fields in `key` tell its entries apart within a book."""

    fields: dict[str, Shape]
    key: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RulebookProblem:
    """One thing that is wrong with a rulebook file."""

    file: str
    entry: str
    field: str
    value: str
    message: str
    message_zh: str


def tell_problem(file: str, *, entry: str, field: str, value: object, wanted: Words) -> RulebookProblem:
    """Return the problem of a field that does not hold what it must."""
    text = shorten(value)
    return RulebookProblem(
        file, entry, field, text,
        f'{file}, {entry}, {field}: "{text}" is not {wanted[0]}. Correct it and try again.',
        f"{file}，{entry}，{field}：“{text}”不是{wanted[1]}。请更正后重试。",
    )  # fmt: skip


def tell_missing(file: str, *, entry: str, field: str) -> RulebookProblem:
    """Return the problem of a field that is left out."""
    return RulebookProblem(
        file, entry, field, "",
        f"{file}, {entry}: {field} is missing. Add it and try again.",
        f"{file}，{entry}：缺少 {field}。请补充后重试。",
    )  # fmt: skip


def tell_unknown(file: str, *, entry: str, field: str, known: tuple[str, ...]) -> RulebookProblem:
    """Return the problem of a key that nothing reads."""
    return RulebookProblem(
        file, entry, field, "",
        f'{file}, {entry}: "{field}" is not known; known are {", ".join(known)}. Take it out or check its spelling.',
        f"{file}，{entry}：无法识别“{field}”，可用的有 {'、'.join(known)}。请删除或检查拼写。",
    )  # fmt: skip


def is_text(value: Any) -> Words | None:  # noqa: ANN401 - whatever the file holds
    """Want a text that is not empty."""
    return None if isinstance(value, str) and value.strip() else ("a text", "文字")


def is_day(value: Any) -> Words | None:  # noqa: ANN401
    """Want a day, written without quotes."""
    is_right = isinstance(value, date) and not isinstance(value, datetime)
    return None if is_right else ("a day like 2026-04-01, without quotes", "日期（如 2026-04-01，不加引号）")


def is_switch(value: Any) -> Words | None:  # noqa: ANN401
    """Want true or false."""
    return None if isinstance(value, bool) else ("true or false", " true 或 false")


def is_count(most: int) -> Check:
    """Want a whole number from 0 to a maximum."""

    def check(value: Any) -> Words | None:  # noqa: ANN401
        is_right = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= most
        return None if is_right else (f"a whole number from 0 to {most}", f" 0 至 {most} 的整数")

    return check


def is_percent(value: Any) -> Words | None:  # noqa: ANN401
    """Want a share in percent."""
    is_right = isinstance(value, int | float) and not isinstance(value, bool) and 0 < value <= PERCENT_MAX
    return None if is_right else ("a share in percent, above 0 and up to 100", "百分比（大于 0，不超过 100）")


def is_one_of(*choices: str) -> Check:
    """Want one of a few words."""

    def check(value: Any) -> Words | None:  # noqa: ANN401
        known = f"“{'”“'.join(choices)}”"
        return None if value in choices else (f"one of {', '.join(choices)}", f"以下之一：{known}")

    return check


def are_some_of(*choices: str) -> Check:
    """Want a list of some of a few words, at least one."""

    def check(value: Any) -> Words | None:  # noqa: ANN401
        is_right = isinstance(value, list) and value and all(one in choices for one in value)
        return None if is_right else (f"a list of some of {', '.join(choices)}", f"列表，取值为 {'、'.join(choices)}")

    return check


def are_names(value: Any) -> Words | None:  # noqa: ANN401
    """Want a name, or a list of names."""
    names = value if isinstance(value, list) else [value]
    is_right = bool(names) and all(isinstance(one, str) and one for one in names)
    return (
        None
        if is_right
        else ("the name of a report kind or duty, or a list of them", "报告种类或义务的名称（或其列表）")
    )


def is_anything(_value: Any) -> Words | None:  # noqa: ANN401
    """Want whatever the threshold's rule reads; an override is compared with the packaged value."""
    return None


def _sourced(**fields: Shape) -> dict[str, Shape]:
    return {**fields, "source": Shape(is_text), "verified": Shape(is_switch)}


def _optional(check: Check) -> Shape:
    return Shape(check, is_required=False)


_IN_FORCE = {"in_force_from": _optional(is_day), "in_force_until": _optional(is_day)}
SECTIONS: dict[str, Section] = {
    "limit": Section(
        _sourced(
            kind=Shape(are_names),
            by=_optional(are_some_of(*ROLES)),
            counted_from=_optional(is_text),
            days=_optional(is_count(DAYS_MAX)),
            months=_optional(is_count(MONTHS_MAX)),
            unit=_optional(is_one_of("calendar", "working")),
            grace_days=Shape(is_count(DAYS_MAX)),
            not_due_before=_optional(is_day),
            **_IN_FORCE,
        ),
        ("kind", "by", "in_force_from"),
    ),
    "threshold": Section(
        _sourced(key=Shape(is_text), value=Shape(is_anything), zh=_optional(is_text), en=_optional(is_text)), ("key",)
    ),
    "norm": Section(
        _sourced(metal=Shape(is_one_of(*NORM_METALS)), percent=Shape(is_percent), **_IN_FORCE),
        ("metal", "in_force_from"),
    ),
    "lawful_receivers": Section(
        _sourced(giver=Shape(is_one_of(*ROLES)), receivers=Shape(are_some_of(*ROLES))), ("giver",)
    ),
    "battery_type": Section(
        _sourced(
            letter=Shape(is_one_of(*"ABCDEFGHIJKLMNOPQRSTUVWXYZ")),
            zh=Shape(is_text),
            en=Shape(is_text),
            chemistries=_optional(are_some_of(*CHEMISTRIES)),
        ),
        ("letter",),
    ),
    "final_state": Section(_sourced(status=Shape(is_one_of(*ENDS))), ("status",)),
    "rule": Section(_sourced(name=Shape(is_text), article=Shape(is_text), text=Shape(is_text)), ("name",)),
}
HEAD = {
    "name": Shape(is_text),
    "in_force_from": _optional(is_day),
    "in_force_until": _optional(is_day),
    "source": _optional(is_text),
}


def check_limit(entry: dict[str, Any]) -> tuple[str, Words] | None:
    """Return the field of a limit that does not fit its kind or the other fields, with what is wanted; None if all fits."""
    if ("days" in entry) == ("months" in entry):
        return "days", (
            "given: a limit has either days (and unit) or months",
            "已填写的值：时限须填 days（及 unit）或 months 之一",
        )
    if "days" in entry and "unit" not in entry:
        return "unit", ("given: a number of days needs its unit", "已填写的值：天数须注明单位")
    if "months" in entry and entry.get("unit") == "working":
        return "unit", ("left out or calendar, for months know no working days", "应省略或填 calendar（月不分工作日）")
    for name in entry["kind"]:
        kind = KIND_BY_NAME.get(name)
        if kind is None:
            continue
        if not kind.reporters.issuperset(entry.get("by", ())):
            return "by", (f"roles that report {name}: {', '.join(sorted(kind.reporters))}", f"可报送 {name} 的单位类型")
        counted_from = entry.get("counted_from", "occurred")
        if counted_from != "occurred" and (not kind.filings or counted_from not in kind.filings[0].body):
            return "counted_from", (f'"occurred" or a day that {name} carries', f" occurred 或 {name} 所含的日期字段")
    return None


def _is_window(value: Any) -> Words | None:  # noqa: ANN401
    """Want nothing, or the first and the last day of a window."""
    is_list = isinstance(value, list) and all(is_day(one) is None for one in value)
    if is_list and (not value or (len(value) == len(("first", "last")) and value[0] <= value[1])):
        return None
    return (
        "[] or a first and a last day, like [2026-04-01, 2026-06-30]",
        " [] 或起止两个日期（如 [2026-04-01, 2026-06-30]）",
    )


def check_threshold(key: str, *, value: Any, packaged: Any) -> Words | None:  # noqa: ANN401
    """Return what is wanted of a threshold that does not look like the packaged one, None if it does."""
    if isinstance(packaged, int):
        return is_count(10**9)(value)
    if key == "prohibited_fields_of_use":
        return None if value == [] else are_some_of(*FIELDS_OF_USE)(value)
    if key == "first_load_window":
        return _is_window(value)
    is_alike = type(value) is type(packaged)
    return (
        None if is_alike else (f"of the form of the packaged value {packaged!r}", f"与内置值 {packaged!r} 形式相同的值")
    )
