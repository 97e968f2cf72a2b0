"""Key changes: none twice, none in another log, none with something else in it, and witnesses that leave or are robbed."""

import json

import pytest
from receipt_factory import NAME, VALID_FROM, ReceiptFactory

from suyuan.evidence import canonical
from suyuan.evidence.hashing import encode_base64
from suyuan.evidence.key_change import KeyChangeError, apply_change, fold_changes, open_change, write_change
from suyuan.evidence.keys import COSIGNATURE, ED25519
from suyuan.evidence.note import sign_note
from suyuan.evidence.receipt import verify_receipt
from suyuan.evidence.trust import decode_trust

FACTORY = ReceiptFactory(seed=21, size=3)
CUSTODIANS = [FACTORY.key(ED25519, f"custodian-{at}.example") for at in range(3)]
AT = canonical.format_moment(VALID_FROM)
OTHER = FACTORY.key(COSIGNATURE, "w9.example/witness")


def opening() -> str:
    keys = [FACTORY.ed25519, FACTORY.sm2]
    text = open_change(
        name=NAME, at=VALID_FROM, keys=[one.verifier for one in keys], custodians=[one.verifier for one in CUSTODIANS]
    )
    return sign_note(text, [*keys, *CUSTODIANS])


def change(number: int, *, signers=CUSTODIANS[:2], **fields) -> str:
    return sign_note(write_change({"name": NAME, "change_no": number, "at": AT, **fields}), signers)


def witnesses(number: int, *keys, quorum: int = 3, stolen=(), **others) -> str:
    named = [
        {"name": one.name, "public": encode_base64(one.verifier.public), "url": "https://w.example"} for one in keys
    ]
    taken = [encode_base64(one.verifier.public) for one in stolen]
    return change(number, change="witnesses", witnesses=named, quorum=quorum, stolen=taken, **others)


OPENED = fold_changes([opening()])
NAMED = apply_change(OPENED, witnesses(1, *FACTORY.witnesses))


def retire(number: int, **fields) -> str:
    return change(number, **{"change": "retire", "public": encode_base64(FACTORY.ed25519.verifier.public), **fields})


def test_trust_that_changes_amount_to_verifies_receipts():
    assert verify_receipt(FACTORY.receipt(1), trust=NAMED.trust).outcome == "verified"
    assert decode_trust(NAMED.trust.encode()) == NAMED.trust


def test_change_is_not_recorded_twice_nor_out_of_its_place():
    first, back = witnesses(1, *FACTORY.witnesses), witnesses(2, *FACTORY.witnesses, OTHER)
    state = fold_changes([opening(), first, back])
    assert state.count == 3
    for again in (first, back, opening(), witnesses(True, OTHER), witnesses(4, OTHER)):
        with pytest.raises(KeyChangeError):
            apply_change(state, again)


@pytest.mark.parametrize(
    "note",
    [
        retire(1, name="other.example/log"),
        retire(1, signers=CUSTODIANS[:1]),
        retire(1, signers=[CUSTODIANS[0], FACTORY.key(ED25519, "stranger.example")]),
        retire(1, more=1),
        retire(1, change="forget"),
        retire(1, change=["retire"]),
        retire(1, at="soon"),
        retire(1, public=5),
        retire(1, public=encode_base64(bytes(32))),
        sign_note("suyuan-key-change/2\n{}\n", CUSTODIANS[:2]),
        witnesses(1, *FACTORY.witnesses, quorum=4),
        witnesses(1, FACTORY.witnesses[0], FACTORY.key(COSIGNATURE, FACTORY.witnesses[0].name), quorum=2),
        witnesses(1, FACTORY.witnesses[0], FACTORY.witnesses[0], quorum=1),
        witnesses(1, *FACTORY.witnesses, stolen=[OTHER]),
        "",
    ],
)
def test_change_that_is_not_as_it_should_be_is_refused(note):
    assert apply_change(OPENED, retire(1)).count == 2
    with pytest.raises(KeyChangeError):
        apply_change(OPENED, note)


def test_text_after_the_change_is_no_part_of_one():
    text = write_change(json.loads(retire(1).split("\n")[1]))
    assert apply_change(OPENED, sign_note(text, CUSTODIANS[:2])).count == 2
    with pytest.raises(KeyChangeError):
        apply_change(OPENED, sign_note(text + "and more\n", CUSTODIANS[:2]))


def test_log_is_not_its_own_witness():
    public = encode_base64(FACTORY.ed25519.verifier.public)
    own = [{"name": "w.example", "public": public, "url": "https://w.example"}]
    with pytest.raises(KeyChangeError):
        apply_change(OPENED, change(1, change="witnesses", witnesses=own, quorum=1, stolen=[]))


def test_end_that_was_said_is_moved_only_to_an_earlier_moment():
    for kind in ("retire", "stolen"):
        state = apply_change(OPENED, retire(1, change=kind, at="2026-06-01T00:00:00.000000Z"))
        with pytest.raises(KeyChangeError, match="earlier"):
            apply_change(state, retire(2, change=kind, at="2026-07-01T00:00:00.000000Z"))
        assert apply_change(state, retire(2, change=kind, at="2026-05-01T00:00:00.000000Z")).count == 3


def test_witness_that_left_counts_for_what_it_saw_and_a_robbed_one_does_not():
    others = FACTORY.witnesses[1:]
    left = apply_change(NAMED, witnesses(2, *others, OTHER))
    assert verify_receipt(FACTORY.receipt(1), trust=left.trust).outcome == "verified"
    robbed = apply_change(NAMED, witnesses(2, *others, OTHER, stolen=[FACTORY.witnesses[0]]))
    assert verify_receipt(FACTORY.receipt(1), trust=robbed.trust).outcome == "provisional"
    assert decode_trust(robbed.trust.encode()) == robbed.trust
    with pytest.raises(KeyChangeError):
        apply_change(robbed, witnesses(3, *FACTORY.witnesses))
