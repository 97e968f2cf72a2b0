"""One code seen in two places too far apart for the time between (同一编码短时间内出现在相距过远的两地): a clone."""

from collections import defaultdict
from datetime import date, datetime, time
from typing import Any, Final

import msgspec

from suyuan.analysis.detectors.detector import Detector, FalsePositives, Lead
from suyuan.analysis.detectors.distance import are_coordinates_verified, least_distance_km

TRUCK_KM_PER_HOUR: Final = 80.0  # assumption: no truck holds more on average, drivers taking turns day and night
HOUR_SLACK: Final = 1.0  # clocks and roundings
DAYS_APART_MAX: Final = 2  # no two places of the country are three days of this speed apart
_AT_MOST: Final = 1e-4


class Sighting(msgspec.Struct, frozen=True, order=True):
    """A report that a battery or vehicle was physically at a place; a bare date is any time of its Shanghai day."""

    subject: str
    on: date
    at: time | None
    division: str
    reporter: str
    report_id: str
    kind: str


class Pair(msgspec.Struct, frozen=True, order=True):
    """Two sightings of one code that follow each other, the earlier first."""

    before: Sighting
    after: Sighting


def find_seen_in_two_places_at_once(pairs: list[Pair]) -> list[Lead]:
    """Return a lead for each code that was seen where no truck could have brought it in time."""
    leaps: dict[str, list[tuple[float, float, Pair]]] = defaultdict(list)
    for pair in set(pairs):
        apart_km = least_distance_km(pair.before.division, pair.after.division)
        hours = hours_between(pair.before, pair.after)
        if apart_km and apart_km > hours * TRUCK_KM_PER_HOUR:
            leaps[pair.before.subject].append((apart_km, hours, pair))
    return [_tell(subject, own) for subject, own in sorted(leaps.items())]


def hours_between(before: Sighting, after: Sighting) -> float:
    """Return the most hours that can lie between two sightings: a bare date is any time of its day, even before the other."""
    start, end = _span(before)
    other_start, other_end = _span(after)
    return max(other_end - start, end - other_start).total_seconds() / 3600 + HOUR_SLACK


def _span(one: Sighting) -> tuple[datetime, datetime]:
    return datetime.combine(one.on, one.at or time.min), datetime.combine(one.on, one.at or time.max)


def _tell(subject: str, leaps: list[tuple[float, float, Pair]]) -> Lead:
    apart_km, hours, pair = max(leaps, key=lambda leap: (leap[0] / leap[1], leap[2]))
    before, after = pair.before, pair.after
    by_truck_h = apart_km / TRUCK_KM_PER_HOUR
    return DETECTOR.lead(
        subject,
        on=after.on,
        chance=_AT_MOST ** len(leaps),
        about=(f"participant:{before.reporter}", f"participant:{after.reporter}"),
        evidence={
            "sightings": [_describe(before), _describe(after)],
            "least_distance_km": round(apart_km),
            "hours_at_most": round(hours, 1),
            "leaps": len(leaps),
            "is_distance_verified": are_coordinates_verified(),
        },
        explanation=f"Seen in {before.division} and in {after.division}, at least {apart_km:.0f} km apart (unverified), "
        f"with at most {hours:.0f} hours between; a truck needs {by_truck_h:.0f}. Two things bear this code, or a report is wrong.",
        explanation_zh=f"先后出现在 {before.division} 和 {after.division}，两地至少相距 {apart_km:.0f} 公里（未核实），"
        f"间隔不超过 {hours:.0f} 小时，"
        f"货车需 {by_truck_h:.0f} 小时。可能有两件物品使用同一编码，或地点、日期、编码填报有误。",
    )


def _describe(one: Sighting) -> dict[str, Any]:
    return {
        "on": one.on.isoformat(),
        "at": one.at.isoformat() if one.at else None,
        "division": one.division,
        "reporter": one.reporter,
        "report_id": one.report_id,
        "kind": one.kind,
    }


DETECTOR = Detector(
    name="seen_in_two_places_at_once",
    title="One code in two places too far apart for the time between",
    title_zh="同一编码短时间内出现在相距过远的两地",
    counts="Two reports that follow each other, of one battery or vehicle physically handled in different provinces, at least so far "
    "apart that a truck at 80 km/h day and night does not make it. Places are known to the province or its capital: the least "
    "possible distance counts, and a date without a time is any time of its day. The two halves of one hand-over are not compared.",
    counts_zh="同一电池或车辆先后两次在不同省份被实际经手，两地最小可能距离按货车昼夜 80 公里/小时仍无法到达。地点仅精确到省或省会，"
    "按最小可能距离计；仅有日期的视为当日任意时刻。同一次移交的两方记录不相比较。",
    innocent="A report of a branch that leaves its place to the registered seat, a document's day instead of the day of the work, a "
    "code mistyped into another's.",
    innocent_zh="分支机构报送未填实际地点而按注册地计；填写了单据日期而非作业日期；编码录错为他人电池。",
    false_positives=FalsePositives(
        at_most=_AT_MOST,
        per="codes handled in two provinces, all reported honestly",
        per_zh="如实报送且在两省经手的编码被误指的比例",
        because="a right place and day cannot be named; assumption: at most 1 report in 1,000 has a wrong place, day or code, and at "
        "most 1 in 10 of those falls within two days of another one far away",
        because_zh="地点和日期正确则不会被指；假定地点、日期或编码有误的报告不超过千分之一，且其中与远处另一记录相隔两日内的不超过十分之一",
    ),
)
