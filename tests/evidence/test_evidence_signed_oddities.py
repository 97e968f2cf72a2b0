"""Texts of any form that the log's own keys have signed, and trust files of any form: both verifiers say the same of them.

A change to what was signed stops at the signature. Here everything above it is made anew, so that form alone decides.
"""

import random
import re
from collections import Counter
from dataclasses import replace

import pytest
from both_verifiers import NODE, judge_with_both, receipt_case
from receipt_factory import ReceiptFactory, grow_twin
from receipt_sorts import extra_of, with_extra

from suyuan.evidence import canonical
from suyuan.evidence.checkpoint import Checkpoint
from suyuan.evidence.hashing import encode_base64
from suyuan.evidence.keys import COSIGNATURE, SignerKey
from suyuan.evidence.proof import Proof
from suyuan.evidence.record import make_entry

pytestmark = pytest.mark.skipif(NODE is None, reason="no program `node`, which runs the second verifier")

FACTORY = ReceiptFactory(seed=31, size=12)
GOOD = FACTORY.receipt(3, row=0)
COUNT = 150
TOKENS = (
    "0", "00", "-1", "1e1", "1.0", "9223372036854775807", "9223372036854775808", "9007199254740991", "9007199254740992",
    "٣", "é", "\u00a0", "\ufeff", "\u2028", "\x7f", "\t", "\r", "\n", " ", "=", "+", "/", "A", "Z", "T", "time ", "sm3 ",
    "null", "true", "[]", "{}", '""', '"a":1,', ",", ":", "{", "}", "\\u0041", "\\/", "\\ud800",
    "1000-01-01T00:00:00.000000Z", "2024-02-30T00:00:00.000000Z", "2999-12-31T23:59:59.999999Z", "3000-01-01T00:00:00.000000Z",
)  # fmt: skip


def twist(text: str, chance: random.Random) -> str:
    """Return a text with a few pieces put in, left out, doubled or replaced, words and numbers as a whole too."""
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        start = chance.randrange(len(text) + 1)
        end = min(len(text), start + chance.choice((1, 1, 2, 5, 27)))
        if chance.random() < 0.4:
            start, end = chance.choice(
                [one.span() for one in re.finditer(r'[0-9]+|"[^"]*"|\S+', text)] or [(start, end)]
            )
        put = chance.choice((chance.choice(TOKENS), "", text[start:end] * 2))
        text = text[:start] + put + text[end:]
    return text


def sign(text: str, *signers: SignerKey) -> str:
    """Return a note of any text, also of one that `sign_note` would refuse."""
    content, lines = text.encode(), ""
    for key in signers:
        is_witness = key.verifier.algorithm is COSIGNATURE
        seen_at = int(FACTORY.time.timestamp()) + 1
        signature = key.cosign(content, time=seen_at) if is_witness else key.sign(content)
        lines += f"— {key.name} {encode_base64(key.verifier.key_id + signature)}\n"
    return f"{text}\n{lines}"


def sign_head(text: str) -> str:
    own = [key.renamed(FACTORY.origin) for key in (FACTORY.ed25519, FACTORY.sm2)]
    return sign(text, *own, *FACTORY.witnesses)


def text_of(note: str) -> str:
    return note.rpartition("\n\n")[0] + "\n"


def with_head(chance: random.Random) -> bytes:
    return GOOD.partition(b"\n\n")[0] + b"\n\n" + sign_head(twist(text_of(FACTORY.head), chance)).encode()


def with_acknowledgement(chance: random.Random) -> bytes:
    fields = canonical.decode(extra_of(GOOD))
    text = twist(text_of(fields["acknowledgement"]), chance)
    fields["acknowledgement"] = sign(text, FACTORY.ed25519, FACTORY.sm2)
    return with_extra(GOOD, canonical._encode(fields))


def with_record(chance: random.Random) -> bytes:
    return seal(twist(FACTORY.leaves[3].record.decode(), chance), chance, row=None)


def with_row(chance: random.Random) -> bytes:
    rows = list(FACTORY.leaves[3].rows)
    at = chance.randrange(len(rows))
    rows[at] = twist(rows[at].decode(), chance).encode()
    tree = grow_twin(rows)
    fields = {**FACTORY.leaves[3].fields, **tree.roots.as_fields("rows_root")}
    if chance.random() < 0.3:
        odd = chance.choice(("accepted", "rejected", "rows_root_sm3", "type"))
        fields[odd] = chance.choice((0, 1, -1, True, None, "1", []))
    paths = {
        "path_sha256": [encode_base64(one) for one in tree.sha256.path(at)],
        "path_sm3": [encode_base64(one) for one in tree.sm3.path(at)],
    }
    return seal(canonical.encode(fields).decode(), chance, row={"index": at, "record": rows[at].decode(), **paths})


def seal(record: str, chance: random.Random, *, row: dict | None) -> bytes:
    """Return the receipt of a record of any text, in a log that holds it."""
    leaves = list(FACTORY.leaves)
    leaves[3] = replace(leaves[3], record=record.encode())
    tree = grow_twin([make_entry(one.record, blind=one.blind) for one in leaves])
    head = str(Checkpoint(FACTORY.origin, len(leaves), tree.sha256.root, tree.sm3.root, FACTORY.time))
    fields = canonical.decode(extra_of(GOOD))
    fields.update(record=record, path_sm3=[encode_base64(one) for one in tree.sm3.path(3)])
    for name in ("acknowledgement", "row", "told"):
        if name in fields and (row or chance.random() < 0.7):
            del fields[name]
    fields.update({} if row is None else {"row": row})
    return str(Proof(3, tree.sha256.path(3), sign_head(head), canonical._encode(fields))).encode()


@pytest.mark.parametrize("make", [with_head, with_acknowledgement, with_record, with_row])
def test_what_the_logs_own_keys_sign_gets_the_same_verdict(make):
    chance = random.Random(make.__name__)
    agree([receipt_case(make(chance), FACTORY.trust.encode()) for _ in range(COUNT)])


def test_trust_files_gone_wrong_get_the_same_verdict():
    chance, trust = random.Random(32), FACTORY.trust.encode().decode()
    agree([receipt_case(GOOD, twist(trust, chance).encode()) for _ in range(COUNT)])


def agree(cases: list[dict[str, str]]) -> None:
    outcomes = Counter()
    for mine, theirs in zip(*judge_with_both(cases), strict=True):
        assert (mine["outcome"], mine["facts"], mine.get("promise")) == (
            theirs["outcome"],
            theirs["facts"],
            theirs.get("promise"),
        )
        outcomes[mine["outcome"]] += 1
    assert outcomes["refused"] > COUNT / 2
    assert outcomes.keys() <= {"refused", "verified"}
