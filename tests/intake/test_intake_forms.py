"""The four forms carry the same report; where chunks end never matters; rows know their place."""

import json
from datetime import date, datetime

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from intake_files import (
    GOOD_WORKBOOK,
    HEADINGS,
    REPORT,
    faults_in,
    json_line,
    raws,
    read,
    report,
    reports_in,
    sheet_xml,
    with_sheet,
    workbook,
)
from intake_reports import cells_of, reports_of_any_kind

from suyuan.core.catalogue import KIND_BY_NAME, KINDS
from suyuan.intake.headings import fields_of, heading_of
from suyuan.intake.reader import DecodedRow, FileError, detect_form, open_reader

LINES = b"\r\n".join([json_line(1), b"", b"  \t", b"[]", json_line(2, note='a"b\\ : {[,')]) + b"\n{"
LIST = b"\xef\xbb\xbf [" + b" ,\n".join([json_line(1), b"7", json_line(2, note='\\"]}\\\\')]) + b"]\n"
TABLE = (
    "\ufeff"
    + ",".join(HEADINGS)
    + '\r\n"a-1",battery_handed_over,2026-05-03,x,y,1,"a\r\n""宁""\n"\r\n\r\na-2,,,,,,z\r\n'
)


@pytest.mark.parametrize(
    ("form", "content"),
    [("jsonl", LINES), ("json", LIST), ("csv", TABLE.encode()), ("csv", TABLE[1:].encode("gb18030"))],
)
def test_where_chunks_end_never_changes_the_rows(form, content):
    whole = read(content, form)
    assert len(reports_in(whole)) == 2
    for chunk_bytes in (1, 2, 3, 5, 7, 64):
        assert read(content, form, chunk_bytes=chunk_bytes) == whole


@given(
    st.binary(max_size=60),
    st.lists(st.sampled_from([b'"', b"\\", b"[", b"]", b"{", b"}", b",", b":", b"\n", b"1", b" ", b"\xe5"])),
)
def test_no_bytes_whatever_bring_a_reader_down(noise, marks):
    content = b"".join(marks) + noise
    for form in ("jsonl", "json", "csv"):
        whole = read(content, form)
        assert whole, "an outcome for every file"
        assert read(content, form, chunk_bytes=1) == whole


def test_row_of_jsonl_is_the_line_and_blank_lines_count():
    rows = read(json_line(1) + b"\n\n \n" + json_line(2), "jsonl")
    assert [(row.row, row.where, row.where_zh) for row in rows] == [(1, "row 1", "第1行"), (4, "row 4", "第4行")]


def test_row_of_json_is_the_place_in_the_list():
    assert [row.row for row in read(LIST, "json")] == [1, 2, 3]


def test_row_of_csv_is_the_sheet_row_with_the_heading_as_row_1():
    assert [row.row for row in read(TABLE.encode(), "csv")] == [2, 4]


def test_row_of_a_workbook_with_one_sheet_is_the_sheet_row():
    content = workbook(
        {"移交出库": [HEADINGS, list(report(1).values()), [], list(report(2).values())], "填写说明 guide": [["x"]]}
    )
    assert [(row.row, row.where) for row in read(content, "xlsx")] == [(2, "row 2"), (4, "row 4")]


def test_rows_of_several_sheets_have_numbers_of_their_own_and_name_their_sheet():
    table = [HEADINGS, list(report(1).values())]
    rows = read(workbook({"移交出库": table, "battery_received": table, "notes": [["call them"]]}), "xlsx")
    assert [(row.row, row.where, row.raw["kind"]) for row in rows] == [
        (2, 'sheet "移交出库" row 2', "battery_handed_over"),
        (4, 'sheet "battery_received" row 2', "battery_handed_over"),
    ]
    assert rows[0].where_zh == "工作表“移交出库”第2行"


def test_the_size_of_a_row_is_told():
    assert [row.text_bytes for row in read(json_line(1), "jsonl")] == [len(json_line(1))]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_csv_of_spreadsheets_is_understood_without_being_told(encoding, separator, end):
    text = separator.join(HEADINGS) + end + separator.join(map(str, REPORT.values())) + end
    assert raws(read(text.encode(encoding), "csv")) == [REPORT]


def test_the_encoding_is_decided_by_the_whole_file():
    ascii_rows = "\n".join(f"a-{number},battery_sold" for number in range(20_000))
    (*_, last) = read(f"report_id,kind,note\n{ascii_rows}\nlast,battery_sold,宁德\n".encode("gb18030"), "csv")
    assert last.raw["note"] == "宁德"


@pytest.mark.parametrize(
    "heading",
    [
        "battery_code",
        "Battery_Code",
        " ｂattery_code* ",
        "电池编码或批次号",
        "电池编码或批次号 battery_code",
        "电池编码或批次号\nbattery_code",
        "battery code or lot code",
    ],
)
def test_heading_is_an_english_name_or_a_title_or_both(heading):
    content = f'kind,"{heading}"\nbattery_handed_over,x\n'.encode()
    assert raws(read(content, "csv")) == [{"kind": "battery_handed_over", "battery_code": "x"}]


def test_one_heading_means_in_each_row_the_field_of_its_kind():
    content = "种类,报告种类,电池编码\n,vehicle_produced,a b\n,电池销售,a\n,battery sold,b\n,?,c\n".encode()
    assert raws(read(content, "csv")) == [
        {"kind": "vehicle_produced", "battery_codes": ["a", "b"]},
        {"kind": "battery_sold", "battery_code": "a"},
        {"kind": "battery_sold", "battery_code": "b"},
        {"kind": "?", "电池编码": "c"},
    ]


def test_unknown_column_reaches_the_checker_only_where_it_is_filled_in():
    content = b"kind,report_id,colour,\nbattery_sold,a,,\nbattery_sold,b,red,\nbattery_sold,c,,x\n"
    assert raws(read(content, "csv")) == [
        {"kind": "battery_sold", "report_id": "a"},
        {"kind": "battery_sold", "report_id": "b", "colour": "red"},
        {"kind": "battery_sold", "report_id": "c", "column_4": "x"},
    ]


@pytest.mark.parametrize(
    "file_name", ["电池销售.csv", "C:\\reports\\电池销售-2026.csv", "battery_sold_5.csv", "/a/Battery sold 2.csv"]
)
def test_the_name_of_a_csv_file_may_say_the_kind(file_name):
    (row,) = read(b"report_id\na\n", "csv", file_name=file_name)
    assert row.raw == {"kind": "battery_sold", "report_id": "a"}


@pytest.mark.parametrize("file_name", ["电池销售退回.csv", "my battery_sold.csv", "", "换电池.csv"])
def test_the_name_of_a_file_that_says_no_kind_is_not_stretched(file_name):
    (error,) = read(b"report_id\na\n", "csv", file_name=file_name)
    assert isinstance(error, FileError)


def test_the_column_kind_wins_over_the_title_of_the_sheet():
    rows = read(workbook({"电池销售": [["report_id", "报告种类"], ["a", ""], ["b", "电池灭失"]]}), "xlsx")
    assert [row.raw["kind"] for row in rows] == ["battery_sold", "battery_lost"]


def test_cells_of_a_workbook_become_what_the_catalogue_says():
    content = workbook(
        {
            "battery_received": [
                ["report_id", "occurred_at", "battery_code", "mass_g", "from_owner", "place", "sender"],
                [1001.0, date(2026, 5, 3), "'001PBA1", 420000.0, True, 350100.0, "\u3000 91350100M000100Y43\xa0"],
                ["b", datetime(2026, 5, 3, 8, 30, 15), 1.2345678901234567e23, 1.5, "否", "３５０１００", ""],  # noqa: DTZ001
            ]
        }
    )
    assert raws(read(content, "xlsx")) == [
        {"kind": "battery_received", "report_id": "1001", "occurred_at": "2026-05-03", "battery_code": "001PBA1",
         "mass_g": 420000, "from_owner": True, "place": "350100", "sender": "91350100M000100Y43"},
        {"kind": "battery_received", "report_id": "b", "occurred_at": "2026-05-03T08:30:15+08:00",
         "battery_code": "1.234567890123457e+23", "mass_g": "1.5", "from_owner": False, "place": "３５０１００"},
    ]  # fmt: skip


def test_cells_with_errors_are_not_taken_for_empty_ones():
    content = with_sheet(sheet_xml('<row r="3"><c r="A3" t="e"><v>#REF!</v></c></row>'))
    assert raws(read(content, "xlsx"))[1] == {"kind": "battery_handed_over", "report_id": "#REF!"}


@pytest.mark.parametrize(
    ("file_name", "first_bytes", "form"),
    [
        ("a.jsonl", b"", "jsonl"),
        ("a.ndjson", b"", "jsonl"),
        ("A.JSON", b"", "json"),
        ("a.b.csv", b"", "csv"),
        ("a.xls", b"", "xlsx"),
        ("upload", GOOD_WORKBOOK[:64], "xlsx"),
        ("upload", b"\xef\xbb\xbf \n[", "json"),
        ("upload", b'{"a":1}', "jsonl"),
        ("", b"kind,report_id", "csv"),
    ],
)
def test_form_is_told_by_the_name_or_by_the_beginning(file_name, first_bytes, form):
    assert detect_form(file_name, first_bytes=first_bytes) == form


def test_unknown_form_is_named():
    with pytest.raises(ValueError, match="parquet"):
        open_reader(lambda: [b""], form="parquet")


# Round trips: any report of any kind, written as each form can carry it, reads back as the same values.


@settings(max_examples=40)
@given(st.lists(reports_of_any_kind(), min_size=1, max_size=4))
def test_reports_come_back_from_json_as_they_were(reports):
    lines = "\n".join(json.dumps(raw, ensure_ascii=False) for raw in reports).encode()
    assert raws(read(lines, "jsonl", chunk_bytes=50)) == reports
    assert raws(read(json.dumps(reports).encode(), "json", chunk_bytes=50)) == reports


def quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"'


@settings(max_examples=60)
@given(reports_of_any_kind(), st.booleans())
def test_reports_come_back_from_csv_as_they_were(raw, has_titles):
    fields = {field.name: field for field in fields_of(KIND_BY_NAME[raw["kind"]])}
    cells = cells_of(raw, fields)
    headings = [heading_of(fields[name]) if has_titles else name for name in cells]
    text = ",".join(map(quoted, headings)) + "\n" + ",".join(map(quoted, cells.values())) + "\n"
    for encoding in ("utf-8", "gb18030"):
        content = text.encode(encoding)
        (back,) = raws(read(content, "csv"))
        if encoding == "utf-8" or content.isascii() or not is_utf8(content):
            assert back == raw


def is_utf8(content: bytes) -> bool:
    """Tell whether GB18030 bytes happen to be UTF-8 as well; then no rule without guessing can tell them apart."""
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True


@settings(max_examples=5, phases=[Phase.explicit, Phase.reuse, Phase.generate])  # to shrink takes a child process a try
@given(st.lists(reports_of_any_kind(), min_size=20, max_size=40))
def test_reports_come_back_from_a_workbook_as_they_were(reports):
    sheets: dict[str, list[list]] = {}
    by_kind = sorted(reports, key=lambda raw: KINDS.index(KIND_BY_NAME[raw["kind"]]))
    for raw in by_kind:
        kind = KIND_BY_NAME[raw["kind"]]
        fields = {field.name: field for field in fields_of(kind) if field.name != "kind"}
        cells = cells_of(raw, {**fields, "kind": fields["report_id"]})
        table = sheets.setdefault(kind.zh, [[heading_of(field) for field in fields.values()]])
        table.append([cells.get(name, "") for name in fields])
    for back, raw in zip(raws(read(workbook(sheets), "xlsx")), by_kind, strict=True):
        assert back == raw


def test_every_decoded_row_of_the_good_files_has_a_kind():
    rows = [row for row in read(GOOD_WORKBOOK, "xlsx") if isinstance(row, DecodedRow)]
    assert faults_in(rows) == []
    assert {row.raw["kind"] for row in rows} == {"battery_handed_over"}
