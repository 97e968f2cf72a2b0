"""What a participant rule looks at: one participant on the day of a sweep, with the sums known of it.

Participants have no timeline; `participant:<USCC>` is the subject of their findings and duties.
"""

from datetime import date
from typing import Any

import msgspec

from suyuan.core.contribution import Flow, Tally
from suyuan.core.event import Event
from suyuan.core.registry import Registry
from suyuan.core.rulebook import Rulebook


class ReportCount(msgspec.Struct, frozen=True, order=True):
    """How many reports of a kind a participant has in the record, by the Shanghai month of their receipt ("2026-05")."""

    kind: str
    month: str
    count: int


class HeldAgainst(msgspec.Struct, frozen=True):
    """A finding held against the participant, as far as participant rules read it."""

    rule: str
    subject: str
    report_id: str
    weight: str
    evidence: dict[str, Any]

    @property
    def key(self) -> tuple[str, str, str]:
        """Return by what findings held against one party are put in order."""
        return self.rule, self.subject, self.report_id


class Penalty(msgspec.Struct, frozen=True, order=True):
    """A decided warning or fine against the participant."""

    case_no: str
    decided_on: date
    decision: str
    rules: tuple[str, ...]


class Counted(msgspec.Struct, frozen=True, order=True):
    """One tally with its count."""

    tally: Tally
    count: int


class Peers(msgspec.Struct, frozen=True):
    """A measure summed over all participants of the same roles that have any: how many they are, and the total."""

    participants: int
    total: int


class ParticipantView(msgspec.Struct):
    """One participant on a day: its flows up to that day, its reports, findings, penalties and tallies.

    `events` are the reports by or naming it that concern parties alone (dismantling information, materials, nothing to
    report), `months` those in which it reported something to have occurred: under "" all, under a model its births.
    `peers` hold what a rule compares with, by the name of the measure; the participant itself is among them.
    `kept` tells what the register holds for anybody at all (`core.registry.list_kept`).
    """

    uscc: str
    day: date
    registry: Registry
    rulebook: Rulebook
    flows: tuple[Flow, ...] = ()
    reports: tuple[ReportCount, ...] = ()
    findings: tuple[HeldAgainst, ...] = ()
    penalties: tuple[Penalty, ...] = ()
    tallies: tuple[Counted, ...] = ()
    peers: dict[str, Peers] = {}
    events: tuple[Event, ...] = ()
    months: dict[str, tuple[str, ...]] = {}
    kept: frozenset[str] = frozenset()

    @property
    def subject(self) -> str:
        """Return the subject of this participant's findings."""
        return participant_subject(self.uscc)


def participant_subject(uscc: str) -> str:
    """Return the subject under which findings and duties of a participant itself stand."""
    return f"participant:{uscc}"
