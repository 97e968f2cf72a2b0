"""How the days of a duty were counted, for whoever counts them again by hand."""

from datetime import date, timedelta
from typing import Any

from suyuan.core.duty import KIND_BY_NAME, Duty
from suyuan.core.registry import Registry
from suyuan.core.rulebook import Rulebook


def describe_count(duty: Duty, *, rulebook: Rulebook, registry: Registry, swept_day: date | None) -> dict[str, Any]:
    """Return the limit that ran, from which day, to which, and whether it had lapsed on the day of the sweep.

    The day from which is counted does not count itself.
    """
    kind = KIND_BY_NAME[duty.kind]
    book = rulebook.book_of(duty.opened_on)
    roles = registry.roles_of(duty.party, on=duty.opened_on)
    limit = rulebook.limit(kind.limit_key, on=duty.opened_on, roles=roles)
    is_open = duty.closed_by is None
    lapsed = is_open and swept_day is not None and duty.lapses_on is not None and duty.lapses_on < swept_day
    counted: dict[str, Any] = {"is_open": is_open, "has_lapsed": lapsed, "book": book.name, "limit": kind.limit_key}
    if limit is None:
        return counted
    counted |= {
        "days": limit.days,
        "unit": limit.unit,
        "grace_days": limit.grace_days,
        "source": limit.source,
        "verified": limit.is_verified,
    }
    if duty.due_on is not None and limit.days and not limit.is_working_days:
        counted["counted_from"] = duty.due_on - timedelta(days=limit.days)
    return counted
