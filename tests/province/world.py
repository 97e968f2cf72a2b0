"""The year through the real thing: the register as an operator states it, files of each submitter, judges and sweeps."""

import csv
import io
import json
import random
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql
from tests.memory_engine import MemoryEngine
from tests.province.year import Sent

from suyuan.app.case_candidates import FindingFilter
from suyuan.app.context import Context
from suyuan.app.initialise import initialise
from suyuan.app.judge import count_pending, judge_pending
from suyuan.app.move_case import move_case
from suyuan.app.open_case import open_case
from suyuan.app.register import import_entries
from suyuan.app.submit import Arrival, submit
from suyuan.app.sweep import sweep
from suyuan.core.duty import Duty
from suyuan.core.participant import Penalty
from suyuan.core.registry import Entry, Registry
from suyuan.core.topic import TOPICS, WITHDRAWN
from suyuan.core.value import SHANGHAI
from suyuan.store.database import connect
from suyuan.store.submission import read_submission

NOW = datetime(2027, 7, 1, 4, 0, tzinfo=UTC)
CASE_DAY = datetime(2026, 12, 1, 2, 0, tzinfo=UTC)
OFFICER, SECOND, REVIEWER = "zj-industry-1", "zj-industry-2", "zj-industry-3"
CASE_RULE = "outlet_dismantled_a_battery"
BASIS = {"article": "Art. 40", "article_text": "Whoever takes a battery apart without being a utilization enterprise …"}
# Topics on which no acceptance of a report depends: the register may tell them after reports were judged.
STATED_LATER = ("licences", "filings", "models", "outlets", "authorities", "officers")
JUDGED_AFTER = 211  # submissions; no divisor of anything, so that judges come at odd moments


class YearWorld:
    """One database in which a province is registered, and what is done with it."""

    def __init__(self, url: str, registry: Registry, *, later: Iterable[str] = ()) -> None:
        """Register everybody, topic by topic, in a database that loads the past; `later` names topics that wait."""
        self.context = Context(connect(url, autocommit=True), lambda: NOW)
        initialise(self.context, is_historical_load=True)
        self.cases: list[tuple[str, str]] = []
        self.entries = _list_entries(registry)
        waiting = set(later)
        for topic in self.entries:
            if topic not in waiting:
                self.state(topic)

    def state(self, topic: str) -> None:
        """State the entries of a topic of the register, as an operator does."""
        entries = self.entries[topic]
        done = import_entries(self.context, TOPICS[topic], write_statements(topic, entries))
        assert (done["rejected"], done["added"]) == (0, len(entries)), done

    @property
    def connection(self) -> psycopg.Connection[Any]:
        """The connection of the world's context."""
        return self.context.connection

    def load(self, files: Iterable[list[Sent]]) -> None:
        """Submit files one by one, judge now and then and at the end; every report must be accepted."""
        for number, rows in enumerate(files, start=1):
            lines = b"\n".join(json.dumps(one.report).encode() for one in rows)
            arrival = Arrival(rows[0].submitter, "jsonl", f"{number}.jsonl", rows[0].received_at)
            found = read_submission(self.connection, submit(self.context, [lines], arrival=arrival))
            assert found is not None
            assert (found.accepted, found.duplicate, found.rejected) == (len(rows), 0, 0), (found, rows)
            if number % JUDGED_AFTER == 0:
                judge_pending(self.context)
        judge_pending(self.context)
        assert count_pending(self.context) == 0

    def sweep(self, day: date) -> None:
        """Sweep as of a day."""
        sweep(self.context, as_of=day)

    def rules_broken(self) -> set[str]:
        """Return the rules of which the database shows a finding."""
        return {rule for (rule,) in self.connection.execute("SELECT DISTINCT rule FROM finding_shown")}

    def play_cases(self) -> None:
        """Take in two outlets that took a battery apart: one is ordered to correct and does not, one is warned."""
        (ordered, _), (warned, _) = self.cases = self._open_cases(CASE_RULE)
        self._act(ordered, "investigate", 1, record="looked at the yard")
        self._act(ordered, "order_correction", 2, text="say where the parts are", correct_by=_case_day(30))
        self._act(warned, "investigate", 1, record="looked at the yard")
        self._act(
            warned, "give_notice", 2, intended="warning", facts="a battery was taken apart", grounds="Art. 40", **BASIS
        )
        self._act(warned, "pass_review", 13, officer=REVIEWER, opinion="in order")
        self._act(warned, "decide", 14, second=SECOND, decision="warning", text="a warning")
        self._act(warned, "serve", 15, served_on=_case_day(15), manner="direct")

    def _open_cases(self, rule: str) -> list[tuple[str, str]]:
        """Open a case against each of the first two parties; returns the numbers with the parties."""
        rows = self.connection.execute(
            "SELECT DISTINCT party FROM finding_shown WHERE rule = %s ORDER BY 1 LIMIT 2", [rule]
        )
        return [
            (
                open_case(
                    self.context, officer=OFFICER, meant=FindingFilter(party=party, rule=rule), acted_at=CASE_DAY
                ),
                party,
            )
            for (party,) in rows.fetchall()
        ]

    def _act(
        self, case_no: str, move: str, day: int, *, officer: str = OFFICER, second: str | None = None, **fields: Any
    ) -> None:
        move_case(self.context, case_no, move, officer=officer, second_officer=second, fields=fields,
                  acted_at=CASE_DAY + timedelta(days=day))  # fmt: skip


@contextmanager
def copied_database(url: str) -> Iterator[str]:
    """Yield the address of a copy of a database to which nobody is connected; it lies beside it and is dropped at the end."""
    parts = urlsplit(url)
    name = parts.path.removeprefix("/")
    first, second = sql.Identifier(name), sql.Identifier(f"{name}_copy")
    with psycopg.connect(urlunsplit(parts._replace(path="/postgres")), autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(second, first))
        yield urlunsplit(parts._replace(path=f"/{name}_copy"))
        admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(second))


def tell_cases(engine: MemoryEngine, cases: list[tuple[str, str]]) -> None:
    """Let memory know what the two cases came to: an order that nobody carried out, and a warning that was served."""
    (ordered, orderee), (warned, warnee) = cases
    begun = CASE_DAY.astimezone(SHANGHAI).date()
    opened, due, lapses = (begun + timedelta(days=days) for days in (2, 30, 37))
    order = Duty("carry_out_order", f"case:{ordered}", orderee, "zj-industry", f"{ordered}/3", opened, due, lapses, True,
                 "correction_overdue", {"case": ordered, "order": 3})  # fmt: skip
    engine.orders = [order]
    engine.penalties = {warnee: (Penalty(warned, begun + timedelta(days=14), "warning", (CASE_RULE,)),)}


def _case_day(days: int) -> str:
    return (CASE_DAY.date() + timedelta(days=days)).isoformat()


# -- the register --------------------------------------------------------------------------------------------------


def _list_entries(registry: Registry) -> dict[str, list[Entry]]:
    register = registry.register
    return {
        "participants": [entry for uscc in registry.usccs for entry in registry.entries_of(uscc)],
        "licences": list(register.licences),
        "filings": list(register.filings),
        "models": list(register.models),
        "outlets": list(register.outlets),
        "authorities": list(register.authorities),
        "officers": list(register.officers),
    }


def write_statements(topic: str, entries: list[Entry]) -> bytes:
    """Return the file with which an operator states entries of a topic."""
    names = [column.name for column in TOPICS[topic].columns if column.name != WITHDRAWN.name]
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(names)
    writer.writerows([_cell(getattr(entry, name)) for name in names] for entry in entries)
    return text.getvalue().encode()


def _cell(value: Any) -> str:
    if isinstance(value, frozenset):
        return " ".join(sorted(value))
    return "" if value is None else str(value)


# -- files ---------------------------------------------------------------------------------------------------------


def by_submitter_and_day(sent: Iterable[Sent]) -> Iterator[list[Sent]]:
    """Yield the files in order of receipt: each holds what an enterprise sends on a day."""
    ordered = sorted(sent, key=lambda one: (one.received_at, one.submitter))
    for _, rows in groupby(ordered, key=lambda one: (one.received_at, one.submitter)):
        yield list(rows)


def in_another_order(sent: Iterable[Sent], *, seed: int) -> list[list[Sent]]:
    """Return the same reports in other files and another order; what is withdrawn comes before or with its withdrawal."""
    chance = random.Random(seed)
    files: list[list[Sent]] = []
    for rows in by_submitter_and_day(sent):
        chance.shuffle(rows)
        cut = chance.randint(0, len(rows)) if not any(map(_withdraws, rows)) else 0
        files += [part for part in (rows[:cut], rows[cut:]) if part]
    chance.shuffle(files)
    return [rows for rows in files if not any(map(_withdraws, rows))] + [
        rows for rows in files if any(map(_withdraws, rows))
    ]


def _withdraws(one: Sent) -> bool:
    return one.report["kind"] == "report_withdrawn"
