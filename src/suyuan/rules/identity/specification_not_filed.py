"""Battery born under a specification code that its maker has not filed (规格代码未备案)."""

from collections.abc import Iterator

from suyuan.core.battery_code import BatteryCode
from suyuan.core.finding import Finding, Rule, Step


def specification_not_filed(step: Step) -> Iterator[Finding]:
    """Note a birth whose specification code is not among those that the owner of the manufacturer code has filed by that day."""
    if step.before.born_on is not None or step.after.born_on is None:
        return
    code = BatteryCode(step.subject)
    filed = step.registry.specifications_of(code.manufacturer_code, on=step.event.occurred_on)
    if filed is None or code.specification_code in filed:
        return
    evidence = {"manufacturer_code": code.manufacturer_code, "specification_code": code.specification_code}
    yield RULE.find(step, party=step.event.reporter, evidence=evidence)


RULE = Rule(
    name="specification_not_filed",
    family="identity",
    title="Battery born under a specification code that its maker has not filed",
    title_zh="规格代码未备案",
    weight="notice",
    kinds=("battery_produced", "battery_imported", "vehicle_imported"),
    families=("battery",),
    competent_line="industry",
    source="GB/T 34014-2017, specification code in positions 6 and 7, and its filing (编码备案); text of the filing rules not "
    "verified",
    verified=False,
    in_force_from="2018-08-01",
    counts="A battery's first birth under a specification code that no filing in the register covers on that day, while the "
    "maker has filed others.",
    counts_not="Makers without any filing in the register; a code filed on that very day or before; reuse products; parts "
    "that are only listed at a birth.",
    counts_zh="电池首次登记所用的规格代码，当日不在登记册的任何备案之内，而该厂商代码已有其他备案。",
    counts_not_zh="登记册中没有任何备案的厂商；当日或之前已备案的代码；再利用产品；仅在登记时列为部件的编码。",
    remedy="The maker files the specification, or has the operator add the filing to the register.",
    remedy_zh="生产企业补办规格代码备案，或请平台运营方补录已有备案。",
    check=specification_not_filed,
)
