"""A published retirement table, computed again from its own inputs and compared row by row: a check of the method only.

Tian, Peng, McKechnie, Abdul-Manan, Liu, Meng, "Reducing the environmental impacts of battery recycling through spatial and
technological alignment" (2025). Its sales after 2023 are its own forecast, far above reality; none of its numbers are carried here.

For N cars of one battery type sold in year s and ages a = 1..20, counted in year s + a (v = vehicle, b = battery):
P(a) = F(a) - F(a-1); replacements R(a) = Pb(a) Sv(a), at most one a car; packs = N (R(a) + Pv(a)); kt = packs x mass / 1e6;
GWh = N x residual kWh / 1e6 x [Pv(a) Sb(a) + R(a) + Pv(a) sum over r < a of R(r) Sb(a-r) Sv(a-1)/Sv(r)].
The last term multiplies by Pv(a) where the hazard Pv(a)/Sv(a-1) belongs. That is copied here, and nowhere else.
"""

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from suyuan.analysis.survival import Weibull

AGES: Final = range(1, 21)
AMOUNTS: Final = ("retired_count", "retired_kt", "retired_gwh")
ALL: Final = "ALL"
RELATIVE_TOLERANCE: Final = 3e-6
_MILLION: Final = 1e6

Amounts = tuple[float, float, float]  # packs, kt, GWh
TypeYear = tuple[str, str, int]  # fleet, battery type, year


@dataclass(frozen=True, slots=True)
class BatteryType:
    """What the inputs say of a battery type in a fleet: its life, mass in kg and energy left at retirement in kWh."""

    life: Weibull
    mass_kg: float
    residual_kwh: float


@dataclass(frozen=True, slots=True)
class Inputs:
    """The four input tables: cars sold by fleet and year, shares of types, types, and vehicle lives by fleet and sale year."""

    sales: Mapping[tuple[str, int], float]
    shares: Mapping[TypeYear, float]
    types: Mapping[tuple[str, str], BatteryType]
    lives: Mapping[tuple[str, int], Weibull]


@dataclass(frozen=True, slots=True)
class PrintedRow:
    """One row of an output table: fleet or ALL, battery type or ALL, year, the amounts as printed (empty where not told)."""

    fleet: str
    battery_type: str
    year: int
    printed: tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Comparison:
    """One printed amount beside the computed one.

    `relative` is |computed - printed| / |printed|; `beyond` the same for what half a unit of the last printed decimal does
    not explain. `is_telling`: printed with so many digits that its rounding is below the tolerance.
    """

    row: PrintedRow
    amount: str
    printed: float
    computed: float
    relative: float
    beyond: float
    is_telling: bool

    @property
    def is_within(self) -> bool:
        """Whether the difference beyond the rounding of the printed decimals is within the tolerance."""
        return self.beyond <= RELATIVE_TOLERANCE


def compute_types(inputs: Inputs) -> dict[TypeYear, Amounts]:
    """Return packs, kt and GWh retired by fleet, battery type and year, without rounding.

    Raises LookupError where a share has no sales, type or vehicle life.
    """
    sums: dict[TypeYear, list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])
    for (fleet, battery_type, sold_in), share in inputs.shares.items():
        kind = inputs.types[fleet, battery_type]
        cars = inputs.sales[fleet, sold_in] * share
        for age, packs, energy in _per_car(inputs.lives[fleet, sold_in], kind.life):
            total = sums[fleet, battery_type, sold_in + age]
            total[0] += cars * packs
            total[1] += cars * packs * kind.mass_kg / _MILLION
            total[2] += cars * energy * kind.residual_kwh / _MILLION
    return {key: (total[0], total[1], total[2]) for key, total in sums.items()}


def _per_car(vehicle: Weibull, battery: Weibull) -> Iterator[tuple[int, float, float]]:
    """Yield for each age the packs that retire and the energies left in them, per car sold."""
    replaced: dict[int, float] = {}
    for age in AGES:
        scrapped = vehicle.share_dying(age - 1, until_years=age)
        replaced[age] = battery.share_dying(age - 1, until_years=age) * vehicle.survival(age)
        second_packs = sum(
            replaced[at] * battery.survival(age - at) * vehicle.conditional_survival(age - 1, alive_at_years=at)
            for at in range(1, age)
        )
        energy = scrapped * battery.survival(age) + replaced[age] + scrapped * second_packs  # the last: see above
        yield age, replaced[age] + scrapped, energy


def compare_table(rows: Sequence[PrintedRow], computed: Mapping[TypeYear, Amounts]) -> list[Comparison]:
    """Return a comparison for each printed amount of one table; a row that nothing was computed for is compared with 0.

    The decimals of a column are the most that a cell of it has. A sum over types may have been printed from types already
    rounded (the published counts are): of the sum and the sum of the types rounded to those decimals, the nearer one counts.
    """
    compared = []
    for place, amount in enumerate(AMOUNTS):
        decimals = max((_decimals(row.printed[place]) for row in rows), default=0)
        exact = _sum_up(computed, place)
        rounded = _sum_up(computed, place, decimals=decimals)
        for row in rows:
            if text := row.printed[place]:
                key = (row.fleet, row.battery_type, row.year)
                printed = float(text)
                computed_as = (exact.get(key, 0.0), rounded.get(key, 0.0))
                near = min((abs(one - printed), one) for one in computed_as)[1]
                compared.append(_compare(row, amount, printed=printed, computed=near, half_unit=0.5 * 10.0**-decimals))
    return compared


def _sum_up(computed: Mapping[TypeYear, Amounts], place: int, *, decimals: int | None = None) -> dict[TypeYear, float]:
    """Return one amount of each type and of the sums over types, fleets and both; each type rounded first where asked for."""
    sums: dict[TypeYear, float] = defaultdict(float)
    for (fleet, battery_type, year), amounts in computed.items():
        amount = amounts[place] if decimals is None else round(amounts[place], decimals)
        for key in ((fleet, battery_type), (fleet, ALL), (ALL, battery_type), (ALL, ALL)):
            sums[*key, year] += amount
    return sums


def _compare(row: PrintedRow, amount: str, *, printed: float, computed: float, half_unit: float) -> Comparison:
    difference = abs(computed - printed)
    # A computed sum of rounded types may differ from the printed one in the last bits of a float.
    unexplained = max(0.0, difference - half_unit)
    size = abs(printed)
    relative, beyond = (one / size if size else (math.inf if unexplained else 0.0) for one in (difference, unexplained))
    return Comparison(row, amount, printed, computed, relative, beyond, half_unit <= RELATIVE_TOLERANCE * size)


def _decimals(text: str) -> int:
    """Return how many decimals a number is printed with."""
    exponent = Decimal(text).as_tuple().exponent if text else 0
    return max(0, -exponent) if isinstance(exponent, int) else 0
