"""Submissions: raw bytes first, in pieces, then the progress of recording them."""

import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

import msgspec
from psycopg import Connection, errors
from psycopg.rows import TupleRow

from suyuan.core.value import SHANGHAI
from suyuan.store.queries import load_queries
from suyuan.store.record import BatchOutcome

SQL = load_queries("submission")
PIECE_BYTES = 1_000_000
RECORDED = frozenset({"recorded", "unreadable"})  # the statuses in which every row has its outcome
NAME_DIGITS_MAX = 18  # a bigint has 19


@dataclass(frozen=True, slots=True)
class Submission:
    """One submission as it stands."""

    submission_no: int
    submitter: str
    received_at: datetime
    form: str
    file_name: str
    status: str
    byte_count: int
    digest: bytes
    lane: int
    rows_done: int
    accepted: int
    duplicate: int
    rejected: int
    file_errors: list[dict[str, Any]]
    digest_sm3: bytes

    @property
    def name(self) -> str:
        """Return the public name of the submission."""
        return submission_name(self.submission_no)

    @property
    def is_recorded(self) -> bool:
        """Tell whether every row has its outcome."""
        return self.status in RECORDED


class Keyed(NamedTuple):
    """What came of a submission with an idempotency key."""

    submission_no: int
    key: str
    status: str
    accepted: int
    duplicate: int
    rejected: int

    @property
    def is_recorded(self) -> bool:
        """Tell whether every row has its outcome."""
        return self.status in RECORDED


def submission_name(submission_no: int) -> str:
    """Return the public name of a submission."""
    return f"s-{submission_no:012d}"


def parse_submission_name(name: str) -> int | None:
    """Return the number in a public name, None if it is none."""
    digits = name.removeprefix("s-")
    return (
        int(digits)
        if name.startswith("s-") and digits.isascii() and digits.isdigit() and len(digits) <= NAME_DIGITS_MAX
        else None
    )


def create_submission(
    connection: Connection[TupleRow],
    *,
    submitter_no: int,
    received_at: datetime,
    form: str,
    file_name: str,
) -> int:
    """Open a submission and return its number."""
    given = {
        "submitter": submitter_no,
        "received_at": received_at,
        "form": form,
        "file_name": file_name[:200],
    }
    row = connection.execute(SQL.create_submission, given).fetchone()
    assert row is not None
    return int(row[0])


def month_of(received_at: datetime) -> date:
    """Return the month whose partition holds the raw bytes."""
    return received_at.astimezone(SHANGHAI).date().replace(day=1)


def ensure_partition(connection: Connection[TupleRow], month: date) -> None:
    """Make the partition of a month, in a transaction of its own; another process may do so at the same time."""
    name = f"submission_piece_{month:%Y_%m}"
    row = connection.execute(SQL.find_partition, {"name": name}).fetchone()
    if row is not None and row[0]:
        return
    try:
        with connection.transaction():
            connection.execute(SQL.make_partition, {"month": month})
    except (errors.UniqueViolation, errors.DuplicateTable, errors.InvalidObjectDefinition):
        return  # made by another process in the same moment


def store_piece(
    connection: Connection[TupleRow], submission_no: int, *, month: date, piece_no: int, body: bytes
) -> None:
    """Store one piece of raw bytes, compressed."""
    given = {
        "received_month": month,
        "submission_no": submission_no,
        "piece_no": piece_no,
        "body": zlib.compress(body, 1),
    }
    connection.execute(SQL.store_piece, given)


def finish_receiving(
    connection: Connection[TupleRow],
    submission_no: int,
    *,
    byte_count: int,
    digest: bytes,
    digest_sm3: bytes,
    lane: int,
    idempotency_key: str | None,
) -> None:
    """Note that all bytes are stored; the key is taken only now, so that a submission cut off in the middle keeps none."""
    given = {
        "submission_no": submission_no,
        "byte_count": byte_count,
        "digest": digest,
        "digest_sm3": digest_sm3,
        "lane": lane,
        "idempotency_key": idempotency_key,
    }
    connection.execute(SQL.finish_receiving, given)


def read_pieces(connection: Connection[TupleRow], submission: Submission) -> Iterator[bytes]:
    """Yield the raw bytes of a submission, piece by piece."""
    month = month_of(submission.received_at)
    piece_no, is_last = 0, False
    while not is_last:
        given = {"received_month": month, "submission_no": submission.submission_no, "piece_no": piece_no}
        row = connection.execute(SQL.read_piece, given).fetchone()
        if row is None:
            return
        yield zlib.decompress(row[0])
        piece_no, is_last = piece_no + 1, row[1]


def has_pieces(connection: Connection[TupleRow], submission: Submission) -> bool:
    """Tell whether raw bytes of a submission are there; none are of an empty file, and after an erasure."""
    given = {"received_month": month_of(submission.received_at), "submission_no": submission.submission_no}
    row = connection.execute(SQL.has_pieces, given).fetchone()
    return row is not None and bool(row[0])


def delete_pieces(connection: Connection[TupleRow], submission: Submission) -> int:
    """Erase the raw bytes of a submission, whose digests stay; returns how many pieces there were."""
    given = {"received_month": month_of(submission.received_at), "submission_no": submission.submission_no}
    return connection.execute(SQL.delete_pieces, given).rowcount


def lock_submission(connection: Connection[TupleRow], submission_no: int) -> tuple[str, int, list[int]]:
    """Lock a submission until the transaction ends; returns status, the last row done, and the rows deferred."""
    row = connection.execute(SQL.lock_submission, {"submission_no": submission_no}).fetchone()
    assert row is not None
    return row[0], row[1], list(row[2])


def add_progress(
    connection: Connection[TupleRow],
    submission_no: int,
    *,
    outcome: BatchOutcome,
    status: str,
    rows_done: int,
    deferred_rows: Iterable[int],
    file_errors: list[Any],
) -> None:
    """Note what a batch did, in the batch's own transaction."""
    given = {
        "submission_no": submission_no,
        "status": status,
        "rows_done": rows_done,
        "accepted": outcome.accepted,
        "duplicate": outcome.duplicate,
        "rejected": outcome.rejected,
        "deferred_rows": sorted(deferred_rows),
        "file_errors": msgspec.json.encode(file_errors).decode() if file_errors else None,
    }
    connection.execute(SQL.add_progress, given)


def read_submission(connection: Connection[TupleRow], submission_no: int) -> Submission | None:
    """Return a submission, None if there is none of this number."""
    row = connection.execute(SQL.read_submission, {"submission_no": submission_no}).fetchone()
    if row is None:
        return None
    file_errors = msgspec.json.decode(row[13]) if row[13] else []
    return Submission(*(*row[:7], bytes(row[7] or b""), *row[8:13], file_errors, bytes(row[14] or b"")))


def find_by_key(connection: Connection[TupleRow], *, uscc: str, idempotency_key: str) -> int | None:
    """Return the submission stored under an idempotency key of a participant."""
    row = connection.execute(SQL.find_by_key, {"uscc": uscc, "idempotency_key": idempotency_key}).fetchone()
    return int(row[0]) if row else None


def list_keyed(connection: Connection[TupleRow], *, prefix: str) -> list[Keyed]:
    """Return the submissions whose idempotency keys begin with a prefix, in the order of their numbers."""
    return [Keyed(*row) for row in connection.execute(SQL.list_keyed, {"prefix": prefix})]


def list_unrecorded(connection: Connection[TupleRow]) -> list[int]:
    """Return the submissions whose rows are not all recorded, small ones first."""
    return [row[0] for row in connection.execute(SQL.list_unrecorded, {})]


def list_recorded(connection: Connection[TupleRow]) -> list[int]:
    """Return all submissions with recorded rows, in the order of their numbers."""
    return [row[0] for row in connection.execute(SQL.list_recorded, {})]


def is_judged(connection: Connection[TupleRow], submission_no: int) -> bool:
    """Tell whether nothing that a submission caused still waits for a judge."""
    row = connection.execute(SQL.is_pending, {"submission_no": submission_no}).fetchone()
    return row is not None and not row[0]


def find_last_submission(connection: Connection[TupleRow]) -> int:
    """Return the highest number of a submission, 0 before the first."""
    row = connection.execute(SQL.find_last_submission, {}).fetchone()
    assert row is not None
    return int(row[0])


def has_submission(connection: Connection[TupleRow]) -> bool:
    """Tell whether anything was ever submitted."""
    return connection.execute(SQL.find_any_submission, {}).fetchone() is not None
