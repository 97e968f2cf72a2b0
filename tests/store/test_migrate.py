"""Migrations: what is applied, what is refused, and that they arrive at the schema as it is written down."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from importlib.resources import files
from uuid import uuid4

import psycopg
import pytest
from catalogue import build_schema, describe_structure
from psycopg import Cursor, sql
from psycopg.conninfo import make_conninfo

from suyuan.core.registry import Participant
from suyuan.core.topic import PARTICIPANTS, Statement
from suyuan.store.database import connect
from suyuan.store.migrate import (
    Migration,
    MigrationChangedError,
    SchemaMismatchError,
    check_schema,
    load_migrations,
    migrate,
)
from suyuan.store.register import load_registry, write_statements

FIRST = Migration(number=1, name="begin", sql=b"CREATE TABLE one (a int);\nCREATE TABLE two (b int);\n")
SECOND = Migration(number=2, name="widen", sql=b"ALTER TABLE one ADD COLUMN c text;\n")
BROKEN = Migration(number=3, name="stumble", sql=b"CREATE TABLE three (a int);\nCREATE TABLE one (a int);\n")


@pytest.fixture
def empty_url(database_url):
    """The address of a fresh database without anything in it, on the server of `database_url`."""
    name = f"empty_{uuid4().hex}"
    with psycopg.connect(database_url, autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
        yield make_conninfo(database_url, dbname=name)
        admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
def empty(empty_url):
    with connect(empty_url) as opened:
        yield opened


def tables(connection):
    rows = Cursor(connection).execute("SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 2200")
    return {name for (name,) in rows} - {"schema_migration"}


def schema_texts():
    folder = files("suyuan.store").joinpath("schema")
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.name.endswith(".sql")}


# ---- the schema of this program


@pytest.mark.every_server
def test_migrations_arrive_at_exactly_the_schema(connection, empty):
    migrate(empty, migrations=[])  # the table of migrations is the one that no file of the schema holds
    build_schema(empty, texts=schema_texts())
    assert describe_structure(connection) == describe_structure(empty)


@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE schema_migration ADD COLUMN extra int",
        "ALTER TABLE schema_migration ALTER COLUMN name DROP NOT NULL",
        "ALTER TABLE schema_migration ALTER COLUMN name SET DEFAULT 'a'",
        "ALTER TABLE schema_migration ADD CONSTRAINT a_name_is_short CHECK (length(name) < 99)",
        "CREATE INDEX extra ON schema_migration (name)",
        "CREATE VIEW extra AS SELECT number FROM schema_migration",
        "CREATE SEQUENCE extra",
        "ALTER TABLE schema_migration SET (fillfactor = 70)",
    ],
)
def test_control_a_difference_between_schema_and_migrations_is_noticed(connection, change):
    before = describe_structure(connection)
    connection.execute(change)
    assert describe_structure(connection) != before


def test_the_database_of_the_tests_has_the_schema_of_the_program(connection):
    check_schema(connection)


# ---- applying


@pytest.mark.every_server
def test_missing_migrations_are_applied_in_order_and_only_once(empty):
    assert migrate(empty, migrations=[FIRST]) == ["0001_begin.sql"]
    assert migrate(empty, migrations=[FIRST, SECOND]) == ["0002_widen.sql"]
    assert migrate(empty, migrations=[FIRST, SECOND]) == []


def test_a_migration_that_fails_leaves_nothing_of_itself_and_keeps_those_before_it(empty):
    with pytest.raises(psycopg.errors.DuplicateTable):
        migrate(empty, migrations=[FIRST, SECOND, BROKEN])
    assert tables(empty) == {"one", "two"}
    with pytest.raises(SchemaMismatchError, match="at schema 0002, this program needs 0003"):
        check_schema(empty, migrations=[FIRST, SECOND, BROKEN])


def test_programs_that_migrate_at_once_do_each_step_once(empty_url):
    barrier = threading.Barrier(4)

    def work(_number):
        with connect(empty_url) as opened:
            barrier.wait()
            return migrate(opened, migrations=[FIRST, SECOND])

    with ThreadPoolExecutor(4) as pool:  # unlike a bare thread it tells what went wrong in it
        applied = [name for names in pool.map(work, range(4)) for name in names]
    assert sorted(applied) == ["0001_begin.sql", "0002_widen.sql"]


# ---- refusing


def test_a_changed_migration_is_refused_in_words(empty):
    migrate(empty, migrations=[FIRST])
    changed = Migration(number=1, name="begin", sql=FIRST.sql + b"-- better\n")
    with pytest.raises(MigrationChangedError, match=r"schema 0001 \(begin\) by another text than 0001_begin\.sql"):
        migrate(empty, migrations=[changed, SECOND])
    with pytest.raises(MigrationChangedError):
        check_schema(empty, migrations=[changed])


def test_turned_line_ends_are_no_change(empty):
    migrate(empty, migrations=[FIRST])
    turned = Migration(number=1, name="begin", sql=FIRST.sql.replace(b"\n", b"\r\n"))
    assert migrate(empty, migrations=[turned]) == []


def test_an_older_database_is_refused_in_words(empty):
    with pytest.raises(SchemaMismatchError) as refusal:
        check_schema(empty, migrations=[FIRST, SECOND])
    assert refusal.value.message == (
        'The database is at schema 0000, this program needs 0002. Run "suyuan migrate" and start again.'
    )
    assert "0000" in refusal.value.message_zh


def test_a_newer_database_is_refused_in_words(empty):
    migrate(empty, migrations=[FIRST, SECOND])
    with pytest.raises(SchemaMismatchError, match="at schema 0002, this program knows only 0001"):
        check_schema(empty, migrations=[FIRST])
    with pytest.raises(SchemaMismatchError):
        migrate(empty, migrations=[FIRST])


def test_the_matching_schema_is_let_through(empty):
    migrate(empty, migrations=[FIRST])
    check_schema(empty, migrations=[FIRST])


# ---- the files


def test_migration_files_are_numbered_without_a_gap():
    assert [migration.number for migration in load_migrations()] == list(range(1, len(load_migrations()) + 1))


@pytest.mark.parametrize("names", [["0002_begin.sql"], ["0001_a.sql", "0001_b.sql"], ["1_a.sql"], ["0001-a.sql"]])
def test_a_gap_a_double_or_a_misnamed_file_is_refused(tmp_path, names):
    for name in names:
        (tmp_path / name).write_text("SELECT 1")
    with pytest.raises(ValueError, match="the next migration is"):
        load_migrations(tmp_path)


def test_participants_of_an_older_schema_become_statements_of_the_register(empty):
    empty.autocommit = True
    older = load_migrations()[:3]
    migrate(empty, migrations=older)
    entry = Participant("91350100M000100Y43", "福州电池", frozenset({"seller", "battery_producer"}), "350100",
                        frozenset({"00A", "001"}), date(2015, 1, 1))  # fmt: skip
    row = [entry.uscc, entry.valid_from, entry.name, sorted(entry.roles), entry.division, ["001", "00A"]]
    empty.execute(
        "INSERT INTO participant (uscc, valid_from, name, roles, division, manufacturer_codes, act_no)"
        " VALUES (%s, %s, %s, %s, %s, %s, 7)",
        row,
    )
    migrate(empty)
    assert load_registry(empty).entries_of(entry.uscc) == (entry,)
    (migrated,) = empty.execute("SELECT * FROM register_entry").fetchall()
    empty.execute("DELETE FROM register_entry")
    write_statements(empty, PARTICIPANTS, [Statement(entry)], act_no=7)
    assert empty.execute("SELECT * FROM register_entry").fetchall() == [migrated]
