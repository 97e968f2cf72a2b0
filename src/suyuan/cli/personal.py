"""Commands about personal values: show those of a row, erase those of a row or of a whole submission."""

from typing import Annotated

from cyclopts import App, Parameter

from suyuan.cli.log import log_event
from suyuan.cli.screen import emit, tell
from suyuan.cli.session import open_context
from suyuan.cli.setting import DEFAULT, Setting
from suyuan.cli.words import say

ByOption = Annotated[str, Parameter(name="--by", help=say("option_by"))]
ReasonOption = Annotated[str, Parameter(name="--reason", help=say("option_erasure_reason"))]
ShownRowOption = Annotated[int, Parameter(name="--row", help=say("option_personal_row"))]
ErasedRowOption = Annotated[int | None, Parameter(name="--row", help=say("option_erased_row"))]

app = App(name="personal", help=say("help_personal"))


@app.command(name="show", help=say("help_personal_show"))
def show_(submission: str, /, *, row: ShownRowOption, by: ByOption, setting: Setting = DEFAULT) -> int:
    """Show the personal values of a row; the log keeps who looked at them."""
    from suyuan.app.personal import show_personal
    from suyuan.cli.submission import parse_number

    with open_context(setting) as context:
        shown = show_personal(context, parse_number(submission), row=row, by=by)
    if setting.wants_json:
        emit({"submission": submission, "row": row, "personal": shown})
        return 0
    for name, value in shown.items():
        tell(f"{name}: {say('personal_is_erased') if value is None else value}")
    tell(say("personal_shown", by=by))
    return 0


@app.command(help=say("help_personal_erase"))
def erase(
    submission: str, /, *, reason: ReasonOption, by: ByOption, row: ErasedRowOption = None, setting: Setting = DEFAULT
) -> int:
    """Erase the personal values of a row, or of a whole submission, and its raw bytes; receipts still hold."""
    from suyuan.app.personal import erase_personal
    from suyuan.cli.submission import parse_number

    with open_context(setting) as context:
        act = erase_personal(context, parse_number(submission), row=row, reason=reason, by=by)
    log_event(setting, "personal.erased", submission=submission, values=len(act["values"]))
    if setting.wants_json:
        emit(act)
    else:
        tell(say("personal_done", act_no=act["act_no"], count=len(act["values"]), name=act["submission"]))
    return 0
