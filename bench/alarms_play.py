"""Play a simulated nation through the real platform, day by day, and note what the platform finds and when.

    python bench/alarms_play.py DIR OUT [--sweep-days 7] [--lead-days 91] [--until DAY]

DIR is what `suyuan simulate` wrote. OUT gets `played.json` (what was submitted and how it ended), `findings.jsonl` (each
finding that ever stood, with the day on which it was first seen at each weight) and `refused.jsonl`. The platform's clock is
the played moment. The labels are never opened here.
"""

import argparse
import json
import multiprocessing
import re
import shutil
import sys
import tempfile
import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from multiprocessing.connection import Connection as Pipe
from pathlib import Path
from typing import Any, Self

import psycopg
from psycopg import Connection
from psycopg.rows import TupleRow
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from suyuan.app.context import Context, UseCaseError, collect_garbage_rarely
from suyuan.app.describe import describe_subject
from suyuan.app.detect import describe_lead, find_leads
from suyuan.app.initialise import initialise
from suyuan.app.judge import count_pending, judge_pending
from suyuan.app.register import import_entries, import_participants
from suyuan.app.submit import Arrival, describe_submission, submit
from suyuan.app.sweep import sweep
from suyuan.core.topic import TOPICS
from suyuan.core.value import SHANGHAI
from suyuan.intake.reader import detect_form
from suyuan.store import embedded
from suyuan.store.database import connect
from suyuan.store.migrate import migrate

FIRST_SWEEP_DAYS = 30  # after the platform opens: the history of all is loaded in the first days
SWEEP_DAYS = 7
LEAD_DAYS = 91
PROCESSES = 2
REFUSED_FILES_MAX = 2_000  # of which the refused rows are read
LOAD_DAYS = 1  # before the platform opens, the register is loaded
# A bench may lose its database in a power cut; waiting for the disk is not what it measures.
SERVER_SETTINGS = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off", "max_wal_size": "2GB"}
_FILE_NAME = re.compile(r"(?P<moment>\d{4}-\d\d-\d\dT\d{4})-(?P<uscc>[0-9A-Z]{18})-[^.]+\.(?:jsonl|json|csv|xlsx)")

_LEAD_FIELDS = ("subject", "about", "party", "chance", "evidence", "explanation", "expected_false_positives")

Advance = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class PlayedFile:
    """One file of the world: who sends it, and when it is received."""

    path: Path
    uscc: str
    received_at: datetime

    @property
    def received_on(self) -> date:
        """Return the Shanghai day of receipt."""
        return self.received_at.astimezone(SHANGHAI).date()


@dataclass
class Seen:
    """A finding as it was first seen, the day of that for each weight, and the weight at which it stands now."""

    said: dict[str, Any]
    first_seen: dict[str, str] = field(default_factory=dict)
    last_seen: str = ""
    stands: str | None = None


class Watch:
    """What was seen of findings, sweep after sweep."""

    def __init__(self) -> None:
        self.seen: dict[tuple[Any, ...], Seen] = {}

    def look(self, connection: Connection[TupleRow], *, on: date) -> int:
        """Read all findings as they are shown; returns how many stand."""
        for one in self.seen.values():
            one.stands = None
        query = (
            "SELECT rule, subject, reporter, report_id, party, weight, about, evidence, occurred_on FROM finding_shown"
        )
        rows = connection.execute(query).fetchall()
        for rule, subject, reporter, report_id, party, weight, about, evidence, occurred_on in rows:
            key = (rule, subject, reporter, report_id, party)
            one = self.seen.get(key)
            if one is None:
                said = {
                    "rule": rule,
                    "subject": describe_subject(subject),
                    "about": [describe_subject(other) for other in about],
                    "party": party,
                    "reporter": reporter,
                    "report_id": report_id,
                    "occurred_on": occurred_on.isoformat(),
                    "evidence": json.loads(evidence),
                }
                one = self.seen[key] = Seen(said)
            self._note(one, weight, on)
        return len(rows)

    def note_lead(self, lead: Mapping[str, Any], *, on: date) -> None:
        """Note a statistical lead, as the program describes it, under the name of its detector."""
        name = f"detector:{lead['detector']}"
        key = (name, lead["subject"], lead["party"])
        one = self.seen.get(key)
        if one is None:
            said = {"rule": name, **{field: lead[field] for field in _LEAD_FIELDS}, "reporter": "", "report_id": ""}
            one = self.seen[key] = Seen(said)
        one.said["about"] = sorted({*one.said["about"], *lead["about"]})  # a later look may name more
        self._note(one, "lead", on)

    @staticmethod
    def _note(one: Seen, weight: str, on: date) -> None:
        one.first_seen.setdefault(weight, on.isoformat())
        one.last_seen, one.stands = on.isoformat(), weight


def list_files(folder: Path, *, until: date) -> list[PlayedFile]:
    """Return the submissions in the order of their names, which is that of receipt. Raises ValueError for a strange name."""
    found = []
    for path in sorted((folder / "submissions").glob("*/*"), key=lambda path: path.name):
        match = _FILE_NAME.fullmatch(path.name)
        if match is None:
            raise ValueError(f"{path} is no name of a submission (YYYY-MM-DDTHHMM-USCC-NNN.jsonl)")
        moment = datetime.strptime(match["moment"], "%Y-%m-%dT%H%M").replace(tzinfo=SHANGHAI)
        file = PlayedFile(path, match["uscc"], moment)
        if file.received_on <= until:
            found.append(file)
    return found


def list_sweep_days(opens_on: date, *, until: date, first: int, every: int) -> list[date]:
    """Return the days of sweeps; the last day of the play is always one."""
    days = []
    day = opens_on + timedelta(days=first)
    while day < until:
        days.append(day)
        day += timedelta(days=every)
    return [*days, until]


# -- the processes that submit and judge ---------------------------------------------------------------------------


class Crew:
    """Processes that submit and judge beside each other; what one participant sends is always sent by the same of them."""

    def __init__(self, url: str, *, size: int) -> None:
        spawn = multiprocessing.get_context("spawn")
        self._pipes: list[Pipe] = []
        self._children = []
        for _ in range(size):
            ours, theirs = spawn.Pipe()
            child = spawn.Process(target=_serve, args=(url, theirs), daemon=True)
            child.start()
            self._pipes.append(ours)
            self._children.append(child)

    def __enter__(self) -> Self:
        """Return the crew."""
        return self

    def __exit__(self, *_error: object) -> None:
        """Send everybody home."""
        for pipe, child in zip(self._pipes, self._children, strict=True):
            pipe.send(("end", ()))
            child.join(timeout=10)

    def submit(self, files: Iterable[PlayedFile], *, advance: Advance) -> None:
        """Submit the files, each participant's in their order."""
        shares: list[list[PlayedFile]] = [[] for _ in self._pipes]
        for file in files:
            shares[zlib.crc32(file.uscc.encode()) % len(shares)].append(file)
        self._run([("submit", share) for share in shares], advance)

    def judge(self) -> None:
        """Judge until nothing waits."""
        self._run([("judge", ())] * len(self._pipes), lambda _count: None)

    def _run(self, orders: Iterable[tuple[str, Any]], advance: Advance) -> None:
        for pipe, order in zip(self._pipes, orders, strict=True):
            pipe.send(order)
        waiting = list(self._pipes)
        while waiting:
            for pipe in multiprocessing.connection.wait(waiting):
                message = pipe.recv()
                if isinstance(message, BaseException):
                    raise message
                if message == "done":
                    waiting.remove(pipe)
                else:
                    advance(message)


def _serve(url: str, pipe: Pipe) -> None:
    """Carry out what comes through the pipe, until the order to end."""
    try:
        with connect(url, autocommit=True) as connection:
            moment = [datetime(2000, 1, 1, tzinfo=SHANGHAI)]
            context = Context(connection, lambda: moment[0])
            collect_garbage_rarely()
            while True:
                order, share = pipe.recv()
                if order == "end":
                    return
                if order == "submit":
                    for file in share:
                        moment[0] = file.received_at
                        _submit_file(context, file)
                        pipe.send(1)
                else:
                    _judge_all(context)
                pipe.send("done")
    except Exception as error:  # noqa: BLE001 - the parent raises it
        pipe.send(RuntimeError(f"{type(error).__name__}: {error}"))


def _submit_file(context: Context, file: PlayedFile) -> None:
    body = file.path.read_bytes()
    form = detect_form(file.path.name, first_bytes=body[:4096])
    submit(context, [body], arrival=Arrival(file.uscc, form, file.path.name, file.received_at))


def _judge_all(context: Context) -> None:
    while count_pending(context):
        if judge_pending(context) == 0:
            time.sleep(0.01)


# -- the play ------------------------------------------------------------------------------------------------------


def play(
    folder: Path, out: Path, *, until: date | None = None, sweep_days: int = SWEEP_DAYS, lead_days: int = LEAD_DAYS
) -> dict[str, Any]:
    """Play the world of a folder in a database of its own and write into `out` what came of it; returns the summary."""
    place = Path(tempfile.mkdtemp(prefix="suyuan-alarms-"))
    place.chmod(0o755)
    try:
        url = embedded.start(place / "db", settings=SERVER_SETTINGS)
        return play_on(url, folder, out, until=until, sweep_days=sweep_days, lead_days=lead_days)
    finally:
        embedded.stop(place / "db")
        shutil.rmtree(place, ignore_errors=True)


def play_on(
    url: str,
    folder: Path,
    out: Path,
    *,
    until: date | None,
    sweep_days: int,
    lead_days: int,
    processes: int = PROCESSES,
) -> dict[str, Any]:
    """Play on the fresh database of an address."""
    world = json.loads((folder / "world.json").read_text(encoding="utf-8"))
    opens_on = date.fromisoformat(world["platform_opens_on"])
    until = until or date.fromisoformat(world["until"])
    files = list_files(folder, until=until)
    days = list_sweep_days(opens_on, until=until, first=FIRST_SWEEP_DAYS, every=sweep_days)
    watch, started, looks = Watch(), time.perf_counter(), 0
    moment = [datetime.combine(opens_on - timedelta(days=LOAD_DAYS), datetime.min.time(), tzinfo=SHANGHAI)]
    with connect(url, autocommit=True) as connection:
        context = Context(connection, lambda: moment[0])
        migrate(connection)
        initialise(context, is_historical_load=True)
        load_register(context, folder)
        with Crew(url, size=processes) as crew, _progress(len(files)) as (advance, tell):
            place, next_leads = 0, days[0]
            for day in days:
                share = []
                while place < len(files) and files[place].received_on <= day:
                    share.append(files[place])
                    place += 1
                crew.submit(share, advance=advance)
                crew.judge()
                moment[0] = datetime.combine(day, datetime.max.time(), tzinfo=SHANGHAI)
                sweep(context, as_of=day)
                standing = watch.look(connection, on=day)
                if day >= next_leads or day == until:
                    looks += note_leads(context, watch, on=day)
                    next_leads = day + timedelta(days=lead_days)
                tell(f"{day}, {standing} findings stand")
        summary = _summarise(connection, world, days)
        refused = _read_refused(context)
    summary |= {
        "files": len(files),
        "looks": looks,
        "seconds": round(time.perf_counter() - started, 1),
        "until": until.isoformat(),
    }
    _write(out, summary, watch, refused)
    return summary


def load_register(context: Context, folder: Path) -> None:
    """Import participants, then what else the register of the world holds. Raises ValueError where a row is refused."""
    done = [import_participants(context, (folder / "participants.csv").read_bytes())]
    for name, topic in TOPICS.items():
        path = folder / "register" / f"{name}.csv"
        if name != "participants" and path.is_file():
            done.append(import_entries(context, topic, path.read_bytes()))
    for one in done:
        if one["rejected"] or one.get("file_errors"):
            raise ValueError(f"the register file of {one['topic']} is refused: {json.dumps(one)[:600]}")


def note_leads(context: Context, watch: Watch, *, on: date) -> bool:
    """Note the statistical leads of a day, where what the detectors need is installed; tells whether they looked."""
    try:
        leads = find_leads(context, as_of=on)
    except UseCaseError as problem:
        print(f"{on}: no statistical leads. {problem.message}", file=sys.stderr)
        return False
    for lead in leads:
        watch.note_lead(describe_lead(lead), on=on)
    return True


def _summarise(connection: Connection[TupleRow], world: Mapping[str, Any], days: list[date]) -> dict[str, Any]:
    query = "SELECT coalesce(sum(accepted), 0), coalesce(sum(duplicate), 0), coalesce(sum(rejected), 0) FROM submission"
    row = connection.execute(query).fetchone()
    assert row is not None
    counts = dict(zip(("accepted", "duplicate", "rejected"), map(int, row), strict=True))
    return {"world": dict(world), **counts, "sweeps": [day.isoformat() for day in days]}


def _read_refused(context: Context) -> list[dict[str, Any]]:
    """Return the refused rows of the first files that have any, and what ended unreadable files."""
    query = "SELECT submission_no, file_name FROM submission WHERE rejected > 0 OR status = 'unreadable' ORDER BY 1 LIMIT %s"
    found = []
    for number, name in context.connection.execute(query, [REFUSED_FILES_MAX]).fetchall():
        result = describe_submission(context, number)
        errors = [{"file": name, "errors": [one["message"]]} for one in result.get("file_errors") or ()]
        found += errors
        for row in result["rows"]:
            if row["outcome"] == "rejected":
                told = [f"{one['code']} {one['field']} {one['value']}" for one in row["errors"]]
                found.append({"file": name, "row": row["row"], "report_id": row.get("report_id"), "errors": told})
    return found


def _write(out: Path, summary: dict[str, Any], watch: Watch, refused: list[dict[str, Any]]) -> None:
    out.mkdir(parents=True, exist_ok=True)
    findings = [
        {**one.said, "first_seen": one.first_seen, "last_seen": one.last_seen, "stands": one.stands}
        for one in watch.seen.values()
    ]
    summary["refused_by_error"] = dict(Counter(one["errors"][0].split(" ")[0] for one in refused).most_common())
    (out / "played.json").write_text(json.dumps(summary, indent=1), encoding="utf-8")
    for name, rows in (("findings.jsonl", findings), ("refused.jsonl", refused)):
        with (out / name).open("w", encoding="utf-8") as stream:
            stream.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


@contextmanager
def _progress(total: int) -> Iterator[tuple[Advance, Callable[[str], None]]]:
    columns = (
        TextColumn("Playing"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.description}"),
    )
    with Progress(*columns, transient=not sys.stdout.isatty()) as progress:
        task = progress.add_task("", total=total)
        yield lambda count: progress.advance(task, count), lambda text: progress.update(task, description=text)


def main() -> None:
    """Play one folder."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--until", type=date.fromisoformat)
    parser.add_argument("--sweep-days", type=int, default=SWEEP_DAYS)
    parser.add_argument("--lead-days", type=int, default=LEAD_DAYS)
    given = parser.parse_args()
    summary = play(given.folder, given.out, until=given.until, sweep_days=given.sweep_days, lead_days=given.lead_days)
    print(json.dumps({name: value for name, value in summary.items() if name not in ("world", "sweeps")}))


if __name__ == "__main__":
    try:
        main()
    except psycopg.OperationalError as problem:
        sys.exit(f"The database went away: {problem}")
