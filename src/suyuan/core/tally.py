"""What one subject adds to the counts by place, party, kind, status and month, and how its tallies are written down.

- "subject": each battery, lot and vehicle by its status; month in which that status began.
- "coverage": each live pack, whole or not_whole; party = responsible producer, place as of its state.
- "vehicle_sold": each first sale as new; party = vehicle producer, place and month of the sale.
- "pack_sold": each pack sold in a vehicle; party = battery producer, place and month of that sale.
- "market": each pack put on the market, again when collected and when exported (`core.market`); party = responsible
  producer, place = province where it was put on the market, month in which the status began.
What is unknown is empty. A subject of which no report counts any more adds nothing.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from functools import lru_cache
from typing import Any

import msgspec

from suyuan.core.battery_state import BatteryState
from suyuan.core.chain import is_chain_whole
from suyuan.core.contribution import Tally
from suyuan.core.division import province_of
from suyuan.core.identifiers import Family
from suyuan.core.vehicle import VehicleState

GONE = frozenset({"recovered", "lost", "exported", "dismantled", "reused"})
_CODE_LENGTH = 24
_LEVELS = {"P": "pack", "M": "module", "C": "cell"}
# The column of a state holds them in short: one letter for the name, then the other fields, one comma between fields and
# one semicolon between tallies. No field may hold either: places, USCCs and words of the program do not.
_LETTERS = {"subject": "s", "coverage": "c", "vehicle_sold": "v", "pack_sold": "p", "market": "m"}
_NAMES = {letter: name for name, letter in _LETTERS.items()}


def tally_subject(
    subject: str,
    family: Family,
    state: Any,  # noqa: ANN401 - each family has its own state
    *,
    since: date | None,
    is_broken: bool,
) -> tuple[Tally, ...]:
    """Return what a subject adds to the counts.

    `since` is the day on which the state's status began, None where no report counts; `is_broken` tells that a finding
    breaks its chain, those of the sweep included.
    """
    if since is None:
        return ()
    if family == "battery":
        return tuple(_tally_battery(subject, state, since=since, is_broken=is_broken))
    if family == "vehicle":
        return tuple(_tally_vehicle(state, since))
    if family == "lot":
        return (Tally("subject", state.place or "", "", "lot", state.status, _month(since)),)
    return ()


def battery_kind(code: str) -> str:
    """Return what a battery is by its code: pack, module, cell, reuse_product or uncoded."""
    if code.startswith("TMP-"):
        return "uncoded"
    return _LEVELS[code[3]] if len(code) == _CODE_LENGTH else "reuse_product"


def _tally_battery(code: str, state: BatteryState, *, since: date, is_broken: bool) -> Iterator[Tally]:
    kind, place = battery_kind(code), state.place or ""
    yield Tally("subject", place, "", kind, state.status, _month(since))
    if kind != "pack":
        return
    party = state.responsible_producer or ""
    if state.status not in GONE:
        is_whole = is_chain_whole(
            status=state.status,
            is_birth_known=state.born_on is not None,
            is_missing=state.missing_from is not None,
            is_broken=is_broken,
        )
        yield Tally("coverage", place, party, kind, "whole" if is_whole else "not_whole", "")
    marketed = state.marketed
    if marketed is None:
        return
    if marketed.is_with_vehicle:
        yield Tally("pack_sold", marketed.place, state.born_by or "", kind, "sold", _month(marketed.on))
    province = str(province_of(marketed.place)) if marketed.place else ""
    yield Tally("market", province, party, kind, "on_market", _month(marketed.on))
    if state.collected_on is not None:
        yield Tally("market", province, party, kind, "collected", _month(state.collected_on))
    elif state.status == "exported":
        yield Tally("market", province, party, kind, "exported", _month(since))


def _tally_vehicle(state: VehicleState, since: date) -> Iterator[Tally]:
    yield Tally("subject", state.place or "", "", "vehicle", state.status, _month(since))
    if state.sold_on is not None:
        yield Tally("vehicle_sold", state.sold_at or "", state.built_by or "", "vehicle", "sold", _month(state.sold_on))


def with_chain(tallies: Iterable[Tally], *, is_whole: bool) -> tuple[Tally, ...]:
    """Return tallies with coverage as a later look at the findings tells it."""
    status = "whole" if is_whole else "not_whole"
    return tuple(
        msgspec.structs.replace(tally, status=status) if tally.name == "coverage" else tally for tally in tallies
    )


def pack_tallies(tallies: Iterable[Tally]) -> str:
    """Return tallies as the short text that a state row keeps; empty for none."""
    return ";".join(
        [f"{_LETTERS[one.name]}{one.place},{one.party},{one.kind},{one.status},{one.month}" for one in tallies]
    )


def unpack_tallies(text: str) -> tuple[Tally, ...]:
    """Return the tallies that a short text holds."""
    return tuple(Tally(_NAMES[part[0]], *part[1:].split(",")) for part in text.split(";")) if text else ()


@lru_cache(maxsize=10_000)
def _month(day: date) -> str:
    return day.isoformat()[:7]
