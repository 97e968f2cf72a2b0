"""Commands that keep running: serve (HTTP with a judging worker beside it) and work (the worker alone)."""

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Annotated

import psycopg
from cyclopts import Parameter

from suyuan.cli.log import configure_server_log, log_event
from suyuan.cli.rulebook import settle
from suyuan.cli.screen import emit, tell
from suyuan.cli.session import LOG_FOLDER_VARIABLE, find_log_folder, open_context, start_database
from suyuan.cli.setting import DEFAULT, Setting, wrong_value
from suyuan.cli.words import CommandError, say
from suyuan.store.error import StoreError

# A string: the command line does not know the HTTP side, only where it begins.
APPLICATION = "suyuan.api.main:create_app"
HOST, PORT, PORT_MAX = "127.0.0.1", 8765, 65_535
RETRY_SECONDS = 1.0
STOP_SECONDS_MAX = 30.0

HostOption = Annotated[str, Parameter(name="--host", help=say("option_host"))]
PortOption = Annotated[int, Parameter(name="--port", help=say("option_port"))]
WorkersOption = Annotated[int, Parameter(name="--workers", help=say("option_workers"))]


def serve(
    *, host: HostOption = HOST, port: PortOption = PORT, workers: WorkersOption = 1, setting: Setting = DEFAULT
) -> int:
    """Serve HTTP until Ctrl-C or SIGTERM, with a worker that records and judges in a process of its own."""
    if not 0 < port <= PORT_MAX:
        raise wrong_value("--port", value=str(port), wanted="wanted_port")
    if workers < 1:
        raise wrong_value("--workers", value=str(workers), wanted="wanted_workers")
    settle(setting)  # what is wrong with the database or the rulebook is said here, in words, before a server starts
    refuse_taken_port(host, port=port)
    url = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    if setting.wants_json:
        emit({"url": url})
    else:
        tell(say("serving", url=url))
    run_server(setting, host=host, port=port, workers=workers)
    return 0


def work(
    *,
    parent: Annotated[int | None, Parameter(name="--parent", show=False)] = None,
    setting: Setting = DEFAULT,
) -> int:
    """Record and judge what waits, until Ctrl-C or SIGTERM, or until the process `parent` is gone."""
    from suyuan.app.work import work as work_on

    stopping = threading.Event()

    def note_stop(_number: int, _frame: FrameType | None) -> None:
        stopping.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, note_stop)
    is_first = True
    while not stopping.is_set():
        try:
            settle(setting)
            with open_context(setting) as context:
                if is_first and not setting.wants_json:
                    tell(say("working"))
                is_first = False
                log_event(setting, "worker.started")
                with _sealing(setting, stopping):
                    work_on(context, should_stop=lambda: stopping.is_set() or _is_orphaned(parent))
            stopping.set()
        except (psycopg.OperationalError, StoreError) as error:
            if is_first:
                raise
            # The server was restarted or broke off: what was not committed waits for the next round.
            log_event(setting, "worker.lost_database", error=type(error).__name__)
            if _is_orphaned(parent):
                break
            stopping.wait(RETRY_SECONDS)
    log_event(setting, "worker.ended")
    if setting.wants_json:
        emit({"ended": True})
    else:
        tell(say("work_ended"))
    return 0


@contextmanager
def _sealing(setting: Setting, stopping: threading.Event) -> Iterator[None]:
    """Seal beside the judging, with a connection of its own: what is recorded is promised a place within a minute."""
    from suyuan.app.seal import keep_sealing

    ended = threading.Event()

    def report(source: str, reason: str) -> None:
        log_event(setting, "seal.refused", source=source, reason=reason)

    def keep_on() -> None:
        while not ended.is_set():
            try:
                with open_context(setting) as context:
                    keep_sealing(
                        context,
                        find_log_folder(setting),
                        wait=lambda seconds: ended.wait(seconds) or stopping.is_set(),
                        report=report,
                    )
            except Exception as error:  # noqa: BLE001 - an edge: whatever stops one round, the next is tried
                log_event(setting, "seal.broke_off", error=type(error).__name__, reason=str(error))
                ended.wait(RETRY_SECONDS)

    sealer = threading.Thread(target=keep_on, name="seal", daemon=True)
    sealer.start()
    try:
        yield
    finally:
        ended.set()
        sealer.join(STOP_SECONDS_MAX)


def run_server(setting: Setting, *, host: str, port: int, workers: int = 1) -> None:
    """Run the HTTP server until it is told to stop; the database is handed to it through the environment."""
    import uvicorn

    os.environ[LOG_FOLDER_VARIABLE] = str(find_log_folder(setting).path)
    os.environ["SUYUAN_DATABASE_URL"] = start_database(setting)
    signal.signal(
        signal.SIGTERM, _leave
    )  # the server gives the signal back when it is done; then the worker is stopped
    configure_server_log(setting)
    log_event(setting, "server.started", host=host, port=port, workers=workers)
    try:
        with _run_worker(setting):
            uvicorn.run(
                APPLICATION,
                factory=True,
                host=host,
                port=port,
                workers=workers,
                log_level="info" if setting.is_verbose else "warning",
                access_log=False,  # it would print full VINs; the API logs its own lines by route
            )
    finally:
        log_event(setting, "server.ended")


def refuse_taken_port(host: str, *, port: int) -> None:
    """Raise CommandError if nobody could listen there."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        with socket.socket(family, socket.SOCK_STREAM) as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((host, port))
    except OSError as error:
        raise CommandError("port_taken", host=host, port=port, reason=error.strerror or error) from None


@contextmanager
def _run_worker(setting: Setting) -> Iterator[None]:
    """Keep a worker running beside the server; one that breaks off is started again."""
    stopping = threading.Event()
    command = [sys.executable, "-m", "suyuan", "work", "--parent", str(os.getpid())]
    environment = {**os.environ}
    if setting.folder is not None:
        command += ["--data", str(setting.folder)]  # with the folder it can bring a stopped database up again
    current: list[subprocess.Popen[bytes]] = []

    def keep_running() -> None:
        while not stopping.is_set():
            child = subprocess.Popen(
                command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, start_new_session=True
            )
            current[:] = [child]
            child.wait()
            stopping.wait(RETRY_SECONDS)

    keeper = threading.Thread(target=keep_running, name="keep-worker", daemon=True)
    keeper.start()
    try:
        yield
    finally:
        stopping.set()
        for child in current:
            child.terminate()
        keeper.join(STOP_SECONDS_MAX)


def _is_orphaned(parent: int | None) -> bool:
    return parent is not None and os.getppid() != parent


def _leave(_number: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)
