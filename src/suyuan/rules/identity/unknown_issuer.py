"""Code of a maker nobody registered (厂商代码未登记)."""

from collections.abc import Iterator

from suyuan.core.finding import Finding, Rule, Step
from suyuan.core.identifiers import BatteryCode


def unknown_issuer(step: Step) -> Iterator[Finding]:
    """Note a code whose manufacturer code nobody registered, where it is first seen."""
    if step.subject.startswith("TMP-"):
        return
    manufacturer_code = BatteryCode(step.subject).manufacturer_code
    if not step.registry.owners_of(manufacturer_code):
        evidence = {"manufacturer_code": manufacturer_code, "seen_by": step.event.reporter}
        yield RULE.find(step, party=None, evidence=evidence)


RULE = Rule(
    name="unknown_issuer",
    family="identity",
    title="Code of a maker that nobody registered",
    title_zh="厂商代码未登记",
    weight="notice",
    kinds=(),
    families=("battery",),
    competent_line="industry",
    source="GB/T 34014-2017, manufacturer code in positions 1 to 3; filing of codes under the Interim Measures (Order "
    "73)",
    verified=False,
    in_force_from="2018-02-01",
    counts="The first report of a battery whose manufacturer code stands in no entry of the register.",
    counts_not="Births (they are refused); temporary codes; later reports of the same battery; components only listed "
    "at a birth.",
    counts_zh="首次报告的电池，其厂商代码不在登记册中。",
    counts_not_zh="登记（此时直接退回）；临时编码；同一电池的后续报告；仅在登记时列为部件的编码。",
    remedy="The holder compares the code with the label; if it is right, nothing is to be done: the maker may be "
    "abroad or gone.",
    remedy_zh="持有方核对标签；编码无误则无须处理，厂商可能在境外或已注销。",
    check_first=unknown_issuer,
)
