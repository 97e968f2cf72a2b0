"""Tables as Parquet files: typed columns, any number of rows in constant memory, and for the same rows the same bytes.

A table is a folder `table=<name>`, split by month where it grows with time (`month=2026-05`), in files `part-0.parquet`,
`part-1.parquet`… Nothing here knows a database.
"""

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec

if TYPE_CHECKING:
    import polars as pl

Record = Mapping[str, Any]

BATCH_ROWS: Final = 4_096
# A writer holds one row group, and readers skip by row group; a hundred columns of 32,768 rows are some 50 MB.
ROW_GROUP_ROWS: Final = 8 * BATCH_ROWS
PART_BATCHES: Final = 256  # about a million rows a file, so that several readers can share a month
COMPRESSION_LEVEL: Final = 3
READ_BYTES: Final = 1 << 20


class ColumnType(StrEnum):
    """What a column holds, as the data dictionary names it."""

    TEXT = "text"
    INTEGER = "integer"
    BOOLEAN = "boolean"
    DATE = "date"
    MOMENT = "moment"  # microseconds, UTC
    TEXTS = "texts"  # list of text
    JSON = "json"  # text that holds a JSON value


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name, type, unit, names in both languages, and where its values are from."""

    name: str
    type: ColumnType
    zh: str
    en: str
    origin: str
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its name, what one row is in both languages, by which month it is split (empty: not at all), its columns."""

    name: str
    zh: str
    en: str
    columns: tuple[Column, ...]
    month_zh: str = ""
    month: str = ""


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """A file as it was written; `rows` is None for one that is no table."""

    name: str
    rows: int | None
    byte_count: int
    sha256: str


def write_table(
    folder: Path,
    table: Table,
    records: Iterable[Record],
    *,
    month: str | None = None,
    part_batches: int = PART_BATCHES,
) -> Iterator[WrittenFile]:
    """Write the records of a table, or of one of its months, and yield each file when it is whole and on disk.

    A file holds `part_batches` batches of 4,096 rows. There is at least one file, so that a table without rows has its columns.
    A value that does not fit its column raises.
    """
    place = Path(f"table={table.name}") if month is None else Path(f"table={table.name}", f"month={month}")
    (folder / place).mkdir(parents=True)
    batches = _cut(records)
    first = next(batches, [])
    part_no = 0
    while True:
        name = (place / f"part-{part_no}.parquet").as_posix()
        rows = _write_part(folder / name, table, chain([first], islice(batches, part_batches - 1)))
        yield describe_file(folder, name, rows=rows)
        following = next(batches, None)
        if following is None:
            return
        first, part_no = following, part_no + 1


def describe_file(folder: Path, name: str, *, rows: int | None = None) -> WrittenFile:
    """Return size and digest of a file, read back and brought to the disk for good."""
    digest = hashlib.sha256()
    byte_count = 0
    with (folder / name).open("rb") as stream:
        while piece := stream.read(READ_BYTES):
            digest.update(piece)
            byte_count += len(piece)
        os.fsync(stream.fileno())
    return WrittenFile(name, rows, byte_count, digest.hexdigest())


def _cut(records: Iterable[Record]) -> Iterator[list[Record]]:
    stream = iter(records)
    while batch := list(islice(stream, BATCH_ROWS)):
        yield batch


def _write_part(path: Path, table: Table, batches: Iterable[list[Record]]) -> int:
    """Write one file out of a stream of batches; returns how many rows it has."""
    from polars.io.plugins import register_io_source

    rows = 0

    def give(*_asked: object) -> Iterator["pl.DataFrame"]:
        # A file is written whole: polars asks for all columns and all rows.
        nonlocal rows
        for batch in batches:
            rows += len(batch)
            yield build_frame(table, batch)

    source = register_io_source(give, schema=list_types(table))
    source.sink_parquet(
        path,
        compression="zstd",
        compression_level=COMPRESSION_LEVEL,
        statistics=True,
        row_group_size=ROW_GROUP_ROWS,
        maintain_order=True,
    )
    return rows


def list_types(table: Table) -> dict[str, Any]:
    """Return the polars type of each column of a table."""
    import polars as pl

    types: dict[ColumnType, Any] = {
        ColumnType.TEXT: pl.String(),
        ColumnType.JSON: pl.String(),
        ColumnType.INTEGER: pl.Int64(),
        ColumnType.BOOLEAN: pl.Boolean(),
        ColumnType.DATE: pl.Date(),
        ColumnType.MOMENT: pl.Datetime("us", "UTC"),
        ColumnType.TEXTS: pl.List(pl.String()),
    }
    return {column.name: types[column.type] for column in table.columns}


def build_frame(table: Table, records: list[Record]) -> "pl.DataFrame":
    """Return records as a frame with the columns of the table; a name without a column is left out, an absent value is null."""
    import polars as pl

    types = list_types(table)
    present = set[str]().union(*records)
    series = []
    for column in table.columns:
        name = column.name
        if name not in present:
            series.append(pl.Series(name, [None], dtype=types[name]).new_from_index(0, len(records)))
            continue
        values = [record.get(name) for record in records]
        convert = _CONVERSIONS.get(column.type)
        if convert is not None:
            values = [None if value is None else convert(value) for value in values]
        series.append(pl.Series(name, values, dtype=types[name], strict=True))
    return pl.DataFrame(series)


def _read_date(value: date | str) -> date:
    return date.fromisoformat(value) if isinstance(value, str) else value


def _read_moment(value: datetime | str) -> datetime:
    return datetime.fromisoformat(value) if isinstance(value, str) else value


def encode_json(value: Any) -> str:  # noqa: ANN401 - any JSON-like value
    """Return a value as JSON text with sorted names: the same value is the same text."""
    return _encode(value).decode()


_encode = msgspec.json.Encoder(order="deterministic").encode
_CONVERSIONS: dict[ColumnType, Callable[[Any], Any]] = {
    ColumnType.DATE: _read_date,
    ColumnType.MOMENT: _read_moment,
    ColumnType.JSON: encode_json,
    ColumnType.TEXTS: list,
}
