"""Batteries and vehicles: their traces, and the question before a wreck is accepted."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict
from starlette.responses import Response

from suyuan.api.answer import json_answer
from suyuan.api.authentication import Reader
from suyuan.api.errors import not_found
from suyuan.api.negotiation import JSON_TYPE, accepts
from suyuan.api.parameters import Day
from suyuan.api.problem import Problem
from suyuan.api.service import Service, TheService
from suyuan.app.access import may_read
from suyuan.app.check_scrapping import check_scrapping
from suyuan.app.context import Context
from suyuan.app.register import TokenOwner
from suyuan.app.trace import trace
from suyuan.core.identifiers import IdentifierError, Vin, parse_subject_code

router = APIRouter(tags=["subjects"], dependencies=[Depends(accepts(JSON_TYPE))])
FOUND_CHARACTERS_MAX = 4_000  # some 150 codes; no vehicle carries that many packs


class TraceQuery(BaseModel):
    """What the address of a trace may say."""

    model_config = ConfigDict(extra="forbid")

    as_of: Day | None = None


class FoundQuery(BaseModel):
    """The codes seen on a wreck, separated by blanks; may be empty."""

    model_config = ConfigDict(extra="forbid")

    found: str = ""


@router.get("/batteries/{code}")
def get_battery(code: str, query: Annotated[TraceQuery, Query()], reader: Reader, service: TheService) -> Response:
    """Return the trace of a battery, module, cell, reuse product, uncoded battery or lot, today or as of a day."""
    try:
        subject = str(parse_subject_code(code))
    except IdentifierError as error:
        raise _malformed(error) from None
    return _answer_trace(service, reader, subject, query)


@router.get("/vehicles/{vin}")
def get_vehicle(vin: str, query: Annotated[TraceQuery, Query()], reader: Reader, service: TheService) -> Response:
    """Return the trace of a vehicle, today or as of a day."""
    return _answer_trace(service, reader, parse_vin(vin), query)


@router.get("/vehicles/{vin}/scrapping-check")
def get_scrapping_check(
    vin: str, query: Annotated[FoundQuery, Query()], reader: Reader, service: TheService
) -> Response:
    """Compare the packs found on a wreck with those expected; records nothing.

    A vehicle dismantler may ask about any vehicle, since it must ask before it has a part in it; others about those they
    have a part in.
    """
    subject = parse_vin(vin)
    if len(query.found) > FOUND_CHARACTERS_MAX:
        raise Problem(
            "request_malformed",
            f"found holds at most {FOUND_CHARACTERS_MAX} characters: the codes on one vehicle, separated by blanks.",
            detail_zh=f"found 最多 {FOUND_CHARACTERS_MAX} 个字符：一辆车上的电池编码，以空格分隔。",
        )
    with service.open_context() as context:
        if not _is_dismantler(context, reader):
            _refuse_stranger(context, reader, subject)
        return json_answer(check_scrapping(context, subject, found=query.found))


def _answer_trace(service: Service, reader: TokenOwner, subject: str, query: TraceQuery) -> Response:
    """Answer with a trace; what was never reported and what is not the reader's to see answer alike."""
    with service.open_context() as context:
        _refuse_stranger(context, reader, subject)
        told = trace(context, subject, as_of=query.as_of)
    if not told["events"] and not told["findings"]:
        raise not_found()
    return json_answer(told)


def _refuse_stranger(context: Context, reader: TokenOwner, subject: str) -> None:
    if reader.uscc is not None and not may_read(context, reader.uscc, subject):
        raise not_found()


def _is_dismantler(context: Context, reader: TokenOwner) -> bool:
    today = context.today()
    return "vehicle_dismantler" in context.read_registry().roles_of(reader.uscc, on=today)


def parse_vin(text: str) -> str:
    """Return the VIN of an address; raises the problem 400."""
    try:
        return str(Vin.parse(text))
    except IdentifierError as error:
        raise _malformed(error) from None


def _malformed(error: IdentifierError) -> Problem:
    return Problem("code_malformed", error.message, detail_zh=error.message_zh)
