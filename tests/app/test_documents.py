"""Documents from the record: the notice about an incomplete vehicle and the hand-over voucher, issued, repeated, rebuilt."""

import io
from datetime import date

import pytest
from database_world import DatabaseWorld
from PIL import Image
from story import USCC_OF, expand

from suyuan.app.context import UseCaseError
from suyuan.app.document_extra import load_zxingcpp
from suyuan.app.document_fonts import choose_fonts
from suyuan.app.document_pdf import render_pages
from suyuan.app.documents import list_documents, parse_suffix
from suyuan.app.forms import find_form
from suyuan.app.naming import name_place
from suyuan.app.rebuild import rebuild
from suyuan.app.register import import_entries
from suyuan.app.vehicle_notice import issue_vehicle_notice
from suyuan.app.voucher import make_voucher
from suyuan.core.topic import TOPICS

VIN, PACK, OTHER_PACK = expand("{vin:1}"), expand("{pack:1}"), expand("{pack:2}")
AUTHORITIES = "authority,name,line,division,valid_from\nZZ-1,郑州市商务局,commerce,410100,2020-01-01\n"
BUILT = [
    {"by": "BP1", "kind": "battery_produced", "occurred_at": "2026-04-01", "battery_code": PACK, "produced_on": "2025-03-12"},
    {"by": "VP1", "kind": "vehicle_produced", "occurred_at": "2026-04-05", "vin": VIN, "battery_codes": [PACK],
     "conformity_certificate_issued_on": "2026-04-05"},
    {"by": "VP1", "kind": "vehicle_sold", "occurred_at": "2026-04-10", "vin": VIN},
]  # fmt: skip
SCRAPPED = {"by": "VD1", "kind": "vehicle_scrapped", "occurred_at": "2026-05-03", "vin": VIN, "battery_codes_found": [],
            "report_id": "vd-7", "absence_reason": "stolen"}  # fmt: skip


pytestmark = pytest.mark.usefixtures("fonts")


@pytest.fixture
def world(database_url):
    made = DatabaseWorld(database_url)
    imported = import_entries(made.context, TOPICS["authorities"], AUTHORITIES.encode())
    assert imported["rejected"] == 0, imported
    return made


@pytest.fixture
def incomplete(world):
    world.submit_each([*BUILT, SCRAPPED])
    assert world.state(VIN)[0] == "incomplete"
    return world


def notify(world, *, suffix="pdf", is_draft=False):
    return issue_vehicle_notice(world.context, VIN, authority="ZZ-1", suffix=suffix, is_draft=is_draft)


# ---- incomplete vehicle


def test_the_notice_tells_the_missing_pack_and_who_had_it_and_where(incomplete):
    document = notify(incomplete).document
    assert document.number == "郑州市商务局缺告〔2026〕1号"
    assert [line[0] for line in document.table] == [PACK]
    assert "你单位报告于2026年5月3日接收的报废新能源汽车" in document.blocks[0].text
    assert "缺失1个" in document.blocks[0].text
    assert "缺失原因：被盗" in document.blocks[1].text


def test_the_same_missing_packs_give_the_same_notice_whatever_file_is_asked_for(incomplete):
    first, again, word = notify(incomplete), notify(incomplete), notify(incomplete, suffix="docx")
    assert (first.is_new, again.is_new, word.is_new) == (True, False, False)
    assert first.body == again.body
    assert word.document == first.document
    (listed,) = list_documents(incomplete.context, VIN)
    assert (listed["number"], listed["text_sha256"]) == (first.document.number, first.document.digest().hex())


def test_a_draft_takes_no_number_and_leaves_no_record(incomplete):
    draft = notify(incomplete, is_draft=True)
    assert draft.describe()["number"] is None
    assert list_documents(incomplete.context, VIN) == []
    assert notify(incomplete).document.number.endswith("〔2026〕1号")


def test_a_broken_form_gives_no_number(incomplete, tmp_path, monkeypatch):
    (tmp_path / "commerce").mkdir()
    (tmp_path / "commerce" / "letter.typ").write_text("#broken")
    monkeypatch.setenv("SUYUAN_FORMS", str(tmp_path))
    with pytest.raises(UseCaseError, match="unknown variable: broken"):
        notify(incomplete)
    monkeypatch.delenv("SUYUAN_FORMS")
    assert list_documents(incomplete.context, VIN) == []
    assert notify(incomplete).document.number.endswith("〔2026〕1号")


@pytest.mark.parametrize("authority", ["ZZ-2", "HZ-1"])
def test_an_authority_of_another_line_or_place_is_told_who_is_competent(incomplete, authority):
    more = "ZZ-2,郑州市工信局,industry,410100,2020-01-01\nHZ-1,杭州市商务局,commerce,330100,2020-01-01\n"
    import_entries(incomplete.context, TOPICS["authorities"], (AUTHORITIES + more).encode())
    with pytest.raises(UseCaseError, match=r"not competent for commerce at 410100. Competent: ZZ-1\."):
        issue_vehicle_notice(incomplete.context, VIN, authority=authority, suffix="pdf", is_draft=False)
    assert list_documents(incomplete.context, VIN) == []


def test_a_whole_vehicle_has_no_notice(world):
    world.submit_each([*BUILT, {**SCRAPPED, "battery_codes_found": [PACK]}])
    with pytest.raises(UseCaseError, match="no pack is missing"):
        notify(world)


def test_an_unknown_authority_is_told_with_those_there_are(incomplete):
    with pytest.raises(UseCaseError, match="There are: ZZ-1"):
        issue_vehicle_notice(incomplete.context, VIN, authority="ZZ-2", suffix="pdf", is_draft=False)


def test_rebuild_derives_the_issued_documents_again(incomplete):
    notify(incomplete)
    assert rebuild(incomplete.context)["differing"] == {}
    incomplete.connection.execute("UPDATE document SET number = 9")
    assert rebuild(incomplete.context)["differing"] == {"document": 2}
    assert list_documents(incomplete.context, VIN)[0]["number"].endswith("〔2026〕1号")


# ---- voucher

HANDED = {"by": "VD1", "kind": "battery_handed_over", "occurred_at": "2026-05-20", "receiver": USCC_OF["UE1"], "waybill_no": "W1",
          "carrier": USCC_OF["OH1"], "mass_g": 420_500}  # fmt: skip


@pytest.fixture
def handed_over(world):
    world.submit_each([
        {**HANDED, "battery_code": PACK, "report_id": "ho-1"},
        {**HANDED, "battery_code": OTHER_PACK, "report_id": "ho-2"},
        {**HANDED, "battery_code": OTHER_PACK, "report_id": "ho-3", "receiver": USCC_OF["UE2"], "occurred_at": "2026-05-21"},
    ])  # fmt: skip
    return world


def test_the_voucher_lists_the_hand_overs_and_its_symbol_leads_to_them(handed_over):
    printed = make_voucher(handed_over.context, ["ho-2", "ho-1"], giver=USCC_OF["VD1"], suffix="pdf")
    document = printed.document
    assert sorted(line[4] for line in document.table) == ["ho-1", "ho-2"]
    assert {row.label: row.value for row in document.rows}["数量和质量"] == "2件，共841千克"
    form = find_form("handover_voucher", layout="voucher", line="", suffix="typ")
    (page,) = render_pages(document, form=form, fonts=choose_fonts(), ppi=150)
    (symbol,) = load_zxingcpp().read_barcodes(Image.open(io.BytesIO(page)).convert("L"))
    assert symbol.text == f"suyuan:receive?g={USCC_OF['VD1']}&r={USCC_OF['UE1']}&" + "&".join(
        f"h={report_id},{code}" for code, report_id in sorted([(PACK, "ho-1"), (OTHER_PACK, "ho-2")])
    )
    assert make_voucher(handed_over.context, ["ho-1", "ho-2"], giver=USCC_OF["VD1"], suffix="pdf").body == printed.body


def test_everything_wrong_with_a_voucher_is_told_at_once(handed_over):
    handed_over.submit(
        "VD1",
        {"kind": "report_withdrawn", "occurred_at": "2026-05-22", "withdrawn_report_id": "ho-1", "report_id": "w"},
    )
    with pytest.raises(UseCaseError) as caught:
        make_voucher(handed_over.context, ["ho-1", "ho-3", "ho-2", "nothing", "w"], giver=USCC_OF["VD1"], suffix="pdf")
    for told in (
        "ho-1 was withdrawn",
        "no report nothing",
        "Report w is no hand-over",
        "different values of receiver",
        "different days",
    ):
        assert told in caught.value.message


def test_a_voucher_of_nothing_is_refused(handed_over):
    with pytest.raises(UseCaseError, match="1 to 500"):
        make_voucher(handed_over.context, [], giver=USCC_OF["VD1"], suffix="pdf")


# ---- names


def test_places_are_named_from_the_province_down():
    assert name_place("350102", on=date(2026, 5, 3)) == "福建省福州市鼓楼区"
    assert name_place("110105", on=date(2026, 5, 3)) == "北京市朝阳区"
    assert name_place("350000", on=date(2026, 5, 3)) == "福建省"
    assert name_place("", on=date(2026, 5, 3)) == ""


def test_a_document_is_a_pdf_or_a_word_file():
    assert (parse_suffix("A.PDF"), parse_suffix("a.docx")) == ("pdf", "docx")
    with pytest.raises(UseCaseError, match=r"\.pdf or \.docx"):
        parse_suffix("a.doc")
