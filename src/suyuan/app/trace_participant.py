"""Trace of a participant: who it is, what it reported that concerns parties alone, what it owes and what is found about it.

Today's view reads what the last sweep wrote. A view as of a day looks at the participant as a sweep of that day would.
"""

from datetime import date
from typing import Any

from suyuan.app.context import Context
from suyuan.app.describe import describe_duty, describe_event, describe_finding
from suyuan.app.judge_participants import read_view
from suyuan.core.duty import Duty
from suyuan.core.finding import Finding
from suyuan.core.participant import ParticipantView
from suyuan.core.participant_duty import list_participant_duties
from suyuan.core.swept import find_of_participant
from suyuan.rules.catalogue import RULE_TABLE
from suyuan.store.read import read_duties_of, read_findings_of


def trace_participant(context: Context, subject: str, *, as_of: date | None) -> dict[str, Any]:
    """Return the trace of `participant:<USCC>` in the shape of every trace, today or as of a day."""
    day = as_of or context.today()
    view = read_view(context, subject.partition(":")[2], as_of=day)
    duties, findings = _look(context, view, as_of=as_of)
    return {
        "subject": subject,
        "as_of": as_of.isoformat() if as_of else None,
        "identity": _identify(view),
        "state": {"status": _status_of(view)},
        "is_pending": False,
        "neighbours": [],
        "events": [describe_event(event) for event in view.events if event.occurred_on <= day],
        "duties": [describe_duty(duty, on=day, calendar=view.rulebook.calendar) for duty in duties],
        "findings": [describe_finding(finding, rulebook=context.rulebook) for finding in findings],
    }


def _look(context: Context, view: ParticipantView, *, as_of: date | None) -> tuple[list[Duty], list[Finding]]:
    """Return duties and findings, as the last sweep wrote them or as one of the day would."""
    if as_of is None:
        return read_duties_of(context.connection, view.subject), read_findings_of(context.connection, view.subject)
    duties = list_participant_duties(view)
    return duties, find_of_participant(view, duties=duties, rules=RULE_TABLE.rules)


def _identify(view: ParticipantView) -> dict[str, Any]:
    """Return what the register says of it; of somebody never registered, the code alone."""
    entry = view.registry.find(view.uscc, on=view.day)
    if entry is None:
        return {"code": view.uscc}
    return {"code": view.uscc, "name": entry.name, "roles": sorted(entry.roles), "division": entry.division}


def _status_of(view: ParticipantView) -> str:
    if view.uscc not in view.registry:
        return "unknown"
    return "registered" if view.registry.is_qualified(view.uscc, on=view.day) else "expired"
