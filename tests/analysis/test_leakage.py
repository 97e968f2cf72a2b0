"""Leakage: nothing where all that was expected was seen, and what was kept back where somebody did not report."""

from datetime import date

import pytest

from suyuan.analysis.fleet import SoldMonth, moment_of_day, moment_of_month
from suyuan.analysis.leakage import estimate_leakage
from suyuan.analysis.survival import Weibull

LIVES = {
    "low": Weibull.of_mean(12, shape=3.5),
    "central": Weibull.of_mean(11.6, shape=3.5),
    "high": Weibull.of_mean(8, shape=3.5),
}
SINCE, UNTIL = date(2026, 4, 1), date(2027, 12, 31)
STRENGTH = 284
LARGE = 200_000


def expected_exits(month, count, *, since, until):
    sold_at = moment_of_month(month)
    return count * LIVES["central"].share_dying(since - sold_at, until_years=until - sold_at)


def maker(name, *, seen_share, province="330000"):
    """Return a fleet of which so much of the expected exits is reported."""
    in_2026 = round(expected_exits("2018-06", LARGE, since=2026.25, until=2027.0) * seen_share)
    in_2027 = round(expected_exits("2018-06", LARGE, since=2027.0, until=moment_of_day(UNTIL)) * seen_share)
    gone = {("2026-09", "scrapped"): in_2026 - 5, ("2026-10", "incomplete"): 5, ("2027-05", "scrapped"): in_2027}
    return SoldMonth(name, province, "2018-06", LARGE, gone)


def estimate(*fleet, by="producer"):
    return estimate_leakage(fleet, LIVES, since=SINCE, until=UNTIL, by=by)


def test_where_all_that_was_expected_was_seen_nothing_leaked():
    for one in estimate(maker("A", seen_share=1)):
        assert one.unseen == pytest.approx(0, abs=1)
        least, most = one.interval(strength=STRENGTH)
        assert least < 0 < most


def test_a_maker_of_whose_vehicles_a_third_is_never_reported_stands_out():
    rows = {(one.key, one.year): one for one in estimate(maker("A", seen_share=1), maker("B", seen_share=2 / 3))}
    assert set(rows) == {("A", 2026), ("A", 2027), ("B", 2026), ("B", 2027)}
    leaking = rows["B", 2027]
    assert leaking.unseen == pytest.approx(leaking.central / 3, rel=0.01)
    least, most = leaking.interval(strength=STRENGTH)
    assert 0 < least < leaking.unseen < most
    assert leaking.low < leaking.central < leaking.high
    assert rows["B", 2026].incomplete == 5


def test_provinces_and_years_add_up_to_the_same():
    fleet = (maker("A", seen_share=1), maker("B", seen_share=0.5, province="440000"))
    by_year = estimate(*fleet, by="year")
    assert [(one.key, one.year) for one in by_year] == [("", 2026), ("", 2027)]
    by_province = estimate(*fleet, by="province")
    assert {one.key for one in by_province} == {"330000", "440000"}
    for name in ("central", "seen"):
        assert sum(getattr(one, name) for one in by_year) == pytest.approx(
            sum(getattr(one, name) for one in by_province)
        )


def test_what_left_before_the_platform_opened_or_was_exported_is_not_expected_after():
    early = SoldMonth("A", "330000", "2018-06", 100, {("2025-01", "scrapped"): 7})
    (first, _) = estimate(early)
    assert first.seen == 0
    exported = SoldMonth("A", "330000", "2018-06", 100, {("2026-02", "exported"): 100})
    assert [one.central for one in estimate(exported)] == [0, 0]
    sold_later = SoldMonth("A", "330000", "2027-06", 100)
    assert [one.year for one in estimate(sold_later)] == [2027]
