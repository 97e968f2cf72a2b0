"""Who may receive a used battery: what the rules on receivers share."""

from datetime import date
from typing import Literal

from suyuan.core.battery_state import BatteryState
from suyuan.core.finding import Step
from suyuan.core.identifiers import BatteryCode, IdentifierError
from suyuan.core.rulebook import Book

UTILIZER = "utilization_enterprise"
Standing = Literal["lawful", "maker", "expired", "unlawful"]


def find_standing(step: Step, *, giver: str, receiver: str) -> Standing:
    """Return how a receiver stands to used goods on the day of the event, by the register and the book of that day.

    "maker": no lawful receiver by its roles, but the battery's maker or responsible producer; "expired": lawful by its
    roles, but its qualification had ended. Before there were receivers in any book everybody is lawful.
    """
    on, registry = step.event.occurred_on, step.registry
    book = step.rulebook.book_of(on)
    if not book.receivers:
        return "lawful"
    roles = registry.roles_of(receiver, on=on)
    if not book.may_hand_over(giver=registry.roles_of(giver, on=on), receiver=roles):
        return "maker" if _is_maker(step, receiver) else "unlawful"
    return "expired" if qualified_until(step, receiver) is not None else "lawful"


def qualified_until(step: Step, party: str) -> date | None:
    """Return the day on which a party's qualification had ended before the event; None while it lasts or none is known."""
    entry = step.registry.find(party, on=step.event.occurred_on)
    if entry is None or entry.valid_until is None or entry.valid_until >= step.event.occurred_on:
        return None
    return entry.valid_until


def licences_needed(book: Book) -> tuple[str, ...]:
    """Return the kinds of licence without which a book lets nobody utilize used batteries."""
    entry = book.thresholds.get("utilization_licences")
    return tuple(entry.value) if entry is not None else ()


def find_ended_licences(step: Step, *, giver: str, receiver: str) -> dict[str, str]:
    """Return the needed licences that a receiver had until some day before the event, where it may receive as utilizer only.

    By kind of licence its last day. A kind of which the register knows nothing is unknown and never among them.
    """
    on, registry = step.event.occurred_on, step.registry
    book = step.rulebook.book_of(on)
    roles = registry.roles_of(receiver, on=on)
    if UTILIZER not in roles or book.may_hand_over(giver=registry.roles_of(giver, on=on), receiver=roles - {UTILIZER}):
        return {}
    ended = {kind: registry.licence_ended_on(receiver, kind=kind, on=on) for kind in licences_needed(book)}
    return {kind: day.isoformat() for kind, day in ended.items() if day is not None}


def is_used_goods(step: Step) -> bool:
    """Tell whether used goods move: a used battery, scrap by weight, or a pack off a vehicle that was its owner's.

    A swap operator takes packs out of owners' vehicles without making them used.
    """
    before = step.before
    if not isinstance(before, BatteryState) or before.is_used:
        return True
    is_off_owned_vehicle = before.status == "installed" and before.holding == "owner" and before.vehicle is not None
    giver_roles = step.registry.roles_of(step.event.reporter, on=step.event.occurred_on)
    return is_off_owned_vehicle and "swap_operator" not in giver_roles


def _is_maker(step: Step, party: str) -> bool:
    """Tell whether a party made the battery, owns its manufacturer code, or fitted it into the vehicle it was sold with."""
    before = step.before
    if not isinstance(before, BatteryState):
        return False
    if party in (before.born_by, before.fitted_by):
        return True
    try:
        code = BatteryCode.parse(step.subject)
    except IdentifierError:
        return False
    return party in step.registry.owners_of(code.manufacturer_code)
