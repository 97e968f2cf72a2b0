"""Change the register from a file, and give out the tokens with which participants sign in.

An import is an act and one whole: it is recorded with its bytes, and nothing of a file counts unless every row is right.
The new version of the register commits first, with a note of what it concerns; then that is judged again, and whoever judges
next goes on with it where somebody was cut off.
"""

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import msgspec

from suyuan.app.context import Context, UseCaseError
from suyuan.core.identifiers import IdentifierError, Uscc
from suyuan.core.refusal import RowError, refuse
from suyuan.core.registry import CodeFiling, Entry, Licence, Model, Participant, Registry
from suyuan.core.topic import CARRIAGE, PARTICIPANTS, TOPICS, Statement, Topic, is_registered
from suyuan.core.value import SHANGHAI
from suyuan.intake.register_file import RegisterFile, read_register_file
from suyuan.rules.custody.lawful_receiver import licences_needed
from suyuan.store import registry as store_registry
from suyuan.store.register import load_registry, read_latest, write_statements
from suyuan.store.registry import (
    Concerned,
    add_token,
    delay_concerned_subjects,
    find_token,
    forget_outstanding,
    lock_version,
    raise_version,
    write_act,
    write_outstanding,
)

TOKEN_PREFIX = "sy_"  # noqa: S105 - tells people and scanners of leaked secrets what it is
TOKEN_BYTES = 32
TOKEN_ID_CHARACTERS = 8  # of the hash: enough to tell a few tokens apart, of no use to guess one


@dataclass(slots=True)
class Change:
    """What a file changes in a topic: the statements that say something new, and what they are about as it was before."""

    added: list[Statement] = field(default_factory=list)
    changed: list[Statement] = field(default_factory=list)
    before: list[Entry] = field(default_factory=list)
    unchanged_count: int = 0

    @property
    def statements(self) -> list[Statement]:
        """The statements to write."""
        return self.added + self.changed

    @property
    def entries(self) -> list[Entry]:
        """Every entry that the change touches, as it was and as it is now."""
        return [*self.before, *(one.entry for one in self.statements)]


@dataclass(frozen=True, slots=True)
class TokenOwner:
    """Whose a token is: a participant's, or the operator's (`uscc` None); `token_id` tells tokens of one owner apart."""

    uscc: str | None
    token_id: str

    @property
    def is_operator(self) -> bool:
        """Tell whether the operator holds the token."""
        return self.uscc is None


def import_entries(context: Context, topic: Topic, body: bytes, *, actor: str = "") -> dict[str, Any]:
    """Import a file of a topic and tell what came of it; with any row refused, nothing is imported.

    `actor` is who does it, as the history shows. The same file again changes nothing and is no new act.
    """
    now = context.clock()
    file = read_register_file(body, topic=topic, on=now.astimezone(SHANGHAI).date())
    connection = context.connection
    with connection.transaction():
        lock_version(connection)
        before = context.read_registry()
        _refuse_unknown_references(file, topic, before)
        if file.file_error is not None or file.refused:
            return _describe(topic, file)
        change = _compare(file.statements, read_latest(connection, topic), topic)
        if not change.statements:
            return _describe(topic, file, change=change)
        act_no = write_act(connection, topic.name, acted_at=now, body=body, actor=actor)
        write_statements(connection, topic, change.statements, act_no=act_no)
        raise_version(connection)
        concerned = _list_concerned(context, change, before=before)
        write_outstanding(connection, concerned, act_no=act_no)
    # Only now: a report recorded meanwhile and judged by the old version would else keep that verdict.
    with connection.transaction():
        delayed = delay_concerned_subjects(connection, concerned)
        forget_outstanding(connection, act_no=act_no)
    return _describe(topic, file, change=change, delayed=delayed)


def import_participants(context: Context, body: bytes) -> dict[str, Any]:
    """Import a file of participants, as `import_entries` does."""
    return import_entries(context, PARTICIPANTS, body)


def replay_entries(context: Context, kind: str, body: bytes, *, act_no: int) -> None:
    """Say again what a recorded act said, for a rebuild, in a transaction of its own; `kind` is the topic's name."""
    topic = TOPICS[kind]
    file = read_register_file(body, topic=topic, on=date.max)  # a place that was known then is known now
    assert file.file_error is None, "an act is recorded only when every row of it was right"
    assert not file.refused, "an act is recorded only when every row of it was right"
    with context.connection.transaction():
        change = _compare(file.statements, read_latest(context.connection, topic), topic)
        write_statements(context.connection, topic, change.statements, act_no=act_no)
        raise_version(context.connection)


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
    token_hash = _hash(token)
    is_known, uscc = find_token(context.connection, token_hash=token_hash)
    return TokenOwner(uscc, token_hash.hex()[:TOKEN_ID_CHARACTERS]) if is_known else None


def _hash(token: str) -> bytes:
    # Plain SHA-256 is enough: nobody guesses 256 random bits, however fast the hash.
    return hashlib.sha256(token.encode()).digest()


def _refuse_unknown_references(file: RegisterFile, topic: Topic, registry: Registry) -> None:
    """Refuse the rows that name something which is not in the register: a mistyped code would silently never hold."""
    referring = [one for one in topic.columns if one.refers_to]
    kept: list[Statement] = []
    for row, statement in zip(file.rows, file.statements, strict=True):
        errors = [
            _unknown(column.name, getattr(statement.entry, column.name), column.refers_to)
            for column in referring
            if not is_registered(registry, topic=column.refers_to, key=getattr(statement.entry, column.name))
        ]
        if errors and not statement.is_withdrawn:
            file.refused[row] = errors
        else:
            kept.append(statement)
    file.statements = kept


def _unknown(name: str, value: str, topic: str) -> RowError:
    zh, en = TOPICS[topic].zh, TOPICS[topic].en
    return refuse("register_entry_unknown", field=name, value=value, topic=en, topic_zh=zh, name=topic)


def _compare(statements: Iterable[Statement], latest: Iterable[Statement], topic: Topic) -> Change:
    """Return what statements change in a topic; an entry is named by key and first day.

    To withdraw what was never said changes nothing.
    """
    known = {(topic.key_of(one.entry), topic.since_of(one.entry)): one for one in latest}
    change = Change()
    for statement in statements:
        earlier = known.get((topic.key_of(statement.entry), topic.since_of(statement.entry)))
        is_absent = earlier is None or earlier.is_withdrawn
        if statement == earlier or (is_absent and statement.is_withdrawn):
            change.unchanged_count += 1
        elif earlier is None or is_absent:
            change.added.append(statement)
        else:
            change.changed.append(statement)
            change.before.append(earlier.entry)
    return change


def _list_concerned(context: Context, change: Change, *, before: Registry) -> Concerned:
    """Return what a change concerns: by party, manufacturer code or model, as far as any verdict reads the topic."""
    after = load_registry(context.connection)  # not remembered: this transaction may still fail
    usccs: set[str] = set()
    codes: set[str] = set()
    subjects: set[str] = set()
    carriers: set[str] = set()
    needed = {kind for book in context.rulebook.books for kind in licences_needed(book)}
    for entry in change.entries:
        match entry:
            case Participant():
                usccs.add(entry.uscc)
                codes |= {one for one in entry.manufacturer_codes if before.owners_of(one) != after.owners_of(one)}
            case CodeFiling():
                codes.add(entry.manufacturer_code)
            case Model():
                subjects.add(f"{entry.uscc}:{entry.model}")
            case Licence() if entry.kind in needed:
                usccs.add(entry.uscc)
            case Licence() if entry.kind == CARRIAGE:
                carriers.add(entry.uscc)
            case _:
                pass  # no verdict on a subject reads it; the sweep reads it anew each time
    return Concerned(sorted(usccs), sorted(codes), sorted(subjects), sorted(carriers))


def _describe(topic: Topic, file: RegisterFile, *, change: Change | None = None, delayed: int = 0) -> dict[str, Any]:
    result: dict[str, Any] = {
        "topic": topic.name,
        "entries": len(file.statements) if change else 0,
        "added": len(change.added) if change else 0,
        "changed": len(change.changed) if change else 0,
        "unchanged": change.unchanged_count if change else 0,
        "rejected": len(file.refused),
        "to_be_judged": delayed,
        "rows": [
            {"row": row, "outcome": "rejected", "errors": msgspec.to_builtins(file.refused[row])}
            for row in sorted(file.refused)
        ],
    }
    if file.file_error is not None:
        result["file_errors"] = [msgspec.to_builtins(file.file_error)]
    return result
