"""Commands that print documents: the notice about an incomplete vehicle, the hand-over voucher; and their forms."""

from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from suyuan.app.documents import Printed, parse_suffix
from suyuan.cli.log import log_event
from suyuan.cli.screen import emit, make_table, show, tell
from suyuan.cli.session import open_context
from suyuan.cli.setting import DEFAULT, OutputOption, Setting, SubmitterOption
from suyuan.cli.words import language, say

app = App(name="documents", help=say("help_documents"))
AuthorityOption = Annotated[str, Parameter(name="--authority", help=say("option_authority_of_document"))]
DraftOption = Annotated[bool, Parameter(name="--draft", negative=(), help=say("option_draft"))]


@app.command(name="incomplete-vehicle", help=say("help_incomplete_vehicle"))
def incomplete_vehicle(
    vin: str,
    /,
    *,
    authority: AuthorityOption,
    output: OutputOption,
    draft: DraftOption = False,
    setting: Setting = DEFAULT,
) -> int:
    """Write the notice that packs are missing on a scrapped vehicle."""
    from suyuan.app.vehicle_notice import issue_vehicle_notice

    suffix = parse_suffix(output.name)
    with open_context(setting) as context:
        printed = issue_vehicle_notice(context, vin, authority=authority, suffix=suffix, is_draft=draft)
    return write_printed(printed, output, setting=setting)


@app.command(name="voucher", help=say("help_voucher"))
def voucher(*reports: str, giver: SubmitterOption, output: OutputOption, setting: Setting = DEFAULT) -> int:
    """Write the voucher of hand-overs, with the symbol that the receiver scans."""
    from suyuan.app.voucher import make_voucher
    from suyuan.core.identifiers import Uscc

    suffix = parse_suffix(output.name)
    with open_context(setting) as context:
        printed = make_voucher(context, reports, giver=str(Uscc.parse(giver)), suffix=suffix)
    return write_printed(printed, output, setting=setting)


@app.command(name="list", help=say("help_list_documents"))
def list_issued(subject: str, /, *, setting: Setting = DEFAULT) -> int:
    """List the documents issued for a case or a vehicle."""
    from suyuan.app.documents import list_documents

    with open_context(setting) as context:
        found = list_documents(context, subject)
    if setting.wants_json:
        emit({"documents": found})
        return 0
    title = "title_zh" if language() == "zh" else "title"
    headings = [say("head_number"), say("head_title"), say("head_dated")]
    show(make_table(headings, [(one["number"], one[title], one["dated"]) for one in found]))
    return 0


@app.command(name="forms", help=say("help_forms"))
def forms(folder: Path, /, *, setting: Setting = DEFAULT) -> int:
    """Copy the packaged forms into a folder, to be changed there."""
    from suyuan.app.forms import copy_forms

    written = copy_forms(folder)
    if setting.wants_json:
        emit({"folder": str(folder), "written": written})
    else:
        tell(say("forms_copied", count=len(written), folder=folder))
    return 0


def write_printed(printed: Printed, output: Path, *, setting: Setting) -> int:
    """Write a printed document to its file and tell its number and what the officer should look at."""
    output.write_bytes(printed.body)
    described = printed.describe()
    log_event(setting, "document.printed", kind=described["kind"], number=described["number"], is_new=printed.is_new)
    if setting.wants_json:
        emit({"file": str(output), **described})
        return 0
    tell(say("wrote_file", file=output))
    if described["number"]:
        tell(say("document_numbered" if printed.is_new else "document_again", number=described["number"]))
    for doubt in described["doubts"]:
        tell(say("document_doubt", doubt=doubt))
    return 0
