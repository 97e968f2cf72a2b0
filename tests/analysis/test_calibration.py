"""The life is fitted in code, and the fit arrives at the carried tables."""

import pytest

from suyuan.analysis.calibration import YEARS, fit_life
from suyuan.analysis.series import FIRST_SALE, LAST_ASSUMED, installs_kt
from suyuan.analysis.survival import Weibull
from suyuan.numbers import read_table

FITS = [row for row in read_table("vehicle_survival_fit_to_mps") if row["weibull_shape"] != "observed"]
BAND = read_table("retirement_sensitivity_band_kt")


@pytest.mark.parametrize("row", FITS, ids=lambda row: f"shape {row['weibull_shape']}")
def test_the_fit_arrives_at_every_row_of_the_carried_fits(row):
    fit = fit_life(float(row["weibull_shape"]))
    assert fit.life.mean_years == pytest.approx(float(row["mean_years"]), abs=0.001)
    assert fit.life.scale_years == pytest.approx(float(row["scale_years"]), abs=0.02)
    assert fit.rmse / 1e6 == pytest.approx(float(row["rmse_million"]), abs=0.0002)
    for year in YEARS:
        assert fit.exits[year] / 1e6 == pytest.approx(float(row[f"exits_{year}"]), abs=0.0011)


def test_the_error_of_the_rate_is_some_per_cent():
    assert 0.03 < fit_life().relative_error < 0.08


@pytest.mark.parametrize("row", BAND, ids=lambda row: f"mean {row['mean_life_years']}")
def test_installs_and_density_reproduce_every_row_of_the_carried_band_to_one_and_a_half_kt(row):
    life = Weibull.of_mean(float(row["mean_life_years"]), shape=float(row["weibull_shape"]))
    for year in range(2020, 2036):
        kt = sum(
            installs_kt(sold_in) * life.share_dying(year - sold_in - 0.5, until_years=year - sold_in + 0.5)
            for sold_in in range(FIRST_SALE, LAST_ASSUMED + 1)  # the carried band counts none of what is sold later
        )
        assert kt == pytest.approx(float(row[str(year)]), abs=1.5)
