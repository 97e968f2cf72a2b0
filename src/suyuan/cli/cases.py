"""Commands about cases: open, findings, list, show, move."""

import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import App, Parameter

from suyuan.cli.log import log_event
from suyuan.cli.screen import emit, tell
from suyuan.cli.session import open_context
from suyuan.cli.setting import DEFAULT, OutputOption, Setting, parse_moment, wrong_value
from suyuan.cli.words import say
from suyuan.core.identifiers import Uscc

if TYPE_CHECKING:
    from suyuan.app.case_candidates import FindingFilter

app = App(name="cases", help=say("help_cases"))
SHOWN_MAX = 200
app.command("suyuan.cli.bundle:bundle", name="bundle", help=say("help_cases_bundle"))
app.command("suyuan.cli.bundle:verify", name="verify", help=say("help_cases_verify"))

OfficerOption = Annotated[str, Parameter(name="--officer", help=say("option_officer"))]
SecondOfficerOption = Annotated[str | None, Parameter(name="--second-officer", help=say("option_second_officer"))]
WithOption = Annotated[list[str] | None, Parameter(name="--with", help=say("option_with"), negative=())]
DocumentWithOption = Annotated[
    list[str] | None, Parameter(name="--with", help=say("option_with_document"), negative=())
]
DraftOption = Annotated[bool, Parameter(name="--draft", negative=(), help=say("option_draft"))]
TextOption = Annotated[str | None, Parameter(name="--text", help=say("option_case_text"))]
PartyOption = Annotated[str | None, Parameter(name="--party", help=say("option_party"))]
RuleOption = Annotated[str | None, Parameter(name="--rule", help=say("option_rule"))]
SubjectOption = Annotated[str | None, Parameter(name="--subject", help=say("option_subject"))]
ReportOption = Annotated[str | None, Parameter(name="--report", help=say("option_report"))]
StateOption = Annotated[str | None, Parameter(name="--state", help=say("option_state"))]
AuthorityOption = Annotated[str | None, Parameter(name="--authority", help=say("option_authority"))]
OverdueOption = Annotated[date | None, Parameter(name="--overdue-on", help=say("option_case_overdue_on"))]
CursorOption = Annotated[str | None, Parameter(name="--cursor", help=say("option_cursor"))]
CsvOption = Annotated[bool, Parameter(name="--csv", negative=(), help=say("option_csv"))]
ActedAtOption = Annotated[
    str | None, Parameter(name="--acted-at", help=say("option_acted_at", example="2026-05-01T10:00:00+08:00"))
]


@app.command(name="open", help=say("help_cases_open"))
def open_(
    *,
    officer: OfficerOption,
    party: PartyOption = None,
    rule: RuleOption = None,
    subject: SubjectOption = None,
    report: ReportOption = None,
    text: TextOption = None,
    acted_at: ActedAtOption = None,
    setting: Setting = DEFAULT,
) -> int:
    """Open a case with all findings that pass the filters, of one party and within the officer's competence."""
    from suyuan.app.open_case import open_case
    from suyuan.app.read_cases import show_case

    meant = _read_filter(party, rule, subject, report)
    moment = parse_moment(acted_at, option="--acted-at")
    with open_context(setting) as context:
        case_no = open_case(context, officer=officer, meant=meant, text=text, acted_at=moment)
        log_event(setting, "case.opened", case=case_no)
        if setting.wants_json:
            emit(show_case(context, case_no))
        else:
            tell(say("case_opened", case_no=case_no))
    return 0


@app.command(name="findings", help=say("help_cases_findings"))
def findings(
    *,
    officer: OfficerOption,
    party: PartyOption = None,
    rule: RuleOption = None,
    subject: SubjectOption = None,
    report: ReportOption = None,
    cursor: CursorOption = None,
    setting: Setting = DEFAULT,
) -> int:
    """List the findings that an officer may take into a case today."""
    from suyuan.app.case_candidates import browse_candidates
    from suyuan.app.officer import require_desk

    meant = _read_filter(party, rule, subject, report)
    with open_context(setting) as context:
        desk = require_desk(context, officer, at=context.clock())
        page = browse_candidates(context, desk, meant, limit=SHOWN_MAX, cursor=cursor)
        found = page.entries
        if setting.wants_json:
            emit({"findings": found, "next": page.following})
        elif not found:
            tell(say("case_no_candidates"))
        else:
            from suyuan.cli.view_lists import print_findings

            print_findings(found, registry=context.read_registry(), on=context.clock().date())
    _tell_more(page.following, setting)
    return 0


@app.command(name="list", help=say("help_cases_list"))
def list_(
    *,
    state: StateOption = None,
    party: PartyOption = None,
    authority: AuthorityOption = None,
    overdue_on: OverdueOption = None,
    cursor: CursorOption = None,
    setting: Setting = DEFAULT,
) -> int:
    """List cases, the newest first."""
    from suyuan.app.read_cases import browse_cases
    from suyuan.core.case_course import STATES

    if state is not None and state not in STATES:
        raise wrong_value("--state", value=state, wanted="wanted_state", choices=", ".join(STATES))
    against = Uscc.parse(party) if party is not None else None
    with open_context(setting) as context:
        page = browse_cases(
            context,
            limit=SHOWN_MAX,
            cursor=cursor,
            state=state,
            party=against,
            authority=authority,
            overdue_on=overdue_on,
        )
    if setting.wants_json:
        emit({"cases": page.entries, "next": page.following})
    else:
        from suyuan.cli.view_cases import print_cases

        print_cases(page.entries)
    _tell_more(page.following, setting)
    return 0


@app.command(name="show", help=say("help_cases_show"))
def show_(case_no: str, /, *, setting: Setting = DEFAULT) -> int:
    """Show a case: its course, what may come next and what that needs, whether its findings still stand."""
    from suyuan.app.read_cases import show_case

    with open_context(setting) as context:
        shown = show_case(context, case_no)
    if setting.wants_json:
        emit(shown)
    else:
        from suyuan.cli.view_cases import print_case

        print_case(shown)
    return 0


@app.command(name="move", help=say("help_cases_move"))
def move(
    case_no: str,
    name: str,
    /,
    *,
    officer: OfficerOption,
    second_officer: SecondOfficerOption = None,
    with_: WithOption = None,
    acted_at: ActedAtOption = None,
    setting: Setting = DEFAULT,
) -> int:
    """Make a move in a case; `cases show` tells which ones there are and what each needs."""
    from suyuan.app.move_case import move_case
    from suyuan.app.read_cases import show_case

    fields = dict(map(_read_field, with_ or ()))
    moment = parse_moment(acted_at, option="--acted-at")
    with open_context(setting) as context:
        move_case(
            context, case_no, name, officer=officer, second_officer=second_officer, fields=fields, acted_at=moment
        )
        log_event(setting, "case.moved", case=case_no, move=name)
        shown = show_case(context, case_no)
    if setting.wants_json:
        emit(shown)
    else:
        from suyuan.cli.view_cases import print_moved

        print_moved(shown)
    return 0


@app.command(name="document", help=say("help_cases_document"))
def document(
    case_no: str,
    kind: str,
    /,
    *,
    output: OutputOption,
    with_: DocumentWithOption = None,
    draft: DraftOption = False,
    setting: Setting = DEFAULT,
) -> int:
    """Write a document of a case for its last act of that kind, as .pdf or .docx."""
    from suyuan.app.case_documents import issue_case_document
    from suyuan.app.documents import parse_suffix
    from suyuan.cli.documents import write_printed

    details, suffix = dict(map(_read_field, with_ or ())), parse_suffix(output.name)
    with open_context(setting) as context:
        printed = issue_case_document(context, case_no, kind, details=details, suffix=suffix, is_draft=draft)
    return write_printed(printed, output, setting=setting)


@app.command(name="public", help=say("help_cases_public"))
def public(*, csv: CsvOption = False, setting: Setting = DEFAULT) -> int:
    """Print the public list of penalties: served decisions in force, for as long as they are shown."""
    from suyuan.app.publish_penalties import list_public_penalties, write_public_penalties

    with open_context(setting) as context:
        if csv:
            sys.stdout.buffer.write(write_public_penalties(context).encode())
            return 0
        found = list_public_penalties(context)
    if setting.wants_json:
        emit({"penalties": found})
    else:
        from suyuan.cli.view_cases import print_penalties

        print_penalties(found)
    return 0


def _tell_more(cursor: str | None, setting: Setting) -> None:
    """Say how a list goes on; with --json the document says it."""
    if cursor is not None and not setting.wants_json:
        tell(say("case_more", cursor=cursor))


def _read_filter(party: str | None, rule: str | None, subject: str | None, report: str | None) -> "FindingFilter":
    from suyuan.app.case_candidates import FindingFilter
    from suyuan.app.trace import parse_subject
    from suyuan.rules.catalogue import RULE_TABLE

    if rule is not None and rule not in RULE_TABLE.rules:
        raise wrong_value("--rule", value=rule, wanted="wanted_rule")
    return FindingFilter(
        party=Uscc.parse(party) if party is not None else None,
        rule=rule,
        subject=parse_subject(subject) if subject is not None else None,
        report_id=report,
    )


def _read_field(text: str) -> tuple[str, str]:
    """Return name and content of FIELD=VALUE; @FILE takes the content from a file."""
    name, equals, value = text.partition("=")
    if not equals or not name.strip():
        raise wrong_value("--with", value=text, wanted="wanted_field")
    if value.startswith("@"):
        value = Path(value.removeprefix("@")).read_text(encoding="utf-8-sig")
    return name.strip(), value
