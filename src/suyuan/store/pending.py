"""What waits for a judge: rows that each name subjects of one slot and the submissions that made them wait.

A row of its own for every subject and cause cost a sixth of the import of a large file (measured).
"""

from collections.abc import Iterable

from psycopg import Connection
from psycopg.rows import TupleRow

from suyuan.store.copy_line import escape_text
from suyuan.store.queries import load_queries

SQL = load_queries("pending")
# Vehicles tell their packs about sales, so a bulk load judges them first.
LANE_SMALL, LANE_VEHICLE, LANE_BULK = 0, 1, 2
LANES = (LANE_SMALL, LANE_VEHICLE, LANE_BULK)


class Waiting:
    """Subjects that one transaction makes pending, gathered so that few rows say it.

    Subjects of one slot and lane share their causes: a submission may be called judged a moment late, never early.
    """

    def __init__(self) -> None:
        self._rows: dict[tuple[int, int], tuple[set[str], set[int]]] = {}

    def add(self, subjects: Iterable[str], *, slot: int, lane: int, causes: Iterable[int]) -> None:
        """Make subjects of one slot wait because of some submissions."""
        row = self._rows.get((slot, lane))
        if row is None:
            row = self._rows[slot, lane] = (set(), set())
        row[0].update(subjects)
        row[1].update(causes)

    def write(self, connection: Connection[TupleRow]) -> None:
        """Write the rows in the caller's transaction."""
        if not self._rows:
            return
        lines = [
            f"{slot}\t{lane}\t{{{','.join(map(str, sorted(causes)))}}}\t{{{','.join(map(_member, sorted(subjects)))}}}\n"
            for (slot, lane), (subjects, causes) in sorted(self._rows.items(), key=lambda row: row[0])
        ]
        with connection.cursor().copy(SQL.copy_pending) as copy:
            copy.write("".join(lines))


def _member(subject: str) -> str:
    """Return a subject as a member of an array in a COPY line; codes need no quotes, a model's name may hold anything."""
    if ":" not in subject:
        return subject
    quoted = subject.replace("\\", "\\\\").replace('"', '\\"')
    return escape_text(f'"{quoted}"')
