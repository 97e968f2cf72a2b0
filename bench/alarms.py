"""Alarms: a simulated nation is played through the real platform, and an independent auditor says how right its findings are.

    python bench/alarms.py --scale 1/500 --seeds 7,fresh,fresh [--until DAY] [--control] [--no-results]

For each seed: simulate, play (bench/alarms_play.py), audit (bench/alarms_audit.py), append a table to bench/RESULTS.md. A fresh
seed comes from the operating system and is printed, so that its run can be repeated. Exits 1 where false violations or recall
do not hold, or where a control that must fail is not noticed.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import psycopg
from alarms_audit import RIPE_DAYS, Truth, read_truth, run_controls
from alarms_play import LEAD_DAYS, SWEEP_DAYS, play
from alarms_tables import describe_controls, describe_truth, is_quiet, missed_kinds, tabulate_controls, write_examples
from machine import describe_commit, describe_machine

RESULTS = Path(__file__).with_name("RESULTS.md")
FRESH = "fresh"
SEED_BYTES = 4
SOURCES = Path(__file__).parents[1] / "src"


def main() -> int:
    """Run the seeds one after the other."""
    options = _parse_arguments()
    options.commit = describe_commit()  # before the first table makes a change of its own
    kept = Path(options.data) if options.data else None
    is_good = True
    for word in options.seeds.split(","):
        seed = int.from_bytes(os.urandom(SEED_BYTES)) if word == FRESH else int(word)
        print(f"Seed {seed}, scale {options.scale}", flush=True)
        place = kept / f"seed-{seed}" if kept else Path(tempfile.mkdtemp(prefix="suyuan-nation-"))
        try:
            is_good &= _run_seed(seed, place, options)
        finally:
            if kept is None:
                shutil.rmtree(place / "world", ignore_errors=True)  # what was seen of it stays, with the examples
    return 0 if is_good else 1


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scale", default="1/500", help="part of the nation (default 1/500)")
    parser.add_argument("--seeds", default="7,fresh,fresh", help='numbers or "fresh" (default 7,fresh,fresh)')
    parser.add_argument("--until", type=date.fromisoformat, default=date(2028, 3, 31), help="last day (2028-03-31)")
    parser.add_argument("--breaches", type=float, default=1.0, help="times the usual number of breaches (default 1)")
    parser.add_argument("--sweep-days", type=int, default=SWEEP_DAYS, help="days between sweeps")
    parser.add_argument("--lead-days", type=int, default=LEAD_DAYS, help="days between searches for statistical leads")
    parser.add_argument("--data", help="where worlds are kept, too (default: a temporary folder, without its world)")
    parser.add_argument("--control", action="store_true", help="print every control")
    parser.add_argument("--no-results", action="store_true", help="leave bench/RESULTS.md as it is")
    parser.add_argument("--note", default="", help="what this run tries, for the results")
    return parser.parse_args()


def _run_seed(seed: int, place: Path, options: argparse.Namespace) -> bool:
    world, out = place / "world", place / "played"
    simulate(world, scale=options.scale, seed=seed, until=options.until, breaches=options.breaches)
    summary = play(world, out, until=options.until, sweep_days=options.sweep_days, lead_days=options.lead_days)
    truth = read_truth(world, out)
    controls = run_controls(truth)
    text = describe_run(summary, truth, options) + "\n\n" + describe_controls(controls)
    print(text)
    if options.control:
        print(tabulate_controls(controls))
    print(f"Examples of false violations and of breaches that were missed: {write_examples(truth, out)}")
    if not options.no_results:
        with RESULTS.open("a", encoding="utf-8") as stream:
            stream.write(f"\n{text}\n")
    return is_quiet(truth) and not missed_kinds(truth) and all(one.is_noticed for one in controls)


def simulate(folder: Path, *, scale: str, seed: int, until: date, breaches: float) -> None:
    """Write the world of a seed by the public command. Raises CalledProcessError."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.parent.mkdir(parents=True, exist_ok=True)
    asked = [
        "--scale",
        scale,
        "--seed",
        str(seed),
        "--until",
        until.isoformat(),
        "--breaches",
        str(breaches),
        "-o",
        str(folder),
    ]
    environment = {**os.environ, "PYTHONPATH": str(SOURCES)}
    subprocess.run([sys.executable, "-m", "suyuan", "simulate", *asked], check=True, env=environment)


def describe_run(summary: dict[str, Any], truth: Truth, options: argparse.Namespace) -> str:
    """Return the results of a seed as a section of the results file."""
    world = summary["world"]
    refused = ", ".join(f"{code} {count}" for code, count in summary["refused_by_error"].items()) or "none"
    times = "" if options.breaches == 1 else f", {options.breaches:g} times the breaches"
    missed = ", ".join(missed_kinds(truth)) or "none"
    return "\n".join(
        (
            f"## alarms, seed {world['seed']}, scale {options.scale}{times} ({datetime.now(UTC):%Y-%m-%d}, commit {options.commit})",
            "",
            (
                f"{describe_machine()}. {summary['files']:,} files, {summary['accepted']:,} reports accepted, {summary['duplicate']:,} "
                f"duplicates, {summary['rejected']:,} refused ({refused}); {len(truth.labels):,} labels; from "
                f"{world['platform_opens_on']} to {summary['until']}, {len(summary['sweeps'])} sweeps, played in "
                f"{summary['seconds']:.0f} s.{' ' + options.note if options.note else ''}"
            ),
            "",
            f"Kinds of breach of which less than 95 % were shown, of those told {RIPE_DAYS} days before the end: {missed}.",
            "",
            describe_truth(truth),
        )
    )


if __name__ == "__main__":
    try:
        sys.exit(main())
    except psycopg.OperationalError as problem:
        sys.exit(f"The database went away: {problem}")
    except subprocess.CalledProcessError as problem:
        sys.exit(
            f"The nation could not be simulated: {' '.join(map(str, problem.cmd))} ended with {problem.returncode}"
        )
