"""Cosign: bring the newest checkpoints to the witnesses, and publish them with what they signed."""

import http.client
import socket
import ssl
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from urllib.parse import SplitResult, urlsplit

from suyuan.app.context import Context
from suyuan.evidence.checkpoint import parse_checkpoint
from suyuan.evidence.key_change import KeyState, Witness
from suyuan.evidence.note import Signature
from suyuan.evidence.receipt import CLOCK_TOLERANCE
from suyuan.evidence.tiles import TiledTree
from suyuan.evidence.witnessing import Request, read_cosignatures
from suyuan.store.log import find_checkpoint, keep_signatures, list_heads, list_signatures
from suyuan.store.log_folder import LogFolder

WITNESS_SECONDS_MAX = 5.0
ANSWER_BYTES_MAX = 100_000
GOOD, CONFLICT = 200, 409
Post = Callable[[str, bytes], tuple[int, str]]  # address and body to status and answer; raises OSError


def cosign(context: Context, folder: LogFolder, state: KeyState, *, post: Post | None = None) -> int:
    """Ask every witness that has not signed the newest published checkpoint; returns how many have signed it now.

    The last checkpoint of an earlier year is asked for until it has the quorum: the receipts of its last leaves need it.
    A witness that does not answer, or says that the checkpoint does not follow, leaves the receipts provisional.
    """
    if not state.witnesses:
        return 0
    *earlier, newest = [head.shard for head in list_heads(context.connection)] or [0]
    for shard in earlier:
        if _count(context, folder, state, shard) < state.quorum:
            _cosign_shard(context, folder, state, shard, post=post or post_checkpoint)
    _cosign_shard(context, folder, state, newest, post=post or post_checkpoint)
    return _count(context, folder, state, newest)


def _count(context: Context, folder: LogFolder, state: KeyState, shard: int) -> int:
    """Return how many witnesses have signed the newest published checkpoint of a shard."""
    lines = list_signatures(context.connection, shard=shard, size=folder.published_size(shard))
    witnesses = {one.key.key_id for one in state.witnesses}
    return sum(key_id in witnesses for _, key_id, _ in lines)


def _cosign_shard(context: Context, folder: LogFolder, state: KeyState, shard: int, *, post: Post) -> None:
    size = folder.published_size(shard)
    found = find_checkpoint(context.connection, shard=shard, size=size) if size else None
    if found is None or found[0] != size:
        return
    signed = {key_id for _, key_id, _ in list_signatures(context.connection, shard=shard, size=size)}
    asked = [one for one in state.witnesses if one.key.key_id not in signed]
    tree = TiledTree(folder.reader(shard), size=size)
    note = _note(context, shard, size, found[1])
    with ThreadPoolExecutor(max_workers=max(1, len(asked))) as pool:
        answers = list(pool.map(lambda one: _ask(one, note, tree, post), asked))
    # A cosignature at a time that no receipt may bear would spoil every receipt of this checkpoint: it is as good as none.
    earliest = (parse_checkpoint(found[1]).time - CLOCK_TOLERANCE).timestamp()
    latest = (context.clock() + CLOCK_TOLERANCE).timestamp()
    kept = [one for answer in answers for one in answer if one.time is not None and earliest <= one.time <= latest]
    if kept:
        keep_signatures(context.connection, kept, shard=shard, size=size)
        folder.write_checkpoint(shard, _note(context, shard, size, found[1]), size=size)


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
    """Send a request to a witness and return status and answer. Raises OSError where there is none in time.

    The time is for the whole exchange: a witness that sends a byte now and then must not hold up the log. No redirect is
    followed.
    """
    url = urlsplit(address)
    is_tls = url.scheme == "https"
    if url.hostname is None or not (is_tls or url.scheme == "http"):
        raise OSError(f"{address} is no address of a witness")
    port = url.port or (http.client.HTTPS_PORT if is_tls else http.client.HTTP_PORT)
    with (
        socket.create_connection((url.hostname, port), timeout=WITNESS_SECONDS_MAX) as opened,
        opened.dup() as second,  # TLS takes the first handle over
    ):
        timer = threading.Timer(WITNESS_SECONDS_MAX, _shut, [second])
        timer.start()
        try:
            return _exchange(url, opened, body, is_tls=is_tls)
        except http.client.HTTPException as error:
            raise OSError(str(error)) from None
        finally:
            timer.cancel()


def _exchange(url: SplitResult, opened: socket.socket, body: bytes, *, is_tls: bool) -> tuple[int, str]:
    host = url.hostname or ""
    connection = http.client.HTTPSConnection(host, url.port) if is_tls else http.client.HTTPConnection(host, url.port)
    with ssl.create_default_context().wrap_socket(opened, server_hostname=host) if is_tls else opened as stream:
        connection.sock = stream
        connection.request("POST", url.path, body, {"Connection": "close"})
        response = connection.getresponse()
        return response.status, response.read(ANSWER_BYTES_MAX).decode("utf-8", "replace")


def _shut(connection: socket.socket) -> None:
    with suppress(OSError):  # ended meanwhile
        connection.shutdown(socket.SHUT_RDWR)
