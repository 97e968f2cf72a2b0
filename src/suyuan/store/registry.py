"""Beside the register in the database: its version, acts, the numbers of parties, settings and tokens."""

import hashlib
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from psycopg import Connection
from psycopg.rows import TupleRow

from suyuan.core.catalogue import KIND_BY_NAME
from suyuan.store.queries import load_queries

SQL = load_queries("registry")


def read_version(connection: Connection[TupleRow]) -> int:
    """Return the version of the register."""
    row = connection.execute(SQL.read_version, {}).fetchone()
    assert row is not None
    return int(row[0])


def raise_version(connection: Connection[TupleRow]) -> None:
    """Commit-order the change of the register: the next reader sees a new version."""
    connection.execute(SQL.raise_version, {})


def lock_version(connection: Connection[TupleRow]) -> None:
    """Wait for other changes of the register to end and let none begin before this transaction has ended."""
    connection.execute(SQL.lock_version, {})


class Concerned(NamedTuple):
    """What a change of the register concerns: parties, manufacturer codes, subjects by name, carriers; each sorted."""

    usccs: list[str]
    manufacturer_codes: list[str]
    subjects: list[str]
    carriers: list[str]


def write_outstanding(connection: Connection[TupleRow], concerned: Concerned, *, act_no: int) -> None:
    """Keep what an act concerns, in the transaction of the act, until the subjects are pending."""
    connection.execute(SQL.write_outstanding, {"act_no": act_no, **concerned._asdict()})


def forget_outstanding(connection: Connection[TupleRow], *, act_no: int) -> None:
    """End what is kept of an act, in the transaction that has made its subjects pending."""
    connection.execute(SQL.take_outstanding, {"act_no": act_no})


def delay_outstanding(connection: Connection[TupleRow]) -> int:
    """Make the subjects pending of acts whose author was cut off; returns how many."""
    with connection.transaction():
        cut_off = connection.execute(SQL.take_outstanding, {"act_no": None}).fetchall()
        return sum(delay_concerned_subjects(connection, Concerned(*row)) for row in cut_off)


def delay_concerned_subjects(connection: Connection[TupleRow], concerned: Concerned) -> int:
    """Make the subjects pending that a change of the register concerns; returns how many.

    These are the named subjects, those that bear a manufacturer code, and those in whose timelines a party takes part or a
    carrier moved them.
    """
    given = {
        "numbers": list(find_parties(connection, concerned.usccs).values()),
        "manufacturer_codes": concerned.manufacturer_codes,
        "subjects": concerned.subjects,
        "carriers": concerned.carriers,
        "hand_over": KIND_BY_NAME["battery_handed_over"].number,
    }
    row = connection.execute(SQL.delay_concerned_subjects, given).fetchone()
    return int(row[0]) if row else 0


def write_act(connection: Connection[TupleRow], kind: str, *, acted_at: datetime, body: bytes, actor: str = "") -> int:
    """Record an act with its bytes, and who did it where that is known; returns its number."""
    given = {
        "kind": kind,
        "acted_at": acted_at,
        "digest": hashlib.sha256(body).digest(),
        "body": zlib.compress(body, 6),
        "actor": actor,
    }
    row = connection.execute(SQL.write_act, given).fetchone()
    assert row is not None
    return int(row[0])


@dataclass(frozen=True, slots=True)
class Act:
    """An act as it was recorded: what, when, by whom, the digest noted then, and its bytes."""

    kind: str
    acted_at: datetime
    actor: str
    digest: bytes
    body: bytes


def read_act(connection: Connection[TupleRow], act_no: int) -> Act | None:
    """Return an act by its number, None if there is none."""
    row = connection.execute(SQL.read_act, {"act_no": act_no}).fetchone()
    return Act(row[0], row[1], row[2], bytes(row[3]), zlib.decompress(row[4])) if row else None


def read_acts(connection: Connection[TupleRow]) -> list[tuple[int, str, datetime, bytes]]:
    """Return all acts in order: number, kind, moment, bytes."""
    rows = connection.execute(SQL.read_acts, {}).fetchall()
    return [(number, kind, at, zlib.decompress(body)) for number, kind, at, _, body in rows]


def read_acts_of(connection: Connection[TupleRow], kind: str) -> list[bytes]:
    """Return the bytes of all acts of one kind, in order."""
    return [zlib.decompress(body) for (body,) in connection.execute(SQL.read_acts_of, {"kind": kind}).fetchall()]


def find_parties(connection: Connection[TupleRow], usccs: Iterable[str]) -> dict[str, int]:
    """Return the numbers of those parties that have one."""
    return dict(connection.execute(SQL.find_parties, {"usccs": sorted(set(usccs))}).fetchall())


class PartyNumbers:
    """The small numbers of parties, both ways, remembered by one process; a number never changes."""

    def __init__(self) -> None:
        self._by_uscc: dict[str, int] = {}
        self._by_number: dict[int, str] = {}

    def learn(self, connection: Connection[TupleRow], usccs: Iterable[str]) -> Mapping[str, int]:
        """Return the numbers of all these parties; new ones get theirs in the caller's transaction.

        A number is remembered only once another statement has read it, so a rolled-back one is asked for again.
        """
        missing = set(usccs) - self._by_uscc.keys()
        if not missing:
            return self._by_uscc
        found = find_parties(connection, missing)
        if new := missing - found.keys():
            connection.execute(SQL.add_parties, {"usccs": sorted(new)})
            return {**self._by_uscc, **found, **find_parties(connection, new)}
        self._remember(found)
        return self._by_uscc

    def name(self, connection: Connection[TupleRow], numbers: Iterable[int]) -> Mapping[int, str]:
        """Return the USCC behind each number."""
        missing = set(numbers) - self._by_number.keys()
        if missing:
            rows = connection.execute(SQL.read_parties, {"numbers": sorted(missing)}).fetchall()
            self._by_number.update(rows)
        return self._by_number

    def _remember(self, found: Mapping[str, int]) -> None:
        self._by_uscc.update(found)
        self._by_number.update({number: uscc for uscc, number in found.items()})


def read_setting(connection: Connection[TupleRow], name: str) -> str | None:
    """Return a setting, None where it was never written."""
    row = connection.execute(SQL.read_setting, {"name": name}).fetchone()
    return row[0] if row else None


def write_setting(connection: Connection[TupleRow], name: str, *, value: str) -> None:
    """Write a setting."""
    connection.execute(SQL.write_setting, {"name": name, "value": value})


def is_historical(connection: Connection[TupleRow]) -> bool:
    """Tell whether this database was initialised to load the past."""
    return read_setting(connection, "historical") == "yes"


def read_swept_day(connection: Connection[TupleRow]) -> date | None:
    """Return the day of the last sweep, None before the first."""
    value = read_setting(connection, "swept_day")
    return date.fromisoformat(value) if value else None


def add_token(connection: Connection[TupleRow], *, token_hash: bytes, uscc: str | None, created_at: datetime) -> None:
    """Keep the hash of a token; uscc None is the operator's."""
    connection.execute(SQL.add_token, {"token_hash": token_hash, "uscc": uscc, "created_at": created_at})


def find_token(connection: Connection[TupleRow], *, token_hash: bytes) -> tuple[bool, str | None]:
    """Return whether the token is known, and whose it is (None: the operator's)."""
    row = connection.execute(SQL.find_token, {"token_hash": token_hash}).fetchone()
    return (row is not None, row[0] if row else None)


def revoke_tokens(connection: Connection[TupleRow], *, uscc: str | None, revoked_at: datetime) -> int:
    """End every token of a participant (None: the operator's) and return how many."""
    return connection.execute(SQL.revoke_tokens, {"uscc": uscc, "revoked_at": revoked_at}).rowcount
