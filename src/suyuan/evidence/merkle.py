"""Merkle trees after RFC 6962 section 2.1: roots, proofs of inclusion and consistency, and a tree that grows by appending.

The hash function is SHA-256 unless another is given. What verifies answers True or False for whatever it is given.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from suyuan.evidence.hashing import HASH_BYTES, SHA256, Hashing

SIZE_MAX: Final = 2**63 - 1


def leaf_hash(data: bytes, *, hashing: Hashing = SHA256) -> bytes:
    """Return the hash of a leaf: H(0x00 || data)."""
    return hashing.digest(b"\x00" + data)


def node_hash(left: bytes, right: bytes, *, hashing: Hashing = SHA256) -> bytes:
    """Return the hash of an inner node: H(0x01 || left || right)."""
    return hashing.digest(b"\x01" + left + right)


class Frontier:
    """A tree as far as appending needs it: the roots of its largest full subtrees, from left to right."""

    def __init__(self, size: int = 0, roots: Iterable[bytes] = (), *, hashing: Hashing = SHA256) -> None:
        """Take up a tree of `size` leaves; raises ValueError unless there is one root for each bit set in the size."""
        self.size, self.roots, self.hashing = size, list(roots), hashing
        if size < 0 or len(self.roots) != size.bit_count():
            raise ValueError(f"{len(self.roots)} roots do not make a tree of {size} leaves")

    def append(self, leaf: bytes) -> None:
        """Add the hash of a leaf."""
        digest, roots, node = self.hashing.digest, self.roots, leaf
        full = self.size
        while full & 1:
            node = digest(b"\x01" + roots.pop() + node)
            full >>= 1
        roots.append(node)
        self.size += 1

    def copy(self) -> "Frontier":
        """Return a tree that grows on its own."""
        return Frontier(self.size, self.roots, hashing=self.hashing)

    def root(self) -> bytes:
        """Return the root of the tree."""
        if not self.roots:
            return self.hashing.digest(b"")
        node = self.roots[-1]
        for left in self.roots[-2::-1]:
            node = node_hash(left, node, hashing=self.hashing)
        return node

    def encode(self) -> bytes:
        """Return the roots in one piece, for keeping; `decode_frontier` takes them up again."""
        return b"".join(self.roots)


def decode_frontier(size: int, content: bytes, *, hashing: Hashing = SHA256) -> Frontier:
    """Return the tree of some size whose roots were kept; raises ValueError if they do not fit it."""
    if len(content) % HASH_BYTES:
        raise ValueError(f"{len(content)} bytes are no whole number of hashes")
    return Frontier(size, _cut(content), hashing=hashing)


def _cut(content: bytes) -> list[bytes]:
    return [content[start : start + HASH_BYTES] for start in range(0, len(content), HASH_BYTES)]


def tree_root(leaf_hashes: Sequence[bytes], *, hashing: Hashing = SHA256) -> bytes:
    """Return the root over the hashes of leaves; that of no leaf is H("")."""
    if not leaf_hashes:
        return hashing.digest(b"")
    return _collapse(list(leaf_hashes), hashing)


def _collapse(level: list[bytes], hashing: Hashing) -> bytes:
    """Hash level by level; an odd node at the end goes up as it is, which is the tree of RFC 6962."""
    digest = hashing.digest
    while len(level) > 1:
        paired = [digest(b"\x01" + level[at] + level[at + 1]) for at in range(0, len(level) - 1, 2)]
        if len(level) % 2:
            paired.append(level[-1])
        level = paired
    return level[0]


def prove_inclusion(leaf_hashes: Sequence[bytes], *, index: int, hashing: Hashing = SHA256) -> list[bytes]:
    """Return the path of a leaf, from its sibling up; raises IndexError for a leaf that is not there."""
    if not 0 <= index < len(leaf_hashes):
        raise IndexError(f"there is no leaf {index} among {len(leaf_hashes)}")
    digest, level, proof = hashing.digest, list(leaf_hashes), []
    while len(level) > 1:
        sibling = index ^ 1
        if sibling < len(level):
            proof.append(level[sibling])
        paired = [digest(b"\x01" + level[at] + level[at + 1]) for at in range(0, len(level) - 1, 2)]
        if len(level) % 2:
            paired.append(level[-1])
        level, index = paired, index // 2
    return proof


def prove_consistency(leaf_hashes: Sequence[bytes], *, size1: int, hashing: Hashing = SHA256) -> list[bytes]:
    """Return the proof that the tree of the first `size1` leaves is a beginning of this one; raises IndexError."""
    if not 0 <= size1 <= len(leaf_hashes):
        raise IndexError(f"there is no tree of {size1} among {len(leaf_hashes)} leaves")
    if size1 in (0, len(leaf_hashes)):
        return []
    return _subproof(leaf_hashes, size1, hashing, is_known=True)


def _subproof(leaves: Sequence[bytes], size1: int, hashing: Hashing, *, is_known: bool) -> list[bytes]:
    size = len(leaves)
    if size1 == size:
        return [] if is_known else [tree_root(leaves, hashing=hashing)]
    split = 1 << (size - 1).bit_length() - 1
    if size1 <= split:
        rest = _subproof(leaves[:split], size1, hashing, is_known=is_known)
        return [*rest, tree_root(leaves[split:], hashing=hashing)]
    rest = _subproof(leaves[split:], size1 - split, hashing, is_known=False)
    return [*rest, tree_root(leaves[:split], hashing=hashing)]


def verify_inclusion(
    leaf_hash: bytes, *, index: int, size: int, proof: Sequence[bytes], root: bytes, hashing: Hashing = SHA256
) -> bool:
    """Tell whether the path leads from a leaf at an index to the root of a tree of some size (RFC 9162 section 2.1.3.2)."""
    if not (_is_size(index) and _is_size(size) and index < size and _are_hashes(proof, leaf_hash, root)):
        return False
    at, last, node = index, size - 1, bytes(leaf_hash)
    for sibling in proof:
        if last == 0:
            return False
        if at & 1 or at == last:
            node = node_hash(bytes(sibling), node, hashing=hashing)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            node = node_hash(node, bytes(sibling), hashing=hashing)
        at, last = at >> 1, last >> 1
    return last == 0 and node == bytes(root)


def verify_consistency(
    *, size1: int, size2: int, proof: Sequence[bytes], root1: bytes, root2: bytes, hashing: Hashing = SHA256
) -> bool:
    """Tell whether the tree of `size1` leaves is a beginning of that of `size2` (RFC 9162 section 2.1.4.2).

    The empty tree is a beginning of every tree; its proof is empty and its root is H("").
    """
    if not (_is_size(size1) and _is_size(size2) and size1 <= size2 and _are_hashes(proof, root1, root2)):
        return False
    if size1 == 0:
        empty = hashing.digest(b"")
        return not proof and bytes(root1) == empty and (size2 > 0 or bytes(root2) == empty)
    if size1 == size2:
        return not proof and bytes(root1) == bytes(root2)
    path = [bytes(node) for node in proof]
    if size1 & (size1 - 1) == 0:
        path.insert(0, bytes(root1))
    if not path:
        return False
    at, last = size1 - 1, size2 - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    old = new = path[0]
    for node in path[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            old, new = node_hash(node, old, hashing=hashing), node_hash(node, new, hashing=hashing)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            new = node_hash(new, node, hashing=hashing)
        at, last = at >> 1, last >> 1
    return last == 0 and old == bytes(root1) and new == bytes(root2)


def _is_size(value: object) -> bool:
    return type(value) is int and 0 <= value <= SIZE_MAX


def _are_hashes(proof: object, *others: object) -> bool:
    """Tell whether all are hashes; a proof longer than any tree is high is none."""
    if not (type(proof) is list or type(proof) is tuple) or len(proof) > SIZE_MAX.bit_length():
        return False
    return all(type(one) in (bytes, bytearray) and len(one) == HASH_BYTES for one in (*proof, *others))
