"""The description of the API for programs (OpenAPI 3.1), from the routes and the same catalogue as everything else."""

from collections.abc import Iterator
from functools import cache
from typing import Any

import msgspec
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute, RouteContext, iter_route_contexts
from starlette.requests import Request
from starlette.responses import Response

from suyuan.api.answer import unchanging_answer
from suyuan.api.authentication import TOKEN_CHECKS
from suyuan.api.cases import NewAct, NewCase
from suyuan.api.documents import NewDocument, NewNotice
from suyuan.api.negotiation import DOCX_TYPE, PDF_TYPE, XLSX_TYPE, ZIP_TYPE
from suyuan.api.problem import MEDIA_TYPE, TITLES
from suyuan.core.catalogue import KINDS
from suyuan.core.schema import json_schema
from suyuan.core.topic import TOPICS

OPENAPI_PATH = "/api/v1/openapi.json"
VERSION = "1"
_SUBMISSIONS = "/api/v1/submissions"
_REGISTER = "/api/v1/register/{topic}"
_SMALL_BODIES = {
    "/api/v1/cases": NewCase,
    "/api/v1/cases/{case_no}/moves/{move}": NewAct,
    "/api/v1/cases/{case_no}/documents": NewDocument,
    "/api/v1/vehicles/{vin}/documents": NewNotice,
}
_FILES = {".xlsx": (XLSX_TYPE,), ".zip": (ZIP_TYPE,), ".{suffix}": (PDF_TYPE, DOCX_TYPE)}


def describe_api(app: FastAPI, *, path: str) -> None:
    """Serve the description of an application under a path, made when first asked for."""

    @cache
    def describe() -> bytes:
        return msgspec.json.encode(build_description(app))

    def get_description(request: Request) -> Response:
        """Return this description."""
        return unchanging_answer(request, describe())

    app.add_api_route(path, get_description, methods=["GET"], include_in_schema=False)


def build_description(app: FastAPI) -> dict[str, Any]:
    """Return the OpenAPI document: one schema a kind, told apart by `kind`; problems for whatever goes wrong."""
    document = get_openapi(title="溯源 Suyuan", version=VERSION, routes=app.routes)
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    schemas |= {kind.name: json_schema(kind) for kind in KINDS}
    schemas["Report"] = {
        "oneOf": [{"$ref": f"#/components/schemas/{kind.name}"} for kind in KINDS],
        "discriminator": {
            "propertyName": "kind",
            "mapping": {kind.name: f"#/components/schemas/{kind.name}" for kind in KINDS},
        },
    }
    schemas["Problem"] = _problem_schema()
    document["components"]["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    for route in list_api_routes(app):
        for method in route.methods or ():
            operation = document["paths"].get(route.path or "", {}).get(method.lower())
            if operation is not None:
                _complete(operation, route)
    document["paths"][_SUBMISSIONS]["post"]["requestBody"] = _submission_body()
    document["paths"][_REGISTER]["post"]["requestBody"] = _register_body()
    bodies, forms = msgspec.json.schema_components(_SMALL_BODIES.values(), ref_template="#/components/schemas/{name}")
    schemas |= forms
    for path, body in zip(_SMALL_BODIES, bodies, strict=True):
        document["paths"][path]["post"]["requestBody"] = {"content": {"application/json": {"schema": body}}}
    return document


def list_api_routes(app: FastAPI) -> Iterator[RouteContext]:
    """Yield the routes of an application that are described."""
    for route in iter_route_contexts(app.routes):
        if isinstance(route.original_route, APIRoute) and route.include_in_schema:
            yield route


def needs_token(route: RouteContext) -> bool:
    """Tell whether a route asks for a token: directly, or through what it depends on."""
    waiting = [route.dependant]
    while waiting:
        dependant = waiting.pop()
        if dependant.call in TOKEN_CHECKS:
            return True
        waiting += dependant.dependencies
    return False


def _complete(operation: dict[str, Any], route: RouteContext) -> None:
    """Add what the routes do not say: who may ask, and how failures answer."""
    if needs_token(route):
        operation["security"] = [{"token": []}]
    operation["responses"].pop("422", None)
    operation["responses"]["default"] = {
        "description": "A problem, told as RFC 9457 says",
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    for ending, types in _FILES.items():
        if (route.path or "").endswith(ending):
            operation["responses"]["200"]["content"] = {
                type_: {"schema": {"type": "string", "format": "binary"}} for type_ in types
            }


def _submission_body() -> dict[str, Any]:
    report = {"$ref": "#/components/schemas/Report"}
    return {
        "required": True,
        "description": "One kind of form: a list as JSON, one report a line, a table, or a workbook from the templates.",
        "content": {
            "application/json": {"schema": {"type": "array", "items": report}},
            "application/x-ndjson": {"schema": {"type": "string"}, "x-line-schema": report},
            "text/csv": {"schema": {"type": "string"}},
            XLSX_TYPE: {"schema": {"type": "string", "format": "binary"}},
        },
    }


def _register_body() -> dict[str, Any]:
    entries = {"type": "array", "items": {"type": "object"}}
    return {
        "required": True,
        "description": f"The entries of one topic ({', '.join(TOPICS)}), by the names of its columns.",
        "content": {"text/csv": {"schema": {"type": "string"}}, "application/json": {"schema": entries}},
    }


def _problem_schema() -> dict[str, Any]:
    text = {"type": "string"}
    error = {"type": "object", "properties": dict.fromkeys(("field", "value", "message", "message_zh"), text)}
    return {
        "type": "object",
        "required": ["type", "title", "status", "code", "detail", "detail_zh"],
        "properties": {
            "type": {"type": "string", "format": "uri"},
            "title": text,
            "status": {"type": "integer"},
            "code": {"enum": list(TITLES)},
            "detail": text,
            "detail_zh": text,
            "incident": text,
            "errors": {"type": "array", "items": error},
            "errors_not_listed": {"type": "integer"},
        },
    }
