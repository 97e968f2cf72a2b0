"""A year of one province: findings, duties of both halves and material accounts, against an independent recomputation."""

import random

import pytest
from tests.province.naive import compare_year, judge_by_program
from tests.province.year import SWEPT_ON, in_order_of_receipt, play_year
from tests.reference import limits

SENT = list(in_order_of_receipt(play_year(1)))


@pytest.fixture(scope="module")
def judged():
    return judge_by_program(SENT)


def test_the_year_is_judged_alike_by_program_and_model(judged):
    differences, compared = compare_year(judged, SENT)
    assert not differences, "\n".join(differences)
    assert compared["findings"] > 80
    assert compared["duties"] > 120
    assert compared["flows"] > 50


def test_withdrawals_that_the_model_ignores_are_seen(judged):
    assert compare_year(judged, SENT, flaw="withdrawals_ignored")[0]


def test_holidays_that_the_model_does_not_know_are_seen(judged, monkeypatch):
    monkeypatch.setattr(limits, "WEEKDAYS_OFF", set())
    assert compare_year(judged, SENT)[0]


def test_a_receipt_that_the_model_never_got_is_seen(judged):
    lost = next(
        one.report
        for one in SENT
        if one.report["kind"] == "battery_received"
        and "sender" in one.report
        and one.report["occurred_at"] > "2026-04-15"
    )
    assert compare_year(judged, [one for one in SENT if one.report is not lost])[0]


def test_another_order_of_arrival_gives_the_same_year(judged):
    shuffled = list(SENT)
    random.Random(7).shuffle(shuffled)
    shuffled.sort(key=lambda one: one.report["kind"] == "report_withdrawn")
    again = judge_by_program(shuffled)
    assert sorted(map(repr, again.findings(sweep=SWEPT_ON))) == sorted(map(repr, judged.findings(sweep=SWEPT_ON)))
    assert {s: (v.duties, v.flows, v.facts, v.since) for s, v in again.verdicts.items()} == {
        s: (v.duties, v.flows, v.facts, v.since) for s, v in judged.verdicts.items()
    }
