"""Scrapped vehicle with its battery missing (报废车辆动力电池缺失)."""

from collections.abc import Iterator
from typing import Any

from suyuan.core.finding import DutyRequest, End, Finding, Rule, Weight
from suyuan.core.identifiers import IdentifierError, Uscc
from suyuan.core.vehicle import VehicleState


def scrapped_vehicle_battery_missing(end: End) -> Iterator[Finding]:
    """Find expected packs that no dismantler found and no lawful party holds, once all reports are in."""
    state: VehicleState = end.state
    if not state.missing or state.scrapping is None or state.scrapped_on is None:
        return
    missing = [_last_seen(code, end) for code in state.missing]
    evidence: dict[str, Any] = {
        "expected": list(state.expected),
        "found": list(state.found),
        "missing": missing,
        **state.statement,
    }
    weight: Weight = "violation" if RULE.is_in_force(state.scrapped_on) else "notice"
    party, duty = _only_holder(missing), None
    if weight == "violation" and is_replacement_stated(state):
        weight, party = "lead", _named_repairer(state.statement["replacement_record_no"])
        duty = DutyRequest("report_replacement", party)
    elif weight == "violation" and is_absence_explained(state):
        weight, party = "lead", None
    yield RULE.find_about(
        end.subject,
        key=state.scrapping,
        on=state.scrapped_on,
        party=party,
        evidence=evidence,
        weight=weight,
        about=state.missing,
        duty=duty,
    )


def is_replacement_stated(state: VehicleState) -> bool:
    """Tell whether the dismantler names both the record of a replacement and the voucher of the old pack's collection."""
    return bool(state.statement.get("replacement_record_no") and state.statement.get("recovery_voucher_no"))


def is_absence_explained(state: VehicleState) -> bool:
    """Tell whether a replacement is stated, or as many packs without a readable code were found as are missing."""
    return is_replacement_stated(state) or len(state.found_uncoded) >= len(state.missing)


def _last_seen(code: str, end: End) -> dict[str, Any]:
    """Return a missing pack with who is known to have had it last, and where; the vehicle's owner is not named."""
    state: VehicleState = end.state
    fact = end.facts.from_source("pack_in_hands", code)
    holder = fact["party"] if fact else _producer_before_the_sale(end)
    place = end.registry.division_of(holder, on=state.scrapped_on) if holder and state.scrapped_on else state.last_place
    return {"battery_code": code, "last_holder": holder, "place": place}


def _producer_before_the_sale(end: End) -> str | None:
    """Return the producer of a vehicle of which no sale is known, None of one so old that the sale was not reported."""
    state: VehicleState = end.state
    if state.is_sold or state.built_on is None or state.scrapped_on is None:
        return None
    unsold_days = end.rulebook.threshold("unsold_days", on=state.scrapped_on)
    return state.built_by if (state.scrapped_on - state.built_on).days <= unsold_days else None


def _only_holder(missing: list[dict[str, Any]]) -> str | None:
    """Return the party that had all the missing packs last, None if that was the owner or several."""
    holders = {pack["last_holder"] for pack in missing}
    return holders.pop() if len(holders) == 1 else None


def _named_repairer(replacement_record_no: str) -> str | None:
    """Return the repairer whose USCC begins the record number, None if the number names none."""
    try:
        return Uscc.parse(replacement_record_no[:18])
    except IdentifierError:
        return None


RULE = Rule(
    name="scrapped_vehicle_battery_missing",
    family="end_of_life",
    title="Scrapped vehicle with its battery missing",
    title_zh="报废车辆动力电池缺失",
    weight="violation",
    kinds=("vehicle_scrapped",),
    families=("vehicle",),
    competent_line="commerce",
    source="Interim Measures (Order 73): a scrapped NEV without its battery counts as missing; swap-type vehicles are "
    "exempt (article unknown)",
    verified=False,
    in_force_from="2026-04-01",
    counts="A pack bound to the VIN on the day of scrapping that no dismantler found and no lawful party holds; held "
    "against the party that had it off the vehicle last, or the vehicle producer where no sale is known and the vehicle is not "
    "older than the days that the rulebook sets; else against nobody.",
    counts_not="Swap vehicles; vehicles whose production was never reported; packs removed or replaced before; packs "
    "that turned up in lawful hands. A lead where a replacement record and a recovery voucher are stated, or where as many "
    "packs with a temporary code were found as are missing, for their own code cannot be read; a notice before the rule was "
    "in force, when an owner's statement sufficed.",
    counts_zh="报废之日绑定于该车的电池包，没有拆解企业见到，也没有合法单位持有；指向最后将其拆离车辆的一方；未见销售报告且车龄"
    "未超过规则书所定天数的，指向汽车生产企业；否则不指向任何一方。",
    counts_not_zh="换电车辆；生产从未报告的车辆；此前已拆卸或更换的电池包；已在合法单位出现的电池包。载明更换记录和回收凭证的，"
    "或车上所见使用临时编码（编码无法识别）的电池包不少于缺失数的，为线索；规则施行前（凭车主说明即可）为提示。",
    remedy="Report where the pack is: the removal, the replacement or the receipt; or withdraw a wrong report.",
    remedy_zh="补报电池去向（拆卸、更换或接收），或撤回错误报告。",
    check_end=scrapped_vehicle_battery_missing,
)
