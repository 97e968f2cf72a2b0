"""Tiles of the log, made from its leaves as they are read back: a pure function of the leaves, whatever lies on the disk."""

from psycopg import Connection
from psycopg.rows import TupleRow

from suyuan.evidence.hashing import TWINS, Hashing
from suyuan.evidence.merkle import leaf_hash, tree_root
from suyuan.evidence.tiles import TILE_HEIGHT, TILE_WIDTH, Tile, cut_hashes, list_bundles, list_tiles, pack_bundle
from suyuan.store.log import read_entries
from suyuan.store.log_folder import LogFolder

LEAVES_PER_STEP = 65_536  # what is held in memory at once: some 20 MB


def write_tiles(
    connection: Connection[TupleRow], folder: LogFolder, shard: int, *, size_before: int, size: int
) -> bool:
    """Write what the tree of `size` leaves has and that of `size_before` had not; False if a tile before it is missing.

    Raises LeafMissingError where a leaf is missing.
    """
    while size_before < size:
        stop = min(size, size_before - size_before % TILE_WIDTH + LEAVES_PER_STEP)
        if not _write_step(connection, folder, shard, size_before=size_before, size=stop):
            return False
        size_before = stop
    return True


def _write_step(
    connection: Connection[TupleRow], folder: LogFolder, shard: int, *, size_before: int, size: int
) -> bool:
    start = size_before - size_before % TILE_WIDTH
    entries = list(read_entries(connection, shard=shard, start=start, end=size))
    for bundle in list_bundles(size1=size_before, size2=size):
        first = bundle.index * TILE_WIDTH - start
        folder.write_tile(shard, bundle, pack_bundle(entries[first : first + bundle.width]))
    for hashing in TWINS:
        leaves = [leaf_hash(entry, hashing=hashing) for entry in entries]
        if not _write_tree(folder, shard, leaves, hashing=hashing, size_before=size_before, size=size):
            return False
    return True


def _write_tree(
    folder: LogFolder, shard: int, known: list[bytes], *, hashing: Hashing, size_before: int, size: int
) -> bool:
    """Write the tiles of one tree, level by level; `known` begins with the tile in which the old size ended."""
    first, level = size_before - size_before % TILE_WIDTH, 0
    by_level: dict[int, list[Tile]] = {}
    for tile in list_tiles(size1=size_before, size2=size):
        by_level.setdefault(tile.level, []).append(tile)
    while level in by_level:
        for tile in by_level[level]:
            start = tile.index * TILE_WIDTH - first
            content = b"".join(known[start : start + tile.width])
            folder.write_tile(shard, tile, content, hashing=hashing)
        roots = [
            tree_root(known[at : at + TILE_WIDTH], hashing=hashing)
            for at in range(0, len(known) - TILE_WIDTH + 1, TILE_WIDTH)
        ]
        level, above = level + 1, first >> TILE_HEIGHT
        first = above - above % TILE_WIDTH
        earlier: list[bytes] = []
        if above > first:
            earlier = cut_hashes(
                folder.read_tile(shard, Tile(level, first // TILE_WIDTH, above - first), hashing=hashing)
            )
            if len(earlier) < above - first:
                return False
        known = earlier[: above - first] + roots
    return True
