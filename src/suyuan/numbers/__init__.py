"""Numbers about vehicles, batteries, materials, lifetimes and collection in China, each with source and confidence.

Only *found* and *derived* may be shown as verified. What each table holds and where it is from: README.md beside it.
"""

import csv
from functools import cache
from importlib.resources import files
from typing import Final

VERIFIED: Final = frozenset({"found", "derived"})


@cache
def read_table(name: str) -> tuple[dict[str, str], ...]:
    """Return the rows of a table by its file name without `.csv`; a cell is text, empty where the source says nothing."""
    text = files(__name__).joinpath(f"{name}.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))


@cache
def read_default(parameter: str, segment: str) -> dict[str, str]:
    """Return the row of `simulator_defaults` for a parameter and segment; LookupError where there is none."""
    for row in read_table("simulator_defaults"):
        if row["parameter"] == parameter and row["segment"] == segment:
            return row
    raise LookupError(f"simulator_defaults.csv has no row for {parameter!r}, {segment!r}")


def is_verified(confidence: str) -> bool:
    """Return whether a confidence lets a number be shown as verified: it begins with found or derived and doubts nothing."""
    words = confidence.replace("/", " ").replace(";", " ").split()
    return bool(words) and words[0] in VERIFIED and not {"recalled", "assumption"} & set(words)
