"""The tables of a Parquet export, column by column; those of reports come from the catalogue of report kinds.

What people wrote in sentences and what is told of natural persons has no column: no program can tell what is personal in a
sentence. States, findings and duties carry what `core` calls their parts.
"""

from typing import Final

from suyuan.analysis.parquet import Column, ColumnType, Table
from suyuan.core.catalogue import COMMON_FIELDS, KINDS
from suyuan.core.field import Field, FieldType

TEXT, INTEGER, BOOLEAN, DATE, MOMENT, TEXTS, JSON = ColumnType
SENTENCE_CHARACTERS_MIN: Final = 65
"""A text field that takes more characters than a number or a name is for sentences."""
_TYPES: dict[FieldType, ColumnType] = {
    FieldType.INTEGER: INTEGER,
    FieldType.BOOLEAN: BOOLEAN,
    FieldType.DATE: DATE,
    FieldType.TIME: MOMENT,
    FieldType.BATTERY_CODES: TEXTS,
    FieldType.LOT_CODES: TEXTS,
    FieldType.MODULES: JSON,
    FieldType.PACKS: JSON,
    FieldType.MATERIALS: JSON,
}
_UNITS = (
    ("_percent_x100", "0.01 %"),
    ("_mah", "mAh"),
    ("_mv", "mV"),
    ("_wh", "Wh"),
    ("_g", "g"),
    ("_c", "°C"),
)
_OF_REPORT, _OF_FOLD = "as recorded", "folded from the timeline"
_OF_TALLY = "what the subject adds to the counts (table tally)"


def is_left_out(field: Field) -> bool:
    """Tell whether a field of reports never leaves: it is personal, or holds sentences."""
    return field.is_personal or (field.type == FieldType.TEXT and field.maximum >= SENTENCE_CHARACTERS_MIN)


def find_unit(name: str) -> str:
    """Return the unit that the end of a column's name tells, empty for none."""
    return next((unit for ending, unit in _UNITS if name.endswith(ending)), "")


def _column(name: str, type_: ColumnType, zh: str, en: str, origin: str) -> Column:
    return Column(name, type_, zh, en, origin, find_unit(name) if type_ == INTEGER else "")


def _report_columns() -> tuple[Column, ...]:
    """Return the columns of a report: where it stands, what all reports have, then each field of the catalogue once."""
    own = (
        _column("report_no", INTEGER, "收到序号", "number in order of receipt", _OF_REPORT),
        _column("submission", TEXT, "报送编号", "submission", _OF_REPORT),
        _column("row", INTEGER, "行号", "row in the submission", _OF_REPORT),
        _column("received_at", MOMENT, "收到时间", "received at", _OF_REPORT),
        _column("reporter", TEXT, "报告单位", "reporter", _OF_REPORT),
        _column("report_id", TEXT, "报告编号", "report id", _OF_REPORT),
        _column("kind", TEXT, "报告种类", "report kind", _OF_REPORT),
        _column("occurred_on", DATE, "发生日期（上海）", "day on which it happened, Shanghai", "occurred_at"),
        _column(
            "occurred_at", MOMENT, "发生时刻（仅有日期时为空）", "moment, null where a day was told", "occurred_at"
        ),
        _column("counterparty", TEXT, "对方单位", "the other party that it names", "the field that its kind names"),
        _column(
            "subjects", TEXTS, "涉及对象", "timelines that it stands in; of a withdrawal none", "filing of its kind"
        ),
    )
    taken = {column.name for column in own}
    fields: dict[str, list[tuple[str, Field]]] = {}
    for field in COMMON_FIELDS:
        fields.setdefault(field.name, []).append(("all kinds", field))
    for kind in KINDS:
        for field in kind.fields:
            fields.setdefault(field.name, []).append((kind.name, field))
    kept = {
        name: shown
        for name, all_ in fields.items()
        if name not in taken and (shown := [pair for pair in all_ if not is_left_out(pair[1])])
    }
    return (*own, *(_of_catalogue(name, shown) for name, shown in kept.items()))


def _of_catalogue(name: str, shown: list[tuple[str, Field]]) -> Column:
    """Return the column of a field, which several kinds may share."""
    first = shown[0][1]
    types = {_TYPES.get(field.type, TEXT) for _, field in shown}
    assert len(types) == 1, f"the field {name} has several types: {types}"
    told = ", ".join(kind for kind, _ in shown)
    if first.default is not None:
        told += f"; absent means {str(first.default).lower()}, filled in"
    if first.choices:
        told += f"; one of {', '.join(first.choices)}"
    zh, en = ("；".join(dict.fromkeys(getattr(field, key) for _, field in shown)) for key in ("zh", "en"))
    return _column(name, types.pop(), zh, en, told)


REPORT = Table(
    "report", "一行为一份已记录的报告", "one row a recorded report", _report_columns(),
    month_zh="收到月份（上海）", month="month of receipt, Shanghai",
)  # fmt: skip
BATTERY = Table("battery", "一行为一块电池的当前状态", "one row a battery, its state now", (
    _column("battery_code", TEXT, "电池编码", "battery code", _OF_FOLD),
    _column("level", TEXT, "类别", "pack, module, cell, reuse_product or uncoded", "the code"),
    _column("status", TEXT, "状态", "status", _OF_FOLD),
    _column("status_month", TEXT, "进入该状态的月份", "month in which the status began; null: no report counts", _OF_TALLY),
    _column("holder", TEXT, "持有人", "holder; null: unnamed owner or unknown", _OF_FOLD),
    _column("holding", TEXT, "持有情况", "unknown, owner (unnamed) or party", _OF_FOLD),
    _column("vehicle", TEXT, "所在车辆", "vehicle it is bound to", _OF_FOLD),
    _column("is_used", BOOLEAN, "废旧", "off the vehicle for good, as far as told", _OF_FOLD),
    _column("chain_whole", BOOLEAN, "链条完整", "whole chain; null: not a live pack", _OF_TALLY),
    _column("responsible_producer", TEXT, "责任生产企业", "responsible producer", _OF_FOLD),
    _column("place", TEXT, "最后所在区划", "division last known", _OF_FOLD),
    _column("mass_g", INTEGER, "最近报告质量", "mass last reported", _OF_FOLD),
    _column("rated_energy_wh", INTEGER, "额定能量", "rated energy", "the report of birth"),
    _column("chemistry", TEXT, "电池类型", "chemistry reported at birth or declared", "the report of birth"),
    _column("born_by", TEXT, "生产或进口企业", "who reported its birth", _OF_FOLD),
    _column("born_on", DATE, "生产日期", "born on", _OF_FOLD),
    _column("first_bound_on", DATE, "首次装车日期", "first bound to a vehicle", _OF_FOLD),
    _column("last_off_on", DATE, "最后离车日期", "last left a vehicle; null while bound", _OF_FOLD),
    _column("bindings", JSON, "历次装车", "stays in vehicles: vin, since, until", _OF_FOLD),
    _column("fitted_by", TEXT, "装车企业", "who fitted it", _OF_FOLD),
    _column("is_sold", BOOLEAN, "随车售出", "its vehicle was sold new", _OF_FOLD),
    _column("marketed_on", DATE, "投放市场日期", "put on the market on", _OF_FOLD),
    _column("marketed_place", TEXT, "投放市场区划", "where it was put on the market", _OF_FOLD),
    _column("collected_on", DATE, "回收日期", "collected on", _OF_FOLD),
    _column("dismantled_on", DATE, "拆解日期", "first dismantled on, wholly or not", _OF_FOLD),
    _column("recovered_on", DATE, "再生利用日期", "recovered on", _OF_FOLD),
    _column("recovered_by", TEXT, "再生利用企业", "who recovered it", _OF_FOLD),
    _column("final_on", DATE, "终态日期", "recovered, lost or exported since", _OF_FOLD),
    _column("missing_from", TEXT, "缺失车辆", "scrapped vehicle that it is missing from", _OF_FOLD),
    _column("parent", TEXT, "所在电池", "what it sits in", _OF_FOLD),
    _column("parents", TEXTS, "来源电池", "what a reuse product was made from", _OF_FOLD),
    _column("product", TEXT, "制成产品", "reuse product made of it", _OF_FOLD),
))  # fmt: skip
VEHICLE = Table("vehicle", "一行为一辆车的当前状态", "one row a vehicle, its state now", (
    _column("vin", TEXT, "车辆识别代号", "vehicle identification number", _OF_FOLD),
    _column("status", TEXT, "状态", "status", _OF_FOLD),
    _column("status_month", TEXT, "进入该状态的月份", "month in which the status began; null: no report counts", _OF_TALLY),
    _column("is_born", BOOLEAN, "生产已报告", "its production was reported", _OF_FOLD),
    _column("is_swap_vehicle", BOOLEAN, "换电车辆", "battery-swap vehicle", _OF_FOLD),
    _column("built_by", TEXT, "生产企业", "who built or imported it", _OF_FOLD),
    _column("built_on", DATE, "下线日期", "built on", _OF_FOLD),
    _column("is_sold", BOOLEAN, "已售", "sold before any scrapping", _OF_FOLD),
    _column("sold_on", DATE, "首次新车销售日期", "first sold as new on", _OF_FOLD),
    _column("sold_at", TEXT, "销售区划", "division of that sale", _OF_FOLD),
    _column("packs", TEXTS, "绑定电池", "packs bound now", _OF_FOLD),
    _column("ever_packs", TEXTS, "曾绑定电池", "packs ever bound", _OF_FOLD),
    _column("scrapped_on", DATE, "报废日期", "scrapped on", _OF_FOLD),
    _column("scrapped_by", TEXT, "拆解企业", "dismantler", _OF_FOLD),
    _column("expected", TEXTS, "应有电池", "packs expected at the scrapping", _OF_FOLD),
    _column("found", TEXTS, "发现电池", "packs found", _OF_FOLD),
    _column("missing", TEXTS, "缺失电池", "packs missing", _OF_FOLD),
    _column("strange", TEXTS, "非本车电池", "packs found that were another's", _OF_FOLD),
    _column("absence_reason", TEXT, "缺失原因", "what the dismantler says of an absent pack", _OF_FOLD),
    _column("place", TEXT, "最后所在区划", "division last known", _OF_FOLD),
))  # fmt: skip
LOT = Table("lot", "一行为一个批次的当前状态", "one row a lot of uncoded goods, its state now", (
    _column("lot_code", TEXT, "批次号", "lot code", _OF_FOLD),
    _column("status", TEXT, "状态", "status", _OF_FOLD),
    _column("status_month", TEXT, "进入该状态的月份", "month in which the status began; null: no report counts", _OF_TALLY),
    _column("holder", TEXT, "持有人", "who holds most of it", _OF_FOLD),
    _column("holders", JSON, "各持有人质量", "grams by holder", _OF_FOLD),
    _column("content", TEXT, "内容", "content", _OF_FOLD),
    _column("chemistry", TEXT, "电池类型", "chemistry declared", _OF_FOLD),
    _column("declared_mass_g", INTEGER, "申报质量", "mass declared", _OF_FOLD),
    _column("place", TEXT, "最后所在区划", "division last known", _OF_FOLD),
    _column("fed_to", JSON, "投入的再生利用", "recoveries it went into: reporter, report id, grams", _OF_FOLD),
))  # fmt: skip
_OF_RULE = "rule, and the rulebook of the day"
FINDING = Table("finding", "一行为一项发现", "one row a finding as it is shown now", (
    _column("subject", TEXT, "对象", "subject", _OF_FOLD),
    _column("family", TEXT, "对象类别", "battery, vehicle, lot, recovery, report, model, participant or case", "the subject"),
    _column("rule", TEXT, "规则", "rule", _OF_FOLD),
    _column("weight", TEXT, "轻重", "notice, lead or violation; a violation is a suspected breach until decided", _OF_FOLD),
    _column("party", TEXT, "涉及单位", "held against; null: unknown", _OF_FOLD),
    _column("reporter", TEXT, "报告单位", "reporter of the report it is about", _OF_FOLD),
    _column("report_id", TEXT, "报告编号", "report it is about", _OF_FOLD),
    _column("occurred_on", DATE, "日期", "day by which the rulebook was chosen", _OF_FOLD),
    _column("about", TEXTS, "另列于", "other subjects under which it is shown", _OF_FOLD),
    _column("competent_line", TEXT, "主管", "competent authority", _OF_RULE),
    _column("source", TEXT, "依据", "what the rule rests on", _OF_RULE),
    _column("is_verified", BOOLEAN, "依据已核实", "whether that is verified, its limit included", _OF_RULE),
    _column("evidence", JSON, "证据", "what the rule saw", _OF_FOLD),
))  # fmt: skip
DUTY = Table("duty", "一行为一项报告义务", "one row a duty, open or settled", (
    _column("subject", TEXT, "对象", "subject", _OF_FOLD),
    _column("family", TEXT, "对象类别", "family of the subject", "the subject"),
    _column("kind", TEXT, "义务", "kind of duty", _OF_FOLD),
    _column("rule", TEXT, "规则", "rule that its lapse breaks", _OF_FOLD),
    _column("party", TEXT, "义务单位", "who owes it; null: unknown", _OF_FOLD),
    _column("opener", TEXT, "引起单位", "reporter of the report that opened it", _OF_FOLD),
    _column("opened_by", TEXT, "引起报告", "report that opened it", _OF_FOLD),
    _column("opened_on", DATE, "起算日", "day it counts from", _OF_FOLD),
    _column("due_on", DATE, "到期日", "last day in time; null: no limit known", _OF_FOLD),
    _column("lapses_on", DATE, "宽限截止日", "last day of grace", _OF_FOLD),
    _column("unit", TEXT, "计日方式", "calendar or working days", _OF_FOLD),
    _column("is_provisional", BOOLEAN, "期限未核实", "its limit is not verified", _OF_FOLD),
    _column("closer", TEXT, "了结单位", "reporter of the report that settled it", _OF_FOLD),
    _column("closed_by", TEXT, "了结报告", "report that settled it; null while open", _OF_FOLD),
))  # fmt: skip
ACCOUNT_FLOW = Table("account_flow", "一行为企业台账一天的一项流量", "one row a day's sum of one flow in an account", (
    _column("uscc", TEXT, "企业", "enterprise", "sums of contributions"),
    _column("site", TEXT, "场所", "site; empty where reports name none", "sums of contributions"),
    _column("day", DATE, "日期", "day", "sums of contributions"),
    _column("item", TEXT, "物料", "battery, lot, residue, a material, or contained_<metal>", "sums of contributions"),
    _column("flow", TEXT, "流量", "kind of flow", "sums of contributions"),
    _column("direction", INTEGER, "方向", "1 into the book, -1 out of it, 0 beside it", "the kind of flow"),
    _column("grams", INTEGER, "克", "amount", "sums of contributions"),
), month_zh="发生月份", month="month in which it happened")  # fmt: skip
TALLY = Table("tally", "一行为一项计数", "one row a count", (
    _column("name", TEXT, "计数", "name of the count, like subject, coverage, vehicle_sold, market", "sums of contributions"),
    _column("place", TEXT, "区划", "division; empty where unknown", "sums of contributions"),
    _column("party", TEXT, "单位", "participant that it counts for; empty where none", "sums of contributions"),
    _column("kind", TEXT, "类别", "what is counted; of vehicle_gone the month of its sale", "sums of contributions"),
    _column("status", TEXT, "状态", "status", "sums of contributions"),
    _column("month", TEXT, "月份", "month in which the status began; empty for coverage", "sums of contributions"),
    _column("count", INTEGER, "数量", "how many", "sums of contributions"),
))  # fmt: skip
PARTICIPANT = Table("participant", "一行为一条参与者登记", "one row an entry of a participant, by its first day", (
    _column("uscc", TEXT, "统一社会信用代码", "unified social credit code", "register"),
    _column("name", TEXT, "名称", "name of the enterprise", "register"),
    _column("roles", TEXTS, "角色", "roles", "register"),
    _column("division", TEXT, "行政区划", "registered division", "register"),
    _column("manufacturer_codes", TEXTS, "厂商代码", "manufacturer codes", "register"),
    _column("valid_from", DATE, "起", "first day", "register"),
    _column("valid_until", DATE, "止", "last day; null: none set", "register"),
))  # fmt: skip
RULE = Table("rule", "一行为一条规则", "one row a rule", (
    _column("rule", TEXT, "规则", "rule", "rule"),
    _column("family", TEXT, "类别", "family of the rule", "rule"),
    _column("title_zh", TEXT, "中文名称", "title in Chinese", "rule"),
    _column("title", TEXT, "英文名称", "title in English", "rule"),
    _column("weight", TEXT, "轻重", "gravest weight", "rule"),
    _column("competent_line", TEXT, "主管", "competent authority", "rule"),
    _column("source", TEXT, "依据", "what it rests on", "rulebook"),
    _column("is_verified", BOOLEAN, "依据已核实", "whether that is verified", "rulebook"),
))  # fmt: skip

TABLES: Final = (REPORT, BATTERY, VEHICLE, LOT, FINDING, DUTY, ACCOUNT_FLOW, TALLY, PARTICIPANT, RULE)
