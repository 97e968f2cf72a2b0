"""Scrapped vehicle with its battery missing (报废车辆动力电池缺失)."""

from collections.abc import Iterator
from typing import Any

from suyuan.core.finding import DutyRequest, Finding, Rule, Step
from suyuan.core.identifiers import IdentifierError, Uscc


def scrapped_vehicle_battery_missing(step: Step) -> Iterator[Finding]:
    """Find expected packs that neither the dismantler found nor a lawful party holds."""
    after = step.after
    if not after.missing:
        return
    body = step.event.body
    evidence: dict[str, Any] = {
        "expected": list(after.expected),
        "found": list(after.found),
        "missing": [_last_seen(code, step) for code in after.missing],
        "absence_reason": body.get("absence_reason"),
    }
    if body.get("replacement_record_no") and body.get("recovery_voucher_no"):
        evidence |= {"replacement_record_no": body["replacement_record_no"], "recovery_voucher_no": body["recovery_voucher_no"]}
        repairer = _named_repairer(body["replacement_record_no"])
        duty = DutyRequest("report_replacement", repairer)
        yield RULE.find(step, weight="lead", party=repairer, evidence=evidence, about=after.missing, duty=duty)
        return
    yield RULE.find(step, party=None, evidence=evidence, about=after.missing)


def _last_seen(code: str, step: Step) -> dict[str, Any]:
    """Return a missing pack with who is known to have had it last, and where; the vehicle's owner is not named."""
    fact = step.facts.from_source("pack_in_hands", code)
    holder = fact["party"] if fact else (None if step.after.sold_on else step.after.built_by)
    place = step.registry.division_of(holder, on=step.event.occurred_on) if holder else step.before.place
    return {"battery_code": code, "last_holder": holder, "place": place}


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
    source="Interim Measures (Order 73): a scrapped NEV without its battery counts as missing; swap-type vehicles are exempt (article unknown)",
    verified=False,
    in_force_from="2026-04-01",
    counts="A pack bound to the VIN on the day of scrapping that the dismantler did not find.",
    counts_not="Swap vehicles; vehicles whose production was never reported; packs removed or replaced before; packs that turned up in lawful hands.",
    remedy="Report where the pack is: the removal, the replacement or the receipt; or withdraw a wrong report.",
    remedy_zh="补报电池去向（拆卸、更换或接收），或撤回错误报告。",
    check=scrapped_vehicle_battery_missing,
)
