"""Commands about evidence: receipts, their verification, and the transparency log itself."""

from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from suyuan.cli.evidence_file import read_private_key
from suyuan.cli.screen import emit, tell
from suyuan.cli.session import find_log_folder, open_context
from suyuan.cli.setting import DEFAULT, OutputOption, Setting
from suyuan.cli.words import CommandError, say

RowOption = Annotated[int | None, Parameter(name="--row", help=say("option_row"))]
TrustOption = Annotated[Path | None, Parameter(name="--trust", help=say("option_trust"))]
NameOption = Annotated[str | None, Parameter(name="--name", help=say("option_log_name"))]

CustodianOption = Annotated[list[Path] | None, Parameter(name="--custodian", help=say("option_custodians"))]

app = App(name="log", help=say("help_log"))


def receipt(submission: str, /, *, output: OutputOption, row: RowOption = None, setting: Setting = DEFAULT) -> int:
    """Write the receipt of a submission, or of one of its rows; what waits is sealed first."""
    from suyuan.app.receipt import make_receipt
    from suyuan.app.seal import seal_submission
    from suyuan.cli.submission import parse_number

    submission_no = parse_number(submission)
    with open_context(setting) as context:
        seal_submission(context, submission_no)
        content = make_receipt(context, "submission", submission_no, row=row)
    output.write_bytes(content)
    if setting.wants_json:
        emit({"submission": submission, "row": row, "file": str(output)})
    else:
        tell(say("wrote_receipt", file=output))
    return 0


def verify(file: Path, /, *, trust: TrustOption = None, setting: Setting = DEFAULT) -> int:
    """Verify a receipt. Exits 1 when it is refused, 4 while it is provisional."""
    from suyuan.evidence.proof import RECEIPT_BYTES_MAX
    from suyuan.evidence.receipt import as_json, verify_receipt
    from suyuan.evidence.trust import TrustError, decode_trust
    from suyuan_verify.main import EXIT_CODES, describe

    with file.open("rb") as stream:
        content = stream.read(RECEIPT_BYTES_MAX + 1)
    try:
        believed = decode_trust(trust.read_bytes() if trust is not None else _read_trust(setting))
    except TrustError as error:
        raise CommandError("trust_unusable", reason=error) from None
    verdict = verify_receipt(content, trust=believed)
    tell(as_json(verdict) if setting.wants_json else describe(verdict))
    return EXIT_CODES[verdict.outcome]


@app.command(name="open", help=say("help_log_open"))
def open_(*, name: NameOption = None, custodian: CustodianOption = None, setting: Setting = DEFAULT) -> int:
    """Open the log under a name, with keys made now; the custodians who are named sign that."""
    from suyuan.app.log_keys import open_log

    custodians = [read_private_key(file) for file in custodian or []]
    with open_context(setting, makes_database=True) as context:
        state = open_log(context, find_log_folder(setting), name=name, custodians=custodians)
    if setting.wants_json:
        emit({"name": state.name})
    else:
        tell(say("log_opened", name=state.name))
    return 0


@app.command(name="trust", help=say("help_log_trust"))
def trust_(*, output: OutputOption, setting: Setting = DEFAULT) -> int:
    """Write the trust file."""
    from suyuan.evidence.trust import decode_trust

    content = _read_trust(setting)
    output.write_bytes(content)
    name = decode_trust(content).name
    if setting.wants_json:
        emit({"name": name, "file": str(output)})
    else:
        tell(say("wrote_trust", name=name, file=output))
    return 0


@app.command(name="status", help=say("help_log_status"))
def status(*, setting: Setting = DEFAULT) -> int:
    """Show how large the log is, how much of it is published, and how much waits."""
    from suyuan.app.seal import describe_log

    with open_context(setting) as context:
        described = describe_log(context, find_log_folder(setting))
    if setting.wants_json:
        emit(described)
    elif described["origin"] is None:
        tell(say("log_not_open"))
    else:
        tell(say("log_status", **described))
    return 0


def _read_trust(setting: Setting) -> bytes:
    """Return the trust file of the database that is meant; a log that is not open yet is opened."""
    from suyuan.app.log_keys import open_log

    with open_context(setting) as context:
        return open_log(context, find_log_folder(setting)).trust.encode()
