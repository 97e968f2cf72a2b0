"""Change the program in one place at a time and count how many changes the tests notice: mutation testing with mutmut.

    make mutation                       # all files of `[tool.mutmut]`: an hour or more on two cores
    make mutation FILES="duty agenda"   # these modules of the core alone

Every run begins anew, so the figures are those of the code and the tests as they are. A change that makes the tests
run on without end is noticed too. What no test reaches counts as unnoticed. The exit code is 1 below the floor.
"""

import argparse
import os
import shutil
import subprocess
import sys
from collections import Counter, defaultdict
from pathlib import Path

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "mutants"  # where mutmut works; its name is fixed
LOG = FOLDER / "run.log"
MUTMUT = Path(sys.executable).with_name("mutmut")
FLOOR_PERCENT = 85
NOTICED = ("killed", "timeout")
COLUMNS = ("killed", "timeout", "survived", "no tests")


def main() -> None:
    """Run mutmut, print the table and what went unnoticed."""
    parser = argparse.ArgumentParser(description="Mutation testing of the core.")
    parser.add_argument(
        "files", nargs="*", help="modules of suyuan.core, without .py; all that are configured if absent"
    )
    parser.add_argument("--max-children", type=int, default=os.cpu_count() or 1, help="processes at a time")
    options = parser.parse_args()
    _run_mutmut(options.files, processes=options.max_children)
    statuses = _read_statuses(options.files)
    print(_tabulate(statuses))
    for name, status in sorted(statuses.items()):
        if status not in NOTICED:
            print(f"\n{name}: {status}\n{_show_change(name)}")
    score = _score(Counter(statuses.values()))
    if score < FLOOR_PERCENT:
        sys.exit(f"\n{score:.1f} % of the changes were noticed; the floor is {FLOOR_PERCENT} %.")


def _run_mutmut(files: list[str], *, processes: int) -> None:
    """Run mutmut over the patterns of these modules; what it draws on the screen goes into a file."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir()
    print(f"mutmut works; it tells how far it is in {LOG.relative_to(ROOT)}.", flush=True)
    command = [str(MUTMUT), "run", "--max-children", str(processes), *(f"{_module(file)}.*" for file in files)]
    # The same Hypothesis examples from run to run (tests/conftest.py), so that the figures are too.
    environment = {**os.environ, "CI": "true"}
    with LOG.open("wb") as log:
        done = subprocess.run(command, cwd=ROOT, env=environment, stdout=log, stderr=log, check=False)
    if done.returncode:
        told = LOG.read_text(encoding="utf-8", errors="replace").replace("\r", "\n").splitlines()
        sys.exit("\n".join([*told[-40:], f"mutmut ended with {done.returncode}; all it said stands in {LOG}."]))


def _read_statuses(files: list[str]) -> dict[str, str]:
    """Return the status of each change by its name, as `suyuan.core.duty.x_lapse__mutmut_3`."""
    told = _ask("results", "--all", "true").splitlines()
    statuses = dict(line.strip().rsplit(": ", 1) for line in told if "__mutmut_" in line)
    return {name: status for name, status in statuses.items() if not files or _file_of(name) in files}


def _tabulate(statuses: dict[str, str]) -> str:
    by_file: dict[str, Counter[str]] = defaultdict(Counter)
    for name, status in statuses.items():
        by_file[_file_of(name)][status] += 1
    rows = [(f"{file}.py", counted) for file, counted in sorted(by_file.items())]
    rows.append(("all", Counter(statuses.values())))
    head = [f"| file | changes | {' | '.join(COLUMNS)} | other | noticed |", "|---" * (len(COLUMNS) + 4) + "|"]
    return "\n".join(head + [_row(title, counted) for title, counted in rows])


def _row(title: str, counted: Counter[str]) -> str:
    known = [counted[column] for column in COLUMNS]
    figures = [counted.total(), *known, counted.total() - sum(known)]
    return f"| {title} | {' | '.join(str(figure) for figure in figures)} | {_score(counted):.1f} % |"


def _score(counted: Counter[str]) -> float:
    """Return how many percent of the changes were noticed; none of nothing."""
    return 100 * sum(counted[status] for status in NOTICED) / counted.total() if counted else 0.0


def _show_change(name: str) -> str:
    """Return the lines that a change takes out and puts in."""
    told = _ask("show", name).splitlines()
    return "\n".join(line for line in told if line[:1] in "+-@" and line[:3] not in ("+++", "---"))


def _ask(*arguments: str) -> str:
    done = subprocess.run([str(MUTMUT), *arguments], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout


def _module(file: str) -> str:
    return f"suyuan.core.{file}"


def _file_of(name: str) -> str:
    return name.removeprefix(_module("")).split(".", 1)[0]


if __name__ == "__main__":
    main()
