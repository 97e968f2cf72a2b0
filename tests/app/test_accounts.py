"""Accounts from a real database: a month and a year of a life's end, and the packs behind its tonnes."""

import pytest
from database_world import DatabaseWorld, day
from story import USCC_OF, expand

from suyuan.app.accounts import find_behind, read_accounts
from suyuan.app.context import UseCaseError
from suyuan.app.rebuild import rebuild
from suyuan.app.sweep import sweep

UE1, CO1 = USCC_OF["UE1"], USCC_OF["CO1"]


LIFE = [
    {
        "by": "BP1",
        "kind": "battery_produced",
        "occurred_at": "2025-03-12",
        "battery_code": "{pack:1}",
        "chemistry": "lfp",
        "report_id": "p1",
    },
    {
        "by": "BP1",
        "kind": "battery_produced",
        "occurred_at": "2025-03-12",
        "battery_code": "{pack:2}",
        "chemistry": "lfp",
        "report_id": "p2",
    },
    {
        "by": "CO1",
        "kind": "battery_received",
        "occurred_at": "2026-04-10",
        "battery_code": "{pack:1}",
        "from_owner": True,
        "report_id": "c1",
    },
    {
        "by": "CO1",
        "kind": "battery_received",
        "occurred_at": "2026-04-11",
        "battery_code": "{pack:2}",
        "from_owner": True,
        "report_id": "c2",
    },
    {
        "by": "CO1",
        "kind": "battery_handed_over",
        "occurred_at": "2026-05-02",
        "battery_code": "{pack:1}",
        "receiver": "UE1",
        "report_id": "h1",
    },
    {
        "by": "UE1",
        "kind": "battery_received",
        "occurred_at": "2026-05-04",
        "battery_code": "{pack:1}",
        "sender": "CO1",
        "mass_g": 418_000,
        "report_id": "r1",
    },
    {
        "by": "UE1",
        "kind": "material_recovered",
        "occurred_at": "2026-05-20",
        "battery_codes": ["{pack:1}"],
        "input_mass_g": 418_000,
        "outputs": [{"material": "lithium_carbonate", "mass_g": 24_500, "lithium_g": 4_600}],
        "residue_mass_g": 9,
        "report_id": "m1",
    },
    {
        "by": "UE1",
        "kind": "material_sold",
        "occurred_at": "2026-06-02",
        "material": "lithium_carbonate",
        "mass_g": 20_000,
        "receiver": "BP1",
        "report_id": "s1",
    },
    {"by": "CO1", "kind": "stock_counted", "occurred_at": "2026-06-30", "counted_mass_g": 1_000_000, "report_id": "n1"},
]


@pytest.fixture
def world(database_url):
    world = DatabaseWorld(database_url)
    world.submit_each(LIFE)
    return world


def items(account, month):
    """Return by item what was there, came and went and was left in a month of an account."""
    (of_month,) = [one for one in account["months"] if one["month"] == month]
    return {
        one["item"]: (one["opening_g"], {flow["flow"]: flow["grams"] for flow in one["flows"]}, one["closing_g"])
        for one in of_month["items"]
    }


def test_a_month_tells_what_was_there_came_went_and_is_left(world):
    account = read_accounts(world.context, UE1, month="2026-05")
    assert items(account, "2026-05") == {
        "battery": (0, {"received": 418_000, "fed": 418_000}, 0),
        "lithium_carbonate": (0, {"recovered": 24_500}, 24_500),
        "residue": (0, {"recovered": 9}, 9),
        "contained_lithium": (0, {"charged": 5_032}, 5_032),
        "contained_copper": (0, {"charged": 30_310}, 30_310),
        "contained_aluminium": (0, {"charged": 39_853}, 39_853),
    }
    (lithium,) = [one for one in account["months"][0]["metals"] if one["metal"] == "lithium"]
    assert (lithium["fed_g"], lithium["recovered_g"], lithium["rate_percent"]) == (5_032, 4_600, 91.4)
    assert lithium["norm"]["percent"] == 90
    assert lithium["norm"]["verified"] is False
    assert lithium["most_fed_g"] >= lithium["fed_g"]


def test_the_closing_stock_of_a_month_is_the_opening_stock_of_the_next(world):
    account = read_accounts(world.context, UE1, year=2026)
    assert [one["month"] for one in account["months"]] == [f"2026-{month:02d}" for month in range(1, 13)]
    assert items(account, "2026-04") == {}
    june = items(account, "2026-06")
    assert june["lithium_carbonate"] == (24_500, {"sold": 20_000}, 4_500)
    assert june["contained_lithium"] == (5_032, {"sold": 3_560}, 1_472)


def test_the_giver_keeps_what_is_on_its_way_and_a_count_corrects_the_book(world):
    account = read_accounts(world.context, CO1, year=2026)
    assert items(account, "2026-04") == {"battery": (0, {"received": 840_000}, 840_000)}
    assert items(account, "2026-05") == {"battery": (840_000, {"handed_on": 418_000, "weighed_less": 2_000}, 420_000)}
    assert items(account, "2026-06") == {"battery": (420_000, {"counted": 580_000}, 1_000_000)}


def test_a_sweep_finds_what_the_accounts_show(world):
    again = {
        "by": "CO1",
        "kind": "stock_counted",
        "occurred_at": "2026-07-31",
        "counted_mass_g": 1_000,
        "report_id": "n2",
    }
    world.submit_each([again])
    sweep(world.context, as_of=day("2026-09-13"))
    assert ("stock_count_differs", "lead") not in world.rules(f"participant:{CO1}")
    sweep(world.context, as_of=day("2026-09-14"))
    assert ("stock_count_differs", "lead") in world.rules(f"participant:{CO1}")


def test_a_site_without_flows_has_an_empty_account(world):
    account = read_accounts(world.context, UE1, month="2026-05", site="S9")
    assert account["months"] == [{"month": "2026-05", "items": [], "metals": []}]
    assert read_accounts(world.context, UE1, month="2027-01")["months"][0]["metals"] == []


def test_the_current_month_is_told_where_none_is_asked_for(world):
    assert [one["month"] for one in read_accounts(world.context, UE1)["months"]] == ["2026-10"]


def test_behind_the_tonnes_stand_packs_and_reports(world):
    behind = find_behind(world.context, UE1, item="battery", flow="fed", month="2026-05")
    assert behind["subjects"] == [
        {"subject": f"battery:{expand('{pack:1}')}", "day": "2026-05-20", "site": "", "grams": 418_000}
    ]
    assert behind["total_g"] == 418_000
    sold = find_behind(world.context, UE1, item="lithium_carbonate", flow="sold", month="2026-06")
    assert [one["subject"] for one in sold["subjects"]] == [f"report:{UE1}:s1"]
    assert find_behind(world.context, UE1, item="battery", flow="fed", month="2026-06")["subjects"] == []


@pytest.mark.parametrize(("item", "flow"), [("batteries", "fed"), ("battery", "eaten")])
def test_an_item_or_flow_that_there_is_none_of_is_told_with_those_that_there_are(world, item, flow):
    with pytest.raises(UseCaseError, match=r"is none of: (battery, lot|received, taken_off)"):
        find_behind(world.context, UE1, item=item, flow=flow, month="2026-05")


def test_a_withdrawn_report_leaves_the_account_and_a_rebuild_arrives_at_the_same(world):
    world.submit_each(
        [{"by": "UE1", "kind": "report_withdrawn", "occurred_at": "2026-07-01", "withdrawn_report_id": "m1", "report_id": "w1"}]
    )  # fmt: skip
    account = read_accounts(world.context, UE1, month="2026-05")
    assert items(account, "2026-05") == {"battery": (0, {"received": 418_000}, 418_000)}
    before = world.derived()
    rebuild(world.context)
    assert world.derived() == before
