"""How findings, duties and subjects look in answers: the public JSON, the same from the command line and over HTTP."""

from datetime import date
from typing import Any

from suyuan.core.agenda import days_left, group_of
from suyuan.core.calendar import WorkCalendar
from suyuan.core.duty import KIND_BY_NAME, Duty
from suyuan.core.event import Event
from suyuan.core.finding import Finding, Rule
from suyuan.core.identifiers import subject_family
from suyuan.core.report import utc_text
from suyuan.core.rulebook import LegalBasis, Rulebook
from suyuan.rules.catalogue import RULE_TABLE, RULES
from suyuan.store.slot import place_of
from suyuan.store.submission import submission_name


def describe_subject(subject: str) -> str:
    """Return a subject with its family before it, as answers print it."""
    if subject.startswith(("lot:", "report:", "participant:", "case:")):
        return subject
    return f"{subject_family(subject)}:{subject}"


def describe_finding(finding: Finding, *, rulebook: Rulebook) -> dict[str, Any]:
    """Return a finding with what its rule rests on by the book of its day, and whether that is verified."""
    rule = RULE_TABLE.rules.get(finding.rule)
    basis = rulebook.basis(finding.rule, on=finding.on)
    return {
        "rule": finding.rule,
        "title": rule.title if rule else finding.rule,
        "title_zh": rule.title_zh if rule else finding.rule,
        "weight": finding.weight,
        "subject": describe_subject(finding.subject),
        "about": [describe_subject(subject) for subject in finding.about],
        "party": finding.party,
        "reporter": finding.reporter,
        "report_id": finding.report_id,
        "evidence": finding.evidence,
        **_describe_basis(rule, basis, is_limit_sure=_is_limit_sure(finding)),
        "competent_line": rule.competent_line if rule else "",
        "remedy": rule.remedy if rule else "",
        "remedy_zh": rule.remedy_zh if rule else "",
    }


def _describe_basis(rule: Rule | None, basis: LegalBasis | None, *, is_limit_sure: bool = True) -> dict[str, Any]:
    """Return what a rule rests on: what the operator entered goes before what the rule's own file says."""
    if basis is None:
        source, is_verified = (rule.source, rule.verified) if rule else ("", False)
        return {"source": source, "verified": is_verified and is_limit_sure, "article": None, "text": None}
    return {
        "source": basis.source,
        "verified": basis.is_verified and is_limit_sure,
        "article": basis.article,
        "text": basis.text,
    }


def _is_limit_sure(finding: Finding) -> bool:
    """Tell whether the limit that a finding counts by is verified; true of a finding that counts none."""
    return not finding.evidence.get("is_provisional", False) and finding.evidence.get("verified", True) is True


def describe_duty(duty: Duty, *, on: date, calendar: WorkCalendar) -> dict[str, Any]:
    """Return a duty as it stands on a day; `closed_by` is the report that settled it, null while it is open.

    `days_left` and `group` are told for that day, in the unit that the rule counts; `how` is what the rule's remedy says.
    """
    kind = KIND_BY_NAME.get(duty.kind)
    rule = RULE_TABLE.rules.get(duty.rule)
    return {
        "subject": describe_subject(duty.subject),
        "kind": duty.kind,
        "title": kind.en if kind else duty.kind,
        "title_zh": kind.zh if kind else duty.kind,
        "party": duty.party,
        "opened_by": duty.opened_by,
        "opener": duty.opener,
        "opened_on": duty.opened_on.isoformat(),
        "due_on": duty.due_on.isoformat() if duty.due_on else None,
        "lapses_on": duty.lapses_on.isoformat() if duty.lapses_on else None,
        "provisional": duty.is_provisional,
        "rule": duty.rule,
        "closed_by": duty.closed_by,
        "evidence": duty.evidence,
        "unit": duty.unit,
        "days_left": days_left(duty, on=on, calendar=calendar) if duty.closed_by is None else None,
        "group": group_of(duty, on=on, calendar=calendar),
        "settled_by": list(kind.settled_by) if kind else [],
        "how": rule.remedy if rule else "",
        "how_zh": rule.remedy_zh if rule else "",
    }


def describe_event(event: Event, *, is_withdrawn: bool = False) -> dict[str, Any]:
    """Return an event as a trace shows it; `is_withdrawn` marks a report that does not count."""
    submission_no, row = place_of(event.report_no)
    return {
        "report_id": event.report_id,
        "kind": event.kind.name,
        "kind_zh": event.kind.zh,
        "occurred_at": format_occurrence(event),
        "received_at": utc_text(event.received_at),
        "reporter": event.reporter,
        "counterparty": event.counterparty,
        "submission": submission_name(submission_no),
        "row": row,
        "withdrawn": is_withdrawn,
        "role": "+".join(event.roles),
        "content": {
            name: value for name, value in event.body.items() if name not in ("as", "content", "newest_component")
        },
    }


def format_occurrence(event: Event) -> str:
    """Return when an event occurred: the day, or the Shanghai time."""
    if event.occurred_time is None:
        return event.occurred_on.isoformat()
    return f"{event.occurred_on.isoformat()}T{event.occurred_time.isoformat()}+08:00"


def describe_rule(rule: Rule, *, rulebook: Rulebook) -> dict[str, Any]:
    """Return a rule's description, with what it rests on by the newest book."""
    return {
        "rule": rule.name,
        "family": rule.family,
        "title": rule.title,
        "title_zh": rule.title_zh,
        "weight": rule.weight,
        "kinds": list(rule.kinds),
        **_describe_basis(rule, rulebook.books[0].bases.get(rule.name)),
        "in_force_from": rule.in_force_from,
        "competent_line": rule.competent_line,
        "counts": rule.counts,
        "counts_zh": rule.counts_zh,
        "counts_not": rule.counts_not,
        "counts_not_zh": rule.counts_not_zh,
        "remedy": rule.remedy,
        "remedy_zh": rule.remedy_zh,
    }


def describe_rules(rulebook: Rulebook) -> list[dict[str, Any]]:
    """Return the descriptions of all rules in the order of the catalogue."""
    return [describe_rule(rule, rulebook=rulebook) for rule in RULES]
