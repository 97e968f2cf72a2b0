"""The text of documents: what each says, that it depends on the case alone, and that others' text stays text."""

import unicodedata
from dataclasses import replace
from datetime import date

import msgspec
import pytest
from document_cases import CASE, ORGAN, VEHICLE, VOUCHER, compose_all
from hypothesis import given
from hypothesis import strategies as st

from suyuan.core.chinese_text import (
    AMOUNT_FEN_MAX,
    capital_amount,
    clean_text,
    format_amount,
    format_day,
    number_in_chinese,
)
from suyuan.core.document import DOCUMENT_KINDS, KIND_OF_DOCUMENT, find_missing, find_unknown_details, format_number
from suyuan.core.document_letter import compose_letter
from suyuan.core.document_sheet import CODES_IN_SYMBOL_MAX, compose_incomplete_vehicle_notice, voucher_code
from suyuan.rulebook import load_procedure

PROCEDURE = load_procedure()


def whole_text(document):
    return "\n".join(block.text for block in (*document.blocks, *document.after))


def letter(kind, case=CASE, number=7):
    return compose_letter(kind, case, procedure=PROCEDURE, number=number)


# ---- amounts and days


@pytest.mark.parametrize(
    ("amount_fen", "words"),
    [
        (1_200_000, "人民币壹万贰仟元整"),
        (0, "人民币零元整"),
        (5, "人民币伍分"),
        (50, "人民币伍角整"),
        (140_950, "人民币壹仟肆佰零玖元伍角整"),
        (600_714, "人民币陆仟零柒元壹角肆分"),
        (168_032, "人民币壹仟陆佰捌拾元叁角贰分"),
        (10_700_053, "人民币壹拾万柒仟元伍角叁分"),
        (1_640_902, "人民币壹万陆仟肆佰零玖元零贰分"),
        (32_504, "人民币叁佰贰拾伍元零肆分"),
        (10_000_000_100, "人民币壹亿零壹元整"),
        (9_999_999_999_999, "人民币玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分"),
    ],
)
def test_amounts_are_written_in_capitals(amount_fen, words):
    assert capital_amount(amount_fen) == words


@pytest.mark.parametrize("amount_fen", [-1, AMOUNT_FEN_MAX + 1])
def test_what_cannot_be_written_in_capitals_is_refused(amount_fen):
    with pytest.raises(ValueError, match="cannot be written"):
        capital_amount(amount_fen)


def read_capitals(words):
    """Read capitals back, by the grammar and not by the way they were written."""
    text = words.removeprefix("人民币").removesuffix("整")
    digits = {character: value for value, character in enumerate("零壹贰叁肆伍陆柒捌玖")}
    units = {"拾": 10, "佰": 100, "仟": 1000}
    total = section = digit = fen = 0
    for character in text:
        if character in digits:
            digit = digits[character]
        elif character in units:
            section += digit * units[character]
            digit = 0
        elif character in "万亿元":
            section += digit
            total += section * {"万": 10**4, "亿": 10**8, "元": 1}[character]
            section = digit = 0
        else:
            fen += digit * {"角": 10, "分": 1}[character]
            digit = 0
    return total * 100 + fen


@given(st.integers(0, AMOUNT_FEN_MAX))
def test_capitals_read_back_are_the_amount(amount_fen):
    assert read_capitals(capital_amount(amount_fen)) == amount_fen


def test_days_and_figures():
    assert format_day(date(2026, 5, 3)) == "2026年5月3日"
    assert format_amount(1_200_000) == "¥12,000.00"
    assert format_number("榕工信", word="责改", year=2026, number=7) == "榕工信责改〔2026〕7号"


@pytest.mark.parametrize(
    ("number", "words"),
    [(1, "一"), (9, "九"), (10, "十"), (11, "十一"), (19, "十九"), (20, "二十"), (22, "二十二"), (99, "九十九")],
)
def test_articles_are_counted_in_words(number, words):
    assert number_in_chinese(number) == words


@pytest.mark.parametrize("number", [0, 100])
def test_an_article_that_cannot_be_counted_is_refused(number):
    with pytest.raises(ValueError, match="no number of an article"):
        number_in_chinese(number)


# ---- text of others


@given(st.text())
def test_cleaned_text_has_no_control_and_no_turned_direction(text):
    cleaned = clean_text(text)
    assert {unicodedata.category(character) for character in cleaned if character != "\n"}.isdisjoint(
        ("Cc", "Cf", "Cs", "Cn", "Zl", "Zp")
    )
    assert clean_text(cleaned) == cleaned


def test_a_name_cannot_turn_the_line_round():
    party = msgspec.structs.replace(CASE.party, name="好\u202e公司\x07\x1b[31m")
    document = letter("order_to_correct", msgspec.structs.replace(CASE, party=party))
    assert document.recipient == "好公司[31m："


# ---- the same case gives the same text


def test_every_kind_of_document_is_composed():
    assert {document.kind for document in compose_all()} == {kind.name for kind in DOCUMENT_KINDS}


def test_the_same_case_gives_the_same_text_and_another_case_another():
    first, second = compose_all(), compose_all()
    assert [one.digest() for one in first] == [one.digest() for one in second]
    other = letter("order_to_correct", msgspec.structs.replace(CASE, due_on=date(2026, 6, 1)))
    assert other.digest() != letter("order_to_correct").digest()


def test_copies_of_a_case_from_its_bytes_give_the_same_text():
    again = msgspec.json.decode(msgspec.json.encode(CASE), type=type(CASE))
    assert letter("penalty_decision", again).digest() == letter("penalty_decision").digest()


# ---- what the letters say


def test_decision_names_fine_in_capitals_and_figures_and_both_ways_to_contest_it():
    text = whole_text(letter("penalty_decision"))
    assert "罚款人民币壹万贰仟元整（¥12,000.00）" in text
    assert "六十日内向福州市人民政府申请行政复议" in text
    assert "六个月内依法向福州市鼓楼区人民法院提起行政诉讼" in text


def test_decision_without_a_fine_speaks_of_no_payment():
    case = msgspec.structs.replace(CASE, decision=("warning",), amount_fen=None)
    text = whole_text(letter("penalty_decision", case))
    assert "警告" in text
    assert "缴" not in text
    assert "四、救济途径" in text


def test_prior_notice_grants_a_hearing_only_where_there_is_a_right_to_it():
    granted = whole_text(letter("prior_notice"))
    denied = whole_text(letter("prior_notice", msgspec.structs.replace(CASE, may_ask_hearing=False)))
    assert "要求听证的，请自收到本告知书之日起10日内" in granted
    assert "听证" not in denied


def test_a_basis_that_nobody_has_read_says_so_on_the_page_and_to_the_officer():
    unread = msgspec.structs.replace(CASE.basis[0], is_verified=False)
    document = letter("order_to_correct", msgspec.structs.replace(CASE, basis=(unread,)))
    assert "涉嫌违反" in whole_text(document)
    assert "条文待核实" in whole_text(document)
    assert unread.article in document.doubts
    assert "条文待核实" not in whole_text(letter("order_to_correct"))


def test_statements_of_law_that_are_not_verified_are_told_to_the_officer():
    entries = dict(PROCEDURE.entries)
    entries["order_basis"] = replace(entries["order_basis"], is_verified=False)
    doubted = compose_letter("order_to_correct", CASE, procedure=replace(PROCEDURE, entries=entries), number=7)
    assert letter("order_to_correct").doubts == ()
    assert len(doubted.doubts) == 1
    assert "Art. 28" in doubted.doubts[0]


def test_a_draft_has_a_blank_where_its_number_will_stand():
    assert letter("order_to_correct", number=None).number == "榕工信责改〔2026〕　号（草稿）"


# ---- what is missing


def test_everything_a_document_lacks_is_named_at_once():
    bare = msgspec.structs.replace(CASE, facts="", basis=(), decision=("fine",), amount_fen=None, officers=())
    missing = [chinese for chinese, _ in find_missing(KIND_OF_DOCUMENT["penalty_decision"], bare)]
    assert missing == ["违法事实", "法律依据（条、款、内容）", "承办人员", "罚款数额"]
    assert find_missing(KIND_OF_DOCUMENT["penalty_decision"], CASE) == []


def test_a_detail_that_the_kind_does_not_know_is_named():
    kind = KIND_OF_DOCUMENT["hearing_notice"]
    assert find_unknown_details(kind, ["hearing_time", "colour"]) == ["colour"]


# ---- vehicle and voucher


def test_the_notice_names_every_missing_pack_with_its_last_holder_and_place():
    document = compose_incomplete_vehicle_notice(VEHICLE, organ=ORGAN, number=12)
    assert document.table == (
        ("04FPE03EQBA5918B61100019", "杭州某某汽车维修有限公司（91330100MA10000566）", "浙江省杭州市西湖区"),
        ("001PBA1000000093C0000001", "车主（未具名）或者不明", "不明"),
    )
    assert "缺失2个" in whole_text(document)
    assert "不是对违法行为的认定" in whole_text(document)


def test_the_symbol_of_a_voucher_does_not_depend_on_the_order_of_its_lines():
    turned = msgspec.structs.replace(VOUCHER, lines=tuple(reversed(VOUCHER.lines)))
    assert voucher_code(turned) == voucher_code(VOUCHER)
    assert voucher_code(VOUCHER).startswith(
        "suyuan:receive?g=91350100M000100Y43&r=91430100MA10000A1X&h=ho-2026-0001,04FPE03EQBA5918B61100001"
    )


def test_a_long_voucher_has_a_symbol_that_can_still_be_scanned():
    line = VOUCHER.lines[0]
    lines = tuple(msgspec.structs.replace(line, report_id=f"ho-{number:04}") for number in range(300))
    code = voucher_code(msgspec.structs.replace(VOUCHER, lines=lines))
    assert code.count("&h=") == CODES_IN_SYMBOL_MAX
    assert code.endswith("&n=300")
