"""A Merkle tree written straight from RFC 6962, for tests: slow, short, and sharing no code with the one it judges."""

import hashlib
import random


def naive_root(leaves: list[bytes], name: str = "sha256") -> bytes:
    """MTH of RFC 6962 section 2.1, word for word."""
    if not leaves:
        return hashlib.new(name).digest()
    if len(leaves) == 1:
        return hashlib.new(name, b"\0" + leaves[0]).digest()
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return hashlib.new(name, b"\1" + naive_root(leaves[:k], name) + naive_root(leaves[k:], name)).digest()


def naive_path(m: int, leaves: list[bytes]) -> list[bytes]:
    """PATH of RFC 6962 section 2.1.1, word for word."""
    if len(leaves) == 1:
        return []
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    if m < k:
        return [*naive_path(m, leaves[:k]), naive_root(leaves[k:])]
    return [*naive_path(m - k, leaves[k:]), naive_root(leaves[:k])]


def naive_proof(m: int, leaves: list[bytes], *, is_whole: bool = True) -> list[bytes]:
    """PROOF and SUBPROOF of RFC 6962 section 2.1.2, word for word."""
    if m == len(leaves):
        return [] if is_whole else [naive_root(leaves)]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    if m <= k:
        return [*naive_proof(m, leaves[:k], is_whole=is_whole), naive_root(leaves[k:])]
    return [*naive_proof(m - k, leaves[k:], is_whole=False), naive_root(leaves[:k])]


def draw_leaves(size: int, seed: int = 5) -> list[bytes]:
    source = random.Random(seed)
    return [source.randbytes(source.randrange(40)) for _ in range(size)]
