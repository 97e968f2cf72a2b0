"""Judge participants as of the day of a sweep: what their rules find stands under `participant:<USCC>`.

Participants have no timeline, so a judge never touches these rows; an earlier day takes back what a later one found.
What all participants need is read slot by slot for many at once; unchanged rows are not rewritten.
"""

from collections.abc import Mapping
from datetime import date

from suyuan.app.context import Context, Progress, no_progress
from suyuan.core.participant import ParticipantView, ReportCount, participant_subject
from suyuan.rules.catalogue import RULES
from suyuan.store.participant_view import count_reports, read_held_against
from suyuan.store.queries import load_queries
from suyuan.store.slot import SLOTS, slot_of
from suyuan.store.verdict import FindingRow, finding_row, read_finding_rows, replace_findings

SQL = load_queries("judgement")
PARTICIPANT_RULES = tuple(rule for rule in RULES if rule.check_participant is not None)
RULES_READ = frozenset(name for rule in PARTICIPANT_RULES for name in rule.reads_findings)


def judge_participants(context: Context, *, as_of: date, progress: Progress = no_progress) -> tuple[int, int]:
    """Make the findings about participants exactly those of a day; returns how many came and went."""
    by_slot: dict[int, list[str]] = {}
    for uscc in context.read_registry().usccs:
        by_slot.setdefault(slot_of(participant_subject(uscc)), []).append(uscc)
    reports = count_reports(context.connection)
    came = went = 0
    for slot in range(SLOTS):
        if slot in by_slot:
            added, removed = _judge_slot(context, slot, by_slot[slot], as_of=as_of, reports=reports)
            came, went = came + added, went + removed
        progress(slot + 1)
    return came, went


def _judge_slot(
    context: Context, slot: int, usccs: list[str], *, as_of: date, reports: Mapping[str, tuple[ReportCount, ...]]
) -> tuple[int, int]:
    """Write the difference for the participants of one slot in one transaction; returns how many findings came and went."""
    connection = context.connection
    with connection.transaction():
        connection.execute(SQL.wait_slot, {"slot": slot})
        wanted: dict[tuple[str, ...], FindingRow] = {}
        for view in _read_views(context, usccs, as_of=as_of, reports=reports):
            for rule in PARTICIPANT_RULES:
                for finding in rule.check_participant(view) if rule.check_participant else ():
                    row = finding_row(finding, origin="sweep")
                    wanted[row[:5]] = row
        before = read_finding_rows(connection, slot=slot, subjects=list(map(participant_subject, usccs)))
        replace_findings(connection, slot=slot, before=before, wanted=wanted)
    return len(wanted.keys() - before.keys()), len(before.keys() - wanted.keys())


def read_view(context: Context, uscc: str, *, as_of: date) -> ParticipantView:
    """Return what the rules see of one participant on a day."""
    return _read_views(context, [uscc], as_of=as_of, reports=count_reports(context.connection))[0]


def _read_views(
    context: Context, usccs: list[str], *, as_of: date, reports: Mapping[str, tuple[ReportCount, ...]]
) -> list[ParticipantView]:
    """Return what the rules see of some participants, each source read once for all of them."""
    findings = read_held_against(context.connection, usccs=usccs, rules=RULES_READ)
    return [
        ParticipantView(
            uscc,
            as_of,
            context.read_registry(),
            context.rulebook,
            reports=reports.get(uscc, ()),
            findings=findings.get(uscc, ()),
        )
        for uscc in usccs
    ]
