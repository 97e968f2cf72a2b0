"""The two hash functions of the log's twin trees, and text forms of what they give."""

import base64
import binascii
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

HASH_BYTES: Final = 32
_HEX: Final = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Hashing:
    """A hash function of 32 bytes: its name in texts, and the digest of some bytes."""

    name: str
    digest: Callable[[bytes], bytes]


def _sha256(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()


_SM3 = hashlib.new("sm3")  # copied for each digest: finding the function by its name takes twice as long (measured)


def _sm3(content: bytes) -> bytes:
    digest = _SM3.copy()
    digest.update(content)
    return digest.digest()


SHA256: Final = Hashing("sha256", _sha256)
SM3: Final = Hashing("sm3", _sm3)
TWINS: Final = (SHA256, SM3)


def encode_base64(content: bytes) -> str:
    """Return the base64 text of some bytes (RFC 4648 section 4, padded)."""
    return base64.b64encode(content).decode("ascii")


def decode_base64(text: str) -> bytes | None:
    """Return the bytes of a base64 text, None if it is not exactly what those bytes are written as."""
    try:
        content = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return content if encode_base64(content) == text else None


def decode_hash(text: object) -> bytes | None:
    """Return the 32 bytes of a base64 text, None if it is no such text."""
    content = decode_base64(text) if isinstance(text, str) else None
    return content if content is not None and len(content) == HASH_BYTES else None


def decode_hex(text: object) -> bytes | None:
    """Return the 32 bytes of 64 lower-case hexadecimal digits, None if it is no such text."""
    return bytes.fromhex(text) if isinstance(text, str) and _HEX.fullmatch(text) else None
