"""Simulate a nation: blocks of lives, then plants, then the files; any scale, the same bytes for a seed.

Blocks and plants lay their reports in a spool, by month of receipt; each part of it is sorted and written. What runs at
the same time, and how many processes there are, changes nothing. Memory is that of the largest part: what one enterprise sends
on one day stays together.
"""

import csv
import hashlib
import os
import random
import shutil
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final

import msgspec

from suyuan_sim.breaches import Plan
from suyuan_sim.calibration import FIRST_YEAR, MONTH_SHARES, read_year
from suyuan_sim.day import OPENED, TEXT, day_of, month_starts, number_of
from suyuan_sim.end import Grey, leave
from suyuan_sim.firms import UE, Firms, make_firms
from suyuan_sim.labels import finish_labels
from suyuan_sim.ledger import Ledger
from suyuan_sim.others import tell_models, tell_quiet_quarters, tell_scrap
from suyuan_sim.plant import Plant, read_goods
from suyuan_sim.production import LIVES_PER_BLOCK, Line
from suyuan_sim.use import live, swap
from suyuan_sim.write import write_part

VERSION: Final = 1  # of what is written: the same seed gives the same bytes for the same version
ROWS_PER_PART: Final = 200_000
BLOCKS_AT_ONCE: Final = (
    16  # so many blocks lay their reports together: each part of the spool is opened once for all of them
)
_REPORTS_PER_VEHICLE = 3.2
_encode: Final = msgspec.json.Encoder().encode
_decode: Final = msgspec.json.Decoder().decode
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Order:
    """What is asked for: which part of the nation, until which day, with how many times the usual breaches."""

    folder: Path
    scale: float
    seed: int
    until: date
    times: float = 1.0
    processes: int = 1
    with_cells: bool = False


@dataclass(slots=True)
class Tally:
    """What blocks and plants bring home."""

    reports: int = 0
    vehicles: int = 0
    series: dict[tuple[int, str, str], float] = field(default_factory=dict)
    heard: set[tuple[int, str]] = field(default_factory=set)

    def add(self, other: "Tally") -> None:
        """Add what another holds."""
        self.reports += other.reports
        self.vehicles += other.vehicles
        self.heard |= other.heard
        for key, value in other.series.items():
            self.series[key] = self.series.get(key, 0.0) + value


class _Works:
    """What each process holds: the enterprises, the plan and its own corner of the spool."""

    def __init__(self, order: Order, shards: int, corner: str) -> None:
        self.order, self.shards = order, shards
        self.plan = Plan(number_of(order.until), order.times)
        self.firms = make_firms(scale=order.scale, seed=order.seed, plan=self.plan)
        self.corner = order.folder / "spool" / corner
        self.corner.mkdir(parents=True, exist_ok=True)

    def open_ledger(self, unit: str) -> Ledger:
        chance = random.Random(f"{self.order.seed}/{unit}")  # noqa: S311 - a simulation, no secret
        return Ledger(unit, chance, self.plan, shards=self.shards)

    def lay(self, *ledgers: Ledger) -> None:
        """Append what ledgers hold to the spool, each part of it once."""
        parts: dict[str, list[bytes]] = {}
        for ledger in ledgers:
            for part, lines in ledger.rows.items():
                parts.setdefault(part, []).extend(lines)
            for label in ledger.labels:
                parts.setdefault(f"labels-{label['happened_on'][:7]}", []).append(_encode(label))
        for part, lines in parts.items():
            with (self.corner / part).open("ab") as file:
                file.write(b"\n".join(lines) + b"\n")


_works: _Works


def simulate(order: Order, *, progress: Progress = lambda _stage, _done, _of: None) -> dict[str, Any]:
    """Write a nation into a folder and return what `world.json` says of it. The folder must be empty or absent.

    What cannot be finished is removed again. Raises OSError, and BrokenProcessPool where a process is lost.
    """
    global _works  # noqa: PLW0603 - each process has its own
    blocks = list(_list_blocks(order))
    shards = _count_shards(blocks)
    try:
        _works = _Works(order, shards, "main")
        with ProcessPoolExecutor(order.processes, get_context("fork"), _start, (order, shards)) as pool:
            try:
                tally, files, digest = _play(pool, blocks, progress)
            except BaseException:
                pool.shutdown(
                    cancel_futures=True
                )  # waits for what runs, so that nothing is written after it is removed
                raise
        return _finish(order, tally, files, digest)
    except BaseException:
        _remove(order.folder)
        raise


def _play(pool: ProcessPoolExecutor, blocks: list[tuple[int, int, int]], progress: Progress) -> tuple[Tally, int, str]:
    """Let blocks live and plants work, and write the files; returns what was counted, how many files, and their digest."""
    tally, vehicles = Tally(), sum(count for _, _, count in blocks)
    for brought in pool.map(
        _run_blocks, [blocks[at : at + BLOCKS_AT_ONCE] for at in range(0, len(blocks), BLOCKS_AT_ONCE)]
    ):
        tally.add(brought)
        progress("lives", tally.vehicles, vehicles)
    plants = [one.number for one in _works.firms.of_role[UE]]
    for done, brought in enumerate(pool.map(_run_plant, plants)):
        tally.add(brought)
        progress("plants", done + 1, len(plants))
    ledger = _works.open_ledger("o")
    tell_models(_works.firms, ledger)
    tell_quiet_quarters(_works.firms, ledger, heard=tally.heard)
    tally.add(_bring_home(ledger))
    parts = sorted({path.name for path in (_works.order.folder / "spool").glob("*/2*")})
    files, digest = 0, hashlib.sha256()
    for done, (count, text) in enumerate(pool.map(_write_part, parts)):
        files += count
        digest.update(text.encode())
        progress("files", done + 1, len(parts))
    return tally, files, digest.hexdigest()


def _finish(order: Order, tally: Tally, files: int, digest: str) -> dict[str, Any]:
    """Write labels, register, series, and last of all what the world says of itself: a folder without it is not whole."""
    labels = finish_labels(order.folder, firms=_works.firms, until=_works.plan.until)
    world = {
        "version": VERSION,
        "seed": order.seed,
        "scale": order.scale,
        "breaches_times": order.times,
        "with_cells": order.with_cells,
        "from": f"{FIRST_YEAR}-01-01",
        "platform_opens_on": TEXT[OPENED],
        "until": order.until.isoformat(),
        "enterprises": len(_works.firms.every),
        "vehicles": tally.vehicles,
        "reports": tally.reports,
        "files": files,
        "labels": dict(sorted(labels.items())),
        "digest_sha256": digest,
    }
    _write_participants(order.folder / "participants.csv", _works.firms)
    _write_series(order.folder / "series.csv", tally)
    shutil.rmtree(order.folder / "spool")
    (order.folder / "world.json").write_bytes(msgspec.json.format(_encode(world), indent=1) + b"\n")
    return world


def _remove(folder: Path) -> None:
    """Take away what was written, and nothing else, so that the same order can be given again."""
    for name in ("spool", "submissions"):
        shutil.rmtree(folder / name, ignore_errors=True)
    for name in ("labels.jsonl", "participants.csv", "series.csv", "world.json"):
        with suppress(OSError):
            (folder / name).unlink()


def _list_blocks(order: Order) -> Iterator[tuple[int, int, int]]:
    """Yield month, number and size of each block of lives; sizes follow the sums, so that no scale loses vehicles."""
    made, told = 0.0, 0
    for month in month_starts(number_of(date(FIRST_YEAR, 1, 1)), until=number_of(order.until)):
        year = read_year(day_of(month).year)
        made += year.made * MONTH_SHARES[day_of(month).month - 1] * order.scale
        count, block = round(made) - told, 0
        told += count
        yield month, -1, 0  # the month's scrap
        while count > 0:
            size = min(count, LIVES_PER_BLOCK)
            yield month, block, size
            count, block = count - size, block + 1


def _count_shards(blocks: list[tuple[int, int, int]]) -> int:
    """Return into how many parts the first month is laid: all that happened before the opening is received in it."""
    rows = sum(count for month, _, count in blocks if month < OPENED) * _REPORTS_PER_VEHICLE
    return max(1, round(rows / ROWS_PER_PART))


def _start(order: Order, shards: int) -> None:
    """Prepare a process: the same enterprises in each, a corner of the spool of its own."""
    global _works  # noqa: PLW0603
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the first process, which ends the others
    _works = _Works(order, shards, str(os.getpid()))


def _run_blocks(tasks: list[tuple[int, int, int]]) -> Tally:
    """Let some blocks of vehicles be made and live; their reports lie in the spool then."""
    ledgers = [_run_block(*task) for task in tasks]
    tally = Tally()
    for ledger, (_, _, vehicles) in zip(ledgers, tasks, strict=True):
        tally.add(Tally(ledger.laid, vehicles, ledger.series, ledger.heard))
    _works.lay(*ledgers)
    return tally


def _run_block(month: int, block: int, count: int) -> Ledger:
    """Let one block of vehicles be made and live, or a month's scrap be declared, and return what was told."""
    if block < 0:
        ledger = _works.open_ledger(f"s{month}")
        if month >= OPENED - 31:
            tell_scrap(_works.firms, ledger, month=month, scale=_works.order.scale)
    else:
        ledger = _works.open_ledger(f"v{month}.{block}")
        line = Line(
            _works.firms, ledger, month=month, block=block, scale=_works.order.scale, with_cells=_works.order.with_cells
        )
        grey: Grey = []
        for vehicles, batch in line.make(count):
            if batch.operator is not None:
                swap(line, vehicles, batch.operator, batch)
            live(line, vehicles)
            for vehicle in vehicles:
                leave(line, vehicle, grey)
    return ledger


def _run_plant(number: int) -> Tally:
    """Let one plant work through what was delivered to it."""
    firm = _works.firms.every[number]
    ledger = _works.open_ledger(f"p{number}")
    paths = (_works.order.folder / "spool").glob(f"*/plant-{number:05d}")
    lines = [line for path in paths for line in path.read_bytes().splitlines()]
    Plant(firm, _works.firms, ledger, scale=_works.order.scale).run(read_goods(lines, _decode))
    return _bring_home(ledger)


def _bring_home(ledger: Ledger) -> Tally:
    """Lay a ledger's reports and return only what the whole needs."""
    _works.lay(ledger)
    return Tally(ledger.laid, 0, ledger.series, ledger.heard)


def _write_part(part: str) -> tuple[int, str]:
    """Write the submissions of one part of the spool."""
    order = _works.order
    lines = [line for path in (order.folder / "spool").glob(f"*/{part}") for line in path.read_bytes().splitlines()]
    files, digest, labels = write_part(
        lines,
        firms=_works.firms.every,
        folder=order.folder / "submissions",
        until=number_of(order.until),
        seed=f"{order.seed}/{part}",
    )
    ledger = _works.open_ledger(part)
    ledger.labels = labels
    _works.lay(ledger)
    return files, digest


def _write_participants(path: Path, firms: Firms) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["uscc", "name", "roles", "division", "manufacturer_codes", "valid_from", "valid_until"])
        for one in firms.every:
            table.writerow([one.uscc, one.name, " ".join(one.roles), one.division, one.code, TEXT[0], ""])


def _write_series(path: Path, tally: Tally) -> None:
    """Write what the world holds by year, in numbers of the nation; the parc is what was registered less what left."""
    rows = dict(tally.series)
    parc: Counter[str] = Counter()
    for year in sorted({key[0] for key in rows}):
        for group in ("passenger", "commercial"):
            parc[group] += int(rows.get((year, "registered", group), 0) - rows.get((year, "exits", group), 0))
            rows[year, "parc", group] = parc[group]
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(("year", "series", "scope", "value"))
        table.writerows((*key, f"{value:.6g}") for key, value in sorted(rows.items()))
