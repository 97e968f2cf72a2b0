"""The naive timelines of the reference model: which report stands where, and what comes after what.

Written from the design pages alone. Nothing here is fast: every judgement sorts the whole world again.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from typing import Any

from suyuan.core.catalogue import KINDS

LIFECYCLE = {kind.name: kind.order for kind in KINDS}
CHINA = timezone(timedelta(hours=8))

# kind > field > as what the subject in that field appears
ROLES_OF_BATTERIES = {
    "battery_produced": {"battery_code": "born"},
    "battery_imported": {"battery_code": "born"},
    "uncoded_battery_declared": {"temporary_code": "declared"},
    "battery_sold": {"battery_code": "sold"},
    "swap_pool_joined": {"battery_code": "pooled"},
    "swap_pool_left": {"battery_code": "unpooled"},
    "vehicle_produced": {"battery_codes": "bound"},
    "vehicle_imported": {"battery_codes": "bound", "packs": "born_bound"},
    "battery_fitted": {"battery_code": "fitted"},
    "battery_swapped": {"removed_battery_code": "swapped_out", "fitted_battery_code": "fitted"},
    "battery_replaced": {"removed_battery_code": "replaced_off", "fitted_battery_code": "fitted"},
    "component_replaced": {"battery_code": "repaired", "removed_codes": "taken_out", "fitted_codes": "put_in"},
    "vehicle_scrapped": {"battery_codes_found": "found"},
    "battery_removed": {"battery_code": "removed"},
    "battery_handed_over": {"battery_code": "handed_over"},
    "battery_received": {"battery_code": "received"},
    "battery_tested": {"battery_code": "tested"},
    "battery_refurbished": {"battery_code": "refurbished"},
    "battery_dismantled": {"battery_code": "dismantled", "recovered_codes": "part"},
    "reuse_product_made": {"product_code": "product", "parent_codes": "parent"},
    "reuse_product_sold": {"product_code": "product_sold"},
    "material_recovered": {"battery_codes": "fed"},
    "stock_counted": {"battery_codes": "listed"},
    "battery_lost": {"battery_code": "lost"},
    "battery_exported": {"battery_code": "exported"},
}


@dataclass(frozen=True)
class Told:
    """One report as one timeline sees it: the whole report and as what the subject appears in it."""

    raw: dict[str, Any]
    roles: tuple[str, ...]
    on: date
    at: time | None

    @property
    def kind(self) -> str:
        return self.raw["kind"]

    @property
    def by(self) -> str:
        return self.raw["reporter"]

    @property
    def key(self) -> tuple[str, str]:
        return self.raw["reporter"], self.raw["report_id"]

    @property
    def rank(self) -> tuple[int, str, str]:
        return LIFECYCLE[self.kind], *self.key


def when(raw: dict[str, Any]) -> tuple[date, time | None]:
    """Return the day in China, and the time of day where one was told."""
    text = raw["occurred_at"]
    if len(text) == 10:
        return date.fromisoformat(text), None
    moment = datetime.fromisoformat(text).astimezone(CHINA)
    return moment.date(), moment.time()


def what_counts(reports: list[dict[str, Any]], *, until: date, flaw: str = "") -> list[dict[str, Any]]:
    """Return the reports known to have happened by the end of a day, without what was withdrawn by then."""
    once = {(raw["reporter"], raw["report_id"]): raw for raw in reports}
    happened = [raw for raw in once.values() if when(raw)[0] <= until]
    withdrawn = {(raw["reporter"], raw["withdrawn_report_id"]) for raw in happened if raw["kind"] == "report_withdrawn"}
    if flaw == "withdrawals_ignored":
        withdrawn = set()
    told = [raw for raw in happened if raw["kind"] != "report_withdrawn"]
    return [raw for raw in told if (raw["reporter"], raw["report_id"]) not in withdrawn]


def codes_in(value: Any) -> list[str]:
    """Return the codes that a field holds."""
    if value is None:
        return []
    if isinstance(value, str):
        return [value]
    return [entry["code"] if isinstance(entry, dict) else entry for entry in value]


def battery_roles(raw: dict[str, Any], *, code: str) -> tuple[str, ...]:
    """Return as what a battery appears in a report; empty if it does not."""
    fields = ROLES_OF_BATTERIES.get(raw["kind"], {})
    return tuple(role for field, role in fields.items() if code in codes_in(raw.get(field)))


def timeline_of(subject: str, *, reports: list[dict[str, Any]]) -> list[Told]:
    """Return the reports in which a battery or a vehicle appears, in no order."""
    told = []
    for raw in reports:
        roles = ("vehicle",) if raw.get("vin") == subject and raw["kind"] != "component_replaced" else ()
        roles = roles or battery_roles(raw, code=subject)
        if roles:
            told.append(Told(raw, roles, *when(raw)))
    return told


def put_in_order(told: list[Told], *, start: Any, may_come: Callable, apply: Callable, flaw: str = "") -> list[Told]:
    """Return the events as they must have happened, given the day or the time that each tells.

    `apply` changes the state `start` in place, `may_come` says whether an event's precondition holds in it.
    """
    if flaw == "days_ignored":
        return sorted(told, key=lambda one: one.rank)
    ordered: list[Told] = []
    for chosen in _choose(told, state=start, may_come=may_come):
        apply(start, chosen)
        ordered.append(chosen)
    return ordered


def _choose(told: list[Told], *, state: Any, may_come: Callable) -> Iterator[Told]:
    for day in sorted({one.on for one in told}):
        dated = sorted((one for one in told if one.on == day and one.at is None), key=lambda one: one.rank)
        timed = sorted(
            (one for one in told if one.on == day and one.at is not None), key=lambda one: (one.at, one.rank)
        )
        while dated or timed:
            candidates = sorted([*dated, *timed[:1]], key=lambda one: one.rank)
            chosen = next((one for one in candidates if may_come(state, one)), candidates[0])
            (timed if chosen in timed[:1] else dated).remove(chosen)
            yield chosen
