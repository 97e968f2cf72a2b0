"""What a spreadsheet tells people about a field: its form in words, an example, and whether it must be filled in."""

from functools import lru_cache
from typing import NamedTuple

from suyuan.core.catalogue import MATERIAL
from suyuan.core.field import JSON_INTEGER_MAX, Field, FieldType, Kind
from suyuan.intake.cells import COMPONENT_CODES
from suyuan.intake.headings import fields_of

DROP_DOWN_CHARACTERS_MAX = 255  # what spreadsheet programs let a drop-down hold in itself
_USCC = "91350100M000100Y43"
_PACK = "001PBA10000000F3C0000001"
_MODULE = "001MBB70000000F3C0000001"
_CELL = "001CBC90000000F3C0000001"
_NOT_IN_TEMPLATE = {"kind", "originally_reported_at", "modules", "cells"}
"""The sheet's title is the kind; times of first reporting are the operator's; components come as `component_codes`."""


class Words(NamedTuple):
    """The form of a field in both languages, and a cell that fits."""

    en: str
    zh: str
    example: str


WORDS: dict[FieldType, Words] = {
    FieldType.TEXT: Words("text", "文本", "A-0001"),
    FieldType.INTEGER: Words("whole number", "整数", "420000"),
    FieldType.BOOLEAN: Words("true or false", "是或否（true、false）", "是"),
    FieldType.DATE: Words("date like 2026-05-03", "日期，形如 2026-05-03", "2026-05-03"),
    FieldType.DATE_OR_TIME: Words(
        "date like 2026-05-03, or time like 2026-05-03T10:00:00+08:00",
        "日期（形如 2026-05-03）或时间（形如 2026-05-03T10:00:00+08:00）",
        "2026-05-03",
    ),
    FieldType.TIME: Words("time with offset", "带时区的时间", "2026-05-03T10:00:00+08:00"),
    FieldType.CHOICE: Words("one of the listed words", "从列表中选择", ""),
    FieldType.BATTERY_CODE: Words("battery code of 24 characters", "24 位电池编码", _PACK),
    FieldType.GOODS_CODE: Words("battery code or lot code", "电池编码或批次号", _PACK),
    FieldType.TEMPORARY_CODE: Words(
        "TMP-, your USCC, -, your number", "TMP-统一社会信用代码-自编号", f"TMP-{_USCC}-0001"
    ),
    FieldType.LOT_CODE: Words("LOT-, your USCC, -, your number", "LOT-统一社会信用代码-自编号", f"LOT-{_USCC}-0001"),
    FieldType.VIN: Words("VIN of 17 characters", "17 位车辆识别代号", "LATPAB075S1000001"),
    FieldType.USCC: Words("unified social credit code of 18 characters", "18 位统一社会信用代码", _USCC),
    FieldType.DIVISION: Words("division code of 6 digits", "6 位行政区划代码", "350100"),
    FieldType.SHA256: Words(
        "SHA-256 digest, 64 hexadecimal digits", "64 位十六进制 SHA-256 摘要", "0123456789abcdef" * 4
    ),
    FieldType.BATTERY_CODES: Words(
        'codes separated by blanks; "none" for an empty list', "编码，以空格分隔；没有则填“无”", _PACK
    ),
    FieldType.LOT_CODES: Words("lot codes separated by blanks", "批次号，以空格分隔", f"LOT-{_USCC}-0001"),
    FieldType.MODULES: Words(
        "JSON: list of {code, cells}", "JSON：{code, cells} 列表", f'[{{"code":"{_MODULE}","cells":[]}}]'
    ),
    FieldType.PACKS: Words(
        "JSON: list of {code, chemistry, rated_energy_wh, mass_g}",
        "JSON：{code, chemistry, rated_energy_wh, mass_g} 列表",
        f'[{{"code":"{_PACK}","chemistry":"lfp","rated_energy_wh":55000,"mass_g":420000}}]',
    ),
    FieldType.MATERIALS: Words(
        "material:grams, separated by semicolons; materials: " + ", ".join(MATERIAL.choices),
        "材料:克数，以分号分隔；材料：" + "、".join(MATERIAL.label_choices()),
        "黑粉:120000; 铜:30000",
    ),
}
_COMPONENTS = Words(
    "codes separated by blanks; modules and cells may be mixed",
    "模块和单体编码可混填，以空格分隔",
    f"{_MODULE} {_CELL}",
)
_EXAMPLES = {"un_number": "UN3480", "destination_country": "DE", "withdrawn_report_id": "A-0000", "report_id": "A-0001"}


def template_fields(kind: Kind) -> list[Field]:
    """Return the columns of a kind's template: whose report, when, what, and then the common fields that may "
    "be left out.
    """
    common = [field for field in fields_of(None) if field.name not in _NOT_IN_TEMPLATE]
    own = [field for field in fields_of(kind) if field not in common and field.name not in _NOT_IN_TEMPLATE]
    return [
        *(field for field in common if field.is_required),
        *(field for field in own if field.is_required),
        *(field for field in own if not field.is_required),
        *(field for field in common if not field.is_required),
    ]


@lru_cache(maxsize=256)
def offered_cells(field: Field) -> dict[str, str]:
    """Return what the drop-down of a field offers, by the plain text of the value; empty for what is not chosen.

    Names with codes where a drop-down has room for them, else the Chinese names alone.
    """
    if field.type is FieldType.BOOLEAN:
        return {"true": "是", "false": "否"}
    labels = field.label_choices()
    fits = len(",".join(labels)) <= DROP_DOWN_CHARACTERS_MAX
    return dict(zip(field.choices, labels if fits else field.choice_names_zh, strict=True))


def words_of(field: Field) -> Words:
    """Return what to say about a field, with its limits."""
    if field == COMPONENT_CODES:
        return _COMPONENTS
    en, zh, example = WORDS[field.type]
    example = _EXAMPLES.get(field.name, example)
    if field.type is FieldType.CHOICE:
        offered = list(offered_cells(field).values())
        return Words("one of: " + ", ".join(field.choices), "选项：" + "、".join(field.label_choices()), offered[0])
    if field.is_personal:
        return Words(
            f"{en} of up to {field.maximum} characters; personal, kept encrypted and apart, can be erased",
            f"{zh}，最多 {field.maximum} 个字符；个人信息，单独加密保存，可删除",
            "张三",
        )
    if field.type is FieldType.TEXT:
        return Words(f"{en} of up to {field.maximum} characters", f"{zh}，最多 {field.maximum} 个字符", example)
    if field.type is FieldType.INTEGER:
        if field.maximum == JSON_INTEGER_MAX:
            return Words(f"{en} from {field.minimum}", f"{zh}，不小于 {field.minimum}", example)
        example = str(min(int(example), field.maximum))
        return Words(
            f"{en} from {field.minimum} to {field.maximum}", f"{zh}，{field.minimum} 至 {field.maximum}", example
        )
    if field.levels in ("C", "MC"):
        return Words(en, zh, _CELL if field.levels == "C" else _MODULE)
    return Words(en, zh, example)
