"""The command leads: what the statistical detectors see over the whole record. Reading exits 0 whatever it shows."""

from datetime import date
from typing import Annotated, Any

from cyclopts import Parameter

from suyuan.cli.screen import emit, make_table, show, tell
from suyuan.cli.session import open_context
from suyuan.cli.setting import DEFAULT, Setting, wrong_value
from suyuan.cli.view_lists import SHOWN_MAX, name_party
from suyuan.cli.words import language, say
from suyuan.core.registry import Registry

DetectorOption = Annotated[str | None, Parameter(name="--detector", help=say("option_detector"))]
AsOfOption = Annotated[date | None, Parameter(name="--as-of", help=say("option_as_of"))]


def leads(*, detector: DetectorOption = None, as_of: AsOfOption = None, setting: Setting = DEFAULT) -> int:
    """List the leads of all detectors or of one, about what occurred by the end of a day."""
    from suyuan.app.detect import LOOKS, describe_lead, find_leads

    if detector is not None and detector not in LOOKS:
        raise wrong_value("--detector", value=detector, wanted="wanted_detector", names=", ".join(LOOKS))
    with open_context(setting) as context:
        on = as_of or context.today()
        found = [
            describe_lead(lead)
            for lead in find_leads(context, as_of=on, detectors=None if detector is None else [detector])
        ]
        if setting.wants_json:
            emit({"as_of": on.isoformat(), "leads": found})
        else:
            _print_leads(found, registry=context.read_registry(), on=on)
    return 0


def _print_leads(found: list[dict[str, Any]], *, registry: Registry, on: date) -> None:
    if not found:
        tell(say("no_leads"))
        return
    ending = "_zh" if language() == "zh" else ""
    heads = ("head_detector", "head_subject", "head_party", "head_day", "head_explanation")
    rows = [
        (
            f"{one[f'title{ending}']}\n{one['detector']}",
            one["subject"],
            name_party(one["party"], registry=registry, on=on),
            one["on"],
            one[f"explanation{ending}"],
        )
        for one in found[:SHOWN_MAX]
    ]
    show(make_table([say(head) for head in heads], rows, whole=(3,)))
    if len(found) > SHOWN_MAX:
        tell(say("more_json", count=len(found) - SHOWN_MAX))
    tell(say("leads_caution"))
    for title, rate, per in sorted(
        {
            (
                one[f"title{ending}"],
                one["expected_false_positives"]["at_most"],
                one["expected_false_positives"][f"per{ending}"],
            )
            for one in found
        }
    ):
        tell(say("lead_rate", title=title, rate=rate, per=per))
