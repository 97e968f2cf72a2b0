"""The reference page of report kinds, written from the catalogue; `make docs-check` compares it with the page in docs."""

from collections.abc import Iterator

from suyuan.core.catalogue import COMMON_FIELDS, KINDS, ROLES
from suyuan.core.field import Field, Kind
from suyuan.intake.headings import fields_of
from suyuan.intake.sheet_guide import words_of

_OPENING = """\
# 报告种类 Kinds of report

<!-- Written by `make docs` from src/suyuan/core/catalogue.py; change it there. -->

Masses in grams, energy in watt-hours, capacity in mAh, voltage in mV, all whole numbers. Every report has the common
fields; a field that is not marked as required may be left out.

A choice is written as its code in JSON. In spreadsheets the code, the Chinese name, or both serve: `scrapping`, `报废`,
`报废 scrapping`. 选项在 JSON 中填代码；在表格中填代码、中文名或两者均可。
"""


def write_kinds_page() -> str:
    """Return the page in Markdown: roles, common fields, then every kind in lifecycle order."""
    return "\n".join(_write_lines()) + "\n"


def _write_lines() -> Iterator[str]:
    yield _OPENING
    yield "## 报告单位 Roles\n"
    yield "| role | 中文 | English |"
    yield "|---|---|---|"
    for role, (chinese, english) in ROLES.items():
        yield f"| `{role}` | {chinese} | {english} |"
    yield "\n## 公共字段 Common fields\n"
    yield from _write_fields(COMMON_FIELDS)
    for kind in KINDS:
        yield from _write_kind(kind)


def _write_kind(kind: Kind) -> Iterator[str]:
    yield f"\n## {kind.name}\n"
    reporters = ", ".join(f"`{role}`" for role in ROLES if role in kind.reporters)
    yield f"{kind.zh}，{kind.en}. Reported by: {reporters}."
    own = [field for field in fields_of(kind) if field not in COMMON_FIELDS]
    if own:
        yield ""
        yield from _write_fields(own)


def _write_fields(fields: tuple[Field, ...] | list[Field]) -> Iterator[str]:
    yield "| field | 中文 | English | required | what belongs there | 填写要求 |"
    yield "|---|---|---|---|---|---|"
    for field in fields:
        words = words_of(field)
        required = (
            "yes" if field.is_required else "" if field.default is None else f"default {str(field.default).lower()}"
        )
        yield f"| `{field.name}` | {field.zh} | {field.en} | {required} | {words.en} | {words.zh} |"
