"""The rulebook in force in the database: its files and its version. All processes on a database go by the same one."""

import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from psycopg import Connection
from psycopg.rows import TupleRow

from suyuan.core.calendar_file import CalendarError
from suyuan.core.rulebook import Rulebook
from suyuan.core.rulebook_file import RulebookError, parse_rulebook
from suyuan.rulebook import load_rulebook
from suyuan.store.error import StoreError
from suyuan.store.queries import load_queries

SQL = load_queries("rulebook")
RULEBOOKS_REMEMBERED = 4


class RulebookUnreadableError(StoreError):
    """The rulebook that stands in the database was written by another version of the program."""

    def __init__(self, reason: str, *, reason_zh: str) -> None:
        """Say what to do."""
        super().__init__(
            f"This program cannot read the rulebook in this database: {reason}\n"
            "Start a worker of the newest program on it once (suyuan work), then try again.",
            message_zh=f"本程序无法读取数据库中的规则书：{reason_zh}\n请先用最新程序运行一次 suyuan work，然后重试。",
        )


@dataclass(frozen=True, slots=True)
class KnownRulebook:
    """The rulebook at one version of the database."""

    version: int
    rulebook: Rulebook


def load_recorded(connection: Connection[TupleRow], *, known: KnownRulebook | None = None) -> KnownRulebook:
    """Return the rulebook in force, or `known` when nothing has changed since; the program's own where no act has spoken.

    Raises RulebookUnreadableError.
    """
    version = read_version(connection)
    if known is not None and known.version == version:
        return known
    files = read_files(connection)
    try:
        return KnownRulebook(version, _parse(tuple(sorted(files.items()))) if files else load_rulebook())
    except (RulebookError, CalendarError) as error:
        raise RulebookUnreadableError(error.message, reason_zh=error.message_zh) from None


@lru_cache(RULEBOOKS_REMEMBERED)
def _parse(files: tuple[tuple[str, str], ...]) -> Rulebook:
    """One object for all threads of a process: it remembers the deadlines that it has reckoned."""
    packaged = load_rulebook()
    return packaged if dict(files) == packaged.texts else parse_rulebook(dict(files))


def read_version(connection: Connection[TupleRow]) -> int:
    """Return the version of the rulebook in force."""
    row = connection.execute(SQL.read_version, {}).fetchone()
    assert row is not None
    return int(row[0])


def lock_version(connection: Connection[TupleRow]) -> None:
    """Wait for other changes of the rulebook to end and let none begin before this transaction has ended."""
    connection.execute(SQL.lock_version, {})


def raise_version(connection: Connection[TupleRow]) -> None:
    """Commit-order the change of the rulebook: the next reader sees a new version."""
    connection.execute(SQL.raise_version, {})


def read_files(connection: Connection[TupleRow]) -> dict[str, str]:
    """Return the files in force by name; empty where no act has spoken."""
    return dict(connection.execute(SQL.read_files, {}).fetchall())


def write_file(connection: Connection[TupleRow], name: str, *, body: str, act_no: int) -> None:
    """Put a file in the place of what stood under its name."""
    connection.execute(SQL.write_file, {"name": name, "body": body, "act_no": act_no})


def read_acts_until(
    connection: Connection[TupleRow], *, kinds: Iterable[str], until_act: int
) -> list[tuple[str, bytes]]:
    """Return kind and bytes of the acts of some kinds up to an act, in their order."""
    rows = connection.execute(SQL.read_acts_until, {"kinds": sorted(kinds), "until_act": until_act})
    return [(kind, zlib.decompress(body)) for kind, body in rows]


def read_history(
    connection: Connection[TupleRow], *, kinds: Iterable[str]
) -> list[tuple[int, str, datetime, str, str]]:
    """Return the acts of some kinds, the latest first: number, kind, moment, digest of the bytes, actor."""
    return connection.execute(SQL.read_history, {"kinds": sorted(kinds)}).fetchall()
