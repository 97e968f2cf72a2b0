"""Whole years of the province, program against model and database: `python -m tests.province.campaign --seeds 1-5 --scale 1`.

For each seed: memory against the independent recomputation; the database against memory; a second database, to which the
same reports come in another order, against the first; cases; a rebuild. Prints what it does and every difference. Exit 1
when there was any. Needs `PYTHONPATH=src:tests:.`
"""

# ruff: noqa: T201 - printing is what it is for

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from tests.province.naive import REGISTRY, compare_year, judge_by_program
from tests.province.naive_enterprises import compare_enterprises, make_plain
from tests.province.tables import list_differences, read_all, read_shared, tell_memory
from tests.province.world import (
    STATED_LATER,
    YearWorld,
    by_submitter_and_day,
    copied_database,
    in_another_order,
    tell_cases,
)
from tests.province.year import LATER_ON, SWEPT_ON, Sent, in_order_of_receipt, play_year
from tests.recount import recount, sums

from suyuan.app.rebuild import rebuild
from suyuan.rules.catalogue import RULES
from suyuan.store import embedded
from suyuan.store.database import connect
from suyuan.store.migrate import migrate

SHOWN = 20  # differences of one comparison
NO_WAITING = {"fsync": "off", "full_page_writes": "off"}  # nothing here outlives the run

Tell = Callable[[str], None]


def play_seed(server_url: str, seed: int, *, scale: float, tell: Tell) -> int:
    """Play one year everywhere; returns the number of differences."""
    sent = list(in_order_of_receipt(play_year(seed, scale=scale)))
    engine = judge_by_program(sent)
    differences, compared = compare_year(engine, sent)
    tell(f"{len(sent)} reports in memory; compared with the model: {_list_counts(compared)}")
    count = _show("memory and model", differences)
    reports = [{**one.report, "reporter": one.submitter} for one in sent]
    plain = make_plain(reports, {(one.submitter, one.report["report_id"]): one.received_at for one in sent}, engine)
    for day in (SWEPT_ON, LATER_ON):
        differences, compared = compare_enterprises(engine, plain, day)
        tell(f"enterprises as of {day}: {_list_counts(compared)}")
        count += _show(f"memory and recomputation as of {day}", differences)
    with copied_database(server_url) as first_url, copied_database(first_url) as second_url:
        return count + _play_in_databases(first_url, second_url, sent, seed=seed, engine=engine, tell=tell)


def _play_in_databases(first_url, second_url, sent: list[Sent], *, seed: int, engine, tell: Tell) -> int:
    first, second = YearWorld(first_url, REGISTRY), YearWorld(second_url, REGISTRY, later=STATED_LATER)
    files = list(by_submitter_and_day(sent))
    first.load(files)
    first.sweep(SWEPT_ON)
    broken = first.rules_broken()
    tell(f"{len(files)} files submitted, judged and swept")
    count = _show(
        "database and memory", list_differences(read_shared(first.context), tell_memory(engine, day=SWEPT_ON))
    )
    count += _show(
        "sums and their recount", [] if sums(first.connection) == recount(first.connection) else ["they differ"]
    )
    files = in_another_order(sent, seed=seed)
    second.load(files)
    for topic in STATED_LATER:
        second.state(topic)
    second.sweep(SWEPT_ON)
    tell(f"{len(files)} files submitted in another order")
    count += _show("two orders", list_differences(read_all(first.connection), read_all(second.connection)))
    for one in (first, second):
        one.play_cases()
        one.sweep(LATER_ON)
    tell_cases(engine, first.cases)
    count += _show("two orders, later", list_differences(read_all(first.connection), read_all(second.connection)))
    count += _show(
        "database and memory, later", list_differences(read_shared(first.context), tell_memory(engine, day=LATER_ON))
    )
    unbroken = {rule.name for rule in RULES} - broken - first.rules_broken()
    count += _show("catalogue and year", [f"nothing breaks {name}" for name in sorted(unbroken)])
    tell("cases played and swept again")
    rebuilt = rebuild(first.context)
    tell(f"{rebuilt['reports']} reports rebuilt")
    first.connection.close()
    second.connection.close()
    return count + _show("rows and rebuild", [f"{table}: {rows} rows" for table, rows in rebuilt["differing"].items()])


def _list_counts(counts: Counter[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(counts.items()))


def _show(what: str, differences: list[str]) -> int:
    for one in differences[:SHOWN]:
        print(f"  DIFFERS {what}: {one[:600]}", flush=True)
    if len(differences) > SHOWN:
        print(f"  … and {len(differences) - SHOWN} more between {what}", flush=True)
    return len(differences)


def main() -> int:
    """Play the seeds one after another."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", default="1-5", help="the first and the last seed, or one")
    parser.add_argument(
        "--scale", type=float, default=1, help="how often the stories are told; 1 makes about 3,400 reports"
    )
    options = parser.parse_args()
    first, _, last = options.seeds.partition("-")
    found = 0
    with tempfile.TemporaryDirectory(prefix="suyuan-year-") as folder:
        Path(folder).chmod(0o755)  # root lets another user run the server
        url = embedded.start(Path(folder) / "db", settings=NO_WAITING)
        try:
            with connect(url, autocommit=True) as connection:
                migrate(connection)
            for seed in range(int(first), int(last or first) + 1):
                found += _play_and_tell(url, seed, scale=options.scale)
        finally:
            embedded.stop(Path(folder) / "db")
    print(f"{found} differences")
    return 1 if found else 0


def _play_and_tell(url: str, seed: int, *, scale: float) -> int:
    begun = time.monotonic()
    return play_seed(
        url,
        seed,
        scale=scale,
        tell=lambda text: print(f"seed {seed} {time.monotonic() - begun:6.1f} s  {text}", flush=True),
    )


if __name__ == "__main__":
    sys.exit(main())
