"""Canonical JSON after RFC 8785 in the narrow profile of records: one text for one record, and back.

Within the profile msgspec's deterministic order gives the bytes of RFC 8785: keys are ASCII, numbers are whole.
"""

import json
import re
import unicodedata
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

INTEGER_MAX: Final = 2**53 - 1  # what every JSON reader keeps exactly
DEPTH_MAX: Final = 32
_KEY: Final = re.compile(r"[a-z0-9_]+")
_MOMENT: Final = re.compile(r"[12][0-9]{3}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z")
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_encode = msgspec.json.Encoder(order="deterministic").encode


class NotCanonicalError(ValueError):
    """A value or a text outside of the profile; says where and what."""


def encode(record: dict[str, Any]) -> bytes:
    """Return the one text of a record as UTF-8; raises NotCanonicalError where it leaves the profile."""
    if type(record) is not dict:
        raise NotCanonicalError(f"A record is an object with keys, not {type(record).__name__}.")
    _check(record, "record", 0)
    _check_composed(record, "record")
    return _encode(record)


def _check(value: object, where: str, depth: int) -> None:
    if depth > DEPTH_MAX:
        raise NotCanonicalError(f"{where} lies deeper than {DEPTH_MAX} levels.")
    if type(value) is dict:
        for key, member in value.items():
            if type(key) is not str or not _KEY.fullmatch(key):
                raise NotCanonicalError(f"{where}: the key {key!r} has characters other than a-z, 0-9 and _.")
            _check(member, f"{where}.{key}", depth + 1)
    elif type(value) is list:
        for at, member in enumerate(value):
            _check(member, f"{where}[{at}]", depth + 1)
    else:
        _check_plain(value, where)


def _check_plain(value: object, where: str) -> None:
    if type(value) is str:
        if not value.isascii() and _SURROGATE.search(value):
            raise NotCanonicalError(f"{where} holds half a character (a lone surrogate).")
    elif type(value) is int:
        if not -INTEGER_MAX <= value <= INTEGER_MAX:
            raise NotCanonicalError(f"{where}: a number of {value.bit_length()} bits is beyond ±{INTEGER_MAX}.")
    elif value is not None and type(value) is not bool:
        raise NotCanonicalError(
            f"{where}: {type(value).__name__} is no type of the profile; whole numbers and texts are."
        )


def _check_composed(value: object, where: str) -> None:
    if type(value) is dict:
        for key, member in value.items():
            _check_composed(member, f"{where}.{key}")
    elif type(value) is list:
        for at, member in enumerate(value):
            _check_composed(member, f"{where}[{at}]")
    elif type(value) is str and not value.isascii() and not unicodedata.is_normalized("NFC", value):
        raise NotCanonicalError(f"{where}: {value[:40]!r} is not in Unicode's form NFC.")


def decode(text: bytes) -> dict[str, Any]:
    """Return the record of a canonical text; raises NotCanonicalError for any other text, keys that occur twice included.

    Form NFC is for the writer to see to and is not asked for here: for a character that is younger than the writer's
    Unicode the answer changes with the version, and a receipt must hold on every reader's machine, for ever.
    """
    try:
        record = json.loads(bytes(text).decode("utf-8"), parse_int=_parse_integer, parse_float=_refuse_number,
                            parse_constant=_refuse_number)  # fmt: skip
    except (ValueError, RecursionError) as error:
        raise NotCanonicalError(f"The text is no canonical JSON: {error}") from None
    if type(record) is dict:
        _check(record, "record", 0)
    if type(record) is not dict or _encode(record) != bytes(text):
        raise NotCanonicalError("The text is not the canonical text of what it says.")
    return record


def _parse_integer(digits: str) -> int:
    """Refuse long digits before they are read: reading takes time that grows with their square."""
    if len(digits) > len(str(INTEGER_MAX)) + 1:
        raise NotCanonicalError(f"a number of {len(digits)} digits")
    return int(digits)


def _refuse_number(digits: str) -> None:
    raise NotCanonicalError(f"{digits[:40]} is no whole number")


def clean_text(text: str) -> str:
    """Return a text as records may hold it: form NFC, halves of characters replaced."""
    return unicodedata.normalize("NFC", text.encode("utf-8", "replace").decode())


def format_moment(moment: datetime) -> str:
    """Return a moment as records have it: UTC with six fraction digits. Raises ValueError without a time zone."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def parse_moment(text: object) -> datetime | None:
    """Return the moment of a text as records have it, None if it is none."""
    if not isinstance(text, str) or not _MOMENT.fullmatch(text):
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if format_moment(moment) == text else None  # some versions read 24:00 as the next day's 00:00
