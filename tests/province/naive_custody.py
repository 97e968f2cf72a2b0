"""Who has a battery, who says so, and what is owed for it: the rules of custody and the duties of one battery, naively.

The reference model moves the battery from event to event; what is asked here looks only at how it stood before and after.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, time, timedelta
from typing import Any

from tests.province.naive_codes import BORN, FIRST_RULES, dated, find_maker, is_product, is_real, is_unborn_pack
from tests.reference.battery import (
    OWNER,
    UNKNOWN,
    Battery,
    Half,
    Seen,
    World,
    happen,
    hear_of_others,
    is_surely_before,
    is_used_good,
    received_on,
)
from tests.reference.limits import count_on, find_limit
from tests.reference.timeline import Told

AT_REST = ("used", "at_outlet", "at_dismantler", "at_utilization", "produced")
CONFLICTS = ("pack_bound_to_two_vehicles", "two_holders_claim_one_battery", "event_after_final_state")
LOOKED_AGAIN = ("battery_tested", "stock_counted")
TAKEN_OFF = ("removed", "replaced_off", "taken_out", "found", "unpooled")
TAKEN_IN = ("received", "listed", "declared", "part")


@dataclass(frozen=True)
class Due:
    """A duty as it must stand: of whom, about what, since when, until when, and what ended it."""

    kind: str
    rule: str
    subject: str
    party: str | None
    opened_by: str
    opened_on: date
    due_on: date | None
    lapses_on: date | None
    closed_by: str | None = None
    is_doubtful: bool = field(default=False, compare=False, repr=False)  # its lapse is only a lead


@dataclass(frozen=True)
class Stand:
    """How a battery stands at one moment."""

    status: str
    holder: str
    vehicle: str | None
    is_used: bool
    held_from: tuple[date, time | None] | None
    sent: tuple[Half, ...]
    got: tuple[Half, ...]

    @property
    def keeper(self) -> str | None:
        """The party with which it lies at rest as a used battery."""
        return self.holder if self.is_used and self.status in AT_REST and self.holder not in (UNKNOWN, OWNER) else None


@dataclass
class Step:
    """One event of a life: what was told, how the battery stood before and after, and which halves it closed."""

    told: Told
    before: Stand
    after: Stand
    state: Battery
    known_on: date
    moves_used_good: bool = False
    closed: list[Half] = field(default_factory=list)


def stand(state: Battery) -> Stand:
    """Return how a battery stands now."""
    sent = tuple(half for half in state.handed_over if half.closed_by is None)
    got = tuple(half for half in state.received if half.closed_by is None)
    return Stand(state.status, state.holder, state.vehicle, state.is_used, state.held_from, sent, got)


def walk_life(code: str, *, order: list[Told], world: World) -> Iterator[Step]:
    """Yield every event of a battery; the state is that after it."""
    state, known_on = Battery(code), date.min
    for told in order:
        hear_of_others(state, world, by=told.on)
        before = stand(state)
        used_good = is_used_good(state, told, world)
        happen(state, told, world)
        known_on = max(known_on, received_on(told.key, world))
        closed = [half for half in (*before.sent, *before.got) if half.closed_by is told]
        yield Step(told, before, stand(state), state, known_on, used_good, closed)


def owe(kind: str, rule: str, subject: str, step: Step, *, party: str | None, limit: str, world: World,
        since: date | None = None) -> Due | None:  # fmt: skip
    """Return a new duty, None where no entry of the book of the day binds the party."""
    entry = find_limit(step.told.on, kind=limit, party=party, world=world)
    if entry is None:
        return None
    due_on = count_on(since or step.told.on, limit=entry)
    lapses_on = due_on + timedelta(days=entry.grace_days)
    return Due(kind, rule, subject, party, step.told.raw["report_id"], step.told.on, due_on, lapses_on)


# -- findings ------------------------------------------------------------------------------------------------------


def find_in_custody(code: str, *, steps: list[Step], world: World) -> Iterator[Seen]:
    """Find what the hand-overs, receipts, dismantlings and sales of one battery say against somebody."""
    trail: list[tuple[str, date]] = []  # who had it since it was last in use, and since when
    for step in steps:
        told, raw = step.told, step.told.raw
        if told.kind == "battery_handed_over":
            yield from _find_in_hand_over(code, step, world)
        if told.kind == "battery_dismantled" and "dismantled" in told.roles:
            roles = world.registry.roles_of(told.by, on=told.on)
            if "collection_outlet" in roles and "utilization_enterprise" not in roles:
                yield Seen("outlet_dismantled_a_battery", "violation", code, told.key, told.on, told.by)
        if told.kind == "reuse_product_sold":
            fields = _threshold(told.on, "licences_of_prohibited_fields", world, absent=[])
            held = {
                one.kind for one in _licences(raw["receiver"], world) if one.valid_from <= told.on <= _end(one, world)
            }
            if held & set(fields):
                yield Seen("reuse_product_buyer_in_prohibited_field", "lead", code, told.key, told.on, told.by)
        for half in step.closed:
            yield from _compare_halves(code, step, half, world)
        yield from _find_ring(code, step, trail, world)


def _find_in_hand_over(code: str, step: Step, world: World) -> Iterator[Seen]:
    told, before = step.told, step.before
    if (
        not step.closed
        and before.status != "recovered"
        and is_contradicted(step, world)
        and is_surely_before(before.held_from or (date.min, None), (told.on, told.at))
    ):
        yield Seen("handed_over_without_holding", "violation", code, told.key, told.on, told.by)
    if step.moves_used_good:
        yield from find_licences_ended(code, step, world)


def find_licences_ended(code: str, step: Step, world: World) -> Iterator[Seen]:
    """Find carriers and utilization enterprises whose licences had ended when used goods were handed to them."""
    told, raw = step.told, step.told.raw
    if raw.get("carrier") and _has_ended(raw["carrier"], "hazardous_goods_carriage", told.on, world):
        yield Seen("carrier_not_qualified", "lead", code, told.key, told.on, told.by)
    book, receiver = world.rulebook.book_of(told.on), raw["receiver"]
    roles = world.registry.roles_of(receiver, on=told.on)
    givers = world.registry.roles_of(told.by, on=told.on)
    needed = _threshold(told.on, "utilization_licences", world, absent=[])
    is_lawful = book.may_hand_over(giver=givers, receiver=roles) and world.registry.is_qualified(receiver, on=told.on)
    by_other_role = book.may_hand_over(giver=givers, receiver=roles - {"utilization_enterprise"})
    if is_lawful and not by_other_role and any(_has_ended(receiver, kind, told.on, world) for kind in needed):
        yield Seen("receiver_qualification_expired", "lead", code, told.key, told.on, told.by)


def _licences(uscc: str, world: World) -> list[Any]:
    return [one for one in world.registry.register.licences if one.uscc == uscc]


def _end(licence: Any, world: World) -> date:
    """Return the last day of a licence; a later entry of its number ends it."""
    later = [one.valid_from for one in _licences(licence.uscc, world)
             if (one.kind, one.number) == (licence.kind, licence.number) and one.valid_from > licence.valid_from]  # fmt: skip
    return min([licence.valid_until or date.max, *(day - timedelta(days=1) for day in later)])


def _has_ended(uscc: str, kind: str, on: date, world: World) -> bool:
    begun = [one for one in _licences(uscc, world) if one.kind == kind and one.valid_from <= on]
    return bool(begun) and all(_end(one, world) < on for one in begun)


def _threshold(on: date, key: str, world: World, *, absent: Any = None) -> Any:
    entry = world.rulebook.book_of(on).thresholds.get(key)
    return absent if entry is None else entry.value


def is_contradicted(step: Step, world: World) -> bool:
    """Tell whether a registered party other than the reporter is known to hold the battery; a seller, or a vehicle, tells nothing."""
    before, told = step.before, step.told
    if before.holder in (UNKNOWN, OWNER, told.by) or told.by in [half.receiver for half in before.sent]:
        return False
    return before.status != "installed" and bool(world.registry.roles_of(before.holder, on=told.on) - {"seller"})


def _compare_halves(code: str, step: Step, half: Half, world: World) -> Iterator[Seen]:
    """Compare the two halves of a movement: their days and their masses."""
    first, second = half.told, step.told
    given, taken = (first, second) if first.kind == "battery_handed_over" else (second, first)
    apart = abs(given.raw["mass_g"] - taken.raw["mass_g"])
    if apart * 100 > given.raw["mass_g"] * _threshold(second.on, "mass_tolerance_percent", world):
        yield Seen("mass_differs_in_transit", "lead", code, second.key, second.on, None)
    days = (given.on - taken.on).days
    if days > 0:
        weight = "notice" if days <= _threshold(given.on, "receipt_before_hand_over_days", world) else "violation"
        yield Seen("received_before_handed_over", weight, code, given.key, given.on, given.by)


def _find_ring(code: str, step: Step, trail: list[tuple[str, date]], world: World) -> Iterator[Seen]:
    """Follow the hands through which a used battery goes; one that had it before gets it again after two others."""
    told, before, after = step.told, step.before, step.after
    places = [place for place, (party, _) in enumerate(trail) if party == told.by]
    if told.kind == "battery_received" and places and trail[-1][0] == told.raw.get("sender"):
        others = trail[places[-1] + 1 :]
        began_on = trail[places[-1]][1]
        is_ring = len({party for party, _ in others}) >= _threshold(told.on, "ring_other_holders_min", world)
        if is_ring and began_on < told.on and (told.on - others[0][1]).days <= _threshold(told.on, "ring_days", world):
            yield Seen("returned_to_sender_in_a_ring", "lead", code, told.key, told.on, None)
    if not after.is_used:
        trail.clear()
    elif after.holder != before.holder and after.holder not in (UNKNOWN, OWNER):
        trail.append((after.holder, told.on))


# -- duties --------------------------------------------------------------------------------------------------------


def list_duties(code: str, *, steps: list[Step], battery: Battery, world: World) -> list[Due]:
    """Return every duty that the life of a battery opened, with what ended it."""
    duties = [*_halves(code, battery, world), *_births(code, steps, world), *_origins(code, steps, world)]
    duties += _kept(code, steps, world)
    return duties + _conflicts(code, steps, battery, world)


def _halves(code: str, battery: Battery, world: World) -> Iterator[Due]:
    for half, kind, rule in (
        *((half, "confirm_receipt", "handed_over_but_never_received") for half in battery.handed_over),
        *((half, "report_hand_over", "received_but_never_handed_over") for half in battery.received),
    ):
        step = Step(half.told, None, None, battery, date.min)
        due = owe(kind, rule, code, step, party=half.owed_by, limit=half.limit_key, world=world)
        ended = half.superseded_by or half.closed_by
        if due:
            yield replace(_end_by(due, ended), is_doubtful=half.is_doubtful)


def _end_by(due: Due, told: Told | None) -> Due:
    return replace(due, closed_by=told.raw["report_id"] if told else None)


def _births(code: str, steps: list[Step], world: World) -> Iterator[Due]:
    """A pack or product that others report is owed by its maker until it is told as born."""
    if not is_real(code) or set(BORN) & set(steps[0].told.roles) or dated(code) < FIRST_RULES:
        return
    names = ("report_birth", "code_seen_before_birth", "battery_produced")
    if is_product(code):
        names = ("report_reuse_product", "reuse_code_without_parent", "reuse_product_made")
    elif not is_unborn_pack(code, [steps[0].told]) or find_maker(code, world) is None:
        return
    for step in steps:
        if set(BORN) & set(step.told.roles):
            return
        due = owe(names[0], names[1], code, step, party=find_maker(code, world), limit=names[2], world=world)
        if due:
            yield _end_by(due, next((one.told for one in steps if set(BORN) & set(one.told.roles)), None))
            return


def _origins(code: str, steps: list[Step], world: World) -> Iterator[Due]:
    """A giver of whom nobody knows how it came to hold the battery owes that."""
    for step in steps:
        told, before = step.told, step.before
        if told.kind != "battery_handed_over" or step.closed or before.status == "recovered":
            continue
        may_have_it = told.by == before.holder or told.by in [half.receiver for half in before.sent]
        if not may_have_it and not is_contradicted(step, world):
            due = owe(
                "report_origin",
                "handed_over_without_holding",
                code,
                step,
                party=told.by,
                limit="battery_received",
                world=world,
            )
            if due:
                yield due


def _kept(code: str, steps: list[Step], world: World) -> Iterator[Due]:
    """Whoever has a used battery owes to pass it on, sooner where it came off a vehicle or out of a battery."""
    running: Due | None = None
    for step in steps:
        keeper = step.after.keeper
        if running is not None and keeper != running.party:
            yield _end_by(running, step.told)
            running = None
        if running is None and keeper is not None and keeper != step.before.keeper:
            if set(TAKEN_OFF) & set(step.told.roles):
                names = ("hand_over_removed_battery", "removed_battery_not_handed_over")
            elif set(TAKEN_IN) & set(step.told.roles):
                names = ("pass_on_held_battery", "held_too_long")
            else:
                continue
            running = owe(*names, code, step, party=keeper, limit=names[0], world=world)
    if running is not None:
        yield running


def _conflicts(code: str, steps: list[Step], battery: Battery, world: World) -> list[Due]:
    """A report that contradicts others is to be confirmed or corrected; looking again on a later day confirms it."""
    known = {step.told.key: step for step in steps}
    duties = []
    for seen in battery.findings:
        if seen.rule in CONFLICTS:
            step = known[seen.key]
            due = owe("confirm_or_correct", seen.rule, code, step, party=step.told.by, limit="confirm_or_correct", world=world,
                      since=max(seen.on, step.known_on))  # fmt: skip
            looked = next((one.told for one in steps if one.told.by == step.told.by and one.told.on > step.told.on
                           and one.told.kind in LOOKED_AGAIN), None)  # fmt: skip
            if due:
                duties.append(_end_by(due, looked))
    return duties
