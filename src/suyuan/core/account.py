"""Accounts of enterprises (台账): what each event moves into or out of an enterprise's book, in integer grams.

An enterprise has a book for used batteries, one for lots, one for each material, one for residue, and one for the metal
contained in what it processes and trades. Stock is never stored: it is the sum of the flows by their direction. So for
every enterprise, site and item, at the end of any day,

    stock = received + taken off + declared + counted + ... + bought + recovered
            - handed on - fed - made into products - ... - lost - exported - sold

Up to the process masses close: whoever is booked with a battery stays so until the next one has it (what is on the way is
still the giver's), then gives up exactly what was booked, a difference on the scales included, whichever half of a movement
nobody reported. From the process on only contained metal is balanced, for reagents and crystal water make products heavier
than the feed: metal in = charged with batteries and lots + bought with materials, metal out = sold with materials.
New batteries are in no book.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec

from suyuan.core.catalogue import MATERIALS
from suyuan.core.composition import METALS, Goods, estimate_metals, least_metals_of_material, unstated_metals
from suyuan.core.contribution import Flow
from suyuan.core.finding import Step
from suyuan.core.identifiers import Family
from suyuan.core.recovery import goods_of, goods_of_battery, goods_of_lot
from suyuan.core.report import piece_share_g


@dataclass(frozen=True, slots=True)
class FlowKind:
    """One kind of flow: into a book (+1), out of it (-1), or beside it (0: told for rules and rates, moves nothing)."""

    name: str
    direction: int
    zh: str
    en: str


FLOW_KINDS: tuple[FlowKind, ...] = (
    FlowKind("received", 1, "接收入库", "received"),
    FlowKind("taken_off", 1, "车上拆得", "taken off vehicles"),
    FlowKind("declared", 1, "申报", "declared"),
    FlowKind("counted", 1, "盘点入账", "entered by stock count"),
    FlowKind("from_dismantling", 1, "拆解所得部件", "parts from dismantling"),
    FlowKind("retired", 1, "自有新品或换电池转入", "from own new or pool batteries"),
    FlowKind("unexplained", 1, "来源未报", "origin not reported"),
    FlowKind("weighed_more", 1, "称重增加", "weighed more than booked"),
    FlowKind("bought", 1, "购入", "bought"),
    FlowKind("recovered", 1, "再生产出", "recovered"),
    FlowKind("charged", 1, "投料含金属", "charged with batteries and lots"),
    FlowKind("handed_on", -1, "移交", "handed on"),
    FlowKind("fed", -1, "投料", "fed"),
    FlowKind("made_into_product", -1, "制成再利用产品", "made into reuse products"),
    FlowKind("taken_apart", -1, "拆解", "taken apart"),
    FlowKind("returned_to_use", -1, "返回使用", "returned to use"),
    FlowKind("lost", -1, "灭失", "lost"),
    FlowKind("exported", -1, "出口", "exported"),
    FlowKind("sold", -1, "销售", "sold"),
    FlowKind("gone_unexplained", -1, "去向未报", "gone without a report"),
    FlowKind("weighed_less", -1, "称重减少", "weighed less than booked"),
    FlowKind("counted_less", -1, "盘亏", "short at stock count"),
    FlowKind("sent", 0, "发出在途", "sent on its way"),
    FlowKind("arrived", 0, "在途结清", "on its way no longer"),
    FlowKind("count", 0, "盘点结果", "result of a stock count"),
    FlowKind("extracted", 0, "产出含金属", "metal in what was recovered"),
    FlowKind("refed", 0, "再投料含金属", "metal in materials fed"),
    FlowKind("charged_at_most", 0, "投料含金属上限", "most metal in everything fed"),
    FlowKind("unstated", 0, "未报含量的产出", "outputs whose metal is not stated"),
)  # fmt: skip
FLOWS: dict[str, FlowKind] = {kind.name: kind for kind in FLOW_KINDS}

BATTERY, LOT, RESIDUE = "battery", "lot", "residue"
CONTAINED = {metal: f"contained_{metal}" for metal in METALS}
"""The item of each metal: copper and aluminium are materials too, and contained metal is another book."""
ITEMS: tuple[str, ...] = (BATTERY, LOT, *MATERIALS, RESIDUE, *CONTAINED.values())


def signed_g(flow: Flow) -> int:
    """Return what a flow adds to its book in grams: less than 0 for what goes out, 0 for what stands beside it."""
    return FLOWS[flow.flow].direction * flow.grams


def merge_flows(flows: Iterable[Flow]) -> list[Flow]:
    """Return the flows in their order with the amounts of equal keys summed, and without those of nothing."""
    sums: dict[tuple[str, str, date, str, str], int] = {}
    for flow in flows:
        key = (flow.uscc, flow.site, flow.day, flow.item, flow.flow)
        sums[key] = sums.get(key, 0) + flow.grams
    return [Flow(*key, grams) for key, grams in sorted(sums.items()) if grams]


# -- posting while a timeline is folded ----------------------------------------------------------------------------


class Ledger(ABC):
    """Collects the flows of one subject while its timeline is folded."""

    def __init__(self) -> None:
        self._flows: list[Flow] = []

    @property
    def flows(self) -> list[Flow]:
        """Return what was posted so far, one flow for each key."""
        return merge_flows(self._flows) if self._flows else []

    @abstractmethod
    def post(self, step: Step) -> None:
        """Post what one step of the fold moves."""

    def _add(self, party: str, site: str, step: Step, *, item: str, flow: str, grams: int) -> None:
        self._flows.append(Flow(party, site, step.event.occurred_on, item, flow, grams))

    def _weigh(self, party: str, site: str, step: Step, *, item: str, booked_g: int, weighed_g: int) -> None:
        """Post the difference between what was booked and what the scales say."""
        flow = "weighed_more" if weighed_g > booked_g else "weighed_less"
        self._add(party, site, step, item=item, flow=flow, grams=abs(weighed_g - booked_g))

    def _charge(self, step: Step, goods: Goods) -> None:
        """Post the metal that goes into the reporter's process with goods, as far as anybody can tell."""
        for metal, grams in estimate_metals(goods).items():
            self._add(step.event.reporter, site_of(step), step, item=CONTAINED[metal], flow="charged", grams=grams)


def open_ledger(family: Family) -> Ledger | None:
    """Return an empty ledger for a subject of this family; None for those that move no masses."""
    ledger = _LEDGERS.get(family)
    return ledger() if ledger else None


def site_of(step: Step) -> str:
    """Return the site that a report names, empty where it names none."""
    return str(step.event.body.get("site_id", ""))


# -- batteries -----------------------------------------------------------------------------------------------------


class Book(msgspec.Struct, frozen=True):
    """In whose book a battery stands, at which site, with which mass in grams (0 while nobody has told any)."""

    holder: str
    site: str
    grams: int


IN_CAUSES = {
    "received": "received",
    "handed_over": "unexplained",
    "declared": "declared",
    "found": "taken_off",
    "removed": "taken_off",
    "replaced_off": "taken_off",
    "taken_out": "taken_off",
    "listed": "counted",
    "part": "from_dismantling",
}
"""By role: how a used battery comes into a book in which it was not."""
USES = {"fed": "fed", "parent": "made_into_product", "dismantled": "taken_apart"}
"""By role: what its holder uses a battery up for."""
OUT_CAUSES = {"lost": "lost", "exported": "exported", **dict.fromkeys(IN_CAUSES, "gone_unexplained")}
"""By role: how a battery leaves the book of who held it; by any other role it is in use again."""
ENTRY_ROLES = frozenset(IN_CAUSES) | frozenset(USES)
IN_HAND = frozenset({"at_outlet", "at_dismantler", "at_utilization"})


class BatteryLedger(Ledger):
    """The book of one battery: in one enterprise's hands at a time, from its first retirement to its end."""

    def __init__(self) -> None:
        super().__init__()
        self.book: Book | None = None
        self._on_its_way: Book | None = None

    def post(self, step: Step) -> None:
        """Post one step; new batteries cost nothing, and after its end nothing moves a battery."""
        if (self.book is None and ENTRY_ROLES.isdisjoint(step.event.roles)) or step.before.is_final:
            return
        self._post_move(step)
        on_its_way = self.book if step.after.status == "in_transit" else None
        if on_its_way != self._on_its_way:
            for flow, book in (("arrived", self._on_its_way), ("sent", on_its_way)):
                if book is not None:
                    self._add(book.holder, book.site, step, item=BATTERY, flow=flow, grams=book.grams)
            self._on_its_way = on_its_way

    def _post_move(self, step: Step) -> None:
        roles = step.event.roles
        use = next((role for role in roles if role in USES), None)
        if use is not None:
            self._use_up(step, use)
            return
        role = next((role for role in roles if role in OUT_CAUSES), roles[0])
        holder = _holder_after(self.book, step)
        if self.book is None:
            self._enter(step, role, holder)
        elif holder == self.book.holder:
            self._weigh_again(step, self.book, role)
        else:
            self._pass(step, self.book, role, holder)

    def _enter(self, step: Step, role: str, holder: str | None) -> None:
        """Book a battery in that stood in no book; who hands over its own new or pool battery retires it so."""
        if holder is None or (holder == step.before.holder and holder != step.event.reporter):
            return  # what others say of a battery that somebody holds changes no book
        grams, giver = _entry_g(step, role), step.before.holder
        if role == "received" and giver and _is_giver(step, giver):
            for flow in ("retired", "handed_on"):
                self._add(giver, "", step, item=BATTERY, flow=flow, grams=grams)
        self._open(step, holder, flow=IN_CAUSES.get(role, "unexplained"), grams=grams)

    def _open(self, step: Step, holder: str, *, flow: str, grams: int) -> None:
        site = site_of(step) if holder == step.event.reporter else ""
        self.book = Book(holder, site, grams)
        self._add(holder, site, step, item=BATTERY, flow=flow, grams=grams)

    def _weigh_again(self, step: Step, book: Book, role: str) -> None:
        """Book the mass anew of a battery that stays: received or declared again, or on its way out and never weighed."""
        is_first_weighing = role == "handed_over" and step.event.reporter == book.holder and book.grams == 0
        if role in ("received", "declared") or is_first_weighing:
            weighed_g = step.event.body["mass_g"]
            self._weigh(book.holder, book.site, step, item=BATTERY, booked_g=book.grams, weighed_g=weighed_g)
            self.book = Book(book.holder, book.site, weighed_g)

    def _pass(self, step: Step, book: Book, role: str, holder: str | None) -> None:
        """Take a battery out of one book, and into the next one's if it is in somebody's hands."""
        is_handed_on = role == "received" and _is_giver(step, book.holder)
        if not is_handed_on and (holder is None or role != "handed_over"):
            flow = OUT_CAUSES.get(role, "returned_to_use")
            self._add(book.holder, book.site, step, item=BATTERY, flow=flow, grams=book.grams)
            self.book = None
            self._enter(step, role, holder)
            return
        moved_g = step.event.body["mass_g"] if role == "received" or not book.grams else book.grams
        self._weigh(book.holder, book.site, step, item=BATTERY, booked_g=book.grams, weighed_g=moved_g)
        self._add(book.holder, book.site, step, item=BATTERY, flow="handed_on", grams=moved_g)
        self.book = None
        if holder is not None:  # new goods stand in no book of who gets them
            self._open(step, holder, flow="received", grams=moved_g)

    def _use_up(self, step: Step, use: str) -> None:
        """Book out what a party feeds, takes apart or makes a product of; what it did not hold comes in first."""
        party, book = step.event.reporter, self.book
        if book is None:
            flow = "retired" if step.before.holder == party else "unexplained"
            self._open(step, party, flow=flow, grams=_unbooked_g(step))
        elif book.holder != party:
            is_on_way = any((half.giver, half.receiver) == (book.holder, party) for half in step.before.open_hand_overs)
            left, came = ("handed_on", "received") if is_on_way else ("gone_unexplained", "unexplained")
            self._add(book.holder, book.site, step, item=BATTERY, flow=left, grams=book.grams)
            self._open(step, party, flow=came, grams=book.grams)
        assert self.book is not None, "what is used up stands in the book of who uses it"
        if use == "dismantled":
            self._take_apart(step, self.book)
            return
        self._add(party, self.book.site, step, item=BATTERY, flow=USES[use], grams=self.book.grams)
        self.book = None
        if use == "fed":
            told = goods_of_battery(step.after)
            self._charge(step, goods_of(step.subject, told, rulebook=step.rulebook, on=step.event.occurred_on))

    def _take_apart(self, step: Step, book: Book) -> None:
        """Book a battery out and its parts in: coded ones in their own timelines with their share, the rest under its code."""
        body = step.event.body
        parts_g, pieces = body.get("recovered_mass_g", 0), len(body.get("recovered_codes", ()))
        coded_g = pieces * piece_share_g(parts_g, pieces=pieces, uncoded=body.get("unreadable_count", 0))
        apart_g = book.grams if body.get("complete", True) else min(book.grams, parts_g)
        for flow, grams in ((USES["dismantled"], apart_g), (IN_CAUSES["part"], parts_g - coded_g)):
            self._add(book.holder, book.site, step, item=BATTERY, flow=flow, grams=grams)
        left_g = book.grams - apart_g + parts_g - coded_g
        self.book = Book(book.holder, book.site, left_g) if left_g else None


def _holder_after(book: Book | None, step: Step) -> str | None:
    """Return in whose book a battery stands after a step; None for new ones, for those in use, and where nobody has it."""
    before, after = step.before, step.after
    if after.holding != "party" or after.holder is None:
        return None
    is_booked = book is not None
    match after.status:
        case "used":
            is_booked = after.is_used
        case "in_transit":
            is_booked = is_booked or before.holding != "party"
        case "dismantled":
            pass
        case _:
            is_booked = after.status in IN_HAND
    holder: str = after.holder
    return holder if is_booked else None


def _is_giver(step: Step, holder: str) -> bool:
    """Tell whether a receipt has the battery from this holder, by its own word or by the hand-over that it meets."""
    other = step.after.match.other
    return step.event.counterparty == holder or (other is not None and other.giver == holder)


def _entry_g(step: Step, role: str) -> int:
    """Return the mass with which a battery enters a book: weighed, else known, else its share of a mass told for several.

    The state knows the mass of a receipt and of a declaration; that of a hand-over is the giver's word alone.
    """
    body, known_g = step.event.body, step.after.mass_g
    if role == "handed_over":
        return int(body["mass_g"])
    share_g = body.get("mass_share_g")
    if role == "part" and share_g is not None:
        return int(share_g)
    return int(known_g or share_g or 0)


def _unbooked_g(step: Step) -> int:
    """Return the mass of a battery that stands in no book; one that is used up already weighs nothing more."""
    before = step.before
    return 0 if before.status == "dismantled" or before.product is not None else before.mass_g or 0


# -- lots ----------------------------------------------------------------------------------------------------------


class LotLedger(Ledger):
    """The books of one lot by holder; a holder that hands on more than it has stands below zero.

    What only the receiver tells never takes more from the giver than it holds: its own report does.
    """

    def __init__(self) -> None:
        super().__init__()
        self._held_g: dict[str, int] = {}
        self._sites: dict[str, str] = {}
        self._taken_g: dict[tuple[str, str], int] = {}

    def post(self, step: Step) -> None:
        """Post one step of a lot."""
        event, match = step.event, step.after.match
        if "declared" in event.roles and step.before.declared_mass_g is None:
            self._move(step, event.reporter, flow="declared", grams=event.body["mass_g"])
        elif "received" in event.roles:
            self._receive(step)
        elif "handed_over" in event.roles and match.form == "opened":
            self._send(step, event.reporter, flow="sent", grams=event.body["mass_g"])
        elif "handed_over" in event.roles:
            taken_g = self._taken_g.pop((match.other.reporter, match.other.report_id), 0)
            self._hand_on(
                step, event.reporter, handed_g=event.body["mass_g"], received_g=match.other.mass_g, taken_g=taken_g
            )
        elif "fed" in event.roles:
            self._feed(step)

    def _receive(self, step: Step) -> None:
        event, other = step.event, step.after.match.other
        received_g, giver = event.body["mass_g"], event.counterparty
        if other is not None:
            self._send(step, other.giver, flow="arrived", grams=other.mass_g)
            self._hand_on(step, other.giver, handed_g=other.mass_g, received_g=received_g, taken_g=0)
        elif giver is not None:
            taken_g = min(max(0, self._held_g.get(giver, 0)), received_g)
            self._taken_g[event.key] = taken_g
            self._move(step, giver, flow="handed_on", grams=taken_g)
        self._move(step, event.reporter, flow="received", grams=received_g)

    def _hand_on(self, step: Step, giver: str, *, handed_g: int, received_g: int, taken_g: int) -> None:
        """Take from the giver what it says it gave, of which `taken_g` was taken before; the scales differ as they differ."""
        self._weigh(giver, self._sites.get(giver, ""), step, item=LOT, booked_g=handed_g, weighed_g=received_g)
        self._held_g[giver] = self._held_g.get(giver, 0) + received_g - handed_g
        self._move(step, giver, flow="handed_on", grams=received_g - taken_g)

    def _feed(self, step: Step) -> None:
        party = step.event.reporter
        fed_g = max(0, self._held_g.get(party, 0))
        self._move(step, party, flow="fed", grams=fed_g)
        told = goods_of_lot(step.after, mass_g=fed_g)
        self._charge(step, goods_of(step.subject, told, rulebook=step.rulebook, on=step.event.occurred_on))

    def _send(self, step: Step, giver: str, *, flow: str, grams: int) -> None:
        """Note what is on its way: it stays in the giver's book and is not on hand there."""
        self._add(giver, self._sites.get(giver, ""), step, item=LOT, flow=flow, grams=grams)

    def _move(self, step: Step, party: str, *, flow: str, grams: int) -> None:
        """Post a movement at the site where the party has the lot: that of its own reports."""
        if party == step.event.reporter and FLOWS[flow].direction > 0:
            self._sites[party] = site_of(step)
        self._add(party, self._sites.get(party, ""), step, item=LOT, flow=flow, grams=grams)
        self._held_g[party] = self._held_g.get(party, 0) + FLOWS[flow].direction * grams


# -- materials, residue, counts ------------------------------------------------------------------------------------


class RecoveryLedger(Ledger):
    """The process of one recovery: materials in and out, residue, and the metal in them."""

    def post(self, step: Step) -> None:
        """Post inputs, outputs and residue; what batteries and lots bring in stands in their own ledgers."""
        body = step.event.body
        for material in body.get("inputs", ()):
            self._post_material(step, material, flow="fed", metal_flow="refed")
        for material in body["outputs"]:
            self._post_material(step, material, flow="recovered", metal_flow="extracted")
            for metal in unstated_metals(material):
                self._note(step, item=CONTAINED[metal], flow="unstated", grams=material["mass_g"])
        self._note(step, item=RESIDUE, flow="recovered", grams=body["residue_mass_g"])
        if "residue_receiver" in body:
            self._note(step, item=RESIDUE, flow="handed_on", grams=body["residue_mass_g"])
        for metal, grams in step.feed.most_g.items():
            self._note(step, item=CONTAINED[metal], flow="charged_at_most", grams=grams)

    def _post_material(self, step: Step, material: dict[str, Any], *, flow: str, metal_flow: str) -> None:
        self._note(step, item=material["material"], flow=flow, grams=material["mass_g"])
        for metal, grams in least_metals_of_material(material).items():
            self._note(step, item=CONTAINED[metal], flow=metal_flow, grams=grams)

    def _note(self, step: Step, *, item: str, flow: str, grams: int) -> None:
        self._add(step.event.reporter, site_of(step), step, item=item, flow=flow, grams=grams)


class ReportLedger(RecoveryLedger):
    """A report of its own: material bought or sold, or a count of stock."""

    def post(self, step: Step) -> None:
        """Post one report; a count stands beside the book, which it is compared with (`core.stock`)."""
        body = step.event.body
        match step.event.kind.name:
            case "material_received":
                self._post_material(step, body, flow="bought", metal_flow="bought")
            case "material_sold":
                self._post_material(step, body, flow="sold", metal_flow="sold")
            case "stock_counted":
                self._note(step, item=BATTERY, flow="count", grams=body["counted_mass_g"])


_LEDGERS: dict[Family, type[Ledger]] = {
    "battery": BatteryLedger,
    "lot": LotLedger,
    "recovery": RecoveryLedger,
    "report": ReportLedger,
}
