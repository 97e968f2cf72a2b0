"""What the rulebook says of the course of a case: days, the operator's ceiling for fines, how long a penalty is shown.

Every number is data with a source. The ceiling has no value of ours: 0 means that the operator set none, and then no fine
can be decided.
"""

from datetime import date

from suyuan.core.case import CaseLimits
from suyuan.core.rulebook import Rulebook


def read_case_limits(rulebook: Rulebook, *, on: date) -> CaseLimits:
    """Return the limits for an act of a day."""
    return CaseLimits(
        fine_ceiling_yuan=rulebook.threshold("fine_ceiling_yuan", on=on) or None,
        statement_days=rulebook.threshold("case_statement_days", on=on),
        hearing_request_days=rulebook.threshold("case_hearing_request_days", on=on),
        hearing_notice_days=rulebook.threshold("case_hearing_notice_days", on=on),
        payment_days=rulebook.threshold("fine_payment_days", on=on),
        order_grace_days=rulebook.threshold("order_grace_days", on=on),
    )


def bar_ends(decided_on: date, *, rulebook: Rulebook) -> date:
    """Return the last day on which a penalty of this day keeps its party off the industry list (Art. 42)."""
    years = rulebook.threshold("industry_list_bar_years", on=decided_on)
    return _years_later(decided_on, years)


def shown_until(served_on: date, *, rulebook: Rulebook) -> date:
    """Return the last day on which a penalty served on a day stands on the public list."""
    return _years_later(served_on, rulebook.threshold("public_list_years", on=served_on))


def _years_later(day: date, years: int) -> date:
    """Return the same day some years later; 29 February becomes the 28th."""
    is_leap_day = (day.month, day.day) == (2, 29)
    return date(day.year + years, day.month, 28 if is_leap_day else day.day)
