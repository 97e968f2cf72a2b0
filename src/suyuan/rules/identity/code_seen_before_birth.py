"""Battery seen whose production nobody reported (电池编码未见生产登记)."""

from collections.abc import Iterator

from suyuan.core.battery_state import BatteryState
from suyuan.core.duty import FIRST_CODED_DAY
from suyuan.core.finding import Finding, Rule, Step
from suyuan.core.identifiers import BatteryCode


def code_seen_before_birth(step: Step) -> Iterator[Finding]:
    """Note a pack from before the first rules, whose birth nobody owes; younger ones are a duty that may lapse."""
    state: BatteryState = step.after
    if state.born_on is not None or step.subject.startswith("TMP-"):
        return
    code = BatteryCode(step.subject)
    if code.level == "pack" and not code.is_reuse_product and code.produced_on < FIRST_CODED_DAY:
        owners = step.registry.owners_of(code.manufacturer_code)
        evidence = {"code_date": code.produced_on.isoformat(), "seen_by": step.event.reporter}
        yield RULE.find(step, weight="notice", party=owners[0] if owners else None, evidence=evidence)


RULE = Rule(
    name="code_seen_before_birth",
    family="identity",
    title="Battery seen whose production was not reported",
    title_zh="已出现的电池编码未见生产登记",
    weight="lead",
    kinds=(),
    families=("battery",),
    competent_line="industry",
    source="2018 interim provisions on traceability; Interim Measures (Order 73), Art. 11: battery producers code "
    "batteries and report them",
    verified=False,
    in_force_from="2018-08-01",
    counts="A pack that others report and whose maker has not reported its production when limit and grace are over; "
    "for a code dated before 1 August 2018 a notice, once.",
    counts_not="Modules, cells and temporary codes; packs of a maker nobody registered; reuse products (their own "
    "rule); never the party that received or reported the pack.",
    counts_zh="他人已报告的电池包，其生产企业在时限和宽限期满后仍未报告生产；编码日期早于 2018 年 8 月 1 日的，仅提示一次"
    "。",
    counts_not_zh="模块、单体和临时编码；厂商代码无人登记的电池包；再利用产品（另有规则）；接收或报告该电池的一方从不因此被指"
    "。",
    remedy="The owner of the manufacturer code reports the production or import of the pack.",
    remedy_zh="由该厂商代码所有人补报该电池的生产或进口。",
    check_first=code_seen_before_birth,
    lapses=True,
)
