"""Sums as people read them, once more: months of an account, rates of metals, coverage, the account of a responsible producer."""

from collections import Counter
from datetime import date
from typing import Any

from tests.province.naive_accounts import INTO, OUT, Accounts, Flows
from tests.province.naive_mass import COLLECTORS, settle
from tests.province.naive_metals import METALS
from tests.province.naive_world import Plain, month_end

from suyuan.app.accounts import describe_month, read_accounts
from suyuan.app.context import Context
from suyuan.app.coverage import read_coverage
from suyuan.app.producers import read_producer_accounts
from suyuan.core.account import merge_flows
from suyuan.core.stock import by_site, holds_new_goods, settle_counts

Month = dict[str, tuple[int, dict[str, int], int]]
Rates = dict[str, tuple[int, int, float | None]]
Provinces = dict[str, list[tuple[str, int, int, int, int]]]
STATUSES = ("on_market", "collected", "exported")


def read_account(plain: Plain, accounts: Accounts, uscc: str, day: date) -> Flows:
    """Return the flows of an enterprise with what its counts of stock corrected."""
    mine = Flows({name: grams for name, grams in accounts.flows.items() if name[0] == uscc})
    mine.update(settle(mine, may_hold_new=not plain.roles(uscc, day) <= COLLECTORS)[0])
    return mine


def read_month(flows: Flows, month: str) -> Month:
    """Return by item what was there, what came and went, and what is left in a month of a settled account."""
    first, last, told = date.fromisoformat(f"{month}-01"), month_end(month), {}
    for item in {name[3] for name in flows}:
        opening, closing, moved = 0, 0, Counter[str]()
        for (_, _, day, what, flow), grams in flows.items():
            if what == item and day <= last:
                signed = grams if flow in INTO else -grams if flow in OUT else 0
                opening += signed if day < first else 0
                closing += signed
                if day >= first and signed:
                    moved[flow] += grams
        if opening or moved:
            told[item] = opening, dict(moved), closing
    return told


def read_rates(flows: Flows, month: str) -> Rates:
    """Return by metal what was fed and recovered in a month, and its rate unless an output states nothing of it."""
    told = {}
    for metal in METALS:
        grams: Counter[str] = Counter()
        for (_, _, day, item, flow), one in flows.items():
            if item == f"contained_{metal}" and f"{day:%Y-%m}" == month:
                grams[flow] += one
        fed, recovered = grams["charged"] + grams["refed"], grams["extracted"]
        if fed or recovered:
            told[metal] = fed, recovered, round(recovered * 100 / fed, 1) if fed and not grams["unstated"] else None
    return told


def read_producer(counts: Counter[Any], producer: str) -> Provinces:
    """Return by province and month what a producer put on the market, what was collected and exported, and what is outstanding."""
    told: Provinces = {}
    mine = {name: count for name, count in counts.items() if name[0] == "market" and name[2] == producer and count}
    for province in sorted({name[1] for name in mine}):
        left = 0
        for month in sorted({name[5] for name in mine if name[1] == province}):
            came, collected, exported = (
                sum(count for name, count in mine.items() if (name[1], name[4], name[5]) == (province, status, month))
                for status in STATUSES
            )
            left += came - collected - exported
            told.setdefault(province, []).append((month, came, collected, exported, left))
    return told


def read_shares(counts: Counter[Any], *, place: int) -> dict[str | None, tuple[int, int]]:
    """Return live and whole packs by division (place 1 of what is counted) or by producer (place 2)."""
    told: dict[str | None, tuple[int, int]] = {}
    for name, count in counts.items():
        if name[0] == "coverage" and count:
            live, whole = told.get(name[place] or None, (0, 0))
            told[name[place] or None] = live + count, whole + (count if name[4] == "whole" else 0)
    return told


# -- beside the program --------------------------------------------------------------------------------------------


def compare_accounts(engine: Any, plain: Plain, accounts: Accounts, day: date) -> list[str]:
    """Return the differences between the months of all accounts as the program describes them and as they are read here."""
    differences: list[str] = []
    merged = merge_flows(flow for verdict in engine.verdicts.values() for flow in verdict.flows)
    for uscc in plain.usccs:
        theirs, ours = (flow for flow in merged if flow.uscc == uscc), read_account(plain, accounts, uscc, day)
        may_hold_new = holds_new_goods(engine.registry.roles_of(uscc, on=day))
        settled = [
            flow for own in by_site(theirs).values() for flow in settle_counts(own, may_hold_new=may_hold_new)[0]
        ]
        for month in sorted({f"{name[2]:%Y-%m}" for name in ours} | {f"{flow.day:%Y-%m}" for flow in settled}):
            described = describe_month(settled, month=month, rulebook=engine.rulebook)
            differences += _differ_in_month(uscc, described, ours)
    return differences


def compare_database(
    context: Context, plain: Plain, accounts: Accounts, counts: Counter[Any], *, years: tuple[int, ...]
) -> list[str]:
    """Return the differences between what is read from a database and the same worked out here."""
    differences, today = [], context.clock().date()
    for place, by in ((1, "division"), (2, "producer")):
        program = {one[by]: (one["live"], one["whole"]) for one in read_coverage(context, by=by)["coverage"]}
        if program != read_shares(counts, place=place):
            differences.append(f"coverage by {by}: the program says {program}")
    for one in read_producer_accounts(context):
        provinces = {
            province["province"] or "": [
                (month["month"], *(month[status] for status in STATUSES), month["outstanding"])
                for month in province["months"]
            ]
            for province in one["provinces"]
        }
        if provinces != read_producer(counts, one["producer"] or ""):
            differences.append(f"producer {one['producer']}: the program says {provinces}")
    for uscc in plain.usccs:
        ours = read_account(plain, accounts, uscc, today)
        for year in years:
            for described in read_accounts(context, uscc, year=year)["months"]:
                differences += _differ_in_month(uscc, described, ours)
    return differences


def _differ_in_month(uscc: str, described: dict[str, Any], ours: Flows) -> list[str]:
    month = described["month"]
    items = {one["item"]: (one["opening_g"], {flow["flow"]: flow["grams"] for flow in one["flows"]}, one["closing_g"])
             for one in described["items"] if one["opening_g"] or one["flows"]}  # fmt: skip
    rates = {one["metal"]: (one["fed_g"], one["recovered_g"], one["rate_percent"]) for one in described["metals"]}
    pairs = (("items", items, read_month(ours, month)), ("rates", rates, read_rates(ours, month)))
    return [f"account {(uscc, month, what)}: the program says {program}, the model says {model}"
            for what, program, model in pairs if program != model]  # fmt: skip
