"""The findings of every written case come out of an evidence bundle again, with the part of the register that it carries."""

import json
from datetime import UTC

import pytest
from test_cases import BREAKING, play_case, sweep_day

from suyuan.bundle.archive import pack_members
from suyuan.bundle.assemble import assemble_members
from suyuan.bundle.compute import compute_content
from suyuan.bundle.content import (
    Content,
    Cut,
    GivenFacts,
    ParticipantRecord,
    ReportEntry,
    Subject,
    SubmissionEntry,
    Timeline,
    claim_of,
    digest,
    event_of,
    plain,
    sort_events,
)
from suyuan.bundle.register import extract_register
from suyuan.bundle.verify import verify_bundle
from suyuan.core.fold import PROGRAM_VERSION
from suyuan.core.report import encode_content
from suyuan.rules.catalogue import RULE_TABLE, RULES


def content_of(engine, *, swept_day):
    """Return what a bundle of all findings in an engine's timelines holds; each report is a submission of its own."""
    found = engine.findings(sweep=swept_day)
    claimed = [claim_of(one) for one in found]
    parties = sorted({one.subject for one in found if one.subject.startswith("participant:")})
    views = [view for view in engine.views(found, swept_day) if view.subject in parties] if parties else []
    numbers = {event.key: event.report_no for events in engine.events.values() for event in events}
    name = {key: f"s-{number:012d}" for key, number in numbers.items()}
    filed = {key: report for key, report in engine.reports.items() if key in numbers}
    rows = {f"reports/{name[key]}-1.json": encode_content(report) for key, report in filed.items()}
    return Content(
        subject=Subject(
            None,
            Cut(None, swept_day),
            f"{PROGRAM_VERSION}-{engine.rulebook.version}",
            tuple(sorted(claimed, key=lambda one: one.key)),
        ),
        submissions=tuple(
            SubmissionEntry(name[key], key[0], engine.received[key].astimezone(UTC), "csv", "", 0, digest(b""))
            for key in filed
        ),
        reports=tuple(ReportEntry(name[key], 1, *key, f"reports/{name[key]}-1.json", None) for key in filed),
        rows=rows,
        originals={},
        timelines=tuple(
            Timeline(
                subject,
                subject in {one.subject for one in claimed},
                sort_events(event_of(event, submission=name[event.key], row=1) for event in events),
            )
            for subject, events in sorted(engine.events.items())
        ),
        given_facts=GivenFacts(),
        participants=tuple(
            ParticipantRecord.of_view(
                one, events=sort_events(event_of(event, submission=name[event.key], row=1) for event in one.events)
            )
            for one in views
        ),
        ordered=(),
        documents=(),
        register=extract_register(
            engine.registry, said=[*map(json.loads, rows.values()), *(plain(one) for one in claimed)], case=None
        ),
        rulebook_texts=dict(engine.rulebook.texts),
    )


# What stands under a case comes of acts, and no fold of timelines can compute it.
COMPUTED = [one for one in BREAKING if one.values[0] != "correction_overdue"]


@pytest.mark.parametrize(("rule", "case"), COMPUTED)
def test_the_findings_of_a_case_come_out_of_its_bundle(rule, case):
    engine = play_case(case)
    content = content_of(engine, swept_day=sweep_day(case))
    computation, _ = compute_content(
        content, registry=content.register.build(), rulebook=engine.rulebook, rules=RULE_TABLE
    )
    members = assemble_members(content, computation=computation, rules=RULES)
    verification = verify_bundle(pack_members(members), rules=RULE_TABLE, packaged_texts=engine.rulebook.texts)
    assert verification.differences == ()
    assert rule in {claim.rule for claim in content.subject.claimed}
