"""Commands about the register: import a topic from a file, list it, tell its history, write its template."""

import getpass
from datetime import date
from pathlib import Path
from typing import Annotated, Any

from cyclopts import App, Parameter

from suyuan.app.browse_register import list_entries, tell_history
from suyuan.app.register import import_entries
from suyuan.cli.log import log_event
from suyuan.cli.screen import emit, make_table, show, tell, tell_moment
from suyuan.cli.session import open_context
from suyuan.cli.setting import DEFAULT, OutputOption, Setting, need_ending, wrong_value
from suyuan.cli.words import language, say
from suyuan.core.identifiers import Uscc, normalise_text
from suyuan.core.topic import TOPICS, Topic
from suyuan.intake.register_file import write_register_template

SHOWN_MAX = 200
app = App(name="register", help=say("help_register"))


@app.command(name="import", help=say("help_register_import"))
def import_file(topic: str, file: Path, /, *, setting: Setting = DEFAULT) -> int:
    """Import one topic of the register from a file; nothing is imported unless every row is right."""
    return run_import(find_topic(topic), file, setting=setting)


@app.command(name="list", help=say("help_register_list"))
def list_topic(
    topic: str,
    /,
    *,
    uscc: Annotated[str | None, Parameter(name="--uscc", help=say("option_entry_uscc"))] = None,
    as_of: Annotated[date | None, Parameter(name="--as-of", help=say("option_in_force"))] = None,
    setting: Setting = DEFAULT,
) -> int:
    """List the entries of a topic."""
    found = find_topic(topic)
    with open_context(setting) as context:
        entries = list_entries(context, found, uscc=Uscc.parse(uscc) if uscc else None, as_of=as_of)
    if setting.wants_json:
        emit({found.name: entries})
        return 0
    if not entries:
        tell(say("register_empty"))
        return 0
    headings = [column.field.zh if language() == "zh" else column.field.en for column in found.columns]
    shown = [[_tell_value(one[column.name]) for column in found.columns] for one in entries[:SHOWN_MAX]]
    show(make_table(headings, shown))
    if len(entries) > SHOWN_MAX:
        tell(say("more_json", count=len(entries) - SHOWN_MAX))
    return 0


@app.command(name="history", help=say("help_register_history"))
def history(name: str, /, *, setting: Setting = DEFAULT) -> int:
    """Tell what was said when about an enterprise, or under a key."""
    with open_context(setting) as context:
        # Codes are kept in one form, other keys as they were written.
        told = tell_history(context, name.strip()) or tell_history(context, normalise_text(name))
    if setting.wants_json:
        emit({"history": told})
        return 0
    if not told:
        tell(say("register_no_history"))
        return 0
    heads = ("head_when", "head_who_said", "head_topic", "head_key", "head_change", "head_content")
    rows = [
        (
            tell_moment(one["acted_at"]),
            one["actor"],
            TOPICS[one["topic"]].zh if language() == "zh" else TOPICS[one["topic"]].en,
            " ".join([*one["key"], one["since"] or ""]).strip(),
            say(f"register_{one['change']}"),
            _tell_content(one),
        )
        for one in told
    ]
    show(make_table([say(head) for head in heads], rows))
    return 0


@app.command(name="template", help=say("help_register_template"))
def template(topic: str, /, *, output: OutputOption, setting: Setting = DEFAULT) -> int:
    """Write the heading of a topic as a CSV file that spreadsheet programs open."""
    found = find_topic(topic)
    need_ending(output, ".csv")
    output.write_bytes(write_register_template(found))
    if setting.wants_json:
        emit({"topic": found.name, "file": str(output)})
    else:
        tell(say("wrote_file", file=output))
    return 0


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


def _tell_value(value: Any) -> str:  # noqa: ANN401 - as the column says
    if value is None:
        return ""
    return " ".join(value) if isinstance(value, list) else str(value)


def _tell_content(one: dict[str, Any]) -> str:
    """Return what a statement changed; of a new entry what it says beside its key."""
    if one["change"] == "changed":
        return "; ".join(
            f"{name}: {_tell_value(old)} → {_tell_value(new)}" for name, (old, new) in one["changed"].items()
        )
    names = [column.name for column in TOPICS[one["topic"]].columns if column.name not in TOPICS[one["topic"]].key]
    return "; ".join(
        f"{name}: {_tell_value(one['entry'][name])}" for name in names if one["entry"][name] not in (None, [])
    )
