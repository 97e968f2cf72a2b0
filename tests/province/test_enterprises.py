"""Every enterprise of the year judged a second time: its findings, duties and accounts, what is counted, and coverage."""

import random
from collections.abc import Iterable

import pytest
from tests.memory_engine import MemoryEngine
from tests.province.naive import judge_by_program
from tests.province.naive_enterprises import compare_enterprises, make_plain
from tests.province.year import LATER_ON, SWEPT_ON, Sent, in_order_of_receipt, play_year
from tests.reference.campaign import take_step
from tests.reference.world import RECEIVED, make_small_registry

SENT = list(in_order_of_receipt(play_year(1)))


def plain_of(sent: Iterable[Sent], engine):
    reports = [{**one.report, "reporter": one.submitter} for one in sent]
    received = {(one.submitter, one.report["report_id"]): one.received_at for one in sent}
    return make_plain(reports, received, engine)


@pytest.fixture(scope="module")
def judged():
    return judge_by_program(SENT)


@pytest.mark.parametrize("day", [SWEPT_ON, LATER_ON], ids=str)
def test_enterprises_and_sums_are_alike_in_program_and_recomputation(judged, day):
    differences, compared = compare_enterprises(judged, plain_of(SENT, judged), day)
    assert not differences, "\n".join(differences)
    assert compared["flows"] > 1500
    assert compared["counts"] > 1000
    assert compared["duties of enterprises"] > 300
    assert compared["findings of enterprises"] > 400


@pytest.mark.parametrize(
    ("kind", "seen"),
    [
        ("dismantling_information_filed", {"duties"}),
        ("material_recovered", {"flows"}),
        ("vehicle_sold", {"counts"}),
    ],
)
def test_a_report_that_the_recomputation_never_got_is_seen(judged, kind, seen):
    lost = next(one for one in SENT if one.report["kind"] == kind)
    differences, _ = compare_enterprises(judged, plain_of([one for one in SENT if one is not lost], judged), SWEPT_ON)
    assert seen <= {one.split()[0] for one in differences}


def test_other_thresholds_are_seen(judged):
    plain = plain_of(SENT, judged)
    plain.thresholds |= {"account_settling_days": 300, "silent_months": 7}
    rules = {one.split("'")[1] for one in compare_enterprises(judged, plain, SWEPT_ON)[0]}
    assert rules == {"registered_but_silent", "stock_count_differs", "stock_negative"}


def play_small_world(seed: int):
    """Return the judgement of a small world in which anything may be reported of few batteries, and its plain reports."""
    chance, reports = random.Random(seed), []
    for number in range(24):
        reports.append(take_step(chance, reports, number=number))
    engine = MemoryEngine(make_small_registry())
    for raw in reports:
        engine.report(dict(raw), by=raw["reporter"], received_at=RECEIVED)
    engine.judge()
    once = {(raw["reporter"], raw["report_id"]): raw for raw in reports}
    return engine, make_plain(list(once.values()), engine.received, engine)


@pytest.mark.parametrize("seed", range(40))
def test_whatever_is_reported_the_sums_are_alike(seed):
    engine, plain = play_small_world(seed)
    differences, _ = compare_enterprises(engine, plain, LATER_ON)
    assert not differences, "\n".join(differences)


def test_a_receipt_of_a_small_world_that_the_recomputation_never_got_is_seen():
    seen = 0
    for seed in range(10):
        engine, plain = play_small_world(seed)
        lost = [raw for raw in plain.counted if raw["kind"] not in ("battery_received", "vehicle_scrapped")]
        withdrawn = [raw for raw in plain.reports if raw["kind"] == "report_withdrawn"]
        seen += bool(compare_enterprises(engine, make_plain([*lost, *withdrawn], engine.received, engine), LATER_ON)[0])
    assert seen > 5
