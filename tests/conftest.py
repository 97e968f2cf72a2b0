"""What all tests share: the Hypothesis profiles, one database server for the session, a fresh database for each test.

A test that asks for `database_url` (or `connection`) gets a database of its own with the schema in it. Marked
`every_server` it runs on the embedded server and, where SUYUAN_TEST_SERVER_URL names one, on that server too.
"""

import fcntl
import itertools
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from shutil import disk_usage, rmtree
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from hypothesis import Phase, settings
from psycopg import sql

from suyuan.app.context import Context, UseCaseError
from suyuan.app.document_fonts import choose_fonts
from suyuan.cli.demo_load import load_folder
from suyuan.cli.setting import Setting
from suyuan.rulebook import load_rulebook
from suyuan.store import embedded
from suyuan.store.database import connect
from suyuan.store.migrate import migrate

# No deadline: on a busy machine a slow example is no failure. On a build machine the examples stay the same from run
# to run, so that a red build is red again on the next try.
settings.register_profile("own", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
# For mutation testing (pyproject.toml) a counter-example is enough, it need not be the shortest.
settings.register_profile("mutation", deadline=None, derandomize=True, phases=(Phase.explicit, Phase.generate))
settings.load_profile("ci" if os.environ.get("CI") else "own")

# Open to every user, since root lets another one run the server. A folder in memory, where there is one that is large
# enough, makes a fresh database in 25 ms instead of 50 to 350, whatever the disk is doing (measured, 360 relations).
_IN_MEMORY = Path("/dev/shm")
_ON_DISK = Path("/tmp")
_IN_MEMORY_BYTES_MIN = 4 * 2**30
_PREFIX = "suyuan-tests-"
_FOLDER_VARIABLE = "SUYUAN_TEST_FOLDER"
_GIVEN_URL = os.environ.get("SUYUAN_TEST_SERVER_URL")
# The tests' server may lose its rows in a power cut: waiting for the disk makes a fresh database three times dearer.
_SERVER_SETTINGS = {"fsync": "off", "full_page_writes": "off", "shared_buffers": "128MB", "max_wal_size": "512MB"}

_numbers = itertools.count(1)


def pytest_configure(config):
    config.addinivalue_line("markers", "every_server: run on the embedded and on the given PostgreSQL server")
    if not hasattr(config, "workerinput"):  # the one process that starts the others
        _remove_leftovers()
        folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-", dir=_choose_place()))
        folder.chmod(0o755)
        os.environ[_FOLDER_VARIABLE] = str(folder)


def pytest_unconfigure(config):
    if not hasattr(config, "workerinput") and _FOLDER_VARIABLE in os.environ:
        folder = Path(os.environ.pop(_FOLDER_VARIABLE))
        if _GIVEN_URL and (folder / "given.template").exists():
            with psycopg.connect(_GIVEN_URL, autocommit=True) as admin:
                _drop(admin, name=_template_name(folder))
        _remove_session(folder)


def pytest_generate_tests(metafunc):
    if "database_url" in metafunc.fixturenames:
        is_for_all = metafunc.definition.get_closest_marker("every_server") is not None
        metafunc.parametrize("database_url", ["embedded", "given"] if is_for_all else ["embedded"], indirect=True)


@pytest.fixture(autouse=True)
def _forget_deadlines():
    """The rulebook remembers every deadline it counted: each test has them counted anew, by the code it tests."""
    load_rulebook().deadlines.clear()


@pytest.fixture(scope="session")
def session_folder():
    return Path(os.environ[_FOLDER_VARIABLE])


@pytest.fixture(scope="session")
def fonts():
    """The fonts of this machine; without one that has Chinese characters nothing can be printed here."""
    try:
        return choose_fonts({})
    except UseCaseError as error:
        pytest.skip(f"no page can be printed here: {error.message}")


@pytest.fixture
def database_url(request, session_folder):
    """The address of a fresh database with the schema in it."""
    if request.param == "given" and not _GIVEN_URL:
        pytest.skip("SUYUAN_TEST_SERVER_URL names no second PostgreSQL server")
    with _make_database(request.param, folder=session_folder) as url:
        yield url


@pytest.fixture(scope="session")
def samples_url(session_folder):
    """The address of a database with the samples in it, judged and swept, for tests that only read."""
    noon = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
    with _make_database("embedded", folder=session_folder) as url:
        with connect(url, autocommit=True) as opened:
            samples = Path(__file__).parents[1] / "samples"
            load_folder(Context(opened, lambda: noon), samples, Setting(wants_json=True), processes=1)
        yield url


@contextmanager
def _make_database(kind, *, folder):
    """Make a database out of the template of this session, and drop it in the end."""
    is_given = kind == "given"
    server_url = _GIVEN_URL if is_given else embedded.start(folder / "db", settings=_SERVER_SETTINGS)
    template = _make_template(server_url, kind=kind, folder=folder)
    name = f"test_{os.getpid()}_{next(_numbers)}"
    with psycopg.connect(server_url, autocommit=True) as admin:
        strategy = sql.SQL("" if is_given else "STRATEGY file_copy")
        create = sql.SQL("CREATE DATABASE {} TEMPLATE {} {}")
        admin.execute(create.format(sql.Identifier(name), sql.Identifier(template), strategy))
        yield _with_database(server_url, name=name)
        _drop(admin, name=name)


@pytest.fixture
def connection(database_url):
    """An open connection to the fresh database."""
    with connect(database_url) as opened:
        yield opened


def _make_template(server_url, *, kind, folder):
    """Make the template of this session once, whichever process comes first; return its name."""
    done = folder / f"{kind}.template"
    name = _template_name(folder)
    if done.exists():
        return name
    with _lock(folder / f"{kind}.lock"):
        if not done.exists():
            with psycopg.connect(server_url, autocommit=True) as admin:
                _drop(admin, name=name)
                # Text sorts by another rule on the given server, so that a query that relies on the rule is found.
                locale = sql.SQL("LOCALE_PROVIDER icu ICU_LOCALE 'en-US'" if kind == "given" else "")
                create = sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8' {}")
                admin.execute(create.format(sql.Identifier(name), locale))
            with connect(_with_database(server_url, name=name)) as opened:
                migrate(opened)
            done.touch()
    return name


def _template_name(folder):
    return f"template_{folder.name.removeprefix(_PREFIX)}"


def _drop(admin, *, name):
    admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _with_database(url, *, name):
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def _choose_place():
    if _IN_MEMORY.is_dir() and os.access(_IN_MEMORY, os.W_OK) and disk_usage(_IN_MEMORY).free >= _IN_MEMORY_BYTES_MIN:
        return _IN_MEMORY
    return _ON_DISK


def _remove_leftovers():
    """Take down what sessions left that were killed: each names its process in the name of its folder."""
    for folder in [*_IN_MEMORY.glob(f"{_PREFIX}*"), *_ON_DISK.glob(f"{_PREFIX}*")]:
        pid = folder.name.removeprefix(_PREFIX).split("-")[0]
        is_own = folder.stat().st_uid == os.geteuid()
        if is_own and pid.isdigit() and not _is_alive(int(pid)):
            _remove_session(folder)


def _remove_session(folder):
    embedded.stop(folder / "db")
    rmtree(folder)


def _is_alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


@contextmanager
def _lock(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
