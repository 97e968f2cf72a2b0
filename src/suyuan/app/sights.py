"""Sights: a few vehicles and batteries worth a look, for somebody who sees a database for the first time."""

from collections.abc import Iterable
from typing import Any

from suyuan.app.context import Context
from suyuan.core.finding import WEIGHTS
from suyuan.store.sights import find_busiest_battery, find_longest_life

MISSING_RULE = "scrapped_vehicle_battery_missing"


def find_sights(context: Context, findings: Iterable[dict[str, Any]]) -> dict[str, str]:
    """Return codes by what there is to see: a vehicle with a finding, or one whose battery is missing; batteries with a history.

    `findings` are those of the database as lists show them; what it does not hold is left out.
    """
    gravest = sorted(findings, key=lambda one: (-WEIGHTS.index(one["weight"]), one["subject"]))
    vehicles = [one for one in gravest if one["subject"].startswith("vehicle:")]
    incomplete = next((one for one in vehicles if one["rule"] == MISSING_RULE), None)
    other = next((one for one in vehicles if incomplete is None or one["subject"] != incomplete["subject"]), None)
    found: dict[str, str | None] = {
        "incomplete_vehicle": None if incomplete is None else _code_of(incomplete),
        "missing_battery": None if incomplete is None else incomplete["evidence"]["missing"][0]["battery_code"],
        "whole_battery": find_longest_life(context.connection),
        "swapped_battery": find_busiest_battery(context.connection, kind="battery_swapped"),
        "vehicle": None if other is None else _code_of(other),
    }
    return {name: code for name, code in found.items() if code is not None}


def _code_of(finding: dict[str, Any]) -> str:
    return str(finding["subject"].partition(":")[2])
