"""The topics of the register as data: what an entry of each says, column by column, and what names it.

The reader of files, the templates, lists, history and the API come from these tables. An entry is named by its key and the
day from which it holds; what a later act says of the same key and day counts, what the earlier said stays on record.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec

from suyuan.core.catalogue import CHEMISTRIES, ROLES
from suyuan.core.field import Field, FieldType
from suyuan.core.registry import (
    NATION,
    Agency,
    Authority,
    CodeFiling,
    Entry,
    Licence,
    Model,
    Officer,
    Outlet,
    Participant,
    Register,
    Registry,
    Site,
    find_current,
)

CARRIAGE = "hazardous_goods_carriage"
INDUSTRY_LIST = "industry_list"
LICENCE_KINDS = {
    "investment_filing": "综合利用项目投资备案",
    "environmental_assessment": "环境影响评价文件批复",
    "discharge_permit": "排污许可证",
    CARRIAGE: "危险货物道路运输许可",
    "dismantling_qualification": "报废机动车回收拆解资质",
    INDUSTRY_LIST: "行业规范名单（符合规范条件企业）",
    "electric_bicycle_production": "电动自行车生产（强制性产品认证）",
    "other": "其他",
}
OUTLET_FORMS = {"own": "自建", "joint": "共建", "entrusted": "委托"}
LINES = {
    "industry": "工业和信息化",
    "commerce": "商务",
    "transport": "交通运输",
    "ecology": "生态环境",
    "market": "市场监管",
}
CAPACITY_T_MAX = 100_000_000
ENERGY_WH_MAX = 10_000_000


@dataclass(frozen=True, slots=True)
class Column:
    """One column: a field; in a list column several values stand between blanks.

    A value of a column with a `pattern` is normalised like a code and must match it whole; `wanted` then says what is
    right. `refers_to` names the topic in which the value must be the key of an entry; `also` is one value more that is taken.
    """

    field: Field
    is_list: bool = False
    pattern: str = ""
    wanted: tuple[str, str] = ("", "")
    refers_to: str = ""
    also: str = ""

    @property
    def name(self) -> str:
        """Return the name of the column."""
        return self.field.name


@dataclass(frozen=True, slots=True)
class Topic:
    """One part of the register: its columns in order, and which of them name an entry.

    `since` is the column with the first day of an entry; empty where an entry holds whenever it was recorded.
    """

    name: str
    zh: str
    en: str
    entry: type[Entry]
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    since: str = "valid_from"

    def key_of(self, entry: Entry) -> tuple[str, ...]:
        """Return what names the entry for ever, beside the day from which it holds."""
        return tuple(getattr(entry, name) for name in self.key)

    def since_of(self, entry: Entry) -> date:
        """Return the day from which the entry holds; the first of all days where the topic has none."""
        since: date = getattr(entry, self.since) if self.since else date.min
        return since

    def parties_of(self, entry: Entry) -> tuple[str, ...]:
        """Return the enterprises that the entry names, in the order of their USCC."""
        named = {getattr(entry, one.name) for one in self.columns if one.field.type is FieldType.USCC}
        return tuple(sorted(named - {None}))


class Statement(msgspec.Struct, frozen=True):
    """What one row says: an entry, or that the entry was recorded in error and never held."""

    entry: Entry
    is_withdrawn: bool = False


def _uscc(name: str, zh: str, en: str, *, required: bool = True, refers_to: str = "") -> Column:
    return Column(Field(name, FieldType.USCC, zh, en, required), refers_to=refers_to)


def _text(name: str, zh: str, en: str, *, required: bool = True, longest: int = 64) -> Column:
    return Column(Field(name, FieldType.TEXT, zh, en, required, minimum=1, maximum=longest))


def _day(name: str, zh: str, en: str, *, required: bool = False) -> Column:
    return Column(Field(name, FieldType.DATE, zh, en, required))


def _number(name: str, zh: str, en: str, *, most: int) -> Column:
    return Column(Field(name, FieldType.INTEGER, zh, en, is_required=False, minimum=1, maximum=most))


def _choice(name: str, zh: str, en: str, choices: Mapping[str, str], *, required: bool = True) -> Column:
    names = tuple(choices.values())
    return Column(Field(name, FieldType.CHOICE, zh, en, required, choices=tuple(choices), choice_names_zh=names))


def _code(name: str, zh: str, en: str, *, characters: int, is_list: bool = False) -> Column:
    hint = "spreadsheets drop leading zeros, so format the column as text"
    hint_zh = "表格软件会去掉开头的零，请把该列设为文本格式"
    return Column(
        Field(name, FieldType.TEXT, zh, en, is_required=not is_list),
        is_list=is_list,
        pattern=f"[0-9A-Z]{{{characters}}}",
        wanted=(f"a code of {characters} digits or letters; {hint}", f"{characters} 位数字或字母的代码；{hint_zh}"),
    )


_DIVISION = Column(Field("division", FieldType.DIVISION, "行政区划代码", "division code"))
_PARTICIPANT = _uscc("uscc", "统一社会信用代码", "credit code", refers_to="participants")
_VALID_FROM = _day("valid_from", "起始日", "valid from", required=True)
_VALID_UNTIL = _day("valid_until", "截止日", "valid until")
WITHDRAWN = Column(Field("withdrawn", FieldType.BOOLEAN, "误录撤销", "recorded in error", is_required=False))
"""In every topic: "yes" takes the entry of this key and first day out, as recorded in error; its history stays."""

_ROLES = _choice("roles", "角色", "roles", {name: zh for name, (zh, _) in ROLES.items()})

_PARTICIPANTS = Topic(
    "participants", "报告单位", "participants", Participant,
    (
        _uscc("uscc", "统一社会信用代码", "credit code"),
        _text("name", "名称", "name", longest=200),
        Column(_ROLES.field, is_list=True),
        _DIVISION,
        _code("manufacturer_codes", "厂商代码", "manufacturer codes", characters=3, is_list=True),
        _VALID_FROM,
        _VALID_UNTIL,
    ),
    key=("uscc",),
)  # fmt: skip
_SITES = Topic(
    "sites", "场所", "sites", Site,
    (_PARTICIPANT, _text("site_id", "场所编号", "site number"), _text("name", "名称", "name", required=False, longest=200), _DIVISION,
     _VALID_FROM, _VALID_UNTIL),
    key=("uscc", "site_id"),
)  # fmt: skip
_LICENCES = Topic(
    "licences", "许可和资质", "licences", Licence,
    # A carrier holds a licence and is no participant, so the code need not be registered.
    (_uscc("uscc", "统一社会信用代码", "credit code"), _choice("kind", "种类", "kind", LICENCE_KINDS),
     _text("number", "证照编号", "number"), _VALID_FROM, _VALID_UNTIL,
     _number("capacity_t", "许可能力（吨/年）", "capacity (tonnes a year)", most=CAPACITY_T_MAX)),
    key=("uscc", "kind", "number"),
)  # fmt: skip
_FILINGS = Topic(
    "filings", "编码备案", "code filings", CodeFiling,
    (_code("manufacturer_code", "厂商代码", "manufacturer code", characters=3),
     _code("specification_code", "规格代码", "specification code", characters=2),
     _PARTICIPANT, _day("filed_on", "备案日期", "filed on", required=True),
     _text("description", "规格说明", "description", required=False, longest=500)),
    key=("manufacturer_code", "specification_code"), since="",
)  # fmt: skip
_MODELS = Topic(
    "models", "型号", "models", Model,
    (_PARTICIPANT, _text("model", "型号", "model"), _day("certified_on", "强制性产品认证日期", "certified on"),
     _choice("chemistry", "化学体系", "chemistry", CHEMISTRIES, required=False),
     _number("rated_energy_wh", "额定能量（瓦时）", "rated energy (Wh)", most=ENERGY_WH_MAX)),
    key=("uscc", "model"), since="",
)  # fmt: skip
_OUTLETS = Topic(
    "outlets", "回收服务网点", "collection outlets", Outlet,
    (_uscc("producer", "生产企业", "producer", refers_to="participants"), _text("outlet_id", "网点编号", "outlet number"), _DIVISION,
     _choice("form", "建设方式", "form", OUTLET_FORMS), _uscc("operator", "运营单位", "operator", required=False),
     _VALID_FROM, _VALID_UNTIL, _day("published_on", "公布日期", "published on")),
    key=("producer", "outlet_id"),
)  # fmt: skip
_AGENTS = Topic(
    "agents", "代报关系", "agents", Agency,
    (_uscc("agent", "代报单位", "agent", refers_to="participants"), _uscc("principal", "被代报单位", "principal", refers_to="participants"),
     _VALID_FROM, _VALID_UNTIL),
    key=("agent", "principal"),
)  # fmt: skip
_AUTHORITIES = Topic(
    "authorities", "主管部门", "authorities", Authority,
    (_text("authority", "部门代码", "authority code"), _text("name", "名称", "name", longest=200), _choice("line", "条线", "line", LINES),
     Column(_DIVISION.field, also=NATION), _VALID_FROM, _VALID_UNTIL),
    key=("authority",),
)  # fmt: skip
_OFFICERS = Topic(
    "officers", "执法人员", "officers", Officer,
    (_text("officer", "执法证号", "officer number"), _text("name", "姓名", "name", longest=200),
     Column(_text("authority", "部门代码", "authority code").field, refers_to="authorities"), _VALID_FROM, _VALID_UNTIL),
    key=("officer",),
)  # fmt: skip

TOPICS: dict[str, Topic] = {
    topic.name: topic
    for topic in (
        _PARTICIPANTS, _SITES, _LICENCES, _FILINGS, _MODELS, _OUTLETS, _AGENTS, _AUTHORITIES, _OFFICERS,
    )
}  # fmt: skip
PARTICIPANTS = TOPICS["participants"]


def assemble_registry(entries: Mapping[str, list[Any]], *, version: int) -> Registry:
    """Return the register of the entries of each topic by name; topics left out are empty."""
    named = {name: tuple(entries.get(name, ())) for name in TOPICS}
    participants = named.pop("participants")
    return Registry(participants, version=version, register=Register(agencies=named.pop("agents"), **named))


def is_registered(registry: Registry, *, topic: str, key: str) -> bool:
    """Tell whether the register has an entry of this key, whatever its days: a participant's USCC, an authority's code."""
    return key in registry if topic == "participants" else registry.find_authority(key) is not None


def entries_of(registry: Registry, topic: Topic, *, on: date | None = None) -> list[Entry]:
    """Return the entries of a topic by key and first day; with a day those that are in force on it."""
    if topic.name == "participants":
        entries: list[Entry] = [entry for uscc in registry.usccs for entry in registry.entries_of(uscc)]
    else:
        entries = list(getattr(registry.register, "agencies" if topic.name == "agents" else topic.name))
    entries.sort(key=lambda one: (topic.key_of(one), topic.since_of(one)))
    if on is None:
        return entries
    series: dict[tuple[str, ...], list[Any]] = {}
    for entry in entries:
        series.setdefault(topic.key_of(entry), []).append(entry)
    return [current for same in series.values() if (current := _find_current(topic, same, on=on)) is not None]


def _find_current(topic: Topic, same: list[Any], *, on: date) -> Entry | None:
    if topic.since:
        found: Entry | None = find_current(same, on=on)
        return found
    (only,) = same  # without a first day there is one entry of a key
    return None if isinstance(only, CodeFiling) and only.filed_on > on else only
