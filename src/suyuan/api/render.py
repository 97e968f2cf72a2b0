"""From values to pages: templates, the two languages, and the answers that people see instead of problems as JSON."""

import hashlib
from functools import cache
from http import HTTPStatus
from importlib.resources import files
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from suyuan.api import words
from suyuan.api.problem import Problem
from suyuan.api.words import Language, Pair, choose

TYPED_CHARACTERS_MAX = 64  # as many as the field takes; a code has 24
_TITLES: dict[int, Pair] = {
    400: ("无法识别", "This cannot be read"),
    404: ("没有找到", "Nothing found"),
    405: ("不支持该操作", "This does not apply here"),
    500: ("系统出错", "Something went wrong"),
    503: ("服务繁忙", "The service is busy"),
}


def language_of(request: Request) -> Language:
    """Return the language that the address asks for: Chinese unless it says lang=en."""
    return "en" if request.query_params.get("lang") == "en" else "zh"


def page(request: Request, template: str, *, status: int = HTTPStatus.OK, **values: Any) -> Response:  # noqa: ANN401 - whatever a template shows
    """Return a page in the language that the address asks for; told again unchanged, it is not sent again."""
    lang = language_of(request)

    def say(chinese: str, english: str) -> str:
        return chinese if lang == "zh" else english

    text = (
        _environment()
        .get_template(template)
        .render(
            lang=lang,
            say=say,
            choose=lambda pair: choose(pair, lang=lang),
            words=words,
            here=request.url.path,
            other_language=_other_language(request, lang=lang),
            keep_lang="?lang=en" if lang == "en" else "",
            style_version=_style_version(),
            **values,
        )
    )
    tag = f'"{hashlib.sha256(text.encode()).hexdigest()[:20]}"'
    headers = {"ETag": tag, "Cache-Control": "no-cache", "Content-Language": "zh-CN" if lang == "zh" else "en"}
    if status == HTTPStatus.OK and request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    return HTMLResponse(text, status, headers)


def problem_page(request: Request, problem: Problem) -> Response:
    """Return a problem as a page in words, with the field to try again."""
    lang = language_of(request)
    title = _TITLES.get(
        problem.status, _TITLES[400] if problem.status < HTTPStatus.INTERNAL_SERVER_ERROR else _TITLES[500]
    )
    return page(
        request,
        "message.html",
        status=problem.status,
        title=choose(title, lang=lang),
        typed=request.path_params.get("code", "")[:TYPED_CHARACTERS_MAX],
        text=problem.detail_zh if lang == "zh" else problem.detail,
    )


def _other_language(request: Request, *, lang: Language) -> str:
    """Return the address of this very page in the other language; what else it asks for is kept."""
    kept = [(name, value) for name, value in request.query_params.multi_items() if name != "lang"]
    asked = [*kept, ("lang", "en")] if lang == "zh" else kept
    return f"{request.url.path}{'?' if asked else ''}{urlencode(asked)}"


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("suyuan.api"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def _style_version() -> str:
    """Return what changes with the style sheet, so that phones may keep it for long."""
    return hashlib.sha256(files("suyuan.api").joinpath("static", "style.css").read_bytes()).hexdigest()[:10]
