"""The words of records, of the notice about an incomplete vehicle and of the hand-over voucher.

Pure, like `core.document_letter`: text comes out of what is given, cleaned, and nothing else.
"""

from datetime import date
from typing import Final

import msgspec

from suyuan.core.chinese_text import clean_text, format_day
from suyuan.core.document import (
    KIND_OF_DOCUMENT,
    Block,
    CaseText,
    Document,
    Organ,
    Row,
    format_number,
    reach_organ,
)

_UNKNOWN: Final = "不明"
_GRAMS_PER_KILOGRAM = 1000
_DAMAGE_CLASSES: Final = {"none": "无", "light": "轻微", "severe": "严重"}
VOUCHER_PREFIX: Final = "suyuan:receive"
CODES_IN_SYMBOL_MAX: Final = 20  # a symbol with more is hard to scan from paper; the report id leads to the rest


class MissingPack(msgspec.Struct, frozen=True, order=True):
    """A pack that was expected on a vehicle and not found; what is unknown is empty."""

    code: str
    holder_name: str = ""
    holder: str = ""
    place: str = ""
    status: str = ""


class IncompleteVehicle(msgspec.Struct, frozen=True):
    """A scrapped vehicle on which packs are missing, as of a day."""

    vin: str
    dismantler_name: str
    dismantler: str
    scrapped_on: date
    report_id: str
    on: date
    expected: tuple[str, ...]
    found: tuple[str, ...]
    missing: tuple[MissingPack, ...]
    statement: tuple[tuple[str, str], ...] = ()


class HandedOver(msgspec.Struct, frozen=True, order=True):
    """One hand-over on a voucher: the report and the battery or lot, mass in grams."""

    code: str
    report_id: str
    mass_g: int
    damage_class: str = ""


class Voucher(msgspec.Struct, frozen=True):
    """Hand-overs of one giver to one receiver on one day, on one vehicle."""

    giver_name: str
    giver: str
    receiver_name: str
    receiver: str
    on: date
    place: str
    lines: tuple[HandedOver, ...]
    carrier: str = ""
    waybill_no: str = ""
    un_number: str = ""


def compose_inspection_record(case: CaseText, *, number: int | None) -> Document:
    """Return the record of an inspection; what the officer did not give is a blank to write by hand."""
    form = KIND_OF_DOCUMENT["inspection_record"]
    told = _clean_details(case)
    subjects = "、".join(dict.fromkeys(clean_text(ground.subject) for ground in case.grounds))
    return Document(
        kind=form.name,
        layout=form.layout,
        title=form.zh,
        organ=clean_text(case.organ.name),
        number=format_number(clean_text(case.organ.sign), word=form.word, year=case.on.year, number=number),
        dated=format_day(case.on),
        on=case.on,
        rows=(
            Row("案号", clean_text(case.case_no)),
            Row("检查时间", told.get("inspected_at", "")),
            Row("检查地点", told.get("place", "")),
            Row("被检查人", f"{clean_text(case.party.name)}（{clean_text(case.party.uscc)}）"),
            Row("现场负责人", told.get("person_in_charge", "")),
            Row("检查人员", _name_officers(case)),
            Row("核查对象", subjects),
            Row(
                "告知事项",
                "检查人员出示执法证件，表明身份，告知检查的内容和理由，并告知当事人有陈述、申辩和申请回避的权利。",
            ),
            Row("检查情况", told.get("observations", ""), lines=5),
            Row("被检查人意见", "", lines=2),
        ),
        signers=("被检查人（签名或者盖章）：", "见证人（签名）：", "检查人员（签名）：", "记录人（签名）："),
        footer="被检查人拒绝签名或者不能签名的，由检查人员注明情况。",
    )


def compose_proof_of_service(case: CaseText, *, number: int | None) -> Document:
    """Return the proof of service; it lists the documents of the case that were numbered before, or those named."""
    form = KIND_OF_DOCUMENT["proof_of_service"]
    told = _clean_details(case)
    documents = told.get("documents") or "\n".join(clean_text(one) for one in case.earlier_numbers)
    return Document(
        kind=form.name,
        layout=form.layout,
        title=form.zh,
        organ=clean_text(case.organ.name),
        number=format_number(clean_text(case.organ.sign), word=form.word, year=case.on.year, number=number),
        dated=format_day(case.on),
        on=case.on,
        rows=(
            Row("案号", clean_text(case.case_no)),
            Row("送达文书名称及文号", documents, lines=3),
            Row("受送达人", f"{clean_text(case.party.name)}（{clean_text(case.party.uscc)}）"),
            Row("送达地点", told.get("place", ""), lines=2),
            Row("送达方式", told.get("manner", "") or "□直接　□留置　□邮寄　□委托　□电子　□公告"),
            Row("受送达人签名或者盖章", "\n　　　　年　　月　　日", lines=3),
            Row("代收人签名及代收理由", "\n　　　　年　　月　　日", lines=3),
            Row("见证人签名及拒收事由", "\n　　　　年　　月　　日", lines=3),
            Row("送达人签名", "", lines=2),
            Row("备注", "", lines=2),
        ),
    )


def compose_incomplete_vehicle_notice(vehicle: IncompleteVehicle, *, organ: Organ, number: int | None) -> Document:
    """Return the notice to a dismantler that packs are missing on a vehicle, each with its last known holder and place."""
    form = KIND_OF_DOCUMENT["incomplete_vehicle_notice"]
    statement = [f"{clean_text(label)}：{clean_text(value)}" for label, value in vehicle.statement]
    asked = [
        (
            f"你单位报告于{format_day(vehicle.scrapped_on)}接收的报废新能源汽车（车辆识别代号：{clean_text(vehicle.vin)}，"
            f"报告编号：{clean_text(vehicle.report_id)}），经溯源信息平台核对，登记应有动力电池{len(vehicle.expected)}个，"
            f"报告发现{len(vehicle.found)}个，缺失{len(vehicle.missing)}个。缺失动力电池的车辆属于缺失（不完整）车辆。"
        ),
        *([f"你单位报告的说明：{'；'.join(statement)}。"] if statement else []),
        "缺失的动力电池及其最后去向如下：",
    ]
    return Document(
        kind=form.name,
        layout=form.layout,
        title=form.zh,
        organ=clean_text(organ.name),
        number=format_number(clean_text(organ.sign), word=form.word, year=vehicle.on.year, number=number),
        recipient=f"{clean_text(vehicle.dismantler_name)}：",
        dated=format_day(vehicle.on),
        on=vehicle.on,
        blocks=tuple(Block("text", text) for text in asked),
        headings=("缺失的动力电池编码", "最后持有人", "最后地点"),
        table=tuple(
            (
                clean_text(pack.code),
                _name_party(pack.holder_name, pack.holder) or "车主（未具名）或者不明",
                clean_text(pack.place) or _UNKNOWN,
            )
            for pack in vehicle.missing
        ),
        after=(
            Block("text", f"车上发现的动力电池：{'、'.join(vehicle.found) or '无'}。"),
            Block(
                "text",
                "请核对接收时的实际情况。编码录入有误的，请撤回原报告并重新报告；动力电池已经更换、拆卸、移交的，请补充报告或者"
                "提供更换记录、移交凭证；被盗、烧毁或者由他人扣留的，请说明情况并提供证明材料。",
            ),
            Block(
                "text",
                "本告知书仅依据已报告的信息作出，不是对违法行为的认定；所列电池在合法单位处出现、有关信息补报或者更正后，平台将自动更新。",
            ),
        ),
        notes=reach_organ(organ),
        footer="缺失车辆对回收证明的影响，以主管部门的规定为准。",
    )


def compose_voucher(voucher: Voucher) -> Document:
    """Return the voucher of a hand-over; its symbol is what the receiver scans to confirm."""
    form = KIND_OF_DOCUMENT["handover_voucher"]
    lines = tuple(sorted(voucher.lines))
    total_g = sum(line.mass_g for line in lines)
    return Document(
        kind=form.name,
        layout=form.layout,
        title=form.zh,
        dated=format_day(voucher.on),
        on=voucher.on,
        rows=(
            Row("移交单位", _name_party(voucher.giver_name, voucher.giver)),
            Row("接收单位", _name_party(voucher.receiver_name, voucher.receiver)),
            Row("移交日期", format_day(voucher.on)),
            Row("移交地点", clean_text(voucher.place)),
            Row("承运单位", clean_text(voucher.carrier)),
            Row("运单号", clean_text(voucher.waybill_no)),
            Row("联合国编号", clean_text(voucher.un_number)),
            Row("数量和质量", f"{len(lines)}件，共{_kilograms(total_g)}千克"),
        ),
        headings=("序号", "动力电池编码（批次号）", "质量（千克）", "损坏程度", "移交报告编号"),
        table=tuple(
            (
                str(place),
                clean_text(line.code),
                _kilograms(line.mass_g),
                _DAMAGE_CLASSES.get(line.damage_class, ""),
                clean_text(line.report_id),
            )
            for place, line in enumerate(lines, start=1)
        ),
        signers=("移交人（签名）：", "承运人（签名）：", "接收人（签名）："),
        code=voucher_code(voucher),
        footer="接收单位扫描二维码核对，并在溯源信息平台报告接收。本凭证不代替报告。",
    )


def voucher_code(voucher: Voucher) -> str:
    """Return what the symbol of a voucher says: giver, receiver, and each report with its code.

    `suyuan:receive?g=<USCC>&r=<USCC>&h=<report id>,<code>&h=…`; it never changes for the same hand-overs. With many
    lines only the first stand in it, with `n`, how many there are.
    """
    lines = sorted(voucher.lines)
    parts = [f"g={voucher.giver}", f"r={voucher.receiver}"]
    parts += [f"h={line.report_id},{line.code}" for line in lines[:CODES_IN_SYMBOL_MAX]]
    if len(lines) > CODES_IN_SYMBOL_MAX:
        parts.append(f"n={len(lines)}")
    return f"{VOUCHER_PREFIX}?{'&'.join(parts)}"


def _name_officers(case: CaseText) -> str:
    return "、".join(f"{clean_text(one.name)}（{clean_text(one.number)}）" for one in case.officers)


def _name_party(name: str, uscc: str) -> str:
    named, code = clean_text(name), clean_text(uscc)
    return f"{named}（{code}）" if named and code else named or code


def _clean_details(case: CaseText) -> dict[str, str]:
    return {name: clean_text(value) for name, value in case.details.items()}


def _kilograms(mass_g: int) -> str:
    whole, grams = divmod(mass_g, _GRAMS_PER_KILOGRAM)
    return f"{whole}.{grams:03}".rstrip("0").rstrip(".")
