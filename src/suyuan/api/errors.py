"""From an exception to the answer: the one place where each kind of failure gets its status and its words."""

import secrets

import structlog
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from psycopg import OperationalError
from psycopg_pool import PoolTimeout, TooManyRequests
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from suyuan.api.problem import VALUE_CHARACTERS_MAX, FieldError, Problem, cut, problem_response
from suyuan.api.render import problem_page
from suyuan.app.browse import CursorError
from suyuan.app.case_trouble import CaseFaultsError
from suyuan.app.context import UseCaseError
from suyuan.app.receipt import NotSealedError
from suyuan.app.submit import LogBehindError
from suyuan.app.take_in import UnknownError
from suyuan.store.error import StoreError

log = structlog.get_logger("suyuan.api")

NOT_FOUND = ("There is nothing under this address that you can read.", "该地址下没有您可以查看的内容。")
PROGRAM_PATHS = ("/api/", "/healthz")
_BUSY_SECONDS = "5"
_WORDS: dict[int, tuple[str, str, str]] = {
    404: ("not_found", *NOT_FOUND),
    405: (
        "method_not_allowed",
        "This address does not take that method; the header Allow names those it takes.",
        "该地址不支持此方法，允许的方法见 Allow 头。",
    ),
}
_FAULTS_ZH = {
    "extra_forbidden": "没有此参数，请检查拼写",
    "missing": "缺少此参数",
    "int_parsing": "应为整数",
    "bool_parsing": "应为 true 或 false",
    "literal_error": "不在允许的取值之内",
    "greater_than_equal": "数值过小",
    "less_than_equal": "数值过大",
    "string_too_long": "内容过长",
    "string_pattern_mismatch": "格式不符",
}


def not_found() -> Problem:
    """Return the problem of what is not there, or not the asker's to see: the same words for both."""
    return Problem("not_found", NOT_FOUND[0], detail_zh=NOT_FOUND[1])


def add_handlers(app: FastAPI) -> None:
    """Tell the application how each kind of failure is answered."""
    for kind in (
        Problem, HTTPException, RequestValidationError, UseCaseError, StoreError, PoolTimeout, TooManyRequests, OperationalError,
    ):  # fmt: skip
        app.add_exception_handler(kind, answer_failure)


async def answer_failure(request: Request, failure: Exception) -> Response:
    """Return the answer to a failed request: people get a page, programs a problem as JSON."""
    problem = to_problem(failure)
    return problem_response(problem) if request.url.path.startswith(PROGRAM_PATHS) else problem_page(request, problem)


def to_problem(failure: Exception) -> Problem:
    """Return the problem that tells a failure; one that nobody foresaw is logged and told by its number only."""
    match failure:
        case Problem():
            return failure
        case RequestValidationError():
            return _of_validation(failure)
        case HTTPException():
            return _of_http(failure)
        case UseCaseError():
            return _of_use_case(failure)
        case StoreError() | PoolTimeout() | TooManyRequests() | OperationalError():
            log.error("database.unavailable", reason=type(failure).__name__)
            return Problem(
                "service_busy",
                "The database does not answer just now. Nothing was lost; try again in a few seconds.",
                detail_zh="数据库暂时没有响应，数据没有丢失，请几秒后重试。",
                headers={"Retry-After": _BUSY_SECONDS},
            )
        case _:
            return _of_the_unforeseen(failure)


def _of_use_case(failure: UseCaseError) -> Problem:
    """Return the problem of what cannot be done; a move of a case tells all its faults."""
    if isinstance(failure, CaseFaultsError):
        first = failure.faults[0]
        errors = [FieldError(one.field, "", one.message, one.message_zh) for one in failure.faults]
        return Problem("case_move_refused", first.message, detail_zh=first.message_zh, errors=errors)
    if isinstance(failure, NotSealedError):
        return Problem("not_sealed_yet", failure.message, detail_zh=failure.message_zh, headers={"Retry-After": "2"})
    if isinstance(failure, LogBehindError):
        return Problem("service_busy", failure.message, detail_zh=failure.message_zh, headers={"Retry-After": "30"})
    is_unknown, is_cursor = isinstance(failure, UnknownError), isinstance(failure, CursorError)
    code = "not_found" if is_unknown else "cursor_unknown" if is_cursor else "request_refused"
    return Problem(code, failure.message, detail_zh=failure.message_zh)


def _of_the_unforeseen(failure: Exception) -> Problem:
    incident = secrets.token_hex(6)
    log.error("request.failed", incident=incident, exc_info=failure)
    return Problem(
        "internal_error",
        f"This is our fault. Tell the operator incident {incident}; send the request again later.",
        detail_zh=f"系统内部错误。请把事件编号 {incident} 告知平台运营方，稍后重试。",
        incident=incident,
    )


def _of_http(failure: HTTPException) -> Problem:
    code, detail, detail_zh = _WORDS.get(
        failure.status_code, ("request_malformed", "The request cannot be understood.", "无法理解该请求。")
    )
    return Problem(code, detail, detail_zh=detail_zh, status=failure.status_code, headers=failure.headers)


def _of_validation(failure: RequestValidationError) -> Problem:
    errors = [_field_error(dict(error)) for error in failure.errors()]
    return Problem(
        "request_malformed",
        "Some parameters of this request are wrong; each is listed with what is wrong with it.",
        detail_zh="请求参数有误，详见 errors。",
        errors=errors,
    )


def _field_error(error: dict[str, object]) -> FieldError:
    place = error.get("loc")
    name = ".".join(str(part) for part in place[1:]) if isinstance(place, tuple) else ""
    given = error.get("input")
    value = given if isinstance(given, str) else "" if given is None or isinstance(given, dict) else str(given)
    fault = str(error.get("type"))
    message = str(error.get("msg", ""))
    message_zh = _FAULTS_ZH.get(fault, "取值不符合要求")
    return FieldError(
        cut(name, VALUE_CHARACTERS_MAX),
        cut(value, VALUE_CHARACTERS_MAX),
        cut(message, 2 * VALUE_CHARACTERS_MAX),
        message_zh,
    )
