"""What a utilization enterprise does with what arrives: tests, reuse, dismantling, recovery, sales of material, and lies."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from suyuan.numbers import read_table
from suyuan_sim.codes import make_reuse_code
from suyuan_sim.day import OPENED, day_of, year_of
from suyuan_sim.firms import BP, OH, UE, Firm, Firms
from suyuan_sim.ledger import Ledger

_TESTED, _TAKEN_APART = 0.5, 0.5  # assumptions
_REUSED = 0.15  # of LFP packs (assumption; the scenario of the cascade share halves when the category ends)
_SHELF_DAYS = 150  # that a pack lies waiting for others to be reused with (assumption)
_LIES_EACH = 0.8  # of the recoveries of a plant that lies
_BATCH_PACKS, _BATCH_DAYS = 12, 50
_YIELDS: Final = {"li": 0.90, "ni": 0.98, "co": 0.98, "mn": 0.98, "cu": 0.98, "al": 0.98}  # norm of 2024
_SALT: Final = {
    "li": ("lithium_carbonate", 0.1879),
    "ni": ("nickel_sulphate", 0.2233),
    "co": ("cobalt_sulphate", 0.2097),
}
_METAL: Final = {"li": "lithium_g", "ni": "nickel_g", "co": "cobalt_g", "mn": "manganese_g"}
_BLACK_MASS: Final = "black_mass"
_ROWS: Final = {
    "lfp": "LFP",
    "ncm111": "NCM111",
    "ncm523": "NCM523",
    "ncm622": "NCM622",
    "ncm811": "NCM811",
    "nca": "NCA",
}


@dataclass(slots=True)
class Goods:
    """What lies at the gate: a pack or a lot."""

    code: str
    chemistry: str
    energy_wh: int
    mass_g: int
    modules: tuple[str, ...]
    stripped_by: int | None
    is_known: bool  # whether anybody told with which modules it was born
    arrived: int


def contained_g(goods: Goods) -> dict[str, float]:
    """Return the grams of each metal, and of black mass, in a pack by its chemistry and energy."""
    row = _intensity()[_ROWS[goods.chemistry]]
    return {part: share * goods.energy_wh for part, share in row.items()}


@cache
def _intensity() -> dict[str, dict[str, float]]:
    """Return kg/kWh, which is g/Wh, by chemistry and metal; that of black mass too."""
    shredded = {row["chemistry"]: float(row["black_mass_kg_per_kwh"]) for row in read_table("black_mass_derived")}
    return {
        row["chemistry"]: {
            **{metal: float(row[metal] or 0) for metal in _YIELDS},
            _BLACK_MASS: shredded[row["chemistry"]],
        }
        for row in read_table("material_intensity_kg_per_kwh")
        if row["chemistry"] in shredded
    }


class Plant:
    """One plant, day by day over what was delivered."""

    def __init__(self, firm: Firm, firms: Firms, ledger: Ledger, *, scale: float) -> None:
        self.firm, self.firms, self.ledger, self.chance = firm, firms, ledger, ledger.chance
        self.scale = scale
        self.waiting: list[Goods] = []
        self.reusable: list[Goods] = []
        self.serial = 0
        self.lies: list[tuple[int, int, str]] = []
        self.ghosts: list[str] = []

    def run(self, goods: list[Goods]) -> None:
        """Work through all that arrived, in the order of arrival."""
        self._open_stock(goods)
        for one in sorted(goods, key=lambda each: (each.arrived, each.code)):
            self._take_in(one)
            if self.reusable and one.arrived - self.reusable[0].arrived > _SHELF_DAYS:
                self.waiting, self.reusable = [*self.reusable, *self.waiting], []
            first = self.waiting[0].arrived if self.waiting else one.arrived
            if len(self.waiting) >= _BATCH_PACKS or one.arrived - first > _BATCH_DAYS:
                self._recover(one.arrived + 14)
        self.waiting += self.reusable
        if self.waiting:
            self._recover(max(one.arrived for one in self.waiting) + 20)
        if self.lies and self.firm.lies is not None:
            reports = [report for _, _, report in self.lies]
            subjects = [f"participant:{self.firm.uscc}", *(f"lot:{self.firm.uscc}:{report}" for report in reports)]
            subjects += [f"battery:{code}" for code in self.ghosts]
            told, note = self.lies[min(2, len(self.lies) - 1)][1], self.firm.lies[0]
            self.ledger.label(
                "phantom_mass", self.firm, on=self.lies[0][0], subjects=subjects, reports=reports, told=told, note=note
            )

    def _open_stock(self, goods: list[Goods]) -> None:
        """Count what lay there before anybody reported: told once, with the platform's opening."""
        if self.firm.is_silent:
            return
        stock = [self._old_pack(place) for place in range(self.chance.randint(0, 12))]
        mass_g = sum(one.mass_g for one in stock)
        fields = {"counted_mass_g": mass_g, "battery_codes": [one.code for one in stock]}
        if stock:
            on = OPENED + self.chance.randint(2, 20)
            report = self.ledger.tell(self.firm, "stock_counted", on, fields)
            subjects = [f"battery:{one.code}" for one in stock]
            self.ledger.label("opening_stock", self.firm, on=on, subjects=subjects, reports=[report], told=None)
            for one in stock:
                one.arrived = on
            goods.extend(stock)

    def _old_pack(self, place: int) -> Goods:
        """Return a pack from before the coding rules, of 2016 or 2017, of a maker that nobody registered."""
        kwh = self.chance.uniform(20, 45)
        produced = f"{'67'[place % 2]}{'123456789ABC'[place % 12]}5"
        code = f"0X{place % 10}PE110LD{self.firm.number % 10000:04d}{produced}{place:07d}"
        return Goods(code, "ncm523", int(kwh * 1000), int(kwh * 9_500), (), None, True, OPENED)

    def _name_ghost(self) -> Goods:
        """Return a pack that was never there, under a code that a maker could have given."""
        maker = self.chance.choice(self.firms.of_role[BP])
        self.serial += 1
        kwh = self.chance.uniform(30, 60)
        code = f"{maker.code}PE22{self.firm.number:07d}95{self.chance.randint(1, 9)}{9_000_000 + self.serial:07d}"
        return Goods(code, "ncm523", int(kwh * 1000), int(kwh * 7_500), (), None, True, OPENED)

    def _take_in(self, one: Goods) -> None:
        chance = self.chance
        if one.code.startswith("LOT-"):
            self.waiting.append(one)
            return
        if chance.random() < _TESTED and one.arrived + 12 < self.ledger.plan.until:
            percent = min(max(chance.gauss(0.76, 0.06), 0.5), 0.95)
            fields = {
                "battery_code": one.code,
                "residual_capacity_percent_x100": int(percent * 10_000),
                "method": "GB/T 34015",
                "conclusion": "reuse" if percent > 0.78 else "recover",  # noqa: PLR2004 - assumption
            }
            self.ledger.tell(self.firm, "battery_tested", one.arrived + 3 + int(chance.random() * 8), fields)
        is_reusable = one.chemistry == "lfp" and not one.code.startswith("TMP-") and one.stripped_by is None
        if is_reusable and chance.random() < _REUSED:
            self.reusable.append(one)
            if len(self.reusable) >= 3:  # noqa: PLR2004 - three old packs make a cabinet (assumption)
                self._make_product(one.arrived + 15)
            return
        self.waiting.append(one)

    def _make_product(self, on: int) -> None:
        """Build a product for stationary storage out of packs, and sell it."""
        parents, self.reusable = self.reusable, []
        if on + 20 > self.ledger.plan.until or on < OPENED:  # products are played since the opening only
            self.waiting = [*parents, *self.waiting]
            return
        self.serial += 1
        code = make_reuse_code(
            self.firm.code, level="P", battery_type="B", specification="R1", produced_on=day_of(on), serial=self.serial
        )
        fields = {
            "product_code": code,
            "parent_codes": [one.code for one in parents],
            "field_of_use": "stationary_storage",
            "rated_energy_wh": int(sum(one.energy_wh for one in parents) * 0.7),
            "mass_g": sum(one.mass_g for one in parents),
        }
        self.ledger.tell(self.firm, "reuse_product_made", on, fields)
        buyer = self.chance.choice(self.firms.of_role[OH])
        fields = {"product_code": code, "receiver": buyer.uscc, "to_end_user": True}
        self.ledger.tell(self.firm, "reuse_product_sold", on + 12, fields)

    def _recover(self, on: int) -> None:
        """Take packs apart and recover their material, all that waits as one feed."""
        feed, self.waiting = self.waiting, []
        if on + 10 > self.ledger.plan.until:
            for one in feed:
                self._tell_stripped(one, [], None)
            return
        codes: list[str] = []
        for one in feed:
            codes += self._take_apart(one, on - 2)
        fed_g = sum(one.mass_g for one in feed)
        parts = {part: sum(contained_g(one)[part] for one in feed) for part in (*_YIELDS, _BLACK_MASS)}
        lots = [code for code in codes if code.startswith("LOT-")]
        fields: dict[str, Any] = {"battery_codes": [code for code in codes if not code.startswith("LOT-")]}
        if lots:
            fields["lot_codes"] = lots
        outputs = self._write_recovery(fields, fed_g, parts, on)
        year = year_of(on)
        self.ledger.add(year, "recovered_feed_kt", "all", fed_g / 1e9 / self.scale)
        if not self.firm.is_hydrometallurgical:
            self._sell_black_mass(outputs, on + 6)

    def _write_recovery(
        self, fields: dict[str, Any], fed_g: int, parts: dict[str, float], on: int
    ) -> list[dict[str, Any]]:
        """Report a recovery and return what came out; where a plant lies, it claims metal or packs that it never had."""
        chance, note = self.chance, ""
        times = {metal: share * chance.uniform(0.94, 0.995) for metal, share in _YIELDS.items()}
        true = claimed = self._outputs(parts, times)
        claimed_g = fed_g
        if self.firm.lies is not None and on >= self.firm.lies[1] and chance.random() < _LIES_EACH:
            note = self.firm.lies[0]
            if note == "metal":
                times = {metal: share * chance.uniform(1.7, 2.5) for metal, share in times.items()}
            elif note == "mass":
                claimed_g = int(fed_g * chance.uniform(1.3, 1.8))
                times = {metal: share * claimed_g / fed_g for metal, share in times.items()}
            else:
                ghosts = [self._name_ghost() for _ in range(max(3, len(fields["battery_codes"]) // 2))]
                fields["battery_codes"] = [*fields["battery_codes"], *(one.code for one in ghosts)]
                claimed_g = fed_g + sum(one.mass_g for one in ghosts)
                self.ghosts += [one.code for one in ghosts]
                for one in ghosts:
                    parts = {part: grams + contained_g(one)[part] for part, grams in parts.items()}
            claimed = self._outputs(parts, times)
        fields = {
            **fields,
            "input_mass_g": claimed_g,
            "outputs": claimed,
            "residue_mass_g": max(claimed_g - sum(one["mass_g"] for one in claimed), 0),
        }
        report = self.ledger.tell(self.firm, "material_recovered", on, fields)
        if note and self.ledger.received <= self.ledger.plan.until:
            self.lies.append((on, self.ledger.received, report))
        return true

    def _take_apart(self, one: Goods, on: int) -> list[str]:
        """Return the codes to be fed: the pack's own, or those of its modules after it was taken apart."""
        chance, ledger = self.chance, self.ledger
        if not one.modules or on < OPENED or (chance.random() > _TAKEN_APART and one.stripped_by is None):
            return [one.code]
        parts, missing = list(one.modules), []
        if one.stripped_by is not None:
            missing = [parts.pop() for _ in range(max(1, len(parts) // 3))]
        recovered_g = int(one.mass_g * 0.97)
        fields = {"battery_code": one.code, "recovered_codes": parts, "recovered_mass_g": recovered_g}
        ledger.tell(self.firm, "battery_dismantled", on, fields)
        self._tell_stripped(one, missing, ledger.received)
        one.energy_wh = one.energy_wh * len(parts) // len(one.modules)
        one.mass_g = recovered_g
        return parts

    def _tell_stripped(self, one: Goods, missing: list[str], told: int | None) -> None:
        """Say who took modules out of a pack before it came, if anybody did."""
        if one.stripped_by is not None:
            self.ledger.label(
                "cannibalised_modules",
                self.firms.every[one.stripped_by],
                on=one.arrived,
                subjects=[f"battery:{code}" for code in (one.code, *missing)],
                reports=[],
                told=told if one.is_known else None,
            )

    def _outputs(self, parts: dict[str, float], times: dict[str, float]) -> list[dict[str, Any]]:
        """Return what comes out: salts where the plant leaches, black mass where it only shreds, and the metals of the case."""
        out: list[dict[str, Any]] = []
        if self.firm.is_hydrometallurgical:
            for metal, (name, share) in _SALT.items():
                grams = int(parts[metal] * times[metal])
                if grams:
                    out.append({"material": name, "mass_g": int(grams / share), _METAL[metal]: grams})
        else:
            shredded = times["ni"]  # black mass keeps its metals in their proportions
            held = {name: int(parts[metal] * shredded) for metal, name in _METAL.items()}
            mass_g = int(parts[_BLACK_MASS] * shredded)
            if mass_g:
                out.append({"material": "black_mass", "mass_g": mass_g, **{name: g for name, g in held.items() if g}})
        for metal, name in (("cu", "copper"), ("al", "aluminium")):
            grams = int(parts[metal] * times[metal])
            if grams:
                out.append({"material": name, "mass_g": grams, f"{name}_g": grams})
        return out

    def _sell_black_mass(self, outputs: list[dict[str, Any]], on: int) -> None:
        """Sell black mass to a plant that leaches it, which recovers from it what it holds."""
        batch = next((one for one in outputs if one["material"] == "black_mass"), None)
        buyers = [one for one in self.firms.of_role[UE] if one.is_hydrometallurgical]
        if batch is None or on + 60 > self.ledger.plan.until:
            return
        buyer = buyers[int(self.chance.random() * len(buyers))]
        self.ledger.tell(self.firm, "material_sold", on, {**batch, "receiver": buyer.uscc})
        arrived = on + 2 + int(self.chance.random() * 5)
        report = self.ledger.tell(buyer, "material_received", arrived, {**batch, "sender": self.firm.uscc})
        self.ledger.label(
            "purchased_black_mass",
            buyer,
            on=arrived,
            subjects=[f"participant:{buyer.uscc}"],
            reports=[report],
            told=None,
        )
        salts: list[dict[str, Any]] = []
        for metal, (name, share) in _SALT.items():
            grams = int(batch.get(_METAL[metal], 0) * _YIELDS[metal] * self.chance.uniform(0.94, 0.99))
            if grams:
                salts.append({"material": name, "mass_g": int(grams / share), _METAL[metal]: grams})
        recovery = {
            "inputs": [batch],
            "input_mass_g": batch["mass_g"],
            "outputs": salts,
            "residue_mass_g": max(int(batch["mass_g"]) - sum(int(one["mass_g"]) for one in salts), 0),
        }
        self.ledger.tell(buyer, "material_recovered", arrived + 5 + int(self.chance.random() * 20), recovery)
        lithium = next((one for one in salts if one["material"] == "lithium_carbonate"), None)
        if lithium is not None:
            self._sell_salt(buyer, lithium, arrived + 40)

    def _sell_salt(self, seller: Firm, salt: dict[str, Any], on: int) -> None:
        maker = self.firms.of_role[BP][int(self.chance.random() * len(self.firms.of_role[BP]))]
        if on + 20 < self.ledger.plan.until:
            self.ledger.tell(seller, "material_sold", on, {**salt, "receiver": maker.uscc})
            self.ledger.tell(maker, "material_received", on + 3, {**salt, "sender": seller.uscc})


def read_goods(lines: list[bytes], decode: Callable[[bytes], Any]) -> list[Goods]:
    """Return the goods that blocks laid at a plant's gate."""
    goods = []
    for line in sorted(lines):
        told = decode(line[5:])
        goods.append(Goods(**{**told, "modules": tuple(told["modules"])}, arrived=int(line[:5])))
    return goods
