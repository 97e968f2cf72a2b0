"""The witness's HTTP side: POST add-checkpoint, as C2SP tlog-witness says."""

import time
from collections.abc import Callable, Mapping, Sequence

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from suyuan.evidence.keys import SignerKey, VerifierKey
from suyuan.evidence.witnessing import REQUEST_BYTES_MAX, Answer, answer_request, find_origin
from suyuan.witness.state import WitnessState, WitnessStateError


def create_witness(
    *,
    state: WitnessState,
    logs: Mapping[str, Sequence[VerifierKey]],
    signers: Sequence[SignerKey],
    clock: Callable[[], float] = time.time,
) -> Starlette:
    """Return the application of a witness that cosigns for some logs."""

    def cosign(body: bytes) -> Answer:
        origin = find_origin(body, logs)
        if origin is None:
            return answer_request(body, logs=logs, last=None, signers=(), time=0)
        with state.hold(origin) as path:
            last = state.read(path)
            answer = answer_request(body, logs=logs, last=last, signers=signers, time=int(clock()))
            if answer.kept is not None and answer.kept != last:
                state.keep(path, answer.kept)
        return answer

    async def add_checkpoint(request: Request) -> Response:
        body = b""
        async for chunk in request.stream():
            body += chunk
            if len(body) > REQUEST_BYTES_MAX:
                return PlainTextResponse("The request is too long.\n", 413)
        try:
            answer = await run_in_threadpool(cosign, body)
        except WitnessStateError as error:
            return PlainTextResponse(f"{error.message}\n{error.message_zh}\n", 503)
        # The header as it stands: media types of text get a charset, which the size of tlog-witness has not.
        return Response(answer.body, answer.status, headers={"Content-Type": answer.content_type})

    return Starlette(routes=[Route("/add-checkpoint", add_checkpoint, methods=["POST"])])
