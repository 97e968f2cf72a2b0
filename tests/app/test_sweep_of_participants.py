"""The sweep judges participants: exactly those findings of its day, repeated identically, shown wherever findings are."""

from datetime import date

import pytest
from database_world import DatabaseWorld
from story import REGISTRY, USCC_OF

from suyuan.app.lists import list_findings
from suyuan.app.rebuild import rebuild
from suyuan.app.sweep import SWEEP_STEPS, sweep
from suyuan.app.trace import trace
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
    assert sweep(world.context, as_of=BEFORE)["lapsed"] == 0
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
    assert [one["rule"] for one in list_findings(world.context, subject=SUBJECT)] == [RULE]
    assert [one["subject"] for one in list_findings(world.context, party=USCC_OF["CO2"])] == [SUBJECT]
    traced = trace(world.context, SUBJECT)
    assert (traced["subject"], [one["rule"] for one in traced["findings"]]) == (SUBJECT, [RULE])


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
