"""The packaged rulebook files: one TOML file a book, each entry with its source and whether it is verified."""

from functools import cache
from importlib.resources import files

from suyuan.core.procedure import Procedure, parse_procedure
from suyuan.core.rulebook import Rulebook, parse_rulebook

BOOKS = ("2018.toml", "2026.toml")


@cache
def load_rulebook() -> Rulebook:
    """Return the rulebook of this program; raises RulebookError."""
    return parse_rulebook(list(packaged_texts().values()))


@cache
def packaged_texts() -> dict[str, str]:
    """Return the text of each packaged book by the name of its file."""
    folder = files(__package__)
    return {name: (folder / name).read_text(encoding="utf-8") for name in BOOKS}


@cache
def load_procedure() -> Procedure:
    """Return what general law says about the course of a penalty; documents state it."""
    return parse_procedure((files(__package__) / "procedure.toml").read_text(encoding="utf-8"))
