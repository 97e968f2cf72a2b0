"""How observed exits move the life that a forecast believes in, and how sure a count is: gamma and Poisson.

Vehicles die at the hazard rate x shape x age^(shape - 1), so exits in a window are Poisson with mean rate x wear. The rate before is
gamma with mean `prior` and as much weight as `strength` exits; after D exits in wear W it is gamma with mean

    (strength + D) / (strength / prior + W)  =  Z D / W + (1 - Z) prior,    Z = W / (W + strength / prior)

which is credibility weighting: with nothing observed it stays, with many exits it moves to D / W.
"""

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import Final

from suyuan.analysis.fleet import Observation

CONFIDENCE: Final = 0.90
TAIL: Final = (1 - CONFIDENCE) / 2
_DEVIATE: Final = NormalDist().inv_cdf(1 - TAIL)
_COUNTED_MAX: Final = 400.0  # above this mean the normal approximation with its skew corrected is right to one count


@dataclass(frozen=True, slots=True)
class Learned:
    """A rate after observation, and the weight Z that the observation has in it."""

    rate: float
    weight: float


def learn_rate(prior: float, *, strength: float, seen: Observation) -> Learned:
    """Return the rate after an observation; `strength` in exits, above 0."""
    before = strength / prior
    rate = (strength + seen.exits) / (before + seen.wear)
    return Learned(rate, seen.wear / (before + seen.wear))


def widen(learned: Learned, *, sign: int, relative_error: float) -> float:
    """Return the rate moved down (-1) or up (+1) by its 90 % interval as far as it rests on the observation.

    A rate that rests on the scenario alone stays where the scenario put it. The error does not shrink as exits are counted: that
    of a national fit of one shape is mostly misfit, and counting more of the same does not mend it.
    """
    return learned.rate * math.exp(sign * learned.weight * _DEVIATE * relative_error)


def predict_count(mean: float, *, strength: float) -> tuple[float, float]:
    """Return the 5 % and 95 % quantiles of a count with this mean when the rate is as uncertain as `strength` exits leave it.

    Gamma-Poisson (negative binomial): variance = mean + mean^2 / strength.
    """
    if mean <= 0:
        return 0.0, 0.0
    if mean <= _COUNTED_MAX:
        return _quantile(TAIL, mean, strength), _quantile(1 - TAIL, mean, strength)
    deviation = math.sqrt(mean + mean * mean / strength)
    skew = (1 + 2 * mean / strength) / deviation
    low, high = (mean + deviation * (z + (z * z - 1) * skew / 6) for z in (-_DEVIATE, _DEVIATE))  # Cornish and Fisher
    return round(max(0.0, low)), round(high)


def _quantile(share: float, mean: float, strength: float) -> float:
    """Return the least count whose cumulated probability reaches a share."""
    odds = mean / (strength + mean)
    probability = math.exp(strength * math.log1p(-odds))
    cumulated, count = probability, 0
    while cumulated < share:
        probability *= odds * (strength + count) / (count + 1)
        count += 1
        cumulated += probability
    return float(count)
