"""The check before a wreck is accepted says what its scrapping will say."""

import pytest
from database_world import DatabaseWorld
from story import USCC_OF, expand

from suyuan.app.check_scrapping import check_scrapping

PACK, VIN = expand("{pack:1}"), expand("{vin:1}")
BIRTH = {"kind": "battery_produced", "occurred_at": "2025-03-12", "battery_code": PACK, "report_id": "p1"}
BUILT = {
    "kind": "vehicle_produced",
    "occurred_at": "2025-04-01",
    "vin": VIN,
    "battery_codes": [PACK],
    "report_id": "v1",
}
TAKEN_OFF = {
    "kind": "battery_removed",
    "occurred_at": "2026-04-20",
    "battery_code": PACK,
    "vin": VIN,
    "report_id": "m1",
}
RECEIVED = {
    "kind": "battery_received",
    "occurred_at": "2026-04-20",
    "battery_code": PACK,
    "from_owner": True,
    "report_id": "i1",
}


@pytest.fixture
def world(database_url):
    world = DatabaseWorld(database_url)
    world.submit("BP1", BIRTH)
    world.submit("VP1", BUILT)
    return world


def check(world, found=""):
    answer = check_scrapping(world.context, VIN, found=found)
    return answer["expected"], answer["missing"], answer["strange"]


def test_a_pack_that_is_not_on_the_wreck_is_missing(world):
    assert check(world) == ([PACK], [PACK], [])


def test_a_pack_taken_off_before_is_neither_missing_nor_strange(world):
    world.submit("RE1", {**TAKEN_OFF, "reason": "retirement"})
    assert (check(world), check(world, found=PACK)) == (([], [], []), ([], [], []))


def test_a_pack_that_no_report_put_on_the_vehicle_is_strange(world):
    other = expand("{pack:2}")
    assert check(world, found=f"{PACK} {other}") == ([PACK], [], [other])


@pytest.mark.parametrize(("receiver", "missing"), [("UE1", []), ("RE1", [PACK])])
def test_a_pack_that_a_lawful_party_has_already_is_not_missing(world, receiver, missing):
    world.submit(receiver, RECEIVED)
    assert check(world) == ([PACK], missing, [])


def test_a_temporary_code_in_full_width_is_read(world):
    code = f"TMP-{USCC_OF['CO1']}-7"
    assert check(world, found="".join(chr(ord(letter) + 0xFEE0) for letter in code)) == ([PACK], [PACK], [code])
