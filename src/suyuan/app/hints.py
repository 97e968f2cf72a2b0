"""Hints for people: with no check digit a typing error is a neighbour's pack. Never part of a verdict."""

from collections.abc import Iterable

from suyuan.app.context import Context
from suyuan.core.identifiers import BatteryCode, IdentifierError, neighbours
from suyuan.store.read import read_states


def find_known_neighbours(context: Context, code: str, *, among: Iterable[str] | None = None) -> list[str]:
    """Return the codes one character away that are known (or stand in `among`); empty for what is no coded battery."""
    try:
        near = {str(neighbour) for neighbour in neighbours(BatteryCode.parse(code))}
    except IdentifierError:
        return []
    if among is not None:
        return sorted(near.intersection(among))
    return sorted(read_states(context.connection, near))
