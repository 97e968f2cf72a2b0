"""Where not every exit is reported, what is learned and forecast allows for those that left unseen."""

import random
from datetime import date

import pytest

from suyuan.analysis.cohort import national_cohorts
from suyuan.analysis.course import Lives
from suyuan.analysis.fleet import SoldMonth, moment_of_day, moment_of_month, observe
from suyuan.analysis.reporting import COMPLETE, Reporting, formal_share
from suyuan.analysis.retirement import SCENARIOS, Held, forecast
from suyuan.analysis.survival import Weibull

PRIOR = Weibull.of_mean(11.6, shape=3.5)
SINCE, UNTIL = date(2026, 4, 1), date(2029, 12, 31)


def fleet_of(life, *, reported, chance, count=6_000):
    """Return a fleet that lived by `life`, of whose exits so many are reported, and how many really are in use."""
    fleet, in_use = [], 0
    for year in range(2013, 2026):
        sold_at, gone = moment_of_month(f"{year}-06"), {}
        for _ in range(count):
            left = sold_at + chance.weibullvariate(life.scale_years, life.shape)
            if left >= moment_of_day(UNTIL):
                in_use += 1
            elif chance.random() < reported:
                key = (f"{int(left)}-{int(left % 1 * 12) + 1:02d}", "scrapped")
                gone[key] = gone.get(key, 0) + 1
        fleet.append(SoldMonth("A", "330000", f"{year}-06", count, gone))
    return fleet, in_use


def test_the_share_of_the_tables_is_that_of_its_years_and_between_them_in_proportion():
    assert [formal_share(year) for year in (2015, 2020, 2024, 2026, 2030, 2040)] == [0.25, 0.25, 0.45, 0.55, 0.85, 0.85]
    assert formal_share(2025) == pytest.approx(0.5)
    assert formal_share(2029) == pytest.approx(0.8)
    assert Reporting(0.9).share(1999) == 0.9


def test_a_life_is_found_again_where_half_of_the_exits_are_reported():
    fleet, _ = fleet_of(PRIOR, reported=0.5, chance=random.Random(5))
    seen = observe(fleet, since=SINCE, until=UNTIL, life=PRIOR, reporting=Reporting(0.5))
    assert PRIOR.with_rate(seen.exits / seen.wear).mean_years == pytest.approx(11.6, abs=0.2)
    naive = observe(fleet, since=SINCE, until=UNTIL, life=PRIOR, reporting=COMPLETE)
    assert PRIOR.with_rate(naive.exits / naive.wear).mean_years > 14, (
        "taking all to be reported makes the life too long"
    )


def test_of_those_listed_in_use_a_part_has_left_unseen_and_nobody_is_counted_twice():
    fleet, in_use = fleet_of(PRIOR, reported=0.5, chance=random.Random(6))
    lives = {name: Lives(PRIOR, PRIOR) for name in SCENARIOS}
    cohorts = list(national_cohorts(until=2030))
    rows = forecast(
        cohorts, lives, years=range(2013, 2200), by="year", now=moment_of_day(UNTIL),
        held=Held(fleet, 2026, Reporting(0.5)), scope="platform",
    )  # fmt: skip
    leaving = {row.year: row.retired["vehicles"].central for row in rows}
    assert sum(leaving.values()) == pytest.approx(sum(months.sold for months in fleet)), "every vehicle retires once"
    later = sum(count for year, count in leaving.items() if year > 2029)
    assert later == pytest.approx(in_use, rel=0.02)
    listed = sum(months.alive for months in fleet)
    assert listed > in_use * 1.2, "a control: more are listed than are in use"


def test_with_all_reported_those_listed_are_those_in_use():
    assert COMPLETE.unseen_shares(PRIOR, sold_at=2018.5, now=2027.0) == {}
    wear = COMPLETE.seen_wear(PRIOR, 2026.25, sold_at=2018.5, until=2028.0)
    assert wear == pytest.approx(PRIOR.wear(7.75, until_years=9.5))
    assert Reporting(0.4).seen_wear(PRIOR, 2026.25, sold_at=2018.5, until=2028.0) == pytest.approx(0.4 * wear)
