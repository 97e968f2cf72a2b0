"""Receipts, the log and its keys on the command line, as clerk, verifier and operator use them."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from story import USCC_OF, expand

from suyuan_verify.main import main as verify_receipt

DECLARED = {
    "kind": "uncoded_battery_declared", "report_id": "r1", "occurred_at": "2026-05-02", "mass_g": 1000,
    "explanation": "标签烧毁", "temporary_code": expand("TMP-{CO1}-1"),
}  # fmt: skip


@pytest.fixture(autouse=True)
def log_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("SUYUAN_LOG_DIR", str(tmp_path / "transparency"))
    return tmp_path / "transparency"


def submit_sealed(peopled):
    answer = peopled("submit", peopled.write_reports(DECLARED), "--as", USCC_OF["CO1"], "--wait", "sealed", "--json")
    assert (answer.code, answer.json["sealed"]) == (0, True), answer
    return answer.json["submission"]


def test_a_receipt_is_written_and_verified_with_and_without_a_database(peopled, monkeypatch, capsys):
    name = submit_sealed(peopled)
    file, trust = peopled.folder / "mine.tlog-proof", peopled.folder / "trust.json"
    assert peopled("receipt", name, "-o", file).code == 0
    assert peopled("verify", file).out.startswith("VERIFIED")
    assert peopled("log", "trust", "-o", trust).code == 0
    monkeypatch.setenv("SUYUAN_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nothing")
    assert peopled("verify", file, "--trust", trust, "--json").json["outcome"] == "verified"
    assert verify_receipt([str(file), "--trust", str(trust), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["record"]["submission"] == name
    file.write_bytes(file.read_bytes().replace(b"index", b"Index"))
    assert verify_receipt([str(file), "--trust", str(trust)]) == 1
    assert "REFUSED" in capsys.readouterr().out
    assert verify_receipt([str(peopled.folder / "nothing"), "--trust", str(trust)]) == 2


def test_the_verifier_loads_neither_the_platform_nor_a_database_driver(peopled):
    code = (
        "import suyuan_verify, sys; print([m for m in sys.modules if m.startswith(('suyuan.', 'psycopg', 'fastapi'))])"
    )
    source = str(Path(verify_receipt.__code__.co_filename).parents[1])
    loaded = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": source},
    ).stdout
    assert all(name.startswith("suyuan.evidence") for name in json.loads(loaded.replace("'", '"')))


def test_the_receipt_of_a_row_that_is_not_there_is_refused_in_words(peopled):
    answer = peopled("receipt", submit_sealed(peopled), "--row", "9", "-o", peopled.folder / "r")
    assert answer.code == 3
    assert "has no row 9" in answer.err


def test_a_log_opens_under_the_name_of_the_operator_and_keeps_it(peopled):
    assert peopled("log", "open", "--name", "platform.example/log").code == 0
    again = peopled("log", "open", "--name", "other.example/log")
    assert again.code == 3
    assert "stays for ever" in again.err
    submit_sealed(peopled)
    status = peopled("log", "status", "--json").json
    assert (status["origin"].rpartition("/")[0], status["waiting"]) == ("platform.example/log", 0)
    assert status["size"] == status["published"]


def test_keys_change_by_two_custodians_on_the_command_line(peopled):
    keys = [peopled.folder / f"{name}.key" for name in ("alice", "bob")]
    for file in keys:
        assert peopled("keys", "custodian", file.stem, "-o", file).code == 0
    assert peopled("keys", "custodian", "alice", "-o", keys[0]).code == 3  # never written over
    assert peopled("log", "open", "--name", "p.example/log", "--custodian", keys[0], "--custodian", keys[1]).code == 0
    change = peopled.folder / "change.txt"
    assert peopled("keys", "propose", "add", "-o", change).code == 0
    assert peopled("keys", "sign", change, "--key", keys[0]).code == 0
    refused = peopled("keys", "record", change)
    assert refused.code == 3
    assert "2 different custodians" in refused.err
    assert peopled("keys", "sign", change, "--key", keys[1]).code == 0
    assert len(peopled("keys", "record", change, "--json").json["keys"]) == 3
    assert len(peopled("keys", "list", "--json").json["custodians"]) == 2


@pytest.mark.parametrize(
    ("arguments", "wanted"),
    [
        (("keys", "propose", "burn", "-o", "x"), "add, retire, stolen"),
        (("keys", "propose", "retire", "-o", "x"), "--public"),
        (("keys", "propose", "witnesses", "--who", "abc@http://x", "-o", "x"), "public key"),
        (("witness", "--key", "nothing.key"), "nothing.key"),
        (("verify", "nothing"), "nothing"),
    ],
)
def test_wrong_arguments_are_told_in_words(peopled, arguments, wanted):
    answer = peopled(*arguments)
    assert answer.code in (2, 3)
    assert wanted in answer.err
    assert "Traceback" not in answer.err


def test_a_file_that_is_no_text_and_a_key_of_another_use_are_told_in_words(peopled):
    binary, custodian, trust = (peopled.folder / name for name in ("binary", "alice.key", "trust.json"))
    binary.write_bytes(b"\xff\xfe")
    assert peopled("keys", "custodian", "alice", "-o", custodian).code == 0
    assert peopled("log", "trust", "-o", trust).code == 0
    for arguments in (
        ("keys", "record", binary),
        ("keys", "sign", binary, "--key", custodian),
        ("audit", "--checkpoint", binary),
    ):
        answer = peopled(*arguments)
        assert (answer.code, "is no UTF-8 text" in answer.err) == (3, True), answer
    answer = peopled("witness", "--key", custodian, "--log", trust)
    assert answer.code == 3
    assert "is an ed25519 key; a witness needs one of its own" in answer.err


def test_a_log_that_is_open_and_holds_nothing_yet_is_not_called_closed(peopled):
    assert "not open yet" in peopled("log", "status").out
    assert peopled("log", "open", "--name", "p.example/log").code == 0
    assert "Log p.example/log: 0 leaves" in peopled("log", "status").out
