"""The findings of a verdict as a sweep of a day shows them: lapsed duties take the place of their leads."""

from collections.abc import Mapping
from datetime import date

from suyuan.core.duty import lapse
from suyuan.core.finding import Finding, Rule
from suyuan.core.fold import Verdict


def find_as_of(verdict: Verdict, swept_day: date | None, *, rules: Mapping[str, Rule]) -> list[Finding]:
    """Return what the fold found, and what the duties have brought whose grace was over before the day of the sweep."""
    if swept_day is None:
        return list(verdict.findings)
    lapsed = [
        lapse(duty, rule=rules[duty.rule])
        for duty in verdict.duties
        if duty.closed_by is None and duty.lapses_on is not None and duty.lapses_on < swept_day and duty.rule in rules
    ]
    keys = {(one.rule, one.reporter, one.report_id) for one in lapsed}
    return [one for one in verdict.findings if (one.rule, one.reporter, one.report_id) not in keys] + lapsed
