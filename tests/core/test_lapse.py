"""What the lapse of a duty weighs, and what its finding shows: the days that ran, and what the lead had shown."""

from datetime import date

import pytest
from story import USCC_OF

from suyuan.core.duty import KIND_BY_NAME, Duty, lapse
from suyuan.rules.catalogue import RULE_TABLE

UE1, VD1 = USCC_OF["UE1"], USCC_OF["VD1"]
DAY, DUE_ON, LAPSES_ON = date(2026, 5, 20), date(2026, 6, 19), date(2026, 7, 4)


def duty(kind, *, is_provisional=False, due_on=DUE_ON, lapses_on=LAPSES_ON, rule=None, **evidence):
    rule = rule or KIND_BY_NAME[kind].rule
    return Duty(kind, "TMP-X", UE1, VD1, "r1", DAY, due_on, lapses_on, is_provisional, rule, evidence)


def finding_of(owed):
    return lapse(owed, rule=RULE_TABLE.rules[owed.rule])


def test_the_finding_names_the_debtor_the_report_that_opened_the_duty_and_the_days_that_ran():
    found = finding_of(duty("confirm_receipt", giver=VD1, about=["other"]))
    assert (found.rule, found.subject, found.party) == ("handed_over_but_never_received", "TMP-X", UE1)
    assert (found.reporter, found.report_id, found.on) == (VD1, "r1", DAY)
    assert found.about == ("other",)
    assert found.evidence == {
        "duty": "confirm_receipt",
        "opened_on": "2026-05-20",
        "giver": VD1,
        "due_on": "2026-06-19",
        "lapses_on": "2026-07-04",
        "is_provisional": False,
    }


def test_a_duty_without_days_shows_none():
    found = finding_of(duty("confirm_receipt", due_on=None, lapses_on=None))
    assert (found.evidence, found.about) == ({"duty": "confirm_receipt", "opened_on": "2026-05-20"}, ())


@pytest.mark.parametrize(
    ("kind", "rule", "is_provisional", "evidence", "weight"),
    [
        pytest.param("confirm_receipt", None, False, {}, "violation", id="a receipt that stays out"),
        pytest.param("confirm_receipt", None, True, {}, "violation", id="an unverified limit of the law"),
        pytest.param("report_hand_over", None, False, {"known_holder": VD1}, "lead", id="another is known to hold it"),
        pytest.param("report_material_receipt", None, False, {"doubt": "no_lot_no"}, "lead", id="a doubt is named"),
        pytest.param("report_zero", None, True, {}, "lead", id="an unverified limit of the platform's own"),
        pytest.param("report_zero", None, False, {}, "violation", id="the same limit, verified"),
        pytest.param("confirm_or_correct", "two_holders_claim_one_battery", True, {"known_holder": VD1}, "violation",
                     id="nobody confirmed or corrected"),
        pytest.param("report_replacement", None, True, {"doubt": "x"}, "violation", id="the replacement stays unreported"),
    ],
)  # fmt: skip
def test_its_weight_follows_from_what_is_known(kind, rule, is_provisional, evidence, weight):
    assert finding_of(duty(kind, rule=rule, is_provisional=is_provisional, **evidence)).weight == weight
