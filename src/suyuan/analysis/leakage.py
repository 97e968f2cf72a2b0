"""Leakage: vehicles that should have left use by now and that no dismantler has reported, by producer, province or year.

Expected of n vehicles sold in a month and a window of days: n x [S(age at its begin) - S(age at its end)], with the life that the
national register's exits tell. The life learned from the platform's own exits would not do: what leaks is missing in it.
A vehicle that was exported is expected until then. Seen: scrapped, with its packs or without.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from suyuan.analysis.fleet import EXITS, SoldMonth, moment_of_day, moment_of_month
from suyuan.analysis.learning import predict_count
from suyuan.analysis.retirement import SCENARIOS
from suyuan.analysis.survival import Weibull
from suyuan.core.month import MONTHS_PER_YEAR, month_of

LeakageBy = Literal["producer", "province", "year"]
KEYS: Final[Mapping[LeakageBy, Callable[[SoldMonth], str]]] = {
    "producer": lambda months: months.producer,
    "province": lambda months: months.province,
    "year": lambda _: "",
}
_INCOMPLETE: Final = "incomplete"


@dataclass(slots=True)
class Leakage:
    """One group in one year: vehicles in use when it began or sold in it, expected exits by scenario, exits seen."""

    key: str
    year: int
    in_use: float = 0.0
    low: float = 0.0
    central: float = 0.0
    high: float = 0.0
    seen: int = 0
    incomplete: int = 0

    @property
    def unseen(self) -> float:
        """Expected less seen: below 0 where more left than expected."""
        return self.central - self.seen

    def interval(self, *, strength: float) -> tuple[float, float]:
        """Return between what the unseen lie with 90 %: the count that may have left (gamma-Poisson) less what was seen."""
        least, most = predict_count(self.central, strength=strength)
        return least - self.seen, most - self.seen


def estimate_leakage(
    fleet: Iterable[SoldMonth], lives: Mapping[str, Weibull], *, since: date, until: date, by: LeakageBy
) -> list[Leakage]:
    """Return leakage of each group in each year from `since` to the end of `until`; `lives` has the lives of SCENARIOS."""
    sums: dict[tuple[str, int], Leakage] = {}
    key_of = KEYS[by]
    first, last = month_of(since), month_of(until)
    shares = {year: _Window(lives, year, since=since, until=until) for year in range(since.year, until.year + 1)}
    for months in fleet:
        key = key_of(months)
        exported = [(month, count) for (month, status), count in months.gone.items() if status not in EXITS]
        remaining = months.sold - sum(count for _, count in exported)
        for year, window in shares.items():
            if int(months.month[:4]) > year:
                continue
            one = sums.setdefault((key, year), Leakage(key, year))
            window.add(one, remaining, months.month, until_month=None)
            for month, count in exported:
                window.add(one, count, months.month, until_month=month)
        for (month, status), count in months.gone.items():
            if status in EXITS and first <= month <= last:
                one = sums.setdefault((key, int(month[:4])), Leakage(key, int(month[:4])))
                one.seen += count
                one.incomplete += count if status == _INCOMPLETE else 0
    return [sums[key] for key in sorted(sums)]


class _Window:
    """The part of one year that is looked at, and what share of the vehicles of each month leaves in it."""

    def __init__(self, lives: Mapping[str, Weibull], year: int, *, since: date, until: date) -> None:
        opened = moment_of_month(month_of(since)) - 0.5 / MONTHS_PER_YEAR
        self.begin, self.end = max(float(year), opened), min(float(year + 1), moment_of_day(until))
        self._lives = [lives[name] for name in SCENARIOS]
        self._known: dict[tuple[str, str | None], tuple[float, ...]] = {}

    def add(self, one: Leakage, count: int, month: str, *, until_month: str | None) -> None:
        """Add what is expected of vehicles sold in a month, and exported in another where one is given."""
        shares = self._known.get((month, until_month))
        if shares is None:
            shares = self._known[month, until_month] = self._shares(month, until_month)
        in_use, low, central, high = shares
        one.in_use += count * in_use
        one.low += count * low
        one.central += count * central
        one.high += count * high

    def _shares(self, month: str, until_month: str | None) -> tuple[float, ...]:
        sold_at = moment_of_month(month)
        end = self.end if until_month is None else min(self.end, moment_of_month(until_month))
        begin = max(self.begin, sold_at)
        if end <= begin:
            return (0.0, 0.0, 0.0, 0.0)
        dying = (life.share_dying(begin - sold_at, until_years=end - sold_at) for life in self._lives)
        return (self._lives[SCENARIOS.index("central")].survival(begin - sold_at), *dying)
