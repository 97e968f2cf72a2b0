"""More metal was recovered than was fed (产出金属多于投料)."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from suyuan.core.account import BATTERY, CONTAINED, LOT
from suyuan.core.catalogue import MATERIALS
from suyuan.core.composition import METALS, least_metals_of_material, most_metals_of_material
from suyuan.core.contribution import Flow
from suyuan.core.finding import Finding, Rule, Step
from suyuan.core.month import MONTHS_PER_YEAR, add_months
from suyuan.core.participant import ParticipantView
from suyuan.core.recovery import exceeds, fed_codes
from suyuan.core.stock import by_site, total_g

PERMILLE = 1000
STRUCTURE_METALS = frozenset({"copper", "aluminium"})


def metal_that_was_never_in_the_feed(step: Step) -> Iterator[Finding]:
    """Find metals in the outputs of one recovery that nothing fed to it can hold, above a floor for dirt and scales."""
    event, feed = step.event, step.feed
    recovered = [least_metals_of_material(output) for output in event.body["outputs"]]
    recovered_g = {metal: sum(metals.get(metal, 0) for metals in recovered) for metal in METALS}
    floor_permille = step.rulebook.threshold("recovered_metal_floor_permille", on=event.occurred_on)
    feed_g = max(feed.goods_g, event.body["input_mass_g"])
    strange = {
        f"{metal}_g": grams
        for metal, grams in recovered_g.items()
        if feed.most_g[metal] == 0 and grams * PERMILLE > feed_g * floor_permille
    }
    if strange:
        evidence = {"metals": strange, "feed_g": feed_g, "floor_permille": floor_permille}
        yield RULE.find(step, party=event.reporter, evidence=evidence, about=fed_codes(event))


def metal_beyond_a_years_feed(view: ParticipantView) -> Iterator[Finding]:
    """Find sites that recovered more of a metal in twelve months than all that was fed, bought and in process can hold."""
    since = add_months(view.day, -MONTHS_PER_YEAR)
    for site, flows in by_site(view.flows).items():
        strange = {f"{metal}_g": account for metal in METALS if (account := _account_beyond(flows, metal, view, since))}
        if strange:
            is_start_known = any(flow.flow == "charged_at_most" and flow.day <= since for flow in flows)
            evidence = {
                "site": site,
                "since": since.isoformat(),
                "until": view.day.isoformat(),
                "metals": strange,
                "is_work_in_process_known": is_start_known,
            }
            weight = RULE.weight if is_start_known else "lead"
            yield RULE.find_of_participant(view, period=site or "all", on=view.day, evidence=evidence, weight=weight)


def _account_beyond(flows: Sequence[Flow], metal: str, view: ParticipantView, since: date) -> dict[str, Any] | None:
    """Return what of a metal was recovered in the months after a day and what there can have been, None if that suffices."""
    item, rulebook, first = CONTAINED[metal], view.rulebook, since + timedelta(days=1)
    recovered_g = total_g(flows, "extracted", item=item, since=first)
    in_process_g = total_g(flows, "charged_at_most", item=item, until=since) - total_g(
        flows, "extracted", item=item, until=since
    )
    fed_g = total_g(flows, "charged_at_most", item=item, since=first)
    most_g = max(0, in_process_g) + fed_g + _bought_at_most(flows, metal)
    feed_g = sum(total_g(flows, "fed", item=one, since=first) for one in (BATTERY, LOT, *MATERIALS))
    key = "recovered_structure_metal" if metal in STRUCTURE_METALS else "recovered_metal"
    percent = rulebook.threshold(f"{key}_tolerance_percent", on=view.day)
    floor_g = feed_g * rulebook.threshold("recovered_metal_floor_permille", on=view.day) // PERMILLE
    if not exceeds(recovered_g - floor_g, most_g, percent=percent):
        return None
    return {"recovered_g": recovered_g, "most_g": most_g, "tolerance_percent": percent, "floor_g": floor_g}


def _bought_at_most(flows: Sequence[Flow], metal: str) -> int:
    """Return the most of a metal that materials bought can hold, whether or not a recovery names them as fed."""
    bought = ({"material": one.item, "mass_g": one.grams} for one in flows if one.flow == "bought")
    return sum(most_metals_of_material(one)[metal] for one in bought if one["material"] in MATERIALS)


RULE = Rule(
    name="recovered_more_than_fed",
    family="mass",
    title="More metal was recovered than was fed",
    title_zh="产出金属多于投料所含",
    weight="violation",
    kinds=("material_recovered",),
    families=("recovery",),
    competent_line="industry",
    source="conservation of mass; composition by BatPaC 5.1 (Busch et al. 2025); floor and tolerances: platform choice",
    verified=False,
    in_force_from="2018-08-01",
    counts=(
        "At once: an output holds a metal that none of the batteries, lots and materials fed can hold, above 0.5 % of the feed "
        "mass; stated metal counts, else what a material of that name surely holds. Over twelve months, by site: more of a metal "
        "recovered than everything fed, bought, and in process before can hold, with tolerance and floor; a lead while no feed "
        "older than twelve months is on record, for then nobody knows what was in process."
    ),
    counts_not=(
        "Feed of unreported birth or chemistry, of unknown mass, or beyond the goods named: it may hold anything. "
        "A chemistry that is not reported is the richest that the battery-type letter of the code allows."
    ),
    counts_zh="立即：产出含有投入的电池、批次和材料均不可能含有的金属，且超过投料质量的 0.5 %（以填报的金属量为准，否则以"
    "该名称材料必然所含为准）。按场所、十二个月：某金属产出多于投入、购入和原在制品可能所含，计入容差和下限；没"
    "有十二个月以前投料记录的为线索，因为原在制品无从得知。",
    counts_not_zh="生产或化学体系未报告、质量未知或超出所列货物的投料：可能含有任何金属。化学体系未报告的，按编码中电池类型代"
    "码允许的最富含者计。",
    remedy="The enterprise names everything that was fed (codes, lots, materials) or corrects the outputs, and reports again.",
    remedy_zh="企业补报全部投料（编码、批次、材料）或更正产出后重新报送。",
    check=metal_that_was_never_in_the_feed,
    check_participant=metal_beyond_a_years_feed,
)
