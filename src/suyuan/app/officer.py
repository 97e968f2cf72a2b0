"""Officers: who they act for today, what they are competent for, and the tokens with which they sign in."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import date, datetime

from suyuan.app.context import Context, UseCaseError
from suyuan.app.register import TOKEN_BYTES, TOKEN_PREFIX
from suyuan.core.case import organ_of
from suyuan.core.competence import Desk, find_desk, is_competent
from suyuan.core.finding import Finding
from suyuan.core.value import SHANGHAI
from suyuan.rules.catalogue import RULE_TABLE
from suyuan.store import cases as store_cases
from suyuan.store.read import read_states


def require_desk(context: Context, officer: str, *, at: datetime) -> Desk:
    """Return the officer with its authority on the day of a moment. Raises UseCaseError for whom the register lacks."""
    desk = find_desk(context.read_registry(), officer, on=_day(at))
    if desk is None:
        raise UseCaseError(
            f'The register knows no officer "{officer[:80]}" who acts for an authority on {_day(at)}. '
            "Check the number, or import officers and authorities first.",
            message_zh=f"登记簿中没有在 {_day(at)} 为某机关履职的执法人员“{officer[:80]}”。"
            "请核对编号，或先导入机关与执法人员。",
        )
    return desk


def issue_officer_token(context: Context, officer: str) -> str:
    """Make a token for an officer and return it; only its hash is kept. Raises UseCaseError as above."""
    desk = require_desk(context, officer, at=context.clock())
    token = TOKEN_PREFIX + secrets.token_urlsafe(TOKEN_BYTES)
    store_cases.add_officer_token(
        context.connection, token_hash=_hash(token), officer=desk.officer.officer, created_at=context.clock()
    )
    return token


def revoke_officer_tokens(context: Context, officer: str) -> int:
    """End every token of an officer and return how many; it may have left the register."""
    return store_cases.revoke_officer_tokens(context.connection, officer=officer, revoked_at=context.clock())


def find_officer(context: Context, token: str) -> Desk | None:
    """Return the officer a token belongs to; None for an unknown or revoked one, and when the officer acts for nobody today."""
    officer = store_cases.find_officer_token(context.connection, token_hash=_hash(token))
    if officer is None:
        return None
    return find_desk(context.read_registry(), officer, on=_day(context.clock()))


def places_of(context: Context, findings: Iterable[Finding]) -> dict[str, str | None]:
    """Return the place of each finding by its subject and party joined: where the subject is, else the party's division."""
    found = list(findings)
    states = read_states(context.connection, {one.subject for one in found})
    registry, today = context.read_registry(), _day(context.clock())
    places: dict[str, str | None] = {}
    for one in found:
        row, organ = states.get(one.subject), organ_of(one.subject)
        place = organ[0] if organ else row.body.get("place") if row else None
        places[place_key(one)] = place or registry.division_of(one.party, on=today)
    return places


def place_key(finding: Finding) -> str:
    """Return the key of a finding in `places_of`."""
    return f"{finding.subject} {finding.party}"


def is_in_scope(desk: Desk, finding: Finding, *, place: str | None) -> bool:
    """Tell whether an officer's authority is competent for a finding; for what came of a case, as for the case itself."""
    rule, organ = RULE_TABLE.rules.get(finding.rule), organ_of(finding.subject)
    line = organ[1] if organ else rule.competent_line if rule else ""
    return rule is not None and is_competent(desk.authority, line=line, place=place)


def _day(moment: datetime) -> date:
    return moment.astimezone(SHANGHAI).date()


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
