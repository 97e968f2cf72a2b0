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
    sights: dict[str, str] = {}
    for one in gravest:
        family, _, code = one["subject"].partition(":")
        if family == "vehicle" and one["rule"] == MISSING_RULE and one["evidence"]["missing"]:
            sights.setdefault("incomplete_vehicle", code)
            if sights["incomplete_vehicle"] == code:
                sights.setdefault("missing_battery", one["evidence"]["missing"][0]["battery_code"])
        elif family == "vehicle":
            sights.setdefault("vehicle", code)
    found = {
        "whole_battery": find_longest_life(context.connection),
        "swapped_battery": find_busiest_battery(context.connection, kind="battery_swapped"),
    }
    return {**sights, **{name: code for name, code in found.items() if code is not None}}
