"""The two judgements of one world side by side: what the program says, what the model says, and where they differ."""

from datetime import date
from typing import Any

from tests.memory_engine import MemoryEngine
from tests.reference.battery import OWNER, UNKNOWN
from tests.reference.model import Owed, judge_world
from tests.reference.world import receive

from suyuan.core.registry import Registry
from suyuan.rulebook import load_rulebook
from suyuan.rules.catalogue import RULES

MODELLED = frozenset(
    (
        "code_registered_twice",
        "component_in_two_parents",
        "event_after_final_state",
        "handed_over_but_never_received",
        "handover_to_unlawful_receiver",
        "modules_missing_at_dismantling",
        "pack_bound_to_two_vehicles",
        "prohibited_use_field",
        "received_but_never_handed_over",
        "receiver_differs",
        "receiver_qualification_expired",
        "replacement_code_unchanged",
        "reported_late",
        "scrapped_vehicle_battery_is_another",
        "scrapped_vehicle_battery_missing",
        "two_holders_claim_one_battery",
    )
)
HALVES = ("handed_over_but_never_received", "received_but_never_handed_over")
# The claims of components in memory are those of all days, so they are not compared as of an earlier one.
UNDATED = ("component_in_two_parents", "modules_missing_at_dismantling")


def compare_judgements(
    reports: list[dict[str, Any]],
    *,
    registry: Registry,
    until: date = date.max,
    sweep: date | None = None,
    flaw: str = "",
) -> list[str]:
    """Return the differences, a sentence each, between program and model over some reports in their order of arrival."""
    engine = MemoryEngine(registry)
    received = {(raw["reporter"], raw["report_id"]): receive(raw) for raw in reports}
    for raw in reports:
        engine.report(dict(raw), by=raw["reporter"], received_at=receive(raw))
    engine.judge(until=until)
    judged = judge_world(
        reports, registry=registry, rulebook=load_rulebook(), until=until, sweep=sweep, flaw=flaw, received=received
    )
    differences = []
    for code, battery in judged.batteries.items():
        verdict = engine.verdicts[code]
        holder = None if battery.holder in (UNKNOWN, OWNER) else battery.holder
        differences += _differ(code, "status", verdict.state.status, battery.status)
        differences += _differ(code, "holder", verdict.state.holder, holder)
        differences += _differ(code, "vehicle", verdict.state.vehicle, battery.vehicle)
        differences += _differ(code, "parent", verdict.state.parent, battery.parent)
        differences += _differ(code, "is_used", verdict.state.is_used, battery.is_used)
        owed = {
            Owed(duty.party, duty.opened_by, duty.due_on, duty.closed_by)
            for duty in verdict.duties
            if duty.rule in HALVES
        }
        differences += _differ(code, "duties", owed, judged.owed[code])
    for vin, vehicle in judged.vehicles.items():
        state = engine.verdicts[vin].state
        differences += _differ(vin, "status", state.status, vehicle.status)
        differences += _differ(vin, "packs", set(state.packs), vehicle.packs)
    return differences + _compare_findings(engine, judged.findings, sweep, is_cut=until != date.max)


def _compare_findings(engine: MemoryEngine, seen: list[Any], sweep: date | None, *, is_cut: bool) -> list[str]:
    compared = {rule.name for rule in RULES} & MODELLED - set(UNDATED if is_cut else ())
    program = {}
    for finding in engine.findings(sweep=sweep):
        if finding.rule in compared:
            program[_name(finding)] = finding.weight, finding.party
    model = {}
    for one in seen:
        if one.rule in compared:
            model[_name(one)] = one.weight, one.party
    differences = []
    for name in sorted(program.keys() | model.keys()):
        theirs, ours = program.get(name), model.get(name)
        if theirs and ours and ours[1] == "?":
            ours = ours[0], theirs[1]
        differences += _differ(name[1], name[0], theirs and (*name[2:], *theirs), ours and (*name[2:], *ours))
    return differences


def _name(finding: Any) -> tuple[str, ...]:
    key = (finding.reporter, finding.report_id) if hasattr(finding, "reporter") else finding.key
    return finding.rule, finding.subject, *key


def _differ(subject: str, what: str, program: Any, model: Any) -> list[str]:
    return [] if program == model else [f"{subject} {what}: the program says {program}, the model says {model}"]
