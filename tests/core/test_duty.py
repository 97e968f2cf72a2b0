"""Each kind of duty: whose it is, its last day in time, what closes it, and from which day on its absence shows."""

from datetime import date, timedelta

import pytest
from story import USCC_OF, expand, fill_report, play

from suyuan.core.deadline import find_deadline
from suyuan.core.duty import DUTY_KINDS
from suyuan.rulebook import load_rulebook

PACK, DAY = "{pack:1}", date(2026, 5, 20)
FOUND = {
    "by": "VD1",
    "kind": "vehicle_scrapped",
    "occurred_at": "2026-05-10",
    "vin": "{vin:1}",
    "battery_codes_found": [PACK],
}
MADE = {"by": "BP1", "kind": "battery_produced", "occurred_at": "2025-03-12", "battery_code": PACK}
BUILT = {
    "by": "VP1",
    "kind": "vehicle_produced",
    "occurred_at": "2025-04-01",
    "vin": "{vin:1}",
    "battery_codes": [PACK],
}


def battery(by, kind, on="2026-05-20", **fields):
    return {"by": by, "kind": kind, "occurred_at": on, "battery_code": PACK, **fields}


GIVEN = battery("VD1", "battery_handed_over", receiver="UE1")
TAKEN = battery("UE1", "battery_received", sender="VD1")
SOLD_PRODUCT = {
    "by": "UE1",
    "kind": "reuse_product_sold",
    "occurred_at": "2026-05-20",
    "product_code": "{product:1}",
    "receiver": "OH1",
}
MADE_PRODUCT = {
    "by": "UE1",
    "kind": "reuse_product_made",
    "occurred_at": "2026-06-01",
    "product_code": "{product:1}",
    "parent_codes": [PACK],
}
REMOVED = battery("RE1", "battery_removed", vin="{vin:1}")
BOUGHT = battery("CO1", "battery_received", from_owner=True)
DOUBTED = [{**FOUND, "battery_codes_found": [PACK]}, battery("UE1", "battery_received", from_owner=True)]
ABSENT = {
    **FOUND,
    "occurred_at": "2026-05-20",
    "battery_codes_found": [],
    "replacement_record_no": "{RE1}-1",
    "recovery_voucher_no": "V1",
}
TAKEN_OFF = battery("RE1", "battery_removed", "2025-11-03", vin="{vin:1}")

# kind: (reports of which the last opens it, subject, party, days, days of grace, rule, what closes it or undoes it)
DUTIES = {
    "confirm_receipt": (
        [FOUND, GIVEN], PACK, "UE1", 30, 15, "handed_over_but_never_received",
        battery("UE1", "battery_received", "2026-05-22", sender="VD1"),
    ),
    "report_hand_over": (
        [FOUND, TAKEN], PACK, "VD1", 30, 15, "received_but_never_handed_over",
        battery("VD1", "battery_handed_over", "2026-05-22", receiver="UE1"),
    ),
    "report_origin": (
        [battery("RE1", "battery_handed_over", receiver="UE1")], PACK, "RE1", 30, 15, "handed_over_without_holding",
        battery("RE1", "battery_received", "2026-05-01", from_owner=True),
    ),
    "report_birth": (
        [BOUGHT], PACK, "BP1", 30, 15, "code_seen_before_birth", {**MADE, "occurred_at": "2026-06-01"},
    ),
    "report_reuse_product": (
        [SOLD_PRODUCT], "{product:1}", "UE1", 30, 15, "reuse_code_without_parent", MADE_PRODUCT,
    ),
    "hand_over_removed_battery": (
        [REMOVED], PACK, "RE1", 90, 30, "removed_battery_not_handed_over",
        battery("RE1", "battery_handed_over", "2026-06-01", receiver="CO1"),
    ),
    "pass_on_held_battery": (
        [BOUGHT], PACK, "CO1", 365, 30, "held_too_long",
        battery("CO1", "battery_handed_over", "2026-06-01", receiver="UE1"),
    ),
    "confirm_or_correct": (
        DOUBTED, PACK, "UE1", 30, 15, "two_holders_claim_one_battery", battery("UE1", "battery_tested", "2026-05-21"),
    ),
    "report_replacement": (
        [BUILT, ABSENT], "{vin:1}", "RE1", 30, 15, "scrapped_vehicle_battery_missing", TAKEN_OFF,
    ),
}  # fmt: skip
OPENED_ELSEWHERE = (
    "report_overdue",
    "dismantling_information_overdue",
    "outlet_coverage_missing",
    "correction_overdue",
)
EACH = pytest.mark.parametrize("kind", DUTIES)


def play_out(reports):
    return play([fill_report(report, number=number) for number, report in enumerate(reports, start=1)])


def duties_of(engine, kind):
    return [duty for duty in engine.verdicts[expand(DUTIES[kind][1])].duties if duty.kind == kind]


def lapsed(engine, kind, *, sweep):
    _, subject, _, _, _, rule, _ = DUTIES[kind]
    return [
        finding
        for finding in engine.findings(sweep=sweep)
        if finding.rule == rule and finding.subject == expand(subject) and finding.evidence.get("duty") == kind
    ]


def test_every_kind_of_duty_of_a_timeline_is_tested():
    elsewhere = {kind.name for kind in DUTY_KINDS if kind.rule in OPENED_ELSEWHERE}
    assert {kind.name for kind in DUTY_KINDS} == set(DUTIES) | elsewhere
    assert len(elsewhere) == 6


@EACH
def test_it_is_opened_for_its_party_with_its_limit(kind):
    reports, subject, party, days, grace, rule, _ = DUTIES[kind]
    (duty,) = duties_of(play_out(reports), kind)
    told = (duty.subject, duty.party, duty.opened_on, duty.due_on, duty.lapses_on, duty.rule, duty.closed_by)
    is_asked = kind in (
        "confirm_or_correct",
        "report_replacement",
    )  # its days run from the receipt, a day after the event
    due_on = DAY + timedelta(days=days + is_asked)
    assert told == (expand(subject), USCC_OF[party], DAY, due_on, due_on + timedelta(days=grace), rule, None)


SHOWN = {
    "confirm_receipt": {"giver": "{VD1}", "handed_over_on": "2026-05-20"},
    "report_hand_over": {"receiver": "{UE1}", "received_on": "2026-05-20"},
    "report_origin": {"receiver": "{UE1}"},
    "report_birth": {"seen_on": "2026-05-20", "seen_by": "{CO1}"},
    "report_reuse_product": {"seen_on": "2026-05-20", "seen_by": "{UE1}"},
    "hand_over_removed_battery": {"since": "2026-05-20", "place": "330106"},
    "pass_on_held_battery": {"since": "2026-05-20", "place": "420100"},
    "confirm_or_correct": {"known_holder": "{VD1}", "held_from": "2026-05-10", "claimed_by": "{UE1}",
                           "named_sender": None, "about": []},
    "report_replacement": {
        "expected": [PACK], "found": [], "missing": [{"battery_code": PACK, "last_holder": "{VP1}", "place": "440300"}],
        "replacement_record_no": "{RE1}-1", "recovery_voucher_no": "V1", "about": [PACK],
    },
}  # fmt: skip


@EACH
def test_it_shows_what_called_for_it(kind):
    (duty,) = duties_of(play_out(DUTIES[kind][0]), kind)
    assert duty.evidence == expand(SHOWN[kind])
    assert duty.opened_by == f"r{len(DUTIES[kind][0])}"


@EACH
def test_it_is_provisional_while_no_limit_is_verified(kind):
    assert [duty.is_provisional for duty in duties_of(play_out(DUTIES[kind][0]), kind)] == [True]


@EACH
def test_it_is_closed_or_undone_by_the_report_it_asks_for(kind):
    reports, *_, closing = DUTIES[kind]
    engine = play_out([*reports, closing])
    assert [duty for duty in duties_of(engine, kind) if duty.closed_by is None] == []


@EACH
@pytest.mark.parametrize("days_after", [-15, 0], ids=["due-day", "last-day-of-grace"])
def test_up_to_the_last_day_of_grace_its_absence_is_no_finding(kind, days_after):
    engine = play_out(DUTIES[kind][0])
    (duty,) = duties_of(engine, kind)
    assert lapsed(engine, kind, sweep=duty.lapses_on + timedelta(days=days_after)) == []


@EACH
def test_the_day_after_grace_its_absence_is_a_finding_against_its_party(kind):
    engine = play_out(DUTIES[kind][0])
    (duty,) = duties_of(engine, kind)
    (finding,) = lapsed(engine, kind, sweep=duty.lapses_on + timedelta(days=1))
    assert (finding.party, finding.on) == (USCC_OF[DUTIES[kind][2]], DAY)


@EACH
def test_once_closed_or_undone_it_never_lapses(kind):
    reports, *_, closing = DUTIES[kind]
    assert lapsed(play_out([*reports, closing]), kind, sweep=date(2030, 1, 1)) == []


def test_a_duty_names_the_report_that_opened_it_and_the_one_that_closed_it():
    reports, *_, closing = DUTIES["confirm_receipt"]
    (duty,) = duties_of(play_out([*reports, closing]), "confirm_receipt")
    assert (duty.opener, duty.opened_by, duty.closer, duty.closed_by) == (USCC_OF["VD1"], "r2", USCC_OF["UE1"], "r3")


def test_a_duty_of_a_role_that_owed_nothing_is_not_opened():
    handed_to_an_outlet = battery("VD1", "battery_handed_over", "2026-03-31", receiver="CO1")
    assert duties_of(play_out([FOUND, handed_to_an_outlet]), "confirm_receipt") == []


def test_a_duty_tells_in_which_days_it_is_counted():
    units = {
        day: play_out([battery("UE1", "battery_handed_over", day, receiver="UE2")])
        .verdicts[expand(PACK)]
        .duties[0]
        .unit
        for day in ("2026-03-31", "2026-04-01")
    }
    assert units == {"2026-03-31": "working", "2026-04-01": "calendar"}


def test_before_any_book_there_is_no_duty():
    assert find_deadline("battery_received", on=date(2018, 7, 31), rulebook=load_rulebook()) is None


def test_a_test_on_the_day_of_the_doubt_itself_confirms_nothing():
    same_day = battery("UE1", "battery_tested", "2026-05-20")
    (duty,) = duties_of(play_out([*DOUBTED, same_day]), "confirm_or_correct")
    assert duty.closed_by is None


def test_a_test_by_another_confirms_nothing():
    (duty,) = duties_of(play_out([*DOUBTED, battery("UE2", "battery_tested", "2026-05-21")]), "confirm_or_correct")
    assert duty.closed_by is None


def test_a_lapsed_conflict_keeps_what_its_lead_showed():
    engine = play_out(DOUBTED)
    (finding,) = lapsed(engine, "confirm_or_correct", sweep=date(2026, 12, 31))
    assert (finding.weight, finding.evidence["known_holder"]) == ("violation", USCC_OF["VD1"])


def test_a_giver_that_another_holder_contradicts_is_asked_nothing_more():
    engine = play_out([FOUND, battery("RE1", "battery_handed_over", receiver="UE1")])
    assert duties_of(engine, "report_origin") == []


def test_a_sender_that_another_holder_contradicts_is_only_looked_at():
    engine = play_out([FOUND, battery("UE1", "battery_received", sender="CO1")])
    (finding,) = lapsed(engine, "report_hand_over", sweep=date(2026, 12, 31))
    assert (finding.weight, finding.party) == ("lead", USCC_OF["CO1"])


# -- what opens it, and what does not


def kinds_owed(*reports, by=None, subject=PACK):
    """Return the open duties of a timeline in short: kind, party."""
    duties = play_out(reports).verdicts[expand(subject)].duties
    return sorted((one.kind, one.opened_by) for one in duties if one.closed_by is None and by in (None, one.party))


def test_a_giver_whose_origin_is_unknown_stays_asked_whatever_others_report():
    given = battery("RE1", "battery_handed_over", receiver="UE1")
    after = [
        battery("UE1", "battery_received", "2026-05-22", sender="RE1"),
        battery("UE1", "battery_tested", "2026-05-23"),
    ]
    assert kinds_owed(given, *after, by=USCC_OF["RE1"]) == [("report_origin", "r1")]


def test_who_removes_a_battery_that_it_holds_owes_nothing_twice():
    again = battery("VD1", "battery_removed", "2026-05-12", vin="{vin:1}", reason="scrapping")
    assert kinds_owed(FOUND, again, by=USCC_OF["VD1"]) == [("hand_over_removed_battery", "r1")]
    replaced = battery("RE1", "battery_removed", "2026-05-12", vin="{vin:1}")
    assert kinds_owed(FOUND, replaced, by=USCC_OF["RE1"]) == [("hand_over_removed_battery", "r2")]


def test_a_new_pack_taken_off_for_rework_is_owed_to_nobody():
    rework = battery("VP1", "battery_removed", vin="{vin:1}", reason="rework")
    assert kinds_owed(MADE, BUILT, rework) == []


def test_who_gets_a_new_pack_has_nothing_to_pass_on():
    assert kinds_owed(MADE, battery("SO1", "swap_pool_joined")) == []


def test_who_receives_again_what_it_holds_has_the_days_of_the_first_time():
    again = battery("CO1", "battery_received", "2026-05-22", from_owner=True)
    assert ("pass_on_held_battery", "r1") in kinds_owed(BOUGHT, again)
    assert ("pass_on_held_battery", "r2") not in kinds_owed(BOUGHT, again)


def test_of_a_component_and_of_an_older_pack_nobody_owes_the_birth():
    for code, count in (
        ("{pack:1@2018-08-01}", 1),
        ("{pack:1@2018-07-31}", 0),
        ("{module:1}", 0),
        ("{pack:1@2025-03-12/9ZZ}", 0),
    ):
        seen = {**BOUGHT, "battery_code": code}
        kinds = [kind for kind, _ in kinds_owed(seen, subject=code)]
        assert kinds.count("report_birth") == count, code


def test_a_birth_is_owed_once_however_often_the_pack_is_seen():
    again = battery("CO1", "battery_tested", "2026-05-22")
    assert [kind for kind, _ in kinds_owed(BOUGHT, again)].count("report_birth") == 1


def test_the_receipt_of_what_was_handed_to_another_closes_only_its_own_hand_over():
    second = battery("UE1", "battery_handed_over", "2026-05-22", receiver="UE2")
    assert ("confirm_receipt", "r3") in kinds_owed(FOUND, GIVEN, second)
    third = battery("UE2", "battery_received", "2026-05-24", sender="UE1")
    assert "confirm_receipt" not in [kind for kind, _ in kinds_owed(FOUND, GIVEN, second, third, by=USCC_OF["UE2"])]


def handed(by, on, receiver, **fields):
    return battery(by, "battery_handed_over", on, receiver=receiver, **fields)


def receipts_owed(*reports, subject=PACK):
    duties = play_out(reports).verdicts[expand(subject)].duties
    return {(one.party, one.opened_by): one.closed_by for one in duties if one.kind == "confirm_receipt"}


def test_a_giver_that_hands_the_one_battery_to_somebody_else_asks_the_first_no_more():
    ue1, ue2 = USCC_OF["UE1"], USCC_OF["UE2"]
    assert receipts_owed(FOUND, GIVEN, handed("VD1", "2026-05-22", "UE2")) == {(ue1, "r2"): "r3", (ue2, "r3"): None}
    assert receipts_owed(FOUND, GIVEN, handed("VD1", "2026-05-22", "UE1")) == {(ue1, "r2"): None, (ue1, "r3"): None}
    by_another = handed("CO1", "2026-05-22", "UE2")
    assert receipts_owed(FOUND, GIVEN, by_another) == {(ue1, "r2"): None, (ue2, "r3"): None}


def test_who_hands_out_a_lot_in_parts_is_owed_a_receipt_of_each():
    lot = "LOT-{BP1}-1"
    given = {
        "by": "BP1",
        "kind": "battery_handed_over",
        "occurred_at": "2026-05-20",
        "battery_code": lot,
        "mass_g": 100,
    }
    declared = {"by": "BP1", "kind": "lot_declared", "occurred_at": "2026-05-01", "lot_code": lot, "mass_g": 900}
    parts = [{**given, "receiver": "UE1"}, {**given, "receiver": "UE2", "occurred_at": "2026-05-22"}]
    assert receipts_owed(declared, *parts, subject=lot) == {(USCC_OF["UE1"], "r2"): None, (USCC_OF["UE2"], "r3"): None}


@pytest.mark.parametrize(
    "left",
    [
        pytest.param(battery("UE1", "battery_handed_over", "2026-05-22", receiver="UE2"), id="on its way"),
        pytest.param(battery("UE1", "battery_dismantled", "2026-05-22", recovered_codes=["{module:1}"]), id="taken apart"),
        pytest.param({"by": "UE1", "kind": "reuse_product_made", "occurred_at": "2026-05-22", "product_code": "{product:1}",
                      "parent_codes": [PACK]}, id="made into a product"),
        pytest.param({"by": "UE1", "kind": "material_recovered", "occurred_at": "2026-05-22", "battery_codes": [PACK]},
                     id="recovered"),
        pytest.param(battery("UE1", "battery_lost", "2026-05-22", cause="burnt"), id="lost"),
        pytest.param(battery("OH1", "battery_exported", "2026-05-22"), id="exported"),
        pytest.param(battery("BP1", "battery_refurbished", "2026-05-22"), id="made good"),
        pytest.param(battery("UE2", "battery_received", "2026-05-22", from_owner=True), id="in other hands"),
    ],
)  # fmt: skip
def test_what_has_left_need_not_be_passed_on(left):
    bought = battery("UE1", "battery_received", from_owner=True)
    held = ("pass_on_held_battery", "r1")
    assert held in kinds_owed(bought)
    assert held in kinds_owed(bought, battery("UE1", "battery_tested", "2026-05-22"))
    assert held not in kinds_owed(bought, left)


@pytest.mark.parametrize("holder", ["CO1", "VD1", "UE1", "OH1"])
def test_whoever_receives_a_used_battery_has_to_pass_it_on(holder):
    received = battery(holder, "battery_received", from_owner=True)
    assert ("pass_on_held_battery", "r1") in kinds_owed(received, by=USCC_OF[holder])
