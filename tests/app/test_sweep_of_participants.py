"""The sweep judges participants: exactly those findings of its day, repeated identically, shown wherever findings are."""

from datetime import UTC, date, datetime, timedelta

import pytest
from database_world import DatabaseWorld
from memory_engine import MemoryEngine
from story import REGISTRY, USCC_OF, fill_report

from suyuan.app.judge_participants import read_surroundings, read_views
from suyuan.app.lists import list_findings
from suyuan.app.rebuild import rebuild
from suyuan.app.sweep import SWEEP_STEPS, sweep
from suyuan.app.trace import trace
from suyuan.core.participant_duty import list_participant_duties
from suyuan.store.slot import slot_of

RULE = "registered_but_silent"
BEFORE, AFTER = date(2026, 10, 1), date(2026, 10, 2)
SPOKE = {"by": "CO1", "kind": "nothing_to_report", "occurred_at": "2026-06-30", "period_from": "2026-04-01",
         "period_until": "2026-06-30"}  # fmt: skip
SUBJECT = f"participant:{USCC_OF['CO2']}"


@pytest.fixture
def world(database_url):
    world = DatabaseWorld(database_url)
    world.submit_each([SPOKE])
    return world


def silent(world):
    rows = world.connection.execute("SELECT subject, slot, origin FROM finding WHERE rule = %s", [RULE]).fetchall()
    assert all((slot, origin) == (slot_of(subject), "sweep") for subject, slot, origin in rows)
    return {subject for subject, _, _ in rows}


def qualified():
    return {f"participant:{uscc}" for uscc in REGISTRY.usccs if REGISTRY.is_qualified(uscc, on=AFTER)}


def test_everybody_qualified_who_never_reported_is_found_silent_once_the_months_are_over(world):
    sweep(world.context, as_of=BEFORE)
    assert silent(world) == set()
    told = sweep(world.context, as_of=AFTER)
    expected = qualified() - {f"participant:{USCC_OF['CO1']}"}
    assert silent(world) == expected
    assert (told["lapsed"], told["taken_back"]) == (len(expected), 0)


def test_an_earlier_day_takes_back_what_a_later_one_found(world):
    sweep(world.context, as_of=AFTER)
    found = silent(world)
    told = sweep(world.context, as_of=BEFORE)
    assert silent(world) == set()
    assert (told["lapsed"], told["taken_back"]) == (0, len(found))


def test_a_second_sweep_of_the_same_day_writes_nothing(world):
    sweep(world.context, as_of=AFTER)
    versions = "SELECT xmin::text, subject, rule, report_id FROM finding ORDER BY 2, 3, 4"
    before = world.connection.execute(versions).fetchall()
    told = sweep(world.context, as_of=AFTER)
    assert (told["lapsed"], told["taken_back"]) == (0, 0)
    assert world.connection.execute(versions).fetchall() == before


def test_a_report_ends_a_silence_at_the_next_sweep(world):
    sweep(world.context, as_of=AFTER)
    assert SUBJECT in silent(world)
    world.submit_each([{**SPOKE, "by": "CO2", "report_id": "c"}])
    assert SUBJECT in silent(world), "a judge never touches what the sweep found about participants"
    sweep(world.context, as_of=AFTER)
    assert SUBJECT not in silent(world)


def test_findings_about_a_participant_are_shown_by_trace_and_lists(world):
    sweep(world.context, as_of=AFTER)
    rules = ["registered_but_silent", "report_overdue"]
    assert [one["rule"] for one in list_findings(world.context, subject=SUBJECT)] == rules
    assert [one["subject"] for one in list_findings(world.context, party=USCC_OF["CO2"])] == [SUBJECT] * 2
    traced = trace(world.context, SUBJECT)
    assert (traced["subject"], [one["rule"] for one in traced["findings"]]) == (SUBJECT, rules)
    assert [(one["kind"], one["opened_by"]) for one in traced["duties"]] == [
        ("report_zero", "2026-06-30"),
        ("report_zero", "2026-09-30"),
    ]


def owed(world):
    rows = world.connection.execute(
        "SELECT subject, kind, opened_by, closed_by, slot FROM duty WHERE kind = 'report_zero' AND party = %s ORDER BY 3",
        [USCC_OF["CO2"]],
    ).fetchall()
    assert all((subject, slot) == (SUBJECT, slot_of(SUBJECT)) for subject, *_, slot in rows)
    return [tuple(row[2:4]) for row in rows]


def test_duties_of_a_participant_are_rows_of_the_day_that_come_go_and_close(world):
    sweep(world.context, as_of=date(2026, 6, 30))
    assert owed(world) == []
    sweep(world.context, as_of=date(2026, 10, 1))
    assert owed(world) == [("2026-06-30", None), ("2026-09-30", None)]
    zero = {**SPOKE, "by": "CO2", "report_id": "z"}
    world.submit_each([zero])
    sweep(world.context, as_of=date(2026, 10, 1))
    assert owed(world) == [("2026-06-30", "z"), ("2026-09-30", None)]
    sweep(world.context, as_of=date(2026, 7, 1))
    assert owed(world) == [("2026-06-30", "z")]


def test_a_withdrawn_zero_report_settles_nothing(world):
    withdrawal = {
        "by": "CO2",
        "kind": "report_withdrawn",
        "report_id": "w",
        "occurred_at": "2026-07-02",
        "withdrawn_report_id": "z",
    }
    world.submit_each([{**SPOKE, "by": "CO2", "report_id": "z"}, withdrawal])
    sweep(world.context, as_of=date(2026, 7, 1))
    assert owed(world) == [("2026-06-30", None)]


EVENTS = [
    {"by": "BP1", "kind": "battery_produced", "report_id": "p1", "occurred_at": "2026-04-20", "battery_code": "{pack:1@2026-04-20}"},
    {"by": "VP1", "kind": "vehicle_produced", "report_id": "v1", "occurred_at": "2026-04-25", "vin": "{vin:1}",
     "battery_codes": ["{pack:1@2026-04-20}"]},
    {"by": "VP1", "kind": "vehicle_sold", "report_id": "s1", "occurred_at": "2026-05-10", "vin": "{vin:1}", "place": "330106"},
    {"by": "UE1", "kind": "material_sold", "report_id": "m1", "occurred_at": "2026-05-20", "receiver": "UE2", "lot_no": "L1"},
    {"by": "UE1", "kind": "material_sold", "report_id": "m2", "occurred_at": "2026-05-21", "receiver": "UE2", "lot_no": "L2"},
    {"by": "UE2", "kind": "material_received", "report_id": "m3", "occurred_at": "2026-05-22", "sender": "UE1", "lot_no": "L2"},
    {"by": "BP1", "kind": "dismantling_information_filed", "report_id": "d1", "occurred_at": "2026-06-01", "model": "M2"},
    {"by": "RE1", "kind": "battery_lost", "report_id": "l1", "occurred_at": "2026-06-02", "battery_code": "{pack:2}"},
    {"by": "CO1", "kind": "battery_received", "report_id": "r1", "occurred_at": "2026-06-02", "battery_code": "{pack:3}",
     "from_owner": True},
]  # fmt: skip


def test_what_the_database_tells_of_participants_is_what_the_engine_in_memory_sees(world):
    world.submit_each(EVENTS)
    day = date(2026, 11, 20)
    sweep(world.context, as_of=day)
    engine = MemoryEngine(REGISTRY)
    for number, report in enumerate([SPOKE, *EVENTS]):
        filled = fill_report(report, number=number)
        received_at = datetime.fromisoformat(filled["occurred_at"]).replace(tzinfo=UTC) + timedelta(days=1)
        engine.report({k: v for k, v in filled.items() if k != "by"}, by=filled["by"], received_at=received_at)
    engine.judge()
    seen = {view.uscc: view for view in engine.views(engine.findings(), day)}
    around = read_surroundings(world.context, as_of=day)
    for view in read_views(world.context, list(REGISTRY.usccs), as_of=day, around=around):
        own = seen[view.uscc]
        for name in ("flows", "reports", "findings", "tallies", "peers", "months"):
            assert getattr(view, name) == getattr(own, name), (view.uscc, name)
        assert [one.key for one in view.events] == [one.key for one in own.events]
        assert list_participant_duties(view) == list_participant_duties(own)
    assert {duty.kind for view in seen.values() for duty in list_participant_duties(view)} >= {
        "report_zero", "report_material_receipt", "file_dismantling_information",
    }  # fmt: skip


def test_a_trace_as_of_a_day_sees_what_a_sweep_of_that_day_would(world):
    traced = trace(world.context, SUBJECT, as_of=date(2026, 8, 15))
    assert [one["rule"] for one in traced["findings"]] == ["report_overdue"]
    assert [(one["opened_by"], one["group"]) for one in traced["duties"]] == [("2026-06-30", "overdue")]
    assert traced["identity"]["roles"] == ["collection_outlet"]
    assert traced["state"] == {"status": "registered"}
    assert trace(world.context, SUBJECT, as_of=date(2026, 6, 30))["duties"] == []
    other = trace(world.context, f"participant:{USCC_OF['CO1']}", as_of=date(2026, 6, 30))
    assert [one["kind"] for one in other["events"]] == ["nothing_to_report"]
    assert trace(world.context, f"participant:{USCC_OF['XX1']}")["state"] == {"status": "unknown"}
    assert trace(world.context, f"participant:{USCC_OF['UE3']}")["state"] == {"status": "expired"}


def test_a_rebuild_repeats_the_sweep_of_participants(world):
    sweep(world.context, as_of=AFTER)
    assert rebuild(world.context)["differing"] == {}
    world.connection.execute("DELETE FROM finding WHERE subject = %s", [SUBJECT])
    assert rebuild(world.context)["identical"] is True, "a rebuild sweeps first"
    assert SUBJECT in silent(world)


def test_the_sweep_tells_how_far_it_is(world):
    steps = []
    sweep(world.context, as_of=AFTER, progress=steps.append)
    assert steps == list(range(1, SWEEP_STEPS + 1))
