"""Judges and recorders side by side: nothing is lost, nothing counts twice; each safeguard has a control without it."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from database_world import DatabaseWorld
from story import expand

from suyuan.app import judge as judge_module
from suyuan.app.judge import count_pending, judge_pending, judge_slot
from suyuan.store.queries import Queries
from suyuan.store.slot import slot_of

PACK, VIN = expand("{pack:1}"), expand("{vin:1}")
PRODUCED = {"kind": "battery_produced", "report_id": "p1", "occurred_at": "2025-03-12", "battery_code": "{pack:1}"}
RECEIVED = {
    "kind": "battery_received",
    "report_id": "i1",
    "occurred_at": "2026-05-01",
    "battery_code": "{pack:1}",
    "from_owner": True,
}


@pytest.fixture
def world(database_url):
    return DatabaseWorld(database_url)


@pytest.mark.every_server
def test_eight_recorders_of_the_same_reports_record_each_once(world):
    reports = [{**PRODUCED, "report_id": f"p{n}", "battery_code": f"{{pack:{n}}}"} for n in range(60)]

    def send(shift):
        context = world.open_context()
        turned = reports[shift * 7 :] + reports[: shift * 7]
        result = world.submit("BP1", *turned, context=context, judge=False)
        context.connection.close()
        return result["accepted"], result["duplicate"], result["rejected"]

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(send, range(8)))
    assert sum(accepted for accepted, _, _ in results) == 60
    assert sum(accepted + duplicate for accepted, duplicate, _ in results) == 480
    judge_pending(world.context)
    assert world.connection.execute("SELECT count(*) FROM timeline").fetchone()[0] == 60
    assert world.connection.execute("SELECT count(*) FROM subject_state WHERE status = 'produced'").fetchone()[0] == 60


def judge_while(world, monkeypatch, meanwhile):
    """Judge the pack's slot, and do something else between the reading of its timeline and the writing of its verdict."""
    fold = judge_module.fold_subjects
    calls = []

    def fold_then(context, slot, subjects):
        verdicts = fold(context, slot, subjects)
        if not calls:
            calls.append(subjects)
            meanwhile()
        return verdicts

    monkeypatch.setattr(judge_module, "fold_subjects", fold_then)
    judge_slot(world.context, slot_of(PACK))
    monkeypatch.setattr(judge_module, "fold_subjects", fold)
    judge_pending(world.context)


def receive_and_judge(world):
    """Record the receipt on another connection and try to judge it there at once."""
    context = world.open_context()
    world.submit("UE1", RECEIVED, context=context, judge=False)
    judge_slot(context, slot_of(PACK))
    context.connection.close()


def with_queries(monkeypatch, **changed):
    monkeypatch.setattr(judge_module, "SQL", Queries({**judge_module.SQL, **changed}))


def test_two_judges_of_one_slot_lose_no_update(world, monkeypatch):
    world.submit("BP1", PRODUCED, judge=False)
    judge_while(world, monkeypatch, lambda: receive_and_judge(world))
    assert world.state(PACK)[0] == "at_utilization"


def test_control_without_the_slot_lock_an_update_is_lost(world, monkeypatch):
    with_queries(monkeypatch, try_slot=b"SELECT %(slot)s::smallint")
    world.submit("BP1", PRODUCED, judge=False)
    judge_while(world, monkeypatch, lambda: receive_and_judge(world))
    assert (world.state(PACK)[0], count_pending(world.context)) == ("produced", 0)


def test_what_becomes_pending_during_a_judgement_is_judged_afterwards(world, monkeypatch):
    world.submit("BP1", PRODUCED, judge=False)
    judge_while(world, monkeypatch, lambda: world.submit("UE1", RECEIVED, context=world.open_context(), judge=False))
    assert world.state(PACK)[0] == "at_utilization"


def test_control_deleting_pending_rows_by_value_loses_the_wake_up(world, monkeypatch):
    by_value = b"DELETE FROM pending_judgement WHERE slot = %(slot)s AND %(numbers)s::bigint[] IS NOT NULL"
    with_queries(monkeypatch, delete_pending=by_value)
    world.submit("BP1", PRODUCED, judge=False)
    judge_while(world, monkeypatch, lambda: world.submit("UE1", RECEIVED, context=world.open_context(), judge=False))
    assert (world.state(PACK)[0], count_pending(world.context)) == ("produced", 0)


def test_facts_across_slots_arrive_whichever_side_is_judged_first(world):
    life = [
        {"by": "BP1", **PRODUCED},
        {
            "by": "VP1",
            "kind": "vehicle_produced",
            "occurred_at": "2025-04-01",
            "vin": "{vin:1}",
            "battery_codes": ["{pack:1}"],
        },
        {"by": "SE1", "kind": "vehicle_sold", "occurred_at": "2025-05-01", "vin": "{vin:1}"},
        {
            "by": "VD1",
            "kind": "vehicle_scrapped",
            "occurred_at": "2026-05-10",
            "vin": "{vin:1}",
            "battery_codes_found": [],
        },
        {"by": "UE1", **RECEIVED},
    ]
    for report in life:
        fields = {name: value for name, value in report.items() if name != "by"}
        world.submit(report["by"], fields, judge=False)
    first = VIN if slot_of(VIN) != slot_of(PACK) else PACK
    judge_slot(world.context, slot_of(first))
    judge_pending(world.context)
    assert (world.state(VIN)[0], world.state(PACK)[0]) == ("scrapped", "at_utilization")


def test_eight_judges_beside_eight_recorders_come_to_the_same_end_as_one(world):
    def send(n):
        context = world.open_context()
        pack, car = f"{{pack:{n}}}", f"{{vin:{n}}}"
        world.submit("VD1", {"kind": "vehicle_scrapped", "report_id": f"x{n}", "occurred_at": "2026-05-10", "vin": car,
                             "battery_codes_found": []}, context=context)  # fmt: skip
        world.submit("BP1", {**PRODUCED, "report_id": f"p{n}", "battery_code": pack}, context=context)
        world.submit("VP1", {"kind": "vehicle_produced", "report_id": f"v{n}", "occurred_at": "2025-04-01", "vin": car,
                             "battery_codes": [pack]}, context=context)  # fmt: skip
        context.connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(send, range(40)))
    judge_pending(world.context)
    assert count_pending(world.context) == 0
    states = world.connection.execute("SELECT status, count(*) FROM subject_state GROUP BY 1 ORDER BY 1").fetchall()
    assert [tuple(row) for row in states] == [("incomplete", 40), ("installed", 40)]
