"""A year of one province: all findings and duties of single subjects, against an independent recomputation."""

import random
from dataclasses import replace

import pytest
from tests.province.naive import compare_year, judge_by_program
from tests.province.naive_subjects import FLAWS
from tests.province.naive_subjects import RULES as COMPARED
from tests.province.stories import STORIES
from tests.province.told import list_unkept_promises
from tests.province.year import LATER_ON, SWEPT_ON, in_order_of_receipt, play_year
from tests.reference import limits

from suyuan.rules.catalogue import RULES

SENT = list(in_order_of_receipt(play_year(1)))
# An order to correct and a penalty are an officer's: `test_year_in_the_database` plays the cases that break these two.
OF_CASES = {"correction_overdue", "punished_within_two_years"}


@pytest.fixture(scope="module")
def judged():
    return judge_by_program(SENT)


@pytest.fixture(scope="module")
def found(judged):
    return judged.findings(sweep=SWEPT_ON), judged.findings(sweep=LATER_ON)


@pytest.mark.parametrize("sweep", [SWEPT_ON, LATER_ON], ids=str)
def test_the_year_is_judged_alike_by_program_and_model(judged, sweep):
    differences, compared = compare_year(judged, SENT, sweep=sweep)
    assert not differences, "\n".join(differences)
    assert compared["findings"] > 400
    assert compared["duties"] > 550


def test_every_rule_about_single_subjects_is_compared():
    of_subjects = {rule.name for rule in RULES if rule.family in ("identity", "binding", "custody", "end_of_life")}
    assert of_subjects | {"reported_late"} == COMPARED


@pytest.mark.parametrize("flaw", FLAWS)
def test_a_known_mistake_of_the_model_is_seen(judged, flaw):
    assert compare_year(judged, SENT, flaw=flaw)[0]


def test_holidays_that_the_model_does_not_know_are_seen(judged, monkeypatch):
    monkeypatch.setattr(limits, "WEEKDAYS_OFF", set())
    assert compare_year(judged, SENT)[0]


def test_a_receipt_that_the_model_never_got_is_seen(judged):
    lost = next(
        one.report for one in SENT if one.story == "goes_back_refused" and one.report["kind"] == "battery_received"
    )
    assert compare_year(judged, [one for one in SENT if one.report is not lost])[0]


def test_another_order_of_arrival_gives_the_same_year(judged, found):
    shuffled = list(SENT)
    random.Random(7).shuffle(shuffled)
    shuffled.sort(key=lambda one: one.report["kind"] == "report_withdrawn")
    again = judge_by_program(shuffled)
    assert sorted(map(repr, again.findings(sweep=SWEPT_ON))) == sorted(map(repr, found[0]))
    assert {s: (v.duties, v.flows, v.facts, v.since) for s, v in again.verdicts.items()} == {
        s: (v.duties, v.flows, v.facts, v.since) for s, v in judged.verdicts.items()
    }


# -- what the stories are told for ---------------------------------------------------------------------------------


def test_every_rule_of_the_catalogue_is_broken_in_the_year(found):
    broken = {one.rule for findings in found for one in findings}
    assert {rule.name for rule in RULES} - broken == OF_CASES


def test_each_story_breaks_the_rules_it_is_told_for_and_spares_the_others(found):
    assert list_unkept_promises(STORIES, SENT, *found) == []


def test_a_story_that_promises_too_much_is_seen(found):
    honest = next(one for one in STORIES if one.name == "turns_up_without_a_label")
    cloned = next(one for one in STORIES if one.name == "is_cloned")
    wrong = [
        replace(honest, breaks=("unknown_issuer",)),
        replace(cloned, breaks=(), not_yet=cloned.breaks),
        replace(cloned, breaks=(), spares=cloned.breaks),
    ]
    assert [len(list_unkept_promises([one], SENT, *found)) for one in wrong] == [1, 1, 1]


def test_every_story_is_told_and_no_two_share_a_name():
    assert len({one.name for one in STORIES}) == len(STORIES)
    assert {one.name for one in STORIES} <= {one.story for one in SENT}
