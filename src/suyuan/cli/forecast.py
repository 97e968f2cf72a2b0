"""The commands `forecast` and `leakage`: what retires when, how sure that is, and how much of it nobody has reported."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from suyuan.analysis.leakage import LeakageBy
from suyuan.analysis.retirement import By, Scope
from suyuan.cli.screen import emit, tell
from suyuan.cli.session import describe_database, has_database, open_context
from suyuan.cli.setting import DEFAULT, Setting
from suyuan.cli.words import UsageError, say

if TYPE_CHECKING:
    from suyuan.app.context import Context

CheckOption = Annotated[Path | None, Parameter(name="--check", help=say("option_check_table"))]
UntilOption = Annotated[int | None, Parameter(name="--until", help=say("option_until_year"))]
ByOption = Annotated[By | None, Parameter(name="--by", help=say("option_forecast_by"))]
ScopeOption = Annotated[Scope | None, Parameter(name="--scope", help=say("option_forecast_scope"))]
MaterialsOption = Annotated[bool, Parameter(name="--materials", negative=(), help=say("option_materials"))]
ReportedOption = Annotated[float | None, Parameter(name="--reported-share", help=say("option_reported_share"))]
AsOfOption = Annotated[date | None, Parameter(name="--as-of", help=say("option_forecast_as_of"))]
LeakageByOption = Annotated[LeakageBy, Parameter(name="--by", help=say("option_leakage_by"))]


def forecast(
    *,
    until: UntilOption = None,
    by: ByOption = None,
    scope: ScopeOption = None,
    materials: MaterialsOption = False,
    reported_share: ReportedOption = None,
    as_of: AsOfOption = None,
    check: CheckOption = None,
    setting: Setting = DEFAULT,
) -> int:
    """Forecast the retirement of traction batteries; with `--check` reproduce a published table (exits 1 where it differs)."""
    if check is not None:
        if until or by or scope or materials or as_of or reported_share:
            raise UsageError("check_stands_alone")
        return _check(check, setting)
    from suyuan.app.context import system_clock
    from suyuan.app.forecast import UNTIL_DEFAULT, read_forecast
    from suyuan.core.value import SHANGHAI

    with _open_if_there(setting) as context:
        found = read_forecast(
            context,
            as_of=as_of or system_clock().astimezone(SHANGHAI).date(),
            until=UNTIL_DEFAULT if until is None else until,
            by=by or "year",
            scope=scope or "nation",
            with_materials=materials,
            reported_share=reported_share,
        )
    if setting.wants_json:
        emit(found)
    else:
        from suyuan.cli.view_forecast import print_forecast

        if not has_database(setting):
            tell(say("forecast_no_database", folder=describe_database(setting)))
        print_forecast(found)
    return 0


@contextmanager
def _open_if_there(setting: Setting) -> Iterator["Context | None"]:
    """Yield the database that is meant, or nothing where there is none."""
    if not has_database(setting):
        yield None
        return
    with open_context(setting) as context:
        yield context


def _check(folder: Path, setting: Setting) -> int:
    from suyuan.app.published_table import check_published_table

    found = check_published_table(folder)
    if setting.wants_json:
        emit(found)
    else:
        from suyuan.cli.view_forecast import print_check

        print_check(found)
    return 0 if found["agrees"] else 1


def leakage(*, by: LeakageByOption = "producer", as_of: AsOfOption = None, setting: Setting = DEFAULT) -> int:
    """Estimate how many vehicles left use without any report: expected less seen, with an interval."""
    from suyuan.app.leakage import read_leakage

    with open_context(setting) as context:
        found = read_leakage(context, as_of=as_of or context.today(), by=by)
        if setting.wants_json:
            emit(found)
        else:
            from suyuan.cli.view_forecast import print_leakage

            print_leakage(found)
    return 0
