"""Who asks: a bearer token names a participant, the operator, or (for cases) an officer of an authority."""

from typing import Annotated

from fastapi import Depends
from starlette.requests import Request

from suyuan.api.problem import Problem
from suyuan.api.service import TheService
from suyuan.app.officer import find_officer
from suyuan.app.register import TokenOwner, find_token_owner
from suyuan.core.competence import Desk

TOKEN_CHARACTERS_MAX = 200
_REALM = 'Bearer realm="suyuan"'


def require_reader(request: Request, service: TheService) -> TokenOwner:
    """Return whose token came with a request; raises the problem 401 for none, or one that is unknown or revoked."""
    with service.open_context() as context:
        owner = find_token_owner(context, _read_token(request))
    if owner is None:
        raise _unknown_token()
    return owner


Reader = Annotated[TokenOwner, Depends(require_reader)]


def require_asker(request: Request, service: TheService) -> Desk | TokenOwner:
    """Return who asks about cases: an officer at work today, a participant or the operator; raises the problem 401."""
    token = _read_token(request)
    with service.open_context() as context:
        asker = find_officer(context, token) or find_token_owner(context, token)
    if asker is None:
        raise _unknown_token()
    return asker


Asker = Annotated[Desk | TokenOwner, Depends(require_asker)]


def desk_of(asker: Desk | TokenOwner) -> Desk | None:
    """Return the officer who asks, None for anybody else."""
    return asker if isinstance(asker, Desk) else None


def party_of(asker: Desk | TokenOwner) -> str | None:
    """Return the USCC of a participant who asks, None for officers and the operator."""
    return asker.uscc if isinstance(asker, TokenOwner) else None


def require_officer(asker: Asker) -> Desk:
    """Return the officer who asks; raises the problem 403 for a participant and the operator."""
    if isinstance(asker, Desk):
        return asker
    raise officer_needed()


def officer_needed() -> Problem:
    """Return the problem of what only an officer can do."""
    return Problem(
        "officer_needed",
        "Only an officer of an authority can do this; the operator gives out their tokens.",
        detail_zh="仅主管机关的执法人员可以办理；其令牌由平台运营方发放。",
    )


OfficerDesk = Annotated[Desk, Depends(require_officer)]
TOKEN_CHECKS = (require_reader, require_asker)


def _read_token(request: Request) -> str:
    """Return the token that came with a request; raises the problem 401 for none, or one that cannot be any."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not token:
        raise Problem(
            "token_missing",
            'Send the header "Authorization: Bearer <token>". The operator gives out tokens.',
            detail_zh="请在请求头中提供 Authorization: Bearer <令牌>。令牌由平台运营方发放。",
            headers={"WWW-Authenticate": _REALM},
        )
    if len(token) > TOKEN_CHARACTERS_MAX:
        raise _unknown_token()
    return token


def _unknown_token() -> Problem:
    return Problem(
        "token_unknown",
        "This token is not known, or was revoked. Ask the operator for a new one.",
        detail_zh="令牌无效或已被撤销。请向平台运营方申请新令牌。",
        headers={"WWW-Authenticate": f'{_REALM}, error="invalid_token"'},
    )


def require_participant(owner: Reader) -> str:
    """Return the USCC of whoever submits; the operator reads all and reports nothing."""
    if owner.uscc is None:
        raise Problem(
            "submitter_not_allowed",
            "The operator's token reads; reports are sent with the token of a participant.",
            detail_zh="运营方令牌仅可查询；报送须使用报告单位自己的令牌。",
        )
    return owner.uscc


Submitter = Annotated[str, Depends(require_participant)]


def require_operator(owner: Reader) -> TokenOwner:
    """Return the operator who asks; raises the problem 403 for a participant."""
    if not owner.is_operator:
        raise Problem(
            "operator_needed",
            "The register is changed with the operator's token only. Ask the operator to make the change.",
            detail_zh="登记册仅可由平台运营方更改。请联系平台运营方。",
        )
    return owner


Operator = Annotated[TokenOwner, Depends(require_operator)]
