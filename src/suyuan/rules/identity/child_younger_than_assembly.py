"""Component younger than the battery it was built into (部件日期晚于总成生产日期)."""

from collections.abc import Iterator
from datetime import date

from suyuan.core.finding import Finding, Rule, Step
from suyuan.core.identifiers import BatteryCode


def child_younger_than_assembly(step: Step) -> Iterator[Finding]:
    """Find a birth that lists a component whose code is dated after the production."""
    body = step.event.body
    newest, produced_on = body.get("newest_component"), body.get("produced_on")
    if newest is None or produced_on is None:
        return
    component_date = BatteryCode(newest).produced_on
    if component_date > date.fromisoformat(produced_on):
        evidence = {"component": newest, "component_date": component_date.isoformat(), "produced_on": produced_on}
        yield RULE.find(step, party=step.event.reporter, evidence=evidence)


RULE = Rule(
    name="child_younger_than_assembly",
    family="identity",
    title="Component younger than the battery it was built into",
    title_zh="所装模块或单体的日期晚于电池生产日期",
    weight="notice",
    kinds=("battery_produced", "battery_imported"),
    families=("battery",),
    competent_line="industry",
    source="GB/T 34014-2017, production date in the code",
    verified=False,
    in_force_from="2018-02-01",
    counts="A birth whose newest module or cell has a code dated after the production date of the battery.",
    counts_not="The same day; components put in later by a repair.",
    counts_zh="登记的电池中，最新模块或单体的编码日期晚于电池生产日期。",
    counts_not_zh="同日；后来维修装入的部件。",
    remedy="The producer checks the list of components and the date, withdraws the report and sends it again.",
    remedy_zh="生产企业核对部件清单与日期，撤回后重新报送。",
    check=child_younger_than_assembly,
)
