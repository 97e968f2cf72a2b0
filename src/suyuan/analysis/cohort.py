"""The national fleet as cohorts: year of sale x province x class x powertrain x chemistry, each with vehicles, energy and mass.

What the carried tables do not split is split by the nearest that they do, and the page docs/reference/forecast.md says so: before
the first year of a table by that year, after its last by the last. Energy goes to classes and powertrains by vehicles
times the typical energy of a pack; chemistries share the energy of each alike.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Final, NamedTuple

from suyuan.analysis.material import METALS, metal_t_per_gwh
from suyuan.analysis.series import FIRST_SALE, LAST_KNOWN, installs_gwh, installs_kt, vehicles
from suyuan.numbers import read_default, read_table

CHEMISTRIES: Final = ("lfp", "ternary", "other")
# (class, powertrain): commercial vehicles of both kinds are counted as battery-electric, for no table splits them.
KINDS: Final = (("passenger", "bev"), ("passenger", "phev"), ("commercial", "bev"))
_REGISTRATIONS: Final = {
    "passenger": "nev_passenger_registrations_province_year",
    "commercial": "nev_commercial_registrations_province_year",
}
_FIRST_OF_CLASS: Final = {"passenger": 2016, "commercial": 2017}
_LAST_OF_CLASS: Final = 2023
_FIRST_SPLIT: Final = 2011
_FIRST_CHEMISTRY: Final = 2017
_PERCENT: Final = 100

Shares = Mapping[str, float]


class Amounts(NamedTuple):
    """What a cohort holds, one pack a vehicle: vehicles, GWh and kt of rated packs, and t of metals in them."""

    vehicles: float
    gwh: float
    kt: float
    lithium_t: float
    nickel_t: float
    cobalt_t: float


class Cohort(NamedTuple):
    """Vehicles of one kind sold in one year in one province (division code)."""

    sold_in: int
    province: str
    vehicle_class: str
    powertrain: str
    chemistry: str
    amounts: Amounts


def national_cohorts(*, until: int) -> Iterator[Cohort]:
    """Yield the cohorts of all years of sale from 2011 to `until`."""
    for year in range(FIRST_SALE, until + 1):
        kt_per_gwh = installs_kt(year) / installs_gwh(year)
        for (vehicle_class, powertrain), (count, gwh) in _split_kinds(year).items():
            provinces, chemistries = province_shares(vehicle_class, year), chemistry_shares(year)
            for chemistry, of_chemistry in chemistries.items():
                metals = [metal_t_per_gwh(chemistry, metal) for metal in METALS]
                for province, of_province in provinces.items():
                    part = of_chemistry * of_province
                    energy = gwh * part
                    amounts = Amounts(count * part, energy, energy * kt_per_gwh, *(energy * metal for metal in metals))
                    yield Cohort(year, province, vehicle_class, powertrain, chemistry, amounts)


def _split_kinds(year: int) -> dict[tuple[str, str], tuple[float, float]]:
    """Return vehicles and GWh of each class and powertrain sold in a year."""
    total, commercial, plug_in = vehicles(year), commercial_share(year), plug_in_share(year)
    counts = {
        ("passenger", "bev"): total * max(0.0, 1 - commercial - plug_in),
        ("passenger", "phev"): total * min(plug_in, 1 - commercial),
        ("commercial", "bev"): total * commercial,
    }
    weights = {kind: counts[kind] * typical_kwh()[kind] for kind in KINDS}
    whole = sum(weights.values())
    return {kind: (counts[kind], installs_gwh(year) * weights[kind] / whole) for kind in KINDS}


@cache
def typical_kwh() -> Mapping[tuple[str, str], float]:
    """Return the typical energy of a pack by class and powertrain in kWh; only their proportions count."""

    def value(parameter: str, segment: str) -> float:
        return float(read_default(parameter, segment)["value"])

    extended = value("EREV share inside plug-in hybrids", "2025")
    plug_in = (
        value("energy, PHEV without EREV", "2024-2025") * (1 - extended) + value("energy, EREV", "2024") * extended
    )
    return {
        ("passenger", "bev"): value("energy, BEV passenger", "2024-2025"),
        ("passenger", "phev"): plug_in,
        ("commercial", "bev"): value("energy, special-purpose/truck mean", "Q1 2025"),
    }


@cache
def _registrations(vehicle_class: str, year: int) -> Mapping[str, float]:
    """Return vehicles of a class registered in a year by the code of the province."""
    codes = {row["name_en"]: row["gb2260_code"] for row in read_table("province_weights")}
    return {codes[row["Province"]]: float(row[str(year)]) for row in read_table(_REGISTRATIONS[vehicle_class])}


@cache
def province_shares(vehicle_class: str, year: int) -> Shares:
    """Return the share of each province (division code) in the vehicles of a class sold in a year."""
    known = _registrations(vehicle_class, min(max(year, _FIRST_OF_CLASS[vehicle_class]), _LAST_OF_CLASS))
    total = sum(known.values())
    return {province: count / total for province, count in known.items()}


@cache
def commercial_share(year: int) -> float:
    """Return the share of commercial vehicles in those registered in a year."""
    known = min(max(year, _FIRST_OF_CLASS["commercial"]), _LAST_OF_CLASS)
    passenger, commercial = (sum(_registrations(one, known).values()) for one in _REGISTRATIONS)
    return commercial / (passenger + commercial)


@cache
def plug_in_share(year: int) -> float:
    """Return the share of plug-in hybrids in the vehicles sold in a year."""
    known = min(max(year, _FIRST_SPLIT), LAST_KNOWN)
    row = next(row for row in read_table("nev_sales_by_year") if int(row["year"]) == known)
    return float(row["phev"]) / (float(row["bev"]) + float(row["phev"]))


@cache
def chemistry_shares(year: int) -> Shares:
    """Return the share of each chemistry in the energy installed in a year."""
    known = min(max(year, _FIRST_CHEMISTRY), LAST_KNOWN)
    row = next(row for row in read_table("battery_installs_by_year") if int(row["year"]) == known)
    shares = {chemistry: float(row[f"{chemistry}_pct"]) / _PERCENT for chemistry in CHEMISTRIES}
    total = sum(shares.values())
    return {chemistry: share / total for chemistry, share in shares.items()}
