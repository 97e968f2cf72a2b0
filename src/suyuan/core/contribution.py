"""What one subject adds to sums: flows in the accounts of enterprises, and counts by place, kind, status and month.

A verdict replaces the contributions of its subject as a set; sums move by the difference (`store.sums`). They are written
down in the state of their subject: flows as one JSON list, tallies packed (`core.tally`).
"""

from collections.abc import Iterable, Sequence
from datetime import date

import msgspec

from suyuan.core.month import month_of


class Flow(msgspec.Struct, frozen=True, order=True):
    """An amount in grams that one event moves into or out of an enterprise's account (`core.account.FLOWS` tells which).

    `item` is "battery", "lot", a material or a metal of the catalogue; `site` is empty where the report names none.
    """

    uscc: str
    site: str
    day: date
    item: str
    flow: str
    grams: int


class Tally(msgspec.Struct, frozen=True, order=True):
    """One thing counted: under which name, place, party, kind, status and month; what does not apply is empty."""

    name: str
    place: str
    party: str
    kind: str
    status: str
    month: str


def pack_flows(flows: Sequence[Flow]) -> str:
    """Return flows as one text, empty for none; equal flows in the same order give the same text."""
    return _encode_flows(list(map(msgspec.structs.astuple, flows))).decode() if flows else ""


def unpack_flows(packed: str) -> list[Flow]:
    """Return the flows that a packed text holds."""
    return [Flow(*one) for one in _decode_flows(packed)] if packed else []


def list_accounts(flows: Iterable[Flow]) -> list[str]:
    """Return the accounts by month in which these flows stand, like "91110000MA00000001:2026-05", by which they are found."""
    return sorted({f"{one.uscc}:{month_of(one.day)}" for one in flows})


_encode_flows = msgspec.json.Encoder().encode
_decode_flows = msgspec.json.Decoder(list[tuple[str, str, date, str, str, int]]).decode
