"""Who takes part in the tests, codes with right check digits, and reports in short: what is left out is filled in.

The short form is described in `tests/rules/test_cases.py`, whose written cases use it too.
"""

import json
import re
from collections.abc import Iterable
from datetime import date, datetime
from functools import cache

from memory_engine import MemoryEngine, make_registry

from suyuan.core.fold import RuleTable
from suyuan.core.registry import Registry
from suyuan.core.rulebook import Rulebook
from suyuan.core.rulebook_file import OWN_FILE, parse_rulebook
from suyuan.core.topic import TOPICS, assemble_registry
from suyuan.intake.register_file import read_register_file
from suyuan.rulebook import load_rulebook
from suyuan.rules.catalogue import RULE_TABLE

DATE_LETTERS = "123456789ABCDEFGHJKLMNPRSTVWXY"
USCC_CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
VIN_VALUES = dict(
    zip("0123456789ABCDEFGHJKLMNPRSTUVWXYZ", (*range(10), *range(1, 9), *range(1, 6), 7, 9, *range(2, 10)), strict=True)
)
VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)


def uscc(body: str) -> str:
    total = sum(USCC_CHARACTERS.index(character) * pow(3, place, 31) for place, character in enumerate(body))
    return body + USCC_CHARACTERS[-total % 31]


PARTICIPANTS = {  # alias: (USCC, roles, division, manufacturer codes, valid until)
    "BP1": (uscc("91350100M000100Y4"), "battery_producer", "350100", "001", ""),
    "BP2": (uscc("91320400MA1000012"), "battery_producer", "320400", "002 003", ""),
    "VP1": (uscc("91440300MA1000023"), "vehicle_producer", "440300", "", ""),
    "VP2": (uscc("91310000MA1000034"), "vehicle_producer", "310115", "006", ""),
    "SE1": (uscc("91330100MA1000045"), "seller", "330100", "", ""),
    "RE1": (uscc("91330100MA1000056"), "repairer", "330106", "", ""),
    "RE2": (uscc("91330100MA1000057"), "repairer", "330106", "", ""),
    "SO1": (uscc("91340100MA1000067"), "swap_operator", "340100", "", ""),
    "VD1": (uscc("91410100MA1000078"), "vehicle_dismantler", "410100", "", ""),
    "VD2": (uscc("91370200MA1000089"), "vehicle_dismantler", "370200", "", ""),
    "CO1": (uscc("91420100MA1000090"), "collection_outlet", "420100", "", ""),
    "CO2": (uscc("91420100MA1000091"), "collection_outlet", "420100", "", ""),
    "UE1": (uscc("91430100MA10000A1"), "utilization_enterprise", "430100", "004", ""),
    "CU1": (uscc("91420100MA10000F6"), "collection_outlet utilization_enterprise", "420100", "", ""),
    "UE2": (uscc("91360100MA10000B2"), "utilization_enterprise", "360100", "005", ""),
    "UE3": (uscc("91450100MA10000C3"), "utilization_enterprise", "450100", "", "2025-12-31"),
    "OH1": (uscc("91110000MA10000D4"), "other_holder", "110105", "", ""),
    "XX1": (uscc("91110000MA10000E5"), "", "", "", ""),  # never registered
}
USCC_OF = {alias: row[0] for alias, row in PARTICIPANTS.items()}
REGISTRY = make_registry({row[0]: row[1:] for alias, row in PARTICIPANTS.items() if alias != "XX1"})

PARTICIPANTS_HEADING = "uscc,name,roles,division,manufacturer_codes,valid_from,valid_until"


def write_participants_csv(*, name="{alias} 公司") -> str:
    """Return the file that registers the participants; `name` may hold {alias}."""
    rows = [
        f"{uscc},{name.format(alias=alias)},{roles},{division},{makers},2015-01-01,{until}"
        for alias, (uscc, roles, division, makers, until) in PARTICIPANTS.items()
        if roles
    ]
    return "\n".join([PARTICIPANTS_HEADING, *rows])


_BORN = {"model": "M1", "rated_energy_wh": 55_000, "mass_g": 420_000}
_BUILT = {"vehicle_model": "X1", "conformity_certificate_no": "C1"}
_MOVED = {"mass_g": 420_000}
DEFAULTS = {
    "battery_produced": _BORN,
    "battery_imported": {**_BORN, "customs_declaration_no": "D1"},
    "uncoded_battery_declared": {**_MOVED, "explanation": "label burnt"},
    "lot_declared": {"content": "loose_cells", **_MOVED},
    "vehicle_produced": _BUILT,
    "vehicle_imported": {**_BUILT, "customs_declaration_no": "D1"},
    "vehicle_sold": {"use_type": "private"},
    "battery_swapped": {"station_id": "S1"},
    "battery_replaced": {"reason": "fault"},
    "component_replaced": {"reason": "fault"},
    "recovery_certificate_issued": {"recovery_certificate_no": "R1"},
    "battery_removed": {"reason": "other"},
    "battery_handed_over": _MOVED,
    "battery_received": _MOVED,
    "battery_tested": {"residual_capacity_percent_x100": 7_500, "method": "1C", "test_temperature_c": 25},
    "reuse_product_made": {"field_of_use": "stationary_storage", "rated_energy_wh": 40_000, "mass_g": 410_000},
    "material_sold": {"material": "black_mass", "mass_g": 400_000},
    "material_received": {"material": "black_mass", "mass_g": 400_000},
    "dismantling_information_filed": {
        "model": "M1",
        "document_id": "D1",
        "version": "1",
        "product_certified_on": "2025-01-01",
    },
    "material_recovered": {
        "input_mass_g": 420_000,
        "residue_mass_g": 0,
        "outputs": [{"material": "black_mass", "mass_g": 400_000}],
    },
    "stock_counted": {"counted_mass_g": 420_000},
    "battery_lost": {"cause": "unknown", "explanation": "gone"},
    "report_withdrawn": {"reason": "wrong line"},
}


# -- placeholders --------------------------------------------------------------------------------------------------


def code(serial: int, *, level: str, on: str, maker: str, is_product: bool = False) -> str:
    day = date.fromisoformat(on)
    letters = (
        DATE_LETTERS[day.year - 2011]
        + DATE_LETTERS[day.month - 1]
        + ("0" if day.day == 31 else DATE_LETTERS[day.day - 1])
    )
    return f"{maker}{level}BA1{'' if is_product else '0000000'}{letters}{serial:07d}" + (
        f"R{level}" if is_product else ""
    )


def vin(serial: int, *, is_right: bool = True) -> str:
    body = f"LATPAB07{{}}S1{serial:06d}"
    remainder = (
        sum(VIN_VALUES[character] * weight for character, weight in zip(body.format("0"), VIN_WEIGHTS, strict=True))
        % 11
    )
    return body.format("0123456789X"[remainder if is_right else (remainder + 1) % 11])


PLACEHOLDER = re.compile(
    r"\{(?:([A-Z]{2}[0-9])|([a-z_]+):([0-9]+)(?:-([0-9]+))?(?:@([0-9-]{10}))?(?:/([0-9A-Z]{3}))?)\}"
)


def expand_one(match: re.Match, *, serial: int | None = None) -> str:
    alias, name, first, _, on, maker = match.groups()
    if alias:
        return USCC_OF[alias]
    serial = int(first) if serial is None else serial
    match name:
        case "vin" | "wrong_vin":
            return vin(serial, is_right=name == "vin")
        case "pack":
            return code(serial, level="P", on=on or "2025-03-12", maker=maker or "001")
        case "module" | "modules":
            return code(serial, level="M", on=on or "2025-03-01", maker=maker or "001")
        case "cell" | "cells":
            return code(serial, level="C", on=on or "2025-03-01", maker=maker or "001")
        case "product":
            return code(serial, level="P", on=on or "2026-05-01", maker=maker or "004", is_product=True)
    raise AssertionError(f"no such placeholder: {match.group()}")


def expand(value):
    """Return a value of a case with its aliases and placeholders written out."""
    if isinstance(value, str):
        return USCC_OF.get(value) or PLACEHOLDER.sub(expand_one, value)
    if isinstance(value, dict):
        return {name: expand(part) for name, part in value.items()}
    if isinstance(value, list):
        return [one for part in value for one in expand_member(part)]
    return value


def expand_member(part) -> list:
    many = PLACEHOLDER.fullmatch(part) if isinstance(part, str) else None
    if many is not None and many.group(4):
        return [expand_one(many, serial=serial) for serial in range(int(many.group(3)), int(many.group(4)) + 1)]
    return [expand(part)]


def fill_report(report: dict, *, number: int) -> dict:
    """Return a report with everything a case may leave out."""
    filled = {"report_id": f"r{number}", **DEFAULTS.get(report["kind"], {}), **expand(report)}
    on = filled["occurred_at"][:10]
    if report["kind"] in ("battery_produced", "battery_imported"):
        filled.setdefault("produced_on", on)
    if report["kind"] in ("vehicle_produced", "vehicle_imported"):
        filled.setdefault("conformity_certificate_issued_on", on)
    filled["by"] = USCC_OF[report["by"]]
    return filled


def register_only(aliases: Iterable[str]) -> Registry:
    """Return a register that holds nobody but these."""
    return make_registry({PARTICIPANTS[alias][0]: PARTICIPANTS[alias][1:] for alias in aliases if alias != "XX1"})


def add_entries(registry: Registry, register: dict[str, list[dict]]) -> Registry:
    """Return a register with entries beside its participants, given by topic as rows of its columns."""
    entries = {"participants": [entry for uscc in registry.usccs for entry in registry.entries_of(uscc)]}
    for topic, rows in register.items():
        file = read_register_file(json.dumps(expand(rows)).encode(), topic=TOPICS[topic], on=date(2026, 1, 1))
        assert not file.refused, file.refused
        assert file.file_error is None, file.file_error
        entries[topic] = [one.entry for one in file.statements]
    return assemble_registry(entries, version=registry.version)


@cache
def amend_rulebook(thresholds: tuple[tuple[str, int], ...]) -> Rulebook:
    """Return the packaged rulebook with other thresholds in the book of 2026, as an operator's own file sets them."""
    entries = (
        f'[[threshold]]\nkey = "{key}"\nvalue = {value}\nsource = "test"\nverified = false\n'
        for key, value in thresholds
    )
    own = '[book]\nname = "2026"\n' + "".join(entries)
    return parse_rulebook({**load_rulebook().texts, OWN_FILE: own})


def play(
    reports: list[dict], *, rules: RuleTable = RULE_TABLE, registry: Registry = REGISTRY, thresholds: dict | None = None
) -> MemoryEngine:
    engine = MemoryEngine(registry, rules=rules)
    if thresholds:
        engine.rulebook = amend_rulebook(tuple(sorted(thresholds.items())))
    for report in reports:
        fields = {name: value for name, value in report.items() if name not in ("by", "received_at")}
        received_at = datetime.fromisoformat(report["received_at"]) if "received_at" in report else None
        engine.report(fields, by=report["by"], received_at=received_at)
    engine.judge()
    return engine


SOLD_LIFE = [
    {"by": "BP1", "kind": "battery_produced", "battery_code": "{pack:1}", "occurred_at": "2026-05-01"},
    {
        "by": "VP1",
        "kind": "vehicle_produced",
        "vin": "{vin:1}",
        "battery_codes": ["{pack:1}"],
        "occurred_at": "2026-05-05",
    },
    {"by": "VP1", "kind": "vehicle_sold", "vin": "{vin:1}", "use_type": "private", "occurred_at": "2026-05-20"},
]
"""A pack that is made, built into a vehicle, and sold with it."""
