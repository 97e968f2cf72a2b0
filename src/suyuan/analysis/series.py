"""The national series that a forecast stands on, by year of sale: vehicles registered, energy and mass of the packs installed.

To 2025 from the carried tables (`suyuan.numbers`), from then on what `forecast_choices.csv` assumes. A year's packs are those
installed in it, vehicles that are exported later included: so the carried band of retirements was computed.
"""

from collections.abc import Mapping
from functools import cache
from typing import Final

from suyuan.numbers import read_default, read_table

FIRST_SALE: Final = 2011
LAST_KNOWN: Final = 2025
LAST_ASSUMED: Final = 2030
_FIRST_REGISTERED: Final = 2017
_FIRST_INSTALLED: Final = 2015
_MILLION: Final = 1_000_000
_WH_PER_KG_TO_KT_PER_GWH: Final = 1_000  # 1 GWh at 1 Wh/kg weighs 1,000 kt


@cache
def choice(parameter: str, segment: str) -> float:
    """Return a number of `forecast_choices.csv`; LookupError where there is none."""
    return float(choice_text(parameter, segment))


@cache
def choice_text(parameter: str, segment: str) -> str:
    """Return a value of `forecast_choices.csv`; LookupError where there is none."""
    for row in read_table("forecast_choices"):
        if (row["parameter"], row["segment"]) == (parameter, segment):
            return row["value"]
    raise LookupError(f"forecast_choices.csv has no row for {parameter!r}, {segment!r}")


@cache
def known_registrations() -> Mapping[int, float]:
    """Return vehicles registered by year to 2025; before 2017 the sales, for no registrations are carried."""
    sales = {int(row["year"]): float(row["total"]) for row in read_table("nev_sales_by_year")}
    registered = {int(row["year_end"]): row["new_registrations_million"] for row in read_table("nev_parc_mps")}
    return {
        year: sales[year] if year < _FIRST_REGISTERED else float(registered[year]) * _MILLION
        for year in range(FIRST_SALE, LAST_KNOWN + 1)
    }


def installs_gwh(year: int) -> float:
    """Return the energy of the packs installed in a year, in GWh."""
    if year < _FIRST_INSTALLED:
        return known_registrations()[year] * choice("energy per vehicle", "before 2015") / _MILLION
    if year > LAST_KNOWN:
        return choice("installs", str(year) if year <= LAST_ASSUMED else f"after {LAST_ASSUMED}")
    return _known_installs()[year]


@cache
def _known_installs() -> Mapping[int, float]:
    return {int(row["year"]): float(row["gwh"]) for row in read_table("battery_installs_by_year")}


def density_wh_per_kg(year: int) -> float:
    """Return the energy of a pack for each kilogram of it, by year of sale."""
    if year < _FIRST_INSTALLED:
        return choice("system density", "before 2015")
    if year > LAST_KNOWN:
        return choice("system density", f"after {LAST_KNOWN}")
    values = read_default("system density by year", "2015..2025")["value"].split(";")
    return float(values[year - _FIRST_INSTALLED])


def installs_kt(year: int) -> float:
    """Return the mass of the packs installed in a year, in kt."""
    return installs_gwh(year) / density_wh_per_kg(year) * _WH_PER_KG_TO_KT_PER_GWH


def vehicles(year: int) -> float:
    """Return vehicles registered in a year; after 2025 as many for each GWh as in 2025."""
    known = known_registrations()
    if year <= LAST_KNOWN:
        return known[year]
    return known[LAST_KNOWN] * installs_gwh(year) / installs_gwh(LAST_KNOWN)
