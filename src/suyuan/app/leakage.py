"""Leakage: vehicles expected to have left use since the platform opened, less those that dismantlers reported."""

from datetime import date
from typing import Any

from suyuan.analysis.calibration import fit_life
from suyuan.analysis.leakage import Leakage, LeakageBy, estimate_leakage
from suyuan.analysis.learning import CONFIDENCE
from suyuan.app.context import Context
from suyuan.app.coverage import name_division, name_participant
from suyuan.app.fleet import describe_fit, known_until, load_fleet, opened_on, scenario_lives

MEANING = (
    "Expected of the vehicles sold, by the life that the national register's exits tell, less those reported as scrapped. "
    "The interval holds with 90 % the count that may have left (gamma-Poisson: chance, and the error of the calibrated rate), less what "
    "was seen; expected_low and expected_high are the lives of 12 and of 8 years. An estimate, no finding."
)
MEANING_ZH = (
    "按全国登记注销量校准的寿命，由已售车辆推算的应报废量，减去已报告报废量。区间：实际报废量以 90 % 的概率落入（伽马-泊松："
    "偶然性与校准误差），再减去已见量；expected_low、expected_high 为平均寿命 12 年和 8 年。仅为估计，不是认定。"
)


def read_leakage(
    context: Context, *, as_of: date, by: LeakageBy = "producer", producer: str | None = None
) -> dict[str, Any]:
    """Return expected, seen and unseen exits by group and year since the platform opened; with `producer` of its vehicles alone."""
    known = known_until(context, as_of=as_of)
    since = opened_on(context, as_of=known)
    lives, fit = scenario_lives(), fit_life()
    fleet = load_fleet(
        context, as_of=as_of, producer=producer, by_producer=by == "producer", by_province=by == "province"
    )
    found = estimate_leakage(fleet, lives, since=since, until=known, by=by)
    name = name_participant(context) if by == "producer" else name_division
    total = estimate_leakage(fleet, lives, since=since, until=known, by="year")
    return {
        "as_of": as_of.isoformat(),
        "known_until": known.isoformat(),
        "since": since.isoformat(),
        "by": by,
        "confidence": CONFIDENCE,
        "verified": False,
        "meaning": MEANING,
        "meaning_zh": MEANING_ZH,
        "life": describe_fit(fit),
        "leakage": [
            {
                "year": one.year,
                **({by: one.key or None, "name": name(one.key)} if by != "year" else {}),
                **_describe(one, strength=fit.strength),
            }
            for one in found
        ],
        "total": _describe(_add_up(total, since.year), strength=fit.strength),
    }


def _add_up(years: list[Leakage], first: int) -> Leakage:
    """Return all years as one; in use when the first began."""
    whole = Leakage("", first)
    for one in years:
        whole.in_use = one.in_use if one.year == first else whole.in_use
        whole.low += one.low
        whole.central += one.central
        whole.high += one.high
        whole.seen += one.seen
        whole.incomplete += one.incomplete
    return whole


def _describe(one: Leakage, *, strength: float) -> dict[str, Any]:
    least, most = one.interval(strength=strength)
    return {
        "in_use": round(one.in_use, 1),
        "expected": round(one.central, 2),
        "expected_low": round(min(one.low, one.central, one.high), 2),
        "expected_high": round(max(one.low, one.central, one.high), 2),
        "seen": one.seen,
        "seen_incomplete": one.incomplete,
        "unseen": round(one.unseen, 2),
        "unseen_low": least,
        "unseen_high": most,
        "unseen_share": round(one.unseen / one.central, 4) if one.central else None,
    }
