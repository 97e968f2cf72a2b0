"""What codes and vehicle numbers say by themselves, and the rules of identity that read nothing else: recomputed by plain loops.

Written from the pages on codes and rules alone; positions and letters are written down here once more.
"""

from collections.abc import Iterator
from datetime import date

from tests.reference.battery import Seen, World
from tests.reference.timeline import Told, codes_in

LETTERS = "123456789ABCDEFGHJKLMNPRSTVWXY"  # 9 is 2019, A is 2020; for a month and a day the number it stands at
VIN_WORTH = dict(zip("ABCDEFGHJKLMNPRSTUVWXYZ", [1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 7, 9, 2, 3, 4, 5, 6, 7, 8, 9],
                     strict=True)) | {str(digit): digit for digit in range(10)}  # fmt: skip
VIN_FACTORS = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2]
FIRST_RULES = date(2018, 8, 1)
BORN = ("born", "born_bound", "product")


def is_real(code: str) -> bool:
    """Tell whether a code is one of the standard, neither temporary nor of a lot."""
    return not code.startswith(("TMP-", "LOT-"))


def is_product(code: str) -> bool:
    """Tell whether a code is that of a reuse product."""
    return is_real(code) and len(code) in (19, 26) and code[-2] == "R" and code[-1] in "PMC"


def dated(code: str) -> date:
    """Return the day of production that a code carries."""
    three = code[7:10] if len(code) == 19 else code[14:17]
    day = 31 if three[2] == "0" else LETTERS.index(three[2]) + 1
    return date(2011 + LETTERS.index(three[0]), LETTERS.index(three[1]) + 1, day)


def find_in_codes(code: str, *, life: list[Told], world: World) -> Iterator[Seen]:
    """Find what one battery's reports, in their order, say against its code, its maker's filings and its parts."""
    if not is_real(code):
        return
    for number, told in enumerate(life):
        births = [role for role in told.roles if role in BORN]
        if number == 0 and not births and not world.registry.owners_of(code[:3]):
            yield Seen("unknown_issuer", "notice", code, told.key, told.on, None)
        if told.kind in ("battery_produced", "battery_imported") and "born" in told.roles:
            yield from _compare_dates(code, told, world)
    first = next((told for told in life if {"born", "born_bound"} & set(told.roles)), None)
    if first is not None and not is_product(code):
        filed = [one for one in world.registry.register.filings if one.manufacturer_code == code[:3]]
        if filed and not any(one.specification_code == code[5:7] and one.filed_on <= first.on for one in filed):
            yield Seen("specification_not_filed", "notice", code, first.key, first.on, first.by)
    for told in life:
        if "product" in told.roles and not told.raw["parent_codes"]:
            yield Seen("reuse_code_without_parent", "violation", code, told.key, told.on, told.by)
    if is_unborn_pack(code, life) and dated(code) < FIRST_RULES:
        yield Seen("code_seen_before_birth", "notice", code, life[0].key, life[0].on, find_maker(code, world))


def is_unborn_pack(code: str, life: list[Told]) -> bool:
    """Tell whether the first that is heard of a pack is no birth."""
    return is_real(code) and not is_product(code) and code[3] == "P" and not set(BORN) & set(life[0].roles)


def find_maker(code: str, world: World) -> str | None:
    """Return the owner of a code's maker, nobody where there is none."""
    owners = world.registry.owners_of(code[:3])
    return owners[0] if owners else None


def _compare_dates(code: str, told: Told, world: World) -> Iterator[Seen]:
    made_on = date.fromisoformat(told.raw["produced_on"])
    apart = abs((made_on - dated(code)).days)
    if apart:
        tolerated = world.rulebook.book_of(told.on).thresholds["code_date_difference_days"].value
        weight = "notice" if apart <= tolerated else "lead"
        yield Seen("code_date_contradicts_production_date", weight, code, told.key, told.on, told.by)
    parts = [*codes_in(told.raw.get("modules")), *told.raw.get("cells", ())]
    parts += [cell for module in told.raw.get("modules", ()) for cell in module["cells"]]
    if any(dated(part) > made_on for part in parts if is_real(part)):
        yield Seen("child_younger_than_assembly", "notice", code, told.key, told.on, told.by)


def find_in_vin(vin: str, *, life: list[Told]) -> Iterator[Seen]:
    """Find a Chinese vehicle number whose ninth place does not fit, at the first report that names it."""
    worth = sum(VIN_WORTH[sign] * factor for sign, factor in zip(vin, VIN_FACTORS, strict=True)) % 11
    if vin[0] in "LH" and vin[8] != ("X" if worth == 10 else str(worth)):
        yield Seen("vehicle_check_digit_wrong", "notice", vin, life[0].key, life[0].on, life[0].by)


def find_rings(lives: dict[str, list[Told]]) -> list[Seen]:
    """Find products whose parent was made later, on the same day of each other, or is the product itself."""
    makings = {code: [told for told in life if "product" in told.roles] for code, life in lives.items()}
    first = {code: min(made, key=lambda one: (one.on, one.key)) for code, made in makings.items() if made}
    found = {}
    for parent, made in first.items():
        for product, other in first.items():
            if parent not in other.raw["parent_codes"]:
                continue
            of_each_other = product in made.raw["parent_codes"] and made.on == other.on and parent <= product
            if made.on > other.on or of_each_other:
                party = made.by if made.by == other.by else None
                found[parent, made.key] = Seen("parents_in_a_ring", "violation", parent, made.key, made.on, party)
    return list(found.values())
