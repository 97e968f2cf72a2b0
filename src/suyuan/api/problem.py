"""Problems as RFC 9457 tells them: small, in both languages, and never an echo of what came in.

The longest answer is bounded in bytes, whatever was sent: a request of 4 kB must not buy a megabyte.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from starlette.responses import Response

MEDIA_TYPE = "application/problem+json"
PROBLEM_BYTES_MAX = 1_800
ERRORS_MAX = 20
DETAIL_CHARACTERS_MAX = 240  # three bytes each in Chinese, twice the languages: still below the bound
VALUE_CHARACTERS_MAX = 80

TITLES: dict[str, tuple[int, str]] = {
    "request_malformed": (400, "The request cannot be understood"),
    "code_malformed": (400, "The code or number cannot be one"),
    "cursor_unknown": (400, "The cursor belongs to no page"),
    "token_missing": (401, "A token is needed"),
    "token_unknown": (401, "The token is not known"),
    "submitter_not_allowed": (403, "This token cannot submit"),
    "operator_needed": (403, "Only the operator may do this"),
    "officer_needed": (403, "Only an officer can do this"),
    "not_sealed_yet": (404, "The log does not include it yet"),
    "not_found": (404, "There is nothing here"),
    "method_not_allowed": (405, "This method does not apply here"),
    "not_acceptable": (406, "No form of the answer is acceptable"),
    "body_too_slow": (408, "The body came too slowly"),
    "body_too_large": (413, "The body is too large"),
    "form_not_supported": (415, "The form of the body is not supported"),
    "idempotency_key_reused": (422, "The idempotency key was used for another body"),
    "register_refused": (422, "Rows of the file are wrong"),
    "case_move_refused": (422, "The move cannot be made in this case"),
    "request_refused": (400, "The request was refused"),
    "internal_error": (500, "Something went wrong here"),
    "service_busy": (503, "The service is busy"),
}


class FieldError(msgspec.Struct, frozen=True):
    """One thing that is wrong with a request: at which parameter, with which value."""

    field: str
    value: str
    message: str
    message_zh: str


class Problem(Exception):  # noqa: N818 - RFC 9457 calls it so
    """What ends a request: a code of `TITLES`, and in words what to do."""

    def __init__(
        self,
        code: str,
        detail: str,
        *,
        detail_zh: str,
        status: int | None = None,
        errors: Sequence[FieldError] = (),
        headers: Mapping[str, str] | None = None,
        incident: str | None = None,
    ) -> None:
        """Keep what is told; the status is the code's own unless the server knows better."""
        super().__init__(detail)
        self.code, self.detail, self.detail_zh = code, detail, detail_zh
        self.status = status or TITLES[code][0]
        self.errors, self.headers, self.incident = errors, headers, incident


def cut(text: str, length: int) -> str:
    """Return the text, cut to a number of characters."""
    return text if len(text) <= length else text[: length - 1] + "…"


def problem_response(problem: Problem) -> Response:
    """Return the answer that tells a problem, at most PROBLEM_BYTES_MAX long."""
    members = problem_members(problem)
    if problem.incident:
        members["incident"] = problem.incident
    headers = dict(problem.headers or {})
    return Response(_encode(members, problem.errors), problem.status, headers, media_type=MEDIA_TYPE)


def problem_members(problem: Problem) -> dict[str, Any]:
    """Return what every problem tells, as RFC 9457 names it, in both languages."""
    return {
        "type": f"urn:suyuan:problem:{problem.code}",
        "title": TITLES[problem.code][1],
        "status": problem.status,
        "code": problem.code,
        "detail": cut(problem.detail, DETAIL_CHARACTERS_MAX),
        "detail_zh": cut(problem.detail_zh, DETAIL_CHARACTERS_MAX),
    }


def _encode(members: dict[str, Any], errors: Sequence[FieldError]) -> bytes:
    """Return the JSON with as many errors as find room; the first ones tell what to mend first."""
    listed = list(errors[:ERRORS_MAX])
    while True:
        if errors:
            members["errors"] = listed
        if len(listed) < len(errors):
            members["errors_not_listed"] = len(errors) - len(listed)
        body = msgspec.json.encode(members)
        if len(body) <= PROBLEM_BYTES_MAX or not listed:
            return body
        listed.pop()
