"""The findings of a verdict as a sweep of a day shows them: lapsed duties take the place of their leads."""

from collections.abc import Iterable, Mapping
from datetime import date

from suyuan.core.duty import Duty, lapse
from suyuan.core.finding import Finding, Rule
from suyuan.core.fold import Verdict
from suyuan.core.participant import ParticipantView


def find_as_of(verdict: Verdict, swept_day: date | None, *, rules: Mapping[str, Rule]) -> list[Finding]:
    """Return what the fold found, and what the duties have brought whose grace was over before the day of the sweep."""
    if swept_day is None:
        return list(verdict.findings)
    lapsed = [
        lapse(duty, rule=rules[duty.rule])
        for duty in verdict.duties
        if duty.has_lapsed(on=swept_day) and duty.rule in rules
    ]
    keys = {(one.rule, one.reporter, one.report_id) for one in lapsed}
    return [one for one in verdict.findings if (one.rule, one.reporter, one.report_id) not in keys] + lapsed


def find_of_participant(view: ParticipantView, *, duties: Iterable[Duty], rules: Mapping[str, Rule]) -> list[Finding]:
    """Return what the rules find about a participant, and what its `duties` bring whose grace was over before the day."""
    checks = [rule.check_participant for rule in rules.values() if rule.check_participant is not None]
    found = [finding for check in checks for finding in check(view)]
    return found + [
        lapse(duty, rule=rules[duty.rule]) for duty in duties if duty.rule in rules and duty.has_lapsed(on=view.day)
    ]
