"""A server with a vehicle that was scrapped without its battery, and officers who hold tokens."""

from datetime import timedelta

import pytest
from case_desk import CEILING, HANDLER, LIFE, SECOND, VIN, register_officers
from database_world import NOW

from suyuan.app.move_case import move_case
from suyuan.app.officer import issue_officer_token
from suyuan.app.rulebook import adopt_rulebook

RULE = "scrapped_vehicle_battery_missing"
MEANT = {"findings": {"subject": VIN, "rule": RULE}}
OFFICERS = (HANDLER, SECOND, "zj-commerce-1", "hn-industry-1", "zz-commerce-1")


@pytest.fixture
def desks(server):
    """The server with a wreck that came without its battery, and officers who hold tokens."""
    register_officers(server.world.context)
    server.world.submit_each(LIFE)
    server.tokens |= {officer: issue_officer_token(server.world.context, officer) for officer in OFFICERS}
    return server


def post(server, path, body, *, who):
    return server.client.post(f"/api/v1{path}", json=body, headers=server.headers(who))


def open_one(server, *, who=HANDLER):
    answer = post(server, "/cases", MEANT, who=who)
    assert answer.status_code == 201, answer.text
    return answer.json()["case_no"]


def move(server, case_no, name, day, *, officer=HANDLER, second=None, **fields):
    """Make a move some days later, which the server's clock cannot."""
    context = server.world.context
    adopt_rulebook(context, CEILING)
    at = NOW + timedelta(days=day)
    move_case(context, case_no, name, officer=officer, second_officer=second, fields=fields, acted_at=at)


def on(days):
    return (NOW.date() + timedelta(days=days)).isoformat()
