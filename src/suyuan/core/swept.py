"""The findings of a verdict as a sweep of a day shows them: lapsed duties take the place of their leads."""

from collections.abc import Iterable, Mapping
from datetime import date

from suyuan.core.duty import Duty, lapse
from suyuan.core.finding import Finding, Rule
from suyuan.core.fold import Verdict
from suyuan.core.participant import ParticipantView


def find_as_of(verdict: Verdict, swept_day: date | None, *, rules: Mapping[str, Rule]) -> list[Finding]:
    """Return what the fold found, and what the duties have brought whose grace was over before the day of the sweep."""
    lapsed = lapse_all(verdict.duties, swept_day=swept_day, rules=rules)
    keys = {(one.rule, one.reporter, one.report_id) for one in lapsed}
    return [one for one in verdict.findings if (one.rule, one.reporter, one.report_id) not in keys] + lapsed


def find_of_participant(view: ParticipantView, *, duties: Iterable[Duty], rules: Mapping[str, Rule]) -> list[Finding]:
    """Return what the rules find about a participant, and what its `duties` bring whose grace was over before the day."""
    checks = [rule.check_participant for rule in rules.values() if rule.check_participant is not None]
    found = [finding for check in checks for finding in check(view)]
    return found + lapse_all(duties, swept_day=view.day, rules=rules)


def lapse_all(duties: Iterable[Duty], *, swept_day: date | None, rules: Mapping[str, Rule]) -> list[Finding]:
    """Return the findings of the open duties whose grace was over before the day of the sweep; none before the first."""
    return [
        lapse(duty, rule=rules[duty.rule])
        for duty in duties
        if swept_day is not None and duty.rule in rules and duty.has_lapsed(on=swept_day)
    ]
