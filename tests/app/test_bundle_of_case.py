"""The evidence bundle of a case: what was frozen comes out at the moment of the opening, whatever came since."""

from datetime import timedelta

import msgspec
import pytest
from bundle_world import verify
from case_desk import HANDLER, LIFE, PACK, CaseWorld
from database_world import NOW

from suyuan.app.bundle import find_claims, write_bundle
from suyuan.app.bundle_case import write_case_bundle
from suyuan.app.judge import judge_pending
from suyuan.app.move_case import move_case
from suyuan.app.register import import_entries
from suyuan.app.rulebook import adopt_rulebook
from suyuan.app.sweep import sweep
from suyuan.app.take_in import UnknownError
from suyuan.bundle.archive import pack_members, unpack_members
from suyuan.bundle.assemble import assemble_members, read_content
from suyuan.bundle.compute import compute_content
from suyuan.core.document import Document
from suyuan.core.topic import TOPICS
from suyuan.rules.catalogue import RULE_TABLE, RULES
from suyuan.store.documents import Issued, Occasion, Series, issue

TURNS_UP = {"kind": "battery_received", "battery_code": PACK, "from_owner": True, "report_id": "late"}
ENDS_CASE = {"reason": "no_breach", "text": "the pack was found"}


@pytest.fixture
def world(database_url):
    world = CaseWorld(database_url)
    world.submit_each(LIFE)
    sweep(world.context, as_of=NOW.date())
    return world


def turn_up(world):
    """The pack turns up with a utilization enterprise after the case was opened."""
    after = NOW + timedelta(days=3)
    world.submit("UE1", {**TURNS_UP, "occurred_at": after.date().isoformat()}, received_at=after)


def test_a_frozen_finding_comes_out_after_the_record_the_sweep_and_the_register_went_on(world):
    case_no = world.open()
    turn_up(world)
    sweep(world.context, as_of=NOW.date() + timedelta(days=200))
    participants = "uscc,name,roles,division,manufacturer_codes,valid_from,valid_until\n"
    row = "91430100MA10000A1N,Renamed,utilization_enterprise,430100,004,2015-01-01,2016-01-01\n"
    done = import_entries(world.context, TOPICS["participants"], (participants + row).encode())
    assert done["rejected"] == 0, done
    written = write_case_bundle(world.context, case_no)
    assert written.not_reproduced == ()
    assert verify(written.content).outcome == "identical"
    assert b"Renamed" not in unpack_members(written.content)["register.json"]


OWN = """
[[limit]]
book = "2026"
kind = "confirm_or_correct"
days = 300
unit = "calendar"
grace_days = 0
source = "operator"
verified = false
"""


def test_a_case_is_computed_by_the_rulebook_of_its_opening(world):
    case_no = world.open()
    before = world.context.rulebook.version
    adopted = adopt_rulebook(world.context, OWN.encode())
    assert adopted["adopted"], adopted
    judge_pending(world.context)
    written = write_case_bundle(world.context, case_no)
    content = read_content(unpack_members(written.content))
    assert written.not_reproduced == ()
    assert content.subject.verdict_version.partition("-")[2] == before
    assert content.rulebook_texts.get("own.toml") != OWN
    assert verify(written.content).outcome == "identical"


def test_the_operators_own_rules_are_named_to_whoever_verifies(world):
    assert "own.toml" in world.context.rulebook.texts  # the ceiling for fines
    verification = verify(write_case_bundle(world.context, world.open()).content)
    assert (verification.outcome, verification.own_texts) == ("identical", ("own.toml",))


def test_the_page_tells_the_course_of_the_case_and_that_its_finding_has_vanished(world):
    case_no = world.open()
    turn_up(world)
    closed_at = NOW + timedelta(days=5)
    move_case(world.context, case_no, "close_early", officer=HANDLER, fields=ENDS_CASE, acted_at=closed_at)
    page = unpack_members(write_case_bundle(world.context, case_no).content)["index.html"].decode()
    for said in (f"案件 {case_no}", "Henan Commerce", "the pack was found", "已结案", "计入这些报告后不再成立"):
        assert said in page


def test_what_a_case_settled_does_not_count_at_its_own_opening(world):
    first = world.open()
    closed_at = NOW + timedelta(days=1)
    move_case(world.context, first, "close_early", officer=HANDLER, fields=ENDS_CASE, acted_at=closed_at)
    before = write_case_bundle(world.context, first)
    content = read_content(unpack_members(before.content))
    assert content.given_facts.at_cut == ()
    assert [fact.source for fact in content.given_facts.now] == [f"case:{first}"]
    assert verify(before.content).outcome == "identical"


def test_what_was_issued_in_a_case_stands_in_its_bundle_and_cannot_be_changed(world):
    case_no = world.open()
    occasion = Occasion(f"case:{case_no}", "order_to_correct", f"{case_no}/2")
    series = Series("hn-commerce", "责改", 2026)
    letter = Document(
        "order_to_correct", "letter", "责令改正通知书", organ="Henan Commerce", number="豫商责改〔2026〕1号"
    )
    issue(
        world.connection,
        occasion,
        series=series,
        make=lambda number: Issued(series, number, occasion, NOW, letter, "letter", "00"),
    )
    content = read_content(unpack_members(write_case_bundle(world.context, case_no).content))
    assert [one.document for one in content.documents] == [letter]
    assert outcome_of(world, content)[0] == "identical"
    forged = msgspec.structs.replace(letter, title="处罚决定书")
    content.documents = (msgspec.structs.replace(content.documents[0], document=forged),)
    assert outcome_of(world, content) == ("different", ["documents.json"])


def outcome_of(world, content):
    """Return what comes of a bundle that this program wrote of some content, and the files that are told to differ."""
    computation, _ = compute_content(
        content, registry=content.register.build(), rulebook=world.context.rulebook, rules=RULE_TABLE
    )
    verification = verify(pack_members(assemble_members(content, computation=computation, rules=RULES)))
    return verification.outcome, [one.file for one in verification.differences]


def test_a_state_that_does_not_follow_from_the_acts_is_found(world):
    content = read_content(unpack_members(write_case_bundle(world.context, world.open()).content))
    case = msgspec.structs.replace(content.subject.case, state="closed")
    content.subject = msgspec.structs.replace(content.subject, case=case)
    assert outcome_of(world, content) == ("different", ["case.json"])


def test_a_finding_that_the_case_did_not_freeze_cannot_be_claimed_for_it(world):
    content = read_content(unpack_members(write_case_bundle(world.context, world.open()).content))
    content.subject = msgspec.structs.replace(content.subject, claimed=())
    assert outcome_of(world, content) == ("different", ["case.json"])


def test_a_case_of_another_authority_has_no_bundle_for_an_officer(world):
    case_no = world.open()
    with pytest.raises(UnknownError):
        write_case_bundle(world.context, case_no[:-1] + "9")


def test_an_order_that_was_not_carried_out_comes_out_of_the_acts_of_its_case(world):
    case_no = world.open()
    for day, move, fields in (
        (1, "investigate", {"record": "looked at the yard"}),
        (2, "order_correction", {"text": "say where the pack is", "correct_by": "2026-10-20"}),
    ):
        at = NOW + timedelta(days=day)
        move_case(world.context, case_no, move, officer=HANDLER, fields=fields, acted_at=at)
    sweep(world.context, as_of=NOW.date() + timedelta(days=100))
    subject = f"case:{case_no}"
    rows = "SELECT subject, rule, reporter, report_id FROM finding_shown WHERE subject = %s"
    claims = find_claims(world.context, map(tuple, world.connection.execute(rows, [subject]).fetchall()))
    written = write_bundle(world.context, claims)
    assert [claim.rule for claim in claims] == ["correction_overdue"]
    assert written.not_reproduced == ()
    assert verify(written.content).outcome == "identical"
