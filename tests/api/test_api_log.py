"""The log over HTTP: receipts of one's own, checkpoints, tiles and bundles as C2SP tlog-tiles serves them."""

import pytest
from api_world import write_birth
from story import USCC_OF

from suyuan.api.settings import Settings
from suyuan.app.log_keys import read_keys
from suyuan.app.seal import seal
from suyuan.evidence.checkpoint import parse_checkpoint
from suyuan.evidence.hashing import SM3, TWINS
from suyuan.evidence.merkle import leaf_hash, tree_root
from suyuan.evidence.note import open_note
from suyuan.evidence.receipt import verify_receipt
from suyuan.evidence.tiles import cut_hashes, unpack_bundle
from suyuan.evidence.trust import decode_trust
from suyuan.store.log_folder import LogFolder
from suyuan.store.registry import write_act


@pytest.fixture
def settings(tmp_path):
    return Settings(connections=4, log_dir=tmp_path / "log")


@pytest.fixture
def folder(settings):
    return LogFolder(settings.log_dir)


def submit(server, serial=1):
    answer = server.post(write_birth(serial))
    assert answer.status_code == 201, answer.text
    return answer.json()


def seal_all(server, folder):
    while seal(server.world.context, folder):
        pass


def test_the_answer_to_a_submission_holds_the_acknowledgement(server):
    receipt = submit(server)["receipt"]
    assert receipt["acknowledgement"].startswith("suyuan-acknowledgement/1\n")
    assert receipt["included_by"] > receipt["received_at"]


def test_a_receipt_can_be_fetched_by_its_submitter_alone_and_verifies(server, folder):
    name = submit(server)["submission"]
    path = f"/api/v1/submissions/{name}/receipt"
    waiting = server.get(path, who="BP1")
    assert (waiting.status_code, waiting.json()["code"], waiting.headers["Retry-After"]) == (404, "not_sealed_yet", "2")
    seal_all(server, folder)
    assert server.get(path, who="VP1").status_code == 404
    answer = server.get(path, who="BP1")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}.tlog-proof"'
    trust = decode_trust(server.get("/log/trust.json").content)
    assert trust == read_keys(server.world.context).trust
    verdict = verify_receipt(answer.content, trust=trust)
    assert (verdict.outcome, verdict.facts["record"]["submitter"]) == ("verified", USCC_OF["BP1"])
    row = verify_receipt(server.get(f"{path}?row=1", who="BP1").content, trust=trust)
    assert row.facts["row"]["outcome"] == "accepted"
    assert server.get(f"{path}?row=2", who="BP1").status_code == 400


def test_before_the_first_seal_the_log_has_nothing_to_serve(server):
    for path in (
        "/log/checkpoint",
        "/log/2026/checkpoint",
        "/log/trust.json",
        "/log/tile/0/000",
        "/log/2026/tile/0/000",
    ):
        assert server.get(path).status_code == 404


def test_checkpoint_tiles_and_bundles_give_the_signed_roots(server, folder):
    for number in range(300):
        write_act(server.world.connection, "sweep", acted_at=server.world.context.clock(), body=b"%d" % number)
    seal_all(server, folder)
    answer = server.get("/log/checkpoint")
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.headers["Cache-Control"] == "public, max-age=1"
    state = read_keys(server.world.context)
    note = open_note(answer.content, [key.named(f"{state.name}/2026") for key in state.keys])
    checkpoint = parse_checkpoint(note.text)
    rest = checkpoint.size - 256
    roots = {"sha256": checkpoint.root, "sm3": checkpoint.root_sm3}
    for hashing in TWINS:
        prefix = "/log/2026/sm3" if hashing is SM3 else "/log/2026"
        tiles = [server.get(f"{prefix}/tile/0/{name}") for name in ("000", f"001.p/{rest}")]
        assert {one.headers["Cache-Control"] for one in tiles} == {"public, max-age=31536000, immutable"}
        leaves = [leaf for one in tiles for leaf in cut_hashes(one.content)]
        assert tree_root(leaves, hashing=hashing) == roots[hashing.name]
        assert server.get(f"{prefix}/tile/1/000.p/1").content == tree_root(leaves[:256], hashing=hashing)
        bundles = [server.get(f"/log/2026/tile/entries/{name}") for name in ("000", f"001.p/{rest}")]
        entries = [entry for one in bundles for entry in unpack_bundle(one.content)]
        assert [leaf_hash(entry, hashing=hashing) for entry in entries] == leaves


def test_the_short_address_of_a_tile_leads_to_the_shard_in_use_and_is_not_cached(server, folder):
    submit(server)
    seal_all(server, folder)
    answer = server.get("/log/tile/0/000.p/3")
    assert (answer.status_code, answer.headers["Location"]) == (307, "/log/2026/tile/0/000.p/3")
    assert answer.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize(
    "path",
    [
        "tile/0/0",
        "tile/0/0000",
        "tile/00/000",
        "tile/0/x000/000",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/01",
        "tile/64/000",
        "tile/entries/999",
        "sm3/tile/entries/000.p/3",
        "tile/0/../checkpoint",
        "tile/..%2f..%2f..%2fkeys/ed25519.key",
        "../keys/x.key",
    ],
)
def test_only_the_one_way_of_writing_a_tile_is_served_and_nothing_else_of_the_folder(server, folder, path):
    submit(server)
    seal_all(server, folder)
    assert server.get(f"/log/2026/{path}").status_code == 404
