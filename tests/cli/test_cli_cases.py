"""Cases on the command line: words for people, one JSON document for programs, errors in words."""

import pytest
from case_desk import AUTHORITIES_CSV, HANDLER, LIFE, PACK, REVIEWER, SECOND, VIN, write_officers_csv
from story import USCC_OF, fill_report


def test_without_cases_the_list_says_so(peopled):
    assert peopled("cases", "list").out == "There are no such cases.\n"
    assert peopled("cases", "list", "--json").json == {"cases": [], "next": None}


def test_a_state_that_does_not_exist_is_told_with_those_that_do(peopled):
    answer = peopled("cases", "list", "--state", "lost")
    assert answer.code == 2
    assert "filed, investigated, ordered" in answer.err


def test_a_case_that_does_not_exist_is_told(peopled):
    answer = peopled("cases", "show", "410000-commerce-2026-0001", "--json")
    assert answer.code == 3
    assert 'There is no case "410000-commerce-2026-0001"' in answer.json["error"]["message"]
    assert "没有您可以查看的案件" in answer.json["error"]["message_zh"]


def test_an_officer_that_the_register_lacks_is_told(peopled):
    for command in (["open"], ["findings"], ["move", "410000-commerce-2026-0001", "investigate"]):
        answer = peopled("cases", *command, "--officer", "nobody")
        assert (answer.code, answer.out) == (3, "")
        assert 'no officer "nobody"' in answer.err


def test_a_document_of_a_case_that_does_not_exist_is_told(peopled):
    target = peopled.folder / "order.pdf"
    answer = peopled("cases", "document", "410000-commerce-2026-0001", "order_to_correct", "-o", target)
    assert answer.code == 3
    assert 'There is no case "410000-commerce-2026-0001"' in answer.err
    assert not target.exists()


def test_what_a_move_carries_is_written_with_an_equals_sign(peopled):
    answer = peopled("cases", "move", "n", "investigate", "--officer", "o", "--with", "record")
    assert answer.code == 2
    assert "FIELD=VALUE" in answer.err


# -- a case from the wreck to the public list ----------------------------------------------------------------------


@pytest.fixture
def desk(suyuan):
    """A historical database with officers, and a wreck that came without its pack."""
    assert suyuan("init", "--historical").code == 0
    suyuan.import_everybody()
    for topic, text in (("authorities", AUTHORITIES_CSV), ("officers", write_officers_csv())):
        answer = suyuan("register", "import", topic, suyuan.write(text, name=f"{topic}.csv"))
        assert answer.code == 0, answer.out
    for report in LIFE:
        line = {name: value for name, value in fill_report(report, number=0).items() if name != "by"}
        who, at = USCC_OF[report["by"]], f"{report['occurred_at']}T23:00:00+08:00"
        answer = suyuan("submit", suyuan.write_reports(line), "--as", who, "--received-at", at, "--wait", "judged")
        assert answer.code == 0, answer.out
    return suyuan


def at(day):
    return ["--acted-at", f"2026-06-{day:02d}T10:00:00+08:00"]


def open_one(desk):
    answer = desk("cases", "open", "--officer", HANDLER, "--subject", VIN, "--rule", RULE, *at(1), "--json")
    assert answer.code == 0, answer.err
    return answer.json["case_no"]


def move(desk, case_no, name, day, *fields, officer=HANDLER, more=()):
    carried = [part for field in fields for part in ("--with", field)]
    return desk("cases", "move", case_no, name, "--officer", officer, *carried, *more, *at(day))


BASIS = ("article=Art. 40", "article_text=Whoever …")
RULE = "scrapped_vehicle_battery_missing"


def test_an_officer_sees_what_may_be_taken_in(desk):
    answer = desk("cases", "findings", "--officer", HANDLER, "--json")
    assert RULE in {one["rule"] for one in answer.json["findings"]}
    assert VIN in desk("cases", "findings", "--officer", HANDLER).out
    assert desk("cases", "findings", "--officer", "zj-commerce-1").out == (
        "There is nothing that this officer could take into a case.\n"
    )


def test_where_chinese_is_spoken_a_case_is_told_in_it(desk, monkeypatch):
    case_no = open_one(desk)
    monkeypatch.setenv("SUYUAN_LANGUAGE", "zh")
    assert move(desk, case_no, "investigate", 2, "record=所见", "inspected_on=2026-06-02").code == 0
    assert move(desk, case_no, "order_correction", 3, "text=补报", "correct_by=2026-06-20").code == 0
    assert move(desk, case_no, "give_notice", 4, "intended=warning", "facts=缺失", "grounds=条款", *BASIS).code == 0
    shown = desk("cases", "show", case_no).out
    for told in (
        "检查日期: 2026-06-02",
        "宽限届满日: 2026-",
        "拟作处罚: 警告",
        "须填 intended=warning | fine (拟作处罚：警告、罚款)",
    ):
        assert told in shown, told


def test_a_case_goes_its_way_in_words(desk):
    case_no = open_one(desk)
    shown = desk("cases", "show", case_no).out
    assert "Officer 1" in shown
    assert "needs record=text (record of the inquiry)" in shown
    answer = move(desk, case_no, "investigate", 2, f"record=@{desk.write('seen' + chr(10), name='record.txt')}")
    assert answer.out == f"{case_no}: investigate; it is now: investigated.\n"
    assert desk("cases", "show", case_no, "--json").json["acts"][-1]["fields"] == {"record": "seen"}
    notice = ("intended=warning", "facts=the pack is missing", "grounds=Art. 40", *BASIS)
    assert move(desk, case_no, "give_notice", 3, *notice).code == 0
    assert move(desk, case_no, "pass_review", 20, "opinion=in order", officer=REVIEWER).code == 0
    decided = move(desk, case_no, "decide", 21, "decision=warning", "text=a warning", more=["--second-officer", SECOND])
    assert decided.code == 0, decided.err
    assert desk("cases", "public").out == "The public list is empty.\n"
    assert move(desk, case_no, "serve", 22, "served_on=2026-06-22", "manner=direct").code == 0
    [one] = desk("cases", "public", "--json").json["penalties"]
    assert (one["case_no"], one["decision"], one["shown_until"]) == (case_no, "warning", "2028-06-22")
    assert case_no in desk("cases", "public").out
    assert desk("cases", "public", "--csv").out.splitlines()[1].startswith(f"{case_no},Henan Commerce,")
    assert move(desk, case_no, "close", 23).code == 0
    assert "Nothing more" not in desk("cases", "show", case_no).out, "it can still be contested"
    [listed] = desk("cases", "list", "--state", "closed", "--json").json["cases"]
    assert (listed["case_no"], listed["vanished"]) == (case_no, False)
    assert case_no in desk("cases", "list").out
    assert desk("rebuild", "--json").json["identical"] is True


def test_all_that_a_move_lacks_is_told_at_once_in_words_and_as_faults(desk):
    case_no = open_one(desk)
    move(desk, case_no, "investigate", 2, "record=seen")
    fine = ("intended=fine", "facts=x", "grounds=y")
    answer = move(desk, case_no, "give_notice", 3, *fine)
    assert answer.code == 3
    lines = answer.err.splitlines()
    assert len(lines) == 4
    assert any("fine_ceiling_yuan" in line for line in lines)
    told = move(desk, case_no, "give_notice", 3, *fine, more=["--json"]).json["error"]
    assert [(one["code"], one["field"]) for one in told["faults"]] == [
        ("field_missing", "amount_yuan"),
        ("ceiling_missing", "amount_yuan"),
        ("article_missing", "article"),
        ("article_missing", "article_text"),
    ]


def test_a_late_report_shows_in_list_and_case(desk):
    case_no = open_one(desk)
    move(desk, case_no, "investigate", 2, "record=seen")
    order = ("text=say where the pack is", "correct_by=2026-06-10")
    assert move(desk, case_no, "order_correction", 3, *order).code == 0
    assert "correction 2026-06-10" in desk("cases", "list", "--overdue-on", "2026-06-11").out
    late = {"kind": "battery_received", "report_id": "late", "occurred_at": "2026-05-21", "battery_code": PACK,
            "from_owner": True, "mass_g": 420_000}  # fmt: skip
    desk("submit", desk.write_reports(late), "--as", USCC_OF["VD1"], "--received-at", "2026-06-05T10:00:00+08:00",
         "--wait", "judged")  # fmt: skip
    assert "has vanished" in desk("cases", "list").out
    assert "none of this case's findings stands any more" in desk("cases", "show", case_no).out
    assert move(desk, case_no, "close_early", 6, "reason=findings_vanished", "text=reported late").code == 0
    assert "Nothing more can be done" in desk("cases", "show", case_no).out


def test_chinese_speaks_chinese(desk, monkeypatch):
    case_no = open_one(desk)
    monkeypatch.setenv("SUYUAN_LANGUAGE", "zh")
    shown = desk("cases", "show", case_no).out
    assert "已立案" in shown
    assert "报废车辆动力电池缺失" in shown
    answer = move(desk, case_no, "investigate", 2)
    assert answer.err == "缺少调查笔录（record）。请补充后重试。\n"


def test_the_moment_of_an_act_is_given_only_to_a_historical_database(peopled):
    for topic, text in (("authorities", AUTHORITIES_CSV), ("officers", write_officers_csv())):
        assert peopled("register", "import", topic, peopled.write(text, name=f"{topic}.csv")).code == 0
    answer = peopled("cases", "open", "--officer", HANDLER, *at(1))
    assert answer.code == 3
    assert "suyuan init --historical" in answer.err
    assert peopled("cases", "open", "--officer", HANDLER, "--acted-at", "noon").code == 2


def test_a_token_is_made_and_ended_for_an_officer(desk):
    assert desk("participants", "token", "--officer", "nobody").code == 3
    assert desk("participants", "token", "--officer", HANDLER, "--operator").code == 2
    made = desk("participants", "token", "--officer", HANDLER, "--json").json
    assert made["token"].startswith("sy_")
    assert made["officer"] == HANDLER
    assert desk("participants", "token", "--officer", HANDLER, "--revoke", "--json").json == {"revoked": 1}
