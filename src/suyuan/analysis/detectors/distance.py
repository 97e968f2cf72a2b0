"""How far two places are apart at least, in kilometres, by their division codes.

Only provincial capitals have coordinates here (`numbers/province_capitals.csv`, approximate, unverified). A place elsewhere in
the province may lie as far from its capital as the province reaches, so that much is taken off on either side.
"""

import math
from functools import cache
from typing import Final, NamedTuple

from suyuan.numbers import is_verified, read_table

EARTH_RADIUS_KM: Final = 6371.0
CAPITAL_REACH_KM: Final = (
    150.0  # assumption: what belongs to a capital (division xx01xx) lies within this of its centre
)
_CAPITAL: Final = "01"


class _Capital(NamedTuple):
    latitude_deg: float
    longitude_deg: float
    farthest_km: float


@cache
def least_distance_km(one: str, other: str) -> float | None:
    """Return the least distance between two divisions; 0 within one province, None where a province is unknown."""
    if one[:2] == other[:2]:
        return 0.0
    capitals = _capitals()
    if one[:2] not in capitals or other[:2] not in capitals:
        return None
    apart_km = great_circle_km(capitals[one[:2]], capitals[other[:2]])
    return max(0.0, apart_km - _reach_km(one) - _reach_km(other))


def are_coordinates_verified() -> bool:
    """Tell whether all coordinates were read in a source; as long as one was not, distances are shown as unverified."""
    return all(is_verified(row["confidence"]) for row in read_table("province_capitals"))


def great_circle_km(one: tuple[float, float, float], other: tuple[float, float, float]) -> float:
    """Return the distance along the surface between two points given by latitude and longitude in degrees."""
    here, there = math.radians(one[0]), math.radians(other[0])
    across = math.radians(other[1] - one[1])
    height = math.sin((there - here) / 2) ** 2 + math.cos(here) * math.cos(there) * math.sin(across / 2) ** 2
    return 2 * EARTH_RADIUS_KM * math.asin(math.sqrt(height))


def _reach_km(division: str) -> float:
    capital = _capitals()[division[:2]]
    return min(CAPITAL_REACH_KM, capital.farthest_km) if division[2:4] == _CAPITAL else capital.farthest_km


@cache
def _capitals() -> dict[str, _Capital]:
    return {
        row["province_code"]: _Capital(
            float(row["latitude_deg"]), float(row["longitude_deg"]), float(row["farthest_km"])
        )
        for row in read_table("province_capitals")
    }
