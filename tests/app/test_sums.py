"""Sums are exact: whatever is judged, swept and withdrawn at once, they are what a naive recount says."""

import json
import random
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import msgspec
import pytest
from database_world import NOW, DatabaseWorld
from psycopg import Cursor
from recount import recount, sums
from story import USCC_OF, expand, fill_report

from suyuan.app import audit as audit_module
from suyuan.app import judge as judge_module
from suyuan.app import submit as submit_module
from suyuan.app.audit import audit, count_steps
from suyuan.app.judge import count_pending, judge_pending, judge_slot
from suyuan.app.rebuild import rebuild
from suyuan.app.sweep import lapse_duties, sweep
from suyuan.core.contribution import Flow, Tally
from suyuan.core.tally import split_tallies
from suyuan.store.audit import FIRST_KEYS_MAX
from suyuan.store.migrate import load_migrations
from suyuan.store.queries import Queries, load_queries
from suyuan.store.slot import slot_of
from suyuan.store.sums import Difference, find_contributors, read_flows, read_report_counts, read_tallies

PACK = expand("{pack:1}")
LATE = date(2027, 6, 1)  # every duty of the lives has lapsed


@pytest.fixture
def world(database_url):
    return DatabaseWorld(database_url)


@pytest.fixture
def flows_of_holders(monkeypatch):
    """Let every battery in somebody's hands be a flow of its mass: accounts are another matter than their sums."""
    fold = judge_module.fold_subjects

    def fold_with_flows(context, slot, subjects):
        verdicts = fold(context, slot, subjects)
        for verdict in verdicts.values():
            holder, mass_g = getattr(verdict.state, "holder", None), getattr(verdict.state, "mass_g", None)
            flow = Flow(holder or "", "", verdict.since or NOW.date(), "battery", "received", 2 * (mass_g or 0))
            verdict.flows = [flow] if holder and mass_g else []
        return verdicts

    monkeypatch.setattr(judge_module, "fold_subjects", fold_with_flows)


def life(n):
    """Return the reports on one pack and its vehicle, some of them withdrawn again."""
    pack, vin = f"{{pack:{n}}}", f"{{vin:{n}}}"
    story = [
        {"by": "BP1", "kind": "battery_produced", "occurred_at": "2025-03-12", "battery_code": pack},
        {"by": "VP1", "kind": "vehicle_produced", "occurred_at": "2025-04-01", "vin": vin, "battery_codes": [pack]},
        {"by": "SE1", "kind": "vehicle_sold", "occurred_at": "2025-05-01", "vin": vin},
        {"by": "VD1", "kind": "vehicle_scrapped", "occurred_at": "2026-05-10", "vin": vin, "battery_codes_found": [pack] if n % 3 else []},
        {"by": "VD1", "kind": "battery_handed_over", "occurred_at": "2026-05-20", "battery_code": pack, "receiver": "UE1"},
        {"by": "UE1", "kind": "battery_received", "occurred_at": "2026-05-22", "battery_code": pack, "sender": "VD1"},
    ]  # fmt: skip
    for place, report in enumerate(story):
        report["report_id"] = f"l{n}-{place}"
    return story[: 5 if n % 4 == 0 else 6]


def withdrawal(report, n):
    return {"by": report["by"], "kind": "report_withdrawn", "report_id": f"wd{n}", "occurred_at": "2026-09-01",
            "withdrawn_report_id": report["report_id"]}  # fmt: skip


def send(world, report, context):
    world.submit(
        report["by"], {key: value for key, value in report.items() if key != "by"}, context=context, judge=False
    )


def play_at_once(world, *, seed, lives=16, threads=4):
    """Submit lives in random order by several senders that judge all the time, while somebody sweeps to and fro."""
    chance = random.Random(seed)
    told = [life(n) for n in range(lives)]
    reports = [report for one in told for report in one]
    chance.shuffle(reports)
    withdrawn = [withdrawal(one[chance.randrange(len(one))], n) for n, one in enumerate(told) if n % 2]

    def work(part):
        context = world.open_context()
        for report in part:
            send(world, report, context)
            judge_pending(context)
        context.connection.close()

    def sweep_to_and_fro():
        context = world.open_context()
        for day in (LATE, date(2026, 6, 1), LATE):
            lapse_duties(context, as_of=day)
        context.connection.close()

    with ThreadPoolExecutor(threads + 1) as pool:
        for wave in (reports, withdrawn):
            work_done = [pool.submit(work, wave[place::threads]) for place in range(threads)]
            work_done.append(pool.submit(sweep_to_and_fro))
            for done in work_done:
                done.result()
    judge_pending(world.context)
    assert count_pending(world.context) == 0


@pytest.mark.usefixtures("flows_of_holders")
def test_sums_are_what_a_recount_says_when_all_judge_sweep_and_withdraw_at_once(world):
    play_at_once(world, seed=1)
    counted = recount(world.connection)
    assert sums(world.connection) == counted
    assert all(counted.values()), "every kind of sum has something to count"
    assert set(coverage(world)) == {"whole", "not_whole"}
    sweep(world.context, as_of=LATE)
    assert rebuild(world.context)["differing"] == {}


CHANGES = [
    ("tally", "tally", "UPDATE tally SET count = count + 1 WHERE packed = (SELECT min(packed) FROM tally)"),
    ("tally", "tally", "DELETE FROM tally WHERE packed = (SELECT max(packed) FROM tally)"),
    ("tally", "tally", "INSERT INTO tally VALUES (3, 'nonsense', 1)"),
    (
        "tally",
        "subject_state",
        "UPDATE subject_state SET tallies = replace(tallies, 'not_whole', 'whole') WHERE tallies LIKE '%not_whole%'",
    ),
    (
        "account_flow",
        "account_flow",
        "UPDATE account_flow SET grams = grams + 1 WHERE grams = (SELECT min(grams) FROM account_flow)",
    ),
    (
        "account_flow",
        "subject_state",
        "UPDATE subject_state SET flows = replace(flows, ']]', '1]]') WHERE flows <> ''",
    ),
    (
        "report_count",
        "report_count",
        "UPDATE report_count SET count = count - 1 WHERE kind = (SELECT min(kind) FROM report_count)",
    ),
    ("report_count", "report_count", "DELETE FROM report_count WHERE kind = (SELECT max(kind) FROM report_count)"),
]


@pytest.fixture
def sums_alone(monkeypatch):
    """Let an audit count sums alone: that states derived again show the same is for the tests of that part."""
    parts = tuple(part for part in audit_module.PARTS if part.name in ("account_flow", "tally", "report_count"))
    assert len(parts) == 3
    monkeypatch.setattr(audit_module, "PARTS", parts)


@pytest.mark.usefixtures("flows_of_holders", "sums_alone")
def test_a_changed_sum_is_named_by_the_audit_and_mended_by_a_rebuild(world):
    for report in life(4):
        send(world, report, world.context)
    sweep(world.context, as_of=LATE)
    before = world.derived(), sums(world.connection)
    for part, table, change in CHANGES:
        assert audit(world.context)["identical"], change
        world.connection.execute(change)
        found = audit(world.context)
        assert {one["part"]: one["differing"] for one in found["parts"] if one["differing"]} == {
            part: 1 + ("not_whole" in change)  # one count less of this, one more of that
        }, change
        assert all(one["stands"] != one["counted"] for part in found["parts"] for one in part["first"])
        assert set(rebuild(world.context)["differing"]) == {table}
        assert (world.derived(), sums(world.connection)) == before


def test_the_audit_names_the_first_keys_and_tells_how_far_it_is(world):
    for n in range(40):
        send(world, life(n)[0], world.context)
    judge_pending(world.context)
    world.connection.execute("UPDATE tally SET count = count + 1")
    steps = []
    (tallies,) = [part for part in audit(world.context, progress=steps.append)["parts"] if part["part"] == "tally"]
    standing = world.connection.execute("SELECT count(*) FROM tally").fetchone()[0]
    assert (tallies["differing"], steps) == (standing, list(range(1, count_steps(world.context) + 1)))
    assert len(tallies["first"]) == min(FIRST_KEYS_MAX, standing)
    first = tallies["first"][0]
    assert (first["key"]["name"], first["key"]["kind"], first["stands"] - first["counted"]) == ("coverage", "pack", 1)


@pytest.mark.parametrize("flaw", ["adds what is new, keeps what was", "forgets who stopped counting"])
def test_control_sums_that_move_otherwise_than_by_the_difference_are_found(world, monkeypatch, flaw):
    def add_only(self, *, before, after):
        self._tallies.update(split_tallies(after))

    def move_first_only(self, *, before, after):
        if not before:
            self._tallies.update(split_tallies(after))

    monkeypatch.setattr(Difference, "replace_tallies", add_only if "adds" in flaw else move_first_only)
    for report in life(1):
        send(world, report, world.context)
        judge_pending(world.context)
    counted, standing = recount(world.connection), sums(world.connection)
    assert standing["tally"] != counted["tally"]
    assert standing["report_count"] == counted["report_count"]


def judge_with_something_between_reading_and_writing(world, monkeypatch):
    """Judge that the pack joined a pool; meanwhile another connection records that it left, and tries to judge that too."""
    moved = {"by": "SO1", "battery_code": "{pack:1}", "occurred_at": "2026-05-01"}
    send(world, life(1)[0], world.context)
    judge_pending(world.context)
    send(world, {**moved, "kind": "swap_pool_joined", "report_id": "joined"}, world.context)
    read, calls = judge_module.read_written, []

    def read_then(connection, **given):
        written = read(connection, **given)
        if not calls:
            calls.append(1)
            context = world.open_context()
            send(world, {**moved, "kind": "swap_pool_left", "report_id": "left"}, context)
            judge_slot(context, slot_of(PACK))
            context.connection.close()
        return written

    monkeypatch.setattr(judge_module, "read_written", read_then)
    judge_slot(world.context, slot_of(PACK))
    judge_pending(world.context)


@pytest.mark.usefixtures("flows_of_holders")
def test_a_second_judge_of_the_slot_waits_so_that_the_difference_is_right(world, monkeypatch):
    judge_with_something_between_reading_and_writing(world, monkeypatch)
    assert sums(world.connection) == recount(world.connection)


@pytest.mark.usefixtures("flows_of_holders")
def test_control_without_the_slot_lock_the_difference_is_wrong(world, monkeypatch):
    unlocked = Queries({**judge_module.SQL, "try_slot": b"SELECT %(slot)s::smallint"})
    monkeypatch.setattr(judge_module, "SQL", unlocked)
    judge_with_something_between_reading_and_writing(world, monkeypatch)
    assert sums(world.connection)["tally"] != recount(world.connection)["tally"]


def test_a_sweep_breaks_a_chain_and_an_earlier_day_mends_it(world):
    for report in life(4):
        send(world, report, world.context)
    sweep(world.context, as_of=date(2026, 6, 1))
    assert coverage(world) == {"whole": 1}
    sweep(world.context, as_of=LATE)
    assert coverage(world) == {"not_whole": 1}
    assert sums(world.connection) == recount(world.connection)
    send(world, {**life(1)[5], "report_id": "late", "battery_code": "{pack:4}"}, world.context)
    judge_pending(world.context)
    assert coverage(world) == {"whole": 1}, "the receipt came after all"
    assert sums(world.connection) == recount(world.connection)


def coverage(world):
    return {one.tally.status: one.count for one in read_tallies(world.connection, name="coverage")}


@pytest.mark.usefixtures("flows_of_holders")
def test_flows_are_read_by_day_and_lead_to_the_codes_behind_them(world):
    for n in (1, 2):
        for report in life(n):
            send(world, report, world.context)
    judge_pending(world.context)
    uscc = USCC_OF["UE1"]
    flow = Flow(uscc, "", date(2026, 5, 22), "battery", "received", 4 * 420_000)
    assert read_flows(world.connection, uscc=uscc, until=date(2026, 5, 22)) == [flow]
    assert read_flows(world.connection, uscc=uscc, until=date(2026, 5, 21)) == []
    behind = find_contributors(world.connection, uscc=uscc, item="battery", flow="received", month="2026-05")
    half = msgspec.structs.replace(flow, grams=2 * 420_000)
    assert behind == [(expand("{pack:1}"), half), (expand("{pack:2}"), half)]
    assert find_contributors(world.connection, uscc=uscc, item="battery", flow="received", month="2026-04") == []


def test_who_stands_behind_a_flow_is_found_by_an_index(world):
    world.connection.execute("SET enable_seqscan = off")
    query = load_queries("sums").find_contributors

    def plan(query):
        given = {"account": f"{USCC_OF['UE1']}:2026-05"}
        return str(Cursor(world.connection).execute(b"EXPLAIN " + query, given).fetchall())

    assert "subject_state_by_account" in plan(query)
    assert "subject_state_by_account" not in plan(query.replace(b"AND accounts <> '{}'", b"")), "the control"


def test_reports_are_counted_once_by_kind_and_month_of_receipt_in_shanghai(world):
    report = {key: value for key, value in life(1)[0].items() if key != "by"}
    world.submit("BP1", report, report, {**report, "report_id": "again"}, {**report, "occurred_at": "2031-01-01"})
    world.submit("BP1", report)
    counts = read_report_counts(world.connection, uscc=USCC_OF["BP1"])
    assert [(one.kind, one.month, one.count) for one in counts] == [("battery_produced", "2026-10", 2)]
    assert read_report_counts(world.connection, uscc=USCC_OF["XX1"]) == []


def test_a_dry_run_holds_no_count_that_others_wait_for(world, monkeypatch):
    counted = []
    describe = submit_module.describe_submission

    def look(context, submission_no):
        counted.append(context.connection.execute("SELECT count(*) FROM report_count").fetchone()[0])
        return describe(context, submission_no)

    monkeypatch.setattr(submit_module, "describe_submission", look)
    report = {key: value for key, value in fill_report(life(1)[0], number=1).items() if key != "by"}
    arrival = submit_module.Arrival(USCC_OF["BP1"], "jsonl", "one.jsonl", NOW)
    tried = submit_module.try_out(world.context, lambda: [json.dumps(report).encode()], arrival=arrival)
    assert (tried["accepted"], counted) == (1, [0])


def test_the_migration_counts_reports_recorded_before_it(world):
    for report in [*life(1), withdrawal(life(1)[2], 1)]:
        send(world, report, world.context)
    counted = sums(world.connection)["report_count"]
    assert sum(counted.values()) == 7
    world.connection.execute("DELETE FROM report_count")
    (migration,) = [one for one in load_migrations() if one.name == "sums"]
    world.connection.execute(migration.sql[migration.sql.index(b"INSERT INTO report_count") :])
    assert sums(world.connection)["report_count"] == counted
    judge_pending(world.context)
    assert audit(world.context)["identical"]


BEFORE_FLOWS_STOOD_IN_STATES = """
CREATE TABLE contribution AS
SELECT slot, subject, one ->> 0 AS uscc, one ->> 1 AS site, (one ->> 2)::date AS day, one ->> 3 AS item, one ->> 4 AS flow,
    (one ->> 5)::bigint AS grams
FROM subject_state CROSS JOIN LATERAL json_array_elements(flows::json) AS one WHERE flows <> '' ORDER BY grams;
ALTER TABLE subject_state DROP COLUMN flows, DROP COLUMN accounts, ADD COLUMN has_flows boolean NOT NULL DEFAULT TRUE
"""


def test_the_migration_packs_flows_as_a_judge_does(world):
    for report in [*life(1), *life(2)]:
        send(world, report, world.context)
    judge_pending(world.context)
    packed = "SELECT subject, flows, accounts FROM subject_state ORDER BY subject"
    judged = world.connection.execute(packed).fetchall()
    assert max(len(accounts) for _, _, accounts in judged) > 1
    Cursor(world.connection).execute(BEFORE_FLOWS_STOOD_IN_STATES)
    (migration,) = [one for one in load_migrations() if one.name == "flows_of_subjects"]
    Cursor(world.connection).execute(migration.sql)
    assert world.connection.execute(packed).fetchall() == judged


def test_tallies_of_a_subject_vanish_with_its_last_report(world):
    report = life(1)[0]
    send(world, report, world.context)
    judge_pending(world.context)
    counted = read_tallies(world.connection, name="subject")
    assert [(one.tally, one.count) for one in counted] == [
        (Tally("subject", "350100", "", "pack", "produced", "2025-03"), 1)
    ]
    send(world, withdrawal(report, 1), world.context)
    judge_pending(world.context)
    assert read_tallies(world.connection) == []
    assert world.connection.execute("SELECT count(*) FROM tally").fetchone()[0] == 0, "a sum of zero has no row"
