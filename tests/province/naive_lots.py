"""The books of lots: goods by weight, moving in parts; a book may fall below zero, but only by its holder's own word."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from tests.province.naive_books import Flows
from tests.province.naive_world import Key, Plain, Raw, day_of, key_of
from tests.reference.timeline import LIFECYCLE


@dataclass
class Parcel:
    """A hand-over or a receipt that waits for its other half."""

    raw: Raw
    giver: str
    receiver: str
    grams: int


@dataclass
class LotBook:
    """Who has how much of one lot booked, and where."""

    code: str
    flows: Flows = field(default_factory=Flows)
    held: Counter[str] = field(default_factory=Counter)
    sites: dict[str, str] = field(default_factory=dict)
    sent: list[Parcel] = field(default_factory=list)
    got: list[Parcel] = field(default_factory=list)
    declared: Raw | None = None
    told: list[Raw] = field(default_factory=list)
    late: set[Key] = field(default_factory=set)  # hand-overs of what was received before
    fed: dict[tuple[str, str], int] = field(default_factory=dict)  # recovery > grams

    def play(self, reports: list[Raw]) -> "LotBook":
        """Book the reports in their order: by day, within a day by kind."""
        self.told = reports
        for raw in sorted(reports, key=lambda raw: (day_of(raw), LIFECYCLE[raw["kind"]], key_of(raw))):
            {"lot_declared": self._declare, "battery_handed_over": self._give, "battery_received": self._take,
             "material_recovered": self._feed}[raw["kind"]](raw)  # fmt: skip
        return self

    def _post(self, uscc: str, raw: Raw, flow: str, grams: int) -> None:
        if grams:
            self.flows[uscc, self.sites.get(uscc, ""), day_of(raw), "lot", flow] += grams

    def _in(self, uscc: str, raw: Raw, flow: str, grams: int) -> None:
        self.sites.setdefault(uscc, raw.get("site_id", ""))
        self._post(uscc, raw, flow, grams)
        self.held[uscc] += grams

    def _out(self, uscc: str, raw: Raw, flow: str, grams: int) -> None:
        self._post(uscc, raw, flow, grams)
        self.held[uscc] -= grams

    def _declare(self, raw: Raw) -> None:
        if self.declared is None:
            self.declared = raw
            self._in(raw["reporter"], raw, "declared", raw["mass_g"])

    def _scales(self, giver: str, raw: Raw, *, given: int, received: int) -> None:
        if given > received:
            self._out(giver, raw, "weighed_less", given - received)
        else:
            self._in(giver, raw, "weighed_more", received - given)

    def _give(self, raw: Raw) -> None:
        giver, receiver = raw["reporter"], raw["receiver"]
        waiting = [one for one in self.got if (one.giver, one.receiver) == (giver, receiver)]
        if waiting:
            self.late.add(key_of(raw))
            parcel = min(waiting, key=lambda one: one.raw["mass_g"] != raw["mass_g"])
            self.got.remove(parcel)
            received = parcel.raw["mass_g"]
            self._out(giver, raw, "handed_on", received - parcel.grams)
            self._scales(giver, raw, given=raw["mass_g"], received=received)
            return
        self.sent.append(Parcel(raw, giver, receiver, raw["mass_g"]))
        self._post(giver, raw, "sent", raw["mass_g"])

    def _take(self, raw: Raw) -> None:
        giver, receiver = raw.get("sender"), raw["reporter"]
        waiting = [one for one in self.sent if one.giver == giver]
        waiting.sort(key=lambda one: (one.receiver != receiver, one.grams != raw["mass_g"]))
        if waiting:
            parcel = waiting[0]
            self.sent.remove(parcel)
            self._out(parcel.giver, raw, "handed_on", raw["mass_g"])
            self._scales(parcel.giver, raw, given=parcel.grams, received=raw["mass_g"])
            self._post(parcel.giver, raw, "arrived", parcel.grams)
        elif giver is not None:
            taken = min(raw["mass_g"], max(0, self.held[giver]))
            self._out(giver, raw, "handed_on", taken)
            self.got.append(Parcel(raw, giver, receiver, taken))
        self._in(receiver, raw, "received", raw["mass_g"])

    def _feed(self, raw: Raw) -> None:
        grams = max(0, self.held[raw["reporter"]])
        self.fed[key_of(raw)] = grams
        self._out(raw["reporter"], raw, "fed", grams)


def read_lots(plain: Plain) -> dict[str, LotBook]:
    """Return the book of every lot that a report is about."""
    named: dict[str, list[Raw]] = {}
    for raw in plain.counted:
        codes: list[Any] = [raw.get("lot_code"), raw.get("battery_code"), *raw.get("lot_codes", ())]
        for code in {code for code in codes if code and code.startswith("LOT-")}:
            named.setdefault(code, []).append(raw)
    return {code: LotBook(code).play(reports) for code, reports in sorted(named.items())}
