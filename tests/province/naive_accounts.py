"""The accounts of enterprises, to the gram, from plain reports: batteries, lots, materials, residue and contained metal."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any

from tests.province.naive_books import Book, Flows, mass_told
from tests.province.naive_lives import Life, birth_of
from tests.province.naive_lots import LotBook, read_lots
from tests.province.naive_metals import (
    METALS,
    Goods,
    estimate,
    least_in_material,
    may_be,
    most_in,
    most_in_material,
    unstated_in,
)
from tests.province.naive_world import Key, Plain, Raw, day_of, key_of

INTO = frozenset(("received", "taken_off", "declared", "counted", "from_dismantling", "retired", "unexplained", "weighed_more", "bought",
                  "recovered", "charged"))  # fmt: skip
OUT = frozenset(("handed_on", "fed", "made_into_product", "taken_apart", "returned_to_use", "lost", "exported", "sold",
                 "gone_unexplained", "weighed_less", "counted_less"))  # fmt: skip
LOOSE = ("loose_cells", "loose_modules")  # whatever else a lot is may be all metal


@dataclass
class Accounts:
    """All flows, the books behind them, and what each recovery was fed with."""

    flows: Flows
    books: dict[str, Book]
    lots: dict[str, LotBook]
    feeds: dict[Key, list[Goods]]


def keep_accounts(plain: Plain, lives: dict[str, Life]) -> Accounts:
    """Return the accounts of everybody."""
    books = {code: Book(life).play() for code, life in lives.items()}
    lots = read_lots(plain)
    kept = Accounts(Flows(), books, lots, {})
    for book in (*books.values(), *lots.values()):
        kept.flows.update(book.flows)
    for raw in plain.kinds("material_recovered"):
        kept.feeds[key_of(raw)] = [*_batteries_fed(plain, raw, kept), *_lots_fed(plain, raw, kept)]
        _post_recovery(plain, raw, kept)
    for code, book in books.items():
        if book.fed and (book.is_born or not book.life.births or code.startswith("TMP-")):
            goods = goods_of(plain, code, book, book.fed[2])
            _charge(kept, goods, book.fed[0], book.fed[1], book.fed[2])
    for raw in plain.kinds("material_received", "material_sold"):
        _trade(raw, kept)
    for raw in plain.kinds("stock_counted"):
        _post(kept, raw, "battery", "count", raw["counted_mass_g"])
    kept.flows = Flows({name: grams for name, grams in kept.flows.items() if grams})
    return kept


def _post(kept: Accounts, raw: Raw, item: str, flow: str, grams: int) -> None:
    kept.flows[raw["reporter"], raw.get("site_id", ""), day_of(raw), item, flow] += grams


def _charge(kept: Accounts, goods: Goods, uscc: str, site: str, on: date) -> None:
    for metal, grams in estimate(goods).items():
        kept.flows[uscc, site, on, f"contained_{metal}", "charged"] += grams


# -- goods ---------------------------------------------------------------------------------------------------------


def goods_of(plain: Plain, code: str, book: Book, on: date) -> Goods:
    """Return what a battery brings to a recovery."""
    letters, birth = plain.chemistries_by_letter(on), birth_of(book.life)
    is_temporary, is_product = code.startswith("TMP-"), birth.get("kind") == "reuse_product_made"
    known = may_be(birth.get("chemistry"), None if is_temporary or not birth else code[4], letters)
    energy = None if is_product else birth.get("rated_energy_wh")
    is_whole_pack = not is_temporary and (code[-1] if len(code) == 19 else code[3]) == "P" and not book.is_opened
    return Goods(known, birth.get("chemistry"), energy, mass_told(book), not is_whole_pack)


def _batteries_fed(plain: Plain, raw: Raw, kept: Accounts) -> list[Goods]:
    return [goods_of(plain, code, kept.books[code], day_of(raw)) for code in raw.get("battery_codes", ())]


def _lots_fed(plain: Plain, raw: Raw, kept: Accounts) -> list[Goods]:
    goods = []
    for code in raw.get("lot_codes", ()):
        lot = kept.lots[code]
        told = lot.declared or {}
        known = may_be(told.get("chemistry"), None, {})
        mass = lot.fed.get(key_of(raw)) or None
        one = Goods(known, told.get("chemistry"), None, mass, is_bare=True, is_scrap=told.get("content") not in LOOSE)
        goods.append(one)
        if mass:
            _charge(kept, one, raw["reporter"], lot.sites.get(raw["reporter"], ""), day_of(raw))
    return goods


# -- process and trade ---------------------------------------------------------------------------------------------


def _post_recovery(plain: Plain, raw: Raw, kept: Accounts) -> None:
    for part in raw.get("inputs", ()):
        _post(kept, raw, part["material"], "fed", part["mass_g"])
        for metal, grams in least_in_material(part).items():
            _post(kept, raw, f"contained_{metal}", "refed", grams)
    for part in raw["outputs"]:
        _post(kept, raw, part["material"], "recovered", part["mass_g"])
        for metal, grams in least_in_material(part).items():
            _post(kept, raw, f"contained_{metal}", "extracted", grams)
        for metal in unstated_in(part):
            _post(kept, raw, f"contained_{metal}", "unstated", part["mass_g"])
    _post(kept, raw, "residue", "recovered", raw["residue_mass_g"])
    if "residue_receiver" in raw:
        _post(kept, raw, "residue", "handed_on", raw["residue_mass_g"])
    for metal in METALS:
        _post(kept, raw, f"contained_{metal}", "charged_at_most", most_fed(plain, raw, kept.feeds[key_of(raw)], metal))


def named_mass(raw: Raw, goods: list[Goods]) -> int:
    """Return the mass of the goods and materials that a recovery names, as far as it is known."""
    return sum(one.mass_g or 0 for one in goods) + sum(part["mass_g"] for part in raw.get("inputs", ()))


def is_beyond(plain: Plain, raw: Raw, goods: list[Goods]) -> bool:
    """Tell whether more was fed than the goods named weigh, beyond the tolerance."""
    tolerance = plain.threshold("feed_mass_tolerance_percent", day_of(raw))
    return raw["input_mass_g"] * 100 > named_mass(raw, goods) * (100 + tolerance)


def most_fed(plain: Plain, raw: Raw, goods: list[Goods], metal: str) -> int:
    """Return the most of a metal that everything fed can hold."""
    bare = plain.threshold("bare_cell_metal_percent", day_of(raw))
    total = sum(most_in_material(part, metal) for part in raw.get("inputs", ()))
    total += sum(most_in(one, metal, bare) for one in goods)
    if any(one.mass_g is None for one in goods):
        return total + raw["input_mass_g"]  # what nobody weighed may be all of it
    return total + (raw["input_mass_g"] - named_mass(raw, goods) if is_beyond(plain, raw, goods) else 0)


def _trade(raw: Raw, kept: Accounts) -> None:
    flow = "bought" if raw["kind"] == "material_received" else "sold"
    _post(kept, raw, raw["material"], flow, raw["mass_g"])
    for metal, grams in least_in_material(raw).items():
        _post(kept, raw, f"contained_{metal}", flow, grams)


# -- reading -------------------------------------------------------------------------------------------------------


def by_month(flows: Flows) -> dict[tuple[str, str, str, str], int]:
    """Return grams by enterprise, month, item and flow."""
    grams: Counter[tuple[str, str, str, str]] = Counter()
    for (uscc, _, day, item, flow), one in flows.items():
        grams[uscc, f"{day:%Y-%m}", item, flow] += one
    return dict(grams)


def stock_of(flows: dict[Any, int], items: tuple[str, ...], until: date) -> int:
    """Return what came in less what went out until the end of a day, of the flows of one enterprise or site."""
    total = 0
    for (_, _, day, item, flow), grams in flows.items():
        if item in items and day <= until:
            total += grams if flow in INTO else -grams if flow in OUT else 0
    return total
