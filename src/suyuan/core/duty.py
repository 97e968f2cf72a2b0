"""Duties: something somebody must report by a day. This table alone opens and closes them.

A duty is opened by an event and closed by another of the same timeline; what never was a breach leaves no duty. The
sweep, not the fold, tells which have lapsed.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec

from suyuan.core.battery import holder_contradicted_by_receipt, holds, known_holder_besides
from suyuan.core.battery_state import BatteryState
from suyuan.core.case_course import CONFLICT_REASONS
from suyuan.core.deadline import find_deadline
from suyuan.core.event import Facts
from suyuan.core.finding import Finding, Rule, Step, Weight
from suyuan.core.identifiers import BatteryCode, IdentifierError
from suyuan.core.registry import Registry
from suyuan.core.rulebook import Rulebook

FIRST_CODED_DAY = date(2018, 8, 1)  # before the 2018 rules nobody had to report a birth


class Duty(msgspec.Struct):
    """One duty in one subject's timeline; (subject, kind, opener, opened_by, rule) names it.

    `due_on` is the last day in time, `lapses_on` the last day of grace; both None while no calendar can tell them.
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


@dataclass(frozen=True, slots=True)
class DutyKind:
    """One row of the table: who opens and closes it, whose duty it is, which limit runs, which rule its lapse brings."""

    name: str
    zh: str
    en: str
    limit_key: str
    rule: str
    opens: Callable[[Step], Iterator[tuple[str | None, dict[str, Any]]]]
    closes: Callable[[Step, Duty], bool]
    is_single: bool = False  # one in a timeline, however many events call for it


def open_and_close(step: Step, duties: list[Duty], *, findings: Sequence[Finding] = (), asked_on: date) -> None:
    """Apply one step of a fold to the list of duties: close what this event settles, then open what it calls for.

    `asked_on` is the day from which a finding's party could know of it.
    """
    for duty in duties:
        if duty.closed_by is None and KIND_BY_NAME[duty.kind].closes(step, duty):
            duty.closed_by, duty.closer = step.event.report_id, step.event.reporter
    if step.family in ("battery", "lot"):
        for role in step.event.roles:
            kinds = OPENED_BY_ROLE.get(role, ())
            if role in SEEN_ROLES and step.family == "battery" and step.after.born_on is None:
                kinds = (*BIRTH_DUTIES, *kinds)
            for kind in kinds:
                for party, evidence in kind.opens(step):
                    event = step.event
                    _open(duties, kind, step.subject, key=event.key, on=event.occurred_on, party=party, evidence=evidence,
                          rule=kind.rule, rulebook=step.rulebook, registry=step.registry)  # fmt: skip
    if findings:
        open_for_findings(duties, findings, asked_on=asked_on, rulebook=step.rulebook, registry=step.registry)


def open_for_findings(
    duties: list[Duty], findings: Iterable[Finding], *, asked_on: date, rulebook: Rulebook, registry: Registry
) -> None:
    """Open the duties that leads ask for: to confirm or correct, to report a replacement.

    Their days run from when the lead could first be seen: what somebody else reports late makes nobody late overnight.
    """
    for finding in findings:
        if finding.duty is not None:
            key = (finding.reporter, finding.report_id)
            evidence = {**finding.evidence, "about": list(finding.about)}
            _open(duties, KIND_BY_NAME[finding.duty.kind], finding.subject, key=key, on=finding.on, party=finding.duty.party,
                  evidence=evidence, rule=finding.rule, rulebook=rulebook, registry=registry,
                  counted_from=max(finding.on, asked_on))  # fmt: skip


def close_decided(duties: Iterable[Duty], facts: Facts) -> None:
    """End the duty to confirm or correct where an officer decided which report is right; the lead stays on record.

    An answer that came in the timeline itself goes first, so that the order of arrival does not matter.
    """
    for fact in facts.named("case_decided"):
        if fact.body["outcome"] not in CONFLICT_REASONS:
            continue
        settled = {(finding["rule"], finding["reporter"], finding["report_id"]) for finding in fact.body["findings"]}
        for duty in duties:
            is_meant = duty.kind == "confirm_or_correct" and (duty.rule, duty.opener, duty.opened_by) in settled
            if is_meant and duty.closed_by is None:
                duty.closed_by, duty.closer = fact.source, fact.body["authority"]


def _open(
    duties: list[Duty],
    kind: DutyKind,
    subject: str,
    *,
    key: tuple[str, str],
    on: date,
    party: str | None,
    evidence: dict[str, Any],
    rule: str,
    rulebook: Rulebook,
    registry: Registry,
    counted_from: date | None = None,
) -> None:
    """Open a duty unless the book of the day knows none, or it is open already: by this report, or at all if single.

    The book of the event's day says how many days its party has; they run from that day or from `counted_from`.
    """
    for duty in duties:
        if duty.kind == kind.name and duty.rule == rule and (kind.is_single or (duty.opener, duty.opened_by) == key):
            return
    roles = registry.roles_of(party, on=on)
    due = find_deadline(kind.limit_key, on=on, rulebook=rulebook, roles=roles, counted_from=counted_from)
    if due is not None:
        duties.append(
            Duty(kind.name, subject, party, *key, on, due.due_on, due.lapses_on, due.is_provisional, rule, evidence)
        )


def lapse(duty: Duty, *, rule: Rule) -> Finding:
    """Return the finding that a lapsed duty brings: the duty's party did not report what it had to.

    A conflict that nobody confirmed or corrected becomes a violation, and so does a replacement that stays unreported;
    both keep what the lead showed. It is a lead where another is known to hold the battery: the receipt may be wrong.
    """
    is_answer_owed = duty.kind in ("confirm_or_correct", "report_replacement")
    is_doubtful = duty.evidence.get("known_holder") is not None
    shown = dict(duty.evidence)
    about = tuple(shown.pop("about", ()))
    evidence = {"duty": duty.kind, "opened_on": duty.opened_on.isoformat(), **shown}
    if duty.due_on is not None and duty.lapses_on is not None:
        evidence |= {
            "due_on": duty.due_on.isoformat(),
            "lapses_on": duty.lapses_on.isoformat(),
            "is_provisional": duty.is_provisional,
        }
    weight: Weight = "violation" if is_answer_owed else "lead" if is_doubtful else rule.weight
    return Finding(
        rule.name, weight, duty.subject, duty.opener, duty.opened_by, duty.party, about, evidence, duty.opened_on
    )


# -- openers and closers -------------------------------------------------------------------------------------------

Opened = Iterator[tuple[str | None, dict[str, Any]]]


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
    if before.holding == "party" and holds(before, event.reporter):
        return
    if known_holder_besides(before, event.reporter, on=event.occurred_on, registry=step.registry) is None:
        yield event.reporter, {"receiver": event.counterparty}


def _never(_step: Step, _duty: Duty) -> bool:
    """It ends when the history arrives: then the fold opens no such duty."""
    return False


def _opens_removed(step: Step) -> Opened:
    before, after = step.before, step.after
    if after.is_used and after.holding == "party" and before.holder != after.holder:
        yield after.holder, {"since": step.event.occurred_on.isoformat(), "place": after.place}


def _opens_held(step: Step) -> Opened:
    after = step.after
    if not isinstance(after, BatteryState) or not after.is_used:
        return
    is_new_holder = step.before.holder != after.holder or step.before.holding != after.holding
    if is_new_holder and after.status in ("at_outlet", "at_dismantler", "at_utilization", "used"):
        yield after.holder, {"since": step.event.occurred_on.isoformat(), "place": after.place}


def _closes_when_it_leaves(step: Step, duty: Duty) -> bool:
    """It is handed over, put back, made good, taken apart, used up, gone, or in other hands."""
    after = step.after
    return isinstance(after, BatteryState) and (
        after.holder != duty.party
        or not after.is_used
        or after.status in ("in_transit", "dismantled", "reused", "recovered", "lost", "exported")
    )


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


def _asks_nothing(_step: Step) -> Opened:
    """A finding opens it, not an event."""
    yield from ()


def _confirms(step: Step, duty: Duty) -> bool:
    """The reporter looked at the battery again: a later test or count by the same party that names the same code."""
    return (
        step.event.reporter == duty.party
        and step.event.occurred_on > duty.opened_on
        and step.event.kind.name in ("battery_tested", "stock_counted")
    )


DUTY_KINDS: tuple[DutyKind, ...] = (
    DutyKind("confirm_receipt", "确认接收", "confirm the receipt",
             "battery_received", "handed_over_but_never_received", _opens_receipt, _closes_receipt),
    DutyKind("report_hand_over", "补报移交", "report the hand-over",
             "battery_handed_over", "received_but_never_handed_over", _opens_hand_over, _closes_hand_over),
    DutyKind("report_origin", "说明来源", "report how it came to hold the battery",
             "battery_received", "handed_over_without_holding", _opens_origin, _never),
    DutyKind("report_birth", "补报生产", "report the production",
             "battery_produced", "code_seen_before_birth", _opens_birth, _closes_birth, is_single=True),
    DutyKind("report_reuse_product", "补报再利用产品", "report the making of the reuse product",
             "battery_produced", "reuse_code_without_parent", _opens_reuse_birth, _closes_birth, is_single=True),
    DutyKind("hand_over_removed_battery", "移交拆下电池", "hand over the removed battery",
             "hand_over_removed_battery", "removed_battery_not_handed_over", _opens_removed, _closes_when_it_leaves),
    DutyKind("pass_on_held_battery", "处置在库电池", "pass on the battery held",
             "pass_on_held_battery", "held_too_long", _opens_held, _closes_when_it_leaves),
    DutyKind("confirm_or_correct", "确认或更正", "confirm or correct", "confirm_or_correct", "", _asks_nothing, _confirms),
    DutyKind("report_replacement", "补报更换", "report the replacement",
             "battery_replaced", "scrapped_vehicle_battery_missing", _asks_nothing, _never),
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
}
