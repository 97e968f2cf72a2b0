"""Judge: fold every battery and vehicle that a report touched, and write down what the fold says.

A batch is one READ COMMITTED transaction: take the slot, read what is pending, then timelines, facts and register each by
its own statement, write, delete exactly the pending rows that were read, and last move the sums. Everybody judges this way only.
"""

import time
from collections.abc import Iterable

from suyuan.app.context import Context, Progress, no_progress
from suyuan.core.event import Facts
from suyuan.core.fold import Verdict, fold_timeline, name_version
from suyuan.rules.catalogue import RULE_TABLE
from suyuan.store.components import find_component_slots, judge_components, read_compositions
from suyuan.store.pending import LANES
from suyuan.store.queries import load_queries
from suyuan.store.registry import delay_outstanding
from suyuan.store.slot import COMPONENT_SLOTS_FROM, SLOTS
from suyuan.store.submission import is_judged
from suyuan.store.timeline import needs_composition, read_facts, read_timelines
from suyuan.store.verdict import read_written, write_verdicts

SQL = load_queries("judgement")
SUBJECTS_PER_BATCH = 2_000
PENDING_ROWS_PER_BATCH = 2_000  # each names at least one subject
_RETRY_SECONDS = 0.004  # another judge holds the slot; a batch of a small submission takes about this long


def verdict_version(context: Context) -> str:
    """Return what a verdict depends on beside the record: program, rulebook and calendar."""
    return name_version(context.rulebook)


def judge_slot(context: Context, slot: int, *, lane_max: int = LANES[-1]) -> int | None:
    """Judge one batch of a slot; returns how many subjects, None if another judge has the slot."""
    connection = context.connection
    with connection.transaction():
        if connection.execute(SQL.try_slot, {"slot": slot}).fetchone() is None:
            return None
        return _judge_batch(context, slot, lane_max)


def _judge_batch(context: Context, slot: int, lane_max: int) -> int:
    """Judge what is pending in a slot that this transaction holds."""
    connection = context.connection
    limits = {"slot": slot, "lane_max": lane_max, "limit": PENDING_ROWS_PER_BATCH}
    causes, answered = _take_batch(connection.execute(SQL.read_pending, limits))
    if not answered:
        return 0
    subjects = sorted(causes)
    version = verdict_version(context)  # before the fold reads the rulebook: a change in between is judged again
    verdicts = fold_subjects(context, slot, subjects)
    difference = write_verdicts(
        connection,
        verdicts,
        slot=slot,
        written=read_written(connection, slot=slot, subjects=subjects),
        causes=causes,
        lanes=dict.fromkeys(subjects, LANES[0] if lane_max == LANES[0] else LANES[-1]),
        verdict_version=version,
    )
    connection.execute(SQL.delete_pending, {"slot": slot, "numbers": answered})
    difference.apply(connection)
    return len(subjects)


def _take_batch(pending: Iterable[tuple[int, list[str], list[int]]]) -> tuple[dict[str, set[int]], list[int]]:
    """Return the subjects of the first pending rows with what caused each, and the numbers of those rows.

    A row is taken whole; the first that would make the batch too large ends it.
    """
    causes: dict[str, set[int]] = {}
    answered: list[int] = []
    for number, subjects, caused_by in pending:
        if (
            answered
            and len(causes) + len(subjects) > SUBJECTS_PER_BATCH
            and len(causes.keys() | subjects) > SUBJECTS_PER_BATCH
        ):
            break
        answered.append(number)
        for subject in subjects:
            causes.setdefault(subject, set()).update(caused_by)
    return causes, answered


def fold_subjects(context: Context, slot: int, subjects: list[str]) -> dict[str, Verdict]:
    """Return the verdicts on subjects of one slot, from the record and the facts as they stand."""
    connection = context.connection
    timelines = read_timelines(connection, slot=slot, subjects=subjects, parties=context.parties)
    facts = read_facts(connection, slot=slot, subjects=subjects)
    composed = [subject for subject in subjects if needs_composition(timelines[subject])]
    compositions = read_compositions(connection, composed) if composed else {}
    registry, rulebook = context.read_registry(), context.rulebook
    return {
        subject: fold_timeline(
            subject,
            timelines[subject],
            facts=Facts(tuple(facts.get(subject, ()))),
            composition=compositions.get(subject, ()),
            registry=registry,
            rulebook=rulebook,
            rules=RULE_TABLE,
        )
        for subject in subjects
    }


def judge_component_slot(context: Context, slot: int) -> int | None:
    """Judge one batch of component lists; returns how many lists, None if another judge has the slot."""
    connection = context.connection
    with connection.transaction():
        if connection.execute(SQL.try_slot, {"slot": slot + COMPONENT_SLOTS_FROM}).fetchone() is None:
            return None
        return judge_components(connection, slot=slot)


def judge_pending(context: Context, *, progress: Progress = no_progress) -> int:
    """Judge until nothing is pending that this judge can take; returns how many subjects were judged.

    First what a change of the register left to be made pending.
    """
    delay_outstanding(context.connection)
    total = 0
    while True:
        judged = _judge_round(context, progress)
        total += judged
        if judged == 0:
            return total


def _judge_round(context: Context, progress: Progress) -> int:
    """Take every slot with pending work once, components first, then small submissions before bulk, vehicles before packs."""
    judged = 0
    for slot in find_component_slots(context.connection):
        judged += judge_component_slot(context, slot) or 0
    for lane in LANES:
        found = 0
        for slot in _slots(context, lane_max=lane):
            found += judge_slot(context, slot, lane_max=lane) or 0
            progress(judged + found)
        judged += found
        if found and lane == LANES[0]:
            return judged  # what is small and new goes before the rest
    return judged


def _slots(context: Context, *, lane_max: int) -> list[int]:
    """Return the slots with pending work, each process beginning at another place so that judges spread out."""
    slots = [row[0] for row in context.connection.execute(SQL.find_slots, {"lane_max": lane_max})]
    start = context.connection.info.backend_pid % SLOTS
    return [slot for slot in slots if slot >= start] + [slot for slot in slots if slot < start]


def judge_submission(
    context: Context, submission_no: int, *, seconds_max: float = 3600.0, progress: Progress = no_progress
) -> bool:
    """Help judging until nothing waits that this submission caused; returns False when the time was over first."""
    give_up_at = time.monotonic() + seconds_max
    judged = 0
    while not is_judged(context.connection, submission_no):
        if time.monotonic() > give_up_at:
            return False
        done = _judge_cause(context, submission_no)
        judged += done
        progress(judged)
        if done == 0:
            time.sleep(_RETRY_SECONDS)
    return True


def _judge_cause(context: Context, submission_no: int) -> int:
    """Judge the slots that wait because of one submission; a bulk load takes vehicles before packs."""
    judged = 0
    for slot in find_component_slots(context.connection, cause=submission_no):
        judged += judge_component_slot(context, slot) or 0
    for lane in LANES:
        slots = _slots_of_cause(context, submission_no)
        for slot in slots:
            judged += judge_slot(context, slot, lane_max=lane) or 0
    return judged


def _slots_of_cause(context: Context, submission_no: int) -> Iterable[int]:
    return [row[0] for row in context.connection.execute(SQL.find_slots_of_cause, {"cause": submission_no})]


def delay_older_verdicts(context: Context) -> int:
    """Make the subjects pending that another version of program or rulebook judged, slot by slot; returns how many.

    It waits for whoever judges a slot, who may have read the version before.
    """
    delayed = 0
    version = verdict_version(context)
    for slot in range(SLOTS):
        given = {"slot": slot, "verdict_version": version}
        with context.connection.transaction():
            context.connection.execute(SQL.wait_slot, {"slot": slot})
            row = context.connection.execute(SQL.delay_older_verdicts, given).fetchone()
            delayed += row[0] if row else 0
    return delayed


def count_pending(context: Context) -> int:
    """Return how many subjects and lists of components wait for a judge."""
    row = context.connection.execute(SQL.count_pending, {}).fetchone()
    return int(row[0]) if row else 0
