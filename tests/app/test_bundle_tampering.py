"""Whoever changes a bundle is found out: by the digests, and where those were made again, by computing again."""

import io
import json
import warnings
import zipfile
from datetime import timedelta
from itertools import islice

import msgspec
import pytest
from bundle_world import BundleWorld, verify

from suyuan.app.bundle import find_claims, write_bundle
from suyuan.bundle.archive import NotABundleError, pack_members, unpack_members
from suyuan.bundle.assemble import assemble_members, read_content
from suyuan.bundle.compute import compute_content
from suyuan.bundle.content import digest, encode_member
from suyuan.core.rulebook_file import parse_rulebook
from suyuan.rules.catalogue import RULE_TABLE, RULES

MADE = {}


@pytest.fixture
def members(database_url):
    """The members of one bundle, made once: nothing here changes the world."""
    if not MADE:
        world = BundleWorld(database_url)
        MADE["content"] = write_bundle(world.context, find_claims(world.context, world.keys())).content
    return unpack_members(MADE["content"])


def with_manifest(members):
    """Return the members with a manifest that fits them, as a forger would make it."""
    manifest = json.loads(members["manifest.json"])
    manifest["files"] = [
        {"name": name, "bytes": len(body), "sha256": digest(body)}
        for name, body in members.items()
        if name != "manifest.json"
    ]
    return {**members, "manifest.json": encode_member(manifest)}


def come_of(members):
    """Return the outcome and the files that are told to differ."""
    verification = verify(pack_members(members))
    return verification.outcome, [difference.file for difference in verification.differences]


def flip(body, place):
    return body[:place] + bytes([body[place] ^ 1]) + body[place + 1 :]


def test_one_changed_byte_of_any_member_is_told_with_its_file(members):
    for name, body in members.items():
        for place in {0, len(body) // 2, len(body) - 1}:
            changed = {**members, name: flip(body, place)}
            if name == "manifest.json":
                try:
                    assert come_of(changed)[0] == "different"
                except NotABundleError as error:
                    assert "manifest.json" in error.message or "format" in error.message  # noqa: PT017
            else:
                assert come_of(changed) == ("different", [name])


def test_one_changed_byte_of_the_file_itself_is_found(members):
    content = pack_members(members)
    assert verify(content).outcome == "identical"
    for place in range(0, len(content), 211):
        with pytest.raises(NotABundleError):
            unpack_members(flip(content, place))


@pytest.mark.parametrize("extra", [b"x", b"\0" * 22])
def test_bytes_behind_or_before_the_zip_are_found(members, extra):
    content = pack_members(members)
    for changed in (content + extra, extra + content):
        with pytest.raises(NotABundleError):
            unpack_members(changed)


def leaves(value, path=()):
    """Yield the paths of all single values."""
    if isinstance(value, dict | list) and value:
        for name, part in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(part, (*path, name))
    else:
        yield path


def change(value, path):
    """Return a copy in which one single value is another of its kind."""
    copy = json.loads(json.dumps(value))
    place = copy
    for name in path[:-1]:
        place = place[name]
    old = place[path[-1]]
    place[path[-1]] = (
        not old
        if isinstance(old, bool)
        else old + 1
        if isinstance(old, int)
        else old[:-1] + ("1" if old[-1:] != "1" else "2")
        if isinstance(old, str)
        else "x"
    )
    return copy


def test_a_changed_value_with_a_manifest_made_again_is_caught_by_computing_again(members):
    looked_at = 0
    for name, body in members.items():
        if not name.endswith(".json") or name == "manifest.json":
            continue
        value = json.loads(body)
        paths = list(leaves(value)) if value else []
        for path in islice(paths, 0, None, 1 + len(paths) // 15):
            changed = change(value, path)
            encoded = json.dumps(changed, separators=(",", ":"), ensure_ascii=False, sort_keys=True).encode()
            written = encoded if name.startswith("reports/") else encode_member(changed)
            try:
                outcome, files = come_of(with_manifest({**members, name: written}))
                assert outcome == "different", (name, path)
                assert files
            except NotABundleError:
                pass  # a value that the format does not have
            looked_at += 1
    assert looked_at > 100


def test_a_dropped_row_is_missed_by_its_timeline(members):
    name = next(name for name in members if name.startswith("reports/") and name.endswith(".json"))
    without = with_manifest({other: body for other, body in members.items() if other != name})
    assert come_of(without) == ("different", [name, *come_of(without)[1][1:]])


def test_two_swapped_rows_are_told_apart(members):
    first, second, *_ = (name for name in members if name.startswith("reports/") and name.endswith(".json"))
    swapped = with_manifest({**members, first: members[second], second: members[first]})
    outcome, files = come_of(swapped)
    assert outcome == "different"
    assert {first, second} <= set(files)


def test_a_changed_limit_is_not_the_programs_own(members):
    name = "rulebook/2026.toml"
    changed = members[name].replace(b"grace_days = 15", b"grace_days = 5")
    assert changed != members[name]
    assert come_of(with_manifest({**members, name: changed})) == ("different", [name])


def test_a_submission_received_at_another_time_contradicts_its_events(members):
    submissions = json.loads(members["submissions.json"])
    submissions[0]["received_at"] = "2025-01-01T00:00:00Z"
    changed = with_manifest({**members, "submissions.json": encode_member(submissions)})
    outcome, files = come_of(changed)
    assert outcome == "different"
    assert files[0].startswith("timelines/")


def forge(members, change_content):
    """Return a bundle in which everything was written again by this program after a change of its content."""
    content = read_content(members)
    change_content(content)
    book = parse_rulebook(content.rulebook_texts)
    computation, computed = compute_content(content, registry=content.register.build(), rulebook=book, rules=RULE_TABLE)
    found = {claim.key: claim for claim in computed}
    claimed = tuple(found[claim.key] for claim in content.subject.claimed if claim.key in found)
    version = f"{content.subject.verdict_version.partition('-')[0]}-{book.version}"
    content.subject = msgspec.structs.replace(content.subject, claimed=claimed, verdict_version=version)
    return assemble_members(content, computation=computation, rules=RULES)


def test_a_bundle_written_again_without_change_is_the_same(members):
    assert forge(members, lambda _content: None) == members


def test_even_a_wholly_computed_forgery_cannot_change_a_packaged_limit(members):
    def shorten(content):
        text = content.rulebook_texts["2026.toml"]
        content.rulebook_texts["2026.toml"] = text.replace("grace_days = 15", "grace_days = 5")

    assert come_of(forge(members, shorten)) == ("different", ["rulebook/2026.toml"])


def test_a_consistent_lie_about_the_time_of_receipt_is_for_the_receipts_to_find(members):
    def receive_earlier(content):
        moved = content.submissions[-1]
        earlier = moved.received_at - timedelta(days=1)
        content.submissions = (*content.submissions[:-1], msgspec.structs.replace(moved, received_at=earlier))
        content.timelines = tuple(
            msgspec.structs.replace(
                one,
                events=tuple(
                    msgspec.structs.replace(event, received_at=earlier)
                    if event.submission == moved.submission
                    else event
                    for event in one.events
                ),
            )
            for one in content.timelines
        )

    forged = forge(members, receive_earlier)
    assert forged != members
    assert come_of(forged) == ("identical", [])


def test_another_programs_bundle_is_checked_for_integrity_alone(members):
    def renumber(name):
        value = json.loads(members[name])
        value["verdict_version"] = "0-abc"
        return encode_member(value)

    other = with_manifest({**members, "case.json": renumber("case.json"), "manifest.json": renumber("manifest.json")})
    assert come_of(other) == ("other_version", [])
    assert come_of({**other, "index.html": b"another"}) == ("different", ["index.html"])


# -- hostile files ---------------------------------------------------------------------------------------------------


def zip_of(*entries, compression=zipfile.ZIP_STORED):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", compression) as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # one of the files has a name twice, on purpose
        for name, body in entries:
            archive.writestr(name, body)
    return target.getvalue()


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(b"", "no evidence bundle", id="empty"),
        pytest.param(b"%PDF-1.7", "no evidence bundle", id="not a zip"),
        pytest.param(zip_of(("a.txt", b"x")), "packed again", id="another zip"),
        pytest.param(pack_members({"a.txt": b"x"}), "lacks manifest.json", id="no manifest"),
        pytest.param(zip_of(("../etc/passwd", b"x")), "plain names", id="a name that climbs"),
        pytest.param(zip_of(("/etc/passwd", b"x")), "plain names", id="an absolute name"),
        pytest.param(zip_of(("a/b/c.json", b"x")), "plain names", id="a deep name"),
        pytest.param(zip_of(("a.json", b"1"), ("a.json", b"2")), "twice", id="a name that occurs twice"),
        pytest.param(
            zip_of(("manifest.json", b"0" * 50_000_000), compression=zipfile.ZIP_DEFLATED), "compressed", id="a bomb"
        ),
        pytest.param(pack_members({"manifest.json": b"[" * 200_000}), "not what the format says", id="deep JSON"),
        pytest.param(pack_members({"manifest.json": b"\xff\xfe"}), "not what the format says", id="no UTF-8"),
        pytest.param(pack_members({f"{n}.txt": b"" for n in range(50_001)}), "at most", id="too many members"),
    ],
)
def test_a_hostile_file_is_refused_in_words(content, said):
    with pytest.raises(NotABundleError) as told:
        verify(content)
    assert said in told.value.message
    assert told.value.message_zh
