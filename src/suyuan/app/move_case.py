"""Move a case on by one act of an officer, or of the party itself."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from suyuan.app.case_trouble import CaseFaultsError, unknown_case
from suyuan.app.context import Context
from suyuan.app.initialise import settle_receipt
from suyuan.app.judge import judge_slot
from suyuan.app.officer import require_desk
from suyuan.app.read_cases import is_seen_by_party
from suyuan.app.record_case import CaseAct, record_case_act
from suyuan.core.case import Act, Case, CaseLimits
from suyuan.core.case_check import check_act, read_fields
from suyuan.core.case_course import MOVE_BY_NAME
from suyuan.core.case_fault import Fault, fault
from suyuan.core.case_limits import read_case_limits
from suyuan.core.competence import find_desk
from suyuan.store.cases import lock_case, read_case, read_standing
from suyuan.store.pending import LANE_SMALL
from suyuan.store.slot import slot_of


def move_case(
    context: Context,
    case_no: str,
    move: str,
    *,
    officer: str,
    fields: Mapping[str, Any],
    second_officer: str | None = None,
    acted_at: datetime | None = None,
) -> Case:
    """Make a move as an officer of the authority that has the case, and return the case after it.

    Raises UnknownError for a case of another authority as for one that does not exist, CaseFaultsError with all faults.
    """
    moment = settle_receipt(context, acted_at)
    desk = require_desk(context, officer, at=moment)

    def may_act(case: Case) -> bool:
        return case.authority == desk.authority.authority

    return _make(context, case_no, Act(0, move, officer, second_officer, moment, dict(fields)), may_act)


def answer_case(context: Context, case_no: str, move: str, *, party: str, fields: Mapping[str, Any]) -> Case:
    """Make a move as the party of the case, and return the case after it.

    Raises UnknownError for another's case, and for one of which nothing was served yet; CaseFaultsError with all faults.
    """

    def may_act(case: Case) -> bool:
        return is_seen_by_party(case, party)

    return _make(context, case_no, Act(0, move, None, None, context.clock(), dict(fields)), may_act)


def _make(context: Context, case_no: str, act: Act, may_act: Any) -> Case:  # noqa: ANN401 - a predicate on cases
    connection = context.connection
    with connection.transaction():
        record = read_case(connection, case_no) if lock_case(connection, case_no) else None
        if record is None or not may_act(record.case):
            raise unknown_case(case_no)
        case = record.case
        limits = read_case_limits(context.rulebook, on=act.acted_on)
        numbered = Act(len(case.acts) + 1, act.move, act.officer, act.second_officer, act.acted_at, dict(act.fields))
        faults = _check(context, case, numbered, limits)
        if faults:
            raise CaseFaultsError(faults)
        made = CaseAct(case_no, _normalise(numbered, limits))
        moved, woken = record_case_act(connection, made)
    for slot in sorted({slot_of(subject) for subject in woken}):
        judge_slot(context, slot, lane_max=LANE_SMALL)
    return moved


def _check(context: Context, case: Case, act: Act, limits: CaseLimits) -> list[Fault]:
    standing = read_standing(context.connection, case.findings)
    faults = check_act(case, act, limits=limits, standing_count=len(standing))
    if act.second_officer is not None:
        desk = find_desk(context.read_registry(), act.second_officer, on=act.acted_on)
        if desk is None or desk.authority.authority != case.authority:
            faults.append(fault("second_officer_unknown", value=act.second_officer[:80]))
    return faults


def _normalise(act: Act, limits: CaseLimits) -> Act:
    """Return the act with its fields in normal form, and with the day on which an order lapses, as the book has it today."""
    fields, _ = read_fields(MOVE_BY_NAME[act.move], act.fields, acted_on=act.acted_on)
    if act.move == "order_correction":
        lapses_on = date.fromisoformat(fields["correct_by"]) + timedelta(days=limits.order_grace_days)
        fields["lapses_on"] = lapses_on.isoformat()
    return Act(act.number, act.move, act.officer, act.second_officer, act.acted_at, fields)
