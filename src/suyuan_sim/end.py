"""From the road to the plant: scrapping, what is found and what is missing, hand-overs, rings, unlawful buyers."""

from itertools import pairwise
from typing import Any, Final

from suyuan_sim.breaches import RATES
from suyuan_sim.calibration import pick_by_year
from suyuan_sim.day import CODED, OPENED, TEXT, year_of
from suyuan_sim.firms import CO, UE, VD, Firm
from suyuan_sim.ledger import LIMIT_DAYS
from suyuan_sim.production import Line, Pack, Vehicle

# Share of retirements that formal enterprises see: found for 2020-2024 (calibration targets of Tian et al. 2025), scenario after.
FORMAL: Final = (
    (2020, 0.25),
    (2021, 0.30),
    (2022, 0.35),
    (2023, 0.40),
    (2024, 0.45),
    (2025, 0.45),
    (2026, 0.55),
    (2027, 0.65),
    (2028, 0.75),
    (9999, 0.85),
)
# Assumptions: scrapping before the platform that was loaded, labels nobody can read on old packs, ways to the plant.
_SCRAPPING_LOADED, _UNREADABLE, _BY_OUTLET, _MOVES_AWAY = 0.5, 0.2, 0.35, 0.15
_CERTIFIED_ALL_THE_SAME = 0.5  # of vehicles whose pack is missing (assumption)
_STRIPPED_TO = 0.7  # mass that is left of a pack out of which modules were taken
_MISDATED = 0.5  # of receipts of an enterprise that dates them as it likes
_LATE_PARTNER = 0.02  # receipts told on one of the last days of the limit (assumption)
_BURNT = 0.004  # fires: 0.96 per 10,000 vehicle-years found, of those that end the vehicle's life
_RING_DAYS: Final = (3, 15)  # that a pack lies with each member of a ring (assumption)


Grey = list[tuple[int, Pack]]
"""Packs of vehicles that ended where nobody looks, each with the day from which somebody can put it elsewhere."""


def leave(line: Line, vehicle: Vehicle, grey: Grey) -> None:
    """End a vehicle's life: at a dismantler, or where nobody looks."""
    chance, ledger, on = line.chance, line.ledger, vehicle.leaves_on
    if on > ledger.plan.until:
        return
    is_formal = chance.random() < pick_by_year(FORMAL, year_of(on))
    if not is_formal:
        ledger.add(year_of(on), "informal_exits", "all", 1 / line.scale)
        grey.extend((on, pack) for pack in vehicle.packs)
        return
    if on < CODED or (on < OPENED and chance.random() > _SCRAPPING_LOADED):
        return
    province = vehicle.province
    if chance.random() < _MOVES_AWAY:
        province = chance.choices(line.places[False].values, cum_weights=line.places[False].weights)[0]
    dismantler = line.firms.pick_near(VD, province=province, chance=chance)
    _scrap(line, vehicle, dismantler, grey)


def _look(line: Line, vehicle: Vehicle, dismantler: Firm, grey: Grey) -> tuple[list[Pack], str, dict[str, str]]:
    """Return the packs that the dismantler finds, the breach behind what is not there, and what it says of it."""
    chance, plan, on = line.chance, line.ledger.plan, vehicle.leaves_on
    if vehicle.is_swap:
        return [], "", {}
    if plan.happens("missing_pack", on=on, chance=chance, readiness=dismantler.readiness):
        return vehicle.packs[1:], "missing_pack", {}
    if on < OPENED and chance.random() < RATES["missing_pack_before"]:  # an owner's statement sufficed then
        return vehicle.packs[1:], "", {"absence_reason": "other"}
    place = next((place for place, (since, _) in enumerate(grey) if since <= on), None)
    if place is not None and plan.happens("swapped_pack", on=on, chance=chance):
        return [grey.pop(place)[1], *vehicle.packs[1:]], "swapped_pack", {}
    if on >= OPENED and chance.random() < _BURNT:
        return [], "burnt", {"absence_reason": "burnt"}
    return list(vehicle.packs), "", {}


def _scrap(line: Line, vehicle: Vehicle, dismantler: Firm, grey: Grey) -> None:
    """Take a vehicle in, tell what was found, and send the packs on their way."""
    chance, ledger, on = line.chance, line.ledger, vehicle.leaves_on
    found, breach, extra = _look(line, vehicle, dismantler, grey)
    is_readable = vehicle.built_on >= CODED or chance.random() > _UNREADABLE
    if not is_readable:
        found = [_declare_uncoded(line, vehicle, pack, dismantler, on) for pack in found]
    codes = [pack.code for pack in found]
    if not breach and on >= OPENED and is_readable and vehicle.is_known and not vehicle.is_swap:
        # Whoever is honest asks the platform which packs must be there, and says so where one is not.
        extra |= {} if set(vehicle.told) <= set(codes) else {"absence_reason": "replaced_unreported"}
    fields: dict[str, Any] = {"vin": vehicle.vin, "battery_codes_found": codes, **extra}
    report = ledger.tell(dismantler, "vehicle_scrapped", on, fields)
    subjects = list(
        dict.fromkeys([f"vehicle:{vehicle.vin}", *(f"battery:{one.code}" for one in (*vehicle.packs, *found))])
    )
    if breach:
        # Nobody can know it where nothing was told of the vehicle, or of its end.
        told = ledger.received if vehicle.is_known and not dismantler.is_silent else None
        ledger.label(breach, dismantler, on=on, subjects=subjects, reports=[report], told=told)
    if not vehicle.is_known:
        ledger.label("legacy_vehicle", dismantler, on=on, subjects=subjects, reports=[report], told=None)
    if breach == "burnt":
        for pack in vehicle.packs:
            fields = {
                "battery_code": pack.code,
                "cause": "burnt",
                "explanation": "车辆自燃",
                "incident_record_no": f"F{on}",
            }
            ledger.tell(dismantler, "battery_lost", on, fields)
    certified_on = on + 1 + int(chance.random() * 9)
    is_held_back = bool(extra) and certified_on >= OPENED  # until what is said to be absent is explained
    if not is_held_back and (breach != "missing_pack" or chance.random() < _CERTIFIED_ALL_THE_SAME):
        number = {"vin": vehicle.vin, "recovery_certificate_no": f"HS{vehicle.vin}"}
        ledger.tell(dismantler, "recovery_certificate_issued", certified_on, number)
    off = on + 1 + int(chance.random() * 6)
    for pack in found:
        leaving = off + 10 + int(chance.random() * 60)
        removal = {"battery_code": pack.code, "vin": vehicle.vin, "reason": "scrapping"}
        ledger.tell(dismantler, "battery_removed", off, removal)
        pass_on(line, pack, giver=dismantler, on=leaving, province=dismantler.division[:2])


def _declare_uncoded(line: Line, vehicle: Vehicle, pack: Pack, dismantler: Firm, on: int) -> Pack:
    """A label that nobody can read: the pack gets a temporary code."""
    code = f"TMP-{dismantler.uscc}-{vehicle.vin}-{vehicle.packs.index(pack) if pack in vehicle.packs else 9}"
    fields = {
        "temporary_code": code,
        "mass_g": pack.mass_g,
        "explanation": "标签腐蚀，编码无法识别",
        "vin": vehicle.vin,
        "chemistry": pack.chemistry,
    }
    report = line.ledger.tell(dismantler, "uncoded_battery_declared", on, fields)
    subjects = [f"battery:{code}", f"vehicle:{vehicle.vin}"]
    line.ledger.label("uncoded_battery", dismantler, on=on, subjects=subjects, reports=[report], told=None)
    return Pack(code, pack.maker, pack.chemistry, pack.energy_wh, pack.mass_g, pack.produced_on)


def pass_on(line: Line, pack: Pack, *, giver: Firm, on: int, province: str) -> None:
    """Hand a used pack on until it lies at a plant, or with somebody who may not have it."""
    chance, ledger = line.chance, line.ledger
    if on > ledger.plan.until:
        return
    if ledger.plan.happens("unlawful_receiver", on=on, chance=chance) and not giver.is_silent:
        fields = {"battery_code": pack.code, "receiver": line.firms.buyer, "mass_g": pack.mass_g}
        report = ledger.tell(giver, "battery_handed_over", on, fields)
        ledger.label(
            "unlawful_receiver",
            giver,
            on=on,
            subjects=[f"battery:{pack.code}"],
            reports=[report],
            told=ledger.received,
            parties=[line.firms.buyer],
        )
        return
    if chance.random() < _BY_OUTLET:
        outlet = line.firms.pick_near(CO, province=province, chance=chance)
        arrived = hand(line, pack, giver=giver, receiver=outlet, on=on)
        giver, on = outlet, arrived + 10 + int(chance.random() * 50)
    plant = _pick_plant(line, province)
    stripped_by = None
    if (
        len(pack.modules) > 1
        and not giver.is_silent
        and ledger.plan.happens("cannibalised_modules", on=on, chance=chance)
    ):
        stripped_by, pack.mass_g = giver.number, int(pack.mass_g * _STRIPPED_TO)
    arrived = hand(line, pack, giver=giver, receiver=plant, on=on)
    ring = next((one for one in line.firms.rings if plant in one), None)
    if ring is not None and arrived >= OPENED and chance.random() < 0.5:  # noqa: PLR2004 - half of what a ring gets goes round
        arrived = _go_round(line, pack, ring, plant, arrived)
    goods = {
        "code": pack.code,
        "chemistry": pack.chemistry,
        "energy_wh": pack.energy_wh,
        "mass_g": pack.mass_g,
        "modules": pack.modules,
        "stripped_by": stripped_by,
        "is_known": pack.is_known,
    }
    ledger.deliver(plant, arrived, goods)


def _pick_plant(line: Line, province: str) -> Firm:
    """Return a plant: one nearby for half of the packs, else by size."""
    nearby = line.firms.near.get((UE, province))
    if nearby and line.chance.random() < 0.5:  # noqa: PLR2004 - assumption
        return nearby[int(line.chance.random() * len(nearby))]
    return line.firms.pick(line.firms.plants, line.chance)


def hand(line: Line, pack: Pack, *, giver: Firm, receiver: Firm, on: int) -> int:
    """Write both halves of a movement; returns the day of arrival."""
    chance, ledger = line.chance, line.ledger
    arrived = on + 1 + int(chance.random() * 5)
    mass_g = int(pack.mass_g * chance.uniform(0.992, 1.004))
    fields: dict[str, Any] = {"battery_code": pack.code, "receiver": receiver.uscc, "mass_g": mass_g}
    if chance.random() < 0.5:  # noqa: PLR2004 - assumption: half name the waybill
        fields["waybill_no"] = f"W{TEXT[on].replace('-', '')}{line.serial % 10_000:04d}"
    ledger.tell(giver, "battery_handed_over", on, fields)
    given = ledger.received
    weighed_g = int(mass_g * chance.uniform(0.995, 1.005))
    received = {"battery_code": pack.code, "sender": giver.uscc, "mass_g": weighed_g}
    draw = chance.random()
    if (
        arrived < OPENED
        or receiver.is_silent
        or receiver.holds_back
        or draw > _LATE_PARTNER + _MISDATED * receiver.misdates
    ):
        report = ledger.tell(receiver, "battery_received", arrived, received)
        if arrived > OPENED and ledger.received < given and not (receiver.is_silent or giver.is_silent):
            _label_half(line, "halves_swapped", pack, receiver, arrived, report)
    elif draw < _LATE_PARTNER:
        told = arrived + LIMIT_DAYS - 1 - int(chance.random() * 5)
        report = ledger.tell(receiver, "battery_received", arrived, received, told=told)
        _label_half(line, "late_partner", pack, receiver, arrived, report)
    else:  # it came in long ago and was forgotten: the day that is told makes it look as if the report were in time
        claimed = arrived + LIMIT_DAYS + 10 + int(chance.random() * 30)
        told = claimed + 2 + int(chance.random() * 10)
        report = ledger.tell(receiver, "battery_received", claimed, received, told=told)
        _label_half(line, "back_dating", pack, receiver, arrived, report)
    return arrived


def _label_half(line: Line, label: str, pack: Pack, firm: Firm, on: int, report: str) -> None:
    told = line.ledger.received
    line.ledger.label(label, firm, on=on, subjects=[f"battery:{pack.code}"], reports=[report], told=told)


def _go_round(line: Line, pack: Pack, ring: tuple[Firm, ...], plant: Firm, on: int) -> int:
    """Trade a pack in a circle, each member reporting it in and out; returns when it is back."""
    place = ring.index(plant)
    order = [*ring[place:], *ring[:place], plant]
    began = on
    for giver, receiver in pairwise(order):
        lies = _RING_DAYS[0] + int(line.chance.random() * (_RING_DAYS[1] - _RING_DAYS[0]))
        on = hand(line, pack, giver=giver, receiver=receiver, on=on + lies)
    line.ledger.label(
        "ring",
        None,
        on=began,
        subjects=[f"battery:{pack.code}"],
        reports=[],
        told=line.ledger.received,
        parties=[one.uscc for one in ring],
        note=f"ring-{line.firms.rings.index(ring)}",
    )
    return on
