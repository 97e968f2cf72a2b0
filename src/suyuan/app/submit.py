"""Arrive, decode, check, record: from a file to a receipt.

The raw bytes are durable before the first row is looked at; batches are recorded one by one, each in one transaction, so a
submission that was cut off goes on where it stopped.
"""

import hashlib
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from psycopg import Connection, errors
from psycopg.rows import TupleRow

from suyuan.app.context import Context, Progress, UseCaseError, no_progress
from suyuan.app.hints import hint_at_neighbours
from suyuan.app.personal import ERASED, KEPT, Safe, describe_personal
from suyuan.app.receipt import acknowledge_submission, read_or_acknowledge
from suyuan.core.admission import Admission, Admitted, admit
from suyuan.core.catalogue import PERSONAL_FIELDS
from suyuan.core.report import utc_text
from suyuan.evidence.acknowledgement import read_promise
from suyuan.intake.reader import DecodedRow, FileError, open_reader
from suyuan.store.log import find_place, is_behind
from suyuan.store.outcomes import read_outcomes
from suyuan.store.queries import load_queries
from suyuan.store.record import BatchOutcome, Recorder, StagedRow
from suyuan.store.registry import is_historical
from suyuan.store.slot import place_of, report_no_of
from suyuan.store.submission import (
    PIECE_BYTES,
    Submission,
    add_progress,
    create_submission,
    ensure_partition,
    find_by_key,
    finish_receiving,
    has_pieces,
    is_judged,
    lock_submission,
    month_of,
    read_pieces,
    read_submission,
    store_piece,
    submission_name,
)

BATCH_ROWS_MAX = 10_000  # a transaction may hold 100,000 (architecture); 10,000 keeps the memory of a process small
BATCH_BYTES_MAX = 16_000_000
BULK_BYTES_MIN = 256_000  # a larger submission is judged after the small ones
LISTED_ROWS_MAX = 1_000  # an answer lists every row up to here; beyond it only what must be told
TOLD_ROWS_MAX = 10_000  # and of that no more than this
PIECES_PER_TRANSACTION = 32
WAITING_MAX = 100_000  # what waits to be sealed; a sealer takes a minute and a half for it
SQL = load_queries("submission")
_RETRY_SECONDS = 0.02


class LogBehindError(UseCaseError):
    """So much waits to be sealed that the promise of a place within a minute could not be kept for more."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """What comes in: who sends it, in which form, under which name, when it was received."""

    submitter: str
    form: str
    file_name: str
    received_at: datetime
    idempotency_key: str | None = None


def submit(context: Context, chunks: Iterable[bytes], *, arrival: Arrival, progress: Progress = no_progress) -> int:
    """Receive and record a file; return the number of the submission. Raises UseCaseError for an unknown submitter."""
    submission_no = receive(context, chunks, arrival=arrival)
    record_all(context, submission_no, progress=progress)
    return submission_no


def record_all(context: Context, submission_no: int, *, progress: Progress = no_progress) -> None:
    """Return when every row of a submission has its outcome, whoever recorded it."""
    while not record(context, submission_no, progress=progress):
        time.sleep(_RETRY_SECONDS)  # a worker was faster to take it up


def receive(context: Context, chunks: Iterable[bytes], *, arrival: Arrival) -> int:
    """Store the raw bytes durably and return the number of the submission; the same idempotency key gives the stored one."""
    connection = context.connection
    if arrival.submitter not in context.read_registry():
        raise UseCaseError(
            f"{arrival.submitter} is not registered as a participant. Ask the operator to register it.",
            message_zh=f"{arrival.submitter} 未登记为报告单位。请联系平台运营方登记。",
        )
    if arrival.idempotency_key is not None:
        known = find_by_key(connection, uscc=arrival.submitter, idempotency_key=arrival.idempotency_key)
        if known is not None:
            return known
    if context.log_folder is not None and is_behind(connection, limit=WAITING_MAX):
        raise LogBehindError(
            f"{WAITING_MAX:,} submissions and acts wait to be sealed, too many to promise a receipt in time. Send this again in a "
            "while; the operator sees to it that a worker runs (suyuan work).",
            message_zh=f"有 {WAITING_MAX:,} 份报送和行为等待封存，无法按时出具回执。请稍后重新报送；运营方请确认 suyuan work 正在运行。",
        )
    month = month_of(arrival.received_at)
    ensure_partition(connection, month)
    try:
        return _store_bytes(context, _cut(chunks), arrival)
    except errors.UniqueViolation:  # another request with the same key was faster
        known = find_by_key(connection, uscc=arrival.submitter, idempotency_key=arrival.idempotency_key or "")
        if known is None:
            raise
        return known


def _store_bytes(context: Context, pieces: Iterator[bytes], arrival: Arrival) -> int:
    """Store the pieces, some to a transaction; one transaction for a file of few pieces."""
    connection = context.connection
    digest, digest_sm3 = hashlib.sha256(), hashlib.new("sm3")
    byte_count, piece_no, submission_no = 0, 0, 0
    following: bytes | None = next(pieces, b"")
    while following is not None:
        with connection.transaction():
            if submission_no == 0:
                submission_no = create_submission(
                    connection,
                    submitter_no=context.parties.learn(connection, [arrival.submitter])[arrival.submitter],
                    received_at=arrival.received_at,
                    form=arrival.form,
                    file_name=arrival.file_name,
                )
            for _ in range(PIECES_PER_TRANSACTION):
                if following is None:
                    break
                store_piece(
                    connection, submission_no, month=month_of(arrival.received_at), piece_no=piece_no, body=following
                )
                digest.update(following)
                digest_sm3.update(following)
                byte_count, piece_no = byte_count + len(following), piece_no + 1
                following = next(pieces, None)
            if following is None:
                lane = 1 if byte_count >= BULK_BYTES_MIN else 0
                finish_receiving(
                    connection,
                    submission_no,
                    byte_count=byte_count,
                    digest=digest.digest(),
                    digest_sm3=digest_sm3.digest(),
                    lane=lane,
                    idempotency_key=arrival.idempotency_key,
                )
    return submission_no


def _cut(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the bytes in pieces of at most 1 MB."""
    held = bytearray()
    for chunk in chunks:
        held += chunk
        while len(held) >= PIECE_BYTES:
            yield bytes(held[:PIECE_BYTES])
            del held[:PIECE_BYTES]
    if held:
        yield bytes(held)


def record(context: Context, submission_no: int, *, progress: Progress = no_progress) -> bool:
    """Decode, check and record what is not yet recorded of a submission; returns whether all of it is recorded now.

    Returns False at once when another process is at it. The advisory lock only saves work: what keeps a batch from being
    recorded twice is the submission's own row, locked and compared in each batch's transaction.
    """
    connection = context.connection
    taken = connection.execute(SQL.try_recording, {"submission_no": submission_no}).fetchone()
    if taken is None or not taken[0]:
        return read_status(connection, submission_no) not in ("received", "recording")
    try:
        submission = read_submission(connection, submission_no)
        if submission is None or submission.is_recorded or submission.status == "receiving":
            return True
        stored = submission
        _record_from(connection, context, stored, lambda: read_pieces(connection, stored), progress)
    except errors.DeadlockDetected:
        return False  # two files of one reporter withdraw what the other reports; the batch is taken up again
    finally:
        if not connection.closed:
            connection.execute(SQL.end_recording, {"submission_no": submission_no})
    # After the last transaction, and only then; where another process records the rest, it acknowledges.
    submission = read_submission(connection, submission_no)
    if submission is None or not submission.is_recorded:
        return False
    acknowledge_submission(context, submission)
    return True


def try_out(context: Context, source: Callable[[], Iterable[bytes]], *, arrival: Arrival) -> dict[str, Any]:
    """Return the result that a submission would have, by doing all of it and taking it back: the dry run is the real run."""
    connection = context.connection
    registry = context.read_registry()
    if arrival.submitter not in registry:
        receive(context, (), arrival=arrival)
    result: dict[str, Any] = {}
    # Outside of what is taken back: rows of this month in the default partition would keep others from making its own.
    ensure_partition(connection, month_of(arrival.received_at))
    with connection.transaction(force_rollback=True):
        submission_no = _store_bytes(context, _cut(source()), arrival)
        submission = read_submission(connection, submission_no)
        assert submission is not None
        _record_from(connection, context, submission, source, no_progress, is_trial=True)
        result = describe_submission(replace(context, log_folder=None), submission_no)  # nothing is promised
        hint_at_neighbours(context, submission_no, result)
    context.parties = type(context.parties)()  # numbers given in the rolled-back transaction are void
    return {**result, "submission": None, "dry_run": True, "judged": False}


def _record_from(
    connection: Connection[TupleRow],
    context: Context,
    submission: Submission,
    source: Callable[[], Iterable[bytes]],
    progress: Progress,
    *,
    is_trial: bool = False,
) -> None:
    admission = Admission(
        context.read_registry(),
        submission.submitter,
        submission.received_at,
        is_historical(connection),
        context.rulebook,
    )
    recorder = Recorder(
        connection,
        submission_no=submission.submission_no,
        received_at=submission.received_at,
        is_bulk=submission.lane > 0,
        parties=context.parties,
        is_trial=is_trial,
    )
    safe = Safe(None if is_trial else context.log_folder)
    rows = open_reader(source, form=submission.form, file_name=submission.file_name)
    done, ended = submission.rows_done, submission.status

    def stage(row: DecodedRow) -> StagedRow:
        return check_row(row, admission=admission, recorder=recorder, safe=safe)

    for batch, file_errors, is_last in _batch(rows, stage=stage, after=done):
        with connection.transaction():
            status, rows_done, deferred = lock_submission(connection, submission.submission_no)
            if status in ("recorded", "unreadable") or rows_done != done:
                return  # another process records this submission
            outcome = recorder.record_batch(batch, is_last=is_last and not deferred)
            deferred += outcome.deferred
            done = batch[-1].row if batch else done
            ended = _end_status(submission, outcome, file_errors) if is_last and not deferred else "recording"
            add_progress(
                connection,
                submission.submission_no,
                outcome=outcome,
                status=ended,
                rows_done=done,
                deferred_rows=deferred,
                file_errors=file_errors,
            )
        progress(done)
    if ended == "recording":
        _record_deferred(connection, recorder, admission, submission, source)


def read_status(connection: Connection[TupleRow], submission_no: int) -> str:
    """Return the status of a submission."""
    submission = read_submission(connection, submission_no)
    return submission.status if submission else "unknown"


def _end_status(submission: Submission, outcome: BatchOutcome, file_errors: list[FileError]) -> str:
    has_rows = submission.rows_done or outcome.accepted or outcome.duplicate or outcome.rejected
    return "unreadable" if file_errors and not has_rows else "recorded"


def _record_deferred(
    connection: Connection[TupleRow],
    recorder: Recorder,
    admission: Admission,
    submission: Submission,
    source: Callable[[], Iterable[bytes]],
) -> None:
    """Settle the withdrawals that named a report further down in the file, now that all of it is recorded."""
    with connection.transaction():
        status, rows_done, deferred = lock_submission(connection, submission.submission_no)
        if status != "recording":
            return
        wanted = set(deferred)
        rows = open_reader(source, form=submission.form, file_name=submission.file_name)
        found = [
            check_row(
                row, admission=admission, recorder=recorder, safe=Safe(None)
            )  # withdrawals carry no personal value
            for row in rows
            if isinstance(row, DecodedRow) and row.row in wanted
        ]
        outcome = recorder.record_batch(found, is_last=True)
        now = read_submission(connection, submission.submission_no)
        add_progress(
            connection,
            submission.submission_no,
            outcome=outcome,
            status="recorded",
            rows_done=rows_done,
            deferred_rows=(),
            file_errors=now.file_errors if now else [],
        )


def _batch(
    rows: Iterator[DecodedRow | FileError], *, stage: Callable[[DecodedRow], StagedRow], after: int
) -> Iterator[tuple[list[StagedRow], list[FileError], bool]]:
    """Yield batches of rows behind `after`, the errors that ended the file, and whether the batch is the last."""
    batch: list[StagedRow] = []
    size = 0
    for row in rows:
        if isinstance(row, FileError):
            yield batch, [row], True
            return
        if row.row <= after:
            continue
        if batch and (len(batch) >= BATCH_ROWS_MAX or size >= BATCH_BYTES_MAX):
            yield batch, [], False
            batch, size = [], 0
        batch.append(stage(row))
        size += row.text_bytes
    yield batch, [], True


def check_row(row: DecodedRow, *, admission: Admission, recorder: Recorder, safe: Safe) -> StagedRow:
    """Return a decoded row with what the checker says of it, ready to be recorded, its personal values taken out."""
    personal = None
    if row.raw is None:
        admitted = Admitted(None, list(row.errors), [])
    else:
        admitted = admit(row.raw, admission=admission)
        if row.errors:
            admitted.report = None
            admitted.errors = [*row.errors, *admitted.errors]
        if admitted.report is not None and admitted.report.kind.name in PERSONAL_FIELDS:
            number = report_no_of(recorder.submission_no, row=row.row)
            personal = safe.take_out(admitted.report, report_no=number)
    return recorder.stage(
        row.row, where=row.where, where_zh=row.where_zh, raw=row.raw, admitted=admitted, personal=personal
    )


def describe_submission(context: Context, submission_no: int) -> dict[str, Any]:
    """Return the public result of a submission. Raises UseCaseError if there is none of this number."""
    connection = context.connection
    submission = read_submission(connection, submission_no)
    if submission is None:
        raise UseCaseError(
            f"There is no submission {submission_name(submission_no)}. Check the number on the receipt.",
            message_zh=f"没有报送记录 {submission_name(submission_no)}。请核对回执上的编号。",
        )
    count = submission.accepted + submission.duplicate + submission.rejected
    rows: list[dict[str, Any]] = []
    not_listed = 0
    for outcome in read_outcomes(connection, submission_no, only_told=count > LISTED_ROWS_MAX):
        if len(rows) < TOLD_ROWS_MAX:
            rows.append(_describe_row(outcome))
        else:
            not_listed += 1
    rows.sort(key=lambda row: int(row["row"]))
    _add_personal(context, submission_no, rows)
    result: dict[str, Any] = {
        "submission": submission.name,
        "received_at": utc_text(submission.received_at),
        "digest_sha256": submission.digest.hex(),
        "status": submission.status,
        "accepted": submission.accepted,
        "duplicate": submission.duplicate,
        "rejected": submission.rejected,
        "judged": submission.is_recorded and is_judged(connection, submission_no),
        "sealed": find_place(connection, source="submission", source_no=submission_no) is not None,
        "raw_bytes": KEPT if has_pieces(connection, submission) or not submission.byte_count else ERASED,
        "rows": rows,
        "receipt": _describe_receipt(context, submission),
    }
    if not_listed:
        result["rows_not_listed"] = not_listed
    if submission.file_errors:
        result["file_errors"] = submission.file_errors
    return result


def _add_personal(context: Context, submission_no: int, rows: list[dict[str, Any]]) -> None:
    """Say of the rows with personal values whether these are kept or erased."""
    numbers = {report_no_of(submission_no, row=row["row"]): row for row in rows if row["outcome"] == "accepted"}
    for number, fields in describe_personal(context, numbers).items():
        numbers[number]["personal"] = fields


def _describe_receipt(context: Context, submission: Submission) -> dict[str, Any]:
    """Return the first step of the receipt: the signed acknowledgement, and by when the log will include the submission."""
    text = read_or_acknowledge(context, submission)
    described = {"digest_sha256": submission.digest.hex(), "received_at": utc_text(submission.received_at)}
    if text is None:
        return described
    return {**described, "acknowledgement": text, "included_by": read_promise(text)["included_by"]}


def _describe_row(outcome: dict[str, Any]) -> dict[str, Any]:
    """Return a row's outcome as the public format has it."""
    row: dict[str, Any] = {"row": outcome["row"], "outcome": outcome["outcome"]}
    if outcome["outcome"] == "accepted":
        return {**row, "report_id": outcome["report"]["report_id"], "notices": outcome.get("notices", [])}
    if outcome["outcome"] == "duplicate":
        submission_no, first_row = place_of(outcome["duplicate_of"])
        return {
            **row,
            "report_id": outcome["report_id"],
            "duplicate_of": {"submission": submission_name(submission_no), "row": first_row},
        }
    raw = outcome.get("raw") or {}
    report_id = raw.get("report_id")
    return {
        **row,
        "report_id": report_id if isinstance(report_id, str) else None,
        "where": outcome["where"],
        "where_zh": outcome.get("where_zh", outcome["where"]),  # what was recorded before schema 0008 holds none
        "errors": outcome["errors"],
    }
