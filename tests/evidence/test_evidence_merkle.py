"""Merkle trees against others' vectors, and against a tree written straight from RFC 6962 that shares no code."""

import base64
import json
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from naive_tree import draw_leaves, naive_path, naive_proof, naive_root

from suyuan.evidence.hashing import SHA256, SM3
from suyuan.evidence.merkle import (
    Frontier,
    decode_frontier,
    leaf_hash,
    node_hash,
    prove_consistency,
    prove_inclusion,
    tree_root,
    verify_consistency,
    verify_inclusion,
)

VECTORS = Path(__file__).resolve().parents[3] / "shared" / "vectors" / "merkle" / "inclusion"
SIZES = range(71)

# The eight leaves of Certificate Transparency's tests, and the roots over the first n of them.
CT_LEAVES = [
    bytes.fromhex(one)
    for one in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
CT_ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
# (first size, second size): the proof, from the same tests.
CT_CONSISTENCY = {
    (6, 8): [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 5): [
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}


LEAVES = draw_leaves(max(SIZES))
HASHES = [leaf_hash(one) for one in LEAVES]
ROOTS = [naive_root(LEAVES[:size]) for size in SIZES]

# -- others' vectors --


def vector_files() -> list[Path]:
    return sorted(VECTORS.rglob("*.json")) if VECTORS.is_dir() else []


@pytest.mark.skipif(not VECTORS.is_dir(), reason="the vectors of RFC 6962 lie in ../shared, which is not here")
def test_every_inclusion_vector_gives_its_answer():
    answers = {}
    for path in vector_files():
        case = json.loads(path.read_bytes())
        proof = [base64.b64decode(one) for one in case["proof"] or []]
        held = verify_inclusion(
            base64.b64decode(case["leafHash"]),
            index=case["leafIdx"],
            size=case["treeSize"],
            proof=proof,
            root=base64.b64decode(case["root"] or ""),
        )
        answers[str(path.relative_to(VECTORS))] = held is not case["wantErr"]
    assert len(answers) == 98
    assert [name for name, is_right in answers.items() if not is_right] == []


def test_roots_of_certificate_transparency():
    hashes = [leaf_hash(one) for one in CT_LEAVES]
    assert [tree_root(hashes[:size]).hex() for size in range(9)] == CT_ROOTS


@pytest.mark.parametrize("sizes", CT_CONSISTENCY)
def test_consistency_of_certificate_transparency(sizes):
    size1, size2 = sizes
    proof = [bytes.fromhex(one) for one in CT_CONSISTENCY[sizes]]
    hashes = [leaf_hash(one) for one in CT_LEAVES[:size2]]
    roots = {"root1": bytes.fromhex(CT_ROOTS[size1]), "root2": bytes.fromhex(CT_ROOTS[size2])}
    assert prove_consistency(hashes, size1=size1) == proof
    assert verify_consistency(size1=size1, size2=size2, proof=proof, **roots)
    wrong = {**roots, "root1": bytes.fromhex(CT_ROOTS[size1 - 1])}
    assert not verify_consistency(size1=size1, size2=size2, proof=proof, **wrong)


# -- the naive tree --


@pytest.mark.parametrize("hashing", [SHA256, SM3], ids=lambda one: one.name)
def test_roots_are_those_of_the_naive_tree(hashing):
    frontier = Frontier(hashing=hashing)
    for size in SIZES:
        hashes = [leaf_hash(one, hashing=hashing) for one in LEAVES[:size]]
        expected = naive_root(LEAVES[:size], hashing.name)
        assert tree_root(hashes, hashing=hashing) == expected
        assert frontier.root() == expected
        taken_up = decode_frontier(size, frontier.encode(), hashing=hashing)
        assert taken_up.root() == expected
        if size < max(SIZES):
            frontier.append(leaf_hash(LEAVES[size], hashing=hashing))


@pytest.mark.parametrize("size", [1_000, 1_023, 1_024, 1_025, 2_777])
def test_roots_of_larger_trees_are_those_of_the_naive_tree(size):
    leaves = draw_leaves(size, seed=size)
    assert tree_root([leaf_hash(one) for one in leaves]) == naive_root(leaves)
    index = random.Random(size).randrange(size)
    assert prove_inclusion([leaf_hash(one) for one in leaves], index=index) == naive_path(index, leaves)


def test_every_path_is_that_of_the_naive_tree_and_leads_to_its_root():
    for size in SIZES:
        for index in range(size):
            path = prove_inclusion(HASHES[:size], index=index)
            assert path == naive_path(index, LEAVES[:size])
            assert verify_inclusion(HASHES[index], index=index, size=size, proof=path, root=ROOTS[size])


def test_no_path_leads_from_another_index():
    for size in range(1, 34):
        for index in range(size):
            path = prove_inclusion(HASHES[:size], index=index)
            for other in range(size + 3):
                held = verify_inclusion(HASHES[index], index=other, size=size, proof=path, root=ROOTS[size])
                assert held is (other == index)


def test_every_proof_of_consistency_is_that_of_the_naive_tree_and_holds():
    for size2 in SIZES:
        for size1 in range(size2 + 1):
            proof = prove_consistency(HASHES[:size2], size1=size1)
            assert proof == (naive_proof(size1, LEAVES[:size2]) if size1 else [])
            assert verify_consistency(size1=size1, size2=size2, proof=proof, root1=ROOTS[size1], root2=ROOTS[size2])


def test_no_proof_of_consistency_holds_between_other_sizes():
    for size2 in range(1, 20):
        for size1 in range(1, size2):
            proof = prove_consistency(HASHES[:size2], size1=size1)
            for other in (one for one in range(1, size2 + 1) if one != size1):
                roots = {"root1": ROOTS[other], "root2": ROOTS[size2]}
                assert not verify_consistency(size1=other, size2=size2, proof=proof, **roots)


@given(st.integers(1, 70), st.data())
def test_any_change_of_a_proof_is_found(size2, draw):
    size1 = draw.draw(st.integers(1, size2))
    index = draw.draw(st.integers(0, size2 - 1))
    path, proof = prove_inclusion(HASHES[:size2], index=index), prove_consistency(HASHES[:size2], size1=size1)
    change = draw.draw(st.sampled_from(["drop", "double", "swap", "flip", "add"]))
    roots = {"root1": ROOTS[size1], "root2": ROOTS[size2]}
    if (changed := altered(path, change, draw)) != path:
        assert not verify_inclusion(HASHES[index], index=index, size=size2, proof=changed, root=ROOTS[size2])
    if (changed := altered(proof, change, draw)) != proof:
        assert not verify_consistency(size1=size1, size2=size2, proof=changed, **roots)


def altered(proof: list[bytes], change: str, draw) -> list[bytes]:
    if not proof or change == "add":
        return [*proof, draw.draw(st.sampled_from(HASHES))]
    at = draw.draw(st.integers(0, len(proof) - 1))
    if change == "drop":
        return proof[:at] + proof[at + 1 :]
    if change == "double":
        return [*proof[: at + 1], *proof[at:]]
    if change == "swap":
        return proof[::-1]
    flipped = bytearray(proof[at])
    flipped[draw.draw(st.integers(0, 31))] ^= 1 << draw.draw(st.integers(0, 7))
    return [*proof[:at], bytes(flipped), *proof[at + 1 :]]


def test_inner_node_is_no_leaf():
    """Two leaves' hashes taken as one leaf's content give another root: the second preimage of a tree without prefixes."""
    forged = leaf_hash(HASHES[0] + HASHES[1])
    assert forged != node_hash(HASHES[0], HASHES[1])
    assert tree_root([forged, node_hash(HASHES[2], HASHES[3])]) != ROOTS[4]
    # An entry of the log has the form of a node's preimage, 0x01 and two hashes; its leaf is none the less no node.
    assert leaf_hash(b"\1" + HASHES[0] + HASHES[1]) != node_hash(HASHES[0], HASHES[1])


def test_node_in_the_place_of_a_leaf_holds_only_in_the_smaller_tree_that_it_is_a_leaf_of():
    """Why the size must be signed: with another size an inner node would pass for a leaf's hash."""
    node = node_hash(HASHES[0], HASHES[1])
    path = [node_hash(HASHES[2], HASHES[3])]
    assert verify_inclusion(node, index=0, size=2, proof=path, root=ROOTS[4])
    assert not verify_inclusion(node, index=0, size=4, proof=path, root=ROOTS[4])


def test_frontier_refuses_roots_that_do_not_fit():
    with pytest.raises(ValueError, match="do not make"):
        decode_frontier(3, bytes(32))
    with pytest.raises(ValueError, match="whole number"):
        decode_frontier(1, bytes(31))
    with pytest.raises(ValueError, match="do not make"):
        Frontier(-1, [bytes(32)])
    for wrong in (-1, 5):
        with pytest.raises(IndexError):
            prove_inclusion(HASHES[:5], index=wrong)
    with pytest.raises(IndexError):
        prove_consistency(HASHES[:5], size1=6)


hostile = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.just(2**63)
    | st.floats()
    | st.text(max_size=40)
    | st.binary(max_size=40)
    | st.sampled_from(HASHES)
    | st.just(bytearray(32))
    | st.just(object()),
    lambda inner: st.lists(inner, max_size=70) | st.tuples(inner) | st.dictionaries(st.text(max_size=2), inner),
    max_leaves=8,
)


@given(hostile, hostile, hostile, hostile, hostile)
def test_hostile_values_are_false_and_raise_nothing(one, two, three, four, five):
    assert verify_inclusion(one, index=two, size=three, proof=four, root=five) in (True, False)
    assert verify_consistency(size1=one, size2=two, proof=three, root1=four, root2=five) in (True, False)


@given(hostile, st.sampled_from(["leaf", "index", "size", "proof", "root"]))
def test_one_hostile_value_among_good_ones_is_false(value, place):
    good = {"leaf": HASHES[2], "index": 2, "size": 5, "proof": prove_inclusion(HASHES[:5], index=2), "root": ROOTS[5]}
    given_values = {**good, place: value}
    leaf = given_values.pop("leaf")
    assert verify_inclusion(leaf, **given_values) is (value == good[place] and type(value) is type(good[place]))


class Lying(bytes):
    def __len__(self):
        raise RuntimeError


LOOKS_RIGHT = {"true": True, "float": 1.0, "text": "1", "lying": Lying(32), "view": memoryview(bytes(32)), "list": [[]]}


@pytest.mark.parametrize("name", LOOKS_RIGHT)
def test_value_that_only_looks_right_is_false(name):
    value = LOOKS_RIGHT[name]
    assert not verify_inclusion(HASHES[0], index=value, size=2, proof=[HASHES[1]], root=ROOTS[2])
    assert not verify_inclusion(value, index=0, size=2, proof=[HASHES[1]], root=ROOTS[2])
    assert not verify_inclusion(HASHES[0], index=0, size=2, proof=value, root=ROOTS[2])
    assert not verify_inclusion(HASHES[0], index=0, size=2, proof=[value], root=ROOTS[2])
    assert not verify_consistency(size1=value, size2=2, proof=[HASHES[1]], root1=ROOTS[1], root2=ROOTS[2])
