"""Who may read what: every route, asked without a token, by a stranger, by whom it concerns, by the operator."""

import pytest
from api_world import PACK, VIN, write_birth
from database_world import day
from fastapi import FastAPI
from register_files import write_topic
from story import USCC_OF, expand

from suyuan.api.authentication import Reader
from suyuan.api.openapi import list_api_routes, needs_token
from suyuan.app.sweep import sweep

OPEN_ROUTES = {
    "/api/v1/kinds",
    "/api/v1/rules",
    "/api/v1/rulebook",
    "/api/v1/calendar",
    "/api/v1/public/penalties",
    "/healthz",
}
# What a participant without a part in it is answered; lists answer 200 and are looked into below.
STRANGERS = {
    "POST /api/v1/submissions": 201,
    "/api/v1/submissions/{submission}": 404,
    "/api/v1/submissions/{submission}/refusals.xlsx": 404,
    "/api/v1/submissions/{submission}/receipt": 404,
    "/api/v1/batteries/{code}": 404,
    "/api/v1/vehicles/{vin}": 404,
    "/api/v1/vehicles/{vin}/scrapping-check": 404,
    "/api/v1/findings": 200,
    "/api/v1/duties": 200,
    "/api/v1/leads": 403,  # for officers and the operator
    "/api/v1/cases": 200,
    "/api/v1/cases/findings": 403,  # for officers; what these see stands in test_api_cases.py
    "POST /api/v1/cases": 403,
    "/api/v1/cases/{case_no}": 404,  # asked here for one that does not exist
    "/api/v1/cases/{case_no}/bundle.zip": 403,
    "POST /api/v1/cases/{case_no}/moves/{move}": 404,
    "/api/v1/cases/{case_no}/documents": 404,
    "POST /api/v1/cases/{case_no}/documents": 403,
    "/api/v1/cases/{case_no}/documents/{document}.{suffix}": 404,
    "/api/v1/cases/{case_no}/drafts/{kind}.{suffix}": 403,
    "/api/v1/vehicles/{vin}/documents": 200,  # its own, which are none; so for whoever asks below
    "POST /api/v1/vehicles/{vin}/documents": 403,
    "/api/v1/vehicles/{vin}/documents/{document}.{suffix}": 404,
    "/api/v1/vehicles/{vin}/drafts/incomplete_vehicle_notice.{suffix}": 403,
    "/api/v1/voucher.{suffix}": 400,  # asked here for no hand-over of theirs
    "/api/v1/coverage": 200,
    "/api/v1/forecast": 200,
    "/api/v1/leakage": 200,
    "/api/v1/register/{topic}": 200,
    "/api/v1/register/{topic}/history": 200,
    "POST /api/v1/register/{topic}": 403,
    "/api/v1/producers/{uscc}/account": 404,  # asked here for the builder's
    "/api/v1/accounts/{uscc}": 404,  # likewise
}
CASES = {
    path: status for path, status in STRANGERS.items() if "/cases" in path or "/documents" in path or "/drafts" in path
} | {"/api/v1/voucher.{suffix}": 400, "/api/v1/leads": 403}
# Nothing is sealed here; who may have a receipt stands in test_api_log.py.
UNSEALED = {"/api/v1/submissions/{submission}/receipt": 404}
MAKER = {
    **dict.fromkeys(STRANGERS, 200),
    **CASES,
    **UNSEALED,
    "POST /api/v1/submissions": 201,
    "/api/v1/vehicles/{vin}": 404,  # it made the pack; in the timeline of the vehicle it has no part
    "/api/v1/vehicles/{vin}/scrapping-check": 404,
    "/api/v1/producers/{uscc}/account": 404,
    "/api/v1/accounts/{uscc}": 404,
    "POST /api/v1/register/{topic}": 403,
}
BUILDER = {
    **dict.fromkeys(STRANGERS, 200),
    "POST /api/v1/register/{topic}": 403,
    **CASES,
    **UNSEALED,
    "POST /api/v1/submissions": 201,
    "/api/v1/submissions/{submission}": 404,  # that of another
    "/api/v1/submissions/{submission}/refusals.xlsx": 404,
}
OPERATOR = {
    **dict.fromkeys(STRANGERS, 200),
    **CASES,
    **UNSEALED,
    "POST /api/v1/submissions": 403,
    "/api/v1/cases/{case_no}/bundle.zip": 404,
    "/api/v1/voucher.{suffix}": 403,
    "/api/v1/leads": 200,
    "POST /api/v1/cases/{case_no}/moves/{move}": 403,
}


def name_route(route):
    """Return the address, with the method unless it is only read."""
    return f"POST {route.path}" if "POST" in route.methods else route.path


def ask(server, route, *, who, submission):
    path = route.path.format(
        submission=submission,
        code=PACK,
        vin=VIN,
        uscc=USCC_OF["VP1"],
        topic="outlets",
        case_no="410000-commerce-2026-0001",
        move="decide",
        document=1,
        kind="order_to_correct",
        suffix="pdf",
    )
    if name_route(route) == "POST /api/v1/register/{topic}":
        return server.client.post(
            path, content=write_topic("outlets"), headers=server.headers(who, Content_Type="text/csv")
        )
    if "voucher" in path:
        return server.get(f"{path}?report_id=none", who=who)
    if path.endswith("/history"):
        return server.get(f"{path}?of={USCC_OF['VP1']}", who=who)
    if route.path == "/api/v1/submissions":
        return server.post(write_birth(9), who=who)
    if "POST" in route.methods:
        return server.client.post(
            path, json={"findings": {}} if path.endswith("/cases") else {}, headers=server.headers(who)
        )
    return server.get(path, who=who)


@pytest.fixture
def submission(told):
    """A submission of BP1 with a refused row."""
    return told.post(write_birth(7, battery_code="08XPE")).json()["submission"]


def closed_routes(server):
    return [route for route in list_api_routes(server.client.app) if needs_token(route)]


def test_only_the_routes_named_here_are_open(server):
    routes = set(map(name_route, list_api_routes(server.client.app)))
    closed = set(map(name_route, closed_routes(server)))
    assert routes - closed == OPEN_ROUTES
    assert closed == set(STRANGERS)


def test_route_without_the_token_would_be_noticed():
    app = FastAPI()
    app.add_api_route("/open", lambda: None)

    def closed(reader: Reader) -> None: ...

    app.add_api_route("/closed", closed)
    assert [needs_token(route) for route in list_api_routes(app)] == [False, True]


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        (None, dict.fromkeys(STRANGERS, 401)),
        ("CO1", STRANGERS),
        ("BP1", MAKER),
        ("VP1", BUILDER),
        ("operator", OPERATOR),
    ],
    ids=["nobody", "stranger", "maker", "builder", "operator"],
)
def test_each_route_answers_whoever_asks_as_it_should(told, submission, who, expected):
    answers = {name_route(route): ask(told, route, who=who, submission=submission) for route in closed_routes(told)}
    assert {path: answer.status_code for path, answer in answers.items()} == expected
    if who is None:
        assert all("Bearer" in answer.headers["WWW-Authenticate"] for answer in answers.values())


def test_token_that_nobody_was_given_opens_nothing(told):
    for authorization in ("Bearer sy_nobody", "Bearer ", "Basic YTpi", "Bearer " + "x" * 4000, told.tokens["BP1"]):
        answer = told.client.get("/api/v1/findings", headers={"Authorization": authorization})
        assert answer.status_code == 401, authorization[:20]


def test_revoked_token_opens_nothing(told):
    told.world.connection.execute("UPDATE token SET revoked_at = now() WHERE uscc = %s", [USCC_OF["BP1"]])
    assert told.get("/api/v1/findings", who="BP1").status_code == 401
    assert told.get("/api/v1/findings", who="VP1").status_code == 200


def test_what_is_closed_and_what_is_unknown_answer_alike(told):
    for known, unknown in (
        (f"/api/v1/batteries/{PACK}", f"/api/v1/batteries/{expand('{pack:8}')}"),
        (f"/api/v1/vehicles/{VIN}", f"/api/v1/vehicles/{expand('{vin:8}')}"),
        ("/api/v1/submissions/s-000000000001", "/api/v1/submissions/s-000000009999"),
        (f"/api/v1/vehicles/{VIN}/scrapping-check", f"/api/v1/vehicles/{expand('{vin:8}')}/scrapping-check"),
    ):
        closed, absent = told.get(known, who="CO1"), told.get(unknown, who="CO1")
        assert (closed.status_code, closed.content) == (absent.status_code, absent.content), known
        assert told.get(known, who="operator").content != absent.content, known


def test_dismantler_asks_about_a_wreck_before_it_has_a_part_in_it(told):
    told.world.submit(
        "VP1",
        {"kind": "vehicle_produced", "occurred_at": "2025-04-01", "vin": "{vin:2}", "battery_codes": ["{pack:2}"]},
    )
    path = f"/api/v1/vehicles/{expand('{vin:2}')}"
    assert told.get(path, who="VD1").status_code == 404
    assert told.get(f"{path}/scrapping-check", who="VD1").json()["missing"] == [expand("{pack:2}")]
    assert told.get(f"{path}/scrapping-check", who="BP1").status_code == 404


def test_maker_of_a_pack_reads_the_trace_of_its_cells(server):
    server.world.submit(
        "BP1",
        {"kind": "battery_produced", "occurred_at": "2025-03-12", "battery_code": "{pack:1}", "cells": ["{cell:1}"]},
    )
    path = f"/api/v1/batteries/{expand('{cell:1}')}"
    answer = server.get(path, who="BP1")
    assert answer.status_code == 200
    assert answer.json()["state"]["parent"] == PACK
    assert server.get(path, who="CO1").status_code == 404


def test_findings_are_those_that_concern_the_reader(told):
    sweep(told.world.context, as_of=day("2026-12-31"))

    def read(who):
        """Return what is found in timelines, and whose own findings are shown."""
        found = told.get("/api/v1/findings", who=who).json()["findings"]
        about_firms = {one["subject"] for one in found if one["subject"].startswith("participant:")}
        return [one for one in found if one["subject"] not in about_firms], about_firms

    everything, firms = read("operator")
    assert {finding["subject"] for finding in everything} == {f"vehicle:{VIN}"}
    assert everything
    assert read("VD1")[0] == everything, "it is held against it"
    assert read("VP1")[0] == everything, "it reported in the timeline"
    assert read("BP1")[0] == [one for one in everything if one["about"]], "it is about its pack"
    assert read("CO1") == ([], {f"participant:{USCC_OF['CO1']}"}), "of firms it reads of itself alone"
    assert len(firms) > 1


def hand_over_unheard_of_packs(server, count):
    """Report hand-overs of packs that nobody made: each brings findings and duties."""
    packs = [f"{{pack:{serial}/9ZZ}}" for serial in range(1, count + 1)]
    moved = {"kind": "battery_handed_over", "occurred_at": "2026-09-22", "receiver": "UE1"}
    server.world.submit("BP1", *({**moved, "battery_code": pack} for pack in packs))


def test_filters_of_findings_narrow_but_never_widen(told):
    hand_over_unheard_of_packs(told, 2)
    everything = told.get("/api/v1/findings", who="operator").json()["findings"]
    own = told.get("/api/v1/findings", who="BP1").json()["findings"]
    filters = {
        "rule=unknown_issuer": lambda one: one["rule"] == "unknown_issuer",
        "weight=lead": lambda one: one["weight"] == "lead",
        f"subject={VIN}": lambda one: one["subject"] == f"vehicle:{VIN}",
        f"subject=battery:{PACK}": lambda one: f"battery:{PACK}" in one["about"],
        f"party={USCC_OF['BP1']}": lambda one: one["party"] == USCC_OF["BP1"],
    }
    for query, passes in filters.items():
        for who, visible in (("operator", everything), ("BP1", own), ("CO1", [])):
            found = told.get(f"/api/v1/findings?{query}", who=who).json()["findings"]
            assert found == [one for one in visible if passes(one)], (query, who)


def test_duties_are_the_readers_own(told):
    told.world.submit(
        "VD1",
        {
            "kind": "battery_handed_over", "occurred_at": "2026-09-22", "battery_code": "{pack:3}", "receiver": "CO1",
        },
    )  # fmt: skip
    parties = {duty["party"] for duty in told.get("/api/v1/duties", who="operator").json()["duties"]}
    assert {USCC_OF["CO1"], USCC_OF["VD1"]} <= parties
    own = told.get("/api/v1/duties", who="CO1").json()["duties"]
    assert {duty["party"] for duty in own} == {USCC_OF["CO1"]}
    assert told.get(f"/api/v1/duties?participant={USCC_OF['VD1']}", who="CO1").json()["duties"] == []


def read_pages(server, path, name, *, who):
    """Return the entries of all pages, following the header Link."""
    entries, page_count = [], 0
    while path:
        answer = server.get(path, who=who)
        entries += answer.json()[name]
        page_count += 1
        path = answer.links.get("next", {}).get("url")
    return entries, page_count


@pytest.mark.parametrize("who", ["operator", "BP1"])
@pytest.mark.parametrize("name", ["findings", "duties"])
def test_pages_together_are_the_list(server, name, who):
    hand_over_unheard_of_packs(server, 7)
    whole = server.get(f"/api/v1/{name}", who=who).json()[name]
    assert len(whole) >= 7
    paged, page_count = read_pages(server, f"/api/v1/{name}?limit=3", name, who=who)
    assert paged == whole
    assert page_count == -(-len(whole) // 3)


def test_cursor_that_no_page_gave_is_refused(told):
    for cursor in ("x", "AAAA", "W10", "WyJhIl0", "WzEsIlx1MDAwMCIsIiIsIiIsIiIsIiJd", "é"):
        for name in ("findings", "duties"):
            answer = told.get(f"/api/v1/{name}?cursor={cursor}", who="operator")
            assert (answer.status_code, answer.json()["code"]) == (400, "cursor_unknown"), (name, cursor)
