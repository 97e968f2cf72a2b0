"""Accounts of batteries: the flows of each kind of event, to the gram."""

import pytest
from account_world import (
    ALIAS,
    BUILT,
    DECLARED,
    LOT,
    MADE,
    PACK,
    SOLD,
    bought,
    given_to,
    got_from,
    lot,
    of_pack,
    on,
    posted,
    sites_of,
)
from story import expand, fill_report, play


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


def test_a_receipt_alone_retires_the_pool_pack_of_the_holder_it_names():
    joined = of_pack(1, "SO1", "swap_pool_joined")
    assert posted(MADE, joined, got_from(4, "UE1", "SO1", mass_g=399_000)) == [
        (4, "SO1", "handed_on", 399_000),
        (4, "SO1", "retired", 399_000),
        (4, "UE1", "received", 399_000),
    ]
    assert posted(MADE, joined, got_from(4, "UE1", "CO1", mass_g=399_000)) == [(4, "UE1", "received", 399_000)]


def test_a_used_pack_that_comes_without_a_giver_is_only_received():
    assert posted(MADE, BUILT, SOLD, bought(4, by="UE1", mass_g=399_000)) == [(4, "UE1", "received", 399_000)]


def test_a_stranger_that_says_it_gave_moves_nothing():
    assert posted(MADE, bought(1), given_to(2, "CO2", "UE1")) == [(1, "CO1", "received", 420_000)]


def test_what_others_say_of_a_battery_that_somebody_holds_changes_no_book():
    apart = of_pack(2, "UE1", "battery_dismantled", recovered_codes=[], complete=False)
    counted = on(3, "CO1", "stock_counted", battery_codes=[PACK], counted_mass_g=9)
    assert posted(apart, counted) == []
    assert posted(apart, given_to(3, "CO1", "UE2", mass_g=400)) == []
    assert posted(apart, {**counted, "by": "UE1"}) == [(3, "UE1", "counted", 9)]


def test_new_goods_that_one_gives_and_another_gets_are_handed_on_and_stand_in_no_further_book():
    assert posted(given_to(2, "CO1", "RE1", mass_g=400), got_from(4, "RE1", "CO1", mass_g=399)) == [
        (2, "CO1", "unexplained", 400),
        (4, "CO1", "handed_on", 399),
        (4, "CO1", "weighed_less", 1),
    ]


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


def test_who_feeds_what_was_on_its_way_to_it_has_received_it():
    fed = on(9, "UE1", "material_recovered", battery_codes=[PACK])
    assert posted(MADE, bought(1), given_to(3, "CO1", "UE1", mass_g=419_000), fed) == [
        (1, "CO1", "received", 420_000),
        (9, "CO1", "handed_on", 420_000),
        (9, "UE1", "fed", 420_000),
        (9, "UE1", "received", 420_000),
    ]
    assert (9, "CO1", "gone_unexplained", 420_000) in posted(MADE, bought(1), given_to(3, "CO1", "UE2"), fed)
    assert (9, "CO1", "gone_unexplained", 420_000) in posted(MADE, given_to(1, "UE2", "UE1"), bought(3), fed)


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


def test_taken_apart_without_a_mass_nothing_is_known_of_what_came_off():
    apart = of_pack(3, "UE1", "battery_dismantled", recovered_codes=["{module:1}"])
    assert posted(MADE, bought(1, by="UE1"), apart)[1:] == [(3, "UE1", "taken_apart", 420_000)]
    some = {**apart, "complete": False}
    assert posted(MADE, bought(1, by="UE1"), some) == [(1, "UE1", "received", 420_000)]
    uncoded = of_pack(3, "UE1", "battery_dismantled", recovered_codes=[], unreadable_count=12)
    assert posted(MADE, bought(1, by="UE1"), uncoded)[1:] == [(3, "UE1", "taken_apart", 420_000)]


def test_a_part_has_its_share_of_what_came_off_whatever_it_weighed_when_new():
    born = {**MADE, "battery_code": "{module:1}", "mass_g": 20_000}
    apart = of_pack(3, "UE1", "battery_dismantled", recovered_codes=["{module:1}"], recovered_mass_g=21_000)
    assert posted(born, bought(1, by="UE1"), apart, subject="{module:1}") == [(3, "UE1", "from_dismantling", 21_000)]


def test_what_is_fed_without_anybody_knowing_its_mass_moves_nothing():
    assert posted(on(9, "UE1", "material_recovered", battery_codes=[PACK])) == []


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
