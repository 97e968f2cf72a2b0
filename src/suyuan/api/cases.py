"""Cases: an officer works on those of its authority, a party reads what was served to it and answers; the public list."""

from base64 import b64encode
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Query
from starlette.requests import Request
from starlette.responses import Response

from suyuan.api.answer import answer_page, json_answer
from suyuan.api.authentication import Asker
from suyuan.api.body import IncomingBody, refuse_declared_size
from suyuan.api.negotiation import CSV_TYPE, JSON_TYPE, ZIP_TYPE, accepts, prefers
from suyuan.api.parameters import Day, FilterText, PageQuery
from suyuan.api.problem import Problem
from suyuan.api.service import Service, get_service
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
BODY_BYTES_MAX = 500_000  # a move with its longest texts; the catalogue bounds each

TheService = Annotated[Service, Depends(get_service)]


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


async def read_small_body(request: Request, service: TheService) -> bytes:
    """Return the whole body of a request; raises the problems 408 and 413."""
    refuse_declared_size(request.headers, bytes_max=BODY_BYTES_MAX)
    idle = service.settings.idle_seconds_max
    body = IncomingBody(request.stream(), bytes_max=BODY_BYTES_MAX, idle_seconds_max=idle)
    await body.read_ahead()
    return b"".join(body.chunks())


SmallBody = Annotated[bytes, Depends(read_small_body)]


@router.get("/cases", dependencies=[Depends(accepts(JSON_TYPE))])
def get_cases(request: Request, query: Annotated[CasesQuery, Query()], asker: Asker, service: TheService) -> Response:
    """Return cases, the newest first: an officer's authority's, all for the operator, for a party those served to it."""
    with service.open_context() as context:
        if isinstance(asker, TokenOwner) and asker.uscc is not None:
            page = browse_own_cases(context, party=asker.uscc, limit=query.limit, cursor=query.cursor)
        else:
            page = browse_cases(context, desk=_desk_of(asker), **query.model_dump())
    return answer_page(request, "cases", page)


@router.get("/cases/findings", dependencies=[Depends(accepts(JSON_TYPE))])
def get_candidates(
    request: Request, query: Annotated[FindingsQuery, Query()], asker: Asker, service: TheService
) -> Response:
    """Return the findings that an officer may take into a case."""
    desk = _require_officer(asker)
    meant = _read_filter(FindingFilter(**query.model_dump(exclude={"limit", "cursor"})))
    with service.open_context() as context:
        page = browse_candidates(context, desk, meant, limit=query.limit, cursor=query.cursor)
    return answer_page(request, "findings", page)


@router.post("/cases", dependencies=[Depends(accepts(JSON_TYPE))], status_code=201)
def post_case(asker: Asker, body: SmallBody, service: TheService) -> Response:
    """Open a case with the findings that are meant, of one party and within the officer's competence."""
    desk = _require_officer(asker)
    new = _decode(body, NewCase)
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
    if isinstance(asker, TokenOwner) and asker.uscc is not None:
        raise _officer_needed()
    with service.open_context() as context:
        written = write_case_bundle(context, case_no, desk=_desk_of(asker))
    headers = {
        "Content-Disposition": f'attachment; filename="{case_no}.zip"',
        "Repr-Digest": f"sha-256=:{b64encode(bytes.fromhex(written.sha256)).decode()}:",
    }
    return Response(written.content, headers=headers, media_type=ZIP_TYPE)


@router.post("/cases/{case_no}/moves/{move}", dependencies=[Depends(accepts(JSON_TYPE))])
def post_move(case_no: str, move: str, asker: Asker, body: SmallBody, service: TheService) -> Response:
    """Make a move: an officer any that the case allows, the party its statement and what concerns a hearing."""
    new = _decode(body, NewAct)
    with service.open_context() as context:
        if isinstance(asker, Desk):
            officer = asker.officer.officer
            move_case(context, case_no, move, officer=officer, second_officer=new.second_officer, fields=new.fields)
        elif asker.uscc is not None:
            answer_case(context, case_no, move, party=asker.uscc, fields=new.fields)
        else:
            raise _officer_needed()
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
    if isinstance(asker, TokenOwner) and asker.uscc is not None:
        return show_own_case(context, case_no, party=asker.uscc)
    return show_case(context, case_no, desk=_desk_of(asker))


def _desk_of(asker: Desk | TokenOwner) -> Desk | None:
    return asker if isinstance(asker, Desk) else None


def _require_officer(asker: Desk | TokenOwner) -> Desk:
    if isinstance(asker, Desk):
        return asker
    raise _officer_needed()


def _officer_needed() -> Problem:
    return Problem(
        "officer_needed",
        "Only an officer of an authority can do this; the operator gives out their tokens.",
        detail_zh="仅主管机关的执法人员可以办理；其令牌由平台运营方发放。",
    )


def _read_filter(meant: FindingFilter) -> FindingFilter:
    return msgspec.structs.replace(meant, subject=parse_subject(meant.subject)) if meant.subject else meant


def _decode(body: bytes, kind: type[Any]) -> Any:  # noqa: ANN401 - an instance of the kind
    try:
        decoded = msgspec.json.decode(body or b"{}", type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Problem(
            "request_malformed",
            f"The body must be JSON of the described form: {error}",
            detail_zh=f"请求体应为符合说明的 JSON：{error}",
        ) from None
    return decoded
