"""Audit of the evidence: raw bytes and rows against leaves, leaves against tiles, tiles against checkpoints.

Each check takes one step of its part, needs nothing from the steps before, and names table and index of what differs.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from suyuan.app.context import Context, UseCaseError
from suyuan.app.log_keys import read_keys
from suyuan.app.log_record import (
    RecordDamagedError,
    describe_head,
    describe_recorded,
    record_act,
    record_submission,
)
from suyuan.app.personal import Erasures
from suyuan.core.value import SHANGHAI
from suyuan.evidence import canonical
from suyuan.evidence.acknowledgement import SHARED_KEYS, open_acknowledgement
from suyuan.evidence.checkpoint import CheckpointError, parse_checkpoint
from suyuan.evidence.hashing import SHA256, SM3, TWINS, Hashing
from suyuan.evidence.key_change import KeyState
from suyuan.evidence.keys import VerifierKey
from suyuan.evidence.merkle import leaf_hash, tree_root
from suyuan.evidence.note import NoteError, open_note, open_strictly
from suyuan.evidence.record import make_entry
from suyuan.evidence.tiles import TILE_WIDTH, Tile, TiledTree, cut_hashes, pack_bundle
from suyuan.store.audit import Fault, Faults
from suyuan.store.log import (
    WholeLeaf,
    count_leaves_beyond,
    find_last_acknowledgement,
    find_place,
    list_acknowledgements,
    list_checkpoints,
    list_heads,
    list_signatures,
    list_signed_sizes,
    list_unsealed,
    list_waiting,
    read_whole_leaves,
)
from suyuan.store.outcomes import count_piece_faults
from suyuan.store.submission import read_submission

RECORDS_PER_STEP = 256
LEAVES_PER_STEP = 65_536
ACKNOWLEDGEMENTS_PER_STEP = 1_000
WAITING_CHECKED_MAX = 1_000  # what is damaged comes to stand first, since all else is sealed past it
_STEP = 2**40  # a step's number tells shard and first index


def list_record_steps(context: Context) -> Sequence[int]:
    """Return the steps in which records are made again: some leaves each."""
    return _list_steps(context, RECORDS_PER_STEP)


def list_tile_steps(context: Context) -> Sequence[int]:
    """Return the steps in which tiles are made again: 256 tiles each."""
    return _list_steps(context, LEAVES_PER_STEP)


def _list_steps(context: Context, leaves: int) -> list[int]:
    return [
        head.shard * _STEP + start
        for head in list_heads(context.connection)
        for start in range(0, max(1, head.tree.size), leaves)
    ]


def _place(step: int) -> tuple[int, int]:
    return divmod(step, _STEP)


# -- raw bytes and rows against leaves ---------------------------------------------------------------------------------


def check_records(context: Context, step: int) -> Faults:
    """Make the records of some leaves again from raw bytes, rows and acts, and compare."""
    shard, start = _place(step)
    faults, erasures = _Faults(shard), Erasures(context.connection)
    for leaf in _read_leaves(context, faults, shard, start, RECORDS_PER_STEP):
        try:
            fields = canonical.decode(leaf.record)
        except canonical.NotCanonicalError:
            faults.add("log_leaf", leaf.index, "a record", "another text")
            continue
        sealed_at = canonical.parse_moment(fields.get("sealed_at"))
        if sealed_at is None or not _is_of_year(leaf.shard, sealed_at, fields):
            faults.add("log_leaf", leaf.index, f"sealed_at={fields.get('sealed_at')}", f"a moment of {shard}")
        elif leaf.source == "log" or leaf.index == 0:
            faults.count_one(_check_opening(context, leaf, fields))
        else:
            faults.count_one(_check_record(context, leaf, fields, sealed_at, erasures))
    return faults.found


def _is_of_year(year: int, sealed_at: datetime, fields: dict[str, Any]) -> bool:
    """Tell whether a record was sealed in a year; where the clock of whoever received it was faster, it may be the next."""
    is_later_clock = fields["sealed_at"] in (fields.get("received_at"), fields.get("acted_at"))
    return sealed_at.astimezone(SHANGHAI).year in (year, year + is_later_clock)


def _check_opening(context: Context, leaf: WholeLeaf, fields: dict[str, Any]) -> Fault | None:
    """Compare the first leaf of a shard with the shard before it, whose end is signed nowhere else."""
    key = {"table": "log_leaf", "shard": leaf.shard, "index": leaf.index}
    state = read_keys(context)
    before = [head for head in list_heads(context.connection) if head.shard < leaf.shard]
    wanted: dict[str, Any] = {
        "type": "log",
        "origin": f"{state.name if state else ''}/{leaf.shard}",
        "sealed_at": fields.get("sealed_at"),
    }
    if before:
        wanted["previous"] = describe_head(before[-1], name=state.name if state else "")
    if fields == wanted and leaf.index == 0:
        return None
    if before and {**fields, "previous": None} == {**wanted, "previous": None}:
        key = {"table": "log_head", "shard": before[-1].shard, "index": before[-1].tree.size}
        return Fault(key, str(wanted["previous"]), str(fields.get("previous")))
    return Fault(key, str(fields), str(wanted))


def _check_record(
    context: Context, leaf: WholeLeaf, fields: dict[str, Any], sealed_at: datetime, erasures: Erasures
) -> Fault | None:
    """Return what differs of one record: the table that was changed, as far as the record's parts tell it."""
    key = {"shard": leaf.shard, "index": leaf.index, leaf.source: leaf.source_no}
    try:
        if leaf.source == "act":
            made = record_act(context.connection, leaf.source_no, sealed_at=sealed_at)
        else:
            made = record_submission(
                context.connection, leaf.source_no, sealed_at=sealed_at, is_erased=erasures.names_bytes
            )
            if count_piece_faults(context.connection, leaf.source_no):
                return Fault({"table": "row_outcome", **key}, "counts", "other counts")
    except RecordDamagedError as error:
        return Fault({"table": error.table, **key}, str(error), None)
    if made == leaf.record:
        return None
    again = canonical.decode(made)
    name = next((one for one in sorted(fields.keys() | again.keys()) if fields.get(one) != again.get(one)), "")
    table = "act" if leaf.source == "act" else _TABLE_OF.get(name, "submission")
    return Fault({"table": table, **key, "field": name}, str(again.get(name)), str(fields.get(name)))


_TABLE_OF = {
    "digest_sha256": "submission_piece",
    "digest_sm3": "submission_piece",
    "rows_root_sha256": "row_outcome",
    "rows_root_sm3": "row_outcome",
}


def list_one_step(_context: Context) -> Sequence[int]:
    """Return the one step of a part that is done at once."""
    return (0,)


def check_missing(context: Context, _step: int) -> Faults:
    """Find what will never be sealed: it stands neither in the log nor in the queue, or is damaged and waits for ever."""
    faults, connection = _Faults(0), context.connection
    for source, source_no in list_unsealed(connection):
        faults.count_one(Fault({"table": source, source: source_no}, "no leaf", "a leaf"))
    for one in list_waiting(connection, limit=WAITING_CHECKED_MAX):
        record = record_submission if one.source == "submission" else record_act
        try:
            record(connection, one.source_no, sealed_at=context.clock())
        except RecordDamagedError as error:
            faults.count_one(Fault({"table": error.table, one.source: one.source_no}, str(error), None))
    return faults.found


def list_acknowledgement_steps(context: Context) -> Sequence[int]:
    """Return the steps in which acknowledgements are checked."""
    return range(0, find_last_acknowledgement(context.connection) + 1, ACKNOWLEDGEMENTS_PER_STEP)


def check_acknowledgements(context: Context, step: int) -> Faults:
    """Compare what was acknowledged with the submissions that stand."""
    faults, state = _Faults(0), read_keys(context)
    keys = [key.named(state.name) for key in state.keys] if state else []
    now = canonical.format_moment(context.clock())
    rows = list_acknowledgements(context.connection, start=step, end=step + ACKNOWLEDGEMENTS_PER_STEP)
    for submission_no, text in rows:
        submission = read_submission(context.connection, submission_no)
        try:
            promise = open_acknowledgement(text, keys)
        except NoteError as error:
            faults.count_one(Fault({"table": "acknowledgement", "submission": submission_no}, str(error), None))
            continue
        said = describe_recorded(submission) if submission else {}
        if (
            promise["included_by"] < now
            and find_place(context.connection, source="submission", source_no=submission_no) is None
        ):
            faults.count_one(
                Fault({"table": "log_leaf", "submission": submission_no}, "no leaf", promise["included_by"])
            )
        if any(promise[name] != said.get(name) for name in SHARED_KEYS):
            faults.count_one(Fault({"table": "submission", "submission": submission_no}, "differs", "acknowledged"))
    return faults.found


# -- leaves against tiles ----------------------------------------------------------------------------------------------


def check_tiles(context: Context, step: int) -> Faults:
    """Make bundles and tiles of some leaves again and compare; where the step is whole also the tiles above them."""
    folder, (shard, start) = context.log_folder, _place(step)
    faults = _Faults(shard)
    if folder is None:
        return faults.found
    published = folder.published_size(shard)
    leaves = list(_read_leaves(context, faults, shard, start, LEAVES_PER_STEP))
    entries = [make_entry(leaf.record, blind=leaf.blind) for leaf in leaves][: max(0, published - start)]
    hashes = {one.name: [leaf_hash(entry, hashing=one) for entry in entries] for one in TWINS}
    for at in range(0, len(entries), TILE_WIDTH):
        width = min(TILE_WIDTH, len(entries) - at)
        tile = Tile(0, (start + at) // TILE_WIDTH, width)
        bundle = Tile(-1, tile.index, width)
        if folder.read_tile(shard, bundle) != pack_bundle(entries[at : at + width]):
            faults.add(bundle.path, start + at, "differs", "leaves")
        for hashing in TWINS:
            known = hashes[hashing.name][at : at + width]
            if folder.read_tile(shard, tile, hashing=hashing)[: 32 * width] != b"".join(known):
                faults.add(f"{hashing.name} {tile.path}", start + at, "differs", "leaves")
    for hashing in TWINS:
        faults.count_one(_check_above(context, shard, start, hashes[hashing.name], hashing))
    for fault in _check_parts(context, shard, start, entries, hashes):
        faults.count_one(fault)
    return faults.found


def _check_parts(
    context: Context, shard: int, start: int, entries: list[bytes], hashes: dict[str, list[bytes]]
) -> Iterator[Fault]:
    """Yield what is wrong with the parts of the tiles that are not full yet: each checkpoint's part is there and agrees."""
    folder = context.log_folder
    assert folder is not None
    end, full = start + len(entries), len(entries) // TILE_WIDTH * TILE_WIDTH
    sizes = [size for size, _ in list_checkpoints(context.connection, shard=shard, start=start, end=end)]
    widths = sorted({size - start - full for size in sizes if size - start > full})
    roots = {
        one.name: [tree_root(hashes[one.name][at : at + TILE_WIDTH], hashing=one) for at in range(0, full, TILE_WIDTH)]
        for one in TWINS
    }
    above = sorted({(size - start) // TILE_WIDTH for size in sizes if size - start >= TILE_WIDTH})
    for width in widths:
        bundle = Tile(-1, (start + full) // TILE_WIDTH, width)
        if _read(folder.place(shard, bundle)) != pack_bundle(entries[full : full + width]):
            yield Fault({"table": bundle.path, "shard": shard, "index": start + full}, "differs", "leaves")
    for hashing in TWINS:
        parts = [
            (Tile(0, (start + full) // TILE_WIDTH, one), hashes[hashing.name][full : full + one]) for one in widths
        ]
        if full // TILE_WIDTH < TILE_WIDTH:
            parts += [(Tile(1, start // LEAVES_PER_STEP, one), roots[hashing.name][:one]) for one in above]
        for tile, known in parts:
            if _read(folder.place(shard, tile, hashing=hashing)) != b"".join(known):
                key = {"table": f"{hashing.name} {tile.path}", "shard": shard, "index": start}
                yield Fault(key, "differs", "leaves")


def _read(path: Path) -> bytes:
    """Return the bytes of a file, none where there is none."""
    try:
        return path.read_bytes()
    except OSError:
        return b""


def _check_above(context: Context, shard: int, start: int, known: list[bytes], hashing: Hashing) -> Fault | None:
    """Compare the tile of level 1 over some leaves, and its root in the tile of level 2."""
    folder = context.log_folder
    assert folder is not None
    full = [
        tree_root(known[at : at + TILE_WIDTH], hashing=hashing)
        for at in range(0, len(known) - TILE_WIDTH + 1, TILE_WIDTH)
    ]
    if not full:
        return None
    tile = Tile(1, start // LEAVES_PER_STEP, len(full))
    if folder.read_tile(shard, tile, hashing=hashing)[: 32 * len(full)] != b"".join(full):
        return Fault({"table": f"{hashing.name} {tile.path}", "shard": shard, "index": start}, "differs", "leaves")
    if len(full) < TILE_WIDTH:
        return None
    above, at = divmod(tile.index, TILE_WIDTH)
    stands = cut_hashes(folder.read_tile(shard, Tile(2, above, at + 1), hashing=hashing) or b"")
    if stands[at : at + 1] != [tree_root(full, hashing=hashing)]:
        return Fault({"table": f"{hashing.name} tile/2", "shard": shard, "index": start}, "differs", "leaves")
    return None


# -- tiles against checkpoints -----------------------------------------------------------------------------------------


def check_checkpoints(context: Context, step: int) -> Faults:
    """Compare every checkpoint over some leaves, its signatures, and at the end of a shard its head and what is published."""
    shard, start = _place(step)
    faults, state, folder = _Faults(shard), read_keys(context), context.log_folder
    head = next(one for one in list_heads(context.connection) if one.shard == shard)
    if state is None or folder is None:
        return faults.found
    end = min(head.tree.size, start + LEAVES_PER_STEP)
    trees = {one.name: TiledTree(folder.reader(shard, hashing=one), size=head.tree.size, hashing=one) for one in TWINS}
    keys = _keys_of(state, shard)
    for size, text in list_checkpoints(context.connection, shard=shard, start=start, end=end):
        faults.count_one(_check_checkpoint(text, trees, f"{state.name}/{shard}", shard, size))
        lines = "".join(line for _, _, line in list_signatures(context.connection, shard=shard, size=size))
        if not _is_signed(f"{text}\n{lines}", keys) and size <= folder.published_size(shard):
            faults.add("log_signature", size, "no signature that holds", "signed")
    if end == head.tree.size:
        for fault in _check_end(context, state, shard, trees):
            faults.count_one(fault)
    return faults.found


def _check_checkpoint(text: str, trees: dict[str, TiledTree], origin: str, shard: int, size: int) -> Fault | None:
    key = {"table": "log_checkpoint", "shard": shard, "index": size}
    try:
        kept = parse_checkpoint(text)
        roots = trees[SHA256.name].root(size), trees[SM3.name].root(size)
    except (CheckpointError, ValueError) as error:
        return Fault(key, str(error), None)
    if (kept.origin, kept.size) != (origin, size) or (kept.root, kept.root_sm3) != roots:
        return Fault(key, "another root", "the tree's")
    return None


def _check_end(context: Context, state: KeyState, shard: int, trees: dict[str, TiledTree]) -> Iterator[Fault]:
    """Yield what is wrong with the head of a shard, with leaves beyond it, and with what is published."""
    folder = context.log_folder
    assert folder is not None
    head = next(one for one in list_heads(context.connection) if one.shard == shard)
    size, roots, key = head.tree.size, head.tree.roots(), {"shard": shard, "index": head.tree.size}
    published = folder.published_size(shard)
    try:
        if published >= size and (trees[SHA256.name].root(), trees[SM3.name].root()) != (roots.sha256, roots.sm3):
            yield Fault({"table": "log_head", **key}, "another root", "the tree's")
    except ValueError as error:
        yield Fault({"table": "log_head", **key}, str(error), None)
    if count_leaves_beyond(context.connection, shard=shard, size=size):
        yield Fault({"table": "log_leaf", **key}, "leaves beyond the head", None)
    signed = list_signed_sizes(context.connection, shard)
    if len([one for one in signed if one > published]) > 1:  # one may just be about to be published
        yield Fault({"table": f"{shard}/checkpoint", **key}, str(published), str(signed[-1]))
    if published > size:
        yield Fault({"table": "log_head", **key}, str(size), str(published))
    note = folder.read_checkpoint(shard)
    if note is None:
        return
    texts = dict(list_checkpoints(context.connection, shard=shard, start=published - 1, end=published))
    kept = {line for _, _, line in list_signatures(context.connection, shard=shard, size=published)}
    text, lines = note.partition("\n\n")[::2]
    is_kept = texts.get(published) == text + "\n" and set(lines.splitlines(keepends=True)) <= kept
    if not is_kept or not _is_signed(note, _keys_of(state, shard)):
        yield Fault({"table": f"{shard}/checkpoint", **key}, "not what was kept", "signed")


def check_outside(context: Context, note: str) -> Faults:
    """Compare the log with a signed checkpoint that somebody else kept: it must still be what the log was at that size."""
    state, folder = read_keys(context), context.log_folder
    name, _, year = note.partition("\n")[0].rpartition("/")
    if state is None or folder is None or name != state.name or not year.isdigit():
        raise UseCaseError("The checkpoint is of another log.", message_zh="该检查点属于其他日志。")
    shard, faults = int(year), _Faults(int(year))
    kept = parse_checkpoint(open_note(note, _keys_of(state, shard)).text)
    head = next((one for one in list_heads(context.connection) if one.shard == shard), None)
    if head is None or head.tree.size < kept.size:
        faults.add("log_head", kept.size, str(head.tree.size if head else 0), "as large as the checkpoint")
        return faults.found
    for hashing, root in ((SHA256, kept.root), (SM3, kept.root_sm3)):
        tree = TiledTree(folder.reader(shard, hashing=hashing), size=head.tree.size, hashing=hashing)
        if tree.root(kept.size) != root:
            faults.add("log_leaf", kept.size, f"another {hashing.name} root", "the checkpoint's")
    return faults.found


def _keys_of(state: KeyState, shard: int) -> list[VerifierKey]:
    origin = f"{state.name}/{shard}"
    witnesses = {*(one.key for one in state.witnesses), *state.earlier_witnesses, *state.stolen_witnesses}
    return [*(key.named(origin) for key in state.keys), *witnesses]


def _is_signed(note: str, keys: list[VerifierKey]) -> bool:
    """Tell whether the log itself has signed a note, and every line is of a key that is or was known, and holds."""
    try:
        return any(key.algorithm.name != "cosignature" for key, _ in open_strictly(note, keys).signatures)
    except NoteError:
        return False


# -- what all of them share --------------------------------------------------------------------------------------------


class _Faults:
    """Counts faults of a shard and keeps the first."""

    def __init__(self, shard: int) -> None:
        self.shard, self.found = shard, Faults(0, [])

    def count_one(self, fault: Fault | None) -> None:
        if fault is not None:
            self.found.count += 1
            self.found.first.append(fault)

    def add(self, table: str, index: int, stands: str, counted: str) -> None:
        self.count_one(Fault({"table": table, "shard": self.shard, "index": index}, stands, counted))


def _read_leaves(context: Context, faults: _Faults, shard: int, start: int, count: int) -> Iterator[WholeLeaf]:
    """Yield leaves from an index on as far as the head goes; the first that is missing is a fault and ends them."""
    head = next((one for one in list_heads(context.connection) if one.shard == shard), None)
    if head is None:
        raise UseCaseError(f"Shard {shard} is gone.", message_zh=f"分片 {shard} 已不存在。")
    expected = start
    for leaf in read_whole_leaves(context.connection, shard=shard, start=start, end=min(start + count, head.tree.size)):
        if leaf.index != expected:
            break
        yield leaf
        expected += 1
    if expected != min(start + count, head.tree.size):
        faults.add("log_leaf", expected, "missing", "a leaf")
