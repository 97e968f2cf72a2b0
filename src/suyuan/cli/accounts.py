"""The command `accounts`: what an enterprise had, got, gave and has by month; and who stands behind a tonne of it."""

import re
from typing import Annotated

from cyclopts import Parameter

from suyuan.cli.screen import emit
from suyuan.cli.session import open_context
from suyuan.cli.setting import DEFAULT, Setting, wrong_value
from suyuan.cli.words import UsageError, say
from suyuan.core.identifiers import Uscc

MonthOption = Annotated[str | None, Parameter(name="--month", help=say("option_month"))]
YearOption = Annotated[int | None, Parameter(name="--year", help=say("option_year"))]
SiteOption = Annotated[str | None, Parameter(name="--site", help=say("option_site"))]
BehindOption = Annotated[str | None, Parameter(name="--behind", help=say("option_behind"))]
FlowOption = Annotated[str | None, Parameter(name="--flow", help=say("option_flow"))]
_MONTH = re.compile(r"(?:19|20)\d\d-(?:0[1-9]|1[0-2])", re.ASCII)
_YEARS = range(1900, 2100)


def accounts(
    uscc: str,
    /,
    *,
    month: MonthOption = None,
    year: YearOption = None,
    site: SiteOption = None,
    behind: BehindOption = None,
    flow: FlowOption = None,
    setting: Setting = DEFAULT,
) -> int:
    """Show the account of an enterprise for a month or a year, or the subjects behind one flow of it."""
    party = str(Uscc.parse(uscc))
    if month is not None and _MONTH.fullmatch(month) is None:
        raise wrong_value("--month", value=month, wanted="wanted_month")
    if year is not None and year not in _YEARS:
        raise wrong_value("--year", value=str(year), wanted="wanted_year")
    if behind is None and flow is None:
        return _show_accounts(party, month=month, year=year, site=site, setting=setting)
    if behind is None or flow is None or month is None or year is not None or site is not None:
        raise UsageError("accounts_behind_needs")
    return _show_behind(party, item=behind, flow=flow, month=month, setting=setting)


def _show_accounts(party: str, *, month: str | None, year: int | None, site: str | None, setting: Setting) -> int:
    from suyuan.app.accounts import read_accounts

    if month is not None and year is not None:
        raise UsageError("accounts_month_or_year")
    with open_context(setting) as context:
        account = read_accounts(context, party, month=month, year=year, site=site)
        if setting.wants_json:
            emit(account)
        else:
            from suyuan.cli.view_accounts import print_accounts

            print_accounts(account, registry=context.read_registry(), on=context.clock().date())
    return 0


def _show_behind(party: str, *, item: str, flow: str, month: str, setting: Setting) -> int:
    from suyuan.app.accounts import find_behind

    with open_context(setting) as context:
        behind = find_behind(context, party, item=item, flow=flow, month=month)
    if setting.wants_json:
        emit(behind)
    else:
        from suyuan.cli.view_accounts import print_behind

        print_behind(behind)
    return 0
