"""Draw a simulated nation against the published series: eight pictures for `docs/explanation/simulation.md`.

    pip install "suyuan[analysis]"
    suyuan simulate --scale 1/100 --seed 7 --until 2035-12-31 -o DIR
    python scripts/plot_nation.py DIR [-o docs/explanation/images]

Only whole years are drawn. What is published stands as points, filled where the number is found or derived, hollow where
it is unverified; below each picture stand the sources and their confidence. `--compare` prints the deviations instead.
"""

import argparse
import csv
import json
import re
import sys
import textwrap
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from suyuan.numbers import is_verified, read_table

if TYPE_CHECKING:
    from matplotlib.axes import Axes

IMAGES = Path(__file__).parents[1] / "docs" / "explanation" / "images"
REAL, SIMULATED, SECOND, BAND = "#000000", "#0072B2", "#D55E00", "#BBBBBB"
WIDTH_IN, HEIGHT_IN, DPI, CAPTION_CHARACTERS = 9.0, 5.2, 90, 155
SURE_EXITS = range(2023, 2026)  # years whose exits are large against the rounding of the parc
LAST_KNOWN = 2025  # year of the published series; what follows is a scenario
HOLLOW = "Filled: found or derived; hollow: recalled, unverified."
AFTER = f"After {LAST_KNOWN}: a scenario, an assumed market with the fitted survival."
MPS = "Ministry of Public Security annual releases (nev_parc_mps.csv)"
NOT_OF_ONE_YEAR = ("cumulative", "average", "peak", "cascade potential")  # said of a published number's note
NAMED_KT_MIN, FORECAST_UNTIL = 900, 2035  # below it, names would lie on one another
INSTALL = (
    "matplotlib is missing. Install it with: pip install 'suyuan[analysis]'"
    "缺少 matplotlib。请安装：pip install 'suyuan[analysis]'\n"
)

Points = dict[int, tuple[float, bool]]
"""Values by year, and whether each may be shown as verified."""


@dataclass(frozen=True)
class Nation:
    """What a simulated nation holds: series by name and scope, in numbers of the nation."""

    series: dict[tuple[str, str], dict[int, float]]
    scale: float
    seed: int
    last_year: int

    def of(self, series: str, *scopes: str) -> dict[int, float]:
        """Return the sum of some scopes by year, of all where none is named; whole years only."""
        total: Counter[int] = Counter()
        for (name, scope), values in self.series.items():
            if name == series and (not scopes or scope in scopes):
                total.update(values)
        return {year: total[year] for year in sorted(total) if year <= self.last_year}

    def shares(self, series: str, *, years: range) -> dict[str, float]:
        """Return the percent of each scope over some years."""
        sums = {
            scope: sum(value for year, value in values.items() if year in years)
            for (name, scope), values in self.series.items()
            if name == series
        }
        total = sum(sums.values()) or 1.0
        return {scope: 100 * value / total for scope, value in sums.items()}

    @property
    def label(self) -> str:
        """Return what a picture calls it."""
        return f"simulated (1/{round(1 / self.scale)}, seed {self.seed})"


def read_nation(folder: Path) -> Nation:
    """Read `world.json` and `series.csv` of a simulated nation."""
    world = json.loads((folder / "world.json").read_text(encoding="utf-8"))
    series: dict[tuple[str, str], dict[int, float]] = {}
    with (folder / "series.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            series.setdefault((row["series"], row["scope"]), {})[int(row["year"])] = float(row["value"])
    until = world["until"]
    last_year = int(until[:4]) - (0 if until.endswith("-12-31") else 1)
    return Nation(series, float(world["scale"]), int(world["seed"]), last_year)


def published(table: str, column: str, *, year: str = "year", confidence: str = "", times: float = 1.0) -> Points:
    """Return a column by year; without a column for confidence every point is as good as the table's derivation."""
    points = {}
    for row in read_table(table):
        if row[column] and row[year].isdigit():
            told = row[confidence].split(";")[0] if confidence else "derived"
            points[int(row[year])] = (float(row[column]) * times, is_verified(told))
    return points


def registered() -> Points:
    """Return vehicles newly registered by year, million."""
    return published("nev_parc_mps", "new_registrations_million", year="year_end", confidence="confidence_parc")


def exits() -> Points:
    """Return vehicles that left the register by year, thousand; rounding of the parc leaves 2018 and 2019 at nought."""
    return published(
        "nev_parc_mps", "implied_exits_million", year="year_end", confidence="confidence_parc", times=1000.0
    )


def parc() -> Points:
    """Return vehicles in the register at the end of a year, million."""
    return published("nev_parc_mps", "parc_million", year="year_end", confidence="confidence_parc")


def installs() -> Points:
    """Return installed GWh by year."""
    return published("battery_installs_by_year", "gwh", confidence="confidence")


def lfp_share() -> Points:
    """Return percent of LFP in LFP and ternary together; unverified where the split is."""
    return {
        int(row["year"]): (
            100 * float(row["lfp_pct"]) / (float(row["lfp_pct"]) + float(row["ternary_pct"])),
            is_verified(row["confidence"]),
        )
        for row in read_table("battery_installs_by_year")
        if row["lfp_pct"]
    }


def add(*series: dict[int, float]) -> dict[int, float]:
    """Return the sums by year."""
    total: Counter[int] = Counter()
    for one in series:
        total.update(one)
    return dict(sorted(total.items()))


def times(series: dict[int, float], factor: float) -> dict[int, float]:
    """Return a series in another unit."""
    return {year: value * factor for year, value in series.items()}


def draw_published(axes: "Axes", points: Points, *, label: str, color: str = REAL, marker: str = "o") -> None:
    """Draw points, hollow where they are unverified."""
    solid = sorted((year, value) for year, (value, good) in points.items() if good)
    hollow = sorted((year, value) for year, (value, good) in points.items() if not good)
    if solid:
        axes.plot(*zip(*solid, strict=True), marker, color=color, label=label, zorder=3)
    if hollow:
        words = f"{label}, unverified"
        axes.plot(*zip(*hollow, strict=True), marker, mec=color, mfc="none", ls="", label=words, zorder=3)


def draw_line(axes: "Axes", series: dict[int, float], *, label: str, color: str = SIMULATED, style: str = "-") -> None:
    """Draw a simulated series."""
    axes.plot(list(series), list(series.values()), style, color=color, label=label, zorder=2)


def finish(axes: "Axes", *, title: str, unit: str, years: bool = True, legend: str = "best") -> None:
    """Write title and unit, leave a thin grid."""
    axes.set_title(title, fontsize=11)
    axes.set_ylabel(unit)
    axes.grid(visible=True, color="#e5e5e5", lw=0.6)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    if years:
        axes.set_xlabel("year")
        axes.xaxis.get_major_locator().set_params(integer=True)
    if axes.get_legend_handles_labels()[0]:
        axes.legend(fontsize=8, frameon=False, loc=legend)


def draw_sales(nation: Nation, axes: "list[Axes]") -> str:
    """Draw registrations, and all sales with exports."""
    home = times(nation.of("registered"), 1e-6)
    draw_published(axes[0], registered(), label="new registrations")
    draw_line(axes[0], home, label=nation.label)
    finish(axes[0], title="Registered in the year", unit="million vehicles")
    draw_published(
        axes[1],
        published("nev_sales_by_year", "total", confidence="confidence_total", times=1e-6),
        label="sales with exports",
    )
    draw_line(axes[1], add(home, times(nation.of("exports"), 1e-6)), label="simulated sales")
    draw_published(
        axes[1],
        published("nev_sales_by_year", "exports", confidence="confidence_split", times=1e-6),
        label="exports",
        color=SECOND,
        marker="s",
    )
    draw_line(axes[1], times(nation.of("exports"), 1e-6), label="simulated exports", color=SECOND)
    finish(axes[1], title="Sales of the makers, exports among them", unit="million vehicles", legend="upper left")
    return (
        f"Left: {MPS}. Right: CAAM by way of the press (nev_sales_by_year.csv). {HOLLOW} Makers sell more than is registered "
        f"(vehicles stand at dealers); the simulation follows the register and lies below. {AFTER}"
    )


def draw_parc(nation: Nation, axes: "list[Axes]") -> str:
    """Draw the vehicles in the register."""
    draw_published(axes[0], parc(), label="parc at the end of the year")
    draw_line(axes[0], times(nation.of("parc"), 1e-6), label=nation.label)
    draw_line(
        axes[0],
        times(nation.of("parc", "commercial"), 1e-6),
        label="simulated, commercial vehicles of it",
        color=SECOND,
    )
    finish(axes[0], title="New-energy vehicles in the register", unit="million vehicles, 31 December")
    return f"{MPS}. {HOLLOW} {AFTER}"


def draw_installs(nation: Nation, axes: "list[Axes]") -> str:
    """Draw installed energy and the share of LFP."""
    total, lfp = nation.of("installs_gwh"), nation.of("installs_gwh", "lfp")
    draw_published(axes[0], installs(), label="installed")
    draw_line(axes[0], total, label=nation.label)
    draw_line(axes[0], lfp, label="simulated, LFP of it", style="--")
    finish(axes[0], title="Energy of batteries installed", unit="GWh a year")
    draw_published(axes[1], lfp_share(), label="published split")
    draw_line(axes[1], percent_lfp(nation), label=nation.label)
    axes[1].set_ylim(0, 100)
    finish(axes[1], title="LFP in LFP and ternary together", unit="% of GWh")
    return (
        "CABIA, GGII, CATARC by way of the press (battery_installs_by_year.csv); the split of 2025 is January to November. "
        f"{HOLLOW} No split is at hand before 2017: that of 2017 is assumed. {AFTER}"
    )


def percent_lfp(nation: Nation) -> dict[int, float]:
    """Return the percent of LFP in installed energy by year."""
    lfp = nation.of("installs_gwh", "lfp")
    return {year: 100 * lfp.get(year, 0.0) / gwh for year, gwh in nation.of("installs_gwh").items() if gwh}


def draw_exits(nation: Nation, axes: "list[Axes]") -> str:
    """Draw vehicles that left the register, near and far."""
    left = times(nation.of("exits"), 1e-3)
    past = {year: value for year, value in left.items() if year <= LAST_KNOWN}
    fit = next(row for row in read_table("vehicle_survival_fit_to_mps") if row["weibull_shape"] == "3.5")
    fitted = {year: 1000 * float(fit[f"exits_{year}"]) for year in range(2020, LAST_KNOWN + 1)}
    draw_published(axes[0], exits(), label="register: opening parc + new - closing parc")
    axes[0].plot(list(fitted), list(fitted.values()), "x", color=SECOND, label="fitted Weibull (3.5; mean 11.6 years)")
    noise = [1e-3 * (max(value * 1e3 * nation.scale, 0.0) ** 0.5) / nation.scale for value in past.values()]
    axes[0].errorbar(list(past), list(past.values()), noise, color=SIMULATED, capsize=2, label=nation.label)
    finish(axes[0], title="Vehicles that left the register", unit="thousand vehicles a year")
    draw_line(axes[1], left, label=nation.label)
    draw_published(axes[1], exits(), label="register")
    axes[1].set_yscale("log")
    axes[1].set_ylim(bottom=1)
    finish(axes[1], title="The same, and what is still to come", unit="thousand vehicles a year, logarithmic")
    return (
        f"Derived from {MPS}: opening parc and new registrations less closing parc, each rounded to 10,000, so that a point "
        "may be off by 15 thousand; 2018 (-10) and 2019 (0) say no more than that. Fit: own computation (derived, "
        f"vehicle_survival_fit_to_mps.csv). Bars: one standard deviation of the simulated count. {AFTER}"
    )


def draw_retired(nation: Nation, axes: "list[Axes]") -> str:
    """Draw the mass of packs that leave vehicles, against the band and what others published."""
    band = [row for row in read_table("retirement_sensitivity_band_kt") if row["weibull_shape"] == "3.5"]
    lives = {float(row["mean_life_years"]): {int(k): float(v) for k, v in row.items() if k.isdigit()} for row in band}
    years = sorted(lives[9])
    axes[0].fill_between(
        years,
        [lives[14][y] for y in years],
        [lives[9][y] for y in years],
        color=BAND,
        alpha=0.5,
        label="own band: mean life 9 to 14 years",
    )
    axes[0].plot(years, [lives[11.6][y] for y in years], "--", color="#666666", label="own band: 11.6 years (fitted)")
    draw_line(axes[0], nation.of("retired_kt"), label=f"{nation.label}: exits and replacements")
    draw_line(axes[0], nation.of("retired_kt", "replacement"), label="simulated, replacements of it", color=SECOND)
    found = [row for row in yearly_forecasts() if is_verified(row["confidence"])]
    axes[0].plot(
        [int(row["year"]) for row in found],
        [float(row["kt"]) for row in found],
        "o",
        color=REAL,
        ms=4,
        label="published estimates of one year",
        zorder=3,
    )
    for row in found:
        if float(row["kt"]) >= NAMED_KT_MIN:
            name = re.split(r",| via | \(| demand", row["source"])[0]
            is_early = int(row["year"]) <= LAST_KNOWN
            axes[0].annotate(
                f"{name} {row['published']}",
                (int(row["year"]), float(row["kt"])),
                fontsize=6.5,
                ha="right" if is_early else "left",
                xytext=(-5 if is_early else 5, -2),
                textcoords="offset points",
                bbox={"facecolor": "white", "alpha": 0.7, "lw": 0, "pad": 0.5},
            )
    axes[0].set_yscale("log")
    axes[0].set_xlim(2018.5, max(2035.5, years[-1]))
    axes[0].set_ylim(5, 10_000)
    finish(axes[0], title="Traction batteries retired from vehicles", unit="kt of packs a year, logarithmic")
    return (
        "Published: retirement_forecasts.csv (found; each in its own delimitation; numbers cumulated or averaged over years "
        "are left out). Band: own computation (derived, retirement_sensitivity_band_kt.csv). The simulation is calibrated "
        f"to the register's exits, not to any forecast. {AFTER}"
    )


def yearly_forecasts() -> Iterator[dict[str, str]]:
    """Yield published masses of one year, from 2020 to 2035."""
    for row in read_table("retirement_forecasts"):
        if (
            row["kt"]
            and int(row["year"]) <= FORECAST_UNTIL
            and not any(word in row["note"] for word in NOT_OF_ONE_YEAR)
        ):
            yield row


def draw_provinces(nation: Nation, axes: "list[Axes]") -> str:
    """Draw each province's share of passenger cars registered, early and late."""
    rows = read_table("province_weights")
    by_name = {row["Province"]: row for row in read_table("nev_passenger_registrations_province_year")}
    for one, years in zip(axes, (range(2016, 2021), range(2021, 2024)), strict=True):
        real = {row["gb2260_code"][:2]: sum(float(by_name[row["name_en"]][str(y)] or 0) for y in years) for row in rows}
        total = sum(real.values())
        made = nation.shares("registered_passenger_province", years=years)
        order = sorted(rows, key=lambda row: real[row["gb2260_code"][:2]])
        places = range(len(order))
        one.barh(
            places,
            [made.get(row["gb2260_code"][:2], 0.0) for row in order],
            color=SIMULATED,
            alpha=0.7,
            label=nation.label,
        )
        one.plot(
            [100 * real[row["gb2260_code"][:2]] / total for row in order],
            places,
            "o",
            color=REAL,
            ms=3.5,
            label="registrations by province",
        )
        one.set_yticks(list(places), [row["name_en"] for row in order], fontsize=6.5)
        finish(one, title=f"Passenger cars registered {years[0]} to {years[-1]}", unit="", years=False)
        one.set_xlabel("% of the nation")
        one.legend(fontsize=8, frameon=False, loc="lower right")
    return (
        "Insurance registrations by province and year (nev_passenger_registrations_province_year.csv; found). The simulation "
        "draws each year's shares; those of 2016 stand for earlier years and those of 2023 for later ones (assumption)."
    )


def draw_makers(nation: Nation, axes: "list[Axes]") -> str:
    """Draw makers by rank: names are invented, shares are the market's."""
    wanted = (
        ("battery", "2024", "installs_gwh_maker", "Battery makers 2024", "% of GWh"),
        ("oem_nev_retail_passenger", "2025", "vehicles_maker", "Vehicle makers 2025", "% of vehicles"),
    )
    for one, (market, period, series, title, unit) in zip(axes, wanted, strict=True):
        rows = [row for row in read_table("market_shares") if (row["market"], row["period"]) == (market, period)]
        real = sorted((float(row["share_pct"]) for row in rows if row["company"] != "others"), reverse=True)
        ranks = range(1, len(real) + 1)
        made = sorted(nation.shares(series, years=range(int(period), int(period) + 1)).values(), reverse=True)
        made += [0.0] * len(real)
        one.bar(list(ranks), made[: len(real)], color=SIMULATED, alpha=0.7, label=nation.label)
        one.plot(list(ranks), real, "o", color=REAL, label="published")
        one.set_xticks(list(ranks))
        finish(one, title=title, unit=unit, years=False)
        one.set_xlabel("rank of the maker")
    return (
        "CABIA and CPCA by way of the press (market_shares.csv, found). Only the order of shares is taken over: makers, "
        "names and codes are invented, and the shares of that one year stand for all years (assumption). CPCA counts "
        "retail of passenger cars; the simulation, all vehicles made."
    )


def draw_collection(nation: Nation, axes: "list[Axes]") -> str:
    """Draw what utilization enterprises take in."""
    real = {
        int(row["period"]): (float(row["value"]) / 1000, is_verified(row["confidence"]))
        for row in read_table("collection_actuals")
        if row["metric"].startswith("official comprehensive utilisation") and row["period"].isdigit()
    }
    draw_published(axes[0], real, label="comprehensive utilisation, official")
    fed = nation.of("recovered_feed_kt")
    axes[0].bar(list(fed), list(fed.values()), color=SIMULATED, alpha=0.6, label=f"{nation.label}: fed to recovery")
    gone = nation.of("retired_kt")
    draw_line(axes[0], gone, label="simulated, retired from vehicles", color=SECOND)
    axes[0].set_xlim(2019.5, max(fed, default=2027) + 0.6)
    finish(axes[0], title="Taken in by utilization enterprises", unit="kt a year")
    return (
        "MIIT by way of the press (collection_actuals.csv, found; 2024 and 2025 'more than'). Before the platform opens "
        "(April 2026) the simulation writes only the part of scrappings that was loaded afterwards, so its bars begin "
        "there; since then scrap of production is in them."
    )


PICTURES: dict[str, tuple[Callable[[Nation, "list[Axes]"], str], int]] = {
    "sales": (draw_sales, 2),
    "parc": (draw_parc, 1),
    "installs": (draw_installs, 2),
    "exits": (draw_exits, 2),
    "retired": (draw_retired, 1),
    "provinces": (draw_provinces, 2),
    "makers": (draw_makers, 2),
    "collection": (draw_collection, 1),
}


def draw_all(nation: Nation, folder: Path) -> list[Path]:
    """Write every picture into a folder; the same nation gives the same pictures. Raises ImportError without matplotlib."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    mpl.rcParams["font.size"] = 9
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, (draw, columns) in PICTURES.items():
        figure = Figure(figsize=(WIDTH_IN, HEIGHT_IN + (1.2 if name == "provinces" else 0)), layout="constrained")
        axes = figure.subplots(1, columns, squeeze=False)[0]
        caption = draw(nation, axes)
        words = "\n".join(textwrap.wrap(caption, CAPTION_CHARACTERS))
        figure.supxlabel(words, x=0.01, ha="left", fontsize=7, color="#444444")
        path = folder / f"nation-{name}.png"
        figure.savefig(path, dpi=DPI, metadata={"Software": None})
        written.append(path)
    return written


def compare(nation: Nation) -> Iterator[tuple[str, str, float, float]]:
    """Yield name, year or years, published and simulated value of each series that can be held against another."""
    pairs = (
        ("registered_million", registered(), times(nation.of("registered"), 1e-6)),
        ("parc_million", parc(), times(nation.of("parc"), 1e-6)),
        ("installs_gwh", installs(), nation.of("installs_gwh")),
        ("lfp_pct", lfp_share(), percent_lfp(nation)),
        ("exits_thousand", exits(), times(nation.of("exits"), 1e-3)),
    )
    for name, points, made in pairs:
        for year in sorted(points):
            if year in made:
                yield name, str(year), points[year][0], made[year]
    left, years = times(nation.of("exits"), 1e-3), SURE_EXITS
    if years[-1] in left:
        real, made_of_all = sum(exits()[year][0] for year in years), sum(left.get(year, 0.0) for year in years)
        yield "exits_thousand", f"{years[0]}-{years[-1]}", real, made_of_all


def main() -> int:
    """Draw or compare; 2 where matplotlib or the nation is missing."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("-o", "--output", type=Path, default=IMAGES)
    parser.add_argument("--compare", action="store_true")
    asked = parser.parse_args()
    if not (asked.folder / "world.json").is_file():
        sys.stderr.write(f"{asked.folder} holds no world.json: name the folder that `suyuan simulate -o` wrote.\n")
        return 2
    nation = read_nation(asked.folder)
    if asked.compare:
        sys.stdout.write("series,year,published,simulated,difference_pct\n")
        for name, year, real, made in compare(nation):
            off = f"{100 * (made - real) / real:+.1f}" if real > 0 else ""
            sys.stdout.write(f"{name},{year},{real:.6g},{made:.6g},{off}\n")
        return 0
    try:
        paths = draw_all(nation, asked.output)
    except ImportError:
        sys.stderr.write(INSTALL)
        return 2
    for path in paths:
        sys.stdout.write(f"{path} {path.stat().st_size} B\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
