"""The zoo: hostile files, each refused in words, each beside a file without the fault that is read (the control)."""

import gzip
import io
import json
import struct
import zipfile

import pytest
from intake_files import (
    GOOD_WORKBOOK,
    HEADINGS,
    MAIN,
    REPORT,
    faults_in,
    inline,
    json_line,
    read,
    read_once,
    repack,
    report,
    reports_in,
    sheet_xml,
    with_sheet,
    workbook,
)

from suyuan.intake.chunks import OLE_MAGIC
from suyuan.intake.reader import open_reader
from suyuan.intake.row import ROW_BYTES_MAX

GOOD_JSONL = b"\n".join(json_line(number) for number in (1, 2, 3)) + b"\n"
GOOD_JSON = b"[" + b",\n".join(json_line(number) for number in (1, 2, 3)) + b"]"
GOOD_CSV_LINES = [",".join(HEADINGS), *(",".join(map(str, report(number).values())) for number in (1, 2, 3))]
GOOD_CSV = ("\r\n".join(GOOD_CSV_LINES) + "\r\n").encode()
GOOD = {"jsonl": GOOD_JSONL, "json": GOOD_JSON, "csv": GOOD_CSV, "xlsx": GOOD_WORKBOOK}


def second_line(line: bytes) -> bytes:
    return b"\n".join((json_line(1), line, json_line(3))) + b"\n"


def second_member(member: bytes) -> bytes:
    return b"[" + b",".join((json_line(1), member, json_line(3))) + b"]"


def with_field(text: str) -> bytes:
    return json_line(2)[:-1] + b', "x": ' + text.encode() + b"}"


def csv_lines(*lines: str, end: str = "\n") -> bytes:
    return (GOOD_CSV_LINES[0] + "\n" + "\n".join(lines) + end).encode()


# A row is refused, the rows around it are read: name, form, bytes, code, words.
BAD_ROWS = [
    ("cut-off-line", "jsonl", second_line(json_line(2)[:-5]), "field_malformed", "ends before its JSON is complete"),
    ("cut-off-last-line", "jsonl", GOOD_JSONL + json_line(4)[:40], "field_malformed", "cut off"),
    ("deep-17", "jsonl", second_line(with_field("[" * 16 + "]" * 16)), "field_malformed", "16 levels"),
    ("deep-objects", "jsonl", second_line(with_field('{"a":' * 16 + "1" + "}" * 16)), "field_malformed", "16 levels"),
    ("deep-100000", "jsonl", second_line(b"[" * 100_000), "field_malformed", "16 levels"),
    ("name-twice", "jsonl", second_line(b'{"report_id":"a","report_id":"b"}'), "field_malformed", "stands twice"),
    ("name-twice-inside", "jsonl", second_line(with_field('[{"a":1,"a":2}]')), "field_malformed", "stands twice"),
    ("name-twice-escaped", "jsonl", second_line(b'{"mass_g":1,"mass\\u005fg":2}'), "field_malformed", "stands twice"),
    ("name-twice-spaced", "jsonl", second_line(b'{"mass_g":1,"mass_g" :2}'), "field_malformed", "stands twice"),
    ("name-twice-tabbed", "jsonl", second_line(b'{"mass_g"\t:1,"mass_g"\t:2}'), "field_malformed", "stands twice"),
    ("name-twice-hidden", "jsonl", second_line(b'{"a":1,"a" :"\\":"}'), "field_malformed", "stands twice"),
    ("not-a-number", "jsonl", second_line(with_field("NaN")), "field_malformed", "not valid JSON"),
    ("infinity", "jsonl", second_line(with_field("-Infinity")), "field_malformed", "not valid JSON"),
    ("overflowing-float", "jsonl", second_line(with_field("1e999")), "field_malformed", "too large"),
    ("integer-beyond-2-53", "jsonl", second_line(with_field("9007199254740992")), "field_malformed", "9007199254740991"),
    ("negative-beyond-2-53", "jsonl", second_line(with_field("-9007199254740992")), "field_malformed", "9007199254740991"),
    ("integer-inside-list", "jsonl", second_line(with_field("[99999999999999999999]")), "field_malformed", "beyond"),
    ("integer-5000-digits", "jsonl", second_line(with_field("9" * 5000)), "field_malformed", "too large"),
    ("lone-surrogate", "jsonl", second_line(with_field('"\\ud800"')), "field_malformed", "JSON"),
    ("lone-low-surrogate", "jsonl", second_line(with_field('"\\udc00x"')), "field_malformed", "JSON"),
    ("no-utf-8", "jsonl", second_line(with_field('"X"').replace(b"X", b"\xc4\xfe")), "field_malformed", "UTF-8"),
    ("overlong-utf-8", "jsonl", second_line(with_field('"X"').replace(b"X", b"\xc0\xaf")), "field_malformed", "UTF-8"),
    ("control-character", "jsonl", second_line(with_field('"\x01"')), "field_malformed", "not valid JSON"),
    ("two-objects", "jsonl", second_line(b"{}{}"), "field_malformed", "not valid JSON"),
    ("single-quotes", "jsonl", second_line(b"{'a':1}"), "field_malformed", "not valid JSON"),
    ("a-list", "jsonl", second_line(b"[1,2]"), "field_malformed", "not an object"),
    ("a-number", "jsonl", second_line(b"7"), "field_malformed", "not an object"),
    ("long-row", "jsonl", second_line(json_line(2, note="x" * ROW_BYTES_MAX)), "row_too_long", "1048576"),
    ("101-fields", "jsonl", second_line(json.dumps({str(n): 1 for n in range(101)}).encode()), "too_many_fields", "100"),
    ("long-member", "json", second_member(json_line(2, note="x" * ROW_BYTES_MAX)), "row_too_long", "1048576"),
    ("member-name-twice", "json", second_member(b'{"a":1,"a":2}'), "field_malformed", "stands twice"),
    ("member-no-object", "json", second_member(b"null"), "field_malformed", "not an object"),
    ("member-missing", "json", second_member(b" "), "field_malformed", "complete"),
    ("comma-missing", "json", second_member(b"{}{}"), "field_malformed", "not valid JSON"),
    ("deep-member", "json", second_member(b"[" * 50 + b"]" * 50), "field_malformed", "not an object"),
    ("quote-within-cell", "csv", csv_lines(GOOD_CSV_LINES[1], 'a-2,"x"y', GOOD_CSV_LINES[3]), "field_malformed", "quotation"),
    ("long-line", "csv", csv_lines(GOOD_CSV_LINES[1], "x" * (ROW_BYTES_MAX + 1), GOOD_CSV_LINES[3]), "row_too_long", "1048576"),
    ("150-cells", "csv", csv_lines(GOOD_CSV_LINES[1], ",".join("x" * 150), GOOD_CSV_LINES[3]), "too_many_fields", "100"),
    ("cut-off-row", "csv", csv_lines(*GOOD_CSV_LINES[1:], "a-4,battery_handed", end=""), "field_malformed", "cut off"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("form", "content", "code", "words"), [pytest.param(*case[1:], id=case[0]) for case in BAD_ROWS]
)
def test_hostile_row_is_refused_in_words_and_its_neighbours_are_read(form, content, code, words):
    outcomes = read(content, form)
    (fault,) = faults_in(outcomes)
    assert fault.code == code
    assert words in fault.message
    assert not fault.message_zh.isascii()
    assert [one["report_id"] for one in reports_in(outcomes)] in (["a-1", "a-3"], ["a-1", "a-2", "a-3"])


def test_hostile_rows_have_distinct_names():
    assert len({case[0] for case in BAD_ROWS}) == len(BAD_ROWS)


def lying_about_sizes() -> bytes:
    """An entry that unpacks to more than its table of contents says."""
    stream = io.BytesIO(GOOD_WORKBOOK)
    with zipfile.ZipFile(stream) as archive:
        size = archive.getinfo("xl/worksheets/sheet1.xml").file_size
    return GOOD_WORKBOOK.replace(struct.pack("<I", size), struct.pack("<I", 10))


def encrypted_entries() -> bytes:
    content = bytearray(GOOD_WORKBOOK)
    for magic, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = content.find(magic)
        while place >= 0:
            content[place + offset] |= 1
            place = content.find(magic, place + 1)
    return bytes(content)


def same_name_twice() -> bytes:
    return repack({"xl/worksheets/SHEET1.xml": sheet_xml()})


def zip_of(entries: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, entry in entries.items():
            archive.writestr(name, entry)
    return stream.getvalue()


def shared_text_bomb() -> bytes:
    """One text of 30,000 characters that 60,000 cells refer to: 600 kB that want 1.8 GB."""
    rows = "".join(f'<row r="{row}"><c r="A{row}" t="s"><v>0</v></c></row>' for row in range(3, 60_003))
    shared = (
        f'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>{"x" * 30_000}</t></si></sst>'
    )
    relation = (
        '<Relationship Id="rId9" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"'
        ' Target="sharedStrings.xml"/></Relationships>'
    )
    with zipfile.ZipFile(io.BytesIO(GOOD_WORKBOOK)) as archive:
        relations = archive.read("xl/_rels/workbook.xml.rels").decode().replace("</Relationships>", relation)
    return repack(
        {
            "xl/sharedStrings.xml": shared,
            "xl/_rels/workbook.xml.rels": relations,
            "xl/worksheets/sheet1.xml": sheet_xml(rows),
        }
    )


STRAY = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
ODD_STRAY = "<row r='1048576'><c\n s = '1'\tr = 'XFD1048576' ><v>1</v></c></row>"
PREFIXED_STRAY = f'<y:row xmlns:y="{MAIN}" r="9"><y:c r="XFD1048576"><y:v>1</y:v></y:c></y:row>'
LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
    + "]>"
)
MANY_ERRORS = "".join(f'<row r="{row}"><c r="A{row}" t="e"><v>#REF!</v></c></row>' for row in range(3, 10_005))

# Nothing (or nothing more) can be read: name, form, bytes, words.
BAD_FILES = [
    ("empty", "jsonl", b"", "no reports"),
    ("only-blank-lines", "jsonl", b"\n \r\n\n", "no reports"),
    ("only-bom", "jsonl", b"\xef\xbb\xbf", "no reports"),
    ("zero-bytes", "jsonl", json_line(1) + b"\n\0\0\0\n", "byte 203 is zero"),
    ("zero-bytes-at-once", "jsonl", bytes(range(256)) * 20, "not text"),
    ("utf-16", "jsonl", GOOD_JSONL.decode().encode("utf-16"), "UTF-16"),
    ("gzip", "jsonl", gzip.compress(GOOD_JSONL), "gzip"),
    ("zip", "jsonl", GOOD_WORKBOOK, "workbook"),
    ("ole", "jsonl", OLE_MAGIC + b"\0" * 5000, "password"),
    ("empty", "json", b"", "no reports"),
    ("empty-list", "json", b" [ ] ", "no reports"),
    ("an-object", "json", json_line(1), "not a list"),
    ("lines", "json", GOOD_JSONL, "not a list"),
    ("a-word", "json", b"reports", "not a list"),
    ("half-a-bom", "json", b"\xef\xbb", "not a list"),
    ("cut-off", "json", GOOD_JSON[:-30], "not closed"),
    ("never-closed", "json", GOOD_JSON[:-1], "not closed"),
    ("closed-by-a-brace", "json", GOOD_JSON[:-1] + b"}", "not closed"),
    ("open-text", "json", GOOD_JSON.replace(b'"a-2"', b'"a-2'), "not closed"),
    ("more-after-the-list", "json", GOOD_JSON + b" {}", "more text"),
    ("two-lists", "json", GOOD_JSON * 2, "more text"),
    ("100000-brackets", "json", b"[" * 100_000, "brackets"),
    ("megabytes-of-empty-lists", "json", b'[{"x":[' + b"[[]]," * 400_000 + b"1]}]", "brackets"),
    ("zero-bytes", "json", b"[\0]", "byte 2 is zero"),
    ("utf-16", "json", GOOD_JSON.decode().encode("utf-16-be"), "zero"),
    ("empty", "csv", b"", "no reports"),
    ("only-heading", "csv", GOOD_CSV_LINES[0].encode(), "no reports"),
    ("only-kinds", "csv", csv_lines(",battery_handed_over,,,,,", " , , , , , , "), "no reports"),
    ("no-heading", "csv", "\n".join(GOOD_CSV_LINES[1:]).encode(), "no known column"),
    ("no-kind", "csv", b"report_id,battery_code\na-1,x\n", 'column "kind"'),
    ("heading-twice", "csv", b"kind,report_id,report_id\nbattery_sold,a,b\n", "more than one column"),
    ("open-quote", "csv", csv_lines(GOOD_CSV_LINES[1], 'a-2,"x', GOOD_CSV_LINES[3]), "never closed"),
    ("open-quote-in-heading", "csv", b'kind,"report_id\nbattery_sold,a\n', "never closed"),
    ("stray-return-in-heading", "csv", b"kind,report\rid\nbattery_sold,a\n", "headings cannot be read"),
    ("heading-of-megabytes", "csv", b"kind," + b"x" * (2 << 20) + b"\n", "no heading"),
    ("quoted-megabytes", "csv", csv_lines(GOOD_CSV_LINES[1], 'a-2,"' + "x\n" * ROW_BYTES_MAX + '"'), "never closed"),
    ("neither-encoding", "csv", csv_lines("a-1,\xff") + b"\xff\xff\x80", "neither UTF-8"),
    ("latin-1", "csv", csv_lines("a-1") + "a-2,é,ü".encode("latin-1"), "neither UTF-8"),
    ("bom-and-gb18030", "csv", b"\xef\xbb\xbf" + GOOD_CSV.decode().encode("gb18030"), "neither UTF-8"),
    ("mixed-encodings", "csv", GOOD_CSV + "中".encode("gb18030") + b"\xff\n", "neither UTF-8"),
    ("utf-16", "csv", GOOD_CSV.decode().encode("utf-16"), "UTF-16"),
    ("zero-bytes", "csv", GOOD_CSV + b"\0", "is zero"),
    ("workbook", "csv", GOOD_WORKBOOK, ".xlsx"),
    ("empty", "xlsx", b"", "empty"),
    ("csv-renamed", "xlsx", GOOD_CSV, "not an .xlsx"),
    ("cut-off", "xlsx", GOOD_WORKBOOK[:-400], "damaged or cut off"),
    ("bytes-turned", "xlsx", GOOD_WORKBOOK.replace(b"PK\x03\x04", b"PK\x03\x05"), "damaged or cut off"),
    ("password", "xlsx", OLE_MAGIC + b"\0" * 5000, "password"),
    ("encrypted-entries", "xlsx", encrypted_entries(), "encrypted"),
    ("another-archive", "xlsx", zip_of({"reports.jsonl": GOOD_JSONL}), "not an .xlsx"),
    ("binary-workbook", "xlsx", zip_of({"xl/workbook.bin": b"x"}), "not an .xlsx"),
    ("1001-entries", "xlsx", repack({f"xl/media/{n}.png": b"x" for n in range(1000)}), "parts"),
    ("name-twice", "xlsx", same_name_twice(), "same name"),
    ("zip-bomb", "xlsx", repack({"xl/media/bomb.png": b"\0" * (40 << 20)}), "unpacks to more"),
    ("sheet-bomb", "xlsx", with_sheet(sheet_xml("<row/>" * (8 << 20))), "unpacks to more"),
    ("lies-about-size", "xlsx", lying_about_sizes(), "damaged"),
    ("cell-at-the-end", "xlsx", with_sheet(sheet_xml(STRAY)), "XFD1048576"),
    ("odd-cell-at-the-end", "xlsx", with_sheet(sheet_xml(ODD_STRAY)), "XFD1048576"),
    ("prefixed-cell-at-the-end", "xlsx", with_sheet(sheet_xml(PREFIXED_STRAY)), "XFD1048576"),
    ("cell-in-last-row", "xlsx", with_sheet(sheet_xml(f'<row r="1048576">{inline("A1048576", "x")}</row>')), "G1048576"),
    ("cell-in-last-column", "xlsx", with_sheet(sheet_xml(f'<row r="3">{inline("XFD3", "x")}</row>')), "XFD3"),
    ("cut-off-xml", "xlsx", with_sheet(sheet_xml()[:-60]), "damaged"),
    ("entities", "xlsx", with_sheet(sheet_xml(f'<row r="3">{inline("A3", "&j;")}</row>', head=LAUGHS)), "damaged"),
    ("unknown-error-value", "xlsx", with_sheet(sheet_xml('<row r="3"><c r="A3" t="e"><v>#X</v></c></row>')), "damaged"),
    ("errors-everywhere", "xlsx", with_sheet(sheet_xml(MANY_ERRORS)), "10000 cells"),
    ("shared-text-bomb", "xlsx", shared_text_bomb(), "memory"),
    ("no-sheet-entry", "xlsx", repack({"xl/worksheets/sheet1.xml": None}), "damaged"),
    ("only-heading", "xlsx", workbook({"移交出库": [HEADINGS]}), "no reports"),
    ("no-cells", "xlsx", workbook({"移交出库": []}), "no reports"),
    ("no-kind", "xlsx", workbook({"Sheet1": [["report_id"], ["a"]]}), "after the kind"),
    ("no-known-heading", "xlsx", workbook({"移交出库": [["x", "y"], [1, 2]]}), "no known column"),
    ("reports-on-a-foreign-sheet", "xlsx", workbook({"移交出库": [HEADINGS], "more": [["report_id"], ["a"]]}), "more"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("form", "content", "words"), [pytest.param(*case[1:], id=f"{case[1]}-{case[0]}") for case in BAD_FILES]
)
def test_hostile_file_ends_in_one_sentence_in_both_languages(form, content, words):
    *before, error = read(content, form)
    assert words in error.message
    assert not error.message_zh.isascii()
    assert faults_in(before) == []
    assert error.message.endswith(".")
    assert len(error.message) < 500


@pytest.mark.parametrize("form", GOOD)
def test_the_same_files_without_a_fault_are_read(form):
    outcomes = read_once(GOOD[form], form)
    assert faults_in(outcomes) == []
    assert reports_in(outcomes)[:2] == [report(1), report(2)]


GOOD_TWINS = [
    ("deep-16", "jsonl", second_line(with_field("[" * 15 + "]" * 15))),
    ("integer-at-2-53", "jsonl", second_line(with_field("9007199254740991"))),
    ("colons-in-text", "jsonl", second_line(with_field('"a\\":b : c"'))),
    ("a-row-at-the-limit", "jsonl", second_line(json_line(2, note="x" * (ROW_BYTES_MAX - len(json_line(2, note="")))))),
    ("100-fields", "jsonl", second_line(json.dumps({str(n): 1 for n in range(100)}).encode())),
    ("surrogate-pair", "jsonl", second_line(with_field('"\\ud83d\\ude97"'))),
    ("brackets-in-text", "json", second_member(json_line(2, note='}]"[{\\'))),
    ("quoted-line-breaks", "csv", csv_lines(GOOD_CSV_LINES[1], '"a-2","battery_handed_over","2026-05-03","x","y","1","a\nb ""c"", d"')),
    ("bare-quotation-mark", "csv", csv_lines('a-1,battery_handed_over,2026-05-03,x,y,1,5" pipe')),
    ("last-line-unended", "csv", csv_lines(*GOOD_CSV_LINES[1:], end="")),
    ("styled-empty-cell-at-the-end", "xlsx", with_sheet(sheet_xml('<row r="1048576"><c r="XFD1048576" s="0"/></row>'))),
    ("wrong-dimension", "xlsx", with_sheet(sheet_xml().replace("<sheetData>", '<dimension ref="A1:XFD1048576"/><sheetData>'))),
    ("known-error-value", "xlsx", with_sheet(sheet_xml('<row r="3"><c r="B3" t="e"><v>#REF!</v></c></row>'))),
    ("1000-entries", "xlsx", repack({f"xl/media/{n}.png": b"x" for n in range(900)})),
    ("picture-of-15-mb", "xlsx", repack({"xl/media/picture.png": b"\0" * (15 << 20)})),
    ("notes-on-a-foreign-sheet", "xlsx", workbook({"移交出库": [HEADINGS, list(REPORT.values())], "备忘": [["call", "them"]]})),
]  # fmt: skip


@pytest.mark.parametrize(("form", "content"), [pytest.param(*case[1:], id=case[0]) for case in GOOD_TWINS])
def test_file_just_within_the_limits_is_read(form, content):
    outcomes = read(content, form)
    assert faults_in(outcomes) == []
    assert reports_in(outcomes)


@pytest.mark.parametrize("form", ["json", "xlsx"])
def test_file_over_64_mb_is_refused_before_a_row_is_read(form):
    def source():
        yield b'[{"report_id":"a-1"}'
        for _ in range(65):
            yield b" " * (1 << 20)
        yield b"]"

    (error,) = open_reader(source, form=form)
    assert "64 MB" in error.message


def test_zoo_is_large():
    assert len(BAD_ROWS) + len(BAD_FILES) > 100
