"""A funnel plot as numbers: whose share stands out from that of its peers, with overdispersion and many looks allowed for.

Each party has cases among trials. What is expected comes from the others of its group, stratum by stratum, with one case
added so that a rate of nought condemns nobody. Peers differ more than coins do: how much more (an intraclass correlation) is
read from the peers themselves, at the upper end of what they speak for. The tail is that of the beta-binomial; a
mixture of strata has a thinner one (Hoeffding 1956), so this errs on the side of silence. Chances are then held against each
other by Benjamini-Hochberg. Source: Spiegelhalter, Statistics in Medicine 24 (2005) 1185-1202.
"""

import math
from collections import defaultdict
from collections.abc import Iterable
from typing import Final

import msgspec

from suyuan.analysis.detectors.chance import beta_binomial_tail, least_significant

CASES_MIN: Final = 3
TIMES_PEERS: Final = 2.0  # a share may be beyond chance and yet not matter
PEERS_MIN: Final = 10
_SPREADS: Final = (0.0, *(0.0002 * 1.35**step for step in range(27)))  # up to one half
_LIKELIHOOD_95: Final = 1.353  # half of the 90 % point of chi-square with one degree of freedom, for one side
_SPREAD_UNTOLD: Final = 0.1  # assumption: where peers have too few cases to tell, they differ no more than this
_ODD_ONES_MAX: Final = 2  # Chauvenet: left out is whom one expects less than half of among so many


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
    for row in rows:
        parties[row.party].append(row)
    if len(parties) <= PEERS_MIN:
        return []
    counted = _expect(parties)
    spread = _measure_spread(counted)
    return [
        Outlier(
            one.party, rows[0].group, one.cases, one.trials, one.expected, len(parties) - 1, spread, one.chance(spread)
        )
        for one in counted
    ]


class _Counted(msgspec.Struct, frozen=True):
    party: str
    cases: int
    trials: int
    expected: float

    def chance(self, spread: float) -> float:
        return beta_binomial_tail(self.cases, trials=self.trials, rate=self.expected / self.trials, spread=spread)


def _expect(parties: dict[str, list[Tried]]) -> list[_Counted]:
    """Return what each party is expected to have by the others: their share in each stratum, and one case more among them all."""
    cases_of: dict[str, int] = defaultdict(int)
    trials_of: dict[str, int] = defaultdict(int)
    for own in parties.values():
        for row in own:
            cases_of[row.stratum] += row.cases
            trials_of[row.stratum] += row.trials
    all_cases, all_trials = sum(cases_of.values()), sum(trials_of.values())
    counted = []
    for party, own in sorted(parties.items()):
        cases, trials = sum(row.cases for row in own), sum(row.trials for row in own)
        others = max(1, all_trials - trials)
        usual = (all_cases - cases + 1) / others
        expected = trials / others
        for row in own:
            peers = trials_of[row.stratum] - row.trials
            expected += row.trials * ((cases_of[row.stratum] - row.cases) / peers if peers else usual)
        counted.append(_Counted(party, cases, trials, min(expected, float(trials))))
    return counted


def _measure_spread(counted: list[_Counted]) -> float:
    """Return the most intraclass correlation that the peers speak for (95 %, by likelihood), those far off left out.

    Cases too few to tell speak for any; then more than the most likely is taken up to `_SPREAD_UNTOLD` only.

    Beginning with no spread at all, whoever is too unlikely for one of so many is left out, the spread of the rest is
    measured, and so on until nobody more comes in: so those that are to be found do not hide each other.
    """
    likelihoods = [[_log_likelihood(one, spread) for spread in _SPREADS] for one in counted]
    within: set[int] = set()
    spread = 0.0
    for _ in range(len(_SPREADS)):
        following = within | {
            place for place, one in enumerate(counted) if one.chance(spread) * _ODD_ONES_MAX * len(counted) >= 1
        }
        if following == within:
            break
        within = following
        sums = [math.fsum(likelihoods[place][step] for place in sorted(within)) for step in range(len(_SPREADS))]
        best = max(sums)
        most = max(one for one, total in zip(_SPREADS, sums, strict=True) if total >= best - _LIKELIHOOD_95)
        spread = max(_SPREADS[sums.index(best)], min(most, _SPREAD_UNTOLD))
    return spread


def _log_likelihood(one: _Counted, spread: float) -> float:
    """Return the logarithm of the chance of exactly so many cases, but for what does not depend on the spread."""
    rate, cases, others = one.expected / one.trials, one.cases, one.trials - one.cases
    if rate >= 1:
        return 0.0
    if spread <= 0:
        return cases * math.log(rate) + others * math.log1p(-rate)
    a, b = rate * (1 - spread) / spread, (1 - rate) * (1 - spread) / spread
    return (
        math.lgamma(cases + a) - math.lgamma(a)
        + math.lgamma(others + b) - math.lgamma(b)
        - math.lgamma(one.trials + a + b) + math.lgamma(a + b)
    )  # fmt: skip
