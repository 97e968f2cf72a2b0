"""The life of a vehicle as a state: which packs are bound to it, and what was found when it was scrapped.

Unknown is not empty: a vehicle whose production was never reported has an unknown set of packs.
"""

import copy
from collections.abc import Callable
from datetime import date, time
from typing import Any

import msgspec

from suyuan.core.event import Event, Facts
from suyuan.core.registry import Registry

STATEMENTS = ("absence_reason", "replacement_record_no", "recovery_voucher_no")
LAWFUL_HANDS = frozenset({"utilization_enterprise", "collection_outlet", "vehicle_dismantler"})


class EmptySale(msgspec.Struct, frozen=True):
    """A first sale as new while no pack was bound: the report, and the packs that had been in the vehicle before."""

    key: tuple[str, str]
    packs_before: tuple[str, ...]


class VehicleState(msgspec.Struct, omit_defaults=True):
    """What is known of a vehicle after some events.

    `packs` are bound now; they are the whole set only if `is_born`. `expected` is the set at the scrapping, `found`
    what dismantlers reported, `missing` and `strange` their differences, empty where no set was known at the scrapping.
    `is_sold` tells of a sale of any kind before the scrapping, `sold_on` and `sold_at` of the first as new, `sold_empty`
    that no pack of a known set was bound then, whatever is told later of swapping. `removed`
    packs were taken off by a reported removal and not seen on it again until the scrapping. `scrapping` names the first
    report of it, `certificates` those of all recovery certificates with their days. `statement` is what the dismantler
    says of an absent battery, `last_place` where the vehicle was known to be before.
    """

    status: str = "unknown"
    is_born: bool = False
    is_swap_vehicle: bool = False
    packs: tuple[str, ...] = ()
    birth_packs: tuple[str, ...] = ()
    ever_packs: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    built_by: str | None = None
    built_on: date | None = None
    is_sold: bool = False
    sold_on: date | None = None
    sold_at: str | None = None
    sold_empty: EmptySale | None = None
    scrapped_on: date | None = None
    scrapped_time: time | None = None
    scrapped_by: str | None = None
    scrapping: tuple[str, str] | None = None
    is_expected_known: bool = False
    expected: tuple[str, ...] = ()
    found: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    strange: tuple[str, ...] = ()
    statement: dict[str, str] = {}
    last_place: str | None = None
    certificates: tuple[tuple[tuple[str, str], date], ...] = ()
    place: str | None = None

    @property
    def is_scrapped(self) -> bool:
        """Tell whether a dismantler has taken it."""
        return self.scrapped_on is not None

    @property
    def found_uncoded(self) -> tuple[str, ...]:
        """Return the temporary codes of packs found at the scrapping whose own code nobody can read."""
        return tuple(code for code in self.found if code.startswith("TMP-"))


def apply_vehicle_event(state: VehicleState, event: Event, *, facts: Facts, registry: Registry) -> VehicleState:
    """Return the state after an event; the given state is not changed."""
    after = copy.copy(state)
    move = MOVES.get(event.kind.name)
    if move is None:
        return after
    move(after, event)
    after.place = event.body.get("place") or registry.division_of(event.reporter, on=event.occurred_on) or after.place
    if after.sold_on is not None and state.sold_on is None:
        after.sold_at = after.place
    if after.is_scrapped:
        _settle_scrapping(after, facts, registry)
    return after


def list_absent(state: VehicleState) -> tuple[str, ...]:
    """Return the packs expected at the scrapping that no dismantler found, by the vehicle's own events alone."""
    if not state.is_expected_known or state.is_swap_vehicle:
        return ()
    return tuple(code for code in state.expected if code not in state.found)


def is_in_lawful_hands(fact: dict[str, Any] | None, *, registry: Registry) -> bool:
    """Tell whether a pack is, by its own timeline, with a dismantler, an outlet or a utilization enterprise, or recovered."""
    if fact is None:
        return False
    return not LAWFUL_HANDS.isdisjoint(registry.roles_of(fact["party"], on=date.fromisoformat(fact["since"])))


def _settle_scrapping(state: VehicleState, facts: Facts, registry: Registry) -> None:
    """Work out what is missing and strange; a swap vehicle may come without its battery, an unknown set misses nothing."""
    state.strange, state.missing = (), ()
    if state.is_expected_known and not state.is_swap_vehicle:
        known = {*state.expected, *state.removed, *state.found_uncoded}
        state.strange = tuple(code for code in state.found if code not in known)
        state.missing = tuple(
            code
            for code in list_absent(state)
            if not is_in_lawful_hands(facts.from_source("pack_in_hands", code), registry=registry)
        )
    if state.status != "exported":
        decided = _decided_packs(facts) if state.missing else frozenset()
        state.status = "scrapped" if decided.issuperset(state.missing) else "incomplete"


def _decided_packs(facts: Facts) -> frozenset[str]:
    """Return the packs of which an authority has decided how they came to be missing; their findings stay on record."""
    return frozenset(
        code
        for fact in facts.named("case_decided")
        for finding in fact.body["findings"]
        if finding["rule"] == "scrapped_vehicle_battery_missing"
        for code in finding["about"]
    )


def _add(state: VehicleState, *codes: str) -> None:
    state.packs = tuple(sorted({*state.packs, *codes}))
    state.ever_packs = tuple(sorted({*state.ever_packs, *codes}))
    if state.removed:
        state.removed = tuple(code for code in state.removed if code not in codes)


def _take(state: VehicleState, code: str | None) -> None:
    state.packs = tuple(pack for pack in state.packs if pack != code)


def _built(state: VehicleState, event: Event) -> None:
    born_with_it = (pack["code"] for pack in event.body.get("packs", ()))
    codes = tuple(sorted({*event.body["battery_codes"], *born_with_it}))
    state.is_swap_vehicle = state.is_swap_vehicle or event.body.get("is_swap_vehicle", False)
    if state.is_born and (not codes or codes == state.birth_packs):
        return  # completion: the chassis first, then the body
    if not state.is_born:
        state.built_by, state.built_on = event.reporter, event.occurred_on
    for pack in state.birth_packs:
        _take(state, pack)  # a later report of other packs corrects the earlier one
    state.is_born, state.birth_packs = True, codes
    _add(state, *codes)
    if state.status == "unknown":
        state.status = "produced"


def _sold(state: VehicleState, event: Event) -> None:
    if state.sold_on is None and event.body.get("sale_kind", "new") == "new":
        state.sold_on = event.occurred_on
        if state.is_born and not state.packs:
            state.sold_empty = EmptySale(event.key, state.ever_packs)
    if not state.is_scrapped:
        state.is_sold, state.status = True, "in_use"


def _fitted(state: VehicleState, event: Event) -> None:
    _add(state, event.body["battery_code"])


def _swapped(state: VehicleState, event: Event) -> None:
    removed = event.body.get("removed_battery_code")
    if removed is None:
        state.packs = ()  # a swap vehicle has one place; what was in it is out, whatever it was
    else:
        _take(state, removed)
    state.is_swap_vehicle = state.is_swap_vehicle or not state.is_born
    _add(state, event.body["fitted_battery_code"])


def _replaced(state: VehicleState, event: Event) -> None:
    _take(state, event.body["removed_battery_code"])
    _add(state, event.body["fitted_battery_code"])


def _removed(state: VehicleState, event: Event) -> None:
    code = event.body["battery_code"]
    _take(state, code)
    if not state.is_scrapped:
        state.removed = tuple(sorted({*state.removed, code}))


def _scrapped(state: VehicleState, event: Event) -> None:
    if not state.is_scrapped:
        state.scrapped_on, state.scrapped_time = event.occurred_on, event.occurred_time
        state.scrapped_by, state.scrapping = event.reporter, event.key
        state.expected, state.is_expected_known = state.packs, state.is_born
        state.last_place = state.place
    state.found = tuple(sorted({*state.found, *event.body["battery_codes_found"]}))
    state.statement = state.statement | {name: event.body[name] for name in STATEMENTS if name in event.body}
    state.status = "scrapped"


def _certified(state: VehicleState, event: Event) -> None:
    state.certificates = (*state.certificates, (event.key, event.occurred_on))


def _exported(state: VehicleState, _event: Event) -> None:
    state.status = "exported"


MOVES: dict[str, Callable[[VehicleState, Event], None]] = {
    "vehicle_produced": _built,
    "vehicle_imported": _built,
    "vehicle_sold": _sold,
    "battery_fitted": _fitted,
    "battery_swapped": _swapped,
    "battery_replaced": _replaced,
    "battery_removed": _removed,
    "vehicle_scrapped": _scrapped,
    "recovery_certificate_issued": _certified,
    "vehicle_exported": _exported,
}


# -- preconditions: may this event come next within its day? -------------------------------------------------------


def has_a_pack(state: VehicleState, event: Event) -> bool:
    """Tell whether a pack is bound to a vehicle that is sold new; a swap vehicle or an unknown set satisfies this."""
    is_new = event.body.get("sale_kind", "new") == "new"
    return not is_new or not state.is_born or state.is_swap_vehicle or bool(state.packs)


def is_place_empty(state: VehicleState, event: Event) -> bool:
    """Tell whether a place for the pack is empty; an unknown set satisfies this."""
    return not state.is_born or (
        event.body["battery_code"] not in state.packs and len(state.packs) < max(1, len(state.birth_packs))
    )


def removed_is_bound(state: VehicleState, event: Event) -> bool:
    """Tell whether the pack taken out is bound to the vehicle; an unknown set satisfies this."""
    removed = event.body.get("removed_battery_code")
    return not state.is_born or removed is None or removed in state.packs


def pack_is_bound(state: VehicleState, event: Event) -> bool:
    """Tell whether the pack removed is bound to the vehicle; an unknown set satisfies this."""
    return not state.is_born or event.body["battery_code"] in state.packs


PRECONDITIONS: dict[str, Callable[[VehicleState, Event], bool]] = {
    "has_a_pack": has_a_pack,
    "place_empty": is_place_empty,
    "removed_is_bound": removed_is_bound,
    "pack_is_bound": pack_is_bound,
}
