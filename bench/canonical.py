"""The canonical benchmark: one seed, a million reports, from the bytes of files to nothing pending; then all of it is sealed.

    python bench/canonical.py [--reports N] [--components] [--data DIR]

Writes the files first (that time is not counted), imports them through the functions of the application in processes of
their own, measures, and appends what came out to bench/RESULTS.md. Rates are also given as a ratio to a bare COPY of
the same timeline rows in the same run, which is what the machine could do if nothing had to be thought.
"""

import argparse
import multiprocessing
import os
import random
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from multiprocessing.queues import Queue
from multiprocessing.sharedctypes import Synchronized
from multiprocessing.synchronize import Barrier
from pathlib import Path

import psycopg
from lives import SubmissionFile, make_participants, write_lives
from machine import Usage, describe_commit, describe_machine, read_busy_seconds, read_own_usage, read_server_cpu_seconds
from psycopg import Connection
from psycopg.rows import TupleRow
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from suyuan.app.context import Context, collect_garbage_rarely
from suyuan.app.judge import count_pending, judge_pending, judge_submission
from suyuan.app.rulebook import adopt_rulebook
from suyuan.app.seal import seal
from suyuan.app.submit import Arrival, submit
from suyuan.app.trace import trace
from suyuan.core.topic import PARTICIPANTS, Statement
from suyuan.store import embedded
from suyuan.store.database import connect
from suyuan.store.log_folder import LogFolder
from suyuan.store.migrate import migrate
from suyuan.store.register import write_statements
from suyuan.store.registry import raise_version, write_act

RESULTS = Path(__file__).with_name("RESULTS.md")
RECEIVED_AT = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)  # after the last event of the lives
PROCESS_MB_MAX = 512  # any file of any size within this
READ_BYTES = 1 << 20
LOG_FOLDER_VARIABLE = "SUYUAN_LOG_DIR"  # children find the folder of the log by it, as the program does
FIRST_LOAD = """
[book]
name = "2026"
[[threshold]]
key = "first_load_window"
value = [2026-11-01, 2026-11-30]
source = "platform choice: the benchmark loads the past on one day"
verified = false
"""
SETTLE_SECONDS = 0.5  # a session of the server that is ending is counted neither as running nor as ended
SINGLE_RUNS, TRACE_RUNS, COPY_RUNS = 50, 1_000, 3
# Two processes wait for the disk while two others think; more than two of a kind on two cores only queue.
PROCESSES_DEFAULT = 2


@dataclass
class Stage:
    """What one stage of the import took: wall seconds, and who used the processor and memory."""

    seconds: float = 0.0
    server_cpu_seconds: float = 0.0
    busy_seconds: float = 0.0
    usages: list[Usage] = field(default_factory=list)

    @property
    def cpu_seconds(self) -> float:
        """Return the processor seconds of our own processes."""
        return sum(usage.cpu_seconds for usage in self.usages)

    @property
    def foreign_cores(self) -> float:
        """Return how many processors others kept busy meanwhile: what slows a run down and is not ours."""
        return max(0.0, self.busy_seconds - self.cpu_seconds - self.server_cpu_seconds) / self.seconds

    @property
    def peak_mb(self) -> int:
        """Return the most memory that one of our processes held."""
        return max((usage.peak_mb for usage in self.usages), default=0)


@dataclass
class Measured:
    """Everything a run found out."""

    reports: int
    accepted: int
    files: int
    recording: Stage
    judging: Stage
    sealing: Stage
    copy_seconds: float
    timeline_rows: int
    findings: int
    trace_ms: list[float]
    single_ms: list[float]
    bytes_by_table: dict[str, int]
    wal_bytes: int


def main() -> None:
    """Run the benchmark and write down what came out."""
    options = _parse_arguments()
    given = Path(options.data) if options.data else None
    folder = given or Path(tempfile.mkdtemp(prefix="suyuan-bench-"))
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o755)
    try:
        with _progress("Writing files", total=None):
            files = _write_files(folder, options)
        url = embedded.start(folder / "db")
        os.environ[LOG_FOLDER_VARIABLE] = str(folder / "db" / "transparency")
        with connect(url, autocommit=True) as connection:
            measured = _measure(connection, url, files, options)
            text = _describe(measured, connection, options)
        print(text)
        with RESULTS.open("a", encoding="utf-8") as file:
            file.write(text + "\n")
        if max(measured.recording.peak_mb, measured.judging.peak_mb) > PROCESS_MB_MAX:
            sys.exit(f"A process held more than {PROCESS_MB_MAX} MB.")
    finally:
        embedded.stop(folder / "db")
        shutil.rmtree(folder if given is None else folder / "db", ignore_errors=True)


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reports", type=int, default=1_000_000, help="how many reports (default 1,000,000)")
    parser.add_argument("--seed", type=int, default=1, help="another seed gives other lives (default 1)")
    parser.add_argument("--components", action="store_true", help="births list their modules and cells")
    parser.add_argument("--data", help="where files and database lie (default: a temporary folder)")
    parser.add_argument("--recorders", type=int, default=PROCESSES_DEFAULT)
    parser.add_argument("--judges", type=int, default=PROCESSES_DEFAULT)
    parser.add_argument(
        "--late", action="store_true", help="no window of first loads: most of the past is then reported late"
    )
    parser.add_argument("--note", default="", help="what this run tries, for the results")
    return parser.parse_args()


def _write_files(folder: Path, options: argparse.Namespace) -> list[SubmissionFile]:
    files_folder = folder / "files"
    shutil.rmtree(files_folder, ignore_errors=True)
    files_folder.mkdir()
    return write_lives(files_folder, reports=options.reports, seed=options.seed, with_components=options.components)


def _measure(
    connection: Connection[TupleRow], url: str, files: list[SubmissionFile], options: argparse.Namespace
) -> Measured:
    _prepare(connection, is_late=options.late)
    reports = sum(file.rows for file in files)
    wal_before = _read_number(connection, "SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')")
    recording = _run_stage(connection, "Recording", options.recorders, _record_files, url, files, total=reports)
    pending = count_pending(Context(connection, _clock))
    judging = _run_stage(connection, "Judging", options.judges, _judge_all, url, files, total=pending)
    assert count_pending(Context(connection, _clock)) == 0, "something still waits for a judge"
    sealing = _run_stage(connection, "Sealing", 1, _seal_all, url, files, total=len(files))
    wal_after = _read_number(connection, "SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')")
    bytes_by_table = _read_table_bytes(connection)
    return Measured(
        reports=reports,
        accepted=_read_number(connection, "SELECT sum(accepted) FROM submission"),
        files=len(files),
        recording=recording,
        judging=judging,
        sealing=sealing,
        copy_seconds=_time_bare_copy(connection),
        timeline_rows=_read_number(connection, "SELECT count(*) FROM timeline"),
        findings=_read_number(connection, "SELECT count(*) FROM finding"),
        trace_ms=_time_traces(connection),
        single_ms=_time_single_reports(connection),
        bytes_by_table=bytes_by_table,
        wal_bytes=wal_after - wal_before,
    )


def _clock() -> datetime:
    return RECEIVED_AT


def _open_context(connection: Connection[TupleRow]) -> Context:
    """Return a context with the log, so that every file is acknowledged as it is in life."""
    return Context(connection, _clock, log_folder=LogFolder(Path(os.environ[LOG_FOLDER_VARIABLE])))


def _prepare(connection: Connection[TupleRow], *, is_late: bool) -> None:
    """Make the schema, register the enterprises, and open the window in which six years of lives may come in on one day."""
    migrate(connection)
    if not is_late:
        adopted = adopt_rulebook(Context(connection, _clock), FIRST_LOAD.encode())
        assert adopted["adopted"], adopted
    with connection.transaction():
        act_no = write_act(connection, "participants", acted_at=RECEIVED_AT, body=b"benchmark")
        statements = [Statement(entry) for entries in make_participants().values() for entry in entries]
        write_statements(connection, PARTICIPANTS, statements, act_no=act_no)
        raise_version(connection)


# -- stages: the same function in some processes -------------------------------------------------------------------

Report = Callable[[int], None]
Work = Callable[[Context, Iterable[SubmissionFile], Report], None]


def _run_stage(
    connection: Connection[TupleRow],
    title: str,
    processes: int,
    work: "Work",
    url: str,
    files: list[SubmissionFile],
    *,
    total: int,
) -> Stage:
    """Run `work` in processes of their own, which take the files in turn; the clock starts with the first report."""
    spawn = multiprocessing.get_context("spawn")  # a forked child would count the parent's memory as its own
    channel = spawn.Queue()
    begin = spawn.Barrier(processes + 1)
    taken = spawn.Value("i", 0)
    children = [
        spawn.Process(target=_work, args=(work, url, files, taken, begin, channel), daemon=True)
        for _ in range(processes)
    ]
    for child in children:
        child.start()
    begin.wait()
    stage = Stage()
    server_before, busy_before = read_server_cpu_seconds(connection), read_busy_seconds()
    started = time.perf_counter()
    with _progress(title, total=total) as advance:
        while len(stage.usages) < processes:
            message = channel.get()
            if isinstance(message, BaseException):
                raise message
            if isinstance(message, Usage):
                stage.usages.append(message)
            else:
                advance(message)
    stage.seconds = time.perf_counter() - started
    stage.busy_seconds = read_busy_seconds() - busy_before
    for child in children:
        child.join()
    time.sleep(SETTLE_SECONDS)
    stage.server_cpu_seconds = read_server_cpu_seconds(connection) - server_before
    return stage


def _work(
    work: Work, url: str, files: list[SubmissionFile], taken: Synchronized, begin: Barrier, channel: Queue
) -> None:
    try:
        with connect(url, autocommit=True) as connection:
            context = _open_context(connection)
            context.read_registry()
            collect_garbage_rarely()
            begin.wait()
            before = read_own_usage()
            work(context, _take_in_turn(files, taken), channel.put)
            after = read_own_usage()
        channel.put(Usage(after.cpu_seconds - before.cpu_seconds, after.peak_mb))
    except Exception as error:  # noqa: BLE001 - the parent raises it
        channel.put(error)


def _take_in_turn(files: list[SubmissionFile], taken: Synchronized) -> Iterator[SubmissionFile]:
    """Yield the next file that no other process has taken; `taken` counts them for all."""
    while True:
        with taken.get_lock():
            place = taken.value
            taken.value += 1
        if place >= len(files):
            return
        yield files[place]


def _record_files(context: Context, files: Iterable[SubmissionFile], report: Report) -> None:
    for file in files:
        arrival = Arrival(file.submitter, "jsonl", file.path.name, RECEIVED_AT)
        submit(context, _read_chunks(file.path), arrival=arrival)
        report(file.rows)


def _judge_all(context: Context, _files: Iterable[SubmissionFile], report: Report) -> None:
    """Judge until nothing waits; what another judge holds may still wake something."""
    while count_pending(context):
        last = 0

        def tell(judged: int) -> None:
            nonlocal last
            if judged - last >= 1_000 or judged < last:
                report(max(0, judged - last))
                last = judged

        if judge_pending(context, progress=tell) == 0:
            time.sleep(0.01)


def _seal_all(context: Context, _files: Iterable[SubmissionFile], report: Report) -> None:
    """Seal until nothing waits, as one sealer does."""
    assert context.log_folder is not None
    while added := seal(context, context.log_folder):
        report(added)


def _read_chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(READ_BYTES):
            yield chunk


# -- what is measured after the load -------------------------------------------------------------------------------


def _time_bare_copy(connection: Connection[TupleRow]) -> float:
    """Return the seconds of a COPY of all timeline rows into a plain table without any index, the median of some."""
    with tempfile.TemporaryFile() as file:
        with connection.cursor().copy("COPY (SELECT * FROM timeline ORDER BY report_no) TO STDOUT") as copy:
            for block in copy:
                file.write(block)
        times = []
        for _ in range(COPY_RUNS):
            connection.execute("CREATE TABLE bare (LIKE timeline)")
            file.seek(0)
            started = time.perf_counter()
            with connection.cursor().copy("COPY bare FROM STDIN") as copy:
                while block := file.read(READ_BYTES):
                    copy.write(block)
            times.append(time.perf_counter() - started)
            connection.execute("DROP TABLE bare")
    return statistics.median(times)


def _time_traces(connection: Connection[TupleRow]) -> list[float]:
    """Return the milliseconds of tracing random subjects."""
    chance = random.Random(1)
    slots = [chance.randrange(256) for _ in range(TRACE_RUNS)]
    subjects = [
        connection.execute(
            "SELECT subject FROM subject_state WHERE slot = %s AND subject >= %s ORDER BY subject LIMIT 1",
            (slot, f"{chance.randrange(17):02d}B"),
        ).fetchone()
        for slot in slots
    ]
    context = Context(connection, _clock)
    times = []
    for row in subjects:
        if row is not None:
            started = time.perf_counter()
            trace(context, row[0])
            times.append((time.perf_counter() - started) * 1000)
    return times


def _time_single_reports(connection: Connection[TupleRow]) -> list[float]:
    """Return the milliseconds from the bytes of one report to its verdict, for scrappings of vehicles on the road."""
    dismantler = make_participants()["vehicle_dismantler"][0].uscc
    query = "SELECT subject FROM subject_state WHERE status = 'in_use' ORDER BY subject LIMIT %s"
    vins = [row[0] for row in connection.execute(query, (SINGLE_RUNS,)).fetchall()]
    context = _open_context(connection)
    on = (RECEIVED_AT - timedelta(days=1)).date()
    times = []
    for number, vin in enumerate(vins):
        body = _scrapping(vin, on, number)
        started = time.perf_counter()
        submission_no = submit(context, [body], arrival=Arrival(dismantler, "jsonl", "one.jsonl", RECEIVED_AT))
        assert judge_submission(context, submission_no)
        times.append((time.perf_counter() - started) * 1000)
    return times


def _scrapping(vin: str, on: date, number: int) -> bytes:
    return (
        f'{{"kind":"vehicle_scrapped","report_id":"single-{number}","occurred_at":"{on}",'
        f'"vin":"{vin}","battery_codes_found":[]}}\n'
    ).encode()


def _read_table_bytes(connection: Connection[TupleRow]) -> dict[str, int]:
    """Return the bytes of each table with its indexes and long values, partitions under their table."""
    rows = connection.execute(
        "SELECT relation.relname, CAST(sum(pg_total_relation_size(part.relid)) AS bigint) AS bytes"
        " FROM pg_class AS relation CROSS JOIN LATERAL pg_partition_tree(relation.oid) AS part"
        " WHERE relation.relnamespace = 'public'::regnamespace AND relation.relkind = 'p'"
        " GROUP BY relation.relname"
        " UNION ALL SELECT relname, pg_total_relation_size(oid) FROM pg_class"
        " WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND NOT relispartition"
        " ORDER BY bytes DESC"
    ).fetchall()
    return {name: size for name, size in rows if size > 100_000}


def _read_number(connection: Connection[TupleRow], query: str) -> int:
    row = connection.execute(query.encode()).fetchone()
    return int(row[0] or 0) if row else 0


# -- what people see -----------------------------------------------------------------------------------------------


@contextmanager
def _progress(title: str, *, total: int | None) -> Iterator[Report]:
    columns = (TextColumn("{task.description:<14}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, transient=not sys.stdout.isatty()) as progress:
        task = progress.add_task(title, total=total)
        yield lambda count: progress.advance(task, count)


def _describe(measured: Measured, connection: Connection[TupleRow], options: argparse.Namespace) -> str:
    """Return the results as a section of the results file."""
    reports = measured.reports
    recording, judging, sealing = measured.recording, measured.judging, measured.sealing
    share = _all_cpu(sealing) / (_all_cpu(recording) + _all_cpu(judging))
    copy_rate = reports / measured.copy_seconds
    recorded_rate = reports / recording.seconds
    whole_rate = reports / (recording.seconds + judging.seconds)
    total_bytes = sum(measured.bytes_by_table.values())
    commit = describe_commit()
    with_what = f"{reports:,} reports{' with components' if options.components else ''}, seed {options.seed}"
    lines = [
        f"## {with_what}: {whole_rate:,.0f} reports/s end to end ({datetime.now(UTC):%Y-%m-%d}, commit {commit})",
        "",
        (
            f"{describe_machine(connection)}. {measured.files} files, {measured.accepted:,} reports accepted, "
            f"{measured.timeline_rows:,} timeline rows, {measured.findings:,} findings; {options.recorders} recorders, then "
            f"{options.judges} judges.{' ' + options.note if options.note else ''}"
        ),
        "",
        "| what | value | ratio to bare COPY |",
        "|---|---|---|",
        f"| bare COPY of the timeline rows | {copy_rate:,.0f} reports/s | 1 |",
        f"| recorded | {recorded_rate:,.0f} reports/s | {recorded_rate / copy_rate:.3f} |",
        f"| recorded and judged, end to end | {whole_rate:,.0f} reports/s | {whole_rate / copy_rate:.3f} |",
        f"| trace in the store | p50 {_quantile(measured.trace_ms, 50):.2f} ms, p99 {_quantile(measured.trace_ms, 99):.2f} ms | |",
        f"| one report, recorded and judged | p50 {_quantile(measured.single_ms, 50):.1f} ms, p99 {_quantile(measured.single_ms, 99):.1f} ms | |",
        f"| bytes per report, all tables and indexes | {total_bytes / reports:.0f} | |",
        f"| log written per report | {measured.wal_bytes / reports:.0f} bytes | |",
        f"| CPU seconds per 1,000 reports, recorders | {_per_thousand(recording.cpu_seconds, reports)} + server {_per_thousand(recording.server_cpu_seconds, reports)} | |",
        f"| CPU seconds per 1,000 reports, judges | {_per_thousand(judging.cpu_seconds, reports)} + server {_per_thousand(judging.server_cpu_seconds, reports)} | |",
        (
            f"| sealing all of it, one sealer | {sealing.seconds:.1f} s, {100 * share:.1f} % of the processor seconds of recording and "
            f"judging | |"
        ),
        f"| CPU seconds per 1,000 reports, sealer | {_per_thousand(sealing.cpu_seconds, reports)} + server {_per_thousand(sealing.server_cpu_seconds, reports)} | |",
        f"| processors kept busy by others meanwhile | {recording.foreign_cores:.2f}, {judging.foreign_cores:.2f} of {os.cpu_count()} | |",
        f"| most memory of a recorder, of a judge | {recording.peak_mb} MB, {judging.peak_mb} MB | |",
        "",
        "Bytes per report by table: "
        + ", ".join(f"{name} {size / reports:.0f}" for name, size in measured.bytes_by_table.items())
        + ".",
        "",
    ]
    return "\n".join(lines)


def _all_cpu(stage: Stage) -> float:
    """Return the processor seconds of our processes and of the server's."""
    return stage.cpu_seconds + stage.server_cpu_seconds


def _per_thousand(seconds: float, reports: int) -> str:
    return f"{seconds / reports * 1000:.4f}"


def _quantile(values: list[float], percent: int) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)] if ordered else float("nan")


if __name__ == "__main__":
    try:
        main()
    except psycopg.OperationalError as problem:
        sys.exit(f"The database went away: {problem}")
