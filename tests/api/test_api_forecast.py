"""Forecast and leakage over HTTP: all for the operator, a participant what it produced itself."""

from story import USCC_OF


def test_the_forecast_is_told_to_whoever_has_a_token(told):
    found = told.get("/api/v1/forecast?until=2030&by=class&as_of=2026-10-01", who="operator").json()
    assert {row["class"] for row in found["rows"]} == {"passenger", "commercial"}
    assert (found["rows"][-1]["year"], found["held"]["sold"]) == (2030, 1)
    assert told.get("/api/v1/forecast", who="VP1").json()["held"]["sold"] == 1
    assert told.get("/api/v1/forecast", who="BP1").json()["held"] is None, "the vehicles of others are not its own"
    assert told.get("/api/v1/forecast").status_code == 401


def test_leakage_is_told_to_the_operator_of_all_and_to_a_producer_of_its_own(told):
    path = "/api/v1/leakage?as_of=2026-10-01"
    rows = told.get(path, who="operator").json()["leakage"]
    assert [(row["producer"], row["year"], row["seen"], row["seen_incomplete"]) for row in rows] == [
        (USCC_OF["VP1"], 2026, 1, 1)
    ]
    assert told.get(path, who="VP1").json()["leakage"] == rows
    assert told.get(path, who="BP1").json()["leakage"] == []


def test_parameters_that_cannot_be_are_refused(told):
    for query in (
        "forecast?by=colour",
        "forecast?until=1999",
        "leakage?by=month",
        "leakage?as_of=may",
        "forecast?more=1",
    ):
        assert told.get(f"/api/v1/{query}", who="operator").status_code == 400, query
