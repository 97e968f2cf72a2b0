"""The life of a battery (pack, module, cell, reuse product, uncoded battery) as a state that events move.

`apply_event` is the whole table "state of a battery" of the design. Nothing here judges: rules look at the state before and
after.
"""

import copy
from collections.abc import Callable
from datetime import date

from suyuan.core.battery_state import BatteryState, Binding, Birth, Dismantling, Hands
from suyuan.core.custody import (
    half_of_hand_over,
    half_of_receipt,
    match_hand_over,
    match_receipt,
    status_by_role,
    without,
)
from suyuan.core.event import Event
from suyuan.core.market import track_market
from suyuan.core.registry import Registry

ENDS = frozenset({"recovered", "lost", "exported"})  # which of them nothing may follow says the rulebook
TRAIL_MAX = 16  # hands a used battery passes through; the longest honest chain has six


def apply_event(state: BatteryState, event: Event, *, registry: Registry) -> BatteryState:
    """Return the state after an event; the given state is not changed."""
    after = copy.copy(state)
    after.match = None
    for role in event.roles:
        move = MOVES.get(role)
        if move is not None:
            if role in BIRTHS:
                _track_birth(after, event, role)
            if role == "fed":
                after.fed_to = (*after.fed_to, event.key)
            if state.recovered_on is None:  # its own end alone: that of its product is a fact, and emission knows none
                _track_told(after, event, role)
            elif role in BINDS:  # it is not there, but the vehicle that counts on it must hear where it ended
                after.bindings += (Binding(event.body["vin"], event.occurred_on, event.occurred_on),)
            if not state.is_final:
                move(after, event, registry)
            elif role in HALVES:
                _settle_half(after, event, role)
    _track_hands(state, after, event)
    if not state.is_final:
        track_market(state, after, event)
    if after.status != state.status:
        after.final_from = event.moment if after.status in ENDS else None
    if after.holder == event.reporter or (after.status, after.vehicle) != (state.status, state.vehicle):
        after.place = (
            event.body.get("place") or registry.division_of(event.reporter, on=event.occurred_on) or after.place
        )
    return after


def settle_sale(state: BatteryState, *, sold_on: date | None, sold_at: str | None, on: date) -> BatteryState:
    """Return the state once its vehicle was sold by the day `on`: the pack is then the unnamed owner's, at that place.

    One that was put in after the sale stands where that happened.
    """
    if sold_on is None or sold_on > on or state.status != "installed" or state.is_sold:
        return state
    after = copy.copy(state)
    after.is_sold = True
    if sold_at and not any(stay.vin == state.vehicle and stay.since > sold_on for stay in state.bindings[-1:]):
        after.place = sold_at
    if state.holding == "party":
        after.holder, after.holding = None, "owner"
    return after


def holds(state: BatteryState, party: str) -> bool:
    """Tell whether a party holds the battery, or is on the way to, or nobody known does."""
    if state.holding != "party":
        return state.holding == "unknown" or state.vehicle is None
    return state.holder == party or any(half.receiver == party for half in state.open_hand_overs)


def known_holder_besides(state: BatteryState, party: str, *, on: date, registry: Registry) -> str | None:
    """Return the registered party known to hold the battery while `party` neither does nor is on the way to; else None.

    A seller reports no passing on of new packs: what it once bought may be anywhere. What is in a vehicle goes where the
    vehicle goes, whose sale may not have been reported.
    """
    if state.holding != "party" or state.holder is None or state.status == "installed" or holds(state, party):
        return None
    return state.holder if registry.roles_of(state.holder, on=on) - {"seller"} else None


def holder_contradicted_by_receipt(state: BatteryState, event: Event, *, registry: Registry) -> str | None:
    """Return the known holder whom a receipt does not name as sender; None if there is none, or the sender was to get it."""
    holder = known_holder_besides(state, event.reporter, on=event.occurred_on, registry=registry)
    is_named = holder == event.counterparty or any(
        half.receiver == event.counterparty for half in state.open_hand_overs
    )
    return None if is_named else holder


def read_birth(event: Event) -> Birth:
    """Return what an event that gives birth says of the battery."""
    body = event.body
    return Birth(
        event.kind.name, body.get("content"), body.get("mass_g"), body.get("rated_energy_wh"), body.get("chemistry")
    )


def _track_hands(before: BatteryState, after: BatteryState, event: Event) -> None:
    """Keep since when the holder holds it, and the trail of hands; a battery no longer used begins a new trail."""
    if not after.is_used:
        after.trail = ()
    if after.holder == before.holder and after.holding == before.holding:
        return
    after.held_from = event.moment
    after.received_from = (event.counterparty or "") if "received" in event.roles else None
    if after.is_used and after.holder is not None:
        after.trail = (*after.trail, (after.holder, event.occurred_on))[-TRAIL_MAX:]


def _settle_half(state: BatteryState, event: Event, role: str) -> None:
    """Let a late half find the other half of a battery that is used up; nothing moves, and nothing new opens."""
    if role == "handed_over":
        match = match_hand_over(event, state.waiting_receipts, giver_holds=False)
        state.waiting_receipts = without(state.waiting_receipts, match.other)
    else:
        match = match_receipt(event, state.open_hand_overs)
        state.open_hand_overs = without(state.open_hand_overs, match.other)
    state.match = match if match.other is not None else None


# -- moves: what an event does to the state ------------------------------------------------------------------------


def _give(state: BatteryState, party: str) -> None:
    state.holder, state.holding, state.vehicle = party, "party", None


def _born(state: BatteryState, event: Event, _registry: Registry) -> None:
    if state.status == "unknown":
        _give(state, event.reporter)
        state.status = "produced"


def _declared(state: BatteryState, event: Event, registry: Registry) -> None:
    if state.born_on is None:
        state.born_by, state.born_on = event.reporter, event.occurred_on
    _give(state, event.reporter)
    state.is_used, state.mass_g = True, event.body.get("mass_g")
    state.declared_chemistry = event.body.get("chemistry")
    state.status = status_by_role(registry, event.reporter, on=event.occurred_on, is_used=True)


def _sold(state: BatteryState, event: Event, _registry: Registry) -> None:
    if event.counterparty is not None:
        _give(state, event.counterparty)
    state.status = "produced"


def _pooled(state: BatteryState, event: Event, _registry: Registry) -> None:
    _give(state, event.reporter)
    state.status, state.is_used = "in_swap_pool", False


def _unpooled(state: BatteryState, event: Event, _registry: Registry) -> None:
    _give(state, event.reporter)
    state.status = "produced"


def _bound(state: BatteryState, event: Event, _registry: Registry) -> None:
    is_completion = state.status == "installed" and state.vehicle == event.body["vin"]
    state.fitted_by = state.fitted_by or event.reporter
    if is_completion:
        return
    state.status, state.vehicle, state.is_used, state.is_sold = "installed", event.body["vin"], False, False
    state.holder, state.holding = event.reporter, "party"


def _born_bound(state: BatteryState, event: Event, registry: Registry) -> None:
    _bound(state, event, registry)


def _fitted(state: BatteryState, event: Event, _registry: Registry) -> None:
    state.status, state.vehicle, state.is_used = "installed", event.body["vin"], False
    state.holder, state.holding = None, "owner"


def _swapped_out(state: BatteryState, event: Event, _registry: Registry) -> None:
    _give(state, event.reporter)
    state.status, state.is_used = "in_swap_pool", False


def _replaced_off(state: BatteryState, event: Event, _registry: Registry) -> None:
    _give(state, event.counterparty or event.reporter)
    state.status, state.is_used = "used", True


def _removed(state: BatteryState, event: Event, _registry: Registry) -> None:
    is_rework = event.body.get("reason") == "rework" and not state.is_sold
    _give(state, event.reporter)
    state.status, state.is_used = "used", not is_rework


def _taken_out(state: BatteryState, event: Event, _registry: Registry) -> None:
    _give(state, event.counterparty or event.reporter)
    state.status, state.is_used, state.parent = "used", True, None


def _put_in(state: BatteryState, event: Event, _registry: Registry) -> None:
    state.parent, state.vehicle = event.body["battery_code"], None
    state.status, state.is_used, state.holder, state.holding = "installed", False, None, "unknown"


def _repaired(state: BatteryState, event: Event, _registry: Registry) -> None:
    on = event.occurred_on
    state.removed_components += tuple((code, on) for code in event.body.get("removed_codes", ()))
    state.fitted_components += tuple((code, on) for code in event.body.get("fitted_codes", ()))


def _found(state: BatteryState, event: Event, _registry: Registry) -> None:
    _give(state, event.reporter)
    state.status, state.vehicle, state.is_used = "at_dismantler", event.body["vin"], True


def _handed_over(state: BatteryState, event: Event, _registry: Registry) -> None:
    may_give = holds(state, event.reporter) or state.holding == "owner"
    state.match = match_hand_over(
        event, state.waiting_receipts, giver_holds=state.holding == "party" and state.holder == event.reporter
    )
    if state.match.form == "closed_receipt":
        state.waiting_receipts = without(state.waiting_receipts, state.match.other)
        return
    state.open_hand_overs += (half_of_hand_over(event),)
    if may_give:
        _give(state, event.reporter)
        state.status = "in_transit"


def _received(state: BatteryState, event: Event, registry: Registry) -> None:
    state.match = match_receipt(event, state.open_hand_overs)
    state.open_hand_overs = without(state.open_hand_overs, state.match.other)
    if state.match.form == "waiting":
        state.waiting_receipts += (half_of_receipt(event),)
    state.mass_g = event.body.get("mass_g")
    state.is_used = state.is_used or state.match.form == "from_owner"
    _give(state, event.reporter)
    state.status = status_by_role(registry, event.reporter, on=event.occurred_on, is_used=state.is_used)


def _listed(state: BatteryState, event: Event, registry: Registry) -> None:
    if state.holding == "party":
        return  # what another is known to hold stays with it; the count is questioned by a rule
    _give(state, event.reporter)
    state.is_used = True
    state.status = status_by_role(registry, event.reporter, on=event.occurred_on, is_used=True)


def _refurbished(state: BatteryState, event: Event, _registry: Registry) -> None:
    _give(state, event.reporter)
    state.status, state.is_used = "produced", False


def _dismantled(state: BatteryState, event: Event, registry: Registry) -> None:
    body, is_complete = event.body, event.body.get("complete", True)
    before = state.dismantling or Dismantling(event.key, event.occurred_on, _held_before(state, event.reporter))
    is_named = is_complete or not before.is_complete
    state.dismantling = Dismantling(
        event.key if is_named else before.key,
        event.occurred_on if is_named else before.on,
        before.given_by,
        tuple(sorted({*before.recovered, *body.get("recovered_codes", ())})),
        before.uncoded_count + body.get("unreadable_count", 0) + body.get("destroyed_count", 0),
        before.mass_g + body.get("recovered_mass_g", 0),
        is_complete or before.is_complete,
    )
    _give(state, event.reporter)
    state.dismantled_on = state.dismantled_on or event.occurred_on
    state.is_used = True
    is_apart = state.dismantling.is_complete
    state.status = (
        "dismantled" if is_apart else status_by_role(registry, event.reporter, on=event.occurred_on, is_used=True)
    )


def _held_before(state: BatteryState, party: str) -> str | None:
    """Return the last other party known to have had the battery while used, None where that was an owner or nobody known."""
    if state.holding != "party":
        return None
    if state.holder == party and state.received_from is not None:
        return state.received_from or None
    return next((holder for holder, _ in reversed(state.trail) if holder != party), None)


def _part(state: BatteryState, event: Event, registry: Registry) -> None:
    _give(state, event.reporter)
    state.parent, state.is_used = None, True
    state.status = status_by_role(registry, event.reporter, on=event.occurred_on, is_used=True)


def _product(state: BatteryState, event: Event, _registry: Registry) -> None:
    _give(state, event.reporter)
    state.status, state.is_used = "reused", False


def _parent(state: BatteryState, event: Event, _registry: Registry) -> None:
    _give(state, event.reporter)
    state.status, state.product = "reused", event.body["product_code"]


def _product_sold(state: BatteryState, event: Event, _registry: Registry) -> None:
    if event.counterparty is not None:
        _give(state, event.counterparty)
    state.status = "reused"


def _fed(state: BatteryState, event: Event, _registry: Registry) -> None:
    _give(state, event.reporter)
    state.status, state.is_used = "recovered", True


def _lost(state: BatteryState, _event: Event, _registry: Registry) -> None:
    state.status, state.holder, state.holding, state.vehicle = "lost", None, "unknown", None


def _exported(state: BatteryState, _event: Event, _registry: Registry) -> None:
    state.status, state.holder, state.holding, state.vehicle = "exported", None, "unknown", None


def _looked_at(_state: BatteryState, _event: Event, _registry: Registry) -> None:
    """A test moves nothing."""


MOVES: dict[str, Callable[[BatteryState, Event, Registry], None]] = {
    "born": _born,
    "declared": _declared,
    "sold": _sold,
    "pooled": _pooled,
    "unpooled": _unpooled,
    "bound": _bound,
    "born_bound": _born_bound,
    "fitted": _fitted,
    "swapped_out": _swapped_out,
    "replaced_off": _replaced_off,
    "removed": _removed,
    "taken_out": _taken_out,
    "put_in": _put_in,
    "repaired": _repaired,
    "found": _found,
    "handed_over": _handed_over,
    "received": _received,
    "tested": _looked_at,
    "listed": _listed,
    "refurbished": _refurbished,
    "dismantled": _dismantled,
    "part": _part,
    "product": _product,
    "parent": _parent,
    "product_sold": _product_sold,
    "fed": _fed,
    "lost": _lost,
    "exported": _exported,
}
HALVES = frozenset({"handed_over", "received"})

BIRTHS = frozenset({"born", "born_bound", "product"})
BINDS = frozenset({"bound", "born_bound", "fitted"})
UNBINDS = frozenset({"swapped_out", "replaced_off", "removed"})
OFF_VEHICLE = frozenset(
    {"pooled", "handed_over", "received", "refurbished", "dismantled", "parent", "fed", "listed", "lost", "exported"}
)
TAKES_IN_HAND = frozenset(
    {
        "pooled",
        "swapped_out",
        "replaced_off",
        "removed",
        "found",
        "handed_over",
        "received",
        "listed",
        "refurbished",
        "dismantled",
        "parent",
        "fed",
    }
)


def _track_birth(state: BatteryState, event: Event, role: str) -> None:
    """Keep who gave birth to it with what content, and what it was made of, wherever its end stands in the order."""
    if role in BIRTHS and state.born_on is None:
        produced_on = event.body.get("produced_on") if role == "born" else None
        state.born_on = date.fromisoformat(produced_on) if produced_on else event.occurred_on
        state.born_by, state.birth = event.reporter, read_birth(event)
    if role in BIRTHS and state.mass_g is None:
        state.mass_g = event.body.get("mass_g")
    if role == "product" and state.made_on is None:
        state.made_on, state.made_by, state.parents = (
            event.occurred_on,
            event.key,
            tuple(event.body.get("parent_codes", ())),
        )


def _track_told(state: BatteryState, event: Event, role: str) -> None:
    """Keep what this battery tells others (stays, hands, recovery); by events alone, so that emission never depends on facts."""
    vin, on = event.body.get("vin"), event.occurred_on
    if role == "fed" and state.recovered_on is None:
        state.recovered_on, state.recovered_by = on, event.reporter
    if role in BINDS:
        if not any(stay.vin == vin and stay.until is None for stay in state.bindings):
            state.bindings += (Binding(vin or "", on),)
        state.hands = None
    elif role in UNBINDS or role in OFF_VEHICLE or role == "found":
        state.bindings = tuple(
            _end_stay(stay, role=role, vin=vin, on=on) if stay.until is None else stay for stay in state.bindings
        )
    already_there = role == "handed_over" and state.hands is not None and state.hands.party == event.counterparty
    if role in TAKES_IN_HAND and not already_there:
        party = (event.counterparty if role == "replaced_off" else None) or event.reporter
        if state.hands is None or state.hands.party != party:
            state.hands = Hands(party, on)


def _end_stay(stay: Binding, *, role: str, vin: str | None, on: date) -> Binding:
    """Return an open stay as an event leaves it: ended by a removal of that vehicle or by turning up elsewhere."""
    if role == "found":
        return Binding(stay.vin, stay.since, None, is_seen_by_vehicle=True) if stay.vin == vin else stay
    if role in UNBINDS and stay.vin != vin:
        return stay
    if role == "swapped_out":  # a pool pack has sat in hundreds of vehicles: they need not all hear where it went
        return Binding(stay.vin, stay.since, on, is_seen_by_vehicle=True)
    return Binding(stay.vin, stay.since, on, is_seen_by_vehicle=stay.is_seen_by_vehicle)
