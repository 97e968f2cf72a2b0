"""Documents from the command line."""

from story import USCC_OF, expand


def test_a_voucher_is_written_and_described(peopled):
    report = {"kind": "battery_handed_over", "report_id": "ho-1", "occurred_at": "2026-05-20", "battery_code": expand("{pack:1}"),
              "receiver": USCC_OF["UE1"], "mass_g": 420_000}  # fmt: skip
    peopled("submit", peopled.write_reports(report), "--as", USCC_OF["VD1"])
    target = peopled.folder / "voucher.pdf"
    answer = peopled("documents", "voucher", "ho-1", "--as", USCC_OF["VD1"], "-o", target, "--json")
    assert answer.code == 0
    assert answer.json["kind"] == "handover_voucher"
    assert answer.json["number"] is None
    assert target.read_bytes().startswith(b"%PDF")


def test_what_cannot_be_printed_is_told_in_words(peopled):
    answer = peopled("documents", "voucher", "nothing", "--as", USCC_OF["VD1"], "-o", peopled.folder / "v.pdf")
    assert answer.code == 3
    assert "has no report nothing" in answer.err
    assert not (peopled.folder / "v.pdf").exists()
    answer = peopled("documents", "voucher", "x", "--as", USCC_OF["VD1"], "-o", peopled.folder / "v.txt")
    assert ".pdf or .docx" in answer.err


def test_the_notice_needs_a_vehicle_and_an_authority(peopled):
    answer = peopled(
        "documents", "incomplete-vehicle", expand("{vin:1}"), "--authority", "A", "-o", peopled.folder / "n.pdf"
    )
    assert answer.code == 3
    assert "no such authority" in answer.err


def test_nothing_was_issued_for_an_unknown_vehicle(peopled):
    assert peopled("documents", "list", expand("{vin:1}"), "--json").json == {"documents": []}


def test_forms_are_copied_out(anywhere, tmp_path):
    answer = anywhere("documents", "forms", tmp_path / "forms")
    assert answer.code == 0
    assert "SUYUAN_FORMS" in answer.out
    assert (tmp_path / "forms" / "letter.docx").exists()
