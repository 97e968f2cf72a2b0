"""What rules and rulebook say to people: in both languages, with a source, and honest about what is verified."""

import re

import pytest

from suyuan.app.describe_rulebook import name_entry, write_rulebook_page
from suyuan.app.rules_page import write_rules_page
from suyuan.core.duty_table import DUTY_KINDS
from suyuan.rulebook import load_rulebook
from suyuan.rules.catalogue import RULES

CHINESE = re.compile("[\u4e00-\u9fff]")
IN_CHINESE = ("title_zh", "counts_zh", "counts_not_zh", "remedy_zh")
IN_ENGLISH = ("title", "counts", "counts_not", "remedy", "source")
RULE_OF = {rule.name: rule for rule in RULES if rule.lapses}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_rule_says_everything_in_both_languages(rule):
    assert [name for name in IN_CHINESE if not CHINESE.search(getattr(rule, name))] == []
    assert [name for name in IN_ENGLISH if not re.search("[a-z]", getattr(rule, name))] == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_the_page_of_rules_holds_the_whole_text(rule):
    page = write_rules_page()
    assert f"### {rule.name}\n" in page
    assert [name for name in (*IN_CHINESE, *IN_ENGLISH) if getattr(rule, name) not in page] == []


@pytest.mark.parametrize("kind", [kind for kind in DUTY_KINDS if RULE_OF.get(kind.rule)], ids=lambda kind: kind.name)
def test_a_rule_about_lapsed_duties_is_in_force_as_soon_as_a_book_knows_their_limit(kind):
    begun = [
        book.in_force_from for book in load_rulebook().books for limit in book.limits if limit.kind == kind.limit_key
    ]
    assert all(RULE_OF[kind.rule].is_in_force(day) for day in begun)


def test_every_entry_of_the_rulebook_is_named_in_both_languages():
    nameless = []
    for book in load_rulebook().books:
        for entry in book.entries():
            what, value = name_entry(entry)
            if not (CHINESE.search(what[0]) and re.search("[a-z]", what[1]) and all(value)):
                nameless.append((book.name, what))
    assert nameless == [], "write zh and en into the entry"


def test_the_page_of_the_rulebook_holds_every_source():
    page = write_rulebook_page()
    assert [one.source for book in load_rulebook().books for one in book.entries() if one.source not in page] == []
