"""The public page of a battery: what anybody may know, in two languages, small, without scripts, and nobody in it."""

import re

import pytest
from api_world import LIFE, PACK, VIN, name_of
from story import USCC_OF, expand, write_participants_csv

from suyuan.app.public_view import mask_vin
from suyuan.app.register import import_participants

PAGE_BYTES_MAX = 100_000


@pytest.fixture
def driving(server):
    """The life until the vehicle is sold: the pack is in use, its owner unnamed."""
    for report in LIFE[:3]:
        server.world.submit(report["by"], {name: value for name, value in report.items() if name != "by"})
    return server


def faults_of_privacy(text):
    """Return what a public page must not hold: a whole VIN, anybody's credit code, a name other than the maker's."""
    bare = re.sub(r"\s|<[^>]*>", "", text)
    withheld = [VIN, *USCC_OF.values(), *(name_of(alias) for alias in USCC_OF if alias != "BP1")]
    return [one for one in withheld if one in text or one in bare]


def test_page_tells_what_it_is_and_how_it_stands(driving):
    answer = driving.get(f"/b/{PACK}")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/html")
    for words in (
        "电池包",
        name_of("BP1"),
        "装在车上使用",
        "溯源记录完整",
        "2025 年 3 月 12 日",
        "车主或用户",
        "不显示的内容及原因",
    ):
        assert words in answer.text, words


def test_page_in_english_is_one_click_away_and_keeps_the_battery(driving):
    chinese = driving.get(f"/b/{PACK}").text
    assert f'href="/b/{PACK}?lang=en"' in chinese
    english = driving.get(f"/b/{PACK}?lang=en").text
    assert "battery pack" in english
    assert f'href="/b/{PACK}"' in english


def test_page_names_no_vehicle_and_nobody(told):
    for lang in ("", "?lang=en"):
        text = told.get(f"/b/{PACK}{lang}").text
        assert PACK in text
        assert faults_of_privacy(text) == []


def test_page_of_a_pack_in_use_shows_the_end_of_the_vin_alone(driving):
    text = driving.get(f"/b/{PACK}").text
    assert mask_vin(VIN) in text
    assert faults_of_privacy(text) == []


def test_name_or_vin_on_a_page_would_be_noticed():
    assert faults_of_privacy(f"<p>{VIN[:6]}<b>{VIN[6:]}</b></p>") == [VIN]
    assert faults_of_privacy(f"<p>{USCC_OF['VD1']}</p>") == [USCC_OF["VD1"]]
    assert faults_of_privacy(f"<p>{name_of('VD1')}</p>") == [name_of("VD1")]


def test_holder_is_told_by_role_and_province(server):
    server.world.submit("BP1", {"kind": "battery_produced", "occurred_at": "2025-03-12", "battery_code": "{pack:1}"})
    server.world.submit(
        "CO1", {"kind": "battery_received", "occurred_at": "2026-09-01", "battery_code": "{pack:1}", "from_owner": True}
    )
    text = server.get(f"/b/{PACK}").text
    assert "回收服务网点（湖北省）" in text
    assert faults_of_privacy(text) == []


def test_record_with_a_gap_is_told_without_accusing_anybody(server):
    server.world.submit(
        "CO1", {"kind": "battery_received", "occurred_at": "2026-09-01", "battery_code": "{pack:1}", "from_owner": True}
    )
    text = server.get(f"/b/{PACK}").text
    assert "没有企业报告过它的生产或进口" in text
    assert "不完整不等于违法" in text


def test_cell_is_shown_with_the_pack_it_sits_in(server):
    server.world.submit(
        "BP1",
        {"kind": "battery_produced", "occurred_at": "2025-03-12", "battery_code": "{pack:1}", "cells": ["{cell:1}"]},
    )
    text = server.get(f"/b/{expand('{cell:1}')}").text
    assert f'href="/b/{PACK}"' in text


def test_unknown_code_gets_a_friendly_page(server):
    answer = server.get(f"/b/{PACK}")
    assert answer.status_code == 404
    assert "请与电池标签逐位核对" in answer.text
    assert '<form class="search"' in answer.text


def test_what_is_no_code_gets_a_page_in_words(server):
    for text in ("08XPE", "LOT-1", "%E7%94%B5", "x" * 300, "%3Cscript%3Ealert(1)%3C%2Fscript%3E"):
        answer = server.get(f"/b/{text}")
        assert answer.status_code in (400, 404), text
        assert '<form class="search"' in answer.text
        assert "<script" not in answer.text
        assert "报送" not in answer.text, "who looks a battery up reports nothing"


def test_code_with_blanks_and_small_letters_finds_its_page(driving):
    typed = f" {PACK[:12].lower()} {PACK[12:]} "
    answer = driving.client.get("/b", params={"code": typed, "lang": "en"}, follow_redirects=False)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/b/{PACK}?lang=en")


def test_pages_are_small_and_need_no_script(driving):
    shared = sum(len(driving.get(f"/static/{name}").content) for name in ("style.css", "icon.svg"))
    for path in ("/", "/?lang=en", f"/b/{PACK}", "/nothing"):
        answer = driving.get(path)
        assert len(answer.content) + shared < PAGE_BYTES_MAX
        assert "<script" not in answer.text
        assert "style=" not in answer.text
        assert "default-src 'self'" in answer.headers["Content-Security-Policy"]


def test_page_that_has_not_changed_is_not_sent_again(driving):
    tag = driving.get(f"/b/{PACK}").headers["ETag"]
    assert driving.get(f"/b/{PACK}", If_None_Match=tag).status_code == 304
    assert driving.get(f"/b/{PACK}?lang=en", If_None_Match=tag).status_code == 200


def test_name_of_an_enterprise_is_text_not_markup(driving):
    file = write_participants_csv(name="<b>&amp;").encode()
    assert import_participants(driving.world.context, file)["rejected"] == 0
    assert "&lt;b&gt;&amp;amp;" in driving.get(f"/b/{PACK}").text
