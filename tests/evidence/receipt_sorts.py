"""Good receipts of every sort, and every way of spoiling one, by the class of its bytes.

samples = Samples(seed=1, sizes=(1, 7, 40))
good = samples.good()                  # a sort, a trust, a receipt, the outcome that it must have
spoilt = samples.spoilt(good)          # the class of bytes, the kind of mutation, the spoilt receipt
"""

import base64
import random
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import lru_cache

from receipt_factory import SECOND, ReceiptFactory

from suyuan.evidence import canonical
from suyuan.evidence.hashing import encode_base64
from suyuan.evidence.keys import COSIGNATURE, ED25519
from suyuan.evidence.trust import Trust

HOUR = timedelta(hours=1)
SORTS = (
    "whole",
    "no acknowledgement",
    "told erased",
    "too few witnesses",
    "no quorum asked",
    "Ed25519 alone",
    "SM2 alone",
    "a later key",
    "a key stolen later",
    "a stolen witness",
    "a witness with two keys",
    "a witness too many",
    "lines in another order",
)
KINDS = ("flip", "delete", "insert", "swap", "double byte", "double piece", "remove piece", "of another receipt")
PIECES = (
    "header", "extra", "index", "path", "blank line", "origin", "size", "root", "sm3 line", "time line",
    "line of the log, first", "line of the log, second", "line of a witness",
    "acknowledgement", "blind", "format", "path_sm3", "record", "told",
    "row.index", "row.path_sha256", "row.path_sm3", "row.record", "row.told",
)  # fmt: skip
# What may be left out: the receipt then says less, and holds.
OPTIONAL = ("acknowledgement", "told", "row.told", "line of a witness")


@dataclass(frozen=True)
class Good:
    """A good receipt, and what another one of the same log has to offer for mixing."""

    sort: str
    trust: Trust
    content: bytes
    outcome: str
    world: "World"


@dataclass(frozen=True)
class Spoilt:
    """A receipt that must be refused: in what class of bytes it was changed, and how."""

    piece: str
    kind: str
    trust: Trust
    content: bytes


@dataclass(frozen=True)
class Piece:
    """A stretch of bytes, of the file or of the JSON in its extra line."""

    name: str
    start: int
    end: int
    is_inner: bool = False


class World:
    """A shard, the trust and checkpoint of each sort, and the next year's shard under the same keys."""

    def __init__(self, *, seed: int, size: int, year: int = 2026) -> None:
        self.factory = factory = ReceiptFactory(
            seed=seed, size=size, witness_count=4, year=year, delays={5: 2 * HOUR, 12: 3 * HOUR}
        )
        self.later, self.stray = factory.key(ED25519), factory.key(COSIGNATURE, factory.witnesses[0].name)
        self.heads: dict[str, tuple[Trust, str]] = {}

    def take_keys(self, other: "World") -> None:
        """Sign with the keys of another shard of the log."""
        mine, theirs = self.factory, other.factory
        mine.ed25519, mine.sm2, mine.witnesses = theirs.ed25519, theirs.sm2, theirs.witnesses
        mine.trust = mine.trusting()
        self.later, self.stray = other.later, other.stray

    def head(self, sort: str) -> tuple[Trust, str]:
        if sort not in self.heads:
            self.heads[sort] = self._make_head(sort)
        return self.heads[sort]

    def _make_head(self, sort: str) -> tuple[Trust, str]:
        factory, three = self.factory, self.factory.witnesses[:3]
        own, sm2 = factory.log_key(factory.ed25519), factory.log_key(factory.sm2)
        later = factory.log_key(self.later, valid_from=factory.time)
        keys = {
            "Ed25519 alone": (own,),
            "SM2 alone": (sm2,),
            "a later key": (replace(own, valid_until=factory.time), later, sm2),
            "a key stolen later": (replace(own, stolen_at=factory.time + HOUR), sm2),
        }
        trust = factory.trusting(*keys.get(sort, (own, sm2)), quorum=0 if sort == "no quorum asked" else 3)
        if sort == "a stolen witness":
            trust = replace(trust, stolen_witnesses=(self.stray.verifier,))
        if sort == "a witness with two keys":
            trust = replace(trust, witnesses=(*trust.witnesses, self.stray.verifier))
        signers = {
            "Ed25519 alone": [factory.ed25519],
            "SM2 alone": [factory.sm2],
            "a later key": [self.later, factory.sm2],
        }
        witnesses = {
            "too few witnesses": three[:2],
            "a stolen witness": [*three, self.stray],
            "a witness with two keys": [*three, self.stray],
            "a witness too many": factory.witnesses,
        }.get(sort, three)
        seconds = {"a witness with two keys": (9, 1, 1, 1), "a witness too many": (5, 2, 9, -3)}
        seen_at = [factory.time + one * SECOND for one in seconds.get(sort, (1,) * len(witnesses))]
        head = factory.checkpoint(signers=signers.get(sort), witnesses=witnesses, seen_at=seen_at)
        if sort == "lines in another order":
            note, _, lines = head.rpartition("\n\n")
            head = f"{note}\n\n{''.join(reversed(lines.splitlines(keepends=True)))}"
        return trust, head

    def receipt(self, sort: str, index: int, row: int | None) -> Good:
        """Return the receipt of a leaf, or of one of its rows."""
        trust, head = self.head(sort)
        content = self.factory.content(index, row=row, acknowledgement=False)
        if sort != "no acknowledgement" and self.factory.leaves[index].description:
            content = replace(content, acknowledgement=self._acknowledgement(sort, index))
        if sort == "told erased":
            content = replace(content, told=None, row=content.row and replace(content.row, told=None))
        outcome = "provisional" if sort == "too few witnesses" else "verified"
        return Good(sort, trust, self.factory.wrap(index, content, checkpoint=head), outcome, self)

    @lru_cache(maxsize=10_000)  # noqa: B019 - a shard lives as long as the campaign
    def _acknowledgement(self, sort: str, index: int) -> str:
        factory = self.factory
        signers = {"Ed25519 alone": [factory.ed25519], "SM2 alone": [factory.sm2]}.get(sort)
        return factory.acknowledgement(index, signers=signers)


class Samples:
    """Receipts out of shards of several sizes, drawn with a seed."""

    def __init__(self, *, seed: int, sizes: tuple[int, ...]) -> None:
        self.chance = random.Random(seed)
        self.worlds = [World(seed=seed + at, size=size) for at, size in enumerate(sizes)]
        self.next_years = {one: World(seed=seed + 100, size=20, year=2027) for one in self.worlds}
        for one, next_year in self.next_years.items():
            next_year.take_keys(one)

    def good(self, sort: str | None = None) -> Good:
        """Draw a good receipt."""
        return self._draw(self.chance.choice(self.worlds), sort or self.chance.choice(SORTS))

    def _draw(self, world: World, sort: str) -> Good:
        index = self.chance.randrange(len(world.factory.leaves))
        rows = len(world.factory.leaves[index].rows)
        return world.receipt(sort, index, self.chance.choice([None, *range(rows)]))

    def spoilt(self, good: Good, *, name: str, kind: str) -> Spoilt | None:
        """Draw a mutation of one class of bytes of a good receipt; None where it changes nothing, or may be made."""
        found = [one for one in take_apart(good.content) if one.name == name]
        if not found or (kind == "remove piece" and name in OPTIONAL):
            return None
        donor = self._draw(self.next_years[good.world], good.sort) if kind == "of another receipt" else None
        content = mutate(good.content, self.chance.choice(found), kind, donor and donor.content, self.chance)
        return Spoilt(name, kind, good.trust, content) if content not in (None, good.content) else None


# -- classes of bytes --


def take_apart(content: bytes) -> list[Piece]:
    """Return every piece of a receipt; together they cover the file, and all members of the extra line's JSON."""
    pieces, at, blanks, own = [], 0, 0, iter(("line of the log, first", "line of the log, second"))
    heads = iter(("origin", "size", "root", "sm3 line", "time line"))
    origin = content.partition(b"\n\n")[2].partition(b"\n")[0]
    for number, line in enumerate(content.splitlines(keepends=True)):
        if line == b"\n":
            name, blanks = "blank line", blanks + 1
        elif blanks == 0:
            name = ("header", "extra", "index")[number] if number < 3 else "path"
        elif blanks == 1:
            name = next(heads)
        elif line.split(b" ")[1] == origin:
            name = next(own)
        else:
            name = "line of a witness"
        pieces.append(Piece(name, at, at + len(line)))
        at += len(line)
    return pieces + _take_members(extra_of(content))


def _take_members(inner: bytes) -> list[Piece]:
    fields = canonical.decode(inner)
    pieces = _members(fields, 1, "")
    return [one for one in pieces if one.name != "row"] + (
        _members(fields["row"], next(one for one in pieces if one.name == "row").start + len('"row":{'), "row.")
        if "row" in fields
        else []
    )


def _members(fields: dict, at: int, prefix: str) -> list[Piece]:
    pieces = []
    for key in sorted(fields):
        end = at + len(canonical.encode({key: fields[key]})) - len("{}")
        pieces.append(Piece(prefix + key, at, end, is_inner=True))
        at = end + 1
    return pieces


def extra_of(content: bytes) -> bytes:
    return base64.b64decode(content.split(b"\n")[1].removeprefix(b"extra "))


def with_extra(content: bytes, inner: bytes) -> bytes:
    header, _, rest = content.split(b"\n", 2)
    return b"\n".join((header, b"extra " + encode_base64(inner).encode(), rest))


# -- kinds of mutation --


def mutate(content: bytes, piece: Piece, kind: str, donor: bytes | None, chance: random.Random) -> bytes | None:
    """Return a receipt with one piece changed; None where this kind cannot change it."""
    whole = extra_of(content) if piece.is_inner else content
    before, old, after = whole[: piece.start], whole[piece.start : piece.end], whole[piece.end :]
    if donor is not None:
        source = extra_of(donor) if piece.is_inner else donor
        offered = [source[one.start : one.end] for one in take_apart(donor) if one.name == piece.name]
        new = chance.choice(offered) if offered else old
    else:
        new = _change(old, kind, chance)
    if piece.is_inner and kind == "double piece":
        new = old + b"," + old  # a key twice
    if new == old:
        return None
    if kind == "remove piece" and piece.is_inner:  # with the comma that stood beside it
        before, after = (before, after[1:]) if after.startswith(b",") else (before.removesuffix(b","), after)
    return with_extra(content, before + new + after) if piece.is_inner else before + new + after


def _change(old: bytes, kind: str, chance: random.Random) -> bytes:
    at, other = chance.randrange(len(old)), chance.randrange(len(old))
    if kind == "flip":
        return old[:at] + bytes([old[at] ^ 1 << chance.randrange(8)]) + old[at + 1 :]
    if kind == "delete":
        return old[:at] + old[at + 1 :]
    if kind == "insert":
        return old[:at] + chance.choice((b"\n", b" ", b"=", b"A", b"0", b"\0", b"\r", b"\xff", b'"')) + old[at:]
    if kind == "swap":
        changed = bytearray(old)
        changed[at], changed[other] = old[other], old[at]
        return bytes(changed)
    if kind == "double byte":
        return old[: at + 1] + old[at:]
    return old * 2 if kind == "double piece" else b""
