"""Read cases: the whole file for documents and officers, the list, and what the party may see of its own.

Frozen findings are compared with those that stand now on every reading, so that a late report shows at once.
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

import msgspec

from suyuan.app.browse import Page, read_cursor, write_cursor
from suyuan.app.case_trouble import unknown_case
from suyuan.app.context import Context
from suyuan.app.describe import describe_subject
from suyuan.app.naming import name_place
from suyuan.core.case import (
    Act,
    Case,
    CaseLimits,
    FrozenFinding,
    answer_until,
    find_decision,
    has_open_order,
    needs_article,
)
from suyuan.core.case_check import next_moves
from suyuan.core.case_course import ARTICLE, CHOICES, MOVE_BY_NAME, STATES, Move
from suyuan.core.case_file import (
    ActEntry,
    AuthorityEntry,
    CaseFile,
    FindingEntry,
    OfficerEntry,
    PartyEntry,
    PenaltyEntry,
    Standing,
)
from suyuan.core.case_limits import bar_ends, read_case_limits
from suyuan.core.competence import Desk
from suyuan.core.registry import Registry
from suyuan.core.value import SHANGHAI
from suyuan.rules.catalogue import RULE_TABLE
from suyuan.store.cases import CaseRecord, list_case_numbers, read_case, read_cases, read_penalties, read_standing

# What was delivered to the party: each of these acts, a decision only once it was served.
SEEN_AT_ONCE = frozenset({"order_correction", "confirm_correction", "give_notice", "take_statement", "ask_hearing", "drop_hearing",
                          "call_hearing", "hold_hearing", "close_early"})  # fmt: skip
SEEN_ONCE_SERVED = frozenset({"decide", "serve", "record_performance", "contest", "uphold", "amend", "revoke", "close"})
BEGINS_TO_BE_SEEN = frozenset({"order_correction", "give_notice", "serve"})


def read_case_file(context: Context, case_no: str, *, desk: Desk | None = None) -> CaseFile:
    """Return a whole case with every name written out; an officer (`desk`) reads those of its authority. Raises UnknownError."""
    return _make_file(context, require_record(context, case_no, desk=desk))


def show_case(context: Context, case_no: str, *, desk: Desk | None = None) -> dict[str, Any]:
    """Return a case as answers print it; an officer (`desk`) sees those of its authority. Raises UnknownError."""
    record = require_record(context, case_no, desk=desk)
    file, case = _make_file(context, record), record.case
    limits = read_case_limits(context.rulebook, on=context.today())
    return {
        **_describe_file(file),
        "next_moves": [describe_move(move, case) for move in next_moves(case)],
        "deadlines": _deadlines(case, limits),
        "vanished": file.is_vanished,
    }


def show_own_case(context: Context, case_no: str, *, party: str) -> dict[str, Any]:
    """Return what a party may see of its case: what was served to it. Raises UnknownError for anything else."""
    record = require_own_record(context, case_no, party=party)
    case = record.case
    seen = seen_acts(case)
    described = _describe_file(_make_file(context, record))
    numbers = {act.number for act in seen}
    kept = ("case_no", "authority", "party", "opened_on", "findings")
    is_served = case.last("serve") is not None
    return {
        **{name: described[name] for name in kept},
        "acts": [act for act in described["acts"] if act["number"] in numbers],
        "decision": described["decision"] if is_served else None,
        "may": [describe_move(move, case) for move in next_moves(case) if move.by_party],
        "deadlines": _deadlines(case, read_case_limits(context.rulebook, on=context.today())),
    }


def require_record(context: Context, case_no: str, *, desk: Desk | None) -> CaseRecord:
    """Return a case that an officer (`desk`), without one the operator, may read. Raises UnknownError."""
    record = read_case(context.connection, case_no)
    if record is None or (desk is not None and record.case.authority != desk.authority.authority):
        raise unknown_case(case_no)
    return record


def require_own_record(context: Context, case_no: str, *, party: str) -> CaseRecord:
    """Return a case of which its party has been served something. Raises UnknownError."""
    record = read_case(context.connection, case_no)
    if record is None or not is_seen_by_party(record.case, party):
        raise unknown_case(case_no)
    return record


def is_seen_by_party(case: Case, party: str) -> bool:
    """Tell whether a party may see a case: it is its own, and something was served to it."""
    return case.party == party and any(act.move in BEGINS_TO_BE_SEEN for act in case.acts)


def seen_acts(case: Case) -> list[Act]:
    """Return the acts that the party may see: what was addressed to it or said by it, a decision only once served."""
    is_served = case.last("serve") is not None
    return [act for act in case.acts if act.move in SEEN_AT_ONCE or (is_served and act.move in SEEN_ONCE_SERVED)]


def browse_cases(
    context: Context,
    *,
    limit: int,
    cursor: str | None = None,
    desk: Desk | None = None,
    state: str | None = None,
    party: str | None = None,
    authority: str | None = None,
    overdue_on: date | None = None,
) -> Page:
    """Return a page of the cases that pass all filters, the newest first; an officer (`desk`) sees its authority's.

    With `overdue_on` those with a deadline before that day. Raises CursorError.
    """
    if desk is not None:
        if authority not in (None, desk.authority.authority):
            return Page([], None)
        authority = desk.authority.authority
    numbers = list_case_numbers(context.connection, authority=authority, party=party, state=state)
    rest = _behind(numbers, cursor)
    shown: list[dict[str, Any]] = []
    for place in range(0, len(rest), limit):
        chunk = rest[place : place + limit]
        for one in _list(context, read_cases(context.connection, chunk), overdue_on=overdue_on):
            if len(shown) == limit:
                return Page(shown, write_cursor(_order_of(shown[-1]["case_no"])))
            shown.append(one)
    return Page(shown, None)


def browse_own_cases(context: Context, *, party: str, limit: int, cursor: str | None = None) -> Page:
    """Return a page of the cases of which something was served to a party, as far as it may see them. Raises CursorError."""
    rest = _behind(list_case_numbers(context.connection, party=party), cursor)
    shown = [
        {
            "case_no": record.case.case_no,
            "authority": record.case.authority,
            "opened_on": record.case.opened_on.isoformat(),
            "last": seen_acts(record.case)[-1].move,
        }
        for record in read_cases(context.connection, rest)
        if is_seen_by_party(record.case, party)
    ]
    following = write_cursor(_order_of(shown[limit - 1]["case_no"])) if len(shown) > limit else None
    return Page(shown[:limit], following)


CaseOrder = tuple[int, int, str]


def _order_of(case_no: str) -> CaseOrder:
    """Return where a case stands in lists: the newest first."""
    _, year, number = case_no.rsplit("-", 2)
    return -int(year), -int(number), case_no


def _behind(numbers: list[str], cursor: str | None) -> list[str]:
    """Return the cases behind the last one of the page before; it need not pass the filters any more."""
    if cursor is None:
        return numbers
    after: CaseOrder = read_cursor(cursor, kind=CaseOrder)
    return [case_no for case_no in numbers if _order_of(case_no) > after]


def _list(context: Context, records: Sequence[CaseRecord], *, overdue_on: date | None) -> list[dict[str, Any]]:
    standing = read_standing(context.connection, [one for record in records for one in record.case.findings])
    limits = read_case_limits(context.rulebook, on=context.today())
    registry = context.read_registry()
    shown = []
    for record in records:
        case = record.case
        deadlines = _deadlines(case, limits)
        if overdue_on is not None and not any(one["day"] < overdue_on.isoformat() for one in deadlines):
            continue
        stands = sum(finding.key in standing for finding in case.findings)
        shown.append(
            {
                "case_no": case.case_no,
                "state": case.state,
                "state_zh": STATES[case.state][0],
                "authority": case.authority,
                "line": case.line,
                "party": case.party,
                "party_name": _party_name(registry, case),
                "place": case.place,
                "opened_on": case.opened_on.isoformat(),
                "rules": sorted({finding.rule for finding in case.findings}),
                "findings": len(case.findings),
                "standing": stands,
                "vanished": stands == 0,
                "deadlines": deadlines,
            }
        )
    return shown


# -- one case ------------------------------------------------------------------------------------------------------


def _make_file(context: Context, record: CaseRecord) -> CaseFile:
    case, registry = record.case, context.read_registry()
    standing = read_standing(context.connection, case.findings)
    return CaseFile(
        case_no=case.case_no,
        year=record.number.year,
        number=record.number.number,
        authority=_authority(registry, case),
        party=_party(registry, case),
        place=case.place,
        place_name_zh=name_place(case.place, on=case.opened_on),
        state=case.state,
        state_zh=STATES[case.state][0],
        opened_on=case.opened_on,
        findings=tuple(_finding(one, standing.get(one.key)) for one in case.findings),
        acts=tuple(_act(registry, act, digest) for act, digest in zip(case.acts, record.digests, strict=True)),
        decision=find_decision(case),
        earlier_penalties=_earlier_penalties(context, case),
    )


def _authority(registry: Registry, case: Case) -> AuthorityEntry:
    entry = registry.find_authority(case.authority, on=case.opened_on) or registry.find_authority(case.authority)
    division = entry.division if entry else case.place
    return AuthorityEntry(
        case.authority,
        entry.name if entry else case.authority,
        case.line,
        division,
        name_place(division, on=case.opened_on),
    )


def _party(registry: Registry, case: Case) -> PartyEntry | None:
    if case.party is None:
        return None
    entry = registry.find(case.party, on=case.opened_on)
    if entry is None:
        return PartyEntry(case.party, case.party, None, None, ())
    place = name_place(entry.division, on=case.opened_on)
    return PartyEntry(case.party, entry.name, entry.division, place, tuple(sorted(entry.roles)))


def _party_name(registry: Registry, case: Case) -> str | None:
    entry = registry.find(case.party, on=case.opened_on) if case.party else None
    return entry.name if entry else case.party


def _finding(frozen: FrozenFinding, now: tuple[str, dict[str, Any]] | None) -> FindingEntry:
    rule = RULE_TABLE.rules.get(frozen.rule)
    standing: Standing = "vanished" if now is None else "stands"
    if now is not None and now != (frozen.weight, frozen.evidence):
        standing = "changed"
    return FindingEntry(
        subject=describe_subject(frozen.subject),
        rule=frozen.rule,
        title=rule.title if rule else frozen.rule,
        title_zh=rule.title_zh if rule else frozen.rule,
        weight=frozen.weight,
        reporter=frozen.reporter,
        report_id=frozen.report_id,
        about=tuple(describe_subject(subject) for subject in frozen.about),
        evidence=frozen.evidence,
        source=frozen.source,
        is_verified=frozen.is_verified,
        rulebook_version=frozen.rulebook_version,
        remedy=rule.remedy if rule else "",
        remedy_zh=rule.remedy_zh if rule else "",
        standing=standing,
        weight_now=now[0] if now is not None else None,
    )


def _act(registry: Registry, act: Act, digest: bytes) -> ActEntry:
    move = MOVE_BY_NAME[act.move]
    return ActEntry(
        number=act.number,
        move=move.name,
        move_zh=move.zh,
        move_en=move.en,
        officer=_officer(registry, act.officer, act.acted_on),
        second_officer=_officer(registry, act.second_officer, act.acted_on),
        acted_at=act.acted_at.astimezone(SHANGHAI),
        acted_on=act.acted_on,
        fields=act.fields,
        digest=digest.hex(),
    )


def _officer(registry: Registry, officer: str | None, on: date) -> OfficerEntry | None:
    if officer is None:
        return None
    entry = registry.find_officer(officer, on=on) or registry.find_officer(officer)
    return OfficerEntry(officer, entry.name if entry else officer)


def _earlier_penalties(context: Context, case: Case) -> tuple[PenaltyEntry, ...]:
    """Return the penalties of the party in other cases, with the last day on which each bars it from the industry list."""
    if case.party is None:
        return ()
    penalties = read_penalties(context.connection, party=case.party).get(case.party, ())
    return tuple(
        PenaltyEntry(
            one.case_no, one.decision, one.decided_on, one.rules, bar_ends(one.decided_on, rulebook=context.rulebook)
        )
        for one in penalties
        if one.case_no != case.case_no
    )


def _deadlines(case: Case, limits: CaseLimits) -> list[dict[str, str]]:
    """Return what must have happened by which day; days that the rulebook gives are its own, verified or not."""
    days: list[tuple[str, str]] = []
    order, notice, called = case.last("order_correction"), case.last("give_notice"), case.last("call_hearing")
    if order is not None and has_open_order(case):
        days.append(("correction", order.fields["correct_by"]))
    until = answer_until(case, limits=limits)
    if notice is not None and until is not None and case.state in ("noticed", "answered"):
        days.append(("answer", until.isoformat()))
    if called is not None and case.state == "hearing_called":
        days.append(("hearing", called.fields["hearing_on"]))
    decision = find_decision(case)
    if (
        case.state == "served"
        and decision is not None
        and decision.decision == "fine"
        and decision.served_on is not None
    ):
        days.append(("payment", (decision.served_on + timedelta(days=limits.payment_days)).isoformat()))
    return [{"what": what, "day": day} for what, day in sorted(days, key=lambda one: one[1])]


def describe_move(move: Move, case: Case) -> dict[str, Any]:
    """Return a move and what it carries in a case, as answers print it."""
    is_article_needed = move.name == "give_notice" and needs_article(case)
    return {
        "move": move.name,
        "title": move.en,
        "title_zh": move.zh,
        "by_party": move.by_party,
        "fields": [
            {
                "field": one.name,
                "title": one.en,
                "title_zh": one.zh,
                "form": one.form,
                "needed": one.is_needed or (is_article_needed and one.name in ARTICLE),
                "choices": [{"choice": choice, "title": CHOICES[choice][1], "title_zh": CHOICES[choice][0]} for choice in one.choices],
            }
            for one in move.carries
        ],
    }  # fmt: skip


def _describe_file(file: CaseFile) -> dict[str, Any]:
    return msgspec.convert(msgspec.to_builtins(file), dict[str, Any])


def name_rules(rules: Iterable[str]) -> list[dict[str, str]]:
    """Return rules with their titles."""
    return [
        {"rule": name, "title": rule.title if rule else name, "title_zh": rule.title_zh if rule else name}
        for name in rules
        for rule in (RULE_TABLE.rules.get(name),)
    ]
