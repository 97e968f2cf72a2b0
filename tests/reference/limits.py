"""The model's own reckoning of time limits: which entry binds whom, and when it ends, counted on the fingers.

Its working days from April to June 2026 are written down here once more; all others are read from the table.
"""

import csv
import pkgutil
from datetime import date, timedelta
from typing import Any

from tests.reference.battery import Seen, World, received_on
from tests.reference.timeline import when

from suyuan.core.rulebook import TimeLimit

WEEKDAYS_OFF = {date(2026, 4, 6), date(2026, 5, 1), date(2026, 5, 4), date(2026, 5, 5), date(2026, 6, 19)}
WEEKENDS_WORKED = {date(2026, 5, 9)}
for _row in csv.DictReader((pkgutil.get_data("suyuan.rulebook", "calendar.csv") or b"").decode().splitlines()):
    if _row["status"] in ("rest", "work"):
        (WEEKDAYS_OFF if _row["status"] == "rest" else WEEKENDS_WORKED).add(date.fromisoformat(_row["day"]))
VEHICLE_KINDS = {"vehicle_produced", "vehicle_imported", "vehicle_sold", "battery_fitted", "battery_swapped", "battery_replaced",
                 "vehicle_scrapped", "vehicle_exported", "recovery_certificate_issued"}  # fmt: skip


def find_limit(on: date, *, kind: str, party: str | None, world: World) -> TimeLimit | None:
    """Return the entry that binds a party: one that names a role of it, the longest of several, else one for everybody."""
    roles = world.registry.roles_of(party, on=on)
    entries = [one for one in world.rulebook.book_of(on).limits if one.kind == kind]
    named = sorted((one for one in entries if one.by & roles), key=lambda one: one.days)
    common = [one for one in entries if not one.by]
    return named[-1] if named else common[0] if common else None


def count_on(day: date, *, limit: TimeLimit) -> date:
    """Return the last day of a limit that runs from a day."""
    left = limit.days
    while left:
        day += timedelta(days=1)
        is_worked = (day.weekday() < 5 and day not in WEEKDAYS_OFF) or day in WEEKENDS_WORKED
        left -= 1 if is_worked or not limit.is_working_days else 0
    return max(day, limit.not_due_before or day)


def find_due(on: date, *, kind: str, party: str | None, world: World) -> date | None:
    """Return the last day in time, None where nothing is owed."""
    limit = find_limit(on, kind=kind, party=party, world=world)
    return count_on(on, limit=limit) if limit else None


def has_lapsed(on: date, *, kind: str, party: str | None, world: World, sweep: date) -> bool:
    """Tell whether limit and grace were over before a day."""
    limit = find_limit(on, kind=kind, party=party, world=world)
    return limit is not None and count_on(on, limit=limit) + timedelta(days=limit.grace_days) < sweep


def find_late(reports: list[dict[str, Any]], *, world: World) -> list[Seen]:
    """Find the reports that came after their last day; of sales only a new vehicle's counts."""
    seen = {}
    for raw in reports:
        on, key = when(raw)[0], (raw["reporter"], raw["report_id"])
        limit = find_limit(on, kind=raw["kind"], party=raw["reporter"], world=world)
        if limit is None or raw.get("sale_kind", "new") != "new":
            continue
        since = date.fromisoformat(raw[limit.counted_from]) if limit.counted_from in raw else on
        if count_on(since, limit=limit) < received_on(key, world):
            seen[key] = Seen("reported_late", "violation", own_subject(raw), key, on, raw["reporter"])
    return list(seen.values())


def own_subject(raw: dict[str, Any]) -> str:
    if raw["kind"] in VEHICLE_KINDS:
        return raw["vin"]
    if raw["kind"] in (
        "material_recovered",
        "stock_counted",
        "material_received",
        "material_sold",
        "nothing_to_report",
    ):
        family = "lot" if raw["kind"] == "material_recovered" else "report"
        return f"{family}:{raw['reporter']}:{raw['report_id']}"
    if raw["kind"] == "dismantling_information_filed":
        return f"{raw['reporter']}:{raw['model']}"
    return raw.get("product_code") or raw.get("temporary_code") or raw.get("lot_code") or raw["battery_code"]
