"""Which parent claims which component, and what each of several claimants is told of the others."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from suyuan.core.event import Fact

FACT_NAME = "component_claimed"


@dataclass(frozen=True, slots=True)
class Claim:
    """One parent's claim of a component, by its first report; `received_on` is the Shanghai day of its receipt."""

    component: str
    parent: str
    report_no: int
    since: date
    received_on: date
    is_withdrawn: bool


def describe_rivals(claims: Sequence[Claim], *, keys: dict[int, tuple[str, str]]) -> list[Fact]:
    """Return what each claimant of one component is told of every other: its parent, first day, report and receipt."""
    first: dict[str, Claim] = {}
    for claim in claims:
        if not claim.is_withdrawn:
            rank = (claim.since, keys[claim.report_no])
            known = first.get(claim.parent)
            if known is None or rank < (known.since, keys[known.report_no]):
                first[claim.parent] = claim
    facts = []
    for parent, own in sorted(first.items()):
        for other, rival in sorted(first.items()):
            if other != parent:
                reporter, report_id = keys[rival.report_no]
                body = {
                    "component": own.component,
                    "other": other,
                    "since": rival.since.isoformat(),
                    "reporter": reporter,
                    "report_id": report_id,
                    "own_since": own.since.isoformat(),
                    "received_on": rival.received_on.isoformat(),
                }
                facts.append(Fact(parent, f"component:{own.component}:{other}", FACT_NAME, body))
    return facts
