"""A vehicle in use: new packs, repaired modules, packs off and on again, second owners, swaps, and codes that were copied."""

from dataclasses import replace
from typing import Final

from suyuan_sim.codes import make_date_letters
from suyuan_sim.day import CODED, OPENED, TEXT, day_of, year_of
from suyuan_sim.end import hand, pass_on
from suyuan_sim.firms import RE, SE, Firm
from suyuan_sim.production import YEAR_DAYS, Batch, Line, Pack, Vehicle

# Cumulated share of packs replaced in a vehicle's life: Recurrent (US fleet), by model year; taxis and ride hailing four times.
_REPLACED: Final = {2012: 0.16, 2013: 0.10, 2014: 0.07, 2015: 0.04}
_REPLACED_SINCE = 0.012
_HARD_USE: Final = ("taxi", "ride_hailing")
_HARD_USE_TIMES = 4
# Of replacements before the platform opened that were ever told (2019: 0.0004 of sold vehicles), and assumptions.
_REPLACEMENT_LOADED = 0.05
_REPAIRED, _REFITTED, _SOLD_AGAIN, _REFURBISHED = 0.006, 0.003, 0.05, 0.1
_SWAPS_A_MONTH = 0.5  # of each swap vehicle: thinned out, see docs/explanation/simulation.md
_SWAP_UNTOLD = 0.01
_SPARE_PACKS = 0.2
_FITS = 0.2  # energy by which a refurbished pack may differ from the one it replaces (assumption)
TIME: Final = ("08:12:00", "10:41:00", "13:05:00", "15:37:00", "18:20:00", "20:55:00")


def live(line: Line, vehicles: list[Vehicle]) -> None:
    """Let the vehicles of one batch live until they leave the register, or the play is over."""
    for vehicle in sorted(vehicles, key=lambda one: one.sold_on):
        if not vehicle.is_swap:  # labels are copied soon after the sale, before anything else happens to a vehicle
            _copy(line, vehicle, vehicles)
    for vehicle in vehicles:
        if vehicle.is_exported:
            continue
        _change_hands(line, vehicle)
        if not vehicle.is_swap:
            _replace(line, vehicle)
            _repair(line, vehicle)


def _last_day(line: Line, vehicle: Vehicle) -> int:
    return min(vehicle.leaves_on, line.ledger.plan.until) - 30


def _draw_day(line: Line, vehicle: Vehicle) -> int | None:
    """Return a day in the vehicle's use, after its pack went in; None where it has none."""
    first, last = max(vehicle.sold_on, vehicle.changed_on) + 60, _last_day(line, vehicle)
    return first + int(line.chance.random() * (last - first)) if last > first else None


def _change_hands(line: Line, vehicle: Vehicle) -> None:
    chance = line.chance
    on = _draw_day(line, vehicle)
    if on is None or on < OPENED or not vehicle.is_known or chance.random() > _SOLD_AGAIN:
        return
    seller = line.firms.pick_near(SE, province=vehicle.province, chance=chance)
    fields = {"vin": vehicle.vin, "use_type": "private", "sale_kind": "second_hand"}
    line.ledger.tell(seller, "vehicle_sold", on, fields, told=on + 5)  # no limit runs for it: it is never late


def _replace(line: Line, vehicle: Vehicle) -> None:
    """A pack fails or is worn out: a repairer takes it off and puts on a new one, a refurbished one, or a forged one."""
    chance, ledger = line.chance, line.ledger
    year = year_of(vehicle.built_on)
    share = _REPLACED.get(year, _REPLACED_SINCE) * (_HARD_USE_TIMES if vehicle.use in _HARD_USE else 1)
    years = (_last_day(line, vehicle) - vehicle.sold_on) / YEAR_DAYS
    if years <= 0 or chance.random() > share * min(years / 8, 1.0):
        return
    on = _draw_day(line, vehicle)
    if on is None:
        return
    old = vehicle.packs[0]
    new, is_refurbished = _find_spare(line, old, on=on)
    repairer = line.firms.pick_near(RE, province=vehicle.province, chance=chance)
    is_told = on >= OPENED or (on >= CODED and chance.random() < _REPLACEMENT_LOADED)
    subjects = [f"vehicle:{vehicle.vin}", f"battery:{old.code}", f"battery:{new.code}"]
    vehicle.packs[0], vehicle.changed_on = new, on
    ledger.add(year_of(on), "replaced", "all", 1 / line.scale)
    ledger.add(year_of(on), "retired_kt", "replacement", old.mass_g / 1e9 / line.scale)
    if not is_told:
        ledger.label("unreported_replacement", None, on=on, subjects=subjects, reports=[], told=None)
        return
    is_forged = not repairer.is_silent and ledger.plan.happens("forged_code", on=on, chance=chance)
    if is_refurbished:
        is_forged = False
        ledger.tell(new.maker, "battery_sold", on - 6, {"battery_code": new.code, "buyer": repairer.uscc})
    elif not is_forged:
        line.report_birth(new, new.maker.models[0])
        ledger.tell(new.maker, "battery_sold", new.produced_on + 8, {"battery_code": new.code, "buyer": repairer.uscc})
    fields = {
        "vin": vehicle.vin,
        "removed_battery_code": old.code,
        "fitted_battery_code": new.code,
        "reason": "容量衰减",
        "kept_by": repairer.uscc,
    }
    report = ledger.tell(repairer, "battery_replaced", on, fields)
    if not repairer.is_silent:
        vehicle.told = [new.code if code == old.code else code for code in vehicle.told]
    if is_forged:
        ledger.label("forged_code", repairer, on=on, subjects=subjects, reports=[report], told=ledger.received)
    if on > OPENED and old.is_known and not repairer.is_silent and chance.random() < _REFURBISHED:
        _refurbish(line, old, repairer, on + 8)
    else:
        pass_on(line, old, giver=repairer, on=on + 10 + int(chance.random() * 50), province=vehicle.province)


def _refurbish(line: Line, pack: Pack, repairer: Firm, on: int) -> None:
    """Send a pack back to its maker, which makes it fit for a vehicle again."""
    ledger = line.ledger
    arrived = hand(line, pack, giver=repairer, receiver=pack.maker, on=on)
    tested = {"battery_code": pack.code, "residual_capacity_percent_x100": 9_100, "method": "GB/T 34015"}
    ledger.tell(pack.maker, "battery_tested", arrived + 6, tested)
    report = ledger.tell(pack.maker, "battery_refurbished", arrived + 15, {"battery_code": pack.code})
    ledger.label(
        "refurbished_pack", pack.maker, on=arrived + 15, subjects=[f"battery:{pack.code}"], reports=[report], told=None
    )
    line.refurbished.append((arrived + 16, pack))


def _find_spare(line: Line, old: Pack, *, on: int) -> tuple[Pack, bool]:
    """Return the pack that goes on, and whether it is a refurbished one that waited for a place it fits."""
    for place, (ready_on, pack) in enumerate(line.refurbished):
        fits = pack.chemistry == old.chemistry and abs(pack.energy_wh - old.energy_wh) < _FITS * old.energy_wh
        if fits and ready_on < on - 6:
            del line.refurbished[place]
            return pack, True
    return _make_spare(line, old, on=on - 20), False


def _make_spare(line: Line, old: Pack, *, on: int) -> Pack:
    """Return a pack like the old one, made for its place."""
    line.serial += 1
    letters = make_date_letters(day_of(on))
    code = f"{old.code[:14]}{letters}{line.serial:07d}"
    return Pack(code, old.maker, old.chemistry, old.energy_wh, old.mass_g, on)


def _repair(line: Line, vehicle: Vehicle) -> None:
    """A module is changed, or the pack comes off and goes on again."""
    chance, ledger, pack = line.chance, line.ledger, vehicle.packs[0]
    draw = chance.random()
    on = _draw_day(line, vehicle)
    if on is None or on < OPENED or not vehicle.is_known or draw > _REPAIRED + _REFITTED:
        return
    repairer = line.firms.pick_near(RE, province=vehicle.province, chance=chance)
    subjects = [f"vehicle:{vehicle.vin}", f"battery:{pack.code}"]
    if draw < _REFITTED:
        reports = [
            ledger.tell(
                repairer, "battery_removed", on, {"battery_code": pack.code, "vin": vehicle.vin, "reason": "warranty"}
            ),
            ledger.tell(repairer, "battery_fitted", on + 3, {"vin": vehicle.vin, "battery_code": pack.code}),
        ]
        ledger.label("refit", repairer, on=on, subjects=subjects, reports=reports, told=None)
    elif pack.modules:
        line.serial += 1
        old = pack.modules[0]
        new = f"{old[:14]}{make_date_letters(day_of(on - 15))}{9_999_999 - line.serial:07d}"
        fields = {
            "battery_code": pack.code,
            "vin": vehicle.vin,
            "removed_codes": [old],
            "fitted_codes": [new],
            "kept_by": repairer.uscc,
            "reason": "模组故障",
        }
        report = ledger.tell(repairer, "component_replaced", on, fields)
        module = replace(pack, code=old, mass_g=pack.mass_g // len(pack.modules), modules=())
        module.energy_wh //= len(pack.modules)
        pack.modules = (new, *pack.modules[1:])
        pass_on(line, module, giver=repairer, on=on + 15 + int(chance.random() * 45), province=vehicle.province)
        ledger.label("module_repair", repairer, on=on, subjects=subjects, reports=[report], told=None)


def _copy(line: Line, vehicle: Vehicle, vehicles: list[Vehicle]) -> None:
    """Somebody copies the label of a pack: born twice, built into a second vehicle, or fitted by a repairer."""
    chance, ledger, pack = line.chance, line.ledger, vehicle.packs[0]
    on = vehicle.sold_on + 30
    if not vehicle.is_known or not ledger.plan.happens("cloned_code", on=on, chance=chance):
        return
    other = vehicles[0] if vehicles[0] is not vehicle else vehicles[-1]
    way = int(chance.random() * 3)
    is_in_use = other.sold_on < on < other.leaves_on - 60 and not other.is_exported
    if way == 0 or other is vehicle or not is_in_use:
        fields = {
            "battery_code": pack.code,
            "model": pack.maker.models[-1],
            "produced_on": TEXT[pack.produced_on],
            "chemistry": pack.chemistry,
            "rated_energy_wh": pack.energy_wh + 1_000,
            "mass_g": pack.mass_g + 7_000,
        }
        if pack.modules:
            fields["modules"] = [{"code": change_level_serial(code), "cells": []} for code in pack.modules]
        guilty, reports = pack.maker, [ledger.tell(pack.maker, "battery_produced", pack.produced_on + 2, fields)]
        on, told = pack.produced_on + 2, ledger.received
    else:
        guilty = line.firms.pick_near(RE, province=other.province, chance=chance)
        if guilty.is_silent:
            return
        old = other.packs[0]
        fields = {
            "vin": other.vin,
            "removed_battery_code": old.code,
            "fitted_battery_code": pack.code,
            "reason": "容量衰减",
            "kept_by": guilty.uscc,
        }
        reports, told = [ledger.tell(guilty, "battery_replaced", on, fields)], ledger.received
        other.packs[0], other.changed_on = (
            replace(pack),
            on,
        )  # alike outside; what is done to one is not done to the other
        other.told = [pack.code if code == old.code else code for code in other.told]
        pass_on(line, old, giver=guilty, on=on + 20, province=other.province)
    subjects = [f"battery:{pack.code}", f"vehicle:{vehicle.vin}", f"vehicle:{other.vin}"]
    ledger.label("cloned_code", guilty, on=on, subjects=subjects, reports=reports, told=told)


def change_level_serial(code: str) -> str:
    """Return the code of a part that another pack could have: its serial number read backwards."""
    return f"{code[:17]}{code[:16:-1]}"


def swap(line: Line, batch_vehicles: list[Vehicle], operator: Firm, batch: Batch) -> None:
    """Swap packs among the vehicles of a batch and a small pool, since the platform opened."""
    chance, ledger = line.chance, line.ledger
    cars = [one for one in batch_vehicles if one.is_known and not one.is_exported and one.leaves_on > OPENED]
    if not cars:
        return
    opening = max(*(one.sold_on for one in cars), OPENED) + 5
    pool = []
    for _ in range(max(1, round(len(cars) * _SPARE_PACKS))):
        spare = line.make_pack(batch, on=opening - 40)
        line.report_birth(spare, batch.maker.models[0])
        ledger.tell(
            spare.maker, "battery_sold", spare.produced_on + 5, {"battery_code": spare.code, "buyer": operator.uscc}
        )
        ledger.tell(
            operator,
            "swap_pool_joined",
            spare.produced_on + 9,
            {"battery_code": spare.code, "station_id": f"S{operator.number}"},
        )
        pool.append(spare)
    for on in range(opening, ledger.plan.until - 10):
        if chance.random() > _SWAPS_A_MONTH / 30 * len(cars):
            continue
        car = cars[int(chance.random() * len(cars))]
        if car.leaves_on <= on + 20:
            continue
        _swap_once(line, car, operator, pool, on)


def _swap_once(line: Line, car: Vehicle, operator: Firm, pool: list[Pack], on: int) -> None:
    chance, ledger = line.chance, line.ledger
    fitted, removed = pool.pop(0), car.packs[0]
    pool.append(removed)
    car.packs[0] = fitted
    if chance.random() < _SWAP_UNTOLD:
        subjects = [f"vehicle:{car.vin}", f"battery:{fitted.code}", f"battery:{removed.code}"]
        ledger.label("missing_swap_report", operator, on=on, subjects=subjects, reports=[], told=None)
        return
    fields = {
        "occurred_at": f"{TEXT[on]}T{TIME[int(chance.random() * 6)]}+08:00",
        "vin": car.vin,
        "removed_battery_code": removed.code,
        "fitted_battery_code": fitted.code,
        "station_id": f"S{operator.number}",
    }
    ledger.tell(operator, "battery_swapped", on, fields)
