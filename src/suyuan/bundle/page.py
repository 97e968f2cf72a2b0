"""The page of a bundle: all of it in plain words, so that an outsider comes to the same result by hand.

Written from the bundle's own values alone, so that a verifier can write it again and compare. No script, no link to the
outside; it prints.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from suyuan.bundle.content import BundledEvent, Content, Timeline
from suyuan.bundle.words import FACTS, Pair, label, name_value
from suyuan.core.case import Act
from suyuan.core.case_course import MOVE_BY_NAME, STATES
from suyuan.core.catalogue import KIND_BY_NAME
from suyuan.core.duty import KIND_BY_NAME as DUTY_BY_NAME
from suyuan.core.identifiers import IdentifierError, Uscc
from suyuan.core.registry import Registry
from suyuan.core.value import SHANGHAI

USCC_LENGTH = 18
SHOWN_OF_STATE = ("status", "holder", "vehicle", "packs", "expected", "found", "missing", "strange", "parents")
NOT_SHOWN = frozenset({"as", "content", "newest_component", "note"})  # inner bookkeeping; a note may name a person


def render_page(content: Content, *, computation: dict[str, Any], rules: list[dict[str, Any]]) -> str:
    """Return the page as HTML."""
    cut = content.subject.cut
    timelines = {one.subject: one for one in content.timelines}
    by_rule = {rule["name"]: rule for rule in rules}
    writer = _Writer(content)
    page: str = _template().render(
        bundle=content.subject,
        claimed=content.subject.claimed,
        rules=by_rule,
        rulebook_names=sorted(content.rulebook_texts),
        subjects=[(one, _steps(one, timelines[one["subject"]])) for one in computation["subjects"]],
        views=[
            (record, found) for record, found in zip(content.participants, computation["participants"], strict=True)
        ],
        tellers=[one for one in content.timelines if not one.is_judged],
        later=[
            (one.subject, event)
            for one in content.timelines
            for event in one.events
            if _is_later(event, cut.received_until)
        ],
        standing=computation["with_later_reports"],
        case=content.subject.case,
        documents=content.documents,
        computed_orders=computation["orders"],
        participants=content.register.participants,
        submissions=content.submissions,
        reports=content.reports,
        has_notes=any(b'"note":' in body for body in content.rows.values()),
        w=writer,
    )
    return page


def _steps(computed: dict[str, Any], timeline: Timeline) -> list[tuple[dict[str, Any], BundledEvent]]:
    """Return the steps of a computation, each with the event it is about."""
    events = {(event.reporter, event.report_id): event for event in timeline.events}
    return [(step, events[step["reporter"], step["report_id"]]) for step in computed["steps"]]


def _is_later(event: BundledEvent, until: datetime | None) -> bool:
    return until is not None and event.received_at > until


@cache
def _template() -> Any:  # noqa: ANN401 - a compiled template
    environment = Environment(
        loader=PackageLoader("suyuan.bundle"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("index.html")


class _Writer:
    """Writes values for people: names beside codes, both languages, times of Shanghai."""

    def __init__(self, content: Content) -> None:
        self._registry: Registry = content.register.build()
        self._files = {(one.reporter, one.report_id): one.file for one in content.reports}

    def file_of(self, reporter: str, report_id: str) -> str:
        return self._files.get((reporter, report_id), "")

    def party(self, uscc: str | None) -> str:
        if not uscc:
            return "—"
        entry = self._registry.find(uscc, on=date.max)
        return f"{entry.name}（{uscc}）" if entry is not None and entry.name != uscc else uscc

    def term(self, name: str | None) -> str:
        if not name:
            return "—"
        chinese, english = name_value(name) or (name, name)
        return f"{chinese} {english}" if chinese != english else chinese

    def kind(self, name: str) -> Pair:
        kind = KIND_BY_NAME[name]
        return kind.zh, kind.en

    def move(self, name: str) -> Pair:
        move = MOVE_BY_NAME[name]
        return move.zh, move.en

    def state_of_case(self, name: str) -> Pair:
        return STATES[name]

    def carried(self, act: Act) -> list[tuple[Pair, str]]:
        known = {one.name: (one.zh, one.en) for one in MOVE_BY_NAME[act.move].carries}
        return [(known.get(name, label(name)), self.value(value)) for name, value in sorted(act.fields.items())]

    def officer(self, officer: str | None) -> str:
        if officer is None:
            return "—"
        entry = self._registry.find_officer(officer)
        return f"{entry.name}（{officer}）" if entry is not None else officer

    def authority(self, authority: str) -> str:
        entry = self._registry.find_authority(authority)
        return f"{entry.name}（{authority}）" if entry is not None else authority

    def duty(self, name: str) -> Pair:
        kind = DUTY_BY_NAME[name]
        return kind.zh, kind.en

    def fact(self, name: str) -> Pair:
        return FACTS.get(name, (name, name))

    def moment(self, moment: datetime | None) -> str:
        return f"{moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S} +08:00" if moment else "—"

    def utc(self, moment: datetime) -> str:
        return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"

    def occurred(self, event: BundledEvent) -> str:
        at = f" {event.occurred_time.isoformat(timespec='seconds')}" if event.occurred_time else ""
        return event.occurred_on.isoformat() + at

    def said(self, event: BundledEvent) -> list[tuple[Pair, str]]:
        own = {field.name: (field.zh, field.en) for field in KIND_BY_NAME[event.kind].fields}
        said = {name: value for name, value in event.body.items() if name not in NOT_SHOWN}
        return [(own.get(name, label(name)), self.value(value)) for name, value in said.items()]

    def state(self, state: Mapping[str, Any]) -> list[tuple[Pair, str]]:
        return self.fields({name: state[name] for name in SHOWN_OF_STATE if state.get(name)})

    def fields(self, record: Mapping[str, Any]) -> list[tuple[Pair, str]]:
        return [(label(name), self.value(value)) for name, value in record.items()]

    def value(self, value: Any) -> str:  # noqa: ANN401 - JSON-like
        if value is None:
            return "—"
        if isinstance(value, bool):
            return "是 yes" if value else "否 no"
        if isinstance(value, list | tuple):
            return "、".join(self.value(one) for one in value) or "无 none"
        if isinstance(value, dict):
            return "；".join(f"{label(name)[0]}：{self.value(one)}" for name, one in value.items()) or "无 none"
        text = str(value)
        if len(text) == USCC_LENGTH and self._is_uscc(text):
            return self.party(text)
        return self.term(text)

    @staticmethod
    def _is_uscc(text: str) -> bool:
        try:
            Uscc.parse(text)
        except IdentifierError:
            return False
        return True
