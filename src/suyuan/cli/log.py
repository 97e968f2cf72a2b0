"""The program's own log: one event a line, a dotted name and fields; to the log file, or with --verbose to the screen.

No owner, no full VIN and no token is ever logged.
"""

import os
import sys
import tempfile
import traceback
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from suyuan.cli.setting import Setting

if TYPE_CHECKING:
    import structlog

LOG_BYTES_MAX = 10_000_000


def log_event(setting: Setting, name: str, **fields: Any) -> None:  # noqa: ANN401 - what the event tells
    """Write one event."""
    with suppress(OSError):  # a log that cannot be written stops no work
        stream = sys.stderr if setting.is_verbose else _open_file(setting)
        try:
            _make_logger(stream).info(name, **fields)
        finally:
            if stream is not sys.stderr:
                stream.close()


def configure_server_log(setting: Setting) -> None:
    """Let everything that this process logs from now on go where the command's own events go; closed by its end."""
    import structlog

    with suppress(OSError):
        stream = sys.stderr if setting.is_verbose else _open_file(setting)
        structlog.configure(processors=_processors(), logger_factory=structlog.WriteLoggerFactory(file=stream))


def keep_traceback(error: BaseException, *, path: Path | None) -> Path:
    """Write the traceback of an unexpected error to the log, or to a temporary file, and return where it is."""
    text = "".join(traceback.format_exception(error))
    for place in (path, Path(tempfile.gettempdir()) / f"suyuan-{os.geteuid()}.log"):
        if place is not None and place.parent.is_dir():
            with suppress(OSError), _open_append(place) as stream:
                stream.write(f"event=program.broke_off error={type(error).__name__}\n{text}")
                return place
    return Path(os.devnull)


def _open_file(setting: Setting) -> TextIO:
    from suyuan.cli.session import find_log

    path = find_log(setting)
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and path.stat().st_size > LOG_BYTES_MAX:
        path.replace(path.with_name(path.name + ".1"))
    return _open_append(path)


def _open_append(path: Path) -> TextIO:
    number = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    return os.fdopen(number, "a", encoding="utf-8")


def _make_logger(stream: TextIO) -> "structlog.typing.FilteringBoundLogger":
    import structlog

    logger: structlog.typing.FilteringBoundLogger = structlog.wrap_logger(
        structlog.WriteLogger(stream),
        processors=_processors(),
        wrapper_class=structlog.make_filtering_bound_logger("info"),
    )
    return logger


def _processors() -> list[Any]:
    import structlog

    return [
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        structlog.processors.LogfmtRenderer(key_order=["timestamp", "event"], bool_as_flag=False),
    ]
