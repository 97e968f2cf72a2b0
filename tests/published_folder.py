"""A folder in the layout of the published table, with made-up inputs and outputs computed here by the formulas as printed."""

import csv
import math
from pathlib import Path

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
SHAPE = 3.5
SALES = {("PEV", 2018): 10_000, ("PEV", 2019): 25_000, ("CEV", 2018): 800, ("CEV", 2019): 1_234}
LIVES = {("PEV", 2018): 8, ("PEV", 2019): 9, ("CEV", 2018): 5, ("CEV", 2019): 6}
TYPES = {
    ("PEV", "BPEV_LFP"): (0.6, 9.5, 350, 36.4),
    ("PEV", "BPEV_NCM622"): (0.4, 7.5, 305, 34.8),
    ("CEV", "BCEV_LFP"): (1.0, 6.0, 1840.7, 109.2),
}
LAST_YEAR = 2030


def failed(age, scale):
    return 1 - lives(age, scale)


def lives(age, scale):
    return math.exp(-((age / scale) ** SHAPE))


def retire(cars, mean, scale, mass, kwh):
    """Yield age, packs, kt and GWh of one cohort, term by term as `forecast-check` writes them."""
    vehicle = mean / math.gamma(1 + 1 / SHAPE)
    pv = [0] + [failed(a, vehicle) - failed(a - 1, vehicle) for a in range(1, 21)]
    sv = [lives(a, vehicle) for a in range(21)]
    pb = [0] + [failed(a, scale) - failed(a - 1, scale) for a in range(1, 21)]
    sb = [lives(a, scale) for a in range(21)]
    r = [0] + [pb[a] * sv[a] for a in range(1, 21)]
    for a in range(1, 21):
        packs = cars * (r[a] + pv[a])
        second = pv[a] * sum(r[q] * sb[a - q] * sv[a - 1] / sv[q] for q in range(1, a))
        yield a, packs, packs * mass / 1e6, cars * kwh / 1e6 * (pv[a] * sb[a] + r[a] + second)


def compute():
    """Return packs, kt, GWh by (fleet, type, year)."""
    sums = {}
    for (fleet, year), cars in SALES.items():
        for (of, kind), (share, scale, mass, kwh) in TYPES.items():
            if of == fleet:
                for age, *amounts in retire(cars * share, LIVES[fleet, year], scale, mass, kwh):
                    total = sums.setdefault((fleet, kind, year + age), [0.0, 0.0, 0.0])
                    for place, amount in enumerate(amounts):
                        total[place] += amount
    return {key: total for key, total in sums.items() if key[2] <= LAST_YEAR}


def write(folder, name, rows):
    with (folder / f"repro_table_{name}.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)


def print_amounts(total, decimals):
    count, kt, gwh = total
    more = decimals + (decimals < 9)
    return {
        "retired_count": f"{count:.{decimals}f}", "retired_kt": f"{kt:.{more}f}", "retired_gwh": f"{gwh:.{more}f}"
    }  # fmt: skip


def write_folder(folder, *, decimals=2):
    """Write inputs and outputs, national and by type, printed with so many decimals, sums from exact values."""
    write(folder, "input_sales", [
        {"sale_year": year, "pev_sales": SALES["PEV", year], "cev_sales": SALES["CEV", year]} for year in (2018, 2019)
    ])  # fmt: skip
    write(folder, "input_shares", [
        {"fleet": fleet, "sale_year": year, "battery_type": kind, "share": row[0]}
        for year in (2018, 2019) for (fleet, kind), row in TYPES.items()
    ])  # fmt: skip
    write(folder, "input_batteries", [
        {"fleet": fleet, "battery_type": kind, "weibull_shape": SHAPE, "weibull_scale_years": scale,
         "pack_mass_kg_used": mass, "residual_energy_kwh_used": kwh}
        for (fleet, kind), (_, scale, mass, kwh) in TYPES.items()
    ])  # fmt: skip
    write(folder, "input_vehicle_life", [
        {"sale_year_from": year, "sale_year_to": year, "pev_mean_life_years": LIVES["PEV", year],
         "cev_mean_life_years": LIVES["CEV", year], "weibull_shape": SHAPE} for year in (2018, 2019)
    ])  # fmt: skip
    by_type = compute()
    sums = {}
    for (fleet, _, year), total in by_type.items():
        for key in ((fleet, year), ("ALL", year)):
            sums[key] = [a + b for a, b in zip(sums.get(key, (0, 0, 0)), total, strict=True)]
    national = [{"fleet": key[0], "year": key[1], **print_amounts(total, decimals)} for key, total in sums.items()]
    typed = [{"fleet": fleet, "battery_type": kind, "year": year, **print_amounts(total, decimals)}
             for (fleet, kind, year), total in by_type.items()]  # fmt: skip
    write(folder, "output_national", national)
    write(folder, "output_by_type", typed)
    return national, typed
