"""What is read over HTTP: traces, the scrapping check, lists, the catalogue, the description of the API."""

import json

import jsonschema_rs
import pytest
from api_world import LIFE, PACK, VIN
from story import expand, fill_report

from suyuan.api.negotiation import DOCX_TYPE, PDF_TYPE
from suyuan.app.detect import LOOKS
from suyuan.app.rulebook import adopt_rulebook
from suyuan.app.trace import trace
from suyuan.core.catalogue import KINDS
from suyuan.core.schema import json_schema
from suyuan.rules.catalogue import RULES

OWN_LIMIT = b"""[book]
name = "2026"
[[limit]]
kind = "battery_removed"
days = 10
unit = "calendar"
grace_days = 15
source = "notice"
verified = true
"""


def test_trace_over_http_is_the_trace(told):
    answer = told.get(f"/api/v1/batteries/{PACK}", who="operator")
    assert answer.json() == json.loads(json.dumps(trace(told.world.context, PACK)))
    assert answer.headers["Cache-Control"] == "no-store"


def test_small_letters_find_the_same_battery(told):
    assert told.get(f"/api/v1/batteries/{PACK.lower()}", who="BP1").json()["subject"] == f"battery:{PACK}"


def test_trace_as_of_a_day_ends_on_that_day(told):
    kinds = [
        event["kind"] for event in told.get(f"/api/v1/vehicles/{VIN}?as_of=2025-04-30", who="VP1").json()["events"]
    ]
    assert kinds == ["vehicle_produced"]


def test_what_is_no_day_is_refused(told):
    for day in ("yesterday", "20250430", "2025-02-30", "1700000000", "2025-04-30T00:00:00", ""):
        answer = told.get(f"/api/v1/vehicles/{VIN}?as_of={day}", who="VP1")
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "as_of"), day


def test_what_cannot_be_a_code_is_refused_in_words(told):
    for path, text in {
        "batteries/08XPE": "24 are needed",
        "vehicles/LATPAB07": "17 are needed",
        "batteries/TMP-1": "TMP-",
    }.items():
        answer = told.get(f"/api/v1/{path}", who="operator")
        assert (answer.status_code, answer.json()["code"]) == (400, "code_malformed"), path
        assert text in answer.json()["detail"]


def test_scrapping_check_tells_missing_and_strange(told):
    path = f"/api/v1/vehicles/{VIN}/scrapping-check?found={expand('{pack:5}')}"
    answer = told.get(path, who="VD1").json()
    assert (answer["expected"], answer["missing"], answer["strange"]) == ([PACK], [PACK], [expand("{pack:5}")])


def test_scrapping_check_of_an_unknown_birth_expects_nothing_in_particular(told):
    assert told.get(f"/api/v1/vehicles/{expand('{vin:5}')}/scrapping-check", who="VD1").json()["expected"] is None


def test_overdue_duties_are_those_due_before_the_day(told):
    moved = {"kind": "battery_handed_over", "occurred_at": "2026-09-22", "battery_code": "{pack:3}", "receiver": "CO1"}
    told.world.submit("VD1", moved)
    duties = told.get("/api/v1/duties", who="operator").json()["duties"]
    due = [duty["due_on"] for duty in duties if duty["due_on"] and duty["closed_by"] is None]
    assert due == sorted(due)
    assert told.get(f"/api/v1/duties?overdue_on={due[0]}", who="operator").json()["duties"] == []
    later = told.get("/api/v1/duties?overdue_on=2030-01-01", who="operator").json()["duties"]
    assert [duty["due_on"] for duty in later] == due


def test_duties_tell_their_group_and_the_days_left_as_of_a_day(told):
    moved = {"kind": "battery_handed_over", "occurred_at": "2026-09-22", "battery_code": "{pack:3}", "receiver": "CO1"}
    told.world.submit("VD1", moved)

    def read(day):
        duties = told.get(f"/api/v1/duties?as_of={day}", who="CO1").json()["duties"]
        return [(one["kind"], one["due_on"], one["unit"], one["group"], one["days_left"]) for one in duties]

    assert read("2026-10-20") == [("confirm_receipt", "2026-10-22", "calendar", "this_week", 2)]
    assert read("2026-10-25") == [("confirm_receipt", "2026-10-22", "calendar", "overdue", -3)]


def test_rules_are_told_to_anybody(server):
    rules = server.get("/api/v1/rules").json()["rules"]
    assert [rule["rule"] for rule in rules] == [rule.name for rule in RULES]


def test_the_rulebook_is_told_to_anybody_with_the_source_of_each_entry(server):
    told = server.get("/api/v1/rulebook").json()
    assert [book["book"] for book in told["books"]] == ["2026", "2018"]
    assert all(entry["source"] for entry in told["entries"])
    limits = {(one["book"], one["key"], tuple(one["by"])): one for one in told["entries"] if one["section"] == "limit"}
    limit = limits["2026", "vehicle_produced", ()]
    assert (limit["days"], limit["unit"], limit["verified"], limit["origin"]) == (20, "calendar", False, "packaged")


def test_an_adopted_entry_is_told_at_once_as_the_operators_own(server):
    before = server.get("/api/v1/rulebook")
    adopt_rulebook(server.world.context, OWN_LIMIT)
    after = server.get("/api/v1/rulebook", **{"If-None-Match": before.headers["ETag"]})
    own = [(one["key"], one["days"]) for one in after.json()["entries"] if one["origin"] == "own"]
    assert (after.status_code, own) == (200, [("battery_removed", 10)])


def test_the_calendar_is_told_to_anybody(server):
    told = server.get("/api/v1/calendar").json()
    assert [year["year"] for year in told["years"] if year["verified"]] == list(range(2018, 2027))
    assert {"day": "2019-10-12", "working": True, "name": "国庆节"} in told["days"]


def test_kinds_are_told_to_anybody_with_a_schema_each(server):
    kinds = server.get("/api/v1/kinds").json()["kinds"]
    assert [kind["kind"] for kind in kinds] == [kind.name for kind in KINDS]
    for kind in kinds:
        jsonschema_rs.meta.validate(kind["schema"])


def test_what_never_changes_is_not_sent_twice(server):
    tag = server.get("/api/v1/kinds").headers["ETag"]
    assert server.get("/api/v1/kinds", If_None_Match=tag).status_code == 304
    assert server.get("/api/v1/kinds", If_None_Match='"other"').status_code == 200


def test_health_tells_nothing_but_that_it_is_well(server):
    answer = server.get("/healthz")
    assert set(answer.json()) == {"status", "version"}


def test_description_of_the_api_tells_reports_apart_by_kind(server):
    document = server.get("/api/v1/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    report = document["components"]["schemas"]["Report"]
    assert set(report["discriminator"]["mapping"]) == {kind.name for kind in KINDS}
    validator = jsonschema_rs.validator_for({"$ref": "#/components/schemas/Report", **document})
    row = fill_report(LIFE[0], number=1)
    del row["by"]
    assert validator.is_valid(row)
    assert not validator.is_valid({**row, "kind": "battery_stolen"})


def test_description_of_the_api_tells_what_each_body_holds_and_which_files_come(server):
    document = server.get("/api/v1/openapi.json").json()
    paths = document["paths"]
    for path, operations in paths.items():
        assert "post" not in operations or "requestBody" in operations["post"], path
    body = paths["/api/v1/cases/{case_no}/documents"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    validator = jsonschema_rs.validator_for({**body, **document})
    assert validator.is_valid({"kind": "order_to_correct"})
    assert not validator.is_valid({"details": {}})
    printed = paths["/api/v1/cases/{case_no}/documents/{document}.{suffix}"]["get"]["responses"]["200"]["content"]
    assert set(printed) == {PDF_TYPE, DOCX_TYPE}


@pytest.mark.parametrize("report", LIFE, ids=lambda report: report["kind"])
def test_schema_takes_what_the_checker_takes_and_not_a_field_more(report):
    row = fill_report(report, number=1)
    del row["by"]
    kind = next(kind for kind in KINDS if kind.name == row["kind"])
    validator = jsonschema_rs.Draft202012Validator(json_schema(kind))
    assert validator.is_valid(row)
    assert not validator.is_valid({**row, "colour": "blue"})
    for name in ("report_id", "occurred_at"):
        assert not validator.is_valid({key: value for key, value in row.items() if key != name})


def test_leads_are_for_officers_and_the_operator_and_name_each_detector(told):
    answer = told.get("/api/v1/leads?as_of=2026-09-30", who="operator")
    assert answer.json() == {"as_of": "2026-09-30", "leads": []}
    assert told.get("/api/v1/leads", who="VD1").json()["code"] == "officer_needed"
    for name in LOOKS:
        assert told.get(f"/api/v1/leads?detector={name}", who="operator").status_code == 200, name
    assert told.get("/api/v1/leads?detector=rings", who="operator").status_code == 400
