"""A request's body as it comes in: small ones are read whole, long ones handed on piece by piece, none beyond the limit."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Annotated, TypeVar

import msgspec
from fastapi import Depends
from starlette.requests import Request

from suyuan.api.problem import Problem
from suyuan.api.service import TheService

Body = TypeVar("Body")
SMALL_BYTES_MAX = 500_000  # a move of a case with its longest texts; the catalogue bounds each
HELD_BYTES_MAX = 1_000_000  # what is read before a thread and a connection are taken for the request


class IncomingBody:
    """The body of one request, read once; `byte_count` is what has come in, `digest` of what was handed on."""

    def __init__(self, stream: AsyncIterator[bytes], *, bytes_max: int, idle_seconds_max: float) -> None:
        """Begin with nothing read, within the loop that serves the request."""
        self._stream = stream
        self._loop = asyncio.get_running_loop()
        self._bytes_max = bytes_max
        self._idle_seconds_max = idle_seconds_max
        self._held: list[bytes] = []
        self.byte_count = 0
        self._hash = hashlib.sha256()
        self.is_whole = False

    async def read_ahead(self) -> None:
        """Read until the body has ended or as much as may be held has come in."""
        while not self.is_whole and self.byte_count < HELD_BYTES_MAX:
            chunk = await self._read_chunk()
            if chunk is not None:
                self._held.append(chunk)

    def chunks(self) -> Iterator[bytes]:
        """Yield the body, from a worker thread; what has not come in yet is waited for."""
        while self._held:
            yield self._hand_on(self._held.pop(0))
        while not self.is_whole:
            chunk = asyncio.run_coroutine_threadsafe(self._read_chunk(), self._loop).result()
            if chunk is not None:
                yield self._hand_on(chunk)

    def digest(self) -> bytes:
        """Return the SHA-256 of the whole body; what nobody read is read now."""
        for _ in self.chunks():
            pass
        return self._hash.digest()

    def _hand_on(self, chunk: bytes) -> bytes:
        self._hash.update(chunk)
        return chunk

    async def _read_chunk(self) -> bytes | None:
        """Return the next chunk, None at the end; raises the problems 408 and 413."""
        try:
            async with asyncio.timeout(self._idle_seconds_max):
                chunk = await anext(self._stream, None)
        except TimeoutError:
            raise Problem(
                "body_too_slow",
                "Nothing came in for a while. Send the submission again, with the same Idempotency-Key.",
                detail_zh="长时间没有收到数据。请使用相同的 Idempotency-Key 重新发送。",
                headers={"Connection": "close"},
            ) from None
        if chunk is None:
            self.is_whole = True
            return None
        self.byte_count += len(chunk)
        if self.byte_count > self._bytes_max:
            raise too_large(self._bytes_max)
        return chunk


async def read_small_body(request: Request, service: TheService) -> bytes:
    """Return the whole body of a request; raises the problems 408 and 413."""
    refuse_declared_size(request.headers, bytes_max=SMALL_BYTES_MAX)
    idle = service.settings.idle_seconds_max
    body = IncomingBody(request.stream(), bytes_max=SMALL_BYTES_MAX, idle_seconds_max=idle)
    await body.read_ahead()
    return b"".join(body.chunks())


SmallBody = Annotated[bytes, Depends(read_small_body)]


def decode_body(body: bytes, kind: type[Body]) -> Body:
    """Return a small body as the described form; raises the problem 400."""
    try:
        return msgspec.json.decode(body or b"{}", type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Problem(
            "request_malformed",
            f"The body must be JSON of the described form: {error}",
            detail_zh=f"请求体应为符合说明的 JSON：{error}",
        ) from None


def refuse_declared_size(headers: Mapping[str, str], *, bytes_max: int) -> None:
    """Refuse (413) a body that says itself that it is too large, before any of it is read."""
    declared = headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > bytes_max:
        raise too_large(bytes_max)


def too_large(bytes_max: int) -> Problem:
    """Return the problem 413."""
    return Problem(
        "body_too_large",
        f"The body is larger than {bytes_max} bytes. Split the file and send the parts.",
        detail_zh=f"文件超过 {bytes_max} 字节。请拆分后分别报送。",
        headers={"Connection": "close"},
    )
