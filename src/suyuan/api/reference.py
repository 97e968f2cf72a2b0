"""What anybody may read without a token: the kinds of reports, the rules, and whether the service is up."""

from functools import cache
from importlib.metadata import version

import msgspec
from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from suyuan.api.answer import json_answer, unchanging_answer
from suyuan.api.negotiation import JSON_TYPE, accepts
from suyuan.api.service import TheService
from suyuan.app.describe import describe_rules
from suyuan.app.describe_rulebook import describe_calendar, describe_rulebook
from suyuan.core.catalogue import ROLES
from suyuan.core.schema import describe_kinds

router = APIRouter(tags=["reference"], dependencies=[Depends(accepts(JSON_TYPE))])
health = APIRouter(tags=["reference"])


@router.get("/kinds")
def get_kinds(request: Request) -> Response:
    """Return the kinds of reports with the JSON Schema of each."""
    return unchanging_answer(request, _kinds())


@router.get("/rules")
def get_rules(request: Request, service: TheService) -> Response:
    """Return the rules by which batteries and vehicles are judged, with what they rest on by the rulebook in force."""
    with service.open_context() as context:
        rulebook = context.rulebook
    return unchanging_answer(request, msgspec.json.encode({"rules": describe_rules(rulebook)}))


@router.get("/rulebook")
def get_rulebook(request: Request, service: TheService) -> Response:
    """Return the rulebook in force: limits, thresholds, norms and code tables, each with its source, verified or not."""
    with service.open_context() as context:
        rulebook = context.rulebook
    return unchanging_answer(request, msgspec.json.encode(describe_rulebook(rulebook)))


@router.get("/calendar")
def get_calendar(request: Request, service: TheService) -> Response:
    """Return the calendar of working days in force: the years that are known, the days that differ from Monday to Friday."""
    with service.open_context() as context:
        calendar = context.rulebook.calendar
    return unchanging_answer(request, msgspec.json.encode(describe_calendar(calendar)))


@health.get("/healthz")
def get_health(service: TheService) -> Response:
    """Tell that the service and its database answer; nothing else about either."""
    with service.open_context() as context:
        context.connection.execute("SELECT 1")
    return json_answer({"status": "ok", "version": version("suyuan")})


@cache
def _kinds() -> bytes:
    roles = [{"role": role, "title": en, "title_zh": zh} for role, (zh, en) in ROLES.items()]
    return msgspec.json.encode({"kinds": describe_kinds(), "roles": roles})
