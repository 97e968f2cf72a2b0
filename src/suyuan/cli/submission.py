"""Commands about submissions: submit a file, withdraw one, write its refused rows as a workbook."""

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, Annotated, Any

from cyclopts import Parameter

from suyuan.app.context import Context
from suyuan.app.initialise import settle_receipt
from suyuan.app.submit import Arrival, describe_submission, receive, record_all, try_out
from suyuan.cli.log import log_event
from suyuan.cli.screen import emit, show_progress, tell
from suyuan.cli.session import open_context
from suyuan.cli.setting import (
    DEFAULT,
    OutputOption,
    ReceivedAtOption,
    Setting,
    SubmitterOption,
    WaitOption,
    need_ending,
    parse_moment,
    parse_wait,
    wrong_value,
)
from suyuan.cli.words import say
from suyuan.core.identifiers import Uscc
from suyuan.intake.reader import detect_form
from suyuan.store.submission import parse_submission_name

CHUNK_BYTES = 1 << 20
REASON_CHARACTERS_MAX = 200
FileArgument = Annotated[Path, Parameter(allow_leading_hyphen=True)]
DryRunOption = Annotated[bool, Parameter(name="--dry-run", negative=(), help=say("option_dry_run"))]
ReasonOption = Annotated[str, Parameter(name="--reason", help=say("option_reason"))]


def submit(
    file: FileArgument,
    /,
    *,
    submitter: SubmitterOption,
    dry_run: DryRunOption = False,
    wait: WaitOption = None,
    received_at: ReceivedAtOption = None,
    setting: Setting = DEFAULT,
) -> int:
    """Submit a file, or standard input for `-`; exits 1 when any row was refused."""
    uscc, awaited, given = Uscc.parse(submitter), parse_wait(wait), parse_moment(received_at)
    name = "stdin" if str(file) == "-" else file.name
    started = time.monotonic()
    with ExitStack() as stack:
        stream = stack.enter_context(_open_file(file, is_read_twice=dry_run))
        form = detect_form(name, first_bytes=stream.peek(4096)[:4096])
        context = stack.enter_context(open_context(setting, makes_database=True))
        arrival = Arrival(uscc, form, name, settle_receipt(context, given))
        if dry_run:
            result = try_out(context, _reread(stream), arrival=arrival)
        else:
            submission_no = receive(context, _read_chunks(stream), arrival=arrival)
            result = finish_submission(context, submission_no, awaited=awaited, setting=setting)
    if not dry_run:
        _log_recorded(setting, result, started)
    return show_result(result, setting)


def withdraw(
    submission: str,
    /,
    *,
    submitter: SubmitterOption,
    reason: ReasonOption,
    wait: WaitOption = None,
    received_at: ReceivedAtOption = None,
    setting: Setting = DEFAULT,
) -> int:
    """Withdraw every accepted row of a submission of one's own; a submission itself."""
    from suyuan.app.withdraw import withdraw as withdraw_rows

    submission_no = parse_number(submission)
    uscc, awaited, given = Uscc.parse(submitter), parse_wait(wait), parse_moment(received_at)
    if not 1 <= len(reason.strip()) <= REASON_CHARACTERS_MAX:
        raise wrong_value("--reason", value=reason[:REASON_CHARACTERS_MAX], wanted="wanted_reason")
    started = time.monotonic()
    with open_context(setting) as context:
        moment = settle_receipt(context, given)
        with show_progress(setting, say("doing_record")) as progress:
            number = withdraw_rows(
                context, submission_no, submitter=uscc, reason=reason.strip(), received_at=moment, progress=progress
            )
        result = finish_submission(context, number, awaited=awaited, setting=setting)
    _log_recorded(setting, result, started)
    return show_result(result, setting)


def refusals(submission: str, /, *, output: OutputOption, setting: Setting = DEFAULT) -> int:
    """Write the refused rows of a submission as a workbook that can be corrected and submitted."""
    from suyuan.app.refusals import write_refusals_of

    submission_no = parse_number(submission)
    need_ending(output, ".xlsx")
    with open_context(setting) as context:
        count = write_refusals_of(context, submission_no, target=output)
    if setting.wants_json:
        emit({"submission": submission, "rows": count, "file": str(output) if count else None})
    elif count:
        tell(say("wrote_refusals", count=count, file=output))
    else:
        tell(say("no_refusals", name=submission))
    return 0


def parse_number(name: str) -> int:
    """Return the number in the name of a submission. Raises UsageError for another text."""
    number = parse_submission_name(name)
    if number is None:
        raise wrong_value("SUBMISSION", value=name, wanted="wanted_submission")
    return number


def finish_submission(context: Context, submission_no: int, *, awaited: str, setting: Setting) -> dict[str, Any]:
    """Record what is not recorded yet, judge and seal where the command waits for that, and return the result."""
    with show_progress(setting, say("doing_record")) as progress:
        record_all(context, submission_no, progress=progress)
    if awaited:
        from suyuan.app.judge import judge_submission

        with show_progress(setting, say("doing_judge")) as progress:
            judge_submission(context, submission_no, progress=progress)
    if awaited == "sealed":
        from suyuan.app.seal import seal_submission

        seal_submission(context, submission_no)
    return describe_submission(context, submission_no)


def show_result(result: dict[str, Any], setting: Setting) -> int:
    """Print the result of a submission and return the exit code: 1 when anything was refused."""
    if setting.wants_json:
        emit(result)
    else:
        from suyuan.cli.view_submission import print_submission

        print_submission(result)
    return 1 if result["rejected"] or result.get("file_errors") else 0


@contextmanager
def _open_file(file: Path, *, is_read_twice: bool) -> Iterator[Any]:
    """Yield a buffered reader of the file or of standard input, which is kept in a file of its own to be read twice."""
    if str(file) != "-":
        with file.open("rb") as stream:
            yield stream
    elif is_read_twice:
        with tempfile.TemporaryFile() as kept:
            for chunk in _read_chunks(sys.stdin.buffer):
                kept.write(chunk)
            kept.seek(0)
            yield kept
    else:
        yield sys.stdin.buffer


def _read_chunks(stream: IO[bytes]) -> Iterator[bytes]:
    while chunk := stream.read(CHUNK_BYTES):
        yield chunk


def _reread(stream: IO[bytes]) -> Callable[[], Iterator[bytes]]:
    """Return what yields the chunks from the beginning each time it is called."""

    def read_again() -> Iterator[bytes]:
        stream.seek(0)
        return _read_chunks(stream)

    return read_again


def _log_recorded(setting: Setting, result: dict[str, Any], started: float) -> None:
    log_event(
        setting,
        "submission.recorded",
        submission=result["submission"],
        rows=result["accepted"] + result["duplicate"] + result["rejected"],
        refused=result["rejected"],
        judged=result["judged"],
        elapsed_ms=round(1000 * (time.monotonic() - started)),
    )
