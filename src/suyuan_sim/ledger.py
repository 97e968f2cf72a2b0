"""What enterprises tell: each report gets its day of receipt, its slips and its place in the spool; labels say what is true.

The occasions of real life are drawn here: reports that come late, that were mistyped and corrected, withdrawn, sent twice.
"""

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec

from suyuan_sim.breaches import BREACHES, RATES, Plan
from suyuan_sim.day import OPENED, TEXT
from suyuan_sim.firms import Firm

encode: Final[Callable[[Any], bytes]] = msgspec.json.Encoder().encode
# Of reports of enterprises that type by hand (assumptions).
MISTYPED, NEIGHBOUR, WITHDRAWN = 0.006, 0.004, 0.002
_DESK_DAYS_MAX = 11  # a person reports within two weeks of the next upload: in time under every limit
LIMIT_DAYS: Final = 30  # for every kind but new vehicles, whose limit is shorter (report format, domain page)
_IN_TIME_DAYS: Final = 28
_CODE_LENGTH: Final = 24
_FIRST_MONTH: Final = TEXT[OPENED][:7]
_FIRST_TO_LATER: Final = 16  # times as many reports come in the first month, with the history, as in a later one
_LENGTHS: Final = (17, _CODE_LENGTH)  # a code of fixed length that lost a character is no code any more
_SERIAL: Final = 17  # where the serial number begins
_TYPED: Final = ("battery_code", "vin", "removed_battery_code")


@dataclass(slots=True)
class Ledger:
    """The reports of one block of lives, by month of receipt, and its labels."""

    unit: str
    chance: random.Random
    plan: Plan
    rows: dict[str, list[bytes]] = field(default_factory=dict)
    labels: list[dict[str, Any]] = field(default_factory=list)
    count: int = 0
    laid: int = 0
    received: int = 0  # the day on which the last report came in
    shards: int = 1  # into how many parts the first month of a large nation is laid
    heard: set[tuple[int, str]] = field(default_factory=set)
    series: dict[tuple[int, str, str], float] = field(default_factory=dict)

    def tell(self, firm: Firm, kind: str, on: int, fields: dict[str, Any], *, told: int | None = None) -> str:
        """Write one report of an event and return its id; `told` is the day of receipt where a breach decides it."""
        self.count += 1
        report_id = f"{self.unit}-{self.count}"
        row = {"report_id": report_id, "kind": kind, "occurred_at": TEXT[on], **fields}
        if on < OPENED:
            first_told = min(on + 1 + int(self.chance.random() * 9), OPENED - 1)
            row["originally_reported_at"] = f"{TEXT[first_told]}T10:00:00+08:00"
            self.received = OPENED + firm.first_load
            self._spool(firm, self.received, on, row)
            return report_id
        if firm.is_silent:
            self.label("unreported", firm, on=on, subjects=name_subjects(fields), reports=[], told=None)
            return report_id
        self.heard.add((firm.number, TEXT[on][:7]))
        received = told
        if received is None:
            received = self._receive(firm, on)
            if firm.holds_back is not None and firm.holds_back[0] <= on < firm.holds_back[1] - LIMIT_DAYS:
                received = firm.holds_back[1]
                subjects = name_subjects(fields)
                self.label("held_back", firm, on=on, subjects=subjects, reports=[report_id], told=received)
            elif self.chance.random() < RATES["late_report"] * self.plan.times:
                received = on + LIMIT_DAYS + 1 + int(self.chance.random() * 60)
                subjects = name_subjects(fields)
                self.label("late_report", firm, on=on, subjects=subjects, reports=[report_id], told=received)
            elif firm.form != "jsonl":
                received = self._slip(firm, on, row, received)
        self.received = received
        self._spool(firm, received, on, row)
        return report_id

    def _receive(self, firm: Firm, on: int) -> int:
        """Return the day on which an honest enterprise's report comes in: some days on a desk, then the next upload."""
        days = min(int(self.chance.expovariate(1.0) * firm.delay_days), _DESK_DAYS_MAX)
        ready = on + 1 + days
        return ready + (firm.offset - ready) % firm.rhythm_days

    def _slip(self, firm: Firm, on: int, row: dict[str, Any], received: int) -> int:
        """Draw what a person does wrong with one report; returns when the right one comes in."""
        draw = self.chance.random()
        if draw > MISTYPED + NEIGHBOUR + WITHDRAWN:
            return received
        typed = next((name for name in _TYPED if name in row and len(row[name]) in _LENGTHS), None)
        again = received + 1 + int(self.chance.random() * 4)
        if again > on + _IN_TIME_DAYS or typed is None:
            return received
        report_id, subjects = row["report_id"], name_subjects(row)
        if draw < MISTYPED:  # refused at the door, corrected the next days under the same id
            self._spool(firm, received, on, {**row, typed: row[typed][:-1]})
            self.label("typing_error", firm, on=on, subjects=subjects, reports=[report_id], told=received)
            return again
        wrong = {**row, "report_id": f"{report_id}w"}
        if draw < MISTYPED + NEIGHBOUR and typed != "vin" and len(row[typed]) == _CODE_LENGTH:
            wrong[typed] = name_neighbour(row[typed], self.chance)
            kind, subjects = "neighbour_typing_error", [*subjects, f"battery:{wrong[typed]}"]
        elif "mass_g" in row:
            wrong["mass_g"] = row["mass_g"] * 10
            kind = "withdrawn_report"
        else:
            return received
        self._spool(firm, received, on, wrong)
        self.label(kind, firm, on=on, subjects=subjects, reports=[wrong["report_id"], report_id], told=received)
        self._withdraw(firm, again, wrong["report_id"])
        return again

    def _withdraw(self, firm: Firm, on: int, target: str) -> None:
        self.count += 1
        fields = {"occurred_at": TEXT[on], "withdrawn_report_id": target, "reason": "录入错误"}
        self._spool(firm, on, on, {"report_id": f"{self.unit}-{self.count}", "kind": "report_withdrawn", **fields})

    def _spool(self, firm: Firm, received: int, on: int, row: dict[str, Any]) -> None:
        """Lay a row where the writer finds it: by day of receipt, enterprise, day of the event."""
        if received > self.plan.until:
            return
        line = b"%05d%05d%05d%b" % (received, firm.number, on, encode(row))
        part = TEXT[received][:7]
        if self.shards > 1:
            shards = self.shards if part == _FIRST_MONTH else max(self.shards // _FIRST_TO_LATER, 1)
            part = f"{part}.{(firm.number + received) % shards:03d}"
        lines = self.rows.get(part)
        if lines is None:
            lines = self.rows[part] = []
        lines.append(line)
        self.laid += 1

    def deliver(self, plant: Firm, on: int, goods: dict[str, Any]) -> None:
        """Lay goods at a plant's gate: what it does with them is told plant by plant, later."""
        if on <= self.plan.until:
            self.rows.setdefault(f"plant-{plant.number:05d}", []).append(b"%05d%b" % (on, encode(goods)))

    def label(
        self,
        label: str,
        firm: Firm | None,
        *,
        on: int,
        subjects: Iterable[str],
        reports: Iterable[str],
        told: int | None,
        parties: Iterable[str] = (),
        note: str = "",
    ) -> None:
        """Write down what is true of an event."""
        party = None if firm is None else firm.uscc
        if on > self.plan.until:
            return
        if told is not None and told > self.plan.until:
            told = None
        if firm is not None and firm.is_silent and on >= OPENED:
            reports = ()  # it told nothing: `unreported` names what is missing
        self.labels.append(
            {
                "label": label,
                "breach": label in BREACH_LABELS,
                "party": party,
                "parties": sorted({*parties, *([party] if party else [])}),
                "subjects": list(subjects),
                "reports": [f"{party}/{one}" for one in reports],
                "happened_on": TEXT[on],
                "told_on": None if told is None else TEXT[told],
                "note": note,
            }
        )

    def add(self, year: int, series: str, scope: str, value: float) -> None:
        """Add to what the world holds, for the comparison with the real series."""
        key = (year, series, scope)
        self.series[key] = self.series.get(key, 0.0) + value


BREACH_LABELS: Final = frozenset({*BREACHES, "unreported", "unreported_replacement", "held_back"})
"""Labels of breaches and of what follows from one: the single reports that a silent or slow enterprise owes."""


def name_neighbour(code: str, chance: random.Random) -> str:
    """Return the code of the pack made before or after: what a slip of the eye makes of it."""
    serial = int(code[_SERIAL:]) + chance.choice((-1, 1))
    return f"{code[:_SERIAL]}{serial % 10**7:07d}"


def name_subjects(fields: dict[str, Any]) -> list[str]:
    """Return the subjects that a report names, as labels write them."""
    subjects = []
    for name, value in fields.items():
        if name == "vin":
            subjects.append(f"vehicle:{value}")
        elif name in _CODES:
            codes = value if isinstance(value, list) else [value]
            subjects += [f"{'lot' if one.startswith('LOT-') else 'battery'}:{one}" for one in codes]
    return subjects


_CODES: Final = frozenset(
    {
        *("battery_code", "removed_battery_code", "fitted_battery_code", "temporary_code", "product_code", "lot_code"),
        *("battery_codes", "battery_codes_found", "parent_codes", "recovered_codes", "removed_codes", "fitted_codes"),
        "lot_codes",
    }
)
