"""Any order of arrival, and a rebuild from the record, end in identical rows; a kill between any two steps loses nothing."""

import json
import random
from datetime import date, datetime

import pytest
from database_world import NOW, DatabaseWorld
from memory_engine import MemoryEngine
from recount import recount, sums
from story import REGISTRY, USCC_OF, expand, fill_report

from suyuan.app import judge as judge_module
from suyuan.app import submit as submit_module
from suyuan.app.judge import judge_pending
from suyuan.app.rebuild import rebuild
from suyuan.app.submit import Arrival
from suyuan.app.sweep import sweep
from suyuan.app.trace import trace
from suyuan.app.work import work_once
from suyuan.store.migrate import load_migrations
from suyuan.store.sums import read_tallies
from suyuan.store.verdict import encode_json

SWEPT = date(2026, 9, 30)
WORLD = [
    {"by": "BP1", "kind": "battery_produced", "occurred_at": "2025-03-12", "battery_code": "{pack:1}",
     "modules": [{"code": "{module:1}", "cells": ["{cell:1}", "{cell:2}"]}, {"code": "{module:2}", "cells": []}]},
    {"by": "BP1", "kind": "battery_produced", "occurred_at": "2025-03-12", "battery_code": "{pack:2}", "cells": ["{cell:2}", "{cell:3}"]},
    {"by": "BP1", "kind": "battery_produced", "occurred_at": "2025-03-13", "battery_code": "{pack:2}", "mass_g": 300000},
    {"by": "VP1", "kind": "vehicle_produced", "occurred_at": "2025-04-01", "vin": "{vin:1}", "battery_codes": ["{pack:1}"]},
    {"by": "VP2", "kind": "vehicle_produced", "occurred_at": "2025-04-02", "vin": "{vin:2}", "battery_codes": ["{pack:1}"]},
    {"by": "SE1", "kind": "vehicle_sold", "occurred_at": "2025-05-01", "vin": "{vin:1}"},
    {"by": "RE1", "kind": "battery_replaced", "occurred_at": "2026-04-02", "vin": "{vin:1}", "removed_battery_code": "{pack:1}",
     "fitted_battery_code": "{pack:2}", "kept_by": "RE1"},
    {"by": "RE1", "kind": "battery_handed_over", "occurred_at": "2026-04-10", "battery_code": "{pack:1}", "receiver": "CO1"},
    {"by": "UE1", "kind": "battery_received", "occurred_at": "2026-04-12", "battery_code": "{pack:1}", "sender": "RE1"},
    {"by": "VD1", "kind": "vehicle_scrapped", "occurred_at": "2026-05-01", "vin": "{vin:1}", "battery_codes_found": []},
    {"by": "VD1", "kind": "recovery_certificate_issued", "occurred_at": "2026-05-02", "vin": "{vin:1}"},
    {"by": "UE1", "kind": "battery_dismantled", "occurred_at": "2026-05-05", "battery_code": "{pack:1}", "recovered_codes": ["{module:1}"]},
    {"by": "UE1", "kind": "material_recovered", "occurred_at": "2026-05-08", "battery_codes": ["{pack:1}"]},
    {"by": "CO1", "kind": "stock_counted", "occurred_at": "2026-05-09", "battery_codes": ["{pack:1}", "{pack:3}"]},
    {"by": "CO1", "kind": "battery_handed_over", "occurred_at": "2026-06-01", "battery_code": "{pack:3}", "receiver": "SE1"},
]  # fmt: skip
for _number, _report in enumerate(WORLD):
    _report["report_id"] = f"w{_number}"
WITHDRAWALS = [
    {
        "by": "VP2",
        "kind": "report_withdrawn",
        "report_id": "wd1",
        "occurred_at": "2025-04-09",
        "withdrawn_report_id": "w4",
    },
    {
        "by": "BP1",
        "kind": "report_withdrawn",
        "report_id": "wd2",
        "occurred_at": "2025-03-20",
        "withdrawn_report_id": "w1",
    },
]


def play(world, seed):
    reports = list(WORLD)
    random.Random(seed).shuffle(reports)
    world.submit_each([*reports, *WITHDRAWALS])
    sweep(world.context, as_of=SWEPT)
    return world.derived()


def test_every_order_of_arrival_ends_in_identical_rows_and_so_does_memory(database_url):
    world = DatabaseWorld(database_url)
    first = play(world, seed=0)
    assert any("code_registered_twice" in row for row in first["finding"]) is False, (
        "its second birth stands alone after the withdrawal"
    )
    for seed in (1, 2, 3, 4):
        for table in ("submission", "submission_piece", "row_outcome", "report", "timeline", "component_claim", "subject_state", "fact",
                      "finding", "duty", "account_flow", "tally", "report_count"):  # fmt: skip
            world.connection.execute(f"TRUNCATE {table}")
        assert play(world, seed=seed) == first, f"order {seed}"
    engine = MemoryEngine(REGISTRY)
    for number, report in enumerate([*WORLD, *WITHDRAWALS]):
        fields = {name: value for name, value in fill_report(report, number=number).items() if name != "by"}
        engine.report(fields, by=fill_report(report, number=number)["by"])
    engine.judge()
    wanted = sorted(
        repr((f.subject, f.rule, f.reporter, f.report_id, f.weight, f.party)) for f in engine.findings(sweep=SWEPT)
    )
    shown = world.connection.execute(
        "SELECT subject, rule, reporter, report_id, weight, party FROM finding_shown"
    ).fetchall()
    assert sorted(map(repr, map(tuple, shown))) == wanted
    assert {one.tally: one.count for one in read_tallies(world.connection)} == engine.tallies(
        engine.findings(sweep=SWEPT)
    )
    states = dict(world.connection.execute("SELECT subject, body FROM subject_state").fetchall())
    assert states == {subject: encode_json(verdict.state).decode() for subject, verdict in engine.verdicts.items()}


def test_a_rebuild_arrives_at_identical_rows_and_mends_what_was_changed(database_url):
    world = DatabaseWorld(database_url)
    before = play(world, seed=5)
    result = rebuild(world.context)
    assert result["differing"] == {}
    assert (result["identical"], result["reports"]) == (True, len(WORLD) + len(WITHDRAWALS))
    world.connection.execute("UPDATE subject_state SET status = 'lost' WHERE subject = %s", [expand("{pack:1}")])
    world.connection.execute("DELETE FROM finding WHERE rule = 'scrapped_vehicle_battery_missing'")
    spoilt = rebuild(world.context)
    assert set(spoilt["differing"]) == {"subject_state"} | (
        {"finding"} if any("battery_missing" in row for row in before["finding"]) else set()
    )
    assert world.derived() == before


RIVALS = [
    {"by": "BP1", "kind": "battery_produced", "report_id": "first", "occurred_at": "2025-03-12", "battery_code": "{pack:1}",
     "modules": [{"code": "{module:1}", "cells": []}]},
    {"by": "RE1", "kind": "component_replaced", "report_id": "rival", "occurred_at": "2026-05-20", "battery_code": "{pack:2}",
     "removed_codes": ["{module:2}"], "fitted_codes": ["{module:1}"], "kept_by": "RE1"},
]  # fmt: skip


@pytest.mark.parametrize(
    ("received", "weight"), [("2026-08-15T16:00:00Z", "lead"), ("2026-08-15T15:59:59Z", "violation")]
)
@pytest.mark.parametrize("is_rival_recorded_first", [False, True])
def test_a_rival_claim_received_late_is_answered_in_time_from_its_receipt_on(
    database_url, received, weight, is_rival_recorded_first
):
    world = DatabaseWorld(database_url)
    moments = {"first": "2025-03-13T04:00:00Z", "rival": received}
    for report in RIVALS[::-1] if is_rival_recorded_first else RIVALS:
        fields = {name: value for name, value in report.items() if name != "by"}
        world.submit(report["by"], fields, received_at=datetime.fromisoformat(moments[report["report_id"]]))
    sweep(world.context, as_of=SWEPT)
    assert ("component_in_two_parents", weight) in world.rules(expand("{pack:1}"))
    assert rebuild(world.context)["differing"] == {}
    _take_receipts_out_of_facts(world.connection)
    assert rebuild(world.context)["differing"] == {"fact": 4}, "the control: a rebuild sees what is not told"


def test_the_migration_tells_of_a_rival_claim_what_judges_tell(database_url):
    world = DatabaseWorld(database_url)
    world.submit_each(RIVALS)
    told = world.derived()["fact"]
    _take_receipts_out_of_facts(world.connection)
    assert world.derived()["fact"] != told
    (migration,) = [one for one in load_migrations() if one.name == "receipt_of_rival_claims"]
    world.connection.execute(migration.sql)
    assert world.derived()["fact"] == told


def _take_receipts_out_of_facts(connection):
    connection.execute(
        """UPDATE fact SET body = regexp_replace(body, ',"received_on":"[0-9-]{10}"', '') WHERE name = 'component_claimed'"""
    )


def test_a_rebuild_finds_the_target_of_a_withdrawal_that_came_in_before_it_and_was_recorded_after(database_url):
    world = DatabaseWorld(database_url)
    withdrawal = {"kind": "report_withdrawn", "report_id": "w", "occurred_at": "2026-05-02", "withdrawn_report_id": "p"}
    arrival = Arrival(USCC_OF["BP1"], "jsonl", "first.jsonl", NOW)
    waiting = submit_module.receive(
        world.context, [json.dumps({**withdrawal, "reason": "typo"}).encode()], arrival=arrival
    )
    world.submit(
        "BP1", {"kind": "battery_produced", "report_id": "p", "occurred_at": "2025-03-12", "battery_code": "{pack:1}"}
    )
    work_once(world.context)
    assert submit_module.describe_submission(world.context, waiting)["accepted"] == 1
    result = rebuild(world.context)
    assert (result["differing"], result["reports"]) == ({}, 2)


@pytest.fixture
def no_waiting(monkeypatch):
    monkeypatch.setattr(submit_module, "BATCH_ROWS_MAX", 2)


STEPS = [
    "insert_reports",
    "write_outcomes",
    "_copy_timeline",
    "_delay",
    "add_progress",
    "write_verdicts",
    "delete_pending",
    "move_sums",
]


@pytest.mark.parametrize("step", STEPS)
def test_a_kill_before_any_step_of_recording_or_judging_loses_nothing(database_url, monkeypatch, step, no_waiting):
    world = DatabaseWorld(database_url)
    reports = [
        {name: value for name, value in report.items() if name != "by"} for report in WORLD if report["by"] == "BP1"
    ]

    class Killed(BaseException):
        pass

    def die(*_args, **_kwargs):
        raise Killed

    with monkeypatch.context() as patch:
        if step == "insert_reports":
            patch.setattr("suyuan.store.record.Recorder._claim_ids", die)
        elif step == "write_outcomes":
            patch.setattr("suyuan.store.record.write_outcomes", die)
        elif step in ("_copy_timeline", "_delay"):
            patch.setattr(f"suyuan.store.record.Recorder.{step}", die)
        elif step == "add_progress":
            patch.setattr(submit_module, "add_progress", die)
        elif step == "write_verdicts":
            patch.setattr(judge_module, "write_verdicts", die)
        elif step == "move_sums":
            patch.setattr("suyuan.store.sums.Difference.apply", die)
        else:
            patch.setattr(
                judge_module,
                "SQL",
                type(judge_module.SQL)({**judge_module.SQL, "delete_pending": b"SELECT 1/0 WHERE %(slot)s > 0"}),
            )
        with pytest.raises((Killed, Exception)):
            world.submit("BP1", *reports)
    world.connection.close()
    world.context = world.open_context()
    work_once(world.context)
    judge_pending(world.context)
    assert world.connection.execute("SELECT count(*) FROM report").fetchone()[0] == len(reports)
    assert world.state(expand("{pack:1}"))[0] == "produced"
    assert ("code_registered_twice", "violation") in world.rules(expand("{pack:2}"))
    assert trace(world.context, expand("{cell:1}"))["state"]["parent"] == expand("{module:1}")
    assert sums(world.connection) == recount(world.connection)
