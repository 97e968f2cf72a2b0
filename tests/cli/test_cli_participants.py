"""Registering participants from a file, and the tokens they sign in with."""

import pytest
from command_line import HEADING
from story import USCC_OF

from suyuan.app.context import Context, system_clock
from suyuan.app.judge import count_pending
from suyuan.app.register import find_token_owner
from suyuan.store.database import connect
from suyuan.store.registry import read_acts, read_version

BP1, SE1 = USCC_OF["BP1"], USCC_OF["SE1"]
ROW = f"{BP1},福州电池,battery_producer,350100,001 00A,2015-01-01,"


@pytest.fixture
def context(database_url):
    with connect(database_url, autocommit=True) as connection:
        yield Context(connection, system_clock)


def write(suyuan, *rows, heading=HEADING, encoding="utf-8"):
    return suyuan.write("\r\n".join([heading, *rows]).encode(encoding), name="participants.csv")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_file_is_read_as_chinese_spreadsheets_save_it(suyuan, context, encoding):
    assert suyuan("participants", "import", write(suyuan, ROW, encoding=encoding)).code == 0
    entry = context.read_registry().find(BP1, on=system_clock().date())
    assert (entry.name, entry.manufacturer_codes) == ("福州电池", frozenset({"001", "00A"}))


def test_the_same_file_again_changes_nothing_and_is_no_act(suyuan, context):
    file = write(suyuan, ROW)
    suyuan("participants", "import", file)
    version = read_version(context.connection)
    again = suyuan("participants", "import", file, "--json").json
    assert (again["added"], again["changed"], again["unchanged"]) == (0, 0, 1)
    assert len(read_acts(context.connection)) == 1
    assert read_version(context.connection) == version


def test_the_act_keeps_the_bytes_of_the_file(suyuan, context):
    file = write(suyuan, ROW, encoding="gb18030")
    suyuan("participants", "import", file)
    ((_, kind, _, body),) = read_acts(context.connection)
    assert (kind, body) == ("participants", file.read_bytes())


def test_all_errors_of_all_rows_are_shown_and_nothing_is_imported(suyuan, context):
    file = write(
        suyuan,
        ROW,
        f"{SE1[:-1]}0,,seller shopkeeper,999999,1,2015-02-30,",
        f"{SE1},某公司,seller,330100,,2015-01-01,2014-12-31",
        ROW,
    )
    answer = suyuan("participants", "import", file)
    assert answer.code == 1
    for expected in (
        "its last character does not fit",
        "name is missing",
        '"shopkeeper" is not one of battery_producer',
        '"999999" is a code that no province',
        '"1" is not a code of 3 digits or letters',
        '"2015-02-30" is not a date like 2026-05-03',
        "is not a day on or after valid_from, 2015-01-01",
        "row 2 already says what holds",
        "3 rows are wrong, so nothing was imported",
    ):
        assert expected in " ".join(answer.out.split()), expected
    assert BP1 not in context.read_registry()
    assert read_acts(context.connection) == []


def test_wrong_rows_carry_their_number_and_stable_codes(suyuan):
    answer = suyuan("participants", "import", write(suyuan, ROW, f"{SE1},某公司,seller,999999,,2015-01-01,"), "--json")
    (row,) = answer.json["rows"]
    assert (row["row"], [error["code"] for error in row["errors"]]) == (3, ["division_unknown"])


@pytest.mark.parametrize(
    ("heading", "words"),
    [
        ("uscc,name,roles", "missing: division, valid_from"),
        (f"{HEADING},colour", "not known: colour"),
        (f"{HEADING},uscc", "repeated: uscc"),
    ],
)
def test_a_heading_that_does_not_fit_is_told(suyuan, heading, words):
    answer = suyuan("participants", "import", write(suyuan, ROW, heading=heading))
    assert answer.code == 1
    assert words in answer.out


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 workbook", b"\xff\xfeu\x00", HEADING.encode()])
def test_a_file_without_participants_is_told_in_words(suyuan, content):
    answer = suyuan("participants", "import", suyuan.write(content, name="participants.csv"))
    assert answer.code == 1
    assert answer.out.strip()
    assert "Traceback" not in answer.err


def test_days_as_spreadsheets_write_them_are_understood(suyuan, context):
    suyuan("participants", "import", write(suyuan, ROW.replace("2015-01-01", "2015/1/1")))
    assert context.read_registry().find(BP1, on=system_clock().date()).valid_from.isoformat() == "2015-01-01"


def test_a_changed_entry_makes_what_it_concerns_pending_and_nothing_else(peopled, context):
    report = {"kind": "nothing_to_report", "occurred_at": "2026-05-02", "period_from": "2026-04-01"}
    report |= {"report_id": "n1", "period_until": "2026-04-30"}
    for who in ("BP1", "SE1"):
        peopled("submit", peopled.write_reports(report), "--as", USCC_OF[who], "--wait", "judged")
    assert count_pending(context) == 0
    file = write(peopled, f"{BP1},BP1 公司,battery_producer,350200,001,2015-01-01,")
    answer = peopled("participants", "import", file, "--json").json
    assert (answer["changed"], answer["to_be_judged"]) == (1, 1)
    assert count_pending(context) == 1


def test_a_token_belongs_to_its_participant_and_is_kept_as_a_hash_only(peopled, context):
    token = peopled("participants", "token", BP1, "--json").json["token"]
    assert token.startswith("sy_")
    owner = find_token_owner(context, token)
    assert (owner.uscc, owner.is_operator) == (BP1, False)
    assert find_token_owner(context, token + "x") is None
    (stored,) = context.connection.execute("SELECT token_hash FROM token").fetchone()
    assert token.encode() not in stored


def test_a_revoked_token_holds_no_longer_and_others_do(peopled, context):
    token = peopled("participants", "token", BP1, "--json").json["token"]
    operators = peopled("participants", "token", "--operator", "--json").json["token"]
    assert peopled("participants", "token", BP1, "--revoke", "--json").json == {"revoked": 1}
    assert find_token_owner(context, token) is None
    assert find_token_owner(context, operators).is_operator


def test_the_operators_token_is_nobody_elses(peopled, context):
    token = peopled("participants", "token", "--operator", "--json").json["token"]
    assert find_token_owner(context, token).is_operator


def test_a_token_for_somebody_unregistered_cannot_be(suyuan):
    answer = suyuan("participants", "token", BP1)
    assert answer.code == 3
    assert "suyuan participants import" in answer.err
