"""Documents of real cases: each after its move, numbered once, the same text again whatever the case does later."""

from datetime import timedelta

import pytest
from case_desk import HANDLER, LIFE, PACK, REVIEWER, SECOND, VIN, CaseWorld
from database_world import NOW

from suyuan.app.case_documents import issue_case_document, list_document_kinds
from suyuan.app.context import UseCaseError
from suyuan.app.documents import list_documents
from suyuan.app.move_case import move_case
from suyuan.app.rebuild import rebuild
from suyuan.app.take_in import UnknownError

ARTICLE = {"article": "《测试办法》第四十条", "article_text": "报废车辆缺失电池的，责令改正。"}


pytestmark = pytest.mark.usefixtures("fonts")


@pytest.fixture
def world(database_url):
    world = CaseWorld(database_url)
    world.submit_each(LIFE)
    return world


@pytest.fixture
def case_no(world):
    return world.open()


def on(days):
    return (NOW.date() + timedelta(days=days)).isoformat()


def move(world, case_no, name, day, *, officer=HANDLER, second=None, **fields):
    at = NOW + timedelta(days=day)
    move_case(world.context, case_no, name, officer=officer, second_officer=second, fields=fields, acted_at=at)


def order(world, case_no):
    move(world, case_no, "investigate", 1, record="现场未见电池。", inspected_on=on(1), inspected_at="郑州市某某路1号")
    move(world, case_no, "order_correction", 2, text="说明电池去向。\n补报移交。", correct_by=on(30))


def notify(world, case_no):
    said = {
        "intended": "fine",
        "amount_yuan": "20000",
        "facts": "电池缺失，事实清楚。",
        "grounds": "《测试办法》第四十条",
    }
    move(world, case_no, "give_notice", 3, **said, **ARTICLE)


def decide(world, case_no):
    move(world, case_no, "pass_review", 16, officer=REVIEWER, opinion="同意")
    move(world, case_no, "decide", 17, second=SECOND, decision="fine", amount_yuan="20000", text="裁量适当。")


def write(world, case_no, kind, *, suffix="pdf", is_draft=False, **details):
    return issue_case_document(world.context, case_no, kind, details=details, suffix=suffix, is_draft=is_draft)


def text_of(printed):
    return "\n".join(block.text for block in printed.document.blocks)


def test_the_order_says_what_must_be_corrected_until_when_and_for_which_vehicle(world, case_no):
    order(world, case_no)
    printed = write(world, case_no, "order_to_correct")
    assert printed.document.number == "Henan Commerce责改〔2026〕1号"
    text = text_of(printed)
    for told in (
        VIN,
        "住所：广东省深圳市。",
        f"缺失：{PACK}",
        "（1）说明电池去向。",
        "（2）补报移交。",
        "2026年10月31日前（含当日）",
        "条文待核实",
    ):
        assert told in text
    assert printed.document.doubts


def test_a_document_waits_for_its_move(world, case_no):
    with pytest.raises(UseCaseError, match="first make the move order_correction"):
        write(world, case_no, "order_to_correct")
    with pytest.raises(UseCaseError, match='"letter" is no document of a case'):
        write(world, case_no, "letter")
    with pytest.raises(UnknownError):
        write(world, "HN-2026-999999", "order_to_correct")
    assert list_documents(world.context, f"case:{case_no}") == []


def test_the_whole_course_gives_its_documents_and_the_proof_of_service_lists_them(world, case_no):
    order(world, case_no)
    numbers = [write(world, case_no, "order_to_correct").document.number]
    notify(world, case_no)
    notice = write(world, case_no, "prior_notice")
    numbers.append(notice.document.number)
    assert "罚款人民币贰万元整（¥20,000.00）" in text_of(notice)
    assert "要求听证的，请自收到本告知书之日起10日内" in text_of(notice)
    move(world, case_no, "take_statement", 4, text="并非本公司", stated_on=on(3))
    decide(world, case_no)
    decision = write(world, case_no, "penalty_decision")
    numbers.append(decision.document.number)
    assert "陈述、申辩：并非本公司" in text_of(decision)
    assert f"《测试办法》第四十条规定：“{ARTICLE['article_text']}”" in text_of(decision)
    assert "承办人员：Officer 1（hn-commerce-1）、Officer 2（hn-commerce-2）" in decision.document.notes
    proof = write(world, case_no, "proof_of_service", suffix="docx")
    served = {row.label: row.value for row in proof.document.rows}["送达文书名称及文号"]
    assert [line[line.index("（") + 1 : -1] for line in served.splitlines()] == numbers


def test_the_text_of_an_act_stays_whatever_the_case_does_later(world, case_no):
    order(world, case_no)
    draft = write(world, case_no, "order_to_correct", is_draft=True)
    notify(world, case_no)
    decide(world, case_no)
    assert write(world, case_no, "order_to_correct", is_draft=True).document.digest() == draft.document.digest()


def test_a_document_is_issued_once_for_its_act_and_a_new_act_has_a_new_one(world, case_no):
    order(world, case_no)
    first, again = write(world, case_no, "order_to_correct"), write(world, case_no, "order_to_correct")
    assert (first.is_new, again.is_new, first.body) == (True, False, again.body)
    move(world, case_no, "order_correction", 4, text="再次说明。", correct_by=on(40))
    second = write(world, case_no, "order_to_correct")
    assert second.document.number.endswith("〔2026〕2号")
    assert "再次说明" in text_of(second)


def test_a_hearing_is_called_with_what_the_act_and_the_officer_say(world, case_no):
    order(world, case_no)
    notify(world, case_no)
    move(world, case_no, "ask_hearing", 4, asked_on=on(3))
    move(world, case_no, "call_hearing", 5, hearing_on=on(20), hearing_at="三楼听证室")
    with pytest.raises(UseCaseError) as caught:
        write(world, case_no, "hearing_notice", colour="red")
    for told in ("colour is no field", "time of day of the hearing is missing", "who presides is missing"):
        assert told in caught.value.message
    printed = write(world, case_no, "hearing_notice", hearing_time="上午9时", presiding_officer="王芳")
    assert "听证时间：2026年10月21日上午9时" in text_of(printed)
    assert "听证地点：三楼听证室" in text_of(printed)


def test_the_record_of_inspection_takes_what_the_inquiry_says(world, case_no):
    order(world, case_no)
    rows = {row.label: row.value for row in write(world, case_no, "inspection_record").document.rows}
    assert (rows["检查时间"], rows["检查地点"], rows["检查情况"]) == (
        "2026年10月2日",
        "郑州市某某路1号",
        "现场未见电池。",
    )


def test_documents_are_rebuilt_with_the_case(world, case_no):
    order(world, case_no)
    write(world, case_no, "order_to_correct")
    assert rebuild(world.context)["differing"] == {}


def test_the_kinds_for_which_a_case_has_come_far_enough_are_listed_with_their_fields(world, case_no):
    def kinds():
        listed = list_document_kinds(world.context, case_no, desk=None)
        return {one["kind"]: [field["field"] for field in one["fields"] if field["required"]] for one in listed}

    assert set(kinds()) == {"inspection_record", "proof_of_service"}, "records may be printed before their act"
    order(world, case_no)
    notify(world, case_no)
    assert set(kinds()) == {"inspection_record", "proof_of_service", "order_to_correct", "prior_notice"}
    move(world, case_no, "ask_hearing", 4, asked_on=on(4))
    move(world, case_no, "call_hearing", 5, hearing_on=on(20), hearing_at="三楼听证室")
    assert kinds()["hearing_notice"] == ["hearing_time", "presiding_officer"]
