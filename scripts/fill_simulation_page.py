"""Fill the tables of `docs/explanation/simulation.md` from the simulator and the numbers it reads, so that they cannot drift.

    python scripts/fill_simulation_page.py            # writes the page
    python scripts/fill_simulation_page.py --check    # 1 where the page differs, or a number of the simulator is in no table

A row whose second cell is a constant of suyuan_sim (`breaches.RATES.missing_pack`) gets its value; one whose second cell is
a table of suyuan.numbers (`nev_parc_mps.csv`) gets the count of its rows by confidence; one that names a row of
simulator_defaults.csv gets its value and confidence. Words beside them are written by hand.
"""

import ast
import re
import sys
from collections import Counter
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from suyuan.numbers import read_default, read_table

PAGE = Path(__file__).parents[1] / "docs" / "explanation" / "simulation.md"
SOURCES = Path(__file__).parents[1] / "src" / "suyuan_sim"
MODULES = (
    "calibration",
    "breaches",
    "firms",
    "production",
    "use",
    "end",
    "plant",
    "others",
    "ledger",
    "labels",
    "write",
)
LATER, YEAR_MIN = 9999, 1900
# Numbers that say how the program works, not what the nation is like.
TECHNICAL = frozenset(
    {
        *("calibration.FIRST_YEAR", "calibration.SCALE_YEARS", "production.LIVES_PER_BLOCK", "production.YEAR_DAYS"),
        *("ledger._IN_TIME_DAYS", "ledger._CODE_LENGTH", "ledger._LENGTHS", "ledger._SERIAL", "others._QUARTER"),
        *("production.NEVER", "production.SERIALS_PER_BLOCK", "production.SERIAL_MAX", "ledger._FIRST_TO_LATER"),
        *(
            "others.SCRAP_G_MIN",
            "write.ROWS_PER_FILE",
            "write.FILES_PER_DAY_MAX",
            "write._KEY",
            "write._JSON",
            "plant._SALT",
        ),
    }
)
CONSTANT = re.compile(r"`([a-z]+)\.(_?[A-Z0-9_]+)((?:\.[a-z0-9_]+)?)`")
TABLE = re.compile(r"`([a-z0-9_]+)\.csv`")
DEFAULT = re.compile(r"`simulator_defaults`: (.+), (.+)")


def fill(text: str) -> str:
    """Return the page with every value that the program knows."""
    return "".join(_fill_line(line) if line.startswith("|") else line for line in text.splitlines(keepends=True))


def list_undescribed(text: str) -> list[str]:
    """Return the constants of the simulator with a number in them that stand in no table of the page."""
    described = {f"{module}.{name}" for module, name, _ in CONSTANT.findall(text)}
    return [name for name in list_constants() if name not in described | TECHNICAL]


def list_constants() -> Iterator[str]:
    """Yield the names of the module-level constants that hold a number."""
    for module in MODULES:
        loaded = import_module(f"suyuan_sim.{module}")
        for node in ast.parse((SOURCES / f"{module}.py").read_text(encoding="utf-8")).body:
            targets = node.targets if isinstance(node, ast.Assign) else []
            targets = [node.target] if isinstance(node, ast.AnnAssign) else targets
            for target in targets:
                for name in target.elts if isinstance(target, ast.Tuple) else [target]:
                    if isinstance(name, ast.Name) and name.id.isupper() and _holds_number(getattr(loaded, name.id)):
                        yield f"{module}.{name.id}"


def render(value: object) -> str:
    """Return a value as the page writes it."""
    if isinstance(value, dict):
        return ", ".join(f"{name} {render(one)}" for name, one in value.items())
    if isinstance(value, tuple):
        pairs = all(isinstance(one, tuple) and len(one) == len("ab") for one in value)
        if pairs and all(isinstance(first, int) and first > YEAR_MIN for first, _ in value):
            return "; ".join(f"{'later' if year == LATER else f'to {year}'} {render(one)}" for year, one in value)
        return ", ".join(f"{one[0]} {render(one[1])}" for one in value) if pairs else " / ".join(map(render, value))
    return f"{value:g}" if isinstance(value, float) else str(value)


def _holds_number(value: object) -> bool:
    if isinstance(value, dict):
        return any(map(_holds_number, value.values()))
    if isinstance(value, tuple):
        return any(map(_holds_number, value))
    return isinstance(value, int | float) and not isinstance(value, bool)


def _fill_line(line: str) -> str:
    cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
    if len(cells) < len("abc"):
        return line
    if found := CONSTANT.fullmatch(cells[1]):
        value = getattr(import_module(f"suyuan_sim.{found[1]}"), found[2])
        cells[2] = render(value[found[3][1:]] if found[3] else value)
    elif found := TABLE.fullmatch(cells[1]):
        cells[2] = count_confidence(found[1])
    elif found := DEFAULT.fullmatch(cells[1]):
        row = read_default(found[1], found[2])
        cells[2], cells[-1] = row["value"].replace(";", " / "), row["confidence"]
    else:
        return line
    return f"| {' | '.join(cells)} |\n"


def count_confidence(table: str) -> str:
    """Return how many rows of a table there are of each confidence; the tables without that column say so."""
    rows = read_table(table)
    column = next((name for name in rows[0] if name.startswith("confidence")), None)
    if column is None:
        return f"{len(rows)} rows"
    counts = Counter(re.split(r"[ ;,(]", row[column])[0] or "not said" for row in rows)
    return ", ".join(f"{count} {word}" for word, count in sorted(counts.items()))


def main() -> int:
    """Fill the page, or say whether it is full."""
    text = PAGE.read_text(encoding="utf-8")
    undescribed = list_undescribed(text)
    for name in undescribed:
        sys.stderr.write(
            f"{name} of suyuan_sim stands in no table of {PAGE.name}: give it a row, or name it in TECHNICAL.\n"
        )
    if "--check" not in sys.argv:
        PAGE.write_text(fill(text), encoding="utf-8")
    elif fill(text) != text:
        sys.stderr.write(f"{PAGE.name} is behind the program: run python scripts/fill_simulation_page.py\n")
        return 1
    return 1 if undescribed else 0


if __name__ == "__main__":
    raise SystemExit(main())
