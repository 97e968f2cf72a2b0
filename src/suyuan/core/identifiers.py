"""The codes that name things: traction batteries, vehicles, enterprises, places, uncoded goods.

Each is an immutable `str` of its own type, so that it stands in dictionaries, SQL and JSON as it is. `parse` is the
only way in for text from outside; calling the type itself trusts the text and is for what was parsed before. Only what
the confirmed structure excludes is refused; letter tables are rulebook data and never looked at here.
Sources: GB/T 34014-2017 (battery), GB 16735 (VIN), GB 32100-2015 (enterprise), GB/T 2260 (place).
"""

import re
from functools import lru_cache
from operator import mul
from typing import Final, Literal, Self

from suyuan.core.battery_code import LENGTHS as BATTERY_CODE_LENGTHS
from suyuan.core.battery_code import BatteryCode, Level, is_battery_code, neighbours
from suyuan.core.identifier_text import (
    BatteryCodeError,
    DivisionCodeError,
    IdentifierError,
    LotCodeError,
    SubjectError,
    TemporaryCodeError,
    UsccError,
    VinError,
    first_stranger,
    normalise_text,
    shorten,
)

__all__ = [
    "BatteryCode",
    "BatteryCodeError",
    "DivisionCode",
    "DivisionCodeError",
    "Family",
    "IdentifierError",
    "Level",
    "LotCode",
    "LotCodeError",
    "SubjectError",
    "TemporaryCode",
    "TemporaryCodeError",
    "Uscc",
    "UsccError",
    "Vin",
    "VinError",
    "is_battery_code",
    "neighbours",
    "normalise_text",
    "parse_subject_code",
    "subject_family",
]

Family = Literal["battery", "vehicle", "lot", "recovery", "model", "report", "participant", "case"]
_PREFIXED: dict[str, "Family"] = {"lot": "recovery", "report": "report", "participant": "participant", "case": "case"}

VIN_CHARACTERS: Final = "0123456789ABCDEFGHJKLMNPRSTUVWXYZ"
USCC_CHARACTERS: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_VIN_LENGTH: Final = 17
_USCC_LENGTH: Final = 18
_USCC_SHAPE: Final = f"[{USCC_CHARACTERS}]{{2}}[0-9]{{6}}[{USCC_CHARACTERS}]{{10}}"
_VIN: Final = re.compile(f"[{VIN_CHARACTERS}]{{17}}")
_USCC: Final = re.compile(_USCC_SHAPE)
_DIVISION: Final = re.compile("[0-9]{6}")
_TEMPORARY: Final = re.compile(f"TMP-{_USCC_SHAPE}-[0-9A-Z._-]{{1,20}}")
_LOT: Final = re.compile(f"LOT-{_USCC_SHAPE}-[0-9A-Z._-]{{1,20}}")

_VIN_WEIGHTS: Final = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_VIN_VALUES: Final = dict(
    zip(VIN_CHARACTERS, (*range(10), *range(1, 9), *range(1, 6), 7, 9, *range(2, 10)), strict=True)
)
_USCC_VALUES: Final = {character: value for value, character in enumerate(USCC_CHARACTERS)}
_USCC_WEIGHTS: Final = tuple(pow(3, index, 31) for index in range(17))


class Vin(str):
    """A vehicle identification number (车辆识别代号): 17 characters without I, O and Q.

    A wrong check digit is no error, see `check_digit_is_right`. Source: GB 16735.
    """

    __slots__ = ()

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the VIN that a text writes, whatever its case and width; else VinError."""
        if _VIN.fullmatch(text) is None:
            given, text = text, normalise_text(text)
            if _VIN.fullmatch(text) is None:
                raise _vin_error(text, given=given)
        return cls(text)

    @property
    def check_digit_is_right(self) -> bool:
        """Whether position 9 holds the check digit of the rest; compulsory only for vehicles made in China."""
        return self[8] == self.right_check_digit

    @property
    def right_check_digit(self) -> str:
        """The check digit that the other characters give, whatever stands at position 9."""
        return "0123456789X"[sum(map(mul, map(_VIN_VALUES.__getitem__, self), _VIN_WEIGHTS)) % 11]


class Uscc(str):
    """A unified social credit code (统一社会信用代码): 18 characters, the last a check character modulo 31.

    Source: GB 32100-2015.
    """

    __slots__ = ()

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the USCC that a text writes, whatever its case and width; else UsccError."""
        if not _is_uscc(text):
            given, text = text, normalise_text(text)
            if not _is_uscc(text):
                raise _uscc_error(text, given=given)
        return cls(text)


class DivisionCode(str):
    """A division code (行政区划代码) of six digits; whether there is such a place is asked in `core.division`.

    Source: GB/T 2260.
    """

    __slots__ = ()

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the division code that a text writes, whatever its width; else DivisionCodeError."""
        if _DIVISION.fullmatch(text) is None:
            given, text = text, normalise_text(text)
            if _DIVISION.fullmatch(text) is None:
                raise _division_error(given)
        return cls(text)


class _DeclaredCode(str):
    """A code that a participant gives by itself: a prefix of four characters, its USCC, a hyphen, a number of its own.

    All letters become capitals, as in every other code: people read such codes off labels and type them.
    """

    __slots__ = ()

    @property
    def declarant(self) -> Uscc:
        """The participant that made up this code."""
        return Uscc(self[4:22])

    @property
    def own_number(self) -> str:
        """What the declarant numbered it with."""
        return self[23:]


class TemporaryCode(_DeclaredCode):
    """The code of a battery without a readable one (无码电池临时编码): TMP-, USCC, hyphen, up to 20 characters."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the temporary code that a text writes, whatever its case and width; else TemporaryCodeError."""
        if not _is_declared_code(text, shape=_TEMPORARY):
            given, text = text, normalise_text(text)
            if not _is_declared_code(text, shape=_TEMPORARY):
                raise _declared_code_error(text, given=given, prefix="TMP-", error=TemporaryCodeError)
        return cls(text)


class LotCode(_DeclaredCode):
    """The code of goods that move by weight (批次编码): LOT-, USCC, hyphen, up to 20 characters."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the lot code that a text writes, whatever its case and width; else LotCodeError."""
        if not _is_declared_code(text, shape=_LOT):
            given, text = text, normalise_text(text)
            if not _is_declared_code(text, shape=_LOT):
                raise _declared_code_error(text, given=given, prefix="LOT-", error=LotCodeError)
        return cls(text)


def parse_subject_code(text: str) -> BatteryCode | TemporaryCode | LotCode:
    """Return the code in a field where a coded battery, an unlabelled one or a lot may stand.

    Raises the error of the type that the text begins like: TemporaryCodeError, LotCodeError, else BatteryCodeError.
    """
    if is_battery_code(text):
        return BatteryCode(text)
    normal = normalise_text(text)
    if normal.startswith("TMP-"):
        return TemporaryCode.parse(text)
    if normal.startswith("LOT-"):
        return LotCode.parse(text)
    return BatteryCode.parse(text)


def subject_family(subject: str) -> Family:
    """Return the family of the timeline that a bare, normalised subject has.

    Subjects are battery and temporary codes, VINs, lot codes, `lot:<USCC>:<report id>` (a recovery), `<USCC>:<model>`
    and `report:<USCC>:<report id>`; of `participant:<USCC>` and `case:<no>` there are findings and duties, no timeline.
    Only the shape is looked at; anything else is a SubjectError.
    """
    prefix = subject[:4]
    if prefix == "TMP-":
        return "battery"
    if prefix == "LOT-":
        return "lot"
    head, colon, _ = subject.partition(":")
    if colon and head in _PREFIXED:
        return _PREFIXED[head]
    if subject[18:19] == ":":
        return "model"
    if ":" not in subject:
        if len(subject) in BATTERY_CODE_LENGTHS:
            return "battery"
        if len(subject) == _VIN_LENGTH:
            return "vehicle"
    raise SubjectError(
        f'"{shorten(subject)}" is no subject of a timeline: neither a battery, vehicle or lot nor a model or report.',
        code="field_malformed",
        value=subject,
        message_zh=f"“{shorten(subject)}”不是时间线主体：既非电池、车辆、批次，也非型号或报告。",
    )


def _is_uscc(text: str) -> bool:
    return _USCC.fullmatch(text) is not None and text[17] == _uscc_check_character(text[:17])


# The same few thousand enterprises stand in millions of reports; the cache holds all of them in a few megabytes.
@lru_cache(maxsize=32_768)
def _uscc_check_character(body: str) -> str:
    total = sum(_USCC_VALUES[character] * weight for character, weight in zip(body, _USCC_WEIGHTS, strict=True))
    return USCC_CHARACTERS[-total % 31]


def _is_declared_code(text: str, *, shape: re.Pattern[str]) -> bool:
    return shape.fullmatch(text) is not None and text[21] == _uscc_check_character(text[4:21])


def _vin_error(text: str, *, given: str) -> VinError:
    shown = shorten(given.strip())
    stranger = first_stranger(text, alphabet=VIN_CHARACTERS)
    if len(text) != _VIN_LENGTH:
        reason = f"has {len(text)} characters; 17 are needed."
        reason_zh = f"有 {len(text)} 个字符，应为 17 个。"
    else:
        assert stranger is not None, "a text of 17 allowed characters is a VIN"
        reason = f'holds "{text[stranger]}" at position {stranger + 1}; I, O, Q and signs never stand there.'
        reason_zh = f"第 {stranger + 1} 位为“{text[stranger]}”，只能是数字和除 I、O、Q 以外的字母。"
    return VinError(
        f'"{shown}" {reason} Check the vehicle identification number on the vehicle or its papers and send it again.',
        code="vin_malformed",
        value=given,
        message_zh=f"“{shown}”{reason_zh}请核对车辆或随车文件上的车辆识别代号（VIN）后重新报送。",
    )


def _uscc_error(text: str, *, given: str) -> UsccError:
    shown = shorten(given.strip())
    code = "field_malformed"
    stranger = first_stranger(text, alphabet=USCC_CHARACTERS)
    if len(text) != _USCC_LENGTH:
        reason = f"has {len(text)} characters; a unified social credit code has 18."
        reason_zh = f"有 {len(text)} 个字符，统一社会信用代码应为 18 个。"
    elif stranger is not None:
        reason = f'holds "{text[stranger]}" at position {stranger + 1}; I, O, S, V, Z and signs never stand there.'
        reason_zh = f"第 {stranger + 1} 位为“{text[stranger]}”，只能是数字和除 I、O、S、V、Z 以外的字母。"
    elif _USCC.fullmatch(text) is None:
        reason = f'has "{text[2:8]}" at positions 3 to 8; the six digits of the registering place are needed.'
        reason_zh = f"第 3 至 8 位为“{text[2:8]}”，应为登记机关行政区划的 6 位数字。"
    else:
        code = "uscc_check_digit"
        reason = "is no unified social credit code: its last character does not fit the first 17."
        reason_zh = "不是有效的统一社会信用代码：末位校验码与前 17 位不符。"
    return UsccError(
        f'"{shown}" {reason} Copy the code from the business licence and send it again.',
        code=code,
        value=given,
        message_zh=f"“{shown}”{reason_zh}请按营业执照核对后重新报送。",
    )


def _division_error(given: str) -> DivisionCodeError:
    shown = shorten(given.strip())
    return DivisionCodeError(
        f'"{shown}" is no division code: six digits, such as 350100 for Fuzhou. Correct it and send it again.',
        code="field_malformed",
        value=given,
        message_zh=f"“{shown}”不是行政区划代码，应为 6 位数字，例如福州市 350100。请更正后重新报送。",
    )


def _declared_code_error(
    text: str, *, given: str, prefix: str, error: type[TemporaryCodeError] | type[LotCodeError]
) -> TemporaryCodeError | LotCodeError:
    shown = shorten(given.strip())
    try:
        Uscc.parse(text[4:22])
    except UsccError as fault:
        uscc_fault: UsccError | None = fault
    else:
        uscc_fault = None
    if uscc_fault is not None and text.startswith(prefix) and text[22:23] == "-":
        return error(
            f'"{shown}": {uscc_fault.message}',
            code=uscc_fault.code,
            value=given,
            message_zh=f"“{shown}”：{uscc_fault.message_zh}",
        )
    return error(
        f'"{shown}" is not built as {prefix}<unified social credit code>-<number of your own, 1 to 20 characters of '
        "letters, digits, dot, hyphen and underscore>. Correct it and send it again.",
        code="field_malformed",
        value=given,
        message_zh=f"“{shown}”格式不符，应为 {prefix}统一社会信用代码-自编号"
        "（1 至 20 个字母、数字、点、连字符或下划线）。请更正后重新报送。",
    )
