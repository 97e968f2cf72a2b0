"""Lives of batteries in the mix of a nation, written as submissions in the public format: the load of a benchmark.

One seed gives the same files, whatever the machine. Seven lives of ten are still on the road; of the others most end
recovered, a few tell of breaches. Not the simulator: no rates of survival, no geography, only the mix of reports.
"""

import json
import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from suyuan.core.registry import Participant
from suyuan_sim.codes import make_battery_code, make_uscc, make_vin

ROWS_PER_FILE = 20_000
HELD_BYTES_MAX = 64_000_000  # what waits in memory before it is written behind the files
PACKS_PER_RECOVERY = 20
MODULES_PER_PACK, CELLS_PER_MODULE = 8, 13
FIRST_DAY, LAST_DAY = date(2021, 1, 1), date(2026, 10, 31)
ROLE_COUNTS = {
    "battery_producer": 16,
    "vehicle_producer": 16,
    "seller": 30,
    "repairer": 20,
    "vehicle_dismantler": 30,
    "collection_outlet": 20,
    "utilization_enterprise": 20,
}
DIVISIONS = (
    "110100",
    "310100",
    "320500",
    "330100",
    "340100",
    "350100",
    "370200",
    "410100",
    "420100",
    "430100",
    "440300",
)
CODE_CHARACTERS = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"


@dataclass(frozen=True)
class SubmissionFile:
    """One file of reports and who sends it."""

    submitter: str
    path: Path
    rows: int


@dataclass
class _Spool:
    """Lines that wait per submitter, and the files they go to."""

    folder: Path
    held: dict[str, list[str]] = field(default_factory=dict)
    held_bytes: int = 0
    rows: dict[Path, int] = field(default_factory=dict)
    count: int = 0
    parts: dict[str, int] = field(default_factory=dict)

    def add(self, submitter: str, report: dict[str, object]) -> None:
        line = json.dumps(report, ensure_ascii=False, separators=(",", ":"))
        self.held.setdefault(submitter, []).append(line)
        self.held_bytes += len(line)
        self.count += 1
        if self.held_bytes > HELD_BYTES_MAX:
            self.flush()

    def flush(self) -> None:
        for submitter, lines in self.held.items():
            for start in range(0, len(lines), ROWS_PER_FILE):
                self._append(submitter, lines[start : start + ROWS_PER_FILE])
        self.held, self.held_bytes = {}, 0

    def _append(self, submitter: str, lines: list[str]) -> None:
        part = self.parts.get(submitter, 0)
        path = self.folder / f"{submitter}-{part:03d}.jsonl"
        if self.rows.get(path, 0) + len(lines) > ROWS_PER_FILE:
            self.parts[submitter] = part = part + 1
            path = self.folder / f"{submitter}-{part:03d}.jsonl"
        with path.open("a", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
        self.rows[path] = self.rows.get(path, 0) + len(lines)


def make_participants() -> dict[str, list[Participant]]:
    """Return the enterprises by role; each battery producer owns one manufacturer code."""
    made: dict[str, list[Participant]] = {}
    number = 0
    for role, count in ROLE_COUNTS.items():
        for place in range(count):
            division = DIVISIONS[number % len(DIVISIONS)]
            uscc = make_uscc(f"91{division}MA{number:07d}")
            codes = frozenset({f"{place + 1:02d}B"}) if role == "battery_producer" else frozenset()
            entry = Participant(uscc, f"{role} {place + 1}", frozenset({role}), division, codes, date(2015, 1, 1), None)
            made.setdefault(role, []).append(entry)
            number += 1
    return made


def write_lives(folder: Path, *, reports: int, seed: int, with_components: bool) -> list[SubmissionFile]:
    """Write at least so many reports and return the files in the order of import, which is shuffled."""
    chance = random.Random(seed)
    spool = _Spool(folder)
    writer = _Writer(spool, make_participants(), chance, with_components=with_components)
    while spool.count < reports:
        writer.write_life()
    writer.write_last_recoveries()
    spool.flush()
    files = [SubmissionFile(path.name[:18], path, rows) for path, rows in sorted(spool.rows.items())]
    chance.shuffle(files)
    return files


class _Writer:
    """Writes one life after another; each report goes to the file of the enterprise that sends it."""

    def __init__(
        self, spool: _Spool, parties: dict[str, list[Participant]], chance: random.Random, *, with_components: bool
    ) -> None:
        self.spool, self.chance, self.with_components = spool, chance, with_components
        self.uscc = {role: [one.uscc for one in entries] for role, entries in parties.items()}
        self.makers = {one.uscc: min(one.manufacturer_codes) for one in parties["battery_producer"]}
        self.lives = 0
        self.packs = 0
        self.feeds: dict[str, list[tuple[str, int, date]]] = {}

    def write_life(self) -> None:
        """Write the reports of one vehicle and its battery, from birth as far as it came."""
        chance = self.chance
        self.lives += 1
        built_on = FIRST_DAY + timedelta(days=chance.randrange(1700))
        pack, mass_g = self._write_birth(built_on - timedelta(days=chance.randrange(5, 40)))
        vin = make_vin("LBENCH0" + CODE_CHARACTERS[self.lives // 10**7 % 10], tail=f"S{self.lives % 10**7:07d}")
        sold_on = built_on + timedelta(days=chance.randrange(3, 60))
        self._write_vehicle(vin, pack, built_on, sold_on)
        if chance.random() < 0.03:
            pack, mass_g = self._write_replacement(
                vin, pack, mass_g, sold_on + timedelta(days=chance.randrange(30, 300))
            )
        earliest = sold_on + timedelta(days=330)
        if chance.random() < 0.3 and earliest < LAST_DAY - timedelta(days=120):
            days = (LAST_DAY - timedelta(days=120) - earliest).days
            self._write_end(vin, pack, mass_g, earliest + timedelta(days=chance.randrange(days)))

    def write_last_recoveries(self) -> None:
        """Recover what waits in groups that are not full."""
        for uscc in sorted(self.feeds):
            self._write_recovery(uscc)

    def _any(self, role: str) -> str:
        return self.chance.choice(self.uscc[role])

    def _report(self, submitter: str, kind: str, on: date, **fields: object) -> None:
        number = self.spool.count
        report = {
            "kind": kind,
            "report_id": f"{kind[:3]}{on:%y%m}-{number:08d}",
            "occurred_at": on.isoformat(),
            **fields,
        }
        self.spool.add(submitter, report)

    def _write_birth(self, on: date) -> tuple[str, int]:
        self.packs += 1
        producer = self._any("battery_producer")
        mass_g = self.chance.randrange(280, 620) * 1000
        maker = self.makers[producer]
        code = make_battery_code(maker, level="P", battery_type="BE"[self.packs % 2], specification="A1",
                                 trace="0001ABC", produced_on=on, serial=self.packs)  # fmt: skip
        fields: dict[str, object] = {
            "battery_code": code,
            "model": f"PK-{self.packs % 40:02d}",
            "produced_on": on.isoformat(),
            "chemistry": ("lfp", "ncm622")[self.packs % 2],
            "rated_energy_wh": mass_g // 8,
            "mass_g": mass_g,
        }
        if self.with_components:
            fields["modules"] = self._modules(maker, on)
        if self.chance.random() < 0.001:
            fields["battery_code"] = code[:-1]  # a character lost in typing
        self._report(producer, "battery_produced", on, **fields)
        return code, mass_g

    def _modules(self, maker: str, on: date) -> list[dict[str, object]]:
        modules: list[dict[str, object]] = []
        for place in range(MODULES_PER_PACK):
            number = self.packs * MODULES_PER_PACK + place
            cells = [
                make_battery_code(maker, level="C", battery_type="B", specification="C1", trace="0001ABC",
                                  produced_on=on, serial=(number * CELLS_PER_MODULE + cell) % 10**7)
                for cell in range(CELLS_PER_MODULE)
            ]  # fmt: skip
            code = make_battery_code(maker, level="M", battery_type="B", specification="M1", trace="0001ABC",
                                     produced_on=on, serial=number % 10**7)  # fmt: skip
            modules.append({"code": code, "cells": cells})
        return modules

    def _write_vehicle(self, vin: str, pack: str, on: date, sold_on: date) -> None:
        producer = self._any("vehicle_producer")
        self._report(producer, "vehicle_produced", on, vin=vin, vehicle_model=f"EV-{self.lives % 60:02d}",
                     conformity_certificate_no=f"WA{self.lives:012d}", conformity_certificate_issued_on=on.isoformat(),
                     battery_codes=[pack])  # fmt: skip
        use_type = self.chance.choice(("private", "private", "private", "ride_hailing", "taxi"))
        self._report(self._any("seller"), "vehicle_sold", sold_on, vin=vin, use_type=use_type,
                     place=self.chance.choice(DIVISIONS))  # fmt: skip

    def _write_replacement(self, vin: str, pack: str, mass_g: int, on: date) -> tuple[str, int]:
        repairer, outlet = self._any("repairer"), self._any("collection_outlet")
        spare, spare_mass_g = self._write_birth(on - timedelta(days=self.chance.randrange(40, 90)))
        maker = spare[:3]
        producer = next(uscc for uscc, code in self.makers.items() if code == maker)
        self._report(producer, "battery_sold", on - timedelta(days=20), battery_code=spare, buyer=repairer)
        self._report(repairer, "battery_replaced", on, vin=vin, removed_battery_code=pack, fitted_battery_code=spare,
                     reason="余能不足", kept_by=repairer)  # fmt: skip
        self._write_movement(pack, mass_g, repairer, outlet, on + timedelta(days=self.chance.randrange(5, 40)))
        return spare, spare_mass_g

    def _write_end(self, vin: str, pack: str, mass_g: int, on: date) -> None:
        chance = self.chance
        dismantler = self._any("vehicle_dismantler")
        found = [] if chance.random() < 0.01 else [pack]
        self._report(dismantler, "vehicle_scrapped", on, vin=vin, battery_codes_found=found)
        if chance.random() < 0.6:
            self._report(dismantler, "recovery_certificate_issued", on + timedelta(days=chance.randrange(2, 15)), vin=vin,
                         recovery_certificate_no=f"RC{self.lives:010d}")  # fmt: skip
        if not found:
            return
        removed_on = on + timedelta(days=chance.randrange(1, 10))
        self._report(dismantler, "battery_removed", removed_on, battery_code=pack, vin=vin, reason="scrapping")
        utilizer = self._any("utilization_enterprise")
        given_on = removed_on + timedelta(days=chance.randrange(2, 30))
        if not self._write_movement(pack, mass_g, dismantler, utilizer, given_on):
            return
        if chance.random() < 0.4:
            capacity = chance.randrange(5000, 8500)
            self._report(utilizer, "battery_tested", given_on + timedelta(days=8), battery_code=pack,
                         residual_capacity_percent_x100=capacity, method="GB/T 34015", conclusion="recover")  # fmt: skip
        self.feeds.setdefault(utilizer, []).append((pack, mass_g, given_on + timedelta(days=12)))
        if len(self.feeds[utilizer]) == PACKS_PER_RECOVERY:
            self._write_recovery(utilizer)

    def _write_movement(self, pack: str, mass_g: int, giver: str, receiver: str, on: date) -> bool:
        """Write both halves of a movement; one receipt in a hundred never comes."""
        self._report(giver, "battery_handed_over", on, battery_code=pack, receiver=receiver, mass_g=mass_g,
                     un_number="UN3480", damage_class="none")  # fmt: skip
        if self.chance.random() < 0.01:
            return False
        self._report(receiver, "battery_received", on + timedelta(days=self.chance.randrange(0, 5)), battery_code=pack,
                     sender=giver, mass_g=mass_g)  # fmt: skip
        return True

    def _write_recovery(self, utilizer: str) -> None:
        feed = self.feeds.pop(utilizer)
        fed_g = sum(mass_g for _, mass_g, _ in feed)
        outputs = [
            {"material": "black_mass", "mass_g": fed_g // 3},
            {"material": "copper", "mass_g": fed_g // 14, "copper_g": fed_g // 14},
            {"material": "aluminium", "mass_g": fed_g // 11, "aluminium_g": fed_g // 11},
            {"material": "steel", "mass_g": fed_g // 7},
        ]
        self._report(utilizer, "material_recovered", max(on for _, _, on in feed) + timedelta(days=15),
                     battery_codes=[pack for pack, _, _ in feed], input_mass_g=fed_g, outputs=outputs,
                     residue_mass_g=fed_g // 20)  # fmt: skip
