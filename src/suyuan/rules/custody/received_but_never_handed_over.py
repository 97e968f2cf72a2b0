"""Battery received but never handed over (已接收未见移交)."""

from suyuan.core.finding import Rule

RULE = Rule(
    name="received_but_never_handed_over",
    family="custody",
    title="Battery received but never handed over",
    title_zh="已接收电池未见移交",
    weight="violation",
    kinds=("battery_received",),
    families=("battery", "lot"),
    competent_line="industry",
    source="Interim Measures (Order 73), reporting of outbound batteries; limit from a secondary citation of Art. 24(7); before, "
    "the 2018 interim provisions on traceability (articles unknown)",
    verified=False,
    in_force_from="2018-08-01",
    counts="A receipt whose named sender has not reported the hand-over when limit and grace are over; a lead where "
    "another party is known to hold the battery.",
    counts_not="Receipts from an owner; receipts still within limit and grace; hand-overs dated after the receipt.",
    counts_zh="接收报告所列的交出方在时限和宽限期满后仍未报告移交；已知另一方持有该电池的，为线索。",
    counts_not_zh="接收自车主；尚在时限和宽限期内；移交日期晚于接收日期。",
    remedy="The sender reports the hand-over; or the receiver withdraws a receipt that names the wrong sender.",
    remedy_zh="移交方补报移交；或接收方撤回写错移交方的接收报告。",
    lapses=True,
)
