"""The workbooks we write: templates that guide, refusals that can be corrected and sent as they are."""

import io
import json
import re
import zipfile

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from intake_files import faults_in, raws, read, report
from intake_reports import reports_of_any_kind
from python_calamine import CalamineWorkbook

from suyuan.core.catalogue import KIND_BY_NAME, KINDS
from suyuan.core.refusal import RowError, refuse_malformed
from suyuan.core.value import check_value
from suyuan.intake.cells import COMPONENT_CODES, convert_cell
from suyuan.intake.headings import GUIDE_SHEET, UNREADABLE_SHEET
from suyuan.intake.refusals import CELL_CHARACTERS_MAX, RefusedRow, write_refusals
from suyuan.intake.sheet_guide import template_fields, words_of
from suyuan.intake.template import write_template

MALFORMED = refuse_malformed("mass_g", value="x", wanted="a whole number", wanted_zh="整数")


def template_of(kind) -> bytes:
    stream = io.BytesIO()
    write_template(kind, target=stream)
    return stream.getvalue()


def refusals_of(rows) -> bytes:
    stream = io.BytesIO()
    write_refusals([RefusedRow(number, *row) for number, row in enumerate(rows, start=2)], target=stream)
    return stream.getvalue()


def sheets_of(content: bytes) -> dict[str, list[list]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_template_is_one_sheet_of_the_kind_and_a_guide(kind):
    sheets = sheets_of(template_of(kind))
    assert list(sheets) == [kind.zh, GUIDE_SHEET]
    assert sheets[kind.zh] == [[f"{field.zh}\n{field.name}" for field in template_fields(kind)]]
    assert [row[1] for row in sheets[GUIDE_SHEET][6:]] == [field.name for field in template_fields(kind)]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_template_asks_for_every_required_field(kind):
    names = {field.name for field in template_fields(kind)}
    assert {field.name for field in kind.fields if field.is_required} <= names


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_examples_of_the_guide_are_accepted_by_the_checker(kind):
    for field in template_fields(kind):
        if field != COMPONENT_CODES:
            check_value(convert_cell(words_of(field).example, field), field)


def test_template_has_the_same_bytes_every_time():
    assert template_of(KINDS[0]) == template_of(KINDS[0])


def test_template_offers_choices_and_keeps_codes_as_text():
    with zipfile.ZipFile(io.BytesIO(template_of(KIND_BY_NAME["battery_produced"]))) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
        styles = archive.read("xl/styles.xml").decode()
    assert '"磷酸铁锂 lfp,磷酸锰铁锂 lmfp,' in sheet
    code_column = 1 + [field.name for field in template_fields(KIND_BY_NAME["battery_produced"])].index("battery_code")
    (style,) = re.findall(rf'<col min="{code_column}" max="{code_column}" [^>]*style="(\d+)"', sheet)
    formats = re.findall(r'<xf numFmtId="(\d+)"', styles.partition("<cellXfs")[2])
    assert f'<numFmt numFmtId="{formats[int(style)]}" formatCode="@"/>' in styles


def test_filled_in_template_is_read_and_its_guide_is_not():
    kind = KIND_BY_NAME["battery_produced"]
    content = template_of(kind)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    cells = "".join(
        f'<c r="{chr(65 + place)}2" t="inlineStr"><is><t>{words_of(field).example}</t></is></c>'
        for place, field in enumerate(template_fields(kind))
    )
    filled = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(filled, "w") as new:
        for name in old.namelist():
            changed = sheet.replace("</sheetData>", f'<row r="2">{cells}</row></sheetData>')
            new.writestr(name, changed if name.endswith("/sheet1.xml") else old.read(name))
    (raw,) = raws(read(filled.getvalue(), "xlsx"))
    assert (raw["kind"], raw["mass_g"], raw["cells"]) == ("battery_produced", 420000, ["001CBC90000000F3C0000001"])


def test_refusals_hold_the_row_the_mark_and_the_reason_in_both_languages():
    content = refusals_of([(report(7, mass_g="x"), [MALFORMED])])
    (headings, row) = sheets_of(content)["移交出库"]
    by_name = dict(zip([heading.partition("\n")[2] for heading in headings], row, strict=True))
    assert (by_name["report_id"], by_name["mass_g"], by_name["original_row"]) == ("a-7", "x", 2)
    assert by_name["refusal_reason_en"] == f"{MALFORMED.message} (field_malformed)"
    assert by_name["refusal_reason_zh"] == MALFORMED.message_zh
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    columns = {heading.partition("\n")[2]: chr(65 + place) for place, heading in enumerate(headings)}
    looks = {name: re.search(rf'r="{columns[name]}2" s="(\d+)"', sheet)[1] for name in ("mass_g", "report_id", "note")}
    assert looks["mass_g"] != looks["report_id"] == looks["note"]


def test_a_missing_field_is_marked_though_its_cell_is_empty():
    missing = RowError("field_missing", "receiver", "", "receiver is missing.", "缺少接收方。")
    raw = {name: value for name, value in report(1).items() if name != "receiver"}
    content = refusals_of([(raw, [missing])])
    assert raws(read(content, "xlsx")) == [raw]
    headings = sheets_of(content)["移交出库"][0]
    assert "接收方\nreceiver" in headings


def test_where_one_of_two_fields_is_missing_both_have_a_column_to_fill():
    missing = RowError("field_missing", "sender / from_owner", "", "missing", "缺少")
    raw = {"kind": "battery_received", "report_id": "r-1", "mass_g": 1}
    headings = [heading.partition("\n")[2] for heading in sheets_of(refusals_of([(raw, [missing])]))["接收入库"][0]]
    assert {"sender", "from_owner"} <= set(headings)
    unmarked = RowError("field_malformed", "mass_g", "x", "wrong", "有误")
    headings = [heading.partition("\n")[2] for heading in sheets_of(refusals_of([(raw, [unmarked])]))["接收入库"][0]]
    assert not {"sender", "from_owner"} & set(headings)


@settings(max_examples=4, phases=[Phase.explicit, Phase.reuse, Phase.generate])  # to shrink takes a child process a try
@given(st.lists(reports_of_any_kind(), min_size=10, max_size=30))
def test_refusals_sent_as_they_are_are_the_same_rows_again(reports):
    back = raws(read(refusals_of([(raw, [MALFORMED]) for raw in reports]), "xlsx"))
    assert in_one_order(back) == in_one_order(reports)


def in_one_order(reports) -> list[str]:
    return sorted(json.dumps(raw, sort_keys=True) for raw in reports)


def test_rows_of_unknown_kind_and_unknown_fields_come_back_to_be_corrected():
    rows = [({"kind": "?", "report_id": "a", "Farbe": "rot"}, [MALFORMED]), (report(2, colour="red"), [MALFORMED])]
    assert raws(read(refusals_of(rows), "xlsx")) == [raw for raw, _ in rows]


def test_rows_that_could_not_be_decoded_stand_on_a_page_that_is_not_read():
    content = refusals_of([(None, [MALFORMED]), (report(3), [MALFORMED])])
    assert sheets_of(content)[UNREADABLE_SHEET][1][0] == 2
    assert raws(read(content, "xlsx")) == [report(3)]


def test_only_undecoded_rows_make_a_workbook_without_reports():
    (fault,) = faults_in(read(refusals_of([(None, [MALFORMED])]), "xlsx"))
    assert "no reports" in fault.message


def test_text_of_reporters_never_becomes_a_formula():
    content = refusals_of([(report(1, note='=HYPERLINK("http://x")'), [MALFORMED])])
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert "<f>" not in archive.read("xl/worksheets/sheet1.xml").decode()
    assert raws(read(content, "xlsx"))[0]["note"] == '=HYPERLINK("http://x")'


def test_value_too_long_for_a_cell_says_so_and_is_refused_again():
    packs = [{"code": "x" * 24, "mass_g": 1}] * (CELL_CHARACTERS_MAX // 30)
    content = refusals_of([({"kind": "vehicle_imported", "report_id": "a", "packs": packs}, [MALFORMED])])
    (raw,) = raws(read(content, "xlsx"))
    assert "too long for a cell" in raw["packs"]
