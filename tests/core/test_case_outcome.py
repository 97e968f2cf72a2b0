"""Cases: service, contest and closing, and what a case tells of itself."""

import itertools

import pytest
from case_world import (
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
    names,
    new_case,
    on,
    reviewed,
    served,
    step,
)

from suyuan.core.case import (
    Decision,
    case_subject,
    find_decision,
    find_outcome,
    find_penalty,
    keeps_findings,
    organ_of,
    tell_subjects,
)
from suyuan.core.case_check import check_act, check_opening
from suyuan.core.case_course import MOVES, STATES

CONFLICT = frozen(is_conflict=True, weight="lead", rule="pack_bound_to_two_vehicles")


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
