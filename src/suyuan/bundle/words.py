"""What the page of a bundle calls the fields of evidence, states and facts: (Chinese, English)."""

from typing import Final

from suyuan.core.catalogue import COMMON_FIELDS, KINDS, ROLES
from suyuan.core.duty import DUTY_KINDS
from suyuan.core.terms import TERMS

Pair = tuple[str, str]

_OWN: Final[dict[str, Pair]] = {
    "about": ("涉及", "about"),
    "at_hand_g": ("现有质量（克）", "at hand (g)"),
    "bound": ("绑定的电池", "packs bound"),
    "bound_to": ("绑定于", "bound to"),
    "built_by": ("整车生产企业", "built by"),
    "built_on": ("整车生产日", "built on"),
    "book": ("适用规则", "body of rules"),
    "born_by": ("生产企业", "made by"),
    "born_on": ("生产日", "made on"),
    "certified_on": ("认证日", "certified on"),
    "claimed_by": ("申报单位", "claimed by"),
    "code_date": ("编码所示日期", "date in the code"),
    "component": ("部件", "component"),
    "components": ("部件", "components"),
    "days": ("天数", "days"),
    "days_between": ("相隔天数", "days between"),
    "difference_days": ("相差天数", "days of difference"),
    "due_on": ("期限届满日", "due on"),
    "duty": ("义务", "duty"),
    "expected": ("应有", "expected"),
    "found": ("发现", "found"),
    "giver": ("移交方", "giver"),
    "giver_roles": ("移交方身份", "roles of the giver"),
    "handed_over_on": ("移交日", "handed over on"),
    "held_from": ("持有起始日", "held from"),
    "holder": ("持有单位", "holder"),
    "is_provisional": ("期限为暂定", "is provisional"),
    "is_registered": ("已登记", "is registered"),
    "known_holder": ("已知持有单位", "known holder"),
    "lapses_on": ("宽限届满日", "grace ends on"),
    "last_holder": ("最后持有单位", "last holder"),
    "last_place": ("最后地点", "last place"),
    "maker": ("制造企业", "maker"),
    "made": ("制成日", "made on"),
    "made_on": ("制成日", "made on"),
    "missing": ("缺失", "missing"),
    "opened_on": ("义务起始日", "opened on"),
    "named_receiver": ("所称接收方", "receiver named"),
    "named_sender": ("所称移交方", "sender named"),
    "other": ("另一方", "the other"),
    "other_since": ("另一方起始日", "the other since"),
    "own_since": ("本方起始日", "own since"),
    "packs": ("绑定的电池", "packs"),
    "party": ("单位", "party"),
    "receiver_roles": ("接收方身份", "roles of the receiver"),
    "recovered_by": ("再生利用企业", "recovered by"),
    "recovered_on": ("再生利用日", "recovered on"),
    "qualified_until": ("资格有效至", "qualified until"),
    "scrapped": ("报废接收日", "scrapped on"),
    "scrapped_by": ("拆解企业", "scrapped by"),
    "scrapped_on": ("报废接收日", "scrapped on"),
    "seen_by": ("报告单位", "seen by"),
    "seen_on": ("首次出现日", "seen on"),
    "since": ("自", "since"),
    "sold": ("销售日", "sold on"),
    "status": ("状态", "status"),
    "strange": ("多出", "strange"),
    "tolerated_days": ("容许天数", "days tolerated"),
    "vehicle": ("车辆", "vehicle"),
    "withdraws": ("撤回的报告", "withdraws"),
}
FACTS: Final[dict[str, Pair]] = {
    "vehicle_of_pack": ("车辆告知其电池", "a vehicle tells its pack"),
    "pack_in_hands": ("电池告知车辆其下落", "a pack tells a vehicle where it turned up"),
    "product_of_parent": ("再利用产品告知其来源电池", "a reuse product tells its parent"),
    "component_claimed": ("部件索引告知另有申报", "the component index tells of another claim"),
}
_FIELDS: Final[dict[str, Pair]] = {
    field.name: (field.zh, field.en) for fields in (COMMON_FIELDS, *(kind.fields for kind in KINDS)) for field in fields
}


_VALUES: Final[dict[str, Pair]] = {
    **{
        code: (chinese, code.replace("_", " "))
        for kind in KINDS
        for field in kind.fields
        for code, chinese in zip(field.choices, field.choice_names_zh, strict=False)
    },
    **ROLES,
    **{kind.name: (kind.zh, kind.en) for kind in KINDS},
    **{kind.name: (kind.zh, kind.en) for kind in DUTY_KINDS},
    **TERMS,
}


def name_value(value: str) -> Pair | None:
    """Return what a value of a closed list is called, None for any other text."""
    return _VALUES.get(value)


def label(name: str) -> Pair:
    """Return what a field is called; one that nobody has named stands as it is."""
    return _OWN.get(name) or _FIELDS.get(name) or (name, name)
