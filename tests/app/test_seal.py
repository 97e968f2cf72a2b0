"""Sealing: what is recorded gets one leaf, tiles and a signed checkpoint follow from the leaves, whoever was killed where."""

import itertools
import json
from datetime import UTC, datetime, timedelta

import pytest
from database_world import DatabaseWorld

from suyuan.app.context import Context, UseCaseError
from suyuan.app.log_keys import read_keys
from suyuan.app.log_tiles import write_tiles
from suyuan.app.seal import has_roots, seal
from suyuan.evidence.checkpoint import parse_checkpoint
from suyuan.evidence.hashing import SHA256, SM3, TWINS
from suyuan.evidence.merkle import leaf_hash, tree_root
from suyuan.evidence.note import open_note
from suyuan.evidence.tiles import Tile, unpack_bundle
from suyuan.store.database import connect
from suyuan.store.log import count_waiting, find_place, list_heads, list_waiting, read_entries, read_newest_head
from suyuan.store.log_folder import LogFolder

NOW = datetime(2026, 11, 26, 4, 0, tzinfo=UTC)
STEPS = (
    "leaves made",
    "leaves written",
    "leaves committed",
    "tiles written",
    "checkpoint kept",
    "signatures kept",
    "checkpoint published",
)
DECLARED = {"kind": "uncoded_battery_declared", "occurred_at": "2026-05-02", "mass_g": 1000, "explanation": "标签烧毁"}


class KilledError(Exception):
    """Stands for the death of the process at a step."""


def kill_at(step):
    def fault(done):
        if done == step:
            raise KilledError(step)

    return fault


class Sealing:
    """A database with a log, and a clock that is set by hand."""

    def __init__(self, url, folder):
        self.world, self.folder, self.url, self.now = DatabaseWorld(url), LogFolder(folder), url, NOW

    def context(self):
        return Context(connect(self.url, autocommit=True), lambda: self.now)

    def submit(self, count=1):
        for number in range(count):
            report_id = f"r{next(NUMBERS)}-{number}"
            code = f"TMP-{{CO1}}-{report_id}"
            self.world.submit("CO1", {**DECLARED, "report_id": report_id, "temporary_code": code}, judge=False)

    def seal_all(self, **given):
        context = self.context()
        while seal(context, self.folder, **given):
            pass
        context.connection.close()

    @property
    def head(self):
        return read_newest_head(self.world.connection)

    def check(self):
        """Everything published is what the leaves give, and everything recorded has one leaf."""
        context = self.context()
        assert not list_waiting(context.connection, limit=10)
        state = read_keys(context)
        for head in list_heads(context.connection):
            entries = list(read_entries(context.connection, shard=head.shard, start=0, end=head.tree.size))
            note = self.folder.read_checkpoint(head.shard)
            origin = f"{state.name}/{head.shard}"
            opened = open_note(note, [key.named(origin) for key in state.keys])
            assert {key.algorithm.name for key, _ in opened.signatures} == {"ed25519", "sm2-sm3"}
            checkpoint = parse_checkpoint(opened.text)
            assert checkpoint.size == len(entries) == head.tree.size
            for hashing, root in ((SHA256, checkpoint.root), (SM3, checkpoint.root_sm3)):
                assert root == tree_root([leaf_hash(entry, hashing=hashing) for entry in entries], hashing=hashing)
            assert has_roots(self.folder, head)
            whole = entries[: len(entries) - len(entries) % 256]
            assert [e for at in range(len(whole) // 256) for e in self.bundle(head.shard, at)] == whole
        context.connection.close()

    def bundle(self, shard, index, width=256):
        return unpack_bundle(self.folder.read_tile(shard, Tile(-1, index, width)))


NUMBERS = itertools.count(1)


@pytest.fixture
def sealing(database_url, tmp_path):
    return Sealing(database_url, tmp_path / "transparency")


def test_everything_recorded_gets_one_leaf_and_a_signed_checkpoint(sealing):
    sealing.submit(3)
    assert count_waiting(sealing.world.connection, limit=100) == 4  # the register's file and three submissions
    sealing.seal_all()
    sealing.check()
    assert sealing.head.tree.size == 1 + 1 + 3 + 1  # the shard's opening, the register, submissions, the log's keys
    assert find_place(sealing.world.connection, source="submission", source_no=1) is not None


def test_nothing_waits_means_nothing_changes(sealing):
    sealing.submit()
    sealing.seal_all()
    before = sealing.folder.read_checkpoint(2026)
    sealing.now += timedelta(hours=1)
    sealing.seal_all()
    assert sealing.folder.read_checkpoint(2026) == before


def test_tiles_follow_from_the_leaves_in_whatever_steps_the_log_grew(sealing, tmp_path):
    for count in (1, 200, 70, 300):
        add_acts(sealing.world.connection, count)
        sealing.seal_all()
        sealing.check()
    other, size = LogFolder(tmp_path / "at once"), sealing.head.tree.size
    assert write_tiles(sealing.world.connection, other, 2026, size_before=0, size=size)
    for hashing in TWINS:
        for tile in (Tile(0, 0), Tile(0, size // 256, size % 256), Tile(1, 0, size // 256)):
            content = sealing.folder.read_tile(2026, tile, hashing=hashing)
            assert len(content) == 32 * tile.width
            assert other.read_tile(2026, tile, hashing=hashing) == content


def test_a_damaged_tile_is_made_anew_before_anything_is_signed(sealing):
    add_acts(sealing.world.connection, 300)
    sealing.seal_all()
    damaged = sealing.folder.place(2026, Tile(0, 0))
    damaged.write_bytes(bytes(reversed(damaged.read_bytes())))
    add_acts(sealing.world.connection, 10)
    sealing.seal_all()
    sealing.check()


def test_leaves_that_do_not_give_the_kept_roots_are_not_signed(sealing):
    sealing.submit(2)
    sealing.seal_all()
    before = sealing.folder.read_checkpoint(2026)
    sealing.world.connection.execute(
        "UPDATE log_leaf SET record = replace(record, '1000', '1001') WHERE leaf_index = 1"
    )
    sealing.world.connection.execute("UPDATE log_leaf SET blind = decode(repeat('00', 32), 'hex') WHERE leaf_index = 1")
    sealing.submit()
    with pytest.raises(UseCaseError, match="Nothing is signed"):
        sealing.seal_all()
    assert sealing.folder.read_checkpoint(2026) == before


def test_a_submission_whose_raw_bytes_were_changed_is_not_sealed_and_the_rest_is(sealing):
    sealing.submit(2)
    sealing.world.connection.execute(
        "UPDATE submission_piece SET body = other.body FROM submission_piece AS other "
        "WHERE submission_piece.submission_no = 1 AND other.submission_no = 2"
    )
    told = []
    sealing.seal_all(report=lambda source, _reason: told.append(source))
    assert set(told) == {"submission 1"}
    assert find_place(sealing.world.connection, source="submission", source_no=1) is None
    assert find_place(sealing.world.connection, source="submission", source_no=2) is not None


def test_damaged_submissions_at_the_head_of_the_queue_do_not_hold_up_those_behind(sealing, monkeypatch):
    sealing.seal_all()
    sealing.submit(4)
    sealing.world.connection.execute("DELETE FROM submission_piece WHERE submission_no <= 3")
    monkeypatch.setattr("suyuan.app.seal.LEAVES_PER_SEAL", 2)  # both places of a batch are taken by damaged ones
    told = set()
    sealing.seal_all(report=lambda source, _reason: told.add(source))
    assert told == {"submission 1", "submission 2", "submission 3"}
    assert find_place(sealing.world.connection, source="submission", source_no=4) is not None


@pytest.mark.parametrize("step", STEPS)
def test_a_sealer_killed_after_any_step_leaves_what_the_next_one_finishes(sealing, step):
    sealing.submit(2)
    sealing.seal_all()
    sealing.submit(2)
    with pytest.raises(KilledError):
        sealing.seal_all(fault=kill_at(step))
    sealing.seal_all()
    sealing.check()
    sealing.submit()
    sealing.seal_all()
    sealing.check()


def test_a_new_year_opens_a_shard_that_repeats_the_head_of_the_last(sealing):
    sealing.submit()
    sealing.seal_all()
    last = sealing.head
    sealing.now = datetime(2026, 12, 31, 16, 0, tzinfo=UTC)  # midnight in Shanghai
    sealing.submit()
    sealing.seal_all()
    sealing.check()
    assert sealing.head.shard == 2027
    (record,) = sealing.world.connection.execute(
        "SELECT record FROM log_leaf WHERE shard = 2027 AND leaf_index = 0"
    ).fetchone()
    assert last.tree.roots().sha256.hex() in record
    assert f'"size":{last.tree.size}' in record


@pytest.mark.parametrize("is_turned_first", [True, False], ids=["the year turns first", "the old year grows first"])
def test_of_two_sealers_at_the_turn_of_the_year_the_slower_one_gives_way(sealing, is_turned_first):
    sealing.submit()
    sealing.seal_all()
    sealing.submit()
    old, new = datetime(2026, 12, 31, 15, 59, 59, tzinfo=UTC), datetime(2026, 12, 31, 16, 0, tzinfo=UTC)
    slower, faster = (old, new) if is_turned_first else (new, old)
    first, second = Context(connect(sealing.url, autocommit=True), lambda: slower), sealing.context()
    sealing.now = faster

    def overtake(step):
        if step == "leaves made":
            assert seal(second, sealing.folder) > 0

    assert seal(first, sealing.folder, fault=overtake) == 0
    sealing.now = new
    sealing.submit()
    sealing.seal_all()
    sealing.check()
    (record,) = sealing.world.connection.execute(
        "SELECT record FROM log_leaf WHERE shard = 2027 AND leaf_index = 0"
    ).fetchone()
    last = next(head for head in list_heads(sealing.world.connection) if head.shard == 2026)
    assert json.loads(record)["previous"]["size"] == last.tree.size


def test_a_clock_that_was_put_back_over_the_turn_of_the_year_seals_at_its_beginning(sealing):
    sealing.submit()
    sealing.seal_all()
    sealing.now = datetime(2027, 1, 1, tzinfo=UTC)
    sealing.submit()
    sealing.seal_all()
    sealing.now = NOW
    sealing.submit()
    sealing.seal_all()
    sealing.check()
    (record,) = sealing.world.connection.execute(
        "SELECT record FROM log_leaf ORDER BY shard DESC, leaf_index DESC LIMIT 1"
    ).fetchone()
    assert (sealing.head.shard, json.loads(record)["sealed_at"]) == (2027, "2026-12-31T16:00:00.000000Z")


def test_the_old_shard_is_published_though_the_sealer_died_at_the_turn_of_the_year(sealing):
    sealing.submit()
    with pytest.raises(KilledError):
        sealing.seal_all(fault=kill_at("leaves committed"))
    sealing.now = datetime(2027, 1, 1, tzinfo=UTC)
    sealing.submit()
    sealing.seal_all()
    sealing.check()


def test_of_two_sealers_that_saw_the_same_head_one_appends(sealing):
    sealing.submit(3)
    sealing.seal_all()
    sealing.submit(3)
    size = sealing.head.tree.size
    first, second = sealing.context(), sealing.context()

    def overtake(step):
        if step == "leaves made":
            assert seal(second, sealing.folder) == 3

    assert seal(first, sealing.folder, fault=overtake) == 0
    assert sealing.head.tree.size == size + 3
    sealing.check()


def add_acts(connection, count):
    """Record acts of no effect, which are sealed like any other."""
    from suyuan.store.registry import write_act

    for number in range(count):
        write_act(connection, "sweep", acted_at=NOW, body=b"%d" % number)
