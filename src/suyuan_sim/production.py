"""From the line to the owner: packs and vehicles of one month, made in batches, and how each life goes on."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from suyuan_sim.calibration import (
    LFP_COMMERCIAL,
    SCALE_YEARS,
    SHAPE,
    TERNARY_BY_YEAR,
    USES,
    Choice,
    density_wh_per_kg,
    kinds_of_vehicle,
    pick_by_year,
    provinces,
    read_year,
    weigh,
)
from suyuan_sim.codes import make_date_letters, make_vin, make_vin_year, write_base
from suyuan_sim.day import CODED, OPENED, TEXT, day_of, number_of, year_of
from suyuan_sim.firms import BP, OWN_PACKS, SE, SO, Firm, Firms, division_in
from suyuan_sim.ledger import Ledger

YEAR_DAYS: Final = 365.25
LIVES_PER_BLOCK: Final = 400
NEVER: Final = 10**6  # a day after all days: exported vehicles do not leave the register here
SERIALS_PER_BLOCK, SERIAL_MAX = 4_000, 9_000_000  # seven digits; other blocks have another trace code all the same
_BATCH: Final = 6.0  # vehicles of one model built in a row, on average
_LETTER: Final = {"lfp": "B"}
# Assumptions, each a share of what it names.
LEGACY_LOADED: Final = 0.6  # of batches from before August 2018 that were loaded afterwards
MAKER_LOADED: Final = 0.97  # of batches between then and the platform's opening
SALE_LOADED: Final = ((2019, 0.735), (2021, 0.85), (2023, 0.93), (9999, 0.97))  # 2019: found; the rise is assumed
SWAP_SHARE: Final = 0.025  # of electric cars since 2020
CELLS_PER_MODULE: Final = 12  # typical of VDA modules (pack_architecture.csv)
CELLS_WITHOUT_MODULES: Final = (100, 180)  # blade and cell-to-pack (pack_architecture.csv, recalled)
REWORKED: Final = 0.002
_PACKS: Final = {"bus": 4, "truck": 2}
_SPREAD: Final = {"bev": 0.35, "phev": 0.2, "erev": 0.2, "bus": 0.25, "truck": 0.3, "van": 0.25}
_CLASS: Final = {"bev": "passenger", "phev": "passenger", "erev": "passenger"}


@dataclass(slots=True)
class Pack:
    """One pack: what its label and papers say."""

    code: str
    maker: Firm
    chemistry: str
    energy_wh: int
    mass_g: int
    produced_on: int
    modules: tuple[str, ...] = ()
    is_known: bool = True  # whether anybody reported its birth


@dataclass(slots=True)
class Vehicle:
    """One vehicle with the packs that are in it, in truth."""

    vin: str
    packs: list[Pack]
    built_on: int
    sold_on: int
    leaves_on: int
    province: str
    use: str
    is_known: bool
    is_swap: bool = False
    is_exported: bool = False
    changed_on: int = 0  # the day on which a pack was last put in after the sale
    told: list[str] = field(default_factory=list)  # the codes that the record binds to it


@dataclass(slots=True)
class Batch:
    """What vehicles built in a row have in common."""

    kind: str
    builder: Firm
    maker: Firm
    chemistry: str
    energy_wh: int
    mass_g: int
    module_count: int
    produced_on: int
    built_on: int
    specification: str
    trace: str
    is_known: bool
    is_exported: bool
    operator: Firm | None


class Line:
    """Makes the vehicles of one block: so many of one month."""

    def __init__(
        self, firms: Firms, ledger: Ledger, *, month: int, block: int, scale: float, with_cells: bool = False
    ) -> None:
        self.firms, self.ledger, self.chance = firms, ledger, ledger.chance
        self.month, self.block, self.scale = month, block, scale
        self.year = year_of(month)
        self.numbers = read_year(self.year)
        self.kinds = kinds_of_vehicle(self.year)
        self.uses: Choice = weigh(list(USES))
        self.places = {flag: provinces(self.year, is_commercial=flag) for flag in (False, True)}
        self.ternary: Choice = weigh(list(pick_by_year(TERNARY_BY_YEAR, self.year)))
        self.days = number_of(date(self.year + self.month_of_year // 12, self.month_of_year % 12 + 1, 1)) - month
        self.serial = block * SERIALS_PER_BLOCK % SERIAL_MAX
        self.with_cells, self.cells = with_cells, 0
        self.vehicles = 0
        self.refurbished: list[tuple[int, Pack]] = []
        self.head = f"L{write_base(block, width=3)}"

    @property
    def month_of_year(self) -> int:
        """Return the month, from 1."""
        return int(TEXT[self.month][5:7])

    def make(self, count: int) -> Iterator[tuple[list[Vehicle], Batch]]:
        """Build and sell so many vehicles; yields them batch by batch."""
        while count > 0:
            size = min(count, 1 + int(self.chance.expovariate(1 / _BATCH)))
            batch = self._plan_batch()
            yield [self._build(batch, place) for place in range(size)], batch
            count -= size

    def _plan_batch(self) -> Batch:
        chance, year = self.chance, self.numbers
        kind = chance.choices(self.kinds.values, cum_weights=self.kinds.weights)[0]
        builder = self.firms.pick(self.firms.vehicles, chance)
        is_vertical = BP in builder.roles and chance.random() < OWN_PACKS
        maker = builder if is_vertical else self.firms.pick(self.firms.open_market, chance)
        is_lfp = chance.random() < (year.lfp_passenger if kind in _CLASS else LFP_COMMERCIAL)
        chemistry = "lfp" if is_lfp else chance.choices(self.ternary.values, cum_weights=self.ternary.weights)[0]
        packs = _PACKS.get(kind, 1)
        mean = year.kwh[kind] / packs
        spread = _SPREAD[kind]
        energy_wh = int(mean * 1000 * chance.lognormvariate(-spread * spread / 2, spread))
        density = density_wh_per_kg(self.year) * chance.uniform(0.93, 1.07)
        built_on = self.month + int(chance.random() * self.days)
        has_modules = chance.random() >= year.without_modules
        loaded = LEGACY_LOADED if built_on < CODED else MAKER_LOADED
        is_swap = kind == "bev" and self.year >= 2020 and chance.random() < SWAP_SHARE  # noqa: PLR2004
        return Batch(
            kind,
            builder,
            maker,
            chemistry,
            max(energy_wh, 4_000),
            int(max(energy_wh, 4_000) * 1000 / density),
            chance.choice((4, 6, 8, 10, 12)) if has_modules else 0,
            built_on - 5 - int(chance.random() * 20),
            built_on,
            write_base(chance.randrange(900), width=2),
            write_base(chance.randrange(30**6), width=7),
            built_on >= OPENED or chance.random() < loaded,
            chance.random() * year.made < year.exported,
            chance.choice(self.firms.of_role[SO]) if is_swap else None,
        )

    def make_pack(self, batch: Batch, *, on: int | None = None, with_parts: bool = True) -> Pack:
        """Return a pack of the batch's kind that nobody has reported yet."""
        self.serial += 1
        produced_on = batch.produced_on if on is None else on
        letters = make_date_letters(day_of(produced_on))
        head, letter = batch.maker.code, _LETTER.get(batch.chemistry, "E")
        rest = f"{letter}{batch.specification}{batch.trace}{letters}"
        modules: tuple[str, ...] = ()
        if batch.module_count and with_parts and produced_on >= CODED:
            first = self.serial * 12 % 9_999_000
            modules = tuple(f"{head}M{rest}{first + place:07d}" for place in range(batch.module_count))
        return Pack(
            f"{head}P{rest}{self.serial:07d}",
            batch.maker,
            batch.chemistry,
            batch.energy_wh,
            batch.mass_g,
            produced_on,
            modules,
            is_known=batch.is_known,
        )

    def report_birth(self, pack: Pack, model: str) -> None:
        """Report a pack's production."""
        fields: dict[str, Any] = {
            "battery_code": pack.code,
            "model": model,
            "produced_on": TEXT[pack.produced_on],
            "chemistry": pack.chemistry,
            "rated_energy_wh": pack.energy_wh,
            "mass_g": pack.mass_g,
        }
        if pack.modules:
            fields["modules"] = [
                {"code": code, "cells": self._make_cells(pack, CELLS_PER_MODULE)} for code in pack.modules
            ]
        elif self.with_cells and pack.produced_on >= CODED:
            fields["cells"] = self._make_cells(pack, self.chance.randint(*CELLS_WITHOUT_MODULES))
        self.ledger.tell(pack.maker, "battery_produced", pack.produced_on, fields)

    def _make_cells(self, pack: Pack, count: int) -> list[str]:
        """Return the codes of so many cells; none where the nation is written without them."""
        if not self.with_cells:
            return []
        head, rest = pack.code[:3], pack.code[4:17]
        self.cells += count
        return [f"{head}C{rest}{(self.cells - place) % 10**7:07d}" for place in range(count)]

    def _build(self, batch: Batch, place: int) -> Vehicle:
        chance = self.chance
        self.vehicles += 1
        tail = f"{make_vin_year(self.year)}{'0ABCDEFGHJKLM'[self.month_of_year]}{self.vehicles:06d}"
        vin = make_vin(f"{self.head}{write_base(batch.builder.number, width=4)}", tail=tail)
        packs = [self.make_pack(batch) for _ in range(_PACKS.get(batch.kind, 1))]
        is_commercial = batch.kind not in _CLASS
        where = self.places[is_commercial]
        province = chance.choices(where.values, cum_weights=where.weights)[0]
        use = {"bus": "bus", "truck": "logistics", "van": "logistics"}.get(batch.kind) or chance.choices(
            self.uses.values, cum_weights=self.uses.weights
        )[0]
        sold_on = batch.built_on + 3 + min(int(chance.expovariate(1 / 20)), 150)
        age = chance.weibullvariate(SCALE_YEARS, SHAPE)
        leaves_on = NEVER if batch.is_exported else sold_on + max(int(age * YEAR_DAYS), 30)
        vehicle = Vehicle(vin, packs, batch.built_on, sold_on, leaves_on, province, use, batch.is_known)
        vehicle.is_swap, vehicle.is_exported = batch.operator is not None, batch.is_exported
        if batch.is_known:
            model = batch.maker.models[place % len(batch.maker.models)]
            for pack in packs:
                self.report_birth(pack, model)
            self._report_built(vehicle, batch)
        self._count(vehicle, batch)
        self._sell(vehicle, batch)
        return vehicle

    def _report_built(self, vehicle: Vehicle, batch: Batch) -> None:
        ledger, on = self.ledger, batch.built_on
        vehicle.told = [pack.code for pack in vehicle.packs]
        fields: dict[str, Any] = {
            "vin": vehicle.vin,
            "vehicle_model": f"{batch.builder.number:03d}-{batch.kind.upper()}",
            "conformity_certificate_no": f"C{vehicle.vin}",
            "conformity_certificate_issued_on": TEXT[on],
            "battery_codes": vehicle.told,
        }
        if vehicle.is_swap:
            fields["is_swap_vehicle"] = True
        ledger.tell(batch.builder, "vehicle_produced", on, fields)
        if on >= OPENED and self.chance.random() < REWORKED and not vehicle.is_swap:
            self._rework(vehicle, batch)

    def _rework(self, vehicle: Vehicle, batch: Batch) -> None:
        """A pack comes off again before the sale, another goes on."""
        old, new = vehicle.packs[0], self.make_pack(batch)
        on = batch.built_on + 1
        self.report_birth(new, batch.maker.models[0])
        reports = [
            self.ledger.tell(
                batch.builder, "battery_removed", on, {"battery_code": old.code, "vin": vehicle.vin, "reason": "rework"}
            ),
            self.ledger.tell(batch.builder, "battery_fitted", on, {"vin": vehicle.vin, "battery_code": new.code}),
        ]
        vehicle.packs[0] = new
        vehicle.told[0] = new.code
        subjects = [f"vehicle:{vehicle.vin}", f"battery:{old.code}", f"battery:{new.code}"]
        self.ledger.label("line_rework", batch.builder, on=on, subjects=subjects, reports=reports, told=None)

    def _sell(self, vehicle: Vehicle, batch: Batch) -> None:
        chance, ledger = self.chance, self.ledger
        if batch.is_exported:
            if batch.is_known:
                fields = {
                    "vin": vehicle.vin,
                    "customs_declaration_no": f"E{vehicle.vin}",
                    "destination_country": chance.choice(("BE", "MX", "BR", "TH", "GB", "RU")),
                }
                ledger.tell(batch.builder, "vehicle_exported", vehicle.sold_on, fields)
            return
        year = year_of(vehicle.sold_on)
        is_told = vehicle.sold_on >= OPENED or chance.random() < pick_by_year(SALE_LOADED, year)
        if not batch.is_known or not is_told:
            return
        seller = self.firms.pick_near(SE, province=vehicle.province, chance=chance)
        fields = {"vin": vehicle.vin, "use_type": vehicle.use, "place": division_in(vehicle.province, chance=chance)}
        ledger.tell(seller, "vehicle_sold", vehicle.sold_on, fields)

    def _count(self, vehicle: Vehicle, batch: Batch) -> None:
        """Add the vehicle to what the world holds, in the units of the nation."""
        add, scale, until = self.ledger.add, self.scale, self.ledger.plan.until
        gwh = batch.energy_wh * len(vehicle.packs) / 1e9 / scale
        built, sold = year_of(batch.built_on), year_of(vehicle.sold_on)
        if batch.built_on <= until:
            add(built, "installs_gwh", "lfp" if batch.chemistry == "lfp" else "ternary", gwh)
            add(built, "installs_gwh_maker", batch.maker.uscc, gwh)
            add(built, "vehicles_maker", batch.builder.uscc, 1 / scale)
        if vehicle.sold_on > until:
            return
        if batch.is_exported:
            add(sold, "exports", "all", 1 / scale)
            return
        group = _CLASS.get(batch.kind, "commercial")
        add(sold, f"registered_{group}_province", vehicle.province, 1 / scale)
        add(sold, "registered", group, 1 / scale)
        add(sold, "registered_kind", batch.kind, 1 / scale)
        if vehicle.leaves_on <= until:
            add(year_of(vehicle.leaves_on), "exits", group, 1 / scale)
            add(
                year_of(vehicle.leaves_on), "retired_kt", "exit", sum(one.mass_g for one in vehicle.packs) / 1e9 / scale
            )
