"""Sealers killed before and after every step, two at once: never two roots for one size, no gap, no loss.

Each round forks two sealers on the same log; one is killed at a step, the other goes on. Whatever checkpoint anybody ever
saw is remembered across all rounds. The control takes the compare-and-swap away, and the constraints that would catch it.
"""

import argparse
import os
import random
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from psycopg import Connection
from psycopg.rows import TupleRow
from rich.progress import Progress

from suyuan.app import seal as sealing
from suyuan.app.context import Context, UseCaseError
from suyuan.evidence.checkpoint import parse_head
from suyuan.evidence.hashing import SHA256
from suyuan.evidence.merkle import leaf_hash, tree_root
from suyuan.evidence.note import split_note
from suyuan.store import embedded
from suyuan.store import log as store_log
from suyuan.store.database import connect
from suyuan.store.error import StoreError
from suyuan.store.log import count_waiting, read_newest_head
from suyuan.store.log_folder import LogFolder
from suyuan.store.migrate import migrate
from suyuan.store.registry import write_act

POINTS = (
    "begin", "leaves made", "leaves written", "leaves committed", "tiles written", "checkpoint kept", "signatures kept",
    "checkpoint published",
)  # fmt: skip
NOW = datetime(2026, 11, 26, 4, 0, tzinfo=UTC)
ACTS_MAX = 40
# Copies and rounds are many, and nothing here cuts the power: memory serves as the disk where there is such a folder.
IN_MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None
SEALS = 3


@dataclass
class Outcome:
    """What a campaign found, in words, and whether that is what must be."""

    text: str
    is_good: bool


@dataclass
class Log:
    """A log under attack, and every root that was ever seen for a size."""

    url: str
    folder: LogFolder
    seen: dict[tuple[str, int], set[bytes]] = field(default_factory=dict)
    faults: Counter[str] = field(default_factory=Counter)

    def open(self) -> Context:
        """Return a context of a process of its own; its clock runs, so that two sealers write different texts."""
        return Context(connect(self.url, autocommit=True), lambda: NOW + timedelta(seconds=time.monotonic()))

    def see(self, connection: Connection[TupleRow]) -> None:
        """Remember the roots of the published checkpoint and of all that are kept."""
        texts = [text for (text,) in connection.execute("SELECT text FROM log_checkpoint")]
        note = self.folder.read_checkpoint(NOW.year)
        for text in [*texts, *([split_note(note)[0]] if note else [])]:
            head = parse_head(text)
            self.seen.setdefault((head.origin, head.size), set()).add(head.root)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the campaign takes."""
    parser.add_argument("--rounds", type=int, default=50, help="rounds for each point at which a sealer is killed")
    parser.add_argument("--seed", type=int, default=1)


def run(given: argparse.Namespace) -> Outcome:
    """Kill sealers at every point, then run the control."""
    with tempfile.TemporaryDirectory(prefix="suyuan-chaos-", dir=IN_MEMORY) as folder:
        Path(folder).chmod(0o755)
        url = embedded.start(Path(folder) / "db")
        try:
            good, kills = attack(make_log(url, Path(folder) / "log"), given, points=POINTS)
            control, _ = attack(weaken(url, Path(folder) / "control"), given, points=("nobody",))
        finally:
            embedded.stop(Path(folder) / "db")
    text = (
        f"{len(POINTS)} points, {given.rounds} rounds each, two sealers at once, {kills} killed (seed {given.seed}).\n"
        f"Two roots for one size, gaps, losses, doubles, unsigned or unpublished heads: {describe(good)}.\n"
        f"Control, without compare-and-swap and constraints, {given.rounds} rounds: {describe(control)}."
    )
    return Outcome(text, not good and bool(control) and kills > 0)


def describe(faults: Counter[str]) -> str:
    """Return the faults in words."""
    return ", ".join(f"{name} {count}" for name, count in sorted(faults.items())) or "none"


def make_log(url: str, folder: Path) -> Log:
    """Bring up an empty log."""
    log = Log(url, LogFolder(folder))
    with connect(url) as connection:
        migrate(connection)
    return log


def weaken(url: str, folder: Path) -> Log:
    """Bring up another log without what keeps two sealers from forking it; this process does not go back."""
    with connect(url, autocommit=True) as connection:
        connection.execute("TRUNCATE log_waiting, log_head, log_leaf, log_checkpoint, log_signature, act")
        connection.execute("ALTER TABLE log_leaf DROP CONSTRAINT each_leaf_once")
        connection.execute("ALTER TABLE log_leaf DROP CONSTRAINT each_source_has_one_leaf")
    query = store_log.SQL.swap_head.replace(b"AND size = %(size_before)s", b"AND %(size_before)s >= 0")
    store_log.SQL._texts["swap_head"] = query  # noqa: SLF001 - the control changes what nobody else may
    return Log(url, LogFolder(folder))


def attack(log: Log, given: argparse.Namespace, *, points: tuple[str, ...]) -> tuple[Counter[str], int]:
    """Play all rounds; returns the faults found and how many sealers were killed."""
    chance, kills = random.Random(given.seed), 0
    with Progress() as progress:
        task = progress.add_task("seal", total=len(points) * given.rounds)
        for point in points:
            for _ in range(given.rounds):
                kills += play_round(log, chance, point)
                progress.advance(task)
    return log.faults, kills


def play_round(log: Log, chance: random.Random, point: str) -> int:
    """Add acts, let two sealers loose, kill one at a point, and check what is left; returns how many were killed."""
    context = log.open()
    for number in range(chance.randint(1, ACTS_MAX)):
        write_act(context.connection, "sweep", acted_at=NOW, body=b"%d" % number)
    context.connection.close()
    start = time.monotonic() + 0.02
    sealers = [fork(lambda: run_sealer(log, "", start)), fork(lambda: run_sealer(log, point, start))]
    killed = sum(os.WIFSIGNALED(os.waitpid(one, 0)[1]) for one in sealers)
    check(log)
    return killed


def fork(work: Callable[[], None]) -> int:
    """Run some work in a process of its own and return its number; it opens its own connections."""
    child = os.fork()
    if child:
        return child
    try:
        work()
    except BaseException as error:  # noqa: BLE001 - a child must not run on into what its parent does
        os.write(2, f"a sealer broke off: {type(error).__name__}: {error}\n".encode())
        os._exit(3)
    os._exit(0)


def run_sealer(log: Log, point: str, start: float) -> None:
    """Seal a few times; die at the point."""

    def fault(step: str) -> None:
        if step == point:
            os.kill(os.getpid(), signal.SIGKILL)

    context = log.open()
    while time.monotonic() < start:
        pass
    fault("begin")
    for _ in range(SEALS):
        sealing.seal(context, log.folder, fault=fault)


def check(log: Log) -> None:
    """Look at what is left before and after a healthy sealer has finished it."""
    context = log.open()
    log.see(context.connection)
    try:
        while sealing.seal(context, log.folder):
            pass
    except (UseCaseError, StoreError):
        log.faults["head that the leaves do not give"] += 1
    log.see(context.connection)
    log.faults["two roots for one size"] += any(len(roots) > 1 for roots in log.seen.values())
    rows = context.connection.execute(
        "SELECT leaf_index, source, source_no FROM log_leaf ORDER BY leaf_index"
    ).fetchall()
    log.faults["gap or double index"] += [row[0] for row in rows] != list(range(len(rows)))
    sources = Counter((source, number) for _, source, number in rows)
    log.faults["double leaf"] += max(sources.values()) > 1
    acts = {("act", number) for (number,) in context.connection.execute("SELECT act_no FROM act")}
    log.faults["loss"] += bool(acts - sources.keys()) or count_waiting(context.connection, limit=1) > 0
    log.faults["unpublished head"] += not _is_published(log, context)
    log.faults = +log.faults
    context.connection.close()


def _is_published(log: Log, context: Context) -> bool:
    """Tell whether the published checkpoint is of all leaves, with the root that they give."""
    head, note = read_newest_head(context.connection), log.folder.read_checkpoint(NOW.year)
    if head is None or note is None:
        return False
    said = parse_head(split_note(note)[0])
    try:
        entries = store_log.read_entries(context.connection, shard=NOW.year, start=0, end=head.tree.size)
        root = tree_root([leaf_hash(entry) for entry in entries], hashing=SHA256)
    except StoreError:
        return False
    return (said.size, said.root) == (head.tree.size, root)
