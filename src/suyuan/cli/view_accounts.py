"""Accounts for people: one table a month, in kilograms; the metal balance below it; the subjects behind a flow."""

from datetime import date
from typing import Any

from suyuan.cli.screen import make_table, show, tell
from suyuan.cli.view_lists import SHOWN_MAX, name_party
from suyuan.cli.words import language, say
from suyuan.core.registry import Registry

GRAMS_PER_KILOGRAM = 1000


def print_accounts(account: dict[str, Any], *, registry: Registry, on: date) -> None:
    """Print each month that has anything, and say so where none has."""
    tell(name_party(account["uscc"], registry=registry, on=on) + (f" · {account['site']}" if account["site"] else ""))
    months = [one for one in account["months"] if one["items"] or one["metals"]]
    if not months:
        tell(say("no_accounts"))
    for one in months:
        _print_month(one)


def _print_month(one: dict[str, Any]) -> None:
    title = "title_zh" if language() == "zh" else "title"
    heads = [say(head) for head in ("head_item", "head_opening", "head_in", "head_out", "head_closing")]
    rows = [
        (
            item[title],
            _kilograms(item["opening_g"]),
            _flows(item, 1, title),
            _flows(item, -1, title),
            (_kilograms(item["closing_g"]), "bold red" if item["closing_g"] < 0 else ""),
        )
        for item in one["items"]
    ]
    show(make_table(heads, rows, title=one["month"], whole=(1, 4)))
    if one["metals"]:
        heads = [say(head) for head in ("head_metal", "head_fed", "head_recovered", "head_rate", "head_norm")]
        show(make_table(heads, [_metal_row(metal) for metal in one["metals"]]))


def _metal_row(metal: dict[str, Any]) -> tuple[str, ...]:
    name = metal["title_zh"] if language() == "zh" else metal["metal"]
    rate, norm = metal["rate_percent"], metal["norm"]
    told = ""
    if norm is not None:
        told = f"{norm['percent']} % ({say('verified' if norm['verified'] else 'unverified')})"
    return (
        name,
        _kilograms(metal["fed_g"]),
        _kilograms(metal["recovered_g"]),
        "—" if rate is None else f"{rate} %",
        told or "—",
    )


def _flows(item: dict[str, Any], direction: int, title: str) -> str:
    """Return the flows of one direction, one a line."""
    lines = [f"{one[title]} {_kilograms(one['grams'])}" for one in item["flows"] if one["direction"] == direction]
    return "\n".join(lines)


def _kilograms(grams: int) -> str:
    return f"{grams / GRAMS_PER_KILOGRAM:,.3f}"


def print_behind(behind: dict[str, Any]) -> None:
    """Print the subjects behind a flow with day and mass."""
    found = behind["subjects"]
    if not found:
        tell(say("no_accounts"))
        return
    heads = [say(head) for head in ("head_subject", "head_day", "head_site", "head_mass")]
    rows = [(one["subject"], one["day"], one["site"] or "—", _kilograms(one["grams"])) for one in found[:SHOWN_MAX]]
    show(make_table(heads, rows, whole=(0, 1)))
    if len(found) > SHOWN_MAX:
        tell(say("more_json", count=len(found) - SHOWN_MAX))
    tell(say("total_mass", kilograms=_kilograms(behind["total_g"])))
