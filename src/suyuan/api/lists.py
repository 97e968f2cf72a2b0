"""Lists of findings and duties, page by page, as far as the reader may see them."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from starlette.requests import Request
from starlette.responses import Response

from suyuan.api.answer import answer_page
from suyuan.api.authentication import Reader
from suyuan.api.negotiation import JSON_TYPE, accepts
from suyuan.api.parameters import Day, FilterText, PageQuery
from suyuan.api.service import TheService
from suyuan.app.browse import browse_duties, browse_findings
from suyuan.app.trace import parse_subject
from suyuan.core.finding import Weight

router = APIRouter(tags=["lists"], dependencies=[Depends(accepts(JSON_TYPE))])


class FindingsQuery(PageQuery):
    """Filters of the list of findings."""

    rule: FilterText | None = None
    weight: Weight | None = None
    subject: FilterText | None = None
    party: FilterText | None = None


class DutiesQuery(PageQuery):
    """Filters of the list of duties; `overdue_on` leaves the open ones that were due before that day.

    `as_of` is the day for which groups and days left are told, today where none is given.
    """

    participant: FilterText | None = None
    overdue_on: Day | None = None
    as_of: Day | None = None


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
    return answer_page(request, "findings", page)


@router.get("/duties")
def get_duties(
    request: Request, query: Annotated[DutiesQuery, Query()], reader: Reader, service: TheService
) -> Response:
    """Return duties, overdue first and settled last: all for the operator, for a participant its own."""
    with service.open_context() as context:
        page = browse_duties(
            context,
            reader=reader.uscc,
            limit=query.limit,
            cursor=query.cursor,
            participant=query.participant,
            overdue_on=query.overdue_on,
            as_of=query.as_of,
        )
    return answer_page(request, "duties", page)
