"""Used battery handed over to a receiver whose qualification had expired (接收方资格已失效)."""

from collections.abc import Iterator

from suyuan.core.finding import Finding, Rule, Step
from suyuan.rules.custody.lawful_receiver import find_ended_licences, find_standing, is_used_goods, qualified_until


def receiver_qualification_expired(step: Step) -> Iterator[Finding]:
    """Find a hand-over of used goods to a lawful kind of receiver whose qualification had ended before that day.

    A needed licence that has ended is a lead: its renewal may only be missing from the register.
    """
    event, receiver = step.event, step.event.counterparty
    if receiver is None or not is_used_goods(step):
        return
    match find_standing(step, giver=event.reporter, receiver=receiver):
        case "expired":
            until = qualified_until(step, receiver)
            qualified = {"receiver": receiver, "qualified_until": until.isoformat() if until else None}
            yield RULE.find(step, party=event.reporter, evidence=qualified)
        case "lawful":
            ended = find_ended_licences(step, giver=event.reporter, receiver=receiver)
            if ended:
                evidence = {"receiver": receiver, "licences_ended": ended}
                yield RULE.find(step, party=event.reporter, evidence=evidence, weight="lead")


RULE = Rule(
    name="receiver_qualification_expired",
    family="custody",
    title="Used battery handed over to a receiver whose qualification had expired",
    title_zh="废旧电池移交给资格已失效的接收方",
    weight="violation",
    kinds=("battery_handed_over",),
    families=("battery", "lot"),
    competent_line="industry",
    source="Interim Measures (Order 73), Art. 18 and 19: lawful utilization enterprises only",
    verified=False,
    in_force_from="2018-08-01",
    counts="A hand-over of used goods after the last day of the receiver's qualification, as the register has it; a lead: to a "
    "utilization enterprise one of whose needed licences (Art. 18) had ended.",
    counts_not="The last day of the qualification or licence; a participant without an end of its qualification; licences of "
    "which the register knows nothing; new batteries.",
    counts_zh="在登记册所载接收方资格最后一日之后移交废旧货物。",
    counts_not_zh="资格最后一日；未载明资格终止日的单位；新电池。",
    remedy="The receiver renews its qualification, or the battery goes to a qualified receiver.",
    remedy_zh="接收方恢复资格，或将电池移交给具备资格的接收方。",
    check=receiver_qualification_expired,
)
