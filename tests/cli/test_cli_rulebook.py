"""The rulebook and the calendar at the command line."""

import pytest

from suyuan.cli.main import main

OWN = """[book]
name = "2026"
[[limit]]
kind = "battery_removed"
days = 10
unit = "calendar"
grace_days = 15
source = "notice"
verified = true
"""
NEXT_YEAR = "day,status,name,source,verified\n2027,year,2027,invented for this test,yes\n"


@pytest.fixture
def own(suyuan):
    return suyuan.write(OWN, name="ours.toml")


def limits_of(suyuan, kind):
    entries = suyuan("rulebook", "--json").json["entries"]
    return [
        (one["days"], one["origin"]) for one in entries if (one["book"], one["key"]) == ("2026", kind) and not one["by"]
    ]


def test_an_adopted_entry_is_listed_as_ones_own(suyuan, own):
    suyuan.import_everybody()
    assert limits_of(suyuan, "battery_removed") == [(30, "packaged")]
    told = suyuan("rulebook", "import", own, "--json")
    assert (told.code, told.json["adopted"], told.json["problems"]) == (0, True, [])
    assert limits_of(suyuan, "battery_removed") == [(10, "own")]


def test_for_people_every_entry_shows_its_source_and_whether_it_is_verified(suyuan, own, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    suyuan("rulebook", "import", own)
    out = suyuan("rulebook").out
    assert "verified: notice" in out
    assert "unverified: secondary citation of Art. 24(7)" in out
    monkeypatch.setenv("SUYUAN_LANGUAGE", "zh")
    assert "时限：电池拆卸（所有单位）" in suyuan("rulebook").out


def test_a_wrong_file_is_told_with_every_fault_and_exits_1(suyuan):
    wrong = suyuan.write(OWN.replace("10", "-1").replace("true", "1"), name="ours.toml")
    told = suyuan("rulebook", "import", wrong)
    assert (told.code, told.out.count("ours.toml, [[limit]] 1")) == (1, 2)
    assert "nothing of it was adopted" in told.out
    assert limits_of(suyuan, "battery_removed") == [(30, "packaged")]


def test_the_history_names_each_change_the_latest_first(suyuan, own):
    suyuan("rulebook", "import", own)
    suyuan("calendar", "import", suyuan.write(NEXT_YEAR, name="2027.csv"))
    changes = suyuan("rulebook", "history", "--json").json["changes"]
    assert [one["kind"] for one in changes] == ["calendar", "rulebook", "packaged_rulebook"]
    assert all(one["actor"].startswith("command line") for one in changes)
    assert "own entries" in suyuan("rulebook", "history").out


def test_an_imported_year_is_listed(suyuan):
    told = suyuan("calendar", "import", suyuan.write(NEXT_YEAR, name="2027.csv"), "--json")
    assert (told.code, told.json["imported"], told.json["years"]) == (0, True, [2027])
    years = suyuan("calendar", "--json").json["years"]
    assert years[-1] == {"year": 2027, "name": "2027", "source": "invented for this test", "verified": True}
    assert "01-26 02-08" in suyuan("calendar").out


def test_a_wrong_calendar_is_told_by_row_and_exits_1(suyuan):
    told = suyuan("calendar", "import", suyuan.write(NEXT_YEAR + "2027-01-02,rest,x,y,yes\n", name="2027.csv"))
    assert told.code == 1
    assert "weekends rest anyway" in told.out


@pytest.mark.parametrize("command", ["work", "serve"])
def test_a_start_with_a_wrong_own_file_exits_3_and_says_what_is_wrong(suyuan, command, monkeypatch):
    suyuan.import_everybody()
    wrong = suyuan.write(OWN.replace("10", "-1"), name="ours.toml")
    monkeypatch.setenv("SUYUAN_RULEBOOK", str(wrong))
    told = suyuan(command)
    assert (told.code, '"-1" is not a whole number' in told.err) == (3, True)
    monkeypatch.setenv("SUYUAN_RULEBOOK", str(wrong.with_name("nowhere.toml")))
    told = suyuan(command)
    assert (told.code, "nowhere.toml" in told.err) == (3, True)


def test_the_page_is_written_without_a_database(capsys):
    assert main(["rulebook", "--markdown"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("# 规则书 Rulebook")
    assert "未核实 unverified" in out
