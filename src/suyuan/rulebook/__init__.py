"""The packaged rulebook files: one TOML file a book, each entry with its source and whether it is verified."""

from functools import cache
from importlib.resources import files

from suyuan.core.rulebook import Rulebook, parse_rulebook

BOOKS = ("2018.toml", "2026.toml")


@cache
def load_rulebook() -> Rulebook:
    """Return the rulebook of this program; raises RulebookError."""
    folder = files(__package__)
    return parse_rulebook([(folder / name).read_text(encoding="utf-8") for name in BOOKS])
