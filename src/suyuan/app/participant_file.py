"""The file of participants: CSV bytes into entries of the register, or every error of every row in words.

Columns: uscc, name, roles, division, manufacturer_codes, valid_from, valid_until; several roles or codes in one cell stand
between blanks. Saved as UTF-8 (with or without BOM) or GB18030, as Chinese spreadsheets do.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from suyuan.core.catalogue import ROLES
from suyuan.core.division import parse_division
from suyuan.core.field import Field, FieldType
from suyuan.core.identifiers import IdentifierError, Uscc, normalise_text
from suyuan.core.refusal import RowError, refuse, refuse_malformed
from suyuan.core.registry import Participant
from suyuan.intake.cells import convert_cell, trim
from suyuan.intake.chunks import UTF8_BOM, refuse_foreign
from suyuan.intake.row import FileError

REQUIRED_COLUMNS = ("uscc", "name", "roles", "division", "valid_from")
COLUMNS = ("uscc", "name", "roles", "division", "manufacturer_codes", "valid_from", "valid_until")
NAME_CHARACTERS_MAX = 200
_MANUFACTURER_CODE = re.compile("[0-9A-Z]{3}")
_DAY = Field("day", FieldType.DATE, "日期", "day")
_SEPARATORS = ",;\t"


@dataclass(slots=True)
class ParticipantFile:
    """What a file of participants says; `refused` holds the rows that are wrong, by row number (the heading is row 1)."""

    entries: list[Participant] = field(default_factory=list)
    refused: dict[int, list[RowError]] = field(default_factory=dict)
    file_error: FileError | None = None


def read_participants(body: bytes, *, on: date) -> ParticipantFile:
    """Return all entries and all errors of a file; `on` is the day for which places must be known."""
    result = ParticipantFile()
    text = _decode(body)
    if isinstance(text, FileError):
        result.file_error = text
        return result
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text))
    try:
        columns = _read_heading([trim(cell).lower() for cell in next(rows, [])])
        if isinstance(columns, FileError):
            result.file_error = columns
            return result
        _read_rows(rows, columns, on, result)
    except csv.Error as error:
        result.file_error = FileError(
            f"The file is no CSV that can be read: {error}. Save it again as CSV and import that.",
            f"文件不是可以读取的 CSV：{error}。请重新另存为 CSV 后导入。",
        )
    return result


def _decode(body: bytes) -> str | FileError:
    foreign = refuse_foreign(body[:4096])
    if foreign is not None:
        return foreign
    for encoding in ("utf-8", "gb18030"):
        try:
            return body.removeprefix(UTF8_BOM).decode(encoding)
        except UnicodeDecodeError:
            continue
    return FileError(
        'The file is neither UTF-8 nor GB18030 text. Save it as "CSV UTF-8" and import it again.',
        "文件既不是 UTF-8 也不是 GB18030 文本。请另存为“CSV UTF-8”后重新导入。",
    )


def _separator(text: str) -> str:
    heading = text.lstrip().partition("\n")[0]
    return max(_SEPARATORS, key=heading.count)


def _read_heading(names: list[str]) -> list[str] | FileError:
    """Return the columns in their order; a missing, strange or repeated one ends the reading."""
    missing = [name for name in REQUIRED_COLUMNS if name not in names]
    strange = [name for name in names if name and name not in COLUMNS]
    repeated = sorted({name for name in names if name and names.count(name) > 1})
    if not (missing or strange or repeated):
        return names
    parts = [("missing", "缺少", missing), ("not known", "无法识别", strange), ("repeated", "重复", repeated)]
    said = "; ".join(f"{word}: {', '.join(found)}" for word, _, found in parts if found)
    said_zh = "；".join(f"{word}：{'、'.join(found)}" for _, word, found in parts if found)
    return FileError(
        f"The first row must name the columns {','.join(COLUMNS)} ({said}). Correct it and import the file again.",
        f"第一行应为列名 {','.join(COLUMNS)}（{said_zh}）。请更正后重新导入。",
    )


def _read_rows(rows: Iterator[list[str]], columns: list[str], on: date, result: ParticipantFile) -> None:
    seen: dict[tuple[str, date], int] = {}
    for row, cells in enumerate(rows, start=2):
        texts = [trim(cell) for cell in cells]
        if not any(texts):
            continue
        named = {name: text for name, text in zip(columns, texts, strict=False) if name}
        errors = [
            refuse_malformed(f"column {place}", value=text, wanted="under a heading", wanted_zh="带列名的内容")
            for place, text in enumerate(texts[len(columns) :], start=len(columns) + 1)
            if text
        ]
        entry = _read_entry(named, on, errors)
        if entry is not None:
            first = seen.setdefault((entry.uscc, entry.valid_from), row)
            if first != row:
                errors.append(
                    refuse_malformed(
                        "valid_from",
                        value=entry.valid_from.isoformat(),
                        wanted=f"the first day of another entry: row {first} already begins there for this enterprise",
                        wanted_zh=f"另一条记录的起始日：第 {first} 行已有该单位同日起始的记录",
                    )
                )
        if errors or entry is None:
            result.refused[row] = errors
        else:
            result.entries.append(entry)
    if not result.entries and not result.refused:
        result.file_error = FileError(
            "The file names no participants. Check that the right file was chosen.",
            "文件中没有报告单位。请确认选择的文件正确。",
        )


def _read_entry(cells: Mapping[str, str], on: date, errors: list[RowError]) -> Participant | None:
    """Return the entry of a row, None if anything in it is wrong; adds every reason to `errors`."""
    before = len(errors)
    errors += [
        refuse("field_missing", field=name, kind="participant") for name in REQUIRED_COLUMNS if not cells.get(name)
    ]
    name = cells.get("name", "")
    if len(name) > NAME_CHARACTERS_MAX:
        wanted = f"a name of at most {NAME_CHARACTERS_MAX} characters"
        errors.append(
            refuse_malformed("name", value=name, wanted=wanted, wanted_zh=f"不超过 {NAME_CHARACTERS_MAX} 个字符的名称")
        )
    uscc, division = cells.get("uscc", ""), cells.get("division", "")
    try:
        uscc = Uscc.parse(uscc) if uscc else ""
    except IdentifierError as error:
        errors.append(_told("uscc", error))
    try:
        division = parse_division(division, on=on) if division else ""
    except IdentifierError as error:
        errors.append(_told("division", error))
    roles = _read_roles(cells.get("roles", ""), errors)
    codes = _read_manufacturer_codes(cells.get("manufacturer_codes", ""), errors)
    since = _read_day("valid_from", cells.get("valid_from", ""), errors)
    until = _read_day("valid_until", cells.get("valid_until", ""), errors)
    if since and until and until < since:
        wanted = f"a day on or after valid_from, {since}"
        errors.append(
            refuse_malformed(
                "valid_until", value=str(until), wanted=wanted, wanted_zh=f"不早于 valid_from（{since}）的日期"
            )
        )
    if len(errors) > before or since is None:
        return None
    return Participant(str(uscc), name, roles, str(division), codes, since, until)


def _told(column: str, error: IdentifierError) -> RowError:
    return RowError(error.code, column, error.value, f"{column}: {error.message}", f"{column}：{error.message_zh}")


def _read_roles(cell: str, errors: list[RowError]) -> frozenset[str]:
    given = cell.lower().split()
    for role in given:
        if role not in ROLES:
            known, known_zh = ", ".join(ROLES), "、".join(f"{name}（{zh}）" for name, (zh, _) in ROLES.items())
            wanted, wanted_zh = f"a role; the roles are {known}", f"角色；角色有：{known_zh}"
            errors.append(refuse_malformed("roles", value=role, wanted=wanted, wanted_zh=wanted_zh))
    return frozenset(given)


def _read_manufacturer_codes(cell: str, errors: list[RowError]) -> frozenset[str]:
    given = normalise_text(cell).split()
    for code in given:
        if not _MANUFACTURER_CODE.fullmatch(code):
            wanted = "a manufacturer code of three digits or letters; spreadsheets drop leading zeros, so format the column as text"
            wanted_zh = "三位数字或字母的厂商代码；表格软件会去掉开头的零，请把该列设为文本格式"
            errors.append(refuse_malformed("manufacturer_codes", value=code, wanted=wanted, wanted_zh=wanted_zh))
    return frozenset(given)


def _read_day(column: str, cell: str, errors: list[RowError]) -> date | None:
    """Return the day in a cell, None for an empty one or a wrong one, which is added to `errors`."""
    if not cell:
        return None
    try:
        return date.fromisoformat(str(convert_cell(cell, _DAY)))
    except ValueError:
        errors.append(
            refuse_malformed(column, value=cell, wanted="a day like 2026-04-01", wanted_zh="形如 2026-04-01 的日期")
        )
        return None
