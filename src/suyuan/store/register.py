"""What the register says, in the database: statements of acts, of which the latest about a key and first day counts."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, NamedTuple

import msgspec
from psycopg import Connection
from psycopg.rows import TupleRow

from suyuan.core.registry import Registry
from suyuan.core.topic import TOPICS, Statement, Topic, assemble_registry
from suyuan.store.queries import load_queries
from suyuan.store.registry import read_version

SQL = load_queries("register")


class Said(NamedTuple):
    """What one act said about one entry, and who did the act, where that is known."""

    topic: str
    key: tuple[str, ...]
    since: date
    act_no: int
    acted_at: datetime
    actor: str
    statement: Statement


_COLUMN_TYPES = ("text", "text[]", "date", "int8", "bool", "text[]", "text")
_DECODERS = {topic.name: msgspec.json.Decoder(topic.entry) for topic in TOPICS.values()}


def load_registry(connection: Connection[TupleRow], *, known: Registry | None = None) -> Registry:
    """Return the register as it stands, or `known` when nothing has changed since."""
    version = read_version(connection)
    if known is not None and known.version == version:
        return known
    return _assemble(connection.execute(SQL.read_entries, {}), version=version)


def load_registry_of(connection: Connection[TupleRow], *, until_act: int) -> Registry:
    """Return the register as it stood after an act, for what was judged then."""
    return _assemble(connection.execute(SQL.read_entries_of, {"until_act": until_act}), version=0)


def _assemble(rows: Iterable[tuple[Any, ...]], *, version: int) -> Registry:
    entries: dict[str, list[Any]] = {}
    for topic, body in rows:
        entries.setdefault(topic, []).append(_DECODERS[topic].decode(body))
    return assemble_registry(entries, version=version)


def read_latest(connection: Connection[TupleRow], topic: Topic) -> list[Statement]:
    """Return the latest statement about each entry of a topic, withdrawn ones too."""
    decode = _DECODERS[topic.name].decode
    rows = connection.execute(SQL.read_latest, {"topic": topic.name})
    return [Statement(decode(body), is_withdrawn) for is_withdrawn, body in rows]


def write_statements(
    connection: Connection[TupleRow], topic: Topic, statements: Iterable[Statement], *, act_no: int
) -> None:
    """Write what an act says of a topic; what earlier acts said stays."""
    with connection.cursor() as cursor, cursor.copy(SQL.copy_statements) as copy:
        copy.set_types(_COLUMN_TYPES)
        for one in statements:
            entry = one.entry
            body = msgspec.json.encode(entry, order="deterministic").decode()
            copy.write_row(
                (
                    topic.name,
                    list(topic.key_of(entry)),
                    topic.since_of(entry),
                    act_no,
                    one.is_withdrawn,
                    list(topic.parties_of(entry)),
                    body,
                )
            )


def read_history(connection: Connection[TupleRow], *, name: str, topic: str | None) -> list[Said]:
    """Return what acts said about an enterprise, or under a part of a key, in the order of the acts."""
    rows = connection.execute(SQL.read_history, {"name": name, "topic": topic})
    return [
        Said(of, tuple(key), since, act_no, acted_at, actor, Statement(_DECODERS[of].decode(body), is_withdrawn))
        for of, key, since, act_no, acted_at, actor, is_withdrawn, body in rows
    ]
