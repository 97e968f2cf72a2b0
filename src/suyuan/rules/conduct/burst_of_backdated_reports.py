"""Burst of backdated reports (集中补报)."""

from collections.abc import Iterator
from datetime import date, timedelta

from suyuan.core.finding import Finding, Rule
from suyuan.core.participant import HeldAgainst, ParticipantView


def burst_of_backdated_reports(view: ParticipantView) -> Iterator[Finding]:
    """Many reports received within a few days that were long overdue; days that hang together are one burst.

    Read from the late reports found: migrated history and a first load are no late reports, and so no burst.
    """
    days_late_min = view.rulebook.threshold("burst_days_late_min", on=view.day)
    window = timedelta(days=view.rulebook.threshold("burst_days", on=view.day) - 1)
    reports_min = view.rulebook.threshold("burst_reports_min", on=view.day)
    late = sorted(
        (date.fromisoformat(one.evidence["received_on"]), one.evidence["due_on"])
        for one in view.findings
        if _is_backdated(one, days_late_min, until=view.day)
    )
    together: set[int] = set()
    first = 0
    for place, (received_on, _) in enumerate(late):
        while late[first][0] < received_on - window:
            first += 1
        if place - first + 1 >= reports_min:
            together.update(range(first, place + 1))
    burst: list[tuple[date, str]] = []
    for place in sorted(together):
        if burst and late[place][0] - burst[-1][0] > window:
            yield _tell(view, burst)
            burst = []
        burst.append(late[place])
    if burst:
        yield _tell(view, burst)


def _is_backdated(one: HeldAgainst, days_late_min: int, *, until: date) -> bool:
    return (
        one.rule == "reported_late"
        and one.evidence["days_late"] >= days_late_min
        and RULE.in_force_from <= one.evidence["received_on"] <= until.isoformat()
    )


def _tell(view: ParticipantView, burst: list[tuple[date, str]]) -> Finding:
    evidence = {
        "received_from": burst[0][0].isoformat(),
        "received_until": burst[-1][0].isoformat(),
        "reports": len(burst),
        "oldest_due_on": min(due_on for _, due_on in burst),
    }
    return RULE.find_of_participant(view, period=burst[0][0].isoformat(), on=burst[-1][0], evidence=evidence)


RULE = Rule(
    name="burst_of_backdated_reports",
    family="conduct",
    title="Burst of backdated reports",
    title_zh="集中补报",
    weight="lead",
    kinds=(),
    families=(),
    competent_line="industry",
    source="platform choice: how many long overdue reports within how many days are looked at together",
    verified=False,
    in_force_from="2026-04-01",
    counts="At least as many reports received within a few days as the rulebook sets, each of them overdue by at least the days it "
    "sets. An inspection may have been announced, or records may have been made up afterwards.",
    counts_not="Migrated history and what a participant loads in the first days after its registration; reports that are only a "
    "little late.",
    counts_zh="若干日内接收的、各自逾期均不少于规则书所定天数的报告，达到规则书所定份数。可能因得知将受检查而补报，也可能"
    "为事后编造。",
    counts_not_zh="迁移的历史数据和单位登记之初装载的内容；仅略有逾期的报告。",
    remedy="Explain why the reports came together, and show the records on which they rest.",
    remedy_zh="说明集中补报的原因，并提供原始记录。",
    check_participant=burst_of_backdated_reports,
    reads_findings=("reported_late",),
)
