"""A funnel plot as numbers: whose share stands out from that of its peers, with overdispersion and many looks allowed for.

Each party has cases among trials. What is expected comes from the others of its group, stratum by stratum, with one case
added so that a rate of nought condemns nobody. Peers differ more than coins do: how much more (an intraclass correlation) is
read from the peers themselves, robustly, at the upper end of what they speak for. The tail is that of the beta-binomial; a
mixture of strata has a thinner one (Hoeffding 1956), so this errs on the side of silence. Chances are then held against each
other by Benjamini-Hochberg. Source: Spiegelhalter, Statistics in Medicine 24 (2005) 1185-1202.
"""

import math
from collections import defaultdict
from collections.abc import Iterable
from typing import Final

import msgspec

from suyuan.analysis.detectors.chance import (
    NORMAL_MEDIAN_OF_SQUARE,
    beta_binomial_tail,
    least_significant,
)

CASES_MIN: Final = 3
TIMES_PEERS: Final = 2.0  # a share may be beyond chance and yet not matter
PEERS_MIN: Final = 10
_RHO_STEPS, _RHO_MAX, _ONE_SIDED_95 = 30, 0.5, 1.645
_RHO_UNKNOWN = 0.1  # assumption, where too few peers have enough cases to tell
_EXPECTED_MIN = 1.0  # below it a deviation is too coarse to tell how peers differ


class Tried(msgspec.Struct, frozen=True):
    """Cases among trials of one party in one stratum; parties are compared within a group only."""

    party: str
    group: str
    stratum: str
    cases: int
    trials: int


class Outlier(msgspec.Struct, frozen=True):
    """A party whose share is above that of its peers, with what was expected and how likely that much is."""

    party: str
    group: str
    cases: int
    trials: int
    expected: float
    peers: int
    spread: float
    chance: float

    def describe(self) -> dict[str, object]:
        """Return the numbers as evidence shows them; `spread` is the intraclass correlation of the peers."""
        return {
            "cases": self.cases,
            "trials": self.trials,
            "expected_cases": round(self.expected, 2),
            "peers": self.peers,
            "spread_of_peers": round(self.spread, 4),
        }


def find_outliers(rows: Iterable[Tried], *, rate: float) -> list[Outlier]:
    """Return the parties above their peers, at most the share `rate` of them falsely; groups with few peers tell nothing."""
    groups: dict[str, list[Tried]] = defaultdict(list)
    for row in rows:
        if row.trials > 0:
            groups[row.group].append(row)
    judged = [one for own in groups.values() for one in _judge_group(own)]
    bound = least_significant([one.chance for one in judged], rate=rate)
    found = [
        one
        for one in judged
        if one.chance <= bound and one.cases >= CASES_MIN and one.cases >= TIMES_PEERS * one.expected
    ]
    return sorted(found, key=lambda one: (one.chance, one.party))


def _judge_group(rows: list[Tried]) -> list[Outlier]:
    parties: dict[str, list[Tried]] = defaultdict(list)
    cases_of: dict[str, int] = defaultdict(int)
    trials_of: dict[str, int] = defaultdict(int)
    for row in rows:
        parties[row.party].append(row)
        cases_of[row.stratum] += row.cases
        trials_of[row.stratum] += row.trials
    if len(parties) <= PEERS_MIN:
        return []
    counted: list[tuple[str, int, int, float]] = []
    for party, own in sorted(parties.items()):
        expected = sum(
            row.trials * min(1.0, (cases_of[row.stratum] - row.cases + 1) / (trials_of[row.stratum] - row.trials + 1))
            for row in own
        )
        counted.append((party, sum(row.cases for row in own), sum(row.trials for row in own), expected))
    rho = _spread(counted)
    return [
        Outlier(
            party,
            rows[0].group,
            cases,
            trials,
            expected,
            len(parties) - 1,
            rho,
            beta_binomial_tail(cases, trials=trials, rate=expected / trials, spread=rho),
        )
        for party, cases, trials, expected in counted
    ]


def _spread(counted: list[tuple[str, int, int, float]]) -> float:
    """Return the most intraclass correlation that the peers' deviations speak for (95 %).

    Were it right, half of the standardised squares would lie below the median of that distribution, give or take the
    chance in so many peers. The few that are to be found do not move a middle value.
    """
    deviations = [
        ((cases - expected) ** 2 / (expected * (1 - expected / trials)), trials)
        for _, cases, trials, expected in counted
        if _EXPECTED_MIN <= expected < trials
    ]
    if len(deviations) <= PEERS_MIN:
        return _RHO_UNKNOWN
    place = min(len(deviations) - 1, math.ceil((len(deviations) + _ONE_SIDED_95 * math.sqrt(len(deviations))) / 2))

    def upper_middle(rho: float) -> float:
        return sorted(square / (1 + (trials - 1) * rho) for square, trials in deviations)[place]

    low, high = 0.0, _RHO_MAX
    if upper_middle(low) <= NORMAL_MEDIAN_OF_SQUARE:
        return low
    for _ in range(_RHO_STEPS):
        half = (low + high) / 2
        low, high = (half, high) if upper_middle(half) > NORMAL_MEDIAN_OF_SQUARE else (low, half)
    return high
