"""Judge participants as of the day of a sweep: what they owe and what their rules find stands under `participant:<USCC>`.

Participants have no timeline, so a judge never touches these rows; an earlier day takes back what a later one found.
What all participants need is read slot by slot for many at once; unchanged rows are not rewritten.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from suyuan.app.context import Context, Progress, no_progress
from suyuan.core.duty import Duty
from suyuan.core.month import add_months, month_of
from suyuan.core.participant import ParticipantView, Peers, Penalty, participant_subject
from suyuan.core.participant_duty import OUTLET_SALES, SALES_MONTHS, list_participant_duties
from suyuan.core.peer import MEASURED_KINDS, first_month_compared, sum_peers
from suyuan.core.registry import NO_ROLES, list_kept
from suyuan.core.swept import find_of_participant
from suyuan.rules.catalogue import RULE_TABLE, RULES
from suyuan.store import participant_view
from suyuan.store.cases import read_penalties
from suyuan.store.queries import load_queries
from suyuan.store.slot import SLOTS, slot_of
from suyuan.store.verdict import FindingRow, duty_row, finding_row, read_finding_rows, replace_duties, replace_findings

SQL = load_queries("judgement")
RULES_READ = frozenset(name for rule in RULES for name in rule.reads_findings)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is read once for all participants: peers by roles, penalties by party, what the register keeps."""

    peers: dict[frozenset[str], dict[str, Peers]]
    penalties: dict[str, tuple[Penalty, ...]]
    kept: frozenset[str]


def judge_participants(context: Context, *, as_of: date, progress: Progress = no_progress) -> tuple[int, int]:
    """Make the duties of participants, and the findings about them, those of a day; returns how many findings came and went."""
    registry = context.read_registry()
    by_slot: dict[int, list[str]] = {}
    for uscc in registry.usccs:
        by_slot.setdefault(slot_of(participant_subject(uscc)), []).append(uscc)
    around = read_surroundings(context, as_of=as_of)
    came = went = 0
    for slot in range(SLOTS):
        if slot in by_slot:
            added, removed = _judge_slot(context, slot, by_slot[slot], as_of=as_of, around=around)
            came, went = came + added, went + removed
        progress(slot + 1)
    return came, went


def read_surroundings(context: Context, *, as_of: date) -> Surroundings:
    """Return what is read once for all participants."""
    counted = participant_view.count_reports_of_kinds(
        context.connection, MEASURED_KINDS, since=first_month_compared(as_of), parties=context.parties
    )
    peers = sum_peers(counted, registry=context.read_registry(), day=as_of)
    return Surroundings(peers, read_penalties(context.connection), list_kept(context.read_registry().register))


def _judge_slot(context: Context, slot: int, usccs: list[str], *, as_of: date, around: Surroundings) -> tuple[int, int]:
    """Write the difference for the participants of one slot in one transaction; returns how many findings came and went."""
    connection = context.connection
    subjects = list(map(participant_subject, usccs))
    with connection.transaction():
        connection.execute(SQL.wait_slot, {"slot": slot})
        wanted: dict[tuple[str, ...], FindingRow] = {}
        duties: list[Duty] = []
        for view in read_views(context, usccs, as_of=as_of, around=around):
            owed = list_participant_duties(view)
            duties += owed
            for finding in find_of_participant(view, duties=owed, rules=RULE_TABLE.rules):
                row = finding_row(finding, origin="sweep")
                wanted[row[:5]] = row
        replace_duties(connection, slot=slot, subjects=subjects, wanted={row[:5]: row for row in map(duty_row, duties)})
        before = read_finding_rows(connection, slot=slot, subjects=subjects)
        replace_findings(connection, slot=slot, before=before, wanted=wanted)
    return len(wanted.keys() - before.keys()), len(before.keys() - wanted.keys())


def read_view(context: Context, uscc: str, *, as_of: date) -> ParticipantView:
    """Return what the rules see of one participant on a day."""
    return next(read_views(context, [uscc], as_of=as_of, around=read_surroundings(context, as_of=as_of)))


def read_views(context: Context, usccs: list[str], *, as_of: date, around: Surroundings) -> Iterator[ParticipantView]:
    """Yield what the rules see of some participants, each source read once for all of them."""
    connection, registry, rulebook = context.connection, context.read_registry(), context.rulebook
    numbers = participant_view.number_parties(connection, usccs)
    reports = participant_view.count_reports(connection, numbers=numbers)
    months = participant_view.read_party_months(connection, numbers=numbers)
    events = participant_view.read_party_events(connection, numbers=numbers, parties=context.parties)
    findings = participant_view.read_held_against(connection, usccs=usccs, rules=RULES_READ)
    flows = participant_view.read_flows_of_many(connection, usccs=usccs, until=as_of)
    tallies = participant_view.read_tallies_of_many(
        connection, usccs=usccs, names=OUTLET_SALES.values(), since=month_of(add_months(as_of, -SALES_MONTHS))
    )
    for uscc in usccs:
        yield ParticipantView(
            uscc,
            as_of,
            registry,
            rulebook,
            flows=flows.get(uscc, ()),
            reports=reports.get(uscc, ()),
            findings=findings.get(uscc, ()),
            penalties=around.penalties.get(uscc, ()),
            tallies=tallies.get(uscc, ()),
            peers=around.peers.get(registry.roles_of(uscc, on=as_of) or NO_ROLES, {}),
            events=events.get(uscc, ()),
            months=months.get(uscc, {}),
            kept=around.kept,
        )
