"""The simulator: reports a second, memory and bytes over the scale, and whether processes change a byte.

    python bench/simulation.py [--scales 1/1000,1/200,1/50] [--results]

Each scale is written by the command in a process of its own; the rate stands beside a bare write of the same bytes into one
file. Memory is that of the largest process. The smallest scale is written again with one process: the digests must agree.
"""

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from machine import describe_commit, describe_machine, read_busy_seconds

RESULTS = Path(__file__).with_name("RESULTS.md")
SEED = 7


@dataclass(frozen=True)
class Run:
    """One nation written: what it holds, how long it took, and what it took."""

    scale: str
    world: dict[str, Any]
    seconds: float
    cpu_seconds: float
    foreign_cores: float
    peak_mb: int
    written_mb: float
    bare_seconds: float


def main() -> int:
    """Measure and print; with --results write it down. Exits 1 where the digests differ."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scales", default="1/1000,1/200,1/50", help="smallest first")
    parser.add_argument(
        "--folder",
        type=Path,
        help="in which folder to write; what is written is removed again (default: the temporary one)",
    )
    parser.add_argument("--results", action="store_true", help="append the outcome to bench/RESULTS.md")
    given = parser.parse_args()
    place = Path(tempfile.mkdtemp(prefix="suyuan-simulation-", dir=given.folder))
    try:
        runs = [_write(scale, place, processes=None) for scale in given.scales.split(",")]
        again = _write(runs[0].scale, place, processes=1)
    finally:
        shutil.rmtree(place, ignore_errors=True)
    agrees = again.world["digest_sha256"] == runs[0].world["digest_sha256"]
    text = _describe(runs, again, agrees=agrees)
    print(text)
    if given.results:
        with RESULTS.open("a", encoding="utf-8") as stream:
            stream.write(f"\n{text}\n")
    return 0 if agrees else 1


def _write(scale: str, place: Path, *, processes: int | None) -> Run:
    """Write one nation, measure, and remove it."""
    folder = place / "nation"
    command = [
        sys.executable,
        "-m",
        "suyuan",
        "simulate",
        "--scale",
        scale,
        "--seed",
        str(SEED),
        "-o",
        str(folder),
        "--json",
    ]
    command += ["--processes", str(processes)] if processes else []
    before, busy = resource.getrusage(resource.RUSAGE_CHILDREN), read_busy_seconds()
    begun = time.monotonic()
    world = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    seconds = time.monotonic() - begun
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    foreign = max(read_busy_seconds() - busy - cpu, 0) / seconds
    body = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    bare = _write_bare(place / "bare", body)
    shutil.rmtree(folder)
    print(f"{scale}, {processes or os.cpu_count()} processes: {world['reports'] / seconds:,.0f} reports/s", flush=True)
    return Run(scale, world, seconds, cpu, foreign, after.ru_maxrss // 1024, body / 1e6, bare)


def _write_bare(path: Path, size: int) -> float:
    """Return how long it takes to write so many bytes into one file."""
    block = os.urandom(1 << 20)
    begun = time.monotonic()
    with path.open("wb") as file:
        for _ in range(size >> 20):
            file.write(block)
    seconds = time.monotonic() - begun
    path.unlink()
    return seconds


def _describe(runs: list[Run], again: Run, *, agrees: bool) -> str:
    lines = [
        f"## simulation, seed {SEED} ({datetime.now(UTC):%Y-%m-%d}, commit {describe_commit()})",
        "",
        (
            f"{describe_machine()}. Digests of scale {again.scale} with {os.cpu_count()} processes and with one: "
            f"{'the same' if agrees else 'DIFFERENT'}."
        ),
        "",
        "| scale | vehicles | reports | files | reports/s | ratio to a bare write | CPU seconds per 1,000 reports | largest process | written | processors kept busy by others |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for run in runs:
        world = run.world
        rate = world["reports"] / run.seconds
        lines.append(
            f"| {run.scale} | {world['vehicles']:,} | {world['reports']:,} | {world['files']:,} | {rate:,.0f} | "
            f"{run.bare_seconds / run.seconds:.3f} | {run.cpu_seconds / world['reports'] * 1000:.4f} | {run.peak_mb} MB | "
            f"{run.written_mb:,.0f} MB | {run.foreign_cores:.2f} |"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
