"""Scrapped vehicle with another battery than its own (报废车辆电池与登记不符)."""

from collections.abc import Iterator

from suyuan.core.finding import End, Finding, Rule, Weight
from suyuan.core.vehicle import VehicleState


def scrapped_vehicle_battery_is_another(end: End) -> Iterator[Finding]:
    """Find packs on a scrapped vehicle that were never reported to be fitted there."""
    state: VehicleState = end.state
    if not state.strange or state.scrapping is None or state.scrapped_on is None:
        return
    evidence = {"expected": list(state.expected), "found": list(state.found), "strange": list(state.strange)}
    weight: Weight = "violation" if RULE.is_in_force(state.scrapped_on) else "notice"
    yield RULE.find_about(
        end.subject,
        key=state.scrapping,
        on=state.scrapped_on,
        party=None,
        evidence=evidence,
        weight=weight,
        about=state.strange,
    )


RULE = Rule(
    name="scrapped_vehicle_battery_is_another",
    family="end_of_life",
    title="Scrapped vehicle with another battery than its own",
    title_zh="报废车辆电池与登记不符",
    weight="violation",
    kinds=("vehicle_scrapped",),
    families=("vehicle",),
    competent_line="commerce",
    source="Interim Measures (Order 73): vehicle and battery are scrapped together; what counts is the battery bound to "
    "the VIN (article unknown)",
    verified=False,
    in_force_from="2026-04-01",
    counts="A pack found at the scrapping that is not bound to the VIN on that day. Held against nobody: the dismantler "
    "tells what it saw, and who fitted the pack is not known.",
    counts_not="Swap vehicles; vehicles whose production was never reported; a pack of this vehicle that was reported "
    "removed and is found on it again; a pack with a temporary code, which may well be its own; a notice before the rule was in force.",
    counts_zh="报废时所见的电池包当日并未绑定于该车。不指向任何一方：拆解企业如实报告所见，而由谁装上不得而知。",
    counts_not_zh="换电车辆；生产从未报告的车辆；已报告拆卸、又在本车上见到的本车电池包；使用临时编码的电池包（可能即本车电池）；规则施行前为提示。",
    remedy="Whoever fitted the pack reports the replacement; or the dismantler withdraws a mistyped code.",
    remedy_zh="由实际更换方补报更换；编码录错的由拆解企业撤回重报。",
    check_end=scrapped_vehicle_battery_is_another,
)
