"""Register participants from a file, and give out the tokens with which they sign in.

An import is an act and one whole: it is recorded with its bytes, and nothing of a file counts unless every row is right.
The new version of the register commits first; then what it concerns is judged again.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec

from suyuan.app.context import Context, UseCaseError
from suyuan.app.participant_file import ParticipantFile, read_participants
from suyuan.core.identifiers import IdentifierError, Uscc
from suyuan.core.registry import Participant, Registry
from suyuan.core.value import SHANGHAI
from suyuan.store import registry as store_registry
from suyuan.store.registry import (
    add_token,
    delay_concerned_subjects,
    find_token,
    raise_version,
    write_act,
    write_participants,
)

ACT_KIND = "participants"
TOKEN_PREFIX = "sy_"  # noqa: S105 - tells people and scanners of leaked secrets what it is
TOKEN_BYTES = 32


@dataclass(frozen=True, slots=True)
class Change:
    """What a file changes in the register, and whom that concerns."""

    added: tuple[Participant, ...]
    changed: tuple[Participant, ...]
    unchanged_count: int
    manufacturer_codes: frozenset[str]

    @property
    def entries(self) -> tuple[Participant, ...]:
        """The entries to write."""
        return self.added + self.changed

    @property
    def usccs(self) -> frozenset[str]:
        """The participants whose entries are new or other than before."""
        return frozenset(entry.uscc for entry in self.entries)


@dataclass(frozen=True, slots=True)
class TokenOwner:
    """Whose a token is: a participant's, or the operator's (`uscc` None)."""

    uscc: str | None

    @property
    def is_operator(self) -> bool:
        """Tell whether the operator holds the token."""
        return self.uscc is None


def import_participants(context: Context, body: bytes) -> dict[str, Any]:
    """Import a file of participants and tell what came of it; with any row refused, nothing is imported.

    The same file again changes nothing and is no new act.
    """
    now = context.clock()
    file = read_participants(body, on=now.astimezone(SHANGHAI).date())
    if file.file_error is not None or file.refused:
        return _describe_refusal(file)
    connection = context.connection
    with connection.transaction():
        change = _compare(file.entries, registry=context.read_registry())
        if change.entries:
            act_no = write_act(connection, ACT_KIND, acted_at=now, body=body)
            write_participants(connection, change.entries, act_no=act_no)
            raise_version(connection)
    delayed = 0
    if change.entries:
        # Only now: a judge that takes these subjects must already see the new version.
        with connection.transaction():
            delayed = delay_concerned_subjects(
                connection, usccs=change.usccs, manufacturer_codes=change.manufacturer_codes
            )
    return {
        "participants": len(file.entries),
        "added": len(change.added),
        "changed": len(change.changed),
        "unchanged": change.unchanged_count,
        "rejected": 0,
        "to_be_judged": delayed,
        "rows": [],
    }


def apply_participants(context: Context, body: bytes, *, act_no: int) -> Change:
    """Write the entries of a recorded act again, in the caller's transaction; rebuild repeats acts so."""
    file = read_participants(body, on=date.max)  # a place that was known then is known now
    assert file.file_error is None, "an act is recorded only when every row of it was right"
    assert not file.refused, "an act is recorded only when every row of it was right"
    change = _compare(file.entries, registry=context.read_registry())
    if change.entries:
        write_participants(context.connection, change.entries, act_no=act_no)
        raise_version(context.connection)
    return change


def replay_participants(context: Context, body: bytes, act_no: int) -> None:  # called by position: app.rebuild
    """Repeat a recorded act for a rebuild, in a transaction of its own."""
    with context.connection.transaction():
        apply_participants(context, body, act_no=act_no)


def issue_token(context: Context, uscc: str | None) -> str:
    """Make a token for a participant, or for the operator (None), and return it; only its hash is kept.

    Raises UseCaseError for a text that is no credit code and for a participant that is not registered.
    """
    uscc = _check_participant(context, uscc)
    token = TOKEN_PREFIX + secrets.token_urlsafe(TOKEN_BYTES)
    with context.connection.transaction():
        add_token(context.connection, token_hash=_hash(token), uscc=uscc, created_at=context.clock())
    return token


def revoke_tokens(context: Context, uscc: str | None) -> int:
    """End every token of a participant, or of the operator (None), and return how many; raises UseCaseError as above."""
    uscc = _check_participant(context, uscc)
    return store_registry.revoke_tokens(context.connection, uscc=uscc, revoked_at=context.clock())


def _check_participant(context: Context, uscc: str | None) -> str | None:
    """Return the credit code of a registered participant, None for the operator; raises UseCaseError."""
    if uscc is not None:
        try:
            uscc = Uscc.parse(uscc)
        except IdentifierError as error:
            raise UseCaseError(error.message, message_zh=error.message_zh) from None
        if uscc not in context.read_registry():
            raise UseCaseError(
                f"{uscc} is not registered as a participant. Import it first: suyuan participants import FILE.csv",
                message_zh=f"{uscc} 未登记为报告单位。请先导入：suyuan participants import FILE.csv",
            )
    return uscc


def find_token_owner(context: Context, token: str) -> TokenOwner | None:
    """Return whose token this is, None for one that is unknown or was revoked."""
    is_known, uscc = find_token(context.connection, token_hash=_hash(token))
    return TokenOwner(uscc) if is_known else None


def _hash(token: str) -> bytes:
    # Plain SHA-256 is enough: nobody guesses 256 random bits, however fast the hash.
    return hashlib.sha256(token.encode()).digest()


def _compare(entries: list[Participant], *, registry: Registry) -> Change:
    """Return what entries change in a register; an entry is named by participant and first day."""
    added: list[Participant] = []
    changed: list[Participant] = []
    codes: set[str] = set()
    for entry in entries:
        known = registry.find(entry.uscc, on=entry.valid_from)
        if known is None or known.valid_from != entry.valid_from:
            added.append(entry)
            codes |= {code for code in entry.manufacturer_codes if entry.uscc not in registry.owners_of(code)}
        elif known != entry:
            changed.append(entry)
            codes |= known.manufacturer_codes ^ entry.manufacturer_codes
    unchanged_count = len(entries) - len(added) - len(changed)
    return Change(tuple(added), tuple(changed), unchanged_count, frozenset(codes))


def _describe_refusal(file: ParticipantFile) -> dict[str, Any]:
    result: dict[str, Any] = {
        "participants": 0,
        "added": 0,
        "changed": 0,
        "unchanged": 0,
        "rejected": len(file.refused),
        "to_be_judged": 0,
        "rows": [
            {"row": row, "outcome": "rejected", "errors": msgspec.to_builtins(errors)}
            for row, errors in file.refused.items()
        ],
    }
    if file.file_error is not None:
        result["file_errors"] = [msgspec.to_builtins(file.file_error)]
    return result
