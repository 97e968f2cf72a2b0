"""Load a folder of files as their enterprises sent them, with as many processes as the machine has processors.

The files of one enterprise keep their order; between enterprises there is none, since the record is the same in any.
Each process has a connection of its own. Judging follows when all is recorded: each subject is folded once then.
"""

import hashlib
import re
import signal
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, as_completed, wait
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from suyuan.app.context import Context, Progress, UseCaseError, no_progress
from suyuan.app.coverage import read_coverage
from suyuan.app.initialise import initialise
from suyuan.app.judge import count_pending, judge_pending
from suyuan.app.lists import list_findings
from suyuan.app.register import import_participants
from suyuan.app.rulebook import adopt_rulebook
from suyuan.app.sights import find_sights
from suyuan.app.submit import Arrival, submit
from suyuan.app.sweep import SWEEP_STEPS, sweep
from suyuan.cli.screen import show_progress
from suyuan.cli.session import open_context
from suyuan.cli.setting import Setting
from suyuan.cli.words import say
from suyuan.core.finding import WEIGHTS
from suyuan.core.value import SHANGHAI
from suyuan.intake.reader import DecodedRow, detect_form, open_reader
from suyuan.store.error import StoreError
from suyuan.store.submission import list_keyed, submission_name

PARTICIPANTS, OWN_RULEBOOK = "participants.csv", "rulebook.toml"
OUTCOMES = ("accepted", "duplicate", "rejected")
_TELL_SECONDS = 0.2
_BYTES_LIKE_A_FILE = 10_000  # a small file costs as much as these bytes in a large one
LOADERS_A_CORE = 3  # most of the time a loader waits for the disk; the flushes of several are one
_KEY = "demo:"
_SAMPLE_NAME = re.compile(r"(?P<number>\d{2,})-(?P<uscc>[0-9A-Z]{18})-.+\.(jsonl|json|csv|xlsx)")
_SIMULATED_NAME = re.compile(r"(?P<at>\d{4}-\d\d-\d\dT\d{4})-(?P<uscc>[0-9A-Z]{18})-\d+\.(jsonl|csv)")
Trouble = tuple[str, str]  # in English and in Chinese
KeyedSample = tuple[str, "Sample"]  # a file and the key under which it is loaded once


@dataclass(frozen=True, slots=True)
class Sample:
    """One file and who sends it; when it was received, where its name tells that."""

    path: Path
    uscc: str
    received_at: datetime | None = None


def list_samples(folder: Path) -> list[Sample]:
    """Return the files of a folder that are submissions, in the order in which they were sent.

    A folder of samples numbers them; a simulation names each by its moment of receipt.
    """
    numbered = [(match, path) for path in folder.iterdir() if (match := _SAMPLE_NAME.fullmatch(path.name))]
    numbered.sort(key=lambda pair: (int(pair[0]["number"]), pair[1].name))
    timed = [
        Sample(path, match["uscc"], datetime.strptime(match["at"], "%Y-%m-%dT%H%M").replace(tzinfo=SHANGHAI))
        for path in sorted((folder / "submissions").glob("*/*"))
        if (match := _SIMULATED_NAME.fullmatch(path.name))
    ]
    return [Sample(path, match["uscc"]) for match, path in numbered] + timed


def load_folder(context: Context, folder: Path, setting: Setting, *, processes: int) -> dict[str, Any]:
    """Load a folder of files, judge and sweep, and return what came of it; loaded again, it adds nothing.

    `setting` names the database of `context` to other processes; with one process there are none.
    """
    initialise(context, is_historical_load=True)
    import_participants(context, (folder / PARTICIPANTS).read_bytes())
    own = folder / OWN_RULEBOOK
    if own.is_file():
        adopt_rulebook(context, own.read_bytes(), file=own.name)
    samples = {make_key(sample): sample for sample in list_samples(folder)}
    known = {one.key for one in list_keyed(context.connection, prefix=_KEY) if one.is_recorded}
    missing = [(key, sample) for key, sample in samples.items() if key not in known]
    if processes > 1 and missing:
        _share_out(context, setting, missing, processes=processes)
    else:
        with show_progress(setting, say("doing_load"), total=len(missing)) as progress:
            submit_files(context, missing, progress=progress)
    with show_progress(setting, say("doing_judge")) as progress:
        judge_pending(context, progress=progress)  # also what a load that broke off has left
    with show_progress(setting, say("doing_sweep"), total=SWEEP_STEPS) as progress:
        sweep(context, as_of=context.today(), progress=progress)
    return _summarise(context, samples)


def submit_files(context: Context, files: Iterable[KeyedSample], *, progress: Progress = no_progress) -> int:
    """Submit files in their order, each under its key; returns how many."""
    count = 0
    for key, sample in files:
        body, name = sample.path.read_bytes(), sample.path.name
        form = detect_form(name, first_bytes=body[:4096])
        at = sample.received_at or choose_receipt(body, name=name, latest=context.clock())
        submit(context, [body], arrival=Arrival(sample.uscc, form, name, at, idempotency_key=key))
        count += 1
        progress(count)
    return count


def make_key(sample: Sample) -> str:
    """Return the key under which a file is loaded once: of its name and its bytes."""
    return f"{_KEY}{hashlib.sha256(sample.path.name.encode() + sample.path.read_bytes()).hexdigest()[:32]}"


def choose_receipt(body: bytes, *, name: str, latest: datetime) -> datetime:
    """Return when a sample is said to have come in: the morning after the last thing it tells of, not after `latest`.

    The samples tell of years; with the moment of loading all of them would be late reports.
    """
    rows = open_reader(lambda: [body], form=detect_form(name, first_bytes=body[:4096]), file_name=name)
    days = [day for row in rows if isinstance(row, DecodedRow) and (day := _day_of(row)) is not None]
    days = [day for day in days if day <= latest.astimezone(SHANGHAI).date()]  # the rest is mistyped
    if not days:
        return latest
    morning = datetime.combine(max(days) + timedelta(days=1), time(9), tzinfo=SHANGHAI)
    return min(morning, latest)


def _day_of(row: DecodedRow) -> date | None:
    """Return the day that a row tells of, None for a row that tells none."""
    try:
        return date.fromisoformat(str((row.raw or {}).get("occurred_at", ""))[:10])
    except ValueError:
        return None


# -- many processes ----------------------------------------------------------------------------------------------------


def _share_out(context: Context, setting: Setting, missing: Iterable[KeyedSample], *, processes: int) -> None:
    """Let processes record what is missing, then judge. Raises UseCaseError with what one of them could not do."""
    by_party: dict[str, list[KeyedSample]] = {}
    for key, sample in missing:
        by_party.setdefault(sample.uscc, []).append((key, sample))
    # The largest first: else one process would still be at it when the others have ended.
    tasks = sorted(
        by_party.values(), key=lambda own: -sum(_BYTES_LIKE_A_FILE + one.path.stat().st_size for _, one in own)
    )
    with _open_pool(setting, processes=processes * LOADERS_A_CORE) as pool:
        with show_progress(setting, say("doing_load"), total=sum(map(len, tasks))) as progress:
            loaded = 0
            for task in as_completed([pool.submit(_run, submit_files, own) for own in tasks]):
                loaded += _take(task.result())
                progress(loaded)
        waiting = count_pending(context)
        with show_progress(setting, say("doing_judge"), total=waiting) as progress:
            judges = [pool.submit(_run, judge_pending) for _ in range(processes)]
            while wait(judges, timeout=_TELL_SECONDS).not_done:
                progress(max(0, waiting - count_pending(context)))
            for judge in judges:
                _take(judge.result())


@contextmanager
def _open_pool(setting: Setting, *, processes: int) -> Iterator[Executor]:
    """Open processes with a connection each. They are spawned: a forked one would share ours."""
    spawn = get_context("spawn")
    pool = ProcessPoolExecutor(processes, mp_context=spawn, initializer=_start, initargs=(setting,))
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)  # after Ctrl-C what has begun ends, and nothing more begins


_stack = ExitStack()
_contexts: list[Context] = []  # the one of this process


def _start(setting: Setting) -> None:
    """Open the connection of a process of the pool; Ctrl-C is for the first process, which ends the pool."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _contexts.append(_stack.enter_context(open_context(setting)))


def _run(work: Callable[..., int], *given: object) -> int | Trouble:
    """Do a piece of work in a process of the pool; returns how much was done, or what could not be."""
    try:
        return work(_contexts[0], *given)
    except (UseCaseError, StoreError) as error:
        return error.message, error.message_zh  # the exception itself, with its two texts, would not come through


def _take(result: int | Trouble) -> int:
    if isinstance(result, tuple):
        raise UseCaseError(result[0], message_zh=result[1])
    return result


# -- summing up --------------------------------------------------------------------------------------------------------


def _summarise(context: Context, samples: dict[str, Sample]) -> dict[str, Any]:
    """Return what came of each file, the findings by rule, the coverage, and what is worth a look."""
    kept = {one.key: one for one in list_keyed(context.connection, prefix=_KEY)}
    files = [
        {
            "file": sample.path.name,
            "submission": submission_name(kept[key].submission_no),
            **{name: getattr(kept[key], name) for name in OUTCOMES},
        }
        for key, sample in samples.items()
    ]
    findings = list_findings(context)
    by_rule = Counter((one["rule"], one["weight"]) for one in findings)
    titles = {one["rule"]: (one["title_zh"], one["title"]) for one in findings}
    return {
        "sights": find_sights(context, findings),
        **{name: sum(file[name] for file in files) for name in OUTCOMES},
        "files": files,
        "findings": [
            {"rule": rule, "title_zh": titles[rule][0], "title": titles[rule][1], "weight": weight, "count": count}
            for (rule, weight), count in sorted(by_rule.items(), key=_gravest_first)
        ],
        "coverage": read_coverage(context, by="division")["total"],
    }


def _gravest_first(counted: tuple[tuple[str, str], int]) -> tuple[int, str]:
    """Return the key that sorts findings by weight, violations first, then by rule."""
    (rule, weight), _ = counted
    return -WEIGHTS.index(weight), rule
