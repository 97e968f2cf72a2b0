"""Date in the code differs from the production date (编码日期与生产日期不符)."""

from collections.abc import Iterator
from datetime import date

from suyuan.core.finding import Finding, Rule, Step, Weight
from suyuan.core.identifiers import BatteryCode


def code_date_contradicts_production_date(step: Step) -> Iterator[Finding]:
    """Find a birth whose production date is not the day that the code carries."""
    produced_on = step.event.body.get("produced_on")
    if produced_on is None:
        return
    code_date = BatteryCode(step.subject).produced_on
    difference_days = abs((date.fromisoformat(produced_on) - code_date).days)
    if difference_days == 0:
        return
    tolerated_days = step.rulebook.threshold("code_date_difference_days", on=step.event.occurred_on)
    evidence = {
        "code_date": code_date.isoformat(),
        "produced_on": produced_on,
        "difference_days": difference_days,
        "tolerated_days": tolerated_days,
    }
    weight: Weight = "notice" if difference_days <= tolerated_days else "lead"
    yield RULE.find(step, weight=weight, party=step.event.reporter, evidence=evidence)


RULE = Rule(
    name="code_date_contradicts_production_date",
    family="identity",
    title="Date in the code contradicts the production date",
    title_zh="编码所载日期与生产日期不符",
    weight="lead",
    kinds=("battery_produced", "battery_imported"),
    families=("battery",),
    competent_line="industry",
    source="GB/T 34014-2017, production date in positions 15 to 17; tolerance: platform choice",
    verified=False,
    in_force_from="2018-02-01",
    counts="A birth whose production date differs from the date in the code: a notice to 31 days, a lead beyond.",
    counts_not="Equal dates; births that carry no production date of their own (with an imported vehicle, reuse "
    "products).",
    counts_zh="登记的生产日期与编码所载日期不同：相差 31 日以内为提示，超过的为线索。",
    counts_not_zh="日期相同；不载生产日期的登记（随整车进口、再利用产品）。",
    remedy="The producer withdraws the report and sends it again with the right date or code.",
    remedy_zh="生产企业撤回后以正确日期或编码重新报送。",
    check=code_date_contradicts_production_date,
)
