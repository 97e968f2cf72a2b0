"""Commands about the rulebook and the calendar in force: list them, change them, see who changed them."""

import os
from pathlib import Path
from typing import Any

from cyclopts import App

from suyuan.app.rulebook import adopt_rulebook, import_calendar, list_changes, settle_rulebook
from suyuan.cli.catalogue import MarkdownOption
from suyuan.cli.log import log_event
from suyuan.cli.register import name_actor
from suyuan.cli.screen import emit, make_table, show, tell, tell_moment
from suyuan.cli.session import has_database, open_context
from suyuan.cli.setting import DEFAULT, Setting
from suyuan.cli.words import CommandError, language, say
from suyuan.core.rulebook import Rulebook
from suyuan.rulebook import load_rulebook

OWN_RULEBOOK_VARIABLE = "SUYUAN_RULEBOOK"

app = App(name="rulebook", help=say("help_rulebook"))
calendar_app = App(name="calendar", help=say("help_calendar"))


@app.default
def list_rulebook(*, markdown: MarkdownOption = False, setting: Setting = DEFAULT) -> int:
    """List the entries in force, each with its source and whether that is verified."""
    from suyuan.app.describe_rulebook import describe_rulebook, name_entry, write_rulebook_page

    if markdown:
        print(write_rulebook_page(), end="")  # noqa: T201 - a page for a file, byte for byte
        return 0
    rulebook = read_rulebook(setting)
    if setting.wants_json:
        emit(describe_rulebook(rulebook))
        return 0
    place = 0 if language() == "zh" else 1
    for book in rulebook.books:
        rows = [
            (what[place], value[place], f"{say('verified' if entry.is_verified else 'unverified')}: {entry.source}")
            for entry in book.entries()
            for what, value in (name_entry(entry),)
        ]
        heads = [say("head_entry"), say("head_value"), say("head_basis")]
        show(make_table(heads, rows, title=f"{book.name}  {book.in_force_from} – {book.in_force_until or ''}"))
    return 0


@app.command(name="import", help=say("help_rulebook_import"))
def import_rulebook(file: Path, /, *, setting: Setting = DEFAULT) -> int:
    """Adopt the operator's own entries; nothing is adopted unless every entry is right."""
    body = file.read_bytes()
    with open_context(setting, makes_database=True) as context:
        done = adopt_rulebook(context, body, file=file.name, actor=name_actor())
    log_event(setting, "rulebook.adopted", adopted=done["adopted"], problems=len(done["problems"]))
    if setting.wants_json:
        emit(done)
    else:
        message = "message_zh" if language() == "zh" else "message"
        tell(*(problem[message] for problem in done["problems"]))
        _tell_change(done, is_new=done["adopted"], is_refused=bool(done["problems"]))
    return 1 if done["problems"] else 0


@app.command(name="history", help=say("help_rulebook_history"))
def show_history(*, setting: Setting = DEFAULT) -> int:
    """List every recorded change of rulebook and calendar, the latest first."""
    with open_context(setting) as context:
        changes = list_changes(context)
    if setting.wants_json:
        emit({"changes": changes})
        return 0
    if not changes:
        tell(say("rulebook_never_changed"))
        return 0
    heads = ("head_act", "head_when", "head_kind", "head_by", "head_digest")
    rows = [
        (
            one["act"],
            tell_moment(one["acted_at"]),
            say(f"act_{one['kind']}"),
            one["actor"] or "—",
            one["digest_sha256"][:16],
        )
        for one in changes
    ]
    show(make_table([say(head) for head in heads], rows))
    return 0


@calendar_app.default
def list_calendar(*, setting: Setting = DEFAULT) -> int:
    """List the years that are known and their days off and worked."""
    from suyuan.app.describe_rulebook import describe_calendar

    described = describe_calendar(read_rulebook(setting).calendar)
    if setting.wants_json:
        emit(described)
        return 0
    rows = [
        (year["year"], *_list_days(described["days"], year=year["year"]), _tell_basis(year))
        for year in described["years"]
    ]
    show(make_table([say(head) for head in ("head_year", "head_off", "head_worked", "head_basis")], rows))
    return 0


@calendar_app.command(name="import", help=say("help_calendar_import"))
def import_file(file: Path, /, *, setting: Setting = DEFAULT) -> int:
    """Import years of the calendar from a CSV file; nothing is imported unless every row is right."""
    body = file.read_bytes()
    with open_context(setting, makes_database=True) as context:
        done = import_calendar(context, body, actor=name_actor())
    log_event(setting, "calendar.imported", imported=done["imported"], rejected=done["rejected"])
    if setting.wants_json:
        emit(done)
        return 1 if done["rejected"] else 0
    if done["rows"]:
        message = "message_zh" if language() == "zh" else "message"
        rows = [
            (row["row"], error["field"], error["value"], error[message])
            for row in done["rows"]
            for error in row["errors"]
        ]
        show(make_table([say("head_row"), say("head_field"), say("head_value"), say("head_what_to_do")], rows))
    _tell_change(done, is_new=done["imported"], is_refused=bool(done["rejected"]))
    return 1 if done["rejected"] else 0


def _list_days(days: list[dict[str, Any]], *, year: int) -> tuple[str, str]:
    """Return the weekdays off and the weekend days worked of a year, as month and day."""
    own = [one for one in days if one["day"].startswith(f"{year}-")]
    off, worked = (
        " ".join(one["day"][5:] for one in own if one["working"] is is_worked) for is_worked in (False, True)
    )
    return off, worked


def _tell_basis(year: dict[str, Any]) -> str:
    return f"{say('verified' if year['verified'] else 'unverified')}: {year['source']}"


def read_rulebook(setting: Setting) -> Rulebook:
    """Return the rulebook in force in the database that is meant, the program's own where there is none yet."""
    if not has_database(setting):
        return load_rulebook()
    with open_context(setting) as context:
        return context.rulebook


def settle(setting: Setting) -> None:
    """Take up what this program holds and the operator's file that the environment names; for commands that keep running.

    Raises CommandError for a file that cannot be read, UseCaseError with everything that is wrong in it.
    """
    place = os.environ.get(OWN_RULEBOOK_VARIABLE)
    own = None
    if place:
        try:
            own = Path(place).read_bytes()
        except OSError as error:
            raise CommandError("rulebook_unreadable", file=place, reason=error.strerror or error) from None
    with open_context(setting) as context:
        is_new = settle_rulebook(context, own=own, file=Path(place).name) if place else settle_rulebook(context)
        version = context.rulebook.version
    log_event(setting, "rulebook.settled", version=version, is_new=is_new)


def _tell_change(done: dict[str, Any], *, is_new: bool, is_refused: bool) -> None:
    if is_refused:
        tell(say("rulebook_refused"))
    elif not is_new:
        tell(say("rulebook_unchanged"))
    else:
        tell(say("rulebook_changed", version=done["version"]))
        if done["to_be_judged"]:
            tell(say("register_pending", count=done["to_be_judged"]))
