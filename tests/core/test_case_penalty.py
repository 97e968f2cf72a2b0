"""Cases: orders to correct, notice and hearing, and what a penalty needs."""

import pytest
from case_world import (
    FINE,
    NO_CEILING,
    NOTICE,
    REVIEWER,
    SECOND,
    decided,
    faults_of,
    frozen,
    investigated,
    make_act,
    names,
    new_case,
    noticed,
    on,
    reviewed,
    served,
    step,
)

from suyuan.core.case import (
    answer_until,
    article_of,
    find_decision,
    has_open_order,
    list_orders,
    needs_article,
)
from suyuan.core.case_check import check_act

UNVERIFIED = frozen(is_verified=False)


# -- an order to correct -------------------------------------------------------------------------------------------


def test_an_order_is_open_until_it_is_confirmed():
    case = step(investigated(), "order_correction", 2, text="report the pack", correct_by=on(9))
    order = case.acts[-1]
    assert (case.state, has_open_order(case)) == ("ordered", True)
    assert list_orders(case) == [(order, None)]
    case = step(case, "confirm_correction", 8, corrected_on=on(8), proof="report r9")
    assert (case.state, has_open_order(case)) == ("corrected", False)
    assert list_orders(case) == [(order, case.acts[-1])]


def test_a_new_order_takes_the_place_of_the_one_before():
    case = step(investigated(), "order_correction", 2, text="report", correct_by=on(9))
    case = step(case, "order_correction", 3, text="report", correct_by=on(20))
    first, second = case.acts[-2:]
    assert list_orders(case) == [(first, second), (second, None)]
    assert has_open_order(case)


def test_an_order_stays_open_when_the_case_goes_on_and_can_be_confirmed_later():
    case = step(investigated(), "order_correction", 2, text="report", correct_by=on(9))
    case = step(case, "give_notice", 10, **NOTICE)
    assert has_open_order(case)
    case = step(case, "confirm_correction", 11, corrected_on=on(11), proof="x")
    assert (case.state, has_open_order(case)) == ("noticed", False)
    assert faults_of(case, "confirm_correction", 12, corrected_on=on(12), proof="x") == [("order_missing", "")]
    assert "confirm_correction" not in names(case)


def test_closing_ends_an_order():
    case = step(investigated(), "order_correction", 2, text="report", correct_by=on(9))
    case = step(case, "close_early", 3, reason="findings_vanished", text="reported late", standing=0)
    assert list_orders(case)[0][1] == case.acts[-1]
    assert not has_open_order(case)


def test_a_case_without_an_order_has_none_open():
    assert list_orders(served()) == []
    assert not has_open_order(served())


def test_a_correction_is_not_older_than_the_order():
    case = step(investigated(), "order_correction", 3, text="report", correct_by=on(9))
    assert faults_of(case, "confirm_correction", 4, corrected_on=on(2), proof="x") == [
        ("day_not_later", "corrected_on")
    ]
    assert faults_of(case, "confirm_correction", 4, corrected_on=on(3), proof="x") == []


# -- notice, statement, hearing ------------------------------------------------------------------------------------


def test_the_party_has_its_days_before_the_review():
    case = noticed()
    assert answer_until(case, limits=NO_CEILING).isoformat() == on(12)
    assert faults_of(case, "pass_review", 12, by=REVIEWER, opinion="x") == [("answer_days_running", "")]
    assert faults_of(case, "pass_review", 13, by=REVIEWER, opinion="x") == []
    answered = step(case, "take_statement", 3, text="not us", stated_on=on(3))
    assert faults_of(answered, "pass_review", 12, by=REVIEWER, opinion="x") == [("answer_days_running", "")]


def test_the_longer_of_both_days_counts():
    longer = type(NO_CEILING)(None, 20, 10, 7, 15, 15)
    assert answer_until(noticed(), limits=longer).isoformat() == on(22)
    assert answer_until(investigated(), limits=longer) is None


def test_a_returned_case_need_not_wait_for_its_return():
    assert faults_of(noticed(), "return_review", 3, by=REVIEWER, opinion="x") == []


def test_a_hearing_that_was_held_ends_the_waiting():
    case = step(noticed(), "ask_hearing", 2, asked_on=on(2))
    case = step(case, "call_hearing", 2, hearing_on=on(9), hearing_at="room 2")
    case = step(case, "hold_hearing", 9, by=REVIEWER, held_on=on(9), record="x")
    assert faults_of(case, "pass_review", 9, by=REVIEWER, opinion="x") == []


def test_a_hearing_is_called_seven_days_before():
    case = step(noticed(), "ask_hearing", 3, asked_on=on(3))
    assert faults_of(case, "call_hearing", 4, hearing_on=on(10), hearing_at="x") == [("day_not_later", "hearing_on")]
    assert faults_of(case, "call_hearing", 4, hearing_on=on(11), hearing_at="x") == []
    assert faults_of(case, "call_hearing", 4, hearing_at="x") == [("field_missing", "hearing_on")]


def test_a_hearing_that_was_asked_for_is_held_or_dropped_before_the_review():
    case = step(noticed(), "ask_hearing", 3, asked_on=on(3))
    assert faults_of(case, "pass_review", 20, by=REVIEWER, opinion="x") == [("move_not_allowed", "")]
    dropped = step(case, "drop_hearing", 4, dropped_on=on(4))
    assert faults_of(dropped, "pass_review", 20, by=REVIEWER, opinion="x") == []


def test_a_statement_does_not_lie_before_the_notice():
    assert faults_of(noticed(), "take_statement", 3, text="x", stated_on=on(1)) == [("day_not_later", "stated_on")]
    assert faults_of(noticed(), "take_statement", 3, text="x", stated_on=on(2)) == []


def test_a_statement_keeps_the_hearing_that_was_asked_for():
    asked = step(noticed(), "ask_hearing", 3, asked_on=on(3))
    assert step(asked, "take_statement", 3, text="x", stated_on=on(3)).state == "hearing_asked"


# -- the penalty ---------------------------------------------------------------------------------------------------


def test_a_fine_needs_an_amount():
    assert faults_of(investigated(), "give_notice", 2, **{**NOTICE, "amount_yuan": None}) == [
        ("field_missing", "amount_yuan")
    ]
    fine = {"decision": "fine", "text": "x"}
    assert faults_of(reviewed(), "decide", 14, second=SECOND, **fine) == [("field_missing", "amount_yuan")]


def test_without_a_ceiling_no_fine_is_announced_or_decided():
    assert faults_of(investigated(), "give_notice", 2, limits=NO_CEILING, **NOTICE) == [
        ("ceiling_missing", "amount_yuan")
    ]
    assert faults_of(reviewed(), "decide", 14, second=SECOND, limits=NO_CEILING, **FINE) == [
        ("ceiling_missing", "amount_yuan")
    ]
    warning = {"decision": "warning", "text": "x"}
    assert faults_of(reviewed(), "decide", 14, second=SECOND, limits=NO_CEILING, **warning) == []


def test_a_fine_stays_under_the_ceiling():
    at, above = {**NOTICE, "amount_yuan": 100_000}, {**NOTICE, "amount_yuan": 100_001}
    assert faults_of(investigated(), "give_notice", 2, **at) == []
    assert faults_of(investigated(), "give_notice", 2, **above) == [("amount_above_ceiling", "amount_yuan")]
    act = make_act(3, "give_notice", 2, **above)
    [found] = check_act(investigated(), act, limits=type(NO_CEILING)(100_000, 5, 10, 7, 15, 15), standing_count=1)
    assert found.message.startswith("100001 yuan is above the configured ceiling of 100000 yuan")


def test_a_warning_has_no_amount():
    given = {"decision": "warning", "text": "x", "amount_yuan": 5}
    assert faults_of(reviewed(), "decide", 14, second=SECOND, **given) == [("amount_without_fine", "amount_yuan")]


def test_a_decision_is_never_heavier_than_its_notice():
    more = {**FINE, "amount_yuan": 20_001}
    assert faults_of(reviewed(), "decide", 14, second=SECOND, **more) == [("decision_beyond_notice", "")]
    warned = reviewed(intended="warning", amount_yuan=None)
    assert faults_of(warned, "decide", 14, second=SECOND, **FINE) == [("decision_beyond_notice", "")]
    for lighter in ({"amount_yuan": 19_999}, {"amount_yuan": 20_000}, {"decision": "warning", "amount_yuan": None}):
        assert faults_of(reviewed(), "decide", 14, second=SECOND, **{**FINE, **lighter}) == []
    assert faults_of(warned, "decide", 14, decision="no_penalty", text="x") == []


def test_what_was_announced_is_told():
    act = make_act(5, "decide", 14, second=SECOND, **{**FINE, "amount_yuan": 20_001})
    limits = type(NO_CEILING)(100_000, 5, 10, 7, 15, 15)
    [found] = check_act(reviewed(), act, limits=limits, standing_count=1)
    assert "announced (fine 20000)" in found.message
    act = make_act(5, "decide", 14, second=SECOND, **FINE)
    [found] = check_act(reviewed(intended="warning", amount_yuan=None), act, limits=limits, standing_count=1)
    assert "announced (warning)" in found.message


def test_an_unverified_rule_carries_no_penalty_without_article_and_text():
    case = investigated(UNVERIFIED)
    assert faults_of(case, "give_notice", 2, **NOTICE) == [
        ("article_missing", "article"),
        ("article_missing", "article_text"),
    ]
    assert faults_of(case, "give_notice", 2, **NOTICE, article="Art. 40") == [("article_missing", "article_text")]
    assert faults_of(case, "give_notice", 2, **NOTICE, article="Art. 40", article_text="Whoever …") == []
    blank = dict.fromkeys(NOTICE)
    assert ("article_missing", "article") in faults_of(case, "give_notice", 2, **blank), "told with all the rest"
    assert ("article_missing", "article") not in faults_of(investigated(), "give_notice", 2, **blank)
    assert faults_of(case, "order_correction", 2, text="x", correct_by=on(9)) == []


def test_article_and_text_of_the_notice_stand_for_the_decision():
    basis = {"article": "Art. 40", "article_text": "Whoever …"}
    case = decided(UNVERIFIED, notice=basis)
    decision = find_decision(case)
    assert (decision.article, decision.article_text) == ("Art. 40", "Whoever …")
    other = decided(UNVERIFIED, notice=basis, article="Art. 41", article_text="Whoever else …")
    assert (find_decision(other).article, find_decision(other).article_text) == ("Art. 41", "Whoever else …")


@pytest.mark.parametrize(
    ("finding", "is_needed"),
    [(frozen(), False), (UNVERIFIED, True), (frozen(weight="lead"), True), (frozen(weight="notice"), True)],
)
def test_one_finding_that_is_no_verified_violation_asks_for_an_article(finding, is_needed):
    assert needs_article(new_case(finding)) is is_needed
    assert needs_article(new_case(frozen(), finding)) is is_needed


def test_no_penalty_on_an_unverified_rule_needs_no_article():
    case = reviewed(UNVERIFIED, article="Art. 40", article_text="Whoever …")
    assert article_of(case, {"article": "Art. 2"}) == {"article": "Art. 2", "article_text": "Whoever …"}
    assert faults_of(case, "decide", 14, decision="no_penalty", text="x") == []
    assert article_of(new_case(), {"text": "x"}) == {}
