"""Sums as people read them, once more: months of an account with the rates of metals, and the account of a responsible producer."""

from collections import Counter
from datetime import date
from typing import Any

from tests.province.naive_accounts import INTO, OUT, Accounts, Flows
from tests.province.naive_mass import COLLECTORS, settle
from tests.province.naive_metals import METALS
from tests.province.naive_world import Plain, month_end

from suyuan.app.accounts import describe_month
from suyuan.app.producers import _describe_account
from suyuan.core.account import merge_flows
from suyuan.core.contribution import Tally
from suyuan.core.participant import Counted
from suyuan.core.stock import by_site, holds_new_goods, settle_counts

Month = dict[str, tuple[int, dict[str, int], int]]


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
        if opening or closing or moved:
            told[item] = opening, dict(moved), closing
    return told


def read_rates(flows: Flows, month: str) -> dict[str, tuple[int, int, float | None]]:
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


def compare_readings(
    engine: Any, plain: Plain, accounts: Accounts, counts: Counter[Any], tallies: Counter[Tally], day: date
) -> list[str]:
    """Return the differences between what is read of accounts and producers by the program and here."""
    differences: list[str] = []
    merged = merge_flows(flow for verdict in engine.verdicts.values() for flow in verdict.flows)
    for uscc in plain.usccs:
        theirs = [flow for flow in merged if flow.uscc == uscc]
        ours = Flows({name: grams for name, grams in accounts.flows.items() if name[0] == uscc})
        if not theirs and not ours:
            continue
        may_hold_new = holds_new_goods(engine.registry.roles_of(uscc, on=day))
        settled = [
            flow for own in by_site(theirs).values() for flow in settle_counts(own, may_hold_new=may_hold_new)[0]
        ]
        ours.update(settle(ours, may_hold_new=not plain.roles(uscc, day) <= COLLECTORS)[0])
        for month in sorted({f"{name[2]:%Y-%m}" for name in ours} | {f"{flow.day:%Y-%m}" for flow in theirs}):
            described = describe_month(settled, month=month, rulebook=engine.rulebook)
            items = {one["item"]: (one["opening_g"], {flow["flow"]: flow["grams"] for flow in one["flows"]}, one["closing_g"])
                     for one in described["items"] if one["opening_g"] or one["flows"]}  # fmt: skip
            rates = {
                one["metal"]: (one["fed_g"], one["recovered_g"], one["rate_percent"]) for one in described["metals"]
            }
            for what, program, model in (
                ("items", items, read_month(ours, month)),
                ("rates", rates, read_rates(ours, month)),
            ):
                if program != model:
                    differences.append(
                        f"account {(uscc, month, what)}: the program says {program}, the model says {model}"
                    )
    return differences + _compare_producers(counts, tallies)


def read_producer(counts: Counter[Any], producer: str) -> dict[str, list[tuple[str, int, int, int, int]]]:
    """Return by province and month what a producer put on the market, what was collected and exported, and what is outstanding."""
    told: dict[str, list[tuple[str, int, int, int, int]]] = {}
    mine = {name: count for name, count in counts.items() if name[0] == "market" and name[2] == producer and count}
    for province in sorted({name[1] for name in mine}):
        left = 0
        for month in sorted({name[5] for name in mine if name[1] == province}):
            came, collected, exported = (
                sum(count for name, count in mine.items() if (name[1], name[4], name[5]) == (province, status, month))
                for status in ("on_market", "collected", "exported")
            )
            left += came - collected - exported
            told.setdefault(province, []).append((month, came, collected, exported, left))
    return told


def _compare_producers(counts: Counter[Any], tallies: Counter[Tally]) -> list[str]:
    differences = []
    for producer in sorted(
        {one.party for one in tallies if one.name == "market"} | {name[2] for name in counts if name[0] == "market"}
    ):
        described = _describe_account(
            Counted(one, count) for one, count in tallies.items() if (one.name, one.party) == ("market", producer)
        )
        program = {
            one["province"] or "": [
                (m["month"], m["on_market"], m["collected"], m["exported"], m["outstanding"]) for m in one["months"]
            ]
            for one in described["provinces"]
        }
        model = read_producer(counts, producer)
        if program != model:
            differences.append(f"producer {producer}: the program says {program}, the model says {model}")
    return differences
