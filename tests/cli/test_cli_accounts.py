"""`suyuan accounts`: a month for people and for machines, who stands behind a flow, and what wrong calls are told."""

import pytest
from story import USCC_OF, expand, fill_report

UE1 = USCC_OF["UE1"]


def report(**fields):
    filled = fill_report({"by": "UE1", **fields}, number=1)
    return {name: value for name, value in filled.items() if name != "by"}


@pytest.fixture
def told(peopled):
    file = peopled.write_reports(
        report(kind="battery_received", occurred_at="2026-05-04", battery_code="{pack:1}", from_owner=True, report_id="r1"),
        report(kind="material_recovered", occurred_at="2026-05-20", battery_codes=["{pack:1}"], report_id="m1",
               outputs=[{"material": "lithium_carbonate", "mass_g": 24_500, "lithium_g": 4_600}]),
    )  # fmt: skip
    assert peopled("submit", file, "--as", UE1, "--wait", "judged").code == 0
    return peopled


def test_a_month_is_printed_in_kilograms(told):
    answer = told("accounts", UE1, "--month", "2026-05")
    assert answer.code == 0
    for part in ("2026-05", "used batteries", "received 420.000", "fed 420.000", "lithium carbonate", "24.500"):
        assert part in answer.out, part


def test_the_same_month_for_machines(told):
    (month,) = told("accounts", UE1, "--month", "2026-05", "--json").json["months"]
    assert {one["item"]: one["closing_g"] for one in month["items"]}["lithium_carbonate"] == 24_500
    assert len(told("accounts", UE1, "--year", "2026", "--json").json["months"]) == 12


def test_the_packs_behind_a_flow_are_listed(told):
    asked = ("accounts", UE1, "--behind", "battery", "--flow", "fed", "--month", "2026-05")
    assert told(*asked, "--json").json["total_g"] == 420_000
    answer = told(*asked)
    assert expand("{pack:1}") in answer.out
    assert "420.000 kg in all" in answer.out


def test_a_month_in_which_nothing_was_there_says_so(told):
    answer = told("accounts", UE1, "--month", "2025-05")
    assert (answer.code, "Nothing was there" in answer.out) == (0, True)
    nobody = told("accounts", UE1, "--behind", "lot", "--flow", "fed", "--month", "2026-05")
    assert (nobody.code, "Nothing was there" in nobody.out) == (0, True)


@pytest.mark.parametrize(
    ("arguments", "words_of_it"),
    [
        (["--month", "2026-13"], "a month like 2026-04"),
        (["--month", "2026-5"], "a month like 2026-04"),
        (["--year", "1"], "a year from 1900 to 2099"),
        (["--month", "2026-05", "--year", "2026"], "not both"),
        (["--behind", "lot"], "give --behind ITEM, --flow FLOW and --month MONTH"),
        (["--flow", "fed", "--month", "2026-05"], "give --behind ITEM, --flow FLOW and --month MONTH"),
        (["--behind", "lot", "--flow", "fed", "--month", "2026-05", "--site", "S1"], "and nothing else"),
    ],
)
def test_wrong_usage_is_told(anywhere, arguments, words_of_it):
    answer = anywhere("accounts", UE1, *arguments)
    assert (answer.code, answer.out) == (2, "")
    assert words_of_it in answer.err


def test_an_item_that_there_is_none_of_is_told(told):
    answer = told("accounts", UE1, "--behind", "gold", "--flow", "fed", "--month", "2026-05")
    assert (answer.code, answer.out) == (3, "")
    assert "battery, lot" in answer.err
