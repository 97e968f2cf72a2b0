"""The account of an enterprise by month: the operator reads all, a participant its own."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from suyuan.api.answer import json_answer
from suyuan.api.authentication import Reader
from suyuan.api.errors import not_found
from suyuan.api.negotiation import JSON_TYPE, accepts
from suyuan.api.parameters import FilterText
from suyuan.api.problem import Problem
from suyuan.api.service import TheService
from suyuan.app.accounts import find_behind, read_accounts

router = APIRouter(tags=["accounts"], dependencies=[Depends(accepts(JSON_TYPE))])

Month = Annotated[str, Field(pattern=r"^(19|20)\d\d-(0[1-9]|1[0-2])$")]


class AccountsQuery(BaseModel):
    """A month ("2026-05"), or a year; of one site, or of all. `behind` and `flow` ask who stands behind a flow of a month."""

    model_config = ConfigDict(extra="forbid")

    month: Month | None = None
    year: int | None = Field(default=None, ge=1900, le=2099)
    site: FilterText | None = None
    behind: FilterText | None = None
    flow: FilterText | None = None


@router.get("/accounts/{uscc}")
def get_accounts(uscc: str, query: Annotated[AccountsQuery, Query()], reader: Reader, service: TheService) -> Response:
    """Return the account of an enterprise for a month or a year, or the subjects behind one flow of a month."""
    if reader.uscc not in (None, uscc):
        raise not_found()
    if query.month is not None and query.year is not None:
        raise _one_of_both()
    with service.open_context() as context:
        if uscc not in context.read_registry():
            raise not_found()
        if query.behind is None and query.flow is None:
            return json_answer(read_accounts(context, uscc, month=query.month, year=query.year, site=query.site))
        if query.behind is None or query.flow is None or query.month is None:
            raise _behind_needs()
        return json_answer(find_behind(context, uscc, item=query.behind, flow=query.flow, month=query.month))


def _one_of_both() -> Problem:
    return Problem("request_malformed", "Give a month or a year, not both.", detail_zh="month 与 year 只能给出一个。")


def _behind_needs() -> Problem:
    return Problem(
        "request_malformed",
        "Who stands behind a flow is told of an item (behind), a flow and a month: give all three.",
        detail_zh="查询流量明细须同时给出 behind（项目）、flow（流向）和 month（月份）。",
    )
