"""Hand-overs and receipts, and how their halves find each other; shared by batteries and lots.

A hand-over (移交出库) and a receipt (接收入库) are two halves of one movement, reported by two parties, in any order.
"""

from datetime import date
from typing import Literal

import msgspec

from suyuan.core.event import Event
from suyuan.core.registry import Registry

MatchForm = Literal["opened", "matched", "receiver_differs", "waiting", "closed_receipt", "from_owner"]


class Half(msgspec.Struct, frozen=True):
    """One half of a movement that waits for the other: a hand-over without receipt, or a receipt without hand-over."""

    giver: str
    receiver: str
    on: date
    reporter: str
    report_id: str
    mass_g: int


class Match(msgspec.Struct, frozen=True):
    """What a hand-over or receipt did: `other` is the half it met, None while it waits."""

    form: MatchForm
    other: Half | None = None


def half_of_hand_over(event: Event) -> Half:
    """Return the giving half that an event reports."""
    return Half(
        event.reporter,
        event.counterparty or "",
        event.occurred_on,
        event.reporter,
        event.report_id,
        event.body["mass_g"],
    )


def half_of_receipt(event: Event) -> Half:
    """Return the receiving half that an event reports; the giver is empty when none was named."""
    return Half(
        event.counterparty or "",
        event.reporter,
        event.occurred_on,
        event.reporter,
        event.report_id,
        event.body["mass_g"],
    )


def match_receipt(event: Event, open_hand_overs: tuple[Half, ...]) -> Match:
    """Return what a receipt meets: that giver's oldest hand-over to this receiver, else its oldest to another, else nothing."""
    if event.counterparty is None:
        return Match("from_owner")
    of_giver = [half for half in open_hand_overs if half.giver == event.counterparty]
    for half in of_giver:
        if half.receiver == event.reporter:
            return Match("matched", half)
    return Match("receiver_differs", of_giver[0]) if of_giver else Match("waiting")


def match_hand_over(event: Event, waiting_receipts: tuple[Half, ...], *, giver_holds: bool) -> Match:
    """Return what a hand-over meets: the oldest earlier receipt from this giver by this receiver, else it stays open.

    A giver that holds the battery now is beginning a new movement, so an older receipt keeps waiting for its own half.
    """
    if not giver_holds:
        for half in waiting_receipts:
            if half.giver == event.reporter and half.receiver == event.counterparty:
                return Match("closed_receipt", half)
    return Match("opened")


def without(halves: tuple[Half, ...], half: Half | None) -> tuple[Half, ...]:
    """Return the halves but one."""
    return tuple(one for one in halves if one is not half) if half is not None else halves


def status_by_role(registry: Registry, holder: str, *, on: date, is_used: bool) -> str:
    """Return the status of a battery in a party's hands, by the party's role."""
    roles = registry.roles_of(holder, on=on)
    if "utilization_enterprise" in roles:
        return "at_utilization"
    if "vehicle_dismantler" in roles:
        return "at_dismantler"
    if "collection_outlet" in roles:
        return "at_outlet"
    return "used" if is_used else "produced"
