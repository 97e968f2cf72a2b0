"""One component in two batteries at the same time (同一部件同时属于两个电池)."""

from collections.abc import Iterator
from datetime import date

from suyuan.core.battery_state import BatteryState
from suyuan.core.event import Fact
from suyuan.core.finding import End, Finding, Rule


def component_in_two_parents(end: End) -> Iterator[Finding]:
    """Find components that another battery claims while this one, with the earlier claim, has not let go of them."""
    claims: dict[tuple[str, str, str], list[Fact]] = {}
    for fact in end.facts.named("component_claimed"):
        if _is_contested(end, fact):
            body = fact.body
            claims.setdefault((body["other"], body["reporter"], body["report_id"]), []).append(fact)
    for (other, reporter, report_id), facts in sorted(claims.items()):
        since = date.fromisoformat(facts[0].body["since"])
        evidence = {
            "components": sorted(fact.body["component"] for fact in facts),
            "own_since": min(fact.body["own_since"] for fact in facts),
            "other": other,
            "other_since": since.isoformat(),
        }
        yield RULE.find_about(
            end.subject, key=(reporter, report_id), on=since, party=None, evidence=evidence, about=(other,),
            known_from=date.fromisoformat(facts[0].body["received_on"]),
        )  # fmt: skip


def _is_contested(end: End, fact: Fact) -> bool:
    """Tell whether this battery claimed the component first and still has it on the first day of the other's claim."""
    body, subject = fact.body, end.subject
    if (body["own_since"], subject) > (body["since"], body["other"]):
        return False  # told in the timeline of the other
    if subject[3] != body["other"][3]:
        return False  # a cell may be listed by its module and by the pack that the module sits in
    return _has_it_on(
        end.state, body["component"], since=date.fromisoformat(body["own_since"]), on=date.fromisoformat(body["since"])
    )


def _has_it_on(state: BatteryState, component: str, *, since: date, on: date) -> bool:
    ended_on = state.final_from[0] if state.status == "recovered" and state.final_from is not None else None
    if any(day is not None and day <= on for day in (state.dismantled_on, ended_on)):
        return False
    removed_on = [day for code, day in state.removed_components if code == component and day <= on]
    fitted_on = [day for code, day in state.fitted_components if code == component and day <= on]
    return not removed_on or max([since, *fitted_on]) > max(removed_on)


RULE = Rule(
    name="component_in_two_parents",
    family="identity",
    title="One component in two batteries at the same time",
    title_zh="同一模块或单体同时登记于两个电池",
    weight="violation",
    kinds=(),
    families=("battery",),
    competent_line="industry",
    source="GB/T 34014-2017: one code, one product; composition as reported under the Interim Measures (Order 73), "
    "Art. 11",
    verified=False,
    in_force_from="2018-02-01",
    counts="A module or cell that a second battery claims while the first one has it: first a lead, a violation when "
    "nobody confirms or corrects it in time.",
    counts_not="Components taken out, or whose battery was taken apart, on or before the day of the second claim; a "
    "cell that both its module and a pack list.",
    counts_zh="模块或单体仍属一块电池时，又被另一块电池登记为部件：先为线索，逾期无人确认或更正的转为疑似违规。",
    counts_not_zh="在第二次登记当日或之前已拆出，或所属电池已拆解；单体同时列于其模块和电池包。",
    remedy="Whoever claimed it wrongly withdraws that report and sends it again; or the removal is reported.",
    remedy_zh="由错误登记方撤回并重新报送，或补报该部件的拆出。",
    check_end=component_in_two_parents,
    is_conflict=True,
)
