"""Build the packaged Word forms (src/suyuan/forms/*.docx): the page of GB/T 9704-2012 with the places that docxtpl fills.

Run `python scripts/build_forms.py` after a change here; tests/app/test_document_forms.py compares the result with what is packaged.
"""

import sys
from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from pathlib import Path

from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from suyuan.app.document_docx import pack_again

FORMS = Path(__file__).parent.parent / "src" / "suyuan" / "forms"
BODY, TITLE, HEADING = "仿宋", "方正小标宋简体", "黑体"
SIZE_2, SIZE_3, SIZE_4, SIZE_SMALL, SIZE_TABLE = Pt(22), Pt(16), Pt(14), Pt(12), Pt(10.5)
PITCH = Pt(28.95)  # 225 mm hold 22 lines
CHARACTER_SPACE = -4  # in 1/20 pt: 28 characters of 16 pt in 156 mm
RED = RGBColor(0xE6, 0x00, 0x12)


def build_letter():
    """Return the form of letters."""
    document = _open_page()
    head = _line(document, "{{r organ_head }}", align="center", before=99, pitch=None)
    head.paragraph_format.space_after = PITCH
    number = _line(document, "{{ number }}", align="center", before=29)
    _draw_red_line(number)
    _line(document, "")
    _line(document, "{{ title }}", align="center", font=TITLE, size=SIZE_2, pitch=Pt(33))
    _line(document, "")
    _line(document, "{{ recipient }}")
    _loop_blocks(document, "blocks")
    _line(document, "{%p if table %}")
    _add_table(document, 3, widths=(66, 54, 36))
    _line(document, "{%p endif %}")
    _loop_blocks(document, "after")
    _line(document, "{%p if notes %}")
    _line(document, "{{ notes|join('；') }}。", indent=2, keeps=True)
    _line(document, "{%p endif %}")
    for _ in range(2):
        _line(document, "", keeps=True)
    # The organ above the date, both centred where the seal goes; the date ends about four characters from the right.
    _line(document, "{{ organ }}", align="center", left=Mm(72), keeps=True)
    _line(document, "{{ dated }}", align="center", left=Mm(72), keeps=True)
    _line(document, "", keeps=True)
    _line(document, "{{ footer }}", indent=2)
    return document


def build_record():
    """Return the form of records."""
    document = _open_page()
    _line(document, "{{ organ }}", align="center", font=TITLE, size=Pt(18), pitch=Pt(30))
    _line(document, "{{ title }}", align="center", font=TITLE, size=SIZE_2, pitch=Pt(33))
    _line(document, "{{ number }}", align="right", size=SIZE_4)
    _add_rows(document, widths=(34, 122))
    _line(document, "{%p if signers %}")
    _line(document, "", pitch=Pt(14))
    _line(document, "{%p for pair in signers|batch(2, '') %}")
    pair = _line(document, "{{ pair[0] }}\t{{ pair[1] }}", size=SIZE_SMALL, pitch=Pt(25))
    pair.paragraph_format.tab_stops.add_tab_stop(Mm(78))
    _line(document, "{%p endfor %}")
    _line(document, "年　　月　　日", align="right", size=SIZE_SMALL, pitch=Pt(25))
    _line(document, "{%p endif %}")
    _line(document, "{%p if footer %}")
    _line(document, "{{ footer }}", size=SIZE_TABLE, pitch=Pt(20))
    _line(document, "{%p endif %}")
    return document


def build_voucher():
    """Return the form of hand-over vouchers."""
    document = _open_page()
    _line(document, "{{ title }}", align="center", font=TITLE, size=SIZE_2, pitch=Pt(33))
    _line(document, "{{ symbol }}", align="right", pitch=None)
    _add_rows(document, widths=(34, 122))
    _line(document, "", pitch=Pt(14))
    _add_table(document, 5, widths=(13, 62, 24, 21, 36))
    _line(document, "")
    _line(document, "{{ signers|join('　　　　　') }}", size=SIZE_SMALL)
    _line(document, "年　　月　　日", align="right", size=SIZE_SMALL)
    _line(document, "{{ footer }}", size=SIZE_SMALL, pitch=Pt(20))
    return document


FORMS_BUILT: dict[str, Callable] = {
    "letter.docx": build_letter,
    "record.docx": build_record,
    "voucher.docx": build_voucher,
}


def build(name):
    """Return the bytes of a form, the same on every run."""
    written = BytesIO()
    FORMS_BUILT[name]().save(written)
    return pack_again(written.getvalue())


def _open_page():
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.footer_distance = Mm(22)
    grid = OxmlElement("w:docGrid")
    for name, value in (("type", "lines"), ("linePitch", 579)):
        grid.set(qn(f"w:{name}"), str(value))
    for old in section._sectPr.findall(qn("w:docGrid")):
        section._sectPr.remove(old)
    section._sectPr.append(grid)
    normal = document.styles["Normal"]
    normal.font.size = SIZE_3
    properties = normal.element.get_or_add_rPr()
    _set_font(properties, BODY)
    spacing = OxmlElement("w:spacing")
    spacing.set(qn("w:val"), str(CHARACTER_SPACE))
    properties.append(spacing)
    document.settings.odd_and_even_pages_header_footer = True
    for footer, align in ((section.footer, "right"), (section.even_page_footer, "left")):
        footer.is_linked_to_previous = False
        _number_page(footer.paragraphs[0], align=align)
    properties = document.core_properties
    properties.author, properties.title, properties.comments = "", "", ""
    properties.created = properties.modified = datetime(2026, 1, 1)  # noqa: DTZ001 - the file holds no zone
    return document


def _number_page(paragraph, *, align):
    """Write — 1 —, one character from the outer edge."""
    paragraph.alignment = _ALIGNED[align]
    edge = "left" if align == "left" else "right"
    setattr(paragraph.paragraph_format, f"{edge}_indent", SIZE_4)
    for tab in list(paragraph.paragraph_format.tab_stops):
        del tab
    for part in ("— ", "PAGE", " —"):
        run = paragraph.add_run()
        run.font.size = SIZE_4
        if part != "PAGE":
            run.text = part
            continue
        for kind in ("begin", None, "end"):
            element = OxmlElement("w:fldChar" if kind else "w:instrText")
            if kind:
                element.set(qn("w:fldCharType"), kind)
            else:
                element.text = " PAGE "
            run._r.append(element)


def _line(document, text, *, align=None, font=None, size=None, indent=0, left=None, before=0, pitch=PITCH, keeps=False):
    paragraph = document.add_paragraph()
    form = paragraph.paragraph_format
    form.space_before, form.space_after = Pt(before), Pt(0)
    if pitch is not None:
        form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, pitch
    if align:
        paragraph.alignment = _ALIGNED[align]
    form.first_line_indent = SIZE_3 * indent if indent else None
    form.left_indent = left
    form.keep_with_next = keeps or None
    run = paragraph.add_run(text)
    if size:
        run.font.size = size
    if font:
        _set_font(run._r.get_or_add_rPr(), font)
    return paragraph


def _loop_blocks(document, name):
    _line(document, f"{{%p for block in {name} %}}")
    _line(document, "{%p if block.style == 'heading' %}")
    _line(document, "{{ block.text }}", indent=2, font=HEADING, keeps=True)
    _line(document, "{%p elif block.style == 'flush' %}")
    _line(document, "{{ block.text }}")
    _line(document, "{%p else %}")
    _line(document, "{{ block.text }}", indent=2)
    _line(document, "{%p endif %}")
    _line(document, "{%p endfor %}")


def _add_table(document, columns, *, widths):
    table = _open_table(document, rows=4, columns=columns, widths=widths)
    for place in range(columns):
        _fill(table.cell(0, place), f"{{{{ headings[{place}] }}}}", font=HEADING)
        _fill(table.cell(2, place), f"{{{{ entry[{place}] }}}}")
    for row in table.rows:
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    _repeat_heading(table.rows[0])
    _fill(table.cell(1, 0), "{%tr for entry in table %}")
    _fill(table.cell(3, 0), "{%tr endfor %}")


def _add_rows(document, *, widths):
    table = _open_table(document, rows=3, columns=2, widths=widths)
    _fill(table.cell(0, 0), "{%tr for row in rows %}")
    _fill(table.cell(1, 0), "{{ row.label }}", size=SIZE_SMALL)
    _fill(table.cell(1, 1), "{{ row.value }}", align="left", size=SIZE_SMALL)
    _fill(table.cell(2, 0), "{%tr endfor %}")


def _open_table(document, *, rows, columns, widths):
    table = document.add_table(rows, columns, style="Table Grid")
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
    for row in table.rows:
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = Mm(width)
    return table


def _repeat_heading(row):
    """Let the headings stand above each page of their table, and never alone at the foot of one."""
    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    for cell in row.cells:
        cell.paragraphs[0].paragraph_format.keep_with_next = True


def _fill(cell, text, *, font=None, align="center", size=SIZE_TABLE):
    paragraph = cell.paragraphs[0]
    paragraph.alignment = _ALIGNED[align]
    form = paragraph.paragraph_format
    form.space_before = form.space_after = Pt(3)
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(18)
    no_grid = OxmlElement("w:snapToGrid")
    no_grid.set(qn("w:val"), "0")
    paragraph._p.get_or_add_pPr().insert(0, no_grid)
    run = paragraph.add_run(text)
    run.font.size = size
    if font:
        _set_font(run._r.get_or_add_rPr(), font)


def _draw_red_line(paragraph):
    border = OxmlElement("w:pBdr")
    bottom = OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", "12"), ("space", "11"), ("color", str(RED))):
        bottom.set(qn(f"w:{name}"), value)
    border.append(bottom)
    paragraph._p.get_or_add_pPr().append(border)


def _set_font(properties, name):
    fonts = properties.get_or_add_rFonts()
    for kind in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.set(qn(f"w:{kind}"), name)


_ALIGNED = {
    "left": WD_ALIGN_PARAGRAPH.LEFT,
    "right": WD_ALIGN_PARAGRAPH.RIGHT,
    "center": WD_ALIGN_PARAGRAPH.CENTER,
}

if __name__ == "__main__":
    for file_name in FORMS_BUILT:
        (FORMS / file_name).write_bytes(build(file_name))
        sys.stdout.write(f"{FORMS / file_name}\n")
