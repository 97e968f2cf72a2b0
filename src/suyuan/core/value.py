"""Check one value of a report against its field; one function a field type.

Each checker returns the normalised value, or raises `ValueProblemError` with every reason it saw.
"""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from functools import lru_cache
from itertools import pairwise
from typing import Any

from suyuan.core.catalogue import CHEMISTRY, MATERIAL, METALS
from suyuan.core.field import Field, FieldType
from suyuan.core.identifiers import (
    BatteryCode,
    DivisionCode,
    IdentifierError,
    LotCode,
    TemporaryCode,
    Uscc,
    Vin,
    is_battery_code,
    normalise_text,
)
from suyuan.core.personal import MASK
from suyuan.core.refusal import RowError, refuse, refuse_malformed, shorten

SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")  # no summer time since 1991, before any traction battery
DATE_LENGTH = len("2026-05-03")
CHOICES_CHARACTERS_MAX = 300  # of the choices that a refusal lists; templates and schemas list them all
LIST_LENGTH_MAX = 50_000  # a row holds at most 1 MiB, which is fewer codes than this

Checker = Callable[[Any, Field], Any]

_TIME = re.compile(r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d{1,6})?([Zz]|[+-]\d{2}:\d{2})")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_REPORT_ID = re.compile(r"[A-Za-z0-9._:-]{1,64}")


class ValueProblemError(Exception):
    """A value that its field does not take; `errors` say why, all of them."""

    def __init__(self, *errors: RowError) -> None:
        """Keep the reasons."""
        super().__init__(errors)
        self.errors = errors


def check_value(value: object, field: Field) -> Any:  # noqa: ANN401 - the normalised value is JSON-like, its type is the field's
    """Return the normalised value of a field; raises ValueProblemError."""
    return CHECKERS[field.type](value, field)


def _malformed(value: object, field: Field, wanted: str, wanted_zh: str) -> ValueProblemError:
    return ValueProblemError(refuse_malformed(field.name, value=value, wanted=wanted, wanted_zh=wanted_zh))


def _check_text(value: object, field: Field) -> str:
    if type(value) is not str:
        raise _malformed(value, field, "text", "文本")
    if field.is_personal and value == MASK:
        raise _malformed(
            value, field, "the value itself, which a refused row does not keep", "原值（被退回的行不保留个人信息）"
        )
    if not field.minimum <= len(value) <= field.maximum:
        raise _malformed(
            value,
            field,
            f"text of {field.minimum} to {field.maximum} characters",
            f"{field.minimum} 至 {field.maximum} 个字符的文本",
        )
    if field.name in ("report_id", "withdrawn_report_id"):
        if not _REPORT_ID.fullmatch(value):
            raise _malformed(value, field, "1 to 64 letters, digits or . _ : -", "1 至 64 个字母、数字或 . _ : -")
    elif "\x00" in value or not value.strip():
        raise _malformed(value, field, "readable text", "可读文本")
    return value if value.isascii() else _compose(value, field)


def _compose(value: str, field: Field) -> str:
    """Return a text in Unicode's form NFC, which the record of the log needs; half a character is refused."""
    if any("\ud800" <= character <= "\udfff" for character in value):
        raise _malformed(value.encode("utf-8", "replace").decode(), field, "readable text", "可读文本")
    return unicodedata.normalize("NFC", value)


def _check_integer(value: object, field: Field) -> int:
    if type(value) is not int:
        raise _malformed(value, field, "a whole number", "整数")
    if not field.minimum <= value <= field.maximum:
        raise ValueProblemError(
            refuse("number_out_of_range", field=field.name, value=value, minimum=field.minimum, maximum=field.maximum)
        )
    return value


def _check_boolean(value: object, field: Field) -> bool:
    if type(value) is not bool:
        raise _malformed(value, field, "true or false", "是或否")
    return value


@lru_cache(maxsize=16384)
def parse_date(text: str) -> date:
    """Return the day of `YYYY-MM-DD`; raises ValueError."""
    if len(text) != DATE_LENGTH:
        raise ValueError(text)
    return date.fromisoformat(text)


def parse_time(text: str) -> datetime:
    """Return the aware moment of an RFC 3339 text; raises ValueError."""
    if not _TIME.fullmatch(text):
        raise ValueError(text)
    return datetime.fromisoformat(text.upper())


@lru_cache(maxsize=16384)
def _normalise_date(text: str) -> str:
    return parse_date(text).isoformat()


def _check_date(value: object, field: Field) -> str:
    try:
        return _normalise_date(value)
    except (ValueError, TypeError, AttributeError):
        raise _malformed(value, field, "a date like 2026-05-03", "形如 2026-05-03 的日期") from None


def _check_time(value: object, field: Field, *, or_date: str = "", or_date_zh: str = "") -> str:
    try:
        return format_time(parse_time(value))  # type: ignore[arg-type]
    except (ValueError, TypeError, OverflowError):
        raise _malformed(
            value,
            field,
            f"{or_date}a time with offset like 2026-05-03T10:00:00+08:00",
            f"{or_date_zh}带时区的时间，形如 2026-05-03T10:00:00+08:00",
        ) from None


def format_time(moment: datetime) -> str:
    """Return the moment in UTC as RFC 3339 text, without an empty fraction."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


def _check_date_or_time(value: object, field: Field) -> str:
    if type(value) is str and len(value) == DATE_LENGTH:
        return _check_date(value, field)
    return _check_time(value, field, or_date="a date like 2026-05-03 or ", or_date_zh="形如 2026-05-03 的日期，也不是")


def _check_choice(value: object, field: Field) -> str:
    if type(value) is str and value in field.choices:
        return value
    if type(value) is str and value in field.choice_names_zh:
        code = field.choices[field.choice_names_zh.index(value)]
        wanted, wanted_zh = f"the code {code}, which JSON needs", f"代码 {code}（JSON 中须填代码）"
    else:
        wanted = "one of " + _list_shortly(field.choices, ", ", "… ({} in all)")
        wanted_zh = "以下之一：" + _list_shortly(field.label_choices(), "、", "……（共 {} 项）")
    raise _malformed(value, field, wanted, wanted_zh)


def _list_shortly(choices: Sequence[str], separator: str, ending: str) -> str:
    """Return as many of the choices as a sentence bears, and how many there are when that is not all."""
    listed = separator.join(choices)
    if len(listed) <= CHOICES_CHARACTERS_MAX:
        return listed
    return listed[:CHOICES_CHARACTERS_MAX].rpartition(separator)[0] + separator + ending.format(len(choices))


def _identifier(parse: Callable[[str], str], wanted: str, wanted_zh: str) -> Checker:
    """Return the checker of an identifier type, which speaks through the type's own error."""

    def check(value: object, field: Field) -> str:
        if type(value) is not str:
            raise _malformed(value, field, wanted, wanted_zh)
        try:
            return str(parse(value))  # plain text from here on: JSON and COPY know no subclasses
        except IdentifierError as error:
            raise ValueProblemError(name_field(error, field=field.name)) from None

    return check


def name_field(error: IdentifierError, *, field: str) -> RowError:
    """Return an identifier's error as the refusal of a field."""
    return RowError(
        error.code, field, shorten(error.value), f"{field}: {error.message}", f"字段“{field}”：{error.message_zh}"
    )


def _check_battery_code(value: object, field: Field) -> str:
    if type(value) is not str:
        raise _malformed(value, field, "a battery code", "电池编码")
    try:
        if is_battery_code(value):
            code = BatteryCode(value)
        elif _begins_like(value, "TMP-"):
            return str(TemporaryCode.parse(value))
        else:
            code = BatteryCode.parse(value)
    except IdentifierError as error:
        raise ValueProblemError(name_field(error, field=field.name)) from None
    if field.levels != "PMC" and code.level_letter not in field.levels:
        raise ValueProblemError(
            refuse_malformed(
                field.name,
                value=value,
                wanted=f"a code of level {field.levels}",
                wanted_zh=f"层级为 {field.levels} 的编码",
            )
        )
    return str(code)


def _check_goods_code(value: object, field: Field) -> str:
    if type(value) is str and not is_battery_code(value) and _begins_like(value, "LOT-"):
        try:
            return str(LotCode.parse(value))
        except IdentifierError as error:
            raise ValueProblemError(name_field(error, field=field.name)) from None
    return _check_battery_code(value, field)


def _begins_like(value: str, prefix: str) -> bool:
    """Tell whether a text begins with a prefix of four characters, in whatever case and width."""
    return normalise_text(value.lstrip()[:4]) == prefix


def _check_list(value: object, field: Field, check: Checker) -> list[str]:
    """Return the set-like list sorted, each member once; a component may not be listed twice."""
    if type(value) is not list or len(value) > LIST_LENGTH_MAX:
        raise _malformed(value, field, "a list of codes", "编码清单")
    errors: list[RowError] = []
    codes: set[str] = set()
    for member in value:
        try:
            code = check(member, field)
        except ValueProblemError as problem:
            errors += problem.errors
            continue
        if code in codes and field.name in ("cells", "fitted_codes", "removed_codes", "recovered_codes"):
            errors.append(refuse("component_repeated", field=field.name, value=code))
        codes.add(code)
    if errors:
        raise ValueProblemError(*errors)
    return sorted(codes)


def _check_battery_codes(value: object, field: Field) -> list[str]:
    return _check_list(value, field, _check_battery_code)


_check_lot_code = _identifier(LotCode.parse, "a lot code", "批次号")


def _check_lot_codes(value: object, field: Field) -> list[str]:
    return _check_list(value, field, _check_lot_code)


MODULE_FIELDS = (
    Field("code", FieldType.BATTERY_CODE, "模块编码", "module code", levels="M"),
    Field("cells", FieldType.BATTERY_CODES, "单体", "cells", is_required=False, levels="C"),
)
# By name, as recorded outcomes are written: what a rebuild files from them must have the same bytes.
PACK_FIELDS = (
    replace(CHEMISTRY, is_required=True),
    Field("code", FieldType.BATTERY_CODE, "电池编码", "battery code"),
    Field("mass_g", FieldType.INTEGER, "质量", "mass", minimum=1, maximum=100_000_000),
    Field("rated_energy_wh", FieldType.INTEGER, "额定能量", "rated energy", minimum=1, maximum=10_000_000),
)
MATERIAL_FIELDS = tuple(
    sorted(
        (
            MATERIAL,
            Field("mass_g", FieldType.INTEGER, "质量", "mass", maximum=100_000_000_000),
            *(
                Field(name, FieldType.INTEGER, name, name, is_required=False, maximum=100_000_000_000)
                for name in METALS
            ),
        ),
        key=lambda field: field.name,
    )
)


def _check_records(value: object, field: Field, shape: tuple[Field, ...]) -> list[dict[str, Any]]:
    """Return a list of small records, each checked field by field; all errors at once."""
    if type(value) is not list or len(value) > LIST_LENGTH_MAX:
        raise _malformed(value, field, "a list of records", "记录清单")
    errors: list[RowError] = []
    records = []
    for place, record in enumerate(value):
        where = f"{field.name}[{place}]"
        if type(record) is not dict:
            errors.append(refuse_malformed(where, value=record, wanted="a record", wanted_zh="记录"))
            continue
        records.append(_check_record(record, where, shape, errors))
    if errors:
        raise ValueProblemError(*errors)
    return records


def _check_record(
    record: dict[Any, Any], where: str, shape: tuple[Field, ...], errors: list[RowError]
) -> dict[str, Any]:
    known = {part.name for part in shape}
    errors += [
        refuse("field_unknown", field=f"{where}.{shorten(name)}", kind=where) for name in record if name not in known
    ]
    checked: dict[str, Any] = {}
    for part in shape:
        value = record.get(part.name)
        if value is None:
            if part.is_required:
                errors.append(refuse("field_missing", field=f"{where}.{part.name}", kind=where))
            continue
        try:
            checked[part.name] = CHECKERS[part.type](value, part)
        except ValueProblemError as problem:
            errors += [
                RowError(one.code, f"{where}.{one.field}", one.value, one.message, one.message_zh)
                for one in problem.errors
            ]
    return checked


def _check_modules(value: object, field: Field) -> list[dict[str, Any]]:
    modules = _check_records(value, field, MODULE_FIELDS)
    seen: set[str] = set()
    errors = []
    for module in modules:
        module.setdefault("cells", [])
        for code in (module["code"], *module["cells"]):
            if code in seen:
                errors.append(refuse("component_repeated", field=field.name, value=code))
            seen.add(code)
    if errors:
        raise ValueProblemError(*errors)
    return sorted(modules, key=lambda module: str(module["code"]))


def _check_packs(value: object, field: Field) -> list[dict[str, Any]]:
    packs = sorted(_check_records(value, field, PACK_FIELDS), key=lambda pack: str(pack["code"]))
    codes = [pack["code"] for pack in packs]
    repeated = sorted({code for code, following in pairwise(codes) if code == following})
    if repeated:
        raise ValueProblemError(*(refuse("component_repeated", field=field.name, value=code) for code in repeated))
    return packs


def _check_materials(value: object, field: Field) -> list[dict[str, Any]]:
    materials = _check_records(value, field, MATERIAL_FIELDS)
    return sorted(materials, key=lambda part: (part["material"], part["mass_g"], sorted(part.items(), key=str)))


def _check_sha256(value: object, field: Field) -> str:
    if type(value) is str and _SHA256.fullmatch(value.lower()):
        return value.lower()
    raise _malformed(value, field, "a SHA-256 digest of 64 hexadecimal digits", "64 位十六进制 SHA-256 摘要")


CHECKERS: dict[FieldType, Checker] = {
    FieldType.TEXT: _check_text,
    FieldType.INTEGER: _check_integer,
    FieldType.BOOLEAN: _check_boolean,
    FieldType.DATE: _check_date,
    FieldType.DATE_OR_TIME: _check_date_or_time,
    FieldType.TIME: _check_time,
    FieldType.CHOICE: _check_choice,
    FieldType.BATTERY_CODE: _check_battery_code,
    FieldType.GOODS_CODE: _check_goods_code,
    FieldType.TEMPORARY_CODE: _identifier(TemporaryCode.parse, "a temporary code", "临时编码"),
    FieldType.LOT_CODE: _check_lot_code,
    FieldType.VIN: _identifier(Vin.parse, "a vehicle identification number", "车辆识别代号"),
    FieldType.USCC: _identifier(Uscc.parse, "a unified social credit code", "统一社会信用代码"),
    FieldType.DIVISION: _identifier(DivisionCode.parse, "a division code", "行政区划代码"),
    FieldType.SHA256: _check_sha256,
    FieldType.BATTERY_CODES: _check_battery_codes,
    FieldType.LOT_CODES: _check_lot_codes,
    FieldType.MODULES: _check_modules,
    FieldType.PACKS: _check_packs,
    FieldType.MATERIALS: _check_materials,
}
