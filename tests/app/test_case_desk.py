"""Cases in the database: what may be taken in, who may act, what a case tells its subjects, and that a rebuild agrees."""

import threading
from datetime import date, timedelta

import pytest
from case_desk import HANDLER, LIFE, MISSING, PACK, REVIEWER, SECOND, VIN, CaseWorld
from database_world import NOW
from story import USCC_OF, expand

from suyuan.app import case_candidates
from suyuan.app.case_candidates import FindingFilter, browse_candidates
from suyuan.app.case_trouble import CaseFaultsError
from suyuan.app.context import UseCaseError
from suyuan.app.move_case import answer_case, move_case
from suyuan.app.officer import require_desk
from suyuan.app.read_cases import browse_cases, browse_own_cases, read_case_file, show_case, show_own_case
from suyuan.app.rebuild import rebuild
from suyuan.app.sweep import sweep
from suyuan.app.take_in import UnknownError
from suyuan.app.trace import trace
from suyuan.store.cases import read_penalties

VP1 = USCC_OF["VP1"]
BASIS = {"article": "Art. 40", "article_text": "Whoever scraps a vehicle without its battery …"}
NOTICE = {"intended": "fine", "amount_yuan": "20000", "facts": "the pack is missing", "grounds": "Art. 40", **BASIS}


@pytest.fixture
def world(database_url):
    world = CaseWorld(database_url)
    world.submit_each(LIFE)
    return world


def on(days):
    return (NOW.date() + timedelta(days=days)).isoformat()


def move(world, case_no, name, day, *, officer=HANDLER, second=None, **fields):
    return move_case(
        world.context,
        case_no,
        name,
        officer=officer,
        second_officer=second,
        fields=fields,
        acted_at=NOW + timedelta(days=day),
    )


def order(world, case_no):
    move(world, case_no, "investigate", 1, record="looked at the yard")
    return move(world, case_no, "order_correction", 2, text="say where the pack is", correct_by=on(30))


def decide(world, case_no, *, decision="fine", **fields):
    said = {"amount_yuan": 20_000} if decision == "fine" else {}
    move(world, case_no, "investigate", 1, record="looked at the yard")
    move(world, case_no, "give_notice", 2, **NOTICE)
    move(world, case_no, "pass_review", 13, officer=REVIEWER, opinion="in order")
    move(world, case_no, "decide", 14, second=SECOND, decision=decision, text="decided", **said, **fields)


def serve(world, case_no):
    decide(world, case_no)
    move(world, case_no, "serve", 15, served_on=on(15), manner="direct")


def duties(world, case_no):
    rows = world.connection.execute(
        "SELECT kind, rule, party, opener, opened_by, due_on, lapses_on, closed_by, evidence "
        "FROM duty WHERE subject = %s ORDER BY opened_by",
        [f"case:{case_no}"],
    )
    return [tuple(row) for row in rows]


def is_rebuilt_identically(world):
    done = rebuild(world.context)
    return done["identical"], done["differing"]


# -- opening -------------------------------------------------------------------------------------------------------


def test_an_officer_takes_in_a_finding_and_the_case_is_numbered_by_organ_and_year(world):
    case_no = world.open()
    assert case_no == "410000-commerce-2026-0001"
    file = read_case_file(world.context, case_no)
    assert (file.state, file.party.uscc, file.place, file.authority.name) == ("filed", VP1, "410100", "Henan Commerce")
    [finding] = file.findings
    assert (finding.rule, finding.subject, finding.standing, finding.is_verified) == (
        MISSING.rule,
        f"vehicle:{VIN}",
        "stands",
        False,
    )
    assert finding.evidence["missing"][0]["battery_code"] == PACK
    assert [act.officer.name for act in file.acts] == ["Officer 1"]


def test_a_finding_comes_into_one_case_only(world):
    world.open()
    with pytest.raises(UseCaseError, match="no such finding"):
        world.open()


@pytest.mark.parametrize(
    "officer",
    [
        pytest.param("zj-commerce-1", id="another-place"),
        pytest.param("hn-industry-1", id="another-line"),
        pytest.param("cn-industry-1", id="the-nation-in-another-line"),
    ],
)
def test_only_the_authority_of_place_and_line_takes_it(world, officer):
    with pytest.raises(UseCaseError, match="no such finding"):
        world.open(officer=officer)
    assert world.open(officer="zz-commerce-1") == "410100-commerce-2026-0001"


def test_an_officer_must_stand_in_the_register(world):
    with pytest.raises(UseCaseError, match='no officer "nobody"'):
        world.open(officer="nobody")


def test_findings_of_one_party_come_into_one_case_and_several_parties_are_told(world):
    second_vin, second_pack = expand("{vin:2}"), expand("{pack:2}")
    changed = {"report_id": "again", "vin": second_vin}
    world.submit_each(
        [
            {**LIFE[0], "report_id": "again", "battery_code": second_pack},
            {**LIFE[1], **changed, "battery_codes": [second_pack]},
            {**LIFE[2], **changed},
            {"by": "VD1", "kind": "recovery_certificate_issued", "occurred_at": "2026-05-21", "vin": VIN},
        ]
    )
    with pytest.raises(UseCaseError, match="several parties"):
        world.open(FindingFilter())
    case_no = world.open(FindingFilter(party=VP1))
    assert [one.subject for one in read_case_file(world.context, case_no).findings] == sorted(
        [f"vehicle:{VIN}", f"vehicle:{second_vin}"]
    )
    assert world.open(FindingFilter(party=USCC_OF["VD1"])) == "410000-commerce-2026-0002"


def test_two_officers_at_once_make_one_case_of_a_finding(world):
    other = CaseWorld.__new__(CaseWorld)
    other.url, other.context = world.url, world.open_context()
    made, refused = [], []

    def run(one):
        try:
            made.append(world.open(context=one.context))
        except UseCaseError as error:
            refused.append(error)

    threads = [threading.Thread(target=run, args=(one,)) for one in (world, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (made, len(refused)) == (["410000-commerce-2026-0001"], 1)


# -- moving --------------------------------------------------------------------------------------------------------


def test_all_faults_of_a_move_come_at_once_and_nothing_is_recorded(world):
    case_no = world.open()
    with pytest.raises(CaseFaultsError) as caught:
        move(world, case_no, "investigate", 1, place="x")
    assert [one.code for one in caught.value.faults] == ["field_unknown", "field_missing"]
    assert len(read_case_file(world.context, case_no).acts) == 1


def test_officers_of_other_authorities_see_no_such_case(world):
    case_no = world.open()
    for officer in ("zz-commerce-1", "hn-industry-1"):
        with pytest.raises(UnknownError):
            move(world, case_no, "investigate", 1, officer=officer, record="x")
    with pytest.raises(UnknownError):
        move(world, "410000-commerce-2026-0002", "investigate", 1, record="x")


def test_the_second_officer_is_one_of_the_same_authority(world):
    case_no = world.open()
    move(world, case_no, "investigate", 1, record="looked at the yard")
    move(world, case_no, "give_notice", 2, **NOTICE)
    move(world, case_no, "pass_review", 13, officer=REVIEWER, opinion="in order")
    with pytest.raises(CaseFaultsError) as caught:
        move(world, case_no, "decide", 14, second="zj-commerce-1", decision="fine", text="x", amount_yuan=5)
    assert [one.code for one in caught.value.faults] == ["second_officer_unknown"]


# -- orders --------------------------------------------------------------------------------------------------------


def test_the_day_of_an_order_is_a_duty_until_it_is_performed(world):
    case_no = world.open()
    order(world, case_no)
    lapses = date.fromisoformat(on(37))
    opened_by, due = f"{case_no}/3", date.fromisoformat(on(30))
    [(kind, rule, party, opener, opener_act, due_on, lapses_on, closed_by, evidence)] = duties(world, case_no)
    assert (kind, rule, party, opener, opener_act) == (
        "carry_out_order",
        "correction_overdue",
        VP1,
        "hn-commerce",
        opened_by,
    )
    assert (due_on, lapses_on, closed_by) == (due, lapses, None)
    assert evidence == f'{{"case":"{case_no}","order":3}}'
    move(world, case_no, "confirm_correction", 20, corrected_on=on(20), proof="report r9")
    assert duties(world, case_no)[0][7] == f"{case_no}/4"
    assert is_rebuilt_identically(world) == (True, {})


def test_an_order_ends_when_a_late_report_takes_away_its_ground_and_comes_back_with_it(world):
    case_no = world.open()
    order(world, case_no)
    late = {"by": "VD1", "kind": "battery_received", "occurred_at": "2026-05-22", "battery_code": PACK, "report_id": "late",
            "from_owner": True}  # fmt: skip
    world.submit_each([late])
    sweep(world.context, as_of=date.fromisoformat(on(100)))
    assert duties(world, case_no)[0][7] == "findings_vanished"
    shown = show_case(world.context, case_no)
    assert (shown["vanished"], shown["findings"][0]["standing"]) == (True, "vanished")
    assert browse_cases(world.context, limit=9).entries[0]["vanished"] is True
    assert is_rebuilt_identically(world) == (True, {})
    world.submit_each([{"by": "VD1", "kind": "report_withdrawn", "occurred_at": "2026-05-23", "withdrawn_report_id": "late",
                        "report_id": "back"}])  # fmt: skip
    sweep(world.context, as_of=date.fromisoformat(on(100)))
    assert duties(world, case_no)[0][7] is None
    assert show_case(world.context, case_no)["vanished"] is False
    assert is_rebuilt_identically(world) == (True, {})


def overdue(world, case_no):
    rows = world.connection.execute("SELECT rule, weight, party FROM finding WHERE subject = %s", [f"case:{case_no}"])
    return [tuple(row) for row in rows]


def test_an_order_left_alone_is_found_overdue_after_its_grace_and_no_more_once_it_is_performed(world):
    case_no = world.open()
    order(world, case_no)
    sweep(world.context, as_of=date.fromisoformat(on(37)))
    assert overdue(world, case_no) == [], "the last day of grace"
    sweep(world.context, as_of=date.fromisoformat(on(38)))
    assert overdue(world, case_no) == [("correction_overdue", "violation", VP1)]
    assert is_rebuilt_identically(world) == (True, {})
    move(world, case_no, "confirm_correction", 40, corrected_on=on(40), proof="report r9")
    assert overdue(world, case_no) == []
    assert is_rebuilt_identically(world) == (True, {})


def test_a_case_may_stand_on_the_overdue_order_of_another_and_rests_with_it(world):
    first = world.open()
    order(world, first)
    sweep(world.context, as_of=date.fromisoformat(on(38)))
    second = world.open(FindingFilter(rule="correction_overdue"), at=NOW + timedelta(days=39))
    file = read_case_file(world.context, second)
    assert [one.subject for one in file.findings] == [f"case:{first}"]
    move(world, second, "investigate", 40, record="x")
    move(world, second, "order_correction", 41, text="carry the order out", correct_by=on(50))
    late = {"by": "VD1", "kind": "battery_received", "occurred_at": "2026-05-22", "battery_code": PACK, "report_id": "late",
            "from_owner": True}  # fmt: skip
    world.submit_each([late])
    sweep(world.context, as_of=date.fromisoformat(on(100)))
    assert duties(world, first)[0][7] == duties(world, second)[0][7] == "findings_vanished"
    assert overdue(world, first) == overdue(world, second) == []
    assert is_rebuilt_identically(world) == (True, {})


def test_a_case_closes_for_vanished_findings_only_when_they_have(world):
    case_no = world.open()
    with pytest.raises(CaseFaultsError) as caught:
        move(world, case_no, "close_early", 1, reason="findings_vanished", text="x")
    assert [one.code for one in caught.value.faults] == ["findings_still_stand"]


# -- what a decision does ------------------------------------------------------------------------------------------


def test_an_incomplete_vehicle_whose_packs_are_decided_is_scrapped(world):
    assert world.state(VIN)[0] == "incomplete"
    case_no = world.open()
    decide(world, case_no)
    assert world.state(VIN)[0] == "scrapped"
    assert (MISSING.rule, "violation") in world.rules(VIN), "what was found stays on record"
    assert is_rebuilt_identically(world) == (True, {})


def test_a_view_as_of_a_day_before_the_decision_knows_nothing_of_it(world):
    decide(world, world.open())
    day = NOW.date() + timedelta(days=14)
    assert trace(world.context, VIN, as_of=day)["state"]["status"] == "scrapped"
    assert trace(world.context, VIN, as_of=day - timedelta(days=1))["state"]["status"] == "incomplete"


def test_a_revoked_decision_leaves_the_vehicle_incomplete(world):
    case_no = world.open()
    serve(world, case_no)
    assert [one.case_no for one in read_penalties(world.connection)[VP1]] == [case_no]
    move(world, case_no, "contest", 20, path="reconsideration", contested_on=on(20), organ="people's government")
    move(world, case_no, "revoke", 30, outcome_on=on(30), text="revoked")
    assert world.state(VIN)[0] == "incomplete"
    assert read_penalties(world.connection) == {}
    assert is_rebuilt_identically(world) == (True, {})


def test_a_penalty_shows_in_the_next_case_with_the_two_years_it_bars(world):
    serve(world, world.open())
    second_vin, second_pack = expand("{vin:2}"), expand("{pack:2}")
    changed = {"report_id": "again", "vin": second_vin}
    world.submit_each(
        [
            {**LIFE[0], "report_id": "again", "battery_code": second_pack},
            {**LIFE[1], **changed, "battery_codes": [second_pack]},
            {**LIFE[2], **changed},
        ]
    )
    next_no = world.open(FindingFilter(party=VP1), at=NOW + timedelta(days=40))
    [earlier] = show_case(world.context, next_no)["earlier_penalties"]
    decided_on = NOW.date() + timedelta(days=14)
    assert (earlier["decision"], earlier["decided_on"]) == ("fine", decided_on.isoformat())
    assert earlier["barred_until"] == decided_on.replace(year=decided_on.year + 2).isoformat()


def test_an_officer_settles_contradicting_reports_and_ends_the_duty_to_confirm(world):
    other = {**LIFE[1], "by": "VP2", "report_id": "other", "vin": expand("{vin:3}"), "occurred_at": "2025-04-02"}
    world.submit_each([other])
    rule = "pack_bound_to_two_vehicles"
    meant = FindingFilter(subject=PACK, rule=rule)
    officer = "cn-industry-1"
    case_no = world.open(meant, officer=officer)
    assert show_case(world.context, case_no)["party"] is None
    open_duty = "SELECT closed_by, closer FROM duty WHERE subject = %s AND kind = 'confirm_or_correct'"
    assert world.connection.execute(open_duty, [PACK]).fetchone() == (None, None)
    move(
        world,
        case_no,
        "close_early",
        3,
        officer=officer,
        reason="confirmed_as_reported",
        text="looked at both vehicles",
    )
    assert world.connection.execute(open_duty, [PACK]).fetchone() == (f"case:{case_no}", "cn-industry")
    assert (rule, "lead") in world.rules(PACK)
    assert is_rebuilt_identically(world) == (True, {})


# -- the party -----------------------------------------------------------------------------------------------------


def test_the_party_sees_nothing_before_something_was_served_to_it(world):
    case_no = world.open()
    move(world, case_no, "investigate", 1, record="secret")
    assert browse_own_cases(world.context, party=VP1, limit=9).entries == []
    with pytest.raises(UnknownError):
        show_own_case(world.context, case_no, party=VP1)
    with pytest.raises(UnknownError):
        answer_case(world.context, case_no, "take_statement", party=VP1, fields={"text": "x", "stated_on": on(0)})


def test_the_party_sees_what_was_served_and_states_its_defence(world):
    case_no = world.open(at=NOW - timedelta(days=2))
    move(world, case_no, "investigate", -1, record="secret")
    move(world, case_no, "give_notice", -1, **NOTICE)
    assert [one["case_no"] for one in browse_own_cases(world.context, party=VP1, limit=9).entries] == [case_no]
    answer_case(
        world.context, case_no, "take_statement", party=VP1, fields={"text": "we sold it whole", "stated_on": on(0)}
    )
    seen = show_own_case(world.context, case_no, party=VP1)
    assert [act["move"] for act in seen["acts"]] == ["give_notice", "take_statement"]
    assert "secret" not in repr(seen)
    assert seen["decision"] is None
    with pytest.raises(UnknownError):
        show_own_case(world.context, case_no, party=USCC_OF["VD1"])
    with pytest.raises(CaseFaultsError):
        answer_case(world.context, case_no, "decide", party=VP1, fields={"decision": "no_penalty", "text": "x"})


def test_the_party_sees_the_decision_once_it_was_served(world):
    case_no = world.open()
    decide(world, case_no)
    assert show_own_case(world.context, case_no, party=VP1)["decision"] is None
    move(world, case_no, "serve", 15, served_on=on(15), manner="direct")
    assert show_own_case(world.context, case_no, party=VP1)["decision"]["amount_yuan"] == 20_000


# -- lists ---------------------------------------------------------------------------------------------------------


def test_lists_are_cut_by_state_party_authority_and_deadline(world):
    case_no = world.open()
    order(world, case_no)

    def numbers(**filters):
        return [one["case_no"] for one in browse_cases(world.context, limit=9, **filters).entries]

    assert numbers() == numbers(state="ordered", party=VP1, authority="hn-commerce") == [case_no]
    assert numbers(state="filed") == numbers(party=USCC_OF["VD1"]) == numbers(authority="zj-commerce") == []
    assert numbers(overdue_on=date.fromisoformat(on(31))) == [case_no]
    assert numbers(overdue_on=date.fromisoformat(on(30))) == []


def test_a_case_shows_what_may_come_next_and_what_each_move_needs(world):
    shown = show_case(world.context, world.open())
    assert [one["move"] for one in shown["next_moves"]] == ["investigate", "close_early"]
    assert [field["field"] for field in shown["next_moves"][0]["fields"] if field["needed"]] == ["record"]


def more_wrecks(world, count):
    """Scrap more vehicles of the same producer without their packs."""
    for serial in range(2, count + 2):
        pack, vin = expand(f"{{pack:{serial}}}"), expand(f"{{vin:{serial}}}")
        changed = {"report_id": f"again{serial}", "vin": vin}
        world.submit_each(
            [
                {**LIFE[0], "report_id": f"again{serial}", "battery_code": pack},
                {**LIFE[1], **changed, "battery_codes": [pack]},
                {**LIFE[2], **changed},
            ]
        )


def read_pages(browse):
    entries, cursor = [], None
    while True:
        page = browse(limit=2, cursor=cursor)
        assert len(page.entries) <= 2
        entries += page.entries
        cursor = page.following
        if cursor is None:
            return entries


def test_pages_together_are_the_list_of_candidates_and_of_cases(world):
    more_wrecks(world, 4)
    desk = require_desk(world.context, HANDLER, at=NOW)
    candidates = read_pages(
        lambda **page: browse_candidates(world.context, desk, FindingFilter(rule=MISSING.rule), **page)
    )
    assert sorted(one["subject"] for one in candidates) == sorted(
        f"vehicle:{expand(f'{{vin:{n}}}')}" for n in range(1, 6)
    )
    numbers = [world.open(FindingFilter(subject=expand(f"{{vin:{n}}}"), party=VP1)) for n in range(1, 6)]
    assert numbers == [f"410000-commerce-2026-000{n}" for n in range(1, 6)]
    listed = read_pages(lambda **page: browse_cases(world.context, **page))
    assert [one["case_no"] for one in listed] == numbers[::-1]
    overdue = read_pages(lambda **page: browse_cases(world.context, overdue_on=NOW.date(), **page))
    assert overdue == []
    assert browse_candidates(world.context, desk, FindingFilter(party=VP1), limit=9).entries == []


def test_a_page_goes_on_behind_a_case_that_passes_the_filters_no_more(world):
    more_wrecks(world, 1)
    first, second = (world.open(FindingFilter(subject=expand(f"{{vin:{n}}}"), party=VP1)) for n in (1, 2))
    page = browse_cases(world.context, limit=1, state="filed")
    assert [one["case_no"] for one in page.entries] == [second]
    move(world, second, "investigate", 1, record="x")
    following = browse_cases(world.context, limit=1, state="filed", cursor=page.following)
    assert [one["case_no"] for one in following.entries] == [first]


def test_a_case_holds_two_hundred_findings_at_most(world, monkeypatch):
    more_wrecks(world, 1)
    monkeypatch.setattr(case_candidates, "FINDINGS_PER_CASE_MAX", 1)
    with pytest.raises(UseCaseError, match="Too many findings"):
        world.open(FindingFilter(party=VP1))
    assert world.open() == "410000-commerce-2026-0001"
