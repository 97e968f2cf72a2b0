"""The reference model: the judgement of a small world, computed anew and all at once from its plain reports.

It is written from the design pages, without the code it checks: no fold that is kept, no fact that travels, no index.
`judge_world` answers for every battery and vehicle its state, the halves of hand-overs that wait, and the findings.
`flaw` switches a known mistake on, for the test that proves that a mistake is seen.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from tests.reference.battery import OWNER, UNKNOWN, Battery, Seen, World, fold_battery
from tests.reference.timeline import LIFECYCLE, Told, battery_roles, codes_in, put_in_order, timeline_of, what_counts, when
from suyuan.core.registry import Registry
from suyuan.core.rulebook import Rulebook

CONFLICTS = {
    "pack_bound_to_two_vehicles",
    "component_in_two_parents",
    "two_holders_claim_one_battery",
    "event_after_final_state",
}
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
    """What is known of a vehicle at one moment; `packs` is None while the set is unknown."""

    vin: str
    status: str = "unknown"
    packs: set[str] | None = None
    is_swap_vehicle: bool = False
    missing: set[str] = field(default_factory=set)
    scrapping: Told | None = None
    findings: list[Seen] = field(default_factory=list)


def judge_world(
    reports: list[dict[str, Any]],
    *,
    registry: Registry,
    rulebook: Rulebook,
    until: date = date.max,
    sweep: date | None = None,
    flaw: str = "",
) -> Judged:
    """Return the judgement over some accepted reports, known to the end of the day `until`, after a sweep of a day."""
    counted = what_counts(reports, until=until)
    codes = sorted({code for raw in counted for code in _batteries_in(raw)})
    alone = World(registry, rulebook)
    lives = {code: timeline_of(code, reports=counted) for code in codes}
    own = {code: fold_battery(code, told=lives[code], world=alone, flaw=flaw) for code in codes}
    told = World(registry, rulebook, sales=_first_sales(counted), recoveries=_recoveries(own, lives))
    answer = Judged()
    for code in codes:
        battery = fold_battery(code, told=lives[code], world=told, flaw=flaw)
        answer.batteries[code] = battery
        answer.owed[code] = {_owed(half, rulebook) for half in (*battery.handed_over, *battery.received)}
        answer.findings += battery.findings
        answer.findings += _lapsed_halves(battery, rulebook, sweep)
    for vin in sorted({raw["vin"] for raw in counted if "vin" in raw and raw["kind"] != "component_replaced"}):
        vehicle = _fold_vehicle(vin, counted, own, registry, flaw)
        answer.vehicles[vin] = vehicle
        answer.findings += vehicle.findings
    answer.findings += _components_claimed_twice(counted, flaw)
    for seen in answer.findings:
        if seen.rule in CONFLICTS and _lapses(seen.on, "confirm_or_correct", rulebook, sweep):
            seen.weight = "violation"
    return answer


def _batteries_in(raw: dict[str, Any]) -> set[str]:
    names = ("battery_code", "battery_codes", "packs", "removed_battery_code", "fitted_battery_code", "removed_codes")
    names += ("fitted_codes", "battery_codes_found", "recovered_codes", "product_code", "parent_codes")
    return {code for name in names for code in codes_in(raw.get(name)) if battery_roles(raw, code=code)}


def _first_sales(reports: list[dict[str, Any]]) -> dict[str, tuple[date, int]]:
    sales: dict[str, tuple[date, int]] = {}
    for raw in reports:
        if raw["kind"] == "vehicle_sold" and raw.get("sale_kind", "new") == "new":
            sale = (when(raw)[0], LIFECYCLE["vehicle_sold"])
            sales[raw["vin"]] = min(sale, sales.get(raw["vin"], sale))
    return sales


def _recoveries(own: dict[str, Battery], lives: dict[str, list[Told]]) -> dict[str, tuple[date, str]]:
    found = {}
    for code, battery in own.items():
        ends = sorted((one.on, one.rank, one.by) for one in lives[code] if "fed" in one.roles)
        if battery.status == "recovered":
            found[code] = (ends[0][0], ends[0][2])
    return found


def _owed(half: Any, rulebook: Rulebook) -> Owed:  # noqa: ANN401
    return Owed(
        half.owed_by,
        half.told.raw["report_id"],
        _due(half.told.on, half.limit_key, rulebook),
        half.closed_by.raw["report_id"] if half.closed_by else None,
    )


def _due(on: date, key: str, rulebook: Rulebook) -> date | None:
    limit = rulebook.book_of(on).limit(key)
    return None if limit is None or limit.is_working_days else on + timedelta(days=limit.days)


def _lapses(on: date, key: str, rulebook: Rulebook, sweep: date | None) -> bool:
    due, limit = _due(on, key, rulebook), rulebook.book_of(on).limit(key)
    return sweep is not None and due is not None and due + timedelta(days=limit.grace_days) < sweep


def _lapsed_halves(battery: Battery, rulebook: Rulebook, sweep: date | None) -> list[Seen]:
    names = {"battery_received": "handed_over_but_never_received", "battery_handed_over": "received_but_never_handed_over"}
    return [
        Seen(names[half.limit_key], "violation", battery.code, half.told.key, half.told.on, half.owed_by)
        for half in (*battery.handed_over, *battery.received)
        if half.closed_by is None and _lapses(half.told.on, half.limit_key, rulebook, sweep)
    ]


def _fold_vehicle(
    vin: str, reports: list[dict[str, Any]], batteries: dict[str, Battery], registry: Registry, flaw: str
) -> Vehicle:
    life = timeline_of(vin, reports=reports)
    state = Vehicle(vin, packs=set() if flaw == "unknown_is_empty" else None)
    put_in_order(life, start=state, may_come=_may_come, apply=_happen, flaw=flaw)
    _settle_missing(state, batteries, registry)
    return state


def _may_come(state: Vehicle, told: Told) -> bool:
    raw = told.raw
    if state.packs is None:
        return True
    match told.kind:
        case "battery_fitted":
            return not state.packs
        case "battery_swapped" | "battery_replaced":
            return raw.get("removed_battery_code") is None or raw["removed_battery_code"] in state.packs
        case "battery_removed":
            return raw["battery_code"] in state.packs
    return True


def _happen(state: Vehicle, told: Told) -> None:
    raw, is_over = told.raw, state.status in ("scrapped", "incomplete")
    match told.kind:
        case "vehicle_produced" | "vehicle_imported":
            state.packs = (state.packs or set()) | {*raw["battery_codes"], *codes_in(raw.get("packs"))}
            state.is_swap_vehicle = raw.get("is_swap_vehicle", False)
            if state.status == "unknown":
                state.status = "produced"
        case "vehicle_sold":
            state.status = state.status if is_over else "in_use"
        case "vehicle_exported":
            state.status = state.status if is_over else "exported"
        case "vehicle_scrapped":
            _scrap(state, told)
        case "battery_fitted" | "battery_swapped" | "battery_replaced" | "battery_removed":
            _change_packs(state, told)


def _change_packs(state: Vehicle, told: Told) -> None:
    if state.packs is None:
        return
    raw = told.raw
    off = raw.get("removed_battery_code") if told.kind != "battery_removed" else raw["battery_code"]
    on = raw.get("fitted_battery_code") if told.kind != "battery_fitted" else raw["battery_code"]
    state.packs = (state.packs - {off}) | ({on} if on else set())


def _scrap(state: Vehicle, told: Told) -> None:
    found = set(told.raw["battery_codes_found"])
    state.scrapping, state.missing, state.status = told, set(), "scrapped"
    if state.packs is None or state.is_swap_vehicle:
        return
    if found - state.packs:
        state.findings.append(
            Seen("scrapped_vehicle_battery_is_another", "violation", state.vin, told.key, told.on)
        )
    state.missing = state.packs - found


def _settle_missing(state: Vehicle, batteries: dict[str, Battery], registry: Registry) -> None:
    """Leave only those missing that turned up in nobody's lawful hands."""
    told = state.scrapping
    if told is None:
        return
    for code in sorted(state.missing):
        holder = batteries[code].holder if code in batteries else UNKNOWN
        if holder not in (UNKNOWN, OWNER) and registry.roles_of(holder, on=told.on) & LAWFUL_HANDS:
            state.missing.discard(code)
    if state.missing:
        state.status = "incomplete"
        is_explained = "replacement_record_no" in told.raw and "recovery_voucher_no" in told.raw
        weight = "lead" if is_explained else "violation"
        state.findings.append(Seen("scrapped_vehicle_battery_missing", weight, state.vin, told.key, told.on))


@dataclass
class Claim:
    """One stay of a component in a parent, by the days on which it began and ended."""

    parent: str
    begun: date
    ended: date | None


def _components_claimed_twice(reports: list[dict[str, Any]], flaw: str) -> list[Seen]:
    claims: dict[str, list[Claim]] = {}
    for raw in sorted(reports, key=lambda one: (when(one)[0], LIFECYCLE[one["kind"]], one["reporter"], one["report_id"])):
        on = when(raw)[0]
        for code in codes_in(raw.get("modules")):
            claims.setdefault(code, []).append(Claim(raw["battery_code"], on, None))
        if raw["kind"] == "component_replaced":
            _end(claims, raw["removed_codes"], parent=raw["battery_code"], on=on)
            for code in raw["fitted_codes"]:
                claims.setdefault(code, []).append(Claim(raw["battery_code"], on, None))
        if raw["kind"] == "battery_dismantled":
            _end(claims, raw["recovered_codes"], parent=raw["battery_code"], on=on)
    seen = []
    for stays in claims.values():
        for earlier in stays:
            for later in stays:
                order = (earlier.begun, earlier.parent) < (later.begun, later.parent)
                is_open = earlier.ended is None or earlier.ended > later.begun
                if earlier.parent != later.parent and order and is_open:
                    seen.append(Seen("component_in_two_parents", "lead", earlier.parent, ("?", "?"), later.begun))
    return seen


def _end(claims: dict[str, list[Claim]], codes: list[str], *, parent: str, on: date) -> None:
    for code in codes:
        for stay in claims.get(code, []):
            if stay.parent == parent and stay.ended is None:
                stay.ended = on
