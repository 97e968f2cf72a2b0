"""What is wrong with a move of a case, as data: which field, what is missing, what to do; in both languages."""

import msgspec


class Fault(msgspec.Struct, frozen=True, order=True):
    """One reason why a move cannot be made; `field` is empty where it is about no single field."""

    code: str
    field: str
    message: str
    message_zh: str


# What each code says; the details in braces are given by whoever finds the fault.
FAULTS: dict[str, tuple[str, str]] = {
    "move_unknown": (
        'There is no move "{value}". From here: {allowed}.',
        "没有“{value}”这一步骤。当前可办理：{allowed}。",
    ),
    "move_not_allowed": (
        'The case is "{state}"; "{move}" does not follow from there. From here: {allowed}.',
        "案件处于“{state_zh}”状态，不能办理“{move_zh}”。当前可办理：{allowed_zh}。",
    ),
    "acted_before_last": (
        "The last act of this case is of {last}; an act cannot be earlier. Check the date.",
        "本案上一步骤的时间为 {last}，后续步骤不得早于该时间。请核对日期。",
    ),
    "field_missing": ("{en} ({field}) is missing. Give it and try again.", "缺少{zh}（{field}）。请补充后重试。"),
    "field_unknown": (
        '"{field}" does not belong to this move. It takes: {wanted}.',
        "本步骤没有“{field}”这一项。可填写：{wanted}。",
    ),
    "text_too_long": (
        "{en} ({field}) has {length} characters; at most {longest}. Shorten it or refer to a document.",
        "{zh}（{field}）共 {length} 字，最多 {longest} 字。请精简或另附文件。",
    ),
    "text_malformed": (
        "{en} ({field}) must be text without control characters.",
        "{zh}（{field}）应为文本，且不含控制字符。",
    ),
    "day_malformed": (
        '{en} ({field}): "{value}" is no day. Write it like 2026-05-03.',
        "{zh}（{field}）：“{value}”不是日期。请按 2026-05-03 的格式填写。",
    ),
    "day_in_future": (
        "{en} ({field}) is {value}, after the day of this act, {day}. Record it once it has happened.",
        "{zh}（{field}）为 {value}，晚于本步骤日期 {day}。请在事项发生后再记录。",
    ),
    "day_not_later": (
        "{en} ({field}) is {value}; it must be {earliest} or later.",
        "{zh}（{field}）为 {value}，应不早于 {earliest}。",
    ),
    "choice_unknown": (
        '{en} ({field}): "{value}" is none of {choices}.',
        "{zh}（{field}）：“{value}”不在可选范围内：{choices}。",
    ),
    "amount_malformed": (
        '{en} ({field}): "{value}" is no amount. Write whole yuan, more than 0, in digits.',
        "{zh}（{field}）：“{value}”不是金额。请用数字填写大于 0 的整数元。",
    ),
    "amount_without_fine": (
        "An amount belongs to a fine only. Leave amount_yuan out or decide a fine.",
        "仅罚款需填写金额。请去掉 amount_yuan，或改为罚款。",
    ),
    "ceiling_missing": (
        "No ceiling for fines is configured, so there can be no fine. The operator sets fine_ceiling_yuan in the rulebook.",
        "尚未配置罚款上限，不能告知或决定罚款。请运营方在规则手册中设定阈值 fine_ceiling_yuan 及其依据。",
    ),
    "amount_above_ceiling": (
        "{value} yuan is above the configured ceiling of {ceiling} yuan. Lower the amount.",
        "{value} 元超过配置的罚款上限 {ceiling} 元。请降低金额。",
    ),
    "article_missing": (
        "A rule of this case is not verified, or only a lead. Enter the article ({field}) as the law prints it.",
        "本案所依据的规则尚未核实，或仅为线索。请录入法律条款及其原文（{field}）。",
    ),
    "decision_beyond_notice": (
        "The decision is heavier than what the prior notice announced ({announced}). Lower it, or give a new notice first.",
        "决定重于事先告知的内容（{announced}）。请减轻，或退回后重新告知。",
    ),
    "decision_not_lighter": (
        "An amended decision cannot be heavier than the one that was contested ({announced}).",
        "变更后的决定不得重于原决定（{announced}）。",
    ),
    "answer_days_running": (
        "The party may answer the prior notice or ask for a hearing until {until}. Wait for that day to pass.",
        "当事人可在 {until} 前（含当日）陈述申辩或申请听证。请待期满后办理。",
    ),
    "officer_missing": ("An officer must make this move. Name one.", "本步骤须由执法人员办理。请指明执法人员。"),
    "officer_and_party": (
        "An act is made by an officer or by the party, not by both.",
        "同一步骤由执法人员或当事人办理，不能同时为两者。",
    ),
    "second_officer_missing": (
        "A penalty needs two officers. Name a second one.",
        "处罚决定须由两名执法人员作出。请指明第二名执法人员。",
    ),
    "second_officer_same": (
        "{value} is named twice; a penalty needs two different officers.",
        "两次填写了同一人 {value}；处罚决定须由两名不同的执法人员作出。",
    ),
    "second_officer_unknown": (
        'The register knows no officer "{value}" of this authority. Name another second officer.',
        "登记簿中没有本机关的执法人员“{value}”。请另行指明第二名执法人员。",
    ),
    "second_officer_unwanted": (
        "This move is made by one officer. Leave the second one out.",
        "本步骤由一名执法人员办理。请去掉第二名。",
    ),
    "reviewer_investigated": (
        "{value} has handled this case and cannot review it. Another officer must.",
        "{value} 为本案承办人员，不能进行法制审核。请由其他人员审核。",
    ),
    "presider_investigated": (
        "{value} has handled this case and cannot preside over its hearing. Another officer must.",
        "{value} 为本案承办人员，不能主持听证。请由其他人员主持。",
    ),
    "investigator_reviewed": (
        "{value} has reviewed this case and cannot handle it. Another officer must.",
        "{value} 为本案法制审核人员，不能承办本案。请由其他人员办理。",
    ),
    "party_missing": (
        "No party is known against whom this could be done. Close the case, or take findings held against a party.",
        "本案没有当事人，不能办理本步骤。请结案，或以有责任方的问题另行立案。",
    ),
    "findings_still_stand": (
        "{count} findings of this case still stand. Choose another reason.",
        "本案仍有 {count} 项问题存在。请选择其他结案原因。",
    ),
    "not_a_conflict": (
        "Only reports that contradict each other can be confirmed or found wrong; no finding of this case is such a conflict.",
        "仅相互矛盾的报告可认定为“如实”或“有误”；本案没有此类问题。",
    ),
    "not_corrected": (
        "No correction has been confirmed in this case. Record it first, or choose another reason.",
        "本案尚未确认改正。请先记录改正，或选择其他结案原因。",
    ),
    "order_missing": (
        "No order to correct is open in this case, so there is no correction to confirm.",
        "本案没有未完成的责令改正，无需确认改正。",
    ),
    "fine_not_performed": (
        "The fine has not been recorded as paid. Record the performance first.",
        "罚款尚未记录缴纳。请先记录履行情况。",
    ),
    "decision_not_served": (
        "No decision was served in this case, so none can be contested.",
        "本案没有已送达的决定，不能提起复议或诉讼。",
    ),
}


def fault(code: str, *, field: str = "", **details: object) -> Fault:
    """Return a fault with its words filled in."""
    message, message_zh = FAULTS[code]
    given = {"field": field, **details}
    return Fault(code, field, message.format(**given), message_zh.format(**given))
