"""What stands around a case: its limits, who is competent, and what its decision does to a vehicle and to a duty."""

import dataclasses
from datetime import date

import pytest
from memory_engine import make_registry
from story import amend_rulebook, expand, fill_report
from story import play as play_filled

from suyuan.core.case import CaseLimits
from suyuan.core.case_limits import bar_ends, read_case_limits, shown_until
from suyuan.core.competence import find_desk, is_competent
from suyuan.core.event import Fact, Facts
from suyuan.core.fold import fold_timeline
from suyuan.core.registry import Authority, Officer, Register, Registry
from suyuan.rulebook import load_rulebook
from suyuan.rules.catalogue import RULE_TABLE

DAY = date(2026, 9, 1)
RULE = "scrapped_vehicle_battery_missing"


# -- limits --------------------------------------------------------------------------------------------------------


def with_threshold(key, value):
    rulebook = load_rulebook()
    newest, *older = rulebook.books
    entry = dataclasses.replace(newest.thresholds[key], value=value)
    return dataclasses.replace(
        rulebook, books=(dataclasses.replace(newest, thresholds={**newest.thresholds, key: entry}), *older)
    )


def test_the_packaged_book_has_days_and_no_ceiling():
    assert read_case_limits(load_rulebook(), on=DAY) == CaseLimits(None, 10, 10, 7, 15, 7)


def test_each_limit_of_a_case_is_the_entry_of_its_own():
    keys = (
        "case_statement_days",
        "case_hearing_request_days",
        "case_hearing_notice_days",
        "fine_payment_days",
        "order_grace_days",
    )
    rulebook = amend_rulebook((("fine_ceiling_yuan", 100_000), *zip(keys, range(1, 6), strict=True)))
    assert read_case_limits(rulebook, on=DAY) == CaseLimits(100_000, 1, 2, 3, 4, 5)


def test_the_operators_ceiling_counts():
    assert read_case_limits(with_threshold("fine_ceiling_yuan", 50_000), on=DAY).fine_ceiling_yuan == 50_000


@pytest.mark.parametrize(
    ("day", "until"),
    [
        (date(2026, 9, 1), date(2028, 9, 1)),
        (date(2028, 2, 29), date(2030, 2, 28)),
        (date(2026, 2, 28), date(2028, 2, 28)),
        (date(2026, 12, 29), date(2028, 12, 29)),
    ],
)
def test_two_years_end_on_the_same_day_and_the_29th_of_february_on_the_28th(day, until):
    assert bar_ends(day, rulebook=load_rulebook()) == until
    assert shown_until(day, rulebook=load_rulebook()) == until


def test_the_bar_and_the_public_list_have_years_of_their_own():
    assert bar_ends(DAY, rulebook=with_threshold("public_list_years", 5)) == date(2028, 9, 1)
    assert shown_until(DAY, rulebook=with_threshold("public_list_years", 5)) == date(2031, 9, 1)


# -- competence ----------------------------------------------------------------------------------------------------


def authority(division="330100", line="commerce", until=None):
    return Authority("hz", "Hangzhou Commerce", line, division, date(2020, 1, 1), until)


def desk_of(*, officer_until=None, authority_until=None, on=DAY):
    officer = Officer("o-1", "Wang", "hz", date(2020, 1, 1), officer_until)
    register = Register(authorities=(authority(until=authority_until),), officers=(officer,))
    desk = find_desk(Registry((), version=1, register=register), "o-1", on=on)
    return desk and (desk.officer.name, desk.authority.name)


def test_an_officer_acts_for_its_authority_while_both_are_in_the_register():
    assert desk_of() == ("Wang", "Hangzhou Commerce")
    assert desk_of(officer_until=DAY, authority_until=DAY) == ("Wang", "Hangzhou Commerce")
    assert desk_of(officer_until=date(2026, 8, 31)) is None
    assert desk_of(authority_until=date(2026, 8, 31)) is None
    assert desk_of(on=date(2019, 12, 31)) is None
    assert find_desk(make_registry({}), "o-1", on=DAY) is None


@pytest.mark.parametrize(
    ("division", "place", "is_within"),
    [
        ("330100", "330106", True),
        ("330100", "330100", True),
        ("330100", "330200", False),
        ("330100", "330000", False),
        ("330000", "330106", True),
        ("330000", "340100", False),
        ("330106", "330106", True),
        ("330106", "330105", False),
        ("000000", "650100", True),
        ("330100", None, False),
        ("000000", None, True),
    ],
)
def test_an_authority_is_competent_for_its_line_in_its_division(division, place, is_within):
    assert is_competent(authority(division), line="commerce", place=place) is is_within
    assert is_competent(authority(division), line="industry", place=place) is False


# -- what a decision does ------------------------------------------------------------------------------------------

WRECK = [
    {"by": "BP1", "kind": "battery_produced", "occurred_at": "2025-03-12", "battery_code": "{pack:1}"},
    {"by": "BP1", "kind": "battery_produced", "occurred_at": "2025-03-12", "battery_code": "{pack:2}", "report_id": "second"},
    {"by": "VP1", "kind": "vehicle_produced", "occurred_at": "2025-04-01", "vin": "{vin:1}", "battery_codes": ["{pack:1}", "{pack:2}"]},
    {"by": "VD1", "kind": "vehicle_scrapped", "occurred_at": "2026-05-20", "vin": "{vin:1}", "battery_codes_found": [],
     "report_id": "wreck"},
]  # fmt: skip
VIN, FIRST, SECOND = expand("{vin:1}"), expand("{pack:1}"), expand("{pack:2}")
FOUND = [{**report, "report_id": f"r{number}"} for number, report in enumerate(WRECK)]


def play(reports):
    return play_filled([fill_report(report, number=number) for number, report in enumerate(reports)])


def decision(*codes, rule=RULE, no="1", outcome="fine", reporter="VD1", report_id="r3", target=VIN):
    told = {"rule": rule, "reporter": expand(reporter), "report_id": report_id, "about": list(codes)}
    body = {"decided_on": "2026-09-15", "outcome": outcome, "authority": "hz", "findings": [told]}
    return Fact(target, f"case:{no}", "case_decided", body)


def fold(engine, subject, *facts):
    return fold_timeline(
        subject,
        engine.events[subject],
        facts=Facts(facts),
        composition=(),
        registry=engine.registry,
        rulebook=engine.rulebook,
        rules=RULE_TABLE,
    )


@pytest.mark.parametrize(
    ("facts", "status"),
    [
        pytest.param((), "incomplete", id="nothing-decided"),
        pytest.param((decision(FIRST),), "incomplete", id="one-of-two"),
        pytest.param((decision(FIRST, SECOND),), "scrapped", id="both"),
        pytest.param((decision(FIRST), decision(SECOND, no="2")), "scrapped", id="in-two-cases"),
        pytest.param((decision(FIRST, SECOND, outcome="no_breach"),), "scrapped", id="no-breach-is-a-decision"),
        pytest.param(
            (decision(FIRST, SECOND, rule="certificate_issued_for_incomplete_vehicle"),),
            "incomplete",
            id="another-rule",
        ),
    ],
)
def test_a_vehicle_is_scrapped_once_all_its_missing_packs_are_decided(facts, status):
    verdict = fold(play(FOUND), VIN, *facts)
    assert verdict.state.status == status
    assert verdict.state.missing == (FIRST, SECOND), "they are missing all the same"
    assert [one.rule for one in verdict.findings] == [RULE]


def test_a_decision_means_nothing_to_an_exported_vehicle():
    exported = {
        "by": "VP1",
        "kind": "vehicle_exported",
        "occurred_at": "2026-06-01",
        "vin": "{vin:1}",
        "report_id": "gone",
    }
    engine = play([*FOUND[:3], exported, FOUND[3]])
    assert fold(engine, VIN, decision(FIRST, SECOND)).state.status == fold(engine, VIN).state.status


BOUND_TWICE = [
    {"by": "BP1", "kind": "battery_produced", "occurred_at": "2025-03-12", "battery_code": "{pack:1}", "report_id": "born"},
    {"by": "VP1", "kind": "vehicle_produced", "occurred_at": "2025-04-01", "vin": "{vin:1}", "battery_codes": ["{pack:1}"],
     "report_id": "one"},
    {"by": "VP2", "kind": "vehicle_produced", "occurred_at": "2025-04-02", "vin": "{vin:2}", "battery_codes": ["{pack:1}"],
     "report_id": "two"},
]  # fmt: skip


def duty_after(*facts, reports=BOUND_TWICE):
    verdict = fold(play(list(reports)), FIRST, *facts)
    [duty] = [one for one in verdict.duties if one.kind == "confirm_or_correct"]
    assert [one.rule for one in verdict.findings] == ["pack_bound_to_two_vehicles"]
    return duty.closed_by, duty.closer


def settled(outcome, *, no="1", **changes):
    meant = {"rule": "pack_bound_to_two_vehicles", "reporter": "VP2", "report_id": "two", **changes}
    return decision(outcome=outcome, no=no, target=FIRST, **meant)


def test_an_officer_ends_the_duty_to_confirm_and_nobody_else_does():
    assert duty_after() == (None, None)
    for outcome in ("confirmed_as_reported", "wrong_report"):
        assert duty_after(settled(outcome)) == ("case:1", "hz")
    for outcome in ("fine", "warning", "no_penalty", "no_breach", "corrected"):
        assert duty_after(settled(outcome)) == (None, None), outcome


@pytest.mark.parametrize(
    "change", [{"rule": "two_holders_claim_one_battery"}, {"reporter": "VP1"}, {"report_id": "one"}]
)
def test_a_decision_ends_the_duty_of_its_own_finding_only(change):
    assert duty_after(settled("wrong_report", **change)) == (None, None)


def test_of_two_cases_the_first_by_number_ends_it_whatever_the_order():
    facts = (settled("wrong_report", no="1"), settled("confirmed_as_reported", no="2"))
    assert duty_after(*facts) == duty_after(*reversed(facts)) == ("case:1", "hz")


def test_a_case_that_settled_nothing_of_it_leaves_it_to_the_next():
    assert duty_after(settled("fine", no="1"), settled("wrong_report", no="2")) == ("case:2", "hz")


def test_an_answer_in_the_timeline_goes_before_a_decision():
    looked = {
        "by": "VP2",
        "kind": "stock_counted",
        "occurred_at": "2025-06-01",
        "battery_codes": ["{pack:1}"],
        "report_id": "looked",
    }
    closed_by, closer = duty_after(settled("wrong_report"), reports=[*BOUND_TWICE, looked])
    assert (closed_by, closer) == ("looked", expand("VP2"))


def test_a_decision_ends_no_other_duty():
    handed = [
        {"by": "UE1", "kind": "battery_received", "occurred_at": "2026-05-01", "battery_code": "{pack:1}", "sender": "CO1",
         "report_id": "got"},
    ]  # fmt: skip
    engine = play(handed)
    told = decision(
        rule="received_but_never_handed_over", reporter="UE1", report_id="got", outcome="wrong_report", target=FIRST
    )
    verdict = fold(engine, FIRST, told)
    assert verdict.duties
    assert all(duty.closed_by is None for duty in verdict.duties)
