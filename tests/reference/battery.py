"""The reference model of one battery: its state by the table of the judging page, its halves and its findings."""

from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from tests.reference.timeline import CHINA, Told, put_in_order
from tests.reference.world import RECEIVED

from suyuan.core.registry import Registry
from suyuan.core.rulebook import Rulebook

UNKNOWN = "holder unknown"
OWNER = "the unnamed owner"
CIRCUMSTANCES = {"report_id", "note", "occurred_at", "reporter", "place", "site_id", "kind", "originally_reported_at"}
RECEIVING_ROLES = {
    "utilization_enterprise": "at_utilization",
    "vehicle_dismantler": "at_dismantler",
    "collection_outlet": "at_outlet",
}
BINDS = {"bound", "born_bound", "fitted"}
SEEN_ELSEWHERE = (
    "pooled", "handed_over", "received", "listed", "refurbished", "dismantled", "parent", "fed", "lost", "exported",
)  # fmt: skip
TAKES_IN_HAND = (
    "pooled", "swapped_out", "replaced_off", "removed", "found", "handed_over", "received", "listed", "refurbished",
    "dismantled", "parent", "fed",
)  # fmt: skip


@dataclass
class Half:
    """One half of a hand-over, the party that owes the other half, and what closed it."""

    told: Told
    giver: str | None
    receiver: str | None
    owed_by: str | None
    limit_key: str
    closed_by: Told | None = None
    superseded_by: Told | None = None  # the giver handed the one battery to somebody else: nothing is owed any more
    is_doubtful: bool = False  # another party is known to hold the battery


@dataclass
class Seen:
    """A finding: rule, weight, subject, the report it names, and the party (or "?" where the design leaves it open)."""

    rule: str
    weight: str
    subject: str
    key: tuple[str, str]
    on: date
    party: str | None = "?"
    known_on: date = date.min  # the receipt of the last report that it rests on


@dataclass
class World:
    """What the fold of one battery may know of others; empty while it only speaks of itself."""

    registry: Registry
    rulebook: Rulebook
    sales: dict[str, date] = field(default_factory=dict)  # VIN > first new sale
    swap_vehicles: set[str] = field(default_factory=set)
    recoveries: dict[str, tuple[date, str]] = field(default_factory=dict)  # parent of a product > day and by whom
    received: dict[tuple[str, str], datetime] = field(
        default_factory=dict
    )  # report > moment of its receipt, if not the usual


@dataclass
class Battery:
    """What is known of a battery at one moment."""

    code: str
    status: str = "unknown"
    holder: str = UNKNOWN
    vehicle: str | None = None
    is_used: bool = False
    parent: str | None = None
    is_used_up: bool = False  # itself, not a product made from it
    last_taken_by: str | None = None  # by its own account, since the last fitting
    tells: set[str] = field(default_factory=set)  # vehicles to which it tells in whose hands it turned up
    bound_to: set[str] = field(default_factory=set)  # vehicles that nobody told it has left
    births: list[Any] = field(default_factory=list)
    maker: str | None = None
    held_from: tuple[date, time | None] | None = None
    received_from: str | None = None  # whom the receipt of the holder names, "" an owner, None if it came otherwise
    final_from: tuple[date, time | None] | None = None
    builder: str | None = None
    is_sold: bool = False
    modules: set[str] = field(default_factory=set)
    put_in: dict[str, date] = field(default_factory=dict)
    taken_out: dict[str, date] = field(default_factory=dict)
    dismantlings: list[Told] = field(default_factory=list)
    handed_over: list[Half] = field(default_factory=list)
    received: list[Half] = field(default_factory=list)
    findings: list[Seen] = field(default_factory=list)

    @property
    def is_held(self) -> bool:
        return self.holder not in (UNKNOWN, OWNER)

    def become(self, status: str, holder: str, *, vehicle: str | None = None, used: bool | None = None) -> None:
        self.status, self.holder, self.vehicle = status, holder, vehicle
        if used is not None:
            self.is_used = used

    def see(self, rule: str, told: Told, *, weight: str = "violation", party: str | None = "?") -> None:
        self.findings.append(Seen(rule, weight, self.code, told.key, told.on, party))


def is_surely_before(earlier: tuple[date, time | None], later: tuple[date, time | None]) -> bool:
    """Tell whether one came before the other; of two of one day only their times can tell."""
    if earlier[0] != later[0] or earlier[1] is None or later[1] is None:
        return earlier[0] < later[0]
    return earlier[1] < later[1]


def order_life(code: str, *, told: list[Told], world: World, flaw: str = "") -> list[Told]:
    """Return the reports on a battery in the order in which they must have happened; what others tell does not matter to it."""
    alone = World(world.registry, world.rulebook)
    return put_in_order(
        told, start=Battery(code), may_come=may_come, apply=lambda state, one: happen(state, one, alone), flaw=flaw
    )


def fold_battery(code: str, *, order: list[Told], world: World) -> Battery:
    """Return the battery as its events in their order and the facts of others leave it."""
    state = Battery(code)
    known_on = date.min
    for one in order:
        hear_of_others(state, world, by=one.on)
        found = len(state.findings)
        happen(state, one, world)
        known_on = max(known_on, received_on(one.key, world))
        for seen in state.findings[found:]:
            seen.known_on = known_on
    hear_of_others(state, world, by=date.max)
    miss_modules(state)
    return state


def received_on(key: tuple[str, str], world: World) -> date:
    """Return the day in China on which a report was received."""
    return world.received.get(key, RECEIVED).astimezone(CHINA).date()


def hear_of_others(state: Battery, world: World, *, by: date) -> None:
    """Apply the sale of the vehicle it sits in and the recovery of the product made from it, if they are known by a day."""
    sold_on = world.sales.get(state.vehicle or "")
    if state.status == "installed" and sold_on is not None and sold_on <= by:
        state.is_sold = True
        state.holder = OWNER
    if state.status == "reused" and state.code in world.recoveries and world.recoveries[state.code][0] <= by:
        on, party = world.recoveries[state.code]
        state.become("recovered", party)
        state.final_from = on, None


def may_come(state: Battery, told: Told) -> bool:
    """Tell whether the precondition of the event holds; who knows nothing objects to nothing."""
    return state.status == "unknown" or all(_holds(state, told, role) for role in told.roles)


def _holds(state: Battery, told: Told, role: str) -> bool:
    match role:
        case "pooled" | "bound" | "born_bound" | "fitted":
            return state.status != "installed"
        case "swapped_out" | "replaced_off" | "found" | "removed":
            return state.vehicle == told.raw["vin"]
        case "taken_out":
            return state.status in ("produced", "installed") and state.parent in (None, told.raw["battery_code"])
        case "put_in":
            return state.parent is None
        case "received":
            pair = (told.raw.get("sender"), told.by)
            return not state.is_held or any((half.giver, half.receiver) == pair for half in _open(state.handed_over))
        case "born" | "declared" | "product" | "repaired" | "part":
            return True
    return not state.is_held or (state.holder == told.by and state.status != "in_transit")


def happen(state: Battery, told: Told, world: World) -> None:
    """Let one event change the battery."""
    status, holder = state.status, state.holder
    _judge_what_is_told(state, told, world)
    if status == "recovered":
        _happen_after_the_end(state, told, world)
    if not state.is_used_up:
        _question_binding(state, told, world)
        for role in told.roles:
            _follow_the_vehicles(state, told, role)
    elif BINDS & set(told.roles):
        state.tells = state.tells | {told.raw["vin"]}
    for role in told.roles if status != "recovered" else ():
        MOVED_BY_TWO.get(role, _move)(state, told, role, world)
    if state.holder != holder:
        state.held_from = told.on, told.at
        state.received_from = told.raw.get("sender", "") if told.kind == "battery_received" else None
    if state.status == "recovered" != status:
        state.final_from = told.on, told.at


def _judge_what_is_told(state: Battery, told: Told, world: World) -> None:
    """Judge what counts even of a battery that is no more."""
    if {"born", "born_bound", "product"} & set(told.roles):
        _be_born(state, told)
    if "handed_over" in told.roles:
        _judge_receiver(state, told, world)
    if "product" in told.roles:
        prohibited = world.rulebook.threshold("prohibited_fields_of_use", on=told.on)
        if told.raw["field_of_use"] in prohibited:
            state.see("prohibited_use_field", told, party=told.by)
    if "repaired" in told.roles:
        state.modules |= set(told.raw["fitted_codes"])


def _happen_after_the_end(state: Battery, told: Told, world: World) -> None:
    """Nothing moves any more; a birth told late is no surprise, nor is a late hand-over that a receipt waits for."""
    is_late_half = told.kind == "battery_handed_over" and _close_half(state, told, world)
    if told.kind == "battery_received":
        _close_half(state, told, world)
    if is_late_half or {"born", "born_bound", "product", "declared"}.issuperset(told.roles):
        return
    if is_surely_before(state.final_from, (told.on, told.at)):
        state.see("event_after_final_state", told, weight="lead", party=None)


def _be_born(state: Battery, told: Told) -> None:
    fields = told.raw
    if "born_bound" in told.roles:
        fields = next(pack for pack in fields["packs"] if pack["code"] == state.code)
    content = {name: value for name, value in fields.items() if name not in CIRCUMSTANCES}
    if state.births and not _is_same_birth(state.births[0], (told.kind, content)):
        state.see("code_registered_twice", told, party=told.by)
    if not state.births:
        state.maker = told.by
    state.modules |= {module["code"] for module in fields.get("modules", [])}
    state.births.append((told.kind, content))


def _is_same_birth(first: tuple[str, Any], second: tuple[str, Any]) -> bool:
    """Compare all that is told; of two kinds of report, what both of them tell of mass, energy and chemistry."""
    if first[0] == second[0]:
        return bool(first[1] == second[1])
    both = {"mass_g", "rated_energy_wh", "chemistry"} & first[1].keys() & second[1].keys()
    return all(first[1][name] == second[1][name] for name in both)


def _move(state: Battery, told: Told, role: str, world: World) -> None:  # noqa: C901, PLR0912, PLR0915 - one table
    raw, by = told.raw, told.by
    match role:
        case "born":
            if state.status == "unknown":
                state.become("produced", by)
        case "declared":
            state.maker = state.maker or by
            state.become(at_home(told, world, used=True), by, used=True)
        case "sold":
            state.become("produced", raw["buyer"])
        case "pooled":
            state.become("in_swap_pool", by, used=False)
        case "unpooled":
            state.become("produced", by)
        case "bound" | "born_bound":
            state.builder = state.builder or by
            if state.status != "installed" or state.vehicle != raw["vin"]:
                _bind(state, told, holder=by)
                state.is_sold = False
        case "fitted":
            _bind(state, told, holder=OWNER)
        case "swapped_out":
            state.become("in_swap_pool", by, used=False)
        case "replaced_off":
            state.become("used", raw["kept_by"], used=True)
        case "found":
            state.become("at_dismantler", by, vehicle=raw["vin"], used=True)
        case "removed":
            state.become("used", by, used=raw["reason"] != "rework" or state.is_sold)
        case "listed":
            _count(state, told, world)
        case "refurbished":
            state.become("produced", by, used=False)
        case "dismantled":
            _dismantle(state, told, world)
        case "part":
            state.become(at_home(told, world, used=True), by, used=True)
            state.parent = None
        case "taken_out":
            state.become("used", raw["kept_by"], used=True)
            state.parent = None
        case "put_in":
            state.become("installed", UNKNOWN, used=False)
            state.parent = raw["battery_code"]
        case "repaired":
            state.taken_out |= dict.fromkeys(raw["removed_codes"], told.on)
            state.put_in |= dict.fromkeys(raw["fitted_codes"], told.on)
        case "product":
            state.become("reused", by, used=False)
        case "parent":
            state.become("reused", by)
        case "product_sold":
            state.become("reused", raw["receiver"])
        case "fed":
            state.become("recovered", by, used=True)
        case "lost" | "exported":
            state.become(role, UNKNOWN)


def _bind(state: Battery, told: Told, *, holder: str) -> None:
    state.become("installed", holder, vehicle=told.raw["vin"], used=False)


def _question_binding(state: Battery, told: Told, world: World) -> None:
    """Find a second vehicle while the first has not let go of the pack.

    A swap need not name the pack it takes out, so a pack of a swap vehicle may have left it unnamed.
    """
    if not BINDS & set(told.roles) or told.raw["vin"] in state.bound_to:
        return
    if state.bound_to - (world.swap_vehicles if told.kind == "battery_swapped" else set()):
        state.see("pack_bound_to_two_vehicles", told, weight="lead", party=None)


def _follow_the_vehicles(state: Battery, told: Told, role: str) -> None:
    """Keep which vehicles nobody told it has left, and who took it in hand since."""
    vin = told.raw.get("vin", "")
    if role in BINDS:
        state.bound_to, state.last_taken_by = state.bound_to | {vin}, None
    elif role == "swapped_out":  # hundreds of vehicles let a pool pack go: they hear no more of it
        state.bound_to = state.bound_to - {vin}
    elif role in ("removed", "replaced_off"):
        state.tells, state.bound_to = state.tells | (state.bound_to & {vin}), state.bound_to - {vin}
    elif role in SEEN_ELSEWHERE:
        state.tells, state.bound_to = state.tells | state.bound_to, set()
    state.is_used_up = state.is_used_up or role == "fed"
    already_there = role == "handed_over" and state.last_taken_by == told.raw["receiver"]
    if role in TAKES_IN_HAND and not already_there:
        state.last_taken_by = told.raw["kept_by"] if role == "replaced_off" else told.by


def at_home(told: Told, world: World, *, used: bool) -> str:
    """Return the status that the role of the reporter gives to what it holds."""
    roles = world.registry.roles_of(told.by, on=told.on)
    return next((status for role, status in RECEIVING_ROLES.items() if role in roles), "used" if used else "produced")


def _open(halves: list[Half]) -> list[Half]:
    return [half for half in halves if half.closed_by is None]


def _close_half(state: Battery, told: Told, world: World) -> bool:
    """Let a half told after the end close the other one; it opens none."""
    giver, receiver, halves = told.raw.get("sender"), told.by, state.handed_over
    if told.kind == "battery_handed_over":
        giver, receiver, halves = told.by, told.raw["receiver"], state.received
    fitting = [half for half in _open(halves) if half.giver == giver]
    fitting.sort(key=lambda half: half.receiver != receiver)
    if not fitting or (told.kind == "battery_handed_over" and fitting[0].receiver != receiver):
        return False
    if fitting[0].receiver != receiver:
        named = (fitting[0].receiver, told.by)
        state.see(
            "receiver_differs", told, weight=_weigh_named(state, told, world, named=named, sender=giver), party=giver
        )
    fitting[0].closed_by = told
    return True


def _weigh_named(state: Battery, told: Told, world: World, *, named: tuple[str, str], sender: str) -> str:
    """Return the weight of a receipt by another than the one named: a lead where both are lawful, or new goods move."""
    standings = {find_standing(state, told, world, giver=sender, receiver=party) for party in named}
    return "violation" if is_used_good(state, told, world) and not standings <= {"lawful", "maker"} else "lead"


def _hand_over(state: Battery, told: Told, _role: str, _world: World) -> None:
    receiver = told.raw["receiver"]
    if state.holder != told.by:  # who holds it begins a new movement
        for half in _open(state.received):
            if (half.giver, half.receiver) == (told.by, receiver):
                half.closed_by = told
                return
    may_give = (
        not state.is_held or state.holder == told.by or told.by in [half.receiver for half in _open(state.handed_over)]
    )
    for half in _open(state.handed_over):
        if half.giver == told.by and half.receiver != receiver:
            half.superseded_by = half.superseded_by or told
    state.handed_over.append(Half(told, told.by, receiver, receiver, "battery_received"))
    if may_give:
        state.become("in_transit", told.by)


def is_used_good(state: Battery, told: Told, world: World) -> bool:
    """Tell whether a used battery moves; what comes off an owner's vehicle is used, but for a swap operator."""
    if state.status == "installed" and state.holder == OWNER and state.vehicle is not None:
        return state.is_used or "swap_operator" not in world.registry.roles_of(told.by, on=told.on)
    return state.is_used


def find_standing(state: Battery, told: Told, world: World, *, giver: str, receiver: str) -> str:
    book, registry = world.rulebook.book_of(told.on), world.registry
    roles = registry.roles_of(receiver, on=told.on)
    if book.receivers and not book.may_hand_over(giver=registry.roles_of(giver, on=told.on), receiver=roles):
        made_it = receiver in (state.maker, state.builder) or receiver in registry.owners_of(state.code[:3])
        return "maker" if made_it else "unlawful"
    return "lawful" if registry.is_qualified(receiver, on=told.on) else "expired"


def _judge_receiver(state: Battery, told: Told, world: World) -> None:
    if not is_used_good(state, told, world):
        return
    standing = find_standing(state, told, world, giver=told.by, receiver=told.raw["receiver"])
    if standing in ("maker", "unlawful"):
        weight = "notice" if standing == "maker" else "violation"
        state.see("handover_to_unlawful_receiver", told, weight=weight, party=told.by)
    elif standing == "expired":
        state.see("receiver_qualification_expired", told, party=told.by)


def _known_holder_besides(state: Battery, party: str, told: Told, world: World) -> str | None:
    """Return the registered party known to hold it, unless the other holds it or is to get it; a seller, or a vehicle, tells nothing."""
    if not state.is_held or state.holder == party or state.status == "installed":
        return None
    if party in [half.receiver for half in _open(state.handed_over)]:
        return None
    return state.holder if world.registry.roles_of(state.holder, on=told.on) - {"seller"} else None


def _holder_not_named(state: Battery, told: Told, world: World) -> str | None:
    """Return the known holder whom a receipt does not name, unless the sender it names was on the way to hold it."""
    holder, sender = _known_holder_besides(state, told.by, told, world), told.raw.get("sender")
    was_to_get_it = sender in [half.receiver for half in _open(state.handed_over)]
    return None if holder == sender or was_to_get_it else holder


def _question_holder(state: Battery, told: Told, holder: str | None) -> None:
    """Find two holders, unless the other order of the same day makes both true."""
    if holder is None:
        return
    is_after = state.held_from is None or is_surely_before(state.held_from, (told.on, told.at))
    is_second_receipt = told.kind == "battery_received" and state.received_from not in (None, told.by)
    if is_after or is_second_receipt:
        state.see("two_holders_claim_one_battery", told, weight="lead", party=None)


def _receive(state: Battery, told: Told, _role: str, world: World) -> None:
    sender, contradicted = told.raw.get("sender"), _holder_not_named(state, told, world)
    _question_holder(state, told, contradicted)
    waiting = [half for half in _open(state.handed_over) if half.giver == sender]
    same_pair = [half for half in waiting if half.receiver == told.by]
    if same_pair:
        same_pair[0].closed_by = told
    elif waiting:
        waiting[0].closed_by = told
        named = (waiting[0].receiver, told.by)
        state.see(
            "receiver_differs", told, weight=_weigh_named(state, told, world, named=named, sender=sender), party=sender
        )
    elif sender is not None:
        half = Half(told, sender, told.by, sender, "battery_handed_over", is_doubtful=contradicted is not None)
        state.received.append(half)
    used = True if told.raw.get("from_owner") else state.is_used
    state.become(at_home(told, world, used=used), told.by, used=used)


def _count(state: Battery, told: Told, world: World) -> None:
    _question_holder(state, told, _known_holder_besides(state, told.by, told, world))
    if not state.is_held:
        state.become(at_home(told, world, used=True), told.by, used=True)


def _dismantle(state: Battery, told: Told, world: World) -> None:
    state.dismantlings.append(told)
    is_apart = any(one.raw.get("complete", True) for one in state.dismantlings)
    state.become("dismantled" if is_apart else at_home(told, world, used=True), told.by, used=True)


def miss_modules(state: Battery) -> None:
    """Find what went in and never came out, over all reports on its dismantling, once one of them calls it complete."""
    complete = [told for told in state.dismantlings if told.raw.get("complete", True)]
    gone = {code for code, on in state.taken_out.items() if on >= state.put_in.get(code, date.min)}
    recovered = {code for told in state.dismantlings for code in told.raw["recovered_codes"]}
    missing = state.modules - gone - recovered
    if complete and missing:
        uncoded = sum(told.raw.get("unreadable_count", 0) for told in state.dismantlings)
        weight = "lead" if uncoded >= len(missing) else "violation"
        state.see("modules_missing_at_dismantling", complete[-1], weight=weight)


MOVED_BY_TWO = {"handed_over": _hand_over, "received": _receive}
