"""Report received after its time limit (逾期报送)."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime

from suyuan.core.deadline import Deadline, is_first_load, run_limit
from suyuan.core.event import Event
from suyuan.core.finding import Finding, Rule, Step
from suyuan.core.rulebook import OCCURRED
from suyuan.core.value import SHANGHAI


def reported_late(step: Step) -> Iterable[Finding]:
    """Find a report received after the last day of its kind's limit; fires in the timeline of the report's own subject.

    Nearly every report of a load is in time, so that answer comes first and costs least: the date of `received_at`, in
    whatever zone it is told, lies at most one day before the Shanghai day.
    """
    event = step.event
    if event.kind.filings[0].role not in event.roles:
        return ()
    roles = step.registry.roles_of(event.reporter, on=event.occurred_on)
    limit = step.rulebook.limit(event.kind.name, on=event.occurred_on, roles=roles)
    if limit is None:
        return ()
    counted_from = event.occurred_on
    if limit.counted_from != OCCURRED and limit.counted_from in event.body:
        counted_from = date.fromisoformat(event.body[limit.counted_from])
    deadline = run_limit(limit, counted_from=counted_from, rulebook=step.rulebook)
    return () if event.received_at.date() < deadline.due_on else _look_closer(step, deadline)


def _look_closer(step: Step, deadline: Deadline) -> Iterator[Finding]:
    event, limit = step.event, deadline.limit
    received_on = _receipt(event).astimezone(SHANGHAI).date()
    if received_on <= deadline.due_on or _is_exempt(step, received_on):
        return
    evidence = {
        "kind": event.kind.name,
        "limit_days": limit.days,
        "unit": limit.unit,
        "counted_from": limit.counted_from,
        "counted_from_on": deadline.counted_from.isoformat(),
        "due_on": deadline.due_on.isoformat(),
        "received_on": received_on.isoformat(),
        "days_late": (received_on - deadline.due_on).days,
        "book": step.rulebook.book_of(event.occurred_on).name,
        "source": limit.source,
        "verified": limit.is_verified,
        "provisional": deadline.is_provisional,
    }
    if limit.months:
        evidence |= {"limit_months": limit.months}
    yield RULE.find(step, party=event.reporter, evidence=evidence)


def _receipt(event: Event) -> datetime:
    """Return when the report was first received: what the operator migrated came to somebody at another time."""
    migrated = event.body.get("originally_reported_at")
    return event.received_at if migrated is None else datetime.fromisoformat(migrated)


def _is_exempt(step: Step, received_on: date) -> bool:
    """Tell whether the report may be late: only a new vehicle's sale has a limit, and a first load takes its time."""
    event = step.event
    if event.kind.name == "vehicle_sold" and event.body.get("sale_kind", "new") != "new":
        return True
    return is_first_load(event.reporter, received_on=received_on, registry=step.registry, rulebook=step.rulebook)


RULE = Rule(
    name="reported_late",
    family="duty",
    title="Report received after its time limit",
    title_zh="逾期报送",
    weight="violation",
    kinds=(),
    families=("battery", "vehicle", "lot", "recovery", "model", "report"),
    competent_line="industry",
    source="Interim Measures (Order 73) and the 2018 provisions: each link reports within its days; the limits, none verified, stand "
    "in the rulebook with their sources",
    verified=False,
    in_force_from="2018-08-01",
    counts="A report received, by the day in Shanghai, after the last day of the limit that the book of the event's day sets for "
    "its kind and for the reporter's role; the day from which the limit runs does not count. Once a report, under its own subject.",
    counts_not="Kinds and roles without a limit in that book, events before August 2018, sales of vehicles that are not new; "
    "history migrated by the operator, which counts as received when it was first reported; what a participant loads in its first "
    "days after its first entry in the register, or anybody in the window of first loads that the operator sets.",
    remedy="Nothing is left to report; report the next events within the limit, by API or bulk file where there are many.",
    remedy_zh="该报告已补报，无需再报；此后请在时限内报送，数量较多时可使用接口或批量文件。",
    check=reported_late,
)
