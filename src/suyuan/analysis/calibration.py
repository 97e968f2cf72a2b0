"""The mean life of vehicles, fitted to the exits that the national register implies, 2020 to 2025.

A vehicle is taken to be sold in the middle of its year: of those sold in year s, S(t - s - 1/2) - S(t - s + 1/2) leave in year t.
Source of the exits: `numbers/nev_parc_mps.csv` (parc of the year before + registrations - parc).
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from suyuan.analysis.series import known_registrations
from suyuan.analysis.survival import Weibull
from suyuan.numbers import read_table

SHAPE: Final = 3.5
YEARS: Final = range(2020, 2026)
_MEAN_YEARS: Final = range(4, 60)
_STEPS: Final = 10  # the mean is told to a tenth of a year
_MILLION: Final = 1e6
_SLOPE_STEP: Final = 1e-4


@dataclass(frozen=True, slots=True)
class Fit:
    """The life that fits best; `exits` are those of the model by year, `rmse` and `observed` likewise in vehicles.

    `relative_error` is the standard error of the rate, relative to it, as the residuals tell it.
    """

    life: Weibull
    exits: Mapping[int, float]
    observed: Mapping[int, float]
    rmse: float
    relative_error: float

    @property
    def strength(self) -> float:
        """The exits that, counted, would tell the rate as surely: 1 / relative_error^2."""
        return self.relative_error**-2


@cache
def observed_exits() -> Mapping[int, float]:
    """Return the exits that the register implies, in vehicles by year."""
    rows = {int(row["year_end"]): row["implied_exits_million"] for row in read_table("nev_parc_mps")}
    return {year: float(rows[year]) * _MILLION for year in YEARS}


def model_exits(life: Weibull, sold: Mapping[int, float]) -> dict[int, float]:
    """Return the vehicles that leave in each year of the fit, by what was sold in each year."""
    return {
        year: sum(
            count * life.share_dying(year - sold_in - 0.5, until_years=year - sold_in + 0.5)
            for sold_in, count in sold.items()
            if sold_in <= year
        )
        for year in YEARS
    }


@cache
def fit_life(shape: float = SHAPE) -> Fit:
    """Return the life of this shape whose exits differ least from the register's, by least squares, mean to 0.1 year."""
    sold, observed = known_registrations(), observed_exits()

    def error(tenths: int) -> float:
        exits = model_exits(Weibull.of_mean(tenths / _STEPS, shape=shape), sold)
        return sum((exits[year] - observed[year]) ** 2 for year in YEARS)

    coarse = min((mean * _STEPS for mean in _MEAN_YEARS), key=error)
    best = min(range(coarse - _STEPS, coarse + _STEPS + 1), key=error)
    life = Weibull.of_mean(best / _STEPS, shape=shape)
    exits = model_exits(life, sold)
    squares = error(best)
    # How the exits answer to a small relative change of the rate; from that and the residuals the error of the rate.
    moved = model_exits(life.with_rate(life.rate * (1 + _SLOPE_STEP)), sold)
    slope = sum(((moved[year] - exits[year]) / _SLOPE_STEP) ** 2 for year in YEARS)
    relative_error = math.sqrt(squares / (len(YEARS) - 1) / slope)
    return Fit(life, exits, observed, math.sqrt(squares / len(YEARS)), relative_error)
