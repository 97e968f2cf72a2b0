"""Personal values: only commitments stand in the record; erased, no byte of the value is left and every proof still holds."""

import io
import json
import zlib
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from database_world import DatabaseWorld
from hypothesis import given
from hypothesis import strategies as st
from psycopg import sql
from python_calamine import CalamineWorkbook
from story import USCC_OF, expand, fill_report

from suyuan.app.audit import audit
from suyuan.app.bundle_rows import collect_rows
from suyuan.app.context import Context, UseCaseError
from suyuan.app.judge import judge_pending
from suyuan.app.log_keys import open_log, read_keys
from suyuan.app.personal import Safe, erase_personal, show_personal
from suyuan.app.rebuild import rebuild
from suyuan.app.receipt import make_receipt
from suyuan.app.refusals import write_refusals_of
from suyuan.app.seal import seal
from suyuan.app.submit import Arrival, describe_submission, submit, try_out
from suyuan.app.trace import trace
from suyuan.core.catalogue import KINDS, PERSONAL_FIELDS
from suyuan.core.personal import MASK
from suyuan.core.report import restore_report
from suyuan.evidence.receipt import verify_receipt
from suyuan.evidence.record import commit_personal
from suyuan.store.database import connect
from suyuan.store.log import find_place
from suyuan.store.log_folder import PERSONAL_KEY, LogFolder, LogFolderError
from suyuan.store.outcomes import read_reports, rejected_line
from suyuan.store.personal import PersonalValue, decrypt_value, encrypt_value, read_values_of
from suyuan.store.slot import report_no_of, slot_of
from suyuan.store.timeline import read_timelines

NOW = datetime(2026, 11, 26, 4, 0, tzinfo=UTC)
NAME = "Zhang-Unmistakable-7431"
OTHER = "Li-Unmistakable-9950"
CODE = expand("TMP-{CO1}-1")
RECEIVED = {
    "kind": "battery_received", "report_id": "r1", "occurred_at": "2026-05-02", "battery_code": CODE, "mass_g": 1000,
    "from_owner": True, "owner_name": NAME,
}  # fmt: skip
WHY = {"reason": "the owner asked for it", "by": "clerk 7"}


class Platform:
    """A platform with a log and a clock set by hand; reports come from one outlet."""

    def __init__(self, url, folder):
        self.world, self.now = DatabaseWorld(url), NOW
        self.folder = LogFolder(folder)
        self.context = Context(connect(url, autocommit=True), lambda: self.now, log_folder=self.folder)
        open_log(self.context, self.folder, name="platform.example/log")

    @property
    def connection(self):
        return self.context.connection

    def submit(self, *reports, context=None):
        return self.world.submit("CO1", *reports, context=context or self.context, received_at=self.now)

    def send(self, content, form="jsonl", name="reports.jsonl"):
        """Submit bytes as they are; returns the number."""
        return submit(self.context, [content], arrival=Arrival(USCC_OF["CO1"], form, name, self.now))

    def seal(self):
        self.now += timedelta(seconds=1)
        while seal(self.context, self.folder):
            pass

    def verify(self, content):
        return verify_receipt(content, trust=read_keys(self.context).trust)

    def audit(self):
        """Return the parts in which an audit finds something, with the tables of the first places."""
        judge_pending(self.context)
        parts = audit(self.context)["parts"]
        return {part["part"]: [one["key"].get("table") for one in part["first"]] for part in parts if part["differing"]}

    def places_of(self, text):
        """Return the tables and files that hold a text, as it stands or compressed."""
        wanted, found = text.encode(), set()
        tables = self.connection.execute(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
        ).fetchall()
        assert len(tables) > 30
        for (table,) in tables:
            for row in self.connection.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(table))):
                if any(wanted in content for cell in row for content in contents_of(cell)):
                    found.add(table.partition("_2026")[0])
        files = [file for file in self.folder.path.rglob("*") if file.is_file()]
        assert files
        return found | {file.name for file in files if wanted in file.read_bytes()}


def contents_of(cell):
    """Yield the bytes in a cell, unpacked too where they are compressed."""
    content = bytes(cell) if isinstance(cell, bytes | memoryview) else str(cell).encode()
    yield content
    with suppress(zlib.error):
        yield zlib.decompress(content)


@pytest.fixture
def platform(database_url, tmp_path):
    return Platform(database_url, tmp_path / "transparency")


# -- recording ---------------------------------------------------------------------------------------------------------


def test_the_catalogue_has_its_personal_fields_where_an_owner_stands():
    assert {"battery_received": {"owner_name"}, "vehicle_scrapped": {"owner_name"}} == PERSONAL_FIELDS
    assert not any(
        field.is_personal for kind in KINDS for field in kind.fields if field.is_required or field.name != "owner_name"
    )


def test_the_record_has_a_commitment_and_the_value_stands_encrypted_beside_it(platform):
    platform.submit(RECEIVED)
    (kept,) = read_values_of(platform.connection, 1)
    number = report_no_of(1, row=1)
    report = read_reports(platform.connection, [number])[number]
    assert report["owner_name"] == commit_personal("owner_name", NAME, salt=kept.salt)
    assert decrypt_value(kept, key=platform.folder.read_personal_key()) == NAME
    assert platform.places_of(NAME) == {"submission_piece"}
    file = platform.folder.path / "keys" / PERSONAL_KEY
    assert file.stat().st_mode & 0o777 == 0o600
    key = file.read_text()
    platform.submit({**RECEIVED, "report_id": "r2"})
    assert file.read_text() == key


def test_without_a_folder_for_keys_a_value_can_be_proven_and_not_shown(platform):
    bare = Context(platform.connection, lambda: platform.now)
    assert platform.submit(RECEIVED, context=bare)["accepted"] == 1
    (kept,) = read_values_of(platform.connection, 1)
    number = report_no_of(1, row=1)
    report = read_reports(platform.connection, [number])[number]
    assert kept.ciphertext is None
    assert report["owner_name"] == commit_personal("owner_name", NAME, salt=kept.salt)
    with pytest.raises(UseCaseError, match="cannot be decrypted"):
        show_personal(platform.context, 1, row=1, by="clerk 7")


def test_a_key_that_cannot_be_read_stops_recording_in_words_and_loses_nothing(platform):
    file = platform.folder.path / "keys" / PERSONAL_KEY
    platform.submit({name: value for name, value in RECEIVED.items() if name != "owner_name"})
    file.write_text("not a key")
    with pytest.raises(LogFolderError, match="Restore it"):
        platform.submit({**RECEIVED, "report_id": "r2"})
    file.unlink()
    assert platform.submit({**RECEIVED, "report_id": "r2"})["accepted"] == 1


def test_a_repeated_report_is_a_duplicate_and_other_content_is_none(platform):
    platform.submit(RECEIVED)
    assert platform.submit(RECEIVED)["duplicate"] == 1
    assert platform.submit({**RECEIVED, "owner_name": OTHER})["duplicate"] == 1
    refused = platform.submit({**RECEIVED, "mass_g": 999})
    assert [error["code"] for error in refused["rows"][0]["errors"]] == ["report_id_reused"]
    assert [len(read_values_of(platform.connection, number)) for number in (1, 2, 3, 4)] == [1, 0, 0, 0]
    assert platform.places_of(NAME) == platform.places_of(OTHER) == {"submission_piece"}


def test_a_dry_run_keeps_nothing(platform):
    content = json.dumps(fill_report({"by": "CO1", **RECEIVED}, number=0) | {"by": None}).encode()
    result = try_out(
        platform.context, lambda: [content], arrival=Arrival(USCC_OF["CO1"], "jsonl", "reports.jsonl", platform.now)
    )
    assert result["accepted"] == 1, result
    assert platform.places_of(NAME) == set()
    assert platform.folder.read_personal_key() is None


REFUSED = {
    "another field is wrong": {"mass_g": -5},
    "the value is too long": {"owner_name": NAME * 9},
    "the value is no text": {"owner_name": {"name": NAME}},
    "the field is misspelt": {"owner_name": None, "owner": NAME},
    "the value stands inside another": {"extra": {"owner_name": NAME}},
    "the kind has no such field": {"kind": "battery_sold"},
    "the kind is unknown": {"kind": "battery_recieved"},
}


@pytest.mark.parametrize("change", REFUSED.values(), ids=REFUSED)
def test_a_refused_row_keeps_no_personal_value(platform, change):
    result = platform.submit({**RECEIVED, **change})
    assert result["rejected"] == 1
    assert NAME[:20] not in json.dumps(result)
    assert platform.places_of(NAME) == {"submission_piece"}


def test_an_excerpt_of_a_line_that_is_no_json_holds_no_personal_value(platform):
    platform.send(f'{{"owner_name": "{NAME}", "kind" "battery_received"}}\n'.encode())
    platform.send(f'{{"owner_name": "{NAME}", "owner_name": "{NAME}"}}\n'.encode())
    for number in (1, 2):
        assert describe_submission(platform.context, number)["rejected"] == 1
    assert '"owner_name" stands twice' in describe_submission(platform.context, 2)["rows"][0]["errors"][0]["message"]
    assert platform.places_of(NAME) == {"submission_piece"}


def test_the_workbook_of_refusals_says_that_the_value_was_not_kept_and_is_not_taken_as_it_is(platform):
    platform.submit({**RECEIVED, "mass_g": -5})
    target = io.BytesIO()
    assert write_refusals_of(platform.context, 1, target=target) == 1
    headings, row = CalamineWorkbook.from_filelike(io.BytesIO(target.getvalue())).get_sheet_by_index(0).to_python()
    assert row[next(at for at, heading in enumerate(headings) if heading.endswith("owner_name"))] == MASK
    assert any("is not kept with a refused row" in str(cell) for cell in row)
    number = platform.send(target.getvalue(), "xlsx", "refusals.xlsx")
    errors = describe_submission(platform.context, number)["rows"][0]["errors"]
    assert "owner_name" in [error["field"] for error in errors]


# -- showing and erasing -----------------------------------------------------------------------------------------------


def test_who_looks_at_a_value_stands_in_the_log_and_the_value_does_not(platform):
    platform.submit(RECEIVED)
    assert show_personal(platform.context, 1, row=1, by="clerk 7") == {"owner_name": NAME}
    kind, actor, body = platform.connection.execute("SELECT kind, actor, body FROM act ORDER BY act_no").fetchall()[-1]
    assert (kind, actor) == ("personal_value_shown", "clerk 7")
    assert json.loads(zlib.decompress(body)) == {"submission": "s-000000000001", "row": 1, "fields": ["owner_name"]}
    platform.seal()
    assert platform.places_of(NAME) == {"submission_piece"}
    with pytest.raises(UseCaseError, match="has no personal value"):
        show_personal(platform.context, 1, row=2, by="clerk 7")
    with pytest.raises(UseCaseError, match="who"):
        show_personal(platform.context, 1, row=1, by=" ")


def test_after_an_erasure_no_byte_is_left_and_every_proof_holds(platform):
    platform.submit(
        RECEIVED, {**RECEIVED, "report_id": "r2", "owner_name": OTHER}, {**RECEIVED, "report_id": "r3", "mass_g": -5}
    )
    platform.seal()
    receipts = [make_receipt(platform.context, "submission", 1, row=row) for row in (None, 1, 2, 3)]
    act = erase_personal(platform.context, 1, row=1, **WHY)
    assert act["values"] == [{"row": 1, "field": "owner_name"}]
    assert platform.places_of(NAME) == platform.places_of(OTHER) == set()
    assert show_personal(platform.context, 1, row=1, by="clerk 7") == {"owner_name": None}
    assert show_personal(platform.context, 1, row=2, by="clerk 7") == {"owner_name": OTHER}
    platform.submit({**RECEIVED, "report_id": "r4", "owner_name": OTHER})
    platform.seal()
    again = [make_receipt(platform.context, "submission", 1, row=row) for row in (None, 1, 2, 3)]
    for content in (*receipts, *again, make_receipt(platform.context, "act", act["act_no"])):
        assert platform.verify(content).outcome == "verified"
    assert platform.audit() == {}
    assert rebuild(platform.context)["identical"]
    assert find_place(platform.connection, source="submission", source_no=2) is not None


def test_what_is_erased_is_called_erased(platform):
    platform.submit(RECEIVED)
    platform.seal()
    kept = describe_submission(platform.context, 1)
    assert (kept["raw_bytes"], kept["rows"][0]["personal"]) == ("kept", {"owner_name": "kept"})
    assert trace(platform.context, CODE)["events"][0]["personal"] == {"owner_name": "kept"}
    erase_personal(platform.context, 1, row=None, **WHY)
    erased = describe_submission(platform.context, 1)
    assert (erased["raw_bytes"], erased["rows"][0]["personal"]) == ("erased", {"owner_name": "erased"})
    assert trace(platform.context, CODE)["events"][0]["personal"] == {"owner_name": "erased"}


def test_an_erasure_is_refused_in_words_where_it_cannot_be_proven_or_says_the_value(platform):
    platform.submit(RECEIVED, {**RECEIVED, "report_id": "r2", "mass_g": -1})

    def refuse(words, **given):
        with pytest.raises(UseCaseError, match=words):
            erase_personal(platform.context, **{"submission_no": 1, "row": 1, **WHY, **given})
        assert platform.places_of(NAME) == {"submission_piece"}

    refuse("not sealed")
    platform.seal()
    refuse("Word it without", reason=f"{NAME} asked for it")
    refuse("characters why", reason=" ")
    refuse("who", by="")
    refuse("There is no submission", submission_no=9)
    refuse("has no personal value", row=2)
    erase_personal(platform.context, 1, row=None, **WHY)
    with pytest.raises(UseCaseError, match="left to erase"):
        erase_personal(platform.context, 1, row=None, **WHY)


TAMPERED = {
    "raw bytes vanish": ("DELETE FROM submission_piece WHERE submission_no = 2", "record", "submission_piece"),
    "a value vanishes": ("UPDATE personal_value SET salt = NULL, ciphertext = NULL WHERE report_no >= 2::bigint << 31",
                         "personal", "personal_value"),
    "another salt": ("UPDATE personal_value SET salt = decode(repeat('11', 32), 'hex') WHERE report_no >= 2::bigint << 31",
                     "personal", "personal_value"),
    "the row of a value vanishes": ("DELETE FROM personal_value WHERE report_no >= 2::bigint << 31", "row", "personal_value"),
    "the row of an erased value vanishes": ("DELETE FROM personal_value WHERE report_no < 2::bigint << 31", "personal",
                                            "personal_value"),
    "raw bytes come back": ("UPDATE submission_piece SET submission_no = 1 WHERE submission_no = 2", "personal",
                            "submission_piece"),
}  # fmt: skip


@pytest.mark.parametrize(("change", "part", "table"), TAMPERED.values(), ids=TAMPERED)
def test_an_audit_accepts_what_is_missing_only_where_an_act_names_it(platform, change, part, table):
    platform.submit(RECEIVED)
    platform.submit({**RECEIVED, "report_id": "r2"})
    platform.seal()
    erase_personal(platform.context, 1, row=None, **WHY)
    platform.seal()
    assert platform.audit() == {}
    assert platform.connection.execute(change).rowcount == 1
    assert table in platform.audit()[part]


def test_a_bundle_carries_no_line_that_holds_a_personal_value(platform):
    plain = {name: value for name, value in RECEIVED.items() if name != "owner_name"}
    platform.submit(RECEIVED, {**plain, "report_id": "r2"})
    timelines = read_timelines(
        platform.connection, slot=slot_of(CODE), subjects=[CODE], parties=platform.context.parties
    )
    rows = collect_rows(platform.context, timelines.values())
    assert (len(rows.rows), len(rows.originals)) == (2, 1)
    assert not any(NAME.encode() in content for content in (*rows.rows.values(), *rows.originals.values()))


# -- properties --------------------------------------------------------------------------------------------------------

KEY = bytes(range(32))
VALUES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=100)


@given(VALUES, st.binary(min_size=32, max_size=32), VALUES, st.binary(min_size=32, max_size=32))
def test_a_commitment_holds_for_its_value_and_salt_only(value, salt, other, other_salt):
    commitment = commit_personal("owner_name", value, salt=salt)
    assert len(commitment) == 4 + 64
    same = (value, salt) == (other, other_salt)
    assert (commit_personal("owner_name", other, salt=other_salt) == commitment) == same
    assert commit_personal("owner_nam", "e" + value, salt=salt) != commitment


@given(VALUES)
def test_a_value_opens_in_its_own_place_only(value):
    sealed = encrypt_value(value, key=KEY, report_no=7, field="owner_name")
    assert decrypt_value(PersonalValue(7, "owner_name", b"", sealed), key=KEY) == value
    assert decrypt_value(PersonalValue(8, "owner_name", b"", sealed), key=KEY) is None
    assert decrypt_value(PersonalValue(7, "owner_name", b"", sealed), key=bytes(32)) is None


@given(VALUES)
def test_taking_out_leaves_no_trace_of_the_value_and_never_the_same_twice(value):
    taken = []
    for _ in range(2):
        report = restore_report({**RECEIVED, "reporter": USCC_OF["CO1"], "owner_name": value})
        (kept,) = Safe(None).take_out(report, report_no=7)
        assert report.fields["owner_name"] == commit_personal("owner_name", value, salt=kept.salt)
        taken.append(report.fields["owner_name"])
    assert taken[0] != taken[1]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["owner_name", "note", "x"]), inner, max_size=3),
    max_leaves=9,
)  # fmt: skip


def put_name(value):
    """Return the value with the name in every place of an owner's name."""
    if isinstance(value, dict):
        return {name: NAME if name == "owner_name" else put_name(inner) for name, inner in value.items()}
    return [put_name(inner) for inner in value] if isinstance(value, list) else value


@given(st.dictionaries(st.sampled_from(["owner_name", "kind", "note", "a", "b"]), JSON, max_size=5))
def test_no_line_of_a_refused_row_holds_what_stands_under_a_personal_name(raw):
    line = rejected_line(1, where="row 1", where_zh="第1行", raw=put_name(raw), errors=[])
    assert NAME.encode() not in line
    assert (MASK.encode() in line) == (NAME in json.dumps(put_name(raw)))
