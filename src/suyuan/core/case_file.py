"""A case with every name written out: what documents, the evidence bundle and the desk of an officer are made from.

`app.read_cases.read_case_file` fills it; nothing here needs the database, and nothing here is computed a second time.
"""

from datetime import date, datetime
from typing import Any, Literal

import msgspec

from suyuan.core.case import Decision

Standing = Literal["stands", "changed", "vanished"]


class AuthorityEntry(msgspec.Struct, frozen=True):
    """The authority of the case as the register names it."""

    authority: str
    name: str
    line: str
    division: str
    division_name_zh: str


class PartyEntry(msgspec.Struct, frozen=True):
    """The party of the case; `name` is the USCC where the register has no entry."""

    uscc: str
    name: str
    division: str | None
    division_name_zh: str | None
    roles: tuple[str, ...]


class OfficerEntry(msgspec.Struct, frozen=True):
    """An officer with the name that the register gives."""

    officer: str
    name: str


class FindingEntry(msgspec.Struct, frozen=True):
    """A finding as it was frozen, with the words of its rule, and whether it still stands today.

    `weight_now` is its weight today, None once it has vanished.
    """

    subject: str
    rule: str
    title: str
    title_zh: str
    weight: str
    reporter: str
    report_id: str
    about: tuple[str, ...]
    evidence: dict[str, Any]
    source: str
    is_verified: bool
    rulebook_version: str
    remedy: str
    remedy_zh: str
    standing: Standing
    weight_now: str | None


class ActEntry(msgspec.Struct, frozen=True):
    """An act with its names; `officer` is None where the party acted. `digest` is the SHA-256 of the recorded bytes."""

    number: int
    move: str
    move_zh: str
    move_en: str
    officer: OfficerEntry | None
    second_officer: OfficerEntry | None
    acted_at: datetime
    acted_on: date
    fields: dict[str, Any]
    digest: str


class PenaltyEntry(msgspec.Struct, frozen=True):
    """An earlier penalty of the party that was served and is in force."""

    case_no: str
    decision: str
    decided_on: date
    rules: tuple[str, ...]
    barred_until: date


class CaseFile(msgspec.Struct, frozen=True):
    """A whole case. Texts that officers entered stand in the `fields` of the acts, by the names of `core.case_course`."""

    case_no: str
    year: int
    number: int
    authority: AuthorityEntry
    party: PartyEntry | None
    place: str
    place_name_zh: str
    state: str
    state_zh: str
    opened_on: date
    findings: tuple[FindingEntry, ...]
    acts: tuple[ActEntry, ...]
    decision: Decision | None
    earlier_penalties: tuple[PenaltyEntry, ...]

    def last(self, move: str) -> ActEntry | None:
        """Return the last act of a kind (order_correction, give_notice, hold_hearing, decide, serve …), None without one."""
        return next((act for act in reversed(self.acts) if act.move == move), None)

    @property
    def is_vanished(self) -> bool:
        """Tell whether none of the findings stands any more."""
        return all(finding.standing == "vanished" for finding in self.findings)
