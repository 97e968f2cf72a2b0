"""The register: every topic from a file, every change kept, and a rebuild that says it all again."""

import threading
from datetime import date, datetime

import msgspec
import pytest
from database_world import DatabaseWorld, day
from register_files import ROWS, write_topic
from story import USCC_OF, expand

from suyuan.app.judge import count_pending, judge_pending
from suyuan.app.rebuild import rebuild
from suyuan.app.register import import_entries
from suyuan.app.submit import describe_submission
from suyuan.app.withdraw import withdraw
from suyuan.app.work import work_once
from suyuan.core.registry import Licence
from suyuan.core.topic import TOPICS
from suyuan.store.registry import read_acts, read_version

UE1, BP1 = USCC_OF["UE1"], USCC_OF["BP1"]
LICENCE = "{UE1},discharge_permit,HN-0001,2020-01-01,"


@pytest.fixture
def world(database_url):
    return DatabaseWorld(database_url)


def take(world, topic, *rows, heading=None, encoding="utf-8"):
    body = write_topic(topic, *rows, heading=heading, encoding=encoding)
    return import_entries(world.context, TOPICS[topic], body)


def statements(world):
    return world.connection.execute("SELECT count(*) FROM register_entry").fetchone()[0]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_every_topic_is_read_from_a_file(world, encoding):
    for topic in ROWS:
        done = take(world, topic, encoding=encoding)
        assert (done["added"], done["rejected"], done["rows"]) == (1, 0, []), topic
    register = world.context.read_registry().register
    names = ("sites", "licences", "filings", "models", "outlets", "agencies", "authorities", "officers")
    assert [len(getattr(register, name)) for name in names] == [1] * 8
    assert register.licences == (
        Licence(UE1, "discharge_permit", "HN-0001", day("2020-01-01"), day("2027-12-31"), 10_000),
    )
    assert register.sites[0].name == "一号车间"


def test_the_same_file_again_changes_nothing_and_is_no_act(world):
    for topic in ROWS:
        take(world, topic)
    before = (read_version(world.connection), len(read_acts(world.connection)), statements(world))
    for topic in ROWS:
        assert take(world, topic)["unchanged"] == 1
    assert (read_version(world.connection), len(read_acts(world.connection)), statements(world)) == before


def test_a_change_leaves_the_earlier_statement_on_record_and_counts_alone(world):
    for until in ("2027-12-31", "2024-12-31", "2027-12-31"):
        done = take(world, "licences", LICENCE + f"{until},")
    assert (done["added"], done["changed"]) == (0, 1)
    assert statements(world) == 3 + len(USCC_OF) - 1
    (licence,) = world.context.read_registry().register.licences
    assert licence.valid_until == day("2027-12-31")


def test_a_later_entry_of_the_same_key_ends_the_earlier(world):
    take(world, "licences", LICENCE + ",100", "{UE1},discharge_permit,HN-0001,2026-07-01,,200")
    registry = world.context.read_registry()
    capacities = {
        text: [one.capacity_t for one in registry.licences_of(UE1, on=day(text))]
        for text in ("2019-12-31", "2026-06-30", "2026-07-01")
    }
    assert capacities == {"2019-12-31": [], "2026-06-30": [100], "2026-07-01": [200]}


def test_an_entry_recorded_in_error_is_taken_out_and_can_be_said_again(world):
    heading = ROWS["licences"][0] + ",withdrawn"
    take(world, "licences")
    done = take(world, "licences", LICENCE + ",,是", heading=heading)
    assert done["changed"] == 1
    assert world.context.read_registry().register.licences == ()
    assert take(world, "licences", LICENCE + ",,yes", heading=heading)["unchanged"] == 1
    assert take(world, "licences")["added"] == 1
    assert len(world.context.read_registry().register.licences) == 1


def test_all_errors_of_all_rows_are_told_and_nothing_is_imported(world):
    done = take(
        world,
        "licences",
        LICENCE + "2027-12-31,10000",
        "91350100M000100Y40,permit,,2020-02-30,2027-12-31,-1",
        LICENCE + "2019-12-31,",
        LICENCE + "2027-12-31,10000",
    )
    codes = {row["row"]: sorted(error["field"] for error in row["errors"]) for row in done["rows"]}
    assert codes == {
        3: ["capacity_t", "kind", "number", "uscc", "valid_from"],
        4: ["valid_until"],
        5: ["valid_from"],
    }
    assert all(error["message_zh"] != error["message"] for row in done["rows"] for error in row["errors"])
    assert world.context.read_registry().register.licences == ()


@pytest.mark.parametrize(
    ("topic", "row", "field"),
    [
        ("officers", "35-0002,王五,GXT-99,2020-01-01,", "authority"),
        ("agents", "{XX1},{RE1},2026-04-01,", "agent"),
        ("outlets", "{XX1},N-1,420100,own,,2026-01-01,,", "producer"),
        ("filings", "001,A1,{XX1},2018-08-01,", "uscc"),
    ],
)
def test_a_row_about_somebody_unregistered_is_refused(world, topic, row, field):
    done = take(world, topic, row)
    ((error,),) = [one["errors"] for one in done["rows"]]
    assert (error["code"], error["field"]) == ("register_entry_unknown", field)


def test_a_carrier_need_not_be_registered_to_have_a_licence(world):
    assert take(world, "licences", "{XX1},hazardous_goods_carriage,Y-1,2020-01-01,,")["added"] == 1


def test_a_json_list_says_the_same_as_a_table(world):
    take(world, "licences")
    row = {"uscc": UE1, "kind": "discharge_permit", "number": "HN-0001", "valid_from": "2020-01-01"}
    body = msgspec.json.encode([{**row, "valid_until": "2027-12-31", "capacity_t": 10_000}])
    assert import_entries(world.context, TOPICS["licences"], body)["unchanged"] == 1
    wrong = import_entries(world.context, TOPICS["licences"], msgspec.json.encode([row | {"colour": 1}, 7]))
    assert [(one["row"], one["errors"][0]["code"]) for one in wrong["rows"]] == [
        (1, "field_unknown"),
        (2, "field_malformed"),
    ]


def test_headings_may_be_titles_in_chinese_with_the_name(world):
    heading = "统一社会信用代码 uscc,种类,number,起始日 valid_from"
    assert take(world, "licences", "{UE1},排污许可证,HN-0001,2020/1/1", heading=heading)["added"] == 1


def test_a_change_makes_pending_what_it_concerns_and_nothing_else(world):
    born = {"kind": "battery_produced", "occurred_at": "2025-03-12"}
    world.submit("BP1", {**born, "battery_code": "{pack:1}", "report_id": "p1"})
    world.submit("BP2", {**born, "battery_code": "{pack:1/002}", "report_id": "p2"})
    filed = {"kind": "dismantling_information_filed", "document_id": "D", "version": "1", "occurred_at": "2026-05-01"}
    world.submit("BP1", {**filed, "model": "M1", "product_certified_on": "2026-04-10"})
    assert count_pending(world.context) == 0
    for topic in ("sites", "outlets", "agents", "authorities", "officers"):
        assert take(world, topic)["to_be_judged"] == 0, topic
    pending = "SELECT unnest(subjects) FROM pending_judgement"
    assert take(world, "filings")["to_be_judged"] == 1
    assert world.connection.execute(pending).fetchall() == [(expand("{pack:1}"),)]
    assert take(world, "models")["to_be_judged"] == 1
    assert {row[0] for row in world.connection.execute(pending)} == {expand("{pack:1}"), f"{BP1}:M1"}


def test_a_licence_makes_pending_what_its_holder_received_or_carried_and_nothing_else(world):
    moved = {"kind": "battery_handed_over", "occurred_at": "2026-05-20", "battery_code": "{pack:1}", "receiver": "UE1"}
    got = {"kind": "battery_received", "occurred_at": "2026-05-10", "battery_code": "{pack:1}", "from_owner": True}
    world.submit("CO1", {**got, "report_id": "in"}, {**moved, "report_id": "out", "carrier": "XX1"})
    world.submit("BP2", {"kind": "battery_produced", "occurred_at": "2025-03-12", "battery_code": "{pack:2/002}"})
    judged = {
        "{UE1},discharge_permit,P,2020-01-01,2026-05-19,": ("receiver_qualification_expired", 1),
        "{XX1},hazardous_goods_carriage,Y,2020-01-01,2026-05-19,": ("carrier_not_qualified", 1),
        "{UE1},hazardous_goods_carriage,Y,2020-01-01,2026-05-19,": (None, 0),
        "{UE1},other,O,2020-01-01,2026-05-19,": (None, 0),
    }
    for row, (rule, count) in judged.items():
        before = world.rules(expand("{pack:1}"))
        assert take(world, "licences", row)["to_be_judged"] == count, row
        judge_pending(world.context)
        new = set(world.rules(expand("{pack:1}"))) - set(before)
        assert new == ({(rule, "lead")} if rule else set()), row


@pytest.mark.parametrize("step", ["delay_concerned_subjects", "forget_outstanding"])
def test_a_kill_between_the_change_and_what_it_makes_pending_loses_nothing(world, monkeypatch, step):
    moved = {"kind": "battery_handed_over", "occurred_at": "2026-05-20", "battery_code": "{pack:1}", "receiver": "UE1"}
    got = {"kind": "battery_received", "occurred_at": "2026-05-10", "battery_code": "{pack:1}", "from_owner": True}
    world.submit("CO1", {**got, "report_id": "in"}, {**moved, "report_id": "out"})
    expired = ("receiver_qualification_expired", "lead")

    class Killed(BaseException):
        pass

    def die(*_args, **_kwargs):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(f"suyuan.app.register.{step}", die)
        with pytest.raises(Killed):
            take(world, "licences", "{UE1},discharge_permit,P,2020-01-01,2026-05-19,")
    world.connection.close()
    world.context = world.open_context()
    assert len(world.context.read_registry().register.licences) == 1, "the change itself stands"
    assert count_pending(world.context) == 0
    assert expired not in world.rules(expand("{pack:1}")), "the control: nobody has judged by it yet"
    work_once(world.context)
    assert expired in world.rules(expand("{pack:1}"))
    assert work_once(world.context) == 0, "it is done once"


def test_what_a_change_concerns_is_forgotten_when_it_is_pending(world):
    take(world, "licences")
    assert world.connection.execute("SELECT count(*) FROM register_outstanding").fetchone() == (0,)


def test_an_agent_reports_for_its_principal_on_the_days_between(world):
    report = {"kind": "nothing_to_report", "occurred_at": "2026-05-02", "period_from": "2026-04-01"}
    report |= {"reporter": "{RE1}", "period_until": "2026-04-30"}
    take(world, "agents", "{SE1},{RE1},2026-04-01,2026-09-30")
    outcomes = {}
    for number, (who, text) in enumerate(
        [
            ("SE1", "2026-03-31"),
            ("SE1", "2026-04-01"),
            ("SE1", "2026-09-30"),
            ("SE1", "2026-10-01"),
            ("RE2", "2026-05-02"),
        ]
    ):
        moment = datetime.fromisoformat(f"{text}T12:00:00+08:00")
        sent = {**report, "report_id": f"n{number}", "occurred_at": text}
        result = world.submit(who, sent, received_at=moment)
        outcomes[who, text] = result["accepted"]
        if not result["accepted"]:
            ((error,),) = [row["errors"] for row in result["rows"]]
            assert (error["code"], error["field"]) == ("reporter_not_allowed", "reporter")
            assert "ask the operator to register the agent" in error["message"]
            assert "代报关系" in error["message_zh"]
    assert list(outcomes.values()) == [0, 1, 1, 0, 0]


def test_a_whole_submission_of_an_agent_is_withdrawn_by_the_agent(world):
    take(world, "agents", "{SE1},{RE1},2026-04-01,")
    report = {"kind": "nothing_to_report", "occurred_at": "2026-05-02", "period_from": "2026-04-01"}
    world.submit("SE1", {**report, "reporter": "{RE1}", "period_until": "2026-04-30"})
    number = withdraw(world.context, 1, submitter=USCC_OF["SE1"], reason="typo", received_at=world.context.clock())
    assert describe_submission(world.context, number)["accepted"] == 1


def test_a_rebuild_says_every_act_again_and_arrives_at_identical_rows(world):
    for topic in ROWS:
        take(world, topic)
    for until in ("2024-12-31", "2027-12-31"):
        take(world, "licences", LICENCE + f"{until},")
    take(world, "licences", LICENCE + ",,yes", heading=ROWS["licences"][0] + ",withdrawn")
    rows = world.connection.execute("SELECT * FROM register_entry ORDER BY topic, key, since, act_no").fetchall()
    assert rebuild(world.context)["differing"] == {}
    world.connection.execute("DELETE FROM register_entry WHERE topic = 'licences'")
    assert rebuild(world.context)["differing"] == {"register_entry": 4}
    assert (
        world.connection.execute("SELECT * FROM register_entry ORDER BY topic, key, since, act_no").fetchall() == rows
    )


def test_two_files_at_once_are_two_acts_one_after_the_other(world):
    take(world, "licences", LICENCE + "2027-12-31,1")
    contexts = [world.open_context() for _ in range(2)]
    bodies = [write_topic("licences", LICENCE + f"2027-12-31,{capacity}") for capacity in (1, 2)]
    threads = [
        threading.Thread(target=import_entries, args=(context, TOPICS["licences"], body))
        for _ in range(4)
        for context, body in zip(contexts, bodies, strict=True)
    ]
    for pair in zip(threads[::2], threads[1::2], strict=True):
        for thread in pair:
            thread.start()
        for thread in pair:
            thread.join()
    for context in contexts:
        context.connection.close()
    assert rebuild(world.context)["differing"] == {}


def test_the_first_day_of_an_entry_without_days_is_the_first_of_all(world):
    take(world, "models")
    assert world.connection.execute("SELECT since FROM register_entry WHERE topic = 'models'").fetchone() == (date.min,)
