"""The life of a lot: uncoded goods that move by weight, in parts, between several holders."""

import copy
from collections.abc import Callable

import msgspec

from suyuan.core.custody import (
    Half,
    Match,
    half_of_hand_over,
    half_of_receipt,
    match_hand_over,
    match_receipt,
    status_by_role,
    without,
)
from suyuan.core.event import Event
from suyuan.core.registry import Registry


class LotState(msgspec.Struct, omit_defaults=True):
    """What is known of a lot: mass by holder in grams, and the halves of movements that wait.

    `fed_to` names the recoveries it went into, each with the mass its reporter held then.
    """

    status: str = "unknown"
    holder: str | None = None
    holders: dict[str, int] = {}
    is_used: bool = True
    content: str | None = None
    chemistry: str | None = None
    declared_mass_g: int | None = None
    place: str | None = None
    fed_to: tuple[tuple[str, str, int], ...] = ()
    open_hand_overs: tuple[Half, ...] = ()
    waiting_receipts: tuple[Half, ...] = ()
    match: Match | None = None

    @property
    def is_final(self) -> bool:
        """Tell whether nothing may happen to it any more."""
        return self.status == "recovered"


def apply_lot_event(state: LotState, event: Event, *, registry: Registry) -> LotState:
    """Return the state after an event; the given state is not changed."""
    after = copy.copy(state)
    after.match, after.holders = None, dict(state.holders)
    for role in event.roles:
        move = MOVES.get(role)
        if move is not None:
            move(after, event, registry)
            after.place = (
                event.body.get("place") or registry.division_of(event.reporter, on=event.occurred_on) or after.place
            )
    after.holders = {party: mass for party, mass in sorted(after.holders.items()) if mass > 0}
    after.holder = max(after.holders, key=lambda party: (after.holders[party], party), default=after.holder)
    return after


def mass_at_hand_g(state: LotState, party: str) -> int | None:
    """Return how much of the lot a party can pass on: held or on the way to it, not yet handed over; None if undeclared."""
    if state.declared_mass_g is None:
        return None
    halves = state.open_hand_overs
    coming, going = (
        sum(h.mass_g for h in halves if h.receiver == party),
        sum(h.mass_g for h in halves if h.giver == party),
    )
    return state.holders.get(party, 0) + coming - going


def _declared(state: LotState, event: Event, registry: Registry) -> None:
    state.content, state.chemistry = event.body.get("content"), event.body.get("chemistry")
    if state.declared_mass_g is None:
        state.declared_mass_g = event.body["mass_g"]
        state.holders[event.reporter] = state.holders.get(event.reporter, 0) + event.body["mass_g"]
    if state.status == "unknown":
        state.status = status_by_role(registry, event.reporter, on=event.occurred_on, is_used=True)


def _handed_over(state: LotState, event: Event, _registry: Registry) -> None:
    mass_g = event.body["mass_g"]
    # Parts of a lot are alike: a hand-over settles a receipt that waits for one, also where the giver holds more.
    state.match = match_hand_over(event, _same_mass_first(state.waiting_receipts, mass_g), giver_holds=False)
    if state.match.form == "closed_receipt":
        state.waiting_receipts = without(state.waiting_receipts, state.match.other)
        return
    state.open_hand_overs += (half_of_hand_over(event),)
    state.status, state.holder = "in_transit", event.reporter


def _received(state: LotState, event: Event, registry: Registry) -> None:
    mass_g = event.body["mass_g"]
    state.match = match_receipt(event, _same_mass_first(state.open_hand_overs, mass_g))
    state.open_hand_overs = without(state.open_hand_overs, state.match.other)
    if state.match.form == "waiting":
        state.waiting_receipts += (half_of_receipt(event),)
    if event.counterparty is not None:
        handed_g = state.match.other.mass_g if state.match.other else mass_g
        state.holders[event.counterparty] = state.holders.get(event.counterparty, 0) - handed_g
    state.holders[event.reporter] = state.holders.get(event.reporter, 0) + mass_g
    state.holder = event.reporter
    state.status = status_by_role(registry, event.reporter, on=event.occurred_on, is_used=True)


def _same_mass_first(halves: tuple[Half, ...], mass_g: int) -> tuple[Half, ...]:
    return tuple(sorted(halves, key=lambda half: half.mass_g != mass_g))


def _fed(state: LotState, event: Event, _registry: Registry) -> None:
    state.fed_to += ((*event.key, state.holders.get(event.reporter, 0)),)
    state.holders[event.reporter] = 0
    state.holder = event.reporter
    if not any(mass > 0 for mass in state.holders.values()):
        state.status = "recovered"


MOVES: dict[str, Callable[[LotState, Event, Registry], None]] = {
    "declared": _declared,
    "handed_over": _handed_over,
    "received": _received,
    "fed": _fed,
}


def lot_giver_holds(state: LotState, event: Event) -> bool:
    """Tell whether the reporter holds as much of the lot as it passes on, or nobody is known to hold any."""
    return not state.holders or state.holders.get(event.reporter, 0) >= event.body.get("mass_g", 1)


def lot_is_on_its_way(state: LotState, event: Event) -> bool:
    """Tell whether some of it is on the way from the named sender to the reporter, or nobody is known to hold it."""
    return not state.holders or any(
        half.giver == event.counterparty and half.receiver == event.reporter for half in state.open_hand_overs
    )


PRECONDITIONS: dict[str, Callable[[LotState, Event], bool]] = {
    "giver_holds": lot_giver_holds,
    "on_its_way": lot_is_on_its_way,
}
