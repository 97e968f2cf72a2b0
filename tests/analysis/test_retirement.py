"""The forecast: the band that is known, nothing lost in groups, everything retires once, and what is known counts as it is."""

import math
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from suyuan.analysis.calibration import fit_life
from suyuan.analysis.cohort import national_cohorts
from suyuan.analysis.course import Course, Lives, replacement_rate
from suyuan.analysis.fleet import SoldMonth, moment_of_day, moment_of_month
from suyuan.analysis.retirement import SCENARIOS, Band, Held, count_outside, forecast
from suyuan.analysis.series import installs_gwh, installs_kt, vehicles
from suyuan.analysis.survival import Weibull
from suyuan.numbers import read_table

COHORTS = list(national_cohorts(until=2035))
NOW = moment_of_day(date(2026, 12, 31))
YEARS = range(2020, 2036)
MEANS = {"low": 12, "central": 11.6, "high": 8}
LIVES = {name: Lives(*[Weibull.of_mean(mean, shape=3.5)] * 2) for name, mean in MEANS.items()}
BAND = {float(row["mean_life_years"]): row for row in read_table("retirement_sensitivity_band_kt")}


def run(by="year", *, years=YEARS, held=None, scope="nation", lives=LIVES, cohorts=COHORTS):
    return forecast(cohorts, lives, years=years, by=by, now=NOW, held=held, scope=scope)


def test_2030_is_the_official_million_tonnes_in_its_band():
    (row,) = [row for row in run() if row.year == 2030]
    assert fit_life().life.mean_years == pytest.approx(11.6)
    assert row.retired["kt"] == pytest.approx(Band(940, 1028, 2452), abs=1)


@pytest.mark.parametrize("year", range(2020, 2032))
def test_each_year_of_the_band_is_the_carried_one(year):
    (row,) = [row for row in run() if row.year == year]
    carried = Band(*(float(BAND[MEANS[name]][str(year)]) for name in SCENARIOS))
    assert row.retired["kt"] == pytest.approx(carried, abs=1.5)


@pytest.mark.parametrize("by", ["chemistry", "class", "powertrain", "province"])
def test_the_groups_of_a_year_add_up_to_it(by):
    whole = {row.year: row for row in run()}
    sums = dict.fromkeys(whole, 0.0)
    metal = dict.fromkeys(whole, 0.0)
    for row in run(by):
        sums[row.year] += row.retired["kt"].central
        metal[row.year] += row.retired["nickel_t"].central
    for year, row in whole.items():
        assert sums[year] == pytest.approx(row.retired["kt"].central)
        assert metal[year] == pytest.approx(row.retired["nickel_t"].central)


def test_cohorts_hold_what_was_sold_in_each_year():
    for year in (2011, 2014, 2018, 2023, 2025, 2033):
        own = [cohort.amounts for cohort in COHORTS if cohort.sold_in == year]
        assert sum(one.vehicles for one in own) == pytest.approx(vehicles(year))
        assert sum(one.gwh for one in own) == pytest.approx(installs_gwh(year))
        assert sum(one.kt for one in own) == pytest.approx(installs_kt(year))


def test_all_vehicles_retire_in_the_end_and_at_most_one_pack_of_each_is_replaced():
    cohorts = [cohort for cohort in COHORTS if cohort.sold_in <= 2025]
    rows = run(years=range(2011, 2200), cohorts=cohorts)
    total = sum(cohort.amounts.vehicles for cohort in cohorts)
    assert sum(row.retired["vehicles"].central for row in rows) == pytest.approx(total)
    assert 0 < sum(row.replaced["vehicles"].central for row in rows) < total


LIFE = st.floats(4, 20).map(lambda mean: Weibull.of_mean(mean, shape=3.5))


@given(LIFE, LIFE, st.floats(-2, 15), st.lists(st.floats(0, 30), min_size=2, max_size=6))
def test_a_course_through_the_data_day_loses_nothing_and_never_grows(past, future, now, moments):
    course = Course(Lives(past, future), 0.0, now)
    cuts = sorted(moments)
    shares = [course.share_leaving(a, until=b) for a, b in zip(cuts, cuts[1:], strict=False)]  # noqa: RUF007
    assert all(share >= -1e-12 for share in shares)
    assert sum(shares) == pytest.approx(course.survival(cuts[0]) - course.survival(cuts[-1]), abs=1e-9)
    assert course.survival(200.0) == pytest.approx(0, abs=1e-9)


@settings(max_examples=25)
@given(LIFE, LIFE, st.floats(0, 15), st.floats(0.001, 0.9))
def test_replacements_are_what_summing_small_steps_of_both_hazards_gives(past, future, now, by_eight_years):
    rate = -math.log(1 - by_eight_years) / 8**3.5
    course = Course(Lives(past, future), 0.0, now)
    steps = 4000
    summed = 0.0
    for step in range(steps):
        age = (step + 0.5) * 20 / steps
        summed += course.survival(age) * math.exp(-rate * age**3.5) * rate * 3.5 * age**2.5 * 20 / steps
    assert course.share_replacing(0.0, until=20.0, rate=rate) == pytest.approx(summed, rel=2e-3, abs=1e-6)
    assert course.share_replacing(0.0, until=500.0, rate=rate) <= 1


def test_the_replacement_rate_gives_the_shares_it_was_told():
    assert 1 - math.exp(-replacement_rate(2020, "central", 3.5) * 8**3.5) == pytest.approx(0.01)
    assert 1 - math.exp(-replacement_rate(2011, "central", 3.5) * 13**3.5) == pytest.approx(0.30)
    assert 1 - math.exp(-replacement_rate(2015, "high", 3.5) * 9**3.5) == pytest.approx(0.04)


# -- what the platform holds ---------------------------------------------------------------------------------------


def sold(month, count, *, gone=None, province="440000", producer="A"):
    return SoldMonth(producer, province, month, count, gone or {})


def test_the_platforms_own_vehicles_all_retire_those_seen_when_they_were_seen():
    fleet = [
        sold(
            "2018-05",
            1000,
            gone={("2026-06", "scrapped"): 30, ("2026-07", "incomplete"): 10, ("2026-08", "exported"): 60},
        )
    ]
    rows = run(years=range(2020, 2200), held=Held(fleet, 2026), scope="platform")
    by_year = {row.year: row.retired["vehicles"].central for row in rows}
    assert by_year[2026] == pytest.approx(40)
    assert sum(by_year.values()) == pytest.approx(940), "who is exported retires elsewhere"
    assert by_year[2019 + 1] == 0


def test_survivors_live_on_conditionally():
    fleet = [sold("2018-05", 1000, gone={("2025-06", "scrapped"): 400})]
    (row,) = [row for row in run(held=Held(fleet, 2026), scope="platform") if row.year == 2027]
    life, age = LIVES["central"].past, NOW - moment_of_month("2018-05")
    expected = 600 * (1 - life.conditional_survival(age + 1, alive_at_years=age))
    assert row.retired["vehicles"].central == pytest.approx(expected)


def test_a_fleet_that_is_as_the_series_expects_changes_little_and_a_dead_one_takes_its_part_away():
    share = 0.5
    held = {}
    for cohort in COHORTS:
        if cohort.sold_in <= 2025:
            key = (cohort.province, f"{cohort.sold_in}-07")
            held[key] = held.get(key, 0) + cohort.amounts.vehicles * share
    life = LIVES["central"].past
    as_expected, dead = [], []
    for (province, month), count in held.items():
        left = round(count * (1 - life.survival(NOW - moment_of_month(month))))
        as_expected.append(sold(month, round(count), gone={("2025-06", "scrapped"): left}, province=province))
        dead.append(sold(month, round(count), gone={("2025-06", "scrapped"): round(count)}, province=province))
    cohorts = [cohort for cohort in COHORTS if cohort.sold_in <= 2025]
    alone, known, without = (
        {row.year: row.retired["vehicles"].central for row in run(held=one, cohorts=cohorts)}
        for one in (None, Held(as_expected, 2026), Held(dead, 2026))
    )
    for year in (2027, 2028, 2029):
        assert known[year] == pytest.approx(alone[year], rel=0.02)
        assert without[year] == pytest.approx(alone[year] * (1 - share), rel=0.02)
    assert known[2025] == pytest.approx(alone[2025], rel=1e-12), "before the platform opened the series alone tells"


def test_what_no_cohort_stands_for_is_counted():
    fleet = [
        sold("2018-05", 3),
        sold("2009-05", 5),
        sold("2018-05", 7, province=""),
        sold("2018-05", 2, province="810000"),
    ]
    provinces = {cohort.province for cohort in COHORTS}
    assert count_outside(fleet, first=2011, last=2035, provinces=provinces) == 14
