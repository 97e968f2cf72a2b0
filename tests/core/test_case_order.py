"""The duty that an order to correct opens, and what ends it."""

from datetime import date

from case_world import investigated, make_act, on, step

from suyuan.core.case import apply_act
from suyuan.core.case_order import list_order_duties
from suyuan.core.duty import Duty


def ordered():
    """Return a case with an order as the desk records it: with the last day of grace beside the officer's day."""
    case = investigated()
    return apply_act(case, make_act(3, "order_correction", 2, text="report it", correct_by=on(30), lapses_on=on(37)))


def test_an_order_is_a_duty_of_the_party_under_its_case_until_the_day_the_officer_set():
    assert list_order_duties(ordered(), is_vanished=False) == [
        Duty(
            "carry_out_order",
            "case:330100-commerce-2026-0001",
            "91330100MA1000045X",
            "hz-commerce",
            "330100-commerce-2026-0001/3",
            date(2026, 9, 3),
            date(2026, 10, 1),
            date(2026, 10, 8),
            True,
            "correction_overdue",
            {"case": "330100-commerce-2026-0001", "order": 3},
        )
    ]


def test_the_act_that_ends_an_order_closes_its_duty():
    confirmed = step(ordered(), "confirm_correction", 20, corrected_on=on(19), proof="report r9")
    (duty,) = list_order_duties(confirmed, is_vanished=False)
    assert (duty.closed_by, duty.closer) == ("330100-commerce-2026-0001/4", "hz-commerce")
    (same,) = list_order_duties(confirmed, is_vanished=True)
    assert same.closed_by == duty.closed_by, "what an officer confirmed did not end by itself"


def test_an_order_whose_findings_vanished_is_settled_by_that():
    (duty,) = list_order_duties(ordered(), is_vanished=True)
    assert (duty.closed_by, duty.closer) == ("findings_vanished", "hz-commerce")
