"""A trace as of a day tells what was so at its end, whatever was reported of later days."""

from datetime import date

import pytest
from database_world import DatabaseWorld
from story import expand

from suyuan.app.trace import trace

PACK, RIVAL, CELL = expand("{pack:1}"), expand("{pack:2}"), expand("{cell:1}")
BIRTH = {"kind": "battery_produced", "occurred_at": "2025-03-12", "cells": [CELL]}
WITHDRAWN = {"kind": "report_withdrawn", "report_id": "w", "occurred_at": "2025-06-01", "withdrawn_report_id": "p2"}


@pytest.fixture
def world(database_url):
    world = DatabaseWorld(database_url)
    world.submit("BP1", {**BIRTH, "battery_code": PACK, "report_id": "p1"})
    world.submit("BP1", {**BIRTH, "battery_code": RIVAL, "report_id": "p2"})
    world.submit("BP1", WITHDRAWN)
    return world


@pytest.mark.parametrize(
    ("day", "shown"), [("2025-03-11", False), ("2025-03-12", True), ("2025-05-31", True), ("2025-06-01", False)]
)
def test_a_component_in_two_parents_is_shown_on_the_days_on_which_both_claims_counted(world, day, shown):
    findings = [
        finding["rule"]
        for pack in (PACK, RIVAL)
        for finding in trace(world.context, pack, as_of=date.fromisoformat(day))["findings"]
    ]
    assert ("component_in_two_parents" in findings) is shown
