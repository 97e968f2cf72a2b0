"""Why a row is refused, in words: the stable error codes and their sentences in Chinese and English.

The codes are a public promise; sentences may improve. Each sentence says what is wrong, with which value, and what to do.
"""

import msgspec

EITHER = " / "  # between the fields of which a report needs one: a refusal names them together
VALUE_CHARACTERS_MAX = 80  # an answer never echoes a whole input


class RowError(msgspec.Struct, frozen=True):
    """One reason why a row is refused."""

    code: str
    field: str
    value: str
    message: str
    message_zh: str


class Notice(msgspec.Struct, frozen=True):
    """Something the reporter should know about a row that was accepted."""

    code: str
    field: str
    value: str
    message: str
    message_zh: str


SENTENCES: dict[str, tuple[str, str]] = {
    "field_missing": (
        '{field} is missing; a report of kind "{kind}" needs it. Fill it in and send this row again.',
        "缺少字段“{field}”；“{kind}”报告必须填写。请补填后重新报送本行。",
    ),
    "field_unknown": (
        '{field} is not a field of "{kind}". Take the column or key out, or check its spelling.',
        "“{kind}”报告没有字段“{field}”。请删除该列或检查名称。",
    ),
    "field_malformed": (
        '{field}: "{value}" is not {wanted}. Correct it and send this row again.',
        "字段“{field}”的值“{value}”不是{wanted_zh}。请改正后重新报送本行。",
    ),
    "kind_unknown": (
        '"{value}" is not a kind of report. "suyuan kinds" and /api/v1/kinds list them. Correct it and send this row again.',
        "没有名为“{value}”的报告种类。种类清单见“suyuan kinds”或 /api/v1/kinds。请改正后重新报送本行。",
    ),
    "battery_code_length": (
        '{field}: "{value}" has {length} characters; 24 are needed (19 for a reuse product). Check the label and send this row again.',
        "字段“{field}”：“{value}”有 {length} 个字符，应为 24 个（再利用产品 19 个）。请核对标签后重新报送本行。",
    ),
    "battery_code_not_yours": (
        '{field}: "{value}" begins with manufacturer code {manufacturer} of another enterprise. Only its owner can give birth to it.',
        "字段“{field}”：“{value}”的厂商代码 {manufacturer} 属于其他企业；只有该企业可以报告其生产。",
    ),
    "manufacturer_code_unknown": (
        '{field}: nobody has registered manufacturer code {manufacturer} of "{value}". Register the code first, then send this row again.',
        "字段“{field}”：“{value}”的厂商代码 {manufacturer} 尚未备案。请先备案，再重新报送本行。",
    ),
    "division_unknown": (
        '{field}: "{value}" is no division code of GB/T 2260. Use the six digits of the county or city.',
        "字段“{field}”：“{value}”不是 GB/T 2260 行政区划代码。请填写六位代码。",
    ),
    "site_unknown": (
        '{field}: site "{value}" is not registered for this enterprise. Leave it out, or ask the operator for the registered sites.',
        "字段“{field}”：本单位没有备案场所“{value}”。请不填此项，或向平台运营方核实该场所是否已登记。",
    ),
    "occurred_in_future": (
        '{field}: "{value}" lies after the day of receipt, {received}. Report what has happened, not what is planned.',
        "字段“{field}”：“{value}”晚于接收日期 {received}。请报告已经发生的事项。",
    ),
    "occurred_too_early": (
        '{field}: "{value}" lies before {earliest}; battery codes begin with 2011. Correct the date.',
        "字段“{field}”：“{value}”早于 {earliest}；电池编码自 2011 年起。请更正日期。",
    ),
    "reporter_unknown": (
        '{field}: "{value}" is not registered as a participant. Ask the operator to register it.',
        "字段“{field}”：“{value}”未登记为报告单位。请联系平台运营方登记。",
    ),
    "reporter_not_allowed": (
        '{field}: "{value}" may not send this report: {why}.',
        "字段“{field}”：“{value}”不能报送本报告：{why_zh}。",
    ),
    "report_id_reused": (
        '{field}: report id "{value}" has other content already ({earlier}). Give this report a new id; to correct the first, withdraw it.',
        "字段“{field}”：报告编号“{value}”已用于其他内容（{earlier}）。请使用新的编号；如需更正原报告，请先撤回。",
    ),
    "number_out_of_range": (
        "{field}: {value} lies outside {minimum} to {maximum}. Check the number and its unit.",
        "字段“{field}”：{value} 超出 {minimum} 至 {maximum} 的范围。请核对数值和单位。",
    ),
    "component_repeated": (
        '{field}: "{value}" is listed more than once. Each component stands once; take the repetition out.',
        "字段“{field}”：“{value}”重复出现。每个部件只列一次，请删除重复项。",
    ),
    "withdrawn_report_unknown": (
        '{field}: you have no recorded report "{value}". Check the report id; only recorded reports can be withdrawn.',
        "字段“{field}”：贵单位没有编号为“{value}”的已记录报告。请核对编号；只能撤回已记录的报告。",
    ),
    "register_entry_unknown": (
        '{field}: "{value}" stands nowhere among the {topic} of the register. Check it, or import it first under {name}.',
        "字段“{field}”：登记册的{topic_zh}中没有“{value}”。请核对，或先在 {name} 中导入。",
    ),
    "row_too_long": (
        "This row is longer than {limit} bytes and was not read. Split it into several reports.",
        "本行超过 {limit} 字节，未读取。请拆分为多份报告。",
    ),
    "too_many_fields": (
        "This row has more than {limit} fields and was not read. Use the template of the kind.",
        "本行超过 {limit} 个字段，未读取。请使用该种类的模板。",
    ),
}


def shorten(value: object) -> str:
    """Return the value as text, cut to what an answer may echo."""
    text = value if isinstance(value, str) else str(value)
    return text if len(text) <= VALUE_CHARACTERS_MAX else text[: VALUE_CHARACTERS_MAX - 1] + "…"


def refuse(code: str, *, field: str, value: object = "", **details: object) -> RowError:
    """Return the refusal with its sentences filled in; `details` are the other words the sentence needs."""
    english, chinese = SENTENCES[code]
    text = shorten(value)
    words = {"field": field, "value": text, **details}
    return RowError(code, field, text, english.format(**words), chinese.format(**words))


def refuse_malformed(field: str, *, value: object, wanted: str, wanted_zh: str) -> RowError:
    """Return the refusal of a value that is not of its field's form."""
    return refuse("field_malformed", field=field, value=value, wanted=wanted, wanted_zh=wanted_zh)
