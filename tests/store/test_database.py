"""Which database is meant, how it is reached, and what is said when it cannot be."""

from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import psycopg
import pytest

from suyuan.store import database
from suyuan.store.database import DatabaseUnavailableError, connect, describe_url, open_pool, resolve_database

URL = "postgresql://lin:secret@db.example:6432/suyuan"


def test_an_explicit_folder_wins_over_the_url():
    found = resolve_database(Path("here"), environ={"SUYUAN_DATABASE_URL": URL, "HOME": "/home/lin"})
    assert (found.url, found.folder) == (None, Path("here"))


def test_the_url_wins_over_the_default_folder():
    found = resolve_database(None, environ={"SUYUAN_DATABASE_URL": URL, "HOME": "/home/lin"})
    assert (found.url, found.folder) == (URL, None)
    assert found.start() == URL
    assert found.stop() is False


@pytest.mark.parametrize(
    ("environ", "folder"),
    [
        ({"HOME": "/home/lin"}, "/home/lin/.local/share/suyuan/db"),
        ({"HOME": "/home/lin", "XDG_DATA_HOME": "/srv/lin"}, "/srv/lin/suyuan/db"),
        ({"HOME": "/home/lin", "XDG_DATA_HOME": "not/absolute"}, "/home/lin/.local/share/suyuan/db"),
        ({"HOME": "/home/lin", "SUYUAN_DATABASE_URL": ""}, "/home/lin/.local/share/suyuan/db"),
    ],
)
def test_without_folder_and_url_it_is_the_persons_own_data_folder(environ, folder):
    assert resolve_database(None, environ=environ).folder == Path(folder)


def test_the_server_user_is_taken_from_the_environment():
    assert resolve_database(Path("here"), environ={"SUYUAN_DATABASE_USER": "battery"}).server_user == "battery"


@pytest.mark.every_server
def test_a_connection_reads_what_committed_and_speaks_utc(connection):
    names = ("transaction_isolation", "TimeZone", "client_encoding", "application_name")
    shown = [connection.execute(f"SHOW {name}").fetchone()[0] for name in names]
    assert shown == ["read committed", "UTC", "UTF8", "suyuan"]


@pytest.mark.every_server
def test_values_come_back_as_they_went_in(connection):
    values = [1, "溯源", b"\x00\xff", datetime(2026, 4, 1, 12, tzinfo=UTC), [1, 2], None, True]
    row = connection.execute("SELECT %s::int, %s::text, %s::bytea, %s::timestamptz, %s::int[], %s::date, %s", values)
    assert list(row.fetchone()) == values


def test_a_pool_outlives_the_death_of_its_connections(database_url):
    with open_pool(database_url, size=2) as pool:
        with pool.connection() as first:
            number = first.info.backend_pid
        with psycopg.connect(database_url) as other:
            other.execute("SELECT pg_terminate_backend(%s, 5000)", [number])
        with pool.connection() as second:
            assert second.execute("SELECT 1").fetchone() == (1,)


@pytest.mark.parametrize("open_it", [connect, lambda url: open_pool(url, size=1)])
def test_a_server_that_is_down_is_told_in_words(tmp_path, open_it):
    with pytest.raises(DatabaseUnavailableError, match=f"{tmp_path}:5432/suyuan cannot be reached") as trouble:
        open_it(f"postgresql://lin:secret@/suyuan?host={tmp_path}")
    assert "无法连接" in trouble.value.message_zh
    assert "secret" not in trouble.value.message + trouble.value.message_zh


def test_an_address_that_is_none_is_told_in_words_without_its_password():
    with pytest.raises(DatabaseUnavailableError, match="SUYUAN_DATABASE_URL is not a PostgreSQL address") as trouble:
        connect("postgresql:/lin:secret@db.example/suyuan")
    assert "secret" not in trouble.value.message + trouble.value.message_zh


def test_the_password_of_an_address_is_never_shown():
    assert describe_url(URL) == "db.example:6432/suyuan"


def fake_server(*, version, encoding):
    parameters = {"server_encoding": encoding}
    info = SimpleNamespace(server_version=version, dsn="host=db.example", parameter_status=parameters.get)
    return SimpleNamespace(info=info)


def test_an_old_server_is_refused_in_words():
    with pytest.raises(DatabaseUnavailableError, match="is PostgreSQL 14, this program needs 15 or later"):
        database._check_server(fake_server(version=140012, encoding="UTF8"))


def test_a_database_in_another_encoding_is_refused_in_words():
    with pytest.raises(DatabaseUnavailableError, match="keeps text as SQL_ASCII, this program needs UTF8"):
        database._check_server(fake_server(version=150000, encoding="SQL_ASCII"))


def test_the_oldest_server_that_will_do_is_accepted():
    database._check_server(fake_server(version=150000, encoding="UTF8"))
