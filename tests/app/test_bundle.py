"""The evidence bundle of findings: made from the database, verified without it."""

import pytest
from bundle_world import CUT, LOST_PACK, NOTE, PACK, SWEPT, BundleWorld, verify

from suyuan.app.bundle import find_claims, write_bundle
from suyuan.app.context import UseCaseError
from suyuan.bundle.archive import unpack_members
from suyuan.bundle.assemble import read_content
from suyuan.bundle.content import Cut

MISSING = "scrapped_vehicle_battery_missing"


@pytest.fixture
def world(database_url):
    return BundleWorld(database_url)


def test_a_bundle_of_all_findings_comes_out_identically(world):
    claims = find_claims(world.context, world.keys())
    written = write_bundle(world.context, claims)
    verification = verify(written.content)
    assert written.not_reproduced == ()
    assert verification.differences == ()
    assert verification.outcome == "identical"
    assert {claim.rule for claim in claims} >= {
        "component_in_two_parents",
        "handed_over_but_never_received",
        MISSING,
        "registered_but_silent",
    }


def test_the_same_findings_at_the_same_cut_are_the_same_bytes(world):
    claims = find_claims(world.context, world.keys())
    first = write_bundle(world.context, claims, cut=Cut(CUT, SWEPT)).content
    assert write_bundle(world.context, claims[::-1], cut=Cut(CUT, SWEPT)).content == first


def test_a_frozen_finding_comes_out_at_its_cut_and_what_came_later_is_told(world):
    claims = find_claims(world.context, world.keys(MISSING))
    world.receive_late()
    assert world.keys(MISSING) == []
    written = write_bundle(world.context, claims, cut=Cut(CUT, SWEPT))
    members = unpack_members(written.content)
    assert written.not_reproduced == ()
    assert verify(written.content).outcome == "identical"
    assert b'"stands": false' in members["computation.json"]
    assert "计入这些报告后不再成立".encode() in members["index.html"]


def test_a_finding_that_late_reports_have_ended_does_not_come_out_without_a_cut(world):
    claims = find_claims(world.context, world.keys(MISSING))
    world.receive_late()
    written = write_bundle(world.context, claims)
    verification = verify(written.content)
    assert written.not_reproduced == claims
    assert verification.outcome == "different"
    assert (verification.differences[0].file, verification.differences[0].field) == ("case.json", MISSING)


def test_the_bundle_holds_the_whole_lives_of_subjects_and_relatives_and_only_the_parties_named(world):
    content = read_content(
        unpack_members(write_bundle(world.context, find_claims(world.context, world.keys())).content)
    )
    by_subject = {one.subject: one for one in content.timelines}
    assert [event.report_id for event in by_subject[PACK].events] == ["p1", "c1", "c2", "c3", "c4"]
    assert not by_subject[LOST_PACK].is_judged
    assert 0 < len(content.register.participants) < len(world.context.read_registry().usccs)


def test_a_note_is_kept_in_the_rows_and_left_out_of_the_page(world):
    members = unpack_members(write_bundle(world.context, find_claims(world.context, world.keys(MISSING))).content)
    assert any(NOTE.encode() in body for name, body in members.items() if name.startswith("reports/"))
    assert NOTE.encode() not in members["index.html"]


def test_a_finding_that_does_not_stand_cannot_be_bundled(world):
    with pytest.raises(UseCaseError, match="no finding held_too_long"):
        find_claims(world.context, [(PACK, "held_too_long", "91420100MA1000090E", "c1")])
