"""Documents: an officer issues them and looks at drafts, the party prints what is addressed to it, a giver its vouchers."""

from collections.abc import Mapping
from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from suyuan.api.answer import json_answer
from suyuan.api.authentication import Asker, OfficerDesk, Submitter, desk_of, party_of
from suyuan.api.body import SmallBody, decode_body
from suyuan.api.errors import not_found
from suyuan.api.negotiation import DOCX_TYPE, JSON_TYPE, PDF_TYPE, accepts, require_accepted
from suyuan.api.service import TheService
from suyuan.api.subjects import parse_vin
from suyuan.app.case_documents import issue_case_document, list_document_kinds
from suyuan.app.context import Context
from suyuan.app.documents import Printed, Suffix, describe_issued, print_issued
from suyuan.app.read_documents import documents_of_case, documents_of_vehicle
from suyuan.app.register import TokenOwner
from suyuan.app.vehicle_notice import KIND, issue_vehicle_notice
from suyuan.app.voucher import LINES_MAX, make_voucher
from suyuan.core.competence import Desk
from suyuan.store.documents import Issued

router = APIRouter(tags=["documents"])
MEDIA_TYPES: Mapping[Suffix, str] = {"pdf": PDF_TYPE, "docx": DOCX_TYPE}


class NewDocument(msgspec.Struct, forbid_unknown_fields=True):
    """The body that issues a document of a case: its kind, and what the officer adds."""

    kind: str
    details: dict[str, str] = {}


class NewNotice(msgspec.Struct, forbid_unknown_fields=True):
    """The body that issues the notice about an incomplete vehicle: there is nothing to add."""


class VoucherQuery(BaseModel):
    """The reports of the hand-overs that a voucher lists."""

    model_config = ConfigDict(extra="forbid")

    report_id: list[str] = Field(min_length=1, max_length=LINES_MAX)


def require_file_type(request: Request, suffix: Suffix) -> None:
    """Refuse (406) a request whose Accept leaves out the file that its address names."""
    require_accepted(MEDIA_TYPES[suffix], request)


AcceptsFile = Depends(require_file_type)


# -- cases ---------------------------------------------------------------------------------------------------------


@router.get("/cases/{case_no}/documents", dependencies=[Depends(accepts(JSON_TYPE))])
def get_case_documents(case_no: str, asker: Asker, service: TheService) -> Response:
    """Return the documents issued in a case; its authority and the operator also read what may be issued now."""
    with service.open_context() as context:
        told = {"documents": describe_issued(_of_case(context, case_no, asker))}
        if party_of(asker) is None:
            told["kinds"] = list_document_kinds(context, case_no, desk=desk_of(asker))
    return json_answer(told)


@router.post("/cases/{case_no}/documents", dependencies=[Depends(accepts(JSON_TYPE))], status_code=201)
def post_case_document(case_no: str, desk: OfficerDesk, body: SmallBody, service: TheService) -> Response:
    """Issue a document for the last act of its move: 201 with its number, 200 where that act has its document already."""
    new = decode_body(body, NewDocument)
    with service.open_context() as context:
        printed = issue_case_document(
            context, case_no, new.kind, details=new.details, suffix="pdf", is_draft=False, desk=desk
        )
        return _answer_issued(printed, _of_case(context, case_no, desk), path=f"cases/{case_no}")


@router.get("/cases/{case_no}/documents/{document}.{suffix}", dependencies=[AcceptsFile])
def get_case_document(case_no: str, document: int, suffix: Suffix, asker: Asker, service: TheService) -> Response:
    """Print an issued document of a case again, as PDF or Word file."""
    with service.open_context() as context:
        return _print_again(context, _of_case(context, case_no, asker), document, suffix=suffix)


@router.get("/cases/{case_no}/drafts/{kind}.{suffix}", dependencies=[AcceptsFile])
def get_case_draft(
    request: Request, case_no: str, kind: str, suffix: Suffix, desk: OfficerDesk, service: TheService
) -> Response:
    """Print a draft for the last act of its move, marked as one; the parameters are what the officer adds."""
    details = dict(request.query_params)
    with service.open_context() as context:
        printed = issue_case_document(context, case_no, kind, details=details, suffix=suffix, is_draft=True, desk=desk)
    return _answer_file(printed, name=f"draft-{printed.document.kind}.{suffix}", suffix=suffix)


# -- vehicles ------------------------------------------------------------------------------------------------------


@router.get("/vehicles/{vin}/documents", dependencies=[Depends(accepts(JSON_TYPE))])
def get_vehicle_documents(vin: str, asker: Asker, service: TheService) -> Response:
    """Return the notices that were issued about a vehicle."""
    with service.open_context() as context:
        return json_answer({"documents": describe_issued(_of_vehicle(context, vin, asker))})


@router.post("/vehicles/{vin}/documents", dependencies=[Depends(accepts(JSON_TYPE))], status_code=201)
def post_vehicle_notice(vin: str, desk: OfficerDesk, body: SmallBody, service: TheService) -> Response:
    """Issue the notice that packs are missing on a scrapped vehicle: 201, or 200 where the same packs have theirs."""
    decode_body(body, NewNotice)
    with service.open_context() as context:
        printed = _write_notice(context, vin, desk, suffix="pdf", is_draft=False)
        return _answer_issued(printed, _of_vehicle(context, vin, desk), path=f"vehicles/{vin}")


@router.get("/vehicles/{vin}/documents/{document}.{suffix}", dependencies=[AcceptsFile])
def get_vehicle_document(vin: str, document: int, suffix: Suffix, asker: Asker, service: TheService) -> Response:
    """Print an issued notice about a vehicle again, as PDF or Word file."""
    with service.open_context() as context:
        return _print_again(context, _of_vehicle(context, vin, asker), document, suffix=suffix)


@router.get(f"/vehicles/{{vin}}/drafts/{KIND.name}.{{suffix}}", dependencies=[AcceptsFile])
def get_vehicle_draft(vin: str, suffix: Suffix, desk: OfficerDesk, service: TheService) -> Response:
    """Print a draft of the notice that packs are missing on a scrapped vehicle, marked as one."""
    with service.open_context() as context:
        printed = _write_notice(context, vin, desk, suffix=suffix, is_draft=True)
    return _answer_file(printed, name=f"draft-{KIND.name}.{suffix}", suffix=suffix)


# -- vouchers ------------------------------------------------------------------------------------------------------


@router.get("/voucher.{suffix}", dependencies=[AcceptsFile])
def get_voucher(
    suffix: Suffix, query: Annotated[VoucherQuery, Query()], giver: Submitter, service: TheService
) -> Response:
    """Print the voucher of hand-overs that the asker has reported, to one receiver and on one day."""
    with service.open_context() as context:
        printed = make_voucher(context, query.report_id, giver=giver, suffix=suffix)
    return _answer_file(printed, name=f"voucher.{suffix}", suffix=suffix)


# -- answers -------------------------------------------------------------------------------------------------------


def _of_case(context: Context, case_no: str, asker: Desk | TokenOwner) -> dict[int, Issued]:
    return documents_of_case(context, case_no, desk=desk_of(asker), party=party_of(asker))


def _of_vehicle(context: Context, vin: str, asker: Desk | TokenOwner) -> dict[int, Issued]:
    return documents_of_vehicle(context, parse_vin(vin), desk=desk_of(asker), party=party_of(asker))


def _write_notice(context: Context, vin: str, desk: Desk, *, suffix: Suffix, is_draft: bool) -> Printed:
    authority = desk.authority.authority
    return issue_vehicle_notice(context, parse_vin(vin), authority=authority, suffix=suffix, is_draft=is_draft)


def _answer_issued(printed: Printed, documents: dict[int, Issued], *, path: str) -> Response:
    """Answer with what was issued; its address in Location prints it."""
    place = next(place for place, one in documents.items() if one.document == printed.document)
    return json_answer(
        {"document": place, **printed.describe()},
        status=201 if printed.is_new else 200,
        headers={"Location": f"/api/v1/{path}/documents/{place}.pdf"},
    )


def _print_again(context: Context, documents: dict[int, Issued], place: int, *, suffix: Suffix) -> Response:
    issued = documents.get(place)
    if issued is None:
        raise not_found()
    printed = print_issued(context, issued, suffix=suffix)
    return _answer_file(printed, name=f"{issued.occasion.kind}-{place}.{suffix}", suffix=suffix)


def _answer_file(printed: Printed, *, name: str, suffix: Suffix) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(printed.body, headers=headers, media_type=MEDIA_TYPES[suffix])
