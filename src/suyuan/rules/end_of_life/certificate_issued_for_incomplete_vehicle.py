"""Recovery certificate issued for an incomplete vehicle (为电池缺失车辆出具回收证明)."""

from collections.abc import Iterator

from suyuan.core.finding import End, Finding, Rule, Weight
from suyuan.core.vehicle import VehicleState
from suyuan.rules.end_of_life.scrapped_vehicle_battery_missing import is_absence_explained


def certificate_issued_for_incomplete_vehicle(end: End) -> Iterator[Finding]:
    """Find each certificate for a vehicle that misses a pack, whichever was reported first."""
    state: VehicleState = end.state
    if not state.missing:
        return
    weight: Weight = "lead" if is_absence_explained(state) else "violation"
    for key, certified_on in state.certificates:
        if RULE.is_in_force(certified_on):
            evidence = {
                "missing": list(state.missing),
                "scrapped_on": state.scrapped_on.isoformat() if state.scrapped_on else None,
                "certified_on": certified_on.isoformat(),
            }
            yield RULE.find_about(
                end.subject,
                key=key,
                on=certified_on,
                party=key[0],
                evidence=evidence,
                weight=weight,
                about=state.missing,
            )


RULE = Rule(
    name="certificate_issued_for_incomplete_vehicle",
    family="end_of_life",
    title="Recovery certificate issued for an incomplete vehicle",
    title_zh="为电池缺失车辆出具报废回收证明",
    weight="violation",
    kinds=("recovery_certificate_issued",),
    families=("vehicle",),
    competent_line="commerce",
    source="Interim Measures (Order 73): a scrapped NEV without its battery counts as missing; the effect on the recovery "
    "certificate awaits detailed measures (unverified)",
    verified=False,
    in_force_from="2026-04-01",
    counts="Each recovery certificate for a vehicle of which a pack is missing; held against its own certifier.",
    counts_not="Complete vehicles, swap vehicles, vehicles of unknown birth; a lead while a replacement record and a "
    "recovery voucher are stated, or where as many packs with a temporary code were found as are missing; "
    "nothing once the packs turned up.",
    counts_zh="为缺失电池包的车辆出具的每一份回收证明；分别指向各自的出具方。",
    counts_not_zh="完整车辆、换电车辆、生产未知的车辆；载明更换记录和回收凭证期间，或车上所见使用临时编码的电池包不少于缺失数的，为线索；电池包出现后不再计。",
    remedy="Report where the pack is; or withdraw the certificate until it is known.",
    remedy_zh="补报电池去向；在查明之前撤回回收证明。",
    check_end=certificate_issued_for_incomplete_vehicle,
)
