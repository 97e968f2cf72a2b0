"""The part of the register that the fold of a bundle's timelines can read, and no more: it is not the nation's."""

from collections.abc import Iterable, Iterator
from typing import Any

from suyuan.bundle.content import RegisterPart
from suyuan.core.battery_code import LENGTHS as BATTERY_CODE_LENGTHS
from suyuan.core.identifiers import IdentifierError, Uscc
from suyuan.core.registry import Register, Registry

USCC_LENGTH = 18
DECLARANT = slice(4, 4 + USCC_LENGTH)  # TMP-<USCC>-… and LOT-<USCC>-…


def extract_register(registry: Registry, *, said: Iterable[Any]) -> RegisterPart:
    """Return the entries of everybody whom these values name, and of whoever owns a manufacturer code in them."""
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
        registry.version,
        tuple(entry for uscc in sorted(usccs) for entry in registry.entries_of(uscc)),
        Register(
            sites=tuple(one for one in whole.sites if one.uscc in usccs),
            licences=tuple(sorted(one for one in whole.licences if one.uscc in usccs)),
            filings=tuple(sorted(one for one in whole.filings if one.uscc in usccs or one.manufacturer_code in codes)),
            models=tuple(one for one in whole.models if one.uscc in usccs),
            outlets=tuple(one for one in whole.outlets if one.producer in usccs or one.operator in usccs),
            agencies=tuple(one for one in whole.agencies if one.agent in usccs and one.principal in usccs),
        ),
    )


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
