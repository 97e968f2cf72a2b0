"""What went into a recovery (再生利用): the goods fed, as they themselves tell, and the most metal they can hold.

A recovery is a subject of its own, `lot:<USCC>:<report id>`. Every battery and lot fed to it tells it the fact
`fed_goods`, from its own events alone: chemistry, energy, mass, and whether its birth is known.
"""

from datetime import date
from typing import Any

import msgspec

from suyuan.core.battery_state import BatteryState
from suyuan.core.composition import METALS, Goods, chemistries_of, most_metals, most_metals_of_material
from suyuan.core.event import Event, Fact, Facts
from suyuan.core.identifiers import BatteryCode
from suyuan.core.lot import LotState
from suyuan.core.rulebook import Rulebook

PERCENT = 100
LOOSE_CONTENTS = frozenset({"loose_cells", "loose_modules"})  # other lots are scrap: electrodes, trimmings, a mixture


class Feed(msgspec.Struct, frozen=True):
    """What was fed in one recovery, in grams.

    `goods_g` is the mass of batteries, lots and materials where it is known, `is_mass_known` whether that is all of them.
    `most_g` is the most of each metal that everything fed can hold; where it is 0 the metal cannot have been there.
    """

    goods_g: int
    is_mass_known: bool
    most_g: dict[str, int]


def recovery_subject(reporter: str, report_id: str) -> str:
    """Return the subject of a recovery by the report that names it."""
    return f"lot:{reporter}:{report_id}"


def fed_codes(event: Event) -> list[str]:
    """Return the batteries and lots that a recovery names as fed."""
    return [*event.body.get("battery_codes", ()), *event.body.get("lot_codes", ())]


def read_feed(event: Event, facts: Facts, *, rulebook: Rulebook) -> Feed:
    """Return what a recovery's report and its goods together say of the feed.

    Goods of unknown mass may be all of the claimed input; what is claimed beyond known masses and tolerance may be anything.
    """
    on = event.occurred_on
    goods = [
        goods_of(code, facts.from_source("fed_goods", code) or {}, rulebook=rulebook, on=on)
        for code in fed_codes(event)
    ]
    inputs = event.body.get("inputs", ())
    known_g = sum(one.mass_g or 0 for one in goods) + sum(one["mass_g"] for one in inputs)
    is_mass_known = all(one.mass_g is not None for one in goods)
    claimed_g = event.body["input_mass_g"]
    if not is_mass_known:
        goods.append(Goods(mass_g=claimed_g, is_scrap=True))
    elif exceeds(claimed_g, known_g, percent=rulebook.threshold("feed_mass_tolerance_percent", on=on)):
        goods.append(Goods(mass_g=claimed_g - known_g, is_scrap=True))
    bounds = [*map(most_metals, goods), *map(most_metals_of_material, inputs)]
    return Feed(known_g, is_mass_known, {metal: sum(most[metal] for most in bounds) for metal in METALS})


def exceeds(amount_g: int, limit_g: int, *, percent: int) -> bool:
    """Tell whether an amount is above a limit by more than a tolerance in percent of the limit."""
    return amount_g * PERCENT > limit_g * (PERCENT + percent)


# -- what goods tell of themselves ---------------------------------------------------------------------------------


def goods_of(code: str, told: dict[str, Any], *, rulebook: Rulebook, on: date) -> Goods:
    """Return what is known of fed goods from their code and what they tell; of an unknown birth everything is possible.

    The rated energy of a reuse product says little of the metal in it, so that its mass counts alone.
    """
    chemistry, mass_g = told.get("chemistry"), told.get("mass_g")
    bare_percent = rulebook.threshold("bare_cell_metal_percent", on=on)
    if code.startswith("LOT-"):
        named = chemistries_of(chemistry, allowed=())
        is_scrap = told.get("content") not in LOOSE_CONTENTS
        return Goods(named, chemistry, None, mass_g, bare_percent, is_scrap)
    parsed = None if code.startswith("TMP-") else BatteryCode(code)
    letter = parsed.battery_type if parsed is not None and told.get("is_born") else None
    entry = rulebook.battery_types(on=on).get(letter) if letter else None
    named = chemistries_of(chemistry, allowed=entry.chemistries if entry is not None else ())
    is_pack = parsed is not None and parsed.level_letter == "P" and not told.get("is_apart")
    is_product = parsed is not None and parsed.is_reuse_product
    energy_wh = None if is_product else told.get("energy_wh")
    return Goods(named, chemistry, energy_wh, mass_g, PERCENT if is_pack else bare_percent)


def goods_of_battery(state: BatteryState) -> dict[str, Any]:
    """Return what a battery tells of itself as feed, without what it does not know; taken apart, it weighs what its parts do."""
    told: dict[str, Any] = {"is_born": state.born_on is not None}
    mass_g, dismantling = state.mass_g, state.dismantling
    if dismantling is not None:
        told["is_apart"] = True
        mass_g = dismantling.mass_g or None
    chemistry, energy_wh = state.declared_chemistry, None
    if state.birth is not None:
        chemistry, energy_wh = state.birth.chemistry or chemistry, state.birth.rated_energy_wh
    known = {"mass_g": mass_g, "chemistry": chemistry, "energy_wh": energy_wh}
    return told | {name: value for name, value in known.items() if value is not None}


def goods_of_lot(state: LotState, *, mass_g: int) -> dict[str, Any]:
    """Return what a lot tells of itself as feed; a mass of 0 is unknown, for somebody fed what it was not known to hold."""
    known = {"mass_g": mass_g or None, "chemistry": state.chemistry, "content": state.content}
    return {name: value for name, value in known.items() if value is not None}


def tell_recoveries(subject: str, state: BatteryState | LotState) -> list[Fact]:
    """Return what a battery or lot tells the recoveries it went into."""
    if isinstance(state, LotState):
        return [
            Fact(recovery_subject(*key), subject, "fed_goods", goods_of_lot(state, mass_g=mass_g))
            for *key, mass_g in state.fed_to
        ]
    return [
        Fact(recovery_subject(*key), subject, "fed_goods", goods_of_battery(state))
        for key in dict.fromkeys(state.fed_to)
    ]
