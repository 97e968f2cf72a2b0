"""Reuse product without a known parent (再利用产品无来源电池)."""

from collections.abc import Iterator

from suyuan.core.finding import Finding, Rule, Step


def reuse_code_without_parent(step: Step) -> Iterator[Finding]:
    """Find a making that names no parent; a reuse product nobody reported as made is a duty that may lapse."""
    if "product" in step.event.roles and not step.event.body.get("parent_codes"):
        evidence = {"field_of_use": step.event.body.get("field_of_use")}
        yield RULE.find(
            step, weight=RULE.weight_on(step.event.occurred_on), party=step.event.reporter, evidence=evidence
        )


RULE = Rule(
    name="reuse_code_without_parent",
    family="identity",
    title="Reuse product without a parent",
    title_zh="再利用产品未登记来源电池",
    weight="violation",
    kinds=("reuse_product_made",),
    families=("battery",),
    competent_line="industry",
    source="2018 interim provisions on traceability; Interim Measures (Order 73): comprehensive-utilization products "
    "carry a code and stay traceable (article unknown)",
    verified=False,
    in_force_from="2018-08-01",
    counts="A reuse product reported as made without parents; or a code of a reuse product that others report and "
    "whose maker has not reported the making when limit and grace are over.",
    counts_not="Reuse codes dated before 1 August 2018; a making still within limit and grace; never the party that "
    "received or reported the product.",
    counts_zh="再利用产品登记时未列来源电池；或他人已报告的再利用产品编码，其制造企业在时限和宽限期满后仍未报告制成。",
    counts_not_zh="编码日期早于 2018 年 8 月 1 日；尚在时限和宽限期内；接收或报告该产品的一方从不因此被指。",
    remedy="The owner of the manufacturer code reports the making with the codes of the parents.",
    remedy_zh="由该厂商代码所有人补报制成情况及来源电池编码。",
    check=reuse_code_without_parent,
    lapses=True,
)
