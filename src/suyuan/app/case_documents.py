"""Documents of a case: composed from its file as of the act that they belong to, numbered, recorded and printed."""

from collections.abc import Mapping
from typing import Any, Final

from suyuan.app.context import Context, UseCaseError
from suyuan.app.documents import Printed, Suffix, issue_document, print_draft
from suyuan.app.forms import describe_organ
from suyuan.app.read_cases import read_case_file
from suyuan.core.case import case_subject
from suyuan.core.case_course import MOVE_BY_NAME
from suyuan.core.case_file import CaseFile
from suyuan.core.case_limits import read_case_limits
from suyuan.core.competence import Desk
from suyuan.core.document import (
    DOCUMENT_KINDS,
    KIND_OF_DOCUMENT,
    CaseText,
    Document,
    DocumentKind,
    find_missing,
    find_unknown_details,
)
from suyuan.core.document_case import describe_case, find_act
from suyuan.core.document_letter import LETTERS, compose_letter
from suyuan.core.document_sheet import compose_inspection_record, compose_proof_of_service
from suyuan.core.registry import Authority
from suyuan.rulebook import load_procedure
from suyuan.store.documents import Occasion, Series, list_issued

RECORDS: Final = {"inspection_record": compose_inspection_record, "proof_of_service": compose_proof_of_service}
KINDS_OF_CASES: Final = tuple(kind for kind in DOCUMENT_KINDS if kind.name in LETTERS or kind.name in RECORDS)


def issue_case_document(
    context: Context,
    case_no: str,
    kind: str,
    *,
    details: Mapping[str, str],
    suffix: Suffix,
    is_draft: bool,
    desk: Desk | None = None,
) -> Printed:
    """Return a document of a case for its last act of the kind's move; the same act has one document for ever.

    `details` are what the officer adds; they count when the document is first issued. An officer (`desk`) issues those of
    its authority. Raises UnknownError, UseCaseError with everything that is missing or unknown.
    """
    file = read_case_file(context, case_no, desk=desk)
    form = _find_kind(kind)
    act = find_act(file, form)
    if act is None:
        assert form.move is not None, "a document without a move belongs to any act"
        move = MOVE_BY_NAME[form.move]
        raise UseCaseError(
            f"Case {case_no} has no {form.en} yet: first make the move {move.name} ({move.en}).",
            message_zh=f"案件 {case_no} 尚不能制作{form.zh}：请先办理“{move.zh}”（{move.name}）。",
        )
    issuer = Authority(
        file.authority.authority, file.authority.name, file.authority.line, file.authority.division, file.opened_on
    )
    subject = case_subject(case_no)
    case = describe_case(
        _require_party(file),
        act,
        kind=form,
        organ=describe_organ(issuer),
        limits=read_case_limits(context.rulebook, on=act.acted_on),
        procedure=load_procedure(),
        details=details,
        earlier_numbers=_list_numbers(context, subject) if kind == "proof_of_service" else (),
    )
    _refuse_incomplete(form, case, details)
    if is_draft:
        return print_draft(_compose(form, case, number=None), line=issuer.line, suffix=suffix)
    return issue_document(
        context,
        Occasion(subject, form.name, str(act.number)),
        series=Series(issuer.authority, form.word, act.acted_on.year),
        line=issuer.line,
        suffix=suffix,
        compose=lambda number: _compose(form, case, number=number),
    )


def list_document_kinds(context: Context, case_no: str, *, desk: Desk | None) -> list[dict[str, Any]]:
    """Return the kinds of document for which a case has come far enough, and what an officer adds. Raises UnknownError."""
    file = read_case_file(context, case_no, desk=desk)
    return [
        {
            "kind": kind.name,
            "title": kind.en,
            "title_zh": kind.zh,
            "move": kind.move,
            "fields": [
                {"field": field.name, "title": field.en, "title_zh": field.zh, "required": field.is_required}
                for field in kind.fields
            ],
        }
        for kind in KINDS_OF_CASES
        if find_act(file, kind) is not None
    ]


def _compose(form: DocumentKind, case: CaseText, *, number: int | None) -> Document:
    if form.name in RECORDS:
        return RECORDS[form.name](case, number=number)
    return compose_letter(form.name, case, procedure=load_procedure(), number=number)


def _find_kind(kind: str) -> DocumentKind:
    if kind in LETTERS or kind in RECORDS:
        return KIND_OF_DOCUMENT[kind]
    listed = ", ".join(one.name for one in KINDS_OF_CASES)
    raise UseCaseError(
        f'"{kind}" is no document of a case. There are: {listed}.',
        message_zh=f"没有“{kind}”这种案件文书。现有：{listed}。",
    )


def _require_party(file: CaseFile) -> CaseFile:
    if file.party is None:
        raise UseCaseError(
            f"Case {file.case_no} is held against nobody, so there is nobody to address a document to.",
            message_zh=f"案件 {file.case_no} 没有当事人，不能制作文书。",
        )
    return file


def _refuse_incomplete(form: DocumentKind, case: CaseText, details: Mapping[str, str]) -> None:
    unknown = find_unknown_details(form, details)
    missing = find_missing(form, case)
    if not unknown and not missing:
        return
    fields = ", ".join(f"{field.name} ({field.en})" for field in form.fields) or "-"
    fields_zh = "、".join(f"{field.name}（{field.zh}）" for field in form.fields) or "无"
    english = [f"{name} is no field of it" for name in unknown] + [f"{name} is missing" for _, name in missing]
    chinese = [f"没有字段 {name}" for name in unknown] + [f"缺少{name}" for name, _ in missing]
    raise UseCaseError(
        f"The {form.en} of case {case.case_no} cannot be made: {'; '.join(english)}. An officer may add: {fields}.",
        message_zh=f"案件 {case.case_no} 的{form.zh}不能制作：{'；'.join(chinese)}。可补充的字段：{fields_zh}。",
    )


def _list_numbers(context: Context, subject: str) -> tuple[str, ...]:
    return tuple(
        f"{one.document.title}（{one.document.number}）"
        for one in list_issued(context.connection, subject)
        if one.occasion.kind not in RECORDS
    )
