"""Bring a database to the schema that this program needs, by numbered SQL files.

`migrations/NNNN_name.sql` are applied in order, each in a transaction of its own; what was applied stands in
`schema_migration`. A file that was applied once is never changed again. `schema/` holds every table and view as it is
today; a test proves that the migrations arrive there.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable

from psycopg import Connection, Cursor, errors
from psycopg.rows import TupleRow

from suyuan.store.error import StoreError

_FILE_NAME = re.compile(r"(\d{4})_([a-z0-9_]+)\.sql")
_CREATE_TABLE = b"""
CREATE TABLE IF NOT EXISTS schema_migration (
    number smallint CONSTRAINT each_migration_once PRIMARY KEY,
    name text NOT NULL,
    checksum bytea NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT clock_timestamp()
)
"""
# Two programs may start at once; the second waits here and then finds the work done. Readers are let through.
_LOCK_TABLE = b"LOCK TABLE schema_migration IN SHARE ROW EXCLUSIVE MODE"
_READ_APPLIED = b"SELECT number, name, checksum FROM schema_migration ORDER BY number"
_NOTE_APPLIED = b"INSERT INTO schema_migration (number, name, checksum) VALUES (%s, %s, %s)"


class SchemaMismatchError(StoreError):
    """The database has another schema than this program needs."""


class MigrationChangedError(StoreError):
    """A migration that the database has seen is no longer the file it was."""


@dataclass(frozen=True)
class Migration:
    """One step of the schema: its number from 1 on, its name, its SQL."""

    number: int
    name: str
    sql: bytes

    @property
    def checksum(self) -> bytes:
        """The SHA-256 digest of the SQL; line ends do not count, a checkout may turn them."""
        return sha256(self.sql.replace(b"\r\n", b"\n")).digest()

    @property
    def file_name(self) -> str:
        """The name of the file that holds it."""
        return f"{self.number:04}_{self.name}.sql"


def load_migrations(folder: Traversable | None = None) -> tuple[Migration, ...]:
    """Return the migrations in order, without a gap from 1 on. Raises ValueError for a file that breaks the form."""
    folder = files("suyuan.store").joinpath("migrations") if folder is None else folder
    migrations: list[Migration] = []
    for path in sorted((p for p in folder.iterdir() if p.name.endswith(".sql")), key=lambda p: p.name):
        match = _FILE_NAME.fullmatch(path.name)
        if match is None or int(match[1]) != len(migrations) + 1:
            raise ValueError(f"{path.name}: the next migration is {len(migrations) + 1:04}_name.sql.")
        migrations.append(Migration(number=int(match[1]), name=match[2], sql=path.read_bytes()))
    return tuple(migrations)


def migrate(connection: Connection[TupleRow], *, migrations: Sequence[Migration] | None = None) -> list[str]:
    """Apply the missing migrations and return their file names; what is applied stays if a later one fails.

    `connection` must be outside a transaction. Raises MigrationChangedError, SchemaMismatchError (a newer database).
    """
    migrations = load_migrations() if migrations is None else migrations
    applied: list[str] = []
    _create_table(connection)
    while True:
        with connection.transaction():
            connection.execute(_LOCK_TABLE)
            seen = _read_applied(connection)
            _refuse_changed(migrations, seen=seen)
            if len(seen) == len(migrations):
                return applied
            following = migrations[len(seen)]
            # A plain cursor: only without binary results may one call hold several statements.
            Cursor(connection).execute(following.sql)
            connection.execute(_NOTE_APPLIED, (following.number, following.name, following.checksum))
        applied.append(following.file_name)


def is_fresh(connection: Connection[TupleRow]) -> bool:
    """Tell whether no migration was ever applied to this database."""
    return not _read_applied(connection)


def check_schema(connection: Connection[TupleRow], *, migrations: Sequence[Migration] | None = None) -> None:
    """Prove that the database has exactly the schema that this program needs.

    Raises SchemaMismatchError, MigrationChangedError.
    """
    migrations = load_migrations() if migrations is None else migrations
    with connection.transaction():
        seen = _read_applied(connection)
    _refuse_changed(migrations, seen=seen)
    if len(seen) < len(migrations):
        raise SchemaMismatchError(
            f"The database is at schema {len(seen):04}, this program needs {len(migrations):04}. "
            'Run "suyuan migrate" and start again.',
            message_zh=f"数据库的结构版本是 {len(seen):04}，本程序需要 {len(migrations):04}。"
            "请运行“suyuan migrate”后重新启动。",
        )


def _create_table(connection: Connection[TupleRow]) -> None:
    try:
        with connection.transaction():
            connection.execute(_CREATE_TABLE)
    except (errors.UniqueViolation, errors.DuplicateTable, errors.DuplicateObject):
        return  # another program made it in the same instant; IF NOT EXISTS does not look that closely


def _read_applied(connection: Connection[TupleRow]) -> list[tuple[int, str, bytes]]:
    exists = connection.execute("SELECT to_regclass('schema_migration') IS NOT NULL").fetchone()
    if exists is None or not exists[0]:
        return []
    return [(row[0], row[1], bytes(row[2])) for row in connection.execute(_READ_APPLIED)]


def _refuse_changed(migrations: Sequence[Migration], *, seen: Sequence[tuple[int, str, bytes]]) -> None:
    for (number, name, checksum), migration in zip(seen, migrations, strict=False):
        if checksum != migration.checksum:
            raise MigrationChangedError(
                f"The database was brought to schema {number:04} ({name}) by another text than "
                f"{migration.file_name} now has. Install the version of the program that made the database; "
                "a migration that was applied is never changed.",
                message_zh=f"数据库升级到结构版本 {number:04}（{name}）时所用的内容，"
                f"与现在的 {migration.file_name} 不同。"
                "请安装创建该数据库的程序版本；已执行过的升级脚本不得修改。",
            )
    if len(seen) > len(migrations):
        raise SchemaMismatchError(
            f"The database is at schema {len(seen):04}, this program knows only {len(migrations):04}. "
            "Install the newer version of the program.",
            message_zh=f"数据库的结构版本是 {len(seen):04}，本程序只到 {len(migrations):04}。请安装较新版本的程序。",
        )
