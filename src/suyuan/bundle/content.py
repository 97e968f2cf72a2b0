"""What a bundle holds, as values; and how each member is written as JSON and read again.

Every member but the rows and the rulebook texts is JSON with sorted names and one field a line, so that two bundles can
be compared by eye.
"""

import hashlib
from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from typing import Annotated, Any, Final, Self, TypeVar

import msgspec

from suyuan.bundle.archive import NotABundleError
from suyuan.core.case import Case
from suyuan.core.catalogue import KIND_BY_NAME
from suyuan.core.contribution import Flow
from suyuan.core.document import Document
from suyuan.core.event import Event, Fact
from suyuan.core.finding import Finding
from suyuan.core.participant import Counted, HeldAgainst, ParticipantView, Peers, Penalty, ReportCount
from suyuan.core.registry import Participant, Register, Registry
from suyuan.core.rulebook import Rulebook

FORMAT: Final = "suyuan-evidence-bundle"
FORMAT_VERSION: Final = 1
ROWS_PER_SUBMISSION: Final = 2**31  # report number = submission number * 2^31 + row, as in the store
_encoder = msgspec.json.Encoder(enc_hook=str, order="deterministic")
Wanted = TypeVar("Wanted")
Moment = Annotated[datetime, msgspec.Meta(tz=True)]


class Claimed(msgspec.Struct, frozen=True, order=True):
    """A finding as it was frozen, or as it stood when the bundle was made."""

    subject: str
    rule: str
    reporter: str
    report_id: str
    weight: str
    party: str | None
    about: tuple[str, ...]
    evidence: dict[str, Any]

    @property
    def key(self) -> tuple[str, str, str, str]:
        """Return what names the finding."""
        return self.subject, self.rule, self.reporter, self.report_id


class Cut(msgspec.Struct, frozen=True):
    """Up to when reports count (`received_until`, inclusive), the day of the sweep whose lapses count, and up to which act.

    `received_until` None: all that had been received; `until_act` None: the register and rulebook as they stand.
    """

    received_until: Moment | None
    swept_day: date | None
    until_act: int | None = None


class Subject(msgspec.Struct, frozen=True):
    """What the bundle is about: the case, the findings, the cut, and the version of program and rulebook that found them.

    Without a case the findings are those that stood when the bundle was made.
    """

    case: Case | None
    cut: Cut
    verdict_version: str
    claimed: tuple[Claimed, ...]

    @property
    def case_no(self) -> str | None:
        """Return the number of the case, None without one."""
        return self.case.case_no if self.case is not None else None


class SubmissionEntry(msgspec.Struct, frozen=True, order=True):
    """One submission from which rows were taken; `digest_sha256` is that of the whole file as it was received."""

    submission: str
    submitter: str
    received_at: Moment
    form: str
    file_name: str
    byte_count: int
    digest_sha256: str


class ReportEntry(msgspec.Struct, frozen=True, order=True):
    """One report: where its recorded row lies in the bundle, and the line it was read from where the form has lines."""

    submission: str
    row: int
    reporter: str
    report_id: str
    file: str
    original: str | None


class BundledEvent(msgspec.Struct, frozen=True):
    """One event as the timeline holds it."""

    kind: str
    roles: tuple[str, ...]
    submission: str
    row: int
    reporter: str
    report_id: str
    counterparty: str | None
    occurred_on: date
    occurred_time: time | None
    received_at: Moment
    body: dict[str, Any]


class Timeline(msgspec.Struct, frozen=True):
    """All events of a subject; it is judged, or it only tells a judged one facts."""

    subject: str
    is_judged: bool
    events: tuple[BundledEvent, ...]


class RegisterPart(msgspec.Struct, frozen=True):
    """The part of the register that a fold of these timelines can read; whoever is absent was not registered."""

    participants: tuple[Participant, ...]
    register: Register

    def build(self) -> Registry:
        """Return it as the fold reads it."""
        return Registry(self.participants, version=0, register=self.register)


class ParticipantRecord(msgspec.Struct, frozen=True):
    """What the rules about participants looked at: the sums known of one of them on the day of the sweep."""

    uscc: str
    day: date
    flows: tuple[Flow, ...]
    reports: tuple[ReportCount, ...]
    findings: tuple[HeldAgainst, ...]
    penalties: tuple[Penalty, ...]
    tallies: tuple[Counted, ...]
    peers: dict[str, Peers]
    events: tuple[BundledEvent, ...]
    months: dict[str, tuple[str, ...]]
    kept: frozenset[str]

    @classmethod
    def of_view(cls, view: ParticipantView, *, events: tuple[BundledEvent, ...]) -> Self:
        """Return what a view holds; `events` are its reports as a bundle holds them."""
        return cls(
            view.uscc,
            view.day,
            view.flows,
            view.reports,
            view.findings,
            view.penalties,
            view.tallies,
            view.peers,
            events,
            view.months,
            view.kept,
        )

    def view(self, *, registry: Registry, rulebook: Rulebook) -> ParticipantView:
        """Return it as the rules look at it."""
        return ParticipantView(
            self.uscc,
            self.day,
            registry,
            rulebook,
            self.flows,
            self.reports,
            self.findings,
            self.penalties,
            self.tallies,
            self.peers,
            tuple(map(restore_event, self.events)),
            self.months,
            self.kept,
        )


class GivenFacts(msgspec.Struct, frozen=True):
    """What no report tells: settled cases told these to the judged subjects, by the cut and by now."""

    at_cut: tuple[Fact, ...] = ()
    now: tuple[Fact, ...] = ()


class BundledDocument(msgspec.Struct, frozen=True):
    """A document issued in the case, as its act holds it: which act it is about, its text, and the form it was printed with."""

    kind: str
    occasion: str
    issued_at: Moment
    document: Document
    text_sha256: str
    form: str
    form_sha256: str


class Content(msgspec.Struct):
    """A whole bundle as values; `rows` and `originals` are the exact bytes by file name.

    `ordered` are cases in which an order to correct was not carried out, where a claimed finding is about that.
    """

    subject: Subject
    submissions: tuple[SubmissionEntry, ...]
    reports: tuple[ReportEntry, ...]
    rows: dict[str, bytes]
    originals: dict[str, bytes]
    timelines: tuple[Timeline, ...]
    given_facts: GivenFacts
    participants: tuple[ParticipantRecord, ...]
    ordered: tuple[Case, ...]
    documents: tuple[BundledDocument, ...]
    register: RegisterPart
    rulebook_texts: dict[str, str]


def encode_member(value: object) -> bytes:
    """Return a value as the JSON text of a member."""
    return msgspec.json.format(_encoder.encode(value), indent=1) + b"\n"


def decode_member(members: dict[str, bytes], name: str, type_: type[Wanted]) -> Wanted:
    """Return the value of a member; raises NotABundleError where it is missing or of another shape."""
    body = members.get(name)
    if body is None:
        raise NotABundleError(
            f"The bundle lacks {name}. Ask for it again.", message_zh=f"证据包缺少 {name}。请重新索取。"
        )
    try:
        return msgspec.json.decode(body, type=type_)
    except (msgspec.MsgspecError, UnicodeError, RecursionError, ValueError) as error:
        raise NotABundleError(
            f"{name} is not what the format says: {error}.", message_zh=f"{name} 不符合格式规定：{error}。"
        ) from None


def plain(value: object) -> Any:  # noqa: ANN401 - JSON-like
    """Return a value as JSON readers see it: only text, numbers, lists and records."""
    return msgspec.json.decode(_encoder.encode(value))


def digest(body: bytes) -> str:
    """Return the SHA-256 of some bytes in hexadecimal digits."""
    return hashlib.sha256(body).hexdigest()


def claim_of(finding: Finding) -> Claimed:
    """Return a finding as a bundle claims it; evidence as JSON readers see it."""
    return Claimed(
        finding.subject,
        finding.rule,
        finding.reporter,
        finding.report_id,
        finding.weight,
        finding.party,
        tuple(finding.about),
        plain(finding.evidence),
    )


def cut_case(case: Case, *, until: datetime | None) -> Case:
    """Return the case with the acts made by a moment, all of them without one; its state stays that of the last act."""
    acts = tuple(act for act in case.acts if until is None or act.acted_at <= until)
    return msgspec.structs.replace(case, acts=acts)


def case_in_utc(case: Case) -> Case:
    """Return the case with the moments of its acts as a bundle writes them, whatever zone the database speaks."""
    acts = tuple(msgspec.structs.replace(act, acted_at=act.acted_at.astimezone(UTC)) for act in case.acts)
    return msgspec.structs.replace(case, acts=acts)


def claims_of(case: Case) -> tuple[Claimed, ...]:
    """Return the findings that a case froze, as a bundle claims them: all are held against its party."""
    frozen = (
        Claimed(
            one.subject, one.rule, one.reporter, one.report_id, one.weight, case.party, one.about, plain(one.evidence)
        )
        for one in case.findings
    )
    return tuple(sorted(frozen, key=lambda claim: claim.key))


def event_of(event: Event, *, submission: str, row: int) -> BundledEvent:
    """Return an event as a bundle holds it."""
    return BundledEvent(
        event.kind.name,
        event.roles,
        submission,
        row,
        event.reporter,
        event.report_id,
        event.counterparty,
        event.occurred_on,
        event.occurred_time,
        event.received_at.astimezone(UTC),
        plain(event.body),
    )


def restore_event(event: BundledEvent) -> Event:
    """Return a bundled event as the fold reads it; raises NotABundleError for a kind that this program does not know."""
    kind = KIND_BY_NAME.get(event.kind)
    if kind is None:
        raise NotABundleError(
            f"This program knows no report kind {event.kind!r}; verify with the program that made the bundle.",
            message_zh=f"本程序没有报告种类 {event.kind!r}；请使用制作该证据包的程序版本核验。",
        )
    return Event(
        kind,
        event.roles,
        number_of(event.submission, row=event.row),
        event.report_id,
        event.reporter,
        event.counterparty,
        event.occurred_on,
        event.occurred_time,
        event.received_at,
        event.body,
    )


def number_of(submission: str, *, row: int) -> int:
    """Return the number of a report from the public name of its submission and its row."""
    digits = submission.removeprefix("s-")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 18):  # noqa: PLR2004 - a bigint has 19 digits
        raise NotABundleError(
            f"{submission[:40]!r} is no name of a submission.", message_zh=f"{submission[:40]!r} 不是报送编号。"
        )
    return int(digits) * ROWS_PER_SUBMISSION + row


def sort_events(events: Iterable[BundledEvent]) -> tuple[BundledEvent, ...]:
    """Return the events of a timeline in the one order in which a bundle lists them; it decides nothing."""
    return tuple(
        sorted(events, key=lambda one: (one.occurred_on, KIND_BY_NAME[one.kind].order, one.reporter, one.report_id))
    )
