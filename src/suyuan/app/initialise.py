"""Bring a database up: its schema, and whether it may load the past."""

from datetime import datetime
from typing import Any

from psycopg import Connection
from psycopg.rows import TupleRow

from suyuan.app.context import Context, UseCaseError
from suyuan.store.migrate import check_schema, is_fresh, migrate
from suyuan.store.registry import is_historical, write_setting
from suyuan.store.submission import has_submission


def bring_up(connection: Connection[TupleRow], *, makes_schema: bool) -> list[str]:
    """Prove that the database has the schema of this program; a fresh one gets it where `makes_schema`.

    Returns the migrations applied. Raises SchemaMismatchError for an older or newer schema.
    """
    applied = migrate(connection) if makes_schema and is_fresh(connection) else []
    if not applied:
        check_schema(connection)
    return applied


def initialise(context: Context, *, is_historical_load: bool) -> dict[str, Any]:
    """Settle whether this database may be told when its submissions were received; a second time changes nothing.

    Raises UseCaseError for a database that already holds submissions received by the clock.
    """
    connection = context.connection
    was_historical = is_historical(connection)
    if is_historical_load and not was_historical:
        if has_submission(connection):
            raise UseCaseError(
                "This database already holds submissions; only an empty one can be made to load the past. "
                "Choose a new folder with --data.",
                message_zh="该数据库已有报送记录，只有空数据库才能设为历史数据库。请用 --data 另选文件夹。",
            )
        with connection.transaction():
            write_setting(connection, "historical", value="yes")
    return {"historical": was_historical or is_historical_load, "is_new": not has_submission(connection)}


def settle_receipt(context: Context, given: datetime | None) -> datetime:
    """Return the moment of receipt: the clock's, or the one given to a database that loads the past.

    Raises UseCaseError where no moment may be given.
    """
    if given is None:
        return context.clock()
    if not is_historical(context.connection):
        raise UseCaseError(
            "--received-at is only for loading the past, and this database takes the time from its clock. "
            "Leave it out, or make a new database with: suyuan init --historical --data DIR",
            message_zh="--received-at 仅用于装载历史数据，本数据库以时钟为准。请去掉该选项，"
            "或新建数据库：suyuan init --historical --data DIR",
        )
    return given
