"""Places by division code (行政区划代码, GB/T 2260): which exist, what they are called, what they belong to.

The table `division_table.csv` knows every code since 1981 with its names by year; `division_table.md` tells its source.
It is read once, when first asked (some 2 MB), and is part of the program like any constant.
"""

import csv
import pkgutil
from datetime import date
from functools import cache
from typing import Final, Literal, NamedTuple

from suyuan.core.identifiers import DivisionCode, DivisionCodeError, normalise_text

Language = Literal["zh", "en"]

# The wheel that the table is made from has no English names; below the province the Chinese name stands in both
# languages, for a wrong romanisation is worse than none.
_PROVINCES_EN: Final = {
    "11": "Beijing",
    "12": "Tianjin",
    "13": "Hebei",
    "14": "Shanxi",
    "15": "Inner Mongolia",
    "21": "Liaoning",
    "22": "Jilin",
    "23": "Heilongjiang",
    "31": "Shanghai",
    "32": "Jiangsu",
    "33": "Zhejiang",
    "34": "Anhui",
    "35": "Fujian",
    "36": "Jiangxi",
    "37": "Shandong",
    "41": "Henan",
    "42": "Hubei",
    "43": "Hunan",
    "44": "Guangdong",
    "45": "Guangxi",
    "46": "Hainan",
    "50": "Chongqing",
    "51": "Sichuan",
    "52": "Guizhou",
    "53": "Yunnan",
    "54": "Xizang",
    "61": "Shaanxi",
    "62": "Gansu",
    "63": "Qinghai",
    "64": "Ningxia",
    "65": "Xinjiang",
    "71": "Taiwan",
    "81": "Hong Kong",
    "82": "Macao",
}


class _Period(NamedTuple):
    """A name that a code had from a year on; 0 when that lies before what is known."""

    since: int
    name: str


def is_known_division(code: str, *, on: date) -> bool:
    """Whether a place of this code existed in the year of that day or before.

    An abolished code stays known, for people go on reporting with it, and a truthful report is not refused for an old
    name of its place. `on` is the day the code was used (of receipt, not of the event): history is often told with
    today's codes.
    """
    periods = _periods().get(code)
    return periods is not None and periods[0].since <= on.year


def parse_division(text: str, *, on: date) -> DivisionCode:
    """Return the code of a known place that a text writes.

    Else DivisionCodeError: field_malformed without six digits, division_unknown without such a place.
    """
    code = DivisionCode.parse(text)
    if not is_known_division(code, on=on):
        raise _unknown(text)
    return code


def division_name(code: str, *, lang: Language, on: date | None = None) -> str:
    """Return what the place is called, on that day or, without one, by its last name; else DivisionCodeError.

    In English provinces have their English name; places below keep the Chinese one, with the province in English.
    In the year of a renaming the new name is given, before the first known year the first one.
    """
    periods = _periods().get(code)
    if periods is None:
        raise _unknown(code)
    year = date.max.year if on is None else on.year
    name = next((period.name for period in reversed(periods) if period.since <= year), periods[0].name)
    if lang == "zh":
        return name
    province = _PROVINCES_EN[code[:2]]
    return province if code.endswith("0000") else f"{name} ({province})"


def province_of(code: str) -> DivisionCode:
    """The province that a place lies in, or is; told from the digits alone."""
    return DivisionCode(code[:2] + "0000")


def prefecture_of(code: str) -> DivisionCode | None:
    """The prefecture that a place lies in, or is, told from the digits alone; None for a province, which lies in none.

    Districts of the four municipalities lie in a prefecture without a name of its own, such as 310100.
    """
    return None if code.endswith("0000") else DivisionCode(code[:4] + "00")


@cache
def _periods() -> dict[str, tuple[_Period, ...]]:
    """The periods of each code, oldest first."""
    # Not importlib.resources: the core imports nothing that could read other files.
    table = pkgutil.get_data("suyuan.core", "division_table.csv")
    assert table is not None, "division_table.csv is part of the package"
    periods: dict[str, tuple[_Period, ...]] = {}
    for row in csv.DictReader(table.decode("utf-8").splitlines()):
        period = _Period(int(row["valid_from_year"] or 0), row["name_zh"])
        periods[row["code"]] = (*periods.get(row["code"], ()), period)
    return periods


def _unknown(text: str) -> DivisionCodeError:
    shown = normalise_text(text)[:12]
    return DivisionCodeError(
        f'"{shown}" is a code that no province, prefecture or county has had. Look the place up and send it again.',
        code="division_unknown",
        value=text,
        message_zh=f"“{shown}”不是任何省、市、县的行政区划代码。请查对所在地后重新报送。",
    )
