"""The samples: the committed folder is what the script writes, and the platform says of it what was planted."""

import filecmp
import json
import re
import subprocess
import sys
import unicodedata
import zipfile
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from suyuan.app.context import Context
from suyuan.app.judge import judge_pending
from suyuan.app.lists import list_findings
from suyuan.app.rebuild import rebuild
from suyuan.app.register import import_participants
from suyuan.app.rulebook import adopt_rulebook
from suyuan.app.submit import Arrival, describe_submission, submit
from suyuan.app.sweep import sweep
from suyuan.cli.demo_load import list_samples
from suyuan.store.database import connect

ROOT = Path(__file__).resolve().parents[1]
SAMPLES = ROOT / "samples"
NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
OUTCOMES = ("accepted", "duplicate", "rejected")


@pytest.fixture(scope="module")
def expected():
    return json.loads((SAMPLES / "expected.json").read_text(encoding="utf-8"))


@pytest.fixture
def context(database_url):
    with connect(database_url, autocommit=True) as connection:
        yield Context(connection, lambda: NOON)


def send_all(context):
    import_participants(context, (SAMPLES / "participants.csv").read_bytes())
    assert adopt_rulebook(context, (SAMPLES / "rulebook.toml").read_bytes())["adopted"]
    answers = {}
    for sample in list_samples(SAMPLES):
        arrival = Arrival(sample.uscc, sample.path.suffix[1:], sample.path.name, NOON)
        answers[sample.path.name] = describe_submission(
            context, submit(context, [sample.path.read_bytes()], arrival=arrival)
        )
    return answers


def tell_outcome(answer):
    """Return what a submission says, in the form of expected.json."""
    return {
        **{name: answer[name] for name in OUTCOMES},
        "refused": {
            str(row["row"]): sorted(error["code"] for error in row["errors"])
            for row in answer["rows"]
            if row["outcome"] == "rejected"
        },
        "normalised": {
            str(row["row"]): [notice["field"] for notice in row["notices"]]
            for row in answer["rows"]
            if row.get("notices")
        },
    }


def test_every_row_and_every_finding_is_as_planted(context, expected):
    answers = send_all(context)
    judge_pending(context)
    sweep(context, as_of=date.fromisoformat(expected["as_of"]))
    told = {name: tell_outcome(answer) for name, answer in answers.items()}
    about_firms = [one for one in list_findings(context) if one["subject"].startswith("participant:")]
    found = Counter(
        (one["rule"], one["weight"], one["subject"].partition(":")[2])
        for one in list_findings(context)
        if one not in about_firms
    )
    planted = {(one["rule"], one["weight"], one["subject"]): one["count"] for one in expected["findings"]}
    assert told == expected["files"]
    assert dict(found) == planted
    assert {one["weight"] for one in about_firms} == {"lead"}, "firms that tell a small story only are only looked at"


def test_a_rebuild_of_the_samples_changes_nothing(context, expected):
    send_all(context)
    sweep(context, as_of=date.fromisoformat(expected["as_of"]))
    told = rebuild(context)
    assert (told["identical"], told["differing"]) == (True, {})


def test_a_folder_without_one_of_its_files_is_not_as_planted(context, expected):
    # The control: were the comparison above blind, the missing receipts of a recycler would not show.
    import_participants(context, (SAMPLES / "participants.csv").read_bytes())
    for sample in list_samples(SAMPLES):
        if "-wrecks." in sample.path.name:
            submit(
                context,
                [sample.path.read_bytes()],
                arrival=Arrival(sample.uscc, sample.path.suffix[1:], sample.path.name, NOON),
            )
    sweep(context, as_of=date.fromisoformat(expected["as_of"]))
    rules = {one["rule"] for one in list_findings(context, weight="violation")}
    assert rules != {one["rule"] for one in expected["findings"] if one["weight"] == "violation"}


def test_the_script_writes_the_committed_folder(tmp_path):
    subprocess.run([sys.executable, ROOT / "scripts" / "make_samples.py", tmp_path / "again"], check=True)
    committed = {path.name for path in SAMPLES.iterdir()}
    written = {path.name for path in (tmp_path / "again").iterdir()}
    differing = [name for name in sorted(committed & written) if not is_same(SAMPLES / name, tmp_path / "again" / name)]
    assert (committed ^ written, differing) == (set(), [])


def is_same(one, other):
    """Tell whether two files hold the same; of a workbook the parts, since not every platform packs them alike."""
    if filecmp.cmp(one, other, shallow=False):
        return True
    return one.suffix == ".xlsx" and read_parts(one) == read_parts(other)


def read_parts(path):
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_there_are_three_hundred_lives_and_all_formats(expected):
    forms = {sample.path.suffix for sample in list_samples(SAMPLES)}
    assert expected["lives"] >= 300
    assert forms == {".jsonl", ".json", ".csv", ".xlsx"}


def test_one_table_is_as_old_chinese_spreadsheets_write_it():
    body = next(SAMPLES.glob("02-*.csv")).read_bytes()
    with pytest.raises(UnicodeDecodeError):
        body.decode("utf-8")
    assert body.decode("gb18030").startswith("报告种类,")


def test_the_folder_is_small():
    assert sum(path.stat().st_size for path in SAMPLES.iterdir()) < 3_000_000


def test_every_code_to_look_up_stands_in_a_file():
    text = "".join(read_text(path) for path in SAMPLES.iterdir() if path.suffix in (".jsonl", ".json", ".csv", ".xlsx"))
    codes = re.findall(r"\| `([^`]+)` \|", (SAMPLES / "README.md").read_text(encoding="utf-8"))
    assert len(codes) > 50
    narrow = unicodedata.normalize("NFKC", text)
    assert [code for code in codes if code not in narrow] == []


def read_text(path):
    if path.name == "expected.json":
        return ""
    if path.suffix == ".xlsx":
        book = CalamineWorkbook.from_path(str(path))
        return "\n".join(str(book.get_sheet_by_name(name).to_python()) for name in book.sheet_names)
    body = path.read_bytes()
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return body.decode("gb18030")
