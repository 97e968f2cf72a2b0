"""What an officer may take into a case: leads and violations of its line and place that no case keeps."""

from collections.abc import Iterator
from typing import Any

import msgspec

from suyuan.app.browse import CANDIDATES_MAX, CANDIDATES_PER_QUERY, Page, read_cursor, write_cursor
from suyuan.app.context import Context, UseCaseError
from suyuan.app.describe import describe_finding
from suyuan.app.officer import is_in_scope, place_key, places_of
from suyuan.core.competence import Desk
from suyuan.core.finding import Finding
from suyuan.store.browse import BEFORE_ALL_FINDINGS, FindingKey, page_findings
from suyuan.store.cases import find_cases_of_findings

FINDINGS_PER_CASE_MAX = 200


class FindingFilter(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which findings are meant; what is None lets everything through. `subject` is a bare code or VIN."""

    party: str | None = None
    rule: str | None = None
    subject: str | None = None
    report_id: str | None = None


class Candidate(msgspec.Struct, frozen=True):
    """A finding that an officer may take into a case, and where it stands."""

    finding: Finding
    place: str | None


def browse_candidates(
    context: Context, desk: Desk, meant: FindingFilter, *, limit: int, cursor: str | None = None
) -> Page:
    """Return a page of what an officer may take into a case. Raises CursorError."""
    after = read_cursor(cursor, kind=FindingKey) if cursor else BEFORE_ALL_FINDINGS
    shown: list[dict[str, Any]] = []
    looked_at = 0
    for rows in _look_through(context, desk, meant, after):
        for key, candidate in rows:
            if candidate is not None:
                if len(shown) == limit:
                    return Page(shown, write_cursor(after))
                shown.append(
                    {**describe_finding(candidate.finding, rulebook=context.rulebook), "place": candidate.place}
                )
            after = key
        looked_at += len(rows)
        if looked_at >= CANDIDATES_MAX:
            return Page(shown, write_cursor(after))
    return Page(shown, None)


def gather_candidates(context: Context, desk: Desk, meant: FindingFilter) -> list[Candidate]:
    """Return all that is meant and may be taken in. Raises UseCaseError where that is more than a case can hold."""
    taken: list[Candidate] = []
    looked_at = 0
    for rows in _look_through(context, desk, meant, BEFORE_ALL_FINDINGS):
        taken += [candidate for _, candidate in rows if candidate is not None]
        looked_at += len(rows)
        if len(taken) > FINDINGS_PER_CASE_MAX or looked_at >= CANDIDATES_MAX:
            raise UseCaseError(
                f"Too many findings are meant; a case holds at most {FINDINGS_PER_CASE_MAX}. "
                "Name the party, the rule or the subject.",
                message_zh=f"符合条件的问题过多，一案最多 {FINDINGS_PER_CASE_MAX} 项。请指明当事人、规则或主体。",
            )
    return taken


def _look_through(
    context: Context, desk: Desk, meant: FindingFilter, after: FindingKey
) -> Iterator[list[tuple[FindingKey, Candidate | None]]]:
    """Yield the findings that pass the filters, many at a time, each with what the officer may take of it."""
    while True:
        rows = page_findings(
            context.connection,
            after=after,
            limit=CANDIDATES_PER_QUERY,
            rule=meant.rule,
            subject=meant.subject,
            party=meant.party,
        )
        taken = _sift(context, desk, meant, [finding for _, finding in rows])
        yield list(zip((key for key, _ in rows), taken, strict=True))
        if len(rows) < CANDIDATES_PER_QUERY:
            return
        after = rows[-1][0]


def _sift(context: Context, desk: Desk, meant: FindingFilter, found: list[Finding]) -> list[Candidate | None]:
    """Return for each finding what the officer may take in, None for what it may not."""
    places = places_of(context, found)
    held = find_cases_of_findings(context.connection, {one.subject for one in found})
    sifted: list[Candidate | None] = []
    for one in found:
        place = places[place_key(one)]
        is_meant = one.weight != "notice" and meant.report_id in (None, one.report_id)
        cases = held.get((one.subject, one.rule, one.reporter, one.report_id), ())
        is_free = not any(keeps for _, keeps in cases)
        may_take = is_meant and is_free and is_in_scope(desk, one, place=place)
        sifted.append(Candidate(one, place) if may_take else None)
    return sifted
