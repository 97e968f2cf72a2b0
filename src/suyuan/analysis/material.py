"""Lithium, nickel and cobalt that are contained in packs, by chemistry and energy.

Contents are those of `core.composition` (BatPaC, kg for each kWh); `forecast_choices.csv` says which row stands for a chemistry.
"""

from functools import cache
from typing import Final

from suyuan.analysis.series import choice_text
from suyuan.core.composition import read_intensities

METALS: Final = ("lithium", "nickel", "cobalt")
_G_PER_T: Final = 1_000_000
_MWH_PER_GWH: Final = 1_000


@cache
def metal_t_per_gwh(chemistry: str, metal: str) -> float:
    """Return the tonnes of a metal in packs of a chemistry (lfp, ternary, other) for each GWh; of "other" only lithium is told."""
    row = next(row for row in read_intensities() if row.typical_of == choice_text("cathode", chemistry))
    return row.metals_g_per_mwh[metal] * _MWH_PER_GWH / _G_PER_T
