"""Vehicle alive after its scrapping (报废后车辆再次出现)."""

from collections.abc import Iterator
from typing import Any

from suyuan.core.event import Event
from suyuan.core.finding import Finding, Rule, Step
from suyuan.core.vehicle import VehicleState


def seen_after_scrapping(step: Step) -> Iterator[Finding]:
    """Find what only a living vehicle can do after a dismantler has taken it."""
    before: VehicleState = step.before
    event = step.event
    if before.scrapped_on is None or not _is_later(event, before) or _is_innocent(event, before):
        return
    evidence: dict[str, Any] = {
        "kind": event.kind.name,
        "scrapped_on": before.scrapped_on.isoformat(),
        "scrapped_by": before.scrapped_by,
    }
    fitted = event.body.get("fitted_battery_code") or event.body.get("battery_code")
    yield RULE.find(step, party=None, evidence=evidence, about=[fitted] if fitted else [])


def _is_later(event: Event, before: VehicleState) -> bool:
    """Tell whether the event surely follows the scrapping: on a later day, or at a later time where both have one."""
    assert before.scrapped_on is not None
    if event.occurred_on != before.scrapped_on:
        return event.occurred_on > before.scrapped_on
    scrapped_time = before.scrapped_time
    return event.occurred_time is not None and scrapped_time is not None and event.occurred_time > scrapped_time


def _is_innocent(event: Event, before: VehicleState) -> bool:
    """Tell whether it belongs to scrapping: a wreck sold on, or the same dismantler adding what it found."""
    if event.kind.name == "vehicle_sold":
        return bool(event.body.get("sale_kind") == "wreck")
    return event.kind.name == "vehicle_scrapped" and event.reporter == before.scrapped_by


RULE = Rule(
    name="seen_after_scrapping",
    family="binding",
    title="Vehicle alive after its scrapping",
    title_zh="报废车辆再次出现",
    weight="violation",
    kinds=(
        "vehicle_produced",
        "vehicle_imported",
        "vehicle_sold",
        "battery_fitted",
        "battery_swapped",
        "battery_replaced",
        "vehicle_scrapped",
        "vehicle_exported",
    ),
    families=("vehicle",),
    competent_line="commerce",
    source="State Council Order 715 on scrapped motor vehicles: they are taken apart, not sold on as vehicles; Interim "
    "Measures (Order 73): vehicle and battery scrapped together (articles unknown)",
    verified=False,
    in_force_from="2019-06-01",
    counts="A vehicle built, sold, given a pack, exported or taken by another dismantler after the day of its "
    "scrapping: first a lead, a violation when nobody confirms or corrects it in time.",
    counts_not="Removals and the recovery certificate; the sale of a wreck; a second report of the same dismantler; "
    "the same day, unless both reports carry a time.",
    counts_zh="车辆报废之日以后又被报告生产、销售、装车、出口，或由另一拆解企业接收：先为线索，逾期无人确认或更正的转为疑"
    "似违规。",
    counts_not_zh="拆卸和回收证明；残车销售；同一拆解企业的第二份报告；同日（双方均载明时刻的除外）。",
    remedy="Whoever mistyped the VIN withdraws that report and sends it again.",
    remedy_zh="车辆识别代号录入错误方撤回该报告并重新报送。",
    check=seen_after_scrapping,
    is_conflict=True,
)
