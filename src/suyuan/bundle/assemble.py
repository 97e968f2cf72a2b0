"""From the values of a bundle to its members and back; the manifest names every other member with its digest."""

from collections.abc import Iterable
from typing import Any

import msgspec

from suyuan.bundle.archive import NotABundleError
from suyuan.bundle.check_rows import timeline_name
from suyuan.bundle.content import (
    FORMAT,
    FORMAT_VERSION,
    BundledDocument,
    Content,
    GivenFacts,
    ParticipantRecord,
    RegisterPart,
    ReportEntry,
    Subject,
    SubmissionEntry,
    Timeline,
    decode_member,
    digest,
    encode_member,
)
from suyuan.bundle.page import render_page
from suyuan.bundle.rule_text import describe_rule
from suyuan.core.case import Case
from suyuan.core.finding import Rule
from suyuan.core.rulebook_file import parse_rulebook

RULEBOOK_FOLDER = "rulebook/"


class FileEntry(msgspec.Struct, frozen=True):
    """One member as the manifest names it."""

    name: str
    bytes: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True):
    """What the bundle is, by whom it was computed, and the digest of every other member."""

    format: str
    format_version: int
    verdict_version: str
    case_no: str | None
    files: tuple[FileEntry, ...]


def assemble_members(content: Content, *, computation: dict[str, Any], rules: Iterable[Rule]) -> dict[str, bytes]:
    """Return all members of a bundle by name, in the order in which they stand in the file."""
    concerned = _rules_concerned(content, computation)
    bases = parse_rulebook(content.rulebook_texts).books[0].bases
    texts = [describe_rule(rule, basis=bases.get(rule.name)) for rule in rules if rule.name in concerned]
    page = render_page(content, computation=computation, rules=texts)
    members = {
        "index.html": page.encode(),
        "case.json": encode_member(content.subject),
        "computation.json": encode_member(computation),
        "rules.json": encode_member(texts),
        "register.json": encode_member(content.register),
        "submissions.json": encode_member(content.submissions),
        "reports.json": encode_member(content.reports),
        "given_facts.json": encode_member(content.given_facts),
        "participants.json": encode_member(content.participants),
        "ordered_cases.json": encode_member(content.ordered),
        "documents.json": encode_member(content.documents),
    }
    for number, timeline in enumerate(content.timelines, 1):
        members[timeline_name(number)] = encode_member(timeline)
    for name, text in sorted(content.rulebook_texts.items()):
        members[RULEBOOK_FOLDER + name] = text.encode()
    for files in (content.rows, content.originals):
        members |= dict(sorted(files.items()))
    manifest = Manifest(
        FORMAT,
        FORMAT_VERSION,
        content.subject.verdict_version,
        content.subject.case_no,
        tuple(FileEntry(name, len(body), digest(body)) for name, body in members.items()),
    )
    return {"manifest.json": encode_member(manifest), **members}


def read_manifest(members: dict[str, bytes]) -> Manifest:
    """Return the manifest; raises NotABundleError where this program cannot read the format."""
    manifest = decode_member(members, "manifest.json", Manifest)
    if manifest.format != FORMAT or manifest.format_version != FORMAT_VERSION:
        raise NotABundleError(
            f"The file is {manifest.format[:60]!r} version {manifest.format_version}; this program reads {FORMAT} "
            f"version {FORMAT_VERSION}.",
            message_zh=f"文件格式为 {manifest.format[:60]!r} 第 {manifest.format_version} 版；本程序只读 {FORMAT} 第 {FORMAT_VERSION} 版。",
        )
    return manifest


def read_content(members: dict[str, bytes]) -> Content:
    """Return the values of a bundle; raises NotABundleError where a member has another shape."""
    reports = decode_member(members, "reports.json", tuple[ReportEntry, ...])
    names = sorted(name for name in members if name.startswith("timelines/"))
    try:
        texts = {
            name.removeprefix(RULEBOOK_FOLDER): body.decode()
            for name, body in members.items()
            if name.startswith(RULEBOOK_FOLDER)
        }
    except UnicodeDecodeError as error:
        raise NotABundleError(
            f"A rulebook text is not UTF-8: {error}.", message_zh=f"规则书文本不是 UTF-8：{error}。"
        ) from None
    return Content(
        subject=decode_member(members, "case.json", Subject),
        submissions=decode_member(members, "submissions.json", tuple[SubmissionEntry, ...]),
        reports=reports,
        rows={one.file: members[one.file] for one in reports if one.file in members},
        originals={one.original: members[one.original] for one in reports if one.original in members and one.original},
        timelines=tuple(decode_member(members, name, Timeline) for name in names),
        given_facts=decode_member(members, "given_facts.json", GivenFacts),
        participants=decode_member(members, "participants.json", tuple[ParticipantRecord, ...]),
        ordered=decode_member(members, "ordered_cases.json", tuple[Case, ...]),
        documents=decode_member(members, "documents.json", tuple[BundledDocument, ...]),
        register=decode_member(members, "register.json", RegisterPart),
        rulebook_texts=texts,
    )


def _rules_concerned(content: Content, computation: dict[str, Any]) -> set[str]:
    """Return the rules whose text the bundle carries: of what is claimed and of what else was found."""
    named = {claim.rule for claim in content.subject.claimed}
    for one in [*computation["subjects"], *computation["participants"], *computation["orders"]]:
        named.update(finding["rule"] for finding in one["findings"])
    return named
