"""The code of a traction battery (动力蓄电池编码): its shape, what it says, its neighbours, what is wrong with a text.

24 characters: manufacturer 3, product type 1, battery type 1, specification 2, traceability information 7, year, month
and day 1 each, serial number 7 digits. A reuse product has 19: no traceability information, and R with its level at the
end. 26 (two characters after the 24) stand on older products. There is no check digit, so a typing error is mostly
another lawful code. Source: GB/T 34014-2017; `core.identifiers` is the place to import from.
"""

import re
from collections.abc import Iterator
from datetime import date
from functools import cache
from typing import Final, Literal, Self

from suyuan.core.identifier_text import BatteryCodeError, first_stranger, normalise_text, shorten

Level = Literal["pack", "module", "cell"]

CHARACTERS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
DIGITS: Final = "0123456789"
YEAR_LETTERS: Final = "123456789ABCDEFGHJKLMNPRSTVWXY"  # 2011 to 2040; after T unverified, hence not refused
MONTH_LETTERS: Final = "123456789ABC"
DAY_LETTERS: Final = YEAR_LETTERS + "0"  # 0 is the 31st
_FIRST_YEAR: Final = 2011
_LENGTH: Final = 24
_REUSE_LENGTH: Final = 19
_LEGACY_LENGTH: Final = 26
LENGTHS: Final = frozenset({_LENGTH, _REUSE_LENGTH, _LEGACY_LENGTH})
_LEVELS: Final[dict[str, Level]] = {"P": "pack", "M": "module", "C": "cell"}

_DATE_SHAPE: Final = f"[{YEAR_LETTERS}][{MONTH_LETTERS}][{DAY_LETTERS}]"
_SHAPE: Final = re.compile(
    f"[0-9A-Z]{{3}}[PMC][0-9A-Z]{{3}}(?:[0-9A-Z]{{7}}{_DATE_SHAPE}[0-9]{{7}}(?:[0-9A-Z]{{2}})?"
    f"|{_DATE_SHAPE}[0-9]{{7}}R[PMC])",
)


class BatteryCode(str):
    """A traction battery code of a pack, module or cell (24 or 26 characters) or of a reuse product (19)."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the battery code that a text writes, whatever its case and width; else BatteryCodeError."""
        if not is_battery_code(text):
            given, text = text, normalise_text(text)
            if not is_battery_code(text):
                raise _battery_code_error(text, given=given)
        return cls(text)

    @property
    def manufacturer_code(self) -> str:
        """The maker (厂商代码), three characters."""
        return self[:3]

    @property
    def level_letter(self) -> str:
        """The product type (产品类型代码): P, M or C."""
        return self[3]

    @property
    def level(self) -> Level:
        """Pack, module or cell, as the product type (position 4) says."""
        return _LEVELS[self[3]]

    @property
    def battery_type(self) -> str:
        """The letter of the battery type (电池类型代码); what it means is rulebook data."""
        return self[4]

    @property
    def specification_code(self) -> str:
        """The specification (规格代码), two characters."""
        return self[5:7]

    @property
    def traceability_information_code(self) -> str | None:
        """The traceability information (追溯信息代码), seven characters; None in a code of 19, which has none."""
        return None if len(self) == _REUSE_LENGTH else self[7:14]

    @property
    def produced_on(self) -> date:
        """The day of production (生产日期)."""
        day = _day(_date_letters(self))
        assert day is not None, "a parsed code has a day that exists"
        return day

    @property
    def serial(self) -> str:
        """The serial number (序列号) of that day, seven digits."""
        start = _date_start(self) + 3
        return self[start : start + 7]

    @property
    def is_reuse_product(self) -> bool:
        """Whether this is the code of a reuse product (再利用产品): 19 characters, or 26 that end in RP, RM or RC."""
        return len(self) == _REUSE_LENGTH or (len(self) == _LEGACY_LENGTH and self[24] == "R" and self[25] in _LEVELS)

    @property
    def prefix17(self) -> str:
        """The first 17 characters: in a code of 24 all but the serial number, so what one day's products share."""
        return self[:17]


def is_battery_code(text: str) -> bool:
    """Whether the text, already normalised, is a battery code."""
    return _SHAPE.fullmatch(text) is not None and _day(_date_letters(text)) is not None


def neighbours(code: BatteryCode) -> Iterator[BatteryCode]:
    """Yield the codes of the same length that differ in one character of specification, date or serial number.

    They share manufacturer, level, battery type and traceability information. Some 200, for the hint that a typing
    error names another's pack; never part of a verdict.
    """
    start = _date_start(code)
    alphabets = {5: CHARACTERS, 6: CHARACTERS, start: YEAR_LETTERS, start + 1: MONTH_LETTERS, start + 2: DAY_LETTERS}
    alphabets |= dict.fromkeys(range(start + 3, start + 10), DIGITS)
    for index, alphabet in alphabets.items():
        for character in alphabet:
            text = f"{code[:index]}{character}{code[index + 1 :]}"
            if text != code and is_battery_code(text):
                yield BatteryCode(text)


def _date_start(text: str) -> int:
    return 7 if len(text) == _REUSE_LENGTH else 14


def _date_letters(text: str) -> str:
    return text[7:10] if len(text) == _REUSE_LENGTH else text[14:17]


# At most 30 years of days ever enter, for the shape admits no other letters.
@cache
def _day(letters: str) -> date | None:
    """The day that three date letters write; None when they or that day do not exist."""
    try:
        return date(*_numbers(letters))
    except ValueError:
        return None


def _numbers(letters: str) -> tuple[int, int, int]:
    """Year, month and day that the letters write, whether or not there is such a day; ValueError for other letters."""
    year, month, day = YEAR_LETTERS.index(letters[0]), MONTH_LETTERS.index(letters[1]), DAY_LETTERS.index(letters[2])
    return _FIRST_YEAR + year, 1 + month, 1 + day


def _battery_code_error(text: str, *, given: str) -> BatteryCodeError:
    code, reason, reason_zh = _fault(text)
    shown = shorten(given.strip())
    return BatteryCodeError(
        f'"{shown}" {reason} Check the label and send it again.',
        code=code,
        value=given,
        message_zh=f"“{shown}”{reason_zh}请核对标签后重新报送。",
    )


def _fault(text: str) -> tuple[str, str, str]:
    """What is wrong with a normalised text, most basic first: error code, reason, reason in Chinese."""
    if len(text) not in LENGTHS or (len(text) == _REUSE_LENGTH and text[17] != "R"):
        return (
            "battery_code_length",
            f"has {len(text)} characters; 24 are needed (19 only for a reuse product, which ends in RP, RM or RC).",
            f"有 {len(text)} 个字符，应为 24 个（仅以 RP、RM、RC 结尾的再利用产品编码为 19 个）。",
        )
    stranger = first_stranger(text, alphabet=CHARACTERS)
    if stranger is not None:
        return (
            "battery_code_characters",
            f'holds "{text[stranger]}" at position {stranger + 1}; only digits and the letters A to Z can stand there.',
            f"第 {stranger + 1} 位为“{text[stranger]}”，只能是数字或字母 A 至 Z。",
        )
    for index in (3, 18) if len(text) == _REUSE_LENGTH else (3,):
        if text[index] not in _LEVELS:
            return (
                "battery_code_level",
                f'has "{text[index]}" at position {index + 1}; P (pack), M (module) or C (cell) is needed.',
                f"第 {index + 1} 位为“{text[index]}”，应为 P（电池包）、M（模块）或 C（单体）。",
            )
    start = _date_start(text)
    serial = text[start + 3 : start + 10]
    stranger = first_stranger(serial, alphabet=DIGITS)
    if stranger is not None:
        return (
            "battery_code_characters",
            f'has "{serial[stranger]}" at position {start + 4 + stranger}; the seven of the serial number are digits.',
            f"第 {start + 4 + stranger} 位为“{serial[stranger]}”，七位序列号只能是数字。",
        )
    return ("battery_code_date", *_date_fault(_date_letters(text), first=start + 1))


def _date_fault(letters: str, *, first: int) -> tuple[str, str]:
    where, where_zh = (
        f'has "{letters}" at positions {first} to {first + 2}',
        f"第 {first} 至 {first + 2} 位为“{letters}”",
    )
    try:
        year, month, day = _numbers(letters)
    except ValueError:
        return (
            f"{where}, no production date: year 1-9 or A-Y without I, O, Q, U; month 1-9 or A-C; day as year, 31 is 0.",
            f"{where_zh}，不是生产日期：年份为 1-9 或 A-Y（不含 I、O、Q、U），月份为 1-9 或 A-C，日同年份，31 日为 0。",
        )
    return (
        f"{where}, which reads as {year}-{month:02}-{day:02}; there is no such day.",
        f"{where_zh}，即 {year} 年 {month} 月 {day} 日，该日期不存在。",
    )
