"""Reuse product made of its own descendant (再利用产品来源成环)."""

from collections.abc import Iterator
from datetime import date

from suyuan.core.battery_state import BatteryState
from suyuan.core.finding import End, Finding, Rule


def parents_in_a_ring(end: End) -> Iterator[Finding]:
    """Find a parent that was made later than its own product, or is made of it on the same day."""
    state: BatteryState = end.state
    if state.made_on is None or state.made_by is None:
        return
    early = []
    for fact in end.facts.named("product_of_parent"):
        product_made_on = date.fromisoformat(fact.body["made"])
        # Days alone tell no order within a day; naming each other does. Then the smaller code has the finding.
        is_mutual = fact.source in state.parents and end.subject <= fact.source
        if product_made_on < state.made_on or (product_made_on == state.made_on and is_mutual):
            early.append(fact)
    if not early:
        return
    makers = {state.made_by[0], *(fact.body["maker"] for fact in early)}
    evidence = {
        "made_on": state.made_on.isoformat(),
        "products": [
            {"product_code": fact.source, "made_on": fact.body["made"], "maker": fact.body["maker"]} for fact in early
        ],
    }
    yield RULE.find_about(
        end.subject,
        key=state.made_by,
        on=state.made_on,
        weight=RULE.weight_on(state.made_on),
        party=state.made_by[0] if len(makers) == 1 else None,
        evidence=evidence,
        about=[fact.source for fact in early],
    )


RULE = Rule(
    name="parents_in_a_ring",
    family="identity",
    title="Reuse product made of its own descendant",
    title_zh="再利用产品与来源电池互为来源",
    weight="violation",
    kinds=(),
    families=("battery",),
    competent_line="industry",
    source="2018 interim provisions on traceability; Interim Measures (Order 73): comprehensive-utilization products "
    "stay traceable to their batteries (article unknown)",
    verified=False,
    in_force_from="2018-08-01",
    counts="A parent that was made later than its product; two products made on one day of each other, or of "
    "themselves.",
    counts_not="A parent made on the same day as its product; a parent whose making nobody reported.",
    counts_zh="来源电池的制成日期晚于产品；两件产品同日互为来源，或以自身为来源。",
    counts_not_zh="来源电池与产品同日制成；来源电池的制成无人报告。",
    remedy="The maker withdraws the making with the wrong parents or day and sends it again.",
    remedy_zh="制成企业撤回来源或日期错误的报告并重新报送。",
    check_end=parents_in_a_ring,
)
