"""Used battery held too long (在库时间过长)."""

from suyuan.core.finding import Rule

RULE = Rule(
    name="held_too_long",
    family="custody",
    title="Used battery held too long",
    title_zh="废旧电池在库时间过长",
    weight="lead",
    kinds=("battery_received", "stock_counted", "uncoded_battery_declared", "battery_dismantled"),
    families=("battery",),
    competent_line="ecology",
    source="platform choice: how long a used battery may lie before it is looked at",
    verified=False,
    in_force_from="2026-04-01",
    counts="A used battery that the party that received, declared or counted it, or took it out of a battery it dismantled, "
    "still holds when limit and grace are over.",
    counts_not="Batteries handed over, made into a product, taken apart, recovered, refurbished, lost or exported.",
    counts_zh="接收、申报或盘点该废旧电池的一方，在时限和宽限期满后仍持有。",
    counts_not_zh="已移交、制成产品、拆解、再生利用、返修、灭失或出口的电池。",
    remedy="Pass the battery on or process it; or report what became of it.",
    remedy_zh="移交或处理该电池，或补报其去向。",
    lapses=True,
)
