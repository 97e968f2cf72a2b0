"""Trace: what one battery, vehicle or lot is, where it has been, and what is wrong with it.

Today's view reads what the judge wrote. A view as of a day folds on reading: the events up to that day with what is known
now, and the facts that others would have told from their own events up to that day.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

import msgspec

from suyuan.app.context import Context, UseCaseError
from suyuan.app.describe import describe_duty, describe_event, describe_finding, describe_subject
from suyuan.app.hints import find_known_neighbours
from suyuan.app.personal import describe_personal
from suyuan.app.trace_participant import trace_participant
from suyuan.core.case import FACT_NAME as CASE_FACT
from suyuan.core.catalogue import PERSONAL_FIELDS
from suyuan.core.chain import breaks_chain, is_chain_whole
from suyuan.core.event import Event, Facts
from suyuan.core.finding import Finding
from suyuan.core.fold import Verdict, fold_timeline, order_timeline
from suyuan.core.identifiers import (
    BatteryCode,
    IdentifierError,
    LotCode,
    TemporaryCode,
    Vin,
    normalise_text,
    subject_family,
)
from suyuan.core.relative import relatives_of
from suyuan.core.rulebook import Book
from suyuan.core.swept import find_as_of
from suyuan.rules.catalogue import RULE_TABLE
from suyuan.store.components import find_parents, read_compositions, read_rivalry
from suyuan.store.read import is_pending, read_duties_of, read_findings_of, read_state
from suyuan.store.slot import report_no_of, slot_of
from suyuan.store.submission import parse_submission_name
from suyuan.store.timeline import read_facts, read_timelines

LEAVES_PARENT = frozenset({"taken_out", "part"})
DEPTH_MAX = 3  # cell in module in pack
VIN_LENGTH, USCC_LENGTH = 17, 18
GONE = frozenset({"recovered", "dismantled", "lost", "exported", "reused"})


def parse_subject(text: str) -> str:
    """Return the bare subject that a person typed. Raises UseCaseError for what is no code, VIN or lot."""
    bare = text.strip()
    for prefix in ("battery:", "vehicle:", "model:"):
        bare = bare.removeprefix(prefix)
    if bare.startswith(("lot:", "report:", "participant:", "case:")) or (
        bare[USCC_LENGTH : USCC_LENGTH + 1] == ":" and len(bare) > USCC_LENGTH + 1
    ):
        return bare.removeprefix("lot:") if bare.startswith("lot:LOT-") else bare
    normal = normalise_text(bare)
    try:
        if normal.startswith("TMP-"):
            return str(TemporaryCode.parse(normal))
        if normal.startswith("LOT-"):
            return str(LotCode.parse(normal))
        return str(Vin.parse(normal) if len(normal) == VIN_LENGTH else BatteryCode.parse(normal))
    except IdentifierError as error:
        raise UseCaseError(error.message, message_zh=error.message_zh) from None


def trace(context: Context, text: str, *, as_of: date | None = None) -> dict[str, Any]:
    """Return the public trace of a battery code, VIN, lot or participant, today or as of a day. Raises UseCaseError."""
    subject = parse_subject(text)
    if subject.startswith("participant:"):
        return trace_participant(context, subject, as_of=as_of)
    until = as_of or date.max
    events = _read_events(context, subject, until)
    if as_of is None:
        state, findings = _written(context, subject)
        duties = read_duties_of(context.connection, subject)
    else:
        verdict = fold_as_of(context, subject, as_of, events)
        state = shape_state(subject, _state_of(verdict))
        findings = find_as_of(verdict, as_of, rules=RULE_TABLE.rules)
        duties = verdict.duties
    shown = list(_describe_events(context, subject, events))
    if subject_family(subject) == "battery":
        state = {**state, **_place_in_parent(context, subject, events, state, until)}
        shown = _merge_inherited(shown, _inherited(context, subject, events, until, depth=DEPTH_MAX))
    _add_personal(context, shown)
    state["chain_whole"] = _is_chain_whole(subject, state, findings)
    return {
        "subject": describe_subject(subject),
        "as_of": as_of.isoformat() if as_of else None,
        "identity": describe_identity(subject, book=context.rulebook.books[0]),
        "state": state,
        "is_pending": is_pending(context.connection, subject),
        "neighbours": [] if shown or state["status"] != "unknown" else find_known_neighbours(context, subject),
        "events": shown,
        "duties": [
            describe_duty(duty, on=as_of or context.today(), calendar=context.rulebook.calendar) for duty in duties
        ],
        "findings": [describe_finding(finding, rulebook=context.rulebook) for finding in findings],
    }


def _add_personal(context: Context, shown: list[dict[str, Any]]) -> None:
    """Say of the events with personal values whether these are kept or erased; the values are never shown here."""
    may_have = [event for event in shown if event["kind"] in PERSONAL_FIELDS]
    if not may_have:
        return
    numbers = [report_no_of(parse_submission_name(event["submission"]) or 0, row=event["row"]) for event in may_have]
    personal = describe_personal(context, numbers)
    for number, event in zip(numbers, may_have, strict=True):
        if number in personal:
            event["personal"] = personal[number]


def describe_identity(subject: str, *, book: Book) -> dict[str, Any]:
    """Return what the code itself says; what the letter of the battery type means says a book, null where it does not know."""
    family = subject_family(subject)
    if family == "vehicle":
        return {"vin": subject, "check_digit_is_right": Vin(subject).check_digit_is_right}
    if family != "battery" or subject.startswith("TMP-"):
        return {"code": subject}
    code = BatteryCode(subject)
    known = book.battery_types.get(code.battery_type)
    meaning = {"title": known.en, "title_zh": known.zh, "verified": known.is_verified} if known else None
    return {
        "code": subject,
        "manufacturer_code": code.manufacturer_code,
        "level": code.level,
        "battery_type": code.battery_type,
        "battery_type_meaning": meaning,
        "specification_code": code.specification_code,
        "traceability_information_code": code.traceability_information_code,
        "produced_on": code.produced_on.isoformat(),
        "serial": code.serial,
        "is_reuse_product": code.is_reuse_product,
    }


# -- state ---------------------------------------------------------------------------------------------------------

UNKNOWN_STATE: dict[str, Any] = {
    "status": "unknown",
    "holder": None,
    "vehicle": None,
    "place": None,
    "parent": None,
    "parents": [],
    "responsible_producer": None,
}
SHOWN_OF_BATTERY = ("status", "holder", "holding", "vehicle", "is_used", "place", "born_by", "born_on", "parent", "parents",
                    "product", "responsible_producer", "missing_from")  # fmt: skip
SHOWN_OF_VEHICLE = ("status", "is_swap_vehicle", "built_by", "built_on", "sold_on", "scrapped_on", "scrapped_by", "expected", "found",
                    "missing", "strange", "place", "packs")  # fmt: skip


def _written(context: Context, subject: str) -> tuple[dict[str, Any], list[Finding]]:
    row = read_state(context.connection, subject)
    return shape_state(subject, row.body if row else {}), read_findings_of(context.connection, subject)


def _state_of(verdict: Verdict) -> dict[str, Any]:
    return msgspec.json.decode(msgspec.json.encode(verdict.state, enc_hook=str), type=dict[str, Any])


def shape_state(subject: str, body: dict[str, Any]) -> dict[str, Any]:
    """Return a written state as answers show it: every promised field present, inner bookkeeping left out."""
    if subject_family(subject) == "vehicle":
        state = {
            name: body.get(name, [] if name in ("expected", "found", "missing", "strange", "packs") else None)
            for name in SHOWN_OF_VEHICLE
        }
        state |= {
            "is_swap_vehicle": bool(body.get("is_swap_vehicle")),
            "status": body.get("status", "unknown"),
            "holder": None,
        }
        state["packs_known"] = bool(body.get("is_born"))
        return state
    state = {**UNKNOWN_STATE, **{name: body[name] for name in SHOWN_OF_BATTERY if name in body}}
    if "holders" in body:
        state["holders"] = body["holders"]
    return state


def _is_chain_whole(subject: str, state: dict[str, Any], findings: Iterable[Finding]) -> bool:
    """Tell whether the chain is whole; what is found in another's timeline about this subject breaks that one's chain."""
    own = (finding for finding in findings if finding.subject == subject)
    return is_chain_whole(
        status=state["status"],
        is_birth_known=bool(state.get("born_on") or state.get("packs_known")),
        is_missing=state.get("missing_from") is not None,
        is_broken=any(breaks_chain(one.rule, weight=one.weight, rules=RULE_TABLE.rules) for one in own),
    )


# -- as of a day ---------------------------------------------------------------------------------------------------


def fold_as_of(context: Context, subject: str, as_of: date, events: list[Event]) -> Verdict:
    """Return the verdict on a subject at the end of a day, with the facts its relatives tell from their events up to then."""
    slot = slot_of(subject)
    stored = read_facts(context.connection, slot=slot, subjects=[subject]).get(subject, [])
    facts = read_rivalry(context.connection, subject, until=as_of)
    facts += [fact for fact in stored if fact.name == CASE_FACT and fact.body["decided_on"] <= as_of.isoformat()]
    for relative in sorted(relatives_of(subject, events, stored)):
        told = _fold_alone(context, relative, _read_events(context, relative, as_of), Facts()).facts
        facts += [fact for fact in told if fact.target == subject]
    return _fold_alone(context, subject, events, Facts(tuple(facts)), until=as_of)


def _fold_alone(
    context: Context, subject: str, events: list[Event], facts: Facts, *, until: date = date.max
) -> Verdict:
    composition = read_compositions(context.connection, [subject], until=until).get(subject, ())
    return fold_timeline(
        subject,
        events,
        facts=facts,
        composition=composition,
        registry=context.read_registry(),
        rulebook=context.rulebook,
        rules=RULE_TABLE,
    )


# -- events --------------------------------------------------------------------------------------------------------


def _read_events(context: Context, subject: str, until: date) -> list[Event]:
    timelines = read_timelines(context.connection, slot=slot_of(subject), subjects=[subject], parties=context.parties)
    return [event for event in timelines[subject] if event.occurred_on <= until]


def _describe_events(context: Context, subject: str, events: list[Event]) -> Iterator[dict[str, Any]]:
    """Yield the events in timeline order; a withdrawn report and its withdrawal stand at their day, marked."""
    ordered = order_timeline(subject, events, registry=context.read_registry())
    counted = {event.key for event in ordered}
    left_out = [event for event in events if event.key not in counted]
    withdrawn = {(event.reporter, event.body["withdraws"]) for event in left_out if "withdraws" in event.body}
    merged = [*ordered]
    for event in sorted(left_out, key=lambda one: (one.occurred_on, one.kind.order, one.key)):
        place = next((at for at, other in enumerate(merged) if other.occurred_on > event.occurred_on), len(merged))
        merged.insert(place, event)
    for event in merged:
        yield describe_event(event, is_withdrawn=event.key in withdrawn)


# -- components ----------------------------------------------------------------------------------------------------


def _stays(context: Context, component: str, events: list[Event], until: date) -> list[tuple[str, date, date]]:
    """Return in which parents a component sat, from which day until which; open stays end at the latest day there is."""
    left: dict[str, date] = {}
    for event in sorted(events, key=lambda one: one.occurred_on):
        if not LEAVES_PARENT.isdisjoint(event.roles):
            left.setdefault(event.body["battery_code"], event.occurred_on)
    return [
        (parent, since, left.get(parent, date.max))
        for parent, since in find_parents(context.connection, component, until=until)
    ]


def _place_in_parent(
    context: Context, component: str, events: list[Event], state: dict[str, Any], until: date
) -> dict[str, Any]:
    """Return the parent a component sits in; where it has no story of its own, it shares its parent's state."""
    stays = [stay for stay in _stays(context, component, events, until) if stay[2] == date.max]
    if not stays:
        return {}
    parent = stays[-1][0]
    if state["status"] not in ("unknown", "installed", "produced"):
        return {"parent": state["parent"]}
    written = read_state(context.connection, parent) if until == date.max else None
    body = written.body if written else {}
    if until != date.max:
        events_of_parent = _read_events(context, parent, until)
        body = _state_of(fold_as_of(context, parent, until, events_of_parent))
    if not body or body.get("status") == "unknown":
        grand = _stays(context, parent, [], until)
        above = read_state(context.connection, grand[-1][0]) if grand else None
        body = above.body if above else {}
    status = body.get("status", "unknown")
    return {
        "parent": parent,
        "status": status if status in GONE else "installed",
        "holder": body.get("holder"),
        "vehicle": body.get("vehicle"),
        "place": body.get("place"),
        "missing_from": body.get("missing_from"),
        "responsible_producer": body.get("responsible_producer"),
        "born_on": state.get("born_on") or body.get("born_on"),
    }


def _inherited(
    context: Context, component: str, events: list[Event], until: date, *, depth: int
) -> list[dict[str, Any]]:
    """Return what happened to the parents of a component while it sat in them."""
    if depth == 0:
        return []
    shown: list[dict[str, Any]] = []
    for parent, since, left_on in _stays(context, component, events, until):
        parent_events = _read_events(context, parent, until)
        described = [{**event, "inherited_from": parent} for event in _describe_events(context, parent, parent_events)]
        above = _inherited(context, parent, parent_events, until, depth=depth - 1)
        shown += [
            event
            for event in [*described, *above]
            if since.isoformat() <= event["occurred_at"][:10] <= left_on.isoformat()
        ]
    return shown


def _merge_inherited(own: list[dict[str, Any]], inherited: list[dict[str, Any]]) -> list[dict[str, Any]]:
    known = {(event["reporter"], event["report_id"]) for event in own}
    more = [event for event in inherited if (event["reporter"], event["report_id"]) not in known]
    if not more:
        return own
    return sorted([*own, *more], key=lambda event: event["occurred_at"][:10])
