"""The data dictionary of an export: every table and column in both languages, as Markdown for people and as JSON."""

from typing import Any, Final

import msgspec

from suyuan.analysis.export_tables import SENTENCE_CHARACTERS_MIN, TABLES, is_left_out
from suyuan.analysis.parquet import ColumnType, Table
from suyuan.core.catalogue import COMMON_FIELDS, KINDS

_STORED_AS: Final = {
    ColumnType.TEXT: "string",
    ColumnType.JSON: "string",
    ColumnType.INTEGER: "int64",
    ColumnType.BOOLEAN: "boolean",
    ColumnType.DATE: "date32",
    ColumnType.MOMENT: "timestamp[us, UTC]",
    ColumnType.TEXTS: "list<string>",
}


def list_left_out() -> list[dict[str, str]]:
    """Return the fields of reports that have no column, and why."""
    found = [("*", field) for field in COMMON_FIELDS] + [(kind.name, field) for kind in KINDS for field in kind.fields]
    return [
        {
            "field": field.name,
            "kind": kind,
            "zh": field.zh,
            "en": field.en,
            "why_zh": "个人信息" if field.is_personal else f"自由文字（可达 {field.maximum} 个字符）",
            "why": "personal" if field.is_personal else f"sentences (up to {field.maximum} characters)",
        }
        for kind, field in found
        if is_left_out(field)
    ]


def describe_tables() -> list[dict[str, Any]]:
    """Return the dictionary as plain values."""
    return [
        {
            "table": table.name,
            "zh": table.zh,
            "en": table.en,
            "month": table.month or None,
            "month_zh": table.month_zh or None,
            "columns": [
                {
                    "column": column.name,
                    "type": column.type.value,
                    "stored_as": _STORED_AS[column.type],
                    "unit": column.unit or None,
                    "zh": column.zh,
                    "en": column.en,
                    "from": column.origin,
                }
                for column in table.columns
            ],
        }
        for table in TABLES
    ]


def write_json() -> bytes:
    """Return the dictionary as JSON."""
    told = {"tables": describe_tables(), "left_out": list_left_out()}
    return msgspec.json.format(msgspec.json.encode(told), indent=1) + b"\n"


def write_markdown() -> str:
    """Return the dictionary as Markdown."""
    return "\n".join([_OPENING, *(_write_table(table) for table in TABLES), _write_left_out()])


_OPENING = """# 数据字典 Data dictionary

每个表在 `table=<名称>/` 之下；按月分区的表再分 `month=YYYY-MM/`。空值表示未报告或未知。
Each table lies below `table=<name>/`; one that is split by month has `month=YYYY-MM/` below it. Null: not reported, or unknown.

| 类型 type | Parquet | 含义 meaning |
|---|---|---|
| text | string | 文字 |
| integer | int64 | 整数，单位见列 whole number in the unit of the column |
| boolean | boolean | |
| date | date32 | 上海日期 day in Asia/Shanghai |
| moment | timestamp[us, UTC] | 时刻 |
| texts | list&lt;string&gt; | 文字列表 |
| json | string | JSON 文字 a JSON value as text, names sorted |
"""


def _write_table(table: Table) -> str:
    month = f"\n按月分区 split by: {table.month_zh} {table.month}.\n" if table.month else "\n不分区 not split.\n"
    rows = "\n".join(
        f"| {column.name} | {column.type} | {column.unit} | {column.zh} | {column.en} | {column.origin} |"
        for column in table.columns
    )
    return (
        f"## {table.name}\n\n{table.zh}；{table.en}.\n{month}\n"
        f"| 列 column | 类型 type | 单位 unit | 中文 | English | 来源 from |\n|---|---|---|---|---|---|\n{rows}\n"
    )


def _write_left_out() -> str:
    rows = "\n".join(
        f"| {one['field']} | {one['kind']} | {one['zh']} | {one['why_zh']} {one['why']} |" for one in list_left_out()
    )
    return (
        "## 不导出的字段 Fields that never leave\n\n"
        f"个人信息，以及可写 {SENTENCE_CHARACTERS_MIN} 个字符以上的自由文字：程序无法判断其中是否涉及个人。\n"
        f"What is personal, and text of {SENTENCE_CHARACTERS_MIN} characters or more: no program can tell whom a sentence names.\n\n"
        f"| 字段 field | 报告 kind | 中文 | 原因 why |\n|---|---|---|---|\n{rows}\n"
    )
