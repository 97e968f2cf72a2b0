"""The table "state of a battery", row by row: status, holder, vehicle and use after each event."""

import pytest
from story import USCC_OF, expand, fill_report, play

PACK = "{pack:1}"
MADE = {"by": "BP1", "kind": "battery_produced", "occurred_at": "2025-03-12", "battery_code": PACK}
BUILT = {
    "by": "VP1",
    "kind": "vehicle_produced",
    "occurred_at": "2025-04-01",
    "vin": "{vin:1}",
    "battery_codes": [PACK],
}
SOLD = {"by": "SE1", "kind": "vehicle_sold", "occurred_at": "2025-05-01", "vin": "{vin:1}"}
BOUGHT = {
    "by": "CO1",
    "kind": "battery_received",
    "occurred_at": "2026-05-10",
    "battery_code": PACK,
    "from_owner": True,
}
DRIVEN = (MADE, BUILT, SOLD)


def battery(by, kind, on="2026-05-20", **fields):
    return {"by": by, "kind": kind, "occurred_at": on, "battery_code": PACK, **fields}


def counted(by, on="2026-05-20", code=PACK):
    return {"by": by, "kind": "stock_counted", "occurred_at": on, "battery_codes": [code]}


def swapped(removed, fitted):
    return {
        "by": "SO1",
        "kind": "battery_swapped",
        "occurred_at": "2026-05-20",
        "vin": "{vin:1}",
        "removed_battery_code": removed,
        "fitted_battery_code": fitted,
    }


def replaced(removed, fitted):
    return {
        "by": "RE1",
        "kind": "battery_replaced",
        "occurred_at": "2026-05-20",
        "vin": "{vin:1}",
        "removed_battery_code": removed,
        "fitted_battery_code": fitted,
        "kept_by": "RE2",
    }


def removed(by="RE1", reason="other"):
    return battery(by, "battery_removed", vin="{vin:1}", reason=reason)


def recovered(code=PACK, on="2026-05-25"):
    return {"by": "UE1", "kind": "material_recovered", "occurred_at": on, "battery_codes": [code]}


def taken_apart(**fields):
    return battery("UE1", "battery_dismantled", recovered_codes=["{module:1}"], **fields)


IMPORTED_VEHICLE = {
    "by": "VP2",
    "kind": "vehicle_imported",
    "occurred_at": "2025-04-01",
    "vin": "{vin:1}",
    "battery_codes": ["{pack:1/006}"],
    "packs": [{"code": "{pack:1/006}", "chemistry": "lfp", "rated_energy_wh": 55000, "mass_g": 420000}],
}
REPAIRED = battery(
    "RE1", "component_replaced", removed_codes=["{module:1}"], fitted_codes=["{module:2}"], kept_by="RE2"
)
SCRAPPED = {
    "by": "VD1",
    "kind": "vehicle_scrapped",
    "occurred_at": "2026-05-10",
    "vin": "{vin:1}",
    "battery_codes_found": [PACK],
}
DECLARED = {
    "by": "CO1",
    "kind": "uncoded_battery_declared",
    "occurred_at": "2026-05-10",
    "temporary_code": "TMP-{CO1}-1",
}
PRODUCT = {
    "by": "UE1",
    "kind": "reuse_product_made",
    "occurred_at": "2026-05-20",
    "product_code": "{product:1}",
    "parent_codes": [PACK],
}
HANDED_OVER = battery("CO1", "battery_handed_over", receiver="UE1")
EXPORTED = battery("OH1", "battery_exported")

ROWS = [  # name, reports, subject, status, holder, vehicle, is_used (None: the table leaves it open)
    ("produced", [MADE], PACK, "produced", "BP1", None, False),
    ("imported", [{**MADE, "kind": "battery_imported"}], PACK, "produced", "BP1", None, False),
    ("born-with-vehicle", [IMPORTED_VEHICLE], "{pack:1/006}", "installed", "VP2", "{vin:1}", False),
    ("uncoded-declared", [DECLARED], "TMP-{CO1}-1", "at_outlet", "CO1", None, True),
    ("sold", [MADE, battery("BP1", "battery_sold", buyer="RE1")], PACK, "produced", "RE1", None, None),
    ("pool-joined", [MADE, battery("SO1", "swap_pool_joined")], PACK, "in_swap_pool", "SO1", None, None),
    ("pool-left", [MADE, battery("SO1", "swap_pool_left")], PACK, "produced", "SO1", None, None),
    ("built-in", [MADE, BUILT], PACK, "installed", "VP1", "{vin:1}", False),
    ("vehicle-sold", [MADE, BUILT, SOLD], PACK, "installed", None, "{vin:1}", False),
    ("fitted", [battery("RE1", "battery_fitted", vin="{vin:1}")], PACK, "installed", None, "{vin:1}", False),
    ("fitted-by-swap", [swapped("{pack:2}", PACK)], PACK, "installed", None, "{vin:1}", False),
    ("fitted-by-replacement", [replaced("{pack:2}", PACK)], PACK, "installed", None, "{vin:1}", False),
    ("fitted-when-used", [BOUGHT, battery("RE1", "battery_fitted", vin="{vin:1}")], PACK, "installed", None, "{vin:1}", False),
    ("swapped-out", [*DRIVEN, swapped(PACK, "{pack:2}")], PACK, "in_swap_pool", "SO1", None, False),
    ("replaced-off", [*DRIVEN, replaced(PACK, "{pack:2}")], PACK, "used", "RE2", None, True),
    ("found", [*DRIVEN, SCRAPPED], PACK, "at_dismantler", "VD1", "{vin:1}", True),
    ("removed", [*DRIVEN, removed()], PACK, "used", "RE1", None, True),
    ("removed-for-rework-before-sale", [MADE, BUILT, removed("VP1", "rework")], PACK, "used", "VP1", None, False),
    ("removed-for-rework-after-sale", [*DRIVEN, removed("VP1", "rework")], PACK, "used", "VP1", None, True),
    ("handed-over", [BOUGHT, HANDED_OVER], PACK, "in_transit", "CO1", None, True),
    ("handed-over-by-nobody-known", [HANDED_OVER], PACK, "in_transit", "CO1", None, None),
    ("handed-over-by-another", [BOUGHT, battery("RE1", "battery_handed_over", receiver="UE1")], PACK, "at_outlet", "CO1", None, True),
    ("received", [BOUGHT, HANDED_OVER, battery("UE1", "battery_received", sender="CO1")], PACK, "at_utilization", "UE1", None, True),
    ("received-from-owner-by-dismantler", [{**BOUGHT, "by": "VD1"}], PACK, "at_dismantler", "VD1", None, True),
    ("received-from-owner-by-holder", [{**BOUGHT, "by": "OH1"}], PACK, "used", "OH1", None, True),
    ("received-unused", [MADE, battery("RE1", "battery_received", sender="BP1")], PACK, "produced", "RE1", None, False),
    ("counted-from-nobody", [counted("UE1")], PACK, "at_utilization", "UE1", None, True),
    ("counted-from-owner", [*DRIVEN, counted("RE1")], PACK, "used", "RE1", None, True),
    ("counted-from-another", [BOUGHT, counted("UE1")], PACK, "at_outlet", "CO1", None, True),
    ("refurbished", [BOUGHT, battery("UE1", "battery_refurbished")], PACK, "produced", "UE1", None, False),
    ("dismantled", [BOUGHT, taken_apart()], PACK, "dismantled", "UE1", None, True),
    ("dismantled-in-part", [BOUGHT, taken_apart(complete=False)], PACK, "at_utilization", "UE1", None, True),
    ("part-recovered", [BOUGHT, taken_apart()], "{module:1}", "at_utilization", "UE1", None, True),
    ("component-taken-out", [REPAIRED], "{module:1}", "used", "RE2", None, True),
    ("component-put-in", [REPAIRED], "{module:2}", "installed", None, None, False),
    ("reuse-product", [BOUGHT, PRODUCT], "{product:1}", "reused", "UE1", None, None),
    ("parent-of-product", [BOUGHT, PRODUCT], PACK, "reused", "UE1", None, None),
    ("recovered", [BOUGHT, recovered()], PACK, "recovered", "UE1", None, None),
    ("parent-of-recovered-product", [BOUGHT, PRODUCT, recovered("{product:1}")], PACK, "recovered", "UE1", None, None),
    ("lost", [BOUGHT, battery("CO1", "battery_lost")], PACK, "lost", None, None, None),
    ("exported", [MADE, EXPORTED], PACK, "exported", None, None, None),
]  # fmt: skip


def play_out(reports):
    return play([fill_report(report, number=number) for number, report in enumerate(reports, start=1)])


def state_after(reports, subject=PACK):
    return play_out(reports).verdicts[expand(subject)].state


@pytest.mark.parametrize(
    ("reports", "subject", "status", "holder", "vehicle", "is_used"),
    [row[1:] for row in ROWS],
    ids=[row[0] for row in ROWS],
)
def test_each_row_of_the_table_holds(reports, subject, status, holder, vehicle, is_used):
    state = state_after(reports, subject)
    told = (state.status, state.holder, state.vehicle, state.is_used if is_used is not None else None)
    assert told == (status, USCC_OF.get(holder), expand(vehicle), is_used)


def test_a_lot_declared_is_held_by_its_reporter():
    lot = {
        "by": "CO1",
        "kind": "lot_declared",
        "occurred_at": "2026-05-10",
        "lot_code": "LOT-{CO1}-1",
        "mass_g": 900_000,
    }
    state = state_after([lot], "LOT-{CO1}-1")
    assert (state.status, state.holder, state.is_used) == ("at_outlet", USCC_OF["CO1"], True)


def test_a_component_put_in_names_its_pack_as_parent():
    assert state_after([REPAIRED], "{module:2}").parent == expand(PACK)


def test_a_component_taken_out_has_no_parent():
    assert state_after([REPAIRED], "{module:1}").parent is None


def test_a_reuse_product_lists_its_parents():
    assert state_after([BOUGHT, PRODUCT], "{product:1}").parents == (expand(PACK),)


def test_a_vehicle_sold_after_the_day_asked_for_is_still_the_producers():
    engine = play_out([MADE, BUILT, SOLD])
    engine.judge(until=engine.events[expand("{vin:1}")][0].occurred_on)
    assert engine.verdicts[expand(PACK)].state.holder == USCC_OF["VP1"]


def test_lost_and_exported_are_not_final():
    states = [state_after([BOUGHT, battery("CO1", "battery_lost"), counted("UE1", on="2026-05-21")])]
    states.append(state_after([MADE, EXPORTED, counted("UE1", on="2026-05-21")]))
    assert [state.status for state in states] == ["at_utilization", "at_utilization"]


def test_nothing_moves_a_recovered_battery():
    state = state_after([recovered(on="2026-05-19"), battery("RE1", "battery_fitted", vin="{vin:1}")])
    assert (state.status, state.holder, state.vehicle) == ("recovered", USCC_OF["UE1"], None)


def test_a_late_half_of_a_recovered_battery_closes_what_waits_and_moves_nothing():
    received = battery("UE1", "battery_received", "2026-05-18", sender="VD1")
    late = battery("VD1", "battery_handed_over", receiver="UE1")
    state = state_after([received, recovered(on="2026-05-19"), late])
    assert (state.status, state.holder, state.waiting_receipts) == ("recovered", USCC_OF["UE1"], ())


def test_a_hand_over_that_matches_an_earlier_receipt_moves_nothing():
    received = battery("UE1", "battery_received", "2026-05-18", sender="CO1")
    state = state_after([BOUGHT, received, HANDED_OVER])
    assert (state.status, state.holder, state.open_hand_overs) == ("at_utilization", USCC_OF["UE1"], ())


def test_the_producer_that_fitted_and_sold_the_pack_is_responsible():
    assert state_after([MADE, BUILT, SOLD]).responsible_producer == USCC_OF["VP1"]


def test_before_the_sale_the_battery_producer_is_responsible():
    assert state_after([MADE, BUILT]).responsible_producer == USCC_OF["BP1"]


def test_what_another_counts_or_gives_does_not_change_the_place():
    reports = [BOUGHT, counted("UE1"), battery("RE1", "battery_handed_over", "2026-05-21", receiver="UE1")]
    assert state_after(reports).place == state_after([BOUGHT]).place


def test_the_holder_carries_the_place_with_it():
    assert state_after([BOUGHT]).place != state_after([BOUGHT, battery("UE1", "battery_received", sender="CO1")]).place


def test_the_trail_of_hands_ends_when_a_battery_is_no_longer_used():
    reports = [BOUGHT, battery("UE1", "battery_received", sender="CO1")]
    assert [holder for holder, _ in state_after(reports).trail] == [USCC_OF["CO1"], USCC_OF["UE1"]]
    assert state_after([*reports, battery("UE1", "battery_refurbished", "2026-05-21")]).trail == ()
