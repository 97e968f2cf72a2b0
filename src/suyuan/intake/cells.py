"""Text of spreadsheet cells into the JSON-like values of a report, by the field of the catalogue, and back.

What does not convert stays text: then the checker says what is wrong with it, in the same words as for every form.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

import msgspec

from suyuan.core.catalogue import MATERIAL
from suyuan.core.field import JSON_INTEGER_MAX, Field, FieldType
from suyuan.core.value import SHANGHAI
from suyuan.intake.json_report import JsonProblemError, decode_json_value

COMPONENT_CODES = Field(
    "component_codes", FieldType.BATTERY_CODES, "模块和单体编码", "component codes", is_required=False
)
"""The column that stands for `modules` and `cells` in tables: M codes are modules without cells, C codes cells."""

PROSE_CHARACTERS = 64  # text fields that may be longer hold sentences, whose apostrophes are the writer's own
EMPTY_LIST_WORDS = frozenset({"[]", "无", "none"})

_BLANKS = (
    " \t\n\r\v\f\x1c\x1d\x1e\x1f\x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000\u200b\u2060\ufeff"  # all that is white space, then the three of no width
)
_INTEGER = re.compile(r"[+-]?(\d{1,16}|\d{1,3}(,\d{3}){1,5})(\.0*)?")
_DAY = re.compile(
    r"(\d{4})(?:[-/.年](\d{1,2})[-/.月](\d{1,2})日?|(\d{2})(\d{2}))(?:\s+(\d{1,2}):(\d{2})(?::(\d{2}))?)?"
)
_PAIR = re.compile(r"\s*([^\s:]+(?:\s[^\s:]+)?)\s*:\s*(\d{1,15})(?:\.0*)?\s*")
_BOOLEANS = {"true": True, "false": False, "1": True, "0": False, "是": True, "否": False, "yes": True, "no": False}

Converter = Callable[[str, Field], Any]


def trim(cell: str) -> str:
    """Return the cell without blanks around it: full-width, non-breaking and zero-width ones too."""
    return cell.strip(_BLANKS)


def convert_cell(text: str, field: Field) -> Any:  # noqa: ANN401 - the value is JSON-like, its type is the field's
    """Return the value of a trimmed cell that is not empty; what does not convert stays text."""
    if field.type is FieldType.TEXT and field.maximum > PROSE_CHARACTERS:
        return text
    return CONVERTERS[field.type](_bare(text), field)


def _bare(text: str) -> str:
    """Return the text without what spreadsheets put before it to keep it text: an apostrophe, or `="…"`."""
    if text[0] not in "'=":
        return text
    bare = text
    if text[0] == "'":
        bare = text[1:]
    elif text.startswith('="') and text.endswith('"'):
        bare = text[2:-1]
    return trim(bare) or text


def _narrow(text: str) -> str:
    return text if text.isascii() else unicodedata.normalize("NFKC", text)


def _keep(text: str, _field: Field) -> str:
    return text


def _convert_integer(text: str, _field: Field) -> int | str:
    """Return the whole number, also as Excel writes it: 420000.0 or 420,000."""
    narrow = _narrow(text)
    if not _INTEGER.fullmatch(narrow):
        return text
    number = int(narrow.partition(".")[0].replace(",", ""))
    return number if abs(number) <= JSON_INTEGER_MAX else text


def _convert_boolean(text: str, _field: Field) -> bool | str:
    return _BOOLEANS.get(_narrow(text).lower(), text)


def _convert_choice(text: str, field: Field) -> str:
    """Return the code of a choice, from the code, the Chinese name, or both: `scrapping`, `报废`, `报废 scrapping`."""
    if text in field.choices:
        return text
    return _choices_by_word(field.choices, field.choice_names_zh).get(_fold_word(text), text)


@lru_cache(maxsize=256)
def _choices_by_word(codes: tuple[str, ...], names: tuple[str, ...]) -> dict[str, str]:
    return {
        _fold_word(word): code for code, name in zip(codes, names, strict=True) for word in (code, name, name + code)
    }


def _fold_word(text: str) -> str:
    return "".join(_narrow(text).lower().split())


def _convert_day(text: str, field: Field) -> str:
    """Return a day or time as the format has it, from what spreadsheets show: 2026/5/3, 2026年5月3日, 2026/5/3 8:30.

    A time without an offset is one of Shanghai, the only time zone a Chinese spreadsheet means; midnight is what a
    spreadsheet adds to a bare day.
    """
    found = _DAY.fullmatch(_narrow(text))
    if not found:
        return text
    year, month, day, month_2, day_2, hour, minute, second = found.groups()
    try:
        day_of_year = (int(year), int(month or month_2), int(day or day_2))
        moment = datetime(*day_of_year, int(hour or 0), int(minute or 0), int(second or 0), tzinfo=SHANGHAI)
    except ValueError:
        return text
    if moment.hour or moment.minute or moment.second:
        return text if field.type is FieldType.DATE else moment.isoformat()
    return moment.date().isoformat()


def _convert_json(text: str, _field: Field) -> Any:  # noqa: ANN401 - any JSON value
    if not text.startswith("["):
        return text
    try:
        return decode_json_value(text)
    except JsonProblemError:
        return text


def _convert_codes(text: str, field: Field) -> list[Any] | str:
    """Return the codes between blanks; JSON when the cell begins with [."""
    if text.lower() in EMPTY_LIST_WORDS:
        return []
    return _convert_json(text, field) if text.startswith("[") else text.split()


def _convert_materials(text: str, field: Field) -> list[Any] | str:
    """Return `material:mass_g` pairs separated by semicolons, the material by code or Chinese name; JSON after a [."""
    if text.lower() in EMPTY_LIST_WORDS:
        return []
    if text.startswith("["):
        return _convert_json(text, field)  # type: ignore[no-any-return]
    pairs = [_PAIR.fullmatch(part) for part in _narrow(text).rstrip(" ;").split(";")]
    materials = [{"material": _convert_choice(pair[1], MATERIAL), "mass_g": int(pair[2])} for pair in pairs if pair]
    return materials if len(materials) == len(pairs) else text


CONVERTERS: Mapping[FieldType, Converter] = {
    **dict.fromkeys(FieldType, _keep),
    FieldType.INTEGER: _convert_integer,
    FieldType.BOOLEAN: _convert_boolean,
    FieldType.DATE: _convert_day,
    FieldType.DATE_OR_TIME: _convert_day,
    FieldType.TIME: _convert_day,
    FieldType.CHOICE: _convert_choice,
    FieldType.BATTERY_CODES: _convert_codes,
    FieldType.LOT_CODES: _convert_codes,
    FieldType.MODULES: _convert_json,
    FieldType.PACKS: _convert_json,
    FieldType.MATERIALS: _convert_materials,
}


def place_components(raw: dict[str, Any]) -> None:
    """Turn `component_codes` of a row into `modules` and `cells`; kept as it stands where that cannot be done."""
    codes = raw.get(COMPONENT_CODES.name)
    if type(codes) is not list or not all(type(code) is str for code in codes) or "modules" in raw or "cells" in raw:
        return
    del raw[COMPONENT_CODES.name]
    modules = [{"code": code, "cells": []} for code in codes if _level_letter(code) == "M"]
    cells = [code for code in codes if _level_letter(code) != "M"]
    if modules:
        raw["modules"] = modules
    if cells:
        raw["cells"] = cells


def _level_letter(code: str) -> str:
    return _narrow(code)[3:4].upper()


def gather_components(raw: Mapping[str, Any]) -> list[str] | None:
    """Return the `component_codes` that `place_components` turns into the same modules and cells, or None."""
    components = {name: raw[name] for name in ("modules", "cells") if name in raw}
    try:
        codes = [*(module["code"] for module in components.get("modules", [])), *components.get("cells", [])]
        again: dict[str, Any] = {COMPONENT_CODES.name: " ".join(codes).split()}
    except (TypeError, KeyError):
        return None
    place_components(again)
    return codes if codes and again == components else None


def format_cell(value: object, *, field: Field | None) -> str:
    """Return the text of a cell that reads back as the value, as far as a cell can carry it."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list) and value and field is not None:
        text = _format_list(value, field)
        if text and convert_cell(text, field) == value:
            return text
    return msgspec.json.encode(value).decode()


def _format_list(value: list[Any], field: Field) -> str:
    if field.type in (FieldType.BATTERY_CODES, FieldType.LOT_CODES) and all(type(code) is str for code in value):
        return trim(" ".join(value))
    if field.type is FieldType.MATERIALS and all(type(part) is dict for part in value):
        return "; ".join(f"{part.get('material')}:{part.get('mass_g')}" for part in value)
    return ""
