"""The enterprises of the nation: who they are, where, and how they report.

Names are invented and no code is a real one's; shares of makers follow the real market, their order is all that is kept.
"""

import random
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from suyuan.numbers import read_table
from suyuan_sim.breaches import Plan
from suyuan_sim.calibration import Choice, provinces, weigh
from suyuan_sim.codes import make_uscc

BP, VP, SE, RE, SO, VD, CO, UE, OH = (
    "battery_producer",
    "vehicle_producer",
    "seller",
    "repairer",
    "swap_operator",
    "vehicle_dismantler",
    "collection_outlet",
    "utilization_enterprise",
    "other_holder",
)
_ZH: Final = {
    BP: "电池",
    VP: "汽车",
    SE: "销售",
    RE: "维修",
    SO: "换电",
    VD: "报废车拆解",
    CO: "回收网点",
    UE: "综合利用",
    OH: "租赁",
}
# How many there are of each in the nation, how their number shrinks with the scale, and the fewest there are.
# Found: battery makers and outlets (simulator_defaults.csv), utilization (collection_actuals.csv); the rest is assumed.
_COUNTS: Final = {
    BP: (40, 0.15, 12),
    VP: (100, 0.25, 14),
    SE: (20_000, 0.62, 31),
    RE: (12_000, 0.62, 24),
    SO: (12, 0.2, 3),
    VD: (1_500, 0.62, 24),
    CO: (15_000, 0.6, 31),
    UE: (148, 0.28, 12),
    OH: (400, 0.5, 6),
}
_GB18030_SHARE, _CSV_SHARE = 0.25, 0.20  # of small firms: tables as Chinese Excel writes them, and UTF-8 (assumption)
# Assumption: a tenth of the dismantlers is behind half of the packs that go missing; the mean is that of all.
FEW_SHARE, FEW_ARE_READY = 0.1, (5.0, 0.556)
_SMALL: Final = (SE, RE, VD, CO, OH)
OWN_PACKS: Final = 0.9  # of the vehicles of a maker of both: it takes its own packs (assumption)
_MUNICIPALITIES: Final = ("11", "12", "31", "50", "54")


@dataclass(slots=True)
class Firm:
    """One enterprise and its habits of reporting.

    `rhythm_days` between two uploads, `offset` which day of them, `delay_days` the mean from event to desk;
    `form` is jsonl, csv or gb18030.
    """

    number: int
    uscc: str
    name: str
    roles: tuple[str, ...]
    division: str
    code: str = ""
    rhythm_days: int = 1
    offset: int = 0
    delay_days: float = 3.0
    form: str = "jsonl"
    first_load: int = 0
    is_silent: bool = False
    misdates: bool = False
    readiness: float = 1.0  # to let a pack go missing, times that of others
    lies: tuple[str, int] | None = None
    holds_back: tuple[int, int] | None = None
    models: tuple[str, ...] = ()
    is_hydrometallurgical: bool = False


NOTHING: Final = Choice((), ())


@dataclass(slots=True)
class Firms:
    """All enterprises: by number, by role, and by province where a life looks for one nearby."""

    every: list[Firm] = field(default_factory=list)
    of_role: dict[str, list[Firm]] = field(default_factory=dict)
    near: dict[tuple[str, str], list[Firm]] = field(default_factory=dict)
    rings: tuple[tuple[Firm, ...], ...] = ()
    batteries: Choice = NOTHING
    open_market: Choice = NOTHING  # battery makers by what they sell to vehicle makers that make no packs of their own
    vehicles: Choice = NOTHING
    plants: Choice = NOTHING
    buyer: str = ""

    def pick_near(self, role: str, *, province: str, chance: random.Random) -> Firm:
        """Return an enterprise of a role in a province, of anywhere where it has none."""
        nearby = self.near.get((role, province)) or self.of_role[role]
        return nearby[int(chance.random() * len(nearby))]

    def pick(self, choice: Choice, chance: random.Random) -> Firm:
        """Return an enterprise by its weight."""
        return self.every[int(chance.choices(choice.values, cum_weights=choice.weights)[0])]


def division_in(province: str, *, chance: random.Random) -> str:
    """Return a prefecture of a province: the capital, or the second one of the list (assumption: six in ten the capital)."""
    return f"{province}0100" if province in _MUNICIPALITIES or chance.random() < 0.6 else f"{province}0200"  # noqa: PLR2004


def make_firms(*, scale: float, seed: int, plan: Plan) -> Firms:
    """Return the enterprises of a nation at a scale, the same for the same seed."""
    chance = random.Random(f"firms/{seed}")  # noqa: S311 - a simulation, no secret
    firms = Firms(buyer=make_uscc("92441900MA9BUYER0"))
    counts = {role: max(least, round(real * scale**power)) for role, (real, power, least) in _COUNTS.items()}
    by_passengers = provinces(2023, is_commercial=False)
    weights = {row["gb2260_code"][:2]: float(row["formal_capacity_t_2025"]) for row in read_table("province_weights")}
    by_capacity = weigh([(name, weight + 1) for name, weight in weights.items()])
    for role, count in counts.items():
        where = by_capacity if role == UE else by_passengers
        drawn = chance.choices(where.values, cum_weights=where.weights, k=count)
        for place, province in enumerate(drawn):
            _add(firms, role, place, province=province, chance=chance)
    # The one maker of both batteries and vehicles that the market has at the top of both lists.
    both = firms.of_role[VP][0]
    both.roles, both.code, both.models = (VP, BP), "9ZB", ("ZB-1", "ZB-2")
    firms.of_role[BP].append(both)
    firms.batteries = _shares("battery", "2024", firms.of_role[BP])
    firms.vehicles = _shares("oem_nev_retail_passenger", "2025", firms.of_role[VP])
    firms.open_market = _leave_own_use(firms, both)
    plants = firms.of_role[UE]
    firms.plants = weigh([(str(one.number), chance.paretovariate(1.2)) for one in plants])
    for one in plants:
        one.is_hydrometallurgical = chance.random() < 0.6  # noqa: PLR2004 - assumption
    plants[0].is_hydrometallurgical = True
    _go_astray(firms, plan, chance)
    return firms


def _add(firms: Firms, role: str, place: int, *, province: str, chance: random.Random) -> None:
    number = len(firms.every)
    division = division_in(province, chance=chance)
    letters = "".join(chance.choices("0123456789", k=4))
    firm = Firm(
        number,
        make_uscc(f"91{division}MA{number:05d}{letters[:2]}"),
        f"{_ZH[role]}{place + 1:04d}（模拟）",
        (role,),
        division,
    )
    if role == BP:
        firm.code = f"{place // 24:01d}{'ABCDEFGHJKLMNPRSTUVWXYZ0'[place % 24]}{'BCDEFGHJ'[place % 8]}"
        firm.models = tuple(f"{firm.code}-{model}" for model in range(1, 4))
    if role == UE:
        firm.code = f"{place // 24:01d}{'ABCDEFGHJKLMNPRSTUVWXYZ0'[place % 24]}U"
    if role in _SMALL:
        firm.rhythm_days, firm.delay_days = chance.choice((1, 7, 7, 14)), chance.uniform(1.0, 5.0)
        draw = chance.random()
        firm.form = "gb18030" if draw < _GB18030_SHARE else "csv" if draw < _GB18030_SHARE + _CSV_SHARE else "jsonl"
    else:
        firm.rhythm_days, firm.delay_days = chance.choice((1, 3, 7)), chance.uniform(0.5, 2.5)
    firm.offset, firm.first_load = chance.randrange(firm.rhythm_days), chance.randrange(10)
    firms.every.append(firm)
    firms.of_role.setdefault(role, []).append(firm)
    firms.near.setdefault((role, division[:2]), []).append(firm)


def _shares(market: str, period: str, makers: list[Firm]) -> Choice:
    """Return makers by the real market's shares in falling order; who has no share of its own divides the rest evenly."""
    rows = [row for row in read_table("market_shares") if row["market"] == market and row["period"] == period]
    known = sorted((float(row["share_pct"]) for row in rows if row["company"] != "others"), reverse=True)
    named = known[: max(len(makers) - 1, 1)]
    rest = max(100 - sum(named), 1.0) / max(len(makers) - len(named), 1)
    order = sorted(makers, key=lambda one: (one.roles != (VP, BP), one.number))
    if market == "battery":  # the pure battery maker leads, the maker of both is second
        order = [order[1], order[0], *order[2:]]
    return weigh([(str(one.number), named[i] if i < len(named) else rest) for i, one in enumerate(order)])


def _leave_own_use(firms: Firms, both: Firm) -> Choice:
    """Return the battery makers' shares without the packs that the maker of both puts into its own vehicles."""
    own = OWN_PACKS * share_of(firms.vehicles, both) * firms.batteries.weights[-1]
    shares = [(number, share_of(firms.batteries, firms.every[int(number)])) for number in firms.batteries.values]
    whole = firms.batteries.weights[-1]
    return weigh([(n, max(share * whole - (own if n == str(both.number) else 0), whole / 1000)) for n, share in shares])


def share_of(choice: Choice, firm: Firm) -> float:
    """Return the share of an enterprise in a choice, between 0 and 1."""
    place = choice.values.index(str(firm.number))
    before = choice.weights[place - 1] if place else 0.0
    return (choice.weights[place] - before) / choice.weights[-1]


def _single(choice: Choice) -> list[float]:
    """Return the weights that were cumulated."""
    return [after - before for before, after in pairwise((0.0, *choice.weights))]


def _go_astray(firms: Firms, plan: Plan, chance: random.Random) -> None:
    """Choose who breaks the rules as an enterprise: the silent, those that upload in one go, rings."""
    for role in (CO, RE, VD):
        count = plan.count("silent_enterprise", of=len(firms.of_role[role]))
        for firm in chance.sample(firms.of_role[role][1:], count):
            firm.is_silent = True
    for firm in chance.sample(firms.of_role[VD], plan.count("back_dating", of=len(firms.of_role[VD]))):
        firm.holds_back = plan.hold_back(chance) if not firm.is_silent else None
    plants = firms.of_role[UE]
    by_size = sorted(zip(plants, _single(firms.plants), strict=True), key=lambda pair: -pair[1])
    large = [firm for firm, _ in by_size[: len(by_size) // 2]]
    for firm in chance.sample(large, min(plan.count("phantom_mass", of=len(plants)), len(large) // 2)):
        firm.lies = plan.lie(chance)
    for firm in firms.of_role[VD]:
        firm.readiness = FEW_ARE_READY[0] if chance.random() < FEW_SHARE else FEW_ARE_READY[1]
    for firm in chance.sample(firms.of_role[CO], plan.count("back_dating", of=len(firms.of_role[CO]))):
        firm.misdates = not firm.is_silent
    members = [one for one in firms.of_role[UE] if not one.is_silent]
    chance.shuffle(members)
    rings = []
    for _ in range(plan.count("ring", of=len(members))):
        size = chance.randint(3, 6)
        if len(members) >= size + 4:  # some stay out of it
            rings.append(tuple(members[:size]))
            del members[:size]
    firms.rings = tuple(rings)
