"""Ordered correction overdue (逾期未改正)."""

from suyuan.core.finding import Rule

RULE = Rule(
    name="correction_overdue",
    family="duty",
    title="Ordered correction overdue",
    title_zh="逾期未改正",
    weight="violation",
    kinds=(),
    families=(),
    competent_line="industry",
    source="Administrative Penalty Law (order to correct); the day is the one the officer set, the grace a platform choice",
    verified=False,
    in_force_from="2026-04-01",
    counts="An order to correct whose day and grace have passed before the officer of its case confirmed the correction.",
    counts_not="Orders within day and grace; orders whose findings have all gone by later reports; orders lifted or ended with their case.",
    counts_zh="责令改正的期限和宽限已过，而案件经办人尚未确认改正。",
    counts_not_zh="尚在期限和宽限内；所涉认定已因后续报告全部消除；已撤销或随案件终结的责令改正。",
    remedy="Carry out the order and send the proof to the authority, which confirms it in the case.",
    remedy_zh="按责令改正通知书完成改正，并向主管部门提交证明，由其在案件中确认。",
    lapses=True,
)
