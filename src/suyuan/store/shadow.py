"""A shadow of every derived table, in a schema of its own: rebuild writes there, compares, and only then replaces.

A kill at any moment leaves the tables that people read as they were.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from psycopg import Connection, sql
from psycopg.rows import TupleRow

SHADOW = "suyuan_rebuild"
DERIVED_TABLES = (
    "register_entry", "registry_version", "register_outstanding", "rulebook_file", "rulebook_version",
    "report", "timeline", "component_claim", "judge_slot", "pending_judgement",
    "pending_component", "subject_state", "fact", "finding", "duty", "setting",
    "account_flow", "tally", "report_count", "party_month", "case", "case_act", "case_finding",
    "document", "document_counter",
)  # fmt: skip
COMPARED_TABLES = (
    "register_entry", "rulebook_file", "report", "timeline", "component_claim", "subject_state", "fact", "finding", "duty",
    "account_flow", "tally", "report_count", "party_month", "case", "case_act", "case_finding",
    "document", "document_counter",
)  # fmt: skip


@contextmanager
def open_shadow(connection: Connection[TupleRow]) -> Iterator[None]:
    """Make the shadow tables and let this connection read and write them instead of the real ones; dropped at the end."""
    _drop(connection)
    with connection.transaction():
        if connection.execute("SELECT to_regnamespace(%s) IS NULL", [SHADOW]).fetchone() == (True,):
            connection.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(SHADOW)))
        for table in DERIVED_TABLES:
            connection.execute(
                sql.SQL("CREATE TABLE {}.{} (LIKE public.{} INCLUDING ALL)").format(
                    sql.Identifier(SHADOW), sql.Identifier(table), sql.Identifier(table)
                )
            )
        for table in ("judge_slot", "setting"):
            connection.execute(
                sql.SQL("INSERT INTO {}.{} SELECT * FROM public.{}").format(
                    sql.Identifier(SHADOW), sql.Identifier(table), sql.Identifier(table)
                )
            )
        for table in ("registry_version", "rulebook_version"):
            connection.execute(
                sql.SQL("INSERT INTO {}.{} VALUES (0)").format(sql.Identifier(SHADOW), sql.Identifier(table))
            )
    connection.execute(sql.SQL("SET search_path TO {}, public").format(sql.Identifier(SHADOW)))
    try:
        yield
    finally:
        if not connection.closed:
            connection.execute("RESET search_path")
            _drop(connection)


def _drop(connection: Connection[TupleRow]) -> None:
    """Drop the tables and leave the schema: the program's own role (`store.roles`) could not make it again."""
    with connection.transaction():
        for table in DERIVED_TABLES:
            names = {"shadow": sql.Identifier(SHADOW), "table": sql.Identifier(table)}
            connection.execute(sql.SQL("DROP TABLE IF EXISTS {shadow}.{table} CASCADE").format(**names))


_DIFFERENCE: Final = sql.SQL(
    "((SELECT * FROM {shadow}.{table} EXCEPT ALL SELECT * FROM public.{table}) UNION ALL "
    "(SELECT * FROM public.{table} EXCEPT ALL SELECT * FROM {shadow}.{table})) AS difference"
)
_COUNT: Final = sql.SQL("SELECT count(*) FROM {difference}")
_FIRST: Final = sql.SQL("SELECT CAST(difference AS text) FROM {difference} ORDER BY 1 LIMIT 1")


def count_differences(connection: Connection[TupleRow], table: str) -> int:
    """Return how many rows stand in only one of a table and its shadow."""
    row = connection.execute(_COUNT.format(difference=_difference(table))).fetchone()
    return int(row[0]) if row else 0


def find_difference(connection: Connection[TupleRow], table: str) -> str:
    """Return the first row, as text, that stands in only one of a table and its shadow; empty if there is none."""
    row = connection.execute(_FIRST.format(difference=_difference(table))).fetchone()
    return str(row[0]) if row else ""


def _difference(table: str) -> sql.Composed:
    return _DIFFERENCE.format(shadow=sql.Identifier(SHADOW), table=sql.Identifier(table))


def replace_tables(connection: Connection[TupleRow], tables: tuple[str, ...]) -> None:
    """Put the shadow's rows in the place of the real ones, all tables in one transaction."""
    with connection.transaction():
        for table in tables:
            names = {"shadow": sql.Identifier(SHADOW), "table": sql.Identifier(table)}
            connection.execute(sql.SQL("TRUNCATE public.{table}").format(**names))
            connection.execute(sql.SQL("INSERT INTO public.{table} SELECT * FROM {shadow}.{table}").format(**names))
