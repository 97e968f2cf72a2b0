"""Removed battery not handed over (拆下电池未移交)."""

from suyuan.core.finding import Rule

RULE = Rule(
    name="removed_battery_not_handed_over",
    family="custody",
    title="Removed battery not handed over",
    title_zh="拆下的电池长期未移交",
    weight="lead",
    kinds=("battery_removed", "battery_replaced", "component_replaced", "vehicle_scrapped", "swap_pool_left"),
    families=("battery",),
    competent_line="industry",
    source="Interim Measures (Order 73), Art. 19: removed batteries are handed over; the days are a platform choice",
    verified=False,
    in_force_from="2026-04-01",
    counts="A used battery that its keeper took off a vehicle or out of a battery and still holds when limit and grace are over.",
    counts_not="Batteries handed over, fitted again, refurbished, used up, lost or exported; removal for rework before "
    "the first sale.",
    counts_zh="保管人从车上拆下的废旧电池，在时限和宽限期满后仍由其持有。",
    counts_not_zh="已移交、装回、返修、用尽、灭失或出口的电池；首次销售前的返工拆卸。",
    remedy="Hand the battery over to a lawful receiver, or report what became of it.",
    remedy_zh="将电池移交给合法接收方，或补报其去向。",
    lapses=True,
)
