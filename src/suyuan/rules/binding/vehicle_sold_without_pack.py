"""New vehicle sold without a battery (新车无电池销售)."""

from collections.abc import Iterator

from suyuan.core.finding import Finding, Rule, Step
from suyuan.core.vehicle import VehicleState


def vehicle_sold_without_pack(step: Step) -> Iterator[Finding]:
    """Find the first sale of a new vehicle to which no pack is bound on that day."""
    before: VehicleState = step.before
    is_first_new_sale = step.event.body.get("sale_kind", "new") == "new" and before.sold_on is None
    if is_first_new_sale and before.is_born and not before.is_swap_vehicle and not before.packs:
        evidence = {
            "built_by": before.built_by,
            "built_on": before.built_on.isoformat() if before.built_on else None,
            "sold_by": step.event.reporter,
            "packs_before": list(before.ever_packs),
        }
        weight = RULE.weight_on(step.event.occurred_on)
        yield RULE.find(step, weight=weight, party=before.built_by, evidence=evidence, about=before.ever_packs)


RULE = Rule(
    name="vehicle_sold_without_pack",
    family="binding",
    title="New vehicle sold without a bound battery",
    title_zh="新车销售时未绑定电池",
    weight="violation",
    kinds=("vehicle_sold",),
    families=("vehicle",),
    competent_line="industry",
    source="2018 interim provisions on traceability; Interim Measures (Order 73): vehicle producers report which "
    "battery is in which vehicle (article unknown)",
    verified=False,
    in_force_from="2018-08-01",
    counts="The first sale as new of a vehicle whose production was reported and to which no pack is bound at the end "
    "of that day.",
    counts_not="Swap vehicles; second-hand vehicles and wrecks; vehicles whose production nobody reported; a pack "
    "fitted on the day of sale.",
    counts_zh="已报告生产的车辆首次作为新车销售，当日终了没有绑定电池包。",
    counts_not_zh="换电车辆；二手车和事故残车；生产无人报告的车辆；销售当日装上的电池包。",
    remedy="The vehicle producer reports the packs: the production again with its packs, or the fitting.",
    remedy_zh="由汽车生产企业补报所装电池（重新报送下线信息或装车信息）。",
    check=vehicle_sold_without_pack,
)
