"""What stories promise, compared with what was found: a finding belongs to a story that told its report, subject or enterprise."""

from collections.abc import Iterable, Iterator
from typing import Any

from tests.province.year import Sent, Story

from suyuan.core.finding import Finding


def list_unkept_promises(
    stories: Iterable[Story], sent: Iterable[Sent], first: list[Finding], later: list[Finding]
) -> list[str]:
    """Return a sentence for each rule that a story should break, or spare, and does not; found on the two days of the sweep."""
    told: dict[str, list[Sent]] = {}
    for one in sent:
        told.setdefault(one.story, []).append(one)
    unkept = []
    for story in stories:
        now, then = (_rules_broken(told.get(story.name, []), findings) for findings in (first, later))
        unkept += [f"{story.name} breaks no {rule}" for rule in story.breaks if rule not in now | then]
        unkept += [f"{story.name} breaks {rule}" for rule in story.spares if rule in now | then]
        unkept += [
            f"{story.name} does not break {rule} later" for rule in story.not_yet if rule in now or rule not in then
        ]
    return unkept


def _rules_broken(sent: list[Sent], findings: list[Finding]) -> set[str]:
    keys = {(one.submitter, one.report["report_id"]) for one in sent}
    words = {word for one in sent for word in _words(one.report)} - {one.submitter for one in sent}
    parties = {f"participant:{one.submitter}" for one in sent}
    return {one.rule for one in findings
            if (one.reporter, one.report_id) in keys or one.subject in words or one.subject in parties}  # fmt: skip


def _words(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _words(part)
