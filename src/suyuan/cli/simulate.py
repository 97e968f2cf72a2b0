"""The command simulate: write a nation as its enterprises would report it, and what is true of it."""

import os
from collections.abc import Callable
from contextlib import ExitStack
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from suyuan.cli.screen import emit, show_progress, tell
from suyuan.cli.setting import DEFAULT, Setting, wrong_value
from suyuan.cli.words import CommandError, say

if TYPE_CHECKING:
    from suyuan_sim.nation import Order

PROCESSES_MAX, BREACHES_MAX = 64, 100.0
LAST_DAY = "2026-10-31"  # fixed, so that the same command gives the same bytes on any day
EARLIEST, LATEST = date(2012, 2, 1), date(2040, 12, 31)

FolderOption = Annotated[Path, Parameter(name=["--output", "-o"], help=say("option_simulation_folder"))]
ScaleOption = Annotated[str, Parameter(name="--scale", help=say("option_scale"))]
SeedOption = Annotated[int, Parameter(name="--seed", help=say("option_seed"))]
UntilOption = Annotated[str, Parameter(name="--until", help=say("option_until"))]
BreachesOption = Annotated[float, Parameter(name="--breaches", help=say("option_breaches"))]
CellsOption = Annotated[bool, Parameter(name="--cells", negative=(), help=say("option_cells"))]
ProcessesOption = Annotated[int | None, Parameter(name="--processes", help=say("option_processes"))]


def simulate(
    *,
    output: FolderOption,
    scale: ScaleOption = "1/1000",
    seed: SeedOption = 7,
    until: UntilOption = LAST_DAY,
    breaches: BreachesOption = 1.0,
    cells: CellsOption = False,
    processes: ProcessesOption = None,
    setting: Setting = DEFAULT,
) -> int:
    """Write a simulated nation into a folder."""
    from suyuan_sim.nation import Order

    if not 0 <= breaches <= BREACHES_MAX:
        raise wrong_value("--breaches", value=str(breaches), wanted="wanted_breaches")
    if processes is not None and not 1 <= processes <= PROCESSES_MAX:
        raise wrong_value("--processes", value=str(processes), wanted="wanted_processes")
    order = Order(
        output,
        parse_scale(scale),
        seed,
        _parse_until(until),
        times=breaches,
        processes=processes or os.cpu_count() or 1,
        with_cells=cells,
    )
    if output.exists() and (not output.is_dir() or any(output.iterdir())):
        raise CommandError("folder_not_empty", folder=output)
    world = write_nation(order, setting)
    if setting.wants_json:
        emit(world)
    else:
        tell(
            say("simulated", **{**world, "labels": sum(world["labels"].values()), "folder": output}),
            say("simulated_next", folder=output),
        )
    return 0


def write_nation(order: "Order", setting: Setting) -> dict[str, Any]:
    """Write a nation, with its progress on the screen, and return what it says of itself. Raises CommandError."""
    from concurrent.futures.process import BrokenProcessPool

    from suyuan_sim.nation import simulate as write

    bars: dict[str, Callable[[int], None]] = {}
    with ExitStack() as stack:

        def progress(stage: str, done: int, total: int) -> None:
            if stage not in bars:
                stack.close()
                bars[stage] = stack.enter_context(show_progress(setting, say(f"doing_{stage}"), total=total))
            bars[stage](done)

        try:
            return write(order, progress=progress)
        except OSError as problem:
            reason = problem.strerror or problem
            raise CommandError("folder_unwritable", folder=order.folder, reason=reason) from problem
        except BrokenProcessPool as problem:
            raise CommandError("simulation_process_lost", folder=order.folder) from problem


def parse_scale(text: str) -> float:
    """Return the share of the nation that a text such as 1/1000 names. Raises UsageError."""
    try:
        scale = float(Fraction(text))
    except (ValueError, ZeroDivisionError, OverflowError) as problem:
        raise wrong_value("--scale", value=text, wanted="wanted_scale") from problem
    if not 0 < scale <= 1:
        raise wrong_value("--scale", value=text, wanted="wanted_scale")
    return scale


def name_scale(scale: float) -> str:
    """Return a share of the nation as people write it, such as 1/2500."""
    return str(Fraction(scale).limit_denominator(1_000_000))


def _parse_until(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError as problem:
        raise wrong_value("--until", value=text, wanted="wanted_simulation_until") from problem
    if not EARLIEST <= day <= LATEST:
        raise wrong_value("--until", value=text, wanted="wanted_simulation_until")
    return day
