"""Documents over HTTP: issued once by the case's authority, drafts that say so, printed again for whom they are addressed to."""

import io
import zipfile

import pytest
from case_desk import HANDLER, PACK, REVIEWER, SECOND, VIN
from case_server import move, on, open_one, post
from story import USCC_OF, expand

from suyuan.api.negotiation import DOCX_TYPE

pytestmark = pytest.mark.usefixtures("fonts")
ORDER = {"kind": "order_to_correct"}
OUTSIDERS = ("zj-commerce-1", "hn-industry-1", "zz-commerce-1")


@pytest.fixture
def ordered(desks):
    """The server and a case in which an order to correct was made."""
    case_no = open_one(desks)
    move(desks, case_no, "investigate", 0, record="seen")
    move(desks, case_no, "order_correction", 0, text="say where it is", correct_by=on(30))
    return desks, f"/cases/{case_no}"


def listed(server, path, *, who):
    return server.get(f"/api/v1{path}/documents", who=who).json()["documents"]


def words_of(docx):
    return zipfile.ZipFile(io.BytesIO(docx)).read("word/document.xml").decode()


# -- a case --------------------------------------------------------------------------------------------------------


def test_an_officer_issues_a_document_once_and_prints_it_as_pdf_and_word(ordered):
    server, path = ordered
    first = post(server, f"{path}/documents", ORDER, who=HANDLER)
    again = post(server, f"{path}/documents", ORDER, who=SECOND)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["number"] == again.json()["number"] == "Henan Commerce责改〔2026〕1号"
    assert (first.json()["document"], first.json()["new"], again.json()["new"]) == (1, True, False)
    assert (first.json()["title"], first.json()["title_zh"]) == ("order to correct", "责令改正通知书")
    assert first.json()["doubts"], "the article of the rule is not verified"
    location = first.headers["location"]
    assert location == again.headers["location"] == f"/api/v1{path}/documents/1.pdf"
    pdf, word = server.get(location, who=HANDLER), server.get(location.replace(".pdf", ".docx"), who=HANDLER)
    assert (pdf.headers["content-type"], pdf.content[:5]) == ("application/pdf", b"%PDF-")
    assert word.headers["content-type"] == DOCX_TYPE
    assert "责改〔2026〕1号" in words_of(word.content)
    assert "草稿" not in words_of(word.content)
    assert word.headers["content-disposition"] == 'attachment; filename="order_to_correct-1.docx"'


def test_the_list_tells_what_was_issued_and_what_may_be(ordered):
    server, path = ordered
    kinds = server.get(f"/api/v1{path}/documents", who=HANDLER).json()["kinds"]
    assert [one["kind"] for one in kinds] == ["order_to_correct", "inspection_record", "proof_of_service"]
    assert listed(server, path, who=HANDLER) == []
    issued = post(server, f"{path}/documents", ORDER, who=HANDLER).json()
    [one] = listed(server, path, who=HANDLER)
    assert (one["document"], one["number"], one["text_sha256"]) == (1, issued["number"], issued["text_sha256"])
    assert listed(server, path, who="operator") == [one]


def test_a_draft_says_so_on_the_page_and_takes_no_number(ordered):
    server, path = ordered
    draft = server.get(f"/api/v1{path}/drafts/order_to_correct.docx", who=HANDLER)
    assert draft.status_code == 200, draft.text
    assert "责改〔2026〕　号（草稿）" in words_of(draft.content)
    assert draft.headers["content-disposition"] == 'attachment; filename="draft-order_to_correct.docx"'
    assert server.get(f"/api/v1{path}/drafts/order_to_correct.pdf", who=HANDLER).content.startswith(b"%PDF-")
    assert listed(server, path, who=HANDLER) == []
    assert post(server, f"{path}/documents", ORDER, who=HANDLER).json()["number"].endswith("〔2026〕1号")


def test_what_an_officer_adds_stands_in_the_draft_and_in_the_document(ordered):
    server, path = ordered
    added = {"observations": "空车架一台", "person_in_charge": "李明"}
    draft = server.client.get(
        f"/api/v1{path}/drafts/inspection_record.docx", params=added, headers=server.headers(HANDLER)
    )
    assert "空车架一台" in words_of(draft.content)
    issued = post(server, f"{path}/documents", {"kind": "inspection_record", "details": added}, who=HANDLER)
    printed = server.get(issued.headers["location"].replace(".pdf", ".docx"), who=HANDLER)
    assert "空车架一台" in words_of(printed.content)


def test_what_cannot_be_issued_is_told_in_both_languages(ordered):
    server, path = ordered
    refused = {
        "first make the move give_notice": {"kind": "prior_notice"},
        '"letter" is no document of a case': {"kind": "letter"},
        "colour is no field": {**ORDER, "details": {"colour": "red"}},
        "Object missing required field": {},
        "unknown field": {**ORDER, "draft": True},
    }
    for words, body in refused.items():
        answer = post(server, f"{path}/documents", body, who=HANDLER)
        assert (answer.status_code, words in answer.json()["detail"]) == (400, True), answer.text
        assert not answer.json()["detail_zh"].isascii()
    assert server.get(f"/api/v1{path}/drafts/prior_notice.pdf", who=HANDLER).json()["code"] == "request_refused"
    unknown = server.get(f"/api/v1{path}/drafts/order_to_correct.pdf?colour=red", who=HANDLER)
    assert "colour is no field" in unknown.json()["detail"]
    assert listed(server, path, who=HANDLER) == []


def test_a_file_of_another_form_or_that_nobody_issued_is_refused(ordered):
    server, path = ordered
    post(server, f"{path}/documents", ORDER, who=HANDLER)
    told = {
        name: server.get(f"/api/v1{path}/documents/{name}", who=HANDLER).status_code
        for name in ("1.pdf", "1.txt", "x.pdf", "2.pdf", "0.pdf")
    }
    assert told == {"1.pdf": 200, "1.txt": 400, "x.pdf": 400, "2.pdf": 404, "0.pdf": 404}
    picky = server.get(f"/api/v1{path}/documents/1.pdf", who=HANDLER, Accept="text/html")
    assert (picky.status_code, picky.json()["code"]) == (406, "not_acceptable")
    assert server.get(f"/api/v1{path}/documents/1.pdf", who=HANDLER, Accept="application/pdf").status_code == 200


def test_another_authority_finds_no_case_and_only_officers_issue(ordered):
    server, path = ordered
    post(server, f"{path}/documents", ORDER, who=HANDLER)
    reads = ("documents", "documents/1.pdf", "drafts/order_to_correct.pdf")
    for who in OUTSIDERS:
        assert post(server, f"{path}/documents", ORDER, who=who).status_code == 404
        assert [server.get(f"/api/v1{path}/{one}", who=who).status_code for one in reads] == [404] * 3
    for who in ("operator", "VP1"):
        assert post(server, f"{path}/documents", ORDER, who=who).json()["code"] == "officer_needed"
        assert server.get(f"/api/v1{path}/{reads[2]}", who=who).json()["code"] == "officer_needed"
    assert [server.get(f"/api/v1{path}/{one}").status_code for one in reads] == [401] * 3
    assert len(listed(server, path, who=HANDLER)) == 1


def test_the_party_prints_the_letters_of_what_was_served_to_it_and_nothing_else(ordered):
    server, path = ordered
    for kind in ("inspection_record", "order_to_correct"):
        assert post(server, f"{path}/documents", {"kind": kind}, who=HANDLER).status_code == 201
    own = server.get(f"/api/v1{path}/documents", who="VP1").json()
    assert [(one["document"], one["kind"]) for one in own["documents"]] == [(2, "order_to_correct")]
    assert "kinds" not in own
    assert server.get(f"/api/v1{path}/documents/2.pdf", who="VP1").content.startswith(b"%PDF-")
    assert server.get(f"/api/v1{path}/documents/1.pdf", who="VP1").status_code == 404
    for who in ("VD1", "BP1"):
        assert server.get(f"/api/v1{path}/documents", who=who).status_code == 404


def test_the_party_sees_a_decision_once_it_was_served(ordered):
    server, path = ordered
    case_no = path.rpartition("/")[2]
    notice = {"intended": "warning", "facts": "the pack is missing", "grounds": "Art. 40"}
    move(server, case_no, "give_notice", 2, **notice, article="Art. 40", article_text="Whoever …")
    move(server, case_no, "pass_review", 13, officer=REVIEWER, opinion="in order")
    move(server, case_no, "decide", 14, second=SECOND, decision="warning", text="a warning")
    assert post(server, f"{path}/documents", {"kind": "penalty_decision"}, who=HANDLER).status_code == 201
    assert listed(server, path, who="VP1") == []
    move(server, case_no, "serve", 15, served_on=on(15), manner="direct")
    assert [one["kind"] for one in listed(server, path, who="VP1")] == ["penalty_decision"]


# -- a vehicle -----------------------------------------------------------------------------------------------------


def test_an_officer_notifies_the_dismantler_of_what_is_missing(desks):
    path = f"/vehicles/{VIN}"
    draft = desks.get(f"/api/v1{path}/drafts/incomplete_vehicle_notice.docx", who=HANDLER)
    assert "（草稿）" in words_of(draft.content)
    assert listed(desks, path, who=HANDLER) == []
    first, again = (post(desks, f"{path}/documents", {}, who=HANDLER) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["number"].endswith("缺告〔2026〕1号")
    assert desks.get(first.headers["location"], who=HANDLER).content.startswith(b"%PDF-")
    word = desks.get(f"/api/v1{path}/documents/1.docx", who="VD1")
    assert PACK in words_of(word.content)
    assert "草稿" not in words_of(word.content)
    [one] = listed(desks, path, who=HANDLER)
    assert listed(desks, path, who="operator") == listed(desks, path, who="VD1") == [one]
    for who in ("VP1", "BP1", *OUTSIDERS):
        assert listed(desks, path, who=who) == []
        assert desks.get(f"/api/v1{path}/documents/1.pdf", who=who).status_code == 404


def test_a_notice_about_a_vehicle_is_refused_in_words(desks):
    for who, words in (("zj-commerce-1", "not competent"), ("hn-industry-1", "not competent")):
        assert words in post(desks, f"/vehicles/{VIN}/documents", {}, who=who).json()["detail"]
    assert "no pack is missing" in post(desks, f"/vehicles/{expand('{vin:8}')}/documents", {}, who=HANDLER).text
    malformed = post(desks, "/vehicles/LSV/documents", {}, who=HANDLER)
    assert malformed.json()["code"] == "code_malformed"
    assert desks.get("/api/v1/vehicles/LSV/documents", who=HANDLER).json()["code"] == "code_malformed"
    assert post(desks, f"/vehicles/{VIN}/documents", {"kind": "x"}, who=HANDLER).json()["code"] == "request_malformed"
    for who in ("VD1", "operator"):
        assert post(desks, f"/vehicles/{VIN}/documents", {}, who=who).json()["code"] == "officer_needed"
    assert listed(desks, f"/vehicles/{VIN}", who="operator") == []


# -- a voucher -----------------------------------------------------------------------------------------------------


def test_the_giver_prints_the_voucher_of_its_hand_overs(desks):
    handed = {"kind": "battery_handed_over", "occurred_at": "2026-09-22", "receiver": USCC_OF["UE1"], "mass_g": 420_000}
    for serial in (3, 4):
        desks.world.submit("VD1", {**handed, "battery_code": f"{{pack:{serial}}}", "report_id": f"ho-{serial}"})
    word = desks.get("/api/v1/voucher.docx?report_id=ho-3&report_id=ho-4", who="VD1")
    assert word.status_code == 200, word.text
    assert all(expand(f"{{pack:{serial}}}") in words_of(word.content) for serial in (3, 4))
    assert desks.get("/api/v1/voucher.pdf?report_id=ho-3", who="VD1").content.startswith(b"%PDF-")
    assert "has no report ho-3" in desks.get("/api/v1/voucher.pdf?report_id=ho-3", who="BP1").json()["detail"]
    for query in ("", "?report_id=ho-3&colour=red", "?" + "report_id=x&" * 501):
        assert desks.get(f"/api/v1/voucher.pdf{query}", who="VD1").json()["code"] == "request_malformed"
    assert desks.get("/api/v1/voucher.pdf?report_id=ho-3", who=HANDLER).status_code == 401
