"""Tiles after C2SP tlog-tiles: paths, what a growing tree adds, bundles of entries, and proofs read out of tiles.

A tile of level L holds the roots of full subtrees of 256^L leaves; tiles are a pure function of the leaves.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from suyuan.evidence.hashing import HASH_BYTES, SHA256, Hashing
from suyuan.evidence.merkle import node_hash, tree_root

TILE_WIDTH: Final = 256
TILE_HEIGHT: Final = 8
ENTRY_BYTES_MAX: Final = 2**16 - 1

ReadTile = Callable[["Tile"], bytes]  # the bytes of a tile; a full one may be given where a part of it is asked for


@dataclass(frozen=True, slots=True)
class Tile:
    """One tile: its level, its place in the level, and how many hashes it holds. Level -1 is a bundle of entries."""

    level: int
    index: int
    width: int = TILE_WIDTH

    @property
    def path(self) -> str:
        """Return the path below the prefix of the log, like tile/0/x001/x234/067.p/8."""
        digits = f"{self.index:03d}"
        digits = digits.zfill((len(digits) + 2) // 3 * 3)
        parts = [digits[at : at + 3] for at in range(0, len(digits), 3)]
        place = "/".join([f"x{part}" for part in parts[:-1]] + parts[-1:])
        level = "entries" if self.level < 0 else str(self.level)
        return f"tile/{level}/{place}" + ("" if self.width == TILE_WIDTH else f".p/{self.width}")


def list_tiles(*, size1: int, size2: int) -> Iterator[Tile]:
    """Yield the tiles, lowest level first, that a tree of `size2` leaves has and that of `size1` had not, or not as wide."""
    level = 0
    while size2 >> TILE_HEIGHT * level:
        old, new = size1 >> TILE_HEIGHT * level, size2 >> TILE_HEIGHT * level
        if new > old:
            for index in range(old // TILE_WIDTH, (new - 1) // TILE_WIDTH + 1):
                yield Tile(level, index, min(TILE_WIDTH, new - index * TILE_WIDTH))
        level += 1


def list_bundles(*, size1: int, size2: int) -> Iterator[Tile]:
    """Yield the bundles of entries that a tree of `size2` leaves has and that of `size1` had not, or not as wide."""
    if size2 > size1:
        for index in range(size1 // TILE_WIDTH, (size2 - 1) // TILE_WIDTH + 1):
            yield Tile(-1, index, min(TILE_WIDTH, size2 - index * TILE_WIDTH))


def pack_bundle(entries: Iterable[bytes]) -> bytes:
    """Return a bundle: each entry after its length in two bytes. Raises ValueError for an entry over 65,535 bytes."""
    parts = []
    for entry in entries:
        if len(entry) > ENTRY_BYTES_MAX:
            raise ValueError(f"an entry of {len(entry)} bytes")
        parts.append(len(entry).to_bytes(2, "big") + entry)
    return b"".join(parts)


def unpack_bundle(content: bytes) -> list[bytes]:
    """Return the entries of a bundle; raises ValueError if it is cut off."""
    entries: list[bytes] = []
    at = 0
    while at < len(content):
        end = at + 2 + int.from_bytes(content[at : at + 2], "big")
        if at + 2 > len(content) or end > len(content):
            raise ValueError(f"the bundle of {len(content)} bytes is cut off in its entry {len(entries)}")
        entries.append(content[at + 2 : end])
        at = end
    return entries


def cut_hashes(content: bytes) -> list[bytes]:
    """Return the hashes of a tile; raises ValueError if they are not whole."""
    if len(content) % HASH_BYTES:
        raise ValueError(f"a tile of {len(content)} bytes")
    return [content[at : at + HASH_BYTES] for at in range(0, len(content), HASH_BYTES)]


class TiledTree:
    """A tree of some size read out of its tiles: any root, path or proof of consistency up to that size.

    `read` gives the bytes of a tile; each is asked for once. Raises ValueError if a tile is too short.
    """

    def __init__(self, read: ReadTile, *, size: int, hashing: Hashing = SHA256) -> None:
        self._read, self.size, self.hashing = read, size, hashing
        self._known: dict[tuple[int, int], list[bytes]] = {}

    def root(self, size: int | None = None) -> bytes:
        """Return the root of the first `size` leaves, of all unless told."""
        size = self.size if size is None else size
        return self._range(0, size) if size else self.hashing.digest(b"")

    def prove_inclusion(self, index: int, *, size: int | None = None) -> list[bytes]:
        """Return the path of a leaf in the tree of the first `size` leaves; raises IndexError."""
        size = self.size if size is None else size
        if not 0 <= index < size <= self.size:
            raise IndexError(f"there is no leaf {index} in a tree of {size}")
        proof: list[bytes] = []
        start, end = 0, size
        while end - start > 1:
            split = start + (1 << (end - start - 1).bit_length() - 1)
            if index < split:
                proof.append(self._range(split, end))
                end = split
            else:
                proof.append(self._range(start, split))
                start = split
        return proof[::-1]

    def prove_consistency(self, size1: int, *, size2: int | None = None) -> list[bytes]:
        """Return the proof that the first `size1` leaves are a beginning of the first `size2`; raises IndexError."""
        size2 = self.size if size2 is None else size2
        if not 0 <= size1 <= size2 <= self.size:
            raise IndexError(f"there is no tree of {size1} in one of {size2}")
        if size1 in (0, size2):
            return []
        proof: list[bytes] = []
        start, end, is_known = 0, size2, True
        while size1 != end:
            split = start + (1 << (end - start - 1).bit_length() - 1)
            if size1 <= split:
                proof.append(self._range(split, end))
                end = split
            else:
                proof.append(self._range(start, split))
                start, is_known = split, False
        if not is_known:
            proof.append(self._range(start, end))
        return proof[::-1]

    def _range(self, start: int, end: int) -> bytes:
        """Return the root of the leaves from `start` to before `end`, as RFC 6962 splits them."""
        length = end - start
        if length & (length - 1) == 0 and start % length == 0:
            return self._node((length - 1).bit_length(), start // length)
        split = start + (1 << (length - 1).bit_length() - 1)
        return node_hash(self._range(start, split), self._range(split, end), hashing=self.hashing)

    def _node(self, height: int, index: int) -> bytes:
        """Return the root of the full subtree of 2^height leaves at a place, from the tile that holds its parts."""
        level, above = divmod(height, TILE_HEIGHT)
        first = index << above
        hashes = self._tile(level, first // TILE_WIDTH)[first % TILE_WIDTH :][: 1 << above]
        if len(hashes) != 1 << above:
            raise ValueError(f"tile {level}/{first // TILE_WIDTH} is too short for a tree of {self.size}")
        return tree_root(hashes, hashing=self.hashing)

    def _tile(self, level: int, index: int) -> Sequence[bytes]:
        known = self._known.get((level, index))
        if known is None:
            width = min(TILE_WIDTH, (self.size >> TILE_HEIGHT * level) - index * TILE_WIDTH)
            content = self._read(Tile(level, index, width))
            known = self._known[level, index] = cut_hashes(content[: width * HASH_BYTES])
        return known
