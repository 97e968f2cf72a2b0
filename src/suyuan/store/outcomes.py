"""The outcome of every row, kept as compressed JSON lines; full rows are read from here by trace and rebuild.

One line a row: `{"row": 7, "outcome": "accepted", "report": {…}, "notices": […]}`; a duplicate tells the report it repeats,
a refused row its errors and what was read of it.
"""

import zlib
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from itertools import zip_longest
from typing import Any

import msgspec
from psycopg import Connection
from psycopg.rows import TupleRow

from suyuan.core.personal import mask_errors, mask_raw
from suyuan.core.refusal import Notice, RowError
from suyuan.store.queries import load_queries
from suyuan.store.slot import place_of

SQL = load_queries("outcomes")
PIECE_BYTES_MAX = (
    250_000  # uncompressed; a trace unpacks one piece to show one row, and 1 MB is the bound of the format
)
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder().decode


def accepted_line(row: int, *, content: bytes, notices: list[Notice]) -> bytes:
    """Return the line of an accepted row; `content` is the normalised report as JSON."""
    if not notices:
        return b'{"row":%d,"outcome":"accepted","report":%b}' % (row, content)
    return b'{"row":%d,"outcome":"accepted","report":%b,"notices":%b}' % (row, content, _encode(notices))


def duplicate_line(row: int, *, report_id: str, duplicate_of: int) -> bytes:
    """Return the line of a row that repeats an earlier report."""
    return _encode({"row": row, "outcome": "duplicate", "report_id": report_id, "duplicate_of": duplicate_of})


def rejected_line(row: int, *, where: str, where_zh: str, raw: dict[str, Any] | None, errors: list[RowError]) -> bytes:
    """Return the line of a refused row: what was read of it, so that it can be corrected and sent again, and why.

    Personal values are masked: this line is kept for ever.
    """
    kept = mask_raw(raw)
    said = {"where": where, "where_zh": where_zh, "raw": kept, "errors": mask_errors(errors, masked=kept)}
    return _encode({"row": row, "outcome": "rejected", **said})


def write_outcomes(
    connection: Connection[TupleRow], submission_no: int, lines: Iterable[tuple[int, bytes, bool]]
) -> None:
    """Write lines of (row, line, whether it must be told) in pieces."""
    given: dict[str, list[Any]] = {"first_rows": [], "last_rows": [], "row_counts": [], "told": [], "bodies": []}
    for piece in _cut(lines):
        given["first_rows"].append(piece[0][0])
        given["last_rows"].append(piece[-1][0])
        given["row_counts"].append(len(piece))
        given["told"].append(sum(is_told for _, _, is_told in piece))
        given["bodies"].append(zlib.compress(b"\n".join(line for _, line, _ in piece), 1))
    if given["bodies"]:
        connection.execute(SQL.write_pieces, {"submission_no": submission_no, **given})


def _cut(lines: Iterable[tuple[int, bytes, bool]]) -> Iterator[list[tuple[int, bytes, bool]]]:
    piece: list[tuple[int, bytes, bool]] = []
    size = 0
    for line in lines:
        if piece and size + len(line[1]) > PIECE_BYTES_MAX:
            yield piece
            piece, size = [], 0
        piece.append(line)
        size += len(line[1]) + 1
    if piece:
        yield piece


def read_outcomes(
    connection: Connection[TupleRow], submission_no: int, *, only_told: bool = False
) -> Iterator[dict[str, Any]]:
    """Yield the outcomes of a submission in the order of rows; with `only_told`, refused rows and notices only."""
    first_rows = connection.execute(
        SQL.list_pieces, {"submission_no": submission_no, "only_told": only_told}
    ).fetchall()
    for (first_row,) in first_rows:
        piece = connection.execute(SQL.read_piece, {"submission_no": submission_no, "first_row": first_row}).fetchone()
        if piece is not None:
            for outcome in unpack(piece[0]):
                if not only_told or outcome["outcome"] == "rejected" or outcome.get("notices"):
                    yield outcome


def read_lines(connection: Connection[TupleRow], submission_no: int) -> Iterator[tuple[int, bytes]]:
    """Yield the stored lines of a submission with their row numbers, in the order of rows.

    Pieces follow each other but for those of deferred rows, whose few rows lie between the rows of others.
    """
    pieces = connection.execute(SQL.list_pieces, {"submission_no": submission_no, "only_told": False}).fetchall()
    firsts = [first_row for (first_row,) in pieces]
    held: list[tuple[int, bytes]] = []
    for first_row, next_first in zip_longest(firsts, firsts[1:]):
        given = {"submission_no": submission_no, "first_row": first_row}
        for (body,) in connection.execute(SQL.read_piece, given):
            held += [(row_of(line), line) for line in zlib.decompress(body).split(b"\n")]
        held.sort()
        ready = len(held) if next_first is None else bisect_left(held, (next_first,))
        yield from held[:ready]
        del held[:ready]


def count_piece_faults(connection: Connection[TupleRow], submission_no: int) -> int:
    """Return how many pieces of a submission say something else of themselves than their lines do."""
    faults = 0
    for *stands, body in connection.execute(SQL.read_piece_counts, {"submission_no": submission_no}):
        lines = zlib.decompress(body).split(b"\n")
        told = sum(line.endswith(b"]}") for line in lines)  # a list of reasons or notices is what such a line ends with
        faults += stands != [row_of(lines[0]), row_of(lines[-1]), len(lines), told]
    return faults


def row_of(line: bytes) -> int:
    """Return the row number with which every stored line begins."""
    return int(line[len(b'{"row":') : line.index(b",")])


def unpack(body: bytes) -> Iterator[dict[str, Any]]:
    """Yield the outcomes of one piece."""
    return (_decode(line) for line in zlib.decompress(body).split(b"\n"))


def read_reports(connection: Connection[TupleRow], report_nos: Iterable[int]) -> dict[int, dict[str, Any]]:
    """Return the full normalised fields of reports, by number; unknown numbers are absent."""
    wanted: dict[int, set[int]] = {}
    for report_no in report_nos:
        submission_no, row = place_of(report_no)
        wanted.setdefault(submission_no, set()).add(row)
    found: dict[int, dict[str, Any]] = {}
    for submission_no, rows in wanted.items():
        for (body,) in connection.execute(
            SQL.find_pieces, {"submission_no": submission_no, "rows": sorted(rows)}
        ).fetchall():
            for outcome in unpack(body):
                if outcome["row"] in rows and outcome["outcome"] == "accepted":
                    found[submission_no * 2**31 + outcome["row"]] = outcome["report"]
    return found
