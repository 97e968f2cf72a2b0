"""Cosign: bring the newest checkpoint to the witnesses, and publish it with what they signed."""

import urllib.error
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from suyuan.app.context import Context
from suyuan.evidence.key_change import KeyState, Witness
from suyuan.evidence.note import Signature
from suyuan.evidence.tiles import TiledTree
from suyuan.evidence.witnessing import Request, read_cosignatures
from suyuan.store.log import find_checkpoint, keep_signature, list_signatures, read_newest_head
from suyuan.store.log_folder import LogFolder

WITNESS_SECONDS_MAX = 5.0
ANSWER_BYTES_MAX = 100_000
GOOD, CONFLICT = 200, 409
Post = Callable[[str, bytes], tuple[int, str]]  # address and body to status and answer; raises OSError


def cosign(context: Context, folder: LogFolder, state: KeyState, *, post: Post | None = None) -> int:
    """Ask every witness that has not signed the newest published checkpoint; returns how many have signed it now.

    A witness that does not answer, or says that the checkpoint does not follow, leaves the receipts provisional.
    """
    head = read_newest_head(context.connection)
    if head is None or not state.witnesses:
        return 0
    shard, size = head.shard, folder.published_size(head.shard)
    found = find_checkpoint(context.connection, shard=shard, size=size) if size else None
    if found is None or found[0] != size:
        return 0
    signed = {key_id for _, key_id, _ in list_signatures(context.connection, shard=shard, size=size)}
    asked = [one for one in state.witnesses if one.key.key_id not in signed]
    tree = TiledTree(folder.reader(shard), size=size)
    note = _note(context, shard, size, found[1])
    with ThreadPoolExecutor(max_workers=max(1, len(asked))) as pool:
        answers = list(pool.map(lambda one: _ask(one, note, tree, post or post_checkpoint), asked))
    for signatures in answers:
        for signature in signatures:
            keep_signature(context.connection, signature, shard=shard, size=size)
    if any(answers):
        folder.write_checkpoint(shard, _note(context, shard, size, found[1]), size=size)
    witnesses = {one.key.key_id for one in state.witnesses}
    lines = list_signatures(context.connection, shard=shard, size=size)
    return sum(key_id in witnesses for _, key_id, _ in lines)


def _note(context: Context, shard: int, size: int, text: str) -> str:
    return text + "\n" + "".join(line for _, _, line in list_signatures(context.connection, shard=shard, size=size))


def _ask(witness: Witness, note: str, tree: TiledTree, post: Post) -> list[Signature]:
    """Return a witness's cosignatures; it tells from which size on it wants the proof, if that is not the same size."""
    address = f"{witness.url.rstrip('/')}/add-checkpoint"
    try:
        status, answer = post(address, Request(0, (), note).encode())
        if status == CONFLICT:
            old_size = int(answer)
            body = Request(old_size, tuple(tree.prove_consistency(old_size)), note).encode()
            status, answer = post(address, body)
        return read_cosignatures(note, answer, key=witness.key) if status == GOOD else []
    except (OSError, ValueError, IndexError):
        return []


def post_checkpoint(address: str, body: bytes) -> tuple[int, str]:
    """Send a request to a witness and return status and answer. Raises OSError where nobody answers in time."""
    request = urllib.request.Request(address, data=body, method="POST")  # noqa: S310 - an address from two custodians
    try:
        with urllib.request.urlopen(request, timeout=WITNESS_SECONDS_MAX) as response:  # noqa: S310
            return response.status, response.read(ANSWER_BYTES_MAX).decode("utf-8", "replace")
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read(ANSWER_BYTES_MAX).decode("utf-8", "replace")
