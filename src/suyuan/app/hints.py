"""Hints for people: with no check digit a typing error is a neighbour's pack. Never part of a verdict."""

from collections.abc import Iterable
from itertools import islice
from typing import Any

from suyuan.app.context import Context
from suyuan.core.identifiers import BatteryCode, IdentifierError, neighbours
from suyuan.core.report import file_report, restore_report
from suyuan.store.outcomes import read_outcomes
from suyuan.store.read import read_states

HINTED_ROWS_MAX = 1_000  # a dry run of more rows is checked for form, not for typing errors
NEIGHBOURS_LISTED_MAX = 3


def find_known_neighbours(context: Context, code: str, *, among: Iterable[str] | None = None) -> list[str]:
    """Return the codes one character away that are known (or stand in `among`); empty for what is no coded battery."""
    near = _neighbours_of(code)
    return sorted(near.intersection(among)) if among is not None else sorted(read_states(context.connection, near))


def hint_at_neighbours(context: Context, submission_no: int, result: dict[str, Any]) -> None:
    """Add a notice to each row that names an unknown battery while one a character away is known; births are excepted."""
    named: dict[int, set[str]] = {}
    for outcome in islice(read_outcomes(context.connection, submission_no), HINTED_ROWS_MAX):
        if outcome["outcome"] == "accepted":
            report = restore_report(outcome["report"])
            if not report.kind.births and report.kind.name != "report_withdrawn":
                named[outcome["row"]] = {filed.subject for filed in file_report(report)}
    asked = set().union(*named.values()) if named else set()
    unknown = asked - read_states(context.connection, asked).keys()
    near = {code: codes for code in unknown if (codes := _neighbours_of(code))}
    known = read_states(context.connection, set().union(*near.values())) if near else {}
    for row in result["rows"]:
        for code in sorted(named.get(row["row"], set()) & near.keys()):
            found = sorted(near[code] & known.keys())[:NEIGHBOURS_LISTED_MAX]
            if found:
                row["notices"].append(_notice(code, found))


def _neighbours_of(code: str) -> set[str]:
    try:
        return {str(neighbour) for neighbour in neighbours(BatteryCode.parse(code))}
    except IdentifierError:
        return set()


def _notice(code: str, found: list[str]) -> dict[str, str]:
    listed = ", ".join(found)
    return {
        "code": "neighbour_known",
        "field": "battery_code",
        "value": code,
        "message": f'No report has named "{code}" yet, but {listed} is known and differs in one character. Check the label.',
        "message_zh": f"尚无报告提到“{code}”，而平台已有仅差一个字符的 {listed}。请核对标签。",
    }
