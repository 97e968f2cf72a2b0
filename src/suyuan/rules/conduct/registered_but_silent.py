"""Registered but silent (已登记长期未报送)."""

from collections.abc import Iterator
from datetime import date

from suyuan.core.finding import Finding, Rule
from suyuan.core.month import add_months, last_day_of, month_of
from suyuan.core.participant import ParticipantView


def registered_but_silent(view: ParticipantView) -> Iterator[Finding]:
    """A participant in force from which nothing has come for months, not even that there was nothing to report.

    Months are counted from its last report's month, else from its registration, at the earliest from when the rule
    began; what it reports after the day looked at does not break a silence of that day.
    """
    if not view.registry.is_qualified(view.uscc, on=view.day):
        return
    heard = max((one.month for one in view.reports if one.month <= month_of(view.day)), default=None)
    registered_from = view.registry.registered_from(view.uscc) or view.day
    begun = max(registered_from, date.fromisoformat(RULE.in_force_from))
    silent_since = max(begun, last_day_of(heard)) if heard else begun
    months = view.rulebook.threshold("silent_months", on=view.day)
    spoken_until = add_months(silent_since, months)
    if view.day > spoken_until:
        evidence = {"silent_since": silent_since.isoformat(), "last_report_month": heard, "months": months}
        yield RULE.find_of_participant(view, period=silent_since.isoformat(), on=spoken_until, evidence=evidence)


RULE = Rule(
    name="registered_but_silent",
    family="conduct",
    title="Registered but silent",
    title_zh="已登记长期未报送",
    weight="lead",
    kinds=(),
    families=(),
    competent_line="industry",
    source="platform choice: how long a registered participant may be silent before it is looked at",
    verified=False,
    in_force_from="2026-04-01",
    counts="A participant whose registration is in force and from which no report of any kind has come for the months that the "
    "rulebook sets, counted from the end of the month of its last report, else from its registration.",
    counts_not="Participants that filed that there was nothing to report; expired registrations; time before April 2026.",
    counts_zh="登记有效的单位，自其最后一份报告所在月末（没有报告的自登记时）起，规则书所定月数内没有任何报告。",
    counts_not_zh="已作零报告的单位；已失效的登记；2026 年 4 月以前的时间。",
    remedy="Report what is missing, or file that there was nothing to report; if the business has ended, have the registration ended.",
    remedy_zh="补报遗漏事项，或提交零报告；已停业的，办理登记注销。",
    check_participant=registered_but_silent,
)
