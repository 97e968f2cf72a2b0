"""The packaged rulebook and calendar: one TOML file a book, one table of days, each entry with its source."""

from functools import cache
from importlib.resources import files

from suyuan.core.procedure import Procedure, parse_procedure
from suyuan.core.rulebook import Rulebook
from suyuan.core.rulebook_file import CALENDAR_FILE, parse_rulebook

BOOKS = ("2018.toml", "2026.toml")


@cache
def load_rulebook() -> Rulebook:
    """Return the rulebook of this program with its calendar; raises RulebookError, CalendarError."""
    return parse_rulebook({**packaged_texts(), CALENDAR_FILE: packaged_calendar()})


@cache
def packaged_texts() -> dict[str, str]:
    """Return the text of each packaged book by the name of its file."""
    return {name: _read(name) for name in BOOKS}


@cache
def packaged_calendar() -> str:
    """Return the text of the packaged calendar."""
    return _read(CALENDAR_FILE)


@cache
def load_procedure() -> Procedure:
    """Return what general law says about the course of a penalty; documents state it."""
    return parse_procedure(_read("procedure.toml"))


def _read(name: str) -> str:
    return (files(__package__) / name).read_text(encoding="utf-8")
