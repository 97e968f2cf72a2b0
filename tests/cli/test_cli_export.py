"""The command export: Parquet into a folder, and its check."""

import json
import sys

import pytest
from story import USCC_OF
from test_cli_submissions import produced


@pytest.fixture
def exported(peopled):
    born = peopled.write_reports(produced(1), produced(2))
    assert peopled("submit", born, "--as", USCC_OF["BP1"], "--wait", "judged").code == 0
    answer = peopled("export", "parquet", peopled.folder / "out", "--json")
    assert answer.code == 0, answer.err
    return peopled, answer.json


def test_an_export_is_told_as_json_and_as_a_table(exported):
    suyuan, told = exported
    assert (told["rows"]["report"], told["rows"]["battery"], told["pending"]) == (2, 2, 0)
    answer = suyuan("export", "parquet", suyuan.folder / "again")
    assert answer.code == 0
    assert "the totals are the platform's own" in answer.out
    assert "battery" in answer.out


def test_verify_needs_no_database_and_tells_the_digest_of_the_manifest(exported, monkeypatch):
    suyuan, told = exported
    monkeypatch.setenv("SUYUAN_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    answer = suyuan("export", "verify", suyuan.folder / "out", "--json")
    assert (answer.code, answer.json["identical"]) == (0, True)
    assert answer.json["manifest_sha256"] == told["manifest_sha256"]
    assert told["manifest_sha256"] in suyuan("export", "verify", suyuan.folder / "out").out


def test_verify_exits_1_and_names_the_file_that_differs(exported, monkeypatch):
    suyuan, _ = exported
    path = suyuan.folder / "out" / "table=battery" / "part-0.parquet"
    body = path.read_bytes()
    path.write_bytes(bytes([body[0] ^ 1]) + body[1:])
    answer = suyuan("export", "verify", suyuan.folder / "out")
    assert answer.code == 1
    assert "1 differences" in answer.out
    assert "table=battery/part-0.parquet was changed" in answer.out
    monkeypatch.setenv("SUYUAN_LANGUAGE", "zh")
    assert "table=battery/part-0.parquet 已改动" in suyuan("export", "verify", suyuan.folder / "out").out


def test_what_cannot_be_exported_is_told_in_words(exported):
    suyuan, _ = exported
    again = suyuan("export", "parquet", suyuan.folder / "out")
    assert (again.code, "never overwritten" in again.err) == (3, True)
    none = suyuan("export", "verify", suyuan.folder)
    assert (none.code, "is no export" in none.err) == (3, True)
    for arguments in (("--from", "2026-13"), ("--until", "May"), ("--from", "2026-05", "--until", "2026-04")):
        wrong = suyuan("export", "parquet", suyuan.folder / "new", *arguments)
        assert (wrong.code, "2026-04" in wrong.err) == (2, True)
    assert not (suyuan.folder / "new").exists()


def test_without_the_extra_the_command_says_how_to_install_it(exported, monkeypatch):
    suyuan, _ = exported
    monkeypatch.setitem(sys.modules, "polars", None)
    for arguments in (("parquet", suyuan.folder / "new"), ("verify", suyuan.folder / "out")):
        answer = suyuan("export", *arguments)
        assert answer.code == 3
        assert 'pip install "suyuan[analysis]"' in answer.err
    assert not (suyuan.folder / "new").exists()


def test_subjects_that_wait_for_a_judge_are_told(peopled):
    born = peopled.write_reports(produced(1))
    assert peopled("submit", born, "--as", USCC_OF["BP1"]).code == 0
    answer = peopled("export", "parquet", peopled.folder / "out")
    assert "waited for a judge" in answer.out
    assert json.loads((peopled.folder / "out" / "manifest.json").read_bytes())["pending"] > 0
