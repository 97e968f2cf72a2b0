"""Ed25519 (RFC 8032) through `cryptography`, with what it lets pass and we do not.

Two verifiers must say the same of the same bytes: points of small order and encodings that are not the shortest are refused.
"""

from functools import lru_cache
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

KEY_BYTES: Final = 32
SIGNATURE_BYTES: Final = 64
_PRIME: Final = 2**255 - 19
_ORDER: Final = 2**252 + 27742317777372353535851937790883648493
_SIGN: Final = 1 << 255
# The y coordinates of the eight points whose order divides 8 (RFC 7748 and RFC 8032 curve).
_SMALL_ORDER: Final = frozenset(
    (
        0,
        1,
        _PRIME - 1,
        _PRIME - 55188659117513257062467267217118295137698188065244968500265048394206261417927,
        55188659117513257062467267217118295137698188065244968500265048394206261417927,
    )
)


class PrivateKey:
    """A private key of 32 bytes; raises ValueError for any other length."""

    def __init__(self, private: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(private)
        self.public = self._key.public_key().public_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        """Return the signature of 64 bytes."""
        return self._key.sign(message)


@lru_cache(maxsize=256)
def is_public_key(public: bytes) -> bool:
    """Tell whether 32 bytes are the encoding of a point on the curve that is not of small order."""
    if len(public) != KEY_BYTES or not _is_good_point(public):
        return False
    return _is_on_curve(int.from_bytes(public, "little") % _SIGN)


def verify(public: bytes, message: bytes, signature: bytes) -> bool:
    """Tell whether a signature holds; never raises."""
    if len(signature) != SIGNATURE_BYTES or not is_public_key(public) or not _is_good_point(signature[:KEY_BYTES]):
        return False
    if int.from_bytes(signature[KEY_BYTES:], "little") >= _ORDER:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def _is_good_point(encoded: bytes) -> bool:
    y = int.from_bytes(encoded, "little") % _SIGN
    return y < _PRIME and y not in _SMALL_ORDER


def _is_on_curve(y: int) -> bool:
    """Tell whether there is an x with -x^2 + y^2 = 1 + d x^2 y^2."""
    d = -121665 * pow(121666, -1, _PRIME) % _PRIME
    square = (y * y - 1) * pow(d * y * y + 1, -1, _PRIME) % _PRIME
    return pow(square, (_PRIME - 1) // 2, _PRIME) == 1
