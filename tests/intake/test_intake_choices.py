"""Choices: people read and choose Chinese names, reports carry the codes."""

import io
from dataclasses import replace

import pytest
from intake_files import raws, read, workbook
from python_calamine import CalamineWorkbook

from suyuan.core.catalogue import KIND_BY_NAME, KINDS, MATERIAL
from suyuan.core.field import FieldType
from suyuan.core.refusal import refuse_malformed
from suyuan.core.schema import field_schema
from suyuan.core.value import CHOICES_CHARACTERS_MAX, ValueProblemError, check_value
from suyuan.intake.cells import convert_cell
from suyuan.intake.refusals import RefusedRow, write_refusals
from suyuan.intake.sheet_guide import DROP_DOWN_CHARACTERS_MAX, offered_cells

CHOICES = tuple(dict.fromkeys(field for kind in KINDS for field in kind.fields if field.type is FieldType.CHOICE))
(REASON,) = (field for field in KIND_BY_NAME["battery_removed"].fields if field.name == "reason")
HEADINGS = ["report_id", "原因\nreason"]


def refusal_of(value: object, field=REASON):
    with pytest.raises(ValueProblemError) as problem:
        check_value(value, field)
    return problem.value.errors[0]


@pytest.mark.parametrize("field", CHOICES, ids=lambda field: field.name)
def test_every_choice_has_one_chinese_name_of_its_own(field):
    assert len(set(field.choice_names_zh)) == len(field.choice_names_zh) == len(field.choices) > 1
    assert not any(name.isascii() for name in field.choice_names_zh)


@pytest.mark.parametrize("field", CHOICES, ids=lambda field: field.name)
def test_every_way_to_write_a_choice_is_read_as_its_code(field):
    ways = (field.choices, field.choice_names_zh, field.label_choices(), offered_cells(field).values())
    assert [tuple(convert_cell(cell, field) for cell in way) for way in ways] == [field.choices] * 4
    assert len(",".join(offered_cells(field).values())) <= DROP_DOWN_CHARACTERS_MAX


@pytest.mark.parametrize("cell", ["报废\u3000scrapping", "报废scrapping", "Ｓcrapping", "SCRAPPING", "'报废"])
def test_width_case_and_blanks_of_a_choice_do_not_matter(cell):
    assert convert_cell(cell, REASON) == "scrapping"


@pytest.mark.parametrize("cell", ["报废了", "报", "报废 retirement", "报废 退役", "被盗"])
def test_what_is_no_choice_of_the_field_stays_text_and_is_refused(cell):
    assert convert_cell(cell, REASON) == cell
    assert refusal_of(cell).code == "field_malformed"


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_table_of_chinese_choices_is_the_report_of_codes(form):
    rows = [HEADINGS, ["a", "报废"], ["b", "退役 retirement"], ["c", "rework"], ["d", "丢了"]]
    text = "\n".join(f'{one},"{reason}"' for one, reason in rows).encode()
    content = text if form == "csv" else workbook({"电池拆卸": rows})
    reasons = [raw["reason"] for raw in raws(read(content, form, file_name=f"电池拆卸.{form}"))]
    assert reasons == ["scrapping", "retirement", "rework", "丢了"]


def test_materials_may_be_named_in_chinese():
    outputs = next(field for field in KIND_BY_NAME["material_recovered"].fields if field.name == "outputs")
    assert convert_cell("黑粉：120；铜 copper:3; 泥:1", outputs) == [
        {"material": "black_mass", "mass_g": 120},
        {"material": "copper", "mass_g": 3},
        {"material": "泥", "mass_g": 1},
    ]


def test_refusals_show_names_and_read_back_as_codes():
    raw = {"kind": "battery_removed", "report_id": "a", "reason": "scrapping", "note": "scrapping"}
    stream = io.BytesIO()
    error = refuse_malformed("vin", value="x", wanted="a VIN", wanted_zh="车辆识别代号")
    write_refusals([RefusedRow(2, raw, [error])], target=stream)
    headings, row, *_ = CalamineWorkbook.from_filelike(io.BytesIO(stream.getvalue())).get_sheet_by_index(0).to_python()
    by_name = dict(zip([heading.partition("\n")[2] for heading in headings], row, strict=True))
    assert (by_name["reason"], by_name["note"]) == ("报废 scrapping", "scrapping")
    assert raws(read(stream.getvalue(), "xlsx")) == [raw]


def test_refusal_of_a_wrong_choice_lists_names_and_codes():
    assert "以下之一：报废 scrapping、退役 retirement、" in refusal_of("丢了").message_zh
    assert "one of scrapping, retirement, " in refusal_of("丢了").message


def test_json_takes_codes_only_and_says_which():
    assert raws(read('{"kind":"battery_removed","reason":"报废"}'.encode(), "jsonl"))[0]["reason"] == "报废"
    assert "代码 scrapping" in refusal_of("报废").message_zh
    assert check_value("scrapping", REASON) == "scrapping"


def test_refusal_lists_no_more_choices_than_a_sentence_bears():
    many = tuple(f"choice_{number}" for number in range(1000))
    error = refusal_of("x", replace(MATERIAL, choices=many, choice_names_zh=tuple(f"选项{name}" for name in many)))
    for message in (error.message, error.message_zh):
        assert len(message) < CHOICES_CHARACTERS_MAX + 120
        assert "1000" in message
    assert "in all" not in refusal_of("x").message


def test_schema_describes_the_codes_it_allows():
    assert field_schema(REASON)["enum"] == list(REASON.choices)
    assert field_schema(REASON)["description"].startswith("报废 scrapping、退役 retirement")
