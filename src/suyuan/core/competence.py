"""Who may act: the authority of the place and the line, through its officers of the day."""

from datetime import date

import msgspec

from suyuan.core.registry import NATION, Authority, Officer, Registry


class Desk(msgspec.Struct, frozen=True):
    """An officer at work: for one authority, on one day."""

    officer: Officer
    authority: Authority


def find_desk(registry: Registry, officer: str, *, on: date) -> Desk | None:
    """Return the officer with the authority it acts for on a day, None if it acts for none that day."""
    entry = registry.find_officer(officer, on=on)
    authority = registry.find_authority(entry.authority, on=on) if entry is not None else None
    return Desk(entry, authority) if entry is not None and authority is not None else None


def is_competent(authority: Authority, *, line: str, place: str | None) -> bool:
    """Tell whether an authority is competent for a line at a place; what has no known place is the nation's."""
    if place is None:
        return authority.line == line and authority.division == NATION
    return authority.line == line and authority.covers(place)
