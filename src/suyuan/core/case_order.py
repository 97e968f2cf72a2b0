"""The duties that orders to correct open: each stands under its case, for the day that the officer set."""

from datetime import date

from suyuan.core.case import Act, Case, case_subject, list_orders
from suyuan.core.duty import Duty

ORDER_DUTY, ORDER_RULE = "carry_out_order", "correction_overdue"
VANISHED = "findings_vanished"


def list_order_duties(case: Case, *, is_vanished: bool) -> list[Duty]:
    """Return the duty of each order: closed by the act that ended it, or because the findings vanished."""
    return [_duty_of(case, order, ended, is_vanished=is_vanished) for order, ended in list_orders(case)]


def _duty_of(case: Case, order: Act, ended: Act | None, *, is_vanished: bool) -> Duty:
    closed_by = _name_act(case, ended) if ended is not None else VANISHED if is_vanished else None
    return Duty(
        kind=ORDER_DUTY,
        subject=case_subject(case.case_no),
        party=case.party,
        opener=case.authority,
        opened_by=_name_act(case, order),
        opened_on=order.acted_on,
        due_on=date.fromisoformat(order.fields["correct_by"]),
        lapses_on=date.fromisoformat(order.fields["lapses_on"]),
        is_provisional=True,
        rule=ORDER_RULE,
        evidence={"case": case.case_no, "order": order.number},
        closed_by=closed_by,
        closer=case.authority if closed_by is not None else None,
    )


def _name_act(case: Case, act: Act) -> str:
    return f"{case.case_no}/{act.number}"
