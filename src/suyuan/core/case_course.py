"""The course of a case as a table: its states, and the moves that lead from one to the next.

What a move carries, who makes it and where it leads stands here and nowhere else; `core.case` checks and applies it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

STATES: dict[str, tuple[str, str]] = {
    "filed": ("已立案", "filed"),
    "investigated": ("已调查", "investigated"),
    "ordered": ("已责令改正", "ordered to correct"),
    "corrected": ("已改正", "corrected"),
    "noticed": ("已事先告知", "prior notice given"),
    "answered": ("已陈述申辩", "statement taken"),
    "hearing_asked": ("已申请听证", "hearing asked for"),
    "hearing_called": ("已通知听证", "hearing called"),
    "heard": ("已听证", "heard"),
    "reviewed": ("已法制审核", "legally reviewed"),
    "decided": ("已决定", "decided"),
    "served": ("已送达", "served"),
    "performed": ("已履行", "performed"),
    "contested": ("复议或诉讼中", "under reconsideration or in court"),
    "revoked": ("决定已撤销", "decision revoked"),
    "closed": ("已结案", "closed"),
}
PENALTIES = ("warning", "fine")
DECISIONS_BY_GRAVITY = ("no_penalty", *PENALTIES)
ARTICLE = ("article", "article_text")
CONFLICT_REASONS = ("confirmed_as_reported", "wrong_report")
REASONS = ("findings_vanished", "no_breach", "corrected", *CONFLICT_REASONS)
MANNERS = ("direct", "left", "mail", "entrusted", "electronic", "public_notice")
CHOICES: dict[str, tuple[str, str]] = {
    "warning": ("警告", "warning"),
    "fine": ("罚款", "fine"),
    "no_penalty": ("不予处罚", "no penalty"),
    "findings_vanished": ("问题已消失", "the findings have vanished"),
    "no_breach": ("违法事实不成立", "no breach"),
    "corrected": ("已改正", "corrected"),
    "confirmed_as_reported": ("经查报告如实", "confirmed as reported"),
    "wrong_report": ("经查报告有误", "the report was wrong"),
    "direct": ("直接送达", "handed over"),
    "left": ("留置送达", "left at the place"),
    "mail": ("邮寄送达", "by mail"),
    "entrusted": ("委托送达", "by another authority"),
    "electronic": ("电子送达", "electronically"),
    "public_notice": ("公告送达", "by public notice"),
    "reconsideration": ("行政复议", "reconsideration"),
    "lawsuit": ("行政诉讼", "lawsuit"),
}


@dataclass(frozen=True, slots=True)
class Carried:
    """One thing that a move carries.

    A day with `is_future` lies after the day of the act, any other not after it; `since` names the act before whose day
    it cannot lie.
    """

    name: str
    zh: str
    en: str
    form: Literal["text", "day", "choice", "amount"] = "text"
    choices: tuple[str, ...] = ()
    is_needed: bool = True
    is_future: bool = False
    since: str = ""


@dataclass(frozen=True, slots=True)
class Move:
    """One move: from which state to which, what it carries, and who makes it.

    `is_handling` marks the acts of whoever investigates: no legal review and no hearing by the same officer.
    `needs_party` marks what can only be done against a known party; the party itself may make a move that is `by_party`.
    """

    name: str
    zh: str
    en: str
    leads: Mapping[str, str]
    carries: tuple[Carried, ...] = ()
    is_handling: bool = False
    is_independent: bool = False
    needs_party: bool = True
    by_party: bool = False

    def find_carried(self, name: str) -> Carried | None:
        """Return what the move carries under a name, None if there is no such thing."""
        return next((one for one in self.carries if one.name == name), None)


def _to(target: str, *sources: str) -> dict[str, str]:
    return dict.fromkeys(sources, target)


def _stay(*states: str) -> dict[str, str]:
    return {state: state for state in states}


BACK = "="  # to the state in which the decision was contested
_ARTICLE = (
    Carried("article", "法律条款", "article", is_needed=False),
    Carried("article_text", "条款原文", "text of the article", is_needed=False),
)
AMOUNT = Carried("amount_yuan", "罚款金额（元）", "amount of the fine in yuan", "amount", is_needed=False)
HEARING_DAY = Carried("hearing_on", "听证日期", "day of the hearing", "day", is_future=True)
_TEXT = Carried("text", "内容", "text")
_REMARK = Carried("text", "说明", "remark", is_needed=False)
_OPINION = Carried("opinion", "审核意见", "opinion")
_OUTCOME_ON = Carried("outcome_on", "复议决定或判决日期", "day of the outcome", "day", since="contest")

MOVES: tuple[Move, ...] = (
    Move("open", "立案", "open", {}, (_REMARK,), is_handling=True, needs_party=False),
    Move("investigate", "调查取证", "investigate", _to("investigated", "filed", "investigated"), (
        Carried("record", "调查笔录", "record of the inquiry"),
        Carried("inspected_on", "检查日期", "day of the inspection", "day", is_needed=False),
        Carried("inspected_at", "检查地点", "place of the inspection", is_needed=False),
    ), is_handling=True, needs_party=False),
    Move("order_correction", "责令改正", "order to correct", _to("ordered", "investigated", "ordered"), (
        Carried("text", "改正要求", "what must be corrected"),
        Carried("correct_by", "改正期限", "last day for the correction", "day", is_future=True),
    ), is_handling=True),
    Move("confirm_correction", "确认改正", "confirm the correction", {"ordered": "corrected", **_stay(
        "investigated", "noticed", "answered", "hearing_asked", "hearing_called", "heard", "reviewed", "decided", "served", "performed",
    )}, (
        Carried("corrected_on", "改正日期", "day of the correction", "day", since="order_correction"),
        Carried("proof", "改正证明", "proof of the correction"),
    ), is_handling=True),
    Move("give_notice", "事先告知", "give prior notice",
         _to("noticed", "investigated", "ordered", "corrected", "noticed", "answered", "heard"), (
        Carried("intended", "拟作处罚", "intended penalty", "choice", PENALTIES),
        AMOUNT,
        Carried("facts", "违法事实", "facts"),
        Carried("grounds", "处罚依据", "rule it rests on"),
        *_ARTICLE,
    ), is_handling=True),
    Move("take_statement", "陈述申辩", "take the statement",
         {"noticed": "answered", **_stay("answered", "hearing_asked", "hearing_called")}, (
        Carried("text", "陈述申辩内容", "statement and defence"),
        Carried("stated_on", "陈述日期", "day of the statement", "day", since="give_notice"),
    ), by_party=True),
    Move("ask_hearing", "申请听证", "ask for a hearing", _to("hearing_asked", "noticed", "answered"), (
        Carried("asked_on", "申请日期", "day of the request", "day", since="give_notice"),
        _REMARK,
    ), by_party=True),
    Move("drop_hearing", "撤回听证申请", "drop the hearing", _to("answered", "hearing_asked", "hearing_called"), (
        Carried("dropped_on", "撤回日期", "day it was dropped", "day", since="ask_hearing"),
        _REMARK,
    ), by_party=True),
    Move("call_hearing", "通知听证", "call the hearing", _to("hearing_called", "hearing_asked", "hearing_called"), (
        HEARING_DAY,
        Carried("hearing_at", "听证地点", "place of the hearing"),
    )),
    Move("hold_hearing", "举行听证", "hold the hearing", _to("heard", "hearing_called"), (
        Carried("held_on", "听证日期", "day of the hearing", "day", since="call_hearing"),
        Carried("record", "听证笔录", "record of the hearing"),
    ), is_independent=True),
    Move("pass_review", "法制审核通过", "pass the legal review", _to("reviewed", "noticed", "answered", "heard"),
         (_OPINION,), is_independent=True),
    Move("return_review", "法制审核退回", "return it from legal review", _to("investigated", "noticed", "answered", "heard"),
         (_OPINION,), is_independent=True),
    Move("decide", "作出决定", "decide", _to("decided", "reviewed"), (
        Carried("decision", "决定", "decision", "choice", DECISIONS_BY_GRAVITY),
        AMOUNT,
        Carried("text", "决定内容", "text of the decision"),
        *_ARTICLE,
    )),
    Move("serve", "送达", "serve", _to("served", "decided"), (
        Carried("served_on", "送达日期", "day of service", "day", since="decide"),
        Carried("manner", "送达方式", "manner of service", "choice", MANNERS),
        Carried("recipient", "受送达人", "who received it", is_needed=False),
        Carried("proof", "送达证明", "proof of service", is_needed=False),
    )),
    Move("record_performance", "记录履行", "record the performance", _to("performed", "served"), (
        Carried("performed_on", "履行日期", "day of performance", "day", since="decide"),
        Carried("proof", "履行证明", "proof of performance"),
    )),
    Move("contest", "提起复议或诉讼", "contest", _to("contested", "served", "performed", "closed"), (
        Carried("path", "途径", "path", "choice", ("reconsideration", "lawsuit")),
        Carried("contested_on", "提起日期", "day it was contested", "day", since="decide"),
        Carried("organ", "复议机关或法院", "reconsidering organ or court"),
    )),
    Move("uphold", "维持决定", "uphold the decision", _to(BACK, "contested"), (_OUTCOME_ON, _TEXT)),
    Move("amend", "变更决定", "amend the decision", _to(BACK, "contested"), (
        _OUTCOME_ON,
        Carried("decision", "变更后的决定", "decision as amended", "choice", DECISIONS_BY_GRAVITY),
        AMOUNT,
        _TEXT,
    )),
    Move("revoke", "撤销决定", "revoke the decision", _to("revoked", "contested"), (_OUTCOME_ON, _TEXT)),
    Move("close", "结案", "close", _to("closed", "served", "performed", "revoked"), (_REMARK,)),
    Move("close_early", "提前结案", "close without a decision", _to(
        "closed", "filed", "investigated", "ordered", "corrected", "noticed", "answered", "hearing_asked", "hearing_called", "heard",
    ), (
        Carried("reason", "结案原因", "reason", "choice", REASONS),
        _TEXT,
    ), needs_party=False),
)  # fmt: skip
MOVE_BY_NAME: dict[str, Move] = {move.name: move for move in MOVES}


def moves_from(state: str) -> tuple[Move, ...]:
    """Return the moves that lead on from a state, in the order of the course."""
    return tuple(move for move in MOVES if state in move.leads)
