"""Commands about participants: import them from a file, give them tokens."""

from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from suyuan.app.officer import issue_officer_token, revoke_officer_tokens
from suyuan.app.register import issue_token, revoke_tokens
from suyuan.cli.log import log_event
from suyuan.cli.register import run_import
from suyuan.cli.screen import emit, tell
from suyuan.cli.session import open_context
from suyuan.cli.setting import DEFAULT, Setting
from suyuan.cli.words import UsageError, say
from suyuan.core.topic import PARTICIPANTS

app = App(name="participants", help=say("help_participants"))


@app.command(name="import", help=say("help_import"))
def import_file(file: Path, /, *, setting: Setting = DEFAULT) -> int:
    """Import participants from CSV; nothing is imported unless every row is right."""
    return run_import(PARTICIPANTS, file, setting=setting)


@app.command(name="token", help=say("help_token"))
def token(
    uscc: str | None = None,
    /,
    *,
    operator: Annotated[bool, Parameter(name="--operator", negative=(), help=say("option_operator"))] = False,
    officer: Annotated[str | None, Parameter(name="--officer", help=say("option_officer_token"))] = None,
    revoke: Annotated[bool, Parameter(name="--revoke", negative=(), help=say("option_revoke"))] = False,
    setting: Setting = DEFAULT,
) -> int:
    """Make a token and show it once, or end all there are."""
    if [uscc is not None, operator, officer is not None].count(True) != 1:
        raise UsageError("token_for_one")
    with open_context(setting, makes_database=True) as context:
        if revoke:
            count = revoke_officer_tokens(context, officer) if officer else revoke_tokens(context, uscc)
            return _print_revoked(count, setting)
        made = issue_officer_token(context, officer) if officer else issue_token(context, uscc)
    log_event(setting, "token.issued", is_operator=operator)
    if setting.wants_json:
        emit({"token": made, "uscc": uscc, **({"officer": officer} if officer else {})})
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
