"""Lives of batteries step by step, by the reference model: what was, what was told, what is; for books and counts."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from tests.province.naive_world import Plain, Raw, day_of
from tests.reference.battery import OWNER, UNKNOWN, Battery, World, happen, hear_of_others, order_life
from tests.reference.model import find_recoveries
from tests.reference.timeline import Told, battery_roles, codes_in, timeline_of

FIELDS = ("battery_code", "battery_codes", "packs", "removed_battery_code", "fitted_battery_code", "removed_codes", "fitted_codes",
          "temporary_code", "battery_codes_found", "recovered_codes", "product_code", "parent_codes")  # fmt: skip


@dataclass(frozen=True)
class Moment:
    """A battery between two events; `holder` is None unless a party is known to hold it."""

    status: str
    holder: str | None
    vehicle: str | None
    is_used: bool
    on_way: tuple[tuple[str, str], ...]  # giver and receiver of hand-overs whose receipt has not come


@dataclass(frozen=True)
class Move:
    """One event of a life, with what it found and what it left."""

    before: Moment
    told: Told
    after: Moment


@dataclass
class Life:
    """One battery from its first event to its last, and what others told of it since."""

    code: str
    moves: list[Move]
    end: Battery
    last: Moment
    births: list[Raw] = field(default_factory=list)


def read_lives(plain: Plain) -> dict[str, Life]:
    """Return the life of every battery that a report is about."""
    named: dict[str, list[Raw]] = {}
    for raw in plain.counted:
        for code in {code for name in FIELDS for code in codes_in(raw.get(name))}:
            if not code.startswith("LOT-") and battery_roles(raw, code=code):
                named.setdefault(code, []).append(raw)
    told = {code: timeline_of(code, reports=reports) for code, reports in named.items()}
    alone = plain.world()
    orders = {code: order_life(code, told=timeline, world=alone) for code, timeline in told.items() if timeline}
    around = World(
        plain.registry,
        alone.rulebook,
        first_sales(plain),
        swap_vehicles(plain),
        find_recoveries(orders),
        plain.received,
    )
    return {code: _live(code, order, around) for code, order in sorted(orders.items())}


def first_sales(plain: Plain) -> dict[str, date]:
    """Return the day of the first sale as new of each vehicle."""
    sales: dict[str, date] = {}
    for raw in plain.kinds("vehicle_sold"):
        if raw.get("sale_kind", "new") == "new":
            sales.setdefault(raw["vin"], day_of(raw))
    return sales


def swap_vehicles(plain: Plain) -> set[str]:
    """Return the vehicles said to be swap vehicles, and those of unknown birth that were seen at a swap."""
    built = {raw["vin"] for raw in plain.kinds("vehicle_produced", "vehicle_imported")}
    told = {raw["vin"] for raw in plain.counted if raw.get("is_swap_vehicle")}
    return told | {raw["vin"] for raw in plain.kinds("battery_swapped") if raw["vin"] not in built}


def _live(code: str, order: list[Told], around: World) -> Life:
    state, moves = Battery(code), []
    for one in order:
        hear_of_others(state, around, by=one.on)
        before = _moment(state)
        happen(state, one, around)
        moves.append(Move(before, one, _moment(state)))
    hear_of_others(state, around, by=date.max)
    births = [one.raw for one in order if {"born", "born_bound", "declared", "product"} & set(one.roles)]
    return Life(code, moves, state, _moment(state), births)


def _moment(state: Battery) -> Moment:
    holder = None if state.holder in (UNKNOWN, OWNER) else state.holder
    on_way = tuple((half.giver, half.receiver) for half in state.handed_over if half.closed_by is None)
    return Moment(state.status, holder, state.vehicle, state.is_used, on_way)


def birth_of(life: Life) -> dict[str, Any]:
    """Return what the first birth of a battery says of it; empty where nobody reported one."""
    if not life.births:
        return {}
    raw = life.births[0]
    described = [pack for pack in raw.get("packs", ()) if pack["code"] == life.code]
    return described[0] if described else raw


def held(lives: dict[str, Life]) -> Iterator[Life]:
    """Yield the lives whose battery somebody holds at their end."""
    return (life for life in lives.values() if life.last.holder)
