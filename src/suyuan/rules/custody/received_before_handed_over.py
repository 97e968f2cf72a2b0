"""Battery received before it was handed over (接收早于移交)."""

from collections.abc import Iterator

from suyuan.core.finding import Finding, Rule, Step, Weight
from suyuan.core.lot import LotState


def received_before_handed_over(step: Step) -> Iterator[Finding]:
    """Find a hand-over dated after the receipt that it belongs to; it is the later word, so its date is in question."""
    match = step.after.match
    if match is None or match.form != "closed_receipt" or match.other is None:
        return
    receipt = match.other
    days_between = (step.event.occurred_on - receipt.on).days
    if days_between < 1:
        return
    evidence = {
        "receiver": receipt.receiver,
        "receipt": receipt.report_id,
        "received_on": receipt.on.isoformat(),
        "handed_over_on": step.event.occurred_on.isoformat(),
        "days_between": days_between,
    }
    weight: Weight = "violation"
    tolerated_days = step.rulebook.threshold("receipt_before_hand_over_days", on=step.event.occurred_on)
    if days_between <= tolerated_days or _may_be_another_part(step):
        weight = "notice"
    yield RULE.find(step, party=step.event.reporter, evidence=evidence, weight=weight)


def _may_be_another_part(step: Step) -> bool:
    """Tell whether the giver still held as much of the lot: then the hand-over may be of another part."""
    before = step.before
    return isinstance(before, LotState) and before.holders.get(step.event.reporter, 0) >= step.event.body["mass_g"]


RULE = Rule(
    name="received_before_handed_over",
    family="custody",
    title="Battery received before it was handed over",
    title_zh="接收日期早于移交日期",
    weight="violation",
    kinds=("battery_handed_over",),
    families=("battery", "lot"),
    competent_line="industry",
    source="Interim Measures (Order 73), reporting of outbound and inbound batteries (article unknown); days tolerated: "
    "platform choice",
    verified=False,
    in_force_from="2018-08-01",
    counts="A hand-over dated more days after its receipt than the rulebook tolerates; up to those days a notice.",
    counts_not="The same day; a lot of which the giver still held as much (a notice: it may be another part).",
    counts_zh="移交日期晚于接收日期，且天数超过规则书容许；未超过的为提示。",
    counts_not_zh="同日；移交方仍持有同等数量的批次（为提示：可能是另一部分）。",
    remedy="The giver withdraws the hand-over and reports it with the right date, or the receiver does so with the receipt.",
    remedy_zh="移交方撤回并以正确日期重报移交，或接收方更正接收日期。",
    check=received_before_handed_over,
)
