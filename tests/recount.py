"""Count every sum again, naively: one dictionary over all rows that contribute, and nothing of the program's own counting."""

import json
from collections import Counter
from datetime import date

from suyuan.store.outcomes import read_outcomes
from suyuan.store.submission import list_recorded
from suyuan.store.sums import read_report_counts


def recount(connection):
    """Return account flows, tallies and report counts as what contributes to them says."""
    flows, tallies, reports = Counter(), Counter(), Counter()
    for slot, packed in connection.execute("SELECT slot, flows FROM subject_state WHERE flows <> ''"):
        for uscc, site, day, item, flow, grams in json.loads(packed):
            flows[slot % 8, uscc, site, date.fromisoformat(day), item, flow] += grams
    for slot, packed in connection.execute("SELECT slot, tallies FROM subject_state WHERE tallies <> ''"):
        for part in packed.split(";"):
            tallies[slot % 8, part] += 1
    for number in list_recorded(connection):
        month = connection.execute(
            "SELECT to_char(received_at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM') FROM submission WHERE submission_no = %s",
            [number],
        ).fetchone()[0]
        for outcome in read_outcomes(connection, number):
            if outcome["outcome"] == "accepted":
                reports[outcome["report"]["reporter"], outcome["report"]["kind"], month] += 1
    return {
        "account_flow": {key: grams for key, grams in flows.items() if grams},
        "tally": tallies,
        "report_count": reports,
    }


def sums(connection):
    """Return the same as the sums stand."""
    flows = connection.execute("SELECT lane, uscc, site, day, item, flow, grams FROM account_flow").fetchall()
    tallies = connection.execute("SELECT lane, packed, count FROM tally").fetchall()
    return {
        "account_flow": {tuple(key): grams for *key, grams in flows},
        "tally": {tuple(key): count for *key, count in tallies},
        "report_count": report_counts(connection),
    }


def report_counts(connection):
    counts = Counter()
    for (uscc,) in connection.execute("SELECT uscc FROM party").fetchall():
        for one in read_report_counts(connection, uscc=uscc):
            counts[uscc, one.kind, one.month] += one.count
    return counts
