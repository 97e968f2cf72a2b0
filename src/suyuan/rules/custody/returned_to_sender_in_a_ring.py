"""Used battery came back in a ring (电池循环流转回原单位)."""

from collections.abc import Iterator

from suyuan.core.finding import Finding, Rule, Step


def returned_to_sender_in_a_ring(step: Step) -> Iterator[Finding]:
    """Find a used battery that comes back to a party which passed it on, through at least two others, in a short time."""
    event, trail = step.event, step.before.trail
    places = [place for place, (holder, _) in enumerate(trail) if holder == event.reporter]
    if "received" not in event.roles or not places:
        return
    last = places[-1]
    others = trail[last + 1 :]
    others_min = step.rulebook.threshold("ring_other_holders_min", on=event.occurred_on)
    if len({holder for holder, _ in others}) < others_min or others[-1][0] != event.counterparty:
        return
    days = (event.occurred_on - others[0][1]).days
    if trail[last][1] >= event.occurred_on or days > step.rulebook.threshold("ring_days", on=event.occurred_on):
        return
    ring = [{"holder": holder, "since": since.isoformat()} for holder, since in trail[last:]]
    yield RULE.find(step, party=None, evidence={"ring": ring, "returned_to": event.reporter, "days": days})


RULE = Rule(
    name="returned_to_sender_in_a_ring",
    family="custody",
    title="Used battery came back to its sender in a ring",
    title_zh="废旧电池循环流转回原单位",
    weight="lead",
    kinds=("battery_received",),
    families=("battery",),
    competent_line="industry",
    source="platform choice: days within which a battery that comes round is looked at",
    verified=False,
    in_force_from="2018-08-01",
    counts="A used battery received by a party that had passed it on within the days of the rulebook, after at least two "
    "others had it.",
    counts_not="A battery that comes straight back from its receiver (refused or wrong delivery, warranty); a battery "
    "that was fitted or refurbished in between; longer than those days.",
    counts_zh="废旧电池在规则书所定天数内，经至少两家其他单位后，又由曾经转出的单位接收。",
    counts_not_zh="由接收方直接退回（拒收、误送或质保）；其间装车或返修的电池；超过该天数。",
    remedy="The parties tell why the battery came round; whoever mistyped a code withdraws and reports again.",
    remedy_zh="相关单位说明循环流转原因；编码录错的撤回重报。",
    check=returned_to_sender_in_a_ring,
)
