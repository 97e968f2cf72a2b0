"""Dismantling information overdue (逾期未提供拆解信息)."""

from suyuan.core.finding import Rule

RULE = Rule(
    name="dismantling_information_overdue",
    family="duty",
    title="Dismantling information overdue",
    title_zh="逾期未提供拆解信息",
    weight="violation",
    kinds=("dismantling_information_filed",),
    families=(),
    competent_line="industry",
    source="Interim Measures (Order 73), Art. 11; six months from one English trade report",
    verified=False,
    in_force_from="2026-04-01",
    counts="A model of which no dismantling information was filed when limit and grace are over, counted from its mandatory "
    "certification, for models certified before April 2026 from then. A lead where the register does not hold the certification: "
    "then the days run from the end of the month of its first battery.",
    counts_not="Models filed in whatever version; models of which neither a certification nor a battery is known.",
    counts_zh="型号自强制性产品认证之日起（2026 年 4 月以前认证的自该月起），在时限和宽限期满后仍未提供拆解信息。登记册没"
    "有认证日期的为线索，自其首块电池所在月末起算。",
    counts_not_zh="已提供任何版本的型号；认证和电池均未知的型号。",
    remedy="File the dismantling information of the model; or have the certification of the model corrected in the register.",
    remedy_zh="提供该型号的拆解信息；型号认证信息有误的，更正登记。",
    lapses=True,
)
