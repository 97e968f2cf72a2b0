"""Batteries worth showing to somebody who looks at a database for the first time."""

from psycopg import Connection
from psycopg.rows import TupleRow

from suyuan.core.catalogue import KIND_BY_NAME
from suyuan.store.queries import load_queries

SQL = load_queries("sights")
CODE_LENGTH = 24


def find_longest_life(connection: Connection[TupleRow]) -> str | None:
    """Return the battery of which the most different things are reported and about which nothing was found."""
    row = connection.execute(SQL.find_longest_life, {"code_length": CODE_LENGTH}).fetchone()
    return str(row[0]) if row else None


def find_busiest_battery(connection: Connection[TupleRow], *, kind: str) -> str | None:
    """Return the battery with the most reports of one kind and nothing found about it."""
    given = {"kind": KIND_BY_NAME[kind].number, "code_length": CODE_LENGTH}
    row = connection.execute(SQL.find_busiest_battery, given).fetchone()
    return str(row[0]) if row else None
