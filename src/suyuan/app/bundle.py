"""Write the evidence bundle of findings: what the fold read, the rules, the computation, and a page for outsiders."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date
from typing import Any

import msgspec

from suyuan.app.bundle_rows import BundleRows, collect_rows
from suyuan.app.context import Context, UseCaseError
from suyuan.app.judge_participants import read_view
from suyuan.app.rulebook import load_rulebook_of
from suyuan.bundle.archive import pack_members
from suyuan.bundle.assemble import assemble_members
from suyuan.bundle.compute import compute_content
from suyuan.bundle.content import (
    BundledDocument,
    Claimed,
    Content,
    Cut,
    GivenFacts,
    ParticipantRecord,
    Subject,
    Timeline,
    case_in_utc,
    claim_of,
    cut_case,
    digest,
    event_of,
    plain,
    sort_events,
)
from suyuan.bundle.difference import compare_values
from suyuan.bundle.register import extract_register
from suyuan.core.case import Case, case_subject, tell_subjects
from suyuan.core.event import Event, Fact
from suyuan.core.fold import name_version
from suyuan.core.identifiers import subject_family
from suyuan.core.participant import ParticipantView
from suyuan.core.registry import Registry
from suyuan.core.relative import relatives_of
from suyuan.core.report import list_components, restore_report
from suyuan.core.rulebook import Rulebook
from suyuan.rules.catalogue import RULE_TABLE, RULES
from suyuan.store.cases import find_cases_of_findings, read_cases
from suyuan.store.components import find_claim_reports, find_rival_reports
from suyuan.store.documents import list_issued
from suyuan.store.outcomes import read_reports
from suyuan.store.queries import load_queries
from suyuan.store.read import read_findings_of
from suyuan.store.register import load_registry_of
from suyuan.store.registry import read_swept_day
from suyuan.store.slot import place_of, slot_of
from suyuan.store.submission import submission_name
from suyuan.store.timeline import needs_composition, read_facts, read_timelines

SQL = load_queries("bundle")
FOLDED = ("battery", "vehicle", "lot", "recovery", "model", "report")  # the families that have a timeline


class WrittenBundle(msgspec.Struct, frozen=True):
    """A bundle's bytes, and the claimed findings that no longer come out of the record as they were frozen."""

    content: bytes
    not_reproduced: tuple[Claimed, ...]

    @property
    def sha256(self) -> str:
        """Return the digest of the file, by which it is named in a record."""
        return digest(self.content)


def find_claims(context: Context, keys: Iterable[tuple[str, str, str, str]]) -> tuple[Claimed, ...]:
    """Return the findings as they stand under these keys (subject, rule, reporter, report id). Raises UseCaseError."""
    claims = []
    for subject, rule, reporter, report_id in sorted(set(keys)):
        standing = {claim.key: claim for claim in map(claim_of, read_findings_of(context.connection, subject))}
        claim = standing.get((subject, rule, reporter, report_id))
        if claim is None:
            raise UseCaseError(
                f"There is no finding {rule} on {subject} about report {report_id} of {reporter}. See: suyuan findings --subject.",
                message_zh=f"{subject} 没有关于 {reporter} 报告 {report_id} 的认定 {rule}。请用 suyuan findings --subject 查看。",
            )
        claims.append(claim)
    return tuple(claims)


def write_bundle(
    context: Context, claims: Sequence[Claimed], *, cut: Cut | None = None, case: Case | None = None
) -> WrittenBundle:
    """Return the bundle of some findings at a cut; without one, of everything received and the last sweep.

    The same findings at the same cut give the same bytes as long as nothing more is received. Raises UseCaseError.
    """
    named = sorted({claim.subject for claim in claims})
    judged = [subject for subject in named if subject_family(subject) in FOLDED]
    parties = [subject.removeprefix("participant:") for subject in named if subject_family(subject) == "participant"]
    if not named:
        raise UseCaseError(
            "A bundle needs at least one finding. See: suyuan findings",
            message_zh="证据包至少包含一项认定。请用 suyuan findings 查看。",
        )
    with context.connection.transaction():
        context.connection.execute(SQL.read_one_moment)
        until = cut or Cut(None, read_swept_day(context.connection))
        rulebook = _read_rulebook(context, until_act=until.until_act)
        subject = Subject(case, until, name_version(rulebook), tuple(sorted(claims, key=lambda claim: claim.key)))
        content = _collect(context, subject, judged, parties, rulebook=rulebook)
    computation, computed = compute_content(
        content, registry=content.register.build(), rulebook=rulebook, rules=RULE_TABLE
    )
    found = {claim.key: claim for claim in computed}
    not_reproduced = tuple(
        claim
        for claim in content.subject.claimed
        if claim.key not in found or any(compare_values(plain(found[claim.key]), plain(claim)))
    )
    members = assemble_members(content, computation=computation, rules=RULES)
    return WrittenBundle(pack_members(members), not_reproduced)


def _collect(
    context: Context, subject: Subject, judged: list[str], parties: list[str], *, rulebook: Rulebook
) -> Content:
    """Read what the fold of the judged subjects reads."""
    facts = {one: _facts_of(context, one) for one in judged}
    timelines = _read(context, judged)
    relatives: set[str] = set()
    for one in judged:
        relatives |= relatives_of(one, timelines[one], facts[one]) | _claimants_of(context, one, timelines[one])
    tellers = _read(context, sorted(one for one in relatives - set(judged) if _has_timeline(one)))
    timelines |= {one: events for one, events in tellers.items() if events}
    views = [_read_view(context, uscc, swept_day=subject.cut.swept_day) for uscc in parties]
    rows = collect_rows(context, [*timelines.values(), *(view.events for view in views)])
    registry = _read_registry(context, until_act=subject.cut.until_act)
    return Content(
        subject=subject,
        submissions=rows.submissions,
        reports=rows.reports,
        rows=rows.rows,
        originals=rows.originals,
        timelines=tuple(_bundle(one, events, is_judged=one in facts) for one, events in timelines.items()),
        given_facts=_read_given(context, judged, subject),
        participants=tuple(_record(view) for view in views),
        ordered=_read_ordered(context, subject.claimed),
        documents=_read_documents(context, subject.case),
        register=extract_register(registry, said=_said(rows, subject.claimed), case=subject.case),
        rulebook_texts=dict(rulebook.texts),
    )


def _read_given(context: Context, judged: list[str], subject: Subject) -> GivenFacts:
    """Return what cases told the judged subjects by the cut, and what they tell now; a case at its opening told nothing."""
    until = subject.cut.received_until
    numbers = {number for told in find_cases_of_findings(context.connection, judged).values() for number, _ in told}
    cases = [record.case for record in read_cases(context.connection, sorted(numbers))]
    return GivenFacts(_tell([cut_case(one, until=until) for one in cases], judged), _tell(cases, judged))


def _tell(cases: Iterable[Case], judged: list[str]) -> tuple[Fact, ...]:
    facts = [fact for case in cases for fact in tell_subjects(case) if fact.target in judged]
    return tuple(sorted(facts, key=lambda fact: (fact.target, fact.source)))


def _read_ordered(context: Context, claims: Iterable[Claimed]) -> tuple[Case, ...]:
    """Return the cases about whose orders something is claimed."""
    numbers = {claim.subject.removeprefix("case:") for claim in claims if subject_family(claim.subject) == "case"}
    return tuple(case_in_utc(record.case) for record in read_cases(context.connection, sorted(numbers)))


def _read_documents(context: Context, case: Case | None) -> tuple[BundledDocument, ...]:
    """Return what was issued in the case, in the order of its issue."""
    issued = list_issued(context.connection, case_subject(case.case_no)) if case is not None else []
    return tuple(
        BundledDocument(
            one.occasion.kind,
            one.occasion.occasion,
            one.issued_at.astimezone(UTC),
            one.document,
            one.document.digest().hex(),
            one.form,
            one.form_digest,
        )
        for one in issued
    )


def _read_rulebook(context: Context, *, until_act: int | None) -> Rulebook:
    """Return the rulebook as it stood after an act; as it stands now without one."""
    return context.rulebook if until_act is None else load_rulebook_of(context, until_act=until_act)


def _read_registry(context: Context, *, until_act: int | None) -> Registry:
    """Return the register as it stood after an act; as it stands now without one."""
    if until_act is None:
        return context.read_registry()
    return load_registry_of(context.connection, until_act=until_act)


def _read_view(context: Context, uscc: str, *, swept_day: date | None) -> ParticipantView:
    """Return what the rules see of a participant, as it stands in the record now: sums are not kept of earlier moments."""
    if swept_day is None:
        raise UseCaseError(
            "Nothing is found about participants before the first sweep. Run: suyuan sweep --as-of DAY",
            message_zh="首次期限核查之前没有关于单位的认定。请运行：suyuan sweep --as-of 日期",
        )
    return read_view(context, uscc, as_of=swept_day)


def _record(view: ParticipantView) -> ParticipantRecord:
    return ParticipantRecord.of_view(view, events=_bundle(view.subject, view.events, is_judged=False).events)


def _said(rows: BundleRows, claims: Iterable[Claimed]) -> list[Any]:
    """Return everything in which somebody can be named."""
    said: list[Any] = [msgspec.json.decode(body) for body in rows.rows.values()]
    said += [entry.submitter for entry in rows.submissions]
    said += [plain(claim) for claim in claims]
    return said


def _bundle(subject: str, events: Iterable[Event], *, is_judged: bool) -> Timeline:
    bundled = []
    for event in events:
        submission_no, row = place_of(event.report_no)
        bundled.append(event_of(event, submission=submission_name(submission_no), row=row))
    return Timeline(subject, is_judged, sort_events(bundled))


def _has_timeline(subject: str) -> bool:
    return not subject.startswith("case:") and subject_family(subject) in FOLDED


def _facts_of(context: Context, subject: str) -> list[Fact]:
    return read_facts(context.connection, slot=slot_of(subject), subjects=[subject]).get(subject, [])


def _read(context: Context, subjects: Iterable[str]) -> dict[str, list[Event]]:
    """Return the timelines of subjects, in the order given."""
    found: dict[str, list[Event]] = {}
    for subject in subjects:
        found |= read_timelines(context.connection, slot=slot_of(subject), subjects=[subject], parties=context.parties)
    return found


def _claimants_of(context: Context, subject: str, events: Iterable[Event]) -> set[str]:
    """Return the batteries whose reports claim what matters to a subject: rivals' parents, and modules when it is dismantled."""
    if subject_family(subject) != "battery":
        return set()
    own = find_claim_reports(context.connection, [subject])
    reports = read_reports(context.connection, {*own, *find_rival_reports(context.connection, subject)})
    if needs_composition(events):
        parts = {part for number in own for _, part in list_components(restore_report(reports[number]))}
        modules = sorted(part for part in parts if part[3:4] == "M")
        reports |= read_reports(context.connection, find_claim_reports(context.connection, modules))
    return {fields["battery_code"] for fields in reports.values()}
