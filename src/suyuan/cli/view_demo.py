"""What the samples hold, for people, and where to look next."""

import os
import shlex
import shutil
import sys
from pathlib import Path
from typing import Any

from suyuan.cli.screen import make_list, make_table, show, tell
from suyuan.cli.words import language, say
from suyuan.core.terms import name_term


def print_summary(summary: dict[str, Any]) -> None:
    """Print what came of each file, and what was found by rule."""
    heads = [
        say("head_file"),
        *(name_term(name, language=language()) for name in ("accepted", "duplicate", "rejected")),
    ]
    rows = [(one["file"], one["accepted"], one["duplicate"], one["rejected"]) for one in summary["files"]]
    show(make_table(heads, rows))
    tell(say("demo_loaded", **{name: summary[name] for name in ("accepted", "duplicate", "rejected")}))
    title = "title_zh" if language() == "zh" else "title"
    found = [
        (name_term(one["weight"], language=language()), one[title], one["rule"], one["count"])
        for one in summary["findings"]
    ]
    heads = [say("head_weight"), say("head_title"), say("head_rule"), say("head_count")]
    show(make_table(heads, found, title=say("demo_found")))


def print_sights(summary: dict[str, Any], *, folder: Path | None, url: str | None) -> None:
    """Print where to look: addresses while the server runs, and commands."""
    sights: dict[str, str] = summary["sights"]
    data = f"--data {shlex.quote(str(folder))}"
    program = name_program(sys.argv[0])
    pairs: list[tuple[str, object]] = []
    if url is not None:
        if "battery" in sights:
            pairs.append((say("demo_look_public"), f"{url}/b/{sights['battery']}"))
        pairs.append((say("demo_look_api"), f"{url}/api/v1/openapi.json"))
    if "vehicle" in sights:
        pairs.append((say("demo_look_trace"), f"{program} trace {sights['vehicle']} {data}"))
    pairs.append((say("demo_look_findings"), f"{program} findings --weight violation {data}"))
    pairs.append((say("demo_look_stop"), f"{program} stop {data}"))
    tell(say("demo_look"))
    show(make_list(pairs))
    if url is not None:
        tell(say("serving", url=url))


def name_program(started_as: str) -> str:
    """Return the command as this person can type it: its bare name where the shell finds it, else its path from here."""
    if Path(started_as).name != "suyuan" or shutil.which("suyuan") == started_as:
        return "suyuan"
    return shlex.quote(os.path.relpath(started_as))
