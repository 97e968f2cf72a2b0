"""The commands coverage, producers and audit."""

import pytest
from story import USCC_OF
from test_cli_submissions import built, produced

from suyuan.store.database import connect


@pytest.fixture
def loaded(peopled):
    born = peopled.write_reports(produced(1), produced(2))
    assert peopled("submit", born, "--as", USCC_OF["BP1"], "--wait", "judged").code == 0
    sold = {
        "kind": "vehicle_sold",
        "report_id": "s1",
        "occurred_at": "2025-05-01",
        "vin": built(1)["vin"],
        "use_type": "private",
    }
    assert (
        peopled("submit", peopled.write_reports(built(1), sold), "--as", USCC_OF["VP1"], "--wait", "judged").code == 0
    )
    return peopled


def test_coverage_is_told_as_json_and_as_a_table(loaded):
    assert loaded("coverage", "--json").json["total"] == {"live": 2, "whole": 2, "share": 1.0}
    rows = loaded("coverage", "--by", "producer", "--json").json["coverage"]
    assert {row["producer"]: row["live"] for row in rows} == {USCC_OF["BP1"]: 1, USCC_OF["VP1"]: 1}
    assert "100.00%" in loaded("coverage").out
    assert USCC_OF["VP1"] in loaded("coverage", "--by", "producer").out
    assert loaded("coverage", "--by", "colour").code == 2


def test_producers_tell_what_they_put_on_the_market(loaded):
    (account,) = loaded("producers", "--uscc", USCC_OF["VP1"], "--json").json["producers"]
    assert (account["on_market"], account["outstanding"], account["provinces"][0]["province"]) == (1, 1, "440000")
    assert "2025" in loaded("producers").out
    assert loaded("producers", "--uscc", "nonsense").code == 2


def test_nothing_recorded_is_said_in_words(peopled):
    assert peopled("coverage").out.strip() == "There is no live pack."
    assert peopled("producers").out.strip() == "No pack was put on the market."
    assert peopled("audit").code == 0


def test_the_audit_exits_1_and_names_what_differs(loaded, database_url):
    clean = loaded("audit", "--json")
    assert (clean.code, clean.json["identical"]) == (0, True)
    with connect(database_url, autocommit=True) as connection:
        connection.execute("UPDATE report_count SET count = 7 WHERE kind = 1")
    spoilt = loaded("audit")
    assert spoilt.code == 1
    assert "report_count: 1 differ." in spoilt.out
    assert "kind=battery_produced" in spoilt.out
    assert "stands 7, counted 2" in spoilt.out
    assert 'run "suyuan rebuild"' in spoilt.out
    assert loaded("audit", "--only", "row, tally").code == 0
    unknown = loaded("audit", "--only", "tallies")
    assert (unknown.code, "The parts are row, record" in unknown.err) == (3, True)


def test_where_the_record_was_changed_the_audit_does_not_advise_to_rebuild(loaded, database_url):
    with connect(database_url, autocommit=True) as connection:
        connection.execute("UPDATE row_outcome SET body = (SELECT max(body) FROM row_outcome WHERE submission_no = 1)")
        connection.execute("DELETE FROM submission_piece")
    spoilt = loaded("audit", "--only", "row")
    assert spoilt.code == 1
    assert "only a backup mends that" in spoilt.out
    assert "suyuan rebuild" not in spoilt.out


def test_notes_of_an_audit_that_were_cut_off_are_left_aside(loaded, monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    notes = tmp_path / "suyuan" / "audit.json"
    notes.parent.mkdir()
    notes.write_text('{"total": 3')
    assert loaded("audit", "--only", "tally", "--resume").code == 0
