"""The folder of an export: written beside its place under another name, and renamed when everything is in it.

A run that breaks off leaves nothing under the name that was asked for. What lies there is never overwritten.
"""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from suyuan.analysis.export_manifest import NoExportError, read_manifest
from suyuan.app.context import UseCaseError


@contextmanager
def build_folder(folder: Path) -> Iterator[Path]:
    """Yield an empty folder to write into; it takes its place when the block ends without an error, else it is removed.

    Raises UseCaseError where something is in the way, or another export is being written to the same place.
    """
    place = Path(os.path.abspath(folder))  # noqa: PTH100 - not resolved: a link stays what the person named
    refuse_taken(place)
    place.parent.mkdir(parents=True, exist_ok=True)
    partial = place.with_name(f".{place.name}.partial")
    partial.mkdir(exist_ok=True)
    lock = os.open(partial, os.O_RDONLY)
    try:
        _take(partial, lock, place)
        _empty(partial)  # of a run that was killed
        try:
            yield partial
            _sync_folders(partial)
            refuse_taken(place)
            partial.rename(place)
            _sync(place.parent)
        except BaseException:
            shutil.rmtree(partial, ignore_errors=True)
            raise
    finally:
        os.close(lock)


def refuse_taken(place: Path) -> None:
    """Raise UseCaseError unless nothing, or an empty folder, is at a place."""
    if not place.exists() and not place.is_symlink():
        return
    if not place.is_dir() or place.is_symlink():
        raise UseCaseError(
            f"{place} is a file or a link. Name a folder that does not exist yet.",
            message_zh=f"{place} 是文件或链接。请指定一个尚不存在的目录。",
        )
    if not any(place.iterdir()):
        return
    try:
        as_of = read_manifest(place)[0].as_of
    except NoExportError:
        raise UseCaseError(
            f"{place} holds something else. Name a folder that is empty or does not exist yet.",
            message_zh=f"{place} 中有其他内容。请指定空目录或尚不存在的目录。",
        ) from None
    raise UseCaseError(
        f"{place} holds the export of {as_of} already. An export is never overwritten: name another folder, or remove that one first.",
        message_zh=f"{place} 中已有 {as_of} 的导出。导出不会被覆盖：请指定其他目录，或先删除该目录。",
    )


def _take(partial: Path, lock: int, place: Path) -> None:
    """Hold the folder as the only writer; who finished in the same moment has renamed it under our hands."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        is_ours = partial.exists() and os.fstat(lock).st_ino == partial.stat().st_ino
    except BlockingIOError:
        is_ours = False
    if not is_ours:
        raise UseCaseError(
            f"Another export to {place} is being written. Wait for it, or name another folder.",
            message_zh=f"另一个到 {place} 的导出正在进行。请等待其完成，或指定其他目录。",
        )


def _empty(folder: Path) -> None:
    for path in folder.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


def _sync_folders(folder: Path) -> None:
    """Bring the names in all folders to the disk; the files themselves are there already."""
    for path in [folder, *folder.rglob("*")]:
        if path.is_dir():
            _sync(path)


def _sync(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
