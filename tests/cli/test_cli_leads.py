"""The command leads, on the command line and over HTTP."""

import sys

import pytest
from story import USCC_OF, code
from test_cli_submissions import produced

PACK = code(1, level="P", on="2025-03-12", maker="001")


@pytest.fixture
def leaping(peopled):
    """A pack that is in Urumqi and in Harbin on one day."""
    told = {"kind": "battery_tested", "occurred_at": "2026-06-01", "battery_code": PACK,
            "method": "1C", "residual_capacity_percent_x100": 8000}  # fmt: skip
    for who, place in (("UE1", "650100"), ("UE2", "230100")):
        file = peopled.write_reports({**told, "place": place, "report_id": "t1"})
        assert peopled("submit", file, "--as", USCC_OF[who], "--wait", "judged").code == 0
    return peopled


def test_leads_are_told_with_what_they_mean_and_how_often_they_err(leaping):
    answer = leaping("leads", "--as-of", "2026-06-30", "--json")
    (lead,) = answer.json["leads"]
    assert (answer.code, answer.json["as_of"]) == (0, "2026-06-30")
    assert (lead["detector"], lead["weight"], lead["subject"]) == (
        "seen_in_two_places_at_once",
        "lead",
        f"battery:{PACK}",
    )
    assert {"title", "title_zh", "about", "party", "evidence", "explanation", "explanation_zh", "on"} <= lead.keys()
    assert lead["expected_false_positives"]["at_most"] == 0.0001
    told = leaping("leads", "--as-of", "2026-06-30")
    assert "hold nothing against anybody" in told.out
    assert "0.0001" in told.out


def test_leads_speak_chinese(leaping, monkeypatch):
    monkeypatch.setenv("SUYUAN_LANGUAGE", "zh")
    assert "线索仅供核查" in leaping("leads", "--as-of", "2026-06-30").out


def test_one_detector_may_be_asked_and_a_wrong_name_is_told_in_words(leaping):
    assert leaping("leads", "--detector", "goods_in_a_ring", "--as-of", "2026-06-30").out.strip() == "No leads."
    wrong = leaping("leads", "--detector", "rings")
    assert wrong.code == 2
    assert "goods_in_a_ring" in wrong.err


def test_before_anything_happened_there_are_no_leads(leaping):
    assert leaping("leads", "--as-of", "2026-05-31", "--json").json["leads"] == []
    assert leaping("leads", "--as-of", "tomorrow").code == 2


def test_without_networkx_the_command_says_what_to_install(peopled, monkeypatch):
    produced_file = peopled.write_reports(produced(1))
    assert peopled("submit", produced_file, "--as", USCC_OF["BP1"]).code == 0
    monkeypatch.setitem(sys.modules, "networkx", None)
    answer = peopled("leads")
    assert answer.code == 3
    assert 'pip install "suyuan[analysis]"' in answer.err
    assert "Traceback" not in answer.err
    assert peopled("leads", "--detector", "dated_back").code == 0
