"""Collection outlet took a battery apart (回收服务网点拆解电池)."""

from collections.abc import Iterator

from suyuan.core.finding import Finding, Rule, Step


def outlet_dismantled_a_battery(step: Step) -> Iterator[Finding]:
    """Find a dismantling by an outlet that is no utilization enterprise; fires in the timeline of what was taken apart."""
    event = step.event
    if "dismantled" not in event.roles or not RULE.is_in_force(event.occurred_on):
        return
    roles = step.registry.roles_of(event.reporter, on=event.occurred_on)
    if "collection_outlet" not in roles or "utilization_enterprise" in roles:
        return
    evidence = {"roles": sorted(roles), "recovered": len(event.body.get("recovered_codes", ()))}
    yield RULE.find(step, party=event.reporter, evidence=evidence)


RULE = Rule(
    name="outlet_dismantled_a_battery",
    family="custody",
    title="Collection outlet took a battery apart",
    title_zh="回收服务网点擅自拆解电池",
    weight="violation",
    kinds=("battery_dismantled",),
    families=("battery",),
    competent_line="industry",
    source="Interim Measures (Order 73), Art. 18: no comprehensive utilization without filing, assessment and permit; "
    "outlets collect and store (article unknown)",
    verified=False,
    in_force_from="2018-08-01",
    counts="A dismantling reported by a collection outlet that is not a utilization enterprise as well.",
    counts_not="Utilization enterprises, also those that run outlets; repairers, dismantlers and swap operators, whom "
    "no known article names; taking a battery off a vehicle.",
    counts_zh="不兼为综合利用企业的回收服务网点报告拆解。",
    counts_not_zh="综合利用企业（包括兼设网点的）；维修企业、拆解企业和换电运营企业（未见条文涉及）；将电池从车上拆卸。",
    remedy="Hand batteries over whole to a utilization enterprise; withdraw the report if no battery was taken apart.",
    remedy_zh="应将电池整体移交综合利用企业；如未实际拆解，撤回该报告。",
    check=outlet_dismantled_a_battery,
)
