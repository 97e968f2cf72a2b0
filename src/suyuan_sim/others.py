"""What no single life tells: papers of models, scrap of production, quarters with nothing to report."""

from datetime import date
from typing import Any, Final

from suyuan_sim.calibration import MONTH_SHARES, made_gwh, read_year
from suyuan_sim.day import OPENED, TEXT, number_of, year_of
from suyuan_sim.firms import Firms
from suyuan_sim.ledger import Ledger

# Factory scrap: share of recyclers' input in 2021 found; here kg for each kWh installed, so that 2028 comes near 413.9 kt (found).
SCRAP_KG_PER_KWH: Final = 0.35
SCRAP_G_MIN = 1_000
_QUARTER = 3


def tell_models(firms: Firms, ledger: Ledger) -> None:
    """File the dismantling information of every model, in the first months of the platform."""
    chance = ledger.chance
    for firm in firms.every:
        for model in firm.models:
            fields: dict[str, Any] = {
                "model": model,
                "document_id": f"CJ-{model}",
                "version": "1.0",
                "product_certified_on": f"20{chance.randint(18, 25)}-0{chance.randint(1, 9)}-15",
            }
            ledger.tell(firm, "dismantling_information_filed", OPENED + 5 + int(chance.random() * 80), fields)


def tell_scrap(firms: Firms, ledger: Ledger, *, month: int, scale: float) -> None:
    """Declare each battery maker's scrap of a month as a lot, and hand it to a plant."""
    chance, year = ledger.chance, read_year(year_of(month))
    month_g = made_gwh(year.year) * 1e6 * SCRAP_KG_PER_KWH * 1000 * scale * MONTH_SHARES[int(TEXT[month][5:7]) - 1]
    before = 0.0
    for value, weight in zip(firms.batteries.values, firms.batteries.weights, strict=True):
        firm, share = firms.every[int(value)], (weight - before) / firms.batteries.weights[-1]
        before = weight
        mass_g = int(month_g * share * chance.uniform(0.7, 1.3))
        on = month + 20 + int(chance.random() * 8)
        if mass_g < SCRAP_G_MIN or on + 20 > ledger.plan.until:
            continue
        code = f"LOT-{firm.uscc}-{TEXT[month][:7]}"
        chemistry = "lfp" if chance.random() < year.lfp else "ncm523"
        fields = {"lot_code": code, "content": "production_scrap", "mass_g": mass_g, "chemistry": chemistry}
        report = ledger.tell(firm, "lot_declared", on, fields)
        ledger.label("production_scrap", firm, on=on, subjects=[f"lot:{code}"], reports=[report], told=None)
        plant = firms.pick(firms.plants, chance)
        ledger.tell(
            firm, "battery_handed_over", on + 3, {"battery_code": code, "receiver": plant.uscc, "mass_g": mass_g}
        )
        ledger.tell(plant, "battery_received", on + 5, {"battery_code": code, "sender": firm.uscc, "mass_g": mass_g})
        energy_wh = int(mass_g / 1000 * 140)
        goods = {
            "code": code,
            "chemistry": chemistry,
            "energy_wh": energy_wh,
            "mass_g": mass_g,
            "modules": (),
            "stripped_by": None,
            "is_known": True,
        }
        ledger.deliver(plant, on + 5, goods)


def tell_quiet_quarters(firms: Firms, ledger: Ledger, *, heard: set[tuple[int, str]]) -> None:
    """Say of each quarter in which an enterprise had nothing to report that it had nothing."""
    year = year_of(OPENED)
    month = int(TEXT[OPENED][5:7])
    while True:
        first = number_of(date(year, month, 1))
        month += _QUARTER
        year, month = (year + 1, month - 12) if month > 12 else (year, month)  # noqa: PLR2004 - a year has twelve
        last = number_of(date(year, month, 1)) - 1
        if last + 10 > ledger.plan.until:
            return
        months = {TEXT[day][:7] for day in range(first, last + 1)}
        for firm in firms.every:
            if firm.is_silent or any((firm.number, one) in heard for one in months):
                continue
            fields = {"period_from": TEXT[first], "period_until": TEXT[last]}
            ledger.tell(firm, "nothing_to_report", last, fields, told=last + 1 + int(ledger.chance.random() * 20))
