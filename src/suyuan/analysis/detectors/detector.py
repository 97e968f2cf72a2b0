"""What a detector is and what it gives: a lead, never a violation, with what innocent readings it has and how often it errs."""

from datetime import date
from typing import Any

import msgspec


class FalsePositives(msgspec.Struct, frozen=True):
    """How often a detector is expected to name the honest: a number, what it counts, and why it holds."""

    at_most: float
    per: str
    per_zh: str
    because: str
    because_zh: str


class Lead(msgspec.Struct, frozen=True):
    """Something to look at, held against nobody as a breach.

    `subject` has its family before it ("battery:…", "vehicle:…", "participant:…"), as in `about`. `party` is the enterprise
    that can explain it, None where that is not one. `chance` is how likely this or more would come about in an honest world.
    """

    detector: str
    subject: str
    about: tuple[str, ...]
    party: str | None
    on: date
    chance: float
    evidence: dict[str, Any]
    explanation: str
    explanation_zh: str


class Detector(msgspec.Struct, frozen=True):
    """One detector: what it counts, what innocent readings there are, and how often it names the honest."""

    name: str
    title: str
    title_zh: str
    counts: str
    counts_zh: str
    innocent: str
    innocent_zh: str
    false_positives: FalsePositives

    def lead(
        self,
        subject: str,
        *,
        on: date,
        chance: float,
        evidence: dict[str, Any],
        explanation: str,
        explanation_zh: str,
        about: tuple[str, ...] = (),
        party: str | None = None,
    ) -> Lead:
        """Return a lead of this detector; `about` is sorted and named once."""
        others = tuple(sorted(set(about) - {subject}))
        return Lead(self.name, subject, others, party, on, chance, evidence, explanation, explanation_zh)


def order_leads(leads: list[Lead]) -> list[Lead]:
    """Return leads in their one order: by detector, then the least likely first, then by what names them."""
    return sorted(leads, key=lambda one: (one.detector, one.chance, one.subject, one.party or "", one.about, one.on))
