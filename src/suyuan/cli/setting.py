"""The options that every command has, and the short names of those that several have."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from suyuan.cli.words import UsageError, say, say_both


@Parameter(name="*")
@dataclass(frozen=True, slots=True)
class Setting:
    """Which database, and how to answer."""

    folder: Annotated[Path | None, Parameter(name="--data", help=say("option_data"))] = None
    wants_json: Annotated[bool, Parameter(name="--json", negative=(), help=say("option_json"))] = False
    is_verbose: Annotated[bool, Parameter(name="--verbose", negative=(), help=say("option_verbose"))] = False


DEFAULT = Setting()
SubmitterOption = Annotated[str, Parameter(name="--as", help=say("option_as"))]
WaitOption = Annotated[str | None, Parameter(name="--wait", help=say("option_wait"))]
ReceivedAtOption = Annotated[
    str | None,
    Parameter(name="--received-at", help=say("option_received_at", example="2026-05-01T10:00:00+08:00")),
]
OutputOption = Annotated[Path, Parameter(name=["--output", "-o"], help=say("option_output"))]


def wrong_value(name: str, *, value: str, wanted: str, near: str | None = None, **details: object) -> UsageError:
    """Return the error of an argument that cannot be used.

    `wanted` is a key of the catalogue with its details, `near` what may be meant.
    """
    error = UsageError("usage_value", name=name, value=value, wanted=say_both(wanted, **details))
    if near is not None:
        hint_zh, hint = say_both("usage_did_you_mean", near=near)
        error.message_zh, error.message = f"{error.message_zh}{hint_zh}", f"{error.message} {hint}"
    return error


def need_ending(output: Path, ending: str) -> None:
    """Refuse a file name with another ending than that of what is written into it. Raises UsageError."""
    if output.suffix.lower() != ending:
        raise wrong_value("--output", value=str(output), wanted="wanted_ending", ending=ending)


def parse_wait(wait: str | None) -> str:
    """Return for what to wait: "", "judged" or "sealed". Raises UsageError."""
    if wait not in (None, "judged", "sealed"):
        raise wrong_value("--wait", value=str(wait), wanted="wanted_wait")
    return wait or ""


def parse_moment(text: str | None, *, option: str = "--received-at") -> datetime | None:
    """Return the moment that an option gives, None without one. Raises UsageError for one without an offset."""
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise wrong_value(option, value=text, wanted="wanted_moment") from None
    if moment.tzinfo is None:
        raise wrong_value(option, value=text, wanted="wanted_moment")
    return moment
