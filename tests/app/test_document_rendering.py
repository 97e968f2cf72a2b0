"""Documents on the page: PDF and Word, the same bytes for the same case, harmless whatever others wrote, no missing glyph."""

import io
import re
import sys
import zipfile
from xml.etree import ElementTree as ET

import msgspec
import pytest
from document_cases import CASE, HEARING, ORGAN, VOUCHER, compose_all
from PIL import Image

from suyuan.app.context import UseCaseError
from suyuan.app.document_docx import render_docx
from suyuan.app.document_extra import load_zxingcpp
from suyuan.app.document_fonts import choose_fonts, select_fonts
from suyuan.app.document_pdf import render_pages, render_pdf
from suyuan.app.forms import Form, find_form
from suyuan.core.document import Organ
from suyuan.core.document_letter import compose_letter
from suyuan.core.document_sheet import compose_voucher, voucher_code
from suyuan.rulebook import load_procedure

HOSTILE = "#panic(1) $x$ \\ @a <b> *c* _d_ `e` = f // g /* h {{ 7*7 }} {% for x in y %} <w:p/> &amp; ]] \" '"
KINDS = [document.kind for document in compose_all()]


def make(kind, case=CASE, **given):
    return next(document for document in compose_all(case, **given) if document.kind == kind)


def to_pdf(document, fonts, *, line="industry"):
    return render_pdf(
        document,
        form=find_form(document.kind, layout=document.layout, line=line, suffix="typ", environ={}),
        fonts=fonts,
    )


def to_pages(document, fonts, *, ppi=110):
    form = find_form(document.kind, layout=document.layout, line="", suffix="typ", environ={})
    return [Image.open(io.BytesIO(page)) for page in render_pages(document, form=form, fonts=fonts, ppi=ppi)]


def to_docx(document):
    return render_docx(
        document, form=find_form(document.kind, layout=document.layout, line="", suffix="docx", environ={})
    )


def docx_text(body):
    """Return the text of a Word file, paragraph by paragraph, as an XML parser sees it."""
    with zipfile.ZipFile(io.BytesIO(body)) as packed:
        root = ET.fromstring(packed.read("word/document.xml"))
    space = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
    return ["".join(part.text or "" for part in line.iter(f"{space}t")) for line in root.iter(f"{space}p")]


# ---- the same case, the same bytes


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_case_gives_the_same_bytes(kind, fonts):
    document = make(kind)
    assert to_pdf(document, fonts) == to_pdf(make(kind), fonts)
    assert to_docx(document) == to_docx(make(kind))


def test_control_another_number_gives_other_bytes(fonts):
    document = make("penalty_decision")
    other = msgspec.structs.replace(document, number="榕工信罚〔2026〕8号")
    assert to_pdf(document, fonts) != to_pdf(other, fonts)
    assert to_docx(document) != to_docx(other)


def test_pdf_is_archivable_and_dated_by_the_document(fonts):
    body = to_pdf(make("order_to_correct"), fonts)
    assert b"<pdfaid:part>2</pdfaid:part>" in body
    assert b"<pdfaid:conformance>U</pdfaid:conformance>" in body
    assert re.search(rb"CreateDate>2026-05-0[23]", body)


# ---- the page


def test_page_keeps_the_margins_of_the_standard(fonts):
    ppi = 72
    page = to_pages(make("order_to_correct"), fonts, ppi=ppi)[1].convert("L")
    dots_per_mm = ppi / 25.4
    box = page.point(lambda value: 255 if value < 128 else 0).crop((0, 0, page.width, int(262 * dots_per_mm))).getbbox()
    left, top, right, _ = (edge / dots_per_mm for edge in box)
    assert left == pytest.approx(28, abs=1)
    assert top == pytest.approx(37, abs=1.5)
    assert right == pytest.approx(184, abs=1)


def test_head_and_line_are_red_and_nothing_else(fonts):
    first, second, *_ = to_pages(make("order_to_correct"), fonts, ppi=72)

    def count_red(page):
        return sum(
            count for count, (r, g, b, *_) in page.convert("RGB").getcolors(1 << 24) if r > 200 and g < 60 and b < 60
        )

    assert count_red(first) > 500
    assert count_red(second) == 0


def top_left_ink(page, ppi=36):
    """Tell whether the first two lines of a page have ink in the left half, where a signature has none."""
    top, line = int(37 / 25.4 * ppi), int(28.95 / 72 * ppi)
    left = page.convert("L").crop((0, top, page.width // 2, top + 2 * line))
    return left.getextrema()[0] < 200


def test_no_page_carries_a_signature_alone(fonts):
    """Whatever the length of the text, the page of the signature begins with text of the letter."""
    bare = msgspec.structs.replace(CASE, officers=(), organ=Organ("X", "福州市工业和信息化局", "industry", sign="榕"))
    lengths = range(1, 600, 27)  # 28 characters are a line
    ends = [
        to_pages(make("order_to_correct", msgspec.structs.replace(bare, text="情" * length)), fonts, ppi=36)[-1]
        for length in lengths
    ]
    assert [length for length, page in zip(lengths, ends, strict=True) if not top_left_ink(page)] == []


def test_control_a_signature_alone_would_be_seen(fonts):
    document = msgspec.structs.replace(make("order_to_correct"), blocks=(), notes=(), footer="", title="", recipient="")
    form = find_form("order_to_correct", layout="letter", line="", suffix="typ", environ={})
    body = b'#import "page.typ": *\n#show: official-page\n#signature()'
    (page,) = render_pages(document, form=Form("alone.typ", body, form.files), fonts=fonts, ppi=36)
    assert not top_left_ink(Image.open(io.BytesIO(page)))


def has_text(page, ppi=36):
    """Tell whether the type area of a page holds anything, its number left aside."""
    top, bottom = (int(mm / 25.4 * ppi) for mm in (37, 297 - 35))
    return page.convert("L").crop((0, top, page.width, bottom)).getextrema()[0] < 200


def test_no_record_ends_with_an_empty_page(fonts):
    """However many documents were served: a table that fills the page exactly must not push out another."""
    case = [msgspec.structs.replace(CASE, earlier_numbers=("通知书",) * count) for count in range(1, 14)]
    pages = [to_pages(make("proof_of_service", one), fonts, ppi=36) for one in case]
    assert [len(one) for one in pages if not has_text(one[-1])] == []
    assert len(pages[-1]) == 2, "some of them need a second page"


def test_control_an_empty_page_would_be_seen(fonts):
    document = make("proof_of_service")
    form = find_form("proof_of_service", layout="record", line="", suffix="typ", environ={})
    body = b'#import "page.typ": *\n#show: official-page\n#pagebreak(to: "even")\n'
    *_, page = render_pages(document, form=Form("empty.typ", body, form.files), fonts=fonts, ppi=36)
    assert not has_text(Image.open(io.BytesIO(page)))


# ---- symbols


def test_the_symbol_on_the_printed_voucher_can_be_scanned(fonts):
    document = compose_voucher(VOUCHER)
    (page,) = to_pages(document, fonts, ppi=150)
    found = load_zxingcpp().read_barcodes(page.convert("L"))
    assert [symbol.text for symbol in found] == [voucher_code(VOUCHER)]


def test_the_largest_symbol_can_be_scanned_from_a_print_of_300_dots_an_inch(fonts):
    line = VOUCHER.lines[0]
    lines = tuple(
        msgspec.structs.replace(line, code=line.code[:-2] + f"{n:02}", report_id=f"ho-2026-05-03-{n:04}")
        for n in range(40)
    )
    voucher = msgspec.structs.replace(VOUCHER, lines=lines)
    page = to_pages(compose_voucher(voucher), fonts, ppi=300)[0]
    assert [symbol.text for symbol in load_zxingcpp().read_barcodes(page.convert("L"))] == [voucher_code(voucher)]


def test_control_a_page_without_a_symbol_has_none(fonts):
    (page, *_) = to_pages(make("proof_of_service"), fonts)
    assert load_zxingcpp().read_barcodes(page.convert("L")) == []


def test_the_symbol_in_the_word_file_can_be_scanned():
    with zipfile.ZipFile(io.BytesIO(to_docx(compose_voucher(VOUCHER)))) as packed:
        (name,) = [one for one in packed.namelist() if one.startswith("word/media/")]
        picture = Image.open(io.BytesIO(packed.read(name)))
    assert [symbol.text for symbol in load_zxingcpp().read_barcodes(picture)] == [voucher_code(VOUCHER)]


# ---- what others wrote stays text


def hostile_case():
    grounds = tuple(msgspec.structs.replace(one, facts=HOSTILE, report_id=HOSTILE[:30]) for one in CASE.grounds)
    party = msgspec.structs.replace(CASE.party, name=HOSTILE, address=HOSTILE)
    details = {**HEARING.details, "place": HOSTILE, "presiding_officer": HOSTILE}
    return msgspec.structs.replace(
        CASE,
        party=party,
        grounds=grounds,
        facts=HOSTILE,
        statement=f"{HOSTILE}\n{HOSTILE}",
        text=HOSTILE,
        details=details,
    )


@pytest.mark.parametrize("kind", ["order_to_correct", "penalty_decision", "hearing_notice", "inspection_record"])
def test_hostile_text_is_printed_as_it_was_written(kind, fonts):
    case = hostile_case()
    document = next(one for one in compose_all(case, hearing=case) if one.kind == kind)
    assert to_pdf(document, fonts).startswith(b"%PDF-1.7")
    text = "\n".join(docx_text(to_docx(document)))
    assert HOSTILE in text


def test_hostile_organ_of_the_register_stays_text_in_the_head(fonts):
    organ = Organ("X", HOSTILE, "market", sign="{{ 7*7 }}#1")
    document = compose_letter(
        "order_to_correct", msgspec.structs.replace(CASE, organ=organ), procedure=load_procedure(), number=1
    )
    to_pdf(document, fonts)
    text = "\n".join(docx_text(to_docx(document)))
    assert HOSTILE in text
    assert "{{ 7*7 }}#1责改〔2026〕1号" in text


@pytest.mark.parametrize("kind", KINDS)
def test_word_file_says_what_the_document_says(kind):
    document = make(kind)
    text = "\n".join(docx_text(to_docx(document)))
    said = [block.text for block in (*document.blocks, *document.after)] + [row.label for row in document.rows]
    said += [document.title, document.number, document.organ, *(cell for line in document.table for cell in line)]
    assert [one for one in said if one not in text] == []


def test_headings_of_a_word_table_stand_whole_above_each_page_of_it():
    body = zipfile.ZipFile(io.BytesIO(to_docx(compose_voucher(VOUCHER)))).read("word/document.xml").decode()
    tables = re.findall(r"<w:tbl>.*?</w:tbl>", body, re.DOTALL)
    heads = [re.search(r"<w:trPr>.*?</w:trPr>", table)[0] for table in tables if "损坏程度" in table]
    assert heads == ["<w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>"]


def test_signers_of_a_word_record_stand_in_two_columns_with_the_day():
    text = docx_text(to_docx(make("inspection_record")))
    assert "被检查人（签名或者盖章）：见证人（签名）：" in text
    assert "年　　月　　日" in text
    assert "年　　月　　日" not in docx_text(to_docx(make("proof_of_service"))), "nobody signs below its table"


# ---- fonts


def test_a_character_that_no_font_has_is_named_and_no_box_is_printed(fonts):
    party = msgspec.structs.replace(CASE.party, name="某\U0003fff0公司")  # assigned to nobody: cleaned away
    assert to_pdf(make("order_to_correct", msgspec.structs.replace(CASE, party=party)), fonts)
    party = msgspec.structs.replace(CASE.party, name="某\U0001e900公司")
    with pytest.raises(UseCaseError, match=r"U\+1E900") as caught:
        to_pdf(make("order_to_correct", msgspec.structs.replace(CASE, party=party)), fonts)
    assert "fonts-noto-cjk" in caught.value.message
    assert "不能显示" in caught.value.message_zh


def test_without_a_chinese_font_the_command_says_what_to_install():
    with pytest.raises(UseCaseError, match=r"suyuan\[documents\].*fonts-noto-cjk"):
        select_fonts({"dejavu sans": (400,)}, named=(), folders=())


def test_fonts_of_offices_come_before_the_free_ones():
    there = {"fangsong": (400,), "noto serif sc": (400,), "noto sans sc": (400,), "simhei": (400,)}
    chosen = select_fonts(there, named=(), folders=())
    assert (chosen.body[0], chosen.heading[0], chosen.title[0]) == ("FangSong", "SimHei", "Noto Serif SC")


def test_a_body_font_that_is_set_comes_first_and_one_that_is_absent_is_told(fonts):
    chosen = choose_fonts({"SUYUAN_BODY_FONT": "Noto Sans SC"})
    assert chosen.body[0] == "Noto Sans SC"
    with pytest.raises(UseCaseError, match="No Such Font"):
        choose_fonts({"SUYUAN_BODY_FONT": "No Such Font"})


def test_a_missing_library_is_told_in_words(monkeypatch):
    monkeypatch.setitem(sys.modules, "zxingcpp", None)
    with pytest.raises(UseCaseError, match=r'pip install "suyuan\[documents\]"'):
        load_zxingcpp()


def test_organ_of_the_tests_is_the_one_on_the_page():
    assert make("order_to_correct").organ == ORGAN.name
