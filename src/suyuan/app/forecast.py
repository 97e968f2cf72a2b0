"""Forecast of what retires, by year and group, with a band; and what metal of it the platform has seen recovered."""

from datetime import date
from typing import Any, Final

from suyuan.analysis.cohort import Amounts, national_cohorts
from suyuan.analysis.fleet import SoldMonth, moment_of_day
from suyuan.analysis.material import METALS
from suyuan.analysis.reporting import Reporting
from suyuan.analysis.retirement import Band, By, Held, Row, Scope, count_outside, forecast
from suyuan.analysis.series import FIRST_SALE
from suyuan.app.context import Context, UseCaseError
from suyuan.app.coverage import name_division
from suyuan.app.fleet import believe, known_until, load_fleet, opened_on
from suyuan.core.account import CONTAINED
from suyuan.numbers import is_verified, read_table
from suyuan.store.sums import read_flow_years

FIRST_YEAR: Final = 2020
LAST_YEAR: Final = 2060
UNTIL_DEFAULT: Final = 2035
_GRAMS_PER_TONNE: Final = 1_000_000
_METAL_AMOUNTS: Final = tuple(f"{metal}_t" for metal in METALS)
_NAMES: Final = {"vehicles": "packs"}
_DEFAULTS: Final = "simulator_defaults"
_DEFAULTS_USED: Final = frozenset(
    {
        "EREV share inside plug-in hybrids",
        "energy, BEV passenger",
        "energy, PHEV without EREV",
        "energy, EREV",
        "energy, special-purpose/truck mean",
        "system density by year",
        "battery replacement cumulative, cars sold 2016+",
        "battery replacement cumulative, cars sold 2011-2015",
        "formal share of retirements",
        "formal share after the Measures",
    }
)
_INPUTS: Final = (
    ("nev_parc_mps", "confidence_parc"),
    ("nev_sales_by_year", "confidence_split"),
    ("battery_installs_by_year", "confidence"),
    ("nev_passenger_registrations_province_year", ""),
    ("nev_commercial_registrations_province_year", ""),
    (_DEFAULTS, "confidence"),
    ("forecast_choices", "confidence"),
    ("material_intensity_kg_per_kwh", "confidence"),
)


def read_forecast(
    context: Context | None,
    *,
    as_of: date,
    until: int = UNTIL_DEFAULT,
    by: By = "year",
    scope: Scope = "nation",
    with_materials: bool = False,
    reported_share: float | None = None,
    party: str | None = None,
) -> dict[str, Any]:
    """Return the forecast from 2020 to the year `until`; without a context from the national series alone.

    `reported_share` is the share of exits that is taken to be reported, above 0 and at most 1; without it the carried tables say.
    With `party` what the platform holds is that participant's: the vehicles it produced, the metal it recovered.
    Raises UseCaseError for a year or share that is out of reach and for the platform's scope where it holds no vehicle.
    """
    _refuse_unreachable(until, reported_share)
    reporting = Reporting(reported_share)
    fleet = load_fleet(context, as_of=as_of, producer=party, by_province=True) if context else []
    if scope == "platform" and not fleet:
        raise _nothing_held()
    known = known_until(context, as_of=as_of) if context else as_of
    since = opened_on(context, as_of=known) if context else known
    belief = believe(fleet, since=since, as_of=known, reporting=reporting)
    cohorts = list(national_cohorts(until=until))
    rows = forecast(
        cohorts,
        belief.lives,
        years=range(FIRST_YEAR, until + 1),
        by=by,
        now=moment_of_day(known),
        held=Held(fleet, since.year, reporting) if fleet else None,
        scope=scope,
    )
    answer = {
        "as_of": as_of.isoformat(),
        "known_until": known.isoformat(),
        "scope": scope,
        "by": by,
        **_describe_basis(scope, has_database=context is not None, has_fleet=bool(fleet)),
        "life": belief.describe(),
        "held": _describe_held(fleet, until=until, provinces={cohort.province for cohort in cohorts}),
        "verified": False,
        "inputs": _describe_inputs(),
        "rows": [_describe_row(row, by, with_materials=with_materials) for row in rows],
    }
    if with_materials:
        answer["recovered"] = _read_recovered(context, until=as_of, party=party) if context else []
    return answer


def _refuse_unreachable(until: int, reported_share: float | None) -> None:
    if not FIRST_YEAR <= until <= LAST_YEAR:
        raise UseCaseError(
            f"{until} cannot be forecast: choose a year from {FIRST_YEAR} to {LAST_YEAR}.",
            message_zh=f"无法预测 {until} 年：请选择 {FIRST_YEAR} 至 {LAST_YEAR} 年。",
        )
    if reported_share is not None and not 0 < reported_share <= 1:
        raise UseCaseError(
            f"{reported_share:g} is no share of exits that are reported: choose one above 0, at most 1.",
            message_zh=f"{reported_share:g} 不是可用的报告比例：应大于 0 且不超过 1。",
        )


def _nothing_held() -> UseCaseError:
    return UseCaseError(
        "The platform holds no sold vehicle yet: there is nothing of its own to forecast. Leave the scope out.",
        message_zh="平台上还没有已售车辆，无法只预测平台车辆。请去掉该范围选项。",
    )


def _describe_held(fleet: list[SoldMonth], *, until: int, provinces: set[str]) -> dict[str, int] | None:
    """Return vehicles sold, those listed as in use, and those that no cohort of the series stands for; None for none."""
    if not fleet:
        return None
    return {
        "sold": sum(months.sold for months in fleet),
        "in_use": sum(months.alive for months in fleet),
        "outside_series": count_outside(fleet, first=FIRST_SALE, last=until, provinces=provinces),
    }


def _describe_basis(scope: Scope, *, has_database: bool, has_fleet: bool) -> dict[str, str]:
    if scope == "platform":
        return {
            "basis": "the platform's own vehicles with their exits",
            "basis_zh": "仅依据平台自有车辆及其实际报废",
        }
    if has_fleet:
        return {
            "basis": "the national series, and the platform's own vehicles with their exits",
            "basis_zh": "全国数据序列，以及平台自有车辆及其实际报废",
        }
    reason, reason_zh = (
        ("the database holds no sold vehicle", "数据库中没有已售车辆")
        if has_database
        else ("there is no database", "没有数据库")
    )
    return {"basis": f"the national series alone: {reason}", "basis_zh": f"仅依据全国数据序列：{reason_zh}"}


def _describe_inputs() -> list[dict[str, Any]]:
    """Return the carried tables behind the forecast, each with how sure its rows are; rows that say nothing are unverified."""
    told = []
    for table, column in _INPUTS:
        rows = [row for row in read_table(table) if table != _DEFAULTS or row["parameter"] in _DEFAULTS_USED]
        verified = sum(is_verified(row.get(column, "")) for row in rows)
        told.append({"table": f"{table}.csv", "rows_verified": verified, "rows_unverified": len(rows) - verified})
    return told


def _describe_row(row: Row, by: By, *, with_materials: bool) -> dict[str, Any]:
    names = [name for name in Amounts._fields if with_materials or name not in _METAL_AMOUNTS]
    told: dict[str, Any] = {"year": row.year}
    if by != "year":
        told[by] = row.key
    if by == "province":
        told["name"] = name_division(row.key)
    for name in names:
        told[_NAMES.get(name, name)] = _describe_band(row.retired[name], name)
    for name in ("vehicles", "kt"):
        told[f"replaced_{_NAMES.get(name, name)}"] = _describe_band(row.replaced[name], name)
    return told


def _describe_band(band: Band, name: str) -> dict[str, float]:
    """Return a band with decimals that tell no more than it knows; small fleets keep theirs."""
    decimals = {"vehicles": 1, "gwh": 6, "kt": 6}.get(name, 3)
    return {which: round(amount, decimals) for which, amount in band._asdict().items()}


def _read_recovered(context: Context, *, until: date, party: str | None) -> list[dict[str, Any]]:
    """Return by year the metal that processes on the platform were fed with and have recovered, in t, from their accounts."""
    items = {CONTAINED[metal]: metal for metal in METALS}
    years: dict[int, dict[str, float]] = {}
    flows = ("charged", "refed", "extracted")
    found = read_flow_years(context.connection, items=tuple(items), flows=flows, until=until, uscc=party)
    for year, item, flow, grams in found:
        told = years.setdefault(year, {f"{metal}_{what}_t": 0.0 for metal in METALS for what in ("fed", "recovered")})
        told[f"{items[item]}_{'recovered' if flow == 'extracted' else 'fed'}_t"] += grams / _GRAMS_PER_TONNE
    return [
        {"year": year, **{name: round(amount, 6) for name, amount in told.items()}}
        for year, told in sorted(years.items())
    ]
