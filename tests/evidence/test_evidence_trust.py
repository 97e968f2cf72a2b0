"""The trust file: what a verifier believes, and every file that it must not believe."""

import json
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from receipt_factory import ReceiptFactory

from suyuan.evidence.hashing import encode_base64
from suyuan.evidence.keys import COSIGNATURE
from suyuan.evidence.trust import Trust, TrustError, decode_trust

FACTORY = ReceiptFactory(size=2)
LATER = datetime(2027, 1, 1, tzinfo=UTC)
FULL = FACTORY.trusting(
    FACTORY.log_key(FACTORY.ed25519, valid_until=LATER, stolen_at=LATER),
    FACTORY.log_key(FACTORY.sm2),
    stolen_witnesses=(FACTORY.key(COSIGNATURE, "w9.example/witness").verifier,),
)


def changed(**fields) -> bytes:
    return json.dumps({**json.loads(FULL.encode()), **fields}).encode()


def changed_key(**fields) -> bytes:
    keys = json.loads(FULL.encode())["keys"]
    return changed(keys=[{**keys[0], **fields}, *keys[1:]])


@pytest.mark.parametrize("trust", [FULL, FACTORY.trust, replace(FACTORY.trust, quorum=0, witnesses=())])
def test_trust_is_read_as_it_was_written(trust):
    assert decode_trust(trust.encode()) == trust


def test_one_name_with_two_keys_is_one_witness():
    twice = (*FACTORY.trust.witnesses, FACTORY.key(COSIGNATURE, FACTORY.witnesses[0].name).verifier)
    assert decode_trust(replace(FACTORY.trust, witnesses=twice).encode()).quorum == 3
    with pytest.raises(TrustError, match="from 0 to 3"):
        decode_trust(replace(FACTORY.trust, witnesses=twice, quorum=4).encode())


WITNESSES = json.loads(FULL.encode())["witnesses"]
ED25519_TEXT = encode_base64(FACTORY.ed25519.verifier.public)
BAD = {
    "no JSON": b"{",
    "nothing": b"",
    "a list": b"[]",
    "a byte order mark": b"\xef\xbb\xbf" + FULL.encode(),
    "UTF-16": FULL.encode().decode().encode("utf-16"),
    "another format": changed(format="suyuan-trust/2"),
    "a key twice": FULL.encode().replace(b'"quorum": 3', b'"quorum": 3, "quorum": 0'),
    "a key twice, inside": FULL.encode().replace(
        b'"valid_until"', b'"stolen_at": "2099-01-01T00:00:00.000000Z", "valid_until"', 1
    ),
    "an unknown key": changed(quorums=3),
    "a misspelt theft": changed_key(stolenat="2026-01-01T00:00:00.000000Z"),
    "an unknown key of a witness": changed(witnesses=[{**WITNESSES[0], "stolen_at": None}], quorum=1),
    "no name": changed(name=None),
    "an empty name": changed(name=""),
    "a name with a space": changed(name="log example"),
    "a name that is not ASCII": changed(name="日志.example"),
    "no keys": changed(keys=[]),
    "keys that are none": changed(keys={}),
    "a key that is a text": changed(keys=["k"]),
    "an unknown algorithm": changed_key(algorithm="rsa"),
    "a witness's algorithm": changed_key(algorithm="cosignature"),
    "an algorithm that is a list": changed_key(algorithm=[]),
    "a key of another algorithm": changed_key(algorithm="sm2-sm3"),
    "a key of small order": changed_key(public=encode_base64((1).to_bytes(32, "little"))),
    "a key in another spelling": changed_key(public=ED25519_TEXT[:-2] + "+="),
    "a key that is a number": changed_key(public=5),
    "no first moment": changed_key(valid_from=None),
    "a moment without fraction": changed_key(valid_from="2026-01-01T00:00:00Z"),
    "a moment that is null": changed_key(stolen_at=None),
    "valid until before it is valid": changed_key(valid_until="2026-01-01T00:00:00.000000Z"),
    "quorum above the witnesses": changed(quorum=4),
    "quorum below nothing": changed(quorum=-1),
    "quorum true": changed(quorum=True),
    "quorum a fraction": changed(quorum=1.0),
    "quorum of a thousand digits": changed(quorum=10**1000),
    "quorum of many more digits": FULL.encode().replace(b'"quorum": 3', b'"quorum": ' + b"9" * 10_000),
    "no witnesses": changed(witnesses=None),
    "too many witnesses": changed(witnesses=WITNESSES * 30),
    "a witness twice": changed(witnesses=[*WITNESSES, WITNESSES[0]]),
    "a witness twice under two names": changed(witnesses=[*WITNESSES, {**WITNESSES[0], "name": "other.example"}]),
    "a stolen witness that counts": changed(stolen_witnesses=[WITNESSES[0]]),
    "the log as its own witness": changed(witnesses=[*WITNESSES, {"name": "w.example", "public": ED25519_TEXT}]),
    "a witness without a name": changed(witnesses=[{"public": WITNESSES[0]["public"]}], quorum=0),
    "too deep": b'{"format":' + b"[" * 100_000,
    "too long": FULL.encode() + b" " * 1_000_000,
}


@pytest.mark.parametrize("content", BAD.values(), ids=BAD.keys())
def test_trust_that_says_too_little_or_too_much_is_refused(content):
    assert content != FULL.encode()
    with pytest.raises(TrustError):
        decode_trust(content)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@given(st.sampled_from(sorted(json.loads(FULL.encode()))), json_values)
def test_no_value_in_any_place_raises_anything_else(place, value):
    with suppress(TrustError):
        assert isinstance(decode_trust(changed(**{place: value})), Trust)


@given(st.sampled_from(["algorithm", "public", "valid_from", "valid_until", "stolen_at"]), json_values)
def test_no_value_in_a_key_raises_anything_else(place, value):
    with pytest.raises(TrustError):
        decode_trust(changed_key(**{place: value}))
