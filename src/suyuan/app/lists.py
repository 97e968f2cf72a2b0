"""Lists of findings and duties, by filters."""

from datetime import date
from typing import Any

from suyuan.app.context import Context
from suyuan.app.describe import describe_duty, describe_finding
from suyuan.core.agenda import GROUPS
from suyuan.store.read import read_duties, read_findings


def list_findings(
    context: Context,
    *,
    rule: str | None = None,
    weight: str | None = None,
    subject: str | None = None,
    party: str | None = None,
) -> list[dict[str, Any]]:
    """Return the findings that pass all given filters; `subject` is a bare code or VIN and finds what is about it too."""
    bare = subject.split(":", 1)[1] if subject and subject.startswith(("battery:", "vehicle:", "model:")) else subject
    if subject and subject.startswith("lot:LOT-"):
        bare = subject.removeprefix("lot:")
    rulebook = context.rulebook
    return [
        describe_finding(one, rulebook=rulebook)
        for one in read_findings(context.connection, rule=rule, weight=weight, subject=bare, party=party)
    ]


def list_duties(
    context: Context, *, participant: str | None = None, overdue_on: date | None = None, as_of: date | None = None
) -> list[dict[str, Any]]:
    """Return duties of a participant or of all, overdue ones first; with `overdue_on`, the open ones due before that day.

    Days left and groups are told for `as_of`, today where none is given.
    """
    on, calendar = as_of or context.today(), context.rulebook.calendar
    found = [
        describe_duty(duty, on=on, calendar=calendar)
        for duty in read_duties(context.connection, party=participant, overdue_on=overdue_on)
    ]
    return sorted(found, key=lambda one: GROUPS.index(one["group"]))
