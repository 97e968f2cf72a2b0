"""What the log commits to: the record of a submission and of an act, made from what is read back of the database."""

import hashlib
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from psycopg import Connection
from psycopg.rows import TupleRow

from suyuan.evidence import canonical
from suyuan.evidence.acknowledgement import describe_submission
from suyuan.evidence.record import Digests, TwinTree, accepted_row, digest_both, duplicate_row, rejected_row
from suyuan.store.log import Head
from suyuan.store.outcomes import read_lines
from suyuan.store.registry import read_act
from suyuan.store.slot import place_of
from suyuan.store.submission import Submission, read_pieces, read_submission, submission_name

IsErased = Callable[[Submission], bool]


def is_never_erased(_submission: Submission) -> bool:
    """Let nothing be missing: only what is sealed can be erased."""
    return False


class RecordDamagedError(Exception):
    """What the database holds is not what it said when it was received; such a thing is not sealed. `table` is where."""

    def __init__(self, message: str, *, table: str) -> None:
        super().__init__(message)
        self.table = table


@dataclass(frozen=True, slots=True)
class RowRecord:
    """The record of a row, and the stored line where the record holds its digests."""

    row: int
    record: bytes
    told: bytes | None


def describe_recorded(submission: Submission) -> dict[str, Any]:
    """Return what acknowledgement and record say of a submission."""
    return describe_submission(
        submission=submission.name,
        submitter=submission.submitter,
        received_at=submission.received_at,
        status=submission.status,
        byte_count=submission.byte_count,
        digests=Digests(submission.digest, submission.digest_sm3),
        accepted=submission.accepted,
        duplicate=submission.duplicate,
        rejected=submission.rejected,
    )


def describe_head(head: Head, *, name: str) -> dict[str, Any]:
    """Return what the first leaf of a shard says of the shard before it, whose head this is."""
    return {"origin": f"{name}/{head.shard}", "size": head.tree.size, **head.tree.roots().as_fields("root")}


def tell_file_errors(submission: Submission) -> bytes:
    """Return the text in which the faults of a file as a whole are kept and told."""
    return msgspec.json.encode(submission.file_errors)


def record_submission(
    connection: Connection[TupleRow], submission_no: int, *, sealed_at: datetime, is_erased: IsErased = is_never_erased
) -> bytes:
    """Return the record of a submission, its digests and roots made from the bytes and rows as they are read back.

    Where raw bytes are gone and `is_erased` says that an act names them, the digests are those that were noted.
    Raises RecordDamagedError where they are not what was noted when they came.
    """
    submission = read_submission(connection, submission_no)
    if submission is None:
        raise RecordDamagedError(f"submission {submission_no} is gone", table="submission")
    byte_count, digests = _digest_pieces(connection, submission)
    if not byte_count and submission.byte_count and is_erased(submission):
        byte_count, digests = submission.byte_count, Digests(submission.digest, submission.digest_sm3)
    tree = TwinTree()
    try:
        for row in read_row_records(connection, submission_no):
            tree.append(row.record)
    except (ValueError, KeyError, TypeError, zlib.error) as error:
        raise RecordDamagedError(f"{submission.name}: a row cannot be read ({error})", table="row_outcome") from None
    if byte_count != submission.byte_count or digests.sha256 != submission.digest:
        raise RecordDamagedError(
            f"{submission.name}: its raw bytes are not what was received", table="submission_piece"
        )
    if tree.size != submission.accepted + submission.duplicate + submission.rejected:
        raise RecordDamagedError(f"{submission.name}: it has other rows than were counted", table="row_outcome")
    fields = {
        "type": "submission",
        **describe_recorded(submission),
        **digests.as_fields("digest"),
        "form": submission.form,
        "file_name": canonical.clean_text(submission.file_name),
        "sealed_at": canonical.format_moment(
            max(sealed_at, submission.received_at)
        ),  # clocks of two machines may differ
        **tree.roots().as_fields("rows_root"),
    }
    if submission.file_errors:
        fields |= digest_both(tell_file_errors(submission)).as_fields("told")
    return canonical.encode(fields)


def _digest_pieces(connection: Connection[TupleRow], submission: Submission) -> tuple[int, Digests]:
    sha256, sm3, byte_count = hashlib.sha256(), hashlib.new("sm3"), 0
    try:
        for piece in read_pieces(connection, submission):
            sha256.update(piece)
            sm3.update(piece)
            byte_count += len(piece)
    except zlib.error as error:
        raise RecordDamagedError(
            f"{submission.name}: raw bytes cannot be read ({error})", table="submission_piece"
        ) from None
    return byte_count, Digests(sha256.digest(), sm3.digest())


def record_act(connection: Connection[TupleRow], act_no: int, *, sealed_at: datetime) -> bytes:
    """Return the record of an act; raises RecordDamagedError where its bytes are not what was noted."""
    try:
        act = read_act(connection, act_no)
    except zlib.error as error:
        raise RecordDamagedError(f"act {act_no} cannot be read ({error})", table="act") from None
    if act is None:
        raise RecordDamagedError(f"act {act_no} is gone", table="act")
    digests = digest_both(act.body)
    if digests.sha256 != act.digest:
        raise RecordDamagedError(f"the bytes of act {act_no} are not what was recorded", table="act")
    return canonical.encode(
        {
            "type": "act",
            "act_no": act_no,
            "kind": act.kind,
            "acted_at": canonical.format_moment(act.acted_at),
            "sealed_at": canonical.format_moment(max(sealed_at, act.acted_at)),
            "actor": canonical.clean_text(act.actor),
            "byte_count": len(act.body),
            **digests.as_fields("digest"),
        }
    )


def read_row_records(connection: Connection[TupleRow], submission_no: int) -> Iterator[RowRecord]:
    """Yield the records of a submission's rows in the order of row numbers, made from the stored lines."""
    for row, line in read_lines(connection, submission_no):
        yield record_row(row, line)


def record_row(row: int, line: bytes) -> RowRecord:
    """Return the record of a row, made from its stored line.

    Most lines are of accepted rows without notices; of these the report is cut out, not read: a nation has millions.
    """
    head = b'{"row":%d,"outcome":"accepted","report":' % row
    if line.startswith(head) and line.endswith(b"}}"):
        return RowRecord(row, accepted_row(row, report=line[len(head) : -1], told=None), None)
    outcome = msgspec.json.decode(line)
    if outcome["outcome"] == "accepted":
        report = canonical.encode(outcome["report"])
        return RowRecord(row, accepted_row(row, report=report, told=line), line)
    if outcome["outcome"] == "duplicate":
        submission_no, first_row = place_of(outcome["duplicate_of"])
        first = submission_name(submission_no)
        return RowRecord(
            row, duplicate_row(row, report_id=outcome["report_id"], submission=first, first_row=first_row), None
        )
    codes = [error["code"] for error in outcome["errors"]]
    return RowRecord(row, rejected_row(row, codes=codes, told=line), line)
