"""No collection outlet where the producer sells (销售地未设回收服务网点)."""

from suyuan.core.finding import Rule

RULE = Rule(
    name="outlet_coverage_missing",
    family="duty",
    title="No collection outlet where the producer sells",
    title_zh="销售地未设回收服务网点",
    weight="violation",
    kinds=("vehicle_sold",),
    families=(),
    competent_line="commerce",
    source="Interim Measures (Order 73), outlets: battery producers in each province, vehicle producers in each prefecture of sale "
    "(article unknown); number of sales and days are platform choices",
    verified=False,
    in_force_from="2026-04-01",
    counts="A province (battery producers: packs sold in vehicles) or prefecture (vehicle producers: first sales) in which each twelve "
    "months brought more first sales than the rulebook sets, without an outlet of the producer when limit and grace are over. A "
    "lead while unverified.",
    counts_not="Areas with a built, joint or entrusted outlet; sales whose place is unknown; producers whose registration has ended; "
    "registers that hold no outlet of anybody.",
    counts_zh="省份（电池生产企业，按随车售出的电池包）或地级市（汽车生产企业，按首次销售）每十二个月的首次销售超过规则书"
    "所定数量，而在时限和宽限期满后仍没有该企业的网点。未核实期间为线索。",
    counts_not_zh="已有自建、共建或委托网点的地区；地点未知的销售；登记已终止的生产企业；没有任何网点记录的登记册。",
    remedy="Build, share or entrust an outlet in the area and have it entered in the register; or have a missing entry added.",
    remedy_zh="在该地区自建、共建或委托设立回收服务网点并登记；已设立未登记的，补充登记。",
    lapses=True,
)
