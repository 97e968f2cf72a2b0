"""Answers as JSON."""

import hashlib
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from suyuan.app.browse import Page

JSON_TYPE = "application/json"


def json_answer(body: Any, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:  # noqa: ANN401 - any JSON
    """Return a body as JSON; bytes are JSON already."""
    text = body if isinstance(body, bytes) else msgspec.json.encode(body)
    return Response(text, status, dict(headers or {}), media_type=JSON_TYPE)


def unchanging_answer(request: Request, body: bytes) -> Response:
    """Return what only another version of the program changes: kept by the reader, asked for again by its tag."""
    tag = f'"{hashlib.sha256(body).hexdigest()[:20]}"'
    headers = {"ETag": tag, "Cache-Control": "public, no-cache"}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    return Response(body, 200, headers, media_type=JSON_TYPE)


def answer_page(request: Request, name: str, page: Page) -> Response:
    """Answer with one page; `next` and the header Link lead to the following one."""
    headers = {}
    if page.following is not None:
        kept = [(key, value) for key, value in request.query_params.multi_items() if key != "cursor"]
        address = f"{request.url.path}?{urlencode([*kept, ('cursor', page.following)])}"
        headers["Link"] = f'<{address}>; rel="next"'
    return json_answer({name: page.entries, "next": page.following}, headers=headers)
