"""What participants of the same roles are compared by: batteries taken in hand and batteries reported lost in twelve months."""

from collections.abc import Iterable, Mapping
from datetime import date

from suyuan.core.month import MONTHS_PER_YEAR, add_months, month_of
from suyuan.core.participant import Peers, ReportCount
from suyuan.core.registry import Registry

LOST = "battery_lost"
TAKEN_IN_HAND = frozenset(
    {
        "battery_produced",
        "battery_imported",
        "uncoded_battery_declared",
        "swap_pool_joined",
        "battery_swapped",
        "battery_replaced",
        "vehicle_scrapped",
        "battery_removed",
        "battery_received",
    }
)
MEASURED_KINDS = TAKEN_IN_HAND | {LOST}


def first_month_compared(day: date) -> str:
    """Return the first of the twelve months that end with the month before a day."""
    return month_of(add_months(day.replace(day=1), -MONTHS_PER_YEAR))


def measure(reports: Iterable[ReportCount], *, day: date) -> dict[str, int]:
    """Return how many batteries a participant reported lost and took in hand in the twelve months before the day's month."""
    measures = {"lost": 0, "handled": 0}
    for one in reports:
        if first_month_compared(day) <= one.month < month_of(day) and one.kind in MEASURED_KINDS:
            measures["lost" if one.kind == LOST else "handled"] += one.count
    return measures


def sum_peers(
    reports: Mapping[str, Iterable[ReportCount]], *, registry: Registry, day: date
) -> dict[frozenset[str], dict[str, Peers]]:
    """Return the measures summed over the participants of the same roles, once for all of them.

    Only who took a battery in hand is counted; a participant that did nothing is nobody's peer.
    """
    sums: dict[frozenset[str], dict[str, Peers]] = {}
    for uscc, own in reports.items():
        measures = measure(own, day=day)
        roles = registry.roles_of(uscc, on=day)
        if measures["handled"] and roles:
            before = sums.setdefault(roles, dict.fromkeys(measures, Peers(0, 0)))
            sums[roles] = {
                name: Peers(before[name].participants + 1, before[name].total + value)
                for name, value in measures.items()
            }
    return sums
