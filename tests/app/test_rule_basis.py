"""What a rule rests on, entered by the operator: findings, cases and penalties go by it, each finding by the book of its day."""

from datetime import timedelta

import pytest
from case_desk import CEILING, HANDLER, LIFE, MISSING, CaseWorld
from database_world import NOW

from suyuan.app.case_trouble import CaseFaultsError
from suyuan.app.describe import describe_rules
from suyuan.app.describe_rulebook import describe_rulebook
from suyuan.app.judge import judge_pending
from suyuan.app.lists import list_findings
from suyuan.app.move_case import move_case
from suyuan.app.read_cases import read_case_file
from suyuan.app.rebuild import rebuild
from suyuan.app.rulebook import adopt_rulebook, list_changes

ARTICLE, TEXT = "invented measures, Art. 99", "invented for this test"
BASIS = """[[rule]]
name = "{name}"
article = "invented measures, Art. 99"
text = "invented for this test"
source = "read in this test"
verified = {verified}
"""
LIMIT = """[[limit]]
kind = "vehicle_scrapped"
days = 5
unit = "calendar"
grace_days = 15
source = "invented for this test"
verified = {verified}
"""
FINE = {"intended": "fine", "amount_yuan": "20000", "facts": "the pack is missing", "grounds": "see the article"}


@pytest.fixture
def world(database_url):
    world = CaseWorld(database_url)
    world.submit_each(LIFE)
    return world


def basis(name=MISSING.rule, *, verified="true"):
    return BASIS.format(name=name, verified=verified).encode()


def adopt(world, *parts):
    return adopt_rulebook(world.context, b"".join((CEILING, *parts)))


def shown(world, rule=MISSING.rule):
    (finding,) = list_findings(world.context, rule=rule)
    return finding["verified"], finding["article"], finding["text"]


def announce_fine(world):
    case_no = world.open()
    for day, name, fields in ((1, "investigate", {"record": "seen"}), (2, "give_notice", FINE)):
        at = NOW + timedelta(days=day)
        move_case(world.context, case_no, name, officer=HANDLER, second_officer=None, fields=fields, acted_at=at)
    return read_case_file(world.context, case_no)


def test_a_verified_rule_shows_article_and_text_wherever_it_is_shown(world):
    assert shown(world) == (False, None, None)
    assert adopt(world, basis())["adopted"]
    assert shown(world) == (True, ARTICLE, TEXT)
    told = {one["rule"]: one for one in describe_rules(world.context.rulebook)}
    assert (told[MISSING.rule]["verified"], told[MISSING.rule]["article"]) == (True, ARTICLE)
    assert {one["verified"] for name, one in told.items() if name != MISSING.rule} == {False}
    (entry,) = [one for one in describe_rulebook(world.context.rulebook)["entries"] if one["section"] == "rule"]
    assert (entry["key"], entry["verified"], entry["text"], entry["origin"]) == (MISSING.rule, True, TEXT, "own")
    assert list_changes(world.context)[0]["kind"] == "rulebook"
    assert rebuild(world.context)["differing"] == {}


def test_a_fine_needs_no_article_once_the_rule_is_verified(world):
    adopt(world, basis())
    file = announce_fine(world)
    assert (file.state, file.findings[0].is_verified, file.findings[0].source) == ("noticed", True, ARTICLE)


@pytest.mark.parametrize("parts", [(), (basis(verified="false"),), (basis("reported_late"),)])
def test_a_fine_needs_the_article_while_the_rule_is_not_verified(world, parts):
    adopt(world, *parts)
    with pytest.raises(CaseFaultsError) as refused:
        announce_fine(world)
    assert {one.code for one in refused.value.faults} == {"article_missing"}


def test_the_book_of_the_day_says_whether_the_rule_was_verified_then(world):
    adopt(world, b'[[rule]]\nbook = "2018"\n' + basis().removeprefix(b"[[rule]]\n"))
    assert shown(world) == (False, None, None), "the vehicle was scrapped under the book of 2026"


@pytest.mark.parametrize(("limit", "is_verified"), [("false", False), ("true", True)])
def test_what_counts_by_a_limit_is_verified_only_with_the_limit(world, limit, is_verified):
    late = {**LIFE[2], "report_id": "late", "occurred_at": "2026-05-21", "vin": "{vin:2}"}
    world.submit_each([late], received_at=NOW)
    adopt(world, basis("reported_late"), LIMIT.format(verified=limit).encode())
    judge_pending(world.context)
    found = [one for one in list_findings(world.context, rule="reported_late") if one["report_id"] == "late"]
    assert [(one["verified"], one["article"]) for one in found] == [(is_verified, ARTICLE)]


@pytest.mark.parametrize(
    ("part", "field"),
    [
        (basis("no_such_rule"), "name"),
        (basis().replace(b"text =", b"note ="), "text"),
        (basis(verified="1"), "verified"),
    ],
)
def test_a_basis_that_cannot_stand_is_refused_in_words(world, part, field):
    done = adopt(world, part)
    assert (done["adopted"], field in {one["field"] for one in done["problems"]}) == (False, True)
    assert all(one["message"] and one["message_zh"] for one in done["problems"])
    assert shown(world) == (False, None, None)
