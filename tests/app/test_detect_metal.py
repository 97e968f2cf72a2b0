"""What the detector of metal reads of a real database: recoveries once, without bought material, withdrawn ones left out."""

from datetime import date

from database_world import DatabaseWorld
from story import USCC_OF

from suyuan.store.detect import open_record, read_recoveries

SINCE, AS_OF = date(2025, 1, 1), date(2026, 9, 30)


def recovered(report_id, on, **more):
    outputs = [{"material": "lithium_carbonate", "mass_g": 5_000, "lithium_g": 900}]
    fed = {"battery_codes": ["{pack:1}", "{pack:2}"], "input_mass_g": 800_000, "outputs": outputs}
    return {"by": "UE1", "kind": "material_recovered", "occurred_at": on, "report_id": report_id, **fed, **more}


def test_recoveries_are_read_once_without_bought_material_and_without_withdrawn_ones(database_url):
    world = DatabaseWorld(database_url)
    bought = [{"material": "black_mass", "mass_g": 400_000}]
    world.submit_each(
        [
            recovered("a", "2026-05-01"),
            recovered("b", "2026-05-02", inputs=bought),
            recovered("c", "2026-05-03"),
            recovered("d", "2024-12-31"),
            {"by": "UE1", "kind": "report_withdrawn", "occurred_at": "2026-06-01", "withdrawn_report_id": "c"},
        ]
    )
    ((party, feed_g, outputs),) = read_recoveries(open_record(world.connection, as_of=AS_OF), since=SINCE)
    assert (party, feed_g) == (USCC_OF["UE1"], 800_000)
    assert [(one["material"], one["lithium_g"]) for one in outputs] == [("lithium_carbonate", 900)]
    before = read_recoveries(open_record(world.connection, as_of=date(2026, 5, 31)), since=SINCE)
    assert len(before) == 2
