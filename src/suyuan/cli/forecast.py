"""The command `forecast`: what retires when; so far it checks the method on a published table."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from suyuan.cli.screen import emit
from suyuan.cli.setting import DEFAULT, Setting
from suyuan.cli.words import say

CheckOption = Annotated[Path, Parameter(name="--check", help=say("option_check_table"))]


def forecast(*, check: CheckOption, setting: Setting = DEFAULT) -> int:
    """Reproduce a published retirement table from its inputs; exits 1 where it differs."""
    from suyuan.app.published_table import check_published_table

    found = check_published_table(check)
    if setting.wants_json:
        emit(found)
    else:
        from suyuan.cli.view_forecast import print_check

        print_check(found)
    return 0 if found["agrees"] else 1
