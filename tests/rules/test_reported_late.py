"""What the written cases of `reported_late` cannot say: migrated history, first loads, who acts in which role."""

from datetime import date, datetime, timedelta

import pytest
from memory_engine import MemoryEngine
from story import USCC_OF, expand

from suyuan.core.registry import Participant, Registry
from suyuan.core.rulebook_file import OWN_FILE, parse_rulebook
from suyuan.rulebook import load_rulebook

LATE = {"kind": "battery_removed", "report_id": "r1", "occurred_at": "2026-05-01", "vin": "{vin:1}",
        "battery_code": "{pack:1}", "reason": "other"}  # fmt: skip
RECEIVED = datetime.fromisoformat("2026-07-01T09:00:00+08:00")
WINDOW = """[book]
name = "2026"
[[threshold]]
key = "first_load_window"
value = [2026-06-01, 2026-07-01]
source = "platform choice: start of the platform"
verified = false
"""


def register(alias, *, since, roles):
    return Registry(
        [Participant(USCC_OF[alias], alias, frozenset(roles), "330106", frozenset(), since, None)], version=1
    )


def find_late(report, *, registry, received_at=RECEIVED, rulebook=None, is_historical=False):
    engine = MemoryEngine(registry, is_historical=is_historical)
    engine.rulebook = rulebook or load_rulebook()
    engine.report(expand(report), by=USCC_OF["RE1"], received_at=received_at)
    engine.judge()
    return [one.evidence for one in engine.findings() if one.rule == "reported_late"]


@pytest.mark.parametrize(("days_before", "is_late"), [(90, False), (91, True)])
def test_a_first_load_is_not_late_up_to_the_last_of_its_days(days_before, is_late):
    registry = register("RE1", since=RECEIVED.date() - timedelta(days=days_before), roles=["repairer"])
    assert bool(find_late(LATE, registry=registry)) is is_late


@pytest.mark.parametrize(("received_at", "is_late"), [(RECEIVED, False), (RECEIVED + timedelta(days=1), True)])
def test_in_the_window_that_the_operator_sets_nothing_is_late(received_at, is_late):
    registry = register("RE1", since=date(2015, 1, 1), roles=["repairer"])
    rulebook = parse_rulebook({**load_rulebook().texts, OWN_FILE: WINDOW})
    assert bool(find_late(LATE, registry=registry, rulebook=rulebook, received_at=received_at)) is is_late


@pytest.mark.parametrize(
    ("reported_at", "is_late"), [("2026-05-31T23:59:59+08:00", False), ("2026-06-01T00:00:00+08:00", True)]
)
def test_migrated_history_counts_as_received_when_it_was_first_reported(reported_at, is_late):
    registry = register("RE1", since=date(2015, 1, 1), roles=["repairer"])
    migrated = {**LATE, "originally_reported_at": reported_at}
    assert bool(find_late(migrated, registry=registry, is_historical=True)) is is_late


@pytest.mark.parametrize(
    ("roles", "days"),
    [
        (["utilization_enterprise"], 30),
        (["vehicle_dismantler"], 15),
        (["vehicle_dismantler", "utilization_enterprise"], 30),
    ],
)
def test_whoever_acts_in_several_roles_has_the_longest_of_their_limits(roles, days):
    given = {"kind": "battery_handed_over", "report_id": "r1", "occurred_at": "2025-05-06", "battery_code": "{pack:1}",
             "receiver": "UE1", "mass_g": 1}  # fmt: skip
    (evidence,) = find_late(given, registry=register("RE1", since=date(2015, 1, 1), roles=roles))
    assert (evidence["limit_days"], evidence["unit"]) == (days, "working")
