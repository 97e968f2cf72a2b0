"""Seal: what waits gets its place in the log; tiles are written, a checkpoint is signed and published.

Every step may be the last before a crash; the next sealer, here or elsewhere, goes on from what is durable:
(a) leaves and the moved head in one transaction, by compare-and-swap; (b) tiles, a pure function of the leaves; (c) the
checkpoint's text in its row, and signatures of what the row says; (d) the published file.
"""

import secrets
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from suyuan.app.context import Context, UseCaseError
from suyuan.app.cosign import cosign
from suyuan.app.log_keys import choose_signers, open_log, read_keys
from suyuan.app.log_record import RecordDamagedError, describe_head, record_act, record_submission
from suyuan.app.log_tiles import write_tiles
from suyuan.app.submit import WAITING_MAX
from suyuan.core.value import SHANGHAI
from suyuan.evidence import canonical
from suyuan.evidence.checkpoint import Checkpoint, parse_checkpoint
from suyuan.evidence.hashing import SHA256, SM3
from suyuan.evidence.key_change import KeyState
from suyuan.evidence.note import sign_line, split_note
from suyuan.evidence.record import BLIND_BYTES
from suyuan.evidence.tiles import TiledTree
from suyuan.store.log import (
    Head,
    Leaf,
    Waiting,
    append_leaves,
    count_waiting,
    find_last_sealing,
    find_place,
    keep_checkpoint,
    keep_signatures,
    list_heads,
    list_signatures,
    list_waiting,
    read_newest_head,
)
from suyuan.store.log_folder import LogFolder

LEAVES_PER_SEAL = 1_000
SEAL_SECONDS = 1.0
ROWS_PER_SEAL = 200_000  # a seal with more rows than this would keep the others waiting for seconds
Fault = Callable[
    [str], None
]  # called with the name of each step when it is done; the chaos bench kills the process there
Report = Callable[[str, str], None]


def no_fault(_step: str) -> None:
    """Let the step stand."""


def report_nothing(_source: str, _reason: str) -> None:
    """Tell nobody of what could not be sealed."""


def seal(context: Context, folder: LogFolder, *, fault: Fault = no_fault, report: Report = report_nothing) -> int:
    """Seal a batch of what waits and publish; returns how many leaves were added, by whomever of several sealers it was.

    What is damaged is not sealed: `report` is told of it, and the rest goes on.
    """
    state = open_log(context, folder)
    # First what a crash has left behind: else the log grows past a checkpoint that was kept and never signed.
    publish(context, folder, state, fault=fault)
    added = _append(context, state, fault=fault, report=report)
    publish(context, folder, state, fault=fault)
    return added


def seal_submission(context: Context, submission_no: int, *, seconds_max: float = 60.0) -> bool:
    """Seal until a submission has its place in a published checkpoint; tells whether it has, within the time given."""
    folder = context.log_folder
    if folder is None:
        return False
    give_up_at = time.monotonic() + seconds_max
    while time.monotonic() < give_up_at:
        seal(context, folder)
        cosign(context, folder, open_log(context, folder))
        place = find_place(context.connection, source="submission", source_no=submission_no)
        if place is not None and folder.published_size(place.shard) > place.index:
            return True
        if not list_waiting(context.connection, limit=1):
            return False
    return False


def describe_log(context: Context, folder: LogFolder) -> dict[str, Any]:
    """Return the origin of the shard in use, its size, how much of it is published, and how much waits."""
    state, head = read_keys(context), read_newest_head(context.connection)
    waiting = count_waiting(context.connection, limit=WAITING_MAX)
    if state is None:
        return {"origin": None, "size": 0, "published": 0, "waiting": waiting}
    if head is None:  # opened, and nothing sealed yet: no shard
        return {"origin": state.name, "size": 0, "published": 0, "waiting": waiting}
    return {
        "origin": f"{state.name}/{head.shard}",
        "size": head.tree.size,
        "published": folder.published_size(head.shard),
        "waiting": waiting,
    }


def keep_sealing(
    context: Context, folder: LogFolder, *, wait: Callable[[float], bool], report: Report = report_nothing
) -> None:
    """Seal and ask the witnesses every second, after a full batch at once; until `wait(seconds)` answers that it is over."""
    while True:
        added = seal(context, folder, report=report)
        cosign(context, folder, open_log(context, folder))
        if wait(0.0 if added >= LEAVES_PER_SEAL else SEAL_SECONDS):
            return


# -- (a) leaves --------------------------------------------------------------------------------------------------------


def _append(context: Context, state: KeyState, *, fault: Fault, report: Report) -> int:
    connection, now = context.connection, context.clock()
    head = read_newest_head(connection)  # first: whatever is sealed from here on moves it, and this seal gives way
    if head is not None:  # a clock that was put back must not seal before the year of the shard
        now = max(now, datetime(head.shard, 1, 1, tzinfo=SHANGHAI))
    leaves = _make_batch(context, sealed_at=now, report=report)
    if not leaves:
        return 0
    year = now.astimezone(SHANGHAI).year
    if head is None or head.shard < year:
        leaves.insert(0, _open_shard(state, head, year=year, sealed_at=now))
    fault("leaves made")
    with connection.transaction():
        is_ours = append_leaves(connection, leaves, shard=year, before=head)
        fault("leaves written")
    fault("leaves committed")
    return len(leaves) if is_ours else 0


def _make_batch(context: Context, *, sealed_at: datetime, report: Report) -> list[Leaf]:
    """Make the leaves of the first in the queue; where all of these are damaged, of those behind them."""
    after = 0
    while waiting := _limit_rows(list_waiting(context.connection, limit=LEAVES_PER_SEAL, after=after)):
        leaves = list(_make_leaves(context, waiting, sealed_at=sealed_at, report=report))
        if leaves:
            return leaves
        after = waiting[-1].waiting_no
    return []


def _limit_rows(waiting: list[Waiting]) -> list[Waiting]:
    rows = 0
    for count, one in enumerate(waiting):
        rows += one.row_count
        if rows > ROWS_PER_SEAL:
            return waiting[: max(1, count)]
    return waiting


def _make_leaves(context: Context, waiting: list[Waiting], *, sealed_at: datetime, report: Report) -> Iterator[Leaf]:
    for one in waiting:
        make = record_submission if one.source == "submission" else record_act
        try:
            record = make(context.connection, one.source_no, sealed_at=sealed_at)
        except RecordDamagedError as error:
            report(f"{one.source} {one.source_no}", str(error))
            continue
        yield Leaf(one.source, one.source_no, secrets.token_bytes(BLIND_BYTES), record)


def _open_shard(state: KeyState, before: Head | None, *, year: int, sealed_at: datetime) -> Leaf:
    """Return the first leaf of a shard, which repeats the head of the one before."""
    fields = {"type": "log", "origin": f"{state.name}/{year}", "sealed_at": canonical.format_moment(sealed_at)}
    if before is None:
        return Leaf("log", year, secrets.token_bytes(BLIND_BYTES), canonical.encode(fields))
    record = canonical.encode({**fields, "previous": describe_head(before, name=state.name)})
    return Leaf("log", year, secrets.token_bytes(BLIND_BYTES), record)


# -- (b) to (d) ------------------------------------------------------------------------------------------------------


def publish(context: Context, folder: LogFolder, state: KeyState, *, fault: Fault = no_fault) -> None:
    """Write the tiles up to the head, sign its checkpoint and publish it, as far as that is not done.

    Raises UseCaseError where the leaves do not give the head's roots: nothing is signed then.
    """
    for head in list_heads(context.connection):  # a crash at the turn of a year may have left the old shard behind
        before = folder.published_size(head.shard)
        if before < head.tree.size:
            _publish_shard(context, folder, state, head, size_before=before, fault=fault)


def _publish_shard(
    context: Context, folder: LogFolder, state: KeyState, head: Head, *, size_before: int, fault: Fault
) -> None:
    shard, size = head.shard, head.tree.size
    for before in (size_before, 0):  # a second time from the beginning if a tile on the disk was damaged
        if write_tiles(context.connection, folder, shard, size_before=before, size=size) and has_roots(folder, head):
            break
    else:
        raise UseCaseError(
            f"The leaves of shard {shard} do not give the roots that were kept at {size} leaves. Nothing is signed. Run suyuan "
            "audit, and restore the database.",
            message_zh=f"分片 {shard} 的叶子与所存 {size} 个叶子的根不符，未签名。请运行 suyuan audit 并恢复数据库。",
        )
    fault("tiles written")
    _sign(context, folder, state, head, fault=fault)


def has_roots(folder: LogFolder, head: Head) -> bool:
    """Tell whether the tiles in the folder give both roots of a head."""
    roots = head.tree.roots()
    try:
        return all(
            TiledTree(folder.reader(head.shard, hashing=hashing), size=head.tree.size, hashing=hashing).root() == root
            for hashing, root in ((SHA256, roots.sha256), (SM3, roots.sm3))
        )
    except ValueError:
        return False


def _sign(context: Context, folder: LogFolder, state: KeyState, head: Head, *, fault: Fault) -> None:
    """Sign what the row of the checkpoint says, and publish it with the signatures that are kept."""
    connection, shard, size = context.connection, head.shard, head.tree.size
    start, roots = folder.published_size(shard), head.tree.roots()
    sealed_at = canonical.parse_moment(find_last_sealing(connection, shard=shard, start=start))
    now = max(context.clock(), sealed_at) if sealed_at is not None else context.clock()
    origin = f"{state.name}/{shard}"
    text = keep_checkpoint(
        connection, str(Checkpoint(origin, size, roots.sha256, roots.sm3, now)), shard=shard, size=size
    )
    fault("checkpoint kept")
    kept = parse_checkpoint(text)
    if (kept.origin, kept.size, kept.root, kept.root_sm3) != (origin, size, roots.sha256, roots.sm3):
        raise UseCaseError(
            f"The checkpoint of shard {shard} at {size} leaves says another root than the leaves give. Nothing is signed. Run "
            "suyuan audit.",
            message_zh=f"分片 {shard} 在 {size} 个叶子处的检查点与叶子的根不符，未签名。请运行 suyuan audit。",
        )
    signers = choose_signers(state, folder, moment=kept.time)
    if not signers:
        raise UseCaseError(
            f"No private key of the log {state.name} lies in {folder.path / 'keys'}. Restore it, or add a new key.",
            message_zh=f"{folder.path / 'keys'} 中没有日志 {state.name} 的私钥。请恢复私钥或添加新密钥。",
        )
    _, signatures = split_note(text + "\n" + "".join(sign_line(text, one.renamed(origin)) for one in signers))
    keep_signatures(connection, signatures, shard=shard, size=size)
    fault("signatures kept")
    lines = "".join(line for _, _, line in list_signatures(connection, shard=shard, size=size))
    folder.write_checkpoint(shard, f"{text}\n{lines}", size=size)
    fault("checkpoint published")
