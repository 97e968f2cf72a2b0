"""Receipts for tests: one seeded shard with its keys and witnesses, out of which receipts are made by the thousand.

    factory = ReceiptFactory(seed=7, size=500)
    verify_receipt(factory.receipt(12, row=0), trust=factory.trust)

The first leaf opens the log, every tenth is an act, the others are submissions of one to seven rows of every outcome.
Whatever a test wants otherwise (keys, times, cosignatures) it gives to `checkpoint`, `acknowledgement` and `receipt`.
"""

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from suyuan.evidence import canonical
from suyuan.evidence.acknowledgement import acknowledge, describe_submission
from suyuan.evidence.checkpoint import Checkpoint
from suyuan.evidence.hashing import SHA256, SM3, Hashing
from suyuan.evidence.keys import COSIGNATURE, ED25519, SM2, Algorithm, SignerKey, make_signer_key
from suyuan.evidence.merkle import leaf_hash, node_hash
from suyuan.evidence.note import sign_line, sign_note
from suyuan.evidence.proof import Proof, Receipt, RowProof
from suyuan.evidence.record import (
    Digests,
    accepted_row,
    digest_both,
    duplicate_row,
    make_entry,
    rejected_row,
)
from suyuan.evidence.trust import LogKey, Trust

NAME = "log.example/suyuan"
START = datetime(2026, 5, 3, 2, 11, 9, 123456, UTC)
VALID_FROM = datetime(2026, 1, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)


class Levels:
    """A whole tree, level by level, so that a path costs as many steps as the tree is high."""

    def __init__(self, contents: list[bytes], *, hashing: Hashing) -> None:
        self.levels = [[leaf_hash(one, hashing=hashing) for one in contents]]
        while len(self.levels[-1]) > 1:
            below = self.levels[-1]
            pairs = [node_hash(*below[at : at + 2], hashing=hashing) for at in range(0, len(below) - 1, 2)]
            self.levels.append(pairs + below[len(below) & ~1 :])
        self.root = self.levels[-1][0] if contents else hashing.digest(b"")

    def path(self, index: int) -> tuple[bytes, ...]:
        path = []
        for level in self.levels[:-1]:
            if index ^ 1 < len(level):
                path.append(level[index ^ 1])
            index >>= 1
        return tuple(path)


@dataclass(frozen=True)
class Twin:
    """Both trees over the same contents."""

    sha256: Levels
    sm3: Levels

    @property
    def roots(self) -> Digests:
        return Digests(self.sha256.root, self.sm3.root)


def grow_twin(contents: list[bytes]) -> Twin:
    return Twin(Levels(contents, hashing=SHA256), Levels(contents, hashing=SM3))


@dataclass(frozen=True)
class Leaf:
    """What the factory keeps of one leaf: the record, its blind, and of a submission what was told and the rows."""

    fields: dict[str, Any]
    record: bytes
    blind: bytes
    description: dict[str, Any] = field(default_factory=dict)
    rows: tuple[bytes, ...] = ()
    told: tuple[bytes | None, ...] = ()
    tree: Twin | None = None
    file_told: bytes | None = None


class ReceiptFactory:
    """One shard of a log with an Ed25519 and an SM2 key, and witnesses. `delays`: by how much a leaf was sealed late."""

    def __init__(
        self,
        *,
        seed: int = 1,
        size: int = 64,
        quorum: int = 3,
        witness_count: int = 3,
        year: int = 2026,
        name: str = NAME,
        delays: dict[int, timedelta] | None = None,
    ) -> None:
        self.random, self.name, self.origin = random.Random(seed), name, f"{name}/{year}"
        self.ed25519, self.sm2 = self.key(ED25519), self.key(SM2)
        self.witnesses = [self.key(COSIGNATURE, f"w{at}.example/witness") for at in range(witness_count)]
        self.quorum, self.delays = quorum, delays or {}
        self.start = START.replace(year=year)
        self.leaves = [self._leaf(index) for index in range(size)]
        self.tree = grow_twin([make_entry(one.record, blind=one.blind) for one in self.leaves])
        self.time = max(canonical.parse_moment(one.fields["sealed_at"]) for one in self.leaves) + SECOND
        self.trust = self.trusting()
        self.head = self.checkpoint()

    # -- keys and trust --

    def key(self, algorithm: Algorithm, name: str | None = None) -> SignerKey:
        return make_signer_key(name or self.name, algorithm=algorithm, private=self.random.randbytes(32))

    def log_key(self, key: SignerKey, **times: datetime) -> LogKey:
        return LogKey(key.verifier.algorithm, key.verifier.public, **{"valid_from": VALID_FROM, **times})

    def trusting(self, *keys: LogKey, **others: Any) -> Trust:
        both = (self.log_key(self.ed25519), self.log_key(self.sm2))
        known = {"quorum": self.quorum, "witnesses": tuple(one.verifier for one in self.witnesses), **others}
        return Trust(known.pop("name", self.name), keys or both, **known)

    # -- leaves --

    def _leaf(self, index: int) -> Leaf:
        happened_at = self.start + index * SECOND
        sealed_at = canonical.format_moment(happened_at + 2 * SECOND + self.delays.get(index, timedelta()))
        if index == 0:
            return self._seal({"type": "log", "origin": self.origin, "sealed_at": sealed_at})
        if index % 10 == 0:
            acted_at = canonical.format_moment(happened_at)
            act = digest_both(self.random.randbytes(20)).as_fields("digest")
            fields = {"type": "act", "act_no": index, "kind": "case", "acted_at": acted_at, "sealed_at": sealed_at}
            return self._seal({**fields, "actor": "officer-7", "byte_count": 20, **act})
        return self._submission(index, happened_at, sealed_at)

    def _seal(self, fields: dict[str, Any], **others: Any) -> Leaf:
        return Leaf(fields, canonical.encode(fields), self.random.randbytes(32), **others)

    def _submission(self, index: int, received_at: datetime, sealed_at: str) -> Leaf:
        outcomes = [self.random.randrange(4) for _ in range(self.random.randint(1, 7))]
        told = tuple(self._told(row) if outcome in (1, 3) else None for row, outcome in enumerate(outcomes, 2))
        rows = tuple(self._row(row, *both) for row, both in enumerate(zip(outcomes, told, strict=True), 2))
        tree = grow_twin(list(rows))
        description = describe_submission(
            submission=f"s-{index:012d}",
            submitter="91110000MA01234567",
            received_at=received_at,
            status="recorded",
            byte_count=self.random.randint(100, 10**6),
            digests=digest_both(self.random.randbytes(20)),
            accepted=sum(one < 2 for one in outcomes),
            duplicate=outcomes.count(2),
            rejected=outcomes.count(3),
        )
        file_told = b'[{"code":"column_unknown","column":"\xe5\xa4\x87\xe6\xb3\xa8"}]' if index % 7 == 3 else None
        fields = {
            "type": "submission",
            **description,
            "sealed_at": sealed_at,
            "form": "csv",
            "file_name": f"回收报表-{index}.csv",
            **tree.roots.as_fields("rows_root"),
            **(digest_both(file_told).as_fields("told") if file_told else {}),
        }
        return self._seal(fields, description=description, rows=rows, told=told, tree=tree, file_told=file_told)

    def _told(self, row: int) -> bytes:
        # What was read may be anything: here a letter whose accent stands alone, which no record would hold.
        return f'{{"row":{row},"read":{{"owner":"Jose\u0301"}},"draw":{self.random.getrandbits(32)}}}'.encode()

    def _row(self, row: int, outcome: int, told: bytes | None) -> bytes:
        report = canonical.encode({"battery_code": f"{self.random.getrandbits(80):024d}", "mass_g": 412_000})
        if outcome < 2:
            return accepted_row(row, report=report, told=told)
        if outcome == 2:
            return duplicate_row(row, report_id=f"r-{row}", submission="s-000000000001", first_row=2)
        return rejected_row(row, codes=["battery_code_length"], told=told or b"")

    # -- notes and receipts --

    def checkpoint(
        self,
        *,
        time: datetime | None = None,
        signers: list[SignerKey] | None = None,
        witnesses: list[SignerKey] | None = None,
        seen_at: datetime | list[datetime] | None = None,
        origin: str | None = None,
    ) -> str:
        """Return the signed head; `witnesses` cosign one second after its time, or at `seen_at`, one or one for each."""
        time, origin = time or self.time, origin or self.origin
        witnesses = self.witnesses if witnesses is None else witnesses
        text = str(Checkpoint(origin, len(self.leaves), self.tree.sha256.root, self.tree.sm3.root, time))
        both = [self.ed25519, self.sm2] if signers is None else signers
        seen = seen_at if isinstance(seen_at, list) else [seen_at or time + SECOND] * len(witnesses)
        lines = [sign_line(text, one, time=int(at.timestamp())) for one, at in zip(witnesses, seen, strict=True)]
        return sign_note(text, [one.renamed(origin) for one in both]) + "".join(lines)

    def acknowledgement(
        self, index: int, *, signers: list[SignerKey] | None = None, committed_at: datetime | None = None
    ) -> str:
        received_at = canonical.parse_moment(self.leaves[index].description["received_at"])
        both = [self.ed25519, self.sm2] if signers is None else signers
        return acknowledge(
            self.leaves[index].description, committed_at=committed_at or received_at + SECOND, signers=both
        )

    def content(self, index: int, *, row: int | None = None, acknowledgement: str | bool = True) -> Receipt:
        leaf = self.leaves[index]
        if acknowledgement is True:
            acknowledgement = self.acknowledgement(index) if leaf.description else False
        return Receipt(
            leaf.record.decode(),
            leaf.blind,
            self.tree.sm3.path(index),
            acknowledgement or None,
            None if row is None else self.row_proof(index, row),
            leaf.file_told,
        )

    def row_proof(self, index: int, row: int) -> RowProof:
        leaf = self.leaves[index]
        tree = leaf.tree
        return RowProof(row, leaf.rows[row].decode(), tree.sha256.path(row), tree.sm3.path(row), leaf.told[row])

    def wrap(self, index: int, content: Receipt, *, checkpoint: str | None = None) -> bytes:
        return str(Proof(index, self.tree.sha256.path(index), checkpoint or self.head, content.encode())).encode()

    def receipt(
        self,
        index: int,
        *,
        row: int | None = None,
        acknowledgement: str | bool = True,
        checkpoint: str | None = None,
    ) -> bytes:
        """Return the receipt of a leaf, of one of its rows (from 0) if asked, with an acknowledgement unless told not to."""
        return self.wrap(index, self.content(index, row=row, acknowledgement=acknowledgement), checkpoint=checkpoint)

    def find(self, *, outcome: str, has_told: bool) -> tuple[int, int]:
        """Return index and row of a row of some outcome in the shard, one that was told something or one that was not."""
        for index, leaf in enumerate(self.leaves):
            for row, (text, told) in enumerate(zip(leaf.rows, leaf.told, strict=True)):
                if b'"outcome":"%b"' % outcome.encode() in text and (told is not None) is has_told:
                    return index, row
        raise LookupError(outcome)
