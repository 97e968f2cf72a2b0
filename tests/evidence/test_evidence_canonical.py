"""Canonical records: the bytes of RFC 8785 inside the profile, a refusal with its reason outside of it."""

import json
import random
import string
import unicodedata
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from suyuan.evidence.canonical import (
    DEPTH_MAX,
    INTEGER_MAX,
    NotCanonicalError,
    decode,
    encode,
    format_moment,
    parse_moment,
)

VECTORS = Path(__file__).resolve().parents[3] / "shared" / "vectors" / "jcs"
# What RFC 8785 allows and the profile does not, by the vector that has it.
REFUSED = {
    "arrays": "An object with keys, not list",
    "french": "characters other than a-z",
    "structures": "characters other than a-z",
    "unicode": "characters other than a-z",
    "values": "float is no type",
    "weird": "characters other than a-z",
}

keys = st.text(string.ascii_lowercase + string.digits + "_", min_size=1, max_size=12)
texts = st.text(max_size=20).map(lambda text: unicodedata.normalize("NFC", text))
plain = st.none() | st.booleans() | st.integers(-INTEGER_MAX, INTEGER_MAX) | texts
values = st.recursive(plain, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4))
records = st.dictionaries(keys, values, max_size=6)


def draw_record(source: random.Random, depth: int = 0) -> dict:
    return {draw_key(source): draw_value(source, depth) for _ in range(source.randrange(6))}


def draw_key(source: random.Random) -> str:
    return "".join(source.choices("abz_09", k=source.randint(1, 6)))


def draw_value(source: random.Random, depth: int):
    kind = source.randrange(8 if depth < 4 else 6)
    if kind < 2:
        return source.choice([None, True, False, 0, 1, -1, INTEGER_MAX, -INTEGER_MAX])
    if kind < 4:
        return source.randint(-(10 ** source.randrange(16)), 10 ** source.randrange(16))
    if kind < 6:
        # Every plane, control characters and quotes included, halves of characters left out.
        points = (
            source.choice([source.randrange(128), source.randrange(0xD800), source.randrange(0xE000, 0x110000)])
            for _ in range(source.randrange(12))
        )
        return unicodedata.normalize("NFC", "".join(map(chr, points)))
    if kind == 6:
        return [draw_value(source, depth + 1) for _ in range(source.randrange(4))]
    return draw_record(source, depth + 1)


@pytest.mark.skipif(not VECTORS.is_dir(), reason="the vectors of RFC 8785 lie in ../shared, which is not here")
@pytest.mark.parametrize("name", sorted(REFUSED))
def test_vector_outside_the_profile_is_refused_for_its_reason(name):
    value = json.loads((VECTORS / "input" / f"{name}.json").read_bytes())
    with pytest.raises(NotCanonicalError, match=f"(?i){REFUSED[name]}"):
        encode(value)
    with pytest.raises(NotCanonicalError):
        decode((VECTORS / "output" / f"{name}.json").read_bytes())


@pytest.mark.skipif(not VECTORS.is_dir(), reason="the vectors of RFC 8785 lie in ../shared, which is not here")
@pytest.mark.parametrize("name", sorted(REFUSED))
def test_what_a_vector_has_inside_the_profile_gives_its_bytes(name):
    """Put each plain value of a vector under a key of the profile, and look for its bytes in the vector's output."""
    output = (VECTORS / "output" / f"{name}.json").read_bytes()
    found = 0
    for value in plain_values(json.loads((VECTORS / "input" / f"{name}.json").read_bytes())):
        try:
            encoded = encode({"k": value})
        except NotCanonicalError:
            continue
        found += 1
        assert encoded.removeprefix(b'{"k":').removesuffix(b"}") in output
    assert found or name == "unicode", "every vector but the one on Unicode has a value in the profile"


def plain_values(value):
    if isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from plain_values(inner)
    else:
        yield value


@pytest.mark.parametrize("seed", range(5))
def test_bytes_of_thousands_of_records_are_those_of_rfc8785(seed):
    source = random.Random(seed)
    for _ in range(2_000):
        record = draw_record(source)
        text = encode(record)
        assert text == rfc8785.dumps(record)
        assert decode(text) == record


@given(records)
def test_what_was_encoded_decodes_to_itself(record):
    assert encode(record) == rfc8785.dumps(record)
    assert decode(encode(record)) == record


@given(records, st.data())
def test_any_text_that_decodes_is_what_it_says_encodes_to(record, draw):
    text = bytearray(encode(record))
    at = draw.draw(st.integers(0, len(text) - 1))
    text[at] = draw.draw(st.integers(0, 255))
    try:
        decoded = decode(bytes(text))
    except NotCanonicalError:
        return
    assert rfc8785.dumps(decoded) == bytes(text)


@given(st.binary(max_size=60) | st.text(max_size=30).map(lambda text: text.encode("utf-8", "replace")))
def test_decoding_anything_raises_nothing_else(text):
    with suppress(NotCanonicalError):
        assert rfc8785.dumps(decode(text)) == text


BAD_TEXTS = {
    "a key twice": b'{"a":1,"a":1}',
    "a key twice, further in": b'{"b":[{"a":1,"a":2}]}',
    "keys out of order": b'{"b":1,"a":1}',
    "a space": b'{"a": 1}',
    "a newline at the end": b'{"a":1}\n',
    "a byte order mark": b'\xef\xbb\xbf{"a":1}',
    "a minus zero": b'{"a":-0}',
    "a fraction": b'{"a":1.0}',
    "an exponent": b'{"a":1e2}',
    "no number": b'{"a":NaN}',
    "infinity": b'{"a":-Infinity}',
    "a number of a million digits": b'{"a":' + b"9" * 1_000_000 + b"}",
    "a number one too large": b'{"a":%d}' % (INTEGER_MAX + 1),
    "a number one too small": b'{"a":%d}' % (-INTEGER_MAX - 1),
    "an escape that is not needed": rb'{"a":"\u0041"}',
    "a slash escaped": rb'{"a":"\/"}',
    "a control character in capitals": rb'{"a":"\u001F"}',
    "half a character": rb'{"a":"\ud800"}',
    "half a character in three bytes": b'{"a":"\xed\xa0\x80"}',
    "a pair of halves that is a character": rb'{"a":"\ud83d\ude00"}',
    "an overlong slash": b'{"a":"\xc0\xaf"}',
    "a capital in a key": b'{"A":1}',
    "an empty key": b'{"":1}',
    "a full-width digit in a key": '{"１":1}'.encode(),
    "no object": b"[1]",
    "a text alone": b'"a"',
    "nothing": b"",
    "deep": b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "one level too deep": b'{"a":' * DEPTH_MAX + b'{"a":1}' + b"}" * DEPTH_MAX,
}


@pytest.mark.parametrize("text", BAD_TEXTS.values(), ids=BAD_TEXTS.keys())
def test_text_that_is_not_canonical_is_refused(text):
    with pytest.raises(NotCanonicalError):
        decode(text)


GOOD_TEXTS = {
    "the largest number": b'{"a":%d}' % INTEGER_MAX,
    "the smallest number": b'{"a":%d}' % -INTEGER_MAX,
    "as deep as may be": b'{"a":' * (DEPTH_MAX - 1) + b'{"a":1}' + b"}" * (DEPTH_MAX - 1),
    "no key": b"{}",
    "control characters": rb'{"a":"\u0000\b\t\n\f\r\u001f"}',
    "what needs no escape": '{"a":"/\x7f\u2028\U0001f600"}'.encode(),
}


@pytest.mark.parametrize("text", GOOD_TEXTS.values(), ids=GOOD_TEXTS.keys())
def test_text_at_the_edge_of_the_profile_is_read(text):
    assert encode(decode(text)) == text


class Number(int):
    """A number that is not quite one."""


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ({"a": 1.5}, "float"),
        ({"a": (1,)}, "tuple"),
        ({"a": b"1"}, "bytes"),
        ({"a": {1}}, "set"),
        ({"a": Number(1)}, "Number"),
        ({"a": datetime(2026, 1, 1, tzinfo=UTC)}, "datetime"),
        ({1: 1}, "the key 1"),
        ({"a": {"é": 1}}, "record.a: the key"),
        ({"a": [0, {"b": "e\u0301"}]}, r"record.a\[1\].b: .* NFC"),
        ({"a": "\udc00"}, "half a character"),
        ({"a": 2**53}, "beyond"),
        ({"a": 2**20_000}, "20001 bits is beyond"),
        ("a", "not str"),
    ],
)
def test_value_outside_the_profile_is_refused_with_its_place(value, reason):
    with pytest.raises(NotCanonicalError, match=reason):
        encode(value)


def test_value_that_holds_itself_is_refused():
    endless: dict = {}
    endless["a"] = endless
    with pytest.raises(NotCanonicalError, match="deeper"):
        encode(endless)


def test_reader_does_not_ask_for_form_nfc():
    """Else a receipt with a character that is younger than the writer's Unicode might cease to hold one day."""
    assert decode('{"a":"e\u0301"}'.encode()) == {"a": "e\u0301"}


@given(st.datetimes(datetime(1000, 1, 1), datetime(2999, 12, 31)))  # noqa: DTZ001 - the zone is given below
def test_moment_is_read_as_it_was_written(moment):
    aware = moment.replace(tzinfo=UTC)
    assert parse_moment(format_moment(aware)) == aware


def test_moment_is_written_in_utc_with_four_digits_of_the_year():
    shanghai = timezone(timedelta(hours=8))
    assert format_moment(datetime(2026, 1, 1, 7, tzinfo=shanghai)) == "2025-12-31T23:00:00.000000Z"
    assert format_moment(datetime(7, 1, 2, tzinfo=UTC)) == "0007-01-02T00:00:00.000000Z"
    with pytest.raises(ValueError, match="time zone"):
        format_moment(datetime(2026, 1, 1))  # noqa: DTZ001 - what must be refused


@pytest.mark.parametrize(
    "text",
    [
        "2026-05-03T02:11:09Z",
        "2026-05-03T02:11:09.000000",
        "2026-05-03T02:11:09.000000+00:00",
        "2026-05-03 02:11:09.000000Z",
        "2026-05-03T02:11:09.000000Z\n",
        "2026-02-30T02:11:09.000000Z",
        "2026-05-03T24:00:00.000000Z",
        "2026-12-31T23:59:60.000000Z",
        "0999-05-03T02:11:09.000000Z",
        "3000-05-03T02:11:09.000000Z",
        "２０２６-05-03T02:11:09.000000Z",
        None,
        5,
        b"2026-05-03T02:11:09.000000Z",
    ],
)
def test_what_is_no_moment_is_none(text):
    assert parse_moment(text) is None
