"""Coverage, producers' accounts and what an audit found, for people."""

from datetime import date
from typing import Any

from suyuan.cli.screen import make_table, show, tell
from suyuan.cli.view_lists import SHOWN_MAX, name_party, name_place
from suyuan.cli.words import say
from suyuan.core.registry import Registry


def print_coverage(found: dict[str, Any], *, by: str, registry: Registry, on: date) -> None:
    """Print coverage as a table, the total last."""
    if not found["coverage"]:
        tell(say("no_live_packs"))
        return
    rows = [
        (
            name_place(one["division"]) if by == "division" else name_party(one["producer"], registry=registry, on=on),
            one["live"],
            one["whole"],
            _percent(one["share"]),
        )
        for one in found["coverage"][:SHOWN_MAX]
    ]
    total = found["total"]
    rows.append((say("total"), total["live"], total["whole"], _percent(total["share"])))
    heads = (f"head_{by}", "head_live", "head_whole", "head_share")
    show(make_table([say(head) for head in heads], rows))
    _tell_more(len(found["coverage"]))


def print_producers(found: list[dict[str, Any]], *, registry: Registry, on: date) -> None:
    """Print the accounts as a table: one line for each producer, province and year."""
    lines = [
        (name_party(account["producer"], registry=registry, on=on), name_place(province["province"]), *year)
        for account in found
        for province in account["provinces"]
        for year in _years(province["months"])
    ]
    if not lines:
        tell(say("nothing_on_market"))
        return
    heads = ("head_producer", "head_province", "head_year", "head_on_market", "head_collected", "head_exported",
             "head_outstanding")  # fmt: skip
    show(make_table([say(head) for head in heads], lines[:SHOWN_MAX]))
    _tell_more(len(lines))


def print_audit(found: dict[str, Any]) -> None:
    """Print what differs, the first keys of each part, and what to do: the record itself can only be restored."""
    differing = [part for part in found["parts"] if part["differing"]]
    for part in found["parts"]:
        if part["not_compared"]:
            reason = part["not_compared_zh"], part["not_compared"]
            tell(say("audit_not_compared", part=part["part"], reason=reason))
        if part["differing"]:
            tell(say("audit_differs", part=part["part"], count=part["differing"]))
            for one in part["first"]:
                where = " ".join(f"{name}={value}" for name, value in one["key"].items())
                stands, counted = ("—" if one[name] is None else one[name] for name in ("stands", "counted"))
                tell(say("audit_fault", where=where, stands=stands, counted=counted))
    if found["identical"]:
        tell(say("audit_clean"))
    elif differing:
        tell(say("audit_advice" if all(part["is_derived"] for part in differing) else "audit_advice_record"))


def _years(months: list[dict[str, Any]]) -> list[tuple[str, int, int, int, int]]:
    """Return year, put on the market, collected, exported in it, and outstanding at its end."""
    years: dict[str, tuple[int, int, int, int]] = {}
    for one in months:
        year = one["month"][:4]
        before = years.get(year, (0, 0, 0, 0))
        years[year] = (
            before[0] + one["on_market"],
            before[1] + one["collected"],
            before[2] + one["exported"],
            one["outstanding"],
        )
    return [(year, *counts) for year, counts in years.items()]


def _percent(share: float | None) -> str:
    return "—" if share is None else f"{share:.2%}"


def _tell_more(count: int) -> None:
    if count > SHOWN_MAX:
        tell(say("more_json", count=count - SHOWN_MAX))
