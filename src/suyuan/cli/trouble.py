"""Every trouble in words: what a person is told, in both languages, and with which exit code. Never a traceback."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cyclopts import (
    CoercionError,
    CycloptsError,
    MissingArgumentError,
    RepeatArgumentError,
    UnknownCommandError,
    UnknownOptionError,
    UnusedCliTokensError,
)

from suyuan.cli.log import keep_traceback
from suyuan.cli.words import CommandError, say_both

WRONG_USAGE, CANNOT = 2, 3
_WANTED = {"date": "wanted_date", "int": "wanted_integer"}


@dataclass(frozen=True, slots=True)
class Trouble:
    """What went wrong in both languages, the exit code, and what a program may want beside the words."""

    message_zh: str
    message: str
    exit_code: int
    more: dict[str, Any] = field(default_factory=dict)


def describe_trouble(error: BaseException, tokens: list[str], *, log: Path | None) -> Trouble:
    """Return what to say of an error; one that nobody foresaw is kept with its traceback in the log."""
    if isinstance(error, CycloptsError):
        return Trouble(*_describe_usage(error, tokens), WRONG_USAGE)
    if isinstance(error, CommandError):
        return Trouble(error.message_zh, error.message, error.exit_code)
    if hasattr(error, "message_zh") and hasattr(error, "message"):
        # UseCaseError and StoreError: it cannot be done. IdentifierError: an argument that cannot be right.
        code = WRONG_USAGE if isinstance(error, ValueError) else CANNOT
        faults = getattr(error, "faults", None)  # of a move in a case
        return Trouble(error.message_zh, error.message, code, {"faults": faults} if faults else {})
    if isinstance(error, KeyboardInterrupt):
        return Trouble(*say_both("interrupted"), CANNOT)
    if isinstance(error, SystemExit):
        return Trouble(*say_both("server_failed"), CANNOT)
    if isinstance(error, OSError):
        reason = error.strerror or str(error)
        return Trouble(*say_both("file_trouble", file=error.filename or "-", reason=reason), CANNOT)
    if type(error).__module__.startswith("psycopg"):
        keep_traceback(error, path=log)
        # By its name: the driver is not loaded for every command.
        words = "not_granted" if type(error).__name__ == "InsufficientPrivilege" else "database_trouble"
        return Trouble(*say_both(words, reason=" ".join(str(error).split())), CANNOT)
    place = keep_traceback(error, path=log)
    return Trouble(*say_both("unexpected", error=type(error).__name__, log=place), CANNOT)


def _describe_usage(error: CycloptsError, tokens: list[str]) -> tuple[str, str]:
    chain = [*(error.command_chain or ())]
    hint = say_both("usage_see_help", command=" ".join(["suyuan", *chain]))
    parts = [*_describe_fault(error, tokens), hint]
    return "".join(part[0] for part in parts), " ".join(part[1] for part in parts)


def _describe_fault(error: CycloptsError, tokens: list[str]) -> list[tuple[str, str]]:
    """Return the sentences that say what is wrong with the arguments."""
    if isinstance(error, UnknownCommandError):
        value = (error.unused_tokens or tokens or [""])[0]
        return [say_both("usage_unknown_command", value=value), *_suggest(value, _command_names(error))]
    if isinstance(error, UnknownOptionError):
        value = error.token.keyword or error.token.value
        return [say_both("usage_unknown_option", value=value), *_suggest(value, _option_names(error))]
    if isinstance(error, MissingArgumentError):
        return [say_both("usage_missing", name=_name_of(error.argument))]
    if isinstance(error, RepeatArgumentError):
        return [say_both("usage_repeated", name=error.token.keyword)]
    if isinstance(error, UnusedCliTokensError):
        return [say_both("usage_surplus", value=" ".join(error.unused_tokens or ()))]
    if isinstance(error, CoercionError) and error.token is not None:
        return [
            say_both(
                "usage_value",
                name=error.token.keyword or _name_of(error.argument),
                value=error.token.value,
                wanted=_describe_wanted(error.target_type),
            )
        ]
    return [say_both("usage_other", said=" ".join(str(error).split()))]


def _describe_wanted(target: Any) -> tuple[str, str]:  # noqa: ANN401 - a type or a Literal
    choices = getattr(target, "__args__", None)
    if choices:
        return say_both("wanted_one_of", choices=", ".join(map(str, choices)))
    return say_both(_WANTED.get(getattr(target, "__name__", ""), "wanted_other"))


def _name_of(argument: Any) -> str:  # noqa: ANN401 - cyclopts' own
    names = getattr(getattr(argument, "parameter", None), "name", None) or ("?",)
    return str(names[0])


def _command_names(error: CycloptsError) -> list[str]:
    return [name for name in (error.app or ()) if not name.startswith("-")]


def _option_names(error: UnknownOptionError) -> list[str]:
    return [
        name
        for argument in error.argument_collection or ()
        for name in argument.parameter.name or ()
        if name.startswith("--")
    ]


def _suggest(value: str, names: list[str]) -> list[tuple[str, str]]:
    from difflib import get_close_matches

    near = get_close_matches(value, names, n=1)
    return [say_both("usage_did_you_mean", near=near[0])] if near else []
