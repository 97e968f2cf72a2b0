"""What is known of a battery: the state that events move, and the small records it is made of."""

from datetime import date
from typing import Literal

import msgspec

from suyuan.core.custody import Half, Match
from suyuan.core.event import Moment

Holding = Literal["unknown", "owner", "party"]


class Binding(msgspec.Struct, frozen=True):
    """A stay of a pack in a vehicle; `until` is None while it is not known to have left.

    `is_seen_by_vehicle` holds when the vehicle's own timeline tells all it needs: found at its scrapping, or swapped out.
    """

    vin: str
    since: date
    until: date | None = None
    is_seen_by_vehicle: bool = False


class Birth(msgspec.Struct, frozen=True):
    """What the report of a birth says, to tell a second birth of the code from the same one told twice."""

    kind: str
    content: str | None
    mass_g: int | None = None
    rated_energy_wh: int | None = None
    chemistry: str | None = None


class Hands(msgspec.Struct, frozen=True):
    """In whose hands a battery was last reported off a vehicle, by whose own account; read by the vehicle's fold."""

    party: str
    since: date


class Marketing(msgspec.Struct, frozen=True, array_like=True):
    """When and where a battery was put on the market: with the first sale of its vehicle, else when it left its maker."""

    on: date
    place: str
    is_with_vehicle: bool = False


class Dismantling(msgspec.Struct, frozen=True):
    """What the reports on taking one battery apart say together, partial ones included.

    `key` and `on` name the latest report that calls it complete, else the latest; `uncoded_count` are parts destroyed
    or with unreadable codes, `given_by` is who had the battery before.
    """

    key: tuple[str, str]
    on: date
    given_by: str | None
    recovered: tuple[str, ...] = ()
    uncoded_count: int = 0
    mass_g: int = 0
    is_complete: bool = False


class BatteryState(msgspec.Struct, omit_defaults=True):
    """What is known of a battery after some events; a new one is unknown, which is not the same as nowhere.

    `holding` tells a party from the unnamed owner from nobody known. `bindings` and `hands` follow events alone, never
    the facts of other subjects, since they are what this battery tells its vehicles. `made_by` names the report that
    made a reuse product: its reporter and report id. `dismantled_on` is the first day, complete or not. `held_from` is
    when the holder came to hold it, `received_from` whom its receipt names ("" an owner, None if it came otherwise),
    `trail` the hands it passed through while used, `mass_g` the mass last reported, `final_from` since when it
    is recovered, lost or exported. `left_producers_on` and `collected_on` follow `core.market`, `marketed` is known at the
    end of a fold; `missing_from` is the scrapped vehicle that it was missing from and has not turned up since.
    `fed_to` names the recoveries it went into, `declared_chemistry` what an uncoded one is said to be of.
    """

    status: str = "unknown"
    holder: str | None = None
    holding: Holding = "unknown"
    held_from: Moment | None = None
    received_from: str | None = None
    trail: tuple[tuple[str, date], ...] = ()
    vehicle: str | None = None
    is_used: bool = False
    mass_g: int | None = None
    place: str | None = None
    born_by: str | None = None
    born_on: date | None = None
    birth: Birth | None = None
    fitted_by: str | None = None
    is_sold: bool = False
    responsible_producer: str | None = None
    parent: str | None = None
    parents: tuple[str, ...] = ()
    product: str | None = None
    bindings: tuple[Binding, ...] = ()
    hands: Hands | None = None
    open_hand_overs: tuple[Half, ...] = ()
    waiting_receipts: tuple[Half, ...] = ()
    match: Match | None = None
    removed_components: tuple[tuple[str, date], ...] = ()
    fitted_components: tuple[tuple[str, date], ...] = ()
    dismantled_on: date | None = None
    dismantling: Dismantling | None = None
    made_on: date | None = None
    made_by: tuple[str, str] | None = None
    recovered_on: date | None = None
    recovered_by: str | None = None
    fed_to: tuple[tuple[str, str], ...] = ()
    declared_chemistry: str | None = None
    final_from: Moment | None = None
    left_producers_on: date | None = None
    collected_on: date | None = None
    marketed: Marketing | None = None
    missing_from: str | None = None

    @property
    def is_final(self) -> bool:
        """Tell whether nothing may happen to it any more."""
        return self.status == "recovered"
