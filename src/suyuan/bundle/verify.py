"""Verify a bundle: is it whole, do the timelines say what the rows say, and does computing again end in the same words?

Needs the bundle alone. What it cannot prove is said in `docs/reference/bundle.md`: that a report was received when the
bundle says so is proved by the receipts of the transparency log.
"""

from collections.abc import Iterator, Mapping
from itertools import chain, islice
from typing import Any, Literal

import msgspec

from suyuan.bundle.archive import unpack_members
from suyuan.bundle.assemble import RULEBOOK_FOLDER, Manifest, assemble_members, read_content, read_manifest
from suyuan.bundle.check_case import check_case, check_documents, check_orders
from suyuan.bundle.check_rows import check_rows
from suyuan.bundle.compute import compute_content
from suyuan.bundle.content import Claimed, Content, digest, plain
from suyuan.bundle.difference import Difference, compare_values
from suyuan.core.fold import PROGRAM_VERSION, RuleTable, name_version
from suyuan.core.rulebook import Rulebook
from suyuan.core.rulebook_file import parse_rulebook

DIFFERENCES_MAX = 50
Outcome = Literal["identical", "different", "other_version"]


class Verification(msgspec.Struct, frozen=True):
    """What came of it: the outcome, the first differences, and how much was looked at.

    `own_texts` are rulebook texts that no program carries: an operator's entries, another calendar.
    """

    outcome: Outcome
    bundle_sha256: str
    case_no: str | None
    verdict_version: str
    member_count: int
    report_count: int
    subject_count: int
    claimed: tuple[Claimed, ...]
    own_texts: tuple[str, ...]
    differences: tuple[Difference, ...]


def verify_bundle(content: bytes, *, rules: RuleTable, packaged_texts: Mapping[str, str]) -> Verification:
    """Return what came of verifying a file; raises NotABundleError for what is none.

    `packaged_texts` are the rulebook files and the calendar of this program: those of a bundle of the same version must be
    the same; what an operator has of its own stands beside them.
    """
    members = unpack_members(content)
    manifest = read_manifest(members)
    differences = list(islice(_check_digests(members, manifest), DIFFERENCES_MAX))
    bundle = read_content(members) if not differences else None
    outcome: Outcome = "different"
    if bundle is not None:
        if manifest.verdict_version.partition("-")[0] != str(PROGRAM_VERSION):
            outcome = "other_version"
        else:
            differences = list(islice(_recompute(bundle, members, rules, packaged_texts), DIFFERENCES_MAX))
            outcome = "different" if differences else "identical"
    return Verification(
        outcome,
        digest(content),
        manifest.case_no,
        manifest.verdict_version,
        len(members),
        len(bundle.reports) if bundle else 0,
        sum(one.is_judged for one in bundle.timelines) if bundle else 0,
        bundle.subject.claimed if bundle else (),
        _list_own_texts(bundle, packaged_texts) if bundle else (),
        tuple(differences),
    )


def _check_digests(members: Mapping[str, bytes], manifest: Manifest) -> Iterator[Difference]:
    listed = {entry.name: entry for entry in manifest.files}
    for name in sorted({*members, *listed} - {"manifest.json"}):
        if name not in listed:
            yield Difference(name, "manifest.json", "", "no such member", "one that the manifest does not list")
        elif name not in members:
            yield Difference(name, "manifest.json", "", "the member that the manifest lists", "none")
        elif digest(members[name]) != listed[name].sha256:
            yield Difference(name, "manifest.json", "sha256", listed[name].sha256, digest(members[name]))


def _recompute(
    bundle: Content, members: dict[str, bytes], rules: RuleTable, packaged_texts: Mapping[str, str]
) -> Iterator[Difference]:
    """Yield what is wrong, each stage only if the one before found nothing: a fold of doubtful rows would prove nothing."""
    stages = (
        check_case(bundle.subject),
        check_orders(bundle.ordered),
        check_documents(bundle.documents),
        check_rows(bundle),
    )
    faults = list(islice(chain.from_iterable(stages), DIFFERENCES_MAX))
    rulebook: Rulebook | None = None
    if not faults:
        rulebook, faults = _read_rulebook(bundle, packaged_texts)
    if faults or rulebook is None:
        yield from faults
        return
    computation, computed = compute_content(bundle, registry=bundle.register.build(), rulebook=rulebook, rules=rules)
    yield from _compare_claims(bundle.subject.claimed, computed)
    again = assemble_members(bundle, computation=computation, rules=rules.rules.values())
    yield from _compare_members(again, members)


def _read_rulebook(bundle: Content, packaged_texts: Mapping[str, str]) -> tuple[Rulebook | None, list[Difference]]:
    """Return the rulebook of the bundle, and what is wrong with its texts."""
    faults = [
        Difference(RULEBOOK_FOLDER + name, "", "", "the text of this program's own rulebook", "another text")
        for name, text in packaged_texts.items()
        if bundle.rulebook_texts.get(name) != text
    ]
    if faults:
        return None, faults
    try:
        rulebook = parse_rulebook(bundle.rulebook_texts)
    except (ValueError, TypeError, RecursionError) as error:
        return None, [Difference(RULEBOOK_FOLDER, "", "", "a rulebook", str(error))]
    version = name_version(rulebook)
    if version != bundle.subject.verdict_version:
        return None, [Difference("case.json", "", "verdict_version", version, bundle.subject.verdict_version)]
    frozen = bundle.subject.case.findings if bundle.subject.case is not None else ()
    for one in frozen:
        if one.rulebook_version != rulebook.version:
            name = f"{one.rule}.rulebook_version"
            return None, [Difference("case.json", one.subject, name, rulebook.version, one.rulebook_version)]
    return rulebook, []


def _list_own_texts(bundle: Content, packaged_texts: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(sorted(name for name, text in bundle.rulebook_texts.items() if packaged_texts.get(name) != text))


def _compare_claims(claimed: tuple[Claimed, ...], computed: list[Claimed]) -> Iterator[Difference]:
    """Yield each claimed finding that does not come out, or comes out otherwise."""
    found = {claim.key: plain(claim) for claim in computed}
    for claim in claimed:
        again = found.get(claim.key)
        if again is None:
            yield Difference("case.json", claim.subject, claim.rule, "no such finding", "claimed")
            continue
        for path, expected, there in compare_values(again, plain(claim)):
            yield Difference("case.json", claim.subject, f"{claim.rule}.{path}", expected, there)


def _compare_members(again: Mapping[str, bytes], members: Mapping[str, bytes]) -> Iterator[Difference]:
    """Yield where the bundle does not hold what is written from its own values, the manifest last."""
    for name in sorted({*again, *members}, key=lambda one: (one == "manifest.json", one)):
        if name not in again:
            yield Difference(name, "", "", "no such member", "a member that the format does not have")
        elif name not in members:
            yield Difference(name, "", "", "the member", "none")
        elif again[name] != members[name]:
            yield from _compare_member(name, again[name], members[name])


def _compare_member(name: str, expected: bytes, found: bytes) -> Iterator[Difference]:
    if name.endswith(".json"):
        try:
            values: tuple[Any, Any] = msgspec.json.decode(expected), msgspec.json.decode(found)
        except (msgspec.MsgspecError, UnicodeError, RecursionError):
            values = ("", "")
        differing = list(compare_values(*values))
        yield from (Difference(name, _subject_in(values[1], path), path, one, other) for path, one, other in differing)
        if differing:
            return
    yield Difference(name, "", "", "the text that is written from the rows", "another text")


def _subject_in(value: Any, path: str) -> str:  # noqa: ANN401 - JSON-like
    """Return the subject whose record a path of computation.json leads through, empty where there is none."""
    head = path.removeprefix("subjects[").partition("]")[0] if path.startswith("subjects[") else ""
    records = value.get("subjects") if isinstance(value, dict) else None
    if (
        head.isdigit()
        and isinstance(records, list)
        and int(head) < len(records)
        and isinstance(records[int(head)], dict)
    ):
        return str(records[int(head)].get("subject", ""))
    return ""
