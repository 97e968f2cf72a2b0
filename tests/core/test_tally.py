"""What each subject counts for: by status and month, whole or not, sold where, on the market and collected."""

from collections import Counter
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from story import USCC_OF, expand, fill_report, play

from suyuan.core.contribution import Tally
from suyuan.core.tally import battery_kind, packed_prefixes, split_tallies, unpack_tallies, with_chain

SWEPT = date(2028, 1, 1)
BORN = {"by": "BP1", "kind": "battery_produced", "occurred_at": "2025-03-12", "battery_code": "{pack:1}"}
BUILT = {
    "by": "VP1",
    "kind": "vehicle_produced",
    "occurred_at": "2025-04-01",
    "vin": "{vin:1}",
    "battery_codes": ["{pack:1}"],
}
SOLD = {"by": "SE1", "kind": "vehicle_sold", "occurred_at": "2025-05-01", "vin": "{vin:1}"}
SCRAPPED = {
    "by": "VD1",
    "kind": "vehicle_scrapped",
    "occurred_at": "2026-05-10",
    "vin": "{vin:1}",
    "battery_codes_found": ["{pack:1}"],
}
ABSENT = {**SCRAPPED, "battery_codes_found": []}
HANDED = {
    "by": "VD1",
    "kind": "battery_handed_over",
    "occurred_at": "2026-06-20",
    "battery_code": "{pack:1}",
    "receiver": "UE1",
}
RECEIVED = {
    "by": "UE1",
    "kind": "battery_received",
    "occurred_at": "2026-07-02",
    "battery_code": "{pack:1}",
    "sender": "VD1",
}
EXPORTED = {"by": "SE1", "kind": "battery_exported", "occurred_at": "2025-06-01", "battery_code": "{pack:1}"}
LIFE = [BORN, BUILT, SOLD, SCRAPPED, HANDED, RECEIVED]


def tallies(reports, *, sweep=None, name=None):
    """Return what the subjects of a story count for: everything, or what stands under one name."""
    engine = play([fill_report(report, number=number) for number, report in enumerate(reports)])
    counted = engine.tallies(engine.findings(sweep=sweep))
    return Counter({tally: count for tally, count in counted.items() if name in (None, tally.name)})


def market(reports):
    """Return status, province and month of what stands in the account of the responsible producer."""
    return [(one.status, one.place, one.month) for one in sorted(tallies(reports, name="market"))]


def coverage(reports, *, sweep=None):
    return {tally.status: count for tally, count in tallies(reports, sweep=sweep, name="coverage").items()}


def test_a_life_counts_once_for_each_name():
    bp, vp = USCC_OF["BP1"], USCC_OF["VP1"]
    assert tallies(LIFE) == {
        Tally("subject", "430100", "", "pack", "at_utilization", "2026-07"): 1,
        Tally("subject", "410100", "", "vehicle", "scrapped", "2026-05"): 1,
        Tally("coverage", "430100", vp, "pack", "whole", ""): 1,
        Tally("vehicle_sold", "330100", vp, "vehicle", "sold", "2025-05"): 1,
        Tally("vehicle_gone", "330100", vp, "2025-05", "scrapped", "2026-05"): 1,
        Tally("pack_sold", "330100", bp, "pack", "sold", "2025-05"): 1,
        Tally("market", "330000", vp, "pack", "on_market", "2025-05"): 1,
        Tally("market", "330000", vp, "pack", "collected", "2026-05"): 1,
    }


def test_the_month_of_a_status_is_that_in_which_it_began():
    tested = {"by": "UE1", "kind": "battery_tested", "occurred_at": "2026-09-01", "battery_code": "{pack:1}"}
    subject = Tally("subject", "430100", "", "pack", "at_utilization", "2026-07")
    assert tallies([*LIFE, tested], name="subject")[subject] == 1


def test_a_withdrawn_life_counts_for_nothing():
    withdrawn = {"by": "BP1", "kind": "report_withdrawn", "occurred_at": "2025-03-13", "withdrawn_report_id": "r0"}
    assert tallies([BORN, withdrawn]) == {}


def test_a_sold_pack_stands_where_its_vehicle_was_sold():
    assert [one.place for one in tallies([BORN, BUILT, SOLD], name="coverage")] == ["330100"]


@pytest.mark.parametrize(
    ("reports", "sweep", "expected"),
    [
        pytest.param([BORN], SWEPT, {"whole": 1}, id="held by its maker"),
        pytest.param([BUILT], None, {"not_whole": 1}, id="birth unknown"),
        pytest.param(LIFE[:5], date(2026, 7, 1), {"whole": 1}, id="receipt still within its limit"),
        pytest.param(LIFE[:5], SWEPT, {"not_whole": 1}, id="receipt past its limit"),
        pytest.param(LIFE, SWEPT, {"whole": 1}, id="receipt came"),
        pytest.param([BORN, BORN | {"mass_g": 1}], None, {"not_whole": 1}, id="identity violated"),
        pytest.param([BORN, BUILT, SOLD, ABSENT], None, {"not_whole": 1}, id="missing from its scrapped vehicle"),
        pytest.param([BORN, BUILT, SOLD, ABSENT, RECEIVED | {"from_owner": True, "sender": ...}], None, {"whole": 1},
                     id="missing, then turned up in lawful hands"),
        pytest.param([BORN, EXPORTED],
                     None, {}, id="exported: no longer live"),
    ],
)  # fmt: skip
def test_coverage_counts_live_packs_whose_chain_is_whole(reports, sweep, expected):
    kept = [{name: value for name, value in report.items() if value is not ...} for report in reports]
    assert coverage(kept, sweep=sweep) == expected


def test_modules_and_products_are_no_live_packs():
    module = {**BORN, "battery_code": "{module:1}", "produced_on": "2025-03-01"}
    assert tallies([module], name="coverage") == {}
    assert [one.kind for one in tallies([module])] == ["module"]


REMOVED = {"by": "RE1", "kind": "battery_replaced", "occurred_at": "2026-03-01", "vin": "{vin:1}", "removed_battery_code": "{pack:1}",
           "fitted_battery_code": "{pack:2}", "kept_by": "RE1"}  # fmt: skip
REFURBISHED = {"by": "UE1", "kind": "battery_refurbished", "occurred_at": "2026-08-01", "battery_code": "{pack:1}"}


@pytest.mark.parametrize(
    ("reports", "expected"),
    [
        pytest.param([BORN], [], id="in stock"),
        pytest.param([BORN, BUILT], [], id="in an unsold vehicle"),
        pytest.param([BORN, BUILT, SOLD], [("on_market", "330000", "2025-05")], id="sold with its vehicle"),
        pytest.param([BORN, {"by": "BP1", "kind": "battery_sold", "occurred_at": "2025-04-02", "battery_code": "{pack:1}", "buyer": "RE1"}],
                     [("on_market", "350000", "2025-04")], id="sold as a spare: the maker's province"),
        pytest.param([BORN, {"by": "BP1", "kind": "battery_sold", "occurred_at": "2025-03-20", "battery_code": "{pack:1}", "buyer": "VP1"},
                      BUILT], [], id="sold to a vehicle producer: not before the vehicle is"),
        pytest.param([BORN, {"by": "SO1", "kind": "swap_pool_joined", "occurred_at": "2025-04-02", "battery_code": "{pack:1}"}],
                     [("on_market", "350000", "2025-04")], id="pooled"),
        pytest.param([BORN, {**HANDED, "by": "BP1"}, {**RECEIVED, "sender": "BP1"}], [], id="scrapped in production"),
        pytest.param([BORN, BUILT, SOLD, REMOVED], [("on_market", "330000", "2025-05")], id="with the repairer: not collected yet"),
        pytest.param(LIFE[:5], [("collected", "330000", "2026-05"), ("on_market", "330000", "2025-05")], id="on its way: still collected"),
        pytest.param([*LIFE, REFURBISHED], [("on_market", "330000", "2025-05")], id="made good: no longer collected"),
        pytest.param([*LIFE, {"by": "UE1", "kind": "battery_lost", "occurred_at": "2026-08-01", "battery_code": "{pack:1}"}],
                     [("on_market", "330000", "2025-05")], id="lost: outstanding again"),
        pytest.param([*LIFE, {"by": "UE1", "kind": "material_recovered", "occurred_at": "2026-08-01", "battery_codes": ["{pack:1}"]}],
                     [("collected", "330000", "2026-05"), ("on_market", "330000", "2025-05")], id="recovered"),
        pytest.param([BORN, BUILT, SOLD, {**EXPORTED, "occurred_at": "2026-01-05"}],
                     [("exported", "330000", "2026-01"), ("on_market", "330000", "2025-05")], id="exported"),
    ],
)  # fmt: skip
def test_the_account_of_the_responsible_producer(reports, expected):
    assert market(reports) == expected


def test_kinds_of_batteries_are_told_from_their_codes():
    codes = [
        expand("{pack:1}"),
        expand("{module:1}"),
        expand("{cell:1}"),
        expand("{product:1}"),
        f"TMP-{USCC_OF['CO1']}-1",
    ]
    assert [battery_kind(code) for code in codes] == ["pack", "module", "cell", "reuse_product", "uncoded"]


NAMES = {"s": "subject", "c": "coverage", "v": "vehicle_sold", "g": "vehicle_gone", "p": "pack_sold", "m": "market"}
PACKED = st.builds(
    lambda letter, *fields: letter + ",".join(fields),
    st.sampled_from(sorted(NAMES)),
    st.sampled_from(["", USCC_OF["BP1"], USCC_OF["VP1"]]),
    st.sampled_from(["", "330100", "430000"]),
    st.sampled_from(["pack", "vehicle"]),
    st.sampled_from(["whole", "not_whole", "sold"]),
    st.sampled_from(["", "2026-05"]),
)


@given(st.lists(PACKED, max_size=5), st.booleans())
def test_packed_tallies_tell_the_same_as_their_fields(parts, is_whole):
    packed = ";".join(parts)
    assert split_tallies(packed) == parts
    for part, tally in zip(parts, unpack_tallies(packed), strict=True):
        party, *rest = part[1:].split(",")
        assert tally == Tally(NAMES[part[0]], rest[0], party, *rest[1:])
        for name, whose in ((None, None), (tally.name, None), (None, tally.party), (tally.name, tally.party)):
            assert any(part.startswith(prefix) for prefix in packed_prefixes(name=name, party=whose))
        others = packed_prefixes(name=None, party="9" * 18)
        assert not any(part.startswith(prefix) for prefix in others)
    for before, after in zip(
        unpack_tallies(packed), unpack_tallies(with_chain(packed, is_whole=is_whole)), strict=True
    ):
        wanted = ("whole" if is_whole else "not_whole") if before.name == "coverage" else before.status
        assert after.status == wanted


FITTED = {
    "by": "RE1",
    "kind": "battery_fitted",
    "occurred_at": "2025-09-01",
    "vin": "{vin:1}",
    "battery_code": "{pack:2}",
    "place": "350200",
}


def test_a_pack_put_into_a_vehicle_sold_before_stands_where_that_happened():
    spare = {**BORN, "battery_code": "{pack:2}"}
    assert {
        one.place for one in tallies([spare, BUILT, SOLD, FITTED], name="coverage") if one.party == USCC_OF["BP1"]
    } == {"350200"}
    same_day = {**FITTED, "occurred_at": "2025-05-01"}
    assert {one.place for one in tallies([spare, SOLD, same_day], name="coverage")} == {"330100"}


REWORKED = {
    "by": "VP1",
    "kind": "battery_removed",
    "occurred_at": "2025-04-10",
    "battery_code": "{pack:1}",
    "vin": "{vin:1}",
    "reason": "rework",
}


def test_a_pack_taken_out_before_the_first_sale_was_not_sold_with_the_vehicle():
    assert market([BORN, BUILT, REWORKED, SOLD]) == []
    assert tallies([BORN, BUILT, REWORKED, SOLD], name="pack_sold") == {}
    assert market([BORN, BUILT, {**REWORKED, "occurred_at": "2025-05-01"}, SOLD]) == [
        ("on_market", "330000", "2025-05")
    ]
    again = {**BUILT, "vin": "{vin:2}", "occurred_at": "2025-04-12"}
    later = {**SOLD, "vin": "{vin:2}", "occurred_at": "2025-07-01"}
    assert market([BORN, BUILT, REWORKED, SOLD, again, later]) == [("on_market", "330000", "2025-07")]


def test_what_a_collector_has_is_collected_even_where_nobody_reported_the_removal():
    handed = {**HANDED, "by": "CO1", "receiver": "UE1"}
    received = {**RECEIVED, "sender": "CO1"}
    assert market([BORN, BUILT, SOLD, handed, received]) == [
        ("collected", "330000", "2026-07"),
        ("on_market", "330000", "2025-05"),
    ]
    pooled = {"by": "SO1", "kind": "swap_pool_joined", "occurred_at": "2025-04-02", "battery_code": "{pack:1}"}
    assert market([BORN, pooled, {**HANDED, "by": "SO1"}, {**RECEIVED, "sender": "SO1"}]) == [
        ("collected", "350000", "2026-07"),
        ("on_market", "350000", "2025-04"),
    ]
