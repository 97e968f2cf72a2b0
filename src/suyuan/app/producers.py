"""The account of responsible producers per province: put on the market, collected, exported, outstanding.

What counts as what stands in `core.market`. Outstanding is what was put on the market and neither collected nor exported.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from suyuan.app.context import Context
from suyuan.app.coverage import name_division, name_participant
from suyuan.core.participant import Counted
from suyuan.store.sums import read_tallies

STATUSES = ("on_market", "collected", "exported")
Months = dict[str, Counter[str]]


def read_producer_accounts(context: Context, *, uscc: str | None = None) -> list[dict[str, Any]]:
    """Return the account of every responsible producer, or of one, which is empty where it put nothing on the market."""
    by_producer: dict[str, list[Counted]] = {uscc: []} if uscc else {}
    for one in read_tallies(context.connection, name="market", party=uscc):
        by_producer.setdefault(one.tally.party, []).append(one)
    name = name_participant(context)
    return [
        {"producer": producer or None, "name": name(producer), **_describe_account(counted)}
        for producer, counted in sorted(by_producer.items())
    ]


def _describe_account(counted: Iterable[Counted]) -> dict[str, Any]:
    by_province: dict[str, Months] = {}
    for one in counted:
        months = by_province.setdefault(one.tally.place, {})
        months.setdefault(one.tally.month, Counter())[one.tally.status] += one.count
    provinces = [
        {"province": place or None, "name": name_division(place), **_total(months), "months": _run(months)}
        for place, months in sorted(by_province.items())
    ]
    return {
        "provinces": provinces,
        **{name: sum(one[name] for one in provinces) for name in (*STATUSES, "outstanding")},
    }


def _total(months: Months) -> dict[str, int]:
    total = {status: sum(counts[status] for counts in months.values()) for status in STATUSES}
    return {**total, "outstanding": total["on_market"] - total["collected"] - total["exported"]}


def _run(months: Months) -> list[dict[str, Any]]:
    """Return what came in each month, and what was outstanding at its end."""
    outstanding = 0
    told = []
    for month in sorted(months):
        counts = {status: months[month][status] for status in STATUSES}
        outstanding += counts["on_market"] - counts["collected"] - counts["exported"]
        told.append({"month": month, **counts, "outstanding": outstanding})
    return told
