"""Battery handed over and never received (已移交未接收)."""

from suyuan.core.finding import Rule

RULE = Rule(
    name="handed_over_but_never_received",
    family="custody",
    title="Battery handed over but never received",
    title_zh="已移交电池未见接收",
    weight="violation",
    kinds=("battery_handed_over",),
    families=("battery", "lot"),
    competent_line="industry",
    source="Interim Measures (Order 73), reporting of inbound batteries; limit from a secondary citation of Art. 24(7); before, "
    "the 2018 interim provisions on traceability (articles unknown)",
    verified=False,
    in_force_from="2018-08-01",
    counts="A hand-over whose named receiver has not reported the receipt when limit and grace are over.",
    counts_not="Hand-overs still within limit and grace; receipts dated before the hand-over that name this giver.",
    counts_zh="移交报告所列的接收方在时限和宽限期满后仍未报告接收。",
    counts_not_zh="尚在时限和宽限期内；日期早于移交、且列明该移交方的接收。",
    remedy="The receiver reports the receipt; or the giver withdraws a wrong hand-over.",
    remedy_zh="接收方补报接收；或移交方撤回错误的移交报告。",
    lapses=True,
)
