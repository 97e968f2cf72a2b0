"""Audit of the evidence: an untouched platform is found untouched; each edit of a superuser is named by table."""

import shutil
import tracemalloc
import zlib
from datetime import UTC, datetime, timedelta

import pytest
from database_world import DatabaseWorld

from suyuan.app.audit import PARTS, AuditNotes, audit, count_steps
from suyuan.app.audit_rows import check_rows
from suyuan.app.context import Context, UseCaseError
from suyuan.app.judge import judge_pending
from suyuan.app.log_keys import read_keys
from suyuan.app.log_tiles import write_tiles
from suyuan.app.receipt import make_receipt
from suyuan.app.seal import publish, seal
from suyuan.evidence.record import TwinTree, digest_both
from suyuan.store.audit import Faults
from suyuan.store.database import connect
from suyuan.store.log import read_entries, read_newest_head
from suyuan.store.log_folder import LogFolder
from suyuan.store.registry import write_act

NOW = datetime(2026, 11, 26, 4, 0, tzinfo=UTC)
DECLARED = {"kind": "uncoded_battery_declared", "occurred_at": "2026-05-02", "mass_g": 1000, "explanation": "标签烧毁"}


class Audited:
    """A small platform, sealed in two steps, with the checkpoint that somebody outside keeps."""

    def __init__(self, url, folder):
        self.world, self.folder, self.now = DatabaseWorld(url), LogFolder(folder), NOW
        self.context = Context(connect(url, autocommit=True), lambda: self.now, log_folder=self.folder)
        for at in range(2):
            reports = [
                {**DECLARED, "report_id": f"r{at}{row}", "temporary_code": f"TMP-{{CO1}}-{at}{row}"} for row in range(3)
            ]
            reports.append({**DECLARED, "report_id": f"bad{at}", "temporary_code": "TMP-{CO1}-x", "mass_g": -5})
            self.world.submit("CO1", *reports, context=self.context, judge=False, received_at=NOW)
            write_act(self.context.connection, "sweep", acted_at=NOW, body=b"act %d" % at)
            self.now += timedelta(seconds=1)
            while seal(self.context, self.folder):
                pass
        judge_pending(self.context)
        self.kept = self.folder.read_checkpoint(2026)
        self.now = NOW + timedelta(days=1)

    def run(self, statement, *given):
        assert self.context.connection.execute(statement, given or None).rowcount > 0

    def one(self, query, *given):
        return self.context.connection.execute(query, given or None).fetchone()

    def differing(self, **given):
        """Return the parts that differ, and the tables that their first faults name."""
        found = audit(self.context, **given)
        return {
            part["part"]: [one["key"].get("table") for one in part["first"]]
            for part in found["parts"]
            if part["differing"]
        }

    def parts(self, name):
        """Return the steps of one part."""
        return next(part for part in PARTS if part.name == name).list_steps(self.context)

    def make_agree(self):
        """Make head and tiles follow from the leaves, as a superuser would who does not hold the keys."""
        head, tree = read_newest_head(self.context.connection), TwinTree()
        for entry in read_entries(self.context.connection, shard=2026, start=0, end=head.tree.size):
            tree.append(entry)
        roots = {name: one.encode() for name, one in tree.trees.items()}
        self.context.connection.execute("UPDATE log_head SET roots_sha256 = %(sha256)s, roots_sm3 = %(sm3)s", roots)
        assert write_tiles(self.context.connection, self.folder, 2026, size_before=0, size=head.tree.size)


@pytest.fixture
def audited(database_url, tmp_path):
    return Audited(database_url, tmp_path / "log")


def change_lines(audited, old, new):
    number, first, body = audited.one("SELECT submission_no, first_row, body FROM row_outcome LIMIT 1")
    lines = zlib.decompress(body)
    assert old in lines
    audited.run("UPDATE row_outcome SET body = %s WHERE submission_no = %s AND first_row = %s",
                zlib.compress(lines.replace(old, new, 1)), number, first)  # fmt: skip


def change_raw_bytes(audited):
    number, body = audited.one("SELECT submission_no, body FROM submission_piece LIMIT 1")
    content = zlib.decompress(body).replace(b"1000", b"1001", 1)
    audited.run("UPDATE submission_piece SET body = %s WHERE submission_no = %s", zlib.compress(content), number)


def rewrite_an_act_and_all_below_it(audited):
    number, index, body, record = audited.one(
        "SELECT act_no, leaf_index, body, record FROM act JOIN log_leaf ON source = 'act' AND source_no = act_no "
        "WHERE kind = 'sweep' LIMIT 1"
    )
    before, after = digest_both(zlib.decompress(body)), digest_both(b"another")
    for old, new in ((before.sha256, after.sha256), (before.sm3, after.sm3)):
        record = record.replace(old.hex(), new.hex())
    record = record.replace('"byte_count":5', '"byte_count":7')
    packed = zlib.compress(b"another")
    audited.run("UPDATE act SET body = %s, digest = %s WHERE act_no = %s", packed, after.sha256, number)
    audited.run("UPDATE log_leaf SET record = %s WHERE leaf_index = %s", record, index)
    audited.make_agree()


EDITS = {
    "a row": (lambda one: change_lines(one, b'"mass_g":1000', b'"mass_g":2000'), "record", "row_outcome"),
    "a refusal": (lambda one: change_lines(one, b"-5", b"-6"), "record", "row_outcome"),
    "raw bytes": (change_raw_bytes, "record", "submission_piece"),
    "the moment of receipt": (
        lambda one: one.run("UPDATE submission SET received_at = received_at - interval '2 days' WHERE submission_no = 1"),
        "record",
        "submission",
    ),
    "an act": (lambda one: one.run("UPDATE act SET actor = 'x' WHERE act_no = 1"), "record", "act"),
    "a leaf": (lambda one: one.run("UPDATE log_leaf SET record = record || ' ' WHERE leaf_index = 2"), "record", "log_leaf"),
    "a leaf that is gone": (lambda one: one.run("DELETE FROM log_leaf WHERE leaf_index = 3"), "record", "log_leaf"),
    "a submission that is gone": (lambda one: one.run("DELETE FROM submission WHERE submission_no = 1"), "record", "submission"),
    "an act that never waited": (
        lambda one: one.run("INSERT INTO act (kind, acted_at, digest, body) SELECT kind, acted_at, digest, body FROM act LIMIT 1"),
        "missing",
        "act",
    ),
    "an acknowledgement": (
        lambda one: one.run("UPDATE acknowledgement SET text = replace(text, '\"rejected\":1', '\"rejected\":0')"),
        "acknowledgement",
        "acknowledgement",
    ),
    "a tile": (lambda one: next(one.folder.path.rglob("tile/0/000.p/*")).write_bytes(bytes(32)), "tile", None),
    "the head": (
        lambda one: one.run("UPDATE log_head SET roots_sm3 = overlay(roots_sm3 PLACING '\\x00' FROM 5)"),
        "checkpoint",
        "log_head",
    ),
    "a checkpoint": (
        lambda one: one.run("UPDATE log_checkpoint SET text = replace(text, 'sm3 ', 'sm3  ')"),
        "checkpoint",
        "log_checkpoint",
    ),
    "a signature": (
        lambda one: one.run("UPDATE log_signature SET line = replace(line, '/2026 ', '/2027 ')"),
        "checkpoint",
        "log_signature",
    ),
    "everything below the signatures": (rewrite_an_act_and_all_below_it, "checkpoint", "log_checkpoint"),
    "a state": (lambda one: one.run("UPDATE subject_state SET status = 'lost'"), "state", "subject_state"),
}  # fmt: skip


def test_an_untouched_platform_is_found_untouched(audited):
    assert audited.differing(checkpoints=[audited.kept]) == {}


@pytest.mark.parametrize("name", EDITS)
def test_an_edit_is_named_by_part_and_table(audited, name):
    edit, part, table = EDITS[name]
    edit(audited)
    found = audited.differing()
    assert part in found, found
    assert table is None or table in found[part], found


def test_a_tail_that_was_cut_off_with_all_its_traces_is_seen_by_whoever_kept_a_checkpoint(audited):
    size = audited.one("SELECT min(size) FROM log_checkpoint")[0]
    for source, number in audited.context.connection.execute(
        "DELETE FROM log_leaf WHERE leaf_index >= %s RETURNING source, source_no", [size]
    ).fetchall():
        tables = ("act",) if source == "act" else ("submission", "submission_piece", "row_outcome", "acknowledgement")
        for table in tables:
            column = "act_no" if source == "act" else "submission_no"
            audited.context.connection.execute(f"DELETE FROM {table} WHERE {column} = %s", [number])
    text = audited.one("SELECT text FROM log_checkpoint WHERE size = %s", size)[0]
    lines = "".join(
        line for (line,) in audited.context.connection.execute("SELECT line FROM log_signature WHERE size = %s", [size])
    )
    for table in ("log_checkpoint", "log_signature"):
        audited.context.connection.execute(f"DELETE FROM {table} WHERE size > %s", [size])
    roots = {"size": size, "sha256": b"\0" * 32 * size.bit_count()}
    audited.context.connection.execute(
        "UPDATE log_head SET size = %(size)s, roots_sha256 = %(sha256)s, roots_sm3 = %(sha256)s", roots
    )
    (audited.folder.path / "2026" / "checkpoint").unlink()
    for path in audited.folder.path.rglob("*.p/*"):
        path.unlink()
    audited.make_agree()
    audited.folder.write_checkpoint(2026, f"{text}\n{lines}", size=size)
    assert {"record", "missing", "tile", "checkpoint"}.isdisjoint(audited.differing())  # without it nothing shows
    assert audited.differing(checkpoints=[audited.kept])["outside"] == ["log_head"]


def test_an_audit_that_broke_off_is_taken_up_where_it_was(audited):
    taken, kept = [], []

    def break_off(notes):
        kept[:] = [AuditNotes(notes.total, notes.done, dict(notes.found))]
        if notes.done == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        audit(audited.context, keep=break_off)
    found = audit(audited.context, begun=kept[0], progress=taken.append)
    assert taken == list(range(5, count_steps(audited.context) + 1))
    assert found["identical"]


def test_only_the_parts_that_are_named_are_audited(audited):
    change_lines(audited, b'"mass_g":1000', b'"mass_g":2000')
    audited.run("UPDATE subject_state SET status = 'lost'")
    assert audited.differing(only=["record", "tile"]) == {"record": ["row_outcome"]}
    assert audit(audited.context, only=["tile"])["identical"]
    with pytest.raises(UseCaseError, match="No part of the audit is called tiles"):
        audit(audited.context, only=["tile", "tiles"])


def test_an_audit_of_other_parts_does_not_go_on_from_the_notes_of_one_that_broke_off(audited):
    begun = AuditNotes(len(audited.parts("record")), done=1, found={"record": Faults(0, [])})
    change_lines(audited, b'"mass_g":1000', b'"mass_g":2000')
    assert audit(audited.context, only=["record"], begun=begun)["identical"]  # that is what it had found
    begun = AuditNotes(len(audited.parts("tile")), done=1, found={"record": Faults(0, [])})
    assert not audit(audited.context, only=["row"], begun=begun)["identical"]


def test_states_that_cannot_be_compared_now_are_no_fault_and_no_agreement(audited):
    new = {**DECLARED, "report_id": "new", "temporary_code": "TMP-{CO1}-new"}
    audited.world.submit("CO1", new, context=audited.context, judge=False, received_at=NOW)
    found = audit(audited.context, only=["state"])
    (state, _) = found["parts"]
    assert (found["identical"], state["differing"]) == (False, 0)
    assert "still waits" in state["not_compared"]
    assert "等待" in state["not_compared_zh"]


def test_what_is_damaged_before_it_is_sealed_is_named_while_it_waits(audited):
    new = {**DECLARED, "report_id": "new", "temporary_code": "TMP-{CO1}-new"}
    audited.world.submit("CO1", new, context=audited.context, judge=False, received_at=NOW)
    assert audited.differing(only=["missing"]) == {}
    audited.run("DELETE FROM submission_piece WHERE submission_no = 3")
    assert audited.differing(only=["missing"]) == {"missing": ["submission_piece"]}


def cut_the_end_of_the_old_year(audited):
    """Take the last leaf of a closed shard away with all its traces, and make the rest agree, with the log's own keys."""
    run = audited.context.connection.execute
    (size,) = audited.one("SELECT size FROM log_head WHERE shard = 2026")
    run("DELETE FROM log_leaf WHERE shard = 2026 AND leaf_index = %s", [size - 1])
    run("DELETE FROM log_checkpoint WHERE shard = 2026")
    run("DELETE FROM log_signature WHERE shard = 2026")
    tree = TwinTree()
    for entry in read_entries(audited.context.connection, shard=2026, start=0, end=size - 1):
        tree.append(entry)
    roots = {name: one.encode() for name, one in tree.trees.items()}
    run(
        "UPDATE log_head SET size = %(size)s, roots_sha256 = %(sha256)s, roots_sm3 = %(sm3)s WHERE shard = 2026",
        {**roots, "size": size - 1},
    )
    shutil.rmtree(audited.folder.path / "2026")
    publish(audited.context, audited.folder, read_keys(audited.context))


@pytest.mark.parametrize("is_cut", [True, False])
def test_the_end_of_a_closed_year_is_held_by_the_first_leaf_of_the_next(audited, is_cut):
    audited.now = datetime(2027, 1, 2, tzinfo=UTC)
    write_act(audited.context.connection, "sweep", acted_at=audited.now, body=b"next year")
    seal(audited.context, audited.folder)
    if is_cut:
        cut_the_end_of_the_old_year(audited)
    assert audited.differing(only=["record", "tile", "checkpoint"]) == ({"record": ["log_head"]} if is_cut else {})


@pytest.mark.parametrize("old", ['"sealed_at":"2026', '"type":"log"'])
def test_a_leaf_of_another_year_or_a_false_opening_is_named(audited, old):
    new = old.replace("2026", "2025").replace("log", "act")
    audited.run("UPDATE log_leaf SET record = replace(record, %s, %s) WHERE leaf_index = 0", old, new)
    assert audited.differing(only=["record"]) == {"record": ["log_leaf"]}


def test_a_large_submission_is_audited_and_proven_without_holding_its_rows(audited):
    count = 12_000
    reports = [{**DECLARED, "report_id": f"l{row}", "temporary_code": f"TMP-{{CO1}}-l{row}"} for row in range(count)]
    audited.world.submit("CO1", *reports, context=audited.context, judge=False, received_at=NOW)
    del reports
    seal(audited.context, audited.folder)
    bytes_max = 10_000_000  # all rows held are 14 MB and more
    tracemalloc.start()
    try:
        assert check_rows(audited.context, 1).count == 0
        assert tracemalloc.get_traced_memory()[1] < bytes_max
        tracemalloc.reset_peak()
        make_receipt(audited.context, "submission", 3, row=count)
        assert tracemalloc.get_traced_memory()[1] < bytes_max
    finally:
        tracemalloc.stop()


def test_a_submission_that_cannot_be_read_is_named_and_the_others_of_the_step_are_read(audited):
    number, other = 1, 2
    body = zlib.decompress(audited.one("SELECT body FROM row_outcome WHERE submission_no = %s", other)[0])
    changed = zlib.compress(body.replace(b'"mass_g":1000', b'"mass_g":2000', 1))
    audited.run("UPDATE row_outcome SET body = %s WHERE submission_no = %s", changed, other)
    audited.run("UPDATE row_outcome SET body = %s WHERE submission_no = %s", b"no zlib", number)
    assert [one.key["submission"] for one in check_rows(audited.context, 1).first] == [1, 2]


def test_a_row_that_was_recorded_otherwise_than_it_was_sent_is_found_though_the_log_agrees(database_url, tmp_path):
    """The operator changes an accepted row before it is sealed: leaf, tiles and roots are made of the changed row."""
    world = DatabaseWorld(database_url)
    folder = LogFolder(tmp_path / "log")
    context = Context(connect(database_url, autocommit=True), lambda: NOW, log_folder=folder)
    declared = {**DECLARED, "report_id": "r1", "temporary_code": "TMP-{CO1}-1"}
    world.submit("CO1", declared, context=context, judge=False, received_at=NOW)
    body = world.connection.execute("SELECT body FROM row_outcome").fetchone()[0]
    changed = zlib.decompress(body).replace(b'"mass_g":1000', b'"mass_g":9000')
    world.connection.execute("UPDATE row_outcome SET body = %s", [zlib.compress(changed)])
    while seal(context, folder):
        pass
    judge_pending(context)
    found = {part["part"]: part["first"] for part in audit(context)["parts"] if part["differing"]}
    assert "record" not in found
    assert found["row"][0]["key"] == {"table": "row_outcome", "submission": 1, "row": 1}
    assert (found["row"][0]["stands"], found["row"][0]["counted"]) == ("mass_g=9000", "mass_g=1000")
