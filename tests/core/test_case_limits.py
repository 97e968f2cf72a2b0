"""What the rulebook says of cases, how long a penalty is shown, and the duty that an order to correct opens."""

from datetime import date

import pytest
from case_world import investigated, make_act, on, step
from story import amend_rulebook

from suyuan.core.case import CaseLimits, apply_act
from suyuan.core.case_limits import bar_ends, read_case_limits, shown_until
from suyuan.core.case_order import list_order_duties
from suyuan.core.duty import Duty
from suyuan.rulebook import load_rulebook

DAY = date(2026, 9, 1)


def amended(**thresholds):
    return amend_rulebook(tuple(sorted(thresholds.items())))


# -- limits


def test_each_limit_of_a_case_is_the_entry_of_its_own():
    book = amended(
        fine_ceiling_yuan=100_000,
        case_statement_days=5,
        case_hearing_request_days=6,
        case_hearing_notice_days=7,
        fine_payment_days=8,
        order_grace_days=9,
    )
    assert read_case_limits(book, on=DAY) == CaseLimits(100_000, 5, 6, 7, 8, 9)


def test_a_ceiling_of_nothing_is_no_ceiling():
    assert read_case_limits(load_rulebook(), on=DAY).fine_ceiling_yuan is None


def test_two_years_bar_a_party_from_the_industry_list_and_show_its_penalty():
    assert bar_ends(date(2026, 9, 1), rulebook=load_rulebook()) == date(2028, 9, 1)
    assert shown_until(date(2026, 9, 1), rulebook=load_rulebook()) == date(2028, 9, 1)


def test_each_of_both_has_its_own_number_of_years():
    book = amended(industry_list_bar_years=3, public_list_years=5)
    assert bar_ends(DAY, rulebook=book) == date(2029, 9, 1)
    assert shown_until(DAY, rulebook=book) == date(2031, 9, 1)


@pytest.mark.parametrize(
    ("day", "end"),
    [
        (date(2028, 2, 29), date(2030, 2, 28)),
        (date(2028, 2, 28), date(2030, 2, 28)),
        (date(2028, 1, 29), date(2030, 1, 29)),
    ],
)
def test_a_penalty_of_the_leap_day_ends_on_the_last_of_february(day, end):
    assert bar_ends(day, rulebook=load_rulebook()) == end


# -- orders


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
