"""Fold a timeline into its verdict: state, duties, findings, and the facts it tells other subjects.

`fold_timeline` is the one door. It is pure; what it says depends on the set of events and facts, never on their arrival.
What is told to others (`emit_facts`) depends on the subject's own events alone, so judging comes to rest.
"""

import copy
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from datetime import date
from functools import partial
from typing import Any

import msgspec

from suyuan.core import battery, battery_precondition, lot, vehicle
from suyuan.core.account import open_ledger
from suyuan.core.battery_state import BatteryState, Marketing
from suyuan.core.catalogue import KIND_BY_NAME
from suyuan.core.contribution import Flow
from suyuan.core.duty import Duty, close_decided, open_and_close, open_for_findings
from suyuan.core.event import Event, Fact, Facts
from suyuan.core.finding import End, EndCheck, Finding, Rule, Step, StepCheck, WithdrawalCheck
from suyuan.core.identifiers import Family, subject_family
from suyuan.core.lot import LotState
from suyuan.core.order import drop_withdrawn, order_events, split_withdrawn
from suyuan.core.recovery import tell_recoveries
from suyuan.core.registry import Registry
from suyuan.core.rulebook import Rulebook
from suyuan.core.value import SHANGHAI
from suyuan.core.vehicle import VehicleState, list_absent
from suyuan.core.withdrawal import list_withdrawals

Composition = tuple[tuple[str, str], ...]
PROGRAM_VERSION = 17  # raise it when the fold or a rule says something else of the same timeline


def name_version(rulebook: Rulebook) -> str:
    """Return the version that a verdict carries: that of the program's judgement, and of rulebook and calendar."""
    return f"{PROGRAM_VERSION}-{rulebook.version}"


class RecordState(msgspec.Struct, omit_defaults=True):
    """The state of a subject that only collects its reports: a model, a recovery, a report of its own."""

    status: str = "recorded"


AnyState = BatteryState | VehicleState | LotState | RecordState


class Verdict(msgspec.Struct):
    """What the fold of one subject says; `since` is the day on which the state's status began, None without any event."""

    state: AnyState
    facts: list[Fact] = []
    findings: list[Finding] = []
    duties: list[Duty] = []
    flows: list[Flow] = []
    since: date | None = None


class RuleTable:
    """The rules arranged for the fold: by subject family and kind of report."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        """Arrange the step rules, those that look at the first event alone, and the end rules."""
        self.rules = {rule.name: rule for rule in rules}
        self._steps: dict[tuple[str, str], tuple[StepCheck, ...]] = {}
        self._firsts: dict[str, tuple[StepCheck, ...]] = {}
        self._ends: dict[str, tuple[EndCheck, ...]] = {}
        self._withdrawals: dict[str, tuple[WithdrawalCheck, ...]] = {}
        for rule in self.rules.values():
            for family in rule.families:
                if rule.check is not None:
                    for kind in rule.kinds or KIND_BY_NAME:
                        key = (family, kind)
                        self._steps[key] = (*self._steps.get(key, ()), rule.check)
                if rule.check_first is not None:
                    self._firsts[family] = (*self._firsts.get(family, ()), rule.check_first)
                if rule.check_withdrawal is not None:
                    self._withdrawals[family] = (*self._withdrawals.get(family, ()), rule.check_withdrawal)
                if rule.check_end is not None:
                    self._ends[family] = (*self._ends.get(family, ()), rule.check_end)

    def at_step(self, family: str, kind: str) -> tuple[StepCheck, ...]:
        """Return the checks to run after an event."""
        return self._steps.get((family, kind), ())

    def at_first(self, family: str) -> tuple[StepCheck, ...]:
        """Return the checks to run after the first event, besides those of every event."""
        return self._firsts.get(family, ())

    def at_end(self, family: str) -> tuple[EndCheck, ...]:
        """Return the checks to run after the last event."""
        return self._ends.get(family, ())

    def at_withdrawal(self, family: str) -> tuple[WithdrawalCheck, ...]:
        """Return the checks to run on withdrawn reports that carried violations."""
        return self._withdrawals.get(family, ())

    def unwatched(self) -> "RuleTable":
        """Return the rules for a fold that only asks what would be: nobody may take its steps for those of the timeline."""
        return self


def fold_timeline(
    subject: str,
    events: Iterable[Event],
    *,
    facts: Facts,
    composition: Composition,
    registry: Registry,
    rulebook: Rulebook,
    rules: RuleTable,
) -> Verdict:
    """Return the verdict on one subject from its recorded events and the facts others told it."""
    events = list(events)
    counted, withdrawn = split_withdrawn(events)
    judge = partial(_fold_counted, subject, facts=facts, composition=composition, registry=registry, rulebook=rulebook)
    verdict = judge(counted, rules=rules, withdrawn=withdrawn)
    checks = rules.at_withdrawal(subject_family(subject)) if len(counted) < len(events) else ()
    if checks:
        judge = partial(judge, rules=rules.unwatched())
        for withdrawal in list_withdrawals(subject, events, judge=judge, rules=rules.rules, rulebook=rulebook):
            verdict.findings += [finding for check in checks for finding in check(withdrawal)]
    return verdict


def _fold_counted(
    subject: str,
    counted: list[Event],
    *,
    facts: Facts,
    composition: Composition,
    registry: Registry,
    rulebook: Rulebook,
    rules: RuleTable,
    withdrawn: tuple[Event, ...] = (),
) -> Verdict:
    """Return the verdict on one subject from the events that count; `withdrawn` are those that count no more."""
    family = subject_family(subject)
    fold = _fold_of(family, facts, registry)
    verdict = Verdict(fold.initial())
    first_checks = rules.at_first(family)
    ordered = fold.order(counted)
    ledger = open_ledger(family)
    for place, event in enumerate(ordered):
        before = fold.settle(verdict.state, event.occurred_on)
        after = fold.apply(before, event)
        if after.status != before.status or verdict.since is None:
            verdict.since = event.occurred_on
        elif before.status != verdict.state.status:
            verdict.since = _final_from(before) or event.occurred_on  # a fact ended it before this event
        checks = rules.at_step(family, event.kind.name)
        if first_checks:
            checks, first_checks = (*first_checks, *checks), ()
        step = Step(subject, family, before, event, after, facts, registry, rulebook, composition, withdrawn)
        found = [finding for check in checks for finding in check(step)]
        asked_on = event.occurred_on
        if found:
            verdict.findings += found
            asked_on = known_from(ordered[: place + 1])
        open_and_close(step, verdict.duties, findings=found, asked_on=asked_on)
        if ledger is not None:
            ledger.post(step)
        verdict.state = after
    settled = fold.settle(verdict.state, date.max)
    if settled.status != verdict.state.status:
        verdict.since = _final_from(settled) or verdict.since
    verdict.state = settled
    if len(facts) or _asks_end(verdict.state):
        end = End(subject, family, verdict.state, facts, registry, rulebook, composition)
        found = [finding for check in rules.at_end(family) for finding in check(end)]
        if found:
            verdict.findings += found
            open_for_findings(verdict.duties, found, asked_on=known_from(ordered), rulebook=rulebook, registry=registry)
    if len(facts) and verdict.duties:
        close_decided(verdict.duties, facts)
    verdict.facts = emit_facts(subject, verdict.state)
    verdict.flows = ledger.flows if ledger is not None else []
    return verdict


def _final_from(state: AnyState) -> date | None:
    return state.final_from[0] if isinstance(state, BatteryState) and state.final_from is not None else None


def known_from(events: Sequence[Event]) -> date:
    """Return the Shanghai day on which the last of these reports was received: before it nobody could see what they say."""
    return max(event.received_at for event in events).astimezone(SHANGHAI).date() if events else date.min


def _asks_end(state: AnyState) -> bool:
    """Tell whether end rules look at a subject of which others tell nothing: a later report may settle what one left open."""
    if isinstance(state, BatteryState):
        return state.dismantling is not None
    return isinstance(state, VehicleState) and (state.is_scrapped or state.sold_empty is not None)


def _fold_of(family: Family, facts: Facts, registry: Registry) -> "_Fold":
    """Return how the subject's family folds."""
    return _FOLDS.get(family, _RecordFold)(facts, registry)


class _Fold(ABC):
    """How one family of subjects folds; each has its own state."""

    def __init__(self, facts: Facts, registry: Registry) -> None:
        self.facts, self.registry = facts, registry

    @abstractmethod
    def initial(self) -> Any:  # noqa: ANN401 - as the docstring says, also below
        """Return the state before any event."""

    @abstractmethod
    def order(self, events: list[Event]) -> list[Event]:
        """Return the events in the order in which they are applied."""

    @abstractmethod
    def apply(self, state: Any, event: Event) -> Any:  # noqa: ANN401
        """Return the state after an event."""

    def settle(self, state: Any, _on: date) -> Any:  # noqa: ANN401
        """Return the state with what facts of others say up to a day."""
        return state


class _BatteryFold(_Fold):
    def __init__(self, facts: Facts, registry: Registry) -> None:
        super().__init__(facts, registry)
        self.vehicles = {fact.source: fact.body for fact in facts.named("vehicle_of_pack")}
        self.sold = {vin: _day(body.get("sold")) for vin, body in self.vehicles.items()}
        told = [fact.body for fact in facts.named("product_of_parent") if "recovered" in fact.body]
        self.product_recovered = min(
            ((date.fromisoformat(body["recovered"]), body["recovered_by"]) for body in told), default=None
        )

    def initial(self) -> BatteryState:
        return BatteryState()

    def order(self, events: list[Event]) -> list[Event]:
        return order_events(
            events, initial=BatteryState(), apply=self.apply, preconditions=battery_precondition.PRECONDITIONS
        )

    def apply(self, state: BatteryState, event: Event) -> BatteryState:
        return battery.apply_event(state, event, registry=self.registry)

    def settle(self, state: BatteryState, on: date) -> BatteryState:
        if self.sold and state.vehicle is not None:
            sold_at = self.vehicles.get(state.vehicle, {}).get("sold_at")
            state = battery.settle_sale(state, sold_on=self.sold.get(state.vehicle), sold_at=sold_at, on=on)
        if self.product_recovered is not None and self.product_recovered[0] <= on and state.status == "reused":
            state = copy.copy(state)
            recovered_on, state.holder = self.product_recovered
            state.status, state.holding, state.final_from = "recovered", "party", (recovered_on, None)
        return self._end(copy.copy(state)) if on == date.max else state

    def _end(self, state: BatteryState) -> BatteryState:
        """Say who is responsible for it, where it was put on the market, and whether a scrapped vehicle misses it."""
        sold_in = self._find_first_sale(state)
        sold_on = self.sold[sold_in] if sold_in is not None else None
        state.responsible_producer = state.fitted_by if sold_on is not None else state.born_by
        if sold_in is not None and sold_on is not None:
            place = self.vehicles[sold_in].get("sold_at") or self._division_of(state.fitted_by, sold_on)
            state.marketed = Marketing(sold_on, place, is_with_vehicle=True)
        elif state.born_by is not None and state.left_producers_on is not None:
            left_on = state.left_producers_on
            state.marketed = Marketing(left_on, self._division_of(state.born_by, left_on))
        state.missing_from = next((vin for vin in sorted(self.vehicles) if self._is_missing_from(state, vin)), None)
        return state

    def _find_first_sale(self, state: BatteryState) -> str | None:
        """Return the first vehicle that was sold with a pack that a vehicle producer had fitted; one taken out before is not sold."""
        for place, stay in enumerate(state.bindings if state.fitted_by is not None else ()):
            sold_on = self.sold.get(stay.vin)
            if sold_on is not None and (stay.until or date.max) >= sold_on and (place == 0 or stay.since <= sold_on):
                return stay.vin
        return None

    def _division_of(self, party: str | None, on: date) -> str:
        return self.registry.division_of(party, on=on) or ""

    def _is_missing_from(self, state: BatteryState, vin: str) -> bool:
        """Tell whether a scrapped vehicle misses it: what the vehicle tells, and what it tells the vehicle itself."""
        if "absent" not in self.vehicles[vin]:
            return False
        told = next((fact for fact in _tell_vehicles("", state) if fact.target == vin), None)
        return not vehicle.is_in_lawful_hands(told.body if told else None, registry=self.registry)


class _VehicleFold(_Fold):
    def initial(self) -> VehicleState:
        return VehicleState()

    def order(self, events: list[Event]) -> list[Event]:
        factless = partial(vehicle.apply_vehicle_event, facts=Facts(), registry=self.registry)
        return order_events(events, initial=VehicleState(), apply=factless, preconditions=vehicle.PRECONDITIONS)

    def apply(self, state: VehicleState, event: Event) -> VehicleState:
        return vehicle.apply_vehicle_event(state, event, facts=self.facts, registry=self.registry)


class _LotFold(_Fold):
    def initial(self) -> LotState:
        return LotState()

    def order(self, events: list[Event]) -> list[Event]:
        return order_events(events, initial=LotState(), apply=self.apply, preconditions=lot.PRECONDITIONS)

    def apply(self, state: LotState, event: Event) -> LotState:
        return lot.apply_lot_event(state, event, registry=self.registry)


class _RecordFold(_Fold):
    def initial(self) -> RecordState:
        return RecordState()

    def order(self, events: list[Event]) -> list[Event]:
        return sorted(events, key=lambda event: (event.occurred_on, event.key))

    def apply(self, state: RecordState, _event: Event) -> RecordState:
        return state


_FOLDS: dict[Family, type[_Fold]] = {"battery": _BatteryFold, "vehicle": _VehicleFold, "lot": _LotFold}


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


# -- emission: what a subject tells others, from its own events alone ------------------------------------------------


def emit_facts(subject: str, state: AnyState) -> list[Fact]:
    """Return the facts this subject tells: pack to vehicles, vehicle to packs, product to parents, feed to recoveries."""
    if isinstance(state, BatteryState):
        told = [*_tell_vehicles(subject, state), *_tell_parents(subject, state)]
        return [*told, *tell_recoveries(subject, state)] if state.fed_to else told
    if isinstance(state, LotState) and state.fed_to:
        return tell_recoveries(subject, state)
    if isinstance(state, VehicleState):
        return _tell_packs(subject, state)
    return []


def _tell_vehicles(pack: str, state: BatteryState) -> list[Fact]:
    """A pack tells a vehicle in whose hands it turned up, where the vehicle's own timeline cannot know."""
    if state.hands is None:
        return []
    body = {"party": state.hands.party, "since": state.hands.since.isoformat()}
    vins = {stay.vin for stay in state.bindings if not stay.is_seen_by_vehicle}
    return [Fact(vin, pack, "pack_in_hands", body) for vin in sorted(vins)]


def _tell_packs(vin: str, state: VehicleState) -> list[Fact]:
    """A vehicle tells its packs of its first sale and its scrapping, and whether they were there then."""
    days = {"sold": state.sold_on, "scrapped": state.scrapped_on}
    known: dict[str, Any] = {name: day.isoformat() for name, day in days.items() if day is not None}
    if state.sold_at is not None:
        known["sold_at"] = state.sold_at
    if state.is_swap_vehicle:
        known["is_swap_vehicle"] = True
    absent = list_absent(state) if state.is_scrapped else ()
    return [
        Fact(pack, vin, "vehicle_of_pack", {**known, "absent": True} if pack in absent else dict(known))
        for pack in (state.ever_packs if known else ())
    ]


def _tell_parents(product: str, state: BatteryState) -> list[Fact]:
    if state.made_on is None or state.made_by is None:
        return []
    body = {"made": state.made_on.isoformat(), "maker": state.made_by[0]}
    if state.recovered_on is not None and state.recovered_by is not None:
        body |= {"recovered": state.recovered_on.isoformat(), "recovered_by": state.recovered_by}
    return [Fact(parent, product, "product_of_parent", dict(body)) for parent in state.parents]


def order_timeline(subject: str, events: Iterable[Event], *, registry: Registry) -> list[Event]:
    """Return the events that count in the order in which they count; others' facts do not matter to it."""
    return _fold_of(subject_family(subject), Facts(), registry).order(drop_withdrawn(events))
