"""Contained metal: the table's rows, the richest that goods may be, the estimate, and what a material tells by its name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suyuan.core.catalogue import CHEMISTRIES, MATERIALS
from suyuan.core.composition import (
    METALS,
    Goods,
    chemistries_of,
    estimate_metals,
    is_known,
    least_metals_of_material,
    most_metals,
    most_metals_of_material,
    read_intensities,
    unstated_metals,
)

NOTHING = dict.fromkeys(METALS, 0)
ROWS = {row.name: row for row in read_intensities()}


def test_the_table_holds_grams_for_a_megawatt_hour_and_watt_hours_for_a_tonne():
    assert METALS == ("lithium", "nickel", "cobalt", "manganese", "copper", "aluminium")
    lfp = {"lithium": 91_500, "nickel": 0, "cobalt": 0, "manganese": 0, "copper": 551_100, "aluminium": 724_600}
    assert ROWS["LFP"].metals_g_per_mwh == lfp
    assert ROWS["LFP"].pack_wh_per_t == 150_200
    assert ROWS["LFP"].possible_for == {"lfp", "lmfp"}
    assert ROWS["NCM95"].typical_of == ""


def test_every_chemistry_with_a_typical_row_may_be_of_that_row_and_has_only_one():
    typical = [row.typical_of for row in read_intensities() if row.typical_of]
    assert sorted(typical) == sorted(set(CHEMISTRIES) - {"supercapacitor", "other"})
    assert all(not row.typical_of or row.typical_of in row.possible_for for row in read_intensities())


def test_the_most_of_a_pack_goes_by_energy_or_by_mass_whichever_allows_more():
    by_energy = most_metals(Goods(("lfp",), energy_wh=55_000))
    assert by_energy == {**NOTHING, "lithium": 5_033, "copper": 30_311, "aluminium": 39_853}
    by_mass = most_metals(Goods(("lfp",), mass_g=420_000))
    assert by_mass == {**NOTHING, "lithium": 5_773, "copper": 34_766, "aluminium": 45_711}
    assert most_metals(Goods(("lfp",), energy_wh=55_000, mass_g=420_000)) == by_mass
    assert most_metals(Goods(("lfp",), energy_wh=55_000, mass_g=42_000)) == by_energy


def test_the_most_is_that_of_the_richest_row_for_each_metal():
    most = most_metals(Goods(("ncm811",), energy_wh=1_000_000))
    assert (most["nickel"], most["cobalt"], most["manganese"]) == (739_500, 82_900, 154_600)
    any_chemistry = most_metals(Goods((), energy_wh=1_000_000))
    assert (any_chemistry["nickel"], any_chemistry["lithium"]) == (8_600_000, 321_900)


def test_cells_hold_more_of_a_metal_for_each_kilogram_than_packs():
    pack = most_metals(Goods(("lfp",), mass_g=1_000_000))
    cells = most_metals(Goods(("lfp",), mass_g=1_000_000, bare_percent=160))
    assert (pack["lithium"], cells["lithium"]) == (13_744, 21_990)


def test_scrap_may_be_all_metal_but_only_of_metals_that_its_chemistry_holds():
    assert most_metals(Goods(("lfp",), mass_g=1_000, is_scrap=True)) == {
        **NOTHING,
        "lithium": 1_000,
        "copper": 1_000,
        "aluminium": 1_000,
    }
    assert most_metals(Goods(mass_g=1_000, is_scrap=True)) == dict.fromkeys(METALS, 1_000)


def test_goods_of_unknown_size_have_no_bound_of_their_own():
    assert most_metals(Goods(("lfp",))) == NOTHING


def test_the_estimate_of_a_reported_chemistry_is_its_typical_row():
    estimate = estimate_metals(Goods(("ncm811",), "ncm811", energy_wh=55_000))
    assert estimate == {
        "lithium": 5_489,
        "nickel": 36_212,
        "cobalt": 4_543,
        "manganese": 4_235,
        "copper": 20_322,
        "aluminium": 30_525,
    }


def test_the_estimate_prefers_energy_to_mass():
    goods = Goods(("lfp",), "lfp", energy_wh=55_000, mass_g=420_000)
    assert estimate_metals(goods)["lithium"] == 5_032
    assert estimate_metals(Goods(("lfp",), "lfp", mass_g=420_000))["lithium"] == 5_772


def test_the_estimate_of_an_unreported_chemistry_is_the_poorest_it_may_be():
    estimate = estimate_metals(Goods(("ncm523", "nca"), energy_wh=1_000_000))
    assert (estimate["nickel"], estimate["cobalt"], estimate["manganese"]) == (464_900, 33_300, 0)


@pytest.mark.parametrize(
    "goods",
    [
        pytest.param(Goods(energy_wh=1_000), id="any-chemistry"),
        pytest.param(Goods(("lfp",), "lfp", mass_g=1_000, is_scrap=True), id="scrap"),
        pytest.param(Goods(("lfp",), "lfp"), id="neither-energy-nor-mass"),
        pytest.param(Goods((), "supercapacitor", energy_wh=1_000), id="no-row"),
    ],
)
def test_of_some_goods_nobody_can_estimate_the_metal(goods):
    assert estimate_metals(goods) == {}


@pytest.mark.parametrize(
    ("chemistry", "allowed", "expected"),
    [
        pytest.param("nca", ("lfp", "lmfp"), ("nca",), id="reported-goes-before-the-letter"),
        pytest.param(None, ("lfp", "lmfp"), ("lfp", "lmfp"), id="letter"),
        pytest.param(None, (), (), id="letter-that-bounds-nothing"),
        pytest.param("supercapacitor", ("lfp", "lmfp"), (), id="reported-without-row"),
        pytest.param(None, ("supercapacitor",), (), id="letter-without-row"),
        pytest.param(None, ("lto", "other"), (), id="one-of-the-letter-without-row"),
    ],
)
def test_what_goods_may_be_of(chemistry, allowed, expected):
    assert chemistries_of(chemistry, allowed=allowed) == expected


def test_nothing_named_is_not_known():
    assert not is_known(())
    assert is_known(("lfp", "nca"))
    assert not is_known(("lfp", "other"))


@given(
    chemistry=st.sampled_from(sorted(CHEMISTRIES)),
    energy_wh=st.none() | st.integers(1, 10_000_000),
    mass_g=st.none() | st.integers(1, 100_000_000),
)
def test_the_estimate_never_exceeds_the_most(chemistry, energy_wh, mass_g):
    named = chemistries_of(chemistry, allowed=())
    goods = Goods(named, chemistry, energy_wh, mass_g)
    most = most_metals(goods)
    assert all(grams <= most[metal] for metal, grams in estimate_metals(goods).items())


# -- materials -----------------------------------------------------------------------------------------------------


def test_a_salt_holds_its_own_metal_within_limits_and_no_other():
    carbonate = {"material": "lithium_carbonate", "mass_g": 1_001}
    assert least_metals_of_material(carbonate) == {"lithium": 178}
    assert most_metals_of_material(carbonate) == {**NOTHING, "lithium": 189}
    sulphate = {"material": "nickel_sulphate", "mass_g": 1_000}
    assert least_metals_of_material(sulphate) == {"nickel": 80}
    assert most_metals_of_material(sulphate) == {**NOTHING, "nickel": 380}


def test_what_a_report_states_goes_before_what_the_name_tells():
    stated = {"material": "lithium_carbonate", "mass_g": 1_000, "lithium_g": 150, "nickel_g": 0, "copper_g": 3}
    assert least_metals_of_material(stated) == {"lithium": 150, "copper": 3}
    assert most_metals_of_material(stated) == {**NOTHING, "lithium": 150, "copper": 3}


def test_a_material_that_is_not_pure_may_hold_anything():
    assert least_metals_of_material({"material": "black_mass", "mass_g": 1_000_000}) == {}
    assert most_metals_of_material({"material": "black_mass", "mass_g": 1_000}) == dict.fromkeys(METALS, 1_000)
    copper = most_metals_of_material({"material": "copper", "mass_g": 1_000})
    assert copper == dict.fromkeys(METALS, 1_000)
    assert least_metals_of_material({"material": "copper", "mass_g": 1_000}) == {"copper": 700}
    phosphate = most_metals_of_material({"material": "lithium_iron_phosphate", "mass_g": 1_000})
    assert (phosphate["lithium"], phosphate["nickel"]) == (46, 1_000)


@given(material=st.sampled_from(sorted(MATERIALS)), mass_g=st.integers(1, 100_000_000_000))
def test_a_material_surely_holds_no_more_than_it_can(material, mass_g):
    named = {"material": material, "mass_g": mass_g}
    most = most_metals_of_material(named)
    assert all(grams <= most[metal] <= mass_g for metal, grams in least_metals_of_material(named).items())


def test_only_of_what_carries_metal_is_a_metal_that_nobody_states_unknown():
    assert unstated_metals({"material": "black_mass", "mass_g": 1, "nickel_g": 0, "lithium_g": 2}) == (
        "cobalt",
        "manganese",
        "copper",
        "aluminium",
    )
    assert unstated_metals({"material": "steel", "mass_g": 1}) == ()
    assert unstated_metals({"material": "other", "mass_g": 1}) == METALS
    assert unstated_metals({"material": "mixed_hydroxide", "mass_g": 1}) == METALS
