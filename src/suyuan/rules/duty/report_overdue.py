"""Report overdue (逾期未报送)."""

from suyuan.core.finding import Rule

RULE = Rule(
    name="report_overdue",
    family="duty",
    title="Report overdue",
    title_zh="逾期未报送",
    weight="violation",
    kinds=("nothing_to_report", "material_sold", "material_received"),
    families=(),
    competent_line="industry",
    source="Interim Measures (Order 73), every link reports; before, the 2018 interim provisions on traceability, movements of material "
    "only; the period of zero reports and the days are platform choices",
    verified=False,
    in_force_from="2018-08-01",
    counts="A sale or receipt of material of which the other party has not reported its half when limit and grace are over; a lead "
    "where no lot number tells which half is missing. A period of which a participant that was registered throughout reported "
    "nothing, not even that there was nothing to report: a lead while the period is unverified.",
    counts_not="Periods in which anything occurred or was received, however late it was reported; participants that do not report "
    "such movements; unregistered parties; halves still within limit and grace.",
    counts_zh="材料的销售或接收，在时限和宽限期满后对方仍未报告其一半；没有批号、无法判断缺哪一半的为线索。或单位在整个期"
    "间均已登记，却没有任何报告，也没有零报告：期间未核实时为线索。",
    counts_not_zh="期间内有任何事项发生或接收（无论报告多晚）；不报告此类流转的单位；未登记的一方；尚在时限和宽限期内。",
    remedy="Report what is missing, or file that there was nothing to report in the period; or the other party withdraws a report "
    "that names the wrong party.",
    remedy_zh="补报遗漏事项，或提交该期间的零报告；对方写错单位的，由对方撤回报告。",
    lapses=True,
)
