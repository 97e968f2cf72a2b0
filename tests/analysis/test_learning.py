"""Observed exits move the life as far as there are many of them; counts are as uncertain as chance and rate leave them."""

import random
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suyuan.analysis.fleet import Observation, SoldMonth, moment_of_day, moment_of_month, observe, read_fleet
from suyuan.analysis.learning import learn_rate, predict_count, widen
from suyuan.analysis.survival import Weibull
from suyuan.core.contribution import Tally
from suyuan.core.participant import Counted

PRIOR = Weibull.of_mean(11.6, shape=3.5)


def test_with_nothing_observed_the_rate_stays():
    learned = learn_rate(PRIOR.rate, strength=284, seen=Observation())
    assert learned.rate == pytest.approx(PRIOR.rate)
    assert learned.weight == 0
    assert widen(learned, sign=1, relative_error=0.06) == pytest.approx(learned.rate)


def test_with_many_exits_the_rate_moves_to_theirs():
    observed = Weibull.of_mean(9, shape=3.5).rate
    learned = learn_rate(PRIOR.rate, strength=284, seen=Observation(1_000_000, 1_000_000 / observed))
    assert learned.rate == pytest.approx(observed, rel=1e-3)
    assert learned.weight > 0.999
    assert PRIOR.with_rate(learned.rate).mean_years == pytest.approx(9, abs=0.01)


@given(st.integers(0, 10_000), st.floats(1, 1e9), st.floats(1, 1e4))
def test_the_learned_rate_is_the_weighted_mean_of_observed_and_prior(exits, wear, strength):
    learned = learn_rate(PRIOR.rate, strength=strength, seen=Observation(exits, wear))
    weighted = learned.weight * exits / wear + (1 - learned.weight) * PRIOR.rate
    assert learned.rate == pytest.approx(weighted)
    low, high = (widen(learned, sign=sign, relative_error=0.06) for sign in (-1, 1))
    assert low <= learned.rate <= high <= learned.rate * 1.11


@pytest.mark.parametrize(("mean", "strength"), [(0.3, 284), (5, 284), (60, 20), (350, 284), (450, 284), (5_000, 284)])
def test_nine_counts_of_ten_lie_between_the_quantiles(mean, strength):
    chance = random.Random(7)
    least, most = predict_count(mean, strength=strength)
    counts = []
    for _ in range(4_000):
        rate = chance.gammavariate(strength, 1 / strength)
        counts.append(_poisson(chance, mean * rate))
    inside = sum(least <= count <= most for count in counts) / len(counts)
    assert inside > 0.88
    assert mean < 20 or inside < 0.93, "no wider than said, where counts are not too few to cut finely"


def _poisson(chance, mean):
    if mean > 400:
        return round(chance.gauss(mean, mean**0.5))
    count, waited = 0, chance.expovariate(1)
    while waited < mean:
        count, waited = count + 1, waited + chance.expovariate(1)
    return count


def test_nothing_expected_is_nothing_counted():
    assert predict_count(0, strength=284) == (0, 0)


# -- the fleet -----------------------------------------------------------------------------------------------------


def counted(name, place, kind, status, month, count):
    return Counted(Tally(name, place, "MAKER", kind, status, month), count)


def test_a_fleet_is_read_from_sums_as_of_a_month():
    sums = [
        counted("vehicle_gone", "330000", "2019-03", "scrapped", "2026-06", 4),
        counted("vehicle_gone", "330000", "2019-03", "exported", "2026-08", 1),
        counted("vehicle_sold", "330000", "vehicle", "sold", "2019-03", 10),
        counted("vehicle_sold", "330000", "vehicle", "sold", "2019-03", 5),
        counted("vehicle_sold", "", "vehicle", "sold", "2026-09", 2),
    ]
    known = read_fleet(sums, until=date(2026, 7, 15))
    assert known == [SoldMonth("MAKER", "330000", "2019-03", 15, {("2026-06", "scrapped"): 4})]
    assert known[0].alive == 11
    later = read_fleet(sums, until=date(2026, 9, 1))
    assert [(one.province, one.sold, one.alive) for one in later] == [("", 2, 2), ("330000", 15, 10)]


def test_exits_and_wear_of_a_window_give_back_the_life_that_the_vehicles_had():
    life, chance = Weibull.of_mean(9, shape=3.5), random.Random(3)
    fleet = []
    since, until = date(2026, 4, 1), date(2029, 12, 31)
    for year in range(2015, 2026):
        gone = {}
        sold_at = moment_of_month(f"{year}-06")
        for _ in range(3_000):
            died = sold_at + chance.weibullvariate(life.scale_years, life.shape)
            if died < moment_of_day(until):
                month = f"{int(died)}-{int(died % 1 * 12) + 1:02d}"
                gone[month, "scrapped"] = gone.get((month, "scrapped"), 0) + 1
        fleet.append(SoldMonth("A", "330000", f"{year}-06", 3_000, gone))
    seen = observe(fleet, since=since, until=until, life=PRIOR)
    assert PRIOR.with_rate(seen.exits / seen.wear).mean_years == pytest.approx(9, abs=0.1)


def test_the_exported_are_no_exits():
    fleet = [SoldMonth("A", "330000", "2018-06", 10, {("2026-05", "exported"): 10})]
    seen = observe(fleet, since=date(2026, 4, 1), until=date(2026, 12, 31), life=PRIOR)
    assert seen.exits == 0
    assert 0 < seen.wear < 10 * Weibull(3.5, 1.0).wear(7.8, until_years=8.0)
