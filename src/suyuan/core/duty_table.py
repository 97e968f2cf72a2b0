"""The one table of duties: what opens and what closes each kind, whose it is, which limit runs, which rule its lapse brings."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import msgspec

from suyuan.core.battery import holder_contradicted_by_receipt, known_holder_besides
from suyuan.core.battery_state import BatteryState
from suyuan.core.finding import Step
from suyuan.core.identifiers import BatteryCode, IdentifierError

FIRST_CODED_DAY = date(2018, 8, 1)  # before the 2018 rules nobody had to report a birth


Unit = Literal["calendar", "working"]


class Duty(msgspec.Struct):
    """One duty in one subject's timeline; (subject, kind, opener, opened_by, rule) names it.

    `due_on` is the last day in time, `lapses_on` the last day of grace; both None while no calendar can tell them. `unit`
    is what the rule counts in: calendar or working days.
    """

    kind: str
    subject: str
    party: str | None
    opener: str
    opened_by: str
    opened_on: date
    due_on: date | None
    lapses_on: date | None
    is_provisional: bool
    rule: str
    evidence: dict[str, Any]
    closed_by: str | None = None
    closer: str | None = None
    unit: Unit = "calendar"

    def has_lapsed(self, *, on: date) -> bool:
        """Tell whether it stands open after its last day of grace."""
        return self.closed_by is None and self.lapses_on is not None and self.lapses_on < on


LEFT = ("in_transit", "dismantled", "reused", "recovered", "lost", "exported")
Opened = Iterator[tuple[str | None, dict[str, Any]]]


def _asks_nothing(_step: Step) -> Opened:
    """No event opens it: a finding, the sweep or an act does."""
    yield from ()


def _never(_step: Step, _duty: Duty) -> bool:
    """No event closes it: what settles it keeps the fold, the sweep or the act from opening it."""
    return False


@dataclass(frozen=True, slots=True)
class DutyKind:
    """One row of the table: who opens and closes it, whose duty it is, which limit runs, which rule its lapse brings.

    `settled_by` names the kinds of report that settle it. A kind that is a lead while unverified never brings more as
    long as nobody has verified its limit.
    """

    name: str
    zh: str
    en: str
    limit_key: str
    rule: str
    settled_by: tuple[str, ...]
    opens: Callable[[Step], Opened] = _asks_nothing
    closes: Callable[[Step, Duty], bool] = _never
    is_single: bool = False  # one in a timeline, however many events call for it
    is_lead_while_unverified: bool = False


# -- openers and closers -------------------------------------------------------------------------------------------


def _opens_receipt(step: Step) -> Opened:
    match = step.after.match
    if match is not None and match.form == "opened":
        yield (
            step.event.counterparty,
            {"giver": step.event.reporter, "handed_over_on": step.event.occurred_on.isoformat()},
        )


def _closes_receipt(step: Step, duty: Duty) -> bool:
    """The receipt came; or the giver itself handed the one battery to somebody else: then the first receiver owes nothing."""
    match = step.after.match
    if step.family == "battery" and match is not None and match.form == "opened":
        return step.event.reporter == duty.opener and step.event.counterparty != duty.party
    return (
        "received" in step.event.roles
        and match is not None
        and match.other is not None
        and (match.other.reporter, match.other.report_id) == (duty.opener, duty.opened_by)
    )


def _opens_hand_over(step: Step) -> Opened:
    match = step.after.match
    if match is not None and match.form == "waiting":
        evidence = {"receiver": step.event.reporter, "received_on": step.event.occurred_on.isoformat()}
        if isinstance(step.before, BatteryState):
            holder = holder_contradicted_by_receipt(step.before, step.event, registry=step.registry)
            evidence |= {"known_holder": holder} if holder else {}
        yield step.event.counterparty, evidence


def _closes_hand_over(step: Step, duty: Duty) -> bool:
    match = step.after.match
    return (
        "handed_over" in step.event.roles
        and match is not None
        and match.other is not None
        and (match.other.reporter, match.other.report_id) == (duty.opener, duty.opened_by)
    )


def _opens_origin(step: Step) -> Opened:
    """A giver whom no event shows as the holder must say how it came to hold the battery; a rule sees it if another is."""
    before, event, match = step.before, step.event, step.after.match
    if not isinstance(before, BatteryState) or match is None or match.form != "opened":
        return
    is_on_its_way = any(half.receiver == event.reporter for half in before.open_hand_overs)
    if is_on_its_way or (before.holding == "party" and before.holder == event.reporter):
        return
    if known_holder_besides(before, event.reporter, on=event.occurred_on, registry=step.registry) is None:
        yield event.reporter, {"receiver": event.counterparty}


def _opens_kept(step: Step) -> Opened:
    """A used battery came to lie with a party; how it came tells which of the two kinds of duty asks."""
    keeper = _keeper(step.after)
    if keeper is not None and keeper != _keeper(step.before):
        yield keeper, {"since": step.event.occurred_on.isoformat(), "place": step.after.place}


def _closes_when_it_leaves(step: Step, duty: Duty) -> bool:
    """It is handed over, put back, made good, taken apart, used up, gone, or in other hands."""
    return isinstance(step.after, BatteryState) and _keeper(step.after) != duty.party


def _keeper(state: Any) -> str | None:  # noqa: ANN401 - the state of any family
    """Return the party with which a used battery lies, None while it is in use, on its way, at its end or a lot."""
    if not isinstance(state, BatteryState) or not state.is_used or state.holding != "party" or state.status in LEFT:
        return None
    return state.holder


def _opens_birth(step: Step) -> Opened:
    """The owner of the manufacturer code owes the birth of a pack that was seen; components need no birth of their own."""
    try:
        code = BatteryCode.parse(step.subject)
    except IdentifierError:
        return
    if code.level_letter == "P" and not code.is_reuse_product and code.produced_on >= FIRST_CODED_DAY:
        owners = step.registry.owners_of(code.manufacturer_code)
        if owners:
            yield owners[0], {"seen_on": step.event.occurred_on.isoformat(), "seen_by": step.event.reporter}


def _opens_reuse_birth(step: Step) -> Opened:
    """The maker of a reuse product that was seen owes the report of its making and its parents; nobody, if unknown."""
    code = reuse_product_code(step.subject)
    if code is not None and code.produced_on >= FIRST_CODED_DAY:
        owners = step.registry.owners_of(code.manufacturer_code)
        yield (
            owners[0] if owners else None,
            {"seen_on": step.event.occurred_on.isoformat(), "seen_by": step.event.reporter},
        )


def reuse_product_code(subject: str) -> BatteryCode | None:
    """Return the subject as the code of a reuse product, None if it is anything else."""
    if subject.startswith(("TMP-", "LOT-")):
        return None
    code = BatteryCode(subject)
    return code if code.is_reuse_product else None


def _closes_birth(step: Step, _duty: Duty) -> bool:
    return step.before.born_on is None and step.after.born_on is not None


def _confirms(step: Step, duty: Duty) -> bool:
    """The reporter looked at the battery again: a later test or count by the same party that names the same code."""
    return (
        step.event.reporter == duty.party
        and step.event.occurred_on > duty.opened_on
        and step.event.kind.name in ("battery_tested", "stock_counted")
    )


WHERE_IT_GOES = (
    "battery_handed_over", "battery_fitted", "battery_refurbished", "battery_dismantled", "reuse_product_made", "material_recovered",
    "battery_lost", "battery_exported",
)  # fmt: skip

DUTY_KINDS: tuple[DutyKind, ...] = (
    DutyKind("confirm_receipt", "确认接收", "confirm the receipt", "battery_received", "handed_over_but_never_received",
             ("battery_received",), _opens_receipt, _closes_receipt),
    DutyKind("report_hand_over", "补报移交", "report the hand-over", "battery_handed_over", "received_but_never_handed_over",
             ("battery_handed_over",), _opens_hand_over, _closes_hand_over),
    DutyKind("report_origin", "说明来源", "report how it came to hold the battery", "battery_received", "handed_over_without_holding",
             ("battery_received", "battery_removed", "battery_replaced", "stock_counted"), _opens_origin),
    DutyKind("report_birth", "补报生产", "report the production", "battery_produced", "code_seen_before_birth",
             ("battery_produced", "battery_imported", "vehicle_imported"), _opens_birth, _closes_birth, is_single=True),
    DutyKind("report_reuse_product", "补报再利用产品", "report the making of the reuse product", "reuse_product_made",
             "reuse_code_without_parent", ("reuse_product_made",), _opens_reuse_birth, _closes_birth, is_single=True),
    DutyKind("hand_over_removed_battery", "移交拆下电池", "hand over the removed battery", "hand_over_removed_battery",
             "removed_battery_not_handed_over", WHERE_IT_GOES, _opens_kept, _closes_when_it_leaves),
    DutyKind("pass_on_held_battery", "处置在库电池", "pass on the battery held", "pass_on_held_battery", "held_too_long",
             WHERE_IT_GOES, _opens_kept, _closes_when_it_leaves),
    DutyKind("confirm_or_correct", "确认或更正", "confirm or correct", "confirm_or_correct", "",
             ("report_withdrawn", "battery_tested", "stock_counted"), closes=_confirms),
    DutyKind("report_replacement", "补报更换", "report the replacement", "battery_replaced", "scrapped_vehicle_battery_missing",
             ("battery_replaced", "battery_removed")),
    # The sweep opens these, under the participant itself (`core.participant_duty`).
    DutyKind("report_zero", "零报告", "report, or file that there was nothing to report", "nothing_to_report", "report_overdue",
             ("nothing_to_report",), is_lead_while_unverified=True),
    DutyKind("report_material_sale", "补报材料销售", "report the sale of the material", "material_sold", "report_overdue",
             ("material_sold",)),
    DutyKind("report_material_receipt", "补报材料入库", "report the receipt of the material", "material_received", "report_overdue",
             ("material_received",)),
    DutyKind("file_dismantling_information", "提供拆解信息", "file the dismantling information", "file_dismantling_information",
             "dismantling_information_overdue", ("dismantling_information_filed",)),
    DutyKind("provide_outlet", "设立回收服务网点", "provide a collection outlet", "provide_outlet", "outlet_coverage_missing",
             (), is_lead_while_unverified=True),
    # An officer's order opens it, under the case.
    DutyKind("carry_out_order", "执行责令改正", "carry out the order to correct", "", "correction_overdue", ()),
)  # fmt: skip
KIND_BY_NAME: dict[str, DutyKind] = {kind.name: kind for kind in DUTY_KINDS}

_RECEIPT, _HAND_OVER, _ORIGIN, _BIRTH, _REUSE_BIRTH, _REMOVED, _HELD = DUTY_KINDS[:7]
BIRTH_DUTIES = (_BIRTH, _REUSE_BIRTH)  # asked for only while the birth is unknown
SEEN_ROLES = frozenset(("bound", "fitted", "swapped_out", "replaced_off", "removed", "found", "received", "handed_over", "listed", "fed",
              "dismantled", "parent", "sold", "pooled", "unpooled", "repaired", "tested", "refurbished", "product_sold",
              "lost", "exported"))  # fmt: skip
OPENED_BY_ROLE: dict[str, tuple[DutyKind, ...]] = {
    "handed_over": (_RECEIPT, _ORIGIN),
    "received": (_HAND_OVER, _HELD),
    "listed": (_HELD,),
    "declared": (_HELD,),
    "removed": (_REMOVED,),
    "replaced_off": (_REMOVED,),
    "found": (_REMOVED,),
    "taken_out": (_REMOVED,),
    "unpooled": (_REMOVED,),
    "part": (_HELD,),
}
