"""Reuse product sold to a buyer in a prohibited field (再利用产品售予禁止领域企业)."""

from collections.abc import Iterator

from suyuan.core.finding import Finding, Rule, Step

LICENCES = "licences_of_prohibited_fields"


def reuse_product_buyer_in_prohibited_field(step: Step) -> Iterator[Finding]:
    """Find the sale of a reuse product to a buyer whose licences in force that day tell of a prohibited field."""
    event, buyer = step.event, step.event.counterparty
    entry = step.rulebook.book_of(event.occurred_on).thresholds.get(LICENCES)
    if entry is None or buyer is None or "product_sold" not in event.roles:
        return
    held = sorted({one.kind for one in step.registry.licences_of(buyer, on=event.occurred_on)} & set(entry.value))
    if held:
        yield RULE.find(step, party=event.reporter, evidence={"buyer": buyer, "licences": held})


RULE = Rule(
    name="reuse_product_buyer_in_prohibited_field",
    family="end_of_life",
    title="Reuse product sold to a buyer in a prohibited field",
    title_zh="再利用产品售予禁止领域企业",
    weight="lead",
    kinds=("reuse_product_sold",),
    families=("battery",),
    competent_line="market",
    source="Interim Measures (Order 73), Art. 22: no use in e-bikes and other prohibited fields; which licences tell of such a "
    "field is a platform choice",
    verified=False,
    in_force_from="2026-04-01",
    counts="A reuse product sold to an enterprise that, by the register, holds on that day a licence for a field in which the "
    "book prohibits its use, such as the production of electric bicycles.",
    counts_not="Buyers of whose licences the register knows nothing, or whose licence had ended or not begun; sales before the "
    "book prohibits the field. Such a buyer may well use the product lawfully: a lead, never a violation.",
    counts_zh="再利用产品售予登记册所载当日持有规则书所禁止领域许可（如电动自行车生产）的企业。",
    counts_not_zh="登记册没有许可记录、许可已失效或尚未生效的购买方；规则禁止该领域之前的销售。此类购买方也可能合法使用该产品"
    "：为线索，不作违规。",
    remedy="State to the authority what the buyer uses the product for; or take it back, and withdraw a mistyped sale.",
    remedy_zh="向主管部门说明购买方的用途；或收回产品，填错购买方的撤回重报。",
    check=reuse_product_buyer_in_prohibited_field,
)
