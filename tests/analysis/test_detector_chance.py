"""Tails of distributions against plain sums, and the rate of false discoveries where there is nothing to discover."""

import math
import random

import pytest

from suyuan.analysis.detectors.chance import (
    binomial_tail,
    evenness_tail,
    least_significant,
    median,
    poisson_tail,
    student_tail,
)
from suyuan.analysis.detectors.funnel import Tried, find_outliers


def plain_binomial_tail(count, trials, rate):
    return math.fsum(math.comb(trials, k) * rate**k * (1 - rate) ** (trials - k) for k in range(count, trials + 1))


def plain_poisson_tail(count, expected):
    return 1 - math.fsum(math.exp(-expected) * expected**k / math.factorial(k) for k in range(count))


@pytest.mark.parametrize(("trials", "rate"), [(1, 0.5), (7, 0.01), (40, 0.3), (200, 0.9), (1000, 0.002)])
def test_binomial_tail_is_the_sum_of_its_terms(trials, rate):
    for count in {0, 1, trials // 3, trials // 2, trials}:
        assert binomial_tail(count, trials=trials, rate=rate) == pytest.approx(
            plain_binomial_tail(count, trials, rate), rel=1e-9, abs=1e-250
        )


@pytest.mark.parametrize("expected", [0.001, 0.5, 4.0, 30.0])
def test_poisson_tail_is_the_rest_of_its_terms(expected):
    for count in (0, 1, 2, 5, 20):
        assert poisson_tail(count, expected=expected) == pytest.approx(plain_poisson_tail(count, expected), abs=1e-13)
    assert 0 < poisson_tail(60, expected=4.0) < 1e-40


def test_tails_at_their_ends_are_certain_or_impossible():
    assert binomial_tail(0, trials=5, rate=0.1) == binomial_tail(5, trials=5, rate=1.0) == 1.0
    assert binomial_tail(6, trials=5, rate=0.5) == binomial_tail(1, trials=5, rate=0.0) == 0.0
    assert poisson_tail(1, expected=0.0) == 0.0


def test_student_tail_knows_the_values_of_the_tables():
    assert student_tail(2.228, freedom=10) == pytest.approx(0.025, rel=1e-3)
    assert student_tail(-2.228, freedom=10) == pytest.approx(0.975, rel=1e-3)
    assert student_tail(0.0, freedom=3) == pytest.approx(0.5)


def test_evenness_tail_is_the_birthday_problem():
    assert evenness_tail(23, things=23, bins=365) == pytest.approx(0.4927, abs=1e-4)
    assert evenness_tail(1, things=9, bins=4) == pytest.approx(1.0)
    assert evenness_tail(5, things=9, bins=4) == 0.0


def test_of_even_chances_almost_never_any_is_significant():
    chance = random.Random(5)
    named = sum(least_significant([chance.random() for _ in range(200)], rate=0.05) >= 0 for _ in range(400))
    assert named <= 400 * 0.05 + 3 * math.sqrt(400 * 0.05)
    assert least_significant([1e-9, *(chance.random() for _ in range(200))], rate=0.05) >= 1e-9


def test_the_median_of_an_even_number_lies_between():
    assert (median([3, 1, 2]), median([4, 1, 2, 3])) == (2, 2.5)


# -- the funnel ----------------------------------------------------------------------------------------------------


def tried(chance, *, parties, spread=0.0, rate=0.04, trials=(20, 300)):
    """Return honest peers: each has a rate of its own where `spread` (of a beta distribution) is above nought."""
    rows = []
    for number in range(parties):
        n = chance.randint(*trials)
        own = chance.betavariate(rate / spread, (1 - rate) / spread) if spread else rate
        rows.append(Tried(f"P{number:03d}", "", "", sum(chance.random() < own for _ in range(n)), n))
    return rows


@pytest.mark.parametrize("spread", [0.0, 0.02, 0.08])
def test_honest_peers_are_named_less_often_than_stated_even_where_they_differ(spread):
    chance = random.Random(f"funnel {spread}")
    looks = 100
    named = sum(bool(find_outliers(tried(chance, parties=30, spread=spread), rate=0.01)) for _ in range(looks))
    assert named <= looks * 0.01 + 3 * math.sqrt(looks * 0.01)


def test_peers_that_differ_would_be_named_if_only_coins_were_allowed_for():
    """The control: the same world, judged without the spread of the peers, names the honest all the time."""
    chance = random.Random(8)
    named = 0
    for _ in range(40):
        rows = tried(chance, parties=30, spread=0.08)
        rate = sum(row.cases for row in rows) / sum(row.trials for row in rows)
        named += any(binomial_tail(row.cases, trials=row.trials, rate=rate) < 0.01 / 30 for row in rows)
    assert named > 20


def test_a_party_far_above_its_peers_is_named_with_others_like_it_around():
    chance = random.Random(3)
    rows = tried(chance, parties=30)
    planted = [Tried(f"X{number}", "", "", 30, 100) for number in range(4)]
    assert {one.party for one in find_outliers([*rows, *planted], rate=0.01)} == {"X0", "X1", "X2", "X3"}


def test_few_peers_few_cases_and_small_differences_name_nobody():
    assert find_outliers([Tried("A", "", "", 50, 100), Tried("B", "", "", 0, 1000)], rate=0.01) == []
    alike = [Tried(f"P{number}", "", "", 0, 100) for number in range(30)]
    assert find_outliers([*alike, Tried("X", "", "", 2, 2)], rate=0.01) == []
    many = [Tried(f"P{number}", "", "", 1000, 10_000) for number in range(30)]
    assert find_outliers([*many, Tried("X", "", "", 1500, 10_000)], rate=0.01) == []


def test_the_order_of_rows_does_not_matter():
    chance = random.Random(4)
    rows = [*tried(chance, parties=30), Tried("X", "", "", 30, 100)]
    found = find_outliers(rows, rate=0.01)
    chance.shuffle(rows)
    assert find_outliers(rows, rate=0.01) == found != []
