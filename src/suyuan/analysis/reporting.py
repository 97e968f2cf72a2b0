"""What share of the vehicles that leave use is reported at all: many leave unseen, and what is learned must allow for that."""

from collections.abc import Iterator, Mapping
from functools import cache

from suyuan.analysis.survival import Weibull
from suyuan.numbers import read_default


class Reporting:
    """The share of exits that is reported, by calendar year: one for all years, or that of the carried tables."""

    def __init__(self, share: float | None = None) -> None:
        """Take one share for all years, above 0 and at most 1; None for the tables."""
        self._share = share

    def share(self, year: int) -> float:
        """Return the share of the exits of a year that is reported."""
        return self._share if self._share is not None else formal_share(year)

    def unseen_shares(self, life: Weibull, *, sold_at: float, now: float) -> dict[int, float]:
        """Return by year the share of all sold at a moment that has left unreported by now."""
        unseen = {}
        for year in range(int(sold_at), int(now) + 1):
            begin, end = max(float(year), sold_at), min(float(year + 1), now)
            if end > begin and (hidden := 1 - self.share(year)):
                unseen[year] = hidden * life.share_dying(begin - sold_at, until_years=end - sold_at)
        return unseen

    def seen_wear(self, life: Weibull, begin: float, *, sold_at: float, until: float) -> float:
        """Return the wear between two moments of a vehicle sold at one, each year's times the share that is reported."""
        return sum(wear for _, wear in self._wear_by_year(life, begin, sold_at=sold_at, until=until))

    def listed_wear(self, life: Weibull, begin: float, *, sold_at: float, until: float) -> float:
        """Return the same of a vehicle that is listed as in use at the end: each year's for the share that still was in it.

        Of those listed at the end, S live then, and those that left unseen were in use until they did, half a year's in the mean.
        """
        unseen = self.unseen_shares(life, sold_at=sold_at, now=until)
        alive = life.survival(until - sold_at)
        listed, wear, left_later = alive + sum(unseen.values()), 0.0, 0.0
        for year, whole in reversed(list(self._wear_by_year(life, begin, sold_at=sold_at, until=until))):
            since, end = max(float(year), begin), min(float(year + 1), until)
            left = (1 - self.share(year)) * life.share_dying(since - sold_at, until_years=end - sold_at)
            wear += whole * (alive + left_later + left / 2) / listed
            left_later += left
        return wear

    def _wear_by_year(
        self, life: Weibull, begin: float, *, sold_at: float, until: float
    ) -> Iterator[tuple[int, float]]:
        for year in range(int(begin), int(until) + 1):
            since, end = max(float(year), begin), min(float(year + 1), until)
            if end > since:
                yield year, self.share(year) * life.wear(since - sold_at, until_years=end - sold_at)


COMPLETE = Reporting(1.0)


@cache
def _told_shares() -> Mapping[int, float]:
    """Return the share of retirements in formal hands by year: 2020 to 2024 as found, from 2026 on as a scenario."""
    known = read_default("formal share of retirements", "2020..2024")["value"].split(";")
    later = read_default("formal share after the Measures", "2026;2027;2028;2030")
    scenario = zip(later["segment"].split(";"), later["value"].split(";"), strict=True)
    return {2020 + place: float(share) for place, share in enumerate(known)} | {
        int(year): float(share) for year, share in scenario
    }


@cache
def formal_share(year: int) -> float:
    """Return the share of a year, between told years in proportion, outside them that of the nearest."""
    told = _told_shares()
    before = max((one for one in told if one <= year), default=min(told))
    after = min((one for one in told if one >= year), default=max(told))
    if before == after or year < before or year > after:
        return told[before if year >= before else after]
    part = (year - before) / (after - before)
    return told[before] + part * (told[after] - told[before])
