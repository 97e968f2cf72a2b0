"""How fast and in how much memory everything leaves as Parquet: lives are loaded and judged, then exported and verified.

    python bench/export.py [--reports N] [--components]

Loading is not counted. The export runs in a process of its own; for comparison so does one of a quarter of the reports, since
the memory of an export must not grow with its size. What came out is appended to bench/RESULTS.md.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from canonical import FIRST_LOAD, RECEIVED_AT
from lives import make_participants, write_lives
from machine import describe_commit, describe_machine, read_busy_seconds

from suyuan.app.context import Context
from suyuan.app.judge import judge_pending
from suyuan.app.rulebook import adopt_rulebook
from suyuan.app.submit import Arrival, submit
from suyuan.core.topic import PARTICIPANTS, Statement
from suyuan.store import embedded
from suyuan.store.database import connect
from suyuan.store.migrate import migrate
from suyuan.store.register import write_statements
from suyuan.store.registry import raise_version, write_act

RESULTS = Path(__file__).with_name("RESULTS.md")
# Runs one command of the program and prints what it took: seconds, processor seconds, most memory in MB, its answer.
RUN = """
import json, resource, sys, time
from suyuan.cli.main import main
started = time.perf_counter()
code = main(sys.argv[1:])
used = resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps([time.perf_counter() - started, used.ru_utime + used.ru_stime, used.ru_maxrss // 1024, code]))
"""


def main() -> None:
    """Load, export, verify, and write down what came out."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reports", type=int, default=200_000, help="how many reports (default 200,000)")
    parser.add_argument("--components", action="store_true", help="births list their modules and cells")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="suyuan-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        rows, machine = [], ""
        for reports in (options.reports // 4, options.reports):
            place = folder / str(reports)
            place.mkdir()
            try:
                machine = _load(place, reports=reports, with_components=options.components)
                rows.append(_measure(place))
            finally:
                embedded.stop(place / "db")
        text = _describe(rows, machine, with_components=options.components)
    print(text)
    with RESULTS.open("a", encoding="utf-8") as file:
        file.write(text)


def _load(place: Path, *, reports: int, with_components: bool) -> str:
    """Record and judge lives in a fresh database; returns what machine this is."""
    (place / "files").mkdir()
    files = write_lives(place / "files", reports=reports, seed=1, with_components=with_components)
    with connect(embedded.start(place / "db"), autocommit=True) as connection:
        context = Context(connection, lambda: RECEIVED_AT)
        migrate(connection)
        adopt_rulebook(context, FIRST_LOAD.encode())
        with connection.transaction():
            act_no = write_act(connection, "participants", acted_at=RECEIVED_AT, body=b"benchmark")
            statements = [Statement(entry) for entries in make_participants().values() for entry in entries]
            write_statements(connection, PARTICIPANTS, statements, act_no=act_no)
            raise_version(connection)
        for file in files:
            submit(
                context, [file.path.read_bytes()], arrival=Arrival(file.submitter, "jsonl", file.path.name, RECEIVED_AT)
            )
        judge_pending(context)
        return describe_machine(connection)


def _measure(place: Path) -> dict[str, object]:
    """Export and verify in processes of their own."""
    export = _run("export", "parquet", str(place / "export"), "--data", str(place / "db"), "--json")
    verify = _run("export", "verify", str(place / "export"), "--json")
    answer = export["answer"]
    return {
        "reports": answer["rows"]["report"],
        "rows": sum(answer["rows"].values()),
        "bytes": answer["bytes"],
        "report_bytes": sum(path.stat().st_size for path in (place / "export" / "table=report").rglob("*.parquet")),
        "export": export,
        "verify": verify,
    }


def _run(*arguments: str) -> dict[str, object]:
    started, busy_before = time.perf_counter(), read_busy_seconds()
    done = subprocess.run([sys.executable, "-c", RUN, *arguments], check=True, capture_output=True, text=True)
    answer, measured = done.stdout.strip().splitlines()
    seconds, cpu_seconds, peak_mb, code = json.loads(measured)
    assert code == 0, done
    return {
        "answer": json.loads(answer),
        "seconds": seconds,
        "cpu_seconds": cpu_seconds,
        "peak_mb": peak_mb,
        "busy_cores": (read_busy_seconds() - busy_before) / (time.perf_counter() - started),
    }


def _describe(rows: list[dict], machine: str, *, with_components: bool) -> str:
    small, large = rows
    export, verify = large["export"], large["verify"]
    rate = large["rows"] / export["seconds"]
    kind = "births list modules and cells" if with_components else "births list no components"
    return f"""
## export parquet, {large["reports"]:,} reports: {rate:,.0f} rows/s ({describe_commit()})

{machine}. Lives of `bench/lives.py`, {kind}; all received in one month, the case in which most rows meet in one file.

| what | {small["reports"]:,} reports | {large["reports"]:,} reports |
|---|---|---|
| rows of all tables | {small["rows"]:,} | {large["rows"]:,} |
| seconds, digests, totals and their check included | {small["export"]["seconds"]:.1f} | {export["seconds"]:.1f} |
| processor seconds of the exporting process | {small["export"]["cpu_seconds"]:.1f} | {export["cpu_seconds"]:.1f} |
| processors kept busy, the server's and others' work included | {small["export"]["busy_cores"]:.2f} of {os.cpu_count()} | {export["busy_cores"]:.2f} of {os.cpu_count()} |
| rows a processor second | {small["rows"] / small["export"]["cpu_seconds"]:,.0f} | {large["rows"] / export["cpu_seconds"]:,.0f} |
| rows a second | {small["rows"] / small["export"]["seconds"]:,.0f} | {rate:,.0f} |
| most memory of the exporting process | {small["export"]["peak_mb"]} MB | {export["peak_mb"]} MB |
| bytes a report in `table=report`, of all tables | {small["report_bytes"] / small["reports"]:.1f}, {small["bytes"] / small["reports"]:.0f} | {large["report_bytes"] / large["reports"]:.1f}, {large["bytes"] / large["reports"]:.0f} |
| seconds to verify | {small["verify"]["seconds"]:.1f} | {verify["seconds"]:.1f} |
| most memory to verify | {small["verify"]["peak_mb"]} MB | {verify["peak_mb"]} MB |
"""


if __name__ == "__main__":
    main()
