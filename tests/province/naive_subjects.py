"""Everything that concerns one battery, lot or vehicle, judged a second time over the plain reports, and compared.

`compare_subjects` is the one entry. Rules that the reference model knows are compared by `naive.py` itself; here are all other
rules of identity, binding, custody and end of life, lateness, and every duty that a timeline opens.
"""

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from tests.province.naive_codes import find_in_codes, find_in_vin, find_rings
from tests.province.naive_custody import Due, Step, find_in_custody, list_duties, owe, walk_life
from tests.province.naive_goods import judge_lots
from tests.province.naive_late import find_late
from tests.province.naive_parts import find_claimed_twice, find_missing_parts, list_claims
from tests.province.naive_vehicle import drive, find_in_vehicle, list_vehicle_duties
from tests.reference.battery import Seen, World, fold_battery, order_life
from tests.reference.model import (
    batteries_in,
    find_first_sales,
    find_recoveries,
    last_receipt,
)
from tests.reference.timeline import Told, timeline_of, what_counts, when

RULES = frozenset(
    (
        "code_registered_twice",
        "component_in_two_parents",
        "pack_bound_to_two_vehicles",
        "replacement_code_unchanged",
        "handed_over_but_never_received",
        "received_but_never_handed_over",
        "receiver_differs",
        "two_holders_claim_one_battery",
        "handover_to_unlawful_receiver",
        "event_after_final_state",
        "modules_missing_at_dismantling",
        "prohibited_use_field",
        "scrapped_vehicle_battery_is_another",
        "scrapped_vehicle_battery_missing",
        "reported_late",
        "code_seen_before_birth",
        "code_date_contradicts_production_date",
        "specification_not_filed",
        "child_younger_than_assembly",
        "reuse_code_without_parent",
        "parents_in_a_ring",
        "vehicle_check_digit_wrong",
        "unknown_issuer",
        "vehicle_sold_without_pack",
        "replaced_pack_was_not_fitted",
        "seen_after_scrapping",
        "handed_over_without_holding",
        "received_before_handed_over",
        "mass_differs_in_transit",
        "carrier_not_qualified",
        "outlet_dismantled_a_battery",
        "removed_battery_not_handed_over",
        "held_too_long",
        "returned_to_sender_in_a_ring",
        "receiver_qualification_expired",
        "certificate_issued_for_incomplete_vehicle",
        "scrapped_swap_vehicle_pack_unaccounted",
        "unbound_vehicle_scrapped",
        "reuse_product_buyer_in_prohibited_field",
    )
)
FLAWS = ("withdrawals_ignored", "grace_forgotten")
LEADS_WHEN_LAPSED = ("code_seen_before_birth", "removed_battery_not_handed_over", "held_too_long")


@dataclass
class Judgement:
    """What the plain reports say of single subjects: findings as of the sweep, and duties."""

    findings: list[Seen] = field(default_factory=list)
    duties: list[Due] = field(default_factory=list)


def judge_subjects(reports: list[dict[str, Any]], *, world: World, sweep: date | None, flaw: str = "") -> Judgement:
    """Return the judgement over all batteries and vehicles that some reports name; `flaw` makes one of FLAWS."""
    counted = what_counts(reports, until=date.max, flaw=flaw)
    named: dict[str, list[dict[str, Any]]] = {}
    codes: set[str] = set()
    for raw in counted:
        batteries = batteries_in(raw)
        codes |= batteries
        for subject in {*batteries, raw.get("vin", "")}:
            named.setdefault(subject, []).append(raw)
    lives = {code: timeline_of(code, reports=named[code]) for code in sorted(codes)}
    alone = World(world.registry, world.rulebook, received=world.received)
    orders = {code: order_life(code, told=life, world=alone) for code, life in lives.items()}
    folded = {code: fold_battery(code, order=order, world=alone) for code, order in orders.items()}
    vins = sorted({raw["vin"] for raw in counted if "vin" in raw and timeline_of(raw["vin"], reports=[raw])})
    drives = {vin: drive(vin, told=timeline_of(vin, reports=named[vin]), world=alone) for vin in vins}
    swaps = {vin for vin, life in drives.items() if life.state.is_swap_vehicle}
    heard = World(
        world.registry, world.rulebook, find_first_sales(counted), swaps, find_recoveries(orders), world.received
    )
    answer = Judgement(find_late(reports, world=alone))
    claims = list_claims(counted)
    ended: dict[str, date] = {}
    for code, order in orders.items():
        steps = list(walk_life(code, order=order, world=heard))
        answer.findings += find_in_codes(code, life=order, world=alone)
        answer.findings += find_in_custody(code, steps=steps, world=heard)
        answer.findings += find_missing_parts(code, steps=steps, claims=claims, world=heard)
        battery = fold_battery(code, order=order, world=heard)
        answer.findings += [seen for seen in battery.findings if seen.rule != "modules_missing_at_dismantling"]
        if battery.final_from is not None:
            ended[code] = battery.final_from[0]
        answer.duties += list_duties(code, steps=steps, battery=battery, world=heard)
    for vin, life in drives.items():
        answer.findings += find_in_vin(vin, life=life.order)
        answer.findings += find_in_vehicle(life, batteries=folded, world=alone)
        answer.duties += list_vehicle_duties(
            life, batteries=folded, world=alone, last_receipt=last_receipt(named[vin], alone)
        )
    answer.findings += find_rings(lives)
    claimed = find_claimed_twice(counted, ended=ended)
    answer.findings += claimed
    answer.duties += _component_duties(claimed, counted, named, alone)
    for findings, duties in judge_lots(counted, world=alone):
        answer.findings += findings
        answer.duties += duties
    if flaw == "grace_forgotten":
        answer.duties = [replace(due, lapses_on=due.due_on) for due in answer.duties]
    _lapse(answer, sweep)
    return answer


def _component_duties(
    claimed: list[Seen], counted: list[dict[str, Any]], named: dict[str, list[dict[str, Any]]], world: World
) -> list[Due]:
    told = {(raw["reporter"], raw["report_id"]): Told(raw, (), *when(raw)) for raw in counted}
    duties = []
    for seen in claimed:
        step = Step(told[seen.key], None, None, None, date.min)
        since = max(seen.on, last_receipt([*named[seen.subject], step.told.raw], world))
        due = owe("confirm_or_correct", seen.rule, seen.subject, step, party=step.told.by, limit="confirm_or_correct", world=world,
                  since=since)  # fmt: skip
        duties += [due] if due else []
    return duties


def _lapse(answer: Judgement, sweep: date | None) -> None:
    """Turn what lapsed before the day of the sweep into findings, in the place of their leads."""
    for due in answer.duties:
        if sweep is None or due.closed_by or due.lapses_on is None or due.lapses_on >= sweep:
            continue
        weight = "lead" if due.rule in LEADS_WHEN_LAPSED or due.is_doubtful else "violation"
        for seen in answer.findings:
            if (seen.rule, seen.subject, seen.key[1]) == (due.rule, due.subject, due.opened_by):
                seen.weight, seen.party = weight, due.party
                break
        else:
            answer.findings.append(Seen(due.rule, weight, due.subject, ("", due.opened_by), due.opened_on, due.party))


def compare_subjects(
    engine: Any, reports: list[dict[str, Any]], *, sweep: date | None, flaw: str = ""
) -> tuple[list[str], Counter[str]]:
    """Return the differences, a sentence each, between program and model over single subjects, and what was compared."""
    received: dict[tuple[str, str], datetime] = engine.received
    world = World(engine.registry, engine.rulebook, received=received)
    judged = judge_subjects(reports, world=world, sweep=sweep, flaw=flaw)
    theirs = Counter(
        (one.rule, one.subject, one.report_id, one.weight, one.party)
        for one in engine.findings(sweep=sweep)
        if one.rule in RULES
    )
    ours = Counter(
        (one.rule, one.subject, one.key[1], one.weight, one.party) for one in judged.findings if one.rule in RULES
    )
    differences = _differ("finding", theirs, ours)
    owed = Counter(Due(one.kind, one.rule, one.subject, one.party, one.opened_by, one.opened_on, one.due_on, one.lapses_on, one.closed_by)
                   for verdict in engine.verdicts.values() for one in verdict.duties)  # fmt: skip
    differences += _differ("duty", owed, Counter(judged.duties))
    return differences, Counter(findings=theirs.total(), duties=owed.total())


def _differ(what: str, program: Counter[Any], model: Counter[Any]) -> list[str]:
    only_program, only_model = program - model, model - program
    return [f"{what} only of the program: {one}" for one in sorted(only_program.elements(), key=repr)] + [
        f"{what} only of the model: {one}" for one in sorted(only_model.elements(), key=repr)
    ]
