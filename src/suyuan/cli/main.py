"""The command `suyuan`: reads the arguments, runs one command, and tells every trouble in words.

Each command lives in a module that is imported when it runs, so that a reading command starts fast.
Exit codes: 0 done, 1 done but some rows refused or problems found, 2 wrong usage, 3 cannot.
"""

import gc
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from cyclopts import App

from suyuan.cli.words import language, say

DONE = 0
_COMMANDS = {
    "demo": "suyuan.cli.demo:demo",
    "serve": "suyuan.cli.serve:serve",
    "work": "suyuan.cli.serve:work",
    "init": "suyuan.cli.database:init",
    "migrate": "suyuan.cli.database:migrate",
    "roles": "suyuan.cli.database:roles",
    "participants": "suyuan.cli.participants:app",
    "register": "suyuan.cli.register:app",
    "submit": "suyuan.cli.submission:submit",
    "withdraw": "suyuan.cli.submission:withdraw",
    "refusals": "suyuan.cli.submission:refusals",
    "receipt": "suyuan.cli.evidence:receipt",
    "verify": "suyuan.cli.evidence:verify",
    "log": "suyuan.cli.evidence:app",
    "keys": "suyuan.cli.keys:app",
    "personal": "suyuan.cli.personal:app",
    "witness": "suyuan.cli.witness:witness",
    "template": "suyuan.cli.catalogue:template",
    "kinds": "suyuan.cli.catalogue:kinds",
    "rules": "suyuan.cli.catalogue:rules_app",
    "rulebook": "suyuan.cli.rulebook:app",
    "calendar": "suyuan.cli.rulebook:calendar_app",
    "trace": "suyuan.cli.look:trace",
    "scrapping-check": "suyuan.cli.look:scrapping_check",
    "findings": "suyuan.cli.look:findings",
    "duties": "suyuan.cli.look:duties",
    "leads": "suyuan.cli.leads:leads",
    "cases": "suyuan.cli.cases:app",
    "documents": "suyuan.cli.documents:app",
    "coverage": "suyuan.cli.sums:coverage",
    "producers": "suyuan.cli.sums:producers",
    "accounts": "suyuan.cli.accounts:accounts",
    "export": "suyuan.cli.export:app",
    "forecast": "suyuan.cli.forecast:forecast",
    "leakage": "suyuan.cli.forecast:leakage",
    "sweep": "suyuan.cli.database:sweep",
    "audit": "suyuan.cli.sums:audit",
    "rebuild": "suyuan.cli.database:rebuild",
    "simulate": "suyuan.cli.simulate:simulate",
    "stop": "suyuan.cli.database:stop",
}
# Looking for garbage while modules load costs a short command a tenth of its time.
_OBJECTS_BETWEEN_COLLECTIONS = 50_000
# Options that may stand before the command: with a value, and without one.
_LEADING_WITH_VALUE, _LEADING = "--data", ("--json", "--verbose")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; the program's arguments are taken where none are given."""
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)
    tokens = move_leading_options(list(sys.argv[1:] if arguments is None else arguments))
    for stream in (sys.stdout, sys.stderr):
        with suppress(AttributeError):  # what stands in for a stream in a test may lack this
            stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    try:
        code = build_app()(tokens, result_action="return_value", exit_on_error=False, print_error=False)
        sys.stdout.flush()  # here, not when the interpreter ends: a reader that went away is told apart below
    except BrokenPipeError:
        # Whoever read our output has seen enough (`suyuan findings | head`).
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except (Exception, KeyboardInterrupt, SystemExit) as error:  # noqa: BLE001 - the edge: nobody is shown a traceback
        return _tell_trouble(error, tokens)
    return code if isinstance(code, int) else DONE


def build_app() -> App:
    """Return the command line with all commands, none of them imported yet."""
    app = App(
        name="suyuan",
        help=say("help_suyuan"),
        version=_read_version,
        help_flags=["--help", "-h"],
        version_flags=["--version"],
        suppress_keyboard_interrupt=False,  # told in words below
    )
    app["--help"].help = say("help_help")
    app["--version"].help = say("help_version")
    for name, path in _COMMANDS.items():
        app.command(path, name=name, help=say(f"help_{name.replace('-', '_')}"))
    return app


def move_leading_options(tokens: list[str]) -> list[str]:
    """Return the arguments with the options that every command has moved from before the command to behind it."""
    leading: list[str] = []
    rest = list(tokens)
    while rest:
        if rest[0] == _LEADING_WITH_VALUE and len(rest) > 1:
            leading += [rest.pop(0), rest.pop(0)]
        elif rest[0] in _LEADING or rest[0].startswith(f"{_LEADING_WITH_VALUE}="):
            leading.append(rest.pop(0))
        else:
            break
    end = rest.index("--") if "--" in rest else len(rest)
    return [*rest[:end], *leading, *rest[end:]]


def _read_version() -> str:
    from importlib.metadata import version

    return version("suyuan")


def _tell_trouble(error: BaseException, tokens: list[str]) -> int:
    """Say in words what went wrong, in JSON too where that was asked for, and return the exit code."""
    if isinstance(error, SystemExit) and error.code in (None, 0):
        return DONE
    from suyuan.cli.trouble import describe_trouble

    trouble = describe_trouble(error, tokens, log=_guess_log(tokens))
    if "--json" in tokens:
        from suyuan.cli.screen import emit

        emit({"error": {"message": trouble.message, "message_zh": trouble.message_zh, **trouble.more}})
    print(trouble.message_zh if language() == "zh" else trouble.message, file=sys.stderr)  # noqa: T201
    return trouble.exit_code


def _guess_log(tokens: list[str]) -> Path | None:
    """Return the log file next to the database that the arguments name; None for the default one."""
    for place, text in enumerate(tokens):
        if text.startswith("--data="):
            return Path(text.partition("=")[2]) / "suyuan.log"
        if text == "--data" and place + 1 < len(tokens):
            return Path(tokens[place + 1]) / "suyuan.log"
    return None
