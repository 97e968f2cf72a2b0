"""The command demo: load the samples into a database of their own, say what came of them, and serve them."""

import hashlib
import os
import re
import sys
from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from suyuan.app.context import Context
from suyuan.app.initialise import initialise
from suyuan.app.judge import judge_pending
from suyuan.app.lists import list_findings
from suyuan.app.register import import_participants
from suyuan.app.rulebook import adopt_rulebook
from suyuan.app.submit import Arrival, describe_submission, submit
from suyuan.app.sweep import SWEEP_STEPS, sweep
from suyuan.cli.log import log_event
from suyuan.cli.screen import emit, show_progress
from suyuan.cli.serve import HOST, PORT, refuse_taken_port, run_server
from suyuan.cli.session import open_context
from suyuan.cli.setting import DEFAULT, Setting
from suyuan.cli.words import CommandError, say
from suyuan.core.finding import WEIGHTS
from suyuan.core.value import SHANGHAI
from suyuan.intake.reader import DecodedRow, detect_form, open_reader
from suyuan.store.database import default_folder

PORTS_TRIED = 20
_COUNTS = ("accepted", "duplicate", "rejected")
OWN_RULEBOOK = "rulebook.toml"
_SAMPLE_NAME = re.compile(r"(?P<number>\d{2,})-(?P<uscc>[0-9A-Z]{18})-.+\.(jsonl|json|csv|xlsx)")

SamplesOption = Annotated[Path | None, Parameter(name="--samples", help=say("option_samples"))]
NoServeOption = Annotated[bool, Parameter(name="--no-serve", negative=(), help=say("option_no_serve"))]
PortOption = Annotated[int, Parameter(name="--port", help=say("option_port"))]


@dataclass(frozen=True, slots=True)
class Sample:
    """One file of the samples and who sends it."""

    path: Path
    uscc: str


def demo(
    *,
    samples: SamplesOption = None,
    no_serve: NoServeOption = False,
    port: PortOption = PORT,
    setting: Setting = DEFAULT,
) -> int:
    """Load the samples, print a summary, and serve them on this machine."""
    folder = samples if samples is not None else find_samples()
    if folder is None or not folder.is_dir():
        raise CommandError("no_samples")
    if setting.folder is None:
        # Never the person's own database: the samples are made up.
        setting = replace(setting, folder=default_folder(environ=os.environ).with_name("demo"))
    with open_context(setting, makes_database=True) as context:
        summary = load_samples(context, folder, setting)
    log_event(setting, "demo.loaded", accepted=summary["accepted"], refused=summary["rejected"])
    url = None
    if not no_serve:
        port = find_free_port(port)
        url = f"http://{HOST}:{port}"
    if setting.wants_json:
        emit({**summary, "data": str(setting.folder), "url": url})
    else:
        from suyuan.cli.view_demo import print_sights, print_summary

        print_summary(summary)
        print_sights(summary, folder=setting.folder, url=url)
    if url is not None:
        sys.stdout.flush()  # read it now, also through a pipe: the server runs until it is stopped
        run_server(setting, host=HOST, port=port)
    return 0


def find_samples() -> Path | None:
    """Return the folder of samples: of the source tree this program runs from, or below the present folder."""
    places = [Path(__file__).resolve().parents[3] / "samples", Path.cwd() / "samples"]
    return next((place for place in places if (place / "participants.csv").is_file()), None)


def list_samples(folder: Path) -> list[Sample]:
    """Return the files of a folder that are submissions, in the order of their numbers."""
    found = [(match, path) for path in folder.iterdir() if (match := _SAMPLE_NAME.fullmatch(path.name))]
    found.sort(key=lambda pair: (int(pair[0]["number"]), pair[1].name))
    return [Sample(path, match["uscc"]) for match, path in found]


def load_samples(context: Context, folder: Path, setting: Setting) -> dict[str, Any]:
    """Load a folder of samples and return what came of it; loaded again, it adds nothing."""
    initialise(context, is_historical_load=True)
    import_participants(context, (folder / "participants.csv").read_bytes())
    own = folder / OWN_RULEBOOK
    if own.is_file():
        adopt_rulebook(context, own.read_bytes(), file=own.name)
    files = []
    for sample in list_samples(folder):
        with show_progress(setting, say("doing_load", file=sample.path.name)) as progress:
            body = sample.path.read_bytes()
            arrival = Arrival(
                sample.uscc,
                detect_form(sample.path.name, first_bytes=body[:4096]),
                sample.path.name,
                choose_receipt(body, name=sample.path.name, latest=context.clock()),
                idempotency_key=f"demo:{hashlib.sha256(sample.path.name.encode() + body).hexdigest()[:32]}",
            )
            submission_no = submit(context, [body], arrival=arrival, progress=progress)
        result = describe_submission(context, submission_no)
        files.append({"file": sample.path.name, **{name: result[name] for name in ("submission", *_COUNTS)}})
    with show_progress(setting, say("doing_judge")) as progress:
        judge_pending(context, progress=progress)
    with show_progress(setting, say("doing_sweep"), total=SWEEP_STEPS) as progress:
        sweep(context, as_of=context.today(), progress=progress)
    findings = list_findings(context)
    by_rule = Counter((one["rule"], one["weight"]) for one in findings)
    titles = {one["rule"]: (one["title_zh"], one["title"]) for one in findings}
    return {
        "sights": _find_sights(findings),
        **{name: sum(file[name] for file in files) for name in _COUNTS},
        "files": files,
        "findings": [
            {"rule": rule, "title_zh": titles[rule][0], "title": titles[rule][1], "weight": weight, "count": count}
            for (rule, weight), count in sorted(by_rule.items(), key=_gravest_first)
        ],
    }


def _gravest_first(counted: tuple[tuple[str, str], int]) -> tuple[int, str]:
    """Return the key that sorts findings by weight, violations first, then by rule."""
    (rule, weight), _ = counted
    return -WEIGHTS.index(weight), rule


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


def _find_sights(findings: list[dict[str, Any]]) -> dict[str, str]:
    """Return a vehicle and a battery worth a look: of the gravest finding about a vehicle, else of any."""
    ordered = sorted(
        findings, key=lambda one: (one["weight"] != "violation", not one["subject"].startswith("vehicle:"))
    )
    sights: dict[str, str] = {}
    for one in ordered:
        for subject in (one["subject"], *one["about"]):
            family, _, code = subject.partition(":")
            if family in ("vehicle", "battery"):
                sights.setdefault(family, code)
    return sights


def find_free_port(port: int) -> int:
    """Return the first port from this one on where we can listen. Raises CommandError when the next few are all taken."""
    for candidate in range(port, port + PORTS_TRIED):
        try:
            refuse_taken_port(HOST, port=candidate)
        except CommandError:
            if candidate == port + PORTS_TRIED - 1:
                raise
        else:
            return candidate
    return port
