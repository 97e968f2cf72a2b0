"""The register: look at it, see who said what when, and, for the operator, change it from a file."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import Field
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from suyuan.api.answer import answer_page, json_answer
from suyuan.api.authentication import Operator, Reader
from suyuan.api.body import IncomingBody, refuse_declared_size
from suyuan.api.errors import not_found
from suyuan.api.negotiation import JSON_TYPE, accepts, find_form
from suyuan.api.parameters import TEXT_CHARACTERS_MAX, Day, FilterText, PageQuery
from suyuan.api.problem import MEDIA_TYPE, Problem, problem_members
from suyuan.api.result import answer_bytes_max, encode_result
from suyuan.api.service import Service, TheService
from suyuan.app.browse_register import browse_entries, browse_history, find_topic
from suyuan.app.register import TokenOwner, import_entries
from suyuan.core.topic import Topic

router = APIRouter(tags=["register"], dependencies=[Depends(accepts(JSON_TYPE))])
FILE_BYTES_MAX = 64 * 2**20  # a million entries; the file is one transaction and is held in memory
FORMS = ("csv", "json")


class EntriesQuery(PageQuery):
    """Filters of the list of a topic: what names an enterprise, what is in force on a day."""

    uscc: FilterText | None = None
    as_of: Day | None = None


class HistoryQuery(PageQuery):
    """Whose history: a credit code, or a part of the key of an entry (a manufacturer code, the number of an outlet)."""

    of: FilterText = Field(max_length=TEXT_CHARACTERS_MAX)


@router.get("/register/{topic}")
def get_entries(
    request: Request, topic: str, query: Annotated[EntriesQuery, Query()], reader: Reader, service: TheService
) -> Response:
    """Return a topic of the register: whole for the operator, for a participant its own entries and what is public."""
    found = _find_topic(topic, reader)
    with service.open_context() as context:
        page = browse_entries(
            context,
            found,
            reader=reader.uscc,
            limit=query.limit,
            cursor=query.cursor,
            uscc=query.uscc,
            as_of=query.as_of,
        )
    return answer_page(request, found.name, page)


@router.get("/register/{topic}/history")
def get_history(
    request: Request, topic: str, query: Annotated[HistoryQuery, Query()], reader: Reader, service: TheService
) -> Response:
    """Return what was said when about an enterprise or under a key, in order; for a participant about itself."""
    found = _find_topic(topic, reader)
    with service.open_context() as context:
        page = browse_history(context, found, name=query.of, reader=reader.uscc, limit=query.limit, cursor=query.cursor)
    return answer_page(request, "history", page)


@router.post("/register/{topic}")
async def post_entries(request: Request, topic: str, operator: Operator, service: TheService) -> Response:
    """Import a file of a topic, CSV or a JSON list: wholly, or with a problem that tells every wrong row not at all."""
    found = _find_topic(topic, operator)
    if find_form(request.headers) not in FORMS:
        raise Problem(
            "form_not_supported",
            "The register takes text/csv, or a list as application/json.",
            detail_zh="登记册只接受 text/csv，或 application/json 清单。",
        )
    refuse_declared_size(request.headers, bytes_max=FILE_BYTES_MAX)
    body = IncomingBody(request.stream(), bytes_max=FILE_BYTES_MAX, idle_seconds_max=service.settings.idle_seconds_max)
    await body.read_ahead()
    return await run_in_threadpool(_import, service, found, body, operator)


def _import(service: Service, topic: Topic, body: IncomingBody, operator: TokenOwner) -> Response:
    content = b"".join(body.chunks())
    with service.open_context() as context:
        done = import_entries(context, topic, content, actor=f"operator, token {operator.token_id}")
    if not done["rejected"] and not done.get("file_errors"):
        return json_answer(done)
    return _tell_refusal(done, byte_count=len(content))


def _tell_refusal(done: dict[str, Any], *, byte_count: int) -> Response:
    """Answer with every wrong row as far as there is room; the file as a whole was not taken."""
    problem = Problem(
        "register_refused",
        f"Nothing was imported: {done['rejected']} rows are wrong. Correct them and send the whole file again.",
        detail_zh=f"未导入任何内容：{done['rejected']} 行有误。请更正后重新发送整个文件。",
    )
    if errors := done.get("file_errors"):
        problem.detail, problem.detail_zh = errors[0]["message"], errors[0]["message_zh"]
    members = {**problem_members(problem), "rejected": done["rejected"], "rows": done["rows"]}
    told = encode_result(members, bytes_max=answer_bytes_max(byte_count))
    return Response(told, problem.status, media_type=MEDIA_TYPE)


def _find_topic(name: str, reader: TokenOwner) -> Topic:
    found = find_topic(name, reader=reader.uscc)
    if found is None:
        raise not_found()
    return found
