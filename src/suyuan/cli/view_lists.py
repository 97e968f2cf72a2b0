"""Findings, duties and the check of a wreck for people."""

from datetime import date
from typing import Any

from suyuan.cli.screen import make_list, make_table, show, tell
from suyuan.cli.words import language, say
from suyuan.core.division import division_name
from suyuan.core.identifiers import DivisionCodeError
from suyuan.core.registry import Registry
from suyuan.core.terms import name_term

SHOWN_MAX = 200
WEIGHT_STYLES = {"violation": "bold red", "lead": "yellow", "notice": "dim"}


def name_party(uscc: str | None, *, registry: Registry, on: date) -> str:
    """Return the name and credit code of a party; an unregistered one has only its code, an unknown one a dash."""
    if not uscc:
        return "—"
    entry = registry.find(uscc, on=on)
    return f"{entry.name} ({uscc})" if entry else uscc


def name_place(code: str | None) -> str:
    """Return the name and code of a place, a dash for none."""
    if not code:
        return "—"
    try:
        return f"{division_name(code, lang='zh' if language() == 'zh' else 'en')} ({code})"
    except DivisionCodeError:
        return code


def print_findings(found: list[dict[str, Any]], *, registry: Registry, on: date) -> None:
    """Print findings as a table, each with its source and whether that is verified."""
    if not found:
        tell(say("no_findings"))
        return
    title = "title_zh" if language() == "zh" else "title"
    heads = ("head_weight", "head_rule", "head_subject", "head_party", "head_report", "head_basis")
    rows = [
        (
            (name_term(one["weight"], language=language()), WEIGHT_STYLES.get(one["weight"], "")),
            f"{one[title]}\n{one['rule']}",
            one["subject"],
            name_party(one["party"], registry=registry, on=on),
            one["report_id"],
            f"{say('verified' if one['verified'] else 'unverified')}: {one['source']}",
        )
        for one in found[:SHOWN_MAX]
    ]
    show(make_table([say(head) for head in heads], rows, whole=(0, 2)))
    if len(found) > SHOWN_MAX:
        tell(say("more_json", count=len(found) - SHOWN_MAX))


def print_duties(found: list[dict[str, Any]], *, registry: Registry, on: date) -> None:
    """Print duties as a table."""
    if not found:
        tell(say("no_duties"))
        return
    title = "title_zh" if language() == "zh" else "title"
    heads = ("head_duty", "head_subject", "head_party", "head_due", "head_state")
    rows = [
        (
            one.get(title, one["kind"]),
            one["subject"],
            name_party(one["party"], registry=registry, on=on),
            f"{one['due_on'] or '—'}{' (' + say('provisional') + ')' if one['provisional'] else ''}",
            f"{say('settled')}: {one['closed_by']}" if one["closed_by"] else (say("open"), "yellow"),
        )
        for one in found[:SHOWN_MAX]
    ]
    show(make_table([say(head) for head in heads], rows, whole=(1, 3)))
    if len(found) > SHOWN_MAX:
        tell(say("more_json", count=len(found) - SHOWN_MAX))


def print_scrapping_check(answer: dict[str, Any], *, registry: Registry, on: date) -> None:
    """Print what must be on a vehicle, what was found, and what is missing or strange."""
    pairs: list[tuple[str, object]] = [(say("label_vehicle"), answer.get("vin", ""))]
    for name in ("expected", "found", "missing", "strange"):
        codes = answer[name]
        pairs.append((say(f"label_{name}"), "—" if not codes else " ".join(codes)))
    show(make_list(pairs))
    for one in answer.get("last_seen", ()):
        who, place = name_party(one["last_holder"], registry=registry, on=on), name_place(one["place"])
        tell(f"{one['battery_code']}: {say('label_last_holder', who=who, place=place)}")
    for code, near in answer.get("neighbours", {}).items():
        tell(say("check_neighbours", code=code, near=" ".join(near)))
    if answer["expected"] is None:
        tell(say("check_unknown"))
    elif answer.get("is_swap_vehicle"):
        tell(say("check_swap"))
    elif not answer["missing"] and not answer["strange"]:
        tell(say("check_whole"))
