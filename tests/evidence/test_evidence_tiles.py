"""Tiles: the paths of the specification, and tiles that are a function of the leaves alone, however the tree grew."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from naive_tree import draw_leaves, naive_path, naive_proof, naive_root

from suyuan.evidence.merkle import leaf_hash, tree_root
from suyuan.evidence.tiles import (
    Tile,
    TiledTree,
    cut_hashes,
    list_bundles,
    list_tiles,
    pack_bundle,
    unpack_bundle,
)

LEAVES = draw_leaves(66_000, seed=9)
HASHES = [leaf_hash(one) for one in LEAVES]


def expected_tile(tile: Tile) -> bytes:
    """Return a tile after the formula of tlog-tiles: MTH(D[(n * 256 + i) * 256**l : (n * 256 + i + 1) * 256**l])."""
    span = 256**tile.level
    first = tile.index * 256
    return b"".join(tree_root(HASHES[at * span : (at + 1) * span]) for at in range(first, first + tile.width))


def grow(steps: list[int]) -> dict[str, bytes]:
    """Return the files of a tree that grew in steps, each made out of the leaves there were by then."""
    files = {}
    for before, after in zip([0, *steps], steps, strict=False):
        for tile in list_tiles(size1=before, size2=after):
            files[tile.path] = expected_tile(tile)
    return files


def read_from(files: dict[str, bytes]):
    return lambda tile: files[tile.path]


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (Tile(0, 0), "tile/0/000"),
        (Tile(0, 1_234_067), "tile/0/x001/x234/067"),
        (Tile(1, 1_000, 17), "tile/1/x001/000.p/17"),
        (Tile(0, 999), "tile/0/999"),
        (Tile(63, 5, 1), "tile/63/005.p/1"),
        (Tile(-1, 123_456, 255), "tile/entries/x123/456.p/255"),
    ],
)
def test_path_is_that_of_the_specification(tile, path):
    assert tile.path == path


def test_tree_of_70000_has_the_tiles_of_the_specification():
    tiles = list(list_tiles(size1=0, size2=70_000))
    full = [(one.level, one.width) for one in tiles]
    assert full.count((0, 256)) == 273
    assert sorted(set(full)) == [(0, 112), (0, 256), (1, 17), (1, 256), (2, 1)]
    assert [one.path for one in list_tiles(size1=0, size2=256)] == ["tile/0/000", "tile/1/000.p/1"]


def test_partial_tile_has_the_width_of_the_formula():
    for size in [*range(1, 600), 65_535, 65_536, 65_537]:
        widths = {one.level: one.width for one in list_tiles(size1=size - 1, size2=size)}
        for level, width in widths.items():
            assert width == (size // 256**level) % 256 or (width == 256 and (size // 256**level) % 256 == 0)


@given(st.lists(st.integers(1, 900), min_size=1, max_size=5, unique=True).map(sorted))
def test_tiles_do_not_depend_on_the_steps_of_growth(steps):
    grown, at_once = grow(steps), grow([steps[-1]])
    assert {path: grown[path] for path in at_once} == at_once
    # Whatever else there is, is a part that a fuller tile replaced.
    for path, content in grown.items():
        if path not in at_once:
            whole = path.partition(".p/")[0]
            fuller = next(text for name, text in at_once.items() if name.partition(".p/")[0] == whole)
            assert fuller.startswith(content)


@pytest.mark.parametrize("size", [*range(1, 71), 255, 256, 257, 511, 513, 1_000])
def test_tree_read_from_tiles_is_the_naive_tree(size):
    tree = TiledTree(read_from(grow([size])), size=size)
    assert tree.root() == naive_root(LEAVES[:size])
    source = random.Random(size)
    for index in {0, size - 1, source.randrange(size)}:
        assert tree.prove_inclusion(index) == naive_path(index, LEAVES[:size])
    for size1 in {1, size, source.randint(1, size)}:
        assert tree.prove_consistency(size1) == naive_proof(size1, LEAVES[:size])
        assert tree.root(size1) == naive_root(LEAVES[:size1])
        assert tree.prove_inclusion(size1 - 1, size=size1) == naive_path(size1 - 1, LEAVES[:size1])
    assert tree.root(0) == naive_root([])
    assert tree.prove_consistency(0) == []


def test_tree_of_three_levels_is_read_from_tiles():
    size = 65_800
    tree = TiledTree(read_from(grow([size])), size=size)
    assert tree.root() == tree_root(HASHES[:size])
    assert tree.root(65_537) == tree_root(HASHES[:65_537])


def test_full_tile_serves_where_a_part_is_asked_for():
    files = grow([256])
    tree = TiledTree(lambda tile: files[tile.path.partition(".p/")[0]] if tile.level == 0 else b"", size=200)
    assert tree.root() == naive_root(LEAVES[:200])


def test_short_tile_is_told():
    tree = TiledTree(lambda tile: expected_tile(tile)[:-32], size=200)
    with pytest.raises(ValueError, match="too short"):
        tree.root()
    with pytest.raises(ValueError, match="31 bytes"):
        cut_hashes(bytes(31))
    with pytest.raises(IndexError):
        tree.prove_inclusion(200)
    with pytest.raises(IndexError):
        tree.prove_consistency(201)


@given(st.lists(st.binary(max_size=70), max_size=20))
def test_bundle_is_unpacked_as_it_was_packed(entries):
    assert unpack_bundle(pack_bundle(entries)) == entries


def test_bundle_that_is_cut_off_is_told():
    packed = pack_bundle([b"one", b"two"])
    assert [len(unpack_bundle(packed[:end])) for end in (0, 5, 10)] == [0, 1, 2]
    for end in set(range(10)) - {0, 5}:
        with pytest.raises(ValueError, match="cut off"):
            unpack_bundle(packed[:end])
    with pytest.raises(ValueError, match="65536"):
        pack_bundle([bytes(65_536)])


@pytest.mark.parametrize(
    ("size1", "size2", "expected"),
    [(0, 0, []), (5, 5, []), (0, 256, [(0, 256)]), (255, 257, [(0, 256), (1, 1)]), (256, 300, [(1, 44)])],
)
def test_bundles_are_those_that_grew(size1, size2, expected):
    assert [(one.index, one.width) for one in list_bundles(size1=size1, size2=size2)] == expected
