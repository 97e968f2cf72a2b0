"""A world in a real database: the participants of the tests are registered, reports are submitted, judged and swept."""

import json
from datetime import UTC, date, datetime, timedelta

from story import USCC_OF, fill_report, write_participants_csv

from suyuan.app.context import Context
from suyuan.app.judge import count_pending, judge_pending, judge_submission
from suyuan.app.register import import_participants
from suyuan.app.submit import Arrival, describe_submission, submit
from suyuan.store.database import connect
from suyuan.store.registry import write_setting

NOW = datetime(2026, 10, 1, 4, 0, tzinfo=UTC)
DERIVED = {
    "subject_state": "slot, subject, status, holder, vehicle, body, told, tallies, flows, accounts",
    "finding": "slot, subject, rule, reporter, report_id, origin, weight, party, about, evidence, occurred_on",
    "duty": "slot, subject, kind, opener, opened_by, rule, party, due_on, lapses_on, closed_by, closer, evidence",
    "fact": "slot, target, source, name, body",
    "account_flow": "lane, uscc, site, day, item, flow, grams",
    "tally": "lane, packed, count",
}


class DatabaseWorld:
    """One database with the registered participants of the tests."""

    def __init__(self, url, *, name="{alias} 公司"):
        self.url = url
        self.context = self.open_context()
        assert import_participants(self.context, write_participants_csv(name=name).encode())["rejected"] == 0
        with self.connection.transaction():
            write_setting(self.connection, "historical", value="yes")

    @property
    def connection(self):
        return self.context.connection

    def open_context(self):
        """Return a context with a connection of its own, as another process would have."""
        return Context(connect(self.url, autocommit=True), lambda: NOW)

    def submit(self, who, *reports, context=None, judge=True, received_at=NOW):
        """Submit reports in short form as one jsonl file; returns the public result."""
        context = context or self.context
        lines = []
        for number, report in enumerate(reports):
            filled = fill_report({"by": who, **report}, number=number)
            del filled["by"]
            lines.append(json.dumps(filled))
        arrival = Arrival(USCC_OF[who], "jsonl", "reports.jsonl", received_at)
        submission_no = submit(context, ["\n".join(lines).encode()], arrival=arrival)
        if judge:
            assert judge_submission(context, submission_no, seconds_max=60)
        return describe_submission(context, submission_no)

    def submit_each(self, reports, *, received_at=None):
        """Submit reports in short form, each by its own reporter, one submission each, in the given order."""
        for report in reports:
            moment = received_at or datetime.fromisoformat(report["occurred_at"][:10]).replace(tzinfo=UTC) + timedelta(
                days=1
            )
            fields = {name: value for name, value in report.items() if name not in ("by", "received_at")}
            self.submit(report["by"], fields, judge=False, received_at=moment)
        judge_pending(self.context)
        assert count_pending(self.context) == 0

    def derived(self):
        """Return all derived rows, by table."""
        tables = {}
        for table, columns in DERIVED.items():
            tables[table] = sorted(map(repr, self.connection.execute(f"SELECT {columns} FROM {table}").fetchall()))
        return tables

    def state(self, subject):
        row = self.connection.execute(
            "SELECT status, holder, vehicle FROM subject_state WHERE subject = %s", [subject]
        ).fetchone()
        return tuple(row) if row else None

    def rules(self, subject):
        rows = self.connection.execute(
            "SELECT rule, weight FROM finding_shown WHERE subject = %s ORDER BY 1", [subject]
        )
        return [tuple(row) for row in rows]


def day(text):
    return date.fromisoformat(text)
