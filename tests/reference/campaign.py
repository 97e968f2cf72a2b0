"""A long walk through small worlds, program against model: `python -m tests.reference.campaign --steps 100000`.

Prints the steps taken and the worlds that differed; for the first few sorts of difference the smallest world that
shows it. Exit 1 when any was found.
"""

# ruff: noqa: T201 - printing is what it is for

import argparse
import json
import random
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from tests.reference.compare import compare_judgements
from tests.reference.world import DAYS, SWEEPS, continue_a_pair, invent_report, make_small_registry, withdraw_one

from suyuan.core.registry import Registry

STEPS_PER_WORLD = 30
COMPARED_AFTER = 6

Reports = list[dict[str, Any]]


@dataclass(frozen=True)
class Differing:
    """A world in which program and model differ, and what they were asked."""

    reports: Reports
    asked: dict[str, Any]
    differences: list[str]

    @property
    def sort(self) -> str:
        """Return what differs first, without the subject."""
        return self.differences[0].split(":")[0].split(" ", 1)[1]


def walk(registry: Registry, *, steps: int, seed: int, flaw: str = "") -> Iterator[Differing]:
    """Take that many steps through one world after another; yield the worlds that differ."""
    rng = random.Random(seed)
    taken = 0
    while taken < steps:
        reports: Reports = []
        for number in range(min(STEPS_PER_WORLD, steps - taken)):
            reports.append(take_step(rng, reports, number=number))
            taken += 1
            if len(reports) % COMPARED_AFTER and taken < steps:
                continue
            asked = {"sweep": rng.choice(SWEEPS), "until": rng.choice((date.max, date.max, rng.choice(DAYS)))}
            found = compare_judgements(reports, registry=registry, flaw=flaw, **asked)
            if found:
                yield Differing(reports, asked, found)
                break


def take_step(rng: random.Random, reports: Reports, *, number: int) -> dict[str, Any]:
    """Return the next report to arrive: the other half of one, a withdrawal, one sent twice, or a new one."""
    turn = rng.random()
    made = None
    if turn < 0.25:
        made = continue_a_pair(rng.choice, reports, number=number)
    elif turn < 0.31:
        made = withdraw_one(rng.choice, reports, number=number)
    elif turn < 0.34 and reports:
        made = rng.choice(reports)
    return made or invent_report(rng.choice, number=number)


def shrink(reports: Reports, *, still_differs: Callable[[Reports], list[str]]) -> Reports:
    """Return a smallest world that still differs, by leaving out one report at a time."""
    index = len(reports)
    while index:
        index -= 1
        fewer = reports[:index] + reports[index + 1 :]
        if _is_whole(fewer) and still_differs(fewer):
            reports, index = fewer, len(fewer)
    return reports


def _is_whole(reports: Reports) -> bool:
    """Tell whether every withdrawal still comes after its target."""
    known: set[tuple[str, str]] = set()
    for raw in reports:
        if "withdrawn_report_id" in raw and (raw["reporter"], raw["withdrawn_report_id"]) not in known:
            return False
        known.add((raw["reporter"], raw["report_id"]))
    return True


def _show(world: Differing, *, registry: Registry, flaw: str) -> None:
    def differs(reports: Reports) -> list[str]:
        found = compare_judgements(reports, registry=registry, flaw=flaw, **world.asked)
        return [one for one in found if f" {world.sort}:" in one]

    smallest = shrink(world.reports, still_differs=differs)
    print(f"--- asked: {', '.join(f'{name} {value}' for name, value in world.asked.items())}")
    for raw in smallest:
        print(json.dumps(raw, ensure_ascii=False))
    print("\n".join(differs(smallest)), flush=True)


def main() -> int:
    """Walk and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--flaw",
        default="",
        help="days_ignored, unknown_is_empty, withdrawals_ignored: a known mistake, to see it found",
    )
    parser.add_argument("--shown", type=int, default=5, help="how many sorts of difference to show")
    options = parser.parse_args()
    begun = time.monotonic()
    registry = make_small_registry()
    sorts: dict[str, int] = {}
    for world in walk(registry, steps=options.steps, seed=options.seed, flaw=options.flaw):
        sorts[world.sort] = sorts.get(world.sort, 0) + 1
        if sorts[world.sort] == 1 and len(sorts) <= options.shown:
            _show(world, registry=registry, flaw=options.flaw)
    for sort, times in sorted(sorts.items()):
        print(f"{times} worlds differ first in {sort}")
    print(f"{options.steps} steps, {sum(sorts.values())} differences, {time.monotonic() - begun:.0f} s")
    return 1 if sorts else 0


if __name__ == "__main__":
    sys.exit(main())
