"""A code whose letter of the battery type is only recalled, or not known, is accepted with a notice to who gives birth to it."""

from datetime import UTC, datetime

import pytest
from story import REGISTRY, fill_report

from suyuan.core.admission import Admission, admit
from suyuan.core.rulebook_file import OWN_FILE, parse_rulebook
from suyuan.rulebook import load_rulebook

OWN = """[book]
name = "2026"
[[battery_type]]
letter = "A"
zh = "镍氢电池"
en = "nickel-metal hydride"
source = "read in this test"
verified = true
"""
BORN = {"kind": "battery_produced", "by": "BP1", "occurred_at": "2026-05-12", "produced_on": "2026-05-12"}
IMPORTED = {"kind": "vehicle_imported", "by": "VP2", "occurred_at": "2026-05-12", "vin": "{vin:1}", "battery_codes": []}


def code(letter, maker="001"):
    return f"{maker}P{letter}A10000000G5C0000001"


def notices(report, *, rulebook=None):
    """Return code, field and message of the notices of an accepted report."""
    filled = fill_report(report, number=1)
    who = filled.pop("by")
    admission = Admission(
        REGISTRY, who, datetime(2026, 6, 1, tzinfo=UTC), is_historical=False, rulebook=rulebook or load_rulebook()
    )
    admitted = admit(filled, admission=admission)
    assert admitted.report is not None, admitted.errors
    return [(one.code, one.field, one.value) for one in admitted.notices], [one.message for one in admitted.notices]


@pytest.mark.parametrize(("letter", "words"), [("A", "recalled"), ("Z", "recalled"), ("S", "nothing that is known")])
def test_a_birth_under_a_doubtful_letter_is_accepted_with_a_notice(letter, words):
    told, messages = notices({**BORN, "battery_code": code(letter)})
    assert told == [("battery_type_doubtful", "battery_code", code(letter))]
    assert words in messages[0]


@pytest.mark.parametrize("letter", ["B", "E"])
def test_a_sure_letter_needs_no_notice(letter):
    assert notices({**BORN, "battery_code": code(letter)}) == ([], [])


def test_a_letter_that_the_operator_verified_needs_no_notice_from_then_on():
    own = parse_rulebook({**load_rulebook().texts, OWN_FILE: OWN})
    assert notices({**BORN, "battery_code": code("A")}, rulebook=own) == ([], [])
    before = {**BORN, "occurred_at": "2026-03-31", "produced_on": "2026-03-31", "battery_code": code("A")}
    assert notices(before, rulebook=own)[0], "the book of the day says so"


def test_packs_that_an_import_describes_are_births_too():
    packs = [
        {"code": code(letter, maker="006"), "chemistry": "lfp", "rated_energy_wh": 55_000, "mass_g": 400_000}
        for letter in "AB"
    ]
    told, _ = notices({**IMPORTED, "packs": packs})
    assert told == [("battery_type_doubtful", "packs", code("A", maker="006"))]


def test_whoever_only_holds_the_battery_is_told_nothing():
    received = {
        "kind": "battery_received",
        "by": "CO1",
        "occurred_at": "2026-05-12",
        "battery_code": code("A"),
        "from_owner": True,
    }
    assert notices(received) == ([], [])


def test_a_temporary_code_has_no_letter():
    declared = {
        "kind": "uncoded_battery_declared",
        "by": "CO1",
        "occurred_at": "2026-05-12",
        "temporary_code": "TMP-{CO1}-0001",
    }
    assert notices({**declared, "mass_g": 400_000}) == ([], [])
