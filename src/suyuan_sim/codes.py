"""Made-up codes whose check characters and dates are right; never codes of real goods, vehicles or enterprises.

Sources: GB 32100-2015 (enterprise), GB 16735 (vehicle), GB/T 34014-2017 (battery).
"""

from datetime import date
from functools import lru_cache
from typing import Final

from suyuan.core.battery_code import DAY_LETTERS, MONTH_LETTERS, YEAR_LETTERS
from suyuan.core.identifiers import USCC_CHARACTERS, VIN_CHARACTERS, Vin

_USCC_WEIGHTS: Final = tuple(pow(3, index, 31) for index in range(17))
_FIRST_YEAR: Final = 2011
_VIN_YEARS: Final = "ABCDEFGHJKLMNPRSTVWXY123456789"  # from 2010 on, again after thirty years


def make_uscc(body: str) -> str:
    """Return the unified social credit code whose first 17 characters are `body`."""
    total = sum(
        USCC_CHARACTERS.index(character) * weight for character, weight in zip(body, _USCC_WEIGHTS, strict=True)
    )
    return body + USCC_CHARACTERS[-total % 31]


def make_vin(head: str, *, tail: str) -> str:
    """Return the VIN of 8 characters before the check digit and 8 behind it."""
    return f"{head}{Vin(f'{head}0{tail}').right_check_digit}{tail}"


def make_vin_year(year: int) -> str:
    """Return the character that tells a vehicle's year."""
    return _VIN_YEARS[(year - 2010) % len(_VIN_YEARS)]


@lru_cache(maxsize=16_384)
def make_date_letters(day: date) -> str:
    """Return the three letters that write a day of production."""
    return YEAR_LETTERS[day.year - _FIRST_YEAR] + MONTH_LETTERS[day.month - 1] + DAY_LETTERS[day.day - 1]


def make_battery_code(
    maker: str, *, level: str, battery_type: str, specification: str, trace: str, produced_on: date, serial: int
) -> str:
    """Return the code of 24 characters; `level` is P, M or C, `trace` the traceability information of 7."""
    return f"{maker}{level}{battery_type}{specification}{trace}{make_date_letters(produced_on)}{serial:07d}"


def make_reuse_code(
    maker: str, *, level: str, battery_type: str, specification: str, produced_on: date, serial: int
) -> str:
    """Return the code of 19 characters of a reuse product."""
    return f"{maker}{level}{battery_type}{specification}{make_date_letters(produced_on)}{serial:07d}R{level}"


@lru_cache(maxsize=65_536)
def write_base(number: int, *, width: int) -> str:
    """Return a number in the characters of a VIN, so many of them; the low digits where it is larger."""
    text = ""
    for _ in range(width):
        number, digit = divmod(number, len(VIN_CHARACTERS))
        text = VIN_CHARACTERS[digit] + text
    return text
