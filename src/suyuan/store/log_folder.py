"""The folder of the transparency log: tiles and checkpoints as they are served, and the private keys.

    keys/              private keys and the key of personal values, readable by their owner alone
    2026/checkpoint    the newest signed checkpoint of a shard
    2026/tile/...      tiles and bundles of entries (C2SP tlog-tiles)
    2026/sm3/tile/...  tiles of the twin tree

Whatever is written appears whole or not at all, and survives a power cut once the call has returned.
"""

import fcntl
import os
import secrets
import shutil
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from suyuan.evidence.hashing import SHA256, Hashing
from suyuan.evidence.keys import KeyTextError, SignerKey, parse_signer_key
from suyuan.evidence.note import NoteError, split_note
from suyuan.evidence.tiles import TILE_WIDTH, ReadTile, Tile
from suyuan.store.error import StoreError

KEY_SUFFIX = ".key"
PERSONAL_KEY = "personal.key"
PERSONAL_KEY_BYTES = 32


class LogFolderError(StoreError):
    """The folder of the log cannot be used: what, where and what to do."""


@dataclass(frozen=True, slots=True)
class LogFolder:
    """The folder of a log; made when something is first written."""

    path: Path

    # -- tiles and checkpoints ---------------------------------------------------------------------------------------

    def place(self, shard: int, tile: Tile, *, hashing: Hashing = SHA256) -> Path:
        """Return the file of a tile or bundle."""
        base = self.path / str(shard)
        return (base if hashing is SHA256 else base / hashing.name) / tile.path

    def read_tile(self, shard: int, tile: Tile, *, hashing: Hashing = SHA256) -> bytes:
        """Return a tile, the full one where only that is there; empty if there is none."""
        for one in (tile, Tile(tile.level, tile.index)):
            try:
                return self.place(shard, one, hashing=hashing).read_bytes()
            except FileNotFoundError:
                continue
        return b""

    def reader(self, shard: int, *, hashing: Hashing = SHA256) -> ReadTile:
        """Return what reads the tiles of one tree of a shard."""
        return lambda tile: self.read_tile(shard, tile, hashing=hashing)

    def write_tile(self, shard: int, tile: Tile, content: bytes, *, hashing: Hashing = SHA256) -> None:
        """Write a tile; the parts of a tile that is full now are not needed any more."""
        target = self.place(shard, tile, hashing=hashing)
        self._write(target, content)
        if tile.width == TILE_WIDTH:
            shutil.rmtree(target.with_name(target.name + ".p"), ignore_errors=True)

    def read_checkpoint(self, shard: int) -> str | None:
        """Return the newest published checkpoint of a shard with its signatures, None before the first."""
        try:
            return (self.path / str(shard) / "checkpoint").read_text(encoding="utf-8")
        except FileNotFoundError:
            return None

    def write_checkpoint(self, shard: int, note: str, *, size: int) -> None:
        """Publish a checkpoint, unless a larger one is published already: several sealers may be at it."""
        self._make_folders(self.path / str(shard))
        with (self.path / str(shard) / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if self.published_size(shard) <= size:
                self._write(self.path / str(shard) / "checkpoint", note.encode())

    def published_size(self, shard: int) -> int:
        """Return the size of the newest published checkpoint, 0 where there is none or it cannot be read."""
        try:
            text, _ = split_note(self.read_checkpoint(shard) or "")
            return int(text.split("\n")[1])
        except (NoteError, ValueError, IndexError):
            return 0

    # -- keys --------------------------------------------------------------------------------------------------------

    def read_signers(self) -> list[SignerKey]:
        """Return the private keys in the folder; none where there is none, or where this user may not read them.

        Raises LogFolderError for a file that is no key.
        """
        try:
            files = sorted(file for file in self.path.glob(f"keys/*{KEY_SUFFIX}") if file.name != PERSONAL_KEY)
            return [parse_signer_key(file.read_text(encoding="ascii")) for file in files]
        except (KeyTextError, UnicodeDecodeError) as error:
            raise LogFolderError(
                f"A file in {self.path / 'keys'} is no private key: {error} Take it out or restore it.",
                message_zh=f"{self.path / 'keys'} 中有文件不是私钥，请移除或恢复。",
            ) from None
        except PermissionError:
            return []

    def write_signer(self, signer: SignerKey) -> Path:
        """Keep a private key; returns its file."""
        target = self.path / "keys" / f"{signer.verifier.algorithm.name}-{signer.verifier.key_id.hex()}{KEY_SUFFIX}"
        self._write(target, f"{signer}\n".encode(), mode=0o600)
        return target

    def read_personal_key(self) -> bytes | None:
        """Return the key under which personal values are encrypted, None before the first.

        Raises LogFolderError for one that cannot be read.
        """
        file = self.path / "keys" / PERSONAL_KEY
        try:
            key = bytes.fromhex(file.read_text(encoding="ascii"))
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            raise _unusable_personal_key(file, str(error)) from None
        if len(key) != PERSONAL_KEY_BYTES:
            raise _unusable_personal_key(file, f"{len(key)} bytes")
        return key

    def make_personal_key(self) -> bytes:
        """Return the key of personal values, made now unless it is there: several processes may be at it."""
        folder = self.path / "keys"
        self._make_folders(folder)
        with (folder / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            known = self.read_personal_key()
            if known is not None:
                return known
            key = secrets.token_bytes(PERSONAL_KEY_BYTES)
            self._write(folder / PERSONAL_KEY, f"{key.hex()}\n".encode(), mode=0o600)
            return key

    # -- writing -----------------------------------------------------------------------------------------------------

    def _write(self, target: Path, content: bytes, *, mode: int = 0o644) -> None:
        """Write beside, flush to disk, rename, flush the folder."""
        try:
            self._make_folders(target.parent)
            beside = target.with_name(f".{target.name}.{os.getpid()}.{threading.get_ident()}")
            descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
            beside.replace(target)
            _flush_folders([target.parent])
        except OSError as error:
            raise LogFolderError(
                f"{target} cannot be written: {error.strerror}. Give this user the folder, or free the disk.",
                message_zh=f"无法写入 {target}：{error.strerror}。请检查目录权限与磁盘空间。",
            ) from None

    def _make_folders(self, folder: Path) -> None:
        missing = []
        while not folder.is_dir():
            missing.append(folder)
            folder = folder.parent
        for one in reversed(missing):
            one.mkdir(mode=0o700 if one.name == "keys" else 0o755, exist_ok=True)
        _flush_folders({one.parent for one in missing})


def _unusable_personal_key(file: Path, reason: str) -> LogFolderError:
    return LogFolderError(
        f"{file} cannot be used ({reason}), and without it no personal value can be kept or shown. Restore it from a copy.",
        message_zh=f"无法使用 {file}（{reason}），不能保存或显示个人信息。请从备份恢复。",
    )


def _flush_folders(folders: Iterable[Path]) -> None:
    for folder in folders:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
