"""A funnel plot as numbers: whose share stands out from that of its peers, with overdispersion and many looks allowed for.

Each party has cases among trials. What is expected comes from the others of its group, stratum by stratum, with one case
added so that a rate of nought condemns nobody. Peers differ more than coins do: how much more (an intraclass correlation) is
read from the peers themselves, at the upper end of what they speak for. The tail is that of the beta-binomial; a mixture of
strata has a thinner one (Hoeffding 1956), so this errs on the side of silence. Chances are then held against each other by
Benjamini-Hochberg. In simulated nations whose peers differ much (a correlation of 0.08) anybody is named in up to twice as many
looks as the rate asked for; therefore detectors state twice that. Source: Spiegelhalter, Statistics in Medicine 24 (2005) 1185-1202.
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
_SPREADS: Final = (0.0, *(0.0005 * 1.46**step for step in range(15)))
"""From none to 0.1. Assumption: honest peers differ no more than that; a share of 5 % then lies between 0 and 20 % mostly."""
_LIKELIHOOD_95: Final = 1.353  # half of the 90 % point of chi-square with one degree of freedom, for one side
_ODD_ONES_MAX: Final = 2  # Chauvenet: left out is whom one expects less than half of among so many
_ROUNDS_MAX: Final = 20
_HIDING_MIN: Final = 2  # one alone hides nobody
_TIMES_LESS: Final = (0.7, 0.4, 0.2, 0.1, 0.03)
_SHARES_OF_STRANGERS: Final = (0.03, 0.1, 0.25)
_FAR_BETTER: Final = 6.0  # in the logarithm of the likelihood, for two more numbers chosen


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
    counted = _without_strangers(_expect(parties))
    spread = _measure_spread(counted)
    return [
        Outlier(
            one.party, rows[0].group, one.cases, one.trials, one.expected, len(parties) - 1, spread, one.chance(spread)
        )
        for one in counted
    ]


class _Counted(msgspec.Struct, frozen=True):
    """Cases and trials of a party, and what is expected of it: `one_more` is its share of a case added among the others."""

    party: str
    cases: int
    trials: int
    by_others: float
    one_more: float

    @property
    def expected(self) -> float:
        return min(float(self.trials), self.by_others + self.one_more)

    def chance(self, spread: float) -> float:
        return beta_binomial_tail(self.cases, trials=self.trials, rate=self.expected / self.trials, spread=spread)


def _expect(parties: dict[str, list[Tried]]) -> list[_Counted]:
    """Return what each party is expected to have by the others: their share in each stratum."""
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
        by_others = 0.0
        for row in own:
            peers = trials_of[row.stratum] - row.trials
            share = (cases_of[row.stratum] - row.cases) / peers if peers else (all_cases - cases) / others
            by_others += row.trials * share
        counted.append(_Counted(party, cases, trials, by_others, trials / others))
    return counted


def _without_strangers(counted: list[_Counted]) -> list[_Counted]:
    """Return what is expected where several that stand far off do not hide each other by raising the average.

    Either all are of one kind, or a few of any share whatever stand among peers who have less than the average of all. The
    second is taken only where it explains the counts far better (likelihood ratio), for honest peers differ, too.
    """
    if sum(one.chance(0.0) * _ODD_ONES_MAX * len(counted) < 1 for one in counted) < _HIDING_MIN:
        return counted
    alike = [_likelihoods(one, 1.0) for one in counted]
    best, chosen = max(map(math.fsum, zip(*alike, strict=True))) + _FAR_BETTER, 1.0
    for times in _TIMES_LESS:
        likelihoods = [_likelihoods(one, times) for one in counted]
        for share in _SHARES_OF_STRANGERS:
            for column in zip(*likelihoods, strict=True):
                mixed = math.fsum(_mix(one, counted[place].trials, share) for place, one in enumerate(column))
                if mixed > best:
                    best, chosen = mixed, times
    return [msgspec.structs.replace(one, by_others=one.by_others * chosen) for one in counted]


def _measure_spread(counted: list[_Counted]) -> float:
    """Return the most intraclass correlation that the peers speak for (95 %, by likelihood), those far off left out.

    Beginning with no spread at all, whoever is too unlikely for one of so many is left out, the spread of the rest is
    measured, and so on until nobody more comes in.
    """
    likelihoods = [_likelihoods(one, 1.0) for one in counted]
    within: set[int] = set()
    spread = 0.0
    for _ in range(_ROUNDS_MAX):
        following = within | {
            place for place, one in enumerate(counted) if one.chance(spread) * _ODD_ONES_MAX * len(counted) >= 1
        }
        if following == within:
            break
        within = following
        sums = [math.fsum(likelihoods[place][step] for place in sorted(within)) for step in range(len(_SPREADS))]
        spread = max(one for one, total in zip(_SPREADS, sums, strict=True) if total >= max(sums) - _LIKELIHOOD_95)
    return spread


def _mix(log_likelihood: float, trials: int, share: float) -> float:
    """Return the log likelihood where a share of all are strangers, of whom each number of cases is as likely as any."""
    return math.log((1 - share) * math.exp(log_likelihood) + share / (trials + 1))


def _likelihoods(one: _Counted, times: float) -> list[float]:
    """Return the logarithm of the chance of exactly so many cases for each spread, at a multiple of the others' share."""
    rate = min(1 - 1e-9, (one.by_others * times + one.one_more) / one.trials)
    cases, others = one.cases, one.trials - one.cases
    ways = math.lgamma(one.trials + 1) - math.lgamma(cases + 1) - math.lgamma(others + 1)
    found = [ways + cases * math.log(rate) + others * math.log1p(-rate)]
    for spread in _SPREADS[1:]:
        a, b = rate * (1 - spread) / spread, (1 - rate) * (1 - spread) / spread
        found.append(
            ways
            + math.lgamma(cases + a) - math.lgamma(a)
            + math.lgamma(others + b) - math.lgamma(b)
            - math.lgamma(one.trials + a + b) + math.lgamma(a + b)
        )  # fmt: skip
    return found
