"""The part of the register that the fold of a bundle's timelines can read, and no more: it is not the nation's."""

from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

from suyuan.bundle.content import RegisterPart, encode_member
from suyuan.core.battery_code import LENGTHS as BATTERY_CODE_LENGTHS
from suyuan.core.case import Case
from suyuan.core.identifiers import IdentifierError, Uscc
from suyuan.core.registry import Entry, Register, Registry

AnyEntry = TypeVar("AnyEntry", bound=Entry)
USCC_LENGTH = 18
DECLARANT = slice(4, 4 + USCC_LENGTH)  # TMP-<USCC>-… and LOT-<USCC>-…


def extract_register(registry: Registry, *, said: Iterable[Any], case: Case | None) -> RegisterPart:
    """Return the entries of everybody whom these values name, of whoever owns a manufacturer code in them, and of a case."""
    authorities = {case.authority} if case is not None else set()
    officers = {one for act in case.acts for one in (act.officer, act.second_officer)} if case is not None else set()
    usccs: set[str] = set()
    codes: set[str] = set()
    for text in _texts_in(said):
        if len(text) == USCC_LENGTH and _is_uscc(text):
            usccs.add(text)
        elif text.startswith(("TMP-", "LOT-")):
            usccs.add(text[DECLARANT])
        elif len(text) in BATTERY_CODE_LENGTHS:
            codes.add(text[:3])
    for code in codes:
        usccs.update(registry.owners_of(code))
    whole = registry.register
    return RegisterPart(
        tuple(entry for uscc in sorted(usccs) for entry in registry.entries_of(uscc)),
        Register(
            sites=_sort(one for one in whole.sites if one.uscc in usccs),
            licences=_sort(one for one in whole.licences if one.uscc in usccs),
            filings=_sort(one for one in whole.filings if one.uscc in usccs or one.manufacturer_code in codes),
            models=_sort(one for one in whole.models if one.uscc in usccs),
            outlets=_sort(one for one in whole.outlets if one.producer in usccs or one.operator in usccs),
            agencies=_sort(one for one in whole.agencies if one.agent in usccs and one.principal in usccs),
            authorities=_sort(one for one in whole.authorities if one.authority in authorities),
            officers=_sort(one for one in whole.officers if one.officer in officers),
        ),
    )


def _sort(entries: Iterable[AnyEntry]) -> tuple[AnyEntry, ...]:
    """Return entries in the order of their JSON texts: an order needs one that is told whatever is absent."""
    return tuple(sorted(entries, key=encode_member))


def _texts_in(value: Any) -> Iterator[str]:  # noqa: ANN401 - JSON-like
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from _texts_in(part)
    elif isinstance(value, Iterable):
        for part in value:
            yield from _texts_in(part)


def _is_uscc(text: str) -> bool:
    try:
        Uscc.parse(text)
    except IdentifierError:
        return False
    return True
