"""What is worth a look in a database that is seen for the first time."""

import pytest

from suyuan.app.context import Context
from suyuan.app.sights import MISSING_RULE, find_sights
from suyuan.store.database import connect


@pytest.fixture
def context(samples_url):
    with connect(samples_url, autocommit=True) as connection:
        yield Context(connection, lambda: pytest.fail("no clock is read"))


def make_finding(rule, subject, *, weight="violation", missing=()):
    evidence = {"missing": [{"battery_code": code} for code in missing]}
    return {"rule": rule, "weight": weight, "subject": subject, "evidence": evidence}


def test_the_gravest_incomplete_vehicle_is_shown_and_another_vehicle_beside_it(context):
    findings = [
        make_finding(MISSING_RULE, "vehicle:A", weight="notice", missing=["a"]),
        make_finding("certificate_issued_for_incomplete_vehicle", "vehicle:B"),
        make_finding(MISSING_RULE, "vehicle:B", missing=["b", "c"]),
        make_finding("held_too_long", "battery:D"),
    ]
    found = find_sights(context, findings)
    assert (found["incomplete_vehicle"], found["missing_battery"], found["vehicle"]) == ("B", "b", "A")


def test_without_findings_batteries_with_a_history_are_shown(context):
    found = find_sights(context, [])
    assert found.keys() == {"whole_battery", "swapped_battery"}
    assert len(set(found.values())) == 2
