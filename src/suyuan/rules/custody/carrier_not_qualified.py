"""Used battery handed to a carrier whose carriage licence had ended (承运人资质已失效)."""

from collections.abc import Iterator

from suyuan.core.finding import Finding, Rule, Step
from suyuan.core.topic import CARRIAGE
from suyuan.rules.custody.lawful_receiver import is_used_goods


def carrier_not_qualified(step: Step) -> Iterator[Finding]:
    """Find a hand-over of used goods whose named carrier has had a carriage licence and has none in force that day."""
    carrier = step.event.body.get("carrier")
    if carrier is None or not is_used_goods(step):
        return
    ended_on = step.registry.licence_ended_on(carrier, kind=CARRIAGE, on=step.event.occurred_on)
    if ended_on is not None:
        evidence = {"carrier": carrier, "licence": CARRIAGE, "valid_until": ended_on.isoformat()}
        yield RULE.find(step, party=step.event.reporter, evidence=evidence)


RULE = Rule(
    name="carrier_not_qualified",
    family="custody",
    title="Used battery handed to a carrier whose licence for dangerous goods had ended",
    title_zh="承运人危险货物运输许可已失效",
    weight="lead",
    kinds=("battery_handed_over",),
    families=("battery", "lot"),
    competent_line="transport",
    source="rules on the carriage of dangerous goods by road; which used batteries they cover, and how far, is not verified",
    verified=False,
    in_force_from="2018-08-01",
    counts="A hand-over of used goods that names a carrier whose carriage licences in the register had all ended before that "
    "day.",
    counts_not="No carrier named; a carrier of whose licences the register knows nothing; days before the first licence it "
    "knows; the last day of a licence; new batteries.",
    counts_zh="移交废旧货物时所列的承运人，其登记册所载的运输许可在当日之前均已失效。",
    counts_not_zh="未列承运人；登记册没有其许可记录的承运人；最早已知许可之前的日期；许可最后一日；新电池。",
    remedy="The carrier has the renewed licence added to the register, or another carrier is named from the next hand-over on.",
    remedy_zh="承运人补录续期后的许可；此后移交改由具备资质的承运人承运。",
    check=carrier_not_qualified,
)
