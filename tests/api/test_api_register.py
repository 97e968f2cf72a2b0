"""The register over HTTP: who sees what of it, and how the operator changes it."""

import json

import pytest
from api_world import name_of
from register_files import ROWS, write_topic
from story import USCC_OF

BP1, VP1, CO1 = USCC_OF["BP1"], USCC_OF["VP1"], USCC_OF["CO1"]
PATH = "/api/v1/register"
LICENCE = "{CO1},discharge_permit,HN-0001,2020-01-01,2027-12-31,10000"


def post(server, topic, content, *, who="operator", content_type="text/csv"):
    return server.client.post(
        f"{PATH}/{topic}", content=content, headers=server.headers(who, Content_Type=content_type)
    )


def read(server, topic, *, who, query=""):
    return server.get(f"{PATH}/{topic}{query}", who=who).json()[topic]


@pytest.fixture
def filled(server):
    """The server with one entry of each topic; the licence is CO1's, the site and the outlet are others'."""
    for topic in ROWS:
        content = write_topic(topic, LICENCE) if topic == "licences" else write_topic(topic)
        answer = post(server, topic, content)
        assert (answer.status_code, answer.json()["added"]) == (200, 1), topic
    return server


def test_the_operator_reads_every_topic(filled):
    assert {topic: len(read(filled, topic, who="operator")) for topic in ROWS} == dict.fromkeys(ROWS, 1)
    assert len(read(filled, "participants", who="operator")) == len(USCC_OF) - 1


def test_a_participant_reads_its_own_entries_and_what_is_public(filled):
    seen = {topic: len(read(filled, topic, who="BP1")) for topic in ROWS if topic != "officers"}
    assert seen == {
        "sites": 0, "licences": 1, "filings": 1, "models": 1, "outlets": 1, "agents": 0, "authorities": 1,
    }  # fmt: skip
    assert [one["name"] for one in read(filled, "participants", who="BP1")] == [name_of("BP1")]
    assert read(filled, "filings", who="CO1") == []


def test_of_others_licences_only_kind_and_days_are_public(filled):
    (seen,) = read(filled, "licences", who="BP1")
    days = {"valid_from": "2020-01-01", "valid_until": "2027-12-31"}
    assert seen == {"uscc": CO1, "kind": "discharge_permit", **days}
    (own,) = read(filled, "licences", who="CO1")
    assert own == {**seen, "number": "HN-0001", "capacity_t": 10_000}


def test_officers_are_nobodys_to_see_but_the_operators(filled):
    for path in (f"{PATH}/officers", f"{PATH}/officers/history?of=35-0001"):
        closed, absent = filled.get(path, who="BP1"), filled.get(path.replace("officers", "ghosts"), who="BP1")
        assert (closed.status_code, closed.content) == (404, absent.content)
        assert "王五" in filled.get(path, who="operator").text


def test_a_participant_reads_the_history_of_itself_and_not_who_wrote_it(filled):
    post(filled, "licences", write_topic("licences", LICENCE.replace("2027-12-31", "2026-12-31")))
    path = f"{PATH}/licences/history?of={CO1}"
    told = filled.get(path, who="operator").json()["history"]
    assert [one["change"] for one in told] == ["added", "changed"]
    assert told[1]["changed"] == {"valid_until": ["2027-12-31", "2026-12-31"]}
    assert all(one.pop("actor").startswith("operator, token ") for one in told)
    assert filled.get(path, who="CO1").json()["history"] == told
    assert filled.get(path, who="BP1").json()["history"] == []


def test_filters_and_pages(filled):
    rows = [f"{{UE1}},other,N-{number},2020-01-01,202{number}-12-31," for number in range(4, 8)]
    post(filled, "licences", write_topic("licences", *rows))
    assert len(read(filled, "licences", who="operator", query="?as_of=2026-06-01")) == 3
    assert len(read(filled, "licences", who="operator", query=f"?uscc={CO1}")) == 1
    path, listed, pages = f"{PATH}/licences?limit=2", [], 0
    while path:
        answer = filled.get(path, who="operator")
        listed += answer.json()["licences"]
        path, pages = answer.links.get("next", {}).get("url"), pages + 1
    assert (listed, pages) == (read(filled, "licences", who="operator"), 3)
    wrong = filled.get(f"{PATH}/licences?cursor=AAAA", who="operator")
    assert (wrong.status_code, wrong.json()["code"]) == (400, "cursor_unknown")
    assert filled.get(f"{PATH}/licences?colour=red", who="operator").status_code == 400


def test_a_json_list_is_taken_and_said_again_changes_nothing(server):
    rows = [{"uscc": BP1, "model": "M1", "certified_on": "2026-04-10"}]
    for added in (1, 0):
        answer = post(server, "models", json.dumps(rows), content_type="application/json")
        assert (answer.status_code, answer.json()["added"]) == (200, added)


def test_wrong_rows_are_a_problem_that_tells_all_of_them_within_bounds(server):
    rows = [f"{{UE1}},permit,,2020-02-3{number % 10}," for number in range(2_000)]
    answer = post(server, "licences", write_topic("licences", *rows))
    assert (answer.status_code, answer.headers["Content-Type"]) == (422, "application/problem+json")
    told = answer.json()
    assert (told["code"], told["rejected"]) == ("register_refused", 2_000)
    assert len(told["rows"]) + told["rows_not_listed"] == 2_000
    assert {"kind", "number", "valid_from"} == {error["field"] for error in told["rows"][0]["errors"]}
    assert len(answer.content) < 1_000_000
    assert read(server, "licences", who="operator") == []


@pytest.mark.parametrize(
    ("content", "content_type", "status"),
    [
        (b"PK", "application/zip", 415),
        (b"{}", "application/x-ndjson", 415),
        (b"{}", "application/json", 422),
        (b"", "text/csv", 422),
        (b"a,b\n1,2\n", "text/csv", 422),
    ],
)
def test_a_body_that_is_no_file_of_the_register_is_a_problem(server, content, content_type, status):
    answer = post(server, "licences", content, content_type=content_type)
    assert answer.status_code == status
    assert {"code", "detail", "detail_zh"} <= answer.json().keys()


def test_a_participant_changes_nothing(server):
    answer = post(server, "models", write_topic("models"), who="BP1")
    assert (answer.status_code, answer.json()["code"]) == (403, "operator_needed")
    assert read(server, "models", who="operator") == []


def test_an_agent_reads_the_submission_that_it_sent_for_another(filled):
    post(filled, "agents", write_topic("agents", "{VP1},{CO1},2026-04-01,"))
    report = {"kind": "nothing_to_report", "report_id": "n1", "occurred_at": "2026-05-02", "period_from": "2026-04-01"}
    sent = json.dumps(report | {"reporter": CO1, "period_until": "2026-04-30"}).encode()
    submission = filled.post(sent, who="VP1").json()
    assert submission["accepted"] == 1
    path = f"/api/v1/submissions/{submission['submission']}"
    assert [filled.get(path, who=who).status_code for who in ("VP1", "BP1")] == [200, 404]
    assert filled.post(sent, who="BP1").json()["rows"][0]["errors"][0]["code"] == "reporter_not_allowed"
