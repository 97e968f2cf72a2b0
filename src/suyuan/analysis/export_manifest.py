"""The manifest of an export, and the check of a folder against it: that needs the folder alone, no database."""

import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import msgspec

from suyuan.analysis.export_totals import Totals, count_totals, differing_totals
from suyuan.analysis.parquet import WrittenFile, describe_file

MANIFEST: Final = "manifest.json"
FORMAT: Final = "suyuan-parquet-export"
FORMAT_VERSION: Final = 1


class FileEntry(msgspec.Struct, frozen=True):
    """A file of an export; `rows` is null for one that is no table."""

    name: str
    rows: int | None
    bytes: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True):
    """What an export says of itself.

    `as_of` is the moment of its snapshot (RFC 3339, UTC), `month_from` and `month_until` bound the tables split by month,
    null where they do not. `pending` subjects waited for a judge then: their states lag behind the reports. `checkpoint` is
    the newest signed one of the log, null where nothing was sealed.
    """

    format: str
    format_version: int
    program_version: str
    verdict_version: str
    as_of: str
    swept_day: str | None
    month_from: str | None
    month_until: str | None
    pending: int
    checkpoint: str | None
    rows: dict[str, int]
    totals: Totals
    files: list[FileEntry]


class NoExportError(Exception):
    """A folder that is no export, or whose manifest cannot be read."""

    def __init__(self, folder: Path) -> None:
        """Say in both languages that it is none."""
        self.message = f"{folder} is no export: {MANIFEST} is missing, or suyuan export did not write it. Name the folder of an export."
        self.message_zh = f"{folder} 不是导出目录：{MANIFEST} 缺失，或不是 suyuan export parquet 所写。请指定导出目录。"
        super().__init__(self.message)


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not as the manifest says, in both languages."""

    what: str
    message_zh: str
    message: str


@dataclass(slots=True)
class Verification:
    """What came of a check: how much was looked at, and what differs."""

    manifest: Manifest
    manifest_sha256: str
    differences: list[Difference] = field(default_factory=list)


def write_manifest(folder: Path, manifest: Manifest) -> WrittenFile:
    """Write the manifest, with sorted names, and return it as it lies on disk."""
    text = msgspec.json.format(msgspec.json.encode(manifest, order="deterministic"), indent=1)
    (folder / MANIFEST).write_bytes(text + b"\n")
    return describe_file(folder, MANIFEST)


def read_manifest(folder: Path) -> tuple[Manifest, str]:
    """Return the manifest of a folder and its SHA-256. Raises NoExportError."""
    try:
        body = (folder / MANIFEST).read_bytes()
        manifest = msgspec.json.decode(body, type=Manifest)
    except (FileNotFoundError, NotADirectoryError, msgspec.DecodeError, UnicodeDecodeError):
        raise NoExportError(folder) from None
    if (manifest.format, manifest.format_version) != (FORMAT, FORMAT_VERSION):
        raise NoExportError(folder)
    return manifest, hashlib.sha256(body).hexdigest()


def verify_export(folder: Path) -> Verification:
    """Compare each file of an export with its manifest: there, its digest, its rows; then what all add up to.

    Raises NoExportError.
    """
    manifest, digest = read_manifest(folder)
    found = Verification(manifest, digest)
    found.differences += (one for entry in manifest.files for one in _compare_file(folder, entry))
    found.differences += _find_surplus(folder, manifest)
    if not found.differences:  # sums of files that differ anyway tell nothing more
        found.differences += [
            Difference(
                what,
                f"合计 {what}：清单 {told}，文件 {counted}。",
                f"Total {what}: the manifest says {told}, the files {counted}.",
            )
            for what, told, counted in differing_totals(count_totals(folder), told=manifest.totals)
        ]
    return found


def _compare_file(folder: Path, entry: FileEntry) -> list[Difference]:
    name = entry.name
    if not _is_inside(folder, name):
        return [
            Difference(name, f"{name} 不在目录之内或不是文件。", f"{name} is missing, or is no file of this folder.")
        ]
    stands = describe_file(folder, name)
    if stands.sha256 != entry.sha256:
        return [
            Difference(
                name,
                f"{name} 已改动：SHA-256 应为 {entry.sha256}，实为 {stands.sha256}（{stands.byte_count} 字节，应为 {entry.bytes}）。",
                f"{name} was changed: SHA-256 {entry.sha256} due, {stands.sha256} stands ({stands.byte_count} bytes, {entry.bytes} due).",
            )
        ]
    rows = None if entry.rows is None else count_rows(folder / name)
    if (rows, stands.byte_count) == (entry.rows, entry.bytes):
        return []
    return [
        Difference(
            name,
            f"{name} 有 {rows} 行、{stands.byte_count} 字节，清单为 {entry.rows} 行、{entry.bytes} 字节。",
            f"{name} has {rows} rows and {stands.byte_count} bytes; the manifest says {entry.rows} and {entry.bytes}.",
        )
    ]


def _is_inside(folder: Path, name: str) -> bool:
    """Tell whether a name of the manifest is a file below the folder: a manifest may come from anybody."""
    path = folder / name
    return path.is_file() and path.resolve().is_relative_to(folder.resolve())


def _find_surplus(folder: Path, manifest: Manifest) -> list[Difference]:
    known = {MANIFEST, *(entry.name for entry in manifest.files)}
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir())
    return [
        Difference(name, f"{name} 不在清单之内。", f"{name} is not in the manifest.")
        for name in names
        if name not in known
    ]


def count_rows(path: Path) -> int:
    """Return how many rows a Parquet file says that it has."""
    import polars as pl

    return int(pl.scan_parquet(path, hive_partitioning=False).select(pl.len()).collect().item())


def describe_verification(found: Verification) -> dict[str, Any]:
    """Return the outcome as plain values."""
    return {
        "identical": not found.differences,
        "manifest_sha256": found.manifest_sha256,
        "as_of": found.manifest.as_of,
        "files": len(found.manifest.files),
        "rows": sum(found.manifest.rows.values()),
        "differences": [
            {"what": one.what, "message": one.message, "message_zh": one.message_zh} for one in found.differences
        ],
    }
