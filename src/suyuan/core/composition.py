"""Contained metal of batteries, lots and materials in integer grams: how much there can be at most, and an estimate.

`most_metals` is for accusing: an upper bound, the richest of everything that the goods may be, rounded up. `estimate_metals`
is for accounts: the typical row of a reported chemistry, else the poorest that the goods may be, rounded down. The tables
`material_intensity.csv` and `material_content.csv` are part of the program; `material_intensity.md` tells their sources.
"""

import csv
import pkgutil
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any, Final

import msgspec

from suyuan.core.catalogue import METALS as METAL_FIELDS

METALS: Final = tuple(name.removesuffix("_g") for name in METAL_FIELDS)
METAL_CARRIERS: Final = frozenset(
    {"black_mass", "mixed_hydroxide", "other"}
)  # nobody knows what is in them unless told
_MILLION: Final = 1_000_000
_PERMILLE: Final = 1000
_PERCENT: Final = 100


class Intensity(msgspec.Struct, frozen=True):
    """One row of the table: metal in grams for each megawatt-hour, energy of a pack in watt-hours for each tonne."""

    name: str
    possible_for: frozenset[str]
    typical_of: str
    metals_g_per_mwh: dict[str, int]
    pack_wh_per_t: int


class Goods(msgspec.Struct, frozen=True):
    """What is known of goods: which chemistries they may be of (empty: any), rated energy and mass, None where unknown.

    `chemistry` is the reported one. `bare_percent` tells how much of a metal a kilogram may hold, a kilogram of a whole
    pack being 100: cells and modules have less housing. Scrap (`is_scrap`) may be metal through and through.
    """

    chemistries: tuple[str, ...] = ()
    chemistry: str | None = None
    energy_wh: int | None = None
    mass_g: int | None = None
    bare_percent: int = 100
    is_scrap: bool = False


def most_metals(goods: Goods) -> dict[str, int]:
    """Return the most grams of each metal that the goods can hold, rounded up; none of a metal means it cannot be there.

    By energy or by mass, whichever allows more: a pack may be heavier than the table's, or rated lower than it is.
    Without both, goods of unknown size: nothing, the caller must count them by what else is known.
    """
    energy_wh, mass_g = goods.energy_wh or 0, goods.mass_g or 0
    most = {}
    for metal, (g_per_mwh, g_per_million_t) in _richest_of(goods.chemistries).items():
        by_energy = _round_up(energy_wh * g_per_mwh, _MILLION)
        if goods.is_scrap:
            by_mass = mass_g if g_per_mwh else 0
        else:
            by_mass = _round_up(mass_g * goods.bare_percent * g_per_million_t, _PERCENT * _MILLION * _MILLION)
        most[metal] = max(by_energy, by_mass)
    return most


def estimate_metals(goods: Goods) -> dict[str, int]:
    """Return the grams of each metal that the goods are taken to hold, rounded down; empty where nobody can tell.

    Nobody can tell of scrap, of goods of any chemistry, and of goods without energy and mass.
    """
    rows = _typical_rows(goods.chemistry, goods.chemistries)
    if not rows or goods.is_scrap or (goods.energy_wh is None and goods.mass_g is None):
        return {}
    return {metal: min(_estimate_g(row, metal, goods) for row in rows) for metal in METALS}


@lru_cache
def _typical_rows(chemistry: str | None, chemistries: tuple[str, ...]) -> tuple[Intensity, ...]:
    """Return the row of a reported chemistry, else every row that the goods may be of; none where that is any."""
    typical = tuple(row for row in read_intensities() if chemistry and row.typical_of == chemistry)
    return typical or (_rows_of(chemistries) if is_known(chemistries) else ())


def _estimate_g(row: Intensity, metal: str, goods: Goods) -> int:
    g_per_mwh = row.metals_g_per_mwh[metal]
    if goods.energy_wh is not None:
        return goods.energy_wh * g_per_mwh // _MILLION
    assert goods.mass_g is not None, "goods have an energy or a mass"
    return goods.mass_g * row.pack_wh_per_t * g_per_mwh // (_MILLION * _MILLION)


def chemistries_of(chemistry: str | None, *, allowed: tuple[str, ...]) -> tuple[str, ...]:
    """Return the chemistries that goods may be of: the reported one, else those that their code's letter allows.

    Empty means any: a letter that bounds nothing, no letter, no table row.
    """
    named = (chemistry,) if chemistry else allowed
    return named if is_known(named) else ()


@lru_cache
def is_known(chemistries: tuple[str, ...]) -> bool:
    """Tell whether the table has rows for all of some chemistries, and there are any."""
    return bool(chemistries) and all(any(one in row.possible_for for row in read_intensities()) for one in chemistries)


def most_metals_of_material(material: dict[str, Any]) -> dict[str, int]:
    """Return the most grams of each metal in a material as reported: what it states, else what such a material can hold."""
    contents, is_pure = _contents_of(material["material"])
    most = {}
    for metal in METALS:
        _, permille = contents.get(metal, (0, 0 if is_pure else _PERMILLE))
        stated = material.get(f"{metal}_g")
        most[metal] = stated if stated is not None else _round_up(material["mass_g"] * permille, _PERMILLE)
    return most


def least_metals_of_material(material: dict[str, Any]) -> dict[str, int]:
    """Return the grams of each metal that a material as reported surely holds: what it states, else by its name; no zeros."""
    contents, _ = _contents_of(material["material"])
    least = {}
    for metal in METALS:
        permille, _ = contents.get(metal, (0, 0))
        stated = material.get(f"{metal}_g")
        least[metal] = stated if stated is not None else material["mass_g"] * permille // _PERMILLE
    return {metal: grams for metal, grams in least.items() if grams}


def unstated_metals(material: dict[str, Any]) -> tuple[str, ...]:
    """Return the metals of which a material that carries metal says nothing: unknown is not none."""
    if material["material"] not in METAL_CARRIERS:
        return ()
    return tuple(metal for metal in METALS if f"{metal}_g" not in material)


def _round_up(dividend: int, divisor: int) -> int:
    return -(-dividend // divisor)


@lru_cache
def _richest_of(chemistries: tuple[str, ...]) -> dict[str, tuple[int, int]]:
    """Return for each metal its most grams in a megawatt-hour, and in a million tonnes of packs, of goods of these chemistries."""
    rows = _rows_of(chemistries)
    return {
        metal: (
            max((row.metals_g_per_mwh[metal] for row in rows), default=0),
            max((row.metals_g_per_mwh[metal] * row.pack_wh_per_t for row in rows), default=0),
        )
        for metal in METALS
    }


def _rows_of(chemistries: tuple[str, ...]) -> tuple[Intensity, ...]:
    """Return the rows that goods of these chemistries may be of; all where that is any."""
    rows = read_intensities()
    return tuple(row for row in rows if not row.possible_for.isdisjoint(chemistries)) if chemistries else rows


# -- the packaged tables -------------------------------------------------------------------------------------------


@cache
def read_intensities() -> tuple[Intensity, ...]:
    """Return the rows of `material_intensity.csv` in their order."""
    return tuple(
        Intensity(
            row["name"],
            frozenset(row["possible_for"].split()),
            row["typical_of"],
            {metal: int(Decimal(row[metal]) * _MILLION) for metal in METALS},
            int(Decimal(row["pack_wh_per_kg"]) * 1000),
        )
        for row in _read_table("material_intensity.csv")
    )


@cache
def _contents_of(material: str) -> tuple[dict[str, tuple[int, int]], bool]:
    """Return least and most thousandths of metals in a material by its name, and whether it holds no other."""
    rows = [row for row in _read_table("material_content.csv") if row["material"] == material]
    contents = {row["metal"]: (int(row["least_permille"]), int(row["most_permille"])) for row in rows}
    return contents, any(row["is_pure"] == "yes" for row in rows)


def _read_table(name: str) -> list[dict[str, str]]:
    table = pkgutil.get_data(__package__, name)
    assert table is not None, f"the package holds {name}"
    return list(csv.DictReader(table.decode("utf-8").splitlines()))
