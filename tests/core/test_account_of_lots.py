"""Accounts of lots: parts, receipts without a hand-over, and the sites at which they stand."""

from account_world import DECLARED, LOT, lot, on, posted, sites_of


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


def test_nothing_is_taken_from_a_giver_that_never_had_the_lot():
    got = lot(3, "UE1", "battery_received", 300, sender="CO1")
    assert posted_lot(got) == [(3, "UE1", "received", 300)]


def test_who_handed_on_more_than_it_had_feeds_what_is_left_to_the_gram():
    sent = lot(2, "UE2", "battery_handed_over", 100, receiver="UE1")
    got = lot(3, "UE1", "battery_received", 100, sender="UE2")
    more = lot(4, "UE2", "battery_received", 150, sender="BP1")
    fed = on(9, "UE2", "material_recovered", lot_codes=[LOT])
    assert posted_lot(DECLARED, sent, got, more, fed)[-1:] == [(9, "UE2", "fed", 50)]
