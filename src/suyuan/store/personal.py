"""Personal values beside the record: salt and ciphertext, kept until they are erased."""

import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from psycopg import Connection
from psycopg.rows import TupleRow

from suyuan.store.queries import load_queries
from suyuan.store.slot import report_no_of

SQL = load_queries("personal")
NONCE_BYTES = 12
ROW_NUMBERS = 2**31
VALUES_PER_READ = 1_000


@dataclass(frozen=True, slots=True)
class PersonalValue:
    """What is kept of one value: of which report and field; without a salt it is erased, without a ciphertext only proven."""

    report_no: int
    field: str
    salt: bytes | None
    ciphertext: bytes | None

    @property
    def is_erased(self) -> bool:
        """Tell whether salt and ciphertext were deleted."""
        return self.salt is None


def encrypt_value(value: str, *, key: bytes, report_no: int, field: str) -> bytes:
    """Return nonce and ciphertext (AES-GCM), which open in this place only."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, value.encode(), _place(report_no, field))


def decrypt_value(kept: PersonalValue, *, key: bytes) -> str | None:
    """Return the value, None where this key does not open it or nothing is there."""
    if kept.ciphertext is None:
        return None
    nonce, sealed = kept.ciphertext[:NONCE_BYTES], kept.ciphertext[NONCE_BYTES:]
    try:
        return AESGCM(key).decrypt(nonce, sealed, _place(kept.report_no, kept.field)).decode()
    except (InvalidTag, ValueError):
        return None


def _place(report_no: int, field: str) -> bytes:
    return f"{report_no}:{field}".encode()


def write_values(connection: Connection[TupleRow], values: Iterable[PersonalValue]) -> None:
    """Write the values of a batch in its transaction."""
    kept = list(values)
    if kept:
        given = {
            "report_nos": [one.report_no for one in kept],
            "fields": [one.field for one in kept],
            "salts": [one.salt for one in kept],
            "ciphertexts": [one.ciphertext for one in kept],
        }
        connection.execute(SQL.insert_values, given)


def read_values(connection: Connection[TupleRow], report_nos: Iterable[int]) -> list[PersonalValue]:
    """Return what is kept of the personal values of reports, erased ones included."""
    rows = connection.execute(SQL.read_values, {"report_nos": list(report_nos)})
    return [_value(row) for row in rows]


def read_values_of(connection: Connection[TupleRow], submission_no: int) -> list[PersonalValue]:
    """Return what is kept of the personal values of a submission, in the order of its rows."""
    return [_value(row) for row in connection.execute(SQL.read_values_of, _range(submission_no))]


def walk_values(connection: Connection[TupleRow]) -> Iterator[list[PersonalValue]]:
    """Yield all that is kept, some at a time."""
    after: tuple[int, str] = (0, "")
    while True:
        given = {"report_no": after[0], "field": after[1], "limit": VALUES_PER_READ}
        values = [_value(row) for row in connection.execute(SQL.walk_values, given)]
        if not values:
            return
        yield values
        after = (values[-1].report_no, values[-1].field)


def erase_values(connection: Connection[TupleRow], submission_no: int, *, row: int | None) -> list[tuple[int, str]]:
    """Delete salt and ciphertext of a row, or of all rows, of a submission; returns reports and fields."""
    first_and_last = _range(submission_no)
    if row is not None:
        number = report_no_of(submission_no, row=row)
        first_and_last = {"first": number, "last": number}
    return [(number, field) for number, field in connection.execute(SQL.erase_values, first_and_last)]


def _range(submission_no: int) -> dict[str, Any]:
    first = submission_no * ROW_NUMBERS
    return {"first": first, "last": first + ROW_NUMBERS - 1}


def _value(row: TupleRow) -> PersonalValue:
    report_no, field, salt, ciphertext = row
    return PersonalValue(
        report_no, field, None if salt is None else bytes(salt), None if ciphertext is None else bytes(ciphertext)
    )
