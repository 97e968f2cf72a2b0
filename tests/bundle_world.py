"""A small world in which a pack disappears, a hand-over is never confirmed and a cell is claimed twice, for evidence bundles."""

from datetime import UTC, date, datetime

from database_world import DatabaseWorld
from story import USCC_OF, expand

from suyuan.app.sweep import sweep
from suyuan.bundle.verify import verify_bundle
from suyuan.rulebook import load_rulebook
from suyuan.rules.catalogue import RULE_TABLE

PACK, RIVAL, LOST_PACK = expand("{pack:1}"), expand("{pack:2}"), expand("{pack:3}")
VIN, CELL = expand("{vin:1}"), expand("{cell:1}")
SWEPT = date(2026, 11, 1)  # half a year after the rules began: who was silent all the time is a lead
CUT = datetime(2026, 9, 2, tzinfo=UTC)
LATER = datetime(2026, 9, 20, 1, 2, 3, 456789, tzinfo=UTC)
NOTE = "owner says: Zhang San lost it"

STORY = [
    {"by": "BP1", "kind": "battery_produced", "occurred_at": "2025-03-12", "battery_code": PACK, "cells": [CELL], "report_id": "p1"},
    {"by": "BP1", "kind": "battery_produced", "occurred_at": "2025-03-12", "battery_code": RIVAL, "cells": [CELL], "report_id": "p2"},
    {"by": "BP1", "kind": "battery_produced", "occurred_at": "2025-03-12", "battery_code": LOST_PACK, "report_id": "p3"},
    {"by": "VP1", "kind": "vehicle_produced", "occurred_at": "2025-04-01", "vin": VIN, "battery_codes": [LOST_PACK], "report_id": "v1"},
    {"by": "SE1", "kind": "vehicle_sold", "occurred_at": "2025-05-01T09:30:00+08:00", "vin": VIN, "report_id": "s1"},
    {"by": "VD1", "kind": "vehicle_scrapped", "occurred_at": "2026-05-10", "vin": VIN, "battery_codes_found": [],
     "absence_reason": "stolen", "report_id": "d1", "note": NOTE},
    {"by": "CO1", "kind": "battery_received", "occurred_at": "2026-05-02", "battery_code": PACK, "from_owner": True, "report_id": "c1"},
    {"by": "CO1", "kind": "battery_tested", "occurred_at": "2026-05-03", "battery_code": PACK, "report_id": "c2"},
    {"by": "CO1", "kind": "report_withdrawn", "occurred_at": "2026-05-04", "withdrawn_report_id": "c2", "report_id": "c3"},
    {"by": "CO1", "kind": "battery_handed_over", "occurred_at": "2026-05-20", "battery_code": PACK, "receiver": "UE1", "report_id": "c4"},
]  # fmt: skip


class BundleWorld(DatabaseWorld):
    """The story above, judged and swept."""

    def __init__(self, url):
        super().__init__(url)
        self.submit_each(STORY)
        sweep(self.context, as_of=SWEPT)

    def keys(self, *rules):
        """Return the keys of all findings, or those of these rules."""
        rows = self.connection.execute("SELECT subject, rule, reporter, report_id FROM finding_shown").fetchall()
        return [tuple(row) for row in rows if not rules or row[1] in rules]

    def receive_late(self):
        """The pack turns up in lawful hands, months later."""
        report = {
            "kind": "battery_received",
            "occurred_at": "2026-09-10",
            "battery_code": LOST_PACK,
            "sender": USCC_OF["RE1"],
            "report_id": "late",
        }
        self.submit("UE1", report, received_at=LATER)


def verify(content):
    """Return what came of verifying a bundle with this program."""
    return verify_bundle(content, rules=RULE_TABLE, packaged_texts=load_rulebook().texts)
