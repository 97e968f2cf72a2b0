"""Documents that were issued: their numbers without gaps, and the acts that hold their text."""

import zlib
from collections.abc import Callable, Iterable
from datetime import datetime

import msgspec
from psycopg import Connection
from psycopg.rows import TupleRow

from suyuan.core.document import Document
from suyuan.store.queries import load_queries
from suyuan.store.registry import write_act

ACT_KIND = "document"
SQL = load_queries("document")


class Series(msgspec.Struct, frozen=True):
    """Documents that are numbered together: by organ, word (责改, 罚 …) and year."""

    organ: str
    word: str
    year: int


class Occasion(msgspec.Struct, frozen=True):
    """What a document is about: a case or a VIN, the kind of document, and which act or report in it."""

    subject: str
    kind: str
    occasion: str


class Issued(msgspec.Struct, frozen=True):
    """A document as it was issued, as its act holds it: number, occasion, moment, text, and the form it was printed with."""

    series: Series
    number: int
    occasion: Occasion
    issued_at: datetime
    document: Document
    form: str
    form_digest: str


class _IssuedMeanwhileError(Exception):
    """Somebody else issued the document while we waited for the counter; ends the transaction."""

    def __init__(self, issued: Issued) -> None:
        super().__init__()
        self.issued = issued


def find_issued(connection: Connection[TupleRow], occasion: Occasion) -> Issued | None:
    """Return the document of an occasion, None where none was issued."""
    row = connection.execute(SQL.find_document, msgspec.to_builtins(occasion)).fetchone()
    return _read(row) if row else None


def list_issued(connection: Connection[TupleRow], subject: str) -> list[Issued]:
    """Return the documents of a case or vehicle in the order of their issue."""
    return [_read(row) for row in connection.execute(SQL.list_documents, {"subject": subject}).fetchall()]


def issue(
    connection: Connection[TupleRow], occasion: Occasion, *, series: Series, make: Callable[[int], Issued]
) -> tuple[Issued, bool]:
    """Return the document of an occasion and whether it is new; a new one gets the next number of its series.

    `make` composes it under its number and tries the form; when it fails, the number goes to the next. Two who issue for
    the same occasion at once get the same document. The connection is outside any transaction.
    """
    found = find_issued(connection, occasion)
    if found is not None:
        return found, False
    try:
        with connection.transaction():
            row = connection.execute(SQL.take_number, msgspec.to_builtins(series)).fetchone()
            assert row is not None
            _give_way(connection, occasion)
            made = make(int(row[0]))
            body = msgspec.json.encode(made, order="deterministic")
            act_no = write_act(connection, ACT_KIND, acted_at=made.issued_at, body=body)
            _write(connection, made, act_no=act_no)
    except _IssuedMeanwhileError as meanwhile:
        return meanwhile.issued, False
    return made, True


def _give_way(connection: Connection[TupleRow], occasion: Occasion) -> None:
    """End the transaction where whoever held the counter before us has issued this very document: our number goes back."""
    found = find_issued(connection, occasion)
    if found is not None:
        raise _IssuedMeanwhileError(found)


def repeat_issue(connection: Connection[TupleRow], body: bytes, *, act_no: int) -> None:
    """Write the rows of a recorded act again, in the caller's transaction; rebuild repeats acts so."""
    made = msgspec.json.decode(body, type=Issued)
    connection.execute(SQL.keep_number, {**msgspec.to_builtins(made.series), "number": made.number})
    _write(connection, made, act_no=act_no)


def find_reports(connection: Connection[TupleRow], *, uscc: str, report_ids: Iterable[str]) -> dict[str, int]:
    """Return the numbers of a participant's reports by their ids; unknown ids are absent."""
    rows = connection.execute(SQL.find_reports, {"uscc": uscc, "report_ids": list(report_ids)}).fetchall()
    return dict(rows)


def _write(connection: Connection[TupleRow], made: Issued, *, act_no: int) -> None:
    given = {
        **msgspec.to_builtins(made.series),
        **msgspec.to_builtins(made.occasion),
        "number": made.number,
        "issued_at": made.issued_at,
        "text_digest": made.document.digest(),
        "form_digest": bytes.fromhex(made.form_digest),
        "act_no": act_no,
    }
    connection.execute(SQL.write_document, given)


def _read(row: TupleRow) -> Issued:
    return msgspec.json.decode(zlib.decompress(row[0]), type=Issued)
