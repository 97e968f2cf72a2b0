"""Names that people write over columns, sheets and files, found in the catalogue."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from suyuan.core.catalogue import COMMON_FIELDS, KINDS
from suyuan.core.field import Field, Kind
from suyuan.intake.cells import COMPONENT_CODES, trim

REASON_ZH = ("退回原因", "refusal_reason_zh")
REASON_EN = ("Why refused", "refusal_reason_en")
ORIGINAL_ROW = ("原行号", "original_row")
"""Columns that the refusals workbook adds and every reader passes over."""

GUIDE_SHEET = "填写说明 guide"
UNREADABLE_SHEET = "无法读取 unreadable"

_OWN_SHEETS = ("填写说明", "无法读取", "guide")
_PARTS = re.compile(r"[\s()*:]+")


def normalise_name(text: str) -> str:
    """Return a heading or title in one form: narrow, lower case, blanks and the mark of required columns gone."""
    return trim(unicodedata.normalize("NFKC", text)).rstrip("* ").lower()


def fields_of(kind: Kind | None) -> Iterator[Field]:
    """Yield the fields that a row of this kind may have in a table; the common ones when the kind is not known."""
    yield from COMMON_FIELDS
    if kind is not None:
        yield from kind.fields
        if "modules" in kind.components:
            yield COMPONENT_CODES


def heading_of(field: Field) -> str:
    """Return the heading of a field's column: the Chinese title with the English name below."""
    return f"{field.zh}\n{field.name}"


_PASSED_OVER = frozenset(name for pair in (REASON_ZH, REASON_EN, ORIGINAL_ROW) for name in pair)
_IGNORED = frozenset(map(normalise_name, _PASSED_OVER))
_TITLES: dict[Kind | None, dict[str, Field]] = {}
_TITLES_OF_ANY = frozenset(
    normalise_name(title) for kind in KINDS for field in fields_of(kind) for title in (field.en, field.zh, field.name)
)
_NAMES = frozenset(field.name for kind in (None, *KINDS) for field in fields_of(kind))
_KIND_TITLES = {normalise_name(title): kind for kind in KINDS for title in (kind.name, kind.zh, kind.en)}
_LONGEST_TITLES_FIRST = sorted(_KIND_TITLES, key=len, reverse=True)


@lru_cache(maxsize=1024)
def find_kind(text: str) -> Kind | None:
    """Return the kind of this name or title, Chinese or English."""
    return _KIND_TITLES.get(normalise_name(text))


def guess_kind(file_name: str) -> Kind | None:
    """Return the kind whose name or title a file's name begins with: `电池生产.csv`, `battery_sold-2026-05.csv`."""
    stem = normalise_name(re.split(r"[/\\]", file_name)[-1])
    for title in _LONGEST_TITLES_FIRST:
        if stem.startswith(title) and not stem[len(title) : len(title) + 1].isalpha():
            return _KIND_TITLES[title]
    return None


def is_own_sheet(title: str) -> bool:
    """Tell whether a sheet is one of our explanations, which hold no reports."""
    return normalise_name(title).startswith(_OWN_SHEETS)


def is_ignored(heading: str) -> bool:
    """Tell whether a column is one that the refusals workbook added."""
    name = normalise_name(heading)
    return name in _IGNORED or any(part in _IGNORED for part in _PARTS.split(name))


def find_field(heading: str, *, kind: Kind | None) -> Field | None:
    """Return the field of a column: by English name, Chinese or English title, or a Chinese title with the name.

    `电池编码`, `battery_code`, `电池编码 battery_code` and the two under each other mean the same column.
    """
    titles = _TITLES.get(kind)
    if titles is None:
        titles = _TITLES[kind] = {
            normalise_name(title): field for field in fields_of(kind) for title in (field.en, field.zh, field.name)
        }
    name = normalise_name(heading)
    found = titles.get(name)
    if found is not None or name.isascii():
        return found
    return next((titles[part] for part in _ends_of(name) if part in titles), None)


def _ends_of(name: str) -> tuple[str, str]:
    """Return the last and the first part of a title: the Chinese and the English name may stand in either order."""
    parts = _PARTS.split(name)
    return parts[-1], parts[0]


def name_of(heading: str) -> str:
    """Return the name to call a column by that is no field of the row's kind: its English name, or as it stands."""
    parts = _PARTS.split(normalise_name(heading))
    return next((part for part in parts if part in _NAMES), trim(heading))


def is_known(heading: str) -> bool:
    """Tell whether any kind has a field of this heading."""
    name = normalise_name(heading)
    return name in _TITLES_OF_ANY or (not name.isascii() and any(part in _TITLES_OF_ANY for part in _ends_of(name)))
