"""Problems: one shape for all, bounded whatever comes in, and nothing of the program's inside."""

import json
from typing import Annotated

from api_world import PACK, write_birth
from fastapi import FastAPI, Query
from pydantic import Field
from starlette.requests import Request
from starlette.testclient import TestClient
from structlog.testing import capture_logs

from suyuan.api.problem import PROBLEM_BYTES_MAX, FieldError, Problem, problem_response

ANSWER_BYTES_MAX = 2_000
LONG = "电" * 1_300  # 3,900 bytes

BAD_REQUESTS = {
    "unknown address": ("GET", f"/api/v1/{LONG}", {}),
    "unknown parameters": ("GET", "/api/v1/findings?" + "&".join(f"p{n}={n}" for n in range(500)), {}),
    "long values": ("GET", f"/api/v1/findings?rule={LONG}&weight={LONG}&limit={LONG}&subject={LONG}", {}),
    "long code": ("GET", f"/api/v1/batteries/{LONG}", {}),
    "long VIN": ("GET", f"/api/v1/vehicles/{LONG}", {}),
    "long submission": ("GET", f"/api/v1/submissions/{LONG}", {}),
    "many wrong codes": (
        "GET",
        "/api/v1/vehicles/LATPAB07XS1000001/scrapping-check?found=" + "+".join(["08XPE"] * 600),
        {},
    ),
    "long found": ("GET", f"/api/v1/vehicles/LATPAB07XS1000001/scrapping-check?found={LONG}{LONG}", {}),
    "long cursor": ("GET", "/api/v1/findings?cursor=" + "A" * 4000, {}),
    "long token": ("GET", "/api/v1/findings", {"Authorization": "Bearer " + "x" * 4000}),
    "long content type": ("POST", "/api/v1/submissions", {"Content-Type": "x" * 4000}),
    "long key": ("POST", "/api/v1/submissions", {"Content-Type": "text/csv", "Idempotency-Key": "k" * 4000}),
    "wrong method": ("DELETE", f"/api/v1/batteries/{PACK}", {}),
    "long method": ("X" * 4000, "/api/v1/findings", {}),
    "long accept": ("GET", "/api/v1/rules", {"Accept": "text/plain, " * 330}),
    "NUL": ("GET", "/api/v1/findings?rule=%00", {}),
    "NUL in a path": ("GET", "/api/v1/submissions/s-%00", {}),
}


def faults_of_problem(answer):
    """Return what is wrong with the answer to a bad request."""
    if not 400 <= answer.status_code < 500:
        return f"status {answer.status_code}"
    if len(answer.content) >= ANSWER_BYTES_MAX:
        return f"{len(answer.content)} bytes"
    if answer.headers["Content-Type"] != "application/problem+json":
        return "no problem"
    problem = answer.json()
    if not {"type", "title", "status", "detail", "detail_zh", "code"} <= set(problem):
        return "members missing"
    return "echoes what came in" if LONG[:200] in answer.text or problem["status"] != answer.status_code else ""


def test_bad_request_gets_a_small_problem(server):
    faults = {}
    for name, (method, path, headers) in BAD_REQUESTS.items():
        sent = {**server.headers("BP1"), **headers}
        faults[name] = faults_of_problem(server.client.request(method, path, headers=sent, content=b"x" * 4000))
    assert faults == dict.fromkeys(BAD_REQUESTS, "")


def test_answer_of_the_framework_itself_would_be_noticed():
    app = FastAPI()

    @app.get("/findings")
    def get_findings(rule: Annotated[list[Annotated[str, Field(max_length=1)]], Query()]) -> None: ...

    answer = TestClient(app).get("/findings?" + "&".join(["rule=too-long"] * 250))
    assert faults_of_problem(answer) == f"{len(answer.content)} bytes"


def test_errors_that_find_no_room_are_counted():
    errors = [FieldError(f"f{n}", "电" * 80, "x" * 160, "格式不符") for n in range(100)]
    response = problem_response(Problem("request_malformed", "x" * 9000, detail_zh="电" * 9000, errors=errors))
    assert len(response.body) <= PROBLEM_BYTES_MAX
    told = json.loads(response.body)
    assert len(told["errors"]) + told["errors_not_listed"] == 100


def test_deeply_nested_body_is_told_small(server):
    answer = server.post(b"[" * 4000, content_type="application/json")
    assert answer.json()["accepted"] == 0
    assert len(answer.content) < ANSWER_BYTES_MAX


def test_failure_nobody_foresaw_is_told_by_its_number_alone(server):
    def break_down(_request: Request) -> None:
        raise RuntimeError("secret of the machine room")

    server.client.app.add_api_route("/api/v1/broken", break_down)
    with capture_logs() as lines:
        answer = server.get("/api/v1/broken")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text
    failures = [line for line in lines if line["event"] == "request.failed"]
    assert [line["incident"] for line in failures] == [answer.json()["incident"]]
    assert failures[0]["exc_info"].args == ("secret of the machine room",)


def test_database_that_is_gone_is_told_as_busy(server):
    server.client.app.state.service.pool.close()
    answer = server.get(f"/api/v1/batteries/{PACK}", who="BP1")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")


def test_address_that_is_not_there_is_a_problem(server):
    for path in ("/api/v1/nothing", "/api/v1/findings/", "/api/v2/findings"):
        answer = server.get(path, who="BP1")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), path


def test_method_that_does_not_apply_names_those_that_do(server):
    answer = server.client.delete("/api/v1/findings", headers=server.headers("BP1"))
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET")


def test_form_of_the_answer_is_negotiated(server):
    wanted = {
        "application/json": 200,
        "*/*": 200,
        "application/*;q=0.5, text/html": 200,
        "text/html": 406,
        "application/json;q=0": 406,
        "*/*, application/json;q=0": 406,
        "application/json;q=x": 406,
    }
    assert {accept: server.get("/api/v1/rules", Accept=accept).status_code for accept in wanted} == wanted


def test_head_has_the_headers_of_get_and_no_body(server):
    answer = server.client.head("/api/v1/rules")
    assert answer.status_code == 200
    assert answer.content == b""
    assert answer.headers["ETag"]


def test_key_with_unreadable_characters_is_refused(server):
    answer = server.post(write_birth(1), Idempotency_Key="a b")
    assert answer.status_code == 400
