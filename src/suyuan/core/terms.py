"""What states, weights and competent authorities are called, in Chinese and English."""

TERMS: dict[str, tuple[str, str]] = {
    # state of a battery
    "produced": ("已生产", "produced"),
    "installed": ("已装车", "installed"),
    "in_swap_pool": ("在换电池池", "in a swap pool"),
    "used": ("已离车（废旧）", "used, off the vehicle"),
    "in_transit": ("移交在途", "in transit"),
    "at_outlet": ("在回收服务网点", "at a collection outlet"),
    "at_dismantler": ("在报废机动车回收拆解企业", "at a vehicle dismantler"),
    "at_utilization": ("在综合利用企业", "at a utilization enterprise"),
    "dismantled": ("已拆解", "dismantled"),
    "reused": ("已制成再利用产品", "made into a reuse product"),
    "recovered": ("已再生利用", "recovered"),
    "exported": ("已出口", "exported"),
    "lost": ("已灭失", "lost"),
    "unknown": ("未知", "unknown"),
    # state of a vehicle
    "in_use": ("在用", "in use"),
    "scrapped": ("已报废", "scrapped"),
    "incomplete": ("报废时电池缺失", "scrapped, battery missing"),
    # registration of a participant
    "registered": ("登记有效", "registered"),
    "expired": ("登记已失效", "registration ended"),
    # weight of a finding
    "notice": ("提示", "notice"),
    "lead": ("线索", "lead"),
    "violation": ("疑似违规", "suspected breach"),
    # competent line of a rule
    "industry": ("工业和信息化", "industry"),
    "commerce": ("商务", "commerce"),
    "transport": ("交通运输", "transport"),
    "ecology": ("生态环境", "ecology"),
    "market": ("市场监管", "market supervision"),
    # level of a battery code
    "pack": ("电池包", "pack"),
    "module": ("模块", "module"),
    "cell": ("单体", "cell"),
    # when a duty is due
    "overdue": ("已逾期", "overdue"),
    "this_week": ("一周内到期", "due this week"),
    "later": ("以后到期", "due later"),
    "settled": ("已了结", "settled"),
    "calendar": ("日", "days"),
    "working": ("个工作日", "working days"),
    # outcome of a row
    "accepted": ("已接收", "accepted"),
    "duplicate": ("重复", "duplicate"),
    "rejected": ("退回", "refused"),
}


def name_term(term: str | None, *, language: str) -> str:
    """Return what a term is called; one without an entry stands as it is, none at all as a dash."""
    if term is None:
        return "—"
    chinese, english = TERMS.get(term, (term, term))
    return chinese if language == "zh" else english
