"""More left an enterprise than it ever had (账面库存为负)."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from suyuan.core.account import FLOWS, LOT
from suyuan.core.catalogue import MATERIALS
from suyuan.core.contribution import Flow
from suyuan.core.finding import Finding, Rule
from suyuan.core.participant import ParticipantView
from suyuan.core.recovery import PERCENT
from suyuan.core.stock import closing_stocks, opening_count_g, total_g

HOUSING_MATERIALS = frozenset({"copper", "aluminium", "steel", "plastic", "electrolyte", "other"})


def stock_negative(view: ParticipantView) -> Iterator[Finding]:
    """Find the days on which the stock of lots or of a material falls below zero, beyond the tolerance.

    Each fall is told once: on its day, or if that was before the rule was in force, on the first day since on which anything
    is taken from the stock while it still is below. Days that reports may still explain are left alone. It is a lead where
    nobody knows what was there before the first report: no stock was counted by then, and the first report is not old
    enough for that stock to be used up.
    """
    settling_days = view.rulebook.threshold("account_settling_days", on=view.day)
    flows = [flow for flow in view.flows if flow.day <= view.day - timedelta(days=settling_days)]
    for item in (LOT, *MATERIALS):
        taken_on = {flow.day for flow in flows if flow.item == item and FLOWS[flow.flow].direction < 0}
        was_below = is_told = False
        for day, stock_g, came_g in closing_stocks(flows, item=item):
            tolerance_g = max(
                came_g * view.rulebook.threshold("stock_tolerance_percent", on=day) // PERCENT,
                view.rulebook.threshold("stock_tolerance_floor_g", on=day),
            )
            is_below = stock_g + _elsewhere_g(flows, item, day) < -tolerance_g
            is_new = not is_told and (not was_below or day in taken_on)
            if is_below and is_new and RULE.is_in_force(day):
                is_told = True
                yield _find(view, flows, item, day, {"stock_g": stock_g, "came_g": came_g, "tolerance_g": tolerance_g})
            was_below, is_told = is_below, is_below and is_told


def _elsewhere_g(flows: list[Flow], item: str, day: date) -> int:
    """Return what of an item may come from elsewhere: housings of batteries taken apart, uncoded goods counted."""
    if item in HOUSING_MATERIALS:
        return total_g(flows, "taken_apart", until=day) - total_g(flows, "from_dismantling", until=day)
    return opening_count_g(flows) if item == LOT else 0


def _find(view: ParticipantView, flows: list[Flow], item: str, day: date, amounts: dict[str, int]) -> Finding:
    opening_days = view.rulebook.threshold("opening_stock_days", on=day)
    first = min(flow.day for flow in flows)
    is_counted = item == LOT and any(flow.flow == "count" and flow.day <= day for flow in flows)
    is_opening_known = is_counted or first + timedelta(days=opening_days) <= day
    evidence: dict[str, Any] = {
        "item": item,
        "day": day.isoformat(),
        **amounts,
        "is_opening_stock_known": is_opening_known,
    }
    if not is_opening_known:
        evidence |= {"first_report_on": first.isoformat(), "opening_stock_days": opening_days}
    weight = RULE.weight if is_opening_known else "lead"
    period = f"{item}:{day.isoformat()}"
    return RULE.find_of_participant(view, period=period, on=day, evidence=evidence, weight=weight)


RULE = Rule(
    name="stock_negative",
    family="mass",
    title="More left than was ever there",
    title_zh="账面库存为负",
    weight="violation",
    kinds=(),
    families=(),
    competent_line="industry",
    source="conservation of mass; tolerance, floor and days: platform choice",
    verified=False,
    in_force_from="2026-04-01",
    counts=(
        "At the end of a day the enterprise has handed on, fed or sold more of its lots or of a material than it declared, received, "
        "bought and recovered until then, beyond the tolerance and 100 kg. What was below zero before April 2026 counts as soon as "
        "more is taken from it."
    ),
    counts_not=(
        "Days within the settling time, for reports may still come. A stock that fell below zero before April 2026, as long as "
        "nothing is taken from it since. Housings of batteries taken apart and stock counted are counted in. A lead, not a "
        "violation, while the stock before the first report is unknown: in the first year, for lots only until a stock count."
    ),
    counts_zh="某日终了，企业移交、投料或出售的批次或材料，多于截至当日申报、接收、购入和回收之和，超过容差和 100 千克。"
    "2026 年 4 月以前已为负的库存，此后再有支出即计。",
    counts_not_zh="尚在结算期内的日期（报告可能未到）；2026 年 4 月以前已为负、此后未再支出的库存；已拆解电池的外壳和盘点的库存计算在内。"
    "首份报告之前的库存未知期间为线索而非违规：第一年内；批次如有盘点，至首次盘点。",
    remedy="The enterprise reports what is missing: receipts, purchases, lots, recoveries, or a count of its opening stock.",
    remedy_zh="企业补报遗漏的入库、购入、批次、再生利用，或盘点期初库存。",
    check_participant=stock_negative,
)
