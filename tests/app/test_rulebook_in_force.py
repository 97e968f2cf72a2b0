"""Changes of the rulebook and the calendar in a database: recorded, agreed on by all, judged again, rebuilt."""

import threading
from datetime import UTC, datetime

import pytest
from database_world import DatabaseWorld, day
from story import USCC_OF, expand

from suyuan.app import judge as judge_module
from suyuan.app.context import Context, UseCaseError
from suyuan.app.judge import delay_older_verdicts, judge_pending
from suyuan.app.rebuild import rebuild
from suyuan.app.rulebook import adopt_rulebook, import_calendar, list_changes, settle_rulebook
from suyuan.app.sweep import sweep
from suyuan.app.trace import trace
from suyuan.app.work import work
from suyuan.rulebook import packaged_calendar, packaged_texts
from suyuan.store.database import connect
from suyuan.store.rulebook import RulebookUnreadableError

VIN, PACK = expand("{vin:1}"), expand("{pack:1}")
REMOVED = {
    "kind": "battery_removed",
    "report_id": "rm",
    "occurred_at": "2026-05-01",
    "vin": "{vin:1}",
    "battery_code": "{pack:1}",
}
HANDED = {
    "kind": "battery_handed_over",
    "report_id": "h",
    "occurred_at": "2026-12-25",
    "battery_code": "{pack:1}",
    "receiver": "UE1",
}
LIMIT = """[book]
name = "2026"
[[limit]]
kind = "{kind}"
days = {days}
unit = "{unit}"
grace_days = 15
source = "notice of the operator"
verified = true
"""
NEXT_YEAR = """day,status,name,source,verified
2027,year,2027,invented for this test,yes
2027-01-01,rest,New Year,invented for this test,yes
2027-01-04,rest,New Year,invented for this test,yes
"""


@pytest.fixture
def world(database_url):
    return DatabaseWorld(database_url)


def limit(*, days, kind="battery_removed", unit="calendar"):
    return LIMIT.format(kind=kind, days=days, unit=unit).encode()


def report_removal(world):
    world.submit("VD1", REMOVED, received_at=day_time("2026-05-20"))


def day_time(text):
    return datetime.fromisoformat(text).replace(hour=4, tzinfo=UTC)


def is_late(world):
    judge_pending(world.context)
    return ("reported_late", "violation") in world.rules(PACK)


def kinds_of_changes(world):
    return [one["kind"] for one in list_changes(world.context)]


def test_a_shorter_limit_makes_what_was_in_time_late_and_taking_it_back_in_time_again(world):
    report_removal(world)
    assert not is_late(world)
    assert adopt_rulebook(world.context, limit(days=10))["to_be_judged"] > 0
    assert is_late(world)
    adopt_rulebook(world.context, b"")
    assert not is_late(world)


def test_the_first_change_is_preceded_by_the_act_that_says_what_is_packaged(world):
    assert kinds_of_changes(world) == []
    adopt_rulebook(world.context, limit(days=10), actor="somebody")
    assert kinds_of_changes(world) == ["rulebook", "packaged_rulebook"]
    assert list_changes(world.context)[0]["actor"] == "somebody"


def test_the_same_file_again_is_no_new_act(world):
    adopt_rulebook(world.context, limit(days=10))
    assert adopt_rulebook(world.context, limit(days=10))["adopted"] is False
    assert import_calendar(world.context, NEXT_YEAR.encode())["imported"] is True
    assert import_calendar(world.context, NEXT_YEAR.encode())["imported"] is False
    assert kinds_of_changes(world) == ["calendar", "rulebook", "packaged_rulebook"]


def test_a_wrong_file_changes_nothing_and_tells_everything(world):
    told = adopt_rulebook(world.context, limit(days=-1) + b"\n[[fines]]\n", file="ours.toml")
    assert (told["adopted"], sorted(one["field"] for one in told["problems"])) == (False, ["days", "fines"])
    assert all("ours.toml" in one["message"] and "ours.toml" in one["message_zh"] for one in told["problems"])
    told = import_calendar(world.context, b"day,status,name,source,verified\n2027-01-01,rest,x,y,yes\n")
    assert (told["imported"], [row["row"] for row in told["rows"]]) == (False, [2])
    assert kinds_of_changes(world) == []


def test_another_process_goes_by_the_new_rulebook_at_once(world):
    other = world.open_context()
    before = other.rulebook
    assert other.rulebook is before, "nothing has changed: nothing is read again"
    adopt_rulebook(world.context, limit(days=10))
    assert other.rulebook.version == world.context.rulebook.version != before.version
    assert other.rulebook.limit("battery_removed", on=day("2026-05-01")).days == 10


def test_a_start_records_what_is_packaged_once(world):
    report_removal(world)
    version = world.context.rulebook.version
    assert settle_rulebook(world.context) is True
    assert settle_rulebook(world.context) is False
    assert (kinds_of_changes(world), world.context.rulebook.version) == (["packaged_rulebook"], version)
    assert delay_older_verdicts(world.context) == 0, "it is the same rulebook as before"


def test_another_packaged_book_is_recorded_and_own_entries_stay(world, monkeypatch):
    report_removal(world)
    adopt_rulebook(world.context, limit(days=10))
    newer = {**packaged_texts(), "2026.toml": packaged_texts()["2026.toml"].replace("value = 180", "value = 181")}
    monkeypatch.setattr("suyuan.app.rulebook.packaged_texts", lambda: newer)
    assert settle_rulebook(world.context) is True
    assert kinds_of_changes(world) == ["packaged_rulebook", "rulebook", "packaged_rulebook"]
    assert world.context.rulebook.threshold("ring_days", on=day("2026-05-01")) == 181
    assert is_late(world)


def test_a_start_with_a_wrong_file_says_all_and_changes_nothing(world):
    settle_rulebook(world.context)
    with pytest.raises(UseCaseError, match=r"ours\.toml") as raised:
        settle_rulebook(world.context, own=limit(days=-1, unit="lunar"), file="ours.toml")
    assert raised.value.message.count("\n") == 1
    assert kinds_of_changes(world) == ["packaged_rulebook"]


def test_a_deadline_beyond_the_calendar_is_provisional_until_its_year_is_imported(world):
    adopt_rulebook(
        world.context,
        limit(days=5, kind="battery_received", unit="working").replace(
            b"[[limit]]", b'[[limit]]\nby = ["utilization_enterprise"]'
        ),
    )
    world.submit("VD1", HANDED, received_at=day_time("2026-12-26"))
    assert duty_of(world) == ("2027-01-01", True), "Monday to Friday, as far as anybody knows"
    told = import_calendar(world.context, NEXT_YEAR.encode())
    assert (told["years"], told["to_be_judged"] > 0) == ([2027], True)
    judge_pending(world.context)
    assert duty_of(world) == ("2027-01-05", False)


def duty_of(world):
    (duty,) = [one for one in trace(world.context, PACK)["duties"] if one["kind"] == "confirm_receipt"]
    return duty["due_on"], duty["provisional"]


def test_an_imported_year_outlives_a_new_packaged_calendar(world, monkeypatch):
    import_calendar(world.context, NEXT_YEAR.encode())
    newer = packaged_calendar() + "2027,year,2027,another,no\n"
    monkeypatch.setattr("suyuan.app.rulebook.packaged_calendar", lambda: newer)
    settle_rulebook(world.context)
    assert world.context.rulebook.calendar.years[2027].source == "invented for this test"


def test_a_rebuild_repeats_every_change_and_changes_nothing(world):
    report_removal(world)
    adopt_rulebook(world.context, limit(days=10))
    import_calendar(world.context, NEXT_YEAR.encode())
    adopt_rulebook(world.context, limit(days=12))
    judge_pending(world.context)
    sweep(world.context, as_of=day("2026-12-31"))
    told = rebuild(world.context)
    assert (told["identical"], told["differing"]) == (True, {})
    assert is_late(world)


def test_a_rebuild_without_any_recorded_change_goes_by_what_is_packaged(world):
    report_removal(world)
    assert rebuild(world.context)["identical"] is True


def test_a_worker_goes_on_where_whoever_adopted_was_cut_off(world, monkeypatch):
    report_removal(world)
    monkeypatch.setattr("suyuan.app.rulebook.delay_older_verdicts", lambda _context: 0)  # cut off just before
    adopt_rulebook(world.context, limit(days=10))
    assert not is_late(world)
    rounds = iter((False, True))
    work(world.context, should_stop=lambda: next(rounds))
    assert is_late(world)


def test_whoever_judges_by_the_old_book_while_the_new_is_adopted_is_judged_again(world, database_url, monkeypatch):
    """The judge has read the old version; the change waits for its slot and finds its verdict."""
    world.submit("VD1", REMOVED, received_at=day_time("2026-05-20"), judge=False)
    fold = judge_module.fold_subjects
    adopting = threading.Thread(target=lambda: adopt_from_elsewhere(database_url))

    def fold_then_let_adopt(context, slot, subjects):
        verdicts = fold(context, slot, subjects)
        if PACK in subjects and not adopting.ident:
            adopting.start()
            adopting.join(1.0)
        return verdicts

    monkeypatch.setattr(judge_module, "fold_subjects", fold_then_let_adopt)
    judge_pending(world.context)
    adopting.join()
    assert is_late(world)


def adopt_from_elsewhere(database_url):
    with connect(database_url, autocommit=True) as connection:
        adopt_rulebook(Context(connection, lambda: day_time("2026-10-01")), limit(days=10))


def test_a_rulebook_that_this_program_cannot_read_is_told_in_words(world):
    adopt_rulebook(world.context, limit(days=10))
    with world.connection.transaction():
        world.connection.execute(
            "UPDATE rulebook_file SET body = body || %s WHERE name = 'own.toml'", ["\n[[novelty]]\n"]
        )
        world.connection.execute("UPDATE rulebook_version SET version = version + 1")
    with pytest.raises(RulebookUnreadableError) as raised:
        _ = world.context.rulebook
    assert "novelty" in raised.value.message
    assert "suyuan work" in raised.value.message_zh


def test_the_reporter_is_the_one_it_is_held_against(world):
    report_removal(world)
    adopt_rulebook(world.context, limit(days=10))
    judge_pending(world.context)
    (found,) = [one for one in trace(world.context, PACK)["findings"] if one["rule"] == "reported_late"]
    assert (found["party"], found["evidence"]["provisional"]) == (USCC_OF["VD1"], False)
