"""What the files of an export add up to: the same sums that the platform tells of itself."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from suyuan.analysis.export_tables import (
    ACCOUNT_FLOW,
    BATTERY,
    DUTY,
    FINDING,
    LOT,
    PARTICIPANT,
    REPORT,
    TALLY,
    VEHICLE,
)
from suyuan.analysis.parquet import Table

if TYPE_CHECKING:
    import polars as pl

Totals = dict[str, dict[str, int]]
"""By what was counted, then by key: `{"reports_by_kind": {"battery_produced": 12}}`."""


def scan_table(folder: Path, table: Table) -> "pl.LazyFrame":
    """Return all rows of a table of an export, without the columns that the names of folders tell."""
    import polars as pl

    from suyuan.analysis.parquet import list_types

    files = sorted((folder / f"table={table.name}").rglob("*.parquet"))
    if not files:
        return pl.LazyFrame(schema=list_types(table))
    return pl.scan_parquet(files, hive_partitioning=False)


def count_totals(folder: Path) -> Totals:
    """Return what the files of a folder add up to."""
    return {name: count(folder) for name, count in _COUNTS.items()}


def differing_totals(counted: Totals, *, told: Totals) -> list[tuple[str, int, int]]:
    """Return where two totals differ: what, how much is told, how much was counted."""
    return [
        (f"{name}: {key}", told.get(name, {}).get(key, 0), counted.get(name, {}).get(key, 0))
        for name in sorted(counted.keys() | told.keys())
        for key in sorted(counted.get(name, {}).keys() | told.get(name, {}).keys())
        if counted.get(name, {}).get(key, 0) != told.get(name, {}).get(key, 0)
    ]


def _group(frame: "pl.LazyFrame", *names: str, value: str | None = None) -> dict[str, int]:
    """Return the number of rows, or the sum of a column, by the values of some columns joined by a slash."""
    import polars as pl

    amount = pl.len() if value is None else pl.col(value).sum()
    key = pl.concat_str([pl.col(name) for name in names], separator="/")
    rows = frame.group_by(key.alias("key")).agg(amount.alias("amount")).collect(engine="streaming").rows()
    return {str(key): int(amount) for key, amount in sorted(rows)}


def _count(frame: "pl.LazyFrame") -> int:
    import polars as pl

    return int(frame.select(pl.len()).collect(engine="streaming").item())


def _counted(folder: Path, table: Table) -> "pl.LazyFrame":
    """Return the subjects of which a report counts: they alone stand in the platform's tallies."""
    import polars as pl

    return scan_table(folder, table).filter(pl.col("status_month").is_not_null())


def _coverage(folder: Path) -> dict[str, int]:
    import polars as pl

    whole = pl.col("chain_whole")
    found = scan_table(folder, BATTERY).select(live=whole.count(), whole=whole.sum()).collect(engine="streaming")
    return {name: int(found[name][0]) for name in ("live", "whole")}


def _duties(folder: Path) -> dict[str, int]:
    import polars as pl

    state = pl.when(pl.col("closed_by").is_null()).then(pl.lit("open")).otherwise(pl.lit("settled"))
    return _group(scan_table(folder, DUTY).select(state=state), "state")


_COUNTS: Final[dict[str, Callable[[Path], dict[str, int]]]] = {
    "reports_by_kind": lambda folder: _group(scan_table(folder, REPORT), "kind"),
    "batteries_by_level_and_status": lambda folder: _group(_counted(folder, BATTERY), "level", "status"),
    "vehicles_by_status": lambda folder: _group(_counted(folder, VEHICLE), "status"),
    "lots_by_status": lambda folder: _group(_counted(folder, LOT), "status"),
    "packs_by_chain": _coverage,
    "findings_by_rule_and_weight": lambda folder: _group(scan_table(folder, FINDING), "rule", "weight"),
    "duties": _duties,
    "grams_by_item_and_flow": lambda folder: _group(scan_table(folder, ACCOUNT_FLOW), "item", "flow", value="grams"),
    "counts_by_name": lambda folder: _group(scan_table(folder, TALLY), "name", value="count"),
    "participants": lambda folder: {"entries": _count(scan_table(folder, PARTICIPANT))},
}
