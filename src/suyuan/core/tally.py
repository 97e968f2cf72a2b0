"""What one subject adds to the counts by place, party, kind, status and month, and how its tallies are written down.

- "subject": each battery, lot and vehicle by its status; month in which that status began.
- "coverage": each live pack, whole or not_whole; party = responsible producer, place as of its state.
- "vehicle_sold": each first sale as new; party = vehicle producer, place and month of the sale.
- "vehicle_gone": each vehicle so sold that is scrapped, incomplete or exported; party and place as of its sale, month in which
  that status began; kind is the month of its sale, so that what is left of each month's vehicles is known without them.
- "pack_sold": each pack sold in a vehicle; party = battery producer, place and month of that sale.
- "market": each pack put on the market, again when collected and when exported (`core.market`); party = responsible
  producer, place = province where it was put on the market, month in which the status began.
What is unknown is empty. A subject of which no report counts any more adds nothing.

Tallies are packed from the start, since a bulk load writes millions: one letter for the name and the party, then place,
kind, status and month, with a comma between fields and a semicolon between tallies. No field may hold either: places,
credit codes and words of the program do not. Party stands first, so that the counts of one party lie side by side.
"""

from datetime import date
from functools import lru_cache
from typing import Any

from suyuan.core.battery_state import BatteryState
from suyuan.core.chain import is_chain_whole
from suyuan.core.contribution import Tally
from suyuan.core.identifiers import Family
from suyuan.core.vehicle import VehicleState

GONE = frozenset({"recovered", "lost", "exported", "dismantled", "reused"})
VEHICLE_GONE = frozenset({"scrapped", "incomplete", "exported"})
CHAIN_STATUSES = ("not_whole", "whole")
_CODE_LENGTH = 24
_LEVELS = {"P": "pack", "M": "module", "C": "cell"}
_LETTERS = {"subject": "s", "coverage": "c", "vehicle_sold": "v", "vehicle_gone": "g", "pack_sold": "p", "market": "m"}
_NAMES = {letter: name for name, letter in _LETTERS.items()}


def tally_subject(
    subject: str,
    family: Family,
    state: Any,  # noqa: ANN401 - each family has its own state
    *,
    since: date | None,
    is_broken: bool,
) -> str:
    """Return what a subject adds to the counts, packed; empty for nothing.

    `since` is the day on which the state's status began, None where no report counts; `is_broken` tells that a finding
    breaks its chain, those of the sweep included.
    """
    if since is None:
        return ""
    if family == "battery":
        return _tally_battery(subject, state, since=since, is_broken=is_broken)
    if family == "vehicle":
        return _tally_vehicle(state, since)
    return f"s,{state.place or ''},lot,{state.status},{_month(since)}" if family == "lot" else ""


def battery_kind(code: str) -> str:
    """Return what a battery is by its code: pack, module, cell, reuse_product or uncoded."""
    if code.startswith("TMP-"):
        return "uncoded"
    return _LEVELS[code[3]] if len(code) == _CODE_LENGTH else "reuse_product"


def _tally_battery(code: str, state: BatteryState, *, since: date, is_broken: bool) -> str:
    kind, place = battery_kind(code), state.place or ""
    text = f"s,{place},{kind},{state.status},{_month(since)}"
    if kind != "pack":
        return text
    party = state.responsible_producer or ""
    if state.status not in GONE:
        is_whole = is_chain_whole(
            status=state.status,
            is_birth_known=state.born_on is not None,
            is_missing=state.missing_from is not None,
            is_broken=is_broken,
        )
        text += f";c{party},{place},pack,{CHAIN_STATUSES[is_whole]},"
    marketed = state.marketed
    if marketed is None:
        return text
    month, province = _month(marketed.on), f"{marketed.place[:2]}0000" if marketed.place else ""
    if marketed.is_with_vehicle:
        text += f";p{state.born_by or ''},{marketed.place},pack,sold,{month}"
    text += f";m{party},{province},pack,on_market,{month}"
    if state.collected_on is not None:
        text += f";m{party},{province},pack,collected,{_month(state.collected_on)}"
    elif state.status == "exported":
        text += f";m{party},{province},pack,exported,{_month(since)}"
    return text


def _tally_vehicle(state: VehicleState, since: date) -> str:
    text = f"s,{state.place or ''},vehicle,{state.status},{_month(since)}"
    if state.sold_on is not None:
        sale = f"{state.built_by or ''},{state.sold_at or ''}"
        text += f";v{sale},vehicle,sold,{_month(state.sold_on)}"
        if state.status in VEHICLE_GONE:
            text += f";g{sale},{_month(state.sold_on)},{state.status},{_month(since)}"
    return text


def split_tallies(packed: str) -> list[str]:
    """Return the single tallies of a packed text, each still packed."""
    return packed.split(";") if packed else []


def unpack_tally(packed: str) -> Tally:
    """Return one tally from its packed form."""
    party, place, kind, status, month = packed[1:].split(",")
    return Tally(_NAMES[packed[0]], place, party, kind, status, month)


def name_of_letter(letter: str) -> str:
    """Return the name that a letter stands for at the begin of a packed tally."""
    return _NAMES[letter]


def unpack_tallies(packed: str) -> tuple[Tally, ...]:
    """Return the tallies that a packed text holds."""
    return tuple(map(unpack_tally, split_tallies(packed)))


def packed_prefixes(*, name: str | None, party: str | None) -> list[str]:
    """Return how the packed tallies of a name, of a party, or of both begin; one empty text for all there are."""
    if party is None:
        return ["" if name is None else _LETTERS[name]]
    return [f"{letter}{party}," for one, letter in _LETTERS.items() if name in (None, one)]


def with_chain(packed: str, *, is_whole: bool) -> str:
    """Return packed tallies with coverage as a later look at the findings tells it."""
    told = split_tallies(packed)
    for place, one in enumerate(told):
        if one[0] == _LETTERS["coverage"]:
            *before, _, month = one.split(",")
            told[place] = ",".join([*before, CHAIN_STATUSES[is_whole], month])
    return ";".join(told)


@lru_cache(maxsize=10_000)
def _month(day: date) -> str:
    return day.isoformat()[:7]
