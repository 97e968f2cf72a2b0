"""Cases: an officer works on those of its authority, a party reads what was served to it and answers; the public list."""

from base64 import b64encode
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Query
from starlette.requests import Request
from starlette.responses import Response

from suyuan.api.answer import answer_page, json_answer
from suyuan.api.authentication import Asker, OfficerDesk, desk_of, officer_needed, party_of
from suyuan.api.body import SmallBody, decode_body
from suyuan.api.negotiation import CSV_TYPE, JSON_TYPE, ZIP_TYPE, accepts, prefers
from suyuan.api.parameters import Day, FilterText, PageQuery
from suyuan.api.service import TheService
from suyuan.app.bundle_case import write_case_bundle
from suyuan.app.case_candidates import FindingFilter, browse_candidates
from suyuan.app.context import Context
from suyuan.app.move_case import answer_case, move_case
from suyuan.app.open_case import open_case
from suyuan.app.publish_penalties import list_public_penalties, write_public_penalties
from suyuan.app.read_cases import browse_cases, browse_own_cases, show_case, show_own_case
from suyuan.app.register import TokenOwner
from suyuan.app.trace import parse_subject
from suyuan.core.competence import Desk

router = APIRouter(tags=["cases"])


class CasesQuery(PageQuery):
    """Filters of the list of cases; `overdue_on` leaves those with a deadline before that day."""

    state: FilterText | None = None
    party: FilterText | None = None
    authority: FilterText | None = None
    overdue_on: Day | None = None


class FindingsQuery(PageQuery):
    """Filters of the findings that an officer may take into a case."""

    party: FilterText | None = None
    rule: FilterText | None = None
    subject: FilterText | None = None
    report_id: FilterText | None = None


class NewCase(msgspec.Struct, forbid_unknown_fields=True):
    """The body that opens a case: which findings are meant, and a remark."""

    findings: FindingFilter
    text: str | None = None


class NewAct(msgspec.Struct, forbid_unknown_fields=True):
    """The body of a move: what it carries, and the second officer of a penalty."""

    fields: dict[str, str | int] = {}
    second_officer: str | None = None


@router.get("/cases", dependencies=[Depends(accepts(JSON_TYPE))])
def get_cases(request: Request, query: Annotated[CasesQuery, Query()], asker: Asker, service: TheService) -> Response:
    """Return cases, the newest first: an officer's authority's, all for the operator, for a party those served to it."""
    with service.open_context() as context:
        party = party_of(asker)
        if party is not None:
            page = browse_own_cases(context, party=party, limit=query.limit, cursor=query.cursor)
        else:
            page = browse_cases(context, desk=desk_of(asker), **query.model_dump())
    return answer_page(request, "cases", page)


@router.get("/cases/findings", dependencies=[Depends(accepts(JSON_TYPE))])
def get_candidates(
    request: Request, query: Annotated[FindingsQuery, Query()], desk: OfficerDesk, service: TheService
) -> Response:
    """Return the findings that an officer may take into a case."""
    meant = _read_filter(FindingFilter(**query.model_dump(exclude={"limit", "cursor"})))
    with service.open_context() as context:
        page = browse_candidates(context, desk, meant, limit=query.limit, cursor=query.cursor)
    return answer_page(request, "findings", page)


@router.post("/cases", dependencies=[Depends(accepts(JSON_TYPE))], status_code=201)
def post_case(desk: OfficerDesk, body: SmallBody, service: TheService) -> Response:
    """Open a case with the findings that are meant, of one party and within the officer's competence."""
    new = decode_body(body, NewCase)
    with service.open_context() as context:
        case_no = open_case(context, officer=desk.officer.officer, meant=_read_filter(new.findings), text=new.text)
        shown = show_case(context, case_no, desk=desk)
    return json_answer(shown, status=201, headers={"Location": f"/api/v1/cases/{case_no}"})


@router.get("/cases/{case_no}", dependencies=[Depends(accepts(JSON_TYPE))])
def get_case(case_no: str, asker: Asker, service: TheService) -> Response:
    """Return a case: the whole of it for its authority and the operator, for its party what was served to it."""
    with service.open_context() as context:
        return json_answer(_show(context, case_no, asker))


@router.get("/cases/{case_no}/bundle.zip", dependencies=[Depends(accepts(ZIP_TYPE))])
def get_bundle(case_no: str, asker: Asker, service: TheService) -> Response:
    """Return the evidence bundle of a case, for officers of its authority and the operator; see `cases verify`."""
    if party_of(asker) is not None:
        raise officer_needed()
    with service.open_context() as context:
        written = write_case_bundle(context, case_no, desk=desk_of(asker))
    headers = {
        "Content-Disposition": f'attachment; filename="{case_no}.zip"',
        "Repr-Digest": f"sha-256=:{b64encode(bytes.fromhex(written.sha256)).decode()}:",
    }
    return Response(written.content, headers=headers, media_type=ZIP_TYPE)


@router.post("/cases/{case_no}/moves/{move}", dependencies=[Depends(accepts(JSON_TYPE))])
def post_move(case_no: str, move: str, asker: Asker, body: SmallBody, service: TheService) -> Response:
    """Make a move: an officer any that the case allows, the party its statement and what concerns a hearing."""
    new = decode_body(body, NewAct)
    with service.open_context() as context:
        if isinstance(asker, Desk):
            officer = asker.officer.officer
            move_case(context, case_no, move, officer=officer, second_officer=new.second_officer, fields=new.fields)
        elif asker.uscc is not None:
            answer_case(context, case_no, move, party=asker.uscc, fields=new.fields)
        else:
            raise officer_needed()
        return json_answer(_show(context, case_no, asker))


@router.get("/public/penalties")
def get_penalties(request: Request, service: TheService) -> Response:
    """Return the public list of penalties as JSON or, where Accept asks for it, as CSV; anybody may read it."""
    form = prefers((JSON_TYPE, CSV_TYPE), accept=request.headers.get("accept", ""))
    with service.open_context() as context:
        if form == CSV_TYPE:
            text = write_public_penalties(context)
            headers = {"Content-Disposition": 'attachment; filename="penalties.csv"', "Vary": "Accept"}
            return Response(text.encode(), headers=headers, media_type=CSV_TYPE)
        return json_answer({"penalties": list_public_penalties(context)}, headers={"Vary": "Accept"})


def _show(context: Context, case_no: str, asker: Desk | TokenOwner) -> dict[str, Any]:
    party = party_of(asker)
    if party is not None:
        return show_own_case(context, case_no, party=party)
    return show_case(context, case_no, desk=desk_of(asker))


def _read_filter(meant: FindingFilter) -> FindingFilter:
    return msgspec.structs.replace(meant, subject=parse_subject(meant.subject)) if meant.subject else meant
