"""Submissions: send one, look at what came of it, fetch the refused rows."""

import tempfile
from collections.abc import Iterator
from io import BytesIO
from typing import IO, Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from suyuan.api.answer import json_answer
from suyuan.api.authentication import Reader, Submitter
from suyuan.api.body import HELD_BYTES_MAX, IncomingBody, refuse_declared_size
from suyuan.api.negotiation import (
    JSON_TYPE,
    XLSX_TYPE,
    accepts,
    find_form,
    read_file_name,
    read_idempotency_key,
    read_wait,
)
from suyuan.api.problem import Problem
from suyuan.api.result import answer_bytes_max, encode_result
from suyuan.api.service import Service, TheService
from suyuan.app.receipt import make_receipt
from suyuan.app.refusals import write_refusals_of
from suyuan.app.submit import Arrival, describe_submission, try_out
from suyuan.app.take_in import find_submission, settle, take_in

router = APIRouter(tags=["submissions"])
SPOOL_BYTES = 1_000_000
PROOF_TYPE = "text/plain"


class SubmissionQuery(BaseModel):
    """What the address of a submission may say."""

    model_config = ConfigDict(extra="forbid")

    dry_run: bool = False
    file_name: str | None = None


@router.post("/submissions", dependencies=[Depends(accepts(JSON_TYPE))], status_code=201)
async def post_submission(
    request: Request, query: Annotated[SubmissionQuery, Query()], submitter: Submitter, service: TheService
) -> Response:
    """Take in a file of reports; with `dry_run` tell what would come of it and keep nothing.

    The same Idempotency-Key with the same body answers with the stored submission (200), with another body 422.
    """
    settings = service.settings
    bytes_max = settings.dry_run_bytes_max if query.dry_run else settings.body_bytes_max
    form = find_form(request.headers)
    key = read_idempotency_key(request.headers)
    refuse_declared_size(request.headers, bytes_max=bytes_max)
    body = IncomingBody(request.stream(), bytes_max=bytes_max, idle_seconds_max=settings.idle_seconds_max)
    await body.read_ahead()
    file_name = read_file_name(request.headers, given=query.file_name)
    arrival = Arrival(submitter, form, file_name, service.clock(), None if query.dry_run else key)
    if query.dry_run:
        return await run_in_threadpool(_try_out, service, body, arrival)
    wait_seconds = read_wait(request.headers, seconds_max=settings.wait_seconds_max)
    return await run_in_threadpool(_submit, service, body, arrival, wait_seconds)


def _submit(service: Service, body: IncomingBody, arrival: Arrival, wait_seconds: float) -> Response:
    """Store, record what is small, judge while the sender waits, and tell the result."""
    is_long = not body.is_whole
    if is_long and not service.long_bodies.acquire(blocking=False):
        raise Problem(
            "service_busy",
            "Other large submissions are just coming in. Send this one again in a little while.",
            detail_zh="正在接收其他大文件，请稍后重新报送。",
            headers={"Retry-After": "30", "Connection": "close"},
        )
    try:
        with service.open_context() as context:
            taken = take_in(context, body.chunks(), arrival=arrival)
    finally:
        if is_long:
            service.long_bodies.release()
    if arrival.idempotency_key is not None and body.digest() != taken.digest:
        raise _key_reused()
    with service.open_context() as context:
        settle(context, taken.submission_no, wait_seconds=wait_seconds)
        result = describe_submission(context, taken.submission_no)
    headers = {"Location": f"/api/v1/submissions/{result['submission']}"}
    if wait_seconds:
        headers["Preference-Applied"] = f"wait={wait_seconds:.0f}"
    told = encode_result(result, bytes_max=answer_bytes_max(body.byte_count))
    return json_answer(told, status=201 if taken.is_new else 200, headers=headers)


def _key_reused() -> Problem:
    return Problem(
        "idempotency_key_reused",
        "This Idempotency-Key was already used for another body. Give each submission a key of its own.",
        detail_zh="该 Idempotency-Key 已用于其他内容。每份报送请使用各自的键。",
    )


def _try_out(service: Service, body: IncomingBody, arrival: Arrival) -> Response:
    """Tell what would come of a file. It is read from the beginning more than once, hence kept aside meanwhile."""
    with tempfile.SpooledTemporaryFile(max_size=SPOOL_BYTES) as file:
        for chunk in body.chunks():
            file.write(chunk)
        with service.open_context() as context:
            result = try_out(context, lambda: _read_again(file), arrival=arrival)
    return json_answer(encode_result(result, bytes_max=answer_bytes_max(body.byte_count)))


def _read_again(file: IO[bytes]) -> Iterator[bytes]:
    file.seek(0)
    while chunk := file.read(HELD_BYTES_MAX):
        yield chunk


@router.get("/submissions/{submission}", dependencies=[Depends(accepts(JSON_TYPE))])
def get_submission(submission: str, reader: Reader, service: TheService) -> Response:
    """Return what came of a submission of one's own."""
    with service.open_context() as context:
        found = find_submission(context, submission, submitter=reader.uscc)
        result = describe_submission(context, found.submission_no)
    return json_answer(encode_result(result))


@router.get("/submissions/{submission}/receipt", dependencies=[Depends(accepts(PROOF_TYPE))])
def get_receipt(
    submission: str, reader: Reader, service: TheService, row: Annotated[int | None, Query(ge=1)] = None
) -> Response:
    """Return the receipt of a submission of one's own, or of one row of it; `suyuan-verify` and the public page check it."""
    with service.open_context() as context:
        found = find_submission(context, submission, submitter=reader.uscc)
        content = make_receipt(context, "submission", found.submission_no, row=row)
    name = f"{found.name}{'' if row is None else f'-row-{row}'}.tlog-proof"
    return Response(
        content,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
        media_type=f"{PROOF_TYPE}; charset=utf-8",
    )


@router.get("/submissions/{submission}/refusals.xlsx", dependencies=[Depends(accepts(XLSX_TYPE))])
def get_refusals(submission: str, reader: Reader, service: TheService) -> Response:
    """Return the refused rows as a workbook that can be corrected and sent as it is."""
    target = BytesIO()
    with service.open_context() as context:
        found = find_submission(context, submission, submitter=reader.uscc)
        row_count = write_refusals_of(context, found.submission_no, target=target)
    if row_count == 0:
        raise Problem(
            "not_found",
            "No row of this submission was refused; there is nothing to correct.",
            detail_zh="该报送没有被退回的行，无需更正。",
        )
    name = f"{found.name}-refusals.xlsx"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(target.getvalue(), headers=headers, media_type=XLSX_TYPE)
