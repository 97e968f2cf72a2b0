"""Cases: what each move needs, who may make it, what follows from the acts."""

import itertools

import pytest
from case_world import (
    FINE,
    HANDLER,
    NO_CEILING,
    NOTICE,
    REVIEWER,
    SECOND,
    START,
    decided,
    faults_of,
    frozen,
    investigated,
    make_act,
    moment,
    new_case,
    noticed,
    on,
    reviewed,
    served,
    step,
)

from suyuan.core.case import (
    Decision,
    answer_until,
    apply_act,
    article_of,
    case_subject,
    find_decision,
    find_outcome,
    find_penalty,
    handlers_of,
    has_open_order,
    keeps_findings,
    list_orders,
    needs_article,
    organ_of,
    reviewers_of,
    tell_subjects,
)
from suyuan.core.case_check import check_act, check_opening, next_moves, read_fields
from suyuan.core.case_course import CHOICES, MOVE_BY_NAME, MOVES, STATES
from suyuan.core.case_fault import FAULTS, fault

UNVERIFIED = frozen(is_verified=False)
CONFLICT = frozen(is_conflict=True, weight="lead", rule="pack_bound_to_two_vehicles")


def names(case):
    return [move.name for move in next_moves(case)]


def read(move, **given):
    fields, faults = read_fields(MOVE_BY_NAME[move], given, acted_on=START)
    return fields, [(one.code, one.field) for one in faults]


# -- the table -----------------------------------------------------------------------------------------------------


def test_every_move_leads_between_known_states_and_every_choice_has_a_name():
    for move in MOVES:
        assert set(move.leads) <= set(STATES)
        assert set(move.leads.values()) <= {*STATES, "="}
        assert all(choice in CHOICES for carried in move.carries for choice in carried.choices)
        assert all(not carried.since or carried.since in MOVE_BY_NAME for carried in move.carries)


def test_every_fault_is_told_in_both_languages():
    for english, chinese in FAULTS.values():
        assert english.isascii()
        assert not chinese.isascii()


def test_a_fault_names_its_field_and_fills_in_its_words():
    found = fault("field_missing", field="record", zh="调查笔录", en="record of the inquiry")
    assert (found.code, found.field) == ("field_missing", "record")
    assert found.message == "record of the inquiry (record) is missing. Give it and try again."
    assert found.message_zh == "缺少调查笔录（record）。请补充后重试。"


# -- what an act carries -------------------------------------------------------------------------------------------


def test_all_that_is_missing_is_told_at_once():
    assert faults_of(investigated(), "order_correction", 2) == [
        ("field_missing", "text"),
        ("field_missing", "correct_by"),
    ]


def test_a_blank_text_is_missing_and_a_text_is_stripped():
    assert read("investigate", record=" \n ") == ({}, [("field_missing", "record")])
    assert read("investigate", record=" seen\n") == ({"record": "seen"}, [])


def test_what_need_not_be_given_may_be_left_out_or_blank():
    assert read("open") == ({}, [])
    assert read("open", text="  ") == ({}, [])


def test_a_field_of_another_move_is_told_with_what_the_move_takes():
    _, [unknown] = read_fields(MOVE_BY_NAME["open"], {"record": "x"}, acted_on=START)
    assert (unknown.code, unknown.field) == ("field_unknown", "record")
    assert "It takes: text." in unknown.message
    _, [unknown] = read_fields(MOVE_BY_NAME["pass_review"], {"opinion": "yes", "x": 1}, acted_on=START)
    assert "It takes: opinion." in unknown.message
    _, [unknown] = read_fields(MOVE_BY_NAME["investigate"], {"record": "yes", "x": 1}, acted_on=START)
    assert "It takes: record, inspected_on, inspected_at." in unknown.message


@pytest.mark.parametrize("text", ["\x00", "a\x1bb", 5, True])
def test_a_text_without_control_characters_is_needed(text):
    assert read("open", text=text) == ({}, [("text_malformed", "text")])


def test_a_text_may_have_lines_and_tabs():
    assert read("open", text="a\n\tb c") == ({"text": "a\n\tb c"}, [])


def test_a_text_has_at_most_twenty_thousand_characters():
    assert read("open", text="字" * 20_000) == ({"text": "字" * 20_000}, [])
    _, [long] = read_fields(MOVE_BY_NAME["open"], {"text": "字" * 20_001}, acted_on=START)
    assert (long.code, long.field) == ("text_too_long", "text")
    assert "20001 characters; at most 20000" in long.message


@pytest.mark.parametrize("text", ["yesterday", "2026-02-30", "20260901T", "20260901", "2026-W36-2", 7])
def test_a_day_is_written_with_year_month_and_day(text):
    _, [wrong] = read_fields(MOVE_BY_NAME["investigate"], {"record": "x", "inspected_on": text}, acted_on=START)
    assert (wrong.code, wrong.field) == ("day_malformed", "inspected_on")
    assert f'"{text}" is no day' in wrong.message


def test_what_happened_cannot_lie_after_the_act():
    assert read("investigate", record="x", inspected_on=on(0)) == ({"record": "x", "inspected_on": "2026-09-01"}, [])
    _, [wrong] = read_fields(MOVE_BY_NAME["investigate"], {"record": "x", "inspected_on": on(1)}, acted_on=START)
    assert (wrong.code, wrong.field) == ("day_in_future", "inspected_on")
    assert "is 2026-09-02, after the day of this act, 2026-09-01" in wrong.message


def test_the_last_day_of_a_correction_lies_after_the_order():
    assert read("order_correction", text="x", correct_by=on(1)) == ({"text": "x", "correct_by": "2026-09-02"}, [])
    _, [wrong] = read_fields(MOVE_BY_NAME["order_correction"], {"text": "x", "correct_by": on(0)}, acted_on=START)
    assert (wrong.code, wrong.field) == ("day_not_later", "correct_by")
    assert "is 2026-09-01; it must be 2026-09-02 or later" in wrong.message


def test_a_choice_is_one_of_those_that_the_error_lists():
    given = {"served_on": on(0), "manner": "pigeon" * 30}
    _, [wrong] = read_fields(MOVE_BY_NAME["serve"], given, acted_on=START)
    assert (wrong.code, wrong.field) == ("choice_unknown", "manner")
    assert "is none of direct, left, mail, entrusted, electronic, public_notice" in wrong.message
    assert f'"{("pigeon" * 30)[:80]}"' in wrong.message


@pytest.mark.parametrize(("given", "amount"), [(1, 1), ("1", 1), (" 20000 ", 20_000), ("9" * 12, 10**12 - 1)])
def test_an_amount_is_a_whole_number_of_yuan(given, amount):
    assert read("amend", outcome_on=on(0), decision="fine", text="x", amount_yuan=given)[0]["amount_yuan"] == amount


@pytest.mark.parametrize("given", ["0", 0, "-5", "1.5", "1,000", "½", "٣", "9" * 13, True, "yuan", 2.0])
def test_what_is_no_whole_number_of_yuan_is_no_amount(given):
    fields, faults = read("amend", outcome_on=on(0), decision="fine", text="x", amount_yuan=given)
    assert faults == [("amount_malformed", "amount_yuan")]
    assert "amount_yuan" not in fields


# -- the course ----------------------------------------------------------------------------------------------------


def test_a_case_begins_filed_and_allows_what_follows():
    case = new_case()
    assert (case.case_no, case.authority) == ("330100-commerce-2026-0001", "hz-commerce")
    assert (case.line, case.party, case.place) == ("commerce", "91330100MA1000045X", "330106")
    assert (case.state, case.opened_on, keeps_findings(case)) == ("filed", START, True)
    assert names(case) == ["investigate", "close_early"]


def test_the_whole_course_ends_closed():
    case = step(served(), "record_performance", 20, performed_on=on(19), proof="receipt 7")
    case = step(case, "close", 21)
    assert (case.state, keeps_findings(case)) == ("closed", True)
    assert [act.number for act in case.acts] == list(range(1, 9))
    assert [act.move for act in case.acts] == [
        "open", "investigate", "give_notice", "pass_review", "decide", "serve", "record_performance", "close",
    ]  # fmt: skip


def test_a_move_that_does_not_follow_is_refused_with_those_that_do():
    case = new_case()
    [found] = check_act(case, make_act(2, "decide", 1), limits=NO_CEILING, standing_count=1)
    assert found.code == "move_not_allowed"
    assert found.message == (
        'The case is "filed"; "decide" does not follow from there. From here: investigate, close_early.'
    )
    assert found.message_zh == "案件处于“已立案”状态，不能办理“作出决定”。当前可办理：调查取证、提前结案。"


def test_a_move_that_does_not_exist_is_refused_with_those_that_do():
    [found] = check_act(new_case(), make_act(2, "x" * 90, 1), limits=NO_CEILING, standing_count=1)
    assert found.code == "move_unknown"
    assert found.message == f'There is no move "{"x" * 80}". From here: investigate, close_early.'


def test_a_closed_case_without_a_decision_allows_nothing():
    case = step(new_case(), "close_early", 1, reason="no_breach", text="it was there")
    assert names(case) == []
    [found] = check_act(case, make_act(3, "investigate", 2), limits=NO_CEILING, standing_count=1)
    assert "From here: -." in found.message
    assert "当前可办理：-。" in found.message_zh
    assert faults_of(case, "contest", 2, path="lawsuit", contested_on=on(2), organ="court") == [
        ("decision_not_served", "")
    ]


def test_an_act_is_never_earlier_than_the_one_before():
    case = investigated()
    late = make_act(3, "investigate", 1, record="again")
    assert check_act(case, late, limits=NO_CEILING, standing_count=1) == []
    early = make_act(3, "investigate", 0, record="again")
    [found] = check_act(case, early, limits=NO_CEILING, standing_count=1)
    assert found.code == "acted_before_last"
    assert "2026-09-02T10:00:00+08:00" in found.message


# -- who acts ------------------------------------------------------------------------------------------------------


def test_an_officer_is_needed_where_the_party_may_not_act():
    assert faults_of(new_case(), "investigate", 1, by=None, record="x") == [("officer_missing", "")]


def test_the_party_may_state_its_defence_ask_for_a_hearing_and_drop_it():
    case = step(noticed(), "take_statement", 3, by=None, text="not us", stated_on=on(3))
    case = step(case, "ask_hearing", 4, by=None, asked_on=on(4))
    assert step(case, "drop_hearing", 5, by=None, dropped_on=on(5)).state == "answered"
    assert faults_of(noticed(), "take_statement", 3, by=None, second=SECOND, text="x", stated_on=on(3)) == [
        ("officer_and_party", "")
    ]


def test_a_penalty_needs_two_different_officers():
    assert faults_of(reviewed(), "decide", 14, **FINE) == [("second_officer_missing", "")]
    assert faults_of(reviewed(), "decide", 14, second=HANDLER, **FINE) == [("second_officer_same", "")]
    assert faults_of(reviewed(), "decide", 14, second=SECOND, **FINE) == []
    assert faults_of(reviewed(), "decide", 14, decision="warning", text="x") == [("second_officer_missing", "")]


def test_no_penalty_needs_one_officer_only():
    assert faults_of(reviewed(), "decide", 14, decision="no_penalty", text="first time, no harm") == []


def test_other_moves_are_made_by_one_officer():
    assert faults_of(new_case(), "investigate", 1, second=SECOND, record="x") == [("second_officer_unwanted", "")]


def test_whoever_handled_the_case_does_not_review_it():
    case = noticed()
    assert handlers_of(case) == {HANDLER}
    for move in ("pass_review", "return_review"):
        assert faults_of(case, move, 13, opinion="x") == [("reviewer_investigated", "")]
        assert faults_of(case, move, 13, by=REVIEWER, opinion="x") == []


def test_whoever_opened_the_case_does_not_review_it():
    case = apply_act(new_case(), make_act(2, "investigate", 1, by=SECOND, record="x"))
    case = step(case, "give_notice", 2, by=SECOND, **NOTICE)
    assert handlers_of(case) == {HANDLER, SECOND}
    assert faults_of(case, "pass_review", 13, opinion="x") == [("reviewer_investigated", "")]


def test_whoever_reviewed_the_case_does_not_handle_it_afterwards():
    case = step(noticed(), "return_review", 13, by=REVIEWER, opinion="the yard was not looked at")
    assert (case.state, reviewers_of(case)) == ("investigated", {REVIEWER})
    assert faults_of(case, "investigate", 14, by=REVIEWER, record="x") == [("investigator_reviewed", "")]
    assert faults_of(case, "investigate", 14, by=SECOND, record="x") == []
    assert reviewers_of(reviewed()) == {REVIEWER}


def test_whoever_handled_the_case_does_not_preside_over_its_hearing():
    case = step(noticed(), "ask_hearing", 3, asked_on=on(3))
    case = step(case, "call_hearing", 4, hearing_on=on(11), hearing_at="room 2")
    assert faults_of(case, "hold_hearing", 11, held_on=on(11), record="x") == [("presider_investigated", "")]
    held = step(case, "hold_hearing", 11, by=REVIEWER, held_on=on(11), record="x")
    assert held.state == "heard"
    assert reviewers_of(held) == frozenset()


def test_a_reviewer_may_decide_with_the_handler():
    assert faults_of(reviewed(), "decide", 14, second=REVIEWER, **FINE) == []


def test_a_case_without_a_party_is_closed_and_nothing_else():
    case = investigated(CONFLICT, party=None)
    assert names(case) == ["investigate", "close_early"]
    assert faults_of(case, "order_correction", 2, text="x", correct_by=on(9)) == [("party_missing", "")]
    assert step(case, "close_early", 2, reason="wrong_report", text="typing error").state == "closed"


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


# -- service, performance, contest, closing ------------------------------------------------------------------------


def test_a_decision_in_force_tells_what_was_decided_by_whom_and_when_it_was_served():
    expected = Decision("fine", decided().acts[-1].acted_on, 20_000, None, None, "a fine", (HANDLER, SECOND), None)
    assert find_decision(decided()) == expected
    assert find_penalty(decided()) is None, "it takes effect when served"
    assert find_penalty(served()).served_on.isoformat() == on(15)
    assert find_decision(reviewed()) is None
    assert find_penalty(reviewed()) is None


def test_no_penalty_is_no_penalty():
    case = served(second=None, decision="no_penalty", amount_yuan=None)
    assert find_decision(case).officers == (HANDLER,)
    assert find_penalty(case) is None


def test_a_warning_is_a_penalty():
    assert find_penalty(served(decision="warning", amount_yuan=None)).decision == "warning"


def test_service_does_not_lie_before_the_decision():
    assert faults_of(decided(), "serve", 15, served_on=on(13), manner="mail") == [("day_not_later", "served_on")]
    act = make_act(6, "serve", 15, served_on=on(13), manner="mail")
    [found] = check_act(decided(), act, limits=NO_CEILING, standing_count=1)
    assert "must be 2026-09-15 or later" in found.message


def test_a_fine_is_paid_before_the_case_is_closed():
    assert faults_of(served(), "close", 16) == [("fine_not_performed", "")]
    assert "close" not in names(served())
    paid = step(served(), "record_performance", 16, performed_on=on(16), proof="x")
    assert faults_of(paid, "close", 16) == []


@pytest.mark.parametrize("decision", ["warning", "no_penalty"])
def test_what_asks_for_nothing_is_closed_after_service(decision):
    case = served(second=None if decision == "no_penalty" else SECOND, decision=decision, amount_yuan=None)
    assert step(case, "close", 16).state == "closed"


def contested(case, day=20):
    return step(case, "contest", day, path="lawsuit", contested_on=on(day), organ="court")


OUTCOME = {"outcome_on": on(30), "text": "judgment 12"}


def test_an_upheld_decision_stands_and_the_case_is_where_it_was():
    paid = step(served(), "record_performance", 16, performed_on=on(16), proof="x")
    closed = step(paid, "close", 17)
    for before in (served(), paid, closed):
        after = step(contested(before), "uphold", 30, **OUTCOME)
        assert after.state == before.state
        assert find_penalty(after) == find_penalty(before)
    twice = step(
        contested(step(contested(paid), "uphold", 30, **OUTCOME), 31), "uphold", 31, **{**OUTCOME, "outcome_on": on(31)}
    )
    assert twice.state == "performed"


def test_an_earlier_contest_does_not_say_where_a_later_one_returns():
    once = step(contested(served()), "uphold", 30, **OUTCOME)
    paid = step(once, "record_performance", 31, performed_on=on(31), proof="x")
    assert step(contested(paid, 32), "uphold", 33, outcome_on=on(33), text="x").state == "performed"


def test_a_decision_under_reconsideration_stays_in_force():
    assert find_penalty(contested(served())) is not None


def test_a_revoked_decision_is_in_force_no_more_and_only_closing_is_left():
    case = step(contested(served()), "revoke", 30, **OUTCOME)
    assert (case.state, find_decision(case), find_penalty(case), tell_subjects(case)) == ("revoked", None, None, [])
    assert names(case) == ["close"]
    closed = step(case, "close", 31)
    assert names(closed) == []
    assert faults_of(closed, "contest", 32, path="lawsuit", contested_on=on(32), organ="court") == [
        ("decision_not_served", "")
    ]


def test_an_amended_decision_is_the_one_in_force():
    case = step(contested(served()), "amend", 30, **OUTCOME, decision="fine", amount_yuan=5_000)
    decision = find_penalty(case)
    assert (decision.amount_yuan, decision.text, decision.decided_on.isoformat()) == (5_000, "judgment 12", on(14))
    assert case.state == "served"
    warned = step(contested(served()), "amend", 30, **OUTCOME, decision="warning")
    assert (find_penalty(warned).decision, find_penalty(warned).amount_yuan) == ("warning", None)


def test_an_amended_decision_is_not_heavier():
    case = contested(served())
    more = {**OUTCOME, "decision": "fine", "amount_yuan": 20_001}
    assert faults_of(case, "amend", 30, **more) == [("decision_not_lighter", "")]
    assert faults_of(case, "amend", 30, **{**more, "amount_yuan": 20_000}) == []
    act = make_act(8, "amend", 30, **more)
    [found] = check_act(case, act, limits=NO_CEILING, standing_count=1)
    assert "contested (fine 20000)" in found.message


def test_an_amended_fine_needs_an_amount_and_no_ceiling():
    case = contested(served())
    assert faults_of(case, "amend", 30, **OUTCOME, decision="fine") == [("field_missing", "amount_yuan")]
    assert faults_of(case, "amend", 30, limits=NO_CEILING, **OUTCOME, decision="fine", amount_yuan=1) == []


def test_an_outcome_does_not_lie_before_the_contest():
    early = {"outcome_on": on(19), "text": "x"}
    assert faults_of(contested(served()), "revoke", 30, **early) == [("day_not_later", "outcome_on")]


# -- closing early -------------------------------------------------------------------------------------------------


def test_vanished_findings_close_a_case_only_when_none_stands():
    given = {"reason": "findings_vanished", "text": "reported late"}
    assert faults_of(new_case(), "close_early", 1, standing=1, **given) == [("findings_still_stand", "reason")]
    assert faults_of(new_case(), "close_early", 1, standing=0, **given) == []
    assert faults_of(new_case(), "close_early", 1, standing=1, reason="no_breach", text="x") == []


def test_only_contradicting_reports_are_confirmed_or_found_wrong():
    for reason in ("confirmed_as_reported", "wrong_report"):
        given = {"reason": reason, "text": "x"}
        assert faults_of(new_case(), "close_early", 1, **given) == [("not_a_conflict", "reason")]
        assert faults_of(new_case(frozen(), CONFLICT), "close_early", 1, **given) == []


def test_corrected_needs_a_confirmed_correction():
    given = {"reason": "corrected", "text": "x"}
    ordered = step(investigated(), "order_correction", 2, text="x", correct_by=on(9))
    assert faults_of(new_case(), "close_early", 1, **given) == [("not_corrected", "reason")]
    assert faults_of(ordered, "close_early", 3, **given) == [("not_corrected", "reason")]
    corrected = step(ordered, "confirm_correction", 8, corrected_on=on(8), proof="x")
    assert faults_of(corrected, "close_early", 8, **given) == []
    returned = step(step(corrected, "give_notice", 8, **NOTICE), "return_review", 9, by=REVIEWER, opinion="x")
    again = step(returned, "order_correction", 10, text="x", correct_by=on(19))
    assert faults_of(again, "close_early", 11, **given) == [("not_corrected", "reason")]


# -- what a case tells ---------------------------------------------------------------------------------------------


def test_a_case_tells_nothing_before_it_is_settled():
    assert tell_subjects(new_case()) == []
    assert tell_subjects(reviewed()) == []
    assert find_outcome(reviewed()) is None


def test_a_decided_case_tells_each_subject_what_was_decided_and_when():
    other = frozen(subject="A", report_id="r2", about=())
    later = frozen(subject="A", report_id="r3", rule="held_too_long", about=("x", "y"))
    first, second = tell_subjects(decided(frozen(), later, other))
    assert (first.target, first.source, first.name) == ("A", "case:330100-commerce-2026-0001", "case_decided")
    assert first.body == {
        "decided_on": on(14), "outcome": "fine", "authority": "hz-commerce",
        "findings": [
            {"rule": "held_too_long", "reporter": "91330100MA1000045X", "report_id": "r3", "about": ["x", "y"]},
            {"rule": "scrapped_vehicle_battery_missing", "reporter": "91330100MA1000045X", "report_id": "r2", "about": []},
        ],
    }  # fmt: skip
    assert second.target == "LATPAB07XS1000001"
    assert [one["about"] for one in second.body["findings"]] == [["pack-1"]]


def test_a_case_closed_early_tells_its_reason_but_not_that_its_findings_vanished():
    case = step(new_case(), "close_early", 3, reason="no_breach", text="x")
    assert find_outcome(case) == ("no_breach", case.acts[-1].acted_on)
    assert tell_subjects(case)[0].body["decided_on"] == on(3)
    gone = step(new_case(), "close_early", 3, standing=0, reason="findings_vanished", text="x")
    assert (find_outcome(gone), tell_subjects(gone)) == (None, [])


def test_findings_come_into_another_case_only_when_nothing_was_settled():
    def closed(case, **given):
        return keeps_findings(step(case, "close_early", 8, text="x", **given))

    assert closed(new_case(), reason="no_breach")
    assert not closed(new_case(), reason="findings_vanished", standing=0)
    ordered = step(investigated(), "order_correction", 2, text="x", correct_by=on(9))
    corrected = step(ordered, "confirm_correction", 8, corrected_on=on(8), proof="x")
    assert keeps_findings(corrected)
    assert not closed(corrected, reason="corrected")
    revoked = step(contested(served()), "revoke", 30, **OUTCOME)
    assert keeps_findings(revoked)
    assert not keeps_findings(step(revoked, "close", 31))


def test_the_day_of_an_act_is_that_of_shanghai():
    assert make_act(1, "open", 0).acted_on == START
    late = make_act(1, "open", 0)
    assert type(late)(1, "open", HANDLER, None, moment(0, hour=16), {}).acted_on.isoformat() == on(1)


def test_opening_takes_an_officer_and_at_most_a_remark():
    assert check_opening(make_act(1, "open", 0, text="seen in the list")) == []
    assert [one.code for one in check_opening(make_act(1, "open", 0, by=None, x=1))] == [
        "field_unknown",
        "officer_missing",
    ]


def test_the_last_act_of_a_kind_is_found():
    case = step(investigated(), "investigate", 2, record="second")
    assert case.last("investigate").fields["record"] == "second"
    assert case.last("decide") is None
    assert case_subject(case.case_no) == "case:330100-commerce-2026-0001"


def test_the_number_of_a_case_tells_its_organ():
    assert organ_of("case:330100-commerce-2026-0001") == ("330100", "commerce")
    assert organ_of("LATPAB07XS1000001") is None
    assert organ_of("lot:91330100MA1000045X:r1") is None


def test_no_state_is_a_dead_end_but_closed():
    led_to = set(itertools.chain.from_iterable(move.leads.values() for move in MOVES)) - {"="}
    assert led_to | {"filed"} == set(STATES)
    for state in STATES:
        assert any(state in move.leads for move in MOVES), state
