"""The transparency log in the database: what waits, the heads, the leaves, the checkpoints and their signatures."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from psycopg import Connection
from psycopg.rows import TupleRow

from suyuan.evidence.hashing import SHA256, SM3
from suyuan.evidence.merkle import decode_frontier
from suyuan.evidence.note import Signature
from suyuan.evidence.record import TwinTree, make_entry
from suyuan.store.error import StoreError
from suyuan.store.queries import load_queries

SQL = load_queries("log")
LEAVES_PER_READ = 10_000


class LeafMissingError(StoreError):
    """A leaf of the log is not there, or stands twice: somebody wrote in the database."""

    def __init__(self, shard: int, index: int) -> None:
        super().__init__(
            f"Leaf {index} of shard {shard} is missing or stands twice. Nothing is signed. Run suyuan audit, restore the database.",
            message_zh=f"分片 {shard} 的第 {index} 号叶子缺失或重复，未签名。请运行 suyuan audit 并恢复数据库。",
        )


@dataclass(frozen=True, slots=True)
class Waiting:
    """What has no leaf yet: its place in the queue, a submission or an act, and how many rows it has."""

    waiting_no: int
    source: str
    source_no: int
    row_count: int


@dataclass(frozen=True, slots=True)
class Leaf:
    """What one leaf commits to, and for what."""

    source: str
    source_no: int
    blind: bytes
    record: bytes

    @property
    def entry(self) -> bytes:
        """Return what the log publishes of it."""
        return make_entry(self.record, blind=self.blind)


@dataclass(frozen=True, slots=True)
class WholeLeaf:
    """A leaf as it stands: where, of what, and what it commits to."""

    shard: int
    index: int
    source: str
    source_no: int
    blind: bytes
    record: bytes


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a shard: its year, and both trees as far as appending needs them."""

    shard: int
    tree: TwinTree


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the log a submission or act stands, and with which record and blind."""

    shard: int
    index: int
    blind: bytes
    record: bytes


def list_waiting(connection: Connection[TupleRow], *, limit: int, after: int = 0) -> list[Waiting]:
    """Return what waits to be sealed behind a place in the queue, the first in order."""
    return [Waiting(*row) for row in connection.execute(SQL.list_waiting, {"limit": limit, "after": after})]


def count_waiting(connection: Connection[TupleRow], *, limit: int) -> int:
    """Return how much waits to be sealed, counted no further than to a limit."""
    row = connection.execute(SQL.count_waiting, {"limit": limit}).fetchone()
    assert row is not None
    return int(row[0])


def is_behind(connection: Connection[TupleRow], *, limit: int) -> bool:
    """Tell whether as much as a limit waits to be sealed; quick however much it is, as long as it is less."""
    row = connection.execute(SQL.reaches_limit, {"limit": limit}).fetchone()
    return row is not None and bool(row[0])


def read_newest_head(connection: Connection[TupleRow]) -> Head | None:
    """Return the head of the shard in use, None before the first."""
    row = connection.execute(SQL.read_newest_head, {}).fetchone()
    return _head(row) if row else None


def read_head(connection: Connection[TupleRow], shard: int) -> Head | None:
    """Return the head of a shard, None if there is none."""
    row = connection.execute(SQL.read_head, {"shard": shard}).fetchone()
    return _head(row) if row else None


def list_heads(connection: Connection[TupleRow]) -> list[Head]:
    """Return the heads of all shards, the oldest first."""
    return [_head(row) for row in connection.execute(SQL.list_heads, {}).fetchall()]


def _head(row: TupleRow) -> Head:
    shard, size, sha256, sm3 = row
    trees = {
        SHA256.name: decode_frontier(size, bytes(sha256), hashing=SHA256),
        SM3.name: decode_frontier(size, bytes(sm3), hashing=SM3),
    }
    return Head(shard, TwinTree(trees))


def append_leaves(connection: Connection[TupleRow], leaves: Sequence[Leaf], *, shard: int, before: Head | None) -> bool:
    """Append leaves and move the head, in the caller's transaction; False, and nothing written, if another was faster.

    `before` is the newest head that the caller saw, None before the first; where it is of an earlier shard, this one is opened.
    """
    connection.execute(SQL.lock_heads, {})
    grown = before if before is not None and before.shard == shard else None
    start = grown.tree.size if grown else 0
    tree = TwinTree({name: one.copy() for name, one in grown.tree.trees.items()} if grown else None)
    for leaf in leaves:
        tree.append(leaf.entry)
    given = {
        "shard": shard,
        "size": tree.size,
        "shard_before": before.shard if before else 0,
        "size_before": before.tree.size if before else 0,
        "roots_sha256": tree.trees[SHA256.name].encode(),
        "roots_sm3": tree.trees[SM3.name].encode(),
    }
    if connection.execute(SQL.swap_head if grown else SQL.open_head, given).fetchone() is None:
        return False
    sources, numbers = [leaf.source for leaf in leaves], [leaf.source_no for leaf in leaves]
    connection.execute(
        SQL.insert_leaves,
        {
            "shard": shard,
            "leaf_indexes": list(range(start, start + len(leaves))),
            "sources": sources,
            "source_nos": numbers,
            "blinds": [leaf.blind for leaf in leaves],
            "records": [leaf.record.decode() for leaf in leaves],
        },
    )
    connection.execute(SQL.delete_waiting, {"sources": sources, "source_nos": numbers})
    return True


def read_entries(connection: Connection[TupleRow], *, shard: int, start: int, end: int) -> Iterator[bytes]:
    """Yield the entries of a shard from one index to before another, made anew from the rows.

    Raises LeafMissingError at the first index that is missing.
    """
    while start < end:
        stop = min(end, start + LEAVES_PER_READ)
        rows = connection.execute(SQL.read_leaves, {"shard": shard, "start": start, "end": stop}).fetchall()
        for index, blind, record in rows:
            if index != start:
                break
            yield make_entry(record.encode(), blind=bytes(blind))
            start += 1
        if start != stop:
            raise LeafMissingError(shard, start)


def find_place(connection: Connection[TupleRow], *, source: str, source_no: int) -> Place | None:
    """Return where a submission or act stands in the log, None if it is not sealed."""
    row = connection.execute(SQL.find_leaf, {"source": source, "source_no": source_no}).fetchone()
    return Place(row[0], row[1], bytes(row[2]), row[3].encode()) if row else None


def find_last_sealing(connection: Connection[TupleRow], *, shard: int, start: int) -> str:
    """Return the latest moment at which a leaf from an index on was sealed, as records write it; empty without one."""
    row = connection.execute(SQL.find_last_sealing, {"shard": shard, "start": start}).fetchone()
    return str(row[0] or "") if row else ""


def keep_checkpoint(connection: Connection[TupleRow], text: str, *, shard: int, size: int) -> str:
    """Keep the text of a checkpoint unless there is one for this size, and return the one that is kept."""
    given = {"shard": shard, "size": size}
    connection.execute(SQL.insert_checkpoint, {**given, "text": text})
    row = connection.execute(SQL.read_checkpoint, given).fetchone()
    assert row is not None
    return str(row[0])


def find_checkpoint(
    connection: Connection[TupleRow], *, shard: int, size: int, witnesses: Sequence[str] = (), quorum: int = 0
) -> tuple[int, str] | None:
    """Return size and text of the first checkpoint that includes `size` leaves and has the quorum; None if there is none."""
    given = {"shard": shard, "size": size, "witnesses": list(witnesses), "quorum": quorum}
    row = connection.execute(SQL.find_checkpoint, given).fetchone()
    return (int(row[0]), str(row[1])) if row else None


def keep_signatures(
    connection: Connection[TupleRow], signatures: Iterable[Signature], *, shard: int, size: int
) -> None:
    """Keep signature lines of a checkpoint, all or none, but for those of keys that have signed this size."""
    with connection.transaction():
        for one in signatures:
            given = {"shard": shard, "size": size, "key_name": one.name, "key_id": one.key_id, "line": one.line}
            connection.execute(SQL.insert_signature, given)


def list_signatures(connection: Connection[TupleRow], *, shard: int, size: int) -> list[tuple[str, bytes, str]]:
    """Return the signature lines of a checkpoint with their key names and IDs."""
    rows = connection.execute(SQL.list_signatures, {"shard": shard, "size": size}).fetchall()
    return [(name, bytes(key_id), line) for name, key_id, line in rows]


def read_acknowledgement(connection: Connection[TupleRow], submission_no: int) -> str | None:
    """Return the acknowledgement of a submission, None if none was given."""
    row = connection.execute(SQL.read_acknowledgement, {"submission_no": submission_no}).fetchone()
    return str(row[0]) if row else None


def keep_acknowledgement(connection: Connection[TupleRow], submission_no: int, text: str) -> str | None:
    """Keep the acknowledgement of a submission unless there is one; returns the one that is kept."""
    given = {"submission_no": submission_no, "text": text}
    is_first = connection.execute(SQL.insert_acknowledgement, given).rowcount == 1
    return text if is_first else read_acknowledgement(connection, submission_no)


# -- what an audit reads -----------------------------------------------------------------------------------------------

UNSEALED_MAX = 1_000


def read_whole_leaves(connection: Connection[TupleRow], *, shard: int, start: int, end: int) -> Iterator[WholeLeaf]:
    """Yield the leaves that stand from one index to before another."""
    while start < end:
        stop = min(end, start + LEAVES_PER_READ)
        rows = connection.execute(SQL.read_whole_leaves, {"shard": shard, "start": start, "end": stop}).fetchall()
        for index, source, source_no, blind, record in rows:
            yield WholeLeaf(shard, index, source, source_no, bytes(blind), record.encode())
        start = stop


def count_leaves_beyond(connection: Connection[TupleRow], *, shard: int, size: int) -> int:
    """Return how many leaves stand beyond a size."""
    row = connection.execute(SQL.count_leaves, {"shard": shard, "size": size}).fetchone()
    assert row is not None
    return int(row[0])


def list_unsealed(connection: Connection[TupleRow]) -> list[tuple[str, int]]:
    """Return the first things recorded that have neither a leaf nor a place in the queue."""
    rows = connection.execute(SQL.list_unsealed, {"limit": UNSEALED_MAX}).fetchall()
    return [(source, source_no) for source, source_no in rows]


def list_checkpoints(connection: Connection[TupleRow], *, shard: int, start: int, end: int) -> list[tuple[int, str]]:
    """Return sizes and texts of the checkpoints with sizes above one and up to another."""
    rows = connection.execute(SQL.list_checkpoints, {"shard": shard, "start": start, "end": end}).fetchall()
    return [(size, text) for size, text in rows]


def list_signed_sizes(connection: Connection[TupleRow], shard: int) -> list[int]:
    """Return the sizes of the checkpoints of a shard that somebody has signed, the smallest first."""
    return [size for (size,) in connection.execute(SQL.list_signed_sizes, {"shard": shard}).fetchall()]


def list_acknowledgements(connection: Connection[TupleRow], *, start: int, end: int) -> list[tuple[int, str]]:
    """Return the acknowledgements of submissions with numbers from one to before another."""
    rows = connection.execute(SQL.list_acknowledgements, {"start": start, "end": end}).fetchall()
    return [(submission_no, text) for submission_no, text in rows]


def find_last_acknowledgement(connection: Connection[TupleRow]) -> int:
    """Return the highest number of a submission that was acknowledged, 0 before the first."""
    row = connection.execute(SQL.find_last_acknowledgement, {}).fetchone()
    assert row is not None
    return int(row[0])
