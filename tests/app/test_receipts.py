"""Receipts: an acknowledgement after the last commit, a proof when the log includes the submission, witnesses in between."""

import socket
import threading
import time
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from database_world import DatabaseWorld
from starlette.testclient import TestClient

from suyuan.app.audit import audit
from suyuan.app.context import Context, UseCaseError
from suyuan.app.cosign import cosign, post_checkpoint
from suyuan.app.judge import judge_pending
from suyuan.app.log_keys import open_log, propose_change, read_keys, record_change
from suyuan.app.receipt import NotSealedError, make_receipt
from suyuan.app.seal import seal
from suyuan.app.submit import LogBehindError, describe_submission
from suyuan.evidence.acknowledgement import open_acknowledgement
from suyuan.evidence.hashing import encode_base64
from suyuan.evidence.keys import COSIGNATURE, ED25519, make_signer_key
from suyuan.evidence.note import sign_line
from suyuan.evidence.receipt import verify_receipt
from suyuan.evidence.witnessing import parse_request
from suyuan.store.database import connect
from suyuan.store.log import count_waiting
from suyuan.store.log_folder import LogFolder
from suyuan.witness.server import create_witness
from suyuan.witness.state import WitnessState

NOW = datetime(2026, 11, 26, 4, 0, tzinfo=UTC)
NAME = "platform.example/log"
DECLARED = {"kind": "uncoded_battery_declared", "occurred_at": "2026-05-02", "mass_g": 1000, "explanation": "标签烧毁"}
ALICE, BOB, CAROL = (
    make_signer_key(name, algorithm=ED25519, private=bytes([at]) * 32)
    for at, name in enumerate(("alice", "bob", "carol"), 1)
)


class Platform:
    """A platform with a log of two custodians, a clock set by hand, and witnesses that are called without a network."""

    def __init__(self, url, folder):
        self.world, self.folder, self.now = DatabaseWorld(url), LogFolder(folder), NOW
        self.context = Context(connect(url, autocommit=True), lambda: self.now, log_folder=self.folder)
        open_log(self.context, self.folder, name=NAME, custodians=[ALICE, BOB])
        self.witnesses, self.home = {}, folder

    def submit(self, *reports):
        given = [{**DECLARED, "temporary_code": f"TMP-{{CO1}}-{at}", "report_id": f"r{at}", **report}
                 for at, report in enumerate(reports or ({},))]  # fmt: skip
        return self.world.submit("CO1", *given, context=self.context, judge=False, received_at=self.now)

    def seal(self):
        self.now += timedelta(seconds=1)
        while seal(self.context, self.folder):
            pass
        return cosign(self.context, self.folder, self.keys, post=self.post)

    @property
    def keys(self):
        return read_keys(self.context)

    def change(self, *signers, **fields):
        text = propose_change(self.context, self.folder, fields)
        return record_change(self.context, text + "\n" + "".join(sign_line(text, one) for one in signers))

    def add_witnesses(self, count, quorum):
        signers = [
            make_signer_key(f"w{at}.example", algorithm=COSIGNATURE, private=bytes([100 + at]) * 32)
            for at in range(count)
        ]
        for at, signer in enumerate(signers):
            self.witnesses[f"http://w{at}.example/add-checkpoint"] = self.make_witness(signer, at)
        named = [
            {"name": one.name, "public": encode_base64(one.verifier.public), "url": f"http://{one.name}"}
            for one in signers
        ]
        self.change(ALICE, BOB, change="witnesses", witnesses=named, quorum=quorum)

    def make_witness(self, signer, at):
        logs = {NAME: [key.named(NAME) for key in self.keys.keys]}
        state = WitnessState(self.home.parent / f"witness {at}")
        return TestClient(
            create_witness(state=state, logs=logs, signers=[signer], clock=lambda: self.now.timestamp() + 1)
        )

    def post(self, address, body):
        if self.witnesses.get(address) is None:
            raise ConnectionRefusedError(address)
        answer = self.witnesses[address].post("/add-checkpoint", content=body)
        return answer.status_code, answer.text

    def receipt(self, submission_no=1, **given):
        return make_receipt(self.context, "submission", submission_no, **given)

    def verify(self, content, **changes):
        return verify_receipt(content, trust=replace(self.keys.trust, **changes))


@pytest.fixture
def platform(database_url, tmp_path):
    return Platform(database_url, tmp_path / "log")


def test_the_acknowledgement_says_what_was_committed_and_stays(platform):
    first = platform.submit()["receipt"]
    platform.now += timedelta(hours=5)
    assert describe_submission(platform.context, 1)["receipt"] == first
    promise = open_acknowledgement(first["acknowledgement"], [key.named(NAME) for key in platform.keys.keys])
    assert (promise["submission"], promise["accepted"]) == ("s-000000000001", 1)
    assert promise["included_by"] == first["included_by"] == "2026-11-26T04:01:00.000000Z"


def test_a_sealed_submission_has_a_receipt_that_verifies_without_the_platform(platform):
    platform.submit()
    with pytest.raises(NotSealedError):
        platform.receipt()
    platform.seal()
    verdict = platform.verify(platform.receipt())
    assert verdict.outcome == "verified"
    assert "the operator's word alone" in verdict.sentences[0][0]
    assert verdict.facts["record"]["submission"] == "s-000000000001"
    assert describe_submission(platform.context, 1)["sealed"]


def test_every_row_has_a_receipt_accepted_refused_and_duplicate(platform):
    platform.submit({}, {"mass_g": -5}, {"report_id": "r0", "temporary_code": "TMP-{CO1}-0"})
    platform.seal()
    outcomes = [platform.verify(platform.receipt(row=row)).facts["row"]["outcome"] for row in (1, 2, 3)]
    assert outcomes == ["accepted", "rejected", "duplicate"]
    with pytest.raises(UseCaseError, match="has no row 4"):
        platform.receipt(row=4)


@pytest.mark.parametrize("step", ["checkpoint kept", "signatures kept"])
def test_a_sealer_that_died_before_it_signed_leaves_no_receipt_without_signature(platform, step):
    def die(done):
        if done == step:
            raise KeyboardInterrupt

    platform.submit()
    with pytest.raises(KeyboardInterrupt):
        seal(platform.context, platform.folder, fault=die)
    platform.submit({"report_id": "later", "temporary_code": "TMP-{CO1}-9"})
    platform.seal()
    judge_pending(platform.context)
    assert platform.verify(platform.receipt(1)).outcome == "verified"
    assert audit(platform.context)["identical"]


def test_a_receipt_is_provisional_until_the_quorum_has_cosigned(platform):
    platform.add_witnesses(3, quorum=2)
    down = dict.fromkeys(platform.witnesses)
    up, platform.witnesses = platform.witnesses, down
    platform.submit()
    assert platform.seal() == 0
    assert platform.verify(platform.receipt()).outcome == "provisional"
    platform.witnesses = up
    assert platform.seal() == 3
    verdict = platform.verify(platform.receipt())
    assert verdict.outcome == "verified"
    assert "seen by 2 independent witnesses" in verdict.sentences[0][0]


def test_an_older_checkpoint_with_the_quorum_serves_when_the_newest_has_none(platform):
    platform.add_witnesses(1, quorum=1)
    platform.submit()
    platform.seal()
    platform.witnesses = {}
    platform.submit({"report_id": "later", "temporary_code": "TMP-{CO1}-9"})
    platform.seal()
    assert platform.verify(platform.receipt(1)).outcome == "verified"
    assert platform.verify(platform.receipt(2)).outcome == "provisional"


@pytest.mark.parametrize("seconds", [-3600, 3600, 0], ids=["too early", "too late", "in time"])
def test_a_cosignature_at_an_impossible_time_is_not_taken(platform, seconds):
    platform.add_witnesses(2, quorum=1)
    liar = make_signer_key("w0.example", algorithm=COSIGNATURE, private=bytes([100]) * 32)

    def post(address, body):
        text = parse_request(body).checkpoint.partition("\n\n")[0] + "\n"
        return 200, sign_line(text, liar, time=int(platform.now.timestamp()) + seconds)

    platform.submit()
    platform.now += timedelta(seconds=1)
    seal(platform.context, platform.folder)
    signed = cosign(platform.context, platform.folder, platform.keys, post=post)
    assert signed == (seconds == 0)
    assert platform.verify(platform.receipt()).outcome == ("provisional" if seconds else "verified")


def test_the_last_checkpoint_of_a_year_is_brought_to_witnesses_who_were_down_at_its_end(platform):
    platform.add_witnesses(1, quorum=1)
    up, platform.witnesses = platform.witnesses, {}
    platform.submit()
    platform.seal()
    platform.now = datetime(2027, 1, 1, tzinfo=UTC)
    platform.submit({"report_id": "later", "temporary_code": "TMP-{CO1}-9"})
    platform.seal()
    assert platform.verify(platform.receipt(1)).outcome == "provisional"
    platform.witnesses = up
    assert platform.seal() == 1
    assert platform.verify(platform.receipt(1)).outcome == "verified"


def test_a_witness_that_answers_a_byte_at_a_time_is_given_up(monkeypatch):
    monkeypatch.setattr("suyuan.app.cosign.WITNESS_SECONDS_MAX", 0.2)
    listener = socket.create_server(("127.0.0.1", 0))

    def drip():
        connection, _ = listener.accept()
        with connection, suppress(OSError):
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 90000\r\n\r\n")
            while True:  # until nobody listens any more
                connection.sendall(b"x")
                time.sleep(0.01)

    server = threading.Thread(target=drip)
    server.start()
    address = f"http://127.0.0.1:{listener.getsockname()[1]}/add-checkpoint"
    with suppress(OSError):  # cut off, or an answer that is no whole one
        assert len(post_checkpoint(address, b"")[1]) < 90_000
    server.join(20)
    listener.close()
    assert not server.is_alive()


@pytest.mark.parametrize("address", ["file:///etc/passwd", "ftp://w.example/x", "w.example"])
def test_nothing_but_a_web_address_is_asked(address):
    with pytest.raises(OSError, match="no address of a witness"):
        post_checkpoint(address, b"")


def test_a_witness_cosigns_nothing_that_does_not_follow_from_what_it_saw(platform):
    platform.add_witnesses(1, quorum=1)
    platform.submit()
    platform.seal()
    connection = platform.world.connection
    connection.execute("UPDATE log_leaf SET blind = decode(repeat('11', 32), 'hex') WHERE leaf_index = 1")
    connection.execute("DELETE FROM log_signature")
    connection.execute("DELETE FROM log_checkpoint")
    rewrite_head(platform)
    platform.submit({"report_id": "later", "temporary_code": "TMP-{CO1}-9"})
    assert platform.seal() == 0
    assert platform.verify(platform.receipt(2)).outcome == "provisional"


def rewrite_head(platform):
    """Do what a superuser would who also wants the tiles and the head to agree with the changed leaf."""
    from shutil import rmtree

    from suyuan.evidence.record import TwinTree
    from suyuan.store.log import read_entries, read_newest_head

    head, tree = read_newest_head(platform.context.connection), TwinTree()
    for entry in read_entries(platform.context.connection, shard=head.shard, start=0, end=head.tree.size):
        tree.append(entry)
    roots = {name: one.encode() for name, one in tree.trees.items()}
    platform.context.connection.execute("UPDATE log_head SET roots_sha256 = %(sha256)s, roots_sm3 = %(sm3)s", roots)
    rmtree(platform.folder.path / str(head.shard))


def test_a_key_change_takes_two_different_custodians(platform):
    with pytest.raises(UseCaseError, match="2 different custodians"):
        platform.change(ALICE, change="add", algorithm="ed25519")
    with pytest.raises(UseCaseError, match="two signatures of alice"):
        platform.change(ALICE, ALICE, change="add", algorithm="ed25519")
    with pytest.raises(UseCaseError, match="not list"):
        platform.change(ALICE, CAROL, change="add", algorithm="ed25519")
    assert len(platform.change(ALICE, BOB, change="add", algorithm="ed25519").keys) == 3


def test_after_a_rotation_the_new_key_signs_and_old_receipts_hold(platform):
    platform.submit()
    platform.seal()
    old = platform.receipt()
    (first,) = [key for key in platform.keys.keys if key.algorithm is ED25519]
    platform.change(ALICE, BOB, change="add", algorithm="ed25519", at="2026-11-26T06:00:00.000000Z")
    platform.change(ALICE, BOB, change="retire", public=encode_base64(first.public), at="2026-11-26T06:30:00.000000Z")
    platform.now = datetime(2026, 11, 26, 7, 0, tzinfo=UTC)
    platform.submit({"report_id": "later", "temporary_code": "TMP-{CO1}-9"})
    platform.seal()
    new = platform.receipt(2)
    assert [platform.verify(one).outcome for one in (old, new)] == ["verified", "verified"]
    assert new.count(b"\xe2\x80\x94") == 2  # the retired key has not signed it
    keys = tuple(key for key in platform.keys.keys if key.valid_until or key.algorithm is not ED25519)
    only_old = replace(platform.keys.trust, keys=keys)
    assert verify_receipt(new, trust=only_old).outcome == "refused"


def test_what_a_stolen_key_signed_holds_only_where_witnesses_saw_it_before(platform):
    platform.add_witnesses(1, quorum=1)
    platform.submit()
    platform.seal()
    seen = platform.receipt(1)
    platform.witnesses = {}
    platform.submit({"report_id": "later", "temporary_code": "TMP-{CO1}-9"})
    platform.seal()
    unseen = platform.receipt(2)
    (stolen,) = [key for key in platform.keys.keys if key.algorithm is ED25519]
    platform.now += timedelta(hours=1)
    platform.change(ALICE, BOB, change="add", algorithm="ed25519")
    platform.change(ALICE, BOB, change="stolen", public=encode_base64(stolen.public))
    assert platform.verify(seen).outcome == "verified"
    assert platform.verify(unseen).outcome == "refused"
    assert platform.verify(unseen, quorum=0, witnesses=()).outcome == "refused"


def test_when_too_much_waits_nothing_more_is_taken_in(platform, monkeypatch):
    monkeypatch.setattr("suyuan.app.submit.WAITING_MAX", 3)
    while count_waiting(platform.context.connection, limit=3) < 3:
        platform.submit()
    with pytest.raises(LogBehindError, match="wait to be sealed"):
        platform.submit()
    platform.seal()
    assert platform.submit()["duplicate"] == 1
