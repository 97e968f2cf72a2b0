"""The SQL of the store, read from files: `sql/<stem>.sql` holds the queries of one module.

Each query begins with two comment lines, its name (a verb and a noun) and a sentence:

    -- name: find_slot
    -- Takes one free slot and keeps it until the transaction ends.
    SELECT slot
    FROM judge_slot
    WHERE slot = %(slot)s
    FOR UPDATE SKIP LOCKED;

Parameters are psycopg's `%(name)s`; a percent sign of SQL is written `%%` (or use mod(a, b)), and therefore a query
is always run with parameters, be they an empty mapping.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files

_NAME_LINE = re.compile(r"^-- name:[ \t]*(.*?)[ \t]*$", re.MULTILINE)
_NAME = re.compile(r"[a-z]+(_[a-z0-9]+)+")


class Queries(Mapping[str, bytes]):
    """The queries of one file by name, as items or as attributes: `queries.find_slot`."""

    def __init__(self, texts: Mapping[str, bytes]) -> None:
        self._texts = dict(texts)

    def __getitem__(self, name: str) -> bytes:
        return self._texts[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._texts)

    def __len__(self) -> int:
        return len(self._texts)

    def __getattr__(self, name: str) -> bytes:
        try:
            return self._texts[name]
        except KeyError:
            raise AttributeError(f"There is no query {name}; there are {', '.join(self._texts)}.") from None


@cache
def load_queries(file_stem: str) -> Queries:
    """Return the queries of `sql/<file_stem>.sql`. Raises ValueError for a file that breaks the form."""
    text = files("suyuan.store").joinpath("sql", f"{file_stem}.sql").read_text(encoding="utf-8")
    return parse_queries(text, file_stem=file_stem)


def parse_queries(text: str, *, file_stem: str) -> Queries:
    """Cut `text` into its queries; each keeps its name as a comment, which the server shows in its list of sessions.

    Raises ValueError: a name twice or not of the form verb_noun, no sentence, no query, text before the first name.
    """
    opening, *parts = _NAME_LINE.split(text)
    if any(line and not line.startswith("--") for line in opening.splitlines()):
        raise ValueError(f"{file_stem}.sql: there is SQL before the first name.")
    texts: dict[str, bytes] = {}
    for name, body in zip(parts[::2], parts[1::2], strict=True):
        where = f"{file_stem}.sql, query {name!r}"
        if not _NAME.fullmatch(name):
            raise ValueError(f"{where}: a name is a verb and a noun in small letters, like find_slot.")
        if name in texts:
            raise ValueError(f"{where}: this name stands twice.")
        sentence, _, statement = body.lstrip("\n").partition("\n")
        if not sentence.startswith("-- "):
            raise ValueError(f"{where}: the line after the name is a comment that says what the query does.")
        statement = statement.strip().removesuffix(";")
        if not statement:
            raise ValueError(f"{where}: there is no query.")
        texts[name] = f"/* {file_stem}.{name} */ {statement}".encode()
    return Queries(texts)
