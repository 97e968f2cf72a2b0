"""A small world to be judged twice: who takes part, which packs and vehicles there are, and reports made at random.

`choose` picks one of some options; Hypothesis and a seeded generator both serve, so the test and the campaign tell
the same stories. Reports may come from the wrong party, in any order of dates, twice, or be withdrawn.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta, timezone
from typing import Any, TypeVar
from zlib import crc32

from tests.memory_engine import make_registry

from suyuan.core.catalogue import KIND_BY_NAME
from suyuan.core.registry import Registry

Option = TypeVar("Option")
Choose = Callable[[Sequence[Option]], Option]

USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
VIN_VALUES = dict(
    zip("ABCDEFGHJKLMNPRSTUVWXYZ", (1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 7, 9, 2, 3, 4, 5, 6, 7, 8, 9), strict=True)
)
VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)


def _uscc(body: str) -> str:
    total = sum(USCC_ALPHABET.index(character) * pow(3, place, 31) for place, character in enumerate(body))
    return body + USCC_ALPHABET[(31 - total % 31) % 31]


def _vin(serial: int) -> str:
    body = f"LATPAB07{{}}S1{serial:06d}"
    total = sum(
        int(VIN_VALUES.get(one, one)) * weight for one, weight in zip(body.format("0"), VIN_WEIGHTS, strict=True)
    )
    return body.format("X" if total % 11 == 10 else total % 11)


# name: roles, manufacturer codes, end of the qualification
PARTIES = {
    "BP1": ("battery_producer", "001", ""),
    "BP2": ("battery_producer", "001 002", ""),
    "VP1": ("vehicle_producer", "", ""),
    "VP2": ("vehicle_producer battery_producer", "001", ""),
    "SE1": ("seller", "", ""),
    "RE1": ("repairer", "", ""),
    "RE2": ("repairer collection_outlet", "", ""),
    "SO1": ("swap_operator", "", ""),
    "VD1": ("vehicle_dismantler", "", ""),
    "CO1": ("collection_outlet", "", ""),
    "UE1": ("utilization_enterprise", "004", ""),
    "UE2": ("utilization_enterprise", "004", "2026-04-02"),
    "OH1": ("other_holder", "", ""),
}
U = {name: _uscc(f"91330100MA10000{number:02d}") for number, name in enumerate(PARTIES)}
STRANGER = _uscc("91330100MA1000099")
REGISTERED = tuple(U.values())
ANYBODY = (*REGISTERED, STRANGER)
PACKS = tuple(f"001PBA10000000F3C000000{number}" for number in range(1, 5))
MODULES = tuple(f"001MBB70000000F31000000{number}" for number in range(1, 4))
PRODUCTS = tuple(f"004PBC1G31000000{number}RP"[:19] for number in range(1, 3))
VINS = tuple(_vin(serial) for serial in range(3))
FIRST_DAY = date(2026, 3, 29)  # the book of 2018 is in force for three days more
DAYS = tuple(FIRST_DAY + timedelta(days=number) for number in range(12))
CHINA = timezone(timedelta(hours=8))
RECEIVED = datetime(2026, 6, 1, 12, tzinfo=CHINA)
SWEEPS = (None, date(2026, 5, 10), date(2026, 5, 20), date(2026, 12, 31))
BORN = {"model": "M1", "produced_on": "2025-03-12", "rated_energy_wh": 55_000}
BUILT = {"vehicle_model": "X1", "conformity_certificate_no": "C1", "conformity_certificate_issued_on": "2026-03-20"}
SALES = ("new", "new", "second_hand", "wreck")
REASONS = ("scrapping", "rework", "other")
CUSTOMS = {"customs_declaration_no": "D1"}


def receive(raw: dict[str, Any]) -> datetime:
    """Return when a report came in: the same for the same report, months apart for others, whatever their order."""
    return RECEIVED + timedelta(days=40 * (crc32(raw["report_id"].encode()) % 6))


def make_small_registry() -> Registry:
    """Return the register of the small world."""
    return make_registry(
        {U[name]: (roles, "330100", makers, until) for name, (roles, makers, until) in PARTIES.items()}
    )


def _some(choose: Choose, options: Sequence[str], *, most: int = 2) -> list[str]:
    chosen = {choose(options) for _ in range(choose(range(most + 1)))}
    return sorted(chosen)


def _battery(choose: Choose) -> str:
    return choose((*PACKS, *PACKS, *PACKS, MODULES[0], *PRODUCTS))


def _born(choose: Choose) -> dict[str, Any]:
    modules = [{"code": code, "cells": []} for code in _some(choose, MODULES, most=3)]
    content = {"battery_code": choose(PACKS), **BORN, "mass_g": choose((400_000, 400_000, 410_000))}
    return {**content, "modules": modules} if modules else content


def _built(choose: Choose) -> dict[str, Any]:
    content = {"vin": choose(VINS), **BUILT, "battery_codes": _some(choose, PACKS) or [choose(PACKS)]}
    return {**content, "is_swap_vehicle": True} if choose((False, False, False, True)) else content


def _vehicle_imported(choose: Choose) -> dict[str, Any]:
    pack = {"code": choose(PACKS), "chemistry": "lfp", "rated_energy_wh": 55_000, "mass_g": choose((400_000, 410_000))}
    content = {**_built(choose), **CUSTOMS}
    content["battery_codes"] = [
        code for code in content["battery_codes"] if code != pack["code"] or choose((True, False))
    ]
    return {**content, "packs": [pack]}


def _swapped(choose: Choose) -> dict[str, Any]:
    content = {"vin": choose(VINS), "fitted_battery_code": choose(PACKS), "station_id": "S1"}
    removed = choose((None, *(code for code in PACKS if code != content["fitted_battery_code"])))
    return {**content, "removed_battery_code": removed} if removed else content


def _replaced(choose: Choose) -> dict[str, Any]:
    return {"vin": choose(VINS), "removed_battery_code": choose(PACKS), "fitted_battery_code": choose(PACKS),
            "reason": "fault", "kept_by": choose(ANYBODY)}  # fmt: skip


def _component_replaced(choose: Choose) -> dict[str, Any]:
    removed = choose((MODULES, ()))
    removed = [choose(removed)] if removed else []
    fitted = [choose(tuple(code for code in MODULES if code not in removed))]
    return {"battery_code": choose(PACKS), "removed_codes": removed, "fitted_codes": fitted, "kept_by": choose(ANYBODY),
            "reason": "fault"}  # fmt: skip


def _scrapped(choose: Choose) -> dict[str, Any]:
    content = {"vin": choose(VINS), "battery_codes_found": _some(choose, PACKS)}
    return (
        {**content, "replacement_record_no": "R1", "recovery_voucher_no": "V1"}
        if choose((False, False, True))
        else content
    )


def _received(choose: Choose) -> dict[str, Any]:
    content = {"battery_code": _battery(choose), "mass_g": 400_000}
    return (
        {**content, "sender": choose(ANYBODY)} if choose((True, True, True, False)) else {**content, "from_owner": True}
    )


def _dismantled(choose: Choose) -> dict[str, Any]:
    content: dict[str, Any] = {"battery_code": choose(PACKS), "recovered_codes": _some(choose, MODULES, most=3)}
    if choose((False, False, True)):
        content["unreadable_count"] = choose((1, 2))
    if choose((False, False, True)):
        content["complete"] = False
    return content


def _made(choose: Choose) -> dict[str, Any]:
    product = choose(PRODUCTS)
    parents = (*PACKS, *PACKS, *(code for code in PRODUCTS if code != product))
    return {"product_code": product, "parent_codes": _some(choose, parents) or [choose(parents)],
            "field_of_use": choose(("stationary_storage", "electric_bicycle")), "rated_energy_wh": 40_000, "mass_g": 400_000}  # fmt: skip


def _fed(choose: Choose) -> dict[str, Any]:
    return {"battery_codes": [_battery(choose)], "input_mass_g": 400_000, "residue_mass_g": 1,
            "outputs": [{"material": "black_mass", "mass_g": 100_000}]}  # fmt: skip


# kind: how often, and what it says
CONTENT: dict[str, tuple[int, Callable[[Choose], dict[str, Any]]]] = {
    "battery_produced": (6, _born),
    "battery_imported": (1, lambda choose: {**_born(choose), **CUSTOMS}),
    "battery_sold": (1, lambda choose: {"battery_code": choose(PACKS), "buyer": choose(ANYBODY)}),
    "swap_pool_joined": (2, lambda choose: {"battery_code": choose(PACKS)}),
    "vehicle_produced": (6, _built),
    "vehicle_imported": (1, _vehicle_imported),
    "vehicle_sold": (4, lambda choose: {"vin": choose(VINS), "use_type": "private", "sale_kind": choose(SALES)}),
    "battery_fitted": (3, lambda choose: {"vin": choose(VINS), "battery_code": choose(PACKS)}),
    "battery_swapped": (2, _swapped),
    "battery_replaced": (3, _replaced),
    "component_replaced": (2, _component_replaced),
    "vehicle_scrapped": (4, _scrapped),
    "recovery_certificate_issued": (1, lambda choose: {"vin": choose(VINS), "recovery_certificate_no": "R1"}),
    "battery_removed": (4, lambda choose: {"battery_code": choose(PACKS), "vin": choose(VINS), "reason": choose(REASONS)}),
    "swap_pool_left": (1, lambda choose: {"battery_code": choose(PACKS)}),
    "battery_handed_over": (8, lambda choose: {"battery_code": _battery(choose), "receiver": choose(ANYBODY), "mass_g": 400_000}),
    "battery_received": (8, _received),
    "battery_tested": (1, lambda choose: {"battery_code": choose(PACKS), "residual_capacity_percent_x100": 8000, "method": "A"}),
    "battery_refurbished": (1, lambda choose: {"battery_code": choose(PACKS)}),
    "battery_dismantled": (2, _dismantled),
    "reuse_product_made": (3, _made),
    "reuse_product_sold": (1, lambda choose: {"product_code": choose(PRODUCTS), "receiver": choose(ANYBODY)}),
    "material_recovered": (2, _fed),
    "stock_counted": (2, lambda choose: {"counted_mass_g": 1, "battery_codes": _some(choose, PACKS) or [choose(PACKS)]}),
    "battery_lost": (1, lambda choose: {"battery_code": choose(PACKS), "cause": "stolen", "explanation": "gone"}),
    "vehicle_exported": (1, lambda choose: {"vin": choose(VINS)}),
    "battery_exported": (1, lambda choose: {"battery_code": choose(PACKS)}),
}  # fmt: skip
KINDS_BY_WEIGHT = tuple(kind for kind, (times, _) in CONTENT.items() for _ in range(times))
REPORTERS = {
    kind: tuple(U[name] for name, (roles, *_) in PARTIES.items() if KIND_BY_NAME[kind].reporters & set(roles.split()))
    for kind in CONTENT
}
# Few hours, so that two events meet in one; the last is told from another zone and falls on the day before its UTC date ends.
HOURS = ("", "", "", "T08:00:00+08:00", "T12:00:00+08:00", "T12:00:00+08:00", "T16:30:00+08:00", "T01:00:00Z")


def invent_report(choose: Choose, *, number: int) -> dict[str, Any]:
    """Return a report that the checker accepts, whether or not it can be true."""
    kind = choose(KINDS_BY_WEIGHT)
    return _clothe(choose, kind, CONTENT[kind][1](choose), number=number)


def _clothe(choose: Choose, kind: str, content: dict[str, Any], *, number: int) -> dict[str, Any]:
    reporter = choose(_who_may(kind, content))
    occurred_at = choose(DAYS).isoformat() + choose(HOURS)
    return {"kind": kind, "report_id": f"r{number}", "reporter": reporter, "occurred_at": occurred_at, **content}


def _who_may(kind: str, content: dict[str, Any]) -> tuple[str, ...]:
    if kind == "vehicle_imported":
        return (U["VP2"],)
    if kind in ("battery_produced", "battery_imported"):
        return U["BP1"], U["BP1"], U["BP2"]
    return REPORTERS[kind]


def continue_a_pair(choose: Choose, reports: list[dict[str, Any]], *, number: int) -> dict[str, Any] | None:
    """Return a report by which a party goes on with a pack it got, or confirms what another told; None if there is none."""
    told = [raw for raw in reports if raw["kind"] in ("battery_handed_over", "battery_received")]
    if not told:
        return None
    raw = choose(told)
    code = raw["battery_code"]
    if raw["kind"] == "battery_handed_over":
        if raw["receiver"] not in REPORTERS["battery_received"]:
            return None
        other = {"kind": "battery_received", "reporter": raw["receiver"], "sender": raw["reporter"]}
    elif raw.get("sender") in REPORTERS["battery_handed_over"]:
        other = {"kind": "battery_handed_over", "reporter": raw["sender"], "receiver": raw["reporter"]}
    else:
        return None
    occurred_at = choose((raw["occurred_at"], choose(DAYS).isoformat() + choose(HOURS)))
    return {**other, "report_id": f"r{number}", "occurred_at": occurred_at, "battery_code": code, "mass_g": 400_000}


def withdraw_one(choose: Choose, reports: list[dict[str, Any]], *, number: int) -> dict[str, Any] | None:
    """Return the withdrawal of one of the reports; None if there is none."""
    standing = [raw for raw in reports if raw["kind"] != "report_withdrawn"]
    if not standing:
        return None
    target = choose(standing)
    return {"kind": "report_withdrawn", "report_id": f"w{number}", "reporter": target["reporter"],
            "occurred_at": choose(DAYS).isoformat(), "withdrawn_report_id": target["report_id"], "reason": "typed wrong"}  # fmt: skip
