"""Checkpoints: the head of the log at one size, as the text that is signed (C2SP tlog-checkpoint with two extension lines)."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from suyuan.evidence.canonical import format_moment, parse_moment
from suyuan.evidence.hashing import decode_hash, encode_base64
from suyuan.evidence.merkle import SIZE_MAX

_SIZE: Final = re.compile(r"0|[1-9][0-9]{0,18}")
_LINES: Final = 5


class CheckpointError(ValueError):
    """A text that is no checkpoint of such a log."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The head of a shard at one size: both roots, and when its text was written."""

    origin: str
    size: int
    root: bytes
    root_sm3: bytes
    time: datetime

    def __str__(self) -> str:
        """Return the text that is signed."""
        return (
            f"{self.origin}\n{self.size}\n{encode_base64(self.root)}\n"
            f"sm3 {encode_base64(self.root_sm3)}\ntime {format_moment(self.time)}\n"
        )


def parse_checkpoint(text: str) -> Checkpoint:
    """Return the checkpoint of a note's text; raises CheckpointError."""
    lines = text.split("\n")
    if len(lines) != _LINES + 1 or lines[-1]:
        raise CheckpointError("A checkpoint of this log has five lines: origin, size, root, sm3, time.")
    origin, size, root, sm3, time = lines[:-1]
    root_bytes, sm3_bytes = decode_hash(root), decode_hash(sm3.removeprefix("sm3 "))
    moment = parse_moment(time.removeprefix("time "))
    if not origin or not _SIZE.fullmatch(size) or int(size) > SIZE_MAX:
        raise CheckpointError("The checkpoint has no origin, or its size is no whole number.")
    if (
        root_bytes is None
        or sm3_bytes is None
        or moment is None
        or not sm3.startswith("sm3 ")
        or not time.startswith("time ")
    ):
        raise CheckpointError("The checkpoint's root, sm3 or time line is malformed.")
    return Checkpoint(origin, int(size), root_bytes, sm3_bytes, moment)


@dataclass(frozen=True, slots=True)
class Head:
    """What any C2SP log says in a checkpoint: origin, size and root; further lines are not looked at."""

    origin: str
    size: int
    root: bytes


def parse_head(text: str) -> Head:
    """Return origin, size and root of any log's checkpoint, as a witness reads it; raises CheckpointError."""
    lines = text.split("\n")
    if len(lines) < 4 or lines[-1] or not all(lines[:-1]):  # noqa: PLR2004 - three lines and the end
        raise CheckpointError("A checkpoint has at least three lines, none of them empty.")
    root = decode_hash(lines[2])
    if not _SIZE.fullmatch(lines[1]) or int(lines[1]) > SIZE_MAX or root is None:
        raise CheckpointError("The checkpoint's size or root is malformed.")
    return Head(lines[0], int(lines[1]), root)
