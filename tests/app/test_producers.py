"""Coverage and the accounts of responsible producers, as people read them."""

from datetime import date

import pytest
from database_world import DatabaseWorld
from story import USCC_OF

from suyuan.app.coverage import read_coverage
from suyuan.app.producers import read_producer_accounts
from suyuan.app.sweep import sweep

STORY = [
    *({"by": "BP1", "kind": "battery_produced", "occurred_at": "2025-03-12", "battery_code": f"{{pack:{n}}}"} for n in range(1, 6)),
    *({"by": "VP1", "kind": "vehicle_produced", "occurred_at": "2025-04-01", "vin": f"{{vin:{n}}}", "battery_codes": [f"{{pack:{n}}}"]}
      for n in range(1, 5)),
    {"by": "SE1", "kind": "vehicle_sold", "occurred_at": "2025-05-01", "vin": "{vin:1}"},
    {"by": "SE1", "kind": "vehicle_sold", "occurred_at": "2025-06-01", "vin": "{vin:2}"},
    {"by": "SE1", "kind": "vehicle_sold", "occurred_at": "2026-01-05", "vin": "{vin:3}", "place": "440305"},
    {"by": "VD1", "kind": "vehicle_scrapped", "occurred_at": "2026-05-10", "vin": "{vin:1}", "battery_codes_found": ["{pack:1}"]},
    {"by": "VD1", "kind": "vehicle_scrapped", "occurred_at": "2026-05-10", "vin": "{vin:2}", "battery_codes_found": []},
]  # fmt: skip


@pytest.fixture
def world(database_url):
    world = DatabaseWorld(database_url)
    world.submit_each([{**report, "report_id": f"r{number}"} for number, report in enumerate(STORY)])
    sweep(world.context, as_of=date(2026, 6, 1))
    return world


def test_coverage_by_division(world):
    found = read_coverage(world.context, by="division")
    rows = {one["division"]: (one["live"], one["whole"], one["share"]) for one in found["coverage"]}
    assert rows == {
        "330100": (1, 0, 0.0),
        "350100": (1, 1, 1.0),
        "410100": (1, 1, 1.0),
        "440300": (1, 1, 1.0),
        "440305": (1, 1, 1.0),
    }
    assert found["total"] == {"live": 5, "whole": 4, "share": 0.8}
    assert next(one["name"] for one in found["coverage"] if one["division"] == "440300") == "深圳市"


def test_coverage_by_producer_and_of_one_producer(world):
    bp, vp = USCC_OF["BP1"], USCC_OF["VP1"]
    rows = {
        one["producer"]: (one["live"], one["whole"]) for one in read_coverage(world.context, by="producer")["coverage"]
    }
    assert rows == {vp: (3, 2), bp: (2, 2)}, "a pack in an unsold vehicle is its maker's still"
    assert read_coverage(world.context, by="producer", producer=bp)["total"] == {"live": 2, "whole": 2, "share": 1.0}
    assert read_coverage(world.context, by="producer", producer=USCC_OF["UE1"]) == {
        "coverage": [],
        "total": {"live": 0, "whole": 0, "share": None},
    }


def test_the_account_of_a_producer_runs_by_province_and_month(world):
    (account,) = read_producer_accounts(world.context)
    assert (account["producer"], account["on_market"], account["collected"], account["outstanding"]) == (
        USCC_OF["VP1"],
        3,
        1,
        2,
    )
    zhejiang, guangdong = account["provinces"]
    assert (guangdong["province"], guangdong["name"], guangdong["on_market"]) == ("440000", "广东省", 1)
    assert zhejiang["months"] == [
        {"month": "2025-05", "on_market": 1, "collected": 0, "exported": 0, "outstanding": 1},
        {"month": "2025-06", "on_market": 1, "collected": 0, "exported": 0, "outstanding": 2},
        {"month": "2026-05", "on_market": 0, "collected": 1, "exported": 0, "outstanding": 1},
    ]


def test_a_producer_that_put_nothing_on_the_market_has_an_empty_account(world):
    (account,) = read_producer_accounts(world.context, uscc=USCC_OF["BP1"])
    assert (account["provinces"], account["on_market"], account["outstanding"]) == ([], 0, 0)
