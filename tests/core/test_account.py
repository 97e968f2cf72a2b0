"""Accounts: the flows of each kind of event, to the gram; and that every book closes whatever is reported in whatever order."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from memory_engine import MemoryEngine
from story import REGISTRY, USCC_OF, expand, fill_report, play

from suyuan.core.account import FLOW_KINDS, FLOWS, ITEMS, merge_flows, open_ledger, signed_g
from suyuan.core.contribution import Flow
from suyuan.core.registry import Register, Registry, Site

ALIAS = {uscc: alias for alias, uscc in USCC_OF.items()}
PACK, LOT = "{pack:1}", "LOT-{BP1}-1"
MADE = {"by": "BP1", "kind": "battery_produced", "occurred_at": "2025-03-12", "battery_code": PACK, "chemistry": "lfp"}
BUILT = {
    "by": "VP1",
    "kind": "vehicle_produced",
    "occurred_at": "2025-04-01",
    "vin": "{vin:1}",
    "battery_codes": [PACK],
}
SOLD = {"by": "SE1", "kind": "vehicle_sold", "occurred_at": "2025-05-01", "vin": "{vin:1}"}


def on(day, by, kind, **fields):
    """Return a report of May 2026."""
    return {"by": by, "kind": kind, "occurred_at": f"2026-05-{day:02d}", **fields}


def of_pack(day, by, kind, **fields):
    return on(day, by, kind, battery_code=PACK, **fields)


def bought(day, by="CO1", **fields):
    return of_pack(day, by, "battery_received", from_owner=True, **fields)


def given_to(day, by, receiver, **fields):
    return of_pack(day, by, "battery_handed_over", receiver=receiver, **fields)


def got_from(day, by, sender, **fields):
    return of_pack(day, by, "battery_received", sender=sender, **fields)


def posted(*reports, subject=PACK, items=("battery", "lot")):
    """Return the flows of one subject in short: day of May 2026, who, flow, grams; of some items."""
    engine = play([fill_report(report, number=number) for number, report in enumerate(reports, start=1)])
    return sorted(
        (flow.day.day, ALIAS[flow.uscc], flow.flow, flow.grams)
        for flow in engine.verdicts[expand(subject)].flows
        if flow.item in items and flow.flow not in ("sent", "arrived")
    )


# -- the table -----------------------------------------------------------------------------------------------------


def test_each_flow_has_one_direction_and_a_name_in_both_languages():
    names = {direction: {kind.name for kind in FLOW_KINDS if kind.direction == direction} for direction in (1, -1, 0)}
    assert names == {
        1: {"received", "taken_off", "declared", "counted", "from_dismantling", "retired", "unexplained", "weighed_more", "bought",
            "recovered", "charged"},
        -1: {"handed_on", "fed", "made_into_product", "taken_apart", "returned_to_use", "lost", "exported", "sold",
             "gone_unexplained", "weighed_less", "counted_less"},
        0: {"sent", "arrived", "count", "extracted", "refed", "charged_at_most", "unstated"},
    }  # fmt: skip
    assert len(FLOWS) == len(FLOW_KINDS) == sum(map(len, names.values()))
    assert all(kind.zh and kind.en for kind in FLOW_KINDS)
    flow = Flow("U", "", date(2026, 5, 1), "battery", "received", 5)
    assert signed_g(flow) == 5
    assert signed_g(Flow("U", "", date(2026, 5, 1), "battery", "fed", 5)) == -5
    assert signed_g(Flow("U", "", date(2026, 5, 1), "battery", "count", 5)) == 0


def test_metal_as_material_and_contained_metal_are_two_items():
    assert ITEMS[:2] == ("battery", "lot")
    assert {"copper", "contained_copper", "residue", "black_mass"} <= set(ITEMS)
    assert len(set(ITEMS)) == len(ITEMS) == 2 + 16 + 1 + 6


def test_amounts_of_one_key_are_summed_and_nothing_is_no_flow():
    day = date(2026, 5, 1)
    flows = [
        Flow("U", "", day, "lot", "fed", 2),
        Flow("U", "", day, "battery", "fed", 0),
        Flow("U", "s", day, "lot", "fed", 1),
        Flow("U", "", day, "lot", "fed", 3),
    ]
    assert merge_flows(flows) == [Flow("U", "", day, "lot", "fed", 5), Flow("U", "s", day, "lot", "fed", 1)]


def test_vehicles_models_and_cases_have_no_ledger():
    assert open_ledger("vehicle") is None
    assert open_ledger("model") is None
    assert open_ledger("battery") is not None


# -- batteries -----------------------------------------------------------------------------------------------------


def test_a_new_pack_is_in_no_book():
    pool = of_pack(1, "SO1", "swap_pool_joined")
    sale = of_pack(1, "BP1", "battery_sold", buyer="SO1")
    assert posted(MADE, BUILT, SOLD) == []
    assert posted(MADE, sale, pool, of_pack(2, "SO1", "swap_pool_left")) == []


def test_an_honest_end_goes_from_book_to_book_and_into_the_process():
    assert posted(
        MADE,
        BUILT,
        SOLD,
        on(1, "VD1", "vehicle_scrapped", vin="{vin:1}", battery_codes_found=[PACK]),
        of_pack(2, "VD1", "battery_removed", vin="{vin:1}", reason="scrapping"),
        given_to(3, "VD1", "UE1", mass_g=419_000),
        got_from(5, "UE1", "VD1", mass_g=418_000),
        on(9, "UE1", "material_recovered", battery_codes=[PACK], input_mass_g=418_000),
    ) == [
        (1, "VD1", "taken_off", 420_000),
        (5, "UE1", "received", 418_000),
        (5, "VD1", "handed_on", 418_000),
        (5, "VD1", "weighed_less", 2_000),
        (9, "UE1", "fed", 418_000),
    ]


def test_the_giver_keeps_what_is_on_the_way():
    assert posted(MADE, bought(1), given_to(3, "CO1", "UE1")) == [(1, "CO1", "received", 420_000)]


def noted(*reports, subject=PACK):
    """Return what of a subject was sent on its way and arrived."""
    engine = play([fill_report(report, number=number) for number, report in enumerate(reports, start=1)])
    flows = engine.verdicts[expand(subject)].flows
    return sorted(
        (flow.day.day, ALIAS[flow.uscc], flow.flow, flow.grams) for flow in flows if flow.flow in ("sent", "arrived")
    )


def test_what_is_on_its_way_is_noted_until_it_is_not():
    sent = given_to(3, "CO1", "UE1", mass_g=419_000)
    assert noted(MADE, bought(1)) == []
    assert noted(MADE, bought(1), sent) == [(3, "CO1", "sent", 420_000)]
    assert noted(MADE, bought(1), sent, of_pack(4, "CO1", "battery_tested")) == [(3, "CO1", "sent", 420_000)]
    ended = [(3, "CO1", "sent", 420_000), (5, "CO1", "arrived", 420_000)]
    assert noted(MADE, bought(1), sent, got_from(5, "UE1", "CO1")) == ended
    assert noted(MADE, bought(1), sent, of_pack(5, "CO1", "battery_lost")) == ended
    assert noted(MADE, bought(1), sent, given_to(5, "UE1", "UE2")) == [*ended, (5, "UE1", "sent", 420_000)]
    fed = on(5, "CO1", "material_recovered", battery_codes=[PACK])
    assert noted(MADE, bought(1), sent, {**fed, "by": "UE1"}) == ended
    assert noted(DECLARED, lot(2, "BP1", "battery_handed_over", 310, receiver="UE1"), subject=LOT) == [
        (2, "BP1", "sent", 310)
    ]
    assert noted(DECLARED, lot(2, "BP1", "battery_handed_over", 310, receiver="UE1"),
                 lot(3, "UE1", "battery_received", 300, sender="BP1"), subject=LOT) == [
        (2, "BP1", "sent", 310), (3, "BP1", "arrived", 310)]  # fmt: skip


def test_a_receipt_alone_takes_it_from_the_holder_it_names():
    assert posted(MADE, bought(1), got_from(3, "UE1", "CO1", mass_g=421_000)) == [
        (1, "CO1", "received", 420_000),
        (3, "CO1", "handed_on", 421_000),
        (3, "CO1", "weighed_more", 1_000),
        (3, "UE1", "received", 421_000),
    ]


def test_a_receipt_that_names_another_leaves_the_holder_without_an_explanation():
    assert posted(MADE, bought(1), got_from(3, "UE1", "CO2")) == [
        (1, "CO1", "received", 420_000),
        (3, "CO1", "gone_unexplained", 420_000),
        (3, "UE1", "received", 420_000),
    ]


def test_a_receipt_by_another_than_the_one_named_still_passes_it_on():
    assert posted(MADE, bought(1), given_to(2, "CO1", "UE2"), got_from(3, "UE1", "CO1")) == [
        (1, "CO1", "received", 420_000),
        (3, "CO1", "handed_on", 420_000),
        (3, "UE1", "received", 420_000),
    ]


def test_who_hands_on_what_was_on_the_way_to_it_has_received_it():
    assert posted(MADE, bought(1), given_to(2, "CO1", "CO2"), given_to(4, "CO2", "UE1")) == [
        (1, "CO1", "received", 420_000),
        (4, "CO1", "handed_on", 420_000),
        (4, "CO2", "received", 420_000),
    ]


def test_who_hands_over_what_nobody_knew_it_held_has_it_without_an_explanation():
    assert posted(given_to(2, "CO1", "UE1", mass_g=400_000), got_from(4, "UE1", "CO1", mass_g=399_000)) == [
        (2, "CO1", "unexplained", 400_000),
        (4, "CO1", "handed_on", 399_000),
        (4, "CO1", "weighed_less", 1_000),
        (4, "UE1", "received", 399_000),
    ]


def test_who_hands_over_a_pool_pack_retires_it_when_it_arrives():
    joined = of_pack(1, "SO1", "swap_pool_joined")
    assert posted(MADE, joined, given_to(2, "SO1", "UE1"), got_from(4, "UE1", "SO1", mass_g=399_000)) == [
        (4, "SO1", "handed_on", 399_000),
        (4, "SO1", "retired", 399_000),
        (4, "UE1", "received", 399_000),
    ]


def test_a_used_pack_that_comes_without_a_giver_is_only_received():
    assert posted(MADE, BUILT, SOLD, bought(4, by="UE1", mass_g=399_000)) == [(4, "UE1", "received", 399_000)]


def test_a_stranger_that_says_it_gave_moves_nothing():
    assert posted(MADE, bought(1), given_to(2, "CO2", "UE1")) == [(1, "CO1", "received", 420_000)]


def test_what_is_received_again_or_declared_again_is_weighed_again():
    assert posted(MADE, bought(1), bought(2, mass_g=421_000)) == [
        (1, "CO1", "received", 420_000),
        (2, "CO1", "weighed_more", 1_000),
    ]
    code = "TMP-{CO1}-1"
    declared = {"by": "CO1", "kind": "uncoded_battery_declared", "temporary_code": code}
    reports = (
        {**declared, "occurred_at": "2026-05-01", "mass_g": 5_000},
        {**declared, "occurred_at": "2026-05-02", "mass_g": 4_000},
    )
    assert posted(*reports, subject=code) == [(1, "CO1", "declared", 5_000), (2, "CO1", "weighed_less", 1_000)]


@pytest.mark.parametrize(
    ("report", "party", "flow"),
    [
        pytest.param(of_pack(2, "RE1", "battery_removed", vin="{vin:1}", reason="accident"), "RE1", "taken_off", id="removed"),
        pytest.param(
            on(2, "RE1", "battery_replaced", vin="{vin:1}", removed_battery_code=PACK, fitted_battery_code="{pack:2}", kept_by="RE2"),
            "RE2",
            "taken_off",
            id="replaced",
        ),
        pytest.param(on(2, "VD1", "vehicle_scrapped", vin="{vin:1}", battery_codes_found=[PACK]), "VD1", "taken_off", id="found"),
        pytest.param(on(2, "OH1", "stock_counted", battery_codes=[PACK], counted_mass_g=9), "OH1", "counted", id="counted"),
    ],
)  # fmt: skip
def test_off_a_vehicle_it_comes_into_the_book_of_who_has_it_now(report, party, flow):
    assert posted(MADE, BUILT, SOLD, report) == [(2, party, flow, 420_000)]


def test_a_pack_taken_off_for_rework_before_its_sale_is_still_new():
    assert posted(MADE, BUILT, of_pack(2, "VP1", "battery_removed", vin="{vin:1}", reason="rework")) == []


def test_a_counted_pack_of_unknown_mass_has_its_share_of_the_mass_counted():
    count = on(2, "CO1", "stock_counted", battery_codes=[PACK, "{pack:2}", "{pack:3}"], counted_mass_g=1_000)
    assert posted(count) == [(2, "CO1", "counted", 333)]
    assert posted(count, given_to(3, "CO1", "UE1", mass_g=400), got_from(4, "UE1", "CO1", mass_g=400)) == [
        (2, "CO1", "counted", 333),
        (4, "CO1", "handed_on", 400),
        (4, "CO1", "weighed_more", 67),
        (4, "UE1", "received", 400),
    ]


def test_a_pack_of_unknown_mass_is_weighed_when_its_holder_hands_it_over():
    scrapped = on(1, "VD1", "vehicle_scrapped", vin="{vin:1}", battery_codes_found=[PACK])
    assert posted(scrapped, given_to(2, "CO1", "UE1", mass_g=500)) == []
    assert posted(scrapped, given_to(3, "VD1", "UE1", mass_g=500), given_to(4, "VD1", "UE2", mass_g=600)) == [
        (3, "VD1", "weighed_more", 500)
    ]


@pytest.mark.parametrize(
    ("report", "flow"),
    [
        pytest.param(of_pack(2, "OH1", "battery_lost", cause="burnt"), "lost", id="lost"),
        pytest.param(of_pack(2, "OH1", "battery_exported"), "exported", id="exported"),
        pytest.param(of_pack(2, "RE1", "battery_fitted", vin="{vin:2}"), "returned_to_use", id="fitted"),
        pytest.param(of_pack(2, "SO1", "swap_pool_joined"), "returned_to_use", id="pooled"),
        pytest.param(of_pack(2, "VP1", "battery_refurbished"), "returned_to_use", id="refurbished"),
        pytest.param(of_pack(2, "BP1", "battery_sold", buyer="SO1"), "returned_to_use", id="sold"),
        pytest.param(
            on(2, "UE1", "reuse_product_made", product_code="{product:1}", parent_codes=[PACK]), "gone_unexplained", id="made-by-another"
        ),
    ],
)  # fmt: skip
def test_it_leaves_the_book_by_what_happens_to_it(report, flow):
    assert (2, "CO1", flow, 420_000) in posted(MADE, bought(1), report)


def test_a_reuse_product_takes_its_parents_out_of_the_book_and_is_in_none_until_it_comes_back():
    made = on(3, "UE1", "reuse_product_made", product_code="{product:1}", parent_codes=[PACK])
    assert posted(MADE, bought(1, by="UE1"), made) == [
        (1, "UE1", "received", 420_000),
        (3, "UE1", "made_into_product", 420_000),
    ]
    back = {**bought(9, mass_g=405_000), "battery_code": "{product:1}"}
    assert posted(MADE, made, back, subject="{product:1}") == [(9, "CO1", "received", 405_000)]
    assert posted(MADE, made) == [(3, "UE1", "made_into_product", 420_000), (3, "UE1", "unexplained", 420_000)]


def test_what_somebody_feeds_without_holding_it_comes_from_nowhere_and_leaves_the_holder_without_it():
    fed = on(9, "UE1", "material_recovered", battery_codes=[PACK])
    assert posted(MADE, bought(1, mass_g=419_000), fed) == [
        (1, "CO1", "received", 419_000),
        (9, "CO1", "gone_unexplained", 419_000),
        (9, "UE1", "fed", 419_000),
        (9, "UE1", "unexplained", 419_000),
    ]
    assert posted(MADE, BUILT, SOLD, fed) == [(9, "UE1", "fed", 420_000), (9, "UE1", "unexplained", 420_000)]


def test_what_a_maker_feeds_of_its_own_products_is_retired():
    made = on(3, "UE1", "reuse_product_made", product_code="{product:1}", parent_codes=[PACK], mass_g=400_000)
    fed = on(9, "UE1", "material_recovered", battery_codes=["{product:1}"])
    assert posted(made, fed, subject="{product:1}") == [(9, "UE1", "fed", 400_000), (9, "UE1", "retired", 400_000)]


def test_after_its_end_nothing_moves_a_battery():
    fed = on(9, "UE1", "material_recovered", battery_codes=[PACK])
    again = on(10, "UE2", "material_recovered", battery_codes=[PACK])
    late = got_from(11, "UE2", "UE1")
    assert posted(MADE, bought(1, by="UE1"), fed, again, late) == posted(MADE, bought(1, by="UE1"), fed)


def test_coded_parts_have_their_share_of_the_mass_and_the_rest_stays_under_the_pack():
    apart = of_pack(
        3,
        "UE1",
        "battery_dismantled",
        recovered_codes=["{module:1}", "{module:2}"],
        recovered_mass_g=300_001,
        unreadable_count=1,
    )
    reports = (MADE, bought(1, by="UE1"), apart)
    assert posted(*reports) == [
        (1, "UE1", "received", 420_000),
        (3, "UE1", "from_dismantling", 100_001),
        (3, "UE1", "taken_apart", 420_000),
    ]
    assert posted(*reports, subject="{module:1}") == [(3, "UE1", "from_dismantling", 100_000)]
    handed = {**given_to(4, "UE1", "UE2", mass_g=100_001)}
    assert posted(*reports, handed, got_from(5, "UE2", "UE1", mass_g=100_001))[-2:] == [
        (5, "UE1", "handed_on", 100_001),
        (5, "UE2", "received", 100_001),
    ]


def test_a_dismantling_that_is_not_complete_takes_only_what_came_off():
    some = of_pack(
        3, "UE1", "battery_dismantled", recovered_codes=["{module:1}"], recovered_mass_g=100_000, complete=False
    )
    rest = of_pack(4, "UE1", "battery_dismantled", recovered_codes=["{module:2}"], recovered_mass_g=250_000)
    assert posted(MADE, bought(1, by="UE1"), some, rest) == [
        (1, "UE1", "received", 420_000),
        (3, "UE1", "taken_apart", 100_000),
        (4, "UE1", "taken_apart", 320_000),
    ]
    more = of_pack(
        3, "UE1", "battery_dismantled", recovered_codes=["{module:1}"], recovered_mass_g=500_000, complete=False
    )
    assert posted(MADE, bought(1, by="UE1"), more)[1:] == [(3, "UE1", "taken_apart", 420_000)]


def test_parts_whose_mass_nobody_told_are_weighed_when_they_leave():
    apart = of_pack(3, "UE1", "battery_dismantled", recovered_codes=["{module:1}"])
    sent = {**given_to(4, "UE1", "UE2", mass_g=70), "battery_code": "{module:1}"}
    got = {**got_from(5, "UE2", "UE1", mass_g=70), "battery_code": "{module:1}"}
    assert posted(MADE, bought(1, by="UE1"), apart)[1:] == [(3, "UE1", "taken_apart", 420_000)]
    assert posted(apart, sent, got, subject="{module:1}") == [
        (4, "UE1", "weighed_more", 70),
        (5, "UE1", "handed_on", 70),
        (5, "UE2", "received", 70),
    ]


def test_what_is_apart_weighs_nothing_when_it_is_fed_under_its_own_code():
    apart = of_pack(3, "UE1", "battery_dismantled", recovered_codes=["{module:1}"], recovered_mass_g=300_000)
    fed = on(9, "UE1", "material_recovered", battery_codes=[PACK])
    assert posted(MADE, bought(1, by="UE1"), apart, fed)[1:] == [(3, "UE1", "taken_apart", 420_000)]


def test_a_component_taken_out_is_used_and_one_put_in_is_in_use_again():
    swap = of_pack(
        3, "RE1", "component_replaced", removed_codes=["{module:1}"], fitted_codes=["{module:2}"], kept_by="RE2"
    )
    sent = {**given_to(4, "RE2", "UE1", mass_g=70), "battery_code": "{module:1}"}
    assert posted(MADE, swap, sent, subject="{module:1}") == [(4, "RE2", "weighed_more", 70)]
    got = {**bought(2, by="RE1", mass_g=60), "battery_code": "{module:2}"}
    assert posted(MADE, got, swap, subject="{module:2}") == [
        (2, "RE1", "received", 60),
        (3, "RE1", "returned_to_use", 60),
    ]


SITED = Registry(
    [REGISTRY.find(uscc, on=date(2026, 1, 1)) for uscc in REGISTRY.usccs],
    version=1,
    register=Register(
        sites=tuple(
            Site(USCC_OF[alias], site, "420100", date(2015, 1, 1))
            for alias in ("CO1", "UE1", "BP1")
            for site in ("S1", "S2")
        )
    ),
)


def sites_of(*reports, subject):
    """Return who booked what at which site."""
    engine = MemoryEngine(SITED)
    for number, report in enumerate(reports, start=1):
        filled = fill_report(report, number=number)
        engine.report({name: value for name, value in filled.items() if name != "by"}, by=filled["by"])
    engine.judge()
    return {(ALIAS[flow.uscc], flow.flow, flow.site) for flow in engine.verdicts[expand(subject)].flows}


def test_a_pack_leaves_the_book_of_the_site_that_booked_it():
    booked = sites_of(
        bought(1, site_id="S1"),
        given_to(2, "CO1", "UE1", site_id="S2", mass_g=419_000),
        got_from(3, "UE1", "CO1", site_id="S2"),
        on(9, "UE1", "material_recovered", battery_codes=[PACK], site_id="S1"),
        subject=PACK,
    )
    assert booked == {
        ("CO1", "received", "S1"),
        ("CO1", "handed_on", "S1"),
        ("CO1", "sent", "S1"),
        ("CO1", "arrived", "S1"),
        ("UE1", "received", "S2"),
        ("UE1", "fed", "S2"),
    }


def test_a_battery_kept_by_another_stands_at_no_site_of_the_reporter():
    repair = of_pack(2, "BP1", "component_replaced", removed_codes=["{module:1}"], fitted_codes=["{module:2}"],
                     kept_by="CO1", site_id="S1")  # fmt: skip
    sent = {**given_to(3, "CO1", "UE1", site_id="S2"), "battery_code": "{module:1}"}
    assert sites_of(repair, sent, subject="{module:1}") == {("CO1", "weighed_more", ""), ("CO1", "sent", "")}


def test_metal_is_charged_with_what_is_fed():
    fed = on(9, "UE1", "material_recovered", battery_codes=[PACK])
    metals = ("contained_lithium", "contained_copper", "contained_aluminium", "contained_nickel")
    assert posted(MADE, bought(1, by="UE1"), fed, items=metals) == [
        (9, "UE1", "charged", 5_032),
        (9, "UE1", "charged", 30_310),
        (9, "UE1", "charged", 39_853),
    ]
    assert posted(fed, items=metals) == []


# -- lots ----------------------------------------------------------------------------------------------------------


def lot(day, by, kind, mass_g, **fields):
    name = "lot_code" if kind == "lot_declared" else "battery_code"
    return on(day, by, kind, **{name: LOT}, mass_g=mass_g, **fields)


DECLARED = lot(1, "BP1", "lot_declared", 900, chemistry="ncm523")


def posted_lot(*reports, **more):
    return posted(*reports, subject=LOT, **more)


def test_a_lot_moves_in_parts_when_they_arrive():
    sent = lot(2, "BP1", "battery_handed_over", 300, receiver="UE1")
    got = lot(3, "UE1", "battery_received", 290, sender="BP1")
    assert posted_lot(DECLARED, sent) == [(1, "BP1", "declared", 900)]
    assert posted_lot(DECLARED, sent, got) == [
        (1, "BP1", "declared", 900),
        (3, "BP1", "handed_on", 290),
        (3, "BP1", "weighed_less", 10),
        (3, "UE1", "received", 290),
    ]


def test_a_lot_declared_twice_is_declared_once():
    assert posted_lot(DECLARED, lot(2, "BP1", "lot_declared", 500)) == [(1, "BP1", "declared", 900)]


def test_a_receipt_alone_takes_no_more_of_a_lot_than_the_giver_holds():
    got = lot(3, "UE1", "battery_received", 1_000, sender="BP1")
    assert posted_lot(DECLARED, got) == [
        (1, "BP1", "declared", 900),
        (3, "BP1", "handed_on", 900),
        (3, "UE1", "received", 1_000),
    ]
    assert posted_lot(DECLARED, got, lot(4, "UE2", "battery_received", 50, sender="BP1"))[-1:] == [
        (4, "UE2", "received", 50)
    ]


def test_the_givers_own_word_takes_the_rest_even_below_zero():
    got = lot(3, "UE1", "battery_received", 1_000, sender="BP1")
    sent = lot(5, "BP1", "battery_handed_over", 1_005, receiver="UE1")
    assert posted_lot(DECLARED, got, sent) == [
        (1, "BP1", "declared", 900),
        (3, "BP1", "handed_on", 900),
        (3, "UE1", "received", 1_000),
        (5, "BP1", "handed_on", 100),
        (5, "BP1", "weighed_less", 5),
    ]


def test_a_giver_that_hands_on_more_than_it_has_stands_below_zero():
    sent = lot(2, "BP1", "battery_handed_over", 1_000, receiver="UE1")
    got = lot(3, "UE1", "battery_received", 1_000, sender="BP1")
    more = lot(4, "UE2", "battery_received", 10, sender="BP1")
    assert posted_lot(DECLARED, sent, got, more) == [
        (1, "BP1", "declared", 900),
        (3, "BP1", "handed_on", 1_000),
        (3, "UE1", "received", 1_000),
        (4, "UE2", "received", 10),
    ]


def test_what_was_lost_on_the_scales_is_no_longer_there_to_be_taken():
    sent = lot(2, "BP1", "battery_handed_over", 600, receiver="UE1")
    got = lot(3, "UE1", "battery_received", 500, sender="BP1")
    more = lot(4, "UE2", "battery_received", 400, sender="BP1")
    fed = on(9, "UE1", "material_recovered", lot_codes=[LOT], input_mass_g=500)
    assert posted_lot(DECLARED, sent, got, more)[-2:] == [(4, "BP1", "handed_on", 300), (4, "UE2", "received", 400)]
    assert posted_lot(DECLARED, sent, got, more, fed)[-1:] == [(9, "UE1", "fed", 500)]
    again = on(10, "UE1", "material_recovered", lot_codes=[LOT], input_mass_g=500)
    assert posted_lot(DECLARED, sent, got, fed, again) == posted_lot(DECLARED, sent, got, fed)


def test_who_hands_on_a_lot_that_it_does_not_hold_has_no_site():
    got = {**lot(3, "UE1", "battery_received", 300, sender="CO1"), "site_id": "S1"}
    sent = {**lot(4, "CO1", "battery_handed_over", 301, receiver="UE1"), "site_id": "S2"}
    assert sites_of(got, sent, subject=LOT) == {
        ("UE1", "received", "S1"),
        ("CO1", "handed_on", ""),
        ("CO1", "weighed_less", ""),
    }
    assert sites_of(sent, subject=LOT) == {("CO1", "sent", "")}


def test_a_lot_from_an_owner_takes_from_nobody():
    assert posted_lot(lot(3, "UE1", "battery_received", 10, from_owner=True)) == [(3, "UE1", "received", 10)]


def test_feeding_a_lot_takes_all_that_its_holder_has():
    fed = on(9, "UE1", "material_recovered", lot_codes=[LOT], input_mass_g=300)
    got = lot(3, "UE1", "battery_received", 300, sender="BP1")
    assert posted_lot(DECLARED, got, fed)[-1:] == [(9, "UE1", "fed", 300)]
    assert posted_lot(DECLARED, fed) == [(1, "BP1", "declared", 900)]
    nickel = ("contained_nickel",)
    assert posted_lot(DECLARED, got, fed, items=nickel) == [(9, "UE1", "charged", 26)]
    assert posted_lot(DECLARED, fed, items=nickel) == []


def test_a_lot_stands_at_the_site_of_its_holders_own_report():
    booked = sites_of(
        {**DECLARED, "site_id": "S1"},
        lot(2, "BP1", "battery_handed_over", 310, receiver="UE1", site_id="S2"),
        lot(3, "UE1", "battery_received", 300, sender="BP1", site_id="S2"),
        on(9, "UE1", "material_recovered", lot_codes=[LOT], input_mass_g=300, site_id="S1"),
        subject=LOT,
    )
    assert {one for one in booked if one[1] != "charged"} == {
        ("BP1", "declared", "S1"),
        ("BP1", "handed_on", "S1"),
        ("BP1", "weighed_less", "S1"),
        ("BP1", "sent", "S1"),
        ("BP1", "arrived", "S1"),
        ("UE1", "received", "S2"),
        ("UE1", "fed", "S2"),
    }


# -- process and trade ---------------------------------------------------------------------------------------------


def items_of(*reports, subject):
    engine = play([fill_report(report, number=number) for number, report in enumerate(reports, start=1)])
    return {(flow.item, flow.flow): flow.grams for flow in engine.verdicts[expand(subject)].flows}


def test_a_recovery_books_inputs_outputs_and_residue():
    recovery = on(
        9,
        "UE1",
        "material_recovered",
        report_id="m1",
        inputs=[{"material": "black_mass", "mass_g": 1_000, "nickel_g": 200}],
        input_mass_g=1_000,
        residue_mass_g=50,
        outputs=[
            {"material": "nickel_sulphate", "mass_g": 800, "nickel_g": 190},
            {"material": "mixed_hydroxide", "mass_g": 60, "nickel_g": 5, "lithium_g": 1},
        ],
    )
    booked = items_of(recovery, subject="lot:{UE1}:m1")
    most = {key: grams for key, grams in booked.items() if key[1] == "charged_at_most"}
    assert {key: grams for key, grams in booked.items() if key not in most} == {
        ("black_mass", "fed"): 1_000,
        ("contained_nickel", "refed"): 200,
        ("nickel_sulphate", "recovered"): 800,
        ("mixed_hydroxide", "recovered"): 60,
        ("contained_nickel", "extracted"): 195,
        ("contained_lithium", "extracted"): 1,
        ("contained_cobalt", "unstated"): 60,
        ("contained_manganese", "unstated"): 60,
        ("contained_copper", "unstated"): 60,
        ("contained_aluminium", "unstated"): 60,
        ("residue", "recovered"): 50,
    }
    assert most["contained_nickel", "charged_at_most"] == 200
    assert most["contained_cobalt", "charged_at_most"] == 1_000


def test_residue_with_a_receiver_is_handed_on():
    recovery = on(9, "UE1", "material_recovered", report_id="m1", residue_mass_g=50, residue_receiver="UE2")
    booked = items_of(recovery, subject="lot:{UE1}:m1")
    assert booked["residue", "recovered"] == booked["residue", "handed_on"] == 50


def test_material_bought_and_sold_brings_its_metal():
    bought_ = on(
        1, "UE1", "material_received", report_id="b1", material="black_mass", mass_g=70, sender="UE2", nickel_g=9
    )
    sold = on(2, "UE1", "material_sold", report_id="s1", material="lithium_carbonate", mass_g=1_000, receiver="BP1")
    assert items_of(bought_, subject="report:{UE1}:b1") == {
        ("black_mass", "bought"): 70,
        ("contained_nickel", "bought"): 9,
    }
    assert items_of(sold, subject="report:{UE1}:s1") == {
        ("lithium_carbonate", "sold"): 1_000,
        ("contained_lithium", "sold"): 178,
    }


def test_a_count_stands_beside_the_book_and_a_zero_report_books_nothing():
    count = on(1, "UE1", "stock_counted", report_id="c1", counted_mass_g=77)
    assert items_of(count, subject="report:{UE1}:c1") == {("battery", "count"): 77}
    zero = on(1, "UE1", "nothing_to_report", report_id="z1", period_from="2026-04-01", period_until="2026-04-30")
    assert items_of(zero, subject="report:{UE1}:z1") == {}


# -- the identity --------------------------------------------------------------------------------------------------

HOLDERS = ("CO1", "UE1", "VD1", "RE1", "VP1", "BP1")
OTHERS = (*HOLDERS, "XX1")
masses = st.integers(1, 500)
days = st.integers(1, 28)


def steps_of_a_pack():
    """Reports about one pack in any order and by anybody who may make them."""

    def by(*names):
        return st.sampled_from(names)

    def report(kind, reporters, **fields):
        return st.fixed_dictionaries({"day": days, "by": by(*reporters), "kind": st.just(kind), **fields})

    pack, car = st.just(PACK), st.sampled_from(["{vin:1}", "{vin:2}"])
    codes = st.lists(st.sampled_from(["{module:1}", "{module:2}"]), unique=True)
    return st.one_of(
        report("battery_handed_over", HOLDERS, battery_code=pack, receiver=by(*OTHERS), mass_g=masses),
        report("battery_received", HOLDERS, battery_code=pack, sender=by(*OTHERS), mass_g=masses),
        report("battery_received", HOLDERS, battery_code=pack, from_owner=st.just(True), mass_g=masses),
        report("vehicle_scrapped", ["VD1"], vin=car, battery_codes_found=st.just([PACK])),
        report("battery_removed", ["RE1", "VD1", "VP1"], battery_code=pack, vin=car, reason=by("rework", "other")),
        report("battery_fitted", ["RE1", "VP1"], battery_code=pack, vin=car),
        report("stock_counted", HOLDERS, battery_codes=st.just([PACK]), counted_mass_g=masses),
        report("battery_refurbished", ["BP1", "VP1", "UE1"], battery_code=pack),
        report("battery_lost", HOLDERS, battery_code=pack),
        report("battery_dismantled", ["UE1", "CO1"], battery_code=pack, recovered_codes=codes, recovered_mass_g=masses,
               complete=st.booleans()),
        report("reuse_product_made", ["UE1"], product_code=st.just("{product:1}"), parent_codes=st.just([PACK])),
        report("material_recovered", ["UE1"], battery_codes=st.just([PACK])),
        report("battery_produced", ["BP1"], battery_code=pack, mass_g=masses),
    )  # fmt: skip


def stories(steps):
    return [fill_report({"occurred_at": f"2026-05-{step.pop('day'):02d}", **step}, number=number)
            for number, step in enumerate(map(dict, steps), start=1)]  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(steps_of_a_pack(), max_size=8))
def test_every_book_of_a_pack_closes_each_day_whatever_is_reported(steps):
    engine = play(stories(steps))
    for verdict in engine.verdicts.values():
        flows = [flow for flow in verdict.flows if flow.item == "battery"]
        for day in sorted({flow.day for flow in flows}):
            stock = {}
            for flow in flows:
                if flow.day <= day:
                    stock[flow.uscc] = stock.get(flow.uscc, 0) + signed_g(flow)
            assert all(grams >= 0 for grams in stock.values()), stock
            assert sum(grams > 0 for grams in stock.values()) <= 1, "one battery stands in one book"
        state = verdict.state
        left = {uscc: grams for uscc, grams in stock.items() if grams} if flows else {}
        if left and state.status not in ("dismantled", "in_transit"):
            assert left.keys() == {state.holder}
        if getattr(state, "status", "") in ("recovered", "reused", "lost", "exported", "installed", "produced"):
            assert left == {}


def steps_of_a_lot():
    """Reports about one lot in any order and by anybody who may make them."""

    def report(kind, reporters, **fields):
        return st.fixed_dictionaries({"day": days, "by": st.sampled_from(reporters), "kind": st.just(kind), **fields})

    code, other = st.just(LOT), st.sampled_from(OTHERS)
    return st.one_of(
        report("lot_declared", ["BP1"], lot_code=code, mass_g=masses),
        report("battery_handed_over", HOLDERS, battery_code=code, receiver=other, mass_g=masses),
        report("battery_received", HOLDERS, battery_code=code, sender=other, mass_g=masses),
        report("material_recovered", ["UE1"], lot_codes=st.just([LOT])),
    )


@settings(max_examples=200, deadline=None)
@given(st.lists(steps_of_a_lot(), max_size=8))
def test_no_book_of_a_lot_is_below_zero_but_by_its_holders_own_word(steps):
    engine = play(stories(steps))
    verdict = engine.verdicts.get(expand(LOT))
    flows = [flow for flow in verdict.flows if flow.item == "lot"] if verdict else []
    given = {(one["by"], one["occurred_at"]) for one in stories(steps) if one["kind"] == "battery_handed_over"}
    stock = {}
    for flow in flows:
        stock[flow.uscc] = stock.get(flow.uscc, 0) + signed_g(flow)
    below = {uscc for uscc, grams in stock.items() if grams < 0}
    assert below <= {uscc for uscc, _ in given}
    assert all(flow.grams > 0 for flow in flows)
