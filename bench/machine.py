"""What a benchmark says of the machine and takes from its clocks: processor time of the server, memory, versions."""

import os
import platform
import resource
import subprocess
from dataclasses import dataclass
from pathlib import Path

from psycopg import Connection
from psycopg.rows import TupleRow

TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Usage:
    """What a process used: processor seconds and the most memory it ever held, in MB."""

    cpu_seconds: float
    peak_mb: int


def read_own_usage() -> Usage:
    """Return what this process has used, without its children."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return Usage(used.ru_utime + used.ru_stime, used.ru_maxrss // 1024)


def read_server_cpu_seconds(connection: Connection[TupleRow]) -> float:
    """Return the processor seconds of the whole server, sessions that ended included (Linux)."""
    own = connection.info.backend_pid
    postmaster = _read_stat(own)[1]
    total = sum(_read_stat(postmaster)[0])
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                times, parent = _read_stat(int(folder.name))
            except OSError:
                continue
            if parent == postmaster:
                total += times[0]
    return total


def read_busy_seconds() -> float:
    """Return the processor seconds that anything at all has used on this machine (Linux)."""
    user, nice, system, _idle, _iowait, irq, softirq, *_ = (
        int(field) / TICKS_PER_SECOND for field in Path("/proc/stat").read_text(encoding="utf-8").split()[1:9]
    )
    return user + nice + system + irq + softirq


def _read_stat(pid: int) -> tuple[tuple[float, float], int]:
    """Return own and waited-for children's processor seconds of a process, and its parent."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(") ")[2].split()
    user, system, child_user, child_system = (int(field) / TICKS_PER_SECOND for field in fields[11:15])
    return (user + system, child_user + child_system), int(fields[1])


def describe_machine(connection: Connection[TupleRow] | None = None) -> str:
    """Return processor, cores, memory and versions in one line; that of the server where there is a connection to it."""
    memory_gb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    server = f", PostgreSQL {connection.info.parameter_status('server_version')}" if connection is not None else ""
    return (
        f"{_processor_name()}, {os.cpu_count()} cores, {memory_gb:.0f} GB; Python {platform.python_version()}{server}"
    )


def describe_commit() -> str:
    """Return the commit of the checkout, and whether files differ from it."""
    folder = Path(__file__).parent
    commit = _run_git(folder, "rev-parse", "--short", "HEAD")
    return f"{commit} with changes" if _run_git(folder, "status", "--porcelain", "--", "..") else commit


def _run_git(folder: Path, *arguments: str) -> str:
    try:
        return subprocess.run(
            ["git", *arguments], cwd=folder, capture_output=True, text=True, check=True
        ).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "no commit"


def _processor_name() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
