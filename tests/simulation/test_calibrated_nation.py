"""What the nation is calibrated with, held against the tables it comes from, without any chance in it."""

import math
import random
from datetime import date

import pytest

from suyuan.numbers import read_table
from suyuan_sim.breaches import BREACHES, RATES, Plan
from suyuan_sim.calibration import (
    FIRST_YEAR,
    LFP_COMMERCIAL,
    MEAN_YEARS,
    MONTH_SHARES,
    SCALE_YEARS,
    SHAPE,
    UNSOLD,
    installs_gwh,
    kinds_of_vehicle,
    made_gwh,
    provinces,
    read_year,
    registrations,
)
from suyuan_sim.day import OPENED
from suyuan_sim.firms import BP, OWN_PACKS, VP, make_firms, share_of
from suyuan_sim.ledger import BREACH_LABELS

COMMERCIAL = ("bus", "truck", "van")
KNOWN_YEARS = range(2017, 2026)


def shares_of(choice):
    """Return the share of each thing that can be drawn."""
    before = (0.0, *choice.weights)
    return {
        name: (weight - start) / choice.weights[-1]
        for name, weight, start in zip(choice.values, choice.weights, before, strict=False)
    }


@pytest.mark.parametrize("year", KNOWN_YEARS)
def test_registrations_are_the_registers(year):
    row = next(row for row in read_table("nev_parc_mps") if row["year_end"] == str(year))
    assert read_year(year).registered == pytest.approx(float(row["new_registrations_million"]) * 1e6)


@pytest.mark.parametrize("year", range(FIRST_YEAR + 1, 2030))
def test_what_is_made_and_was_left_over_is_what_is_sold(year):
    now, before = read_year(year), read_year(year - 1)
    assert now.made * (1 - UNSOLD) + before.made * UNSOLD == pytest.approx(now.registered + now.exported)


@pytest.mark.parametrize("year", range(2015, 2026))
def test_the_vehicles_made_in_a_year_hold_the_energy_installed_in_it(year):
    assert made_gwh(year) == pytest.approx(installs_gwh(year))


@pytest.mark.parametrize("year", KNOWN_YEARS)
def test_cars_and_commercial_vehicles_together_have_the_published_share_of_lfp(year):
    numbers, shares = read_year(year), shares_of(kinds_of_vehicle(year))
    energy = {kind: share * numbers.kwh[kind] for kind, share in shares.items()}
    goods = sum(energy[kind] for kind in COMMERCIAL)
    cars = sum(energy.values()) - goods
    share = (LFP_COMMERCIAL * goods + numbers.lfp_passenger * cars) / (goods + cars)
    row = next(row for row in read_table("battery_installs_by_year") if row["year"] == str(year))
    published = float(row["lfp_pct"]) / (float(row["lfp_pct"]) + float(row["ternary_pct"]))
    assert share == pytest.approx(published)
    assert numbers.lfp_passenger < published  # the published share of all is not that of cars


def test_survivors_leave_as_the_register_says():
    """Sum of 2023 to 2025, cohort by cohort and month by month: within 5 % of what the register lost."""

    def gone(age, scale):
        return 1 - math.exp(-((max(age, 0.0) / scale) ** SHAPE))

    def exits(scale):
        return sum(
            registrations()[cohort] * share * (gone(year + 1 - sold, scale) - gone(year - sold, scale))
            for year in (2023, 2024, 2025)
            for cohort in range(FIRST_YEAR, year + 1)
            for month, share in enumerate(MONTH_SHARES)
            for sold in [cohort + (month + 0.5) / 12]
        )

    real = 1e6 * sum(
        float(row["implied_exits_million"])
        for row in read_table("nev_parc_mps")
        if row["year_end"] in ("2023", "2024", "2025")
    )
    assert exits(SCALE_YEARS) == pytest.approx(real, rel=0.05)
    assert exits(SCALE_YEARS * 10 / MEAN_YEARS) != pytest.approx(
        real, rel=0.05
    )  # a mean life of ten years would not do


@pytest.mark.parametrize(
    ("year", "is_commercial"), [(2016, True), (2018, False), (2023, False), (2023, True), (2035, False)]
)
def test_each_year_is_drawn_from_the_provinces_of_that_year_or_the_nearest(year, is_commercial):
    kind = "commercial" if is_commercial else "passenger"
    column = str(min(max(year, 2017 if is_commercial else 2016), 2023))
    rows = read_table(f"nev_{kind}_registrations_province_year")
    total = sum(float(row[column] or 0) for row in rows)
    guangdong = next(float(row[column]) for row in rows if row["Province"] == "Guangdong")
    shares = shares_of(provinces(year, is_commercial=is_commercial))
    assert shares["44"] == pytest.approx(guangdong / total)
    assert sum(shares.values()) == pytest.approx(1)


def test_shares_of_the_months_are_a_whole_year():
    assert sum(MONTH_SHARES) == pytest.approx(1)


def test_the_makers_have_the_shares_of_the_market():
    firms = make_firms(scale=1 / 1000, seed=7, plan=Plan(OPENED + 400))
    for choice, market, period in (
        (firms.batteries, "battery", "2024"),
        (firms.vehicles, "oem_nev_retail_passenger", "2025"),
    ):
        rows = [row for row in read_table("market_shares") if (row["market"], row["period"]) == (market, period)]
        published = sorted((float(row["share_pct"]) / 100 for row in rows if row["company"] != "others"), reverse=True)
        made = sorted(shares_of(choice).values(), reverse=True)
        assert made[: len(published)] == pytest.approx(published, abs=0.002)


def test_the_maker_of_both_makes_no_more_packs_than_its_share():
    firms = make_firms(scale=1 / 1000, seed=7, plan=Plan(OPENED + 400))
    both = next(one for one in firms.every if one.roles == (VP, BP))
    own = OWN_PACKS * share_of(firms.vehicles, both)
    made = own + (1 - own) * share_of(firms.open_market, both)
    assert made == pytest.approx(share_of(firms.batteries, both), abs=0.005)


def test_the_same_seed_gives_the_same_enterprises_and_another_gives_others():
    first, again, other = (
        [
            (one.uscc, one.name, one.division, one.form)
            for one in make_firms(scale=1 / 5000, seed=seed, plan=Plan(OPENED)).every
        ]
        for seed in (1, 1, 2)
    )
    assert first == again
    assert first != other


def test_every_breach_has_a_rate_and_none_happens_before_the_platform_opens():
    assert set(BREACHES) <= set(RATES)
    assert set(BREACHES) <= BREACH_LABELS
    chance, plan = random.Random(1), Plan(OPENED + 400, times=1e9)
    assert all(plan.happens(breach, on=OPENED, chance=chance) for breach in BREACHES)
    assert not any(plan.happens(breach, on=OPENED - 1, chance=chance) for breach in BREACHES)


def test_without_breaches_nobody_errs_on_purpose():
    plan = Plan(OPENED + 400, times=0.0)
    assert [plan.count(breach, of=100) for breach in ("ring", "silent_enterprise", "back_dating")] == [0, 0, 0]
    assert Plan(OPENED + 400).count("ring", of=100) > 0


def test_a_nation_counts_what_the_calibration_says(nation):
    """Within the noise of some thousand vehicles; the pictures in docs/explanation are drawn at 1/100."""
    for year in (2023, 2024, 2025):
        made = sum(
            value for (y, name, _), value in nation.series.items() if y == year and name in ("registered", "exports")
        )
        numbers = read_year(year)
        assert made == pytest.approx(numbers.registered + numbers.exported, rel=0.08)
    energy = sum(value for (y, name, _), value in nation.series.items() if y == 2025 and name == "installs_gwh")
    assert energy == pytest.approx(installs_gwh(2025), rel=0.15)
    parc = {
        year: sum(nation.series[year, "parc", group] for group in ("passenger", "commercial")) for year in (2024, 2025)
    }
    assert parc[2025] == pytest.approx(43.97e6, rel=0.1)
    assert parc[2024] != pytest.approx(43.97e6, rel=0.1)  # the control: a year earlier would not pass


def test_what_is_registered_by_province_is_what_is_registered(nation):
    for group in ("passenger", "commercial"):
        by_province = sum(
            v for (y, name, _), v in nation.series.items() if y == 2025 and name == f"registered_{group}_province"
        )
        assert by_province == pytest.approx(nation.series[2025, "registered", group])
    assert date.fromisoformat(nation.world["until"]).year > 2025
