"""The books of used batteries: who has which battery booked at what mass, move by move; a battery stands in one book at a time."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any

from tests.province.naive_lives import Life, Move, birth_of

Flows = Counter[tuple[str, str, date, str, str]]  # enterprise, site, day, item, flow > grams
IN_HAND = ("at_outlet", "at_dismantler", "at_utilization")
COMES = {"received", "handed_over", "declared", "found", "removed", "replaced_off", "taken_out", "listed", "part"}
TAKEN_OFF = {"found", "removed", "replaced_off", "taken_out"}


@dataclass
class Booked:
    """In whose book a battery stands, at which site, with how many grams, and how many of them are on their way."""

    owner: str
    site: str
    grams: int
    sent: int | None = None


class Book:
    """The one book in which a battery stands, or none."""

    def __init__(self, life: Life) -> None:
        self.life, self.flows = life, Flows()
        self.booked: Booked | None = None
        self.mass: int | None = None
        self.fed: tuple[str, str, date, int] | None = None  # by whom, at which site, when, how many grams
        self.is_apart = False
        self.is_opened = False
        self.came_off = 0
        self.is_in_product = False
        self.is_born = False  # told so before it was fed

    def play(self) -> "Book":
        """Book every move of the life."""
        for move in self.life.moves:
            if self.fed is None and {"born", "born_bound", "product"} & set(move.told.roles):
                self.is_born = True
            is_used_up = bool({"fed", "parent", "dismantled"} & set(move.told.roles))
            if not is_used_up:
                self._weigh(move)
            self._end_journey(move)
            self._book(move)
            if is_used_up:
                self._weigh(move)
            self._begin_journey(move)
        return self

    # -- pieces ----------------------------------------------------------------------------------------------------

    def _post(self, uscc: str, site: str, move: Move, flow: str, grams: int) -> None:
        if grams:
            self.flows[uscc, site, move.told.on, "battery", flow] += grams

    def _leave(self, move: Move, flow: str) -> int:
        """Take the battery out of the book it stands in; returns what was booked."""
        one, self.booked = self.booked, None
        if one is None:
            return self.mass or 0
        self._post(one.owner, one.site, move, flow, one.grams)
        return one.grams

    def _enter(self, move: Move, uscc: str, flow: str, grams: int) -> None:
        site = move.told.raw.get("site_id", "") if move.told.by == uscc else ""
        self._post(uscc, site, move, flow, grams)
        self.booked = Booked(uscc, site, grams)

    def _correct(self, move: Move, grams: int) -> None:
        one = self.booked
        assert one is not None
        self._post(one.owner, one.site, move, "weighed_more", max(0, grams - one.grams))
        self._post(one.owner, one.site, move, "weighed_less", max(0, one.grams - grams))
        one.grams = grams

    def _weigh(self, move: Move) -> None:
        """Keep the mass last told of the battery itself."""
        raw, roles = move.told.raw, set(move.told.roles)
        if roles & {"born", "born_bound", "product", "declared"}:
            described = [pack for pack in raw.get("packs", ()) if pack["code"] == self.life.code]
            mass = (described[0] if described else raw).get("mass_g")
            if mass and (self.mass is None or "declared" in roles):
                self.mass = mass
        elif "received" in roles and move.before.status != "recovered":
            self.mass = raw["mass_g"]

    def _end_journey(self, move: Move) -> None:
        one = self.booked
        if one and one.sent is not None and (move.after.status != "in_transit" or move.after.holder != one.owner):
            self._post(one.owner, one.site, move, "arrived", one.sent)
            one.sent = None

    def _begin_journey(self, move: Move) -> None:
        one = self.booked
        if one and one.sent is None and move.after.status == "in_transit" and move.after.holder == one.owner:
            if one.grams == 0 and "handed_over" in move.told.roles:
                self._correct(move, move.told.raw["mass_g"])
            one.sent = one.grams
            self._post(one.owner, one.site, move, "sent", one.grams)

    # -- moves -----------------------------------------------------------------------------------------------------

    def _book(self, move: Move) -> None:
        roles, after = set(move.told.roles), move.after
        if move.before.status == "recovered":
            return
        if "fed" in roles:
            grams = self._bring(move)
            self.fed = (move.told.by, self.booked.site if self.booked else "", move.told.on, grams)
            self._leave(move, "fed")
        elif "parent" in roles:
            self._bring(move)
            self._leave(move, "made_into_product")
            self.is_in_product = True
        elif "dismantled" in roles:
            self._take_apart(move)
        elif after.holder and (after.status in IN_HAND or (after.status == "used" and after.is_used)):
            self._hold(move, after.holder)
        elif after.status == "in_transit":
            self._hand_over(move)
        elif self.booked and after.status in ("lost", "exported"):
            self._leave(move, after.status)
        elif self.booked and "received" in roles and self.booked.owner == move.told.raw.get("sender"):
            self._correct(move, move.told.raw["mass_g"])
            self._leave(move, "handed_on")
        elif self.booked and after.status != "dismantled":
            self._leave(move, "gone_unexplained" if roles & COMES else "returned_to_use")

    def _bring(self, move: Move) -> int:
        """Let whoever uses a battery up have it in its book; returns what it then has."""
        by, one = move.told.by, self.booked
        if one and one.owner == by:
            return one.grams
        if one and (one.owner, by) in move.before.on_way:
            self._enter(move, by, "received", self._leave(move, "handed_on"))
        elif one:
            self._enter(move, by, "unexplained", self._leave(move, "gone_unexplained"))
        elif move.before.status != "dismantled" and not self.is_in_product:
            self._enter(move, by, "retired" if move.before.holder == by else "unexplained", self.mass or 0)
        return self.booked.grams if self.booked else 0

    def _take_apart(self, move: Move) -> None:
        raw = move.told.raw
        self._bring(move)
        one = self.booked
        came_off = raw.get("recovered_mass_g", 0)
        self.is_opened, self.came_off = True, self.came_off + came_off
        rest = came_off - (share_of_part(raw) or 0) * len(raw["recovered_codes"])
        if one:
            grams = one.grams if raw.get("complete", True) else min(came_off, one.grams)
            self._post(one.owner, one.site, move, "taken_apart", grams)
            self._post(one.owner, one.site, move, "from_dismantling", rest)
            one.grams += rest - grams
        elif rest:
            self._enter(move, move.told.by, "from_dismantling", rest)
        self.is_apart = self.is_apart or raw.get("complete", True)
        if self.booked and not self.booked.grams:
            self.booked = None

    def _hold(self, move: Move, holder: str) -> None:
        one, roles, raw = self.booked, set(move.told.roles), move.told.raw
        if one and one.owner == holder:
            if roles & {"received", "declared"}:
                self._correct(move, raw["mass_g"])
        elif "received" in roles:
            self._receive(move, holder)
        elif one:
            self._leave(move, "gone_unexplained")
            self._enter(move, holder, _how(roles), self._mass_on_entry(move))
        elif roles & COMES and (holder == move.told.by or holder != move.before.holder):
            self._enter(move, holder, _how(roles), self._mass_on_entry(move))

    def _mass_on_entry(self, move: Move) -> int:
        """Return what was weighed, else what is known, else the share of what was weighed together."""
        raw, roles = move.told.raw, set(move.told.roles)
        if "part" in roles:
            return share_of_part(raw) or self.mass or 0
        if "listed" in roles:
            return self.mass or raw["counted_mass_g"] // len(raw["battery_codes"])
        return self.mass or 0

    def _receive(self, move: Move, holder: str) -> None:
        one, raw, sender = self.booked, move.told.raw, move.told.raw.get("sender")
        if one and one.owner == sender:
            self._correct(move, raw["mass_g"])
            self._leave(move, "handed_on")
        elif one:
            self._leave(move, "gone_unexplained")
        elif sender and move.before.holder == sender:
            self._post(sender, "", move, "retired", raw["mass_g"])
            self._post(sender, "", move, "handed_on", raw["mass_g"])
        self._enter(move, holder, "received", raw["mass_g"])

    def _hand_over(self, move: Move) -> None:
        one, by = self.booked, move.told.by
        if "handed_over" not in move.told.roles or move.after.holder != by:
            return
        if one and one.owner != by:
            if not one.grams:
                self._correct(move, move.told.raw["mass_g"])
            self._enter(move, by, "received", self._leave(move, "handed_on"))
        elif one is None and move.before.holder is None:
            self._enter(move, by, "unexplained", move.told.raw["mass_g"])


def share_of_part(raw: dict[str, Any]) -> int | None:
    """Return the equal share of each part in the mass that came off; parts whose code nobody can read have theirs."""
    pieces = len(raw["recovered_codes"]) + raw.get("unreadable_count", 0)
    return raw["recovered_mass_g"] // pieces if pieces and raw.get("recovered_mass_g") else None


def _how(roles: set[str]) -> str:
    if roles & TAKEN_OFF:
        return "taken_off"
    for role, flow in (("listed", "counted"), ("declared", "declared"), ("part", "from_dismantling")):
        if role in roles:
            return flow
    return "unexplained"


def mass_told(book: Book) -> int | None:
    """Return the mass that a battery has for whoever feeds it: as last told; one taken apart weighs what came off it."""
    if book.is_opened:
        return book.came_off or None
    return book.mass if book.mass is not None else birth_of(book.life).get("mass_g")
