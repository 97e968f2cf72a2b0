"""What came after its last day: of every plain report, by the book of the day it tells of."""

from datetime import date, datetime, timedelta
from typing import Any

from tests.reference.battery import Seen, World
from tests.reference.limits import count_on, find_limit, own_subject
from tests.reference.timeline import CHINA, when


def find_late(reports: list[dict[str, Any]], *, world: World) -> list[Seen]:
    """Find late reports among all, withdrawn ones included, for what was withdrawn may have been corrected."""
    gone = {(raw["reporter"], raw["withdrawn_report_id"]) for raw in reports if raw["kind"] == "report_withdrawn"}
    found = []
    for raw in reports:
        key = raw["reporter"], raw["report_id"]
        due_on, came_on = _find_last_day(raw, world), _came_on(raw, world)
        if key in gone or due_on is None or came_on <= due_on or _is_first_load(key[0], came_on, world):
            continue
        corrected = [
            other
            for other in reports
            if (other["reporter"], other["report_id"]) in gone
            and (other["reporter"], other["kind"], own_subject(other)) == (key[0], raw["kind"], own_subject(raw))
            and _came_on(other, world) <= due_on
        ]
        weight = "lead" if corrected else "violation"
        found.append(Seen("reported_late", weight, own_subject(raw), key, when(raw)[0], key[0]))
    return found


def _find_last_day(raw: dict[str, Any], world: World) -> date | None:
    on = when(raw)[0]
    limit = find_limit(on, kind=raw["kind"], party=raw["reporter"], world=world)
    if limit is None or raw.get("sale_kind", "new") != "new":
        return None
    return count_on(date.fromisoformat(raw[limit.counted_from]) if limit.counted_from in raw else on, limit=limit)


def _came_on(raw: dict[str, Any], world: World) -> date:
    """Return the day in China on which a report came; what the operator migrated came when it was first reported."""
    moment = world.received[raw["reporter"], raw["report_id"]]
    if "originally_reported_at" in raw:
        moment = datetime.fromisoformat(raw["originally_reported_at"])
    return moment.astimezone(CHINA).date()


def _is_first_load(reporter: str, came_on: date, world: World) -> bool:
    thresholds = world.rulebook.book_of(came_on).thresholds
    window = thresholds["first_load_window"].value if "first_load_window" in thresholds else []
    if window and date.fromisoformat(str(window[0])) <= came_on <= date.fromisoformat(str(window[1])):
        return True
    days = thresholds["first_load_days"].value if "first_load_days" in thresholds else 0
    begun = min(entry.valid_from for entry in world.registry.entries_of(reporter))
    return came_on <= begun + timedelta(days=days)
