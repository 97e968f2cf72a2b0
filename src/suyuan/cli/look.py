"""Commands that only read: trace, scrapping-check, findings, duties. Reading exits 0 whatever it shows."""

from datetime import date
from typing import Annotated, Literal

from cyclopts import Parameter

from suyuan.cli.screen import emit
from suyuan.cli.session import open_context
from suyuan.cli.setting import DEFAULT, Setting, wrong_value
from suyuan.cli.words import say
from suyuan.core.identifiers import Uscc

AsOfOption = Annotated[date | None, Parameter(name="--as-of", help=say("option_as_of"))]
FoundOption = Annotated[str, Parameter(name="--found", help=say("option_found"), allow_leading_hyphen=False)]
RuleOption = Annotated[str | None, Parameter(name="--rule", help=say("option_rule"))]
WeightOption = Annotated[
    Literal["notice", "lead", "violation"] | None, Parameter(name="--weight", help=say("option_weight"))
]
SubjectOption = Annotated[str | None, Parameter(name="--subject", help=say("option_subject"))]
PartyOption = Annotated[str | None, Parameter(name="--party", help=say("option_party"))]
ParticipantOption = Annotated[str | None, Parameter(name="--participant", help=say("option_participant"))]
OverdueOption = Annotated[date | None, Parameter(name="--overdue-on", help=say("option_overdue_on"))]


def trace(code: str, /, *, as_of: AsOfOption = None, setting: Setting = DEFAULT) -> int:
    """Show what a battery, vehicle or lot is, where it has been, and what is wrong with it."""
    from suyuan.app.trace import trace as trace_subject

    with open_context(setting) as context:
        traced = trace_subject(context, code, as_of=as_of)
        if setting.wants_json:
            emit(traced)
        else:
            from suyuan.cli.view_trace import print_trace

            print_trace(traced, registry=context.read_registry(), on=context.clock().date())
    return 0


def scrapping_check(vin: str, /, *, found: FoundOption, setting: Setting = DEFAULT) -> int:
    """Compare what was found on a wreck with what must be on it; records nothing. Exits 1 when anything is missing or strange."""
    from suyuan.app.check_scrapping import check_scrapping

    with open_context(setting) as context:
        answer = check_scrapping(context, vin, found=found)
        if setting.wants_json:
            emit(answer)
        else:
            from suyuan.cli.view_lists import print_scrapping_check

            print_scrapping_check(answer, registry=context.read_registry(), on=context.clock().date())
    return 1 if answer["missing"] or answer["strange"] else 0


def findings(
    *,
    rule: RuleOption = None,
    weight: WeightOption = None,
    subject: SubjectOption = None,
    party: PartyOption = None,
    setting: Setting = DEFAULT,
) -> int:
    """List findings that pass all filters."""
    from suyuan.app.lists import list_findings
    from suyuan.app.trace import parse_subject
    from suyuan.rules.catalogue import RULE_TABLE

    if rule is not None and rule not in RULE_TABLE.rules:
        raise wrong_value("--rule", value=rule, wanted="wanted_rule")
    about = parse_subject(subject) if subject is not None else None
    against = Uscc.parse(party) if party is not None else None
    with open_context(setting) as context:
        found = list_findings(context, rule=rule, weight=weight, subject=about, party=against)
        if setting.wants_json:
            emit({"findings": found})
        else:
            from suyuan.cli.view_lists import print_findings

            print_findings(found, registry=context.read_registry(), on=context.clock().date())
    return 0


def duties(
    *,
    participant: ParticipantOption = None,
    overdue_on: OverdueOption = None,
    as_of: AsOfOption = None,
    setting: Setting = DEFAULT,
) -> int:
    """List duties of a participant or of all by when they are due, or those overdue on a day."""
    from suyuan.app.lists import list_duties

    party = Uscc.parse(participant) if participant is not None else None
    with open_context(setting) as context:
        found = list_duties(context, participant=party, overdue_on=overdue_on, as_of=as_of)
        if setting.wants_json:
            emit({"duties": found})
        else:
            from suyuan.cli.view_agenda import print_agenda

            print_agenda(found, registry=context.read_registry(), on=as_of or context.today())
    return 0
