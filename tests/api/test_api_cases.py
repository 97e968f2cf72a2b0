"""Cases over HTTP: officers within their scope, parties with what was served to them, the public list for everybody."""

import csv
import io

import pytest
from bundle_world import verify
from case_desk import HANDLER, REVIEWER, SECOND, VIN, register_officers
from case_server import MEANT, RULE, move, on, open_one, post
from story import USCC_OF

from suyuan.app.officer import revoke_officer_tokens

BASIS = {"article": "Art. 40", "article_text": "Whoever …"}
NOTICE = {"intended": "fine", "amount_yuan": 20_000, "facts": "the pack is missing", "grounds": "Art. 40", **BASIS}


def give_notice(server, case_no):
    move(server, case_no, "investigate", 1, record="secret")
    move(server, case_no, "give_notice", 2, **NOTICE)


def serve(server, case_no, **decision):
    give_notice(server, case_no)
    move(server, case_no, "pass_review", 13, officer=REVIEWER, opinion="in order")
    said = {"decision": "fine", "amount_yuan": 20_000, "text": "a fine", **decision}
    move(server, case_no, "decide", 14, second=SECOND, **said)
    move(server, case_no, "serve", 15, served_on=on(15), manner="direct")


# -- officers ------------------------------------------------------------------------------------------------------


def test_an_officer_opens_a_case_with_what_it_may_take_in_and_moves_it(desks):
    found = desks.get("/api/v1/cases/findings", who=HANDLER).json()["findings"]
    assert (RULE, "410100") in {(one["rule"], one["place"]) for one in found}
    case_no = open_one(desks)
    assert desks.get(f"/api/v1/cases/{case_no}", who=HANDLER).json()["state"] == "filed"
    moved = post(desks, f"/cases/{case_no}/moves/investigate", {"fields": {"record": "seen"}}, who=HANDLER)
    assert (moved.status_code, moved.json()["state"]) == (200, "investigated")
    assert [one["case_no"] for one in desks.get("/api/v1/cases", who=HANDLER).json()["cases"]] == [case_no]


def test_the_evidence_bundle_is_for_the_authority_of_the_case_and_the_operator(desks):
    path = f"/api/v1/cases/{open_one(desks)}/bundle.zip"
    answer = desks.get(path, who=HANDLER)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/zip")
    assert verify(answer.content).outcome == "identical"
    assert desks.get(path, who="operator").content == answer.content
    told = {who: desks.get(path, who=who).status_code for who in ("zj-commerce-1", "VP1", None)}
    assert told == {"zj-commerce-1": 404, "VP1": 403, None: 401}


def test_officers_of_another_line_or_place_find_nothing(desks):
    for who in ("zj-commerce-1", "hn-industry-1"):
        found = desks.get(f"/api/v1/cases/findings?rule={RULE}", who=who).json()["findings"]
        assert found == []
        assert post(desks, "/cases", MEANT, who=who).json()["code"] == "request_refused"
    case_no = open_one(desks)
    for who in ("zj-commerce-1", "hn-industry-1", "zz-commerce-1"):
        assert desks.get("/api/v1/cases", who=who).json()["cases"] == []
        assert desks.get("/api/v1/cases?authority=hn-commerce", who=who).json()["cases"] == []
        assert desks.get(f"/api/v1/cases/{case_no}", who=who).status_code == 404
        moved = post(desks, f"/cases/{case_no}/moves/investigate", {"fields": {"record": "x"}}, who=who)
        assert moved.status_code == 404
        absent = desks.get("/api/v1/cases/410000-commerce-2026-0009", who=who)
        closed = desks.get(f"/api/v1/cases/{case_no}", who=who)
        assert absent.json() == {
            **closed.json(),
            "detail": absent.json()["detail"],
            "detail_zh": absent.json()["detail_zh"],
        }


def test_an_officers_token_opens_nothing_else(desks):
    for path in ("/api/v1/findings", "/api/v1/duties", f"/api/v1/vehicles/{VIN}", "/api/v1/submissions/s-000000000001"):
        assert desks.get(path, who=HANDLER).status_code == 401, path
    assert desks.post(b"", who=HANDLER).status_code == 401


def test_a_revoked_token_and_an_officer_who_left_open_nothing(desks):
    assert desks.get("/api/v1/cases", who=SECOND).status_code == 200
    assert revoke_officer_tokens(desks.world.context, SECOND) == 1
    assert desks.get("/api/v1/cases", who=SECOND).status_code == 401
    register_officers(desks.world.context, until={HANDLER: "2026-09-30"})
    assert desks.get("/api/v1/cases", who=HANDLER).status_code == 401


def test_all_faults_of_a_move_are_listed(desks):
    case_no = open_one(desks)
    answer = post(desks, f"/cases/{case_no}/moves/investigate", {"fields": {"place": "x"}}, who=HANDLER)
    assert (answer.status_code, answer.json()["code"]) == (422, "case_move_refused")
    assert [one["field"] for one in answer.json()["errors"]] == ["place", "record"]


@pytest.mark.parametrize(
    "body", [b"{", b"[]", b'{"fields": {"record": {}}}', b'{"extra": 1}', b"\xff", b'{"fields": 5}']
)
def test_a_body_of_another_form_is_refused_in_words(desks, body):
    case_no = open_one(desks)
    headers = desks.headers(HANDLER, Content_Type="application/json")
    answer = desks.client.post(f"/api/v1/cases/{case_no}/moves/investigate", content=body, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "request_malformed")


def test_a_body_that_is_too_large_is_refused(desks):
    answer = post(desks, "/cases", {"text": "x" * 600_000}, who=HANDLER)
    assert answer.status_code == 413


def test_the_operator_and_participants_open_no_cases(desks):
    for who in ("operator", "VP1"):
        assert post(desks, "/cases", MEANT, who=who).json()["code"] == "officer_needed"
        assert desks.get("/api/v1/cases/findings", who=who).json()["code"] == "officer_needed"
    case_no = open_one(desks)
    assert desks.get(f"/api/v1/cases/{case_no}", who="operator").json()["case_no"] == case_no
    moved = post(desks, f"/cases/{case_no}/moves/investigate", {"fields": {"record": "x"}}, who="operator")
    assert moved.json()["code"] == "officer_needed"


# -- the party -----------------------------------------------------------------------------------------------------


def test_the_party_reads_what_was_served_to_it_and_answers(desks):
    case_no = open_one(desks)
    assert desks.get("/api/v1/cases", who="VP1").json()["cases"] == []
    assert desks.get(f"/api/v1/cases/{case_no}", who="VP1").status_code == 404
    give_notice(desks, case_no)
    assert [one["case_no"] for one in desks.get("/api/v1/cases", who="VP1").json()["cases"]] == [case_no]
    seen = desks.get(f"/api/v1/cases/{case_no}", who="VP1").json()
    assert [act["move"] for act in seen["acts"]] == ["give_notice"]
    assert [one["move"] for one in seen["may"]] == ["take_statement", "ask_hearing"]
    assert "secret" not in repr(seen)
    for who in ("VD1", "BP1"):
        assert desks.get(f"/api/v1/cases/{case_no}", who=who).status_code == 404
        assert desks.get("/api/v1/cases", who=who).json()["cases"] == []


def test_the_party_hands_in_its_statement_and_decides_nothing(desks):
    case_no = open_one(desks)
    # The server's clock stands still: what is served today can be answered today.
    move(desks, case_no, "investigate", 0, record="secret")
    move(desks, case_no, "give_notice", 0, **NOTICE)
    path = f"/cases/{case_no}/moves/take_statement"
    body = {"fields": {"text": "we sold it whole", "stated_on": on(0)}}
    assert post(desks, path, body, who="VD1").status_code == 404
    answer = post(desks, path, body, who="VP1")
    assert (answer.status_code, [act["move"] for act in answer.json()["acts"]]) == (
        200,
        ["give_notice", "take_statement"],
    )
    refused = post(
        desks, f"/cases/{case_no}/moves/close_early", {"fields": {"reason": "no_breach", "text": "x"}}, who="VP1"
    )
    assert refused.status_code == 422


# -- the public list -----------------------------------------------------------------------------------------------


def read_csv(answer):
    text = answer.content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_anybody_reads_served_penalties_as_json_and_csv(desks):
    case_no = open_one(desks)
    give_notice(desks, case_no)
    assert desks.get("/api/v1/public/penalties").json() == {"penalties": []}
    later = open_later(desks)
    [one] = later.get("/api/v1/public/penalties").json()["penalties"]
    assert (one["party"], one["decision"], one["amount_yuan"], one["article"]) == (
        USCC_OF["VP1"],
        "fine",
        20_000,
        "Art. 40",
    )
    assert [rule["rule"] for rule in one["rules"]] == [RULE]
    assert (one["served_on"], one["shown_until"]) == (on(15), f"2028{on(15)[4:]}")
    answer = later.client.get("/api/v1/public/penalties", headers={"Accept": "text/csv"})
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.content.startswith(b"\xef\xbb\xbf")
    [row] = read_csv(answer)
    assert row["统一社会信用代码 party"] == USCC_OF["VP1"]
    assert row["违法事项 rules_zh"] == "报废车辆动力电池缺失"
    neither = later.client.get("/api/v1/public/penalties", headers={"Accept": "text/html"})
    assert neither.status_code == 406


def open_later(desks):
    [case_no] = [one["case_no"] for one in desks.get("/api/v1/cases", who="operator").json()["cases"]]
    move(desks, case_no, "pass_review", 13, officer=REVIEWER, opinion="in order")
    move(desks, case_no, "decide", 14, second=SECOND, decision="fine", amount_yuan=20_000, text="a fine")
    assert desks.get("/api/v1/public/penalties").json() == {"penalties": []}, "not served yet"
    move(desks, case_no, "serve", 15, served_on=on(15), manner="direct")
    return desks


def test_a_revoked_penalty_is_taken_off_and_one_under_reconsideration_says_so(desks):
    case_no = open_one(desks)
    serve(desks, case_no)
    move(desks, case_no, "contest", 20, path="reconsideration", contested_on=on(20), organ="people's government")
    [one] = desks.get("/api/v1/public/penalties").json()["penalties"]
    assert one["is_contested"] is True
    move(desks, case_no, "revoke", 30, outcome_on=on(30), text="revoked")
    assert desks.get("/api/v1/public/penalties").json() == {"penalties": []}


def test_a_decision_without_penalty_is_not_published(desks):
    case_no = open_one(desks)
    give_notice(desks, case_no)
    move(desks, case_no, "pass_review", 13, officer=REVIEWER, opinion="in order")
    move(desks, case_no, "decide", 14, decision="no_penalty", text="first time")
    move(desks, case_no, "serve", 15, served_on=on(15), manner="direct")
    assert desks.get("/api/v1/public/penalties").json() == {"penalties": []}


def test_what_officers_enter_never_becomes_a_formula(desks):
    case_no = open_one(desks)
    serve(desks, case_no, article="=HYPERLINK(1)")
    answer = desks.client.get("/api/v1/public/penalties", headers={"Accept": "text/csv"})
    assert read_csv(answer)[0]["法律条款 article"] == "'=HYPERLINK(1)"
