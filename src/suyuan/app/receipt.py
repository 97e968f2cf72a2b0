"""Receipts in two steps: an acknowledgement as soon as all is committed, a proof when the log includes it."""

from suyuan.app.context import Context, UseCaseError
from suyuan.app.log_keys import choose_signers, open_log, read_keys
from suyuan.app.log_record import RowRecord, describe_recorded, read_row_records, tell_file_errors
from suyuan.evidence.acknowledgement import acknowledge
from suyuan.evidence.checkpoint import parse_checkpoint
from suyuan.evidence.hashing import SHA256, SM3, TWINS
from suyuan.evidence.key_change import KeyState
from suyuan.evidence.merkle import leaf_hash, prove_inclusion
from suyuan.evidence.note import split_note
from suyuan.evidence.proof import Proof, Receipt, RowProof
from suyuan.evidence.tiles import TiledTree
from suyuan.store.log import (
    Place,
    find_checkpoint,
    find_place,
    keep_acknowledgement,
    list_signatures,
    read_acknowledgement,
)
from suyuan.store.submission import Submission, read_submission, submission_name


class NotSealedError(UseCaseError):
    """What was asked for is recorded and not yet in the log; it will be in a minute."""


def read_or_acknowledge(context: Context, submission: Submission) -> str | None:
    """Return the signed acknowledgement of a submission, given now where it has none yet; None as `acknowledge_submission`."""
    known = read_acknowledgement(context.connection, submission.submission_no)
    return acknowledge_submission(context, submission) if known is None else known


def acknowledge_submission(context: Context, submission: Submission) -> str | None:
    """Acknowledge a submission and return the text; None while rows wait for their outcome, or where no key lies.

    The first one stays: its promise counts from when everything was committed.
    """
    folder = context.log_folder
    if folder is None or not submission.is_recorded:
        return None
    now = context.clock()
    signers = choose_signers(open_log(context, folder), folder, moment=now)
    if not signers:
        return None
    text = acknowledge(describe_recorded(submission), committed_at=now, signers=signers)
    return keep_acknowledgement(context.connection, submission.submission_no, text)


def make_receipt(context: Context, source: str, source_no: int, *, row: int | None = None) -> bytes:
    """Return the receipt of a submission, of one row of it, or of an act: a proof that stands without this platform.

    With witnesses it is of the first checkpoint that has the quorum; else it is provisional, of the first that includes it.
    Raises UseCaseError where it is not sealed yet, or has no such row.
    """
    folder, state = context.log_folder, read_keys(context)
    place = find_place(context.connection, source=source, source_no=source_no)
    if place is None or state is None or folder is None:
        raise _not_sealed(source, source_no)
    found = _choose_checkpoint(context, state, place)
    if found is None:
        raise _not_sealed(source, source_no)
    size, text = found
    paths = {
        hashing.name: TiledTree(
            folder.reader(place.shard, hashing=hashing), size=size, hashing=hashing
        ).prove_inclusion(place.index)
        for hashing in TWINS
    }
    is_submission = source == "submission"
    receipt = Receipt(
        place.record.decode(),
        place.blind,
        tuple(paths[SM3.name]),
        read_acknowledgement(context.connection, source_no) if is_submission else None,
        None if row is None else _prove_row(context, source_no, row),
        _read_told(context, source_no) if is_submission else None,
    )
    note = f"{text}\n{_choose_lines(context, state, place.shard, size=size, text=text)}"
    return str(Proof(place.index, tuple(paths[SHA256.name]), note, receipt.encode())).encode()


def _choose_checkpoint(context: Context, state: KeyState, place: Place) -> tuple[int, str] | None:
    """Return the first checkpoint with the quorum, else the first at all; each must carry the log's own signatures."""
    names = [key.name for key in state.trust.witnesses]
    for quorum in (state.quorum, 0):
        found = find_checkpoint(
            context.connection, shard=place.shard, size=place.index + 1, witnesses=names, quorum=quorum
        )
        if found is not None:
            return found
    return None


def _choose_lines(context: Context, state: KeyState, shard: int, *, size: int, text: str) -> str:
    """Return the lines of the log's own keys and of the witnesses who cosigned first, as many as the quorum asks."""
    checkpoint, trust = parse_checkpoint(text), state.trust
    ours = {key.named(checkpoint.origin).key_id for key in state.keys}
    witnesses = {key.key_id for key in trust.witnesses}
    lines = [
        split_note(f"{text}\n{line}")[1][0]
        for _, _, line in list_signatures(context.connection, shard=shard, size=size)
    ]
    cosigned = sorted((one for one in lines if one.key_id in witnesses), key=lambda one: one.time or 0, reverse=True)
    first_of = {one.name: one for one in cosigned}  # a witness counts once, however many keys it has
    chosen = sorted(first_of.values(), key=lambda one: one.time or 0)[: state.quorum]
    return "".join(one.line for one in ([one for one in lines if one.key_id in ours] + chosen))


def _read_told(context: Context, submission_no: int) -> bytes | None:
    """Return the stored text of what was wrong with a file as a whole, None where nothing was."""
    submission = read_submission(context.connection, submission_no)
    return tell_file_errors(submission) if submission is not None and submission.file_errors else None


def _prove_row(context: Context, submission_no: int, row: int) -> RowProof:
    """Return the proof of a row; of the others only the hashes are held, since a submission may have a million rows."""
    found: tuple[int, RowRecord] | None = None
    hashes: dict[str, list[bytes]] = {hashing.name: [] for hashing in TWINS}
    for at, one in enumerate(read_row_records(context.connection, submission_no)):
        if one.row == row:
            found = at, one
        for hashing in TWINS:
            hashes[hashing.name].append(leaf_hash(one.record, hashing=hashing))
    if found is None:
        raise UseCaseError(
            f"{submission_name(submission_no)} has no row {row}. Rows are numbered as in the file, the heading included.",
            message_zh=f"{submission_name(submission_no)} 没有第 {row} 行。行号与文件一致（含表头）。",
        )
    index, proven = found
    sha256, sm3 = (tuple(prove_inclusion(hashes[one.name], index=index, hashing=one)) for one in TWINS)
    return RowProof(index, proven.record.decode(), sha256, sm3, proven.told)


def _not_sealed(source: str, source_no: int) -> NotSealedError:
    name = submission_name(source_no) if source == "submission" else f"act {source_no}"
    return NotSealedError(
        f"{name} is not sealed yet; that takes a minute at most where a worker runs (suyuan serve, suyuan work).",
        message_zh=f"{name} 尚未封存；服务（suyuan serve 或 suyuan work）运行时一分钟内完成。",
    )
