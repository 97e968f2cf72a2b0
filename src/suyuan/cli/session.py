"""From the options to an open database: start the embedded server where needed, prove the schema, connect."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from suyuan.app.context import Context, collect_garbage_rarely, system_clock
from suyuan.app.initialise import bring_up
from suyuan.cli.setting import Setting
from suyuan.cli.words import CommandError
from suyuan.store import embedded
from suyuan.store.database import Database, connect, resolve_database
from suyuan.store.log_folder import LogFolder

LOG_FOLDER_VARIABLE = "SUYUAN_LOG_DIR"


@contextmanager
def open_context(setting: Setting, *, makes_database: bool = False) -> Iterator[Context]:
    """Open the database that is meant, for one command; with `makes_database` a missing or fresh one is made ready.

    Raises CommandError where there is none yet, StoreError where it cannot be used.
    """
    url = start_database(setting, makes_database=makes_database)
    connection = connect(url, autocommit=True)
    try:
        bring_up(connection, makes_schema=makes_database)
        collect_garbage_rarely()
        yield Context(connection, system_clock, log_folder=find_log_folder(setting))
    finally:
        connection.close()


def start_database(setting: Setting, *, makes_database: bool = False) -> str:
    """Return the address of the database that is meant, its server running."""
    database = find_database(setting)
    if database.folder is not None and not makes_database:
        _refuse_missing(database.folder)
    return database.start()


def find_database(setting: Setting) -> Database:
    """Return the database that the options and the environment mean."""
    return resolve_database(setting.folder, environ=os.environ)


def describe_database(setting: Setting) -> str:
    """Return where the database is, for people; never with a password."""
    database = find_database(setting)
    return str(database.folder) if database.folder is not None else "SUYUAN_DATABASE_URL"


def find_log(setting: Setting) -> Path:
    """Return the log file: in the folder of the embedded database, or in the person's own for a server named by its URL."""
    folder = find_database(setting).folder
    if folder is not None:
        return folder / "suyuan.log"
    base = os.environ.get("XDG_STATE_HOME") or ""
    return (Path(base) if Path(base).is_absolute() else Path.home() / ".local" / "state") / "suyuan" / "suyuan.log"


def find_log_folder(setting: Setting) -> LogFolder:
    """Return where the transparency log lies: SUYUAN_LOG_DIR, else beside the embedded database, else in the person's own folder."""
    given, folder = os.environ.get(LOG_FOLDER_VARIABLE), find_database(setting).folder
    if given:
        return LogFolder(Path(given).expanduser())
    if folder is not None:
        return LogFolder(folder / "transparency")
    base = os.environ.get("XDG_DATA_HOME") or ""
    home = Path(base) if Path(base).is_absolute() else Path.home() / ".local" / "share"
    return LogFolder(home / "suyuan" / "transparency")


def has_database(setting: Setting) -> bool:
    """Tell whether there is a database to read: one named by its URL, or a folder in which one was made."""
    folder = find_database(setting).folder
    return folder is None or embedded.status(folder).is_initialised


def _refuse_missing(folder: Path) -> None:
    """A reading command with a mistyped folder must not make a database there."""
    is_open = not folder.exists() or os.access(folder, os.R_OK | os.X_OK)
    if is_open and not embedded.status(folder).is_initialised:
        raise CommandError("no_database", folder=folder)
