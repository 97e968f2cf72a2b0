"""Chances: tails of the usual distributions, and which of many chances are too small to be chance (Benjamini-Hochberg).

Tails are one-sided. Incomplete gamma and beta functions by series and continued fractions (Abramowitz & Stegun 6.5, 26.5.8).
"""

import math
from collections.abc import Iterable, Sequence
from typing import Final

MAD_TO_SIGMA: Final = 1.4826  # of a normal distribution
MAD_EFFICIENCY: Final = 0.37  # of the median deviation, for a normal distribution: so many of the peers count
_STEPS_MAX, _NEAR, _TINY = 1000, 1e-13, 1e-300


def poisson_tail(count: int, *, expected: float) -> float:
    """Return the chance of at least so many where so many are expected and come singly."""
    if count <= 0:
        return 1.0
    return _lower_gamma(count, expected) if expected > 0 else 0.0


def binomial_tail(count: int, *, trials: int, rate: float) -> float:
    """Return the chance of at least so many of some trials at a rate."""
    if count <= 0:
        return 1.0
    if rate <= 0 or count > trials:
        return 0.0
    return _incomplete_beta(count, trials - count + 1, rate) if rate < 1 else 1.0


def beta_binomial_tail(count: int, *, trials: int, rate: float, spread: float) -> float:
    """Return the chance of at least so many of some trials where the rate itself differs from one to the next.

    `spread` is the intraclass correlation: the rate follows a beta distribution around `rate`; 0 is the binomial.
    """
    if spread <= 0 or count <= 0 or rate <= 0 or rate >= 1 or count > trials:
        return binomial_tail(count, trials=trials, rate=rate)
    a, b = rate * (1 - spread) / spread, (1 - rate) * (1 - spread) / spread
    term = math.exp(
        math.lgamma(trials + 1) - math.lgamma(count + 1) - math.lgamma(trials - count + 1)
        + math.lgamma(count + a) + math.lgamma(trials - count + b) - math.lgamma(trials + a + b)
        - math.lgamma(a) - math.lgamma(b) + math.lgamma(a + b)
    )  # fmt: skip
    total = 0.0
    for number in range(count, trials + 1):
        total += term
        if term < total * _NEAR and number > rate * trials:
            break
        if number < trials:
            term *= (trials - number) / (number + 1) * (number + a) / (trials - number - 1 + b)
    return min(1.0, total)


def student_tail(value: float, *, freedom: float) -> float:
    """Return the chance of at least this value of Student's t."""
    half = _incomplete_beta(freedom / 2, 0.5, freedom / (freedom + value * value)) / 2
    return half if value > 0 else 1 - half


def evenness_tail(places: int, *, things: int, bins: int) -> float:
    """Return the chance that things falling into bins at random take at least so many different bins, exactly."""
    taken = [1.0]  # taken[j]: chance that j bins are taken
    for _ in range(things):
        following = [0.0] * (min(len(taken), bins) + 1)
        for number, chance in enumerate(taken):
            if chance:
                following[number] += chance * number / bins
                if number < bins:
                    following[number + 1] += chance * (bins - number) / bins
        taken = following
    return math.fsum(taken[places:])


def least_significant(chances: Sequence[float], *, rate: float) -> float:
    """Return the largest of many chances that is no chance by Benjamini-Hochberg at a rate, -1 where none is.

    Of those at most that large, at most the share `rate` is false on average; where all are honest, any is named at most
    so often.
    """
    for place, chance in sorted(enumerate(sorted(chances), start=1), reverse=True):
        if chance <= rate * place / len(chances):
            return chance
    return -1.0


def median(values: Iterable[float]) -> float:
    """Return the median of some values."""
    ordered = sorted(values)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def _lower_gamma(shape: float, value: float) -> float:
    """Return the regularized lower incomplete gamma function P(shape, value)."""
    scale = math.exp(shape * math.log(value) - value - math.lgamma(shape))
    if value < shape + 1:
        term = total = 1 / shape
        for step in range(1, _STEPS_MAX * 100):
            term *= value / (shape + step)
            total += term
            if term < total * _NEAR:
                break
        return min(1.0, total * scale)
    fraction = _fraction(
        value + 1 - shape,
        ((-step * (step - shape), value + 2 * step + 1 - shape) for step in range(1, _STEPS_MAX * 100)),
    )
    return max(0.0, 1 - scale / fraction)


def _incomplete_beta(a: float, b: float, x: float) -> float:
    """Return the regularized incomplete beta function."""
    if x <= 0 or x >= 1:
        return 0.0 if x <= 0 else 1.0
    if x > (a + 1) / (a + b + 2):
        return 1 - _incomplete_beta(b, a, 1 - x)
    scale = math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x))

    def parts() -> Iterable[tuple[float, float]]:
        for m in range(_STEPS_MAX):
            yield -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)), 1.0
            n = m + 1
            yield n * (b - n) * x / ((a + 2 * n - 1) * (a + 2 * n)), 1.0

    return scale / (a * _fraction(1.0, parts()))


def _fraction(first: float, parts: Iterable[tuple[float, float]]) -> float:
    """Return a continued fraction first + a1/(b1 + a2/(b2 + …)) by Lentz's method."""
    value, above, below = first or _TINY, first or _TINY, 0.0
    for a, b in parts:
        below = 1 / ((b + a * below) or _TINY)
        above = (b + a / above) or _TINY
        change = above * below
        value *= change
        if abs(change - 1) < _NEAR:
            break
    return value
