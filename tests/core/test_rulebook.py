"""The rulebook: which entry binds whom, what a file of the operator's own changes, and every way in which it can be wrong."""

from datetime import date

import pytest

from suyuan.core.catalogue import KINDS
from suyuan.core.rulebook_file import OWN_FILE, RulebookError, parse_rulebook
from suyuan.rulebook import load_rulebook

BOOK = load_rulebook()
NOW, THEN = date(2026, 5, 1), date(2025, 5, 1)
LIMIT = """[[limit]]
book = "2026"
kind = "battery_removed"
days = 10
unit = "working"
grace_days = 5
source = "Art. 1"
verified = true
"""


def read(text):
    return parse_rulebook({**BOOK.texts, OWN_FILE: text})


def problems_of(text):
    with pytest.raises(RulebookError) as raised:
        read(text)
    return [(one.entry, one.field) for one in raised.value.problems]


def limit_of(kind, *, on=NOW, roles=()):
    limit = BOOK.limit(kind, on=on, roles=frozenset(roles))
    return None if limit is None else (limit.days, limit.unit)


@pytest.mark.parametrize("kind", [kind.name for kind in KINDS if kind.name != "report_withdrawn"])
def test_every_kind_of_report_has_a_limit_in_the_book_of_2026(kind):
    assert limit_of(kind) is not None


def test_a_withdrawal_may_come_at_any_time():
    assert limit_of("report_withdrawn") is None


def test_no_limit_is_said_to_be_verified_while_the_text_of_the_law_is_not_to_hand():
    assert [limit for book in BOOK.books for limit in book.limits if limit.is_verified] == []


def test_every_entry_has_a_source():
    assert [entry for book in BOOK.books for entry in book.entries() if not entry.source.strip()] == []


@pytest.mark.parametrize(
    ("kind", "role", "days"),
    [
        ("vehicle_produced", "vehicle_producer", 15),
        ("vehicle_sold", "vehicle_producer", 30),
        ("battery_replaced", "vehicle_producer", 30),
        ("recovery_certificate_issued", "vehicle_dismantler", 15),
        ("battery_handed_over", "vehicle_dismantler", 15),
        ("battery_received", "utilization_enterprise", 30),
        ("reuse_product_made", "utilization_enterprise", 15),
    ],
)
def test_the_2018_provisions_count_working_days_by_role(kind, role, days):
    assert limit_of(kind, on=THEN, roles=[role]) == (days, "working")


@pytest.mark.parametrize(
    ("kind", "role"),
    [
        ("battery_produced", "battery_producer"),
        ("battery_imported", "battery_producer"),
        ("battery_sold", "battery_producer"),
        ("battery_replaced", "repairer"),
        ("battery_received", "collection_outlet"),
        ("battery_handed_over", "collection_outlet"),
        ("vehicle_sold", "seller"),
    ],
)
def test_under_the_2018_provisions_some_owed_nothing_themselves(kind, role):
    assert limit_of(kind, on=THEN, roles=[role]) is None


def test_an_entry_for_a_role_goes_before_one_for_everybody():
    assert BOOK.limit("battery_received", on=NOW, roles=frozenset({"utilization_enterprise"})).by
    assert not BOOK.limit("battery_received", on=NOW, roles=frozenset({"collection_outlet"})).by


@pytest.mark.parametrize(
    ("metal", "on", "percent"),
    [
        ("lithium", date(2019, 6, 1), None),
        ("lithium", date(2020, 6, 1), 85),
        ("lithium", date(2025, 6, 1), 90),
        ("lithium", NOW, 90),
        ("manganese", date(2020, 6, 1), None),
        ("manganese", NOW, 98),
        ("electrode_powder", NOW, 98),
    ],
)
def test_the_norm_is_that_of_the_edition_of_the_day(metal, on, percent):
    norm = BOOK.book_of(on).norm(metal, on=on)
    assert (norm and norm.percent) == percent


def test_an_own_entry_takes_the_place_of_the_packaged_one_and_the_rest_stays():
    own = read(LIMIT)
    limit = own.limit("battery_removed", on=NOW)
    assert (limit.days, limit.is_working_days, limit.source, limit.is_verified) == (10, True, "Art. 1", True)
    assert own.limit("battery_tested", on=NOW) == BOOK.limit("battery_tested", on=NOW)
    assert own.version != BOOK.version


def test_an_own_entry_for_a_role_stands_beside_the_one_for_everybody():
    own = read(LIMIT + 'by = ["repairer"]\n')
    assert own.limit("battery_removed", on=NOW, roles=frozenset({"repairer"})).days == 10
    assert own.limit("battery_removed", on=NOW, roles=frozenset({"vehicle_dismantler"})).days == 30


def test_an_entry_that_begins_later_takes_over_on_its_day():
    own = read(LIMIT + "in_force_from = 2026-07-01\n")
    days = [own.book_of(day).limit("battery_removed", on=day).days for day in (date(2026, 6, 30), date(2026, 7, 1))]
    assert days == [30, 10]


def test_a_book_of_the_operators_own_begins_on_its_day():
    own = read(
        '[book]\nname = "2028"\nin_force_from = 2028-01-01\nsource = "Measures of 2028"\n'
        + LIMIT.replace('book = "2026"\n', "")
    )
    assert own.book_of(date(2028, 1, 1)).limit("battery_removed").days == 10
    assert own.book_of(date(2027, 12, 31)).name == "2026"


def test_a_limit_in_months_needs_no_days():
    own = read(LIMIT.replace('days = 10\nunit = "working"', "months = 6"))
    assert own.limit("battery_removed", on=NOW).months == 6


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("days = 10", "days = -1", "days"),
        ("days = 10", 'days = "10"', "days"),
        ("days = 10\n", "", "days"),
        ("days = 10", "days = 10\nmonths = 6", "days"),
        ("days = 10", "months = 6", "unit"),
        ('unit = "working"\n', "", "unit"),
        ('unit = "working"', 'unit = "lunar"', "unit"),
        ("grace_days = 5\n", "", "grace_days"),
        ('"battery_removed"', '"battery_painted"', "kind"),
        ("verified = true", 'verified = "yes"', "verified"),
        ('source = "Art. 1"', 'source = ""', "source"),
        ("verified = true", "verified = true\nfine = 1000", "fine"),
        ("verified = true", 'verified = true\nby = ["mayor"]', "by"),
        ("verified = true", 'verified = true\nby = ["seller"]', "by"),
        ("verified = true", 'verified = true\ncounted_from = "produced_on"', "counted_from"),
        (
            "verified = true",
            "verified = true\nin_force_from = 2027-01-01\nin_force_until = 2026-01-01",
            "in_force_until",
        ),
        ('book = "2026"', 'book = "2031"', "book"),
        ('book = "2026"\n', "", "book"),
    ],
)
def test_a_wrong_limit_is_told_with_its_field(old, new, field):
    assert old in LIMIT
    assert [name for _, name in problems_of(LIMIT.replace(old, new))] == [field]


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("limit = 3\n", "limit"),
        ("[[fines]]\nyuan = 1\n", "fines"),
        ("[[limit]\n", "text"),
        ('[book]\nname = "2028"\nsource = "x"\n', "in_force_from"),
        ('[book]\nname = "2026"\nsource = "x"\n', "source"),
        ('[book]\nname = "2028"\nin_force_from = 2026-04-01\nsource = "x"\n', "in_force_from"),
        ('[[threshold]]\nbook = "2026"\nkey = "luck"\nvalue = 1\nsource = "x"\nverified = false\n', "key"),
        ('[[threshold]]\nbook = "2026"\nkey = "ring_days"\nvalue = "1"\nsource = "x"\nverified = false\n', "value"),
        (
            '[[threshold]]\nbook = "2026"\nkey = "prohibited_fields_of_use"\nvalue = ["toys"]\nsource = "x"\nverified = false\n',
            "value",
        ),
        (
            '[[threshold]]\nbook = "2026"\nkey = "first_load_window"\nvalue = [2026-06-01, 2026-05-01]\nsource = "x"\nverified = false\n',
            "value",
        ),
        ('[[norm]]\nbook = "2026"\nmetal = "gold"\npercent = 98\nsource = "x"\nverified = false\n', "metal"),
        ('[[norm]]\nbook = "2026"\nmetal = "lithium"\npercent = 101\nsource = "x"\nverified = false\n', "percent"),
        (
            '[[lawful_receivers]]\nbook = "2026"\ngiver = "seller"\nreceivers = []\nsource = "x"\nverified = false\n',
            "receivers",
        ),
        ('[[final_state]]\nbook = "2026"\nstatus = "gone"\nsource = "x"\nverified = false\n', "status"),
        (
            '[[battery_type]]\nbook = "2026"\nletter = "BB"\nzh = "x"\nen = "x"\nsource = "x"\nverified = false\n',
            "letter",
        ),
    ],
)
def test_what_a_file_cannot_say_is_told(text, field):
    assert [name for _, name in problems_of(text)] == [field]


def test_all_that_is_wrong_is_told_at_once_in_both_languages():
    text = LIMIT.replace("days = 10", "days = -1").replace("verified = true", "verified = 1") + "\n[[fines]]\n"
    with pytest.raises(RulebookError) as raised:
        read(text)
    assert sorted(one.field for one in raised.value.problems) == ["days", "fines", "verified"]
    assert '[[limit]] 1, kind battery_removed, days: "-1"' in raised.value.message
    assert "请更正后重试" in raised.value.message_zh


def test_the_same_texts_have_the_same_version():
    assert read(LIMIT).version == read(LIMIT).version
