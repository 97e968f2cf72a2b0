"""Sending reports over HTTP: forms, waiting, idempotency, dry runs, limits."""

import io
import json

import pytest
from api_world import write_birth
from database_world import NOW
from python_calamine import CalamineWorkbook
from story import USCC_OF, expand

from suyuan.api.result import ANSWER_BYTES_MIN, encode_result
from suyuan.api.settings import Settings
from suyuan.app.submit import PIECES_PER_TRANSACTION, Arrival
from suyuan.app.take_in import take_in
from suyuan.store.submission import PIECE_BYTES

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def count_rows(world):
    """Return the number of rows of every table that has any; an empty partition made ready for a month is no row."""
    names = world.connection.execute(
        "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relkind = 'r'"
    ).fetchall()
    counts = {name: world.connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for (name,) in names}
    return {name: count for name, count in counts.items() if count}


def test_submission_is_stored_and_told_with_its_address(server):
    answer = server.post(write_birth(1))
    assert answer.status_code == 201
    result = answer.json()
    assert answer.headers["Location"] == f"/api/v1/submissions/{result['submission']}"
    assert (result["accepted"], result["rejected"]) == (1, 0)
    assert server.get(answer.headers["Location"], who="BP1").json()["digest_sha256"] == result["digest_sha256"]


def test_who_waits_gets_the_judgement_with_the_answer(server):
    answer = server.post(write_birth(1), Prefer="wait=5")
    assert answer.json()["judged"] is True
    assert answer.headers["Preference-Applied"] == "wait=5"
    assert server.world.state(expand("{pack:1}"))[0] == "produced"


def test_who_does_not_wait_is_told_that_judging_is_outstanding(server):
    answer = server.post(write_birth(1))
    assert answer.json()["judged"] is False


def test_longest_wait_is_granted_but_no_longer(server):
    answer = server.post(write_birth(1), Prefer="respond-async, wait=86400")
    assert answer.headers["Preference-Applied"] == "wait=30"


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", b"[" + write_birth(1) + b"]"),
        ("application/x-ndjson; charset=utf-8", write_birth(1) + b"\n"),
        (
            "text/csv",
            f"kind,report_id,occurred_at,battery_code,model,produced_on,rated_energy_wh,mass_g\n"
            f"battery_produced,p1,2025-03-12,{expand('{pack:1}')},M1,2025-03-12,55000,420000\n".encode(),
        ),
    ],
)
def test_same_report_in_any_form_is_the_same_report(server, content_type, body):
    assert server.post(write_birth(1)).json()["accepted"] == 1
    result = server.post(body, content_type=content_type).json()
    assert (result["accepted"], result["duplicate"], result["rejected"]) == (0, 1, 0)


def test_same_key_and_body_gives_the_stored_submission(server):
    first = server.post(write_birth(1), Idempotency_Key='"k-1"')
    again = server.post(write_birth(1), Idempotency_Key="k-1")
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json()["submission"] == first.json()["submission"]
    assert count_rows(server.world)["submission"] == 1


def test_same_key_with_another_body_is_refused(server):
    server.post(write_birth(1), Idempotency_Key="k-1")
    answer = server.post(write_birth(2), Idempotency_Key="k-1")
    assert answer.status_code == 422
    assert answer.json()["code"] == "idempotency_key_reused"
    assert count_rows(server.world)["submission"] == 1


def test_key_belongs_to_one_participant_alone(server):
    first = server.post(write_birth(1), Idempotency_Key="k-1")
    other = server.post(write_birth(2), who="VP1", Idempotency_Key="k-1")
    assert other.status_code == 201
    assert other.json()["submission"] != first.json()["submission"]


def test_key_of_an_upload_that_broke_off_can_be_used_again(world):
    arrival = Arrival(USCC_OF["BP1"], "jsonl", "", NOW, "k-1")

    def break_off():
        yield from [b" " * PIECE_BYTES] * (PIECES_PER_TRANSACTION + 1)
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        take_in(world.context, break_off(), arrival=arrival)
    assert world.connection.execute("SELECT status FROM submission").fetchall() == [("receiving",)]
    again = take_in(world.context, [write_birth(1)], arrival=arrival)
    assert again.is_new
    assert not take_in(world.context, [write_birth(1)], arrival=arrival).is_new


def test_without_a_key_the_same_body_is_a_submission_of_duplicates(server):
    first = server.post(write_birth(1))
    again = server.post(write_birth(1))
    assert again.status_code == 201
    assert again.json()["rows"][0]["duplicate_of"] == {"submission": first.json()["submission"], "row": 1}


def test_dry_run_tells_the_same_and_leaves_nothing(server):
    body = write_birth(1) + b"\n" + write_birth(2, mass_g="heavy")
    before = count_rows(server.world)
    tried = server.post(body, query="?dry_run=true", Idempotency_Key="k-1")
    assert count_rows(server.world) == before
    real = server.post(body, Idempotency_Key="k-1").json()
    assert count_rows(server.world) != before
    assert tried.status_code == 200
    assert "Location" not in tried.headers
    assert tried.json()["rows"] == real["rows"]


def test_misspelt_parameter_is_refused_instead_of_submitting_in_earnest(server):
    before = count_rows(server.world)
    answer = server.post(write_birth(1), query="?dryrun=true")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "dryrun"
    assert count_rows(server.world) == before


@pytest.mark.parametrize("name", ["报表.csv", "C:\\fakepath\\报表.csv"])
def test_file_name_is_kept_without_its_folder(server, name):
    server.client.post(
        "/api/v1/submissions",
        params={"file_name": name},
        content=write_birth(1),
        headers=server.headers("BP1", Content_Type="application/x-ndjson"),
    )
    assert server.world.connection.execute("SELECT file_name FROM submission").fetchone()[0] == "报表.csv"


def test_file_name_is_read_from_content_disposition(server):
    server.post(write_birth(1), Content_Disposition="attachment; filename*=UTF-8''%E6%8A%A5%E8%A1%A8.jsonl")
    assert server.world.connection.execute("SELECT file_name FROM submission").fetchone()[0] == "报表.jsonl"


def test_body_in_many_pieces_is_stored_byte_for_byte(server):
    lines = b"\n".join(write_birth(serial, note="x" * 400) for serial in range(1, 4001))
    assert len(lines) > 2_000_000, "more than is read ahead"
    result = server.post((lines[at : at + 50_000] for at in range(0, len(lines), 50_000)), Idempotency_Key="big").json()
    assert result["accepted"] == 4000
    again = server.post(lines, Idempotency_Key="big")
    assert (again.status_code, again.json()["submission"]) == (200, result["submission"])


def test_refused_rows_come_back_as_a_workbook(server):
    answer = server.post(write_birth(1) + b"\n" + write_birth(2, battery_code="08XPE"))
    address = f"/api/v1/submissions/{answer.json()['submission']}/refusals.xlsx"
    workbook = server.get(address, who="BP1")
    assert workbook.headers["Content-Type"] == XLSX
    rows = CalamineWorkbook.from_filelike(io.BytesIO(workbook.content)).get_sheet_by_index(0).to_python()
    assert any("08XPE" in str(cell) for cell in rows[1])


def test_workbook_of_a_submission_without_refusals_is_not_there(server):
    name = server.post(write_birth(1)).json()["submission"]
    assert server.get(f"/api/v1/submissions/{name}/refusals.xlsx", who="BP1").status_code == 404


def test_file_nothing_can_be_read_from_is_told_in_one_entry(server):
    result = server.post(b"PK\x03\x04 no workbook", content_type=XLSX).json()
    assert result["accepted"] == 0
    assert len(result["file_errors"]) == 1


class TestLimits:
    @pytest.fixture
    def settings(self):
        return Settings(connections=4, body_bytes_max=5_000, dry_run_bytes_max=1_000)

    def test_body_that_says_it_is_too_large_is_refused(self, server):
        assert server.post(b"x" * 5_001).status_code == 413

    def test_body_that_turns_out_too_large_is_refused_and_leaves_no_submission(self, server):
        answer = server.post(b"x" * 1_000 for _ in range(6))
        assert answer.status_code == 413
        assert "submission" not in count_rows(server.world)

    def test_body_at_the_limit_is_taken(self, server):
        assert server.post(write_birth(1).ljust(5_000)).status_code == 201

    def test_dry_run_has_a_limit_of_its_own(self, server):
        assert server.post(b"x" * 1_001, query="?dry_run=true").status_code == 413


def test_reasons_of_many_wrong_rows_are_no_multiple_of_the_file(server):
    body = b"x\n" * 2_000
    told = server.post(body)
    assert len(told.content) <= ANSWER_BYTES_MIN
    result = told.json()
    assert (result["rejected"], len(result["rows"]) + result["rows_not_listed"]) == (2_000, 2_000)
    stored = server.get(told.headers["Location"], who="BP1")
    assert len(stored.json()["rows"]) == 2_000, "the control: whole, it is many times as large"
    assert len(stored.content) > 10 * ANSWER_BYTES_MIN


def test_an_answer_never_passes_its_bound_by_a_byte():
    result = {"submission": "s-1", "rows": [{"row": number, "outcome": "rejected"} for number in range(40)]}
    for bytes_max in range(100, 300):
        told = encode_result(result, bytes_max=bytes_max)
        assert len(told) <= bytes_max
        assert json.loads(told)["rows_not_listed"] > 0


def test_all_reasons_of_an_ordinary_file_are_told(server):
    result = server.post(b"\n".join(write_birth(serial, mass_g=0, model="") for serial in range(1, 301))).json()
    assert len(result["rows"]) == 300
    assert all(len(row["errors"]) == 2 for row in result["rows"])


def test_row_with_hundreds_of_wrong_codes_tells_the_first_and_counts_the_rest(server):
    body = {
        "kind": "stock_counted",
        "report_id": "s",
        "occurred_at": "2026-01-01",
        "counted_mass_g": 1,
        "battery_codes": ["x"] * 700,
    }
    row = server.post(json.dumps(body).encode()).json()["rows"][0]
    assert len(row["errors"]) < 50
    assert len(row["errors"]) + row["errors_not_listed"] >= 700


@pytest.mark.parametrize(
    "headers",
    [{"Content_Type": "application/pdf"}, {"Content_Type": ""}, {"Content_Encoding": "gzip"}],
    ids=["pdf", "none", "gzip"],
)
def test_form_that_is_not_read_is_refused(server, headers):
    content_type = headers.pop("Content_Type", "application/x-ndjson")
    answer = server.post(write_birth(1), content_type=content_type, **headers)
    assert answer.status_code == 415


def test_operator_reads_all_and_submits_nothing(server):
    answer = server.post(write_birth(1), who="operator")
    assert (answer.status_code, answer.json()["code"]) == (403, "submitter_not_allowed")


def test_report_of_another_is_refused_row_by_row(server):
    result = server.post(write_birth(1, reporter=USCC_OF["BP2"])).json()
    assert result["rows"][0]["errors"][0]["code"] == "reporter_not_allowed"
