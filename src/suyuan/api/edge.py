"""The outermost layer: every answer gets its headers and its line in the log, and no failure gets out untold."""

import time
from collections.abc import MutableMapping
from typing import Any, Final

import structlog
from starlette.datastructures import MutableHeaders
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from suyuan.api.errors import answer_failure
from suyuan.api.problem import Problem

log = structlog.get_logger("suyuan.api")

SECURITY_HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
}
STATIC_CACHE: Final = "public, max-age=86400"


class Edge:
    """The layer as an ASGI application around another."""

    def __init__(self, app: ASGIApp) -> None:
        """Keep the application within."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; what the application does not answer itself is answered here."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        answer = _Answer(send, path=scope["path"], is_head=scope["method"] == "HEAD")
        inner = {**scope, "method": "GET"} if answer.is_head else scope
        started = time.perf_counter()
        try:
            _refuse_nul(scope)
            await self._app(inner, receive, answer.send)
        except ClientDisconnect:
            log.info("request.abandoned", method=scope["method"], route=_route(inner))
        except Exception as failure:  # noqa: BLE001 - the edge: nobody is shown a traceback
            response = await answer_failure(Request(scope), failure)
            if not answer.has_started:
                await response(scope, receive, answer.send)
        finally:
            elapsed_ms = round(1000 * (time.perf_counter() - started), 1)
            log.info(
                "request.answered",
                method=scope["method"],
                route=_route(inner),
                status=answer.status,
                elapsed_ms=elapsed_ms,
            )


class _Answer:
    """What goes back to the client: headers added on the way, no body for HEAD."""

    def __init__(self, send: Send, *, path: str, is_head: bool) -> None:
        self._send, self._path, self.is_head = send, path, is_head
        self.status = 0

    @property
    def has_started(self) -> bool:
        """Tell whether the status line is out."""
        return self.status != 0

    async def send(self, message: Message) -> None:
        """Pass a message on."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self._add_headers(message)
        elif self.is_head and message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await self._send(message)

    def _add_headers(self, message: MutableMapping[str, Any]) -> None:
        headers = MutableHeaders(scope=message)
        for name, value in SECURITY_HEADERS.items():
            headers.setdefault(name, value)
        headers.setdefault("Cache-Control", STATIC_CACHE if self._path.startswith("/static/") else "no-store")


def _route(scope: Scope) -> str:
    """Return the template of the address, not the address itself: it may hold a whole VIN."""
    return str(getattr(scope.get("route"), "path", "(none)"))


def _refuse_nul(scope: Scope) -> None:
    """Refuse the one character that PostgreSQL's text cannot hold, wherever the address has it."""
    if "\x00" in scope["path"] or b"%00" in scope["query_string"]:
        raise Problem(
            "request_malformed",
            "The address holds a NUL character; take it out.",
            detail_zh="地址中含有空字符（NUL），请删除。",
        )
