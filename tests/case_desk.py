"""Authorities and officers of the tests, and a world in a database where they work on cases."""

from database_world import NOW, DatabaseWorld
from story import expand

from suyuan.app.case_candidates import FindingFilter
from suyuan.app.open_case import open_case
from suyuan.app.register import import_entries
from suyuan.app.rulebook import adopt_rulebook
from suyuan.core.topic import TOPICS

AUTHORITIES = (
    ("hn-commerce", "Henan Commerce", "commerce", "410000"),
    ("zz-commerce", "Zhengzhou Commerce", "commerce", "410100"),
    ("hn-industry", "Henan Industry", "industry", "410000"),
    ("zj-commerce", "Zhejiang Commerce", "commerce", "330000"),
    ("cn-industry", "National Industry", "industry", "000000"),
)
AUTHORITIES_CSV = "\n".join(
    ["authority,name,line,division,valid_from", *(f"{','.join(row)},2015-01-01" for row in AUTHORITIES)]
)
HANDLER, SECOND, REVIEWER = "hn-commerce-1", "hn-commerce-2", "hn-commerce-3"
PACK, VIN = expand("{pack:1}"), expand("{vin:1}")
# A vehicle leaves its pack with the producer's repair shop and reaches the dismantler without one.
LIFE = (
    {"by": "BP1", "kind": "battery_produced", "occurred_at": "2025-03-12", "battery_code": PACK, "report_id": "born"},
    {"by": "VP1", "kind": "vehicle_produced", "occurred_at": "2025-04-01", "vin": VIN, "battery_codes": [PACK], "report_id": "built"},
    {"by": "VD1", "kind": "vehicle_scrapped", "occurred_at": "2026-05-20", "vin": VIN, "battery_codes_found": [], "report_id": "scrapped"},
)  # fmt: skip
CEILING = b"""[book]
name = "2026"
[[threshold]]
key = "fine_ceiling_yuan"
value = 100000
source = "operator"
verified = false
"""
MISSING = FindingFilter(subject=VIN, rule="scrapped_vehicle_battery_missing")


def write_officers_csv(until=None):
    """Return three officers for each authority; `until` gives the last day of some."""
    rows = [
        f"{row[0]}-{number},Officer {number},{row[0]},2015-01-01,{(until or {}).get(f'{row[0]}-{number}', '')}"
        for row in AUTHORITIES
        for number in (1, 2, 3)
    ]
    return "\n".join(["officer,name,authority,valid_from,valid_until", *rows])


def register_officers(context, *, until=None):
    """Import authorities and officers."""
    for topic, text in (("authorities", AUTHORITIES_CSV), ("officers", write_officers_csv(until))):
        done = import_entries(context, TOPICS[topic], text.encode())
        assert done["rejected"] == 0, done


class CaseWorld(DatabaseWorld):
    """A database with a vehicle that was scrapped without its pack, and officers at their desks."""

    def __init__(self, url):
        super().__init__(url)
        register_officers(self.context)
        assert adopt_rulebook(self.context, CEILING)["adopted"]

    def open(self, meant=MISSING, *, officer=HANDLER, at=NOW, context=None):
        return open_case(context or self.context, officer=officer, meant=meant, acted_at=at)
