"""The hand-made table of reports in time and late, `late_cases.csv`, played through the rule itself.

Each last day was reckoned on the published calendars of the State Council, not by running the program: the day from
which a limit runs does not count, holidays and make-up days are those of the notices.
"""

import csv
from collections import Counter
from datetime import date, datetime
from pathlib import Path

import pytest
from story import USCC_OF

from suyuan.core.catalogue import KIND_BY_NAME
from suyuan.core.event import Event, Facts
from suyuan.core.finding import Step
from suyuan.core.registry import Participant, Registry
from suyuan.rulebook import load_rulebook
from suyuan.rules.duty.reported_late import reported_late

CASES = list(csv.DictReader((Path(__file__).parent / "late_cases.csv").open(encoding="utf-8")))
RULEBOOK = load_rulebook()
REPORTER = USCC_OF["RE1"]


def name_case(case):
    return f"{case['kind']}-{case['counted_from']}-{case['received_at']}"


def judge(case):
    kind, day = KIND_BY_NAME[case["kind"]], date.fromisoformat(case["counted_from"])
    body = {"conformity_certificate_issued_on": case["counted_from"]} if case["kind"] == "vehicle_produced" else {}
    received_at = datetime.fromisoformat(case["received_at"])
    event = Event(kind, (kind.filings[0].role,), 1, "r1", REPORTER, None, day, None, received_at, body)
    entry = Participant(REPORTER, "x", frozenset({case["role"]}), "330106", frozenset(), date(2010, 1, 1), None)
    step = Step("s", "report", None, event, None, Facts(), Registry([entry], version=1), RULEBOOK, ())
    return list(reported_late(step))


@pytest.mark.parametrize("case", CASES, ids=name_case)
def test_the_case_is_judged_as_reckoned_by_hand(case):
    found = judge(case)
    assert [one.rule for one in found] == (["reported_late"] if case["expected"] == "late" else [])


@pytest.mark.parametrize("case", [one for one in CASES if one["expected"] == "late"], ids=name_case)
def test_a_late_report_names_the_limit_of_the_case(case):
    (found,) = judge(case)
    assert f"{found.evidence['limit_days']} {found.evidence['unit']}" == case["limit"]


@pytest.mark.parametrize("case", [one for one in CASES if one["limit"] == "none"], ids=name_case)
def test_a_case_without_a_limit_has_none_in_the_rulebook(case):
    day = date.fromisoformat(case["counted_from"])
    assert RULEBOOK.limit(case["kind"], on=day, roles=frozenset({case["role"]})) is None


def test_there_are_at_least_two_hundred_cases_of_both_kinds_each_told_once():
    counted = Counter(case["expected"] for case in CASES)
    assert len(CASES) >= 200
    assert min(counted.values()) >= 100
    assert len({name_case(case) + case["role"] for case in CASES}) == len(CASES)
