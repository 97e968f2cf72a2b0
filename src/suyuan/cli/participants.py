"""Commands about participants: import them from a file, give them tokens."""

from pathlib import Path
from typing import Annotated, Any

from cyclopts import App, Parameter

from suyuan.app.register import import_participants, issue_token, revoke_tokens
from suyuan.cli.log import log_event
from suyuan.cli.screen import emit, make_table, show, tell
from suyuan.cli.session import open_context
from suyuan.cli.setting import DEFAULT, Setting
from suyuan.cli.words import UsageError, language, say

app = App(name="participants", help=say("help_participants"))


@app.command(name="import", help=say("help_import"))
def import_file(file: Path, /, *, setting: Setting = DEFAULT) -> int:
    """Import participants from CSV; nothing is imported unless every row is right."""
    body = file.read_bytes()
    with open_context(setting, makes_database=True) as context:
        done = import_participants(context, body)
    log_event(setting, "participants.imported", added=done["added"], changed=done["changed"], rejected=done["rejected"])
    if setting.wants_json:
        emit(done)
    else:
        _print_import(done)
    return 1 if done["rejected"] or done.get("file_errors") else 0


@app.command(name="token", help=say("help_token"))
def token(
    uscc: str | None = None,
    /,
    *,
    operator: Annotated[bool, Parameter(name="--operator", negative=(), help=say("option_operator"))] = False,
    revoke: Annotated[bool, Parameter(name="--revoke", negative=(), help=say("option_revoke"))] = False,
    setting: Setting = DEFAULT,
) -> int:
    """Make a token and show it once, or end all there are."""
    if (uscc is None) != operator:
        raise UsageError("token_for_one")
    with open_context(setting, makes_database=True) as context:
        if revoke:
            return _print_revoked(revoke_tokens(context, uscc), setting)
        made = issue_token(context, uscc)
    log_event(setting, "token.issued", is_operator=operator)
    if setting.wants_json:
        emit({"token": made, "uscc": uscc})
    else:
        tell(say("token_once"), made)
    return 0


def _print_revoked(count: int, setting: Setting) -> int:
    log_event(setting, "token.revoked", count=count)
    if setting.wants_json:
        emit({"revoked": count})
    else:
        tell(say("token_revoked", count=count))
    return 0


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
        tell(say("participants_refused", count=done["rejected"]))
        return
    if done.get("file_errors"):
        return
    counts = {name: done[name] for name in ("added", "changed", "unchanged")}
    tell(say("participants_done", total=done["participants"], **counts))
    if done["to_be_judged"]:
        tell(say("participants_pending", count=done["to_be_judged"]))
