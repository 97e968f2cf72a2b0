"""Compute again what a bundle claims: order, state after each report, facts, duties with their days, findings.

The maker of a bundle writes down what this says, its verifier compares. It is the fold of the judge itself, fed from the
bundle alone.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

import msgspec

from suyuan.bundle.content import Claimed, Content, Cut, claim_of, cut_case, plain, restore_event
from suyuan.bundle.count import describe_count
from suyuan.core.case import Case, case_subject
from suyuan.core.case_order import list_order_duties
from suyuan.core.component import Claim, describe_rivals
from suyuan.core.event import Event, Fact, Facts
from suyuan.core.finding import EndCheck, Finding, Step, StepCheck, WithdrawalCheck
from suyuan.core.fold import Composition, RuleTable, Verdict, fold_timeline, order_timeline
from suyuan.core.participant import ParticipantView
from suyuan.core.participant_duty import list_participant_duties
from suyuan.core.registry import Registry
from suyuan.core.report import Report, list_components, restore_report
from suyuan.core.rulebook import Rulebook
from suyuan.core.swept import find_as_of, find_of_participant, lapse_all
from suyuan.core.value import SHANGHAI

NO_RULES = RuleTable(())
Key = tuple[str, str]


class WatchedRules(RuleTable):
    """The rules, with a note of every step they looked at: the state after it and what was found there."""

    def __init__(self, rules: RuleTable) -> None:
        """Watch these rules."""
        self.rules, self._inner = rules.rules, rules
        self.steps: list[tuple[Event, Any, list[Finding]]] = []
        self._at_first: list[Finding] = []

    def at_step(self, family: str, kind: str) -> tuple[StepCheck, ...]:
        """Return one check that runs all the rules' checks and notes the step."""
        checks = self._inner.at_step(family, kind)

        def watch(step: Step) -> list[Finding]:
            found = [finding for check in checks for finding in check(step)]
            self.steps.append((step.event, plain(step.after), [*self._at_first, *found]))
            self._at_first = []
            return found

        return (watch,)

    def at_first(self, family: str) -> tuple[StepCheck, ...]:
        """Return one check that runs those of the first event; its findings are noted with the step that follows."""
        checks = self._inner.at_first(family)
        if not checks:
            return ()

        def watch(step: Step) -> list[Finding]:
            self._at_first = [finding for check in checks for finding in check(step)]
            return self._at_first

        return (watch,)

    def at_end(self, family: str) -> tuple[EndCheck, ...]:
        """Return the checks of the end as they are."""
        return self._inner.at_end(family)

    def at_withdrawal(self, family: str) -> tuple[WithdrawalCheck, ...]:
        """Return the checks of withdrawn reports as they are."""
        return self._inner.at_withdrawal(family)

    def unwatched(self) -> RuleTable:
        """Return the rules that are watched, by themselves."""
        return self._inner


class World:
    """The reports of a bundle as of a moment of receipt: timelines, and who claims which component."""

    def __init__(self, content: Content, *, registry: Registry, rulebook: Rulebook, until: datetime | None) -> None:
        """Take what had been received by `until`, the moment included; None takes everything."""
        self.registry, self.rulebook = registry, rulebook
        self._given = content.given_facts.now if until is None else content.given_facts.at_cut
        self._told: list[Fact] | None = None
        self.timelines = {
            one.subject: [restore_event(event) for event in one.events if until is None or event.received_at <= until]
            for one in content.timelines
        }
        received = {one.submission: one.received_at for one in content.submissions}
        reports = [
            (restore_report(msgspec.json.decode(content.rows[one.file])), received[one.submission])
            for one in content.reports
            if until is None or received[one.submission] <= until
        ]
        self.claims = _list_claims(reports)

    def facts_of(self, subject: str) -> list[Fact]:
        """Return what all others in the bundle tell a subject, emitted again from their own events."""
        if self._told is None:
            self._told = [
                fact
                for other, events in self.timelines.items()
                for fact in self._fold(other, events, facts=(), rules=NO_RULES).facts
            ]
        facts = [*self._given, *self._told, *self._rivalry_of(subject)]
        return sorted((fact for fact in facts if fact.target == subject), key=lambda fact: (fact.name, fact.source))

    def judge(self, subject: str, *, facts: Iterable[Fact], rules: RuleTable) -> Verdict:
        """Return the verdict on a subject with these facts."""
        return self._fold(subject, self.timelines[subject], facts=facts, rules=rules)

    def _fold(self, subject: str, events: list[Event], *, facts: Iterable[Fact], rules: RuleTable) -> Verdict:
        return fold_timeline(
            subject,
            events,
            facts=Facts(tuple(facts)),
            composition=self.composition_of(subject),
            registry=self.registry,
            rulebook=self.rulebook,
            rules=rules,
        )

    def composition_of(self, subject: str) -> Composition:
        """Return the pairs claimed for a parent whose dismantling is reported, and those of its modules."""
        if not any(event.kind.name == "battery_dismantled" for event in self.timelines[subject]):
            return ()
        own = self._pairs_of(subject)
        return (*own, *(pair for _, part in own if part[3:4] == "M" for pair in self._pairs_of(part)))

    def _pairs_of(self, parent: str) -> list[tuple[str, str]]:
        return sorted({(claim.parent, claim.component) for claim, _ in self.claims if claim.parent == parent})

    def _rivalry_of(self, parent: str) -> list[Fact]:
        own = {claim.component for claim, _ in self.claims if claim.parent == parent}
        rivals: dict[str, list[Claim]] = {}
        for claim, _ in self.claims:
            if claim.component in own:
                rivals.setdefault(claim.component, []).append(claim)
        keys = {claim.report_no: key for claim, key in self.claims}
        return [
            fact for claims in rivals.values() for fact in describe_rivals(claims, keys=keys) if fact.target == parent
        ]


def _list_claims(reports: list[tuple[Report, datetime]]) -> list[tuple[Claim, Key]]:
    """Return the claims of components that stand, each with the report that makes it; reports come with their receipt."""
    withdrawn = {
        (one.reporter, one.fields["withdrawn_report_id"]) for one, _ in reports if one.kind.name == "report_withdrawn"
    }
    return [
        (
            Claim(
                component, parent, number, one.occurred_on, received_at.astimezone(SHANGHAI).date(), is_withdrawn=False
            ),
            (one.reporter, one.report_id),
        )
        for number, (one, received_at) in enumerate(reports)
        if one.kind.components and (one.reporter, one.report_id) not in withdrawn
        for parent, component in list_components(one)
    ]


def compute_content(
    content: Content, *, registry: Registry, rulebook: Rulebook, rules: RuleTable
) -> tuple[dict[str, Any], list[Claimed]]:
    """Return the computation as JSON readers see it, and all findings at the cut."""
    cut = content.subject.cut
    world = World(content, registry=registry, rulebook=rulebook, until=cut.received_until)
    judged = [one.subject for one in content.timelines if one.is_judged]
    computed: list[Claimed] = []
    subjects = []
    for subject in judged:
        described, found = _compute_subject(world, subject, swept_day=cut.swept_day, rules=rules)
        subjects.append(described)
        computed += found
    participants = []
    for record in content.participants:
        view = record.view(registry=registry, rulebook=rulebook)
        described, found = _compute_participant(view, rules=rules)
        participants.append(described)
        computed += found
    orders = []
    for case in content.ordered:
        described, found = _compute_orders(case, cut=cut, rules=rules)
        orders.append(described)
        computed += found
    later = World(content, registry=registry, rulebook=rulebook, until=None)
    now = {
        claim_of(finding).key
        for subject in judged
        for finding in find_as_of(
            later.judge(subject, facts=later.facts_of(subject), rules=rules), cut.swept_day, rules=rules.rules
        )
    }
    standing = [
        {**_key_of(claim), "stands": claim.key in now}
        for claim in content.subject.claimed
        if claim.subject in later.timelines
    ]
    computation = {
        "subjects": subjects,
        "participants": participants,
        "orders": orders,
        "with_later_reports": standing,
    }
    return computation, computed


def _compute_orders(case: Case, *, cut: Cut, rules: RuleTable) -> tuple[dict[str, Any], list[Claimed]]:
    """Return the orders of a case up to the cut, and what comes of those that were not carried out in time."""
    duties = list_order_duties(cut_case(case, until=cut.received_until), is_vanished=False)
    found = [claim_of(one) for one in lapse_all(duties, swept_day=cut.swept_day, rules=rules.rules)]
    found.sort(key=lambda claim: claim.key)
    return plain({"subject": case_subject(case.case_no), "duties": duties, "findings": found}), found


def _compute_participant(view: ParticipantView, *, rules: RuleTable) -> tuple[dict[str, Any], list[Claimed]]:
    """Return what a participant owes, and what all rules find about it and its lapsed duties bring."""
    duties = list_participant_duties(view)
    found = sorted(
        map(claim_of, find_of_participant(view, duties=duties, rules=rules.rules)), key=lambda claim: claim.key
    )
    counted = [
        {
            "duty": duty,
            "count": describe_count(duty, rulebook=view.rulebook, registry=view.registry, swept_day=view.day),
        }
        for duty in duties
    ]
    return plain({"subject": view.subject, "duties": counted, "findings": found}), found


def _compute_subject(
    world: World, subject: str, *, swept_day: date | None, rules: RuleTable
) -> tuple[dict[str, Any], list[Claimed]]:
    facts = world.facts_of(subject)
    watched = WatchedRules(rules)
    verdict = world.judge(subject, facts=facts, rules=watched)
    found = sorted(
        (claim_of(one) for one in find_as_of(verdict, swept_day, rules=rules.rules)), key=lambda claim: claim.key
    )
    counted = {event.key for event in order_timeline(subject, world.timelines[subject], registry=world.registry)}
    left_out = [event for event in world.timelines[subject] if event.key not in counted]
    at_steps = {(one.rule, one.key) for _, _, findings in watched.steps for one in map(claim_of, findings)}
    described = {
        "subject": subject,
        "facts": facts,
        "components": world.composition_of(subject),
        "steps": [
            {
                "place": place,
                "reporter": event.reporter,
                "report_id": event.report_id,
                "kind": event.kind.name,
                "occurred_on": event.occurred_on,
                "state": state,
                "findings": [claim_of(one) for one in findings],
            }
            for place, (event, state, findings) in enumerate(watched.steps, 1)
        ],
        "not_counted": sorted([event.reporter, event.report_id] for event in left_out),
        "state": verdict.state,
        "findings_at_end": [
            claim for claim in map(claim_of, verdict.findings) if (claim.rule, claim.key) not in at_steps
        ],
        "duties": [
            {
                "duty": duty,
                "count": describe_count(duty, rulebook=world.rulebook, registry=world.registry, swept_day=swept_day),
            }
            for duty in verdict.duties
        ],
        "findings": found,
    }
    return plain(described), found


def _key_of(claim: Claimed) -> dict[str, str]:
    return {"subject": claim.subject, "rule": claim.rule, "reporter": claim.reporter, "report_id": claim.report_id}
