"""SM2 signatures with SM3 (GB/T 32918) by the system's OpenSSL 3, which `cryptography` does not offer.

A signature is r and s in 64 bytes, a public key 0x04, x and y in 65, a private key 32. The signer's ID is the default one.
"""

import ctypes
import ctypes.util
import sys
from functools import lru_cache
from typing import Any, Final, Self

SIGNER_ID: Final = b"1234567812345678"
PUBLIC_BYTES: Final = 65
PRIVATE_BYTES: Final = 32
SIGNATURE_BYTES: Final = 64
# GB/T 32918.5: the recommended curve y^2 = x^3 - 3x + b over a field of _PRIME elements, with a group of _ORDER points.
_PRIME: Final = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
_ORDER: Final = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
_B: Final = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
_GENERATOR: Final = (
    0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7,
    0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0,
)
_SELECTION_KEYPAIR: Final = 0x87  # EVP_PKEY_KEYPAIR: private key, public key, parameters
_SELECTION_PUBLIC: Final = 0x86
_OPENSSL_3: Final = 0x30000000


class Sm2UnavailableError(RuntimeError):
    """No OpenSSL 3 with SM2 on this machine."""


def is_public_key(public: bytes) -> bool:
    """Tell whether 65 bytes are a point on the curve."""
    if len(public) != PUBLIC_BYTES or not public.startswith(b"\x04"):
        return False
    x, y = int.from_bytes(public[1:33], "big"), int.from_bytes(public[33:], "big")
    return x < _PRIME and y < _PRIME and (y * y - x * x * x + 3 * x - _B) % _PRIME == 0


def verify(public: bytes, message: bytes, signature: bytes) -> bool:
    """Tell whether a signature holds; raises nothing but Sm2UnavailableError."""
    if len(signature) != SIGNATURE_BYTES or not is_public_key(public):
        return False
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    if not (0 < r < _ORDER and 0 < s < _ORDER):
        return False
    with _Key(public) as key:
        return key.verify(message, _encode_der(r, s))


class PrivateKey:
    """A private key of 32 bytes; raises ValueError for any other, Sm2UnavailableError without OpenSSL 3."""

    def __init__(self, private: bytes) -> None:
        number = int.from_bytes(private, "big")
        if len(private) != PRIVATE_BYTES or not 0 < number < _ORDER - 1:
            raise ValueError("a private SM2 key is a number of 32 bytes from 1 to the group's order less 2")
        self._private = private
        self.public = _multiply_generator(number)

    def sign(self, message: bytes) -> bytes:
        """Return the signature of 64 bytes."""
        with _Key(self.public, self._private) as key:
            r, s = _decode_der(key.sign(message))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def _multiply_generator(number: int) -> bytes:
    """Return the public key of a private number. It takes about a millisecond and is done once for each key."""
    result: tuple[int, int] | None = None
    addend: tuple[int, int] | None = _GENERATOR
    while number:
        if number & 1:
            result = _add(result, addend)
        addend = _add(addend, addend)
        number >>= 1
    assert result is not None
    return b"\x04" + result[0].to_bytes(32, "big") + result[1].to_bytes(32, "big")


def _add(left: tuple[int, int] | None, right: tuple[int, int] | None) -> tuple[int, int] | None:
    if left is None or right is None:
        return left or right
    (x1, y1), (x2, y2) = left, right
    if x1 == x2 and (y1 + y2) % _PRIME == 0:
        return None
    rise, run = (3 * (x1 * x1 - 1), 2 * y1) if left == right else (y2 - y1, x2 - x1)
    slope = rise * pow(run, -1, _PRIME)
    x = (slope * slope - x1 - x2) % _PRIME
    return x, (slope * (x1 - x) - y1) % _PRIME


def _encode_der(r: int, s: int) -> bytes:
    parts = b"".join(_encode_integer(number) for number in (r, s))
    return b"\x30" + bytes([len(parts)]) + parts


def _encode_integer(number: int) -> bytes:
    content = number.to_bytes(number.bit_length() // 8 + 1, "big")  # a zero byte before a high bit: it is not negative
    return b"\x02" + bytes([len(content)]) + content


def _decode_der(content: bytes) -> tuple[int, int]:
    first_end = 4 + content[3]
    second_start = first_end + 2
    return int.from_bytes(content[4:first_end], "big"), int.from_bytes(
        content[second_start : second_start + content[first_end + 1]], "big"
    )


class _Param(ctypes.Structure):
    """OSSL_PARAM of openssl/core.h."""

    _fields_ = (
        ("key", ctypes.c_char_p),
        ("data_type", ctypes.c_uint),
        ("data", ctypes.c_void_p),
        ("data_size", ctypes.c_size_t),
        ("return_size", ctypes.c_size_t),
    )


_FUNCTIONS: Final[dict[str, tuple[Any, ...]]] = {
    # name: (result, arguments); p a pointer, z a size, i an int, s a C string
    "OpenSSL_version_num": (ctypes.c_ulong,),
    "EVP_PKEY_CTX_new_from_name": (ctypes.c_void_p, ctypes.c_void_p, ctypes.c_char_p, ctypes.c_char_p),
    "EVP_PKEY_fromdata_init": (ctypes.c_int, ctypes.c_void_p),
    "EVP_PKEY_fromdata": (ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p),
    "EVP_PKEY_CTX_free": (None, ctypes.c_void_p),
    "EVP_PKEY_free": (None, ctypes.c_void_p),
    "EVP_MD_CTX_new": (ctypes.c_void_p,),
    "EVP_MD_CTX_free": (None, ctypes.c_void_p),
    "EVP_MD_CTX_set_pkey_ctx": (None, ctypes.c_void_p, ctypes.c_void_p),
    "EVP_PKEY_CTX_new_from_pkey": (ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_char_p),
    "EVP_PKEY_CTX_set1_id": (ctypes.c_int, ctypes.c_void_p, ctypes.c_char_p, ctypes.c_size_t),
    "EVP_sm3": (ctypes.c_void_p,),
    "EVP_DigestSignInit": (ctypes.c_int, *[ctypes.c_void_p] * 5),
    "EVP_DigestSign": (
        ctypes.c_int,
        ctypes.c_void_p,
        ctypes.c_char_p,
        ctypes.c_void_p,
        ctypes.c_char_p,
        ctypes.c_size_t,
    ),
    "EVP_DigestVerifyInit": (ctypes.c_int, *[ctypes.c_void_p] * 5),
    "EVP_DigestVerify": (
        ctypes.c_int,
        ctypes.c_void_p,
        ctypes.c_char_p,
        ctypes.c_size_t,
        ctypes.c_char_p,
        ctypes.c_size_t,
    ),
    "ERR_clear_error": (None,),
}


@lru_cache(maxsize=1)
def _library() -> ctypes.CDLL:
    """Return OpenSSL's libcrypto; raises Sm2UnavailableError if it is not there, older than 3, or without SM2."""
    name = ctypes.util.find_library("crypto") or "libcrypto.so.3"  # small images lack what the search needs
    try:
        library: ctypes.CDLL | None = ctypes.CDLL(name)
        for function, (result, *arguments) in _FUNCTIONS.items():
            called = getattr(library, function)
            called.restype, called.argtypes = result, arguments
    except (OSError, AttributeError):
        library = None
    if library is None or library.OpenSSL_version_num() < _OPENSSL_3 or not library.EVP_sm3():
        raise Sm2UnavailableError(
            "SM2 signatures need the OpenSSL 3 library of the system (libcrypto) with SM2 and SM3; it was not found. "
            "On Debian: apt-get install libssl3. / 国密 SM2 签名需要系统的 OpenSSL 3（含 SM2、SM3），本机未找到。"
        )
    return library


class _Key:
    """A key inside OpenSSL, freed when its block ends."""

    def __init__(self, public: bytes, private: bytes | None = None) -> None:
        self._library = _library()
        self._pointer = self._load(public, private)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._library.EVP_PKEY_free(self._pointer)
        self._library.ERR_clear_error()

    def _load(self, public: bytes, private: bytes | None) -> ctypes.c_void_p:
        library = self._library
        group, point = ctypes.create_string_buffer(b"SM2"), ctypes.create_string_buffer(public, len(public))
        params = [
            _Param(b"group", 4, ctypes.addressof(group), 3, 0),
            _Param(b"pub", 5, ctypes.addressof(point), len(public), 0),
        ]
        # OpenSSL takes big numbers in the machine's own byte order.
        number = (private or b"\0")[:: -1 if sys.byteorder == "little" else 1]
        secret = ctypes.create_string_buffer(number, len(number))
        if private is not None:
            params.append(_Param(b"priv", 2, ctypes.addressof(secret), len(number), 0))
        array = (_Param * (len(params) + 1))(*params, _Param(None, 0, None, 0, 0))
        context = library.EVP_PKEY_CTX_new_from_name(None, b"SM2", None)
        pointer = ctypes.c_void_p()
        selection = _SELECTION_PUBLIC if private is None else _SELECTION_KEYPAIR
        try:
            if (
                not context
                or library.EVP_PKEY_fromdata_init(context) != 1
                or library.EVP_PKEY_fromdata(context, ctypes.byref(pointer), selection, array) != 1
            ):
                raise Sm2UnavailableError("OpenSSL on this machine refuses SM2 keys. / 本机 OpenSSL 不支持 SM2 密钥。")
        finally:
            library.EVP_PKEY_CTX_free(context)
        return pointer

    def sign(self, message: bytes) -> bytes:
        """Return a signature in DER."""
        length = ctypes.c_size_t(80)
        buffer = ctypes.create_string_buffer(length.value)
        with _Digest(self._library, self._pointer) as digest:
            init = self._library.EVP_DigestSignInit(digest.context, None, self._library.EVP_sm3(), None, self._pointer)
            signed = self._library.EVP_DigestSign(digest.context, buffer, ctypes.byref(length), message, len(message))
        if init != 1 or signed != 1:
            raise Sm2UnavailableError("OpenSSL could not sign with SM2. / OpenSSL 无法完成 SM2 签名。")
        return buffer.raw[: length.value]

    def verify(self, message: bytes, signature: bytes) -> bool:
        """Tell whether a signature in DER holds."""
        with _Digest(self._library, self._pointer) as digest:
            init = self._library.EVP_DigestVerifyInit(
                digest.context, None, self._library.EVP_sm3(), None, self._pointer
            )
            if init != 1:
                raise Sm2UnavailableError("OpenSSL could not begin to verify SM2. / OpenSSL 无法验证 SM2 签名。")
            held = self._library.EVP_DigestVerify(digest.context, signature, len(signature), message, len(message))
        return bool(held == 1)


class _Digest:
    """A digest context whose key context knows the signer's ID, freed when its block ends."""

    def __init__(self, library: ctypes.CDLL, key: ctypes.c_void_p) -> None:
        self._library = library
        self.context = library.EVP_MD_CTX_new()
        self._key_context = library.EVP_PKEY_CTX_new_from_pkey(None, key, None)
        library.EVP_PKEY_CTX_set1_id(self._key_context, SIGNER_ID, len(SIGNER_ID))
        library.EVP_MD_CTX_set_pkey_ctx(self.context, self._key_context)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._library.EVP_MD_CTX_free(self.context)
        self._library.EVP_PKEY_CTX_free(self._key_context)
