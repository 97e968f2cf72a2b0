"""Cases: what each move carries, which may follow, and who may make it."""

import pytest
from case_world import (
    FINE,
    HANDLER,
    NO_CEILING,
    NOTICE,
    REVIEWER,
    SECOND,
    START,
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
    apply_act,
    handlers_of,
    keeps_findings,
    reviewers_of,
)
from suyuan.core.case_check import check_act, read_fields
from suyuan.core.case_course import CHOICES, MOVE_BY_NAME, MOVES, STATES
from suyuan.core.case_fault import FAULTS, fault

CONFLICT = frozen(is_conflict=True, weight="lead", rule="pack_bound_to_two_vehicles")


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
