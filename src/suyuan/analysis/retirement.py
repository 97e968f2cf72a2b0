"""Retirements of packs by year: a band of three lives, from the national cohorts and from what the platform knows of its own.

low, central and high are three mean lives (long, calibrated, short); the band of an amount is the least and the most of the three.
From the year in which the platform opened, its own vehicles count as they are: those that left in the year they left, those in use
live on conditionally, S(later) / S(data day); where not every exit is reported, a part of those listed as in use has left unseen.
The rest of the national series, sold beside them, follows the series.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal, NamedTuple

from suyuan.analysis.cohort import Amounts, Cohort
from suyuan.analysis.course import Course, Lives, replacement_rate
from suyuan.analysis.fleet import EXITS, SoldMonth, moment_of_month
from suyuan.analysis.reporting import COMPLETE, Reporting

By = Literal["year", "chemistry", "class", "powertrain", "province"]
Scope = Literal["nation", "platform"]
SCENARIOS: Final = ("low", "central", "high")
KEYS: Final[Mapping[By, Callable[[Cohort], str]]] = {
    "year": lambda _: "",
    "chemistry": lambda cohort: cohort.chemistry,
    "class": lambda cohort: cohort.vehicle_class,
    "powertrain": lambda cohort: cohort.powertrain,
    "province": lambda cohort: cohort.province,
}
_MIDDLE: Final = 0.5  # a year's vehicles are taken to be sold in its middle


class Band(NamedTuple):
    """The least, the central and the most of three scenarios."""

    low: float
    central: float
    high: float


@dataclass(frozen=True, slots=True)
class Row:
    """What retires in a year of one group: packs with their vehicles, and beside these the packs that were replaced before."""

    year: int
    key: str
    retired: Mapping[str, Band]
    replaced: Mapping[str, Band]


@dataclass(frozen=True, slots=True)
class Held:
    """The platform's own vehicles, the year in which it opened (earlier ones are left to the series), and what is reported at all."""

    fleet: Sequence[SoldMonth]
    opened_in: int
    reporting: Reporting = COMPLETE


Cell = tuple[int, str]  # year of sale, province; no province where all count alike
Groups = dict[str, list[float]]  # Amounts by the key of a group
Pace = list[tuple[float, float]]  # by year: leaving, first pack replaced


def forecast(
    cohorts: Iterable[Cohort],
    lives: Mapping[str, Lives],
    *,
    years: range,
    by: By,
    now: float,
    held: Held | None = None,
    scope: Scope = "nation",
) -> list[Row]:
    """Return what retires in each year and group; `lives` tells those of each of SCENARIOS, `now` the data day in years."""
    cells = _gather(cohorts, by=by, merges_provinces=held is None)
    own = _spread(held.fleet) if held else {}
    opened_in, reporting = (held.opened_in, held.reporting) if held else (years.stop, COMPLETE)
    runs = [
        _sum_up(_Run(lives[name], name, years, now, reporting), cells, own, opened_in=opened_in, scope=scope)
        for name in SCENARIOS
    ]
    return [
        Row(*key, _bands([run[key][0] for run in runs]), _bands([run[key][1] for run in runs]))
        for key in sorted(runs[0])
    ]


def count_outside(fleet: Iterable[SoldMonth], *, first: int, last: int, provinces: Iterable[str]) -> int:
    """Return how many held vehicles no cohort of the series stands for: sold earlier or later, or in no known province."""
    known = frozenset(provinces)
    return sum(
        months.sold for months in fleet if months.province not in known or not first <= int(months.month[:4]) <= last
    )


def _gather(cohorts: Iterable[Cohort], *, by: By, merges_provinces: bool) -> dict[Cell, Groups]:
    cells: dict[Cell, Groups] = {}
    key_of = KEYS[by]
    for cohort in cohorts:
        groups = cells.setdefault((cohort.sold_in, "" if merges_provinces else cohort.province), {})
        total = groups.setdefault(key_of(cohort), [0.0] * len(Amounts._fields))
        for place, amount in enumerate(cohort.amounts):
            total[place] += amount
    return cells


@dataclass(slots=True)
class _Own:
    """The platform's vehicles of one month of sale and province: sold, in use, and gone by the year in which they left."""

    sold: int = 0
    alive: int = 0
    left_in: dict[int, int] = field(default_factory=dict)


def _spread(fleet: Iterable[SoldMonth]) -> dict[Cell, dict[str, _Own]]:
    own: dict[Cell, dict[str, _Own]] = {}
    for months in fleet:
        one = own.setdefault((int(months.month[:4]), months.province), {}).setdefault(months.month, _Own())
        one.sold += months.sold
        one.alive += months.alive
        for (month, status), count in months.gone.items():
            if status in EXITS:
                one.left_in[int(month[:4])] = one.left_in.get(int(month[:4]), 0) + count
    return own


# -- one scenario --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Run:
    """One scenario: how vehicles sold at a moment leave and lose their first pack, by year."""

    lives: Lives
    scenario: str
    years: range
    now: float
    reporting: Reporting
    paces: dict[tuple[float, str], Pace] = field(default_factory=dict)

    def pace(self, sold_at: float) -> Pace:
        """Return for each year the shares of all sold at a moment that leave and that lose their first pack."""
        return self._remember(sold_at, "all", since=sold_at, until=math.inf)

    def pace_until_now(self, sold_at: float) -> Pace:
        """Return the same up to the data day alone."""
        return self._remember(sold_at, "before", since=sold_at, until=max(self.now, sold_at))

    def pace_of_listed(self, sold_at: float) -> Pace:
        """Return by year what of the vehicles that are listed as in use leaves, as shares of them: unreported until now, or later.

        Of all sold, those listed are the survivors and those that left unseen; who was seen to leave is not among them.
        """
        pace = self.paces.get((sold_at, "listed"))
        if pace is None:
            now = max(self.now, sold_at)
            unseen = self.reporting.unseen_shares(self.lives.past, sold_at=sold_at, now=now)
            listed = Course(self.lives, sold_at, self.now).survival(now) + sum(unseen.values())
            later = self._remember(sold_at, "after", since=now, until=math.inf)
            pace = [
                ((leaving + unseen.get(year, 0.0)) / listed, replacing / listed)
                for year, (leaving, replacing) in zip(self.years, later, strict=True)
            ]
            self.paces[sold_at, "listed"] = pace
        return pace

    def _remember(self, sold_at: float, part: str, *, since: float, until: float) -> Pace:
        pace = self.paces.get((sold_at, part))
        if pace is None:
            course = Course(self.lives, sold_at, self.now)
            rate = replacement_rate(int(sold_at), self.scenario, self.lives.past.shape)
            windows = ((min(max(year, since), until), min(max(year + 1, since), until)) for year in self.years)
            pace = [
                (
                    course.share_leaving(begin, until=end),
                    course.share_replacing(begin, until=end, rate=rate),
                )
                for begin, end in windows
            ]
            self.paces[sold_at, part] = pace
        return pace

    def count(self, total: float, sold_at: float, own: Mapping[str, _Own], *, opened_in: int, scope: Scope) -> Pace:
        """Return vehicles that leave and packs that are replaced in each year of one cell, which the series says holds `total`."""
        rest = max(0.0, total - sum(one.sold for one in own.values()))
        series = self.pace(sold_at)
        if scope == "platform":
            counts = [[0.0, 0.0] for _ in self.years]
        else:
            counted = (total if year < opened_in else rest for year in self.years)
            counts = [
                [vehicles * leaving, vehicles * replacing]
                for vehicles, (leaving, replacing) in zip(counted, series, strict=True)
            ]
        for month, one in own.items():
            moment = moment_of_month(month)
            before, listed = self.pace_until_now(moment), self.pace_of_listed(moment)
            for place, year in enumerate(self.years):
                if year >= opened_in or scope == "platform":
                    counts[place][0] += one.left_in.get(year, 0) + one.alive * listed[place][0]
                    # Who replaced what stands in no sum: until the data day as of all sold, then of those in use.
                    counts[place][1] += one.sold * before[place][1] + one.alive * listed[place][1]
        return [(leaving, replacing) for leaving, replacing in counts]


def _sum_up(
    run: _Run, cells: Mapping[Cell, Groups], own: Mapping[Cell, Mapping[str, _Own]], *, opened_in: int, scope: Scope
) -> dict[tuple[int, str], tuple[list[float], list[float]]]:
    """Return by year and group the amounts that retire and that are replaced; a cell's packs retire in its own mixture."""
    sums: dict[tuple[int, str], tuple[list[float], list[float]]] = {}
    width = range(len(Amounts._fields))
    for (sold_in, province), groups in cells.items():
        total = sum(amounts[0] for amounts in groups.values())
        counts = run.count(total, sold_in + _MIDDLE, own.get((sold_in, province), {}), opened_in=opened_in, scope=scope)
        for year, (leaving, replacing) in zip(run.years, counts, strict=True):
            for key, amounts in groups.items():
                retired, replaced = sums.setdefault((year, key), ([0.0] * len(width), [0.0] * len(width)))
                for place in width:
                    retired[place] += amounts[place] * leaving / total
                    replaced[place] += amounts[place] * replacing / total
    return sums


def _bands(runs: Sequence[Sequence[float]]) -> dict[str, Band]:
    """Return a band for each amount from those of the scenarios in their order."""
    central = SCENARIOS.index("central")
    return {
        name: Band(min(values), values[central], max(values))
        for name, values in zip(Amounts._fields, zip(*runs, strict=True), strict=True)
    }
