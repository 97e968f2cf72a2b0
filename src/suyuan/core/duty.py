"""Duties: something somebody must report by a day; `core.duty_table` says what opens and what closes each kind.

A duty is opened by an event and closed by another of the same timeline; what never was a breach leaves no duty. The
sweep, not the fold, tells which have lapsed.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from suyuan.core.case_course import CONFLICT_REASONS
from suyuan.core.deadline import find_deadline
from suyuan.core.duty_table import (
    BIRTH_DUTIES,
    DUTY_KINDS,
    FIRST_CODED_DAY,
    KIND_BY_NAME,
    OPENED_BY_ROLE,
    SEEN_ROLES,
    Duty,
    DutyKind,
)
from suyuan.core.event import Facts
from suyuan.core.finding import Finding, Rule, Step, Weight
from suyuan.core.registry import Registry
from suyuan.core.rulebook import Rulebook

__all__ = [
    "DUTY_KINDS",
    "FIRST_CODED_DAY",
    "KIND_BY_NAME",
    "Duty",
    "DutyKind",
    "lapse",
    "open_and_close",
    "open_for_findings",
    "owe",
]


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
                  counted_from=max(finding.on, asked_on, finding.duty.known_from))  # fmt: skip


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
    owed = owe(
        kind,
        subject=subject,
        party=party,
        key=key,
        on=on,
        evidence=evidence,
        registry=registry,
        rulebook=rulebook,
        counted_from=counted_from,
    )
    if owed is not None:
        owed.rule = rule
        duties.append(owed)


def owe(
    kind: DutyKind,
    *,
    subject: str,
    party: str | None,
    key: tuple[str, str],
    on: date,
    evidence: dict[str, Any],
    registry: Registry,
    rulebook: Rulebook,
    counted_from: date | None = None,
) -> Duty | None:
    """Return an open duty with its days, None where the book of the day `on` knows no such duty of the party's roles.

    `key` is what opens it: reporter and report id, or party and what else names it; days run from `counted_from`, else `on`.
    """
    roles = registry.roles_of(party, on=on)
    due = find_deadline(kind.limit_key, on=on, rulebook=rulebook, roles=roles, counted_from=counted_from)
    if due is None:
        return None
    return Duty(
        kind.name,
        subject,
        party,
        *key,
        on,
        due.due_on,
        due.lapses_on,
        due.is_provisional,
        kind.rule,
        evidence,
        unit=due.limit.unit,
    )


def lapse(duty: Duty, *, rule: Rule) -> Finding:
    """Return the finding that a lapsed duty brings: the duty's party did not report what it had to.

    A conflict that nobody confirmed or corrected becomes a violation, and so does a replacement that stays unreported;
    both keep what the lead showed. It is a lead where another is known to hold the battery (the receipt may be wrong)
    or another doubt is named, and where nobody has verified the limit of a kind that is a lead until then.
    """
    is_answer_owed = duty.kind in ("confirm_or_correct", "report_replacement")
    is_unverified = duty.is_provisional and KIND_BY_NAME[duty.kind].is_lead_while_unverified
    is_doubtful = is_unverified or duty.evidence.get("known_holder") is not None or "doubt" in duty.evidence
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
