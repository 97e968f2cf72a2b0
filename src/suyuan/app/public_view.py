"""What anybody may know of a battery: what it is, who made it and when, how it stands; nobody's person, no vehicle.

Decided here and nowhere else: of the holder its role and province, of the vehicle the last characters of its number, of
movements and findings only whether the chain is whole.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from suyuan.app.context import Context, UseCaseError
from suyuan.app.trace import trace
from suyuan.core.catalogue import KIND_BY_NAME
from suyuan.core.identifiers import BatteryCode, IdentifierError, TemporaryCode, normalise_text

VIN_CHARACTERS_SHOWN = 4  # enough to compare with the car at hand, too few to find one
_VIN_LENGTH = 17
BIRTH_KINDS = frozenset(kind.name for kind in KIND_BY_NAME.values() if kind.births) - {"lot_declared"}


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Who has it, without a name: roles (empty if unregistered or unknown), division code, whether an unnamed owner."""

    roles: tuple[str, ...]
    division: str | None
    is_owner: bool


@dataclass(frozen=True, slots=True)
class Birth:
    """How it came into the record: the kind of report, the day, and who reported it."""

    kind: str
    on: date
    enterprise: str | None
    division: str | None


@dataclass(frozen=True, slots=True)
class PublicBattery:
    """The public page of one battery; `faults` say in keys why the chain is not whole."""

    code: str
    identity: dict[str, Any]
    birth: Birth | None
    status: str
    is_used: bool
    whereabouts: Whereabouts | None
    masked_vin: str | None
    parent: str | None
    parents: tuple[str, ...]
    product: str | None
    is_chain_whole: bool
    faults: tuple[str, ...]
    is_pending: bool


class NoCodeError(UseCaseError):
    """A text that no battery can bear as its code."""


def parse_public_code(text: str) -> str:
    """Return the battery or temporary code that a person typed, blanks within it dropped. Raises NoCodeError."""
    normal = "".join(normalise_text(text).split())
    try:
        return str(TemporaryCode.parse(normal) if normal.startswith("TMP-") else BatteryCode.parse(normal))
    except IdentifierError as error:
        # The words are meant for who reports; here somebody looks a battery up.
        message, message_zh = (
            error.message.replace("send it again", "type it again"),
            error.message_zh.replace("报送", "输入"),
        )
        raise NoCodeError(message, message_zh=message_zh) from None


def view_battery(context: Context, code: str) -> PublicBattery | None:
    """Return what the public may know of a parsed code; None if nothing was ever reported of it."""
    told = trace(context, code)
    state = told["state"]
    if not told["events"] and state["status"] == "unknown" and state["parent"] is None:
        return None
    is_installed = state["status"] == "installed"
    return PublicBattery(
        code=code,
        identity=told["identity"],
        birth=_find_birth(context, code, told["events"]),
        status=state["status"],
        is_used=bool(state.get("is_used")),
        whereabouts=_find_whereabouts(context, state),
        masked_vin=mask_vin(state["vehicle"]) if is_installed and state["vehicle"] else None,
        parent=state["parent"],
        parents=tuple(state["parents"]),
        product=state.get("product"),
        is_chain_whole=state["chain_whole"],
        faults=tuple(_faults(told)),
        is_pending=told["is_pending"],
    )


def mask_vin(vin: str) -> str:
    """Return a VIN with all but its last characters covered."""
    return "•" * (_VIN_LENGTH - VIN_CHARACTERS_SHOWN) + vin[-VIN_CHARACTERS_SHOWN:]


def _find_birth(context: Context, code: str, events: list[dict[str, Any]]) -> Birth | None:
    """Return the earliest birth that stands; a cell without a report of its own is born with its pack."""
    births = [
        event for event in events if event["kind"] in BIRTH_KINDS and not event["withdrawn"] and _bears(event, code)
    ]
    if not births:
        return None
    event = births[0]
    on = date.fromisoformat(event["content"].get("produced_on") or event["occurred_at"][:10])
    entry = context.read_registry().find(event["reporter"], on=on)
    return Birth(event["kind"], on, entry.name if entry else None, entry.division if entry else None)


def _bears(event: dict[str, Any], code: str) -> bool:
    """Tell whether an event is the birth of this very battery: in another role it only names it."""
    roles = set(event["role"].split("+"))
    is_inherited = event.get("inherited_from") not in (None, code)
    return is_inherited or not roles.isdisjoint(("born", "declared", "born_bound", "product"))


def _find_whereabouts(context: Context, state: dict[str, Any]) -> Whereabouts | None:
    holder = state["holder"]
    if holder is None:
        is_owner = state.get("holding") == "owner" or state["vehicle"] is not None
        return Whereabouts((), None, is_owner=True) if is_owner else None
    entry = context.read_registry().find(holder, on=context.today())
    if entry is None:
        return Whereabouts((), None, is_owner=False)
    return Whereabouts(tuple(sorted(entry.roles)), entry.division, is_owner=False)


def _faults(told: dict[str, Any]) -> list[str]:
    """Return why the chain is not whole, as keys."""
    state = told["state"]
    if state["chain_whole"]:
        return []
    faults = []
    if not state.get("born_on"):
        faults.append("birth_unreported")
    if state["status"] == "unknown":
        faults.append("place_unknown")
    if any(finding["weight"] == "violation" for finding in told["findings"]):
        faults.append("under_examination")
    return faults or ["incomplete"]
