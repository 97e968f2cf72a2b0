"""The course of lives through a data day: one life until then, the learned one from then on; and packs replaced on the way.

Moments are years with a fraction; a pack's own life has the shape of the vehicle's, so that hazards compete in closed form.
"""

import math
from dataclasses import dataclass
from functools import cache
from typing import Final

from suyuan.analysis.survival import Weibull
from suyuan.numbers import read_default

_REPLACED_LATER_FROM: Final = 2016
_OLDEST_TOLD: Final = 2011
_AGE_OF_OLDEST: Final = 13
_AGE_OF_LATER: Final = 8


@dataclass(frozen=True, slots=True)
class Lives:
    """The lives of vehicles in one scenario: until the data day, and from it on; of one shape."""

    past: Weibull
    future: Weibull


@dataclass(frozen=True, slots=True)
class Course:
    """What becomes of vehicles sold at a moment, with the data day at another."""

    lives: Lives
    sold_at: float
    now: float

    def survival(self, moment: float) -> float:
        """Return the share of all sold that is in use at a moment."""
        age, age_now = moment - self.sold_at, max(self.now - self.sold_at, 0.0)
        if age <= age_now:
            return self.lives.past.survival(age)
        alive = self.lives.past.survival(age_now)
        return alive * self.lives.future.conditional_survival(age, alive_at_years=age_now)

    def share_leaving(self, since: float, *, until: float) -> float:
        """Return the share of all sold that leaves between two moments."""
        return self.survival(since) - self.survival(until)

    def share_replacing(self, since: float, *, until: float, rate: float) -> float:
        """Return the share of all sold whose first pack is replaced between two moments, the vehicle living on: at most once each.

        Of those whom either hazard ends, rate / (rate + rate of the vehicle) lose the pack first. `rate` is that of the pack's life.
        """
        turn = min(max(self.now, since), until)
        before = self._replacing(self.lives.past, since, turn, rate)
        return before + self._replacing(self.lives.future, turn, until, rate)

    def _replacing(self, life: Weibull, since: float, until: float, rate: float) -> float:
        age, age_until = max(since - self.sold_at, 0.0), max(until - self.sold_at, 0.0)
        either = life.with_rate(life.rate + rate)
        with_first_pack = self.survival(since) * math.exp(-rate * life.wear(0.0, until_years=age))
        return with_first_pack * (1 - either.conditional_survival(age_until, alive_at_years=age)) * rate / either.rate


@cache
def replacement_rate(sold_in: int, scenario: str, shape: float) -> float:
    """Return the rate of the pack's own life for cars sold in a year, from what share of first packs was replaced by some age.

    Source: `numbers/simulator_defaults.csv` (Recurrent, cars in the US): sold 2011 to 2015 year by year, later ones with a band.
    """
    if sold_in >= _REPLACED_LATER_FROM:
        row = read_default("battery replacement cumulative, cars sold 2016+", "after 8 years")
        share, age = float(row[{"low": "low", "central": "value", "high": "high"}[scenario]]), _AGE_OF_LATER
    else:
        row = read_default("battery replacement cumulative, cars sold 2011-2015", "after 9-13 years")
        place = max(0, sold_in - _OLDEST_TOLD)
        share, age = float(row["value"].split(";")[place]), _AGE_OF_OLDEST - place
    return -math.log(1 - share) / math.pow(age, shape)
