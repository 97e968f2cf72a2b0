"""Battery received by another than the receiver named (实际接收方不符)."""

from collections.abc import Iterator

from suyuan.core.finding import Finding, Rule, Step, Weight
from suyuan.rules.custody.lawful_receiver import find_standing, is_used_goods


def receiver_differs(step: Step) -> Iterator[Finding]:
    """Find a receipt whose hand-over named another receiver; the giver named one and gave to the other."""
    match = step.after.match
    if match is None or match.form != "receiver_differs" or match.other is None:
        return
    hand_over, event = match.other, step.event
    standings = {
        party: find_standing(step, giver=hand_over.giver, receiver=party)
        for party in (hand_over.receiver, event.reporter)
    }
    evidence = {
        "hand_over": hand_over.report_id,
        "handed_over_on": hand_over.on.isoformat(),
        "named_receiver": hand_over.receiver,
        "receiver": event.reporter,
        "standings": standings,
    }
    is_lead = not is_used_goods(step) or {"lawful", "maker"} >= set(standings.values())
    weight: Weight = "lead" if is_lead else "violation"
    yield RULE.find(step, party=hand_over.giver, evidence=evidence, weight=weight)


RULE = Rule(
    name="receiver_differs",
    family="custody",
    title="Battery received by another than the receiver named",
    title_zh="电池实际接收方与移交报告不符",
    weight="violation",
    kinds=("battery_received",),
    families=("battery", "lot"),
    competent_line="industry",
    source="Interim Measures (Order 73), Art. 19: hand over only to lawful receivers; reporting of outbound batteries",
    verified=False,
    in_force_from="2018-08-01",
    counts="A receipt of a used battery that meets a hand-over of its sender to somebody else, where either of them is "
    "no lawful receiver on that day.",
    counts_not="A lead where both are lawful receivers, one is the battery's maker, or the battery is not used.",
    counts_zh="废旧电池的接收与其交出方向另一方的移交相遇，而两者之一当日不是合法接收方。",
    counts_not_zh="两者均为合法接收方、其一为该电池生产企业，或电池并非废旧电池的，为线索。",
    remedy="The giver withdraws the hand-over and reports it with the true receiver.",
    remedy_zh="移交方撤回移交报告，并以实际接收方重新报送。",
    check=receiver_differs,
)
