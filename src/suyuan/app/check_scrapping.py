"""Ask before accepting a wreck: which packs must be on it, which are missing, and who had them last. Records nothing."""

from typing import Any

from suyuan.app.context import Context, UseCaseError
from suyuan.app.hints import find_known_neighbours
from suyuan.core.identifiers import BatteryCode, IdentifierError, TemporaryCode, Vin, normalise_text
from suyuan.core.vehicle import is_in_lawful_hands
from suyuan.store.read import read_state, read_states
from suyuan.store.slot import slot_of
from suyuan.store.timeline import read_facts


def check_scrapping(context: Context, vin: str, *, found: str) -> dict[str, Any]:
    """Return expected, found, missing and strange packs of a vehicle; `expected` is null where its production was never reported.

    `found` holds codes separated by blanks. Raises UseCaseError naming every code that cannot be one.
    """
    subject = parse_vin(vin)
    codes = _parse_codes(found)
    written = read_state(context.connection, subject)
    body = written.body if written else {}
    is_swap_vehicle = bool(body.get("is_swap_vehicle"))
    answer: dict[str, Any] = {
        "vin": subject,
        "status": written.status if written else "unknown",
        "is_swap_vehicle": is_swap_vehicle,
    }
    if not body.get("is_born"):
        return {**answer, "expected": None, "found": codes, "missing": [], "strange": [], "last_seen": []}
    expected = list(body.get("expected" if body.get("scrapped_on") else "packs", []))
    known = {*expected, *body.get("removed", [])}  # one that was taken off may be on it again
    accounted = {*codes, *_packs_in_lawful_hands(context, subject)}
    missing = [] if is_swap_vehicle else [code for code in expected if code not in accounted]
    strange = [] if is_swap_vehicle else [code for code in codes if code not in known]
    hints = {code: near for code in strange if (near := find_known_neighbours(context, code, among=missing))}
    return {
        **answer,
        "expected": expected,
        "found": codes,
        "missing": missing,
        "strange": strange,
        "last_seen": _last_seen(context, missing),
        "neighbours": hints,
    }


def parse_vin(vin: str) -> str:
    """Return the VIN that a person typed as a subject. Raises UseCaseError for one that is malformed."""
    try:
        return str(Vin.parse(vin))
    except IdentifierError as error:
        raise UseCaseError(error.message, message_zh=error.message_zh) from None


def _parse_codes(found: str) -> list[str]:
    codes: list[str] = []
    wrong: list[IdentifierError] = []
    for text in found.split():
        try:
            codes.append(
                str(TemporaryCode.parse(text) if normalise_text(text[:4]) == "TMP-" else BatteryCode.parse(text))
            )
        except IdentifierError as error:
            wrong.append(error)
    if wrong:
        raise UseCaseError(" ".join(one.message for one in wrong), message_zh=" ".join(one.message_zh for one in wrong))
    return sorted(set(codes))


def _packs_in_lawful_hands(context: Context, vin: str) -> set[str]:
    """Return the packs of the vehicle that a lawful party already has: its scrapping will not miss them."""
    told = read_facts(context.connection, slot=slot_of(vin), subjects=[vin]).get(vin, [])
    registry = context.read_registry()
    return {
        fact.source
        for fact in told
        if fact.name == "pack_in_hands" and is_in_lawful_hands(fact.body, registry=registry)
    }


def _last_seen(context: Context, missing: list[str]) -> list[dict[str, Any]]:
    """Return who is known to have had each missing pack last; an unnamed owner stays unnamed."""
    states = read_states(context.connection, missing)
    return [
        {
            "battery_code": code,
            "status": states[code].status if code in states else "unknown",
            "last_holder": states[code].holder if code in states else None,
            "place": states[code].body.get("place") if code in states else None,
        }
        for code in missing
    ]
