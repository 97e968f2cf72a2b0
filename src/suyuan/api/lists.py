"""Lists of findings and duties, page by page, as far as the reader may see them."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from suyuan.api.answer import json_answer
from suyuan.api.authentication import Reader
from suyuan.api.negotiation import JSON_TYPE, accepts
from suyuan.api.parameters import Day, FilterText
from suyuan.api.service import Service, get_service
from suyuan.app.browse import Page, browse_duties, browse_findings
from suyuan.app.trace import parse_subject
from suyuan.core.finding import Weight

router = APIRouter(tags=["lists"], dependencies=[Depends(accepts(JSON_TYPE))])
PAGE_ENTRIES_DEFAULT, PAGE_ENTRIES_MAX = 100, 1_000

TheService = Annotated[Service, Depends(get_service)]


class PageQuery(BaseModel):
    """How much of a list, and from where: `cursor` is the `next` of the page before."""

    model_config = ConfigDict(extra="forbid")

    limit: int = Field(default=PAGE_ENTRIES_DEFAULT, ge=1, le=PAGE_ENTRIES_MAX)
    cursor: str | None = Field(default=None, max_length=1_000)


class FindingsQuery(PageQuery):
    """Filters of the list of findings."""

    rule: FilterText | None = None
    weight: Weight | None = None
    subject: FilterText | None = None
    party: FilterText | None = None


class DutiesQuery(PageQuery):
    """Filters of the list of duties; `overdue_on` leaves the open ones that were due before that day."""

    participant: FilterText | None = None
    overdue_on: Day | None = None


@router.get("/findings")
def get_findings(
    request: Request, query: Annotated[FindingsQuery, Query()], reader: Reader, service: TheService
) -> Response:
    """Return findings: all for the operator, for a participant those that concern it."""
    subject = parse_subject(query.subject) if query.subject else None
    with service.open_context() as context:
        page = browse_findings(
            context,
            reader=reader.uscc,
            limit=query.limit,
            cursor=query.cursor,
            rule=query.rule,
            weight=query.weight,
            subject=subject,
            party=query.party,
        )
    return _answer_page(request, "findings", page)


@router.get("/duties")
def get_duties(
    request: Request, query: Annotated[DutiesQuery, Query()], reader: Reader, service: TheService
) -> Response:
    """Return duties, the first due first: all for the operator, for a participant its own."""
    with service.open_context() as context:
        page = browse_duties(
            context,
            reader=reader.uscc,
            limit=query.limit,
            cursor=query.cursor,
            participant=query.participant,
            overdue_on=query.overdue_on,
        )
    return _answer_page(request, "duties", page)


def _answer_page(request: Request, name: str, page: Page) -> Response:
    """Answer with one page; `next` and the header Link lead to the following one."""
    headers = {}
    if page.following is not None:
        kept = [(key, value) for key, value in request.query_params.multi_items() if key != "cursor"]
        address = f"{request.url.path}?{urlencode([*kept, ('cursor', page.following)])}"
        headers["Link"] = f'<{address}>; rel="next"'
    return json_answer({name: page.entries, "next": page.following}, headers=headers)
