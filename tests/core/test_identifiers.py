import json
import pickle
import string
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc as uscc_oracle

from suyuan.core.identifiers import (
    BatteryCode,
    BatteryCodeError,
    DivisionCode,
    DivisionCodeError,
    IdentifierError,
    LotCode,
    LotCodeError,
    SubjectError,
    TemporaryCode,
    TemporaryCodeError,
    Uscc,
    UsccError,
    Vin,
    VinError,
    neighbours,
    normalise_text,
    parse_subject_code,
    subject_family,
)

PACK = "04FPE03EQBA5918B61100019"
REUSE = "004PBA1P3C0000113RP"
USCC = "91110000600037341L"
VIN = "1M8GDM9AXKP042788"  # the worked example of the check digit, which is X
TEMPORARY = f"TMP-{USCC}-0001"
LOT = f"LOT-{USCC}-A.B_C-7"

YEARS = "123456789ABCDEFGHJKLMNPRSTVWXY"
ALNUM = string.digits + string.ascii_uppercase
USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
VIN_ALPHABET = "0123456789ABCDEFGHJKLMNPRSTUVWXYZ"


def full_width(text):
    return "".join(chr(ord(c) + 0xFEE0) for c in text)


def answer_of(kind, text):
    """The code, or the error that refuses it."""
    try:
        return kind.parse(text)
    except IdentifierError as error:
        return error


def letters_of(day):
    return YEARS[day.year - 2011] + YEARS[day.month - 1] + ("0" if day.day == 31 else YEARS[day.day - 1])


@st.composite
def battery_codes(draw):
    """Built the other way round: from the parts to the code."""
    day = letters_of(draw(st.dates(date(2011, 1, 1), date(2040, 12, 31))))
    maker = draw(st.text(ALNUM, min_size=3, max_size=3)) + draw(st.sampled_from("PMC"))
    kind = draw(st.text(ALNUM, min_size=3, max_size=3))
    serial = draw(st.text(string.digits, min_size=7, max_size=7))
    trace = draw(st.text(ALNUM, min_size=7, max_size=7))
    shape = draw(st.integers(0, 2))
    if shape == 0:
        return f"{maker}{kind}{day}{serial}R{draw(st.sampled_from('PMC'))}"
    legacy = draw(st.text(ALNUM, min_size=2, max_size=2)) if shape == 1 else ""
    return f"{maker}{kind}{trace}{day}{serial}{legacy}"


@st.composite
def usccs(draw):
    body = draw(st.text(string.digits, min_size=8, max_size=8)) + draw(st.text(USCC_ALPHABET, min_size=9, max_size=9))
    return body + uscc_oracle.calc_check_digit(body)


own_numbers = st.text(ALNUM + "._-", min_size=1, max_size=20)
vins = st.text(VIN_ALPHABET, min_size=17, max_size=17)
valid = st.one_of(
    st.tuples(st.just(BatteryCode), battery_codes()),
    st.tuples(st.just(Vin), vins),
    st.tuples(st.just(Uscc), usccs()),
    st.tuples(st.just(DivisionCode), st.text(string.digits, min_size=6, max_size=6)),
    st.tuples(st.just(TemporaryCode), st.builds("TMP-{}-{}".format, usccs(), own_numbers)),
    st.tuples(st.just(LotCode), st.builds("LOT-{}-{}".format, usccs(), own_numbers)),
)


@given(valid)
def test_every_valid_text_parses_to_itself_and_stays_a_plain_text_outside(case):
    kind, text = case
    code = kind.parse(text)
    assert type(code) is kind
    assert code == text
    assert kind.parse(code) == code
    assert json.loads(json.dumps({code: code})) == {text: text}
    assert pickle.loads(pickle.dumps(code)) == code


@given(valid, st.booleans(), st.booleans())
def test_case_width_and_blanks_around_change_nothing(case, lower, wide):
    kind, text = case
    written = text.lower() if lower else text
    written = full_width(written) if wide else written
    assert kind.parse(f"　 {written}\t") == text


@given(st.text())
def test_normalising_twice_is_normalising_once(text):
    assert normalise_text(normalise_text(text)) == normalise_text(text)


@pytest.mark.parametrize("stranger", ["ı", "ſ", "İ", "Ω", "٣", "𝟙", "①", "Ａ́"[1]])
def test_normalising_makes_no_letter_of_foreign_scripts(stranger):
    assert normalise_text(stranger) == stranger


@given(st.sampled_from([BatteryCode, Vin, Uscc, DivisionCode, TemporaryCode, LotCode]), st.text(max_size=40))
def test_any_text_is_parsed_or_refused_in_words(kind, text):
    answer = answer_of(kind, text)
    if isinstance(answer, IdentifierError):
        assert answer.message
        assert answer.message_zh
        assert len(answer.value) <= 64
    else:
        assert answer == normalise_text(text)


# ---- traction battery codes


@pytest.mark.parametrize(
    ("text", "level", "battery_type", "produced_on"),
    [
        ("001CB240000003B3C0221953", "cell", "B", date(2021, 3, 12)),
        ("04QCB76836300JBC40000903", "cell", "B", date(2021, 12, 4)),
        ("04FPE03EQBA5918B61100019", "pack", "E", date(2018, 11, 6)),
    ],
)
def test_published_codes_decode_to_their_published_meaning(text, level, battery_type, produced_on):
    code = BatteryCode.parse(text)
    assert (code.level, code.battery_type, code.produced_on) == (level, battery_type, produced_on)


def test_the_parts_of_a_code_of_24_stand_where_the_standard_puts_them():
    code = BatteryCode.parse(PACK)
    parts = (code.manufacturer_code, code.level_letter, code.battery_type, code.specification_code)
    assert parts == ("04F", "P", "E", "03")
    assert (code.traceability_information_code, code.serial) == ("EQBA591", "1100019")
    assert code.prefix17 == "04FPE03EQBA5918B6"
    assert not code.is_reuse_product


def test_the_parts_of_a_reuse_product_code_of_19_stand_where_the_standard_puts_them():
    code = BatteryCode.parse(REUSE)
    assert (code.manufacturer_code, code.level, code.specification_code, code.serial) == (
        "004",
        "pack",
        "A1",
        "0000113",
    )
    assert code.produced_on == date(2033, 3, 12)
    assert code.traceability_information_code is None
    assert code.is_reuse_product


@pytest.mark.parametrize(("suffix", "is_reuse_product"), [("RP", True), ("RM", True), ("RQ", False), ("01", False)])
def test_a_legacy_code_of_26_is_a_reuse_product_when_it_ends_so(suffix, is_reuse_product):
    assert BatteryCode.parse(PACK + suffix).is_reuse_product is is_reuse_product


def test_every_day_from_2011_to_2040_has_one_spelling():
    day, seen = date(2011, 1, 1), set()
    while day <= date(2040, 12, 31):
        letters = letters_of(day)
        assert BatteryCode.parse(f"001PBA10000000{letters}0000001").produced_on == day
        seen.add(letters)
        day += timedelta(days=1)
    assert len(seen) == 10_958


@pytest.mark.parametrize(
    ("text", "code", "named"),
    [
        (PACK[:-1], "battery_code_length", "23 characters"),
        (PACK + "0", "battery_code_length", "25 characters"),
        ("", "battery_code_length", "0 characters"),
        (PACK[:19], "battery_code_length", "19 characters"),
        (PACK.replace("Q", "-"), "battery_code_characters", '"-" at position 9'),
        (PACK.replace("Q", "É"), "battery_code_characters", "position 9"),
        (PACK.replace("Q", " "), "battery_code_characters", "position 9"),
        (PACK[:17] + "O100019", "battery_code_characters", '"O" at position 18'),
        (PACK[:3] + "Q" + PACK[4:], "battery_code_level", '"Q" at position 4'),
        (REUSE[:3] + "1" + REUSE[4:], "battery_code_level", "position 4"),
        (REUSE[:18] + "X", "battery_code_level", '"X" at position 19'),
        (PACK[:14] + "FZ1" + PACK[17:], "battery_code_date", '"FZ1"'),
        (PACK[:14] + "I11" + PACK[17:], "battery_code_date", '"I11"'),
        (PACK[:14] + "011" + PACK[17:], "battery_code_date", '"011"'),
        (PACK[:14] + "C20" + PACK[17:], "battery_code_date", "2022-02-31"),
        (PACK[:14] + "C40" + PACK[17:], "battery_code_date", "2022-04-31"),
        (PACK[:14] + "A2Y" + PACK[17:], "battery_code_date", "2020-02-30"),
        (REUSE[:7] + "C20" + REUSE[10:], "battery_code_date", "positions 8 to 10"),
    ],
)
def test_what_the_structure_excludes_is_refused_with_its_reason(text, code, named):
    with pytest.raises(BatteryCodeError) as caught:
        BatteryCode.parse(text)
    assert (caught.value.code, caught.value.value) == (code, text)
    assert named in caught.value.message


@pytest.mark.parametrize("letters", ["C1O", "C1I", "CU1", "Q11", "CD1", "CZ1", "U11", "Z11", "C1Z", "C1U"])
def test_letters_without_a_place_in_the_date_are_refused(letters):
    with pytest.raises(BatteryCodeError, match="no production date"):
        BatteryCode.parse(PACK[:14] + letters + PACK[17:])


def test_letters_that_look_like_digits_are_never_guessed():
    assert BatteryCode.parse("O4FPE03EQBA5918B61100019") != PACK


def test_29_february_stands_in_leap_years_only():
    assert BatteryCode.parse(PACK[:14] + "A2" + YEARS[28] + PACK[17:]).produced_on == date(2020, 2, 29)
    with pytest.raises(BatteryCodeError, match="2021-02-29"):
        BatteryCode.parse(PACK[:14] + "B2" + YEARS[28] + PACK[17:])


def test_an_error_echoes_no_more_than_a_line_of_a_huge_text():
    with pytest.raises(BatteryCodeError) as caught:
        BatteryCode.parse("A" * 1_000_000)
    assert max(len(caught.value.message), len(caught.value.message_zh), len(caught.value.value)) < 300


def test_an_error_survives_the_way_between_processes():
    with pytest.raises(BatteryCodeError) as caught:
        BatteryCode.parse("123")
    copy = pickle.loads(pickle.dumps(caught.value))
    assert (type(copy), copy.code, copy.value, copy.message, copy.message_zh) == (
        BatteryCodeError,
        caught.value.code,
        "123",
        caught.value.message,
        caught.value.message_zh,
    )


@given(battery_codes())
def test_neighbours_are_codes_one_character_away_of_the_same_maker_and_level(text):
    code = BatteryCode.parse(text)
    found = list(neighbours(code))
    assert 63 + 70 <= len(found) == len(set(found)) <= 210
    for other in found:
        assert BatteryCode.parse(other) == other
        assert sum(a != b for a, b in zip(code, other, strict=True)) == 1
        assert other[:5] == code[:5]


def test_a_wrong_digit_of_the_serial_number_is_among_the_neighbours():
    assert PACK[:-1] + "8" in set(neighbours(BatteryCode.parse(PACK)))


# ---- vehicles


def test_a_vin_of_the_standard_has_a_right_check_digit():
    assert Vin.parse(VIN).check_digit_is_right


@given(st.integers(0, 16).filter(lambda index: index != 8), st.sampled_from("123456789"))
def test_a_changed_digit_makes_the_check_digit_wrong(index, character):
    code = Vin("1M8GDM9AXKP042788")
    values = dict(zip(VIN_ALPHABET, (*range(10), *range(1, 9), *range(1, 6), 7, 9, *range(2, 10)), strict=True))
    changed = Vin(code[:index] + character + code[index + 1 :])
    assert changed.check_digit_is_right is (values[code[index]] == values[character])


def test_a_vin_with_a_wrong_check_digit_is_still_a_vin():
    assert not Vin.parse("1M8GDM9A0KP042788").check_digit_is_right


@pytest.mark.parametrize(
    "text", [VIN[:-1], VIN + "0", VIN.replace("K", "I"), VIN.replace("K", "O"), VIN.replace("K", "q"), ""]
)
def test_no_vin_is_refused_in_words(text):
    with pytest.raises(VinError) as caught:
        Vin.parse(text)
    assert (caught.value.code, caught.value.value) == ("vin_malformed", text)


# ---- enterprises


@given(st.text(USCC_ALPHABET, min_size=10, max_size=10), st.text(string.digits, min_size=8, max_size=8))
def test_a_uscc_is_right_exactly_when_the_other_implementation_says_so(tail, head):
    text = head + tail
    answer = answer_of(Uscc, text)
    assert getattr(answer, "code", "right") == ("right" if uscc_oracle.is_valid(text) else "uscc_check_digit")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (USCC[:-1] + "M", "uscc_check_digit"),
        (USCC[:-1], "field_malformed"),
        (USCC[:-1] + "I", "field_malformed"),
        ("91A10000600037341L", "field_malformed"),
        ("", "field_malformed"),
    ],
)
def test_no_uscc_is_refused_in_words(text, code):
    with pytest.raises(UsccError) as caught:
        Uscc.parse(text)
    assert (caught.value.code, caught.value.value) == (code, text)


# ---- codes of participants' own


def test_a_declared_code_tells_who_made_it_up():
    code = LotCode.parse(LOT)
    assert (code.declarant, code.own_number) == (USCC, "A.B_C-7")
    assert type(code.declarant) is Uscc


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (f"TMP-{USCC}-", "field_malformed"),
        (f"TMP-{USCC}-{'1' * 21}", "field_malformed"),
        (f"TMP-{USCC}-a b", "field_malformed"),
        (f"TMP-{USCC}", "field_malformed"),
        (f"LOT-{USCC}-1", "field_malformed"),
        (f"TMP-{USCC[:-1]}M-1", "uscc_check_digit"),
    ],
)
def test_no_temporary_code_is_refused_in_words(text, code):
    with pytest.raises(TemporaryCodeError) as caught:
        TemporaryCode.parse(text)
    assert (caught.value.code, caught.value.value) == (code, text)


def test_a_temporary_code_is_no_lot_code():
    with pytest.raises(LotCodeError):
        LotCode.parse(TEMPORARY)


def test_a_division_code_has_six_digits():
    with pytest.raises(DivisionCodeError) as caught:
        DivisionCode.parse("35010")
    assert caught.value.code == "field_malformed"


# ---- fields and subjects


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (PACK, BatteryCode),
        (REUSE.lower(), BatteryCode),
        (full_width(TEMPORARY.lower()), TemporaryCode),
        (f" {LOT}", LotCode),
    ],
)
def test_a_field_for_any_goods_tells_the_type_by_the_text(text, kind):
    assert type(parse_subject_code(text)) is kind


@pytest.mark.parametrize(
    ("text", "error"), [("TMP-1", TemporaryCodeError), ("lot-1", LotCodeError), ("ＰＡＣＫ", BatteryCodeError)]
)
def test_a_field_for_any_goods_refuses_as_the_type_the_text_begins_like(text, error):
    with pytest.raises(error):
        parse_subject_code(text)


@pytest.mark.parametrize(
    ("subject", "family"),
    [
        (PACK, "battery"),
        (PACK + "RP", "battery"),
        (REUSE, "battery"),
        (TEMPORARY, "battery"),
        (f"TMP-{USCC}-1", "battery"),  # 24 characters, like a battery code
        (VIN, "vehicle"),
        (LOT, "lot"),
        (f"lot:{USCC}:rec-1", "recovery"),
        (f"{USCC}:M", "model"),
        (f"{USCC}:LFP:60", "model"),
        (f"{USCC}:ABCDE", "model"),  # 24 characters, like a battery code
        (f"report:{USCC}:a:1", "report"),
        (f"participant:{USCC}", "participant"),
        ("case:2026-0001", "case"),
    ],
)
def test_a_bare_subject_tells_its_family(subject, family):
    assert subject_family(subject) == family


@pytest.mark.parametrize("subject", ["", "battery:x", "participant", PACK[:-1], VIN + "0"])
def test_what_is_no_subject_has_no_family(subject):
    with pytest.raises(SubjectError):
        subject_family(subject)
