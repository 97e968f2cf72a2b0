"""Coverage and producers' accounts over HTTP: all for the operator, a participant its own."""

from story import USCC_OF

VP = USCC_OF["VP1"]


def test_the_operator_reads_coverage_of_all_a_producer_its_own(told):
    assert told.get("/api/v1/coverage", who="operator").json()["total"] == {"live": 1, "whole": 0, "share": 0.0}
    rows = told.get("/api/v1/coverage?by=producer", who="VP1").json()["coverage"]
    assert [(row["producer"], row["live"]) for row in rows] == [(VP, 1)]
    assert told.get("/api/v1/coverage?by=producer", who="BP1").json()["coverage"] == []
    assert told.get("/api/v1/coverage").status_code == 401


def test_coverage_is_arranged_in_two_ways_only(told):
    answer = told.get("/api/v1/coverage?by=colour", who="operator")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "by")


def test_a_producer_reads_its_own_account_and_no_other(told):
    path = f"/api/v1/producers/{VP}/account"
    account = told.get(path, who="VP1").json()
    assert (account["on_market"], account["collected"], account["outstanding"]) == (1, 0, 1)
    assert told.get(path, who="operator").json() == account
    assert told.get(path, who="BP1").status_code == 404
    assert told.get(f"/api/v1/producers/{USCC_OF['XX1']}/account", who="operator").status_code == 404
    malformed = told.get("/api/v1/producers/nobody/account", who="operator")
    assert (malformed.status_code, malformed.json()["code"]) == (400, "code_malformed")
