"""Files of the register: CSV or a JSON list into statements of one topic, or every error of every row in words.

One reader for all topics; `core.topic` says which columns there are. CSV is saved as UTF-8 (with or without BOM) or
GB18030, as Chinese spreadsheets do; its headings are the names of the columns, their titles, or both.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import msgspec

from suyuan.core.division import parse_division
from suyuan.core.field import FieldType
from suyuan.core.identifiers import IdentifierError, normalise_text
from suyuan.core.refusal import RowError, refuse_malformed, shorten
from suyuan.core.topic import WITHDRAWN, Column, Statement, Topic
from suyuan.core.value import ValueProblemError, check_value, name_field
from suyuan.intake.cells import convert_cell, trim
from suyuan.intake.chunks import UTF8_BOM, refuse_foreign
from suyuan.intake.headings import normalise_name
from suyuan.intake.json_report import JsonProblemError, decode_json_value
from suyuan.intake.row import FileError, refuse_row

_SEPARATORS = ",;\t"


@dataclass(slots=True)
class RegisterFile:
    """What a file says; `refused` holds the rows that are wrong, by row number.

    The heading of a table is row 1; in a JSON list the first entry is.
    """

    statements: list[Statement] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
    refused: dict[int, list[RowError]] = field(default_factory=dict)
    file_error: FileError | None = None


def read_register_file(body: bytes, *, topic: Topic, on: date) -> RegisterFile:
    """Return all statements and all errors of a file; `on` is the day for which places must be known."""
    result = RegisterFile()
    text = _decode(body)
    if isinstance(text, FileError):
        result.file_error = text
        return result
    rows = _read_json(text) if text.lstrip().startswith(("[", "{")) else _read_table(text, topic)
    seen: dict[tuple[Any, ...], int] = {}
    try:
        for row, raw, errors in rows:
            statement = _read_statement(raw, topic, on, errors) if raw is not None else None
            if statement is not None:
                _refuse_repetition(statement.entry, row, topic, seen, errors)
            if errors or statement is None:
                result.refused[row] = errors
            else:
                result.statements.append(statement)
                result.rows.append(row)
    except csv.Error as error:
        result.file_error = FileError(
            f"The file is no CSV that can be read: {error}. Save it again as CSV and import that.",
            f"文件不是可以读取的 CSV：{error}。请重新另存为 CSV 后导入。",
        )
    except _UnreadableError as error:
        result.file_error = error.told
    if not result.statements and not result.refused and result.file_error is None:
        result.file_error = FileError(
            f"The file names no {topic.en}. Check that the right file was chosen.",
            f"文件中没有{topic.zh}。请确认选择的文件正确。",
        )
    return result


def write_register_template(topic: Topic) -> bytes:
    """Return the CSV file of a topic with its heading alone, in UTF-8 with the mark by which spreadsheets know it."""
    text = io.StringIO(newline="")
    csv.writer(text).writerow([heading_cell(column) for column in topic.columns])
    return UTF8_BOM + text.getvalue().encode()


def heading_cell(column: Column) -> str:
    """Return the heading of a column in a table: the Chinese title and the name."""
    return f"{column.field.zh} {column.name}"


class _UnreadableError(Exception):
    """A file nothing can be read from; `told` says why."""

    def __init__(self, told: FileError) -> None:
        super().__init__(told.message)
        self.told = told


_Row = tuple[int, dict[str, Any] | None, list[RowError]]
"""Row number, values by column (None where the row is none), errors found so far."""


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


# -- forms ---------------------------------------------------------------------------------------------------------


def _read_json(text: str) -> Iterator[_Row]:
    """Yield the entries of a JSON list; null stands for an absent value."""
    try:
        listed = decode_json_value(text)
    except JsonProblemError as problem:
        raise _UnreadableError(FileError(problem.error.message, problem.error.message_zh)) from None
    if not isinstance(listed, list):
        raise _UnreadableError(
            FileError(
                "As JSON the entries are a list: [{…}, {…}]. Put them into one and import it.",
                "JSON 文件应为清单：[{…}, {…}]。请将各条记录放入清单后导入。",
            )
        )
    for row, raw in enumerate(listed, start=1):
        if isinstance(raw, dict):
            yield row, {name: value for name, value in raw.items() if value is not None}, []
        else:
            error = refuse_row(
                "This entry of the list is no object. An entry is written in braces: {…}.",
                "清单中的这一项不是对象。一条记录应写在花括号中：{…}。",
                value=str(raw),
            )
            yield row, None, [error]


def _read_table(text: str, topic: Topic) -> Iterator[_Row]:
    """Yield the rows of a table as JSON-like values; what does not convert stays text."""
    heading = text.lstrip().partition("\n")[0]
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=max(_SEPARATORS, key=heading.count))
    columns = _read_heading([trim(cell) for cell in next(rows, [])], topic)
    for row, cells in enumerate(rows, start=2):
        texts = [trim(cell) for cell in cells]
        if not any(texts):
            continue
        errors = [
            refuse_malformed(f"column {place}", value=text, wanted="under a heading", wanted_zh="带列名的内容")
            for place, text in enumerate(texts[len(columns) :], start=len(columns) + 1)
            if text
        ]
        named = {
            column.name: cell if column.is_list else convert_cell(cell, column.field)
            for column, cell in zip(columns, texts, strict=False)
            if column is not None and cell
        }
        yield row, named, errors


def _read_heading(cells: list[str], topic: Topic) -> list[Column | None]:
    """Return the columns in their order, None for one without a heading.

    Raises _UnreadableError where a column is missing, strange or repeated.
    """
    known = _columns_of(topic)
    titles = {normalise_name(title): one for one in known for title in (one.field.en, one.field.zh, one.name)}
    titles |= {normalise_name(heading_cell(one)): one for one in known}
    found = [titles.get(normalise_name(cell)) for cell in cells]
    names = [one.name for one in found if one is not None]
    missing = [one.name for one in known if one.field.is_required and one.name not in names]
    strange = [cell for cell, one in zip(cells, found, strict=True) if cell and one is None]
    repeated = sorted({name for name in names if names.count(name) > 1})
    if not (missing or strange or repeated):
        return found
    parts = [("missing", "缺少", missing), ("not known", "无法识别", strange), ("repeated", "重复", repeated)]
    said = "; ".join(f"{word}: {shorten(', '.join(listed))}" for word, _, listed in parts if listed)
    said_zh = "；".join(f"{word}：{shorten('、'.join(listed))}" for _, word, listed in parts if listed)
    wanted = ",".join(one.name for one in known)
    raise _UnreadableError(
        FileError(
            f"The first row must name the columns {wanted} ({said}). Correct it and import the file again.",
            f"第一行应为列名 {wanted}（{said_zh}）。请更正后重新导入。",
        )
    )


def _columns_of(topic: Topic) -> tuple[Column, ...]:
    return (*topic.columns, WITHDRAWN)


# -- rows ----------------------------------------------------------------------------------------------------------


def _read_statement(raw: Mapping[str, Any], topic: Topic, on: date, errors: list[RowError]) -> Statement | None:
    """Return what a row says, None if anything in it is wrong; adds every reason to `errors`."""
    columns = {one.name: one for one in _columns_of(topic)}
    before = len(errors)
    errors += [_strange_value(name, topic) for name in raw if name not in columns]
    values: dict[str, Any] = {}
    for name, column in columns.items():
        value = raw.get(name)
        if value is None or value == "":
            if column.field.is_required:
                errors.append(_missing_value(name, topic))
            continue
        values[name] = _check(value, column, on, errors)
    _check_days(values, errors)
    if len(errors) > before:
        return None
    is_withdrawn = values.pop(WITHDRAWN.name, False)
    return Statement(msgspec.convert({**_nothing(topic), **values}, type=topic.entry), is_withdrawn)


def _nothing(topic: Topic) -> dict[str, list[str] | None]:
    return {one.name: [] if one.is_list else None for one in topic.columns}


def _missing_value(name: str, topic: Topic) -> RowError:
    return RowError(
        "field_missing",
        name,
        "",
        f"{name} is missing; every row of {topic.en} needs it. Fill it in and import the file again.",
        f"缺少“{name}”；{topic.zh}的每一行都必须填写。请补填后重新导入。",
    )


def _strange_value(name: str, topic: Topic) -> RowError:
    text = shorten(name)
    return RowError(
        "field_unknown",
        text,
        "",
        f'"{text}" is no column of {topic.en}. Take it out, or check its spelling.',
        f"{topic.zh}没有“{text}”这一项。请删除或检查名称。",
    )


def _check(value: Any, column: Column, on: date, errors: list[RowError]) -> Any:  # noqa: ANN401 - as the column says
    """Return the normalised value of a column, None for a wrong one, whose reasons are added to `errors`."""
    if not column.is_list:
        return _check_one(value, column, on, errors)
    members = _split(value, column)
    if members is None:
        errors.append(refuse_malformed(column.name, value=value, wanted="a list of texts", wanted_zh="文本清单"))
        return None
    return [_check_one(one, column, on, errors) for one in members]


def _split(value: object, column: Column) -> Sequence[str] | None:
    """Return the members of a list: a JSON list, or what stands between blanks in a cell."""
    if isinstance(value, str):
        return [convert_cell(part, column.field) for part in value.split()]
    return value if isinstance(value, list) and all(isinstance(one, str) for one in value) else None


def _check_one(value: Any, column: Column, on: date, errors: list[RowError]) -> Any:  # noqa: ANN401
    if column.pattern and isinstance(value, str):
        code = normalise_text(value)
        if re.fullmatch(column.pattern, code):
            return code
        english, chinese = column.wanted
        errors.append(refuse_malformed(column.name, value=value, wanted=english, wanted_zh=chinese))
        return None
    if column.also and value == column.also:
        return value
    try:
        checked = check_value(value, column.field)
        if column.field.type is FieldType.DIVISION:
            parse_division(checked, on=on)
        return checked
    except ValueProblemError as problem:
        errors += problem.errors
    except IdentifierError as error:
        errors.append(name_field(error, field=column.name))
    return None


def _check_days(values: Mapping[str, Any], errors: list[RowError]) -> None:
    since, until = values.get("valid_from"), values.get("valid_until")
    if since and until and until < since:
        wanted, wanted_zh = f"a day on or after valid_from, {since}", f"不早于 valid_from（{since}）的日期"
        errors.append(refuse_malformed("valid_until", value=until, wanted=wanted, wanted_zh=wanted_zh))


def _refuse_repetition(
    entry: Any,  # noqa: ANN401 - an entry of the topic
    row: int,
    topic: Topic,
    seen: dict[tuple[Any, ...], int],
    errors: list[RowError],
) -> None:
    """Refuse a second row about the same entry: which of them counts nobody could tell."""
    key, since = topic.key_of(entry), topic.since_of(entry)
    first = seen.setdefault((*key, since), row)
    if first == row:
        return
    name = topic.since or topic.key[-1]
    errors.append(
        refuse_malformed(
            name,
            value=since.isoformat() if topic.since else key[-1],
            wanted=f"an entry of its own: row {first} already says what holds for {' '.join(key)} from there",
            wanted_zh=f"独立的一条记录：第 {first} 行已有 {' '.join(key)} 的同一条记录",
        )
    )
