"""What one subject adds to sums: flows in the accounts of enterprises, and counts by place, kind, status and month.

A verdict replaces the contributions of its subject as a set; sums move by the difference (`store.sums`).
"""

from datetime import date

import msgspec


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
