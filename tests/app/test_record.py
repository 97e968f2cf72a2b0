"""Record: what is acknowledged stays, once, whatever is sent twice, cut off or withdrawn."""

import json
from datetime import date, timedelta
from threading import Thread

import pytest
from database_world import NOW, DatabaseWorld
from psycopg.errors import DeadlockDetected
from story import USCC_OF, expand

from suyuan.app import submit as submit_module
from suyuan.app.judge import judge_pending
from suyuan.app.submit import Arrival, describe_submission, receive, record, record_all, try_out
from suyuan.app.withdraw import withdraw
from suyuan.app.work import work_once
from suyuan.store.components import find_parents
from suyuan.store.submission import parse_submission_name

PACK, VIN = expand("{pack:1}"), expand("{vin:1}")
PRODUCED = {"kind": "battery_produced", "report_id": "p1", "occurred_at": "2025-03-12", "battery_code": "{pack:1}"}
BUILT = {
    "kind": "vehicle_produced",
    "report_id": "v1",
    "occurred_at": "2025-04-01",
    "vin": "{vin:1}",
    "battery_codes": ["{pack:1}"],
}
SCRAPPED = {
    "kind": "vehicle_scrapped",
    "report_id": "x1",
    "occurred_at": "2026-05-10",
    "vin": "{vin:1}",
    "battery_codes_found": [],
}


@pytest.fixture
def world(database_url):
    return DatabaseWorld(database_url)


def counts(result):
    return result["accepted"], result["duplicate"], result["rejected"]


@pytest.mark.every_server
def test_the_same_report_twice_counts_once_and_names_the_first_submission(world):
    first = world.submit("BP1", PRODUCED)
    second = world.submit("BP1", PRODUCED)
    assert (counts(first), counts(second)) == ((1, 0, 0), (0, 1, 0))
    assert second["rows"][0]["duplicate_of"] == {"submission": first["submission"], "row": 1}
    assert world.connection.execute("SELECT count(*) FROM timeline").fetchone()[0] == 1


def test_the_same_report_as_csv_is_a_duplicate_of_the_jsonl_one(world):
    world.submit("BP1", PRODUCED)
    text = (
        "kind,report_id,occurred_at,battery_code,model,produced_on,rated_energy_wh,mass_g\r\n"
        f"battery_produced,p1,2025-03-12,{PACK.lower()},M1,2025-03-12,55000,420000\r\n"
    )
    arrival = Arrival(USCC_OF["BP1"], "csv", "一线.csv", NOW)
    number = submit_module.submit(world.context, [text.encode("gb18030")], arrival=arrival)
    assert counts(describe_submission(world.context, number)) == (0, 1, 0)


def test_an_id_used_for_other_content_is_refused_and_the_first_content_stands(world):
    world.submit("BP1", PRODUCED)
    result = world.submit("BP1", {**PRODUCED, "mass_g": 300_000})
    assert result["rows"][0]["errors"][0]["code"] == "report_id_reused"
    assert world.connection.execute("SELECT count(*) FROM report").fetchone()[0] == 1


def test_a_refused_row_claims_no_id(world):
    assert counts(world.submit("BP1", {**PRODUCED, "mass_g": -1})) == (0, 0, 1)
    assert counts(world.submit("BP1", PRODUCED)) == (1, 0, 0)


def test_a_repetition_within_one_file_is_a_duplicate_of_its_first_row(world):
    result = world.submit("BP1", PRODUCED, PRODUCED)
    assert counts(result) == (1, 1, 0)
    assert result["rows"][1]["duplicate_of"] == {"submission": result["submission"], "row": 1}


def test_a_dry_run_answers_as_the_real_run_and_leaves_nothing(world):
    lines = [
        json.dumps({**expand(PRODUCED), "produced_on": "2025-03-12", "model": "M1", "rated_energy_wh": 1, "mass_g": 1}),
        "{",
    ]
    text = "\n".join(lines).encode()
    arrival = Arrival(USCC_OF["BP1"], "jsonl", "a.jsonl", NOW)
    dry = try_out(world.context, lambda: [text], arrival=arrival)
    assert world.connection.execute("SELECT count(*) FROM submission").fetchone()[0] == 0
    assert world.connection.execute("SELECT count(*) FROM report").fetchone()[0] == 0
    real = describe_submission(world.context, submit_module.submit(world.context, [text], arrival=arrival))
    assert (counts(dry), dry["rows"]) == (counts(real), real["rows"])


def test_a_submission_cut_off_between_batches_goes_on_where_it_stopped(world, monkeypatch):
    monkeypatch.setattr(submit_module, "BATCH_ROWS_MAX", 3)
    rows = [{**PRODUCED, "report_id": f"p{n}", "battery_code": f"{{pack:{n}}}"} for n in range(1, 11)]
    text = "\n".join(
        json.dumps({**expand(row), "produced_on": "2025-03-12", "model": "M", "rated_energy_wh": 1, "mass_g": 1})
        for row in rows
    )
    number = receive(world.context, [text.encode()], arrival=Arrival(USCC_OF["BP1"], "jsonl", "a.jsonl", NOW))

    def die(rows_done):
        if rows_done >= 6:
            raise ConnectionAbortedError

    with pytest.raises(ConnectionAbortedError):
        record(world.context, number, progress=die)
    assert describe_submission(world.context, number)["accepted"] == 6
    assert not describe_submission(world.context, number)["judged"]
    work_once(world.open_context())
    result = describe_submission(world.context, number)
    assert (counts(result), result["judged"]) == ((10, 0, 0), True)
    assert [row["row"] for row in result["rows"]] == list(range(1, 11))


def test_a_stored_file_that_nobody_recorded_is_recorded_by_the_worker(world):
    line = json.dumps(
        {**expand(PRODUCED), "produced_on": "2025-03-12", "model": "M", "rated_energy_wh": 1, "mass_g": 1}
    )
    receive(world.context, [line.encode()], arrival=Arrival(USCC_OF["BP1"], "jsonl", "a.jsonl", NOW))
    assert world.state(PACK) is None
    work_once(world.open_context())
    assert world.state(PACK)[0] == "produced"


def test_who_waits_for_the_record_gets_all_of_it_though_another_process_took_it_up(world):
    number = receive(world.context, [b"{}\n"], arrival=Arrival(USCC_OF["BP1"], "jsonl", "a.jsonl", NOW))
    with world.open_context().connection as other:
        other.execute("SELECT pg_advisory_lock(%s)", [number])
        waiting = Thread(target=record_all, args=[world.open_context(), number])
        waiting.start()
        waiting.join(0.2)
        assert waiting.is_alive(), "nothing is recorded yet"
        other.execute("SELECT pg_advisory_unlock(%s)", [number])
        waiting.join(30)
    assert counts(describe_submission(world.context, number)) == (0, 0, 1)


def test_a_temporary_code_in_full_width_is_the_code_of_its_declaration(world):
    code = f"TMP-{USCC_OF['CO1']}-7"
    wide = "".join(chr(ord(letter) + 0xFEE0) for letter in code)
    declared = {
        "kind": "uncoded_battery_declared",
        "occurred_at": "2026-05-02",
        "temporary_code": code,
        "report_id": "u1",
    }
    handed = {"kind": "battery_handed_over", "occurred_at": "2026-05-03", "battery_code": wide, "receiver": "UE1"}
    assert counts(world.submit("CO1", {**declared, "explanation": "label burnt"}, handed)) == (2, 0, 0)
    assert world.state(code)[0] == "in_transit"


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_of_two_withdrawals_of_one_report_the_earlier_day_ends_its_components(world, order):
    cell = expand("{cell:1}")
    world.submit("BP1", {**PRODUCED, "cells": [cell]})
    twice = [
        {
            "kind": "report_withdrawn",
            "report_id": f"w{day}",
            "occurred_at": f"2025-03-{day}",
            "withdrawn_report_id": "p1",
        }
        for day in (15, 20)
    ]
    for place in order:
        world.submit("BP1", twice[place])
    assert [parent for parent, _ in find_parents(world.connection, cell, until=date(2025, 3, 14))] == [PACK]
    assert find_parents(world.connection, cell, until=date(2025, 3, 15)) == []


def test_a_withdrawal_may_stand_before_its_target_in_the_file_and_batches_apart(world, monkeypatch):
    monkeypatch.setattr(submit_module, "BATCH_ROWS_MAX", 2)
    withdrawal = {
        "kind": "report_withdrawn",
        "report_id": "w1",
        "occurred_at": "2025-03-13",
        "withdrawn_report_id": "p1",
    }
    others = [{**PRODUCED, "report_id": f"q{n}", "battery_code": f"{{pack:{n}}}"} for n in range(2, 8)]
    result = world.submit("BP1", withdrawal, *others, PRODUCED)
    assert counts(result) == (8, 0, 0)
    assert world.state(PACK)[0] == "unknown"


def test_a_withdrawal_of_what_was_never_recorded_is_refused(world):
    withdrawal = {
        "kind": "report_withdrawn",
        "report_id": "w1",
        "occurred_at": "2025-03-13",
        "withdrawn_report_id": "nothing",
    }
    result = world.submit("BP1", withdrawal)
    assert result["rows"][0]["errors"][0]["code"] == "withdrawn_report_unknown"


def test_a_withdrawal_cannot_be_withdrawn(world):
    world.submit("BP1", PRODUCED)
    world.submit(
        "BP1", {"kind": "report_withdrawn", "report_id": "w1", "occurred_at": "2025-03-13", "withdrawn_report_id": "p1"}
    )
    again = {"kind": "report_withdrawn", "report_id": "w2", "occurred_at": "2025-03-14", "withdrawn_report_id": "w1"}
    assert counts(world.submit("BP1", again)) == (0, 0, 1)


def test_a_whole_submission_is_withdrawn_and_its_findings_go(world):
    world.submit("BP1", PRODUCED)
    world.submit("VP1", BUILT)
    scrapped = world.submit("VD1", SCRAPPED)
    assert world.state(VIN)[0] == "incomplete"
    number = withdraw(
        world.context,
        parse_submission_name(scrapped["submission"]),
        submitter=USCC_OF["VD1"],
        reason="wrong car",
        received_at=NOW,
    )
    judge_pending(world.context)
    assert counts(describe_submission(world.context, number)) == (1, 0, 0)
    assert world.state(VIN)[0] == "produced"
    assert "scrapped_vehicle_battery_missing" not in dict(world.rules(VIN))


def test_the_same_idempotency_key_gives_the_stored_submission(world):
    arrival = Arrival(USCC_OF["BP1"], "jsonl", "a.jsonl", NOW, idempotency_key="k1")
    first = receive(world.context, [b"{}"], arrival=arrival)
    assert receive(world.context, [b"{}"], arrival=arrival) == first


@pytest.mark.every_server
def test_a_file_nothing_can_be_read_from_says_so_in_words_and_loses_nothing_else(world):
    arrival = Arrival(USCC_OF["BP1"], "csv", "a.csv", NOW)
    number = submit_module.submit(world.context, [b"\x00\x01\x02" * 1000], arrival=arrival)
    result = describe_submission(world.context, number)
    assert result["accepted"] == 0
    assert result["file_errors"][0]["message_zh"]


def test_a_dry_run_hints_at_a_known_neighbour_of_an_unknown_code_and_at_nothing_else(world):
    world.submit("BP1", {**PRODUCED, "battery_code": "{pack:2}"})
    handed = {"kind": "battery_received", "occurred_at": "2026-05-10", "mass_g": 1, "from_owner": True}
    rows = [{**handed, "report_id": f"i{n}", "battery_code": expand(f"{{pack:{n}}}")} for n in (2, 3, 94455)]
    text = "\n".join(map(json.dumps, rows)).encode()
    result = try_out(world.context, lambda: [text], arrival=Arrival(USCC_OF["UE1"], "jsonl", "a.jsonl", NOW))
    hinted = [[notice["code"] for notice in row["notices"]] for row in result["rows"]]
    assert hinted == [[], ["neighbour_known"], []]


def test_a_submission_withdrawn_twice_is_withdrawn_once(world):
    number = parse_submission_name(world.submit("BP1", PRODUCED)["submission"])
    first = withdraw(world.context, number, submitter=USCC_OF["BP1"], reason="wrong", received_at=NOW)
    again = withdraw(
        world.context, number, submitter=USCC_OF["BP1"], reason="again", received_at=NOW + timedelta(days=3)
    )
    assert first == again
    assert world.connection.execute("SELECT count(*) FROM report").fetchone()[0] == 2


def test_a_deadlock_between_two_recorders_is_told_as_not_yet_recorded_and_then_recorded(world, monkeypatch):
    line = json.dumps(
        {**expand(PRODUCED), "produced_on": "2025-03-12", "model": "M", "rated_energy_wh": 1, "mass_g": 1}
    )
    number = receive(world.context, [line.encode()], arrival=Arrival(USCC_OF["BP1"], "jsonl", "a.jsonl", NOW))

    def meet(*_args, **_kwargs):
        raise DeadlockDetected

    with monkeypatch.context() as patch:
        patch.setattr("suyuan.store.record.Recorder.record_batch", meet)
        assert record(world.context, number) is False
    assert record(world.context, number) is True
    assert world.connection.execute("SELECT count(*) FROM report").fetchone()[0] == 1
