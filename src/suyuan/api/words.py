"""What the pages say, in Chinese and in English: pairs, Chinese first."""

from datetime import date
from typing import Final, Literal

from suyuan.core.division import division_name, is_known_division, province_of

Language = Literal["zh", "en"]
Pair = tuple[str, str]

STATUSES: Final[dict[str, Pair]] = {
    "produced": ("已生产，尚未装车", "produced, not yet on a vehicle"),
    "installed": ("装在车上使用", "in use on a vehicle"),
    "in_swap_pool": ("在换电池池中", "in a battery-swap pool"),
    "used": ("已从车上拆下", "taken off its vehicle"),
    "in_transit": ("移交途中，等待接收方确认", "on its way; the receiver has not confirmed yet"),
    "at_outlet": ("在回收服务网点", "at a collection outlet"),
    "at_dismantler": ("在报废机动车回收拆解企业", "at a vehicle dismantler"),
    "at_utilization": ("在综合利用企业", "at a comprehensive-utilization enterprise"),
    "dismantled": ("已拆解", "dismantled"),
    "reused": ("已用于再利用产品", "made into a reuse product"),
    "recovered": ("已再生利用", "recovered as material"),
    "exported": ("已出口", "exported"),
    "lost": ("已灭失（被盗、烧毁或损毁）", "lost: stolen, burnt or destroyed"),
    "unknown": ("尚无报告说明其状态", "no report tells how it stands"),
}
REUSED_PRODUCT: Final[Pair] = ("再利用产品，在使用中", "a reuse product, in use")

LEVELS: Final[dict[str, Pair]] = {
    "pack": ("电池包", "battery pack"),
    "module": ("模块", "module"),
    "cell": ("单体", "cell"),
}
REUSE_PRODUCT: Final[Pair] = ("再利用产品", "reuse product")
UNCODED: Final[Pair] = ("无码电池（临时编码）", "uncoded battery (temporary code)")

BIRTHS: Final[dict[str, Pair]] = {
    "battery_produced": ("生产", "produced"),
    "battery_imported": ("进口", "imported"),
    "uncoded_battery_declared": ("申报", "declared"),
    "vehicle_imported": ("随整车进口", "imported with a vehicle"),
    "reuse_product_made": ("制成", "made"),
}

FAULTS: Final[dict[str, Pair]] = {
    "birth_unreported": ("没有企业报告过它的生产或进口", "nobody has reported its production or import"),
    "place_unknown": ("现有报告不能说明它在哪里", "the reports so far do not tell where it is"),
    "under_examination": (
        "有记录相互矛盾或缺失，正待核查",
        "some records contradict each other or are missing; this is to be examined",
    ),
    "incomplete": ("记录不完整", "the record is incomplete"),
}

WITHHELD: Final[tuple[tuple[Pair, Pair], ...]] = (
    (("车主与车辆识别代号", "owner and vehicle number"), ("属于个人信息", "they are personal")),
    (
        ("持有单位名称", "name of the holder"),
        ("属于商业信息；只显示类型和省份", "it is business information; kind and province are shown"),
    ),
    (
        ("逐笔流转与核查情况", "single movements and findings"),
        ("未经核实不公开，由主管部门处理", "unproven; they are for the authorities"),
    ),
)


def choose(pair: Pair, *, lang: Language) -> str:
    """Return the half of a pair in the language of the page."""
    return pair[0] if lang == "zh" else pair[1]


def name_province(division: str | None, *, lang: Language) -> str:
    """Return the province of a division code, empty where the code tells none."""
    if division is None:
        return ""
    province = province_of(division)
    return division_name(province, lang=lang) if is_known_division(province, on=date.max) else ""


def group_code(code: str) -> list[list[str]]:
    """Return a code as lines of two groups that an eye can compare; a temporary code at its hyphens."""
    if code.startswith("TMP-"):
        return [[part] for part in code.split("-", 2)]
    return [[code[at : at + 6], code[at + 6 : at + 12]] for at in range(0, len(code), 12)]


def format_day(day: date, *, lang: Language) -> str:
    """Return a day as people write it."""
    return f"{day.year} 年 {day.month} 月 {day.day} 日" if lang == "zh" else day.isoformat()
