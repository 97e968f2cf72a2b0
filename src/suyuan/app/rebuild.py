"""Rebuild: derive everything again from raw rows, recorded outcomes and recorded acts, and compare with what stands.

Admission is never repeated: what was accepted then is accepted now. It works beside the tables that people read and takes
their place only where they differ. Run it while no server or worker runs on the database.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from psycopg import Connection
from psycopg.rows import TupleRow

from suyuan.app.context import Context, Progress, UseCaseError, no_progress
from suyuan.app.judge import count_pending, delay_older_verdicts, judge_pending
from suyuan.app.replay import replay_acts
from suyuan.app.sweep import repeat_sweep
from suyuan.store.outcomes import read_outcomes
from suyuan.store.record import Recorder
from suyuan.store.registry import read_swept_day
from suyuan.store.shadow import COMPARED_TABLES, count_differences, find_difference, open_shadow, replace_tables
from suyuan.store.submission import list_recorded, list_unrecorded, read_submission

BATCH_ROWS = 10_000


class NotComparableError(UseCaseError):
    """States cannot be compared while something waits or arrives; nothing is wrong by that."""


def rebuild(context: Context, *, progress: Progress = no_progress) -> dict[str, Any]:
    """Return what was rebuilt, whether it is identical, and which tables differed in how many rows. Raises UseCaseError."""
    connection = context.connection
    if list_unrecorded(connection):
        raise UseCaseError(
            "A submission is not fully recorded yet. Let the worker finish (suyuan work), then rebuild.",
            message_zh="仍有报送未完成记录。请先运行 suyuan work 完成记录，再执行重建。",
        )
    delay_older_verdicts(context)
    judge_pending(context)
    swept_day = read_swept_day(connection)
    if swept_day is not None:
        repeat_sweep(context, as_of=swept_day)
    submissions = list_recorded(connection)
    with open_shadow(connection):
        reports, subjects = _derive(context, submissions, progress)
        differing = {table: count for table in COMPARED_TABLES if (count := count_differences(connection, table))}
        if differing:
            replace_tables(connection, COMPARED_TABLES)
    _refuse_arrivals(connection, submissions)
    return {
        "reports": reports,
        "judged": subjects,
        "swept_day": swept_day.isoformat() if isinstance(swept_day, date) else None,
        "identical": not differing,
        "differing": differing,
    }


def compare_state(context: Context) -> list[tuple[str, int, str]]:
    """Return the derived tables that differ from what the record gives, with how many rows and the first of them.

    Changes nothing. Raises NotComparableError while something waits to be recorded or judged: then nothing can be compared.
    """
    connection = context.connection
    if list_unrecorded(connection) or count_pending(context):
        raise NotComparableError(
            "Something still waits to be recorded or judged, so states cannot be compared. Let the worker finish, then audit.",
            message_zh="仍有报送等待记录或研判，无法比对状态。请待 suyuan work 完成后再审计。",
        )
    submissions = list_recorded(connection)
    with open_shadow(connection):
        _derive(context, submissions, no_progress)
        differing = [
            (table, count, find_difference(connection, table))
            for table in COMPARED_TABLES
            if (count := count_differences(connection, table))
        ]
    _refuse_arrivals(connection, submissions)
    return differing


def _derive(context: Context, submissions: Sequence[int], progress: Progress) -> tuple[int, int]:
    """Derive everything again in the shadow tables; returns how many reports were filed and subjects judged."""
    inner = Context(context.connection, context.clock)
    replay_acts(inner)
    reports = _file_submissions(inner, submissions, progress)
    subjects = judge_pending(inner)
    swept_day = read_swept_day(context.connection)
    if swept_day is not None:
        repeat_sweep(inner, as_of=swept_day)
    return reports, subjects


def _refuse_arrivals(connection: Connection[TupleRow], submissions: Sequence[int]) -> None:
    if list_recorded(connection) != submissions:
        raise NotComparableError(
            "Submissions arrived meanwhile. Stop the server and try again.",
            message_zh="期间有新的报送。请停止服务后重试。",
        )


def _file_submissions(context: Context, submissions: Iterable[int], progress: Progress) -> int:
    """File all accepted rows again, withdrawals last; returns how many reports.

    A withdrawal may stand in an earlier submission than its target: the one of the lower number was recorded later.
    """
    filed = 0
    with_withdrawals: list[int] = []
    for submission_no in submissions:
        count, left_out = _file_submission(context, submission_no, progress, are_withdrawals=False)
        filed += count
        if left_out:
            with_withdrawals.append(submission_no)
    for submission_no in with_withdrawals:
        filed += _file_submission(context, submission_no, progress, are_withdrawals=True)[0]
    return filed


def _file_submission(
    context: Context, submission_no: int, progress: Progress, *, are_withdrawals: bool
) -> tuple[int, int]:
    """File the withdrawals of a submission, or all its other accepted rows; returns how many, and how many were left out."""
    submission = read_submission(context.connection, submission_no)
    if submission is None:
        return 0, 0
    recorder = Recorder(
        context.connection,
        submission_no=submission_no,
        received_at=submission.received_at,
        is_bulk=submission.lane > 0,
        parties=context.parties,
    )
    filed = left_out = 0
    batch: list[dict[str, Any]] = []
    for outcome in read_outcomes(context.connection, submission_no):
        if outcome["outcome"] != "accepted":
            continue
        if (outcome["report"]["kind"] == "report_withdrawn") != are_withdrawals:
            left_out += 1
            continue
        batch.append(outcome)
        if len(batch) >= BATCH_ROWS:
            filed += _file_batch(context, recorder, batch)
            progress(filed)
            batch = []
    return filed + _file_batch(context, recorder, batch), left_out


def _file_batch(context: Context, recorder: Recorder, batch: list[dict[str, Any]]) -> int:
    with context.connection.transaction():
        return recorder.file_recorded(batch)
