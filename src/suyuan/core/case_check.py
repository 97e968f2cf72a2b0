"""May this act be made in this case? All faults at once.

The amount of a fine is entered by an officer, under a ceiling that the operator configures; without one there is no fine.
A rule that is not verified carries no penalty before an officer has entered article and text.
"""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from suyuan.core.case import (
    Act,
    Case,
    CaseLimits,
    answer_until,
    article_of,
    find_decision,
    handlers_of,
    has_open_order,
    needs_article,
    reviewers_of,
)
from suyuan.core.case_course import (
    AMOUNT,
    ARTICLE,
    CONFLICT_REASONS,
    DECISIONS_BY_GRAVITY,
    HEARING_DAY,
    MOVE_BY_NAME,
    PENALTIES,
    STATES,
    Carried,
    Move,
    moves_from,
)
from suyuan.core.case_fault import Fault, fault
from suyuan.core.value import SHANGHAI

TEXT_CHARACTERS_MAX = 20_000
AMOUNT_DIGITS_MAX = 12


def next_moves(case: Case) -> tuple[Move, ...]:
    """Return the moves that the case allows, as far as state and party tell; a close that a fine forbids is left out."""
    return tuple(
        move
        for move in moves_from(case.state)
        if not (move.needs_party and case.party is None) and not any(_check_course(case, move))
    )


# -- what an act carries -------------------------------------------------------------------------------------------


def read_fields(move: Move, given: Mapping[str, Any], *, acted_on: date) -> tuple[dict[str, Any], list[Fault]]:
    """Return what a move carries in its normal form, and every fault of form; blank texts count as absent."""
    faults: list[Fault] = []
    fields: dict[str, Any] = {}
    wanted = ", ".join(one.name for one in move.carries) or "-"
    faults += [fault("field_unknown", field=name, wanted=wanted) for name in given if move.find_carried(name) is None]
    for carried in move.carries:
        value = given.get(carried.name)
        if value is None or (isinstance(value, str) and not value.strip()):
            if carried.is_needed:
                faults.append(_about("field_missing", carried))
            continue
        read, found = _READERS[carried.form](carried, value, acted_on)
        faults += found
        if not found:
            fields[carried.name] = read
    return fields, faults


def _read_text(carried: Carried, value: object, _on: date) -> tuple[Any, list[Fault]]:
    text = value.strip() if isinstance(value, str) else None
    if text is None or any(ord(letter) < ord(" ") and letter not in "\n\t" for letter in text):
        return None, [_about("text_malformed", carried)]
    if len(text) > TEXT_CHARACTERS_MAX:
        return None, [_about("text_too_long", carried, length=len(text), longest=TEXT_CHARACTERS_MAX)]
    return text, []


def _read_day(carried: Carried, value: object, on: date) -> tuple[Any, list[Fault]]:
    text = str(value).strip()
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day.isoformat() != text:  # Python reads more forms of a date than people should write
        return None, [_about("day_malformed", carried, value=value)]
    if carried.is_future and day <= on:
        return None, [_about("day_not_later", carried, value=day, earliest=on + timedelta(days=1))]
    if not carried.is_future and day > on:
        return None, [_about("day_in_future", carried, value=day, day=on)]
    return day.isoformat(), []


def _read_choice(carried: Carried, value: object, _on: date) -> tuple[Any, list[Fault]]:
    if value not in carried.choices:
        return None, [_about("choice_unknown", carried, value=value, choices=", ".join(carried.choices))]
    return value, []


def _read_amount(carried: Carried, value: object, _on: date) -> tuple[Any, list[Fault]]:
    text = str(value).strip()
    is_number = text.isascii() and text.isdecimal() and len(text) <= AMOUNT_DIGITS_MAX
    if isinstance(value, bool) or not is_number or int(text) == 0:
        return None, [_about("amount_malformed", carried, value=value)]
    return int(text), []


_READERS = {"text": _read_text, "day": _read_day, "choice": _read_choice, "amount": _read_amount}


def _about(code: str, carried: Carried, **details: object) -> Fault:
    shown = {name: str(value)[:80] if name == "value" else value for name, value in details.items()}
    return fault(code, field=carried.name, zh=carried.zh, en=carried.en, **shown)


# -- may this act be made? -----------------------------------------------------------------------------------------


def check_opening(act: Act) -> list[Fault]:
    """Return what is wrong with the act that opens a case."""
    return [
        *read_fields(MOVE_BY_NAME["open"], act.fields, acted_on=act.acted_on)[1],
        *_check_officers(MOVE_BY_NAME["open"], act),
    ]


def check_act(case: Case, act: Act, *, limits: CaseLimits, standing_count: int) -> list[Fault]:
    """Return everything that forbids an act; `standing_count` of the case's findings still stand."""
    move = MOVE_BY_NAME.get(act.move)
    allowed = next_moves(case)
    names = ", ".join(one.name for one in allowed) or "-"
    if move is None:
        return [fault("move_unknown", value=act.move[:80], allowed=names)]
    if case.state not in move.leads:
        state_zh, state = STATES[case.state]
        names_zh = "、".join(one.zh for one in allowed) or "-"
        return [
            fault("move_not_allowed", state=state, state_zh=state_zh, move=move.name, move_zh=move.zh, allowed=names,
                  allowed_zh=names_zh)
        ]  # fmt: skip
    fields, faults = read_fields(move, act.fields, acted_on=act.acted_on)
    faults += _check_officers(move, act)
    if move.needs_party and case.party is None:
        faults.append(fault("party_missing"))
    if act.acted_at < case.acts[-1].acted_at:
        faults.append(fault("acted_before_last", last=case.acts[-1].acted_at.astimezone(SHANGHAI).isoformat()))
    faults += _check_interests(case, move, act)
    faults += _check_days(case, move, fields)
    faults += _check_course(case, move)
    faults += _check_penalty(case, move, fields, limits)
    faults += _check_waiting(case, move, act, fields, limits)
    faults += _check_reason(case, fields, standing_count)
    return faults


def _check_officers(move: Move, act: Act) -> Iterator[Fault]:
    """One officer makes a move, two a penalty, the party itself what it may."""
    needs_two = move.name == "decide" and act.fields.get("decision") in PENALTIES
    may_second = move.name == "decide"
    if act.officer is None:
        if not move.by_party:
            yield fault("officer_missing")
        elif act.second_officer is not None:
            yield fault("officer_and_party")
        return
    if act.second_officer is None:
        if needs_two:
            yield fault("second_officer_missing")
    elif not may_second:
        yield fault("second_officer_unwanted")
    elif act.second_officer == act.officer:
        yield fault("second_officer_same", value=act.officer)


def _check_interests(case: Case, move: Move, act: Act) -> Iterator[Fault]:
    """Whoever investigates neither reviews nor presides over the hearing, and whoever reviewed does not investigate."""
    if move.is_independent and act.officer in handlers_of(case):
        yield fault(
            "presider_investigated" if move.name == "hold_hearing" else "reviewer_investigated", value=act.officer
        )
    if move.is_handling and act.officer in reviewers_of(case):
        yield fault("investigator_reviewed", value=act.officer)


def _check_days(case: Case, move: Move, fields: Mapping[str, Any]) -> Iterator[Fault]:
    """A day that belongs to an earlier act does not lie before it."""
    for carried in move.carries:
        earlier = case.last(carried.since) if carried.since else None
        if earlier is not None and carried.name in fields and fields[carried.name] < earlier.acted_on.isoformat():
            yield _about("day_not_later", carried, value=fields[carried.name], earliest=earlier.acted_on)


def _check_course(case: Case, move: Move) -> Iterator[Fault]:
    """What the acts so far forbid, whatever the new one says."""
    if move.name == "close" and case.state == "served":
        decision = find_decision(case)
        if decision is not None and decision.decision == "fine":
            yield fault("fine_not_performed")
    if move.name == "contest" and (case.last("serve") is None or case.last("revoke") is not None):
        yield fault("decision_not_served")
    if move.name == "confirm_correction" and not has_open_order(case):
        yield fault("order_missing")


def _check_penalty(case: Case, move: Move, fields: Mapping[str, Any], limits: CaseLimits) -> Iterator[Fault]:
    """A penalty that is announced, decided or amended."""
    said = fields.get("intended", fields.get("decision"))
    if said is not None:
        yield from _check_amount(move, said, fields.get("amount_yuan"), limits)
    if (move.name == "give_notice" or said in PENALTIES) and needs_article(case):
        known = article_of(case, fields)
        yield from (fault("article_missing", field=name) for name in ARTICLE if name not in known)
    if said is None:
        return
    if move.name == "decide":
        notice = case.last("give_notice")
        assert notice is not None, "nothing is reviewed before the party had notice of it"
        announced = notice.fields["intended"], notice.fields.get("amount_yuan")
        if _weigh(said, fields.get("amount_yuan")) > _weigh(*announced):
            yield fault("decision_beyond_notice", announced=_announce(*announced))
    if move.name == "amend":
        before = find_decision(case)
        assert before is not None, "only a decision can be contested"
        if _weigh(said, fields.get("amount_yuan")) > _weigh(before.decision, before.amount_yuan):
            yield fault("decision_not_lighter", announced=_announce(before.decision, before.amount_yuan))


def _check_amount(move: Move, said: str, amount: int | None, limits: CaseLimits) -> Iterator[Fault]:
    """A fine needs an amount, and the authority's own fine a ceiling above it; nothing else has an amount."""
    if said != "fine":
        if amount is not None:
            yield fault("amount_without_fine", field="amount_yuan")
        return
    if amount is None:
        yield _about("field_missing", AMOUNT)
    if move.name == "amend":
        return  # a court's amount is not ours to bound; it cannot exceed the one that was decided under the ceiling
    if limits.fine_ceiling_yuan is None:
        yield fault("ceiling_missing", field="amount_yuan")
    elif amount is not None and amount > limits.fine_ceiling_yuan:
        yield fault("amount_above_ceiling", field="amount_yuan", value=amount, ceiling=limits.fine_ceiling_yuan)


def _weigh(decision: str, amount_yuan: int | None) -> tuple[int, int]:
    """Return how heavy a decision is, for comparing."""
    return DECISIONS_BY_GRAVITY.index(decision), amount_yuan or 0


def _announce(decision: str, amount_yuan: int | None) -> str:
    return decision if amount_yuan is None else f"{decision} {amount_yuan}"


def _check_waiting(case: Case, move: Move, act: Act, fields: Mapping[str, Any], limits: CaseLimits) -> Iterator[Fault]:
    """The party has its days to answer, and notice of its hearing."""
    if move.name == "pass_review" and case.state != "heard":
        until = answer_until(case, limits=limits)
        if until is not None and act.acted_on <= until:
            yield fault("answer_days_running", until=until)
    if move.name == "call_hearing" and "hearing_on" in fields:
        earliest = act.acted_on + timedelta(days=limits.hearing_notice_days)
        if fields["hearing_on"] < earliest.isoformat():
            yield _about("day_not_later", HEARING_DAY, value=fields["hearing_on"], earliest=earliest)


def _check_reason(case: Case, fields: Mapping[str, Any], standing_count: int) -> Iterator[Fault]:
    """An early close gives a reason that is true of the case."""
    reason = fields.get("reason")
    if reason == "findings_vanished" and standing_count:
        yield fault("findings_still_stand", field="reason", count=standing_count)
    if reason in CONFLICT_REASONS and not any(finding.is_conflict for finding in case.findings):
        yield fault("not_a_conflict", field="reason")
    if reason == "corrected" and (case.last("confirm_correction") is None or has_open_order(case)):
        yield fault("not_corrected", field="reason")
