"""New vehicle sold without a battery (新车无电池销售)."""

from collections.abc import Iterator

from suyuan.core.finding import End, Finding, Rule
from suyuan.core.vehicle import VehicleState


def vehicle_sold_without_pack(end: End) -> Iterator[Finding]:
    """Find the first sale of a new vehicle to which no pack was bound on that day, unless any report tells that it is swapped."""
    state: VehicleState = end.state
    if state.sold_empty is None or state.sold_on is None or state.is_swap_vehicle:
        return
    sale = state.sold_empty
    evidence = {
        "built_by": state.built_by,
        "built_on": state.built_on.isoformat() if state.built_on else None,
        "sold_by": sale.key[0],
        "packs_before": list(sale.packs_before),
    }
    yield RULE.find_about(
        end.subject,
        key=sale.key,
        on=state.sold_on,
        party=state.built_by,
        evidence=evidence,
        weight=RULE.weight_on(state.sold_on),
        about=sale.packs_before,
    )


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
    counts_not="Swap vehicles, whenever a report tells that it is one; second-hand vehicles and wrecks; vehicles whose production "
    "nobody reported; a pack fitted on the day of sale.",
    counts_zh="已报告生产的车辆首次作为新车销售，当日终了没有绑定电池包。",
    counts_not_zh="换电车辆（无论何时报告）；二手车和事故残车；生产无人报告的车辆；销售当日装上的电池包。",
    remedy="The vehicle producer reports the packs: the production again with its packs, or that the vehicle is swapped; or the fitting.",
    remedy_zh="由汽车生产企业补报所装电池（重新报送下线信息或装车信息），或在下线信息中注明换电车辆。",
    check_end=vehicle_sold_without_pack,
)
