"""Forecasts, leakage and the check of the published table, for people."""

from typing import Any

from suyuan.cli.screen import make_table, show, tell
from suyuan.cli.view_lists import SHOWN_MAX
from suyuan.cli.words import language, say

_THOUSAND = 1_000
_METALS = ("lithium", "nickel", "cobalt")


def print_forecast(found: dict[str, Any]) -> None:
    """Print the forecast: all amounts as bands by year, or the central mass of each group with the years side by side."""
    if found["by"] == "year":
        _print_years(found["rows"])
    else:
        _print_groups(found["rows"], found["by"])
    if "recovered" in found:
        _print_recovered(found["recovered"])
    tell(say("forecast_basis", basis=(found["basis_zh"], found["basis"])))
    life = found["life"]
    means = life["mean_years"]
    tell(say("forecast_life", shape=life["shape"], calibrated=means["central"], low=means["low"], high=means["high"]))
    if held := found["held"]:
        tell(say("forecast_held", sold=held["sold"], in_use=held["in_use"], until=found["known_until"]))
    if seen := life["observed"]:
        more = {
            "learned": life["learned_mean_years"]["central"],
            "expected": seen["expected_exits"],
            "share": seen["reported_share"],
        }
        tell(say("forecast_learned", since=seen["since"], exits=seen["exits"], weight=seen["weight"], **more))
    tell(say("forecast_unverified"))


def _print_years(rows: list[dict[str, Any]]) -> None:
    names = [
        name for name in ("packs", "gwh", "kt", "replaced_kt", *(f"{metal}_t" for metal in _METALS)) if name in rows[0]
    ]
    lines = [[row["year"], *(_tell_band(row[name], name) for name in names)] for row in rows]
    show(make_table([say("head_year"), *(say(f"head_{name}") for name in names)], lines, title=say("title_forecast")))


def _print_groups(rows: list[dict[str, Any]], by: str) -> None:
    years = sorted({row["year"] for row in rows})
    groups: dict[str, list[str]] = {}
    for row in rows:
        name = f"{row['name']} {row[by]}" if row.get("name") else row[by]
        groups.setdefault(name, []).append(_tell_amount(row["kt"]["central"]))
    lines = [[name, *amounts] for name, amounts in groups.items()]
    show(make_table([say("head_group"), *map(str, years)], lines, title=say("title_forecast_kt"), whole=(0,)))


def _print_recovered(years: list[dict[str, Any]]) -> None:
    if not years:
        tell(say("no_recovered"))
        return
    heads = [f"{say(f'head_{metal}_t')} {say(f'head_{what}')}" for metal in _METALS for what in ("fed", "recovered")]
    lines = [
        [one["year"], *(_tell_amount(one[f"{metal}_{what}_t"]) for metal in _METALS for what in ("fed", "recovered"))]
        for one in years
    ]
    show(make_table([say("head_year"), *heads], lines, title=say("title_recovered")))


def _tell_band(band: dict[str, float], name: str) -> str:
    unit = _THOUSAND if name == "packs" else 1
    return " · ".join(_tell_amount(band[which] / unit) for which in ("low", "central", "high"))


def _tell_amount(amount: float) -> str:
    """Return an amount as people read it: no decimals above a hundred, three figures below."""
    return f"{amount:,.0f}" if abs(amount) >= 100 else f"{amount:.3g}"  # noqa: PLR2004 - a matter of reading


def print_leakage(found: dict[str, Any]) -> None:
    """Print expected, seen and unseen vehicles by group and year, the total last."""
    if not found["leakage"]:
        tell(say("no_leakage"))
        return
    by = found["by"]
    heads = ["year"] if by == "year" else ["year", "group"]
    lines = [
        [one["year"], *([] if by == "year" else [one["name"] or one[by] or "—"]), *_leakage_cells(one)]
        for one in found["leakage"][:SHOWN_MAX]
    ]
    lines.append([say("total"), *([] if by == "year" else [""]), *_leakage_cells(found["total"])])
    heads += ["in_use", "expected", "seen", "incomplete", "unseen", "interval"]
    show(make_table([say(f"head_{head}") for head in heads], lines))
    if len(found["leakage"]) > SHOWN_MAX:
        tell(say("more_json", count=len(found["leakage"]) - SHOWN_MAX))
    meaning = found["meaning_zh"] if language() == "zh" else found["meaning"]
    tell(say("leakage_window", since=found["since"], until=found["known_until"], meaning=meaning))


def _leakage_cells(one: dict[str, Any]) -> list[str]:
    return [
        *(_tell_amount(one[name]) for name in ("in_use", "expected", "seen", "seen_incomplete", "unseen")),
        f"{one['unseen_low']:,.0f} … {one['unseen_high']:,.0f}",
    ]


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
