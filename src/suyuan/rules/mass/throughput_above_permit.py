"""More was fed in a year than the permits allow (处理量超过许可能力)."""

from collections.abc import Iterator
from datetime import date
from itertools import groupby

from suyuan.core.account import BATTERY, LOT
from suyuan.core.finding import Finding, Rule
from suyuan.core.participant import ParticipantView

GRAMS_PER_TONNE = 1_000_000


def throughput_above_permit(view: ParticipantView) -> Iterator[Finding]:
    """Find the first day in force on which a year's batteries and lots fed exceed the capacity of all its permits.

    What was fed before counts in; where it was too much already, only further feed breaks the rule.
    """
    fed = sorted(
        (flow for flow in view.flows if flow.flow == "fed" and flow.item in (BATTERY, LOT)), key=lambda one: one.day
    )
    for year, of_year in groupby(fed, key=lambda flow: flow.day.year):
        capacity_t = _capacity_t(view, year)
        if capacity_t is None:
            continue
        fed_g = 0
        exceeded_on = None
        for flow in of_year:
            fed_g += flow.grams
            if exceeded_on is None and fed_g > capacity_t * GRAMS_PER_TONNE and RULE.is_in_force(flow.day):
                exceeded_on = flow.day
        if exceeded_on is not None:
            evidence = {"year": year, "fed_g": fed_g, "capacity_t": capacity_t, "exceeded_on": exceeded_on.isoformat()}
            yield RULE.find_of_participant(view, period=str(year), on=exceeded_on, evidence=evidence)


def _capacity_t(view: ParticipantView, year: int) -> int | None:
    """Return the tonnes of all permits in force at the turn of any month of a year that name a capacity; None where none does."""
    most_t: dict[tuple[str, str], int] = {}
    for day in (*(date(year, month, 1) for month in range(1, 13)), date(year, 12, 31)):
        for one in view.registry.licences_of(view.uscc, on=day):
            if one.capacity_t is not None:
                permit = (one.kind, one.number)
                most_t[permit] = max(one.capacity_t, most_t.get(permit, 0))
    return sum(most_t.values()) if most_t else None


RULE = Rule(
    name="throughput_above_permit",
    family="mass",
    title="More was fed in a year than the permits allow",
    title_zh="年处理量超过许可能力",
    weight="violation",
    kinds=(),
    families=(),
    competent_line="ecology",
    source="Art. 18: no comprehensive utilization without investment filing, environmental assessment, discharge permit",
    verified=False,
    in_force_from="2026-04-01",
    counts="Batteries and lots fed to recovery in a calendar year weigh more than the capacity of all permits in force in that year.",
    counts_not="Enterprises of which no permit, or no permit with a capacity, is registered: unknown is not none. What was fed "
    "above the capacity before April 2026, as long as nothing is fed since.",
    counts_zh="一个自然年内投入再生利用的电池和批次质量，超过当年有效许可的能力之和。",
    counts_not_zh="未登记许可、或许可未载明能力的企业：未知不等于没有。2026 年 4 月以前已超出、此后未再投料的部分。",
    remedy="The enterprise has the capacity corrected or extended before it feeds more; the authority checks the permits registered.",
    remedy_zh="企业在继续投料前办理能力变更或扩建手续；主管部门核对登记的许可。",
    check_participant=throughput_above_permit,
)
