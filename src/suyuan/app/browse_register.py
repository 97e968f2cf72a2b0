"""The register to look at: lists of a topic, and its history act by act, as far as the reader may see them.

A participant sees its own entries and what is public: outlets and authorities, and of others' licences which kind is valid
from when until when. Officers are nobody's to see but the operator's.
"""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

import msgspec

from suyuan.app.browse import Page, read_cursor, write_cursor
from suyuan.app.context import Context
from suyuan.core.registry import Entry
from suyuan.core.report import utc_text
from suyuan.core.topic import TOPICS, Statement, Topic, entries_of
from suyuan.store.register import Said, read_history

PUBLIC_TOPICS = frozenset({"outlets", "authorities"})
CLOSED_TOPICS = frozenset({"officers"})
PUBLIC_OF_LICENCES = ("uscc", "kind", "valid_from", "valid_until")
EntryKey = tuple[tuple[str, ...], date]
HistoryKey = tuple[int, str, tuple[str, ...], date]


def find_topic(name: str, *, reader: str | None) -> Topic | None:
    """Return the topic of a name; None for an unknown one, and for one that is not the reader's to see."""
    return TOPICS.get(name) if reader is None or name not in CLOSED_TOPICS else None


def list_entries(
    context: Context, topic: Topic, *, uscc: str | None = None, as_of: date | None = None
) -> list[dict[str, Any]]:
    """Return the entries of a topic; of one enterprise, and in force on a day, where that is asked."""
    entries = entries_of(context.read_registry(), topic, on=as_of)
    return [msgspec.to_builtins(one) for one in entries if uscc is None or uscc in topic.parties_of(one)]


def browse_entries(
    context: Context,
    topic: Topic,
    *,
    reader: str | None,
    limit: int,
    cursor: str | None = None,
    uscc: str | None = None,
    as_of: date | None = None,
) -> Page:
    """Return a page of a topic by key and first day, as one reader may see it (None: the operator). Raises CursorError."""
    show = _sight(topic, reader)
    entries = entries_of(context.read_registry(), topic, on=as_of)
    asked = (one for one in entries if uscc is None or uscc in topic.parties_of(one))
    seen = (((topic.key_of(one), topic.since_of(one)), show(one)) for one in asked)
    return _page(((key, one) for key, one in seen if one is not None), limit=limit, cursor=cursor, kind=EntryKey)


def browse_history(
    context: Context, topic: Topic, *, name: str, reader: str | None, limit: int, cursor: str | None = None
) -> Page:
    """Return a page of what acts said under a name in a topic; a participant sees what is about itself, and not by whom."""
    told = []
    for said, described in _describe_history(read_history(context.connection, name=name, topic=topic.name)):
        if reader is None or reader in topic.parties_of(said.statement.entry):
            hidden = {"actor"} if reader is not None else set()
            shown = {field: value for field, value in described.items() if field not in hidden}
            told.append(((said.act_no, said.topic, said.key, said.since), shown))
    return _page(told, limit=limit, cursor=cursor, kind=HistoryKey)


def tell_history(context: Context, name: str) -> list[dict[str, Any]]:
    """Return what acts said about an enterprise or under a key, in all topics, in the order of the acts."""
    return [described for _, described in _describe_history(read_history(context.connection, name=name, topic=None))]


def _sight(topic: Topic, reader: str | None) -> Callable[[Entry], dict[str, Any] | None]:
    """Return what shows an entry to a reader: whole, in part, or not at all."""

    def show(entry: Entry) -> dict[str, Any] | None:
        described: dict[str, Any] = msgspec.to_builtins(entry)
        if reader is None or topic.name in PUBLIC_TOPICS or reader in topic.parties_of(entry):
            return described
        if topic.name == "licences":
            return {name: described[name] for name in PUBLIC_OF_LICENCES}
        return None

    return show


def _describe_history(history: Iterable[Said]) -> list[tuple[Said, dict[str, Any]]]:
    """Return each statement with what it changed of the one before it about the same entry."""
    before: dict[tuple[str, tuple[str, ...], date], Statement] = {}
    told = []
    for said in history:
        earlier = before.get((said.topic, said.key, said.since))
        before[said.topic, said.key, said.since] = said.statement
        described = {
            "act": said.act_no,
            "acted_at": utc_text(said.acted_at),
            "actor": said.actor,
            "topic": said.topic,
            "key": list(said.key),
            "since": said.since.isoformat() if TOPICS[said.topic].since else None,
            "change": _name_change(said.statement, earlier),
            "changed": _list_differences(said.statement, earlier),
            "entry": msgspec.to_builtins(said.statement.entry),
        }
        told.append((said, described))
    return told


def _name_change(statement: Statement, earlier: Statement | None) -> str:
    if statement.is_withdrawn:
        return "withdrawn"
    return "added" if earlier is None or earlier.is_withdrawn else "changed"


def _list_differences(statement: Statement, earlier: Statement | None) -> dict[str, list[Any]]:
    """Return the fields that differ, each with its value before and after."""
    if earlier is None or statement.is_withdrawn:
        return {}
    old, new = msgspec.to_builtins(earlier.entry), msgspec.to_builtins(statement.entry)
    return {name: [old[name], value] for name, value in new.items() if old[name] != value}


def _page(rows: Iterable[tuple[Any, dict[str, Any]]], *, limit: int, cursor: str | None, kind: Any) -> Page:  # noqa: ANN401
    after = read_cursor(cursor, kind=kind) if cursor else None
    following = [row for row in rows if after is None or row[0] > after]
    shown = following[:limit]
    return Page([one for _, one in shown], write_cursor(shown[-1][0]) if len(following) > limit else None)
