from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suyuan.core.division import (
    _periods,
    division_name,
    is_known_division,
    parse_division,
    prefecture_of,
    province_of,
)
from suyuan.core.identifiers import DivisionCodeError

DAY = date(2026, 4, 1)
codes = st.sampled_from(sorted(_periods()))


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("350100", "福州市"),
        ("320400", "常州市"),
        ("440300", "深圳市"),
        ("310115", "浦东新区"),
        ("330106", "西湖区"),
        ("410100", "郑州市"),
        ("659012", "白杨市"),
        ("441900", "东莞市"),
        ("419001", "济源市"),
    ],
)
def test_places_of_today_are_known_by_name(code, name):
    assert is_known_division(code, on=DAY)
    assert division_name(code, lang="zh") == name


def test_all_34_provinces_have_both_names():
    provinces = [code for code in _periods() if code.endswith("0000")]
    assert len(provinces) == 34
    assert {"710000", "810000", "820000"} <= set(provinces)
    assert all(is_known_division(code, on=date(2011, 1, 1)) for code in provinces)
    assert len({division_name(code, lang="en") for code in provinces}) == 34


@given(codes)
def test_every_place_lies_in_a_known_province(code):
    assert is_known_division(province_of(code), on=DAY)


@pytest.mark.parametrize("code", ["999999", "350199", "", "35010", "350100000000", "福州市"])
def test_a_place_that_never_was_is_unknown(code):
    assert not is_known_division(code, on=DAY)


def test_an_abolished_code_stays_known():
    # Jianggan and Xiacheng of Hangzhou were merged into their neighbours in 2021.
    assert is_known_division("330104", on=DAY)
    assert is_known_division("330103", on=DAY)


@pytest.mark.parametrize("code", ["330103", "350403", "350625", "410306", "410322", "431121", "520522", "532331"])
def test_counties_whose_end_the_source_forgot_are_known(code):
    assert is_known_division(code, on=DAY)


def test_a_code_is_unknown_before_the_year_it_was_made():
    assert not is_known_division("500157", on=date(2024, 12, 31))
    assert is_known_division("500157", on=date(2025, 1, 1))


def test_a_name_is_that_of_its_day():
    # Qiaodong of Xingtai became Xiangdu in 2020.
    names = [division_name("130502", lang="zh", on=date(year, 6, 1)) for year in (2019, 2020, 2026)]
    assert names == ["桥东区", "襄都区", "襄都区"]
    assert division_name("130502", lang="zh") == "襄都区"


def test_a_correction_of_the_source_holds():
    assert division_name("330110", lang="zh") == "余杭区"


def test_english_names_a_place_below_the_province_in_chinese_with_the_province():
    assert division_name("350100", lang="en") == "福州市 (Fujian)"
    assert division_name("350000", lang="en") == "Fujian"


def test_the_name_of_an_unknown_place_is_an_error_in_words():
    with pytest.raises(DivisionCodeError) as caught:
        division_name("999999", lang="zh")
    assert (caught.value.code, caught.value.value) == ("division_unknown", "999999")


@pytest.mark.parametrize(
    ("code", "prefecture"), [("330106", "330100"), ("330100", "330100"), ("310115", "310100"), ("419001", "419000")]
)
def test_a_place_lies_in_a_known_prefecture(code, prefecture):
    assert prefecture_of(code) == prefecture
    assert is_known_division(prefecture, on=DAY)


def test_a_province_lies_in_no_prefecture():
    assert prefecture_of("350000") is None


def test_text_from_outside_is_normalised_before_the_place_is_looked_up():
    assert parse_division(" ３５０１００ ", on=DAY) == "350100"


@pytest.mark.parametrize(("text", "code"), [("999999", "division_unknown"), ("3501", "field_malformed")])
def test_text_that_names_no_place_is_refused_with_its_reason(text, code):
    with pytest.raises(DivisionCodeError) as caught:
        parse_division(text, on=DAY)
    assert caught.value.code == code
