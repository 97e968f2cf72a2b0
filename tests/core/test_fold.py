"""The fold says the same whatever the order of arrival: one life in all orders, random lives in random orders."""

import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from story import USCC_OF, expand, fill_report, play

from suyuan.core import order

SWEEP = date(2028, 1, 1)
SEVEN_REPORTS = [
    {"by": "BP1", "kind": "battery_produced", "battery_code": "{pack:1}", "produced_on": "2025-03-12"},
    {"by": "VP1", "kind": "vehicle_produced", "vin": "{vin:1}", "battery_codes": ["{pack:1}"]},
    {"by": "SE1", "kind": "vehicle_sold", "vin": "{vin:1}"},
    {"by": "VD1", "kind": "vehicle_scrapped", "vin": "{vin:1}", "battery_codes_found": ["{pack:1}"]},
    {"by": "VD1", "kind": "battery_removed", "vin": "{vin:1}", "battery_code": "{pack:1}", "reason": "scrapping"},
    {"by": "VD1", "kind": "battery_handed_over", "battery_code": "{pack:1}", "receiver": "UE1"},
    {"by": "UE1", "kind": "battery_received", "battery_code": "{pack:1}", "sender": "VD1"},
]
DAYS = {
    "years": ["2025-03-12", "2025-04-01", "2025-05-01", "2026-05-10", "2026-05-12", "2026-05-20", "2026-05-22"],
    "one-day": ["2026-05-10"] * 7,
}


def live(days):
    reports = [{**report, "occurred_at": day} for report, day in zip(SEVEN_REPORTS, days, strict=True)]
    return [fill_report(report, number=number) for number, report in enumerate(reports, start=1)]


def tell(engine):
    """Return all that the engine says: verdicts, and findings once every duty that lapses has lapsed."""
    findings = sorted(
        engine.findings(sweep=SWEEP), key=lambda one: (one.subject, one.rule, one.reporter, one.report_id)
    )
    return engine.verdicts, findings


@pytest.mark.timeout(900)  # twenty seconds of work, minutes on a machine that others load
@pytest.mark.parametrize("days", DAYS.values(), ids=DAYS)
def test_a_life_of_seven_reports_ends_the_same_in_all_5040_orders(days):
    reports = live(days)
    expected = tell(play(reports))
    for arrival in itertools.permutations(reports):
        assert tell(play(list(arrival))) == expected, [report["report_id"] for report in arrival]


@pytest.mark.parametrize("days", DAYS.values(), ids=DAYS)
def test_a_life_of_seven_reports_ends_at_the_recycler_without_a_violation(days):
    engine = play(live(days))
    pack, vehicle = engine.verdicts[expand("{pack:1}")], engine.verdicts[expand("{vin:1}")]
    assert (pack.state.status, pack.state.holder, pack.state.vehicle) == ("at_utilization", USCC_OF["UE1"], None)
    assert vehicle.state.status == "scrapped"
    graver = [finding for finding in engine.findings(sweep=date(2026, 12, 31)) if finding.weight != "notice"]
    assert [finding for finding in graver if not finding.subject.startswith("participant:")] == []


def test_another_set_of_reports_ends_elsewhere():
    reports = live(DAYS["years"])
    assert tell(play(reports)) != tell(play(reports[:-1]))


def test_an_order_that_asks_for_arrival_would_be_caught(monkeypatch):
    monkeypatch.setattr(order, "_rank", lambda event: event.report_no)
    reports = live(DAYS["one-day"])
    assert tell(play(reports)) != tell(play(reports[::-1]))


# -- random lives --------------------------------------------------------------------------------------------------

PACKS = st.sampled_from(["{pack:1}", "{pack:2}", "{pack:3@2018-06-01}"])
VINS = st.sampled_from(["{vin:1}", "{vin:2}"])
MODULES = st.lists(st.sampled_from(["{module:1}", "{module:2}", "{module:3}"]), max_size=2, unique=True)
PRODUCTS = st.sampled_from(["{product:1}", "{product:2}"])
LOT = "LOT-{BP1}-1"
HOLDERS = st.sampled_from(["BP1", "VP1", "RE1", "SO1", "VD1", "CO1", "UE1", "UE2"])
DISMANTLERS = st.sampled_from(["VD1", "VD2"])
MASSES = st.sampled_from([420_000, 300_000])


def kind(name, by, **fields):
    return st.fixed_dictionaries(
        {"kind": st.just(name), "by": by if not isinstance(by, str) else st.just(by), **fields}
    )


def list_one(codes):
    return codes.map(lambda code: [code])


REPORTS = st.one_of(
    kind("battery_produced", "BP1", battery_code=PACKS, mass_g=MASSES,
         modules=MODULES.map(lambda codes: [{"code": code, "cells": []} for code in codes])),
    kind("vehicle_produced", "VP1", vin=VINS, battery_codes=list_one(PACKS), is_swap_vehicle=st.booleans()),
    kind("vehicle_sold", "SE1", vin=VINS, sale_kind=st.sampled_from(["new", "wreck"])),
    kind("battery_fitted", "RE1", vin=VINS, battery_code=PACKS),
    kind("battery_swapped", "SO1", vin=VINS, removed_battery_code=st.none() | PACKS, fitted_battery_code=PACKS),
    kind("battery_replaced", "RE1", vin=VINS, removed_battery_code=PACKS, fitted_battery_code=PACKS, kept_by=HOLDERS),
    kind("component_replaced", "RE1", battery_code=PACKS, removed_codes=MODULES, fitted_codes=MODULES, kept_by=HOLDERS),
    kind("vehicle_scrapped", DISMANTLERS, vin=VINS, battery_codes_found=st.just([]) | list_one(PACKS)),
    kind("battery_removed", "VD1", vin=VINS, battery_code=PACKS),
    kind("battery_handed_over", HOLDERS, battery_code=PACKS | st.just(LOT), receiver=HOLDERS, mass_g=MASSES),
    kind("battery_received", HOLDERS, battery_code=PACKS | st.just(LOT), sender=HOLDERS, mass_g=MASSES),
    kind("battery_dismantled", "UE1", battery_code=PACKS, recovered_codes=MODULES, complete=st.booleans()),
    kind("reuse_product_made", "UE1", product_code=PRODUCTS, parent_codes=list_one(PACKS | PRODUCTS)),
    kind("material_recovered", "UE1", battery_codes=list_one(PACKS | PRODUCTS), lot_codes=st.just([]) | st.just([LOT])),
    kind("stock_counted", HOLDERS, battery_codes=list_one(PACKS)),
    kind("battery_lost", HOLDERS, battery_code=PACKS),
    kind("lot_declared", "BP1", lot_code=st.just(LOT)),
)  # fmt: skip
# Few days and few times, so that many reports meet on one day and some at one moment.
MOMENTS = st.tuples(st.integers(0, 4), st.sampled_from(["", "", "T09:00:00+08:00", "T17:00:00+08:00"])).map(
    lambda moment: (date(2026, 5, 1) + timedelta(days=moment[0])).isoformat() + moment[1]
)


@st.composite
def stories(draw):
    """Some reports about few batteries and vehicles, some of them withdrawn, and another order of the same."""
    told = draw(st.lists(st.tuples(REPORTS, MOMENTS), min_size=2, max_size=10))
    reports = [
        fill_report({**report, "occurred_at": moment}, number=number) for number, (report, moment) in enumerate(told, 1)
    ]
    withdrawn = draw(st.lists(st.sampled_from(reports), max_size=2, unique_by=lambda report: report["report_id"]))
    withdrawals = [
        {"by": report["by"], "kind": "report_withdrawn", "report_id": f"w{report['report_id']}", "reason": "wrong",
         "occurred_at": "2026-05-06", "withdrawn_report_id": report["report_id"]}
        for report in withdrawn
    ]  # fmt: skip
    return reports + withdrawals, draw(st.permutations(reports)) + draw(st.permutations(withdrawals))


@settings(max_examples=300)
@given(stories())
def test_random_lives_end_the_same_in_any_order_of_arrival(story):
    told, shuffled = story
    assert tell(play(shuffled)) == tell(play(told))


@settings(max_examples=50)
@given(stories())
def test_a_report_told_twice_changes_nothing(story):
    told, shuffled = story
    assert tell(play([*told, *shuffled])) == tell(play(told))
