"""Commands about the register: import a topic from a file."""

import getpass
from pathlib import Path
from typing import Any

from cyclopts import App

from suyuan.app.register import import_entries
from suyuan.cli.log import log_event
from suyuan.cli.screen import emit, make_table, show, tell
from suyuan.cli.session import open_context
from suyuan.cli.setting import DEFAULT, Setting, wrong_value
from suyuan.cli.words import language, say
from suyuan.core.topic import TOPICS, Topic

app = App(name="register", help=say("help_register"))


@app.command(name="import", help=say("help_register_import"))
def import_file(topic: str, file: Path, /, *, setting: Setting = DEFAULT) -> int:
    """Import one topic of the register from a file; nothing is imported unless every row is right."""
    return run_import(find_topic(topic), file, setting=setting)


def run_import(topic: Topic, file: Path, *, setting: Setting) -> int:
    """Import a file and say what came of it; returns the exit code, 1 where rows were refused."""
    body = file.read_bytes()
    with open_context(setting, makes_database=True) as context:
        done = import_entries(context, topic, body, actor=name_actor())
    counts = {name: done[name] for name in ("added", "changed", "rejected")}
    log_event(setting, "register.imported", topic=topic.name, **counts)
    if setting.wants_json:
        emit(done)
    else:
        _print_import(done)
    return 1 if done["rejected"] or done.get("file_errors") else 0


def find_topic(name: str) -> Topic:
    """Return a topic by its name or its Chinese title. Raises UsageError."""
    topic = TOPICS.get(name) or next((one for one in TOPICS.values() if name == one.zh), None)
    if topic is None:
        from difflib import get_close_matches

        near = get_close_matches(name, TOPICS, n=1)
        raise wrong_value("TOPIC", value=name, wanted="wanted_topic", near=near[0] if near else None)
    return topic


def name_actor() -> str:
    """Return who runs this command, as the history of the register shows it."""
    try:
        return f"command line, {getpass.getuser()}"
    except (OSError, KeyError):  # an id without a name, as in some containers
        return "command line"


def _print_import(done: dict[str, Any]) -> None:
    for error in done.get("file_errors", ()):
        tell(error["message_zh"] if language() == "zh" else error["message"])
    if done["rows"]:
        headings = [say("head_row"), say("head_field"), say("head_value"), say("head_what_to_do")]
        message = "message_zh" if language() == "zh" else "message"
        rows = [
            (row["row"], error["field"], error["value"], error[message])
            for row in done["rows"]
            for error in row["errors"]
        ]
        show(make_table(headings, rows))
        tell(say("register_refused", count=done["rejected"]))
        return
    if done.get("file_errors"):
        return
    counts = {name: done[name] for name in ("added", "changed", "unchanged")}
    tell(say("register_done", total=done["entries"], **counts))
    if done["to_be_judged"]:
        tell(say("register_pending", count=done["to_be_judged"]))
