"""Accounts: the table of flows, process and trade; and that every book closes whatever is reported in whatever order."""

from datetime import date

from account_world import LOT, PACK, on
from hypothesis import given, settings
from hypothesis import strategies as st
from story import expand, fill_report, play

from suyuan.core.account import FLOW_KINDS, FLOWS, ITEMS, merge_flows, open_ledger, signed_g
from suyuan.core.contribution import Flow

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
