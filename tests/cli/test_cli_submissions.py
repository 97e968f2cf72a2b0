"""Submitting, withdrawing, and getting back what was refused."""

import json
import re

import pytest
from story import USCC_OF, code, vin

BORN_ON = "2025-03-12"


def pack(serial):
    return code(serial, level="P", on=BORN_ON, maker="001")


def produced(serial, **more):
    return {
        "kind": "battery_produced",
        "report_id": f"p{serial}",
        "occurred_at": BORN_ON,
        "battery_code": pack(serial),
        "model": "M1",
        "produced_on": BORN_ON,
        "rated_energy_wh": 55_000,
        "mass_g": 420_000,
        **more,
    }


def built(serial):
    return {
        "kind": "vehicle_produced",
        "report_id": f"v{serial}",
        "occurred_at": "2025-04-01",
        "vin": vin(serial),
        "vehicle_model": "X1",
        "conformity_certificate_no": "C1",
        "conformity_certificate_issued_on": "2025-04-01",
        "battery_codes": [pack(serial)],
    }


def scrapped(serial):
    return {
        "kind": "vehicle_scrapped",
        "report_id": f"x{serial}",
        "occurred_at": "2026-05-10",
        "vin": vin(serial),
        "battery_codes_found": [],
    }


def test_a_good_file_exits_0_and_is_judged_when_waited_for(peopled):
    answer = peopled("submit", peopled.write_reports(produced(1)), "--as", USCC_OF["BP1"], "--wait", "judged", "--json")
    assert answer.code == 0
    assert (answer.json["accepted"], answer.json["judged"]) == (1, True)
    assert answer.err == ""


def test_without_wait_judging_is_left_to_a_worker_and_said_so(peopled):
    answer = peopled("submit", peopled.write_reports(produced(1)), "--as", USCC_OF["BP1"])
    assert answer.code == 0
    assert "Not judged yet: suyuan work (or serve) does that" in answer.out
    assert peopled("trace", pack(1), "--json").json["state"]["status"] == "unknown"


def test_a_file_with_three_mistakes_shows_all_three_and_keeps_the_good_row(peopled):
    wrong = produced(2, battery_code=pack(2)[:23], mass_g=-5, colour="red")
    answer = peopled("submit", peopled.write_reports(produced(1), wrong), "--as", USCC_OF["BP1"])
    assert answer.code == 1
    assert all(f"({error})" in answer.out for error in ("battery_code_length", "number_out_of_range", "field_unknown"))
    assert "accepted 1 · duplicate 0 · refused 1" in answer.out


def test_refused_rows_are_told_in_chinese_where_that_is_spoken(peopled, monkeypatch):
    monkeypatch.setenv("SUYUAN_LANGUAGE", "zh")
    answer = peopled("submit", peopled.write_reports(produced(1, mass_g=-5)), "--as", USCC_OF["BP1"])
    assert "超出 1 至 100000000 的范围" in answer.out
    assert re.search(r"^第1行 +质量（克） +-5 ", answer.out, re.MULTILINE)


def test_a_dry_run_says_the_same_and_records_nothing(peopled):
    file = peopled.write_reports(produced(1), produced(2, mass_g=-5))
    tried = peopled("submit", file, "--as", USCC_OF["BP1"], "--dry-run", "--json")
    done = peopled("submit", file, "--as", USCC_OF["BP1"], "--json")
    assert (tried.code, tried.json["submission"]) == (1, None)
    assert [tried.json[count] for count in ("accepted", "duplicate", "rejected")] == [1, 0, 1]
    assert (done.json["accepted"], done.json["duplicate"]) == (1, 0)


def test_the_same_file_again_is_duplicates_that_name_the_first(peopled):
    file = peopled.write_reports(produced(1))
    first = peopled("submit", file, "--as", USCC_OF["BP1"], "--json").json["submission"]
    answer = peopled("submit", file, "--as", USCC_OF["BP1"])
    assert answer.code == 0
    assert f"The duplicate rows first came with {first}." in answer.out


def test_an_unknown_submitter_cannot_submit(peopled):
    answer = peopled("submit", peopled.write_reports(produced(1)), "--as", USCC_OF["XX1"])
    assert answer.code == 3
    assert "is not registered as a participant" in answer.err


def test_a_file_nothing_can_be_read_from_exits_1_with_words(peopled):
    answer = peopled("submit", peopled.write(b"\x1f\x8b\x08 zipped", name="a.jsonl"), "--as", USCC_OF["BP1"], "--json")
    assert answer.code == 1
    assert answer.json["accepted"] == 0
    assert "compressed" in answer.json["file_errors"][0]["message"]


def test_the_time_of_receipt_may_be_given_only_where_the_past_is_loaded(peopled):
    file = peopled.write_reports(produced(1))
    moment = ("--received-at", "2025-03-15T10:00:00+08:00")
    refused = peopled("submit", file, "--as", USCC_OF["BP1"], *moment)
    assert refused.code == 3
    assert "suyuan init --historical" in refused.err
    assert peopled("init", "--historical").code == 0
    taken = peopled("submit", file, "--as", USCC_OF["BP1"], *moment, "--json")
    assert taken.json["received_at"] == "2025-03-15T02:00:00.000000Z"


def test_what_is_neither_day_nor_time_is_told_with_an_example_of_both(peopled):
    wrong = peopled.write_reports(produced(1, occurred_at="46347"), produced(2, occurred_at="2026年13月2日"))
    out = peopled("submit", wrong, "--as", USCC_OF["BP1"], "--dry-run").out
    assert '"46347" is not a date like 2026-05-03 or a time with offset like 2026-05-03T10:00:00+08:00' in out
    assert '"2026年13月2日" is not a date like 2026-05-03. Correct' in out


def test_people_read_the_day_of_receipt_in_shanghai(peopled):
    assert peopled("init", "--historical").code == 0
    file = peopled.write_reports(produced(1))
    taken = peopled("submit", file, "--as", USCC_OF["BP1"], "--received-at", "2025-03-14T17:30:00Z", "--wait", "judged")
    assert "received 2025-03-15 01:30 +08:00" in taken.out
    assert re.search(r"battery produced .* 2025-03-15$", peopled("trace", pack(1)).out, re.MULTILINE)


def test_a_database_with_submissions_cannot_become_one_of_the_past(peopled):
    peopled("submit", peopled.write_reports(produced(1)), "--as", USCC_OF["BP1"])
    answer = peopled("init", "--historical")
    assert answer.code == 3
    assert "only an empty one can be made to load the past" in answer.err
    assert peopled("init").code == 0


def test_only_its_own_submitter_withdraws_a_submission(peopled):
    name = peopled("submit", peopled.write_reports(produced(1)), "--as", USCC_OF["BP1"], "--json").json["submission"]
    refused = peopled("withdraw", name, "--as", USCC_OF["VP1"], "--reason", "not mine")
    assert refused.code == 3
    assert f"has no submission {name}" in refused.err
    answer = peopled("withdraw", name, "--as", USCC_OF["BP1"], "--reason", "typed wrong", "--wait", "judged", "--json")
    assert (answer.code, answer.json["accepted"], answer.json["judged"]) == (0, 1, True)
    events = peopled("trace", pack(1), "--json").json["events"]
    assert [event["withdrawn"] for event in events] == [True, False]


def test_the_workbook_of_refused_rows_comes_back_through_submit(peopled):
    file = peopled.write_reports(produced(1, mass_g=-5))
    name = peopled("submit", file, "--as", USCC_OF["BP1"], "--json").json["submission"]
    target = peopled.folder / "refusals.xlsx"
    assert peopled("refusals", name, "-o", target, "--json").json["rows"] == 1
    again = peopled("submit", target, "--as", USCC_OF["BP1"], "--json").json
    assert [error["field"] for row in again["rows"] for error in row["errors"]] == ["mass_g"]


def test_where_nothing_was_refused_no_workbook_is_written(peopled):
    name = peopled("submit", peopled.write_reports(produced(1)), "--as", USCC_OF["BP1"], "--json").json["submission"]
    target = peopled.folder / "refusals.xlsx"
    answer = peopled("refusals", name, "-o", target)
    assert answer.code == 0
    assert "no file was written" in answer.out
    assert not target.exists()
    assert peopled("refusals", "s-000000000099", "-o", target).code == 3


@pytest.fixture
def with_a_wreck(peopled):
    """A pack in a vehicle that was scrapped without it."""
    for who, report in (("BP1", produced(1)), ("VP1", built(1)), ("VD1", scrapped(1))):
        answer = peopled("submit", peopled.write_reports(report), "--as", USCC_OF[who], "--wait", "judged")
        assert answer.code == 0, answer.out
    return peopled


def test_a_trace_for_people_has_words_names_and_what_is_unverified(with_a_wreck, monkeypatch):
    monkeypatch.setenv("SUYUAN_LANGUAGE", "zh")
    shown = with_a_wreck("trace", vin(1)).out
    for expected in ("报废时电池缺失", "报废车接收", "VD1 公司", "疑似违规", "未核实", pack(1)):
        assert expected in shown


def test_a_trace_as_of_a_day_shows_that_day(with_a_wreck):
    state = with_a_wreck("trace", vin(1), "--as-of", "2026-05-09", "--json").json["state"]
    assert state["status"] == "produced"
    assert "(as of 2026-05-09)" in with_a_wreck("trace", vin(1), "--as-of", "2026-05-09").out


def test_a_trace_of_what_is_no_code_cannot_be(peopled):
    answer = peopled("trace", "hello")
    assert answer.code == 3
    assert '"HELLO" has 5 characters' in answer.err


def test_filters_of_findings_keep_what_fits_and_leave_out_what_does_not(with_a_wreck):
    found = with_a_wreck("findings", "--json").json["findings"]
    missing = next(one for one in found if one["rule"] == "scrapped_vehicle_battery_missing")
    for kept, left_out in (
        (("--rule", missing["rule"]), ("--rule", "code_registered_twice")),
        (("--weight", missing["weight"]), ("--weight", "notice")),
        (("--subject", vin(1)), ("--subject", vin(2))),
        (("--party", missing["party"]), ("--party", USCC_OF["SE1"])),
    ):
        assert missing in with_a_wreck("findings", *kept, "--json").json["findings"], kept
        assert missing not in with_a_wreck("findings", *left_out, "--json").json["findings"], left_out
    assert "Scrapped vehicle with its battery missing" in with_a_wreck("findings").out


def test_duties_are_listed_by_participant_and_by_day(peopled):
    handed = {
        "kind": "battery_handed_over",
        "report_id": "h1",
        "occurred_at": "2026-05-20",
        "battery_code": pack(1),
        "receiver": USCC_OF["UE1"],
        "mass_g": 419_000,
    }
    peopled("submit", peopled.write_reports(handed), "--as", USCC_OF["VD1"], "--wait", "judged")
    every = peopled("duties", "--json").json["duties"]
    waiting = [duty for duty in every if duty["party"] == USCC_OF["UE1"]]
    assert waiting
    assert peopled("duties", "--participant", USCC_OF["UE1"], "--json").json["duties"] == waiting
    assert peopled("duties", "--overdue-on", "2026-05-21", "--json").json["duties"] == []
    assert waiting[0] in peopled("duties", "--overdue-on", "2027-05-21", "--json").json["duties"]


def test_duties_are_grouped_for_people_by_when_they_are_due(peopled):
    handed = {
        "kind": "battery_handed_over",
        "report_id": "h1",
        "occurred_at": "2026-05-20",
        "battery_code": pack(1),
        "receiver": USCC_OF["UE1"],
        "mass_g": 419_000,
    }
    peopled("submit", peopled.write_reports(handed), "--as", USCC_OF["VD1"], "--wait", "judged")
    seen = [
        peopled("duties", "--participant", USCC_OF["UE1"], "--as-of", day).out
        for day in ("2026-06-01", "2026-06-12", "2026-06-20")
    ]
    words = [("due later", "18 days left"), ("due this week", "7 days left"), ("overdue", "1 days late")]
    assert [heading in out and left in out for out, (heading, left) in zip(seen, words, strict=True)] == [True] * 3
    assert all("battery received" in out and "provisional" in out for out in seen)
    told = peopled("duties", "--participant", USCC_OF["UE1"], "--as-of", "2026-06-20", "--json").json["duties"][0]
    assert (told["group"], told["days_left"], told["unit"], told["settled_by"]) == (
        "overdue",
        -1,
        "calendar",
        ["battery_received"],
    )


def test_what_is_overdue_comes_first_and_what_is_settled_last(peopled):
    moved = {"mass_g": 419_000, "receiver": USCC_OF["UE1"], "kind": "battery_handed_over"}
    for number, on in ((1, "2026-05-01"), (2, "2026-05-20"), (3, "2026-06-10")):
        given = {**moved, "report_id": f"h{number}", "occurred_at": on, "battery_code": pack(number)}
        peopled("submit", peopled.write_reports(given), "--as", USCC_OF["VD1"], "--wait", "judged")
    taken = {
        "kind": "battery_received",
        "report_id": "r",
        "occurred_at": "2026-05-21",
        "battery_code": pack(2),
        "mass_g": 419_000,
    }
    taken["sender"] = USCC_OF["VD1"]
    peopled("submit", peopled.write_reports(taken), "--as", USCC_OF["UE1"], "--wait", "judged")
    duties = peopled("duties", "--participant", USCC_OF["UE1"], "--as-of", "2026-06-20", "--json").json["duties"]
    groups = [duty["group"] for duty in duties]
    assert groups == sorted(groups, key=["overdue", "this_week", "later", "settled"].index)
    assert {"overdue", "later", "settled"} <= set(groups)
    assert "settled: r" in peopled("duties", "--participant", USCC_OF["UE1"]).out


def test_a_check_before_scrapping_exits_1_only_when_a_battery_is_missing(peopled):
    for who, report in (("BP1", produced(1)), ("VP1", built(1))):
        peopled("submit", peopled.write_reports(report), "--as", USCC_OF[who], "--wait", "judged")
    whole = peopled("scrapping-check", vin(1), "--found", pack(1))
    assert (whole.code, "Every battery that must be on it was found." in whole.out) == (0, True)
    missing = peopled("scrapping-check", vin(1), "--found", "", "--json")
    assert (missing.code, missing.json["missing"]) == (1, [pack(1)])
    unknown = peopled("scrapping-check", vin(2), "--found", "")
    assert (unknown.code, "was never reported" in unknown.out) == (0, True)


def test_sweep_and_rebuild_tell_what_they_did(with_a_wreck):
    assert with_a_wreck("sweep", "--as-of", "2026-12-31", "--json").json["as_of"] == "2026-12-31"
    rebuilt = with_a_wreck("rebuild")
    assert rebuilt.code == 0
    assert "Everything is identical" in rebuilt.out


def test_rebuild_exits_1_where_what_stood_was_altered(with_a_wreck, connection):
    connection.execute("UPDATE subject_state SET status = 'recovered'")
    connection.commit()
    altered = with_a_wreck("rebuild")
    assert altered.code == 1
    assert "It differed" in altered.out
    assert with_a_wreck("rebuild").code == 0


def test_migrate_says_when_there_is_nothing_to_do(suyuan):
    assert "already has the schema" in suyuan("migrate").out
    assert suyuan("migrate", "--json").json == {"applied": []}


def test_a_server_named_by_its_address_is_not_stopped(suyuan):
    answer = suyuan("stop")
    assert answer.code == 3
    assert "was not started by this program" in answer.err


def test_the_log_tells_what_was_done_without_naming_goods(peopled):
    peopled("submit", peopled.write_reports(produced(1)), "--as", USCC_OF["BP1"])
    log = (peopled.folder / "state" / "suyuan" / "suyuan.log").read_text()
    assert "event=submission.recorded" in log
    assert "rows=1 refused=0" in log
    assert pack(1) not in log


def test_verbose_sends_the_log_to_the_screen(peopled):
    answer = peopled("submit", peopled.write_reports(produced(1)), "--as", USCC_OF["BP1"], "--verbose", "--json")
    assert "event=submission.recorded" in answer.err
    assert json.loads(answer.out)["accepted"] == 1
