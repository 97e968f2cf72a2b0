"""Mass handed over and mass received differ (移交与接收质量不符)."""

from collections.abc import Iterator

from suyuan.core.finding import Finding, Rule, Step


def mass_differs_in_transit(step: Step) -> Iterator[Finding]:
    """Find two halves of one movement whose masses differ beyond the tolerance, whichever came first."""
    match = step.after.match
    if match is None or match.other is None:
        return
    own_g, other_g = step.event.body["mass_g"], match.other.mass_g
    is_receipt = "received" in step.event.roles
    handed_over_g, received_g = (other_g, own_g) if is_receipt else (own_g, other_g)
    tolerance_percent = step.rulebook.threshold("mass_tolerance_percent", on=step.event.occurred_on)
    if abs(handed_over_g - received_g) * 100 <= handed_over_g * tolerance_percent:
        return
    evidence = {
        "other_reporter": match.other.reporter,
        "other_report": match.other.report_id,
        "handed_over_g": handed_over_g,
        "received_g": received_g,
        "tolerance_percent": tolerance_percent,
    }
    yield RULE.find(step, party=None, evidence=evidence)


RULE = Rule(
    name="mass_differs_in_transit",
    family="custody",
    title="Mass handed over and mass received differ",
    title_zh="移交质量与接收质量不符",
    weight="lead",
    kinds=("battery_handed_over", "battery_received"),
    families=("battery", "lot"),
    competent_line="industry",
    source="platform choice: tolerance in percent of the mass handed over",
    verified=False,
    in_force_from="2018-08-01",
    counts="A hand-over and its receipt whose masses differ by more than the tolerance of the mass handed over.",
    counts_not="Differences up to the tolerance; halves that still wait. It accuses neither side: either may be mistyped.",
    counts_zh="移交与接收的质量之差超过移交质量的容差。",
    counts_not_zh="未超过容差；尚待对方报告的移交或接收。不指向任何一方：任何一方都可能录错。",
    remedy="Giver and receiver compare weighing slips; whoever erred withdraws and reports again.",
    remedy_zh="双方核对磅单，有误的一方撤回后重新报送。",
    check=mass_differs_in_transit,
)
