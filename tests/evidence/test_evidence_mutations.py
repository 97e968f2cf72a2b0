"""No changed byte of a receipt goes unnoticed, and nothing whatever makes the verifier raise."""

import base64
import random
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from receipt_factory import ReceiptFactory

from suyuan.evidence import canonical
from suyuan.evidence.hashing import encode_base64
from suyuan.evidence.keys import COSIGNATURE, SM2
from suyuan.evidence.receipt import verify_receipt

SLICES = 8


@cache
def sample() -> tuple[ReceiptFactory, bytes]:
    """Return a shard and a receipt with both algorithms, three witnesses, an acknowledgement, a row and what it was told."""
    factory = ReceiptFactory(seed=11, size=6)
    index, row = factory.find(outcome="rejected", has_told=True)
    return factory, factory.receipt(index, row=row)


def unnoticed(changes) -> list[str]:
    factory, good = sample()
    assert verify_receipt(good, trust=factory.trust).outcome == "verified"
    return [
        f"{what}: {changed[-40:]!r}"
        for what, changed in changes
        if changed != good and not verify_receipt(changed, trust=factory.trust).is_refused
    ]


def test_sample_has_everything():
    factory, good = sample()
    assert good.count("—".encode()) == 5
    verdict = verify_receipt(good, trust=factory.trust)
    assert verdict.facts["row"]["outcome"] == "rejected"
    assert len(verdict.sentences) == 2


@pytest.mark.parametrize("at", range(SLICES))
def test_every_flip_of_a_bit_is_refused(at):
    _, good = sample()
    assert unnoticed(flips(good, range(at, len(good), SLICES))) == []


def flips(good: bytes, places):
    for place in places:
        for bit in range(8):
            yield f"bit {bit} of byte {place}", good[:place] + bytes([good[place] ^ 1 << bit]) + good[place + 1 :]


def test_every_removal_and_doubling_of_a_byte_is_refused():
    _, good = sample()
    removed = ((f"without byte {at}", good[:at] + good[at + 1 :]) for at in range(len(good)))
    doubled = ((f"twice byte {at}", good[:at] + good[at : at + 1] + good[at:]) for at in range(len(good)))
    assert unnoticed(removed) == []
    assert unnoticed(doubled) == []


@pytest.mark.parametrize("byte", [b"\n", b" ", b"=", b"A", b"\0", b"\r", b"\xff"])
def test_every_insertion_of_a_byte_is_refused(byte):
    _, good = sample()
    places = range(len(good) + 1) if byte == b"\n" else random.Random(1).sample(range(len(good) + 1), 400)
    assert unnoticed((f"{byte} at {at}", good[:at] + byte + good[at:]) for at in places) == []


def test_every_cut_is_refused():
    factory, good = sample()
    # But for whole lines of witnesses, without which it is provisional: `test_lines_of_signatures_...` has those.
    last = len(good) - sum(len(line) for line in good.splitlines(keepends=True)[-3:])
    ends = [end for end in range(len(good)) if end < last or good[:end][-1:] != b"\n"]
    assert unnoticed((f"first {end}", good[:end]) for end in ends) == []
    assert verify_receipt(good[:last], trust=factory.trust).outcome == "provisional"
    assert unnoticed((f"from {start}", good[start:]) for start in range(1, len(good))) == []


@given(st.data())
def test_any_piece_moved_or_replaced_is_refused(draw):
    factory, good = sample()
    start = draw.draw(st.integers(0, len(good) - 1))
    end = draw.draw(st.integers(start, min(len(good), start + 200)))
    put = draw.draw(st.binary(max_size=8) | st.just(good[start:end][::-1]) | st.just(good[start:end] * 2))
    changed = good[:start] + put + good[end:]
    verdict = verify_receipt(changed, trust=factory.trust)
    # A whole signature line of a witness may be taken away, which leaves a receipt that says less.
    assert changed == good or verdict.outcome in ("refused", "provisional")
    if verdict.outcome == "provisional":
        assert changed.count(b"witness ") < good.count(b"witness ")


def test_lines_of_signatures_may_be_taken_away_only_with_what_they_prove():
    """The control of the test before: without a witness the receipt is provisional, without a key of the log refused."""
    factory, good = sample()
    lines = good.splitlines(keepends=True)
    outcomes = {}
    for at in range(len(lines) - 5, len(lines)):
        left = b"".join(lines[:at] + lines[at + 1 :])
        outcomes[lines[at].split(b" ")[1].decode()] = verify_receipt(left, trust=factory.trust).outcome
    assert outcomes.pop(factory.origin) == "refused"
    assert outcomes == {one.name: "provisional" for one in factory.witnesses}


def test_thousands_of_receipts_and_their_changes():
    factory = ReceiptFactory(seed=12, size=300)
    source = random.Random(13)
    for _ in range(400):
        index = source.randrange(300)
        rows = len(factory.leaves[index].rows)
        good = factory.receipt(index, row=source.randrange(rows) if rows else None)
        assert verify_receipt(good, trust=factory.trust).outcome == "verified"
        place = source.randrange(len(good))
        changed = good[:place] + bytes([good[place] ^ 1 << source.randrange(8)]) + good[place + 1 :]
        assert verify_receipt(changed, trust=factory.trust).is_refused


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace")))
def test_any_bytes_are_refused(content):
    factory, _ = sample()
    assert verify_receipt(content, trust=factory.trust).is_refused


@pytest.mark.parametrize("content", [None, 5, "text", [], memoryview(b"x"), object()])
def test_what_is_no_bytes_is_refused(content):
    factory, _ = sample()
    assert verify_receipt(content, trust=factory.trust).is_refused


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text("ab=/+—\n é", max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=5,
)
PLACES = ("format", "record", "blind", "path_sm3", "acknowledgement", "row", "told")
ROW_PLACES = ("index", "record", "path_sha256", "path_sm3", "told")


@given(st.sampled_from(PLACES + ROW_PLACES), json_values, st.booleans())
def test_any_value_in_any_place_of_a_receipt_is_refused(place, value, is_in_row):
    factory, good = sample()
    head, _, rest = good.partition(b"\nindex ")
    fields = canonical.decode(extra_of(good))
    into = fields["row"] if is_in_row and place in ROW_PLACES else fields
    if into.get(place, ...) == value:
        return
    into[place] = value
    changed = head[: head.index(b"extra ") + 6] + encode_base64(canonical._encode(fields)).encode()
    assert verify_receipt(changed + b"\nindex " + rest, trust=factory.trust).is_refused


def extra_of(good: bytes) -> bytes:
    return base64.b64decode(good.split(b"\n")[1].removeprefix(b"extra "))


@settings(max_examples=60)
@given(st.sampled_from([COSIGNATURE, SM2]), st.binary(min_size=72, max_size=72))
def test_any_signature_is_refused(algorithm, signature):
    factory, good = sample()
    key = factory.witnesses[0] if algorithm is COSIGNATURE else factory.sm2.renamed(factory.origin)
    named = f"— {key.name} ".encode()
    line = next(
        one
        for one in good.splitlines()
        if one.startswith(named) and encode_base64(key.verifier.key_id)[:5].encode() in one
    )
    forged = named + encode_base64(key.verifier.key_id + signature[: 72 if algorithm is COSIGNATURE else 64]).encode()
    assert verify_receipt(good.replace(line, forged), trust=factory.trust).is_refused
