"""Coverage: how many of the live packs have a whole chain, by division or by responsible producer."""

from collections.abc import Callable
from typing import Any, Literal

from suyuan.app.context import Context
from suyuan.core.contribution import Tally
from suyuan.core.division import division_name
from suyuan.core.identifiers import DivisionCodeError
from suyuan.store.sums import read_tallies

CoverageBy = Literal["division", "producer"]


def read_coverage(context: Context, *, by: CoverageBy, producer: str | None = None) -> dict[str, Any]:
    """Return live and whole packs with their share, row by row and in total; with `producer` of its packs alone.

    A division is that of the pack's last known place; what is unknown stands under null. No live pack, no share (null).
    """
    key: Callable[[Tally], str] = (lambda tally: tally.place) if by == "division" else (lambda tally: tally.party)
    rows: dict[str, dict[str, int]] = {}
    for one in read_tallies(context.connection, name="coverage", party=producer):
        counts = rows.setdefault(key(one.tally), {"live": 0, "whole": 0})
        counts["live"] += one.count
        counts["whole"] += one.count if one.tally.status == "whole" else 0
    name = name_division if by == "division" else name_participant(context)
    total = {count: sum(row[count] for row in rows.values()) for count in ("live", "whole")}
    return {
        "coverage": [
            {by: key or None, "name": name(key), **counts, "share": share_of(**counts)}
            for key, counts in sorted(rows.items())
        ],
        "total": {**total, "share": share_of(**total)},
    }


def share_of(*, live: int, whole: int) -> float | None:
    """Return the share of whole packs to four decimals, None where none is live."""
    return round(whole / live, 4) if live else None


def name_division(code: str) -> str | None:
    """Return the Chinese name of a division, None for an unknown one."""
    try:
        return division_name(code, lang="zh") if code else None
    except DivisionCodeError:
        return None


def name_participant(context: Context) -> Callable[[str], str | None]:
    """Return what names participants as they are registered today."""
    registry, today = context.read_registry(), context.today()

    def name(uscc: str) -> str | None:
        entry = registry.find(uscc, on=today) if uscc else None
        return entry.name if entry else None

    return name
