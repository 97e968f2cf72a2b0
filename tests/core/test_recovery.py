"""What goods tell of themselves when they are fed, and what is known of them from their code and what they tell."""

from datetime import date

import pytest
from account_world import DECLARED, LOT, MADE, PACK, bought, lot, of_pack, on
from story import USCC_OF, expand, fill_report, play

from suyuan.core.composition import Goods
from suyuan.core.event import Fact, Facts
from suyuan.core.recovery import exceeds, fed_codes, goods_of, read_feed, recovery_subject
from suyuan.rulebook import load_rulebook

DAY = date(2026, 5, 9)
UE1 = USCC_OF["UE1"]
BARE = load_rulebook().threshold("bare_cell_metal_percent", on=DAY)


def fed(*reports, codes=(PACK,), **more):
    """Return what each of the goods tells the recovery of 9 May that is the last report."""
    recovery = on(9, "UE1", "material_recovered", **({"battery_codes": list(codes)} if codes else {}), **more)
    filled = [fill_report(report, number=number) for number, report in enumerate([*reports, recovery], start=1)]
    engine = play(filled)
    return {
        subject: fact.body
        for subject, verdict in engine.verdicts.items()
        for fact in verdict.facts
        if fact.name == "fed_goods" and fact.target == recovery_subject(UE1, f"r{len(filled)}")
    }


# -- what they tell


def test_a_whole_pack_tells_its_chemistry_energy_and_mass():
    told = fed({**MADE, "rated_energy_wh": 55_000}, bought(1, by="UE1", mass_g=419_000))
    assert told == {expand(PACK): {"is_born": True, "mass_g": 419_000, "chemistry": "lfp", "energy_wh": 55_000}}


def test_a_pack_of_which_nothing_is_known_tells_only_that():
    assert fed() == {expand(PACK): {"is_born": False}}


@pytest.mark.parametrize(
    ("dismantled", "mass"),
    [
        pytest.param({"recovered_mass_g": 300_000}, {"mass_g": 300_000}, id="weighed"),
        pytest.param({}, {}, id="not weighed"),
    ],
)
def test_what_was_taken_apart_weighs_what_its_parts_do(dismantled, mass):
    apart = of_pack(3, "UE1", "battery_dismantled", recovered_codes=["{module:1}"], **dismantled)
    told = fed({**MADE, "rated_energy_wh": 55_000}, bought(1, by="UE1"), apart)
    assert told[expand(PACK)] == {"is_born": True, "is_apart": True, "chemistry": "lfp", "energy_wh": 55_000, **mass}


def test_a_lot_tells_its_content_and_what_its_holder_had_of_it():
    got = [
        lot(2, "BP1", "battery_handed_over", 300, receiver="UE1"),
        lot(3, "UE1", "battery_received", 290, sender="BP1"),
    ]
    told = fed({**DECLARED, "content": "loose_cells", "chemistry": "lfp"}, *got, codes=(), lot_codes=[LOT])
    assert told == {expand(LOT): {"mass_g": 290, "chemistry": "lfp", "content": "loose_cells"}}


# -- what is known of them


def known(code, **told):
    return goods_of(expand(code), told, rulebook=load_rulebook(), on=DAY)


def test_a_pack_is_bounded_by_its_chemistry_energy_and_mass():
    told = {"is_born": True, "chemistry": "lfp", "energy_wh": 55_000, "mass_g": 420_000}
    assert known(PACK, **told) == Goods(("lfp",), "lfp", 55_000, 420_000, 100)
    assert known(PACK, **told, is_apart=True) == Goods(("lfp",), "lfp", 55_000, 420_000, BARE)
    assert known("{module:1}", **told) == Goods(("lfp",), "lfp", 55_000, 420_000, BARE)
    assert BARE > 100


def test_the_letter_of_the_code_counts_for_a_pack_whose_birth_is_known():
    entry = load_rulebook().battery_types(on=DAY)[expand(PACK)[4]]
    assert "lfp" in entry.chemistries
    assert known(PACK, is_born=True, mass_g=5) == Goods(entry.chemistries, None, None, 5, 100)
    assert known(PACK, mass_g=5) == Goods((), None, None, 5, 100)


def test_of_an_uncoded_battery_only_what_was_told_is_known():
    assert known("TMP-{CO1}-1", chemistry="lfp", mass_g=5) == Goods(("lfp",), "lfp", None, 5, BARE)
    assert known("TMP-{CO1}-1") == Goods((), None, None, None, BARE)


def test_the_rated_energy_of_a_reuse_product_says_nothing_of_its_metal():
    assert known("{product:1}", is_born=True, chemistry="lfp", energy_wh=9, mass_g=5).energy_wh is None


@pytest.mark.parametrize(
    ("content", "is_scrap"), [("loose_cells", False), ("loose_modules", False), ("electrode_scrap", True), (None, True)]
)
def test_a_lot_of_loose_cells_is_goods_and_any_other_is_scrap(content, is_scrap):
    told = {"content": content} if content else {}
    goods = known(LOT, **told, chemistry="lfp", energy_wh=9, mass_g=5)
    assert goods == Goods(("lfp",), "lfp", None, 5, BARE, is_scrap)


# -- the feed as a whole


def feed_of(goods, **claimed):
    """Return what is read of the feed of one pack that tells this of itself."""
    report = on(9, "UE1", "material_recovered", battery_codes=[PACK], **claimed)
    (event,) = play([fill_report(report, number=1)]).events[recovery_subject(UE1, "r1")]
    facts = Facts((Fact(recovery_subject(UE1, "r1"), expand(PACK), "fed_goods", goods),))
    return read_feed(event, facts, rulebook=load_rulebook())


LFP = {"is_born": True, "chemistry": "lfp", "mass_g": 100_000}


def test_of_goods_of_known_mass_no_metal_is_there_that_their_chemistry_does_not_hold():
    feed = feed_of(LFP, input_mass_g=100_000)
    assert (feed.goods_g, feed.is_mass_known, feed.most_g["nickel"]) == (100_000, True, 0)
    assert feed.most_g["lithium"] > 0


def test_what_is_claimed_beyond_the_goods_may_be_any_metal():
    feed = feed_of(LFP, input_mass_g=150_000)
    assert (feed.goods_g, feed.is_mass_known, feed.most_g["nickel"]) == (100_000, True, 50_000)


def test_goods_of_unknown_mass_may_be_all_that_is_claimed():
    feed = feed_of({"is_born": True, "chemistry": "lfp"}, input_mass_g=150_000)
    assert (feed.goods_g, feed.is_mass_known, feed.most_g["nickel"]) == (0, False, 150_000)


# -- amounts


@pytest.mark.parametrize(("amount_g", "is_above"), [(1_050, False), (1_051, True), (1_000, False), (0, False)])
def test_an_amount_is_above_a_limit_when_it_is_more_than_the_tolerance_above_it(amount_g, is_above):
    assert exceeds(amount_g, 1_000, percent=5) is is_above


def test_batteries_and_lots_are_both_named_as_fed():
    reports = [
        on(9, "UE1", "material_recovered", battery_codes=[PACK], lot_codes=[LOT]),
        on(9, "UE1", "material_recovered"),
    ]
    engine = play([fill_report(report, number=number) for number, report in enumerate(reports, start=1)])
    named = [fed_codes(engine.events[recovery_subject(UE1, report)][0]) for report in ("r1", "r2")]
    assert named == [[expand(PACK), expand(LOT)], []]
