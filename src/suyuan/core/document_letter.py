"""The words of the letters of a case: order to correct, prior notice, hearing notice, penalty decision.

Pure: text comes out of the case and of what general law says (`core.procedure`), nothing else. What others wrote enters
as text only, cleaned; no form evaluates it.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from suyuan.core.chinese_text import capital_amount, clean_text, format_amount, format_day, split_paragraphs
from suyuan.core.document import KIND_OF_DOCUMENT, Block, CaseText, Document, Ground, format_number, reach_organ
from suyuan.core.procedure import Procedure

_ORDINALS: Final = "一二三四五六七八九"
_GROUNDS_LISTED_MAX: Final = 20  # more would bury the letter; the rest stands in the case
_DECISIONS: Final = {"warning": "警告", "no_penalty": "不予行政处罚"}


def compose_letter(kind: str, case: CaseText, *, procedure: Procedure, number: int | None) -> Document:
    """Return a letter of a case; `number` None makes a draft. The case must hold what the kind needs (`find_missing`)."""
    form = KIND_OF_DOCUMENT[kind]
    write, entries = _WRITERS[kind]
    return Document(
        kind=kind,
        layout=form.layout,
        title=form.zh,
        organ=clean_text(case.organ.name),
        number=format_number(clean_text(case.organ.sign), word=form.word, year=case.on.year, number=number),
        recipient=f"{clean_text(case.party.name)}：",
        dated=format_day(case.on),
        on=case.on,
        blocks=tuple(write(case, procedure)),
        notes=tuple(_notes(case)),
        footer="（本文书一式两份，一份送达当事人，一份归档。）",
        doubts=tuple(_doubts(case, procedure, entries)),
    )


# -- the four letters ----------------------------------------------------------------------------------------------


def _write_order(case: CaseText, procedure: Procedure) -> Iterator[Block]:
    yield from _identify(case)
    yield _text("经查，你单位存在下列情形：")
    yield from _list_grounds(case.grounds)
    yield from _quote_basis(case)
    assert case.due_on is not None, "checked by find_missing"
    yield _text(
        f"上述情形{_contravenes(case)}。依据{procedure['order_basis']}，现责令你单位于"
        f"{format_day(case.due_on)}前（含当日）完成下列改正："
    )
    yield from _items(
        split_paragraphs(case.text) or dict.fromkeys(ground.remedy for ground in case.grounds if ground.remedy)
    )
    yield _text("改正后，请将改正情况书面报告本机关；应当补报、更正的信息，应当在溯源信息平台补报、更正。")
    yield _text("责令改正不是行政处罚。逾期不改正或者改正不符合要求的，本机关将依法处理。")
    yield _text(_remedies_at_law(case, procedure, act="本通知"))


def _write_prior_notice(case: CaseText, procedure: Procedure) -> Iterator[Block]:
    yield from _identify(case)
    yield _text("本机关对你单位涉嫌违法行为立案调查。现查明：")
    yield from _list_grounds(case.grounds)
    yield from _paragraphs(case.facts)
    yield _text(f"上述行为{_contravenes(case)}。")
    yield from _quote_basis(case)
    yield _text("本机关拟对你单位作出如下行政处罚：")
    yield from _items(_decisions(case))
    deadline = _within(case.days, "自收到本告知书之日起")
    yield _text(
        f"依据{procedure['prior_notice_basis']}，你单位有权进行陈述和申辩。如有陈述、申辩意见，请{deadline}向本机关提出；"
        "逾期未提出的，视为放弃陈述和申辩的权利。本机关不因陈述、申辩而给予更重的处罚。"
    )
    if case.may_ask_hearing:
        yield _text(
            f"依据{procedure['hearing_basis']}，你单位有权要求听证。要求听证的，"
            f"请{_within(case.hearing_days, '自收到本告知书之日起')}向本机关提出；逾期未提出的，视为放弃听证的权利。"
        )


def _write_hearing_notice(case: CaseText, procedure: Procedure) -> Iterator[Block]:
    details = {name: clean_text(value) for name, value in case.details.items()}
    yield from _identify(case)
    yield _text(
        f"根据你单位提出的听证要求，依据{procedure['hearing_basis']}，本机关决定就案号{clean_text(case.case_no)}"
        "的行政处罚案件举行听证。现将有关事项通知如下："
    )
    yield from _items(
        [
            f"听证时间：{details['hearing_on']}{details['hearing_time']}",
            f"听证地点：{details['place']}",
            f"听证主持人：{details['presiding_officer']}",
        ]
    )
    yield _text("你单位在听证中的权利和应当注意的事项：")
    yield from _items(
        [
            "可以亲自参加听证，也可以委托一至二人代理；代理人应当提交授权委托书。",
            "认为听证主持人与本案有直接利害关系的，有权申请回避。",
            "可以就案件事实、证据和处罚建议进行申辩和质证，并提出证据。",
            "参加听证的人员应当携带身份证明。",
            "无正当理由拒不出席听证或者未经许可中途退出听证的，视为放弃听证权利，听证终止。",
        ]
    )


def _write_decision(case: CaseText, procedure: Procedure) -> Iterator[Block]:
    sections = [
        ("违法事实和证据", list(_decision_facts(case))),
        ("陈述、申辩和听证情况", list(_paragraphs(case.statement or "你单位未在规定期限内提出陈述、申辩意见。"))),
        ("处罚的依据和种类", list(_decision_penalty(case, procedure))),
        ("履行的方式和期限", list(_decision_performance(case, procedure))),
        ("救济途径", [_text(_remedies_at_law(case, procedure, act="本决定"))]),
    ]
    yield from _identify(case)
    for place, (title, blocks) in enumerate((title, blocks) for title, blocks in sections if blocks):
        yield Block("heading", f"{_ORDINALS[place]}、{title}")
        yield from blocks


def _decision_facts(case: CaseText) -> Iterator[Block]:
    yield _text("经查明，你单位实施了下列行为：")
    yield from _list_grounds(case.grounds)
    yield from _paragraphs(case.facts)
    evidence = split_paragraphs(case.details.get("evidence", ""))
    if evidence:
        yield _text("上述事实有以下证据证明：")
        yield from _items(evidence)
    else:
        yield _text(
            "上述事实，有溯源信息平台接收并存证的报送原始记录、电池及车辆追溯时间线等证据证明，证据载于本案证据包。"
        )


def _decision_penalty(case: CaseText, procedure: Procedure) -> Iterator[Block]:
    yield _text(f"上述行为{_contravenes(case)}。")
    yield from _quote_basis(case)
    yield from _paragraphs(case.text)
    if case.decision == ("no_penalty",):
        yield _text(f"依据{procedure['decision_basis']}，本机关决定对你单位不予行政处罚。")
        return
    yield _text(f"依据上述规定和{procedure['decision_basis']}，本机关决定对你单位作出如下行政处罚：")
    yield from _items(_decisions(case))


def _decision_performance(case: CaseText, procedure: Procedure) -> Iterator[Block]:
    if case.amount_fen is None:
        return
    payee = clean_text(case.organ.payee)
    where = f"缴至{payee}" if payee else "到指定的银行或者通过电子支付系统缴纳"
    deadline = _within(case.payment_days, "自收到本决定书之日起")
    yield _text(f"你单位应当{deadline}，将罚款{where}。{procedure['late_payment']}。")


# -- parts ---------------------------------------------------------------------------------------------------------


def _identify(case: CaseText) -> Iterator[Block]:
    address = clean_text(case.party.address)
    yield _text(
        f"当事人：{clean_text(case.party.name)}，统一社会信用代码：{clean_text(case.party.uscc)}"
        + (f"，住所：{address}" if address else "")
        + f"。案号：{clean_text(case.case_no)}。"
    )


def _list_grounds(grounds: tuple[Ground, ...]) -> Iterator[Block]:
    yield from _items(_ground_text(ground) for ground in grounds[:_GROUNDS_LISTED_MAX])
    if len(grounds) > _GROUNDS_LISTED_MAX:
        yield _text(f"另有同类情形{len(grounds) - _GROUNDS_LISTED_MAX}项，载于本案案卷。")


def _ground_text(ground: Ground) -> str:
    facts = clean_text(ground.facts).replace("\n", "；").rstrip("。；")
    return (
        f"{clean_text(ground.title)}。对象：{clean_text(ground.subject)}"
        f"（报告编号{clean_text(ground.report_id)}）{f'。{facts}' if facts else ''}。"
    )


def _quote_basis(case: CaseText) -> Iterator[Block]:
    for basis in case.basis:
        for paragraph in split_paragraphs(basis.text):
            yield _text(f"{clean_text(basis.article)}规定：“{paragraph.strip('“”')}”")


def _contravenes(case: CaseText) -> str:
    """Return what the acts run against; a basis that nobody has read says so on the page."""
    if not case.basis:
        return "不符合动力电池溯源管理的要求（依据待核实）"
    named = [clean_text(basis.article) + ("" if basis.is_verified else "（条文待核实）") for basis in case.basis]
    return f"{'违反了' if all(basis.is_verified for basis in case.basis) else '涉嫌违反'}{'、'.join(named)}的规定"


def _within(days: int | None, since: str) -> str:
    """Return "within so many days"; a blank to fill in where the rulebook gives none."""
    return f"{since}{'　　' if days is None else days}日内"


def _decisions(case: CaseText) -> list[str]:
    said = []
    for decision in case.decision:
        if decision == "fine" and case.amount_fen is not None:
            said.append(f"罚款{capital_amount(case.amount_fen)}（{format_amount(case.amount_fen)}）。")
        elif decision in _DECISIONS:
            said.append(f"{_DECISIONS[decision]}。")
    return said


def _remedies_at_law(case: CaseText, procedure: Procedure, *, act: str) -> str:
    organ = clean_text(case.organ.reconsideration) or "有管辖权的行政复议机关"
    court = clean_text(case.organ.court) or "有管辖权的人民法院"
    return (
        f"如不服{act}，可以自收到之日起{procedure['reconsideration_days']}内向{organ}申请行政复议，"
        f"也可以自收到之日起{procedure['lawsuit_months']}内依法向{court}提起行政诉讼。行政复议、行政诉讼期间，"
        f"{act}不停止执行，法律另有规定的除外。"
    )


def _notes(case: CaseText) -> Iterator[str]:
    """Yield how the organ is reached and who handles the case."""
    yield from reach_organ(case.organ)
    if case.officers:
        yield "承办人员：" + "、".join(f"{clean_text(one.name)}（{clean_text(one.number)}）" for one in case.officers)


def _doubts(case: CaseText, procedure: Procedure, entries: Iterable[str]) -> Iterator[str]:
    yield from (basis.article or "-" for basis in case.basis if not basis.is_verified)
    if not case.basis:
        yield "no legal basis was entered"
    for key in entries:
        entry = procedure.entries[key]
        if not entry.is_verified:
            yield f"{entry.value}: {entry.source}"


def _paragraphs(text: str) -> Iterator[Block]:
    yield from (_text(paragraph) for paragraph in split_paragraphs(text))


def _items(texts: Iterable[str]) -> Iterator[Block]:
    for number, text in enumerate(texts, start=1):
        yield Block("item", f"（{number}）{clean_text(text)}")


def _text(text: str) -> Block:
    return Block("text", text)


_AT_LAW: Final = ("reconsideration_days", "lawsuit_months")
_WRITERS: Final[dict[str, tuple[Callable[[CaseText, Procedure], Iterator[Block]], tuple[str, ...]]]] = {
    "order_to_correct": (_write_order, ("order_basis", *_AT_LAW)),
    "prior_notice": (_write_prior_notice, ("prior_notice_basis", "hearing_basis")),
    "hearing_notice": (_write_hearing_notice, ("hearing_basis",)),
    "penalty_decision": (_write_decision, ("decision_basis", "late_payment", *_AT_LAW)),
}
LETTERS: Final = frozenset(_WRITERS)
