"""What a witness keeps: the last head that it cosigned for each log, one file each, never seen half-written."""

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from suyuan.evidence.checkpoint import CheckpointError, Head, parse_head
from suyuan.evidence.hashing import encode_base64


class WitnessStateError(Exception):
    """A file of the witness that cannot be read; it cosigns nothing until a person has looked."""

    def __init__(self, path: Path) -> None:
        self.message = (
            f"{path} is no head of a log. Restore it from a copy; do not delete it: a forked log could pass then."
        )
        self.message_zh = f"{path} 不是日志检查点。请从备份恢复，切勿删除，否则分叉的日志可能蒙混过关。"
        super().__init__(self.message)


@dataclass(frozen=True, slots=True)
class WitnessState:
    """The folder in which the heads lie."""

    folder: Path

    @contextmanager
    def hold(self, origin: str) -> Iterator[Path]:
        """Let nobody else read or write the head of a log meanwhile; gives its file."""
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / hashlib.sha256(origin.encode()).hexdigest()
        with path.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield path

    def read(self, path: Path) -> Head | None:
        """Return the head in a file, None where there is none yet. Raises WitnessStateError."""
        try:
            return parse_head(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except (CheckpointError, UnicodeDecodeError):
            raise WitnessStateError(path) from None

    def keep(self, path: Path, head: Head) -> None:
        """Write a head so that it survives a power cut once this has returned."""
        beside = path.with_suffix(".new")
        with beside.open("w", encoding="utf-8") as stream:
            stream.write(f"{head.origin}\n{head.size}\n{encode_base64(head.root)}\n")
            stream.flush()
            os.fsync(stream.fileno())
        beside.replace(path)
        descriptor = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
