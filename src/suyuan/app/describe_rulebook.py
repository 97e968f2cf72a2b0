"""The rulebook and the calendar in answers and on the reference page: every entry with its source, verified or not."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from suyuan.core.calendar import WorkCalendar
from suyuan.core.catalogue import CHEMISTRIES, KIND_BY_NAME, METAL_NAMES_ZH, ROLES
from suyuan.core.duty import KIND_BY_NAME as DUTY_BY_NAME
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
from suyuan.core.terms import TERMS
from suyuan.rulebook import load_rulebook

Pair = tuple[str, str]
"""A text in Chinese and in English."""


def describe_rulebook(rulebook: Rulebook) -> dict[str, Any]:
    """Return the books with their entries; `origin` tells whether an entry is packaged or the operator's own."""
    packaged = {(book.name, repr(entry)) for book in load_rulebook().books for entry in book.entries()}
    return {
        "version": rulebook.version,
        "calendar": rulebook.calendar.version,
        "books": [
            {
                "book": book.name,
                "in_force_from": book.in_force_from.isoformat(),
                "in_force_until": book.in_force_until.isoformat() if book.in_force_until else None,
                "source": book.source,
            }
            for book in rulebook.books
        ],
        "entries": [
            {
                "book": book.name,
                **_describe_entry(entry),
                "origin": "packaged" if (book.name, repr(entry)) in packaged else "own",
            }
            for book in rulebook.books
            for entry in book.entries()
        ],
    }


def _describe_entry(entry: Any) -> dict[str, Any]:  # noqa: ANN401 - an entry of any section
    sourced = {"source": entry.source, "verified": entry.is_verified}
    match entry:
        case TimeLimit():
            told = {
                "section": "limit",
                "key": entry.kind,
                "by": sorted(entry.by),
                "days": None if entry.months else entry.days,
                "months": entry.months or None,
                "unit": None if entry.months else entry.unit,
                "counted_from": entry.counted_from,
                "grace_days": entry.grace_days,
                "not_due_before": entry.not_due_before.isoformat() if entry.not_due_before else None,
            }
            return {**told, **_describe_period(entry), **sourced}
        case Threshold():
            return {"section": "threshold", "key": entry.key, "value": _plain(entry.value), **sourced}
        case Norm():
            return {
                "section": "norm",
                "key": entry.metal,
                "percent": entry.percent,
                **_describe_period(entry),
                **sourced,
            }
        case LawfulReceivers():
            return {"section": "lawful_receivers", "key": entry.giver, "receivers": sorted(entry.receivers), **sourced}
        case BatteryType():
            return {"section": "battery_type", "key": entry.letter, "title": entry.en, "title_zh": entry.zh,
                    "chemistries": list(entry.chemistries), **sourced}  # fmt: skip
        case FinalState():
            return {"section": "final_state", "key": entry.status, **sourced}
        case LegalBasis():
            return {"section": "rule", "key": entry.rule, "article": entry.article, "text": entry.text, **sourced}
    raise AssertionError(f"no such entry: {entry!r}")


def _describe_period(entry: TimeLimit | Norm) -> dict[str, str | None]:
    return {
        "in_force_from": entry.in_force_from.isoformat() if entry.in_force_from != date.min else None,
        "in_force_until": entry.in_force_until.isoformat() if entry.in_force_until != date.max else None,
    }


def _plain(value: Any) -> Any:  # noqa: ANN401 - a threshold's value
    if isinstance(value, list):
        return [one.isoformat() if isinstance(one, date) else one for one in value]
    return value


def describe_calendar(calendar: WorkCalendar) -> dict[str, Any]:
    """Return the years that are known and the days in them that differ from Monday to Friday."""
    return {
        "version": calendar.version,
        "years": [
            {"year": one.year, "name": one.name, "source": one.source, "verified": one.is_verified}
            for one in calendar.years.values()
        ],
        "days": [
            {"day": one.day.isoformat(), "working": one.is_working, "name": one.name} for one in calendar.days.values()
        ],
    }


# -- words ---------------------------------------------------------------------------------------------------------


def name_entry(entry: Any) -> tuple[Pair, Pair]:  # noqa: ANN401 - an entry of any section
    """Return what an entry is about and what it says, each in Chinese and in English."""
    match entry:
        case TimeLimit():
            kind, by = name_limit_kind(entry.kind), name_roles(entry.by)
            return (f"时限：{kind[0]}（{by[0]}）", f"limit: {kind[1]} ({by[1]})"), name_days(entry)
        case Threshold():
            value = str(_plain(entry.value))
            return (entry.zh or entry.key, entry.en or entry.key), (value, value)
        case Norm():
            metal = _name_metal(entry.metal)
            value = f"≥ {entry.percent:g} %"
            return (f"回收率：{metal[0]}", f"recovery rate: {metal[1]}"), (value, value)
        case LawfulReceivers():
            giver = ROLES[entry.giver]
            return (f"可移交对象：{giver[0]}", f"lawful receivers: {giver[1]}"), name_roles(entry.receivers)
        case BatteryType():
            return (f"电池类型代码 {entry.letter}", f"battery type {entry.letter}"), _name_battery_type(entry)
        case FinalState():
            return ("终结状态", "final state"), TERMS[entry.status]
        case LegalBasis():
            told = f"{entry.article}：{entry.text}"
            return (f"规则依据：{entry.rule}", f"basis of the rule {entry.rule}"), (told, told)
    raise AssertionError(f"no such entry: {entry!r}")


def name_limit_kind(key: str) -> Pair:
    """Return what a limit is for: a kind of report, or a duty."""
    kind = KIND_BY_NAME.get(key) or DUTY_BY_NAME.get(key)
    return (kind.zh, kind.en) if kind else (key, key)


def name_roles(roles: Iterable[str]) -> Pair:
    """Return the names of roles in the order of the catalogue; everybody where there is none."""
    names = [ROLES[role] for role in ROLES if role in set(roles)]
    return ("、".join(zh for zh, _ in names) or "所有单位", ", ".join(en for _, en in names) or "everybody")


def name_days(limit: TimeLimit) -> Pair:
    """Return how long a limit is and from when it runs."""
    if limit.months:
        length = f"{limit.months} 个月", f"{limit.months} months"
    elif limit.is_working_days:
        length = f"{limit.days} 个工作日", f"{limit.days} working days"
    else:
        length = f"{limit.days} 日", f"{limit.days} calendar days"
    if limit.counted_from == OCCURRED:
        return length
    fields = {field.name: field for field in KIND_BY_NAME[limit.kind].fields}
    field = fields[limit.counted_from]
    return f"{length[0]}，自{field.zh}起", f"{length[1]} from {field.en}"


def _name_battery_type(entry: BatteryType) -> Pair:
    if not entry.chemistries:
        return entry.zh, entry.en
    names = "、".join(CHEMISTRIES[one] for one in entry.chemistries)
    return f"{entry.zh}（{names}）", f"{entry.en} ({', '.join(entry.chemistries)})"


def _name_metal(metal: str) -> Pair:
    return METAL_NAMES_ZH.get(f"{metal}_g", "电极粉"), metal.replace("_", " ")


# -- the page ------------------------------------------------------------------------------------------------------

_OPENING = """\
# 规则书 Rulebook

<!-- Written by `make docs` from src/suyuan/rulebook; change it there. -->

Every limit, threshold, norm and code table that the platform judges by, with its source. **未核实 unverified**: the text
of the law was not to hand; such an entry may open an inquiry, but no penalty before an officer has entered article and
text. An event is judged by the book of the day it occurred. The day from which a limit runs does not count; grace is
counted in calendar days. Operators add and override entries in a file of their own: `suyuan rulebook import FILE.toml`.

事件按其发生之日有效的规则判断。起算日不计入时限，宽限按自然日计。运营方可用自有文件增补或替换条目。
"""
_SECTIONS: tuple[tuple[type[Any], str], ...] = (
    (TimeLimit, "时限 Time limits"),
    (Threshold, "阈值 Thresholds"),
    (Norm, "回收率指标 Recovery norms"),
    (LawfulReceivers, "可移交对象 Lawful receivers of used batteries"),
    (BatteryType, "电池类型代码 Letters of the battery type"),
    (FinalState, "终结状态 Final states"),
    (LegalBasis, "规则依据 What rules rest on"),
)


def write_rulebook_page() -> str:
    """Return the page in Markdown: the packaged books, newest first, and the years of the calendar."""
    return "\n".join(_write_lines(load_rulebook())) + "\n"


def _write_lines(rulebook: Rulebook) -> Iterator[str]:
    yield _OPENING
    for book in rulebook.books:
        until = f"至 until {book.in_force_until}" if book.in_force_until else "现行 in force"
        yield f"## {book.name}\n"
        yield f"{book.source}. 自 from {book.in_force_from}, {until}."
        for section, title in _SECTIONS:
            yield from _write_section(book, section, title)
    yield "\n## 工作日历 Calendar of working days\n"
    yield "Days that differ from Monday to Friday; later years are guessed and marked provisional until their notice is imported."
    yield "\n| 年 year | 放假 weekdays off | 上班 weekend days worked | 依据 source | 核实 verified |"
    yield "|---|---|---|---|---|"
    for year in rulebook.calendar.years.values():
        days = [one for one in rulebook.calendar.days.values() if one.day.year == year.year]
        off, worked = (
            " ".join(f"{one.day:%m-%d}" for one in days if one.is_working is is_working) for is_working in (False, True)
        )
        yield f"| {year.year} | {off} | {worked} | {year.source} | {_verified(is_verified=year.is_verified)} |"


def _write_section(book: Book, section: type[Any], title: str) -> Iterator[str]:
    entries: list[Any] = [entry for entry in book.entries() if isinstance(entry, section)]
    if not entries:
        return
    yield f"\n### {title}\n"
    yield "| key | 内容 | what | 值 | value | 依据 source | 核实 verified |"
    yield "|---|---|---|---|---|---|---|"
    for entry in entries:
        what, value = name_entry(entry)
        described = _describe_entry(entry)
        extra = _write_extra(described)
        yield (
            f"| `{described['key']}` | {what[0]} | {what[1]} | {value[0]}{extra[0]} | {value[1]}{extra[1]} | {entry.source} "
            f"| {_verified(is_verified=entry.is_verified)} |"
        )


def _write_extra(described: dict[str, Any]) -> Pair:
    """Return grace, transition and the days of its own of an entry, where it has any."""
    parts = [
        (f"宽限 {described['grace_days']} 日", f"grace {described['grace_days']} days") if "grace_days" in described else None,
        (f"不早于 {described['not_due_before']}", f"not before {described['not_due_before']}") if described.get("not_due_before") else None,
        (f"自 {described['in_force_from']}", f"since {described['in_force_from']}") if described.get("in_force_from") else None,
        (f"至 {described['in_force_until']}", f"until {described['in_force_until']}") if described.get("in_force_until") else None,
    ]  # fmt: skip
    told = [part for part in parts if part]
    return "".join(f"；{zh}" for zh, _ in told), "".join(f"; {en}" for _, en in told)


def _verified(*, is_verified: bool) -> str:
    return "已核实 verified" if is_verified else "未核实 unverified"
