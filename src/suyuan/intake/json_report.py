"""One report as JSON text: decoded strictly, and refused in words when it is not what every JSON reader agrees on.

This stands on the path of every line of a bulk file, so the common case is kept to a few C calls: names that occur
twice, for example, are looked for only when the count of name separators does not prove that there are none.
"""

import json
import re
from typing import Any

import msgspec

from suyuan.core.field import JSON_INTEGER_MAX
from suyuan.core.refusal import RowError, refuse
from suyuan.intake.row import DEPTH_MAX, FIELDS_MAX, ROW_BYTES_MAX, DecodedRow, refuse_row

BLANKS_BEFORE_COLON = (b" :", b"\t:", b"\r:", b"\n:")

_decode = msgspec.json.Decoder().decode
_POSITION = re.compile(r"^(?:JSON is malformed: )?(.*?) \(byte (\d+)\)$")
_ONLY_TEXT = {str}


class JsonProblemError(Exception):
    """A JSON text that is refused; `error` says why."""

    def __init__(self, error: RowError) -> None:
        """Keep the refusal."""
        super().__init__(error.message)
        self.error = error


def decode_report(text: bytes, *, row: int, has_spaced_colon: bool) -> DecodedRow:
    """Return the report in one JSON text, or the row refused.

    `has_spaced_colon` may be False only if no blank stands before any colon of the text; then counting is cheaper.
    """
    if len(text) > ROW_BYTES_MAX:
        return DecodedRow(row, None, [refuse("row_too_long", field="", limit=ROW_BYTES_MAX)], len(text))
    try:
        return DecodedRow(row, _decode_object(text, has_spaced_colon=has_spaced_colon), [], len(text))
    except JsonProblemError as problem:
        return DecodedRow(row, None, [problem.error], len(text))


def decode_json_value(text: str) -> Any:  # noqa: ANN401 - any JSON value
    """Return the JSON value in a cell of a table, under the same rules as a report; raises JsonProblemError."""
    encoded = text.encode("utf-8", "surrogatepass")
    try:
        value = _decode(encoded)
    except (ValueError, RecursionError, msgspec.DecodeError) as error:
        raise _problem_of(error, encoded) from error
    _refuse_repeated_names(encoded, _count_names(value, 1))
    return value


def _decode_object(text: bytes, *, has_spaced_colon: bool) -> dict[str, Any]:
    try:
        raw = _decode(text)
    except (ValueError, RecursionError, msgspec.DecodeError) as error:
        raise _problem_of(error, text) from error
    if type(raw) is not dict:
        raise JsonProblemError(
            refuse_row(
                "This row is JSON but not an object. A report is written in braces: {…}.",
                "本行是 JSON，但不是对象。一份报告应写在花括号中：{…}。",
                value=_show(text),
            )
        )
    key_count = len(raw)
    if key_count > FIELDS_MAX:
        raise JsonProblemError(refuse("too_many_fields", field="", limit=FIELDS_MAX))
    for value in raw.values():
        kind = type(value)
        if kind is str:
            continue
        if kind is int:
            if not -JSON_INTEGER_MAX <= value <= JSON_INTEGER_MAX:
                raise JsonProblemError(_unsafe_integer(value))
        elif kind is list or kind is dict:
            key_count += _count_names(value, 2)
    if has_spaced_colon or text.count(b'":') != key_count:
        _refuse_repeated_names(text, key_count)
    return raw


def _problem_of(error: Exception, text: bytes) -> JsonProblemError:
    """Return in words what the decoder stumbled over."""
    if isinstance(error, UnicodeDecodeError):
        return JsonProblemError(
            refuse_row(
                "This row is not valid UTF-8. Save the file as UTF-8 and send this row again.",
                "本行不是有效的 UTF-8 文本。请将文件保存为 UTF-8 后重新报送本行。",
                value=_show(text),
            )
        )
    if isinstance(error, RecursionError):
        return JsonProblemError(_too_deep())
    return JsonProblemError(_not_json(str(error), text))


def _count_names(value: Any, depth: int) -> int:  # noqa: ANN401 - any JSON value
    """Return how many names the objects in a value have; refuses what is nested too deep or too large."""
    if depth > DEPTH_MAX:
        raise JsonProblemError(_too_deep())
    kind = type(value)
    if kind is list:
        members, count = value, 0
    elif kind is dict:
        members, count = value.values(), len(value)
    else:
        members, count = (value,), 0
    if set(map(type, members)) <= _ONLY_TEXT:
        return count
    for member in members:
        kind = type(member)
        if kind is int:
            if not -JSON_INTEGER_MAX <= member <= JSON_INTEGER_MAX:
                raise JsonProblemError(_unsafe_integer(member))
        elif kind is list or kind is dict:
            count += _count_names(member, depth + 1)
    return count


def _refuse_repeated_names(text: bytes, key_count: int) -> None:
    """Refuse an object that holds a name twice: readers disagree on which value counts.

    Each name is followed by `":` or by a blank and a colon, so as many of these as decoded names prove that no name was
    lost. Text may hold such a pair too; only then the slow reader looks.
    """
    if text.count(b'":') + sum(map(text.count, BLANKS_BEFORE_COLON)) != key_count:
        json.loads(text, object_pairs_hook=_object_without_repeats)


def _object_without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members: dict[str, Any] = {}
    for name, value in pairs:
        if name in members:
            raise JsonProblemError(
                refuse_row(
                    f'The name "{name[:80]}" stands twice in one object. Keep one of them and send this row again.',
                    f"同一对象中名称“{name[:80]}”出现两次。请只保留一个后重新报送本行。",
                    value=name,
                )
            )
        members[name] = value
    return members


def _unsafe_integer(value: int) -> RowError:
    return refuse_row(
        f"A number lies beyond {JSON_INTEGER_MAX}, which not every reader keeps exactly. Correct it, or write a "
        "code as text in quotation marks.",
        f"数值超出 {JSON_INTEGER_MAX}，无法精确保存。请改正；若为编码，请加引号写成文本。",
        value=str(value) if abs(value) < 10**80 else "",
    )


def _too_deep() -> RowError:
    return refuse_row(
        f"This row is nested more than {DEPTH_MAX} levels deep and was not read.",
        f"本行嵌套超过 {DEPTH_MAX} 层，未读取。",
    )


def _not_json(problem: str, text: bytes) -> RowError:
    shown = _show(text)
    if "truncated" in problem:
        return refuse_row(
            "This row ends before its JSON is complete. Was the file cut off? Send this row again in full.",
            "本行的 JSON 不完整就结束了。文件是否被截断？请完整地重新报送本行。",
            value=shown,
        )
    if "out of range" in problem:
        return refuse_row(
            f"A number is too large. Whole numbers go up to {JSON_INTEGER_MAX}.",
            f"数值过大。整数最大为 {JSON_INTEGER_MAX}。",
            value=shown,
        )
    found = _POSITION.match(problem)
    reason, place = (found[1], int(found[2]) + 1) if found else (problem, 0)
    return refuse_row(
        f"This row is not valid JSON: {reason} at byte {place}. Correct it and send this row again.",
        f"本行不是有效的 JSON：第 {place} 个字节处有误（{reason}）。请改正后重新报送本行。",
        value=shown,
    )


def _show(text: bytes) -> str:
    return text[:80].decode("utf-8", "replace")
