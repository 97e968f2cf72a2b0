"""Identities of survival: what lives and what has died are all there is, however the years are cut."""

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suyuan.analysis.survival import Weibull

LIVES = st.builds(
    lambda mean, shape: Weibull.of_mean(mean, shape=shape), st.floats(1, 40), st.floats(0.5, 6)
)  # fmt: skip
AGES = st.floats(0, 30)


@given(LIVES, AGES, AGES)
def test_survival_is_survival_to_an_age_times_conditional_survival_from_there(life, one, other):
    early, late = sorted((one, other))
    product = life.survival(early) * life.conditional_survival(late, alive_at_years=early)
    assert math.isclose(life.survival(late), product, rel_tol=1e-9, abs_tol=1e-12)


@given(LIVES, st.lists(AGES, min_size=1, max_size=8))
def test_the_shares_dying_between_any_ages_and_the_survivors_are_all(life, ages):
    cuts = [0.0, *sorted(ages)]
    died = sum(life.share_dying(a, until_years=b) for a, b in itertools.pairwise(cuts))
    assert math.isclose(died + life.survival(cuts[-1]), 1, abs_tol=1e-12)


@given(LIVES)
def test_everything_dies_in_the_end_and_nothing_before_it_is_born(life):
    assert life.share_dying(-1, until_years=1e6) == pytest.approx(1)
    assert life.survival(-3) == 1
    assert life.share_dying(-5, until_years=0) == 0


@given(st.floats(1, 40), st.floats(0.5, 6))
def test_the_mean_and_the_rate_tell_the_same_life(mean, shape):
    life = Weibull.of_mean(mean, shape=shape)
    assert life.mean_years == pytest.approx(mean)
    assert life.with_rate(life.rate).scale_years == pytest.approx(life.scale_years)


@given(LIVES, AGES)
def test_twice_the_rate_squares_the_survival(life, age):
    assert life.with_rate(2 * life.rate).survival(age) == pytest.approx(life.survival(age) ** 2)
