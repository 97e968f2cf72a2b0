"""A year of one province: a few hundred enterprises, honest and not, and every report they send, by moment of receipt.

Written from the public format alone; it knows no rule. One seed gives one year, whatever the machine. What is planted is
told by the name of the story; what must be found is worked out by the naive model beside this file, never here.
"""

import math
import random
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from story import code, uscc, vin

from suyuan.core.registry import Authority, CodeFiling, Licence, Model, Officer, Outlet, Participant, Register, Registry
from suyuan.core.value import SHANGHAI

FIRST_DAY, LAST_DAY = date(2025, 10, 1), date(2026, 9, 30)  # both books: the second begins on 1 April 2026
LAST_END = date(2026, 7, 2)  # an end begun later would run out of the year
SWEPT_ON = date(2026, 11, 20)
LATER_ON = date(
    2027, 6, 15
)  # the accounts of 2026 are settled, and what came in at the beginning of April lies too long
PREFECTURES = (
    "330100",
    "330200",
    "330300",
    "330400",
    "330500",
    "330600",
    "330700",
    "330800",
    "330900",
    "331000",
    "331100",
)
LINES = ("industry", "commerce", "transport", "ecology", "market")
COUNTS = {
    "battery_producer": 8,
    "vehicle_producer": 10,
    "seller": 50,
    "repairer": 60,
    "swap_operator": 4,
    "vehicle_dismantler": 42,
    "collection_outlet": 96,
    "utilization_enterprise": 40,
    "other_holder": 28,
}
SHORT = {"battery_producer": "BP", "vehicle_producer": "VP", "seller": "SE", "repairer": "RE", "swap_operator": "SO",
         "vehicle_dismantler": "VD", "collection_outlet": "CO", "utilization_enterprise": "UE", "other_holder": "OH"}  # fmt: skip
# Behind these places no story picks anybody by chance: first who is kept for one story alone, then who never reports.
KEPT_FROM = {"battery_producer": 6, "vehicle_producer": 6, "vehicle_dismantler": 38, "collection_outlet": 80,
             "utilization_enterprise": 30, "other_holder": 24}  # fmt: skip
SILENT_FROM = {"collection_outlet": 92, "repairer": 57}
CARRIER, ENDED_CARRIER = (
    uscc("91330000MA8888888"),
    uscc("91330000MA8888877"),
)  # carriers report nothing and are no participants
CARRIAGE_ENDED = date(2026, 5, 31)
STRANGER = uscc("91330000MA9999999")  # a scrap yard that nobody registered
PACK_ENERGY_WH, PACK_MASS_G = 55_000, 420_000
# Honest outputs of 420 kg of LFP packs of 55 kWh, a little below what they hold.
HONEST_OUTPUTS = (
    {"material": "lithium_carbonate", "mass_g": 24_500, "lithium_g": 4_600},
    {"material": "iron_phosphate", "mass_g": 100_000},
    {"material": "copper", "mass_g": 29_500, "copper_g": 29_500},
    {"material": "aluminium", "mass_g": 39_000, "aluminium_g": 39_000},
    {"material": "steel", "mass_g": 58_000},
)


@dataclass(frozen=True, slots=True)
class Story:
    """What befalls somebody, and how often in a year.

    It names the rules for which it is told: those it `breaks`, on the day of the sweep or later; those it does `not_yet`
    break on that day; and those it `spares`, being innocent. They are read off the texts of the rules, not off the program.
    Told by chance enterprises it is told more often at a larger scale; one that needs enterprises of its own is not.
    """

    tell: Callable[["Year"], None]
    times: int
    breaks: tuple[str, ...] = ()
    not_yet: tuple[str, ...] = ()
    spares: tuple[str, ...] = ()
    is_scaled: bool = True

    @property
    def name(self) -> str:
        """Return the name under which its reports are sent."""
        return self.tell.__name__


@dataclass(frozen=True, slots=True)
class Sent:
    """One report as it arrives: when, from whom, which story it belongs to, and what it says."""

    received_at: datetime
    submitter: str
    story: str
    report: dict[str, Any]


@dataclass
class Firm:
    """An enterprise of the province, by the place in its role."""

    uscc: str
    role: str
    division: str
    maker: str = ""


def make_firms() -> dict[str, list[Firm]]:
    """Return the enterprises by role; each battery producer and some utilization enterprises own a manufacturer code."""
    firms: dict[str, list[Firm]] = {}
    number = 0
    for role, count in COUNTS.items():
        for place in range(count):
            division = PREFECTURES[(number * 7) % len(PREFECTURES)]
            maker = f"{SHORT[role][0]}{place:02d}" if role in ("battery_producer", "utilization_enterprise") else ""
            firms.setdefault(role, []).append(Firm(uscc(f"91{division}MA{number:07d}"), role, division, maker))
            number += 1
    return firms


def make_registry(firms: dict[str, list[Firm]]) -> Registry:
    """Return the register of the province: some licences, filings, models and outlets are known, and who may punish."""
    entries = []
    for role, members in firms.items():
        for place, firm in enumerate(members):
            until = date(2026, 2, 28) if role == "utilization_enterprise" and place % 10 == 9 else None
            codes = frozenset({firm.maker}) if firm.maker else frozenset()
            entries.append(
                Participant(
                    firm.uscc, f"{role} {place}", frozenset({role}), firm.division, codes, date(2015, 1, 1), until
                )
            )
    makers, builders = firms["battery_producer"], firms["vehicle_producer"]
    register = Register(
        licences=_make_licences(firms),
        filings=(CodeFiling(makers[0].maker, "A1", makers[0].uscc, date(2019, 1, 1)),
                 CodeFiling(makers[1].maker, "Z9", makers[1].uscc, date(2019, 1, 1))),
        models=(Model(makers[0].uscc, "M1", date(2025, 11, 3)), Model(makers[1].uscc, "M1", date(2020, 5, 6)),
                Model(makers[6].uscc, "M7", date(2026, 4, 20))),
        outlets=(*(
            Outlet(builders[0].uscc, f"O{place}", division, "own", None, date(2020, 1, 1), None, date(2020, 2, 1))
            for place, division in enumerate(PREFECTURES)
        ), Outlet(makers[0].uscc, "B1", "330100", "entrusted", firms["collection_outlet"][0].uscc, date(2020, 1, 1))),
        authorities=tuple(Authority(f"zj-{line}", f"Zhejiang {line}", line, "330000", date(2015, 1, 1)) for line in LINES),
        officers=tuple(Officer(f"zj-{line}-{number}", f"Officer {number}", f"zj-{line}", date(2015, 1, 1))
                       for line in LINES for number in (1, 2, 3)),
    )  # fmt: skip
    return Registry(entries, version=1, register=register)


def _make_licences(firms: dict[str, list[Firm]]) -> tuple[Licence, ...]:
    """Return the permits known: two utilization enterprises', one of them small, two carriers', two makers' of bicycles."""
    users, buyers, since = firms["utilization_enterprise"], firms["other_holder"], date(2020, 1, 1)
    return (
        Licence(users[0].uscc, "discharge_permit", "ZH-0", since, None, 1),
        Licence(users[1].uscc, "discharge_permit", "ZH-1", since, None, 100_000),
        Licence(users[30].uscc, "discharge_permit", "ZH-30", since, None, 2),
        Licence(users[31].uscc, "discharge_permit", "ZH-31", since, None, 2),
        Licence(CARRIER, "hazardous_goods_carriage", "C-1", since, None),
        Licence(ENDED_CARRIER, "hazardous_goods_carriage", "C-2", since, CARRIAGE_ENDED),
        Licence(buyers[24].uscc, "electric_bicycle_production", "E-1", since, None),
        Licence(buyers[25].uscc, "electric_bicycle_production", "E-2", since, date(2026, 4, 10)),
    )


@dataclass
class Year:
    """Writes one life after another; `sent` holds all reports, in no order."""

    seed: int
    firms: dict[str, list[Firm]] = field(default_factory=make_firms)
    sent: list[Sent] = field(default_factory=list)
    story: str = ""
    lives: int = 0
    serial: int = 0
    feeds: dict[str, list[tuple[str, date]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)

    # -- saying ----------------------------------------------------------------------------------------------------

    def any(self, role: str) -> Firm:
        """Return one enterprise of a role, none that is kept for one story and none of the silent."""
        members = self.firms[role]
        return self.chance.choice(members[: KEPT_FROM.get(role, SILENT_FROM.get(role, len(members)))])

    def kept(self, role: str, number: int) -> Firm:
        """Return an enterprise of which one story alone tells; the numbers stand in that story."""
        return self.firms[role][KEPT_FROM[role] + number]

    def day(self, first: date, last: date) -> date:
        """Return a day between two, both included."""
        return first + timedelta(days=self.chance.randrange(max(1, (last - first).days + 1)))

    def end_day(self) -> date:
        """Return a day on which something may end, early enough for what follows to happen within the year."""
        return self.day(FIRST_DAY, LAST_END)

    def after(self, on: date, *, least: int, most: int) -> date:
        """Return a day so many days after another."""
        return on + timedelta(days=self.chance.randint(least, most))

    def tell(
        self, by: Firm, kind: str, on: date, *, delay: int | None = None, report_id: str = "", **fields: Any
    ) -> str:
        """Send a report some days after what it tells; most within a week, one in forty very late."""
        number = len(self.sent)
        if delay is None:
            delay = self.chance.randint(0, 7) if self.chance.random() > 0.025 else self.chance.randint(22, 160)
        minute = zlib.crc32(by.uscc.encode()) % 60  # all that an enterprise sends on a day comes together
        moment = datetime.combine(on + timedelta(days=delay), time(23, minute), SHANGHAI)
        report_id = report_id or f"{kind[:4]}-{number:05d}"
        report = {"kind": kind, "report_id": report_id, "occurred_at": on.isoformat(), **fields}
        if self.chance.random() < 0.3:
            report.setdefault("place", by.division)
        self.sent.append(Sent(moment, by.uscc, self.story, report))
        return report_id

    # -- pieces of lives -------------------------------------------------------------------------------------------

    def code(self, on: date, *, level: str = "P", maker: str = "", is_product: bool = False) -> str:
        """Return the code of a battery that nobody has told of yet."""
        self.serial += 1
        return code(
            self.serial,
            level=level,
            on=on.isoformat(),
            maker=maker or self.any("battery_producer").maker,
            is_product=is_product,
        )

    def born(self, maker: Firm, on: date, pack: str, *, produced_on: date | None = None, **fields: Any) -> str:
        """Tell the birth of a pack, in time; return the id of the report."""
        return self.tell(maker, "battery_produced", on, **{"battery_code": pack, "model": "M1", "delay": 2, "mass_g": PACK_MASS_G,
                         "produced_on": (produced_on or on).isoformat(), "rated_energy_wh": PACK_ENERGY_WH, **fields})  # fmt: skip

    def birth(self, on: date, *, maker: Firm | None = None, **fields: Any) -> str:
        """Make a pack and return its code."""
        maker = maker or self.any("battery_producer")
        pack = self.code(on, maker=maker.maker)
        self.tell(maker, "battery_produced", on, battery_code=pack, model="M1", produced_on=on.isoformat(),
                  rated_energy_wh=PACK_ENERGY_WH, mass_g=PACK_MASS_G, **fields)  # fmt: skip
        return pack

    def car(self, on: date, *packs: str, builder: Firm | None = None, is_sold: bool = True, **fields: Any) -> str:
        """Build the packs into a vehicle, sell it, and return its VIN."""
        self.lives += 1
        car = vin(self.lives)
        self.tell(builder or self.any("vehicle_producer"), "vehicle_produced", on, vin=car, vehicle_model="X1",
                  conformity_certificate_no=f"C{self.lives}", conformity_certificate_issued_on=on.isoformat(),
                  battery_codes=list(packs), **fields)  # fmt: skip
        if is_sold:
            self.tell(self.any("seller"), "vehicle_sold", self.after(on, least=3, most=25), vin=car, use_type="private",
                      place=self.chance.choice(PREFECTURES))  # fmt: skip
        return car

    def young_life(self, **fields: Any) -> tuple[str, str, date]:
        """Return a pack in a vehicle sold some years ago, and the first day of the year on which it may end.

        In each quarter one works built all of these packs, another their vehicles, and one seller sold them.
        """
        quarter = self.chance.randrange(16)
        born_on = date(2021 + quarter // 4, quarter % 4 * 3 + 1, 1 + quarter)
        pack = self.birth(born_on, maker=self.firms["battery_producer"][quarter % 6], delay=self._in_time_mostly())
        builder = self.firms["vehicle_producer"][quarter * 5 % 6]
        built_on = born_on + timedelta(days=20)
        car = self.car(built_on, pack, builder=builder, is_sold=False, delay=self._in_time_mostly(), **fields)
        self.tell(self.firms["seller"][quarter], "vehicle_sold", built_on + timedelta(days=15), vin=car, use_type="private",
                  place=self.chance.choice(PREFECTURES), delay=self._in_time_mostly())  # fmt: skip
        return pack, car, FIRST_DAY

    def _in_time_mostly(self) -> int | None:
        """Return the days after which the past was told: always the same, but for a few reports."""
        return 4 if self.chance.random() > 0.05 else None

    def move(self, pack: str, giver: Firm, receiver: Firm, on: date, *, mass_g: int = PACK_MASS_G,
             received_g: int | None = None, gives: bool = True, takes: bool = True) -> date:  # fmt: skip
        """Tell both halves of a movement, or one; return the day of receipt."""
        if gives:
            self.tell(giver, "battery_handed_over", on, battery_code=pack, receiver=receiver.uscc, mass_g=mass_g)
        there = self.after(on, least=0, most=4)
        if takes:
            self.tell(
                receiver, "battery_received", there, battery_code=pack, sender=giver.uscc, mass_g=received_g or mass_g
            )
        return there

    def scrap(self, car: str, found: list[str], on: date, **fields: Any) -> Firm:
        """Bring a vehicle to a dismantler, which lists what it found, takes it off, and issues the certificate."""
        dismantler = self.any("vehicle_dismantler")
        self.tell(dismantler, "vehicle_scrapped", on, vin=car, battery_codes_found=found, **fields)
        for pack in found:
            self.tell(
                dismantler,
                "battery_removed",
                self.after(on, least=1, most=6),
                battery_code=pack,
                vin=car,
                reason="scrapping",
            )
        if self.chance.random() < 0.7:
            self.tell(dismantler, "recovery_certificate_issued", self.after(on, least=3, most=12), vin=car,
                      recovery_certificate_no=f"R{self.lives}-{len(self.sent)}")  # fmt: skip
        return dismantler

    def feed(self, pack: str, user: Firm, on: date) -> None:
        """Keep a pack for the next recovery of its holder; four make one."""
        waiting = self.feeds.setdefault(user.uscc, [])
        waiting.append((pack, on))
        if len(waiting) == 4:
            self.recover(user)

    def recover(self, user: Firm, *, times: float = 1.0) -> None:
        """Recover what waits; `times` what the packs can give."""
        waiting = self.feeds.pop(user.uscc, [])
        if not waiting:
            return
        on = self.after(max(on for _, on in waiting), least=5, most=20)
        outputs = [{name: value if isinstance(value, str) else int(value * len(waiting) * times) for name, value in part.items()}
                   for part in HONEST_OUTPUTS]  # fmt: skip
        self.tell(user, "material_recovered", on, battery_codes=[pack for pack, _ in waiting],
                  input_mass_g=PACK_MASS_G * len(waiting), residue_mass_g=20_000 * len(waiting), outputs=outputs)  # fmt: skip
        sold_on = self.after(on, least=3, most=20)
        buyer = self.any("battery_producer")
        self.tell(user, "material_sold", sold_on, material="lithium_carbonate", mass_g=outputs[0]["mass_g"], receiver=buyer.uscc,
                  lot_no=f"L{len(self.sent)}", lithium_g=outputs[0]["lithium_g"])  # fmt: skip
        if self.chance.random() < 0.85:
            last = self.sent[-1].report
            self.tell(buyer, "material_received", self.after(sold_on, least=0, most=6), material="lithium_carbonate",
                      mass_g=last["mass_g"], sender=user.uscc, lot_no=last["lot_no"], lithium_g=last["lithium_g"])  # fmt: skip

    def end(self, pack: str, car: str, on: date) -> None:
        """Scrap a vehicle whole and bring its pack to recovery, straight or through an outlet."""
        dismantler = self.scrap(car, [pack], on)
        on = self.after(on, least=8, most=30)
        user = self.lawful_user()
        if self.chance.random() < 0.4:
            outlet = self.any("collection_outlet")
            on = self.move(pack, dismantler, outlet, on)
            on = self.move(pack, outlet, user, self.after(on, least=2, most=30))
        else:
            on = self.move(pack, dismantler, user, on)
        self.feed(pack, user, on)

    def lawful_user(self) -> Firm:
        """Return a utilization enterprise whose qualification has not ended."""
        places = [place for place in range(KEPT_FROM["utilization_enterprise"]) if place % 10 != 9]
        return self.firms["utilization_enterprise"][self.chance.choice(places)]


def play_year(seed: int, *, scale: float = 1) -> Year:
    """Return a year of the province: about 3,400 reports at scale 1; every story is told at least once at any scale."""
    from tests.province.stories import STORIES  # the stories are written with the pieces above

    year = Year(seed)
    for story in STORIES:
        for _ in range(math.ceil(story.times * scale) if story.is_scaled else story.times):
            year.story = story.name
            story.tell(year)
    year.story = "what was left waits no longer"
    for user in sorted(year.feeds):
        year.recover(next(firm for firm in year.firms["utilization_enterprise"] if firm.uscc == user))
    return year


def in_order_of_receipt(year: Year) -> Iterator[Sent]:
    """Yield what was sent by the moment of receipt; a withdrawal comes after what it withdraws."""
    yield from sorted(
        year.sent, key=lambda one: (one.received_at, one.report["kind"] == "report_withdrawn", one.report["report_id"])
    )
