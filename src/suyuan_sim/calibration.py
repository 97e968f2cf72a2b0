"""What the nation is calibrated with: series by year and shares, read from the tables with their sources.

What the tables do not say is an assumption and named so here; `docs/explanation/simulation.md` lists both.
"""

import math
from dataclasses import dataclass
from functools import cache
from itertools import accumulate, pairwise
from typing import Final, TypeVar

from suyuan.numbers import read_default, read_table

T = TypeVar("T")

FIRST_YEAR: Final = 2012
SHAPE: Final = 3.5
MEAN_YEARS: Final = 11.6
SCALE_YEARS: Final = MEAN_YEARS / math.gamma(1 + 1 / SHAPE)
"""Survival of vehicles: Weibull, fitted to the register's exits 2020-2025 (vehicle_survival_fit_to_mps.csv)."""

# Assumption: the market after the last year of the register's series grows by so much a year, then stands.
GROWTH_AFTER: Final = (1.04, 1.03, 1.0)
# Of the vehicles made in a year, what stands unsold at its end: three weeks of December's (derived from the assumed days to the sale).
UNSOLD: Final = 0.08
# Assumption: shares of the months in a year's registrations, thin at the new year, thick at its end.
MONTH_SHARES: Final = (0.068, 0.052, 0.078, 0.074, 0.079, 0.083, 0.079, 0.085, 0.092, 0.095, 0.103, 0.112)
# Assumption: share of commercial vehicles where no registrations by province are at hand.
COMMERCIAL_BEFORE: Final = 0.30
# Assumption: what of a ternary pack's cathode was usual in the year it was made.
TERNARY_BY_YEAR: Final = (
    (2016, (("ncm111", 0.7), ("ncm523", 0.3))),
    (2018, (("ncm111", 0.1), ("ncm523", 0.75), ("ncm622", 0.15))),
    (2020, (("ncm523", 0.6), ("ncm622", 0.2), ("ncm811", 0.17), ("nca", 0.03))),
    (2022, (("ncm523", 0.45), ("ncm622", 0.2), ("ncm811", 0.32), ("nca", 0.03))),
    (9999, (("ncm523", 0.3), ("ncm622", 0.25), ("ncm811", 0.42), ("nca", 0.03))),
)
# kWh of a vehicle of each kind relative to the others; each year is then scaled to that year's installs.
RELATIVE_KWH: Final = {"bev": 54.0, "phev": 20.0, "erev": 39.4, "bus": 190.0, "truck": 185.0, "van": 42.0}
# Assumption: commercial vehicles by year: buses first, then vans and trucks.
COMMERCIAL_MIX: Final = ((2018, (0.45, 0.02, 0.53)), (2021, (0.30, 0.10, 0.60)), (9999, (0.10, 0.30, 0.60)))
# Assumption: share of LFP in commercial vehicles; what is left of a year's published share falls to passenger cars.
LFP_COMMERCIAL: Final = 0.97
USES: Final = (("private", 0.80), ("rental", 0.05), ("official", 0.05), ("taxi", 0.05), ("ride_hailing", 0.05))


@dataclass(frozen=True, slots=True)
class Year:
    """What is known or assumed of one year: vehicles registered, exported and made, shares, kWh by kind of vehicle.

    `lfp` is the share of all energy, as published; `lfp_passenger` that of passenger cars, so that the sum is `lfp`.
    """

    year: int
    registered: float
    exported: float
    made: float
    commercial: float
    bev: float
    lfp: float
    lfp_passenger: float
    without_modules: float
    kwh: dict[str, float]


@dataclass(frozen=True, slots=True)
class Choice:
    """Things to draw from, with cumulated weights for `random.choices`."""

    values: tuple[str, ...]
    weights: tuple[float, ...]


def weigh(pairs: "tuple[tuple[str, float], ...] | list[tuple[str, float]]") -> Choice:
    """Return what can be drawn by its weight."""
    return Choice(tuple(name for name, _ in pairs), tuple(accumulate(weight for _, weight in pairs)))


@cache
def read_year(year: int) -> Year:
    """Return the numbers of a year, from 2012 on; what is made is as many as give the year's sales, some of them next year's."""
    sold = {int(row["year"]): row for row in read_table("nev_sales_by_year")}
    installed = {int(row["year"]): row for row in read_table("battery_installs_by_year")}
    registered = registrations()[year]
    known = min(max(year, min(sold)), max(sold))
    exported = _exported(year)
    made = _made(year)
    bev = float(sold[known]["bev"] or 0) / float(sold[known]["total"])
    chemistry = installed[min(max(year, 2017), max(installed))]
    lfp = float(chemistry["lfp_pct"]) / (float(chemistry["lfp_pct"]) + float(chemistry["ternary_pct"]))
    commercial = _commercial_share(year)
    kwh = _scale_kwh(year, bev=bev, commercial=commercial, made=made)
    passenger = _lfp_passenger(year, lfp=lfp, bev=bev, commercial=commercial)
    return Year(year, registered, exported, made, commercial, bev, lfp, passenger, _share_without_modules(year), kwh)


def _exported(year: int) -> float:
    """Return vehicles exported in a year; after the last year of the series by its share of those registered."""
    sold = {int(row["year"]): row for row in read_table("nev_sales_by_year")}
    known = min(max(year, min(sold)), max(sold))
    return float(sold[known]["exports"] or 0) * registrations()[year] / registrations()[known]


@cache
def _made(year: int) -> float:
    """Return vehicles made in a year: some of those sold stood unsold from the year before."""
    sold = registrations()[year] + _exported(year)
    return sold if year == FIRST_YEAR else (sold - UNSOLD * _made(year - 1)) / (1 - UNSOLD)


@cache
def registrations() -> dict[int, float]:
    """Return vehicles newly registered by year: sales before 2017, the register since, an assumption after its last year."""
    series = {
        int(row["year"]): float(row["total"])
        for row in read_table("nev_sales_by_year")
        if FIRST_YEAR <= int(row["year"]) < 2017  # noqa: PLR2004 - the register's own series begins
    }
    for row in read_table("nev_parc_mps"):
        if row["new_registrations_million"]:
            series[int(row["year_end"])] = float(row["new_registrations_million"]) * 1e6
    last = max(series)
    for number in range(20):
        growth = GROWTH_AFTER[min(number, len(GROWTH_AFTER) - 1)]
        series[last + number + 1] = series[last + number] * growth
    return series


@cache
def provinces(year: int, *, is_commercial: bool) -> Choice:
    """Return the provinces by their registrations in a year, in the nearest year of the table where it has none of that year."""
    table = (
        "nev_commercial_registrations_province_year" if is_commercial else "nev_passenger_registrations_province_year"
    )
    rows = {row["Province"]: row for row in read_table(table)}
    known = [
        int(name)
        for name in next(iter(rows.values()))
        if name.isdigit() and any(float(r[name] or 0) for r in rows.values())
    ]
    column = str(min(max(year, min(known)), max(known)))
    codes = {row["name_en"]: row["gb2260_code"][:2] for row in read_table("province_weights")}
    return weigh([(code, float(rows[name][column] or 0) if name in rows else 0.0) for name, code in codes.items()])


def installs_gwh(year: int) -> float | None:
    """Return the GWh installed in a year where they are published."""
    found = [float(row["gwh"]) for row in read_table("battery_installs_by_year") if int(row["year"]) == year]
    return found[0] if found else None


def _commercial_share(year: int) -> float:
    """Return commercial vehicles among all registered in a year."""
    commercial = sum(float(row.get(str(year)) or 0) for row in read_table("nev_commercial_registrations_province_year"))
    passenger = sum(float(row.get(str(year)) or 0) for row in read_table("nev_passenger_registrations_province_year"))
    if commercial and passenger:
        return commercial / (commercial + passenger)
    if year < 2017:  # noqa: PLR2004 - before the table begins
        return COMMERCIAL_BEFORE
    return float(read_default("commercial share of NEV registrations", "2023")["value"])


def _relative_kwh(year: int, *, bev: float, commercial: float) -> tuple[float, float]:
    """Return the relative kWh of a mean vehicle, the part of passenger cars and that of commercial ones."""
    buses, trucks, vans = pick_by_year(COMMERCIAL_MIX, year)
    erev = _erev_share(year)
    hybrid = (1 - erev) * RELATIVE_KWH["phev"] + erev * RELATIVE_KWH["erev"]
    goods = buses * RELATIVE_KWH["bus"] + trucks * RELATIVE_KWH["truck"] + vans * RELATIVE_KWH["van"]
    return (1 - commercial) * (bev * RELATIVE_KWH["bev"] + (1 - bev) * hybrid), commercial * goods


def _lfp_passenger(year: int, *, lfp: float, bev: float, commercial: float) -> float:
    """Return the LFP share of passenger cars with which all vehicles together have the published share."""
    passenger, goods = _relative_kwh(year, bev=bev, commercial=commercial)
    return min(max((lfp * (passenger + goods) - LFP_COMMERCIAL * goods) / passenger, 0.0), 1.0)


def _scale_kwh(year: int, *, bev: float, commercial: float, made: float) -> dict[str, float]:
    """Return kWh by kind of vehicle: the relative ones, scaled so that the year's vehicles hold the year's installs."""
    gwh = installs_gwh(year)
    if gwh is None:  # before the series: as in its first year; after it: as in its last
        near = 2015 if year < 2015 else 2025  # noqa: PLR2004 - first and last year of the series
        return read_year(near).kwh
    factor = gwh * 1e6 / made / sum(_relative_kwh(year, bev=bev, commercial=commercial))
    return {name: value * factor for name, value in RELATIVE_KWH.items()}


def _erev_share(year: int) -> float:
    """Return range-extended ones among plug-in hybrids; they came with 2020."""
    share = float(read_default("EREV share inside plug-in hybrids", "2025")["value"])
    return min(max((year - 2019) / 6, 0.0), 1.0) * share


def kinds_of_vehicle(year: int) -> Choice:
    """Return the kinds of vehicle made in a year by their shares."""
    numbers = read_year(year)
    buses, trucks, vans = pick_by_year(COMMERCIAL_MIX, year)
    erev = _erev_share(year)
    passenger, hybrid = 1 - numbers.commercial, (1 - numbers.commercial) * (1 - numbers.bev)
    return weigh(
        [
            ("bev", passenger * numbers.bev),
            ("phev", hybrid * (1 - erev)),
            ("erev", hybrid * erev),
            ("bus", numbers.commercial * buses),
            ("truck", numbers.commercial * trucks),
            ("van", numbers.commercial * vans),
        ]
    )


def made_gwh(year: int) -> float:
    """Return the energy of all vehicles made in a year: what is installed, where that is published."""
    numbers, kinds = read_year(year), kinds_of_vehicle(year)
    shares = [after - before for before, after in pairwise((0.0, *kinds.weights))]
    mean = sum(share * numbers.kwh[kind] for kind, share in zip(kinds.values, shares, strict=True)) / kinds.weights[-1]
    return numbers.made * mean / 1e6


def pick_by_year(table: tuple[tuple[int, T], ...], year: int) -> T:
    """Return what a table says of a year: the first entry whose year is not before it."""
    return next(value for until, value in table if year <= until)


def _share_without_modules(year: int) -> float:
    """Return packs made without modules (cell to pack, blade), by year."""
    row = next(row for row in read_table("simulator_defaults") if row["parameter"].startswith("share of packs without"))
    known = dict(zip(map(int, row["segment"].split(";")), map(float, row["value"].split(";")), strict=True))
    return 0.0 if year < min(known) else known[min(year, max(known))]


def density_wh_per_kg(year: int) -> float:
    """Return the Wh of a pack for each kilogram of its mass, by the year it was made."""
    row = read_default("system density by year", "2015..2025")
    values = [float(value) for value in row["value"].split(";")]
    return values[min(max(year - 2015, 0), len(values) - 1)]
