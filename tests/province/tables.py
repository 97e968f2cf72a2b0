"""What was derived of a year, table by table, as it lies in a database and as memory has it, to be laid side by side.

Equal whatever the order of arrival: states, facts, findings, duties, contributions, sums. Left out is what arrival itself
decides: numbers of submissions and reports, which submissions a row waits for, the lane in which a count of reports lies.
"""

import json
from collections import Counter
from datetime import date
from typing import Any

from psycopg import Connection
from tests.memory_engine import MemoryEngine

from suyuan.app.context import Context
from suyuan.app.coverage import read_coverage
from suyuan.core.account import merge_flows
from suyuan.core.participant_duty import list_participant_duties
from suyuan.store.sums import read_tallies
from suyuan.store.verdict import duty_row, encode_json

Tables = dict[str, Counter[Any]]
COLUMNS = {
    "state": "SELECT subject, body FROM subject_state",
    "fact": "SELECT target, source, name, body FROM fact WHERE source NOT LIKE 'case:%'",
    "finding": "SELECT subject, rule, reporter, report_id, weight, party, about, evidence FROM finding_shown",
    "duty": "SELECT subject, kind, opener, opened_by, rule, party, opened_on, due_on, lapses_on, is_provisional, closed_by, closer,"
    " evidence, unit FROM duty",
    "account": "SELECT uscc, site, day, item, flow, SUM(grams)::bigint FROM account_flow GROUP BY uscc, site, day, item, flow",
}
# Every column that is derived, lanes and slots included, and none that arrival decides.
ALL_COLUMNS = {
    "state": "SELECT slot, subject, status, holder, vehicle, body, told, has_findings, has_duties, verdict_version, tallies,"
    " flows, accounts FROM subject_state",
    "fact": "SELECT slot, target, source, name, body FROM fact",
    "finding": "SELECT slot, subject, rule, reporter, report_id, origin, weight, party, about, evidence FROM finding",
    "duty": "SELECT slot, subject, kind, opener, opened_by, rule, party, opened_on, due_on, lapses_on, is_provisional, closed_by, closer,"
    " evidence, unit FROM duty",
    "account_flow": "SELECT lane, uscc, site, day, item, flow, grams FROM account_flow",
    "tally": "SELECT lane, packed, count FROM tally",
    "report_count": "SELECT party.uscc, kind, month, SUM(count) FROM report_count INNER JOIN party ON party.party_no = reporter"
    " GROUP BY party.uscc, kind, month",
    "party_month": "SELECT party.uscc, model, month FROM party_month INNER JOIN party ON party.party_no = reporter",
    "case_finding": "SELECT case_no, subject, rule, reporter, report_id FROM case_finding",
}


def read_all(connection: Connection[Any]) -> Tables:
    """Return every derived row of a database."""
    return {name: _count(connection.execute(query)) for name, query in ALL_COLUMNS.items()}


def read_shared(context: Context) -> Tables:
    """Return of a database what memory has too."""
    tables = {name: _count(context.connection.execute(query)) for name, query in COLUMNS.items()}
    packed = context.connection.execute("SELECT subject, flows FROM subject_state WHERE flows <> ''")
    tables["contribution"] = _count((subject, *flow) for subject, flows in packed for flow in json.loads(flows))
    tables["tally"] = Counter({one.tally: one.count for one in read_tallies(context.connection)})
    for by in ("division", "producer"):
        rows = read_coverage(context, by=by)["coverage"]
        tables[f"coverage by {by}"] = Counter((row[by] or "", row["live"], row["whole"]) for row in rows)
    return tables


def tell_memory(engine: MemoryEngine, *, day: date) -> Tables:
    """Return the same as memory has it, swept as of a day."""
    found = engine.findings(sweep=day)
    duties = [duty for verdict in engine.verdicts.values() for duty in verdict.duties] + engine.orders
    duties += [duty for view in engine.views(found, day) for duty in list_participant_duties(view)]
    facts = [fact for verdict in engine.verdicts.values() for fact in verdict.facts] + engine.component_facts()
    moved = [(subject, flow) for subject, verdict in engine.verdicts.items() for flow in merge_flows(verdict.flows)]
    contributions = Counter((subject, flow.uscc, flow.site, flow.day.isoformat(), flow.item, flow.flow, flow.grams)
                            for subject, flow in moved)  # fmt: skip
    flows = Counter((flow.uscc, flow.site, flow.day, flow.item, flow.flow, flow.grams)
                    for flow in merge_flows(flow for _, flow in moved))  # fmt: skip
    tallies = engine.tallies(found)
    return {
        "state": Counter((subject, _text(verdict.state)) for subject, verdict in engine.verdicts.items()),
        "fact": Counter((fact.target, fact.source, fact.name, _text(fact.body)) for fact in facts),
        "finding": Counter((one.subject, one.rule, one.reporter, one.report_id, one.weight, one.party, tuple(one.about),
                            _text(one.evidence)) for one in found),
        "duty": Counter(map(duty_row, duties)),
        "contribution": contributions,
        "account": flows,
        "tally": tallies,
        "coverage by division": _cover(tallies, "place"),
        "coverage by producer": _cover(tallies, "party"),
    }  # fmt: skip


def _cover(tallies: Counter[Any], by: str) -> Counter[Any]:
    live: Counter[str] = Counter()
    whole: Counter[str] = Counter()
    for tally, count in tallies.items():
        if tally.name == "coverage":
            live[getattr(tally, by)] += count
            whole[getattr(tally, by)] += count if tally.status == "whole" else 0
    return Counter((key, live[key], whole[key]) for key in live)


def list_differences(first: Tables, second: Tables) -> list[str]:
    """Return a sentence for each row that only one of two has."""
    assert first.keys() == second.keys()
    return [
        f"{name}: {count} only in the {which}: {row}"
        for name in first
        for which, rows in (("first", first[name] - second[name]), ("second", second[name] - first[name]))
        for row, count in sorted(rows.items(), key=repr)
    ]


def _count(rows: Any) -> Counter[Any]:
    return Counter(tuple(tuple(cell) if isinstance(cell, list) else cell for cell in row) for row in rows)


def _text(value: Any) -> str:
    return encode_json(value).decode()
