"""Reports of a used battery in short, and what they book."""

from datetime import date

from memory_engine import MemoryEngine
from story import REGISTRY, USCC_OF, expand, fill_report, play

from suyuan.core.registry import Register, Registry, Site

ALIAS = {uscc: alias for alias, uscc in USCC_OF.items()}
PACK, LOT = "{pack:1}", "LOT-{BP1}-1"
MADE = {"by": "BP1", "kind": "battery_produced", "occurred_at": "2025-03-12", "battery_code": PACK, "chemistry": "lfp"}
BUILT = {
    "by": "VP1",
    "kind": "vehicle_produced",
    "occurred_at": "2025-04-01",
    "vin": "{vin:1}",
    "battery_codes": [PACK],
}
SOLD = {"by": "SE1", "kind": "vehicle_sold", "occurred_at": "2025-05-01", "vin": "{vin:1}"}


def on(day, by, kind, **fields):
    """Return a report of May 2026."""
    return {"by": by, "kind": kind, "occurred_at": f"2026-05-{day:02d}", **fields}


def of_pack(day, by, kind, **fields):
    return on(day, by, kind, battery_code=PACK, **fields)


def bought(day, by="CO1", **fields):
    return of_pack(day, by, "battery_received", from_owner=True, **fields)


def given_to(day, by, receiver, **fields):
    return of_pack(day, by, "battery_handed_over", receiver=receiver, **fields)


def got_from(day, by, sender, **fields):
    return of_pack(day, by, "battery_received", sender=sender, **fields)


def posted(*reports, subject=PACK, items=("battery", "lot")):
    """Return the flows of one subject in short: day of May 2026, who, flow, grams; of some items."""
    engine = play([fill_report(report, number=number) for number, report in enumerate(reports, start=1)])
    return sorted(
        (flow.day.day, ALIAS[flow.uscc], flow.flow, flow.grams)
        for flow in engine.verdicts[expand(subject)].flows
        if flow.item in items and flow.flow not in ("sent", "arrived")
    )


SITED = Registry(
    [REGISTRY.find(uscc, on=date(2026, 1, 1)) for uscc in REGISTRY.usccs],
    version=1,
    register=Register(
        sites=tuple(
            Site(USCC_OF[alias], site, "420100", date(2015, 1, 1))
            for alias in ("CO1", "UE1", "BP1")
            for site in ("S1", "S2")
        )
    ),
)


def sites_of(*reports, subject):
    """Return who booked what at which site."""
    engine = MemoryEngine(SITED)
    for number, report in enumerate(reports, start=1):
        filled = fill_report(report, number=number)
        engine.report({name: value for name, value in filled.items() if name != "by"}, by=filled["by"])
    engine.judge()
    return {(ALIAS[flow.uscc], flow.flow, flow.site) for flow in engine.verdicts[expand(subject)].flows}


def lot(day, by, kind, mass_g, **fields):
    name = "lot_code" if kind == "lot_declared" else "battery_code"
    return on(day, by, kind, **{name: LOT}, mass_g=mass_g, **fields)


DECLARED = lot(1, "BP1", "lot_declared", 900, chemistry="ncm523")
