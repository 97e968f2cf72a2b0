"""Lots, which move in parts by mass: the rules of custody and the duties of one lot, by loops over its reports."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from tests.province.naive_custody import Due, Step, find_licences_ended, owe
from tests.reference.battery import Seen, World
from tests.reference.timeline import Told, put_in_order, when

LOT_FIELDS = {"lot_declared": "lot_code", "battery_handed_over": "battery_code", "battery_received": "battery_code"}


@dataclass
class Part:
    """One half of the movement of a part of a lot."""

    told: Told
    giver: str
    receiver: str
    closed_by: Told | None = None


@dataclass
class Lot:
    """What is known of a lot at one moment."""

    code: str
    world: World
    is_declared: bool = False
    held: Counter[str] = field(default_factory=Counter)
    sent: list[Part] = field(default_factory=list)
    got: list[Part] = field(default_factory=list)
    findings: list[Seen] = field(default_factory=list)

    def see(self, rule: str, weight: str, told: Told, party: str | None) -> None:
        self.findings.append(Seen(rule, weight, self.code, told.key, told.on, party))

    def threshold(self, told: Told, key: str) -> Any:
        return self.world.rulebook.book_of(told.on).thresholds[key].value

    # -- what is told ----------------------------------------------------------------------------------------------

    def declare(self, told: Told) -> None:
        if not self.is_declared:
            self.is_declared = True
            self.held[told.by] += told.raw["mass_g"]

    def hand_over(self, told: Told) -> None:
        mass_g, receiver = told.raw["mass_g"], told.raw["receiver"]
        self._judge_receiver(told)
        waiting = _choose([part for part in self.got if (part.giver, part.receiver) == (told.by, receiver)], mass_g)
        held_g = self.held[told.by]
        if waiting is not None:
            self._meet(waiting, told)
            days = (told.on - waiting.told.on).days
            if days > 0:
                is_tolerated = days <= self.threshold(told, "receipt_before_hand_over_days") or held_g >= mass_g
                self.see("received_before_handed_over", "notice" if is_tolerated else "violation", told, told.by)
            return
        on_the_way = [part for part in self.sent if part.closed_by is None]
        coming_g = sum(part.told.raw["mass_g"] for part in on_the_way if part.receiver == told.by)
        going_g = sum(part.told.raw["mass_g"] for part in on_the_way if part.giver == told.by)
        lacking_g = mass_g - (held_g + coming_g - going_g)
        if self.is_declared and lacking_g * 100 > mass_g * self.threshold(told, "mass_tolerance_percent"):
            self.see("handed_over_without_holding", "violation", told, told.by)
        self.sent.append(Part(told, told.by, receiver))

    def receive(self, told: Told) -> None:
        mass_g, sender = told.raw["mass_g"], told.raw.get("sender")
        waiting = _choose([part for part in self.sent if (part.giver, part.receiver) == (sender, told.by)], mass_g)
        other = _choose([part for part in self.sent if part.giver == sender], mass_g) if waiting is None else None
        if waiting is not None:
            self._meet(waiting, told)
        elif other is not None and sender is not None:
            self._meet(other, told)
            is_lawful = {self._stands(told, sender, party) for party in (other.receiver, told.by)} <= {"lawful"}
            self.see("receiver_differs", "lead" if is_lawful else "violation", told, sender)
        elif sender is not None:
            self.got.append(Part(told, sender, told.by))
        met = waiting or other
        if sender is not None:
            self.held[sender] -= met.told.raw["mass_g"] if met else mass_g
        self.held[told.by] += mass_g
        for party in (sender, told.by):
            self.held[party] = max(0, self.held[party])  # a receipt alone takes no more than there is

    def feed(self, told: Told) -> None:
        self.held[told.by] = 0

    # -- what it means ---------------------------------------------------------------------------------------------

    def _meet(self, part: Part, told: Told) -> None:
        part.closed_by = told
        given, taken = (part.told, told) if told.kind == "battery_received" else (told, part.told)
        apart_g = abs(given.raw["mass_g"] - taken.raw["mass_g"])
        if apart_g * 100 > given.raw["mass_g"] * self.threshold(told, "mass_tolerance_percent"):
            self.see("mass_differs_in_transit", "lead", told, None)

    def _judge_receiver(self, told: Told) -> None:
        standing = self._stands(told, told.by, told.raw["receiver"])
        if standing == "unlawful":
            self.see("handover_to_unlawful_receiver", "violation", told, told.by)
        elif standing == "expired":
            self.see("receiver_qualification_expired", "violation", told, told.by)
        self.findings += find_licences_ended(self.code, Step(told, None, None, None, told.on), self.world)

    def _stands(self, told: Told, giver: str, receiver: str) -> str:
        book, registry = self.world.rulebook.book_of(told.on), self.world.registry
        roles = registry.roles_of(receiver, on=told.on)
        if book.receivers and not book.may_hand_over(giver=registry.roles_of(giver, on=told.on), receiver=roles):
            return "unlawful"
        return "lawful" if registry.is_qualified(receiver, on=told.on) else "expired"


def _choose(parts: list[Part], mass_g: int) -> Part | None:
    """Return the open half that fits: one of the same mass, else the oldest."""
    still_open = [part for part in parts if part.closed_by is None]
    alike = [part for part in still_open if part.told.raw["mass_g"] == mass_g]
    return (alike or still_open or [None])[0]


def _may_come(lot: Lot, told: Told) -> bool:
    """Tell whether the giver holds as much, or some is on its way to the receiver; who knows of no holder objects to nothing."""
    if not any(mass_g > 0 for mass_g in lot.held.values()):
        return True
    if told.kind == "battery_handed_over":
        return lot.held[told.by] >= told.raw["mass_g"]
    if told.kind == "material_recovered":
        return lot.held[told.by] > 0
    pair = told.raw.get("sender"), told.by
    return told.kind != "battery_received" or any(
        (part.giver, part.receiver) == pair for part in lot.sent if part.closed_by is None
    )


def _happen(lot: Lot, told: Told) -> None:
    moves = {"lot_declared": lot.declare, "battery_handed_over": lot.hand_over, "battery_received": lot.receive,
             "material_recovered": lot.feed}  # fmt: skip
    moves[told.kind](told)


def judge_lots(counted: list[dict[str, Any]], *, world: World) -> Iterator[tuple[list[Seen], list[Due]]]:
    """Yield the findings and the duties of every lot."""
    named: dict[str, list[Told]] = {}
    for raw in counted:
        codes = [raw[LOT_FIELDS[raw["kind"]]]] if raw["kind"] in LOT_FIELDS else raw.get("lot_codes", ())
        for code in codes:
            if code.startswith("LOT-"):
                named.setdefault(code, []).append(Told(raw, (raw["kind"],), *when(raw)))
    for code, told in sorted(named.items()):
        lot = Lot(code, world)
        put_in_order(told, start=lot, may_come=_may_come, apply=_happen)
        yield lot.findings, list(_list_duties(lot))


def _list_duties(lot: Lot) -> Iterator[Due]:
    for part in lot.sent:
        names = ("confirm_receipt", "handed_over_but_never_received", lot.code)
        due = owe(
            *names,
            Step(part.told, None, None, None, part.told.on),
            party=part.receiver,
            limit="battery_received",
            world=lot.world,
        )
        if due:
            yield _end(due, part)
    for part in lot.got:
        names = ("report_hand_over", "received_but_never_handed_over", lot.code)
        due = owe(
            *names,
            Step(part.told, None, None, None, part.told.on),
            party=part.giver,
            limit="battery_handed_over",
            world=lot.world,
        )
        if due:
            yield _end(due, part)


def _end(due: Due, part: Part) -> Due:
    return replace(due, closed_by=part.closed_by.raw["report_id"] if part.closed_by else None)
