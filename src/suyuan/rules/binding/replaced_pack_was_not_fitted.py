"""Replaced pack was not in the vehicle (更换下的电池并未装于该车)."""

from collections.abc import Iterator

from suyuan.core.finding import Finding, Rule, Step
from suyuan.core.vehicle import VehicleState


def replaced_pack_was_not_fitted(step: Step) -> Iterator[Finding]:
    """Find a replacement that takes off a pack which the vehicle, whose packs are known, does not have."""
    before: VehicleState = step.before
    body = step.event.body
    removed = body["removed_battery_code"]
    if not before.is_born or before.is_swap_vehicle or removed in before.packs or _is_told_again(before, body):
        return
    evidence = {
        "removed_battery_code": removed,
        "fitted_battery_code": body["fitted_battery_code"],
        "bound": list(before.packs),
    }
    yield RULE.find(step, party=None, evidence=evidence, about=[removed, *before.packs])


def _is_told_again(before: VehicleState, body: dict[str, str]) -> bool:
    """Tell whether the pack was in the vehicle and its leaving is known: by the same replacement, or by a removal."""
    is_place_empty = len(before.packs) < max(1, len(before.birth_packs))
    return body["removed_battery_code"] in before.ever_packs and (
        is_place_empty or body["fitted_battery_code"] in before.packs
    )


RULE = Rule(
    name="replaced_pack_was_not_fitted",
    family="binding",
    title="Replaced pack was not in the vehicle",
    title_zh="更换下的电池并未绑定于该车",
    weight="violation",
    kinds=("battery_replaced",),
    families=("vehicle",),
    competent_line="transport",
    source="2018 interim provisions on traceability; Interim Measures (Order 73): repairers report replacements "
    "(article unknown)",
    verified=False,
    in_force_from="2018-08-01",
    counts="A replacement whose removed pack was not bound to the vehicle, whose packs are all known: first a lead, a "
    "violation when nobody confirms or corrects it in time.",
    counts_not="Vehicles whose production nobody reported; swap vehicles; the same replacement told by a second "
    "party; a removal reported before the replacement.",
    counts_zh="更换报告中拆下的电池包并未绑定于该车，而该车的电池包均为已知：先为线索，逾期无人确认或更正的转为疑似违规。",
    counts_not_zh="生产无人报告的车辆；换电车辆；另一方报告的同一次更换；更换之前已报告拆卸。",
    remedy="The repairer compares the label and withdraws a mistyped report; or the missing fitting is reported.",
    remedy_zh="维修企业核对标签，撤回录入错误的报告；或补报此前的装车。",
    check=replaced_pack_was_not_fitted,
    is_conflict=True,
)
