"""Keys of signed notes: their text forms, their key IDs, and what signs and verifies with them.

Three kinds: Ed25519 of a log (0x01), Ed25519 of a witness with the time of its word (0x04), SM2 with SM3 (0xff and a name).
"""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, Protocol

from suyuan.evidence import ed25519, sm2
from suyuan.evidence.hashing import decode_base64, encode_base64

KEY_ID_BYTES: Final = 4
SIGNATURE_BYTES: Final = 64
TIME_BYTES: Final = 8
TIME_MAX: Final = 2**63 - 1
ED25519_TYPE: Final = b"\x01"
COSIGNATURE_TYPE: Final = b"\x04"
SM2_TYPE: Final = b"\xffsuyuan-sm2-sm3/1"
_PRIVATE: Final = "PRIVATE+KEY+"
_LINE_NAME: Final = re.compile(r"[^\s+]+")
_KEY_NAME: Final = re.compile(r"[!-*,-~]+")


class KeyTextError(ValueError):
    """A text that is no key; says what is wrong with it."""


class Signing(Protocol):
    """What signs a message with a private key."""

    def sign(self, message: bytes) -> bytes:
        """Return the signature of 64 bytes."""


@dataclass(frozen=True, slots=True)
class Algorithm:
    """A signature algorithm by its name in a trust file, and its type bytes in a note."""

    name: str
    type_bytes: bytes
    public_bytes: int
    is_public: Callable[[bytes], bool]
    verify: Callable[[bytes, bytes, bytes], bool]


ED25519: Final = Algorithm("ed25519", ED25519_TYPE, 32, ed25519.is_public_key, ed25519.verify)
COSIGNATURE: Final = Algorithm("cosignature", COSIGNATURE_TYPE, 32, ed25519.is_public_key, ed25519.verify)
SM2: Final = Algorithm("sm2-sm3", SM2_TYPE, 65, sm2.is_public_key, sm2.verify)
ALGORITHMS: Final = (ED25519, COSIGNATURE, SM2)
LOG_ALGORITHMS: Final = {one.name: one for one in (ED25519, SM2)}


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A public key under a name of printable ASCII without plus. Raises KeyTextError for any other, and for a bad key."""

    name: str
    algorithm: Algorithm
    public: bytes
    key_id: bytes = field(init=False)

    def __post_init__(self) -> None:
        """Refuse what is no key, and work out the key ID."""
        if not is_key_name(self.name):
            raise KeyTextError(f"The key name {self.name[:60]!r} is empty, or has plus, spaces or what is not ASCII.")
        if len(self.public) != self.algorithm.public_bytes or not self.algorithm.is_public(self.public):
            raise KeyTextError(f"The key of {self.name} is no public key of {self.algorithm.name}.")
        named = self.name.encode() + b"\n" + self.algorithm.type_bytes + self.public
        object.__setattr__(self, "key_id", hashlib.sha256(named).digest()[:KEY_ID_BYTES])

    def __str__(self) -> str:
        """Return the text form: name, key ID and key, joined by plus."""
        return f"{self.name}+{self.key_id.hex()}+{encode_base64(self.algorithm.type_bytes + self.public)}"

    def renamed(self, name: str) -> "VerifierKey":
        """Return the same key under another name, that of a shard for example."""
        return VerifierKey(name, self.algorithm, self.public)

    def verify(self, text: bytes, signature: bytes) -> bool:
        """Tell whether the bytes after the key ID are a signature of the note's text by this key."""
        if self.algorithm is COSIGNATURE:
            moment = read_time(signature)
            return moment is not None and self.algorithm.verify(
                self.public, cosigned_message(text, moment), signature[TIME_BYTES:]
            )
        return self.algorithm.verify(self.public, text, signature)


@dataclass(frozen=True, slots=True)
class SignerKey:
    """A private key under a name."""

    verifier: VerifierKey
    private: bytes = field(repr=False)
    signing: Signing = field(repr=False)

    @property
    def name(self) -> str:
        """Return the key's name."""
        return self.verifier.name

    def __str__(self) -> str:
        """Return the private text form; whoever reads it can sign."""
        key = encode_base64(self.verifier.algorithm.type_bytes + self.private)
        return f"{_PRIVATE}{self.name}+{self.verifier.key_id.hex()}+{key}"

    def renamed(self, name: str) -> "SignerKey":
        """Return the same key under another name."""
        return SignerKey(self.verifier.renamed(name), self.private, self.signing)

    def sign(self, text: bytes) -> bytes:
        """Return the signature of a note's text; of a witness's key only `cosign` makes one."""
        if self.verifier.algorithm is COSIGNATURE:
            raise KeyTextError(f"{self.name} is a witness's key, which signs with a time.")
        return self.signing.sign(text)

    def cosign(self, text: bytes, *, time: int) -> bytes:
        """Return a witness's signature of a checkpoint's text at a time in whole seconds since 1970."""
        if self.verifier.algorithm is not COSIGNATURE or not 0 <= time <= TIME_MAX:
            raise KeyTextError(f"{self.name} is no witness's key, or {time} is no time.")
        return time.to_bytes(TIME_BYTES, "big") + self.signing.sign(cosigned_message(text, time))


def is_key_name(name: str) -> bool:
    """Tell whether a text may name a key of ours: printable ASCII without spaces and plus, the same for every reader."""
    return bool(_KEY_NAME.fullmatch(name))


def is_line_name(name: str) -> bool:
    """Tell whether a signature line may bear a name, if only of a key unknown here: not empty, no spaces, no plus."""
    return bool(_LINE_NAME.fullmatch(name))


def cosigned_message(text: bytes, time: int) -> bytes:
    """Return what a witness signs: the time, then the checkpoint's text."""
    return b"cosignature/v1\ntime %d\n" % time + text


def read_time(signature: bytes) -> int | None:
    """Return the time of a cosignature, None if it has none."""
    if len(signature) != TIME_BYTES + SIGNATURE_BYTES:
        return None
    time = int.from_bytes(signature[:TIME_BYTES], "big")
    return time if time <= TIME_MAX else None


def parse_verifier_key(text: str) -> VerifierKey:
    """Return the key of its text form name+id+key; raises KeyTextError."""
    name, key_id, content = _split(text)
    for algorithm in ALGORITHMS:
        if content.startswith(algorithm.type_bytes):
            key = VerifierKey(name, algorithm, content[len(algorithm.type_bytes) :])
            if key.key_id.hex() != key_id:
                raise KeyTextError(f"The key ID {key_id} does not belong to the key of {name}; the text was changed.")
            return key
    raise KeyTextError(f"The key of {name} is of a kind that is not known here.")


@lru_cache(maxsize=64)
def parse_signer_key(text: str) -> SignerKey:
    """Return the private key of its text form, worked out once: the public half of an SM2 key takes 13 ms. Raises KeyTextError."""
    if not text.startswith(_PRIVATE):
        raise KeyTextError("The text is no private key of a note.")
    name, key_id, content = _split(text.removeprefix(_PRIVATE))
    for algorithm in ALGORITHMS:
        if content.startswith(algorithm.type_bytes):
            key = make_signer_key(name, algorithm=algorithm, private=content[len(algorithm.type_bytes) :])
            if key.verifier.key_id.hex() != key_id:
                raise KeyTextError(f"The key ID {key_id} does not belong to the private key of {name}.")
            return key
    raise KeyTextError(f"The private key of {name} is of a kind that is not known here.")


def make_signer_key(name: str, *, algorithm: Algorithm, private: bytes) -> SignerKey:
    """Return the key of 32 random bytes under a name; raises KeyTextError if they are no private key of the algorithm."""
    try:
        signing: ed25519.PrivateKey | sm2.PrivateKey
        signing = sm2.PrivateKey(private) if algorithm is SM2 else ed25519.PrivateKey(private)
    except ValueError as error:
        raise KeyTextError(f"The private key of {name} cannot be used: {error}") from None
    return SignerKey(VerifierKey(name, algorithm, signing.public), private, signing)


def _split(text: str) -> tuple[str, str, bytes]:
    name, plus, rest = text.strip().partition("+")
    key_id, _, encoded = rest.partition("+")
    content = decode_base64(encoded)
    if not plus or content is None:
        raise KeyTextError("A key is written as name, key ID and base64, joined by plus.")
    return name, key_id, content
