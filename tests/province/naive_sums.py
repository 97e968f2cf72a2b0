"""What is counted, once more: subjects by place, status and month; first sales; the account of the responsible producer; coverage."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any

from tests.province.naive_lives import Life, Move, birth_of
from tests.province.naive_lots import LotBook
from tests.province.naive_world import Plain, Raw, day_of, key_of, month_of
from tests.reference.battery import RECEIVING_ROLES
from tests.reference.model import Vehicle, happen_to_vehicle, may_come_to_vehicle
from tests.reference.timeline import LIFECYCLE, put_in_order, timeline_of

Counted = tuple[str, str, str, str, str, str]  # name, place, party, kind, status, month
GONE = ("recovered", "lost", "exported", "dismantled", "reused")
COLLECTED = ("at_outlet", "at_dismantler", "at_utilization", "dismantled", "reused", "recovered")
LAWFUL = frozenset(("collection_outlet", "vehicle_dismantler", "utilization_enterprise"))
BINDS = {"bound", "born_bound", "fitted"}
LEAVES = {
    "sold",
    "pooled",
    "fitted",
    "swapped_out",
    "replaced_off",
    "found",
}  # a pack that leaves its producers without its vehicle's sale
TAKEN_OUT = {"swapped_out", "replaced_off", "removed"}
SEEN_ELSEWHERE = {
    "pooled",
    "handed_over",
    "received",
    "listed",
    "refurbished",
    "dismantled",
    "parent",
    "fed",
    "lost",
    "exported",
}
SEEN_USED = {"removed", "received", "listed"}


@dataclass
class Car:
    """What is counted of a vehicle."""

    vin: str
    status: str
    since: date
    place: str
    builder: str | None
    sold_on: date | None
    sold_at: str
    missing: frozenset[str]


def read_cars(plain: Plain, safe_since: dict[str, dict[str, date]]) -> dict[str, Car]:
    """Return every vehicle that a report is about; `safe_since` tells of its packs since when they were in lawful hands."""
    named: dict[str, list[Raw]] = {}
    for raw in plain.counted:
        if "vin" in raw and raw["kind"] not in ("component_replaced", "uncoded_battery_declared"):
            named.setdefault(raw["vin"], []).append(raw)
    return {vin: _follow(plain, vin, reports, safe_since.get(vin, {})) for vin, reports in sorted(named.items())}


def _follow(plain: Plain, vin: str, reports: list[Raw], safe_since: dict[str, date]) -> Car:
    order = put_in_order(
        timeline_of(vin, reports=reports), start=Vehicle(vin), may_come=may_come_to_vehicle, apply=happen_to_vehicle
    )
    state, since, place = Vehicle(vin), order[0].on, plain.place(order[0].raw)
    builder, sold_on, sold_at = None, None, ""
    for one in order:
        before = state.status
        happen_to_vehicle(state, one)
        since = one.on if state.status != before else since
        place = plain.place(one.raw)
        if one.kind in ("vehicle_produced", "vehicle_imported"):
            builder = builder or one.by
        if one.kind == "vehicle_sold" and one.raw.get("sale_kind", "new") == "new" and sold_on is None:
            sold_on, sold_at = one.on, place
    missing = (
        state.expected - state.found
        if state.scrapping and state.is_expected_known and not state.is_swap_vehicle
        else set()
    )
    if state.status == "scrapped" and missing - safe_since.keys():
        state.status = "incomplete"
    return Car(vin, state.status, since, place, builder, sold_on, sold_at, frozenset(missing - safe_since.keys()))


# -- batteries -----------------------------------------------------------------------------------------------------


def battery_kind(code: str) -> str:
    """Return what a code names."""
    if code.startswith("TMP-"):
        return "uncoded"
    return "reuse_product" if len(code) in (19, 26) else {"P": "pack", "M": "module", "C": "cell"}[code[3]]


@dataclass
class Standing:
    """Where a battery stands at the end of its life as told: since when, where, on the market and collected when."""

    since: date
    place: str
    on_market: tuple[date, str] | None
    collected_on: date | None
    exported_on: date | None
    producer: str | None
    is_sold_with_vehicle: bool


def stand(plain: Plain, life: Life, cars: dict[str, Car], parts_end: dict[str, date]) -> Standing:
    """Follow a battery for what is counted of it."""
    since, place, status = life.moves[0].told.on, "", "unknown"
    maker, builder = None, None
    left_on: date | None = None
    collected_on: date | None = None
    exported_on: date | None = None
    for move in life.moves:
        on, roles = move.told.on, set(move.told.roles)
        before, after = move.before, move.after
        if before.status != status:
            since = parts_end.get(life.code, on)
        if after.status != before.status:
            since = on
        status = after.status
        if after.holder == move.told.by or (after.status, after.vehicle) != (before.status, before.vehicle):
            place = plain.place(move.told.raw)
        if {"born", "born_bound"} & roles and maker is None:
            maker = move.told.by
        is_first_fitting = bool(roles & {"bound", "born_bound"}) and builder is None and before.status != "recovered"
        builder = move.told.by if is_first_fitting else builder
        if before.status != "recovered":
            left_on = _leaves_producers(move, left_on, is_first_fitting=is_first_fitting)
            collected_on, exported_on = _collect(move, collected_on, exported_on)
    last = life.last
    if last.vehicle in cars and last.status == "installed":
        car = cars[last.vehicle]
        if car.sold_on is not None and _moved_on(life) <= car.sold_on:
            place = car.sold_at
    if last.status != status:
        since = parts_end.get(life.code, since)
    sold = _sold_in(life, cars) if builder else None
    on_market = None
    if sold and sold.sold_on:
        on_market = sold.sold_on, sold.sold_at
    elif left_on and maker:
        entry = plain.entry(maker, left_on)
        on_market = left_on, entry.division if entry else ""
    return Standing(since, place, on_market, collected_on, exported_on, builder if sold else maker, sold is not None)


def _moved_on(life: Life) -> date:
    """Return the day of the last event that moved the battery."""
    return max((move.told.on for move in life.moves if move.after != move.before), default=date.min)


def _leaves_producers(move: Move, left_on: date | None, *, is_first_fitting: bool) -> date | None:
    """Return since when a pack is out of its producers' hands; one sold to a vehicle producer goes on the market with the vehicle."""
    roles = set(move.told.roles)
    if left_on is None and (roles & LEAVES or (move.after.is_used and roles & SEEN_USED)):
        return move.told.on
    return None if is_first_fitting else left_on


def _collect(move: Move, collected_on: date | None, exported_on: date | None) -> tuple[date | None, date | None]:
    after = move.after.status
    if after in COLLECTED or (after == "in_transit" and collected_on):
        return collected_on or move.told.on, None
    if after == "exported":
        return None, move.told.on
    return None, None


def chain_is_whole(life: Life, broken: set[str], missing: set[str], cars: dict[str, Car]) -> bool:
    """Tell whether birth and whereabouts are known and nothing open or found breaks the chain."""
    is_somewhere = bool(life.last.holder) or life.last.vehicle in cars
    return bool(birth_of(life)) and is_somewhere and life.code not in broken and life.code not in missing


# -- counting ------------------------------------------------------------------------------------------------------


def count_all(plain: Plain, lives: dict[str, Life], lots: dict[str, LotBook], broken: set[str]) -> Counter[Counted]:
    """Return all counts; `broken` are the batteries with a finding of their own that breaks the chain."""
    cars = read_cars(plain, safe_since(plain, lives))
    missing = {code for car in cars.values() for code in car.missing}
    ends = _ends_of_parents(lives)
    counts: Counter[Counted] = Counter()
    for car in cars.values():
        counts["subject", car.place, "", "vehicle", car.status, month_of(car.since)] += 1
        if car.sold_on is not None:
            counts["vehicle_sold", car.sold_at, car.builder or "", "vehicle", "sold", month_of(car.sold_on)] += 1
            if car.status in ("scrapped", "incomplete", "exported"):
                gone = car.sold_at, car.builder or "", month_of(car.sold_on), car.status, month_of(car.since)
                counts["vehicle_gone", *gone] += 1
    for code, life in lives.items():
        kind, one = battery_kind(code), stand(plain, life, cars, ends)
        counts["subject", one.place, "", kind, life.last.status, month_of(one.since)] += 1
        if kind == "pack":
            _count_pack(counts, life, one, cars, is_whole=chain_is_whole(life, broken, missing, cars))
    for lot in lots.values():
        counts.update(_count_lot(plain, lot))
    return counts


def _count_pack(counts: Counter[Counted], life: Life, one: Standing, cars: dict[str, Car], *, is_whole: bool) -> None:
    if life.last.status not in GONE:
        counts["coverage", one.place, one.producer or "", "pack", "whole" if is_whole else "not_whole", ""] += 1
    if one.on_market and one.is_sold_with_vehicle:
        counts["pack_sold", one.on_market[1], life.end.maker or "", "pack", "sold", month_of(one.on_market[0])] += 1
    if one.on_market:
        province, party = one.on_market[1][:2] + "0000", one.producer or ""
        counts["market", province, party, "pack", "on_market", month_of(one.on_market[0])] += 1
        if one.collected_on:
            counts["market", province, party, "pack", "collected", month_of(one.collected_on)] += 1
        if one.exported_on:
            counts["market", province, party, "pack", "exported", month_of(one.exported_on)] += 1


def _sold_in(life: Life, cars: dict[str, Car]) -> Car | None:
    """Return the first vehicle that was sold as new while a pack was in it."""
    stays: list[list[Any]] = []  # vehicle, first day, last day
    for move in life.moves:
        roles, on, vin = set(move.told.roles), move.told.on, move.told.raw.get("vin")
        for stay in stays:
            if stay[2] is None and (roles & SEEN_ELSEWHERE or (roles & TAKEN_OUT and stay[0] == vin)):
                stay[2] = on
        if roles & BINDS and not any(stay[0] == vin and stay[2] is None for stay in stays):
            stays.append([vin, on, on if move.before.status == "recovered" else None])  # it cannot be there any more
    for place, (vin, first, last) in enumerate(stays):
        car = cars.get(vin)
        if car and car.sold_on and car.sold_on <= (last or date.max) and (place == 0 or first <= car.sold_on):
            return car
    return None


def _ends_of_parents(lives: dict[str, Life]) -> dict[str, date]:
    """Return for each parent of a product the day on which the product was recovered."""
    ends: dict[str, date] = {}
    for life in lives.values():
        fed = [move.told.on for move in life.moves if "fed" in move.told.roles]
        for move in life.moves:
            if "product" in move.told.roles and fed:
                for parent in move.told.raw["parent_codes"]:
                    ends[parent] = min(fed[0], ends.get(parent, fed[0]))
    return ends


def safe_since(plain: Plain, lives: dict[str, Life]) -> dict[str, dict[str, date]]:
    """Return for each vehicle its packs that turned up in lawful hands, and since when."""
    safe: dict[str, dict[str, date]] = {}
    for code, life in lives.items():
        holder = life.end.last_taken_by
        if holder and plain.roles(holder, date.max) & LAWFUL:
            day = next((move.told.on for move in life.moves if move.after.holder == holder), life.moves[-1].told.on)
            for vin in life.end.tells | life.end.bound_to:
                safe.setdefault(vin, {})[code] = day
    return safe


def _count_lot(plain: Plain, lot: LotBook) -> Counter[Counted]:
    """Count a lot by what was last told of it: recovered once all of it was fed."""
    told = sorted(lot.told, key=lambda raw: (day_of(raw), LIFECYCLE[raw["kind"]], key_of(raw)))
    status, since, place = "", date.min, ""
    for raw in told:
        before = status
        if raw["kind"] == "material_recovered":
            status = "recovered"
        elif raw["kind"] == "battery_handed_over":
            status = status if key_of(raw) in lot.late else "in_transit"
        else:
            roles = plain.roles(raw["reporter"], day_of(raw))
            status = next((one for role, one in RECEIVING_ROLES.items() if role in roles), "used")
        since, place = (day_of(raw) if status != before else since), plain.place(raw)
    return Counter({("subject", place, "", "lot", status, month_of(since)): 1})


def sales_of(counts: Counter[Counted]) -> Counter[tuple[str, str, str, str]]:
    """Return what was sold for the first time: name, party, place, month."""
    sold: Counter[tuple[str, str, str, str]] = Counter()
    for (name, place, party, _, _, month), count in counts.items():
        if name in ("vehicle_sold", "pack_sold"):
            sold[name, party, place, month] += count
    return sold
