"""Duties for people: what is overdue, what is due this week, what later, and what is settled, each with how to settle it."""

from datetime import date
from typing import Any

from suyuan.cli.screen import make_table, show, tell
from suyuan.cli.view_lists import SHOWN_MAX, name_party
from suyuan.cli.words import language, say
from suyuan.core.agenda import GROUPS
from suyuan.core.catalogue import KIND_BY_NAME
from suyuan.core.registry import Registry
from suyuan.core.terms import name_term

GROUP_STYLES = {"overdue": "bold red", "this_week": "bold yellow", "later": "bold", "settled": "dim"}


def print_agenda(found: list[dict[str, Any]], *, registry: Registry, on: date) -> None:
    """Print duties group by group, the overdue first."""
    if not found:
        tell(say("no_duties"))
    for group in GROUPS:
        duties = [one for one in found if one["group"] == group]
        if duties:
            show(f"{name_term(group, language=language())} ({len(duties)})", style=GROUP_STYLES[group])
            _print_group(duties, registry=registry, on=on)
            tell("")


def _print_group(duties: list[dict[str, Any]], *, registry: Registry, on: date) -> None:
    heads = ("head_due", "head_duty", "head_subject", "head_party", "head_how")
    rows = [
        (
            _tell_due(one),
            one["title_zh" if language() == "zh" else "title"],
            one["subject"],
            name_party(one["party"], registry=registry, on=on),
            _tell_how(one),
        )
        for one in duties[:SHOWN_MAX]
    ]
    show(make_table([say(head) for head in heads], rows, whole=(0, 2)))
    if len(duties) > SHOWN_MAX:
        tell(say("more_json", count=len(duties) - SHOWN_MAX))


def _tell_due(duty: dict[str, Any]) -> str:
    """Return the last day in time and, in the unit that the rule counts, how many days are left or gone."""
    lines = [duty["due_on"] or "—"]
    if duty["days_left"] is not None:
        is_late = duty["days_left"] < 0
        unit = name_term(duty["unit"], language=language())
        lines.append(say("due_since" if is_late else "due_in", count=abs(duty["days_left"]), unit=unit))
    if duty["provisional"]:
        lines.append(f"({say('provisional')})")
    return "\n".join(lines)


def _tell_how(duty: dict[str, Any]) -> str:
    """Return which kinds of report settle it and what to do; of a settled duty, the report that settled it."""
    if duty["closed_by"]:
        return f"{say('settled')}: {duty['closed_by']}"
    is_chinese = language() == "zh"
    kinds = [KIND_BY_NAME[name] for name in duty["settled_by"]]
    names = " / ".join(kind.zh if is_chinese else kind.en for kind in kinds)
    return "\n".join(part for part in (names, duty["how_zh" if is_chinese else "how"]) if part)
