"""Lists page by page, as one reader may see them: the operator all, a participant what it has a part in."""

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

import msgspec

from suyuan.app.context import Context, UseCaseError
from suyuan.app.describe import describe_duty, describe_finding
from suyuan.core.finding import Finding
from suyuan.store.browse import (
    BEFORE_ALL_DUTIES,
    BEFORE_ALL_FINDINGS,
    DutyKey,
    FindingKey,
    find_parts,
    page_duties,
    page_findings,
)

CANDIDATES_PER_QUERY = 1_000
CANDIDATES_MAX = 20_000  # of others' findings looked through for one page: an answer in a quarter of a second

Key = TypeVar("Key", FindingKey, DutyKey)


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list; `following` is the cursor of the next one, None behind the last.

    A page may hold fewer entries than were asked for, even none, and still be followed by another.
    """

    entries: list[dict[str, Any]]
    following: str | None


class CursorError(UseCaseError):
    """A cursor that no page ever gave."""


def browse_findings(
    context: Context,
    *,
    reader: str | None,
    limit: int,
    cursor: str | None = None,
    rule: str | None = None,
    weight: str | None = None,
    subject: str | None = None,
    party: str | None = None,
) -> Page:
    """Return a page of findings that pass all filters; for a participant (`reader`) those that concern it.

    A finding concerns whom it is held against, and whoever has a part in its subject or in one it is about.
    Raises CursorError.
    """
    after = read_cursor(cursor, kind=FindingKey) if cursor else BEFORE_ALL_FINDINGS
    shown: list[dict[str, Any]] = []
    looked_at = 0
    filters = {"rule": rule, "weight": weight, "subject": subject, "party": party}
    while looked_at < CANDIDATES_MAX:
        asked = limit + 1 - len(shown) if reader is None else CANDIDATES_PER_QUERY
        rows = page_findings(context.connection, after=after, limit=asked, **filters)
        is_visible = _sight(context, reader, [finding for _, finding in rows])
        for key, finding in rows:
            if is_visible(finding):
                if len(shown) == limit:
                    return Page(shown, write_cursor(after))
                shown.append(describe_finding(finding, rulebook=context.rulebook))
            after = key
        if len(rows) < asked:
            return Page(shown, None)
        looked_at += len(rows)
    return Page(shown, write_cursor(after))


def _sight(context: Context, reader: str | None, findings: list[Finding]) -> Callable[[Finding], bool]:
    """Return what tells which of these findings a reader may see."""
    if reader is None:
        return lambda _finding: True
    subjects = {subject for finding in findings for subject in (finding.subject, *finding.about)}
    parts = find_parts(context.connection, uscc=reader, subjects=subjects)
    return lambda finding: finding.party == reader or not parts.isdisjoint((finding.subject, *finding.about))


def browse_duties(
    context: Context,
    *,
    reader: str | None,
    limit: int,
    cursor: str | None = None,
    participant: str | None = None,
    overdue_on: date | None = None,
    as_of: date | None = None,
) -> Page:
    """Return a page of duties, open before settled, the first due first; a participant (`reader`) sees its own.

    Days left and groups are told for `as_of`, today where none is given. Raises CursorError.
    """
    after = read_cursor(cursor, kind=DutyKey) if cursor else BEFORE_ALL_DUTIES
    if reader is not None and participant not in (None, reader):
        return Page([], None)
    party = participant if reader is None else reader
    rows = page_duties(context.connection, after=after, limit=limit + 1, party=party, overdue_on=overdue_on)
    following = write_cursor(rows[limit - 1][0]) if len(rows) > limit else None
    on, calendar = as_of or context.today(), context.rulebook.calendar
    return Page([describe_duty(duty, on=on, calendar=calendar) for _, duty in rows[:limit]], following)


def write_cursor(key: tuple[Any, ...]) -> str:
    """Return the key of the last entry of a page as a cursor."""
    return base64.urlsafe_b64encode(msgspec.json.encode(key)).rstrip(b"=").decode()


def read_cursor(cursor: str, *, kind: Any) -> Any:  # noqa: ANN401 - a tuple of the shape `kind`
    """Return the key that a cursor holds; raises CursorError."""
    key = _decode_cursor(cursor, kind)
    # PostgreSQL's text cannot hold NUL.
    if key is None or any("\x00" in part for part in key if isinstance(part, str)):
        raise CursorError(
            "This cursor belongs to no page of this list. Begin again without it.",
            message_zh="游标无效，不属于本清单的任何一页。请去掉游标从头查询。",
        )
    return key


def _decode_cursor(cursor: str, kind: Any) -> Any:  # noqa: ANN401
    try:
        return msgspec.json.decode(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)), type=kind)
    except (ValueError, binascii.Error, msgspec.DecodeError):
        return None
