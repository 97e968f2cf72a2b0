"""The forms of documents: the packaged ones, and an operator's own, for all lines of authority or for one.

`SUYUAN_FORMS` names a folder. A document of kind K and layout L for an authority of line A takes the first there is of
`A/K`, `A/L`, `K`, `L` in that folder, then the packaged `L`; `.typ` for PDF, `.docx` for Word. `organs.toml` in it says
how organs are reached. docs/how-to/documents.md tells how a form is written.
"""

import hashlib
import os
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Final

from suyuan.app.context import UseCaseError
from suyuan.core.document import LINES, Organ
from suyuan.core.registry import Authority

FOLDER_VARIABLE: Final = "SUYUAN_FORMS"
ORGANS_FILE: Final = "organs.toml"
_FILE_BYTES_MAX: Final = 8 * 2**20
_ORGAN_FIELDS: Final = ("sign", "address", "contact", "phone", "postcode", "payee", "reconsideration", "court")


@dataclass(frozen=True, slots=True)
class Form:
    """A form: its file name for people, its bytes, and the files it may use, by name."""

    name: str
    body: bytes
    files: Mapping[str, bytes]

    def digest(self) -> bytes:
        """Return the SHA-256 of the form with everything it may use."""
        whole = hashlib.sha256(hashlib.sha256(self.body).digest())
        for name in sorted(self.files):
            whole.update(hashlib.sha256(name.encode()).digest() + hashlib.sha256(self.files[name]).digest())
        return whole.digest()


def find_form(kind: str, *, layout: str, line: str, suffix: str, environ: Mapping[str, str] | None = None) -> Form:
    """Return the form of a kind of document for a line of authority ("" for none); `suffix` is "typ" or "docx".

    Raises UseCaseError for a folder that does not exist or a file that cannot be read.
    """
    folder = find_folder(environ)
    names = (f"{kind}.{suffix}", f"{layout}.{suffix}")
    shared = dict(_packaged_files(suffix))
    if folder is not None:
        places = [folder / line, folder] if line in LINES else [folder]
        for place in reversed(places):
            shared |= _read_files(place)
        for place in places:
            for name in names:
                if (place / name).is_file():
                    return Form(str(place / name), _read(place / name), shared)
    return Form(names[1], dict(_packaged_files(suffix))[names[1]], shared)


def find_folder(environ: Mapping[str, str] | None = None) -> Path | None:
    """Return the folder of the operator's forms, None where none is set. Raises UseCaseError if it is no folder."""
    given = (os.environ if environ is None else environ).get(FOLDER_VARIABLE, "")
    if not given:
        return None
    if not Path(given).is_dir():
        raise UseCaseError(
            f"{FOLDER_VARIABLE} names {given}, which is no folder. Correct it, or leave it out to use the packaged forms.",
            message_zh=f"{FOLDER_VARIABLE} 指定的 {given} 不是文件夹。请更正，或取消此设置以使用自带的格式。",
        )
    return Path(given)


def describe_organ(authority: Authority, *, environ: Mapping[str, str] | None = None) -> Organ:
    """Return an authority as documents name it, with what `organs.toml` says under its number; UseCaseError if that is wrong."""
    folder = find_folder(environ)
    path = folder / ORGANS_FILE if folder is not None else None
    told: dict[str, str] = {}
    if path is not None and path.is_file():
        told = _read_organs(path).get(authority.authority, {})
    return Organ(authority.authority, authority.name, authority.line, **{"sign": authority.name, **told})


def copy_forms(target: Path) -> list[str]:
    """Write the packaged forms into a folder, to be changed there; returns the names. A file that exists is left alone."""
    target.mkdir(parents=True, exist_ok=True)
    written = []
    for name, body in (*_packaged_files("typ"), *_packaged_files("docx")):
        if not (target / name).exists():
            (target / name).write_bytes(body)
            written.append(name)
    return written


@cache
def _packaged_files(suffix: str) -> tuple[tuple[str, bytes], ...]:
    folder = files("suyuan") / "forms"
    found = [one for one in folder.iterdir() if one.name.endswith(f".{suffix}")]
    return tuple(sorted((one.name, one.read_bytes()) for one in found))


def _read_files(folder: Path) -> dict[str, bytes]:
    """Return what forms of a folder may use: other forms, pictures, a page of their own."""
    if not folder.is_dir():
        return {}
    return {path.name: _read(path) for path in sorted(folder.iterdir()) if path.is_file() and path.suffix != ".docx"}


def _read(path: Path) -> bytes:
    if path.stat().st_size > _FILE_BYTES_MAX:
        size_mb = _FILE_BYTES_MAX // 2**20
        raise UseCaseError(
            f"{path} is larger than {size_mb} MB. A form and what it uses must be smaller.",
            message_zh=f"{path} 超过 {size_mb} MB。格式文件及其所用的文件应当更小。",
        )
    return path.read_bytes()


def _read_organs(path: Path) -> dict[str, dict[str, str]]:
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UseCaseError(
            f"{path} cannot be read as TOML in UTF-8: {error}. Correct it.",
            message_zh=f"{path} 不是可以读取的 UTF-8 编码 TOML 文件：{error}。请更正。",
        ) from None
    faults = list(_faults_of_organs(content))
    if faults:
        raise UseCaseError(
            f"{path}: {'; '.join(faults)}. Each organ is a table with texts under {', '.join(_ORGAN_FIELDS)}.",
            message_zh=f"{path}：{'；'.join(faults)}。每个机关是一张表，可写 {'、'.join(_ORGAN_FIELDS)}，值为文本。",
        )
    return content


def _faults_of_organs(content: Mapping[str, object]) -> Iterator[str]:
    for authority, entry in content.items():
        if not isinstance(entry, dict):
            yield f"{authority}"
            continue
        yield from (
            f"{authority}.{name}"
            for name, value in entry.items()
            if name not in _ORGAN_FIELDS or not isinstance(value, str)
        )
