"""Hash and signature algorithms against the vectors of their standards, bad signatures, and GmSSL as an oracle."""

import gmssl_pyx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given, settings
from hypothesis import strategies as st

from suyuan.evidence import ed25519, sm2
from suyuan.evidence.hashing import SHA256, SM3, decode_base64, decode_hash, decode_hex, encode_base64

# -- SM3 (GB/T 32905 appendix A) --


@pytest.mark.parametrize(
    ("content", "digest"),
    [
        (b"abc", "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"),
        (b"abcd" * 16, "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"),
        (b"", "1ab21d8355cfa17f8e61194831e81a8f22bec8c728fefb747ed035eb5082aa2b"),
    ],
)
def test_sm3_of_the_standard(content, digest):
    assert SM3.digest(content).hex() == digest


@given(st.binary(max_size=200))
def test_sm3_is_that_of_gmssl(content):
    assert SM3.digest(content) == gmssl_pyx.sm3_hash(content) != SHA256.digest(content)


# -- Ed25519 (RFC 8032 section 7.1) --

RFC_8032 = [
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
]
PRIME = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493


@pytest.mark.parametrize(("private", "public", "message", "signature"), RFC_8032)
def test_ed25519_of_the_standard(private, public, message, signature):
    key = ed25519.PrivateKey(bytes.fromhex(private))
    assert key.public.hex() == public
    assert key.sign(bytes.fromhex(message)).hex() == signature
    assert ed25519.verify(key.public, bytes.fromhex(message), bytes.fromhex(signature))
    assert not ed25519.verify(key.public, bytes.fromhex(message) + b"\0", bytes.fromhex(signature))


def add_points(left: tuple[int, int], right: tuple[int, int]) -> tuple[int, int]:
    d = -121665 * pow(121666, -1, PRIME) % PRIME
    (x1, y1), (x2, y2) = left, right
    both = d * x1 * x2 * y1 * y2 % PRIME
    x = (x1 * y2 + x2 * y1) * pow(1 + both, -1, PRIME)
    return x % PRIME, (y1 * y2 + x1 * x2) * pow(1 - both, -1, PRIME) % PRIME


def points_of_small_order() -> list[tuple[int, int]]:
    """Return the eight points whose order divides 8: what is left of any points multiplied by the group's order."""
    found = {(0, 1)}
    y = 2
    while len(found) < 8:
        y += 1
        d = -121665 * pow(121666, -1, PRIME) % PRIME
        square = (y * y - 1) * pow(d * y * y + 1, -1, PRIME) % PRIME
        x = pow(square, (PRIME + 3) // 8, PRIME)
        if (x * x - square) % PRIME:
            x = x * pow(2, (PRIME - 1) // 4, PRIME) % PRIME
        if (x * x - square) % PRIME:
            continue
        point, result, number = (x, y), (0, 1), ORDER
        while number:
            if number & 1:
                result = add_points(result, point)
            point, number = add_points(point, point), number >> 1
        multiple = result
        for _ in range(8):
            found.add(multiple)
            multiple = add_points(multiple, result)
    return sorted(found)


SMALL = points_of_small_order()
# Each of them as it is written, with the sign of x turned about, and where there is room with the prime added to y.
SMALL_ENCODINGS = sorted(
    {
        (y + sign * 2**255 + more).to_bytes(32, "little")
        for _, y in SMALL
        for sign in (0, 1)
        for more in (0, PRIME)
        if y + more < 2**255
    }
)


def test_there_are_eight_points_of_small_order():
    assert len(SMALL) == 8
    assert len({y for _, y in SMALL}) == 5


@pytest.mark.parametrize("encoded", SMALL_ENCODINGS, ids=bytes.hex)
def test_point_of_small_order_is_no_public_key_and_no_r(encoded):
    assert not ed25519.is_public_key(encoded)
    # With S = 0 and a key of small order, OpenSSL alone accepts one R of eight for every message.
    assert not any(ed25519.verify(encoded, b"%d" % at, encoded + bytes(32)) for at in range(16))
    key = ed25519.PrivateKey(bytes(range(32)))
    assert not ed25519.verify(key.public, b"m", encoded + key.sign(b"m")[32:])


def test_openssl_alone_would_accept_a_key_of_small_order():
    """The control: without our refusal the neutral point as a key signs everything."""
    neutral = (1).to_bytes(32, "little")
    Ed25519PublicKey.from_public_bytes(neutral).verify(neutral + bytes(32), b"whatever")
    assert not ed25519.verify(neutral, b"whatever", neutral + bytes(32))


def test_signature_with_the_order_added_to_s_is_refused():
    key = ed25519.PrivateKey(bytes(range(32)))
    signature = key.sign(b"m")
    s = int.from_bytes(signature[32:], "little")
    for more in range(1, 9):
        if s + more * ORDER < 2**256:
            assert not ed25519.verify(key.public, b"m", signature[:32] + (s + more * ORDER).to_bytes(32, "little"))
    assert ed25519.verify(key.public, b"m", signature)


@pytest.mark.parametrize("y", [PRIME, PRIME + 1, PRIME + 3, 2**255 - 1])
def test_y_that_is_not_below_the_prime_is_refused(y):
    for sign in (0, 2**255):
        assert not ed25519.is_public_key((y + sign).to_bytes(32, "little"))


def test_key_that_is_on_no_curve_is_refused():
    key = ed25519.PrivateKey(bytes(range(32))).public
    assert ed25519.is_public_key(key)
    on_curve = [ed25519.is_public_key(at.to_bytes(32, "little")) for at in range(2, 200)]
    assert 70 < sum(on_curve) < 130, "about half of all y belong to a point"
    for wrong in (b"", key[:-1], key + b"\0"):
        assert not ed25519.is_public_key(wrong)


@given(st.integers(0, 511), st.binary(max_size=30))
def test_any_flip_of_an_ed25519_signature_is_refused(bit, message):
    key = ed25519.PrivateKey(bytes(range(1, 33)))
    flipped = bytearray(key.sign(message))
    flipped[bit // 8] ^= 1 << bit % 8
    assert not ed25519.verify(key.public, message, bytes(flipped))


# -- SM2 (GB/T 32918.5 appendix A.2) --

PRIVATE = bytes.fromhex("3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8")
PUBLIC = bytes.fromhex(
    "0409F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020"
    "CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13"
)
SIGNATURE = bytes.fromhex(
    "F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3"
    "B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA"
)
SM2_ORDER = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
SM2_PRIME = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF


def test_sm2_of_the_standard():
    assert sm2.PrivateKey(PRIVATE).public == PUBLIC
    assert sm2.verify(PUBLIC, b"message digest", SIGNATURE)
    assert not sm2.verify(PUBLIC, b"message digesT", SIGNATURE)


@settings(max_examples=40)
@given(st.integers(1, SM2_ORDER - 2), st.binary(max_size=300))
def test_gmssl_verifies_what_is_signed_here_and_back(number, message):
    key = sm2.PrivateKey(number.to_bytes(32, "big"))
    ours = key.sign(message)
    r, s = int.from_bytes(ours[:32], "big"), int.from_bytes(ours[32:], "big")
    assert gmssl_pyx.sm2_verify(key.public[1:], message, sm2._encode_der(r, s))
    assert not gmssl_pyx.sm2_verify(key.public[1:], message + b"x", sm2._encode_der(r, s))
    theirs = gmssl_pyx.sm2_sign(number.to_bytes(32, "big"), key.public[1:], message)
    r, s = sm2._decode_der(theirs)
    assert sm2.verify(key.public, message, r.to_bytes(32, "big") + s.to_bytes(32, "big"))


def test_signature_under_another_id_is_refused():
    key = sm2.PrivateKey(PRIVATE)
    theirs = gmssl_pyx.sm2_sign(PRIVATE, key.public[1:], b"m", signer_id=b"someone else")
    r, s = sm2._decode_der(theirs)
    assert not sm2.verify(key.public, b"m", r.to_bytes(32, "big") + s.to_bytes(32, "big"))


@settings(max_examples=200)
@given(st.integers(0, 511))
def test_any_flip_of_an_sm2_signature_is_refused(bit):
    flipped = bytearray(SIGNATURE)
    flipped[bit // 8] ^= 1 << bit % 8
    assert not sm2.verify(PUBLIC, b"message digest", bytes(flipped))


def test_sm2_numbers_out_of_range_are_refused():
    r, s = SIGNATURE[:32], SIGNATURE[32:]
    negated = (SM2_ORDER - int.from_bytes(s, "big")).to_bytes(32, "big")
    for wrong in (0, SM2_ORDER, 2**256 - 1):
        assert not sm2.verify(PUBLIC, b"message digest", wrong.to_bytes(32, "big") + s)
        assert not sm2.verify(PUBLIC, b"message digest", r + wrong.to_bytes(32, "big"))
    assert not sm2.verify(PUBLIC, b"message digest", r + negated)
    # r + s = n, which GB/T 32918.2 refuses in so many words.
    assert not sm2.verify(PUBLIC, b"message digest", r + (SM2_ORDER - int.from_bytes(r, "big")).to_bytes(32, "big"))
    for length in (0, 63, 65, 72):
        assert not sm2.verify(PUBLIC, b"message digest", SIGNATURE.ljust(length, b"\0")[:length])


def test_sm2_points_that_are_none_are_refused():
    x, y = int.from_bytes(PUBLIC[1:33], "big"), int.from_bytes(PUBLIC[33:], "big")
    assert sm2.is_public_key(PUBLIC)
    assert sm2.is_public_key(b"\4" + PUBLIC[1:33] + (SM2_PRIME - y).to_bytes(32, "big")), "its mirror image is a point"
    wrong = [
        b"\2" + PUBLIC[1:33],
        b"\3" + PUBLIC[1:],
        PUBLIC[1:],
        PUBLIC + b"\0",
        bytes(65),
        b"\4" + bytes(64),
        b"\4" + (x ^ 1).to_bytes(32, "big") + PUBLIC[33:],
        b"\4" + PUBLIC[1:33] + bytes(32),
    ]
    assert [one for one in wrong if sm2.is_public_key(one)] == []
    assert not sm2.verify(bytes(65), b"message digest", SIGNATURE)


@pytest.mark.parametrize("number", [0, SM2_ORDER - 1, SM2_ORDER, 2**256 - 1])
def test_number_that_is_no_private_key_is_refused(number):
    with pytest.raises(ValueError, match="private SM2 key"):
        sm2.PrivateKey(number.to_bytes(32, "big"))


# -- text forms --


@given(st.binary(max_size=70))
def test_base64_is_read_as_it_was_written(content):
    assert decode_base64(encode_base64(content)) == content


@pytest.mark.parametrize(
    "text", ["QQ", "QQ=", "QR==", "Q Q==", "QQ==\n", "QQ===", "=QQ=", "QQ==QQ==", "-_==", "ＱＱ==", "QUJ=", "Q"]
)
def test_base64_in_any_other_spelling_is_refused(text):
    assert decode_base64("QQ==") == b"A"
    assert decode_base64(text) is None


@pytest.mark.parametrize("value", [None, 5, b"", [], "0" * 63, "0" * 65, "A" * 64, "0" * 64 + "\n", "٠" * 64])
def test_what_is_no_hash_is_none(value):
    assert decode_hex("ab" * 32) == bytes.fromhex("ab" * 32)
    assert decode_hex(value) is None
    assert decode_hash(value) is None
