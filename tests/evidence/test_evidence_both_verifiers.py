"""Two verifiers that share no line of code, in Python and in JavaScript, say the same of the same bytes."""

import base64
import hashlib
import json
import random
from collections import Counter
from dataclasses import replace

import pytest
import test_evidence_receipt as receipts
import test_evidence_signatures as signatures
from both_verifiers import NODE, judge_with_both, judge_with_javascript, receipt_case, spoil, text
from receipt_factory import SECOND, ReceiptFactory
from receipt_sorts import KINDS, PIECES, SORTS, Samples, extra_of, take_apart, with_extra
from test_evidence_trust import BAD

from suyuan.evidence import canonical, ed25519, sm2
from suyuan.evidence.acknowledgement import acknowledge
from suyuan.evidence.hashing import encode_base64
from suyuan.evidence.record import digest_both

pytestmark = pytest.mark.skipif(NODE is None, reason="no program `node`, which runs the second verifier")

SAMPLES = Samples(seed=21, sizes=(1, 2, 7, 40))
FACTORY = ReceiptFactory(seed=22, size=6)


def agreed(cases: list) -> list[str]:
    """Return the outcomes, which must be the same in both, with the same facts where it is not refused."""
    python, javascript = judge_with_both(cases)
    for case, mine, theirs in zip(cases, python, javascript, strict=True):
        assert mine["outcome"] == theirs["outcome"], (base64.b64decode(case.get("receipt", "")), mine, theirs)
        if mine["outcome"] in ("verified", "provisional"):
            assert (mine["facts"], mine["promise"]) == (theirs["facts"], theirs["promise"])
    return [one["outcome"] for one in python]


# -- receipts --


def test_good_receipts_of_every_sort_hold_in_both():
    good = [SAMPLES.good(sort) for sort in SORTS for _ in range(12)]
    assert agreed([receipt_case(one.content, one.trust.encode()) for one in good]) == [one.outcome for one in good]


def draw_spoilt(names, kinds, *, count: int) -> list:
    good = [SAMPLES.good(sort) for sort in SORTS for _ in range(4)]
    drawn = [
        SAMPLES.spoilt(SAMPLES.chance.choice(good), name=name, kind=kind)
        for name in names
        for kind in kinds
        for _ in range(count)
    ]
    return [one for one in drawn if one is not None]


def test_receipts_with_a_change_in_any_class_of_bytes_are_refused_by_both():
    spoilt = draw_spoilt(PIECES, KINDS, count=6)
    assert {one.kind for one in spoilt} == set(KINDS)
    assert {one.piece for one in spoilt} == set(PIECES)
    outcomes = agreed([receipt_case(one.content, one.trust.encode()) for one in spoilt])
    assert Counter(outcomes) == {"refused": len(spoilt)}


@pytest.mark.parametrize(
    ("name", "check", "instead", "piece", "kind"),
    [
        ("tree.js", "isSame(reached, root)", "true", "path", "of another receipt"),
        ("note.js", "!holds(key, message, signature)", "false", "line of a witness", "of another receipt"),
        ("note.js", "seen.has(place)", "false", "line of a witness", "double piece"),
        ("receipt.js", "!agrees", "false", "acknowledgement", "of another receipt"),
    ],
)
def test_without_one_check_changes_get_through(tmp_path, name, check, instead, piece, kind):
    """The control: each check refuses something that no other does."""
    folder = spoil(tmp_path / "verify", name=name, check=check, instead=instead)
    spoilt = draw_spoilt([piece], [kind], count=30)
    cases = [receipt_case(one.content, one.trust.encode()) for one in spoilt]
    assert {one["outcome"] for one in judge_with_javascript(cases, folder)} != {"refused"}


def test_last_bits_that_stand_for_nothing_are_refused_by_both(tmp_path):
    good = FACTORY.receipt(3)
    path = next(one for one in take_apart(good) if one.name == "path")
    last = path.end - len("A=\n")
    changed = good[:last] + bytes([good[last] + 1]) + good[last + 1 :]
    cases = [receipt_case(one, FACTORY.trust.encode()) for one in (good, changed)]
    assert agreed(cases) == ["verified", "refused"]
    folder = spoil(tmp_path / "verify", name="bytes.js", check="held & ((1 << bits) - 1)", instead="false")
    assert [one["outcome"] for one in judge_with_javascript(cases, folder)] == ["verified", "verified"]


def test_a_witness_left_out_makes_it_provisional_in_both():
    good = SAMPLES.good("whole")
    lines = [one for one in take_apart(good.content) if one.name == "line of a witness"]
    cases = [receipt_case(good.content[: one.start] + good.content[one.end :], good.trust.encode()) for one in lines]
    assert agreed(cases) == ["provisional"] * 3


def test_any_bytes_are_refused_by_both():
    chance, good = random.Random(23), SAMPLES.good("whole").content
    contents = [
        b"",
        b"\xef\xbb\xbf" + good,
        good.decode().encode("utf-16"),
        good * 2,
        good + b"\0",
        b"\n\n",
        b"\xff" * 9,
    ]
    contents += [chance.randbytes(chance.randrange(60)) for _ in range(50)]
    contents += [good[: chance.randrange(len(good))] for _ in range(50)]
    outcomes = agreed([receipt_case(one, FACTORY.trust.encode()) for one in contents])
    assert set(outcomes) == {"refused"}


def test_extra_content_of_any_form_is_refused_by_both():
    good = FACTORY.receipt(3, row=0)
    fields = canonical.decode(extra_of(good))
    values = [
        None,
        True,
        0,
        -1,
        2**53,
        1.0,
        "",
        "A",
        "A===",
        "AB==",
        "é",
        "\ud800",
        [],
        [[]],
        {},
        {"a": 1},
        {"__proto__": 1},
    ]
    texts = [
        json.dumps({**fields, key: one}, sort_keys=True, separators=(",", ":"), ensure_ascii=one == "é")
        for key in fields
        for one in values
    ]
    row = fields["row"]
    texts += [
        json.dumps({**fields, "row": {**row, key: one}}, sort_keys=True, separators=(",", ":"))
        for key in row
        for one in values
    ]
    texts += ["", "[]", "{", "5", "null", "{}", '{"a":' * 99 + "1" + "}" * 99, "[" * 100_000, '"' + "\\u0041" * 9]
    contents = [with_extra(good, one.encode("utf-8", "surrogatepass")) for one in texts]
    outcomes = agreed([receipt_case(one, FACTORY.trust.encode()) for one in contents if one != good])
    assert set(outcomes) == {"refused"}


DEEP = {"type": "act", "acted_at": "2026-05-03T02:00:00.000000Z", "sealed_at": "2026-05-03T02:00:00.000000Z"}


def nested(depth: int):
    return 0 if depth == 0 else [nested(depth - 1)]


RECORDS = [
    *(fields for mark in receipts.test_record_is_asked_for_type_and_times.pytestmark for fields, _ in mark.args[1]),
    {**DEEP, "a": nested(31)},
    {**DEEP, "a": '\u2028\u2029\u007f\x01\b\t\n\f\r"\\/é溯😀\ufeff\ufffd\uffff'},
    {**DEEP, "__proto__": 1, "constructor": {"toString": 1}.keys() and 2, "10": 1, "9": 2, "a_": 3, "a1": 4},
    {**DEEP, "a": [2**53 - 1, 1 - 2**53, 0, True, None, "", [], {}]},
    {**DEEP, "acted_at": "1000-02-28T00:00:00.000000Z"},
    {**DEEP, "acted_at": "1900-02-29T00:00:00.000000Z"},
    {**DEEP, "acted_at": "2024-02-29T23:59:59.999999Z"},
    {**DEEP, "acted_at": "0999-12-31T23:59:59.999999Z"},
    {**DEEP, "acted_at": "2026-01-01T24:00:00.000000Z"},
    {**DEEP, "acted_at": "2025-12-31T23:59:60.000000Z"},
    {**DEEP, "acted_at": "2026-01-01T00:00:00.00000٠Z"},
    {**DEEP, "acted_at": "2026-01-01T00:00:00.000000Z\n"},
]  # fmt: skip


def test_records_of_any_form_get_the_same_verdict():
    made = [receipts.sealed_anew(fields) for fields in RECORDS]
    outcomes = agreed([receipt_case(content, factory.trust.encode()) for factory, content in made])
    assert Counter(outcomes).keys() == {"verified", "refused"}
    assert outcomes[12:16] == ["verified"] * 4


def test_null_in_an_acknowledgement_is_not_what_the_record_lacks():
    fields = {key: one for key, one in receipts.FACTORY.leaves[1].fields.items() if key != "submitter"}
    for record, outcome in ((fields, "refused"), ({**fields, "submitter": None}, "verified")):
        factory, content = receipts.sealed_anew(record)
        promise = {key: record.get(key) for key in receipts.FACTORY.leaves[1].description}
        given = acknowledge(promise, committed_at=factory.time, signers=[factory.ed25519, factory.sm2])
        extra = {**canonical.decode(extra_of(content)), "acknowledgement": given}
        spoken = with_extra(content, canonical.encode(extra))
        assert agreed([receipt_case(spoken, factory.trust.encode())]) == [outcome]


def test_times_of_witnesses_get_the_same_verdict():
    def offset(*seconds):
        return FACTORY.checkpoint(seen_at=[FACTORY.time + one * SECOND for one in seconds])

    heads = [offset(0, 0, 0), offset(-61, 0, 0), offset(-60, 5, 9), offset(10**9, 0, 0), offset(-(10**6), 1, 1)]
    trusts = [FACTORY.trust, *(replace(FACTORY.trust, quorum=one) for one in (0, 1, 2))]
    stolen = FACTORY.log_key(FACTORY.ed25519, stolen_at=FACTORY.time + 8 * SECOND)
    trusts += [replace(one, keys=(stolen, one.keys[1])) for one in trusts]
    trusts.append(replace(trusts[1], witnesses=(), stolen_witnesses=FACTORY.trust.witnesses))
    cases = [receipt_case(FACTORY.receipt(1, checkpoint=head), trust.encode()) for head in heads for trust in trusts]
    assert set(agreed(cases)) == {"verified", "refused"}


def test_trust_files_of_any_form_get_the_same_verdict():
    good = receipts.FACTORY.receipt(6)
    files = [FACTORY.trust.encode(), *BAD.values()]
    own = FACTORY.trust.encode()
    files += [
        b"\xef\xbb\xbf" + own,
        own.decode().encode("utf-16"),
        own.decode().encode("utf-32"),
        own + b"x",
        b" \r\n\t" + own,
    ]
    files += [
        own.replace(b'"quorum"', b'"qu\\u006frum"'),
        own.replace(b": 3", b": 3e0"),
        own.replace(b": 3", b": -0"),
        own.replace(b": 3", b": 03"),
    ]
    assert set(agreed([receipt_case(FACTORY.receipt(1), one) for one in files])) == {"verified", "refused"}
    assert agreed([receipt_case(good, FACTORY.trust.encode())]) == ["refused"]


def test_the_largest_receipt_is_read_by_both():
    """Six million characters of one text: a pattern that steps back would run out of stack."""
    row = b'{"read":"' + "溯".encode() * 700_000 + b'"}'
    factory = ReceiptFactory(seed=5, size=2)
    told = {**canonical.decode(factory.leaves[1].record), **digest_both(row).as_fields("told")}
    factory, content = receipts.sealed_anew(told)
    fields = {**canonical.decode(extra_of(content)), "told": encode_base64(row)}
    large, larger = with_extra(content, canonical.encode(fields)), with_extra(content, b" " * 6_000_000)
    assert agreed([receipt_case(one, factory.trust.encode()) for one in (large, larger)]) == ["verified", "refused"]


# -- signatures --


def case_of(algorithm: str, public: bytes, message: bytes, signature: bytes) -> dict[str, str]:
    return {"algorithm": algorithm, "public": text(public), "message": text(message), "signature": text(signature)}


def ed25519_cases() -> list[dict[str, str]]:
    cases = [
        case_of("ed25519", *map(bytes.fromhex, (public, message, signed)))
        for _, public, message, signed in signatures.RFC_8032
    ]
    key = ed25519.PrivateKey(bytes(range(32)))
    good = key.sign(b"m")
    s = int.from_bytes(good[32:], "little")
    for small in signatures.SMALL_ENCODINGS:
        cases += [
            case_of("ed25519", small, b"m", small + bytes(32)),
            case_of("ed25519", key.public, b"m", small + good[32:]),
        ]
    for more in range(8):
        if s + more * signatures.ORDER < 2**256:
            cases.append(
                case_of("ed25519", key.public, b"m", good[:32] + (s + more * signatures.ORDER).to_bytes(32, "little"))
            )
    for bit in range(0, 512, 5):
        flipped = bytearray(good)
        flipped[bit // 8] ^= 1 << bit % 8
        cases.append(case_of("ed25519", key.public, b"m", bytes(flipped)))
    for length in (0, 63, 65):
        cases.append(case_of("ed25519", key.public, b"m", good.ljust(length, b"\0")[:length]))
    return cases


def sm2_cases() -> list[dict[str, str]]:
    public, good = signatures.PUBLIC, signatures.SIGNATURE
    cases = [case_of("sm2-sm3", public, b"message digest", good)]
    for bit in range(0, 512, 7):
        flipped = bytearray(good)
        flipped[bit // 8] ^= 1 << bit % 8
        cases.append(case_of("sm2-sm3", public, b"message digest", bytes(flipped)))
    r, s = int.from_bytes(good[:32], "big"), int.from_bytes(good[32:], "big")
    n = signatures.SM2_ORDER
    for one, other in ((0, s), (n, s), (r, 0), (r, n), (r, n - s), (r, n - r), (2**256 - 1, s)):
        cases.append(case_of("sm2-sm3", public, b"message digest", one.to_bytes(32, "big") + other.to_bytes(32, "big")))
    cases += [
        case_of("sm2-sm3", one, b"message digest", good)
        for one in (b"", b"\3" + public[1:], bytes(65), public + b"\0", public[:33] + bytes(32))
    ]
    for number in (1, 2, 3, n - 2):  # the base point itself, and its neighbours, as keys
        key = sm2.PrivateKey(number.to_bytes(32, "big"))
        cases.append(case_of("sm2-sm3", key.public, b"m", key.sign(b"m")))
    return cases


def test_signatures_of_the_standards_and_bad_ones_get_the_same_answer():
    outcomes = Counter(agreed(ed25519_cases())), Counter(agreed(sm2_cases()))
    assert [one[True] for one in outcomes] == [4, 5]


def test_key_with_a_part_of_small_order_gets_the_same_answer():
    """Whether [k]A is taken with k or with what is left of it by the order shows only here: the page says the latter."""
    key = ed25519.PrivateKey(bytes(range(32)))
    x, y = _point(key.public)
    small = next(one for one in signatures.SMALL if one[0] and one[1] and one[1] not in (1, signatures.PRIME - 1))
    mixed_x, mixed_y = signatures.add_points((x, y), small)
    mixed = (mixed_y + (mixed_x & 1) * 2**255).to_bytes(32, "little")
    assert ed25519.is_public_key(mixed)
    outcomes = agreed([_signed_for(mixed, bytes(range(32)), b"%d" % at) for at in range(64)])
    assert 2 <= sum(outcomes) <= 20, "about one of eight"


def _point(encoded: bytes) -> tuple[int, int]:
    prime, number = signatures.PRIME, int.from_bytes(encoded, "little")
    y, sign = number % 2**255, number >> 255
    d = -121665 * pow(121666, -1, prime) % prime
    square = (y * y - 1) * pow(d * y * y + 1, -1, prime) % prime
    x = pow(square, (prime + 3) // 8, prime)
    if (x * x - square) % prime:
        x = x * pow(2, (prime - 1) // 4, prime) % prime
    return (x if x & 1 == sign else prime - x), y


def _signed_for(mixed: bytes, private: bytes, message: bytes) -> dict[str, str]:
    """Return a signature that would hold for the key without its small part: it holds where k is a multiple of eight."""
    digest = hashlib.sha512(private).digest()
    scalar = int.from_bytes(bytes([digest[0] & 248]) + digest[1:31] + bytes([digest[31] & 127 | 64]), "little")
    nonce = ed25519.PrivateKey(hashlib.sha256(message).digest())
    digest = hashlib.sha512(hashlib.sha256(message).digest()).digest()
    r = int.from_bytes(bytes([digest[0] & 248]) + digest[1:31] + bytes([digest[31] & 127 | 64]), "little")
    k = int.from_bytes(hashlib.sha512(nonce.public + mixed + message).digest(), "little") % signatures.ORDER
    s = (r + k * scalar) % signatures.ORDER
    return case_of("ed25519", mixed, message, nonce.public + s.to_bytes(32, "little"))
