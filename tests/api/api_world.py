"""The server over a fresh database: participants registered, one life reported, a token for each who asks."""

import json

import pytest
from database_world import NOW, DatabaseWorld
from starlette.testclient import TestClient
from story import USCC_OF, expand, fill_report

from suyuan.api.main import create_app
from suyuan.api.settings import Settings
from suyuan.app.register import issue_token

PACK, VIN = expand("{pack:1}"), expand("{vin:1}")
LIFE = [
    {"by": "BP1", "kind": "battery_produced", "occurred_at": "2025-03-12", "battery_code": PACK, "report_id": "born"},
    {
        "by": "VP1", "kind": "vehicle_produced", "occurred_at": "2025-04-01", "vin": VIN, "battery_codes": [PACK],
        "report_id": "built",
    },
    {"by": "SE1", "kind": "vehicle_sold", "occurred_at": "2025-05-01", "vin": VIN, "report_id": "sold"},
    {
        "by": "VD1", "kind": "vehicle_scrapped", "occurred_at": "2026-09-20", "vin": VIN, "battery_codes_found": [],
        "report_id": "scrapped",
    },
]  # fmt: skip


def name_of(alias):
    """Return the name under which a participant is registered here."""
    return f"{alias} Company"


class Server:
    """What a test talks to: a client, the world behind it, and who is signed in."""

    def __init__(self, world, client):
        self.world, self.client = world, client
        self.tokens = {alias: issue_token(world.context, USCC_OF[alias]) for alias in ("BP1", "VP1", "VD1", "CO1")}
        self.tokens["operator"] = issue_token(world.context, None)

    def headers(self, who, **more):
        named = {name.replace("_", "-"): value for name, value in more.items()}
        return {**({"Authorization": f"Bearer {self.tokens[who]}"} if who else {}), **named}

    def get(self, path, *, who=None, **more):
        return self.client.get(path, headers=self.headers(who, **more), follow_redirects=False)

    def post(self, body, *, who="BP1", query="", content_type="application/x-ndjson", **more):
        headers = self.headers(who, Content_Type=content_type, **more)
        return self.client.post(f"/api/v1/submissions{query}", content=body, headers=headers)


@pytest.fixture
def world(database_url):
    return DatabaseWorld(database_url, name=name_of("{alias}"))


@pytest.fixture
def settings():
    return Settings(connections=4)


@pytest.fixture
def server(world, database_url, settings):
    app = create_app(database_url=database_url, clock=lambda: NOW, settings=settings)
    with TestClient(app, raise_server_exceptions=False) as client:
        yield Server(world, client)


@pytest.fixture
def told(server):
    """The server after the one life was reported and judged; the wreck came without its battery."""
    for report in LIFE:
        server.world.submit(report["by"], {name: value for name, value in report.items() if name != "by"})
    return server


def write_birth(serial, **fields):
    """Return one line: the production of a pack by BP1."""
    short = {
        "by": "BP1", "kind": "battery_produced", "occurred_at": "2025-03-12", "report_id": f"p{serial}",
        "battery_code": expand(f"{{pack:{serial}}}"), **fields,
    }  # fmt: skip
    filled = fill_report(short, number=serial)
    del filled["by"]
    return json.dumps(filled, ensure_ascii=False).encode()
