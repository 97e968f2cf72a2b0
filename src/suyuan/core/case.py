"""A case (案件): findings of one party, frozen, and the acts of officers on the course from filing to closing.

Pure: `core.case_course` is the table of moves, `core.case_check` tells whether an act may be made; here it is applied, and
told what follows from the acts.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

import msgspec

from suyuan.core.case_course import ARTICLE, BACK, MOVE_BY_NAME, PENALTIES, Move
from suyuan.core.event import Fact
from suyuan.core.value import SHANGHAI

FACT_NAME = "case_decided"
ENDS_ORDER = frozenset({"confirm_correction", "order_correction", "close", "close_early"})


class FrozenFinding(msgspec.Struct, frozen=True, order=True):
    """A finding as it was when a case took it in; its key is (subject, rule, reporter, report_id)."""

    subject: str
    rule: str
    reporter: str
    report_id: str
    weight: str
    is_verified: bool
    is_conflict: bool
    about: tuple[str, ...]
    evidence: dict[str, Any]
    source: str
    rulebook_version: str

    @property
    def key(self) -> tuple[str, str, str, str]:
        """Return what names the finding among those that stand now."""
        return self.subject, self.rule, self.reporter, self.report_id


class Act(msgspec.Struct, frozen=True):
    """One move that was made; by an officer, or by the party (`officer` None)."""

    number: int
    move: str
    officer: str | None
    second_officer: str | None
    acted_at: datetime
    fields: dict[str, Any]

    @property
    def acted_on(self) -> date:
        """Return the Shanghai day of the act."""
        return self.acted_at.astimezone(SHANGHAI).date()


class CaseLimits(msgspec.Struct, frozen=True):
    """What the rulebook says of the course: days, and the ceiling for fines that the operator set, None without one."""

    fine_ceiling_yuan: int | None
    statement_days: int
    hearing_request_days: int
    hearing_notice_days: int
    payment_days: int
    order_grace_days: int


class Decision(msgspec.Struct, frozen=True):
    """A decision in force: what it says, under which article, and which acts made it and served it."""

    decision: str
    decided_on: date
    amount_yuan: int | None
    article: str | None
    article_text: str | None
    text: str
    officers: tuple[str, ...]
    served_on: date | None


class Case(msgspec.Struct, frozen=True):
    """A case after its acts; `party` is None where no finding names one."""

    case_no: str
    authority: str
    line: str
    party: str | None
    place: str
    findings: tuple[FrozenFinding, ...]
    acts: tuple[Act, ...]
    state: str

    @property
    def opened_on(self) -> date:
        """Return the Shanghai day on which it was opened."""
        return self.acts[0].acted_on

    def last(self, move: str) -> Act | None:
        """Return the last act of a kind, None if there was none."""
        return next((act for act in reversed(self.acts) if act.move == move), None)


def open_case(
    opening: Act,
    *,
    case_no: str,
    authority: str,
    line: str,
    party: str | None,
    place: str,
    findings: tuple[FrozenFinding, ...],
) -> Case:
    """Return a new case."""
    return Case(case_no, authority, line, party, place, findings, (opening,), "filed")


def apply_act(case: Case, act: Act) -> Case:
    """Return the case after an act that `check_act` let pass."""
    target = MOVE_BY_NAME[act.move].leads[case.state]
    if target == BACK:
        target = _state_before_contest(case)
    return msgspec.structs.replace(case, acts=(*case.acts, act), state=target)


def list_orders(case: Case) -> list[tuple[Act, Act | None]]:
    """Return each order to correct with the act that ended it: it was confirmed or replaced, or the case was closed."""
    orders: list[tuple[Act, Act | None]] = []
    for act in case.acts:
        if act.move in ENDS_ORDER and orders and orders[-1][1] is None:
            orders[-1] = orders[-1][0], act
        if act.move == "order_correction":
            orders.append((act, None))
    return orders


def has_open_order(case: Case) -> bool:
    """Tell whether an order to correct has not been carried out."""
    orders = list_orders(case)
    return bool(orders) and orders[-1][1] is None


def keeps_findings(case: Case) -> bool:
    """Tell whether the findings of the case come into no other: it is not closed, or has settled what they are.

    What was corrected and is found again, or was decided and revoked, may be taken up anew.
    """
    outcome = find_outcome(case)
    return case.state != "closed" or (outcome is not None and outcome[0] != "corrected")


# -- what follows from the acts ------------------------------------------------------------------------------------


def find_decision(case: Case) -> Decision | None:
    """Return the decision in force, None before one was made and after it was revoked."""
    made = case.last("decide")
    if made is None or case.last("revoke") is not None:
        return None
    amended, service = case.last("amend"), case.last("serve")
    said = amended.fields if amended is not None else made.fields
    basis = article_of(case, made.fields)
    return Decision(
        said["decision"],
        made.acted_on,
        said.get("amount_yuan"),
        basis.get("article"),
        basis.get("article_text"),
        said["text"],
        tuple(officer for officer in (made.officer, made.second_officer) if officer is not None),
        _day(service, "served_on"),
    )


def find_penalty(case: Case) -> Decision | None:
    """Return the warning or fine that was served and is in force, None if there is none."""
    decision = find_decision(case)
    if decision is None or decision.served_on is None or decision.decision not in PENALTIES:
        return None
    return decision


def find_outcome(case: Case) -> tuple[str, date] | None:
    """Return what the authority settled and on which day: a decision in force, or the reason of an early close.

    A case closed because its findings vanished settled nothing.
    """
    decision = find_decision(case)
    if decision is not None:
        return decision.decision, decision.decided_on
    closing = case.last("close_early")
    if closing is None or closing.fields["reason"] == "findings_vanished":
        return None
    return closing.fields["reason"], closing.acted_on


def tell_subjects(case: Case) -> list[Fact]:
    """Return what a settled case tells the subjects of its findings, one fact a subject."""
    outcome = find_outcome(case)
    if outcome is None:
        return []
    said, on = outcome
    told: dict[str, list[dict[str, Any]]] = {}
    for finding in sorted(case.findings, key=lambda one: one.key):
        told.setdefault(finding.subject, []).append(
            {
                "rule": finding.rule,
                "reporter": finding.reporter,
                "report_id": finding.report_id,
                "about": list(finding.about),
            }
        )
    source = case_subject(case.case_no)
    head = {"decided_on": on.isoformat(), "outcome": said, "authority": case.authority}
    return [Fact(subject, source, FACT_NAME, {**head, "findings": found}) for subject, found in sorted(told.items())]


def case_subject(case_no: str) -> str:
    """Return the subject under which duties and findings of a case stand."""
    return f"case:{case_no}"


def organ_of(subject: str) -> tuple[str, str] | None:
    """Return division and line of the organ whose case a subject is, as its number tells; None for any other subject."""
    head, _, case_no = subject.partition(":")
    if head != "case":
        return None
    division, line, _year, _number = case_no.rsplit("-", 3)
    return division, line


def handlers_of(case: Case) -> frozenset[str]:
    """Return the officers who investigated."""
    return _officers_of(case, lambda move: move.is_handling)


def reviewers_of(case: Case) -> frozenset[str]:
    """Return the officers who reviewed."""
    return _officers_of(case, lambda move: move.name in ("pass_review", "return_review"))


def answer_until(case: Case, *, limits: CaseLimits) -> date | None:
    """Return the last day on which the party may answer the prior notice or ask for a hearing; None without a notice."""
    notice = case.last("give_notice")
    if notice is None:
        return None
    return notice.acted_on + timedelta(days=max(limits.statement_days, limits.hearing_request_days))


def needs_article(case: Case) -> bool:
    """Tell whether a penalty must name article and text: a rule is not verified, or a finding is less than a violation."""
    return any(not finding.is_verified or finding.weight != "violation" for finding in case.findings)


def _officers_of(case: Case, is_meant: Callable[[Move], bool]) -> frozenset[str]:
    return frozenset(
        officer
        for act in case.acts
        if is_meant(MOVE_BY_NAME[act.move])
        for officer in (act.officer, act.second_officer)
        if officer is not None
    )


def _state_before_contest(case: Case) -> str:
    """Return the state in which the decision was last contested."""
    state = "filed"
    before = state
    for act in case.acts[1:]:
        target = MOVE_BY_NAME[act.move].leads[state]
        if act.move == "contest":
            before = state
        state = before if target == BACK else target
    return before


def article_of(case: Case, fields: Mapping[str, Any]) -> dict[str, str]:
    """Return article and text of a decision: its own, else those of the prior notice."""
    notice = case.last("give_notice")
    known = {**(notice.fields if notice is not None else {}), **fields}
    return {name: known[name] for name in ARTICLE if name in known}


def _day(act: Act | None, field: str) -> date | None:
    return date.fromisoformat(act.fields[field]) if act is not None else None
