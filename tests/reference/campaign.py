"""A long walk through small worlds, program against model: `python -m tests.reference.campaign --steps 100000`.

Prints the steps taken and the differences; for each of the first few the smallest world that shows it.
Exit 1 when any was found.
"""

import argparse
import json
import random
import sys
import time
from collections import Counter
from datetime import date
from typing import Any

from suyuan.core.registry import Registry
from tests.reference.compare import compare_judgements
from tests.reference.world import DAYS, SWEEPS, continue_a_pair, invent_report, make_small_registry, withdraw_one

STEPS_PER_WORLD = 30
COMPARED_AFTER = 6


def take_step(rng: random.Random, reports: list[dict[str, Any]], *, number: int) -> dict[str, Any]:
    """Return the next report to arrive: a new one, the other half of one, a withdrawal, or one sent twice."""
    turn = rng.random()
    made = None
    if turn < 0.25:
        made = continue_a_pair(rng.choice, reports, number=number)
    elif turn < 0.31:
        made = withdraw_one(rng.choice, reports, number=number)
    elif turn < 0.34 and reports:
        made = rng.choice(reports)
    return made or invent_report(rng.choice, number=number)


def shrink(reports: list[dict[str, Any]], *, still_differs: Any) -> list[dict[str, Any]]:  # noqa: ANN401
    """Return a smallest world that still differs, by leaving out one report at a time."""
    shrunk = True
    while shrunk:
        shrunk = False
        for index in range(len(reports) - 1, -1, -1):
            fewer = reports[:index] + reports[index + 1 :]
            if _is_whole(fewer) and still_differs(fewer):
                reports, shrunk = fewer, True
    return reports


def _is_whole(reports: list[dict[str, Any]]) -> bool:
    known = {(raw["reporter"], raw["report_id"]) for raw in reports}
    return all((raw["reporter"], raw["withdrawn_report_id"]) in known for raw in reports if "withdrawn_report_id" in raw)


def walk(registry: Registry, *, steps: int, seed: int, flaw: str = "", shown_max: int = 5) -> tuple[int, int]:
    """Walk that many steps through one world after another; return how many were taken and how many worlds differed."""
    rng = random.Random(seed)
    taken = differing = 0
    shown: Counter[str] = Counter()
    while taken < steps:
        reports: list[dict[str, Any]] = []
        for number in range(min(STEPS_PER_WORLD, steps - taken)):
            reports.append(take_step(rng, reports, number=number))
            taken += 1
            if len(reports) % COMPARED_AFTER:
                continue
            asked = {"sweep": rng.choice(SWEEPS), "until": rng.choice((date.max, date.max, rng.choice(DAYS)))}
            found = compare_judgements(reports, registry=registry, flaw=flaw, **asked)
            if found:
                differing += 1
                sort = found[0].split(":")[0].split(" ", 1)[1]
                shown[sort] += 1
                if shown[sort] == 1 and len(shown) <= shown_max:
                    _show(reports, registry=registry, flaw=flaw, asked=asked, sort=sort)
                break
    for sort, times in shown.most_common():
        print(f"{times} worlds differ first in {sort}")
    return taken, differing


def _show(reports: list[dict[str, Any]], *, registry: Registry, flaw: str, asked: dict[str, Any], sort: str) -> None:
    def differs(some: list[dict[str, Any]]) -> list[str]:
        return [one for one in compare_judgements(some, registry=registry, flaw=flaw, **asked) if f" {sort}:" in one]

    smallest = shrink(reports, still_differs=differs)
    print(f"--- {asked}")
    for raw in smallest:
        print(json.dumps(raw, ensure_ascii=False))
    print("\n".join(differs(smallest)), flush=True)


def main() -> int:
    """Walk and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--flaw", default="", help="days_ignored, unknown_is_empty: a known mistake, to see it found")
    parser.add_argument("--shown", type=int, default=5, help="how many sorts of difference to show")
    options = parser.parse_args()
    begun = time.monotonic()
    taken, differing = walk(make_small_registry(), steps=options.steps, seed=options.seed, flaw=options.flaw, shown_max=options.shown)
    print(f"{taken} steps, {differing} differences, {time.monotonic() - begun:.0f} s")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
