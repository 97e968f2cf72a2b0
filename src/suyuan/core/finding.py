"""What a rule saw (finding), how a rule is described (Rule), and what it looks at (Step)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import msgspec

from suyuan.core.event import Event, Facts
from suyuan.core.participant import ParticipantView
from suyuan.core.recovery import Feed, read_feed
from suyuan.core.registry import Registry
from suyuan.core.rulebook import Rulebook

Weight = Literal["notice", "lead", "violation"]
WEIGHTS: tuple[Weight, ...] = ("notice", "lead", "violation")
CompetentLine = Literal["industry", "commerce", "transport", "ecology", "market"]


class DutyRequest(msgspec.Struct, frozen=True):
    """The duty that a lead opens: its kind in `core.duty`, the party that must settle it, and since when others' reports tell."""

    kind: str
    party: str | None
    known_from: date = date.min


class Finding(msgspec.Struct, frozen=True):
    """What a rule saw in one subject's timeline; (subject, rule, reporter, report_id) names it.

    `party` is whom it is held against, None where that is unknown. `about` are other subjects under which it is shown.
    """

    rule: str
    weight: Weight
    subject: str
    reporter: str
    report_id: str
    party: str | None
    about: tuple[str, ...]
    evidence: dict[str, Any]
    on: date
    duty: DutyRequest | None = None


class Step(msgspec.Struct):
    """One step of a fold, as a rule sees it: the state before the event and after it, and what is known around it.

    `composition` lists pairs of parent and component claimed at birth, loaded only for events that need it; `withdrawn`
    are the reports of this timeline that count no more.
    """

    subject: str
    family: str
    before: Any
    event: Event
    after: Any
    facts: Facts
    registry: Registry
    rulebook: Rulebook
    composition: tuple[tuple[str, str], ...]
    withdrawn: tuple[Event, ...] = ()
    known_feed: Feed | None = None

    @property
    def feed(self) -> Feed:
        """Return what was fed, at a recovery; worked out once, for its ledger and several rules ask."""
        if self.known_feed is None:
            self.known_feed = read_feed(self.event, self.facts, rulebook=self.rulebook)
        return self.known_feed


class End(msgspec.Struct):
    """The end of a fold, for what facts or later reports settle: a rule about it names the report it is about."""

    subject: str
    family: str
    state: Any
    facts: Facts
    registry: Registry
    rulebook: Rulebook
    composition: tuple[tuple[str, str], ...]


class Withdrawal(msgspec.Struct, frozen=True):
    """A withdrawn report that carried violations of its own reporter (`core.withdrawal`), `rules` by name."""

    subject: str
    target: Event
    withdrawal: Event
    withdrawn_on: date
    rules: tuple[str, ...]


StepCheck = Callable[[Step], Iterable[Finding]]
EndCheck = Callable[[End], Iterable[Finding]]
WithdrawalCheck = Callable[[Withdrawal], Iterable[Finding]]
ParticipantCheck = Callable[[ParticipantView], Iterable[Finding]]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of law or of the platform; the text is what `rules` and the reference page print.

    `families` are the subject families ("battery", "vehicle", "lot", "recovery", "model", "report") in whose timelines
    it fires, `kinds` the report kinds it cares about (empty: every kind). `check_first` looks only at the first event
    of a timeline, `check_withdrawal` at withdrawn reports that carried violations, `check_participant` at what is known
    of one participant on the day of a sweep, with the findings of the rules that `reads_findings` names. `lapses` tells
    that the sweep makes findings of lapsed duties; a conflict is a lead that the sweep turns into a violation when its
    duty `confirm_or_correct` lapses.
    """

    name: str
    family: str
    title: str
    title_zh: str
    weight: Weight
    kinds: tuple[str, ...]
    families: tuple[str, ...]
    competent_line: CompetentLine
    source: str
    verified: bool
    in_force_from: str
    counts: str
    counts_not: str
    counts_zh: str
    counts_not_zh: str
    remedy: str
    remedy_zh: str
    check: StepCheck | None = None
    check_end: EndCheck | None = None
    check_first: StepCheck | None = None
    check_withdrawal: WithdrawalCheck | None = None
    check_participant: ParticipantCheck | None = None
    reads_findings: tuple[str, ...] = ()
    lapses: bool = False
    is_conflict: bool = False

    def is_in_force(self, on: date) -> bool:
        """Tell whether the rule judges what happened on a day."""
        return self.in_force_from <= on.isoformat()

    def weight_on(self, day: date) -> Weight:
        """Return the weight of what happened on a day: a notice before the rule was in force."""
        return self.weight if self.is_in_force(day) else "notice"

    def find(
        self,
        step: Step,
        *,
        party: str | None,
        evidence: dict[str, Any],
        weight: Weight | None = None,
        about: Iterable[str] = (),
        duty: DutyRequest | None = None,
    ) -> Finding:
        """Return a finding of this rule at a step; a conflict is a lead at once and asks its reporter to confirm or correct."""
        event = step.event
        return self.find_about(
            step.subject,
            key=event.key,
            on=event.occurred_on,
            party=party,
            evidence=evidence,
            weight=weight,
            about=about,
            duty=duty,
        )

    def find_of_participant(
        self,
        view: ParticipantView,
        *,
        period: str,
        on: date,
        evidence: dict[str, Any],
        weight: Weight | None = None,
        about: Iterable[str] = (),
    ) -> Finding:
        """Return a finding about a participant; `period` (a month, a year, a site and month) names it beside the rule."""
        return self.find_about(
            view.subject, key=(view.uscc, period), on=on, party=view.uscc, evidence=evidence, weight=weight, about=about
        )

    def find_about(
        self,
        subject: str,
        *,
        key: tuple[str, str],
        on: date,
        party: str | None,
        evidence: dict[str, Any],
        weight: Weight | None = None,
        about: Iterable[str] = (),
        duty: DutyRequest | None = None,
        known_from: date = date.min,
    ) -> Finding:
        """Return a finding about the report `key` (reporter and report id) of the day `on`.

        A conflict is held against nobody until its reporter has left it unanswered; `known_from` is the day of receipt of
        what another timeline adds to it.
        """
        if self.is_conflict:
            weight, party, duty = "lead", None, DutyRequest("confirm_or_correct", key[0], known_from)
        others = tuple(sorted(set(about) - {subject}))
        return Finding(self.name, weight or self.weight, subject, *key, party, others, evidence, on, duty)
