"""A count of stock differs from the book (盘点与账面不符)."""

from collections.abc import Iterator
from datetime import timedelta

from suyuan.core.finding import Finding, Rule
from suyuan.core.participant import ParticipantView
from suyuan.core.recovery import PERCENT
from suyuan.core.stock import by_site, holds_new_goods, settle_counts


def stock_count_differs(view: ParticipantView) -> Iterator[Finding]:
    """Find counts that differ from the book of used batteries and lots at the end of their day, beyond the tolerance."""
    last = view.day - timedelta(days=view.rulebook.threshold("account_settling_days", on=view.day))
    may_hold_new = holds_new_goods(view.registry.roles_of(view.uscc, on=view.day))
    for site, flows in by_site(view.flows).items():
        _, counts = settle_counts(flows, may_hold_new=may_hold_new)
        for count in counts:
            tolerance_g = max(
                count.expected_g * view.rulebook.threshold("stock_tolerance_percent", on=count.day) // PERCENT,
                view.rulebook.threshold("stock_tolerance_floor_g", on=count.day),
            )
            short_g = count.expected_g - count.counted_g
            is_over = not may_hold_new and -short_g - count.explained_g > tolerance_g
            is_judged = not count.is_first and count.day <= last and RULE.is_in_force(count.day)
            if not is_judged or not (short_g > tolerance_g or is_over):
                continue
            evidence = {
                "site": site,
                "day": count.day.isoformat(),
                "counted_g": count.counted_g,
                "expected_g": count.expected_g,
                "tolerance_g": tolerance_g,
            }
            period = f"{site or 'all'}:{count.day.isoformat()}"
            yield RULE.find_of_participant(view, period=period, on=count.day, evidence=evidence)


RULE = Rule(
    name="stock_count_differs",
    family="mass",
    title="A count of stock differs from the book",
    title_zh="盘点与账面不符",
    weight="lead",
    kinds=(),
    families=(),
    competent_line="industry",
    source="platform choice: tolerance in percent of the book and a floor of 100 kg",
    verified=False,
    in_force_from="2026-04-01",
    counts="Used batteries and lots counted at a site weigh less or more than the book says for the end of that day, beyond the tolerance.",
    counts_not=(
        "The first count of a site, which is its opening stock. What is on its way. More than the book where new batteries may "
        "have been counted, or reuse products, batteries made good and housings, which stand in no book. Days within the "
        "settling time. Counts of several sites while reports name no site."
    ),
    counts_zh="某场所盘点的废旧电池和批次，与当日终了的账面相差超过容差。",
    counts_not_zh="场所的首次盘点，即其期初库存；在途货物；可能一并盘点了新电池，或再利用产品、返修电池和外壳（均无账面）而多"
    "于账面；尚在结算期内的日期；报告未写明场所时多个场所的盘点。",
    remedy="The enterprise reports movements and losses that are missing, or counts again.",
    remedy_zh="企业补报遗漏的出入库和灭失，或重新盘点。",
    check_participant=stock_count_differs,
)
