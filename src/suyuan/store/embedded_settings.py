"""The settings files of the embedded server, written anew at every start for the machine at hand."""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from suyuan.store.embedded_folder import ServerOwner, user_name

DATABASE_ROLE = "suyuan"

_MB = 2**20
_MAP = "suyuan"


def write_settings(folder: Path, *, socket_folder: Path, owner: ServerOwner, extra: Mapping[str, str]) -> None:
    """Write postgresql.conf, pg_hba.conf and pg_ident.conf into `folder`.

    They lie beside the data directory, so that the server's user cannot change them and an edit of the cluster's own
    files changes nothing about who may enter. `extra` wins over our settings.
    """
    settings = {**_settings(folder, socket_folder=socket_folder), **extra}
    text = "".join(f"{name} = {_quoted(value)}\n" for name, value in settings.items())
    names = sorted({owner.name, user_name(os.geteuid())})
    _write(folder / "postgresql.conf", text="# Written at every start; changes are lost.\n" + text)
    # Nobody from the network, and on the socket only whom the kernel knows to be the owner or root.
    _write(folder / "pg_hba.conf", text=f"local all all peer map={_MAP}\n")
    _write(folder / "pg_ident.conf", text="".join(f'{_MAP} "{name}" {DATABASE_ROLE}\n' for name in names))


def machine_memory_bytes() -> int:
    """Return the memory this machine, or the container around us, grants."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    for path in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        try:
            limit = Path(path).read_text(encoding="ascii").strip()
        except OSError:
            continue
        if limit.isdigit():  # "max" where there is none
            memory = min(memory, int(limit))
    return memory


def _settings(folder: Path, *, socket_folder: Path) -> dict[str, str]:
    memory_mb = machine_memory_bytes() // _MB
    disk_mb = shutil.disk_usage(folder).total // _MB
    return {
        "data_directory": str(folder / "pgdata"),
        "hba_file": str(folder / "pg_hba.conf"),
        "ident_file": str(folder / "pg_ident.conf"),
        "listen_addresses": "",
        "unix_socket_directories": str(socket_folder),
        "unix_socket_permissions": "0700",
        # What was acknowledged is on the disk.
        "fsync": "on",
        "synchronous_commit": "on",
        "full_page_writes": "on",
        "max_connections": "100",
        "shared_buffers": f"{max(16, min(memory_mb // 4, 2048))}MB",
        "effective_cache_size": f"{max(64, memory_mb // 2)}MB",
        "work_mem": "32MB",
        "maintenance_work_mem": "256MB",
        # Few checkpoints while a nation is loaded, but never most of a small disk.
        "max_wal_size": f"{max(1024, min(disk_mb // 10, 8192))}MB",
        "min_wal_size": "256MB",
        "checkpoint_timeout": "15min",
        # pglz (the wheel has no lz4) halves the log right after a checkpoint and slows the same upserts by a quarter,
        # measured on two cores; checkpoints are rare, cores are few.
        "wal_compression": "off",
        "random_page_cost": "1.1",
        # Our statements are short; compiling them costs more than it saves.
        "jit": "off",
        "autovacuum": "on",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "lc_messages": "C",
    }


def _quoted(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "''") + "'"


def _write(path: Path, *, text: str) -> None:
    # Replaced, never overwritten: a server that reads it meanwhile sees the old or the new file, whole.
    unfinished = path.with_name(path.name + ".new")
    unfinished.write_text(text, encoding="utf-8")
    unfinished.chmod(0o644)
    unfinished.replace(path)
