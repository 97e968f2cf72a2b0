"""What a vehicle and its packs say together: sold empty, replaced what was not there, alive after scrapping, and its end."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from story import USCC_CHARACTERS, uscc
from tests.province.naive_custody import Due, Step, owe
from tests.reference.battery import Battery, Seen, World, is_surely_before, received_on
from tests.reference.model import (
    IN_FORCE,
    Vehicle,
    happen_to_vehicle,
    is_told_to_be_safe,
    may_come_to_vehicle,
    without_a_code,
)
from tests.reference.timeline import Told, put_in_order

SIGNS_OF_LIFE = ("vehicle_produced", "vehicle_imported", "vehicle_sold", "battery_fitted", "battery_swapped", "battery_replaced",
                 "vehicle_scrapped", "vehicle_exported")  # fmt: skip
BUILT = ("vehicle_produced", "vehicle_imported")
FIRST_RULES = date(2018, 8, 1)


@dataclass
class Drive:
    """The life of a vehicle in its order, with how it stood before each event, and how it ended."""

    vin: str
    order: list[Told]
    state: Vehicle
    bound_before: list[set[str]] = field(default_factory=list)
    known_before: list[bool] = field(default_factory=list)
    swaps_before: list[bool] = field(default_factory=list)
    births_after: list[set[str]] = field(default_factory=list)
    known_on: list[date] = field(default_factory=list)
    bound_after: list[set[str]] = field(default_factory=list)


def drive(vin: str, *, told: list[Told], world: World) -> Drive:
    """Return a vehicle's life, event by event."""
    order = put_in_order(told, start=Vehicle(vin), may_come=may_come_to_vehicle, apply=happen_to_vehicle)
    life, known_on = Drive(vin, order, Vehicle(vin)), date.min
    for one in order:
        life.bound_before.append(set(life.state.packs))
        life.known_before.append(life.state.is_known)
        life.swaps_before.append(life.state.is_swap_vehicle)
        happen_to_vehicle(life.state, one)
        life.bound_after.append(set(life.state.packs))
        life.births_after.append(set(life.state.birth_packs))
        known_on = max(known_on, received_on(one.key, world))
        life.known_on.append(known_on)
    return life


def find_in_vehicle(life: Drive, *, batteries: dict[str, Battery], world: World) -> Iterator[Seen]:
    """Find what the reports on one vehicle say against somebody, besides what the reference model finds."""
    yield from _find_empty_sale(life)
    yield from find_conflicts(life)
    state = life.state
    for one in life.order:
        if one.kind == "battery_replaced" and one.raw["removed_battery_code"] == one.raw["fitted_battery_code"]:
            yield Seen("replacement_code_unchanged", "violation", life.vin, one.key, one.on, one.by)
    if state.scrapping is None:
        return
    told = state.scrapping
    missing = find_missing(life, batteries, world)
    has_statement = {"replacement_record_no", "recovery_voucher_no"} <= state.statement
    uncoded = without_a_code(state.found)
    is_explained = has_statement or len(uncoded) >= len(missing)
    for one in life.order:
        if one.kind == "recovery_certificate_issued" and missing and one.on >= IN_FORCE:
            yield Seen("certificate_issued_for_incomplete_vehicle", "lead" if is_explained else "violation", life.vin, one.key,
                       one.on, one.by)  # fmt: skip
    if (
        state.is_expected_known
        and not state.is_swap_vehicle
        and state.found - state.expected - state.came_off - uncoded
    ):
        yield Seen(
            "scrapped_vehicle_battery_is_another", _weigh(told.on, "violation"), life.vin, told.key, told.on, None
        )
    if missing:
        party = (
            _name_repairer(life)
            if has_statement and told.on >= IN_FORCE
            else None
            if is_explained and told.on >= IN_FORCE
            else _find_last_holder(life, missing, batteries, world)
        )
        yield Seen("scrapped_vehicle_battery_missing", _weigh(told.on, "lead" if is_explained else "violation"), life.vin, told.key,
                   told.on, party)  # fmt: skip
    if not state.is_expected_known:
        weight = "notice" if state.found or state.is_swap_vehicle else "lead"
        yield Seen("unbound_vehicle_scrapped", weight, life.vin, told.key, told.on, None)
    if state.is_swap_vehicle and any(
        code not in state.found and not _is_in_hands(batteries[code], life.vin) for code in state.expected
    ):
        yield Seen("scrapped_swap_vehicle_pack_unaccounted", "notice", life.vin, told.key, told.on, None)


def find_missing(life: Drive, batteries: dict[str, Battery], world: World) -> set[str]:
    """Return the packs that were bound at the scrapping and that nobody lawful has; a swap vehicle misses none."""
    state = life.state
    if not state.is_expected_known or state.is_swap_vehicle:
        return set()
    return {
        code
        for code in state.expected - state.found
        if not is_told_to_be_safe(batteries[code], life.vin, world.registry)
    }


def _weigh(on: date, weight: str) -> str:
    return weight if on >= IN_FORCE else "notice"


def _name_repairer(life: Drive) -> str | None:
    """Return the party whose credit code begins the number of the replacement record."""
    number = next((one.raw["replacement_record_no"] for one in life.order if one.raw.get("replacement_record_no")), "")
    is_credit_code = len(number) >= 18 and set(number[:17]) <= set(USCC_CHARACTERS) and uscc(number[:17]) == number[:18]
    return number[:18] if is_credit_code else None


def _find_last_holder(life: Drive, missing: set[str], batteries: dict[str, Battery], world: World) -> str | None:
    """Return who had the missing packs last, if that is one party; before the sale of a new vehicle it is the producer."""
    scrapped_at = next(place for place, one in enumerate(life.order) if one is life.state.scrapping)
    before = life.order[:scrapped_at]
    is_sold = any(one.kind == "vehicle_sold" for one in before)
    builder = next((one.by for one in before if one.kind in BUILT), None)
    built_on = next((one.on for one in before if one.kind in BUILT), date.min)
    scrapped_on = life.order[scrapped_at].on
    is_new = (scrapped_on - built_on).days <= world.rulebook.threshold("unsold_days", on=scrapped_on)
    parties: set[str | None] = set()
    for code in missing:
        if _is_in_hands(batteries[code], life.vin):
            parties.add(batteries[code].last_taken_by)
        else:
            parties.add(builder if is_new and not is_sold else None)
    return parties.pop() if len(parties) == 1 else None


def _is_in_hands(battery: Battery, vin: str) -> bool:
    return vin in battery.tells | battery.bound_to and battery.last_taken_by is not None


def _find_empty_sale(life: Drive) -> Iterator[Seen]:
    """The first sale as new of a vehicle of known birth, with no pack bound at the end of that day."""
    for place, told in enumerate(life.order):
        if told.kind == "vehicle_sold" and told.raw.get("sale_kind", "new") == "new":
            end_of_day = max(number for number, one in enumerate(life.order) if one.on == told.on)
            built = [one for one in life.order[: end_of_day + 1] if one.kind in BUILT]
            is_empty = not life.bound_before[place] and not life.bound_after[end_of_day]
            if built and is_empty and not life.state.is_swap_vehicle:
                weight = "violation" if told.on >= FIRST_RULES else "notice"
                yield Seen("vehicle_sold_without_pack", weight, life.vin, told.key, told.on, built[0].by)
            return


def find_conflicts(life: Drive) -> Iterator[Seen]:
    """Find replacements of packs that were not there, and signs of life after the scrapping."""
    scrapping: Told | None = None
    ever_bound: set[str] = set()
    birth_packs: set[str] = set()
    for place, told in enumerate(life.order):
        bound = life.bound_before[place]
        ever_bound |= bound
        if told.kind == "battery_replaced":
            off, on = told.raw["removed_battery_code"], told.raw["fitted_battery_code"]
            is_known = life.known_before[place] and not life.swaps_before[place]
            is_place_empty = len(bound) < max(1, len(birth_packs))
            is_told_again = off in ever_bound and (on in bound or is_place_empty)
            if is_known and off not in bound and not is_told_again:
                yield Seen("replaced_pack_was_not_fitted", "lead", life.vin, told.key, told.on, None)
        birth_packs = life.births_after[place]
        is_sign = told.kind in SIGNS_OF_LIFE and told.raw.get("sale_kind") != "wreck"
        is_later = scrapping is not None and is_surely_before((scrapping.on, scrapping.at), (told.on, told.at))
        if is_later and is_sign and (told.kind != "vehicle_scrapped" or told.by != scrapping.by):
            yield Seen("seen_after_scrapping", "lead", life.vin, told.key, told.on, None)
        if told.kind == "vehicle_scrapped":
            scrapping = scrapping or told


def list_vehicle_duties(
    life: Drive, *, batteries: dict[str, Battery], world: World, last_receipt: date
) -> Iterator[Due]:
    """Return what a vehicle's reports oblige to: conflicts to confirm or correct, and the replacement that a record names."""
    place_of = {told.key: place for place, told in enumerate(life.order)}
    for seen in find_conflicts(life):
        place = place_of[seen.key]
        step = Step(life.order[place], None, None, None, life.known_on[place])
        due = owe("confirm_or_correct", seen.rule, life.vin, step, party=step.told.by, limit="confirm_or_correct", world=world,
                  since=max(seen.on, step.known_on))  # fmt: skip
        if due:
            yield due
    state = life.state
    is_stated = {"replacement_record_no", "recovery_voucher_no"} <= state.statement
    if state.scrapping and state.scrapping.on >= IN_FORCE and is_stated and find_missing(life, batteries, world):
        step = Step(state.scrapping, None, None, None, last_receipt)
        names = ("report_replacement", "scrapped_vehicle_battery_missing", life.vin)
        since = max(state.scrapping.on, last_receipt)
        due = owe(*names, step, party=_name_repairer(life), limit="battery_replaced", world=world, since=since)
        if due:
            yield due
