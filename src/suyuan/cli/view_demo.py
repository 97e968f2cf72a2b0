"""What a demo holds, for people, and where to look next."""

import os
import shlex
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from suyuan.cli.screen import make_list, make_table, show, tell
from suyuan.cli.simulate import name_scale
from suyuan.cli.words import language, say
from suyuan.core.terms import name_term

FILES_SHOWN_MAX = 50
_OUTCOMES = ("accepted", "duplicate", "rejected")
# What there is to see, with the words for it, in the order in which it is told.
_SIGHTS = (
    ("incomplete_vehicle", "demo_look_incomplete"),
    ("missing_battery", "demo_look_missing"),
    ("whole_battery", "demo_look_whole"),
    ("swapped_battery", "demo_look_swapped"),
    ("vehicle", "demo_look_vehicle"),
)


def print_summary(summary: dict[str, Any], *, seconds: float) -> None:
    """Print what was loaded, file by file where they are few, how much of it has a whole chain, and the findings by rule."""
    if len(summary["files"]) <= FILES_SHOWN_MAX:
        heads = [say("head_file"), *(name_term(name, language=language()) for name in _OUTCOMES)]
        show(make_table(heads, [(one["file"], *(one[name] for name in _OUTCOMES)) for one in summary["files"]]))
    if (world := summary["world"]) is not None:
        tell(say("demo_nation", **{**world, "scale": name_scale(world["scale"])}))
    tell(say("demo_loaded", **{name: summary[name] for name in _OUTCOMES}))
    if summary["coverage"]["share"] is not None:
        tell(say("demo_coverage", **summary["coverage"]))
    title = "title_zh" if language() == "zh" else "title"
    found = [
        (name_term(one["weight"], language=language()), one[title], one["rule"], one["count"])
        for one in summary["findings"]
    ]
    heads = [say("head_weight"), say("head_title"), say("head_rule"), say("head_count")]
    show(make_table(heads, found, title=say("demo_found")))
    tell(say("demo_took", seconds=seconds))


def print_sights(
    summary: dict[str, Any], *, folder: Path | None, files: Path, url: str | None, earlier: Sequence[Path]
) -> None:
    """Print where to look: addresses while the server runs, and commands."""
    sights: dict[str, str] = summary["sights"]
    data = f"--data {shlex.quote(str(folder))}"
    program = name_program(sys.argv[0])
    pairs: list[tuple[str, object]] = []
    if url is not None:
        shown = next((sights[name] for name in ("missing_battery", "whole_battery") if name in sights), None)
        if shown is not None:
            pairs.append((say("demo_look_public"), f"{url}/b/{shown}"))
        pairs.append((say("demo_look_api"), f"{url}/api/v1/openapi.json"))
    pairs += [(say(words), f"{program} trace {sights[name]} {data}") for name, words in _SIGHTS if name in sights]
    pairs += [
        (say("demo_look_findings"), f"{program} findings --weight violation {data}"),
        (say("demo_look_leads"), f"{program} findings --weight lead {data}"),
    ]
    if summary["world"] is not None:
        pairs += [
            (say("demo_look_forecast"), f"{program} forecast --by chemistry {data}"),
            (say("demo_look_leakage"), f"{program} leakage --by province {data}"),
            (say("demo_look_labels"), files / "labels.jsonl"),
        ]
    pairs.append((say("demo_look_stop"), f"{program} stop {data}"))
    tell(say("demo_look"))
    show(make_list(pairs))
    if earlier:
        tell(say("demo_earlier", folders=", ".join(map(str, earlier))))
    if url is not None:
        tell(say("serving", url=url))


def name_program(started_as: str) -> str:
    """Return the command as this person can type it: its bare name where the shell finds it, else its path from here."""
    if Path(started_as).name != "suyuan" or shutil.which("suyuan") == started_as:
        return "suyuan"
    return shlex.quote(os.path.relpath(started_as))
