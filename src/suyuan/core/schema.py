"""JSON Schema of the report kinds, from the catalogue: the shape in which a report is surely understood.

Strict where the checker is lenient: codes in capitals and half width, absent instead of null. What only the register,
the calendar or a check digit can tell is left to the checker. JSON Schema 2020-12, as OpenAPI 3.1 has it.
"""

from typing import Any

from suyuan.core.admission import EITHER_FIELDS
from suyuan.core.battery_code import CHARACTERS, DAY_LETTERS, MONTH_LETTERS, YEAR_LETTERS
from suyuan.core.catalogue import COMMON_FIELDS, KINDS, ROLES
from suyuan.core.field import Field, FieldType, Kind
from suyuan.core.identifiers import USCC_CHARACTERS, VIN_CHARACTERS
from suyuan.core.value import LIST_LENGTH_MAX, MATERIAL_FIELDS, MODULE_FIELDS, PACK_FIELDS

Schema = dict[str, Any]

REPORT_ID_PATTERN = "^[A-Za-z0-9._:-]{1,64}$"
_REPORT_ID_FIELDS = frozenset({"report_id", "withdrawn_report_id"})
_USCC = f"[{USCC_CHARACTERS}]{{2}}[0-9]{{6}}[{USCC_CHARACTERS}]{{10}}"
_DAY = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
_MOMENT = f"{_DAY}[Tt ][0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}}(\\.[0-9]{{1,6}})?([Zz]|[+-][0-9]{{2}}:[0-9]{{2}})"
_CODE_DAY = f"[{YEAR_LETTERS}][{MONTH_LETTERS}][{DAY_LETTERS}]"
_OWN_NUMBER = "[0-9A-Z._-]{1,20}"
_TEMPORARY = f"TMP-{_USCC}-{_OWN_NUMBER}"
_LOT = f"LOT-{_USCC}-{_OWN_NUMBER}"
_PATTERNS = {
    FieldType.DATE: _DAY,
    FieldType.TIME: _MOMENT,
    FieldType.DATE_OR_TIME: f"{_DAY}|{_MOMENT}",
    FieldType.TEMPORARY_CODE: _TEMPORARY,
    FieldType.LOT_CODE: _LOT,
    FieldType.VIN: f"[{VIN_CHARACTERS}]{{17}}",
    FieldType.USCC: _USCC,
    FieldType.DIVISION: "[0-9]{6}",
    FieldType.SHA256: "[0-9a-f]{64}",
}
_RECORDS = {FieldType.MODULES: MODULE_FIELDS, FieldType.PACKS: PACK_FIELDS, FieldType.MATERIALS: MATERIAL_FIELDS}


def json_schema(kind: Kind) -> Schema:
    """Return the JSON Schema of a report of one kind, its common fields included; titles in both languages."""
    fields = (*COMMON_FIELDS, *kind.fields)
    schema = _object_schema(fields)
    schema["properties"]["kind"] = {"const": kind.name, **_titles(COMMON_FIELDS[1])}
    schema = {"title": kind.en, "x-title-zh": kind.zh, "description": _who_reports(kind), **schema}
    if kind.name in EITHER_FIELDS:
        schema["anyOf"] = [_holds(name, fields) for name in EITHER_FIELDS[kind.name]]
    return schema


def describe_kinds() -> list[dict[str, Any]]:
    """Return every kind in lifecycle order: names, who reports it, and its schema."""
    return [
        {
            "kind": kind.name,
            "title": kind.en,
            "title_zh": kind.zh,
            "reporters": [role for role in ROLES if role in kind.reporters],
            "births": list(kind.births),
            "required": [field.name for field in (*COMMON_FIELDS, *kind.fields) if field.is_required],
            "schema": json_schema(kind),
        }
        for kind in KINDS
    ]


def field_schema(field: Field) -> Schema:
    """Return the JSON Schema of one field."""
    personal = {"x-personal": True} if field.is_personal else {}
    return {
        **_value_schema(field),
        **_titles(field),
        **personal,
        **({} if field.default is None else {"default": field.default}),
    }


def _object_schema(fields: tuple[Field, ...]) -> Schema:
    return {
        "type": "object",
        "properties": {field.name: field_schema(field) for field in fields},
        "required": [field.name for field in fields if field.is_required],
        "additionalProperties": False,
    }


def _titles(field: Field) -> Schema:
    return {"title": field.en, "x-title-zh": field.zh}


def _who_reports(kind: Kind) -> str:
    roles = [(role, ROLES[role]) for role in ROLES if role in kind.reporters]
    return f"Reported by: {', '.join(role for role, _ in roles)}. 报送主体：{'、'.join(zh for _, (zh, _en) in roles)}。"


def _holds(name: str, fields: tuple[Field, ...]) -> Schema:
    """Return the schema that asks for a field with something in it; a switch that is off says nothing."""
    is_switch = any(field.name == name and field.type is FieldType.BOOLEAN for field in fields)
    wanted: Schema = {"required": [name]}
    return {**wanted, "properties": {name: {"const": True}}} if is_switch else wanted


def _value_schema(field: Field) -> Schema:
    match field.type:
        case FieldType.TEXT:
            pattern = REPORT_ID_PATTERN if field.name in _REPORT_ID_FIELDS else "\\S"
            return {"type": "string", "minLength": field.minimum, "maxLength": field.maximum, "pattern": pattern}
        case FieldType.INTEGER:
            return {"type": "integer", "minimum": field.minimum, "maximum": field.maximum}
        case FieldType.BOOLEAN:
            return {"type": "boolean"}
        case FieldType.CHOICE:
            return {"enum": list(field.choices), "description": "、".join(field.label_choices())}
        case FieldType.BATTERY_CODES | FieldType.LOT_CODES:
            return _list_schema(_text_schema(_pattern_of(field)))
        case FieldType.MODULES | FieldType.PACKS | FieldType.MATERIALS:
            return _list_schema(_object_schema(_RECORDS[field.type]))
        case _:
            return _text_schema(_pattern_of(field))


def _pattern_of(field: Field) -> str:
    """Return the pattern of a text, or of each member of a list of codes."""
    match field.type:
        case FieldType.BATTERY_CODE | FieldType.BATTERY_CODES:
            return _battery_pattern(field.levels)
        case FieldType.GOODS_CODE | FieldType.LOT_CODES:
            return f"{_battery_pattern(field.levels)}|{_LOT}"
        case _:
            return _PATTERNS[field.type]


def _text_schema(pattern: str) -> Schema:
    return {"type": "string", "pattern": f"^(?:{pattern})$"}


def _list_schema(members: Schema) -> Schema:
    return {"type": "array", "items": members, "maxItems": LIST_LENGTH_MAX}


def _battery_pattern(levels: str) -> str:
    """Return the pattern of a battery code of these levels: 24 or 26 characters, 19 of a reuse product, or temporary."""
    return (
        f"[0-9A-Z]{{3}}[{levels}][{CHARACTERS}]{{3}}(?:[0-9A-Z]{{7}}{_CODE_DAY}[0-9]{{7}}(?:[0-9A-Z]{{2}})?"
        f"|{_CODE_DAY}[0-9]{{7}}R[PMC])|{_TEMPORARY}"
    )
