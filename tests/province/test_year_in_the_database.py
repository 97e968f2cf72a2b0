"""The year through intake and database: as memory has it, in any order of arrival, with cases, and after a rebuild."""

from datetime import date

import pytest
from tests.province.naive import REGISTRY, judge_by_program
from tests.province.naive_enterprises import CHAIN_FAMILIES, judge_enterprises, make_plain
from tests.province.naive_reading import compare_database
from tests.province.tables import list_differences, read_all, read_shared, tell_memory
from tests.province.world import (
    STATED_LATER,
    YearWorld,
    by_submitter_and_day,
    copied_database,
    in_another_order,
    tell_cases,
)
from tests.province.year import LATER_ON, SWEPT_ON, in_order_of_receipt, play_year
from tests.recount import recount, sums

from suyuan.app.rebuild import rebuild
from suyuan.rules.catalogue import RULES

# Every story is told, most of them once; the campaign plays the whole year.
SENT = list(in_order_of_receipt(play_year(1, scale=0.01)))
SPOILING = {
    "state": "UPDATE subject_state SET status = 'lost' WHERE subject = (SELECT MIN(subject) FROM subject_state WHERE status <> 'lost')",
    "fact": "DELETE FROM fact WHERE target = (SELECT MIN(target) FROM fact)",
    "finding": "UPDATE finding SET weight = 'notice' WHERE rule = 'is_cloned' OR rule = 'pack_bound_to_two_vehicles'",
    "duty": "UPDATE duty SET due_on = due_on + 1 WHERE subject = (SELECT MIN(subject) FROM duty WHERE due_on IS NOT NULL)",
    "account_flow": "UPDATE account_flow SET grams = grams + 1 WHERE uscc = (SELECT MIN(uscc) FROM account_flow)",
    "tally": "UPDATE tally SET count = count + 1 WHERE packed = (SELECT MIN(packed) FROM tally)",
    "report_count": "UPDATE report_count SET count = count + 1 WHERE month = (SELECT MIN(month) FROM report_count)",
    "party_month": "DELETE FROM party_month WHERE month = (SELECT MIN(month) FROM party_month)",
}


@pytest.fixture
def urls(database_url):
    with copied_database(database_url) as copy:
        yield database_url, copy


# It loads the year twice, sweeps it six times and derives it once more: about 18 s of processor time in Python.
@pytest.mark.timeout(300)
def test_the_year_lies_in_the_database_as_in_memory_in_any_order_and_after_a_rebuild(urls):
    memory = judge_by_program(SENT)
    world, other = YearWorld(urls[0], REGISTRY), YearWorld(urls[1], REGISTRY, later=STATED_LATER)
    world.load(by_submitter_and_day(SENT))
    world.sweep(SWEPT_ON)
    assert list_differences(read_shared(world.context), tell_memory(memory, day=SWEPT_ON)) == []
    assert sums(world.connection) == recount(world.connection)
    assert _differ_in_readings(world.context, memory, SENT) == []
    broken_first = world.rules_broken()

    files = in_another_order(SENT, seed=7)
    other.load(files[: len(files) // 2])
    other.sweep(LATER_ON)  # what lapses too early is taken back
    for topic in STATED_LATER:
        other.state(topic)
    other.load(files[len(files) // 2 :])
    other.sweep(SWEPT_ON)
    assert list_differences(read_all(world.connection), read_all(other.connection)) == []

    for one in (world, other):
        one.play_cases()
        one.sweep(LATER_ON)
    tell_cases(memory, world.cases)
    assert list_differences(read_all(world.connection), read_all(other.connection)) == []
    assert list_differences(read_shared(world.context), tell_memory(memory, day=LATER_ON)) == []
    assert broken_first | world.rules_broken() == {rule.name for rule in RULES}

    _spoil_and_mend(world)


def _differ_in_readings(context, memory, sent):
    """Compare coverage, accounts and producers as read from the database with the recomputation from plain reports."""
    reports = [{**one.report, "reporter": one.submitter} for one in sent]
    plain = make_plain(reports, memory.received, memory)
    chain_rules = {rule.name for rule in RULES if rule.family in CHAIN_FAMILIES}
    judged = judge_enterprises(plain, SWEPT_ON, chain_rules=chain_rules)
    return compare_database(context, plain, judged.accounts, judged.counts, years=(2025, 2026))


def _spoil_and_mend(world):
    """The control: every table that is compared is seen when it is wrong; and a rebuild makes it again as it was."""
    before = read_all(world.connection)
    for spoiling in SPOILING.values():
        world.connection.execute(spoiling)
    told = {one.split(":")[0] for one in list_differences(before, read_all(world.connection))}
    assert told == SPOILING.keys()
    again = rebuild(world.context)
    assert (again["identical"], again["reports"]) == (False, len(SENT))
    assert list_differences(before, read_all(world.connection)) == []


def test_a_report_that_memory_never_got_and_another_day_are_seen(database_url):
    few = [one for one in SENT if one.story in ("is_never_confirmed", "loses_weight_on_the_way")]
    world = YearWorld(database_url, REGISTRY)
    world.load(by_submitter_and_day(few))
    world.sweep(SWEPT_ON)
    lies, whole = read_shared(world.context), judge_by_program(few)
    assert list_differences(lies, tell_memory(whole, day=SWEPT_ON)) == []
    assert list_differences(lies, tell_memory(whole, day=date(2026, 4, 1)))
    assert _differ_in_readings(world.context, whole, few) == []
    lost = next(one for one in few if one.report["kind"] == "battery_received")
    without = judge_by_program([one for one in few if one is not lost])
    told = {one.split(":")[0] for one in list_differences(lies, tell_memory(without, day=SWEPT_ON))}
    assert {"state", "finding", "duty", "contribution", "account", "tally"} <= told
    readings = {
        one.split()[0] for one in _differ_in_readings(world.context, whole, [one for one in few if one is not lost])
    }
    assert readings == {"coverage", "producer", "account"}
