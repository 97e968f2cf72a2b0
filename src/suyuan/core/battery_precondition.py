"""Preconditions of a battery's events: may this event come next within its day? They ask the battery's own state."""

from collections.abc import Callable

from suyuan.core.battery_state import BatteryState
from suyuan.core.event import Event


def is_off_vehicle(state: BatteryState, _event: Event) -> bool:
    """Tell whether the pack sits in no vehicle."""
    return state.status != "installed"


def is_fitted_here(state: BatteryState, event: Event) -> bool:
    """Tell whether the pack sits in the vehicle that the report names, or its place is unknown."""
    return state.vehicle == event.body["vin"] or state.status == "unknown"


def giver_holds(state: BatteryState, event: Event) -> bool:
    """Tell whether the reporter holds it; an unknown holder satisfies this."""
    return state.holding != "party" or (state.holder == event.reporter and state.status != "in_transit")


def is_on_its_way(state: BatteryState, event: Event) -> bool:
    """Tell whether it is on the way from the named sender to the reporter, or nobody is known to hold it."""
    return state.holding != "party" or any(
        half.giver == event.counterparty and half.receiver == event.reporter for half in state.open_hand_overs
    )


def is_in_parent(state: BatteryState, event: Event) -> bool:
    """Tell whether the component may sit in the pack that the report names."""
    return state.parent in (None, event.body["battery_code"]) and state.status in ("unknown", "produced", "installed")


def is_loose(state: BatteryState, _event: Event) -> bool:
    """Tell whether the component sits in no pack."""
    return state.parent is None


PRECONDITIONS: dict[str, Callable[[BatteryState, Event], bool]] = {
    "off_vehicle": is_off_vehicle,
    "fitted_here": is_fitted_here,
    "giver_holds": giver_holds,
    "on_its_way": is_on_its_way,
    "in_parent": is_in_parent,
    "loose": is_loose,
}
