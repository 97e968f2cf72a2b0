"""The command demo: load a simulated nation, or a folder of files, into a database of its own, sum it up and serve it."""

import os
import shutil
import sys
import time
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Any

import msgspec
from cyclopts import Parameter

from suyuan.app.context import system_clock
from suyuan.cli.demo_load import PARTICIPANTS, load_folder
from suyuan.cli.log import log_event
from suyuan.cli.screen import emit, show_progress
from suyuan.cli.serve import HOST, PORT, refuse_taken_port, run_server
from suyuan.cli.session import open_context, start_database
from suyuan.cli.setting import DEFAULT, Setting, wrong_value
from suyuan.cli.simulate import name_scale, parse_scale, write_nation
from suyuan.cli.words import CommandError, say
from suyuan.core.value import SHANGHAI
from suyuan.store.database import default_folder

PORTS_TRIED = 20
SCALE = "1/2000"  # ready in half a minute on two cores that do nothing else (bench/RESULTS.md)
SEED = 7
WORLD = "world.json"

SamplesOption = Annotated[Path | None, Parameter(name="--samples", help=say("option_samples"))]
ScaleOption = Annotated[str | None, Parameter(name="--scale", help=say("option_demo_scale") + f" ({SCALE})")]
NoServeOption = Annotated[bool, Parameter(name="--no-serve", negative=(), help=say("option_no_serve"))]
PortOption = Annotated[int, Parameter(name="--port", help=say("option_port"))]


def demo(
    *,
    samples: SamplesOption = None,
    scale: ScaleOption = None,
    no_serve: NoServeOption = False,
    port: PortOption = PORT,
    setting: Setting = DEFAULT,
) -> int:
    """Load a nation or a folder of files, print a summary, and serve it on this machine."""
    began = time.monotonic()
    if samples is None:
        setting, folder = prepare_nation(setting, parse_scale(scale or SCALE))
    elif scale is not None:
        raise wrong_value("--scale", value=scale, wanted="wanted_no_scale")
    else:
        setting, folder = choose_database(setting, samples), samples
    with open_context(setting, makes_database=True) as context:
        loaded = load_folder(context, folder, setting, processes=os.cpu_count() or 1)
    summary = {**loaded, "world": read_world(folder)}
    seconds = time.monotonic() - began
    log_event(setting, "demo.loaded", accepted=summary["accepted"], refused=summary["rejected"], seconds=round(seconds))
    url = None
    if not no_serve:
        port = find_free_port(port)
        url = f"http://{HOST}:{port}"
    if setting.wants_json:
        emit({**summary, "data": str(setting.folder), "url": url})
    else:
        from suyuan.cli.view_demo import print_sights, print_summary

        print_summary(summary, seconds=seconds)
        print_sights(summary, folder=setting.folder, files=folder, url=url, earlier=list_earlier(setting))
    if url is not None:
        sys.stdout.flush()  # read it now, also through a pipe: the server runs until it is stopped
        run_server(setting, host=HOST, port=port)
    return 0


def prepare_nation(setting: Setting, scale: float) -> tuple[Setting, Path]:
    """Return the database of the nation that ends yesterday, and the folder of its files, written where it is not there yet.

    A nation of another day is another one, and gets folders of its own: nobody's work in an earlier demo is lost.
    """
    until = system_clock().astimezone(SHANGHAI).date() - timedelta(days=1)
    folder = setting.folder or default_folder(environ=os.environ).with_name(
        f"demo-{until}-{name_scale(scale).replace('/', 'of')}"
    )
    setting, files = replace(setting, folder=folder), folder.with_name(f"{folder.name}-files")
    with show_progress(setting, say("doing_start")):
        start_database(setting, makes_database=True)  # first, since it says in words where a folder cannot be used
    world = read_world(files)
    if world is None:
        _write_files(setting, files, scale=scale, until=until)
    elif (world["until"], world["scale"], world["seed"]) != (until.isoformat(), scale, SEED):
        shown = {"until": world["until"], "scale": name_scale(world["scale"])}
        raise CommandError("demo_other_nation", data=folder, **shown)
    return setting, files


def _write_files(setting: Setting, files: Path, *, scale: float, until: date) -> None:
    """Write a nation, under another name until it is whole."""
    from suyuan_sim.nation import Order

    if files.exists():
        raise CommandError("folder_not_empty", folder=files)
    unfinished = files.with_name(f"{files.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    write_nation(Order(unfinished, scale, SEED, until, processes=os.cpu_count() or 1), setting)
    unfinished.rename(files)


def choose_database(setting: Setting, folder: Path) -> Setting:
    """Return the setting with a database for a folder of files: never the person's own, since these files are made up."""
    if not (folder / PARTICIPANTS).is_file():
        raise CommandError("no_samples", folder=folder)
    if setting.folder is not None:
        return setting
    world = read_world(folder)
    name = "demo-samples" if world is None else f"demo-{world['digest_sha256'][:12]}"
    return replace(setting, folder=default_folder(environ=os.environ).with_name(name))


def read_world(folder: Path) -> dict[str, Any] | None:
    """Return what a simulation says of itself, None for a folder that none has written."""
    file = folder / WORLD
    return msgspec.json.decode(file.read_bytes(), type=dict[str, Any]) if file.is_file() else None


def list_earlier(setting: Setting) -> list[Path]:
    """Return the folders of nations of other days beside the one that is shown."""
    if setting.folder is None or not setting.folder.name.startswith("demo-20"):
        return []
    return sorted(
        path
        for path in setting.folder.parent.glob("demo-20*")
        if path.is_dir() and not path.name.startswith(setting.folder.name)
    )


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
