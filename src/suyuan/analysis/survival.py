"""Weibull lives: what share of things lives to an age, dies within a year of life, or dies later given that it lives now.

Ages and lives in years. A life is told by its shape k and its mean; scale = mean / Gamma(1 + 1/k).
"""

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Weibull:
    """A distribution of lives: S(t) = exp(-(t / scale)^shape); shape without unit, scale in years, both above 0."""

    shape: float
    scale_years: float

    @classmethod
    def of_mean(cls, mean_years: float, *, shape: float) -> "Weibull":
        """Return the distribution with this mean life in years."""
        return cls(shape, mean_years / math.gamma(1 + 1 / shape))

    @property
    def mean_years(self) -> float:
        """The mean life in years."""
        return self.scale_years * math.gamma(1 + 1 / self.shape)

    @property
    def rate(self) -> float:
        """What turns wear (`wear`) into cumulated hazard: scale^-shape; twice the rate, twice the hazard at every age."""
        return math.pow(self.scale_years, -self.shape)

    def with_rate(self, rate: float) -> "Weibull":
        """Return the distribution of the same shape with another rate."""
        return Weibull(self.shape, math.pow(rate, -1 / self.shape))

    def wear(self, since_years: float, *, until_years: float) -> float:
        """Return until^shape - since^shape: rate x wear is the hazard cumulated between two ages; before birth there is none."""
        return math.pow(max(until_years, 0.0), self.shape) - math.pow(max(since_years, 0.0), self.shape)

    def survival(self, age_years: float) -> float:
        """Return the share that lives to an age; all do before birth."""
        return math.exp(-self.rate * self.wear(0.0, until_years=age_years))

    def share_dying(self, since_years: float, *, until_years: float) -> float:
        """Return the share of all born that dies between two ages."""
        return self.survival(since_years) - self.survival(until_years)

    def conditional_survival(self, until_years: float, *, alive_at_years: float) -> float:
        """Return the share of those alive at an age that lives to a later one, S(until) / S(alive at)."""
        return math.exp(-self.rate * self.wear(alive_at_years, until_years=until_years))
