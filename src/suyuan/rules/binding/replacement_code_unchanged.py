"""Replacement that takes off and puts on the same code (更换前后编码相同)."""

from collections.abc import Iterator

from suyuan.core.finding import Finding, Rule, Step


def replacement_code_unchanged(step: Step) -> Iterator[Finding]:
    """Find a replacement whose removed and fitted codes are one."""
    body = step.event.body
    if body["removed_battery_code"] == body["fitted_battery_code"]:
        code = body["fitted_battery_code"]
        weight = RULE.weight_on(step.event.occurred_on)
        yield RULE.find(step, weight=weight, party=step.event.reporter, evidence={"battery_code": code}, about=[code])


RULE = Rule(
    name="replacement_code_unchanged",
    family="binding",
    title="Replacement with the code unchanged",
    title_zh="更换前后电池编码相同",
    weight="violation",
    kinds=("battery_replaced",),
    families=("vehicle",),
    competent_line="transport",
    source="2018 interim provisions on traceability; Interim Measures (Order 73): repairers report the battery taken "
    "off and the one put on (article unknown)",
    verified=False,
    in_force_from="2018-08-01",
    counts="A replacement that names one code as taken off and as put on.",
    counts_not="A pack taken off and put back, which is a removal and a fitting; a swap.",
    counts_zh="更换报告中拆下与装上为同一编码。",
    counts_not_zh="拆下后装回（应报拆卸和装车）；换电。",
    remedy="The reporter withdraws the report and sends the code of the battery that is in the vehicle now; for the "
    "same battery put back, a removal and a fitting.",
    remedy_zh="撤回后按车上现装电池的编码重新报送；同一电池装回的，改报拆卸和装车。",
    check=replacement_code_unchanged,
)
