"""Read a folder with the published retirement table and its inputs, and tell how well it is reproduced.

The folder holds repro_table_input_{sales,shares,batteries,vehicle_life}.csv, and tables named repro_table_output_*.csv: the national
one, and if it is there one by battery type (told by its column `battery_type`).
"""

import csv
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from suyuan.analysis.published_table import (
    ALL,
    AMOUNTS,
    RELATIVE_TOLERANCE,
    BatteryType,
    Comparison,
    Inputs,
    PrintedRow,
    compare_table,
    compute_types,
)
from suyuan.analysis.survival import Weibull
from suyuan.app.context import UseCaseError

OUTPUTS: Final = "repro_table_output_*.csv"
NATIONAL: Final = "repro_table_output_national.csv"
FLEETS: Final = ("PEV", "CEV")
DIFFERING_MAX: Final = 20
_YEARS = range(1990, 2101)


def check_published_table(folder: Path) -> dict[str, Any]:
    """Return how each output table of a folder compares with what its inputs give, and that by type without rounding.

    Raises UseCaseError where a file is missing or cannot be understood.
    """
    if not folder.is_dir():
        raise _error(folder, zh="没有这个文件夹", en="there is no such folder")
    computed = compute_types(_read_inputs(folder))
    files = sorted(folder.glob(OUTPUTS))
    if folder / NATIONAL not in files:
        raise _error(folder / NATIONAL, zh="文件不存在", en="the file is missing")
    outputs = {file.name: _read_output(file) for file in files}
    tables = [_describe_table(name, compare_table(rows, computed)) for name, rows in outputs.items()]
    last_year = max(row.year for rows in outputs.values() for row in rows)
    return {
        "folder": str(folder),
        "source": "Tian, Peng, McKechnie, Abdul-Manan, Liu, Meng 2025",
        "tolerance": RELATIVE_TOLERANCE,
        "judged": "|computed - printed| less half a unit of the last printed decimal, relative to the printed value",
        "agrees": all(table["rows"] == table["rows_within"] for table in tables),
        "tables": tables,
        "computed_by_type": [
            {"fleet": fleet, "battery_type": battery_type, "year": year, **dict(zip(AMOUNTS, amounts, strict=True))}
            for (fleet, battery_type, year), amounts in sorted(computed.items())
            if year <= last_year
        ],
    }


def _describe_table(name: str, compared: list[Comparison]) -> dict[str, Any]:
    telling = [one for one in compared if one.is_telling]
    rows = {one.row for one in compared}
    differing = [one for one in compared if not one.is_within]
    return {
        "table": name,
        "rows": len(rows),
        "rows_within": len(rows - {one.row for one in differing}),
        "values": len(compared),
        "values_within": len(compared) - len(differing),
        "largest_beyond_rounding": max((one.beyond for one in compared), default=0.0),
        "values_printed_finer_than_tolerance": len(telling),
        "of_these_within_without_allowance": sum(one.relative <= RELATIVE_TOLERANCE for one in telling),
        "largest_relative_of_these": max((one.relative for one in telling), default=0.0),
        "largest_relative_of_all": max((one.relative for one in compared), default=0.0),
        "differing": [_describe_value(one) for one in sorted(differing, key=lambda one: -one.beyond)[:DIFFERING_MAX]],
    }


def _describe_value(one: Comparison) -> dict[str, Any]:
    return {
        "fleet": one.row.fleet,
        "battery_type": one.row.battery_type,
        "year": one.row.year,
        "amount": one.amount,
        "printed": one.printed,
        "computed": round(one.computed, 6),
        "relative": one.relative if math.isfinite(one.relative) else None,
    }


# -- the folder ----------------------------------------------------------------------------------------------------


class _Line:
    """One row of a table, whose cells are asked for by name and are told with their place where they are wrong."""

    def __init__(self, file: Path, number: int, cells: dict[str, str]) -> None:
        self.file, self.number, self._cells = file, number, cells

    def text(self, name: str, *others: str, default: str | None = None) -> str:
        """Return a cell that is there under one of these names, else the default. Raises UseCaseError."""
        for one in (name, *others):
            if self._cells.get(one):
                return self._cells[one].strip()
        if default is not None:
            return default
        raise self.error(name, zh="缺少该列或该值", en="the column or the value is missing")

    def amount(self, name: str, *, above: float | None = None) -> float:
        """Return a number of at least 0, or above another. Raises UseCaseError."""
        value = _parse_amount(text := self.text(name))
        if value is None or value < 0 or (above is not None and value <= above):
            raise self.error(name, zh=f"“{text}”不是可用的数", en=f'"{text}" is no number that can stand here')
        return value

    def year(self, name: str) -> int:
        """Return a year. Raises UseCaseError."""
        text = self.text(name)
        if not text.isascii() or not text.isdecimal() or int(text) not in _YEARS:
            raise self.error(name, zh=f"“{text}”不是年份", en=f'"{text}" is no year')
        return int(text)

    def printed(self, name: str) -> str:
        """Return an amount as it is printed, under its name or its unit alone; empty where it is not told. Raises UseCaseError."""
        text = self.text(name, name.removeprefix("retired_"), default="")
        if text and _parse_amount(text) is None:
            raise self.error(name, zh=f"“{text}”不是可用的数", en=f'"{text}" is no number')
        return text

    def error(self, column: str, *, zh: str, en: str) -> UseCaseError:
        """Return the error that a cell cannot be used."""
        return _error(self.file, zh=f"第{self.number}行 {column}：{zh}", en=f"row {self.number}, {column}: {en}")


def _parse_amount(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _error(file: Path, *, zh: str, en: str) -> UseCaseError:
    return UseCaseError(
        f"{file}: {en}. The check needs repro_table_input_sales, _shares, _batteries, _vehicle_life and "
        f"repro_table_output_national (.csv) in one folder.",
        message_zh=f"{file}：{zh}。核对需要同一文件夹中的 repro_table_input_sales、_shares、_batteries、_vehicle_life "
        f"和 repro_table_output_national（.csv）。",
    )


def _read_lines(file: Path) -> Iterator[_Line]:
    try:
        text = file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise _error(file, zh="文件不存在", en="the file is missing") from None
    except UnicodeDecodeError:
        raise _error(file, zh="不是 UTF-8 文本", en="it is no UTF-8 text") from None
    rows = list(csv.DictReader(text.splitlines()))
    if not rows:
        raise _error(file, zh="没有数据行", en="it has no rows")
    for number, row in enumerate(rows, start=2):
        yield _Line(file, number, {name: value for name, value in row.items() if name and isinstance(value, str)})


def _read_inputs(folder: Path) -> Inputs:
    sales: dict[tuple[str, int], float] = {}
    for line in _read_lines(folder / "repro_table_input_sales.csv"):
        for fleet in FLEETS:
            sales[fleet, line.year("sale_year")] = line.amount(f"{fleet.lower()}_sales")
    types = {}
    for line in _read_lines(folder / "repro_table_input_batteries.csv"):
        life = Weibull(line.amount("weibull_shape", above=0), line.amount("weibull_scale_years", above=0))
        kind = BatteryType(life, line.amount("pack_mass_kg_used"), line.amount("residual_energy_kwh_used"))
        types[line.text("fleet"), line.text("battery_type")] = kind
    lives = {}
    for line in _read_lines(folder / "repro_table_input_vehicle_life.csv"):
        shape = line.amount("weibull_shape", above=0)
        for fleet in FLEETS:
            life = Weibull.of_mean(line.amount(f"{fleet.lower()}_mean_life_years", above=0), shape=shape)
            for year in range(line.year("sale_year_from"), line.year("sale_year_to") + 1):
                lives[fleet, year] = life
    shares = {}
    for line in _read_lines(folder / "repro_table_input_shares.csv"):
        fleet, year, kind_name = line.text("fleet"), line.year("sale_year"), line.text("battery_type")
        known = (((fleet, year) in sales, "sales"), ((fleet, kind_name) in types, "battery type"))
        for is_known, what in (*known, ((fleet, year) in lives, "vehicle life")):
            if not is_known:
                raise line.error("share", zh=f"输入表中没有对应的 {what}", en=f"the inputs hold no {what} for it")
        shares[fleet, kind_name, year] = line.amount("share")
    return Inputs(sales, shares, types, lives)


def _read_output(file: Path) -> list[PrintedRow]:
    rows = []
    for line in _read_lines(file):
        count, kt, gwh = (line.printed(name) for name in AMOUNTS)
        if not (count or kt or gwh):
            raise line.error("retired_kt", zh="没有任何数值", en="no amount is printed")
        fleet, battery_type = line.text("fleet", default=ALL), line.text("battery_type", "type", default=ALL)
        rows.append(PrintedRow(fleet, battery_type, line.year("year"), (count, kt, gwh)))
    return rows
