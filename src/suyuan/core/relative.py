"""Who may tell a subject anything: what its reports name, and who tells it something now."""

from collections.abc import Iterable

from suyuan.core.case import FACT_NAME as CASE_FACT
from suyuan.core.component import FACT_NAME
from suyuan.core.event import Event, Fact

NAMES_ONE = ("vin", "battery_code", "removed_battery_code", "fitted_battery_code", "product_code")
NAMES_MANY = ("battery_codes", "battery_codes_found", "parent_codes")


def relatives_of(subject: str, events: Iterable[Event], facts: Iterable[Fact]) -> set[str]:
    """Return the subjects whose timelines a fold of this one as of another day must ask for their facts."""
    named: set[str] = {fact.source for fact in facts if fact.name not in (FACT_NAME, CASE_FACT)}
    for event in events:
        for name in NAMES_ONE:
            if event.body.get(name):
                named.add(event.body[name])
        for name in NAMES_MANY:
            named.update(event.body.get(name, ()))
    return named - {subject}
