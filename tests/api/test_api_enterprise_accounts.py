"""Accounts over HTTP: the operator reads all, an enterprise its own; wrong questions are told in words."""

import pytest
from story import USCC_OF, expand

CO1 = USCC_OF["CO1"]
PATH = f"/api/v1/accounts/{CO1}"


@pytest.fixture
def bought(server):
    received = {"kind": "battery_received", "occurred_at": "2026-05-04", "battery_code": "{pack:1}", "from_owner": True}
    server.world.submit("CO1", received)
    return server


@pytest.mark.parametrize("who", ["CO1", "operator"])
def test_an_account_is_read_by_its_enterprise_and_the_operator(bought, who):
    (month,) = bought.get(f"{PATH}?month=2026-05", who=who).json()["months"]
    assert [(one["item"], one["closing_g"]) for one in month["items"]] == [("battery", 420_000)]
    behind = bought.get(f"{PATH}?month=2026-05&behind=battery&flow=received", who=who).json()
    assert [one["subject"] for one in behind["subjects"]] == [f"battery:{expand('{pack:1}')}"]


def test_an_account_of_another_and_one_of_nobody_answer_alike(bought):
    other = bought.get(PATH, who="BP1")
    nobody = bought.get(f"/api/v1/accounts/{USCC_OF['XX1']}", who="BP1")
    assert (other.status_code, other.content) == (nobody.status_code, nobody.content)
    assert other.status_code == 404
    assert bought.get(f"/api/v1/accounts/{USCC_OF['XX1']}", who="operator").status_code == 404


@pytest.mark.parametrize(
    "query",
    ["month=2026-13", "month=2026-05-01", "year=1", "month=2026-05&year=2026", "behind=battery", "flow=fed&month=2026-05",
     "behind=gold&flow=fed&month=2026-05", "months=2026-05", "site="],
)  # fmt: skip
def test_wrong_questions_are_told(bought, query):
    answer = bought.get(f"{PATH}?{query}", who="operator")
    assert answer.status_code == 400, answer.text
    assert answer.headers["content-type"].startswith("application/problem+json")
