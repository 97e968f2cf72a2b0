"""The reference model: the judgement of a small world, computed anew and all at once from its plain reports.

It is written from the design pages, without the code it checks: no fold that is kept, no fact that travels, no index.
`judge_world` answers for every battery and vehicle its state, the halves of hand-overs that wait, and the findings.
`flaw` switches a known mistake on, for the test that proves that a mistake is seen.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from tests.reference.battery import Battery, Seen, World, fold_battery, order_life, received_on
from tests.reference.limits import count_on, find_due, find_late, find_limit, has_lapsed
from tests.reference.timeline import (
    Told,
    battery_roles,
    codes_in,
    put_in_order,
    timeline_of,
    what_counts,
    when,
)

from suyuan.core.registry import Registry
from suyuan.core.rulebook import Rulebook

FLAWS = ("days_ignored", "unknown_is_empty", "withdrawals_ignored")
CONFLICTS = {
    "pack_bound_to_two_vehicles",
    "component_in_two_parents",
    "two_holders_claim_one_battery",
    "event_after_final_state",
}
IN_FORCE = date(2026, 4, 1)  # before, an owner's statement about the missing battery sufficed
LAWFUL_HANDS = {"collection_outlet", "vehicle_dismantler", "utilization_enterprise"}


@dataclass(frozen=True)
class Owed:
    """A half that somebody owes: who, since which report, by when, and which report settled it."""

    party: str | None
    opened_by: str
    due_on: date | None
    closed_by: str | None


@dataclass
class Judged:
    """What the model says of one world."""

    batteries: dict[str, Battery] = field(default_factory=dict)
    vehicles: dict[str, "Vehicle"] = field(default_factory=dict)
    owed: dict[str, set[Owed]] = field(default_factory=dict)
    findings: list[Seen] = field(default_factory=list)


@dataclass
class Vehicle:
    """What is known of a vehicle at one moment; unless `is_known`, `packs` are not the whole set."""

    vin: str
    status: str = "unknown"
    packs: set[str] = field(default_factory=set)
    is_known: bool = False
    birth_packs: set[str] = field(default_factory=set)
    is_swap_vehicle: bool = False
    expected: set[str] = field(default_factory=set)
    is_expected_known: bool = False
    came_off: set[str] = field(default_factory=set)
    statement: set[str] = field(default_factory=set)
    scrapping: Told | None = None
    found: set[str] = field(default_factory=set)
    findings: list[Seen] = field(default_factory=list)

    def see(self, rule: str, told: Told, *, weight: str = "violation", party: str = "?") -> None:
        self.findings.append(Seen(rule, weight, self.vin, told.key, told.on, party))


def judge_world(
    reports: list[dict[str, Any]],
    *,
    registry: Registry,
    rulebook: Rulebook,
    until: date = date.max,
    sweep: date | None = None,
    flaw: str = "",
    received: dict[tuple[str, str], datetime] | None = None,
) -> Judged:
    """Return the judgement over some accepted reports, known to the end of the day `until`, after a sweep of a day.

    `received` tells the moments of receipt; reports that it does not name came at the one moment of the small world.
    """
    counted = what_counts(reports, until=until, flaw=flaw)
    codes = sorted({code for raw in counted for code in batteries_in(raw)})
    alone = World(registry, rulebook, received=received or {})
    named: dict[str, list[dict[str, Any]]] = {}
    for raw in counted:
        for subject in {*batteries_in(raw), raw.get("vin", "")}:
            named.setdefault(subject, []).append(raw)
    lives = {code: timeline_of(code, reports=named[code]) for code in codes}
    orders = {code: order_life(code, told=lives[code], world=alone, flaw=flaw) for code in codes}
    own = {code: fold_battery(code, order=orders[code], world=alone) for code in codes}
    vins = sorted({raw["vin"] for raw in counted if "vin" in raw and raw["kind"] != "component_replaced"})
    answer = Judged(vehicles={vin: _fold_vehicle(vin, named[vin], own, registry, flaw) for vin in vins})
    swap_vehicles = {vin for vin, vehicle in answer.vehicles.items() if vehicle.is_swap_vehicle}
    told = World(registry, rulebook, find_first_sales(counted), swap_vehicles, find_recoveries(orders), alone.received)
    for code in codes:
        battery = fold_battery(code, order=orders[code], world=told)
        answer.batteries[code] = battery
        halves = [half for half in (*battery.handed_over, *battery.received) if _due_of_half(half, alone)]
        answer.owed[code] = {_owed(half, alone) for half in halves}
        answer.findings += battery.findings
        answer.findings += _lapsed_halves(halves, battery.code, alone, sweep)
    for vehicle in answer.vehicles.values():
        answer.findings += vehicle.findings
    ended = {code: one.final_from[0] for code, one in answer.batteries.items() if one.final_from is not None}
    answer.findings += _components_claimed_twice(counted, ended)
    answer.findings += find_late(counted, world=alone)
    for seen in answer.findings:
        known_on = (
            max(seen.known_on, last_receipt(named[seen.subject], alone), received_on(seen.key, alone))
            if seen.rule in ("scrapped_vehicle_battery_missing", "component_in_two_parents")
            else seen.known_on
        )
        if (
            seen.rule == "scrapped_vehicle_battery_missing"
            and seen.weight == "lead"
            and _lapses(seen.on, "battery_replaced", alone, sweep, asked=seen.party, known_on=known_on)
        ):
            seen.weight = "violation"  # the repairer that the record names has not reported the replacement
        if (
            seen.rule in CONFLICTS
            and not is_confirmed(seen, lives)
            and _lapses(seen.on, "confirm_or_correct", alone, sweep, asked=seen.key[0], known_on=known_on)
        ):
            seen.weight, seen.party = "violation", seen.key[0]
    return answer


def last_receipt(reports: list[dict[str, Any]], world: World) -> date:
    return max(received_on((raw["reporter"], raw["report_id"]), world) for raw in reports)


def batteries_in(raw: dict[str, Any]) -> set[str]:
    names = (
        "battery_code",
        "battery_codes",
        "packs",
        "removed_battery_code",
        "fitted_battery_code",
        "removed_codes",
        "temporary_code",
    )
    names += ("fitted_codes", "battery_codes_found", "recovered_codes", "product_code", "parent_codes")
    return {
        code
        for name in names
        for code in codes_in(raw.get(name))
        if battery_roles(raw, code=code) and not code.startswith("LOT-")
    }


def find_first_sales(reports: list[dict[str, Any]]) -> dict[str, date]:
    sales: dict[str, date] = {}
    for raw in reports:
        if raw["kind"] == "vehicle_sold" and raw.get("sale_kind", "new") == "new":
            sales[raw["vin"]] = min(when(raw)[0], sales.get(raw["vin"], date.max))
    return sales


def find_recoveries(orders: dict[str, list[Told]]) -> dict[str, tuple[date, str]]:
    """Return for each parent the first recovery of a product made from it; what made the product first names its parents."""
    found: dict[str, tuple[date, str]] = {}
    for order in orders.values():
        made = [one for one in order if "product" in one.roles]
        ends = [(one.on, one.by) for one in order if "fed" in one.roles]
        for parent in made[0].raw["parent_codes"] if made and ends else ():
            found[parent] = min(ends[0], found.get(parent, ends[0]))
    return found


def _due_of_half(half: Any, world: World) -> date | None:
    return find_due(half.told.on, kind=half.limit_key, party=half.owed_by, world=world)


def _owed(half: Any, world: World) -> Owed:
    return Owed(
        half.owed_by,
        half.told.raw["report_id"],
        _due_of_half(half, world),
        settled.raw["report_id"] if (settled := half.superseded_by or half.closed_by) else None,
    )


def _lapses(on: date, kind: str, world: World, sweep: date | None, *, asked: str | None, known_on: date) -> bool:
    """Tell whether what a lead asks for has lapsed; it runs from when the lead could be seen."""
    limit = find_limit(on, kind=kind, party=asked, world=world)
    if sweep is None or limit is None:
        return False
    return count_on(max(on, known_on), limit=limit) + timedelta(days=limit.grace_days) < sweep


def _lapsed_halves(halves: list[Any], code: str, world: World, sweep: date | None) -> list[Seen]:
    names = {
        "battery_received": "handed_over_but_never_received",
        "battery_handed_over": "received_but_never_handed_over",
    }
    return [
        Seen(
            names[half.limit_key],
            "lead" if half.is_doubtful else "violation",
            code,
            half.told.key,
            half.told.on,
            half.owed_by,
        )
        for half in halves
        if half.closed_by is None
        and half.superseded_by is None
        and sweep is not None
        and has_lapsed(half.told.on, kind=half.limit_key, party=half.owed_by, world=world, sweep=sweep)
    ]


def is_confirmed(seen: Seen, lives: dict[str, list[Told]]) -> bool:
    """Tell whether the reporter has looked at the battery again on a later day; that says nothing of its components."""
    return seen.rule != "component_in_two_parents" and any(
        one.by == seen.key[0] and one.on > seen.on and one.kind in ("battery_tested", "stock_counted")
        for one in lives.get(seen.subject, ())
    )


def _fold_vehicle(
    vin: str, reports: list[dict[str, Any]], batteries: dict[str, Battery], registry: Registry, flaw: str
) -> Vehicle:
    life = timeline_of(vin, reports=reports)
    safe = {code for code, battery in batteries.items() if is_told_to_be_safe(battery, vin, registry)}
    state = Vehicle(vin, is_known=flaw == "unknown_is_empty")
    put_in_order(life, start=state, may_come=may_come_to_vehicle, apply=happen_to_vehicle, flaw=flaw)
    if state.scrapping is not None:
        _judge_scrapping(state, safe)
    return state


def _judge_scrapping(state: Vehicle, safe: set[str]) -> None:
    """Compare what was bound at the first scrapping with all that turned up since; a swap vehicle misses nothing."""
    told, missing = state.scrapping, state.expected - state.found - safe
    if not state.is_expected_known or state.is_swap_vehicle:
        missing = set()
    elif state.found - state.expected - state.came_off - without_a_code(state.found):
        state.see("scrapped_vehicle_battery_is_another", told, weight="violation" if told.on >= IN_FORCE else "notice")
    if missing:
        is_stated = {"replacement_record_no", "recovery_voucher_no"} <= state.statement
        weight = "lead" if is_stated or len(without_a_code(state.found)) >= len(missing) else "violation"
        state.see("scrapped_vehicle_battery_missing", told, weight=weight if told.on >= IN_FORCE else "notice")
    if state.status != "exported":
        state.status = "incomplete" if missing else "scrapped"


def without_a_code(codes: set[str]) -> set[str]:
    return {code for code in codes if code.startswith("TMP-")}


def is_told_to_be_safe(battery: Battery, vin: str, registry: Registry) -> bool:
    return vin in battery.tells | battery.bound_to and bool(
        registry.roles_of(battery.last_taken_by, on=date.max) & LAWFUL_HANDS
    )


def may_come_to_vehicle(state: Vehicle, told: Told) -> bool:
    raw = told.raw
    if not state.is_known:
        return True
    match told.kind:
        case "vehicle_sold":
            return raw.get("sale_kind", "new") != "new" or state.is_swap_vehicle or bool(state.packs)
        case "battery_fitted":
            return raw["battery_code"] not in state.packs and len(state.packs) < max(1, len(state.birth_packs))
        case "battery_swapped" | "battery_replaced":
            return raw.get("removed_battery_code") is None or raw["removed_battery_code"] in state.packs
        case "battery_removed":
            return raw["battery_code"] in state.packs
    return True


def happen_to_vehicle(state: Vehicle, told: Told) -> None:
    raw = told.raw
    match told.kind:
        case "vehicle_produced" | "vehicle_imported":
            _build(state, raw)
        case "vehicle_sold":
            state.status = state.status if state.scrapping else "in_use"
        case "vehicle_exported":
            state.status = "exported"
        case "vehicle_scrapped":
            _scrap(state, told)
        case "battery_fitted":
            _put_on(state, raw["battery_code"])
        case "battery_removed":
            state.packs.discard(raw["battery_code"])
            if state.scrapping is None:
                state.came_off.add(raw["battery_code"])
        case "battery_swapped":
            state.is_swap_vehicle = state.is_swap_vehicle or not state.is_known
            state.packs -= {raw["removed_battery_code"]} if "removed_battery_code" in raw else state.packs
            _put_on(state, raw["fitted_battery_code"])
        case "battery_replaced":
            if raw["removed_battery_code"] == raw["fitted_battery_code"]:
                state.see("replacement_code_unchanged", told, party=told.by)
            state.packs.discard(raw["removed_battery_code"])
            _put_on(state, raw["fitted_battery_code"])


def _put_on(state: Vehicle, *codes: str) -> None:
    state.packs |= set(codes)
    state.came_off -= set(codes)


def _build(state: Vehicle, raw: dict[str, Any]) -> None:
    """Bind the packs; other packs in a second report correct those of the first, none at all leave them."""
    codes = {*raw["battery_codes"], *codes_in(raw.get("packs"))}
    state.is_swap_vehicle = state.is_swap_vehicle or raw.get("is_swap_vehicle", False)
    if not state.is_known or codes not in (set(), state.birth_packs):
        state.packs -= state.birth_packs
        _put_on(state, *codes)
        state.birth_packs, state.is_known = codes, True
    if state.status == "unknown":
        state.status = "produced"


def _scrap(state: Vehicle, told: Told) -> None:
    if state.scrapping is None:
        state.scrapping, state.expected, state.is_expected_known = told, set(state.packs), state.is_known
    state.found |= set(told.raw["battery_codes_found"])
    state.statement |= told.raw.keys()
    state.status = "scrapped"


def _components_claimed_twice(reports: list[dict[str, Any]], ended: dict[str, date]) -> list[Seen]:
    """Find components that a second parent claims while the first still has them; `ended`: recovered, itself or in a product."""
    first: dict[str, dict[str, tuple[date, tuple[str, str]]]] = {}
    for raw in reports:
        claim = when(raw)[0], (raw["reporter"], raw["report_id"])
        for code in {*codes_in(raw.get("modules")), *raw.get("fitted_codes", ())}:
            parents = first.setdefault(code, {})
            parents[raw["battery_code"]] = min(claim, parents.get(raw["battery_code"], claim))
    seen = {}
    for code, parents in first.items():
        for parent, (since, _) in parents.items():
            for other, (on, key) in parents.items():
                if (since, parent) < (on, other) and _still_has(
                    parent, code, since=since, on=on, reports=reports, ended=ended
                ):
                    seen[parent, key] = Seen("component_in_two_parents", "lead", parent, key, on)
    return list(seen.values())


def _still_has(
    parent: str, code: str, *, since: date, on: date, reports: list[dict[str, Any]], ended: dict[str, date]
) -> bool:
    """Tell whether a parent has not given up a component by the day `on`; what is begun to be dismantled has none left."""
    own = [raw for raw in reports if raw.get("battery_code") == parent and when(raw)[0] <= on]
    if any(raw["kind"] == "battery_dismantled" for raw in own) or ended.get(parent, date.max) <= on:
        return False
    out = [when(raw)[0] for raw in own if code in raw.get("removed_codes", ())]
    back = [when(raw)[0] for raw in own if code in raw.get("fitted_codes", ())]
    return not out or max([since, *back]) > max(out)
