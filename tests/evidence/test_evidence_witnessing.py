"""A witness answers as C2SP tlog-witness says, keeps what it cosigned, and never goes back."""

import os
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from suyuan.evidence.checkpoint import Head, parse_head
from suyuan.evidence.hashing import encode_base64
from suyuan.evidence.keys import COSIGNATURE, ED25519, make_signer_key
from suyuan.evidence.merkle import leaf_hash, prove_consistency, tree_root
from suyuan.evidence.note import sign_note, split_note
from suyuan.evidence.witnessing import Request, answer_request, parse_request, read_cosignatures
from suyuan.witness.server import create_witness
from suyuan.witness.state import WitnessState

NAME, ORIGIN = "p.example/log", "p.example/log/2026"
LOG = make_signer_key(NAME, algorithm=ED25519, private=b"\1" * 32)
WITNESS = make_signer_key("w.example", algorithm=COSIGNATURE, private=b"\2" * 32)
LOGS = {NAME: [LOG.verifier]}
LEAVES = [leaf_hash(b"%d" % number) for number in range(40)]
TIME = 1_700_000_000


def checkpoint(size, *, leaves=LEAVES, origin=ORIGIN, signer=LOG):
    text = f"{origin}\n{size}\n{encode_base64(tree_root(leaves[:size]))}\n"
    return sign_note(text, [signer.renamed(origin)])


def request(old, size, *, proof=None, **given):
    leaves = given.get("leaves", LEAVES)
    path = prove_consistency(leaves[:size], size1=old) if proof is None else proof
    return Request(old, tuple(path), checkpoint(size, **given)).encode()


def head(size):
    return Head(ORIGIN, size, tree_root(LEAVES[:size]))


def ask(body, last=None, logs=LOGS):
    return answer_request(body, logs=logs, last=last, signers=[WITNESS], time=TIME)


def test_a_checkpoint_that_follows_is_cosigned_and_kept():
    answer = ask(request(7, 20), head(7))
    assert (answer.status, answer.kept) == (200, head(20))
    (signature,) = read_cosignatures(checkpoint(20), answer.body, key=WITNESS.verifier)
    assert signature.time == TIME


def test_the_first_checkpoint_of_a_log_needs_no_proof():
    assert ask(request(0, 20)).kept == head(20)


def test_the_same_checkpoint_is_cosigned_again():
    assert ask(request(20, 20), head(20)).kept == head(20)


@pytest.mark.parametrize("old", [0, 5, 9])
def test_another_old_size_is_answered_with_the_one_that_is_known(old):
    answer = ask(request(old, 20), head(7))
    assert (answer.status, answer.body, answer.content_type, answer.kept) == (409, "7\n", "text/x.tlog.size", None)


def test_another_root_of_the_same_size_is_a_conflict():
    other = [*LEAVES[:19], leaf_hash(b"other")]
    assert ask(request(20, 20, leaves=other), head(20)).status == 409


def test_a_fork_is_not_cosigned():
    other = [leaf_hash(b"other"), *LEAVES[1:]]
    assert ask(request(7, 20, leaves=other), head(7)).status == 422
    assert ask(request(7, 20, proof=[]), head(7)).status == 422


def test_an_old_size_beyond_the_checkpoint_is_malformed():
    assert ask(request(20, 20, proof=[]).replace(b"old 20", b"old 21"), head(21)).status == 400


def test_an_unknown_log_and_an_unknown_key_are_told_apart():
    stranger = make_signer_key(NAME, algorithm=ED25519, private=b"\3" * 32)
    assert ask(request(0, 20, origin="q.example/log/2026")).status == 404
    assert ask(request(0, 20, origin=f"{NAME}/20266")).status == 404
    assert ask(request(0, 20, signer=stranger)).status == 403


@given(st.binary(max_size=300))
def test_whatever_is_sent_is_answered_and_nothing_is_kept(content):
    answer = ask(content)
    assert (answer.status, answer.kept) == (400, None)


@given(st.integers(0, len(request(7, 20)) - 1), st.integers(0, 7))
def test_no_altered_request_moves_the_witness_elsewhere(at, bit):
    body = request(7, 20)
    altered = body[:at] + bytes([body[at] ^ 1 << bit]) + body[at + 1 :]
    assert ask(altered, head(7)).kept in (None, head(20))


def test_a_request_is_read_as_it_was_written():
    written = Request(7, tuple(LEAVES[:3]), checkpoint(20))
    assert parse_request(written.encode()) == written


def test_cosignatures_of_others_and_of_other_texts_are_left_aside():
    body = ask(request(7, 20), head(7)).body
    stranger = make_signer_key("v.example", algorithm=COSIGNATURE, private=b"\4" * 32)
    assert read_cosignatures(checkpoint(20), "— nonsense\n" + body, key=WITNESS.verifier)
    assert not read_cosignatures(checkpoint(20), body, key=stranger.verifier)
    assert not read_cosignatures(checkpoint(19), body, key=WITNESS.verifier)


@pytest.fixture
def served(tmp_path):
    state = WitnessState(tmp_path / "witness")
    return state, TestClient(create_witness(state=state, logs=LOGS, signers=[WITNESS], clock=lambda: TIME))


def kept_head(state):
    (file,) = [path for path in state.folder.iterdir() if not path.suffix]
    return parse_head(file.read_text())


def test_over_http_the_head_survives_and_grows(served):
    state, client = served
    assert client.post("/add-checkpoint", content=request(0, 7)).status_code == 200
    assert client.post("/add-checkpoint", content=request(7, 20)).status_code == 200
    assert kept_head(state) == head(20)
    again = client.post("/add-checkpoint", content=request(0, 20))
    assert (again.status_code, again.text, again.headers["Content-Type"]) == (
        409,
        "20\n",
        "text/x.tlog.size",
    )


def test_of_many_at_once_each_follows_from_the_one_before(served):
    state, client = served
    client.post("/add-checkpoint", content=request(0, 1))
    with ThreadPoolExecutor(8) as pool:
        sizes = range(2, 40)
        answers = list(
            pool.map(lambda size: client.post("/add-checkpoint", content=request(1, size)).status_code, sizes)
        )
    assert sorted(set(answers)) == [200, 409]
    assert answers.count(200) == 1
    assert kept_head(state).size in range(2, 40)


def test_a_damaged_head_stops_the_witness_instead_of_beginning_anew(served):
    state, client = served
    client.post("/add-checkpoint", content=request(0, 7))
    (file,) = [path for path in state.folder.iterdir() if not path.suffix]
    file.write_text("nothing")
    answer = client.post("/add-checkpoint", content=request(0, 20))
    assert answer.status_code == 503
    assert "a forked log could pass" in answer.text


def test_a_body_without_end_is_refused(served):
    assert served[1].post("/add-checkpoint", content=os.urandom(1_000_001)).status_code == 413


def test_the_lines_of_an_answer_belong_under_the_checkpoint():
    note = checkpoint(20)
    text, lines = split_note(note + ask(request(7, 20), head(7)).body)
    assert text == split_note(note)[0]
    assert [line.name for line in lines] == [ORIGIN, "w.example"]
