"""Used battery handed over to an unlawful receiver (移交给不合法的接收方)."""

from collections.abc import Iterator

from suyuan.core.finding import Finding, Rule, Step, Weight
from suyuan.rules.custody.lawful_receiver import find_standing, is_used_goods


def handover_to_unlawful_receiver(step: Step) -> Iterator[Finding]:
    """Find a hand-over of used goods to a party whose roles that day do not allow it."""
    event, receiver = step.event, step.event.counterparty
    if receiver is None or not is_used_goods(step):
        return
    standing = find_standing(step, giver=event.reporter, receiver=receiver)
    if standing not in ("maker", "unlawful"):
        return
    weight: Weight = "notice" if standing == "maker" else "violation"
    evidence = {
        "receiver": receiver,
        "is_registered": receiver in step.registry,
        "receiver_roles": sorted(step.registry.roles_of(receiver, on=event.occurred_on)),
        "giver_roles": sorted(step.registry.roles_of(event.reporter, on=event.occurred_on)),
        "book": step.rulebook.book_of(event.occurred_on).name,
    }
    yield RULE.find(step, party=event.reporter, evidence=evidence, weight=weight)


RULE = Rule(
    name="handover_to_unlawful_receiver",
    family="custody",
    title="Used battery handed over to an unlawful receiver",
    title_zh="废旧电池移交给不具备资格的接收方",
    weight="violation",
    kinds=("battery_handed_over",),
    families=("battery", "lot"),
    competent_line="industry",
    source="Interim Measures (Order 73), Art. 19: hand over only to a lawful utilization enterprise; swap operators, "
    "repairers and dismantlers also to a producer's outlet",
    verified=False,
    in_force_from="2018-08-01",
    counts="A hand-over of a used battery, of scrap by weight, or of a pack off an owner's vehicle to a receiver that is "
    "not registered or has no role the giver may hand over to on that day.",
    counts_not="New batteries; days before any book names receivers; a used battery that goes back to its maker or "
    "responsible producer (a notice).",
    counts_zh="将废旧电池、按重量计的废料或车主车上拆下的电池包，移交给未登记、或当日不具备该移交方可移交类型的接收方。",
    counts_not_zh="新电池；规则尚未列明接收方的日期；退回其生产企业或责任生产者的废旧电池（为提示）。",
    remedy="Take the battery back and hand it over to a registered utilization enterprise or, where allowed, an outlet.",
    remedy_zh="收回电池，移交给具备资格的综合利用企业或（允许时）回收服务网点。",
    check=handover_to_unlawful_receiver,
)
