"""Evidence bundles on the command line: written from a case, verified without a database, told in words."""

from case_desk import AUTHORITIES_CSV, HANDLER, LIFE, VIN, write_officers_csv
from story import USCC_OF, fill_report

from suyuan.bundle.archive import pack_members, unpack_members


def open_case(peopled):
    """Open a case about a vehicle that came without its pack, and return its number."""
    for topic, text in (("authorities", AUTHORITIES_CSV), ("officers", write_officers_csv())):
        assert peopled("register", "import", topic, peopled.write(text, name=f"{topic}.csv")).code == 0
    for number, report in enumerate(LIFE):
        filled = fill_report(report, number=number)
        file = peopled.write_reports({name: value for name, value in filled.items() if name != "by"})
        assert peopled("submit", file, "--as", USCC_OF[report["by"]], "--wait", "judged").code == 0
    answer = peopled("cases", "open", "--officer", HANDLER, "--subject", VIN, "--json")
    assert answer.code == 0, answer
    return answer.json["case_no"]


def test_the_bundle_of_a_case_is_written_and_verified_without_a_database(peopled, monkeypatch):
    case_no = open_case(peopled)
    file = peopled.folder / "case.zip"
    written = peopled("cases", "bundle", case_no, "-o", file, "--json")
    assert (written.code, written.json["not_reproduced"]) == (0, [])
    monkeypatch.setenv("SUYUAN_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nothing")
    verified = peopled("cases", "verify", file, "--json")
    assert (verified.code, verified.json["outcome"], verified.json["differences"]) == (0, "identical", [])
    assert (verified.json["case_no"], verified.json["sha256"]) == (case_no, written.json["sha256"])
    assert peopled("cases", "verify", file).out.startswith("Identical: computing 1 subjects again from 3 reports")


def test_a_changed_bundle_is_told_with_file_and_field_in_both_languages(peopled, monkeypatch):
    file = peopled.folder / "case.zip"
    peopled("cases", "bundle", open_case(peopled), "-o", file)
    members = unpack_members(file.read_bytes())
    file.write_bytes(pack_members({**members, "index.html": members["index.html"] + b" "}))
    said = peopled("cases", "verify", file)
    assert said.code == 1
    assert "index.html, sha256 of manifest.json:" in said.out
    monkeypatch.setenv("SUYUAN_LANGUAGE", "zh")
    assert "不一致：发现 1 处不同。" in peopled("cases", "verify", file).out


def test_what_is_no_bundle_and_what_is_not_there_are_told_apart(anywhere):
    other = anywhere("cases", "verify", anywhere.write("nothing", name="other.zip"))
    missing = anywhere("cases", "verify", anywhere.folder / "missing.zip")
    assert (other.code, missing.code) == (2, 3)
    assert "no evidence bundle" in other.err
    assert "missing.zip" in missing.err
