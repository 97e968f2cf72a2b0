"""What the platform itself knows of vehicles by the month of their sale: how many were sold, are gone and are left.

Times are years with a fraction: a month stands for its middle, a day for its end.
"""

import calendar
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from suyuan.analysis.reporting import COMPLETE, Reporting
from suyuan.analysis.survival import Weibull
from suyuan.core.month import MONTHS_PER_YEAR, month_of
from suyuan.core.participant import Counted

EXITS: Final = frozenset({"scrapped", "incomplete"})


def moment_of_month(month: str) -> float:
    """Return the middle of a month named like "2026-05", in years."""
    return int(month[:4]) + (int(month[5:7]) - 0.5) / MONTHS_PER_YEAR


def moment_of_day(day: date) -> float:
    """Return the end of a day, in years."""
    return day.year + day.timetuple().tm_yday / (366 if calendar.isleap(day.year) else 365)


@dataclass(slots=True)
class SoldMonth:
    """Vehicles of one producer sold in one province in one month; `gone` counts (month, status) of those that are."""

    producer: str
    province: str
    month: str
    sold: int = 0
    gone: dict[tuple[str, str], int] = field(default_factory=dict)

    def count_gone(self, *, before: str) -> int:
        """Return how many were gone before a month began."""
        return sum(count for (month, _), count in self.gone.items() if month < before)

    @property
    def alive(self) -> int:
        """How many are left."""
        return self.sold - sum(self.gone.values())


def read_fleet(counted: Iterable[Counted], *, until: date) -> list[SoldMonth]:
    """Return the sold months from the tallies vehicle_sold and vehicle_gone, as of the end of the month of a day.

    Places are provinces (division code), empty where unknown; what is not told apart is summed.
    """
    last = month_of(until)
    fleet: dict[tuple[str, str, str], SoldMonth] = {}
    for one in sorted(counted, key=lambda one: one.tally.name != "vehicle_sold"):
        tally = one.tally
        is_sale = tally.name == "vehicle_sold"
        sold_in = tally.month if is_sale else tally.kind
        if max(sold_in, tally.month) > last:
            continue
        key = (tally.party, tally.place, sold_in)
        months = fleet.setdefault(key, SoldMonth(*key))
        if is_sale:
            months.sold += one.count
        else:
            gone = (tally.month, tally.status)
            months.gone[gone] = months.gone.get(gone, 0) + one.count
    return [fleet[key] for key in sorted(fleet)]


@dataclass(frozen=True, slots=True)
class Observation:
    """Exits seen in a window, and the wear of those who could be seen to leave in it: rate x wear exits are expected."""

    exits: int = 0
    wear: float = 0.0


def observe(
    fleet: Iterable[SoldMonth], *, since: date, until: date, life: Weibull, reporting: Reporting = COMPLETE
) -> Observation:
    """Return exits and wear from the month of `since` to the day `until`; who is exported leaves without an exit.

    Where not every exit is reported, wear counts by the share that is, and vehicles listed as in use by what of them still was, as
    the `life` believed in before tells.
    """
    first, now = month_of(since), moment_of_day(until)
    opened = moment_of_month(first) - 0.5 / MONTHS_PER_YEAR
    exits, wear = 0, 0.0
    for months in fleet:
        sold_at = moment_of_month(months.month)
        begun = max(opened, sold_at)
        wear += months.alive * reporting.listed_wear(life, begun, sold_at=sold_at, until=now)
        for (month, status), count in months.gone.items():
            if month >= first:
                until_gone = max(begun, moment_of_month(month))
                wear += count * reporting.seen_wear(life, begun, sold_at=sold_at, until=until_gone)
                exits += count if status in EXITS else 0
    return Observation(exits, wear)
