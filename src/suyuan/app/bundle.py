"""Write the evidence bundle of findings: what the fold read, the rules, the computation, and a page for outsiders."""

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from suyuan.app.bundle_rows import BundleRows, collect_rows
from suyuan.app.context import Context, UseCaseError
from suyuan.app.judge import verdict_version
from suyuan.bundle.archive import pack_members
from suyuan.bundle.assemble import assemble_members
from suyuan.bundle.compute import compute_content
from suyuan.bundle.content import Claimed, Content, Cut, Subject, Timeline, claim_of, event_of, plain, sort_events
from suyuan.bundle.difference import compare_values
from suyuan.bundle.register import extract_register
from suyuan.core.event import Event, Fact
from suyuan.core.identifiers import subject_family
from suyuan.core.relative import relatives_of
from suyuan.core.report import list_components, restore_report
from suyuan.rules.catalogue import RULE_TABLE, RULES
from suyuan.store.components import find_claim_reports, find_rival_reports
from suyuan.store.outcomes import read_reports
from suyuan.store.queries import load_queries
from suyuan.store.read import read_findings_of
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
    context: Context, claims: Sequence[Claimed], *, cut: Cut | None = None, case_no: str | None = None
) -> WrittenBundle:
    """Return the bundle of some findings at a cut; without one, of everything received and the last sweep.

    The same findings at the same cut give the same bytes as long as nothing more is received. Raises UseCaseError.
    """
    judged = sorted({claim.subject for claim in claims})
    without = [subject for subject in judged if subject_family(subject) not in FOLDED]
    if without or not judged:
        raise UseCaseError(
            f"There is no timeline behind {', '.join(without) or 'nothing'}: name findings of batteries, vehicles or lots.",
            message_zh=f"{'、'.join(without) or '（空）'} 没有时间线：请指定电池、车辆或批次的认定。",
        )
    with context.connection.transaction():
        context.connection.execute(SQL.read_one_moment)
        content = _collect(context, tuple(claims), judged, cut, case_no)
    computation, computed = compute_content(
        content, registry=content.register.build(), rulebook=context.rulebook, rules=RULE_TABLE
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
    context: Context, claims: tuple[Claimed, ...], judged: list[str], cut: Cut | None, case_no: str | None
) -> Content:
    """Read what the fold of the judged subjects reads."""
    facts = {subject: _facts_of(context, subject) for subject in judged}
    timelines = _read(context, judged)
    relatives: set[str] = set()
    for subject in judged:
        relatives |= relatives_of(subject, timelines[subject], facts[subject])
        relatives |= _claimants_of(context, subject, timelines[subject])
    tellers = _read(context, sorted(one for one in relatives - set(judged) if _has_timeline(one)))
    timelines |= {subject: events for subject, events in tellers.items() if events}
    rows = collect_rows(context, timelines)
    return Content(
        subject=Subject(
            case_no,
            cut or Cut(None, read_swept_day(context.connection)),
            verdict_version(context),
            tuple(sorted(claims, key=lambda claim: claim.key)),
        ),
        submissions=rows.submissions,
        reports=rows.reports,
        rows=rows.rows,
        originals=rows.originals,
        timelines=tuple(_bundle(subject, events, is_judged=subject in facts) for subject, events in timelines.items()),
        given_facts=tuple(fact for told in facts.values() for fact in told if fact.source.startswith("case:")),
        register=extract_register(context.read_registry(), said=_said(rows, claims)),
        rulebook_texts=dict(context.rulebook.texts),
    )


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
