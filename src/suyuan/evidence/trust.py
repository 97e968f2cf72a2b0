"""Trust: the keys, witnesses and quorum that a verifier believes beforehand."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from suyuan.evidence.canonical import format_moment, parse_moment
from suyuan.evidence.hashing import decode_base64, encode_base64
from suyuan.evidence.keys import COSIGNATURE, LOG_ALGORITHMS, Algorithm, KeyTextError, VerifierKey

TRUST_FORMAT: Final = "suyuan-trust/1"
TRUST_BYTES_MAX: Final = 1_000_000
KEYS_MAX: Final = 1_000
WITNESSES_MAX: Final = 64
_TRUST_KEYS: Final = frozenset(("format", "name", "quorum", "keys", "witnesses", "stolen_witnesses"))
_LOG_KEY_KEYS: Final = frozenset(("algorithm", "public", "valid_from", "valid_until", "stolen_at"))
_WITNESS_KEYS: Final = frozenset(("name", "public"))


class TrustError(ValueError):
    """A trust file that cannot be used; says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class LogKey:
    """A key of the log: from when, until when, and since when it counts as stolen."""

    algorithm: Algorithm
    public: bytes
    valid_from: datetime
    valid_until: datetime | None = None
    stolen_at: datetime | None = None

    def is_valid(self, moment: datetime) -> bool:
        """Tell whether the key may sign at a moment."""
        return self.valid_from <= moment and (self.valid_until is None or moment < self.valid_until)

    def named(self, name: str) -> VerifierKey:
        """Return the key under the name of the log or of a shard."""
        return VerifierKey(name, self.algorithm, self.public)


@dataclass(frozen=True, slots=True)
class Trust:
    """What a verifier believes: the log's name and keys, the witnesses, and how many of them must have cosigned.

    Keys of witnesses under one name are one witness. A stolen witness's lines are known but count for nothing, whatever
    time they bear: the time is the word of whoever holds the key.
    """

    name: str
    keys: tuple[LogKey, ...]
    witnesses: tuple[VerifierKey, ...] = ()
    quorum: int = 0
    stolen_witnesses: tuple[VerifierKey, ...] = ()

    def encode(self) -> bytes:
        """Return the trust file."""
        fields: dict[str, Any] = {
            "format": TRUST_FORMAT,
            "name": self.name,
            "quorum": self.quorum,
            "keys": [_encode_key(key) for key in self.keys],
            "witnesses": [_encode_witness(one) for one in self.witnesses],
        }
        if self.stolen_witnesses:
            fields["stolen_witnesses"] = [_encode_witness(one) for one in self.stolen_witnesses]
        return json.dumps(fields, indent=2, ensure_ascii=False).encode() + b"\n"


def _encode_witness(witness: VerifierKey) -> dict[str, str]:
    return {"name": witness.name, "public": encode_base64(witness.public)}


def _encode_key(key: LogKey) -> dict[str, str]:
    fields = {
        "algorithm": key.algorithm.name,
        "public": encode_base64(key.public),
        "valid_from": format_moment(key.valid_from),
    }
    if key.valid_until is not None:
        fields["valid_until"] = format_moment(key.valid_until)
    if key.stolen_at is not None:
        fields["stolen_at"] = format_moment(key.stolen_at)
    return fields


def decode_trust(content: bytes) -> Trust:
    """Return the trust of a file; raises TrustError, naming what is wrong first."""
    try:
        text = bytes(content).decode("utf-8")  # bytes would be read in UTF-16 too, which no other reader takes
        fields = json.loads(text, object_pairs_hook=_no_key_twice) if len(content) <= TRUST_BYTES_MAX else None
    except (ValueError, RecursionError):
        fields = None
    if type(fields) is not dict or fields.get("format") != TRUST_FORMAT:
        raise TrustError(f'The trust file is no JSON of format "{TRUST_FORMAT}". Ask the operator for it.')
    _refuse_strange(fields, _TRUST_KEYS)
    name, quorum, keys = fields.get("name"), fields.get("quorum"), fields.get("keys")
    if type(name) is not str or type(keys) is not list or not 0 < len(keys) <= KEYS_MAX:
        raise TrustError(f"The trust file lacks a name, or a list of 1 to {KEYS_MAX} keys.")
    log_keys = tuple(_decode_key(one, name) for one in keys)
    witnesses = _decode_witnesses(fields.get("witnesses"))
    stolen = _decode_witnesses(fields.get("stolen_witnesses", []))
    count = len({one.name for one in witnesses})
    if type(quorum) is not int or not 0 <= quorum <= count:
        raise TrustError(f"The trust file's quorum {str(quorum)[:40]} is no number from 0 to {count}, its witnesses.")
    _refuse_twice([one.public for one in log_keys] + [one.public for one in witnesses + stolen])
    return Trust(name, log_keys, witnesses, quorum, stolen)


def _no_key_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise ValueError("a key occurs twice")
    return fields


def _refuse_strange(fields: dict[str, Any], known: frozenset[str]) -> None:
    """Refuse keys that are not known here: a theft under a misspelt name must not be overlooked."""
    if strange := sorted(fields.keys() - known):
        raise TrustError(f"The trust file has keys that are not known here: {', '.join(strange)[:80]}.")


def _refuse_twice(publics: list[bytes]) -> None:
    """Refuse a key that stands twice, as one of the log and of a witness too: nobody is his own witness."""
    if len(set(publics)) != len(publics):
        raise TrustError("The trust file names the same public key twice; it would count twice.")


def _decode_key(fields: object, name: str) -> LogKey:
    if type(fields) is not dict or fields.get("algorithm") not in list(LOG_ALGORITHMS):
        raise TrustError(f"A key of the trust file is of no known algorithm; known are {', '.join(LOG_ALGORITHMS)}.")
    _refuse_strange(fields, _LOG_KEY_KEYS)
    moments = {one: _decode_moment(fields, one) for one in ("valid_from", "valid_until", "stolen_at")}
    valid_from = moments["valid_from"]
    if valid_from is None:
        raise TrustError("A key of the trust file does not say from when it is valid.")
    if moments["valid_until"] is not None and moments["valid_until"] <= valid_from:
        raise TrustError("A key of the trust file is valid until a moment that is not after its first.")
    public = _decode_public(fields, LOG_ALGORITHMS[fields["algorithm"]], name).public
    return LogKey(LOG_ALGORITHMS[fields["algorithm"]], public, valid_from, moments["valid_until"], moments["stolen_at"])


def _decode_witnesses(witnesses: object) -> tuple[VerifierKey, ...]:
    if type(witnesses) is not list or len(witnesses) > WITNESSES_MAX:
        raise TrustError(f"The trust file lacks a list of at most {WITNESSES_MAX} witnesses.")
    found = []
    for one in witnesses:
        if type(one) is not dict or type(one.get("name")) is not str:
            raise TrustError("A witness of the trust file has no name.")
        _refuse_strange(one, _WITNESS_KEYS)
        found.append(_decode_public(one, COSIGNATURE, one["name"]))
    return tuple(found)


def _decode_public(fields: dict[str, Any], algorithm: Algorithm, name: str) -> VerifierKey:
    text = fields.get("public")
    public = decode_base64(text) if type(text) is str else None
    try:
        return VerifierKey(name, algorithm, public or b"")
    except KeyTextError as error:
        raise TrustError(f"The trust file holds a bad key: {error}") from None


def _decode_moment(fields: dict[str, Any], name: str) -> datetime | None:
    if name not in fields:
        return None
    moment = parse_moment(fields[name])
    if moment is None:
        raise TrustError(f'The trust file\'s {name} {fields[name]!r} is no moment like "2026-05-03T02:11:09.000000Z".')
    return moment
