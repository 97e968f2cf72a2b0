"""Forecasts, leakage and the check of the published table, for people."""

from typing import Any

from suyuan.cli.screen import make_table, show, tell
from suyuan.cli.words import say


def print_check(found: dict[str, Any]) -> None:
    """Print how each table compares, the values that differ most, and the verdict."""
    heads = ("head_table", "head_rows_within", "head_values_within", "head_largest_beyond")
    rows = [
        (
            one["table"],
            f"{one['rows_within']}/{one['rows']}",
            f"{one['values_within']}/{one['values']}",
            f"{one['largest_beyond_rounding']:.2e}",
        )
        for one in found["tables"]
    ]
    show(make_table([say(head) for head in heads], rows, whole=(0,)))
    for table in found["tables"]:
        if table["differing"]:
            names = ("fleet", "battery_type", "year", "amount", "printed", "computed")
            differing = [[one[name] for name in names] for one in table["differing"]]
            show(make_table([say(f"head_{name}") for name in names], differing, title=table["table"]))
    _tell_verdict(found)


def _tell_verdict(found: dict[str, Any]) -> None:
    def total(name: str) -> int:
        return sum(one[name] for one in found["tables"])

    rows, telling = total("rows"), total("values_printed_finer_than_tolerance")
    more = {"tolerance": found["tolerance"], "source": found["source"]}
    if found["agrees"]:
        tell(say("check_agrees", rows=rows, **more))
    else:
        tell(say("check_differs", rows=rows, count=rows - total("rows_within"), **more))
    largest = max(one["largest_relative_of_these"] for one in found["tables"])
    tell(say("check_rounding", telling=telling, plain=total("of_these_within_without_allowance"), largest=largest))
    tell(say("check_coarse", rest=total("values") - telling))
