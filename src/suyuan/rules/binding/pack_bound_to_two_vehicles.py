"""One pack bound to two vehicles (同一电池绑定两车)."""

from collections.abc import Iterator

from suyuan.core.battery import BINDS
from suyuan.core.battery_state import BatteryState, Binding
from suyuan.core.finding import Finding, Rule, Step


def pack_bound_to_two_vehicles(step: Step) -> Iterator[Finding]:
    """Find a pack that is bound to a vehicle while another one has not let go of it."""
    if BINDS.isdisjoint(step.event.roles):
        return
    before: BatteryState = step.before
    vin = step.event.body["vin"]
    open_stays = [stay for stay in before.bindings if stay.until is None]
    if any(stay.vin == vin for stay in open_stays):
        return  # the same binding told again
    others = [stay for stay in open_stays if not _may_have_been_swapped_out(stay, step)]
    if not others:
        return
    evidence = {
        "vin": vin,
        "bound_to": [{"vin": stay.vin, "since": stay.since.isoformat()} for stay in others],
    }
    yield RULE.find(step, party=None, evidence=evidence, about=[vin, *(stay.vin for stay in others)])


def _may_have_been_swapped_out(stay: Binding, step: Step) -> bool:
    """Tell whether the pack may have left a swap vehicle by a swap whose report need not name the pack taken out."""
    vehicle = step.facts.from_source("vehicle_of_pack", stay.vin)
    return step.event.kind.name == "battery_swapped" and vehicle is not None and "is_swap_vehicle" in vehicle


RULE = Rule(
    name="pack_bound_to_two_vehicles",
    family="binding",
    title="One pack bound to two vehicles",
    title_zh="同一电池同时绑定两辆车",
    weight="violation",
    kinds=("vehicle_produced", "vehicle_imported", "battery_fitted", "battery_swapped", "battery_replaced"),
    families=("battery",),
    competent_line="industry",
    source="2018 interim provisions on traceability; Interim Measures (Order 73): vehicle producers report which "
    "battery is in which vehicle (article unknown)",
    verified=False,
    in_force_from="2018-08-01",
    counts="A pack bound or fitted to a vehicle while it is bound to another and no removal, replacement, swap or "
    "later hand-over or receipt was reported: first a lead, a violation when nobody confirms or corrects it in time.",
    counts_not="The same binding told again; a pack of a swap vehicle put into another by a swap, since a swap need "
    "not name the pack taken out; a removal from the first vehicle on the same day.",
    counts_zh="电池包仍绑定于一辆车时又绑定或装上另一辆车，其间没有拆卸、更换、换电或移交、接收报告：先为线索，逾期无人确"
    "认或更正的转为疑似违规。",
    counts_not_zh="同一绑定再次报告；换电车辆的电池包经换电装上另一辆车（换电可不写明换下的电池）；当日已从前一辆车拆下。",
    remedy="Whoever mistyped the code withdraws that report and sends it again; or the removal from the first vehicle "
    "is reported.",
    remedy_zh="编码录入错误方撤回并重新报送，或补报自前一车辆的拆卸。",
    check=pack_bound_to_two_vehicles,
    is_conflict=True,
)
