"""The platform's own vehicles by month of sale, and the lives that a forecast and an estimate of leakage believe in."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from suyuan.analysis.calibration import Fit, fit_life
from suyuan.analysis.course import Lives
from suyuan.analysis.fleet import Observation, SoldMonth, observe, read_fleet
from suyuan.analysis.learning import learn_rate, widen
from suyuan.analysis.reporting import Reporting
from suyuan.analysis.retirement import SCENARIOS
from suyuan.analysis.series import choice
from suyuan.analysis.survival import Weibull
from suyuan.app.context import Context
from suyuan.core.month import last_day_of, month_of
from suyuan.store.sums import read_newest_vehicle_month, read_vehicle_months

_SIGNS = {"low": -1, "central": 0, "high": 1}  # a higher rate retires more


def load_fleet(
    context: Context, *, as_of: date, producer: str | None = None, by_producer: bool = False, by_province: bool = False
) -> list[SoldMonth]:
    """Return the vehicles sold of all producers, or of one, by month of sale, as of the end of the month of a day.

    Producers and provinces are told apart only where asked for: a nation has many.
    """
    counted = read_vehicle_months(context.connection, party=producer, by_party=by_producer, by_province=by_province)
    return read_fleet(counted, until=as_of)


def known_until(context: Context, *, as_of: date) -> date:
    """Return the last day up to `as_of` of which reports can tell: the end of the newest month in which a vehicle was sold or left.

    A database that nobody has fed for a year knows nothing of that year: its silence is no exit, and no leak.
    """
    month = read_newest_vehicle_month(context.connection, until=month_of(as_of))
    return min(as_of, last_day_of(month)) if month else as_of


def opened_on(context: Context, *, as_of: date) -> date:
    """Return since when the platform is told of every exit: the first day of the rulebook that is in force on a day."""
    return max(context.rulebook.book_of(as_of).in_force_from, date(as_of.year - 10, 1, 1))


def scenario_lives() -> dict[str, Weibull]:
    """Return the lives of the band: the calibrated one, and the longest and shortest that are always shown."""
    fit = fit_life()
    return {
        "low": Weibull.of_mean(choice("mean life", "low"), shape=fit.life.shape),
        "central": fit.life,
        "high": Weibull.of_mean(choice("mean life", "high"), shape=fit.life.shape),
    }


@dataclass(frozen=True, slots=True)
class Belief:
    """The lives of each scenario, before and after the platform's own exits were counted in."""

    lives: dict[str, Lives]
    seen: Observation
    weight: float
    since: date | None
    reported_share: float | None = None

    def describe(self) -> dict[str, Any]:
        """Return the belief for an answer."""
        fit = fit_life()
        return {
            "shape": fit.life.shape,
            "calibrated": describe_fit(fit),
            "mean_years": {name: round(self.lives[name].past.mean_years, 2) for name in SCENARIOS},
            "learned_mean_years": {name: round(self.lives[name].future.mean_years, 2) for name in SCENARIOS},
            "observed": None
            if self.since is None
            else {
                "since": self.since.isoformat(),
                "exits": self.seen.exits,
                "expected_exits": round(fit.life.rate * self.seen.wear, 1),
                "reported_share": self.reported_share,
                "weight": round(self.weight, 4),
            },
        }


def describe_fit(fit: Fit) -> dict[str, Any]:
    """Return the fit of the life to the exits of the national register for an answer."""
    return {
        "mean_years": round(fit.life.mean_years, 2),
        "rmse_vehicles": round(fit.rmse),
        "relative_error_of_rate": round(fit.relative_error, 4),
        "strength_exits": round(fit.strength, 1),
        "source": "nev_parc_mps.csv",
        "confidence": "derived",
    }


def believe(fleet: list[SoldMonth], *, since: date, as_of: date, reporting: Reporting) -> Belief:
    """Return the lives after the exits of the platform's fleet; those of the scenarios alone without one."""
    fit, before = fit_life(), scenario_lives()
    if not fleet:
        return Belief({name: Lives(life, life) for name, life in before.items()}, Observation(), 0.0, None)
    seen = observe(fleet, since=since, until=as_of, life=fit.life, reporting=reporting)
    lives, weight = {}, 0.0
    for name, life in before.items():
        learned = learn_rate(life.rate, strength=fit.strength, seen=seen)
        lives[name] = Lives(life, life.with_rate(widen(learned, sign=_SIGNS[name], relative_error=fit.relative_error)))
        weight = learned.weight if name == "central" else weight
    return Belief(lives, seen, weight, since, reporting.share(as_of.year))
