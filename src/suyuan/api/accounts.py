"""Coverage and the account of a responsible producer: all for the operator, a participant its own."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict
from starlette.responses import Response

from suyuan.api.answer import json_answer
from suyuan.api.authentication import Reader
from suyuan.api.errors import not_found
from suyuan.api.negotiation import JSON_TYPE, accepts
from suyuan.api.problem import Problem
from suyuan.api.service import TheService
from suyuan.app.coverage import CoverageBy, read_coverage
from suyuan.app.producers import read_producer_accounts
from suyuan.core.identifiers import IdentifierError, Uscc

router = APIRouter(tags=["accounts"], dependencies=[Depends(accepts(JSON_TYPE))])


class CoverageQuery(BaseModel):
    """How coverage is arranged."""

    model_config = ConfigDict(extra="forbid")

    by: CoverageBy = "division"


@router.get("/coverage")
def get_coverage(query: Annotated[CoverageQuery, Query()], reader: Reader, service: TheService) -> Response:
    """Return live packs and those whose chain is whole; for a participant those it is the responsible producer of."""
    with service.open_context() as context:
        return json_answer(read_coverage(context, by=query.by, producer=reader.uscc))


@router.get("/producers/{uscc}/account")
def get_producer_account(uscc: str, reader: Reader, service: TheService) -> Response:
    """Return what a responsible producer put on the market per province, and what of it came back."""
    try:
        producer = str(Uscc.parse(uscc))
    except IdentifierError as error:
        raise Problem("code_malformed", error.message, detail_zh=error.message_zh) from None
    with service.open_context() as context:
        if reader.uscc not in (None, producer) or producer not in context.read_registry():
            raise not_found()
        return json_answer(read_producer_accounts(context, uscc=producer)[0])
