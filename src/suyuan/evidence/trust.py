"""Trust: the keys, witnesses and quorum that a verifier believes beforehand."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from suyuan.evidence.canonical import format_moment, parse_moment
from suyuan.evidence.hashing import decode_base64, encode_base64
from suyuan.evidence.keys import COSIGNATURE, LOG_ALGORITHMS, Algorithm, KeyTextError, VerifierKey

TRUST_FORMAT: Final = "suyuan-trust/1"
TRUST_BYTES_MAX: Final = 1_000_000
WITNESSES_MAX: Final = 64


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
    """What a verifier believes: the log's name and keys, the witnesses, and how many of them must have cosigned."""

    name: str
    keys: tuple[LogKey, ...]
    witnesses: tuple[VerifierKey, ...] = ()
    quorum: int = 0

    def encode(self) -> bytes:
        """Return the trust file."""
        fields = {
            "format": TRUST_FORMAT,
            "name": self.name,
            "quorum": self.quorum,
            "keys": [_encode_key(key) for key in self.keys],
            "witnesses": [{"name": one.name, "public": encode_base64(one.public)} for one in self.witnesses],
        }
        return json.dumps(fields, indent=2, ensure_ascii=False).encode() + b"\n"


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
        fields = json.loads(content) if len(content) <= TRUST_BYTES_MAX else None
    except (ValueError, RecursionError):
        fields = None
    if type(fields) is not dict or fields.get("format") != TRUST_FORMAT:
        raise TrustError(f'The trust file is no JSON of format "{TRUST_FORMAT}". Ask the operator for it.')
    name, quorum = fields.get("name"), fields.get("quorum")
    keys, witnesses = fields.get("keys"), fields.get("witnesses")
    if type(name) is not str or not name or type(keys) is not list or not keys or type(witnesses) is not list:
        raise TrustError("The trust file lacks a name, a list of keys or a list of witnesses.")
    if len(witnesses) > WITNESSES_MAX or type(quorum) is not int or not 0 <= quorum <= len(witnesses):
        raise TrustError(f"The trust file's quorum {quorum!r} is no number from 0 to that of its witnesses.")
    trust = Trust(name, tuple(_decode_key(one, name) for one in keys), _decode_witnesses(witnesses), quorum)
    _refuse_twice("key", [one.public for one in trust.keys])
    _refuse_twice("witness", [one.public for one in trust.witnesses])
    return trust


def _refuse_twice(what: str, publics: Iterable[bytes]) -> None:
    known = list(publics)
    if len(set(known)) != len(known):
        raise TrustError(f"The trust file names the same {what} twice; it would count twice.")


def _decode_key(fields: object, name: str) -> LogKey:
    if type(fields) is not dict or fields.get("algorithm") not in LOG_ALGORITHMS:
        raise TrustError(f"A key of the trust file is of no known algorithm; known are {', '.join(LOG_ALGORITHMS)}.")
    moments = {one: _decode_moment(fields, one) for one in ("valid_from", "valid_until", "stolen_at")}
    valid_from = moments["valid_from"]
    if valid_from is None:
        raise TrustError("A key of the trust file does not say from when it is valid.")
    public = _decode_public(fields, LOG_ALGORITHMS[fields["algorithm"]], name).public
    return LogKey(LOG_ALGORITHMS[fields["algorithm"]], public, valid_from, moments["valid_until"], moments["stolen_at"])


def _decode_witnesses(witnesses: list[Any]) -> tuple[VerifierKey, ...]:
    found = []
    for one in witnesses:
        if type(one) is not dict or type(one.get("name")) is not str:
            raise TrustError("A witness of the trust file has no name.")
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
