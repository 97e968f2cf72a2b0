"""Metal in goods and materials, by the two tables of composition: the most it can be, and what an estimate says."""

import csv
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from importlib import resources
from math import ceil, floor
from typing import Any

METALS = ("lithium", "nickel", "cobalt", "manganese", "copper", "aluminium")
MIXTURES = ("black_mass", "mixed_hydroxide", "other")  # of these only what is stated is known
Metals = dict[str, int]


@cache
def read_table(name: str) -> tuple[dict[str, str], ...]:
    """Return the rows of a table of composition."""
    text = (resources.files("suyuan.core") / f"{name}.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))


@dataclass(frozen=True)
class Goods:
    """What somebody feeds: what it may be of (None: anything), what was reported, rated energy, mass, how it is built."""

    may_be: tuple[str, ...] | None
    chemistry: str | None = None
    energy_wh: int | None = None
    mass_g: int | None = None
    is_bare: bool = False
    is_scrap: bool = False


def may_be(chemistry: str | None, letter: str | None, letters: dict[str, list[str]]) -> tuple[str, ...] | None:
    """Return the chemistries that goods may be of; None where that is anything."""
    named = [chemistry] if chemistry else letters.get(letter or "", [])
    rows = [row["possible_for"].split() for row in read_table("material_intensity")]
    return tuple(named) if named and all(any(one in row for row in rows) for one in named) else None


def _rows(may_be: tuple[str, ...] | None) -> list[dict[str, str]]:
    return [
        row
        for row in read_table("material_intensity")
        if may_be is None or set(may_be) & set(row["possible_for"].split())
    ]


def _by_energy(row: dict[str, str], metal: str, energy_wh: Fraction | int) -> Fraction:
    return Fraction(row[metal]) * energy_wh


def can_hold(goods: Goods, metal: str) -> bool:
    """Tell whether goods can hold any of a metal."""
    return any(Fraction(row[metal]) > 0 for row in _rows(goods.may_be))


def most_in(goods: Goods, metal: str, bare_percent: int) -> int:
    """Return the most that goods can hold, by energy or by mass of the richest row, whichever allows more."""
    if goods.is_scrap:
        return (goods.mass_g or 0) if can_hold(goods, metal) else 0
    amounts = [Fraction(0)]
    for row in _rows(goods.may_be):
        amounts.append(_by_energy(row, metal, goods.energy_wh or 0))
        factor = Fraction(bare_percent if goods.is_bare else 100, 100)
        amounts.append(_by_energy(row, metal, Fraction(row["pack_wh_per_kg"]) * (goods.mass_g or 0) / 1000) * factor)
    return ceil(max(amounts))


def estimate(goods: Goods) -> Metals:
    """Return the metal that goods surely brought: the typical row, else the poorest that they may be; empty where nobody can tell."""
    if goods.is_scrap or goods.may_be is None or not (goods.energy_wh or goods.mass_g):
        return {}
    rows = _rows(goods.may_be)
    if goods.chemistry:
        rows = [row for row in rows if row["typical_of"] == goods.chemistry]
    if not rows:
        return {}
    told = {}
    for metal in METALS:
        amounts = [
            _by_energy(row, metal, goods.energy_wh or Fraction(row["pack_wh_per_kg"]) * (goods.mass_g or 0) / 1000)
            for row in rows
        ]
        told[metal] = floor(min(amounts))
    return told


def _content(material: str) -> dict[str, str] | None:
    return next((row for row in read_table("material_content") if row["material"] == material), None)


def least_in_material(part: dict[str, Any]) -> Metals:
    """Return the metal that a material holds: what is stated, else what its name tells."""
    told = {metal: part[f"{metal}_g"] for metal in METALS if f"{metal}_g" in part}
    row = _content(part["material"])
    if row and row["metal"] not in told:
        told[row["metal"]] = part["mass_g"] * int(row["least_permille"]) // 1000
    return told


def most_in_material(part: dict[str, Any], metal: str) -> int:
    """Return the most of a metal that a material can hold."""
    if f"{metal}_g" in part:
        return int(part[f"{metal}_g"])
    row = _content(part["material"])
    if row and row["metal"] == metal:
        return ceil(Fraction(part["mass_g"] * int(row["most_permille"]), 1000))
    return 0 if row and row["is_pure"] == "yes" else part["mass_g"]


def unstated_in(part: dict[str, Any]) -> tuple[str, ...]:
    """Return the metals of which nobody knows how much a material holds."""
    if part["material"] not in MIXTURES:
        return ()
    return tuple(metal for metal in METALS if f"{metal}_g" not in part)
