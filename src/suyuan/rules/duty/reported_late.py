"""Report received after its time limit (逾期报送)."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime

from suyuan.core.deadline import Deadline, find_deadline, is_first_load
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
    name, on, rulebook = event.kind.name, event.occurred_on, step.rulebook
    deadline = find_deadline(name, on=on, rulebook=rulebook, roles=roles)
    if deadline is not None and deadline.limit.counted_from != OCCURRED:
        counted_from = date.fromisoformat(event.body.get(deadline.limit.counted_from) or on.isoformat())
        if counted_from != on:
            deadline = find_deadline(name, on=on, rulebook=rulebook, roles=roles, counted_from=counted_from)
    if deadline is None:
        return ()
    return () if event.received_at.date() < deadline.due_on else _look_closer(step, deadline)


def _look_closer(step: Step, deadline: Deadline) -> Iterator[Finding]:
    event, limit = step.event, deadline.limit
    received_on = _received_on(event)
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
    corrected = _find_corrected(step, deadline)
    if corrected is not None:
        evidence |= {"corrects": corrected.report_id, "corrected_received_on": _received_on(corrected).isoformat()}
    yield RULE.find(step, party=event.reporter, evidence=evidence, weight="lead" if corrected else None)


def _find_corrected(step: Step, deadline: Deadline) -> Event | None:
    """Return the withdrawn report that this one corrects: of the same reporter and kind, here, and in time."""
    event = step.event
    same = (one for one in step.withdrawn if (one.reporter, one.kind.name) == (event.reporter, event.kind.name))
    return next((one for one in same if _received_on(one) <= deadline.due_on), None)


def _received_on(event: Event) -> date:
    """Return the Shanghai day of the first receipt: what the operator migrated came to somebody at another time."""
    migrated = event.body.get("originally_reported_at")
    received_at = event.received_at if migrated is None else datetime.fromisoformat(migrated)
    return received_at.astimezone(SHANGHAI).date()


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
    "its kind and for the reporter's role; the day from which the limit runs does not count. Once a report, under its own subject. "
    "A lead where it corrects a report on the same subject that came in time and was withdrawn.",
    counts_not="Kinds and roles without a limit in that book, events before August 2018, sales of vehicles that are not new; "
    "history migrated by the operator, which counts as received when it was first reported; what a participant loads in its first "
    "days after its first entry in the register, or anybody in the window of first loads that the operator sets.",
    counts_zh="报告的接收日（上海日期）晚于事件之日有效的规则书为该种类、该类单位所定时限的最后一日；起算日不计。每份报告"
    "一次，列于其自身的主体之下。更正同一主体上及时报送、后已撤回的报告的，为线索。",
    counts_not_zh="该规则书对该种类或该类单位未定时限；2018 年 8 月以前的事件；非新车的销售；运营方迁移的历史数据（以原报告时"
    "间为准）；单位首次登记后最初若干日内，或运营方所定首次装载期内报送的内容。",
    remedy="Nothing is left to report; report the next events within the limit, by API or bulk file where there are many.",
    remedy_zh="该报告已补报，无需再报；此后请在时限内报送，数量较多时可使用接口或批量文件。",
    check=reported_late,
)
