"""The closed catalogue of report kinds, as data, in lifecycle order.

Checker, JSON Schema, OpenAPI, spreadsheet templates and the reference page come from here: to add a field or a kind,
add it here. Source of kinds, fields and names: the public report format and the domain page; masses in grams, energy
in watt-hours, capacity in mAh, voltage in mV. Choices stand as code and Chinese name; the codes are the public promise.
"""

from dataclasses import replace

from suyuan.core.field import Field, FieldType, Filing, Kind

ROLES: dict[str, tuple[str, str]] = {
    "battery_producer": ("电池生产企业（含进口商）", "battery producer or importer"),
    "vehicle_producer": ("汽车生产企业（含进口商）", "vehicle producer or importer"),
    "seller": ("销售企业", "seller"),
    "repairer": ("维修企业", "repairer"),
    "swap_operator": ("换电运营企业", "swap operator"),
    "vehicle_dismantler": ("报废机动车回收拆解企业", "vehicle dismantler"),
    "collection_outlet": ("回收服务网点", "collection outlet"),
    "utilization_enterprise": ("综合利用企业", "comprehensive-utilization enterprise"),
    "other_holder": ("其他持有人", "other holder"),
}
BP, VP, SE, RE, SO, VD, CO, UE, OH = ROLES
HOLDERS = frozenset(ROLES) - {SE}

CHEMISTRIES = {
    "lfp": "磷酸铁锂",
    "lmfp": "磷酸锰铁锂",
    "ncm111": "镍钴锰三元111",
    "ncm523": "镍钴锰三元523",
    "ncm622": "镍钴锰三元622",
    "ncm811": "镍钴锰三元811",
    "nca": "镍钴铝三元",
    "lmo": "锰酸锂",
    "lco": "钴酸锂",
    "lto": "钛酸锂",
    "nimh": "镍氢",
    "sodium_ion": "钠离子",
    "supercapacitor": "超级电容器",
    "other": "其他",
}
MATERIALS = {
    "black_mass": "黑粉",
    "lithium_carbonate": "碳酸锂",
    "lithium_hydroxide": "氢氧化锂",
    "nickel_sulphate": "硫酸镍",
    "cobalt_sulphate": "硫酸钴",
    "manganese_sulphate": "硫酸锰",
    "mixed_hydroxide": "混合氢氧化物",
    "iron_phosphate": "磷酸铁",
    "lithium_iron_phosphate": "磷酸铁锂",
    "graphite": "石墨",
    "copper": "铜",
    "aluminium": "铝",
    "steel": "钢铁",
    "plastic": "塑料",
    "electrolyte": "电解液",
    "other": "其他",
}
METALS = ("lithium_g", "nickel_g", "cobalt_g", "manganese_g", "copper_g", "aluminium_g")
METAL_NAMES_ZH = {
    "lithium_g": "锂",
    "nickel_g": "镍",
    "cobalt_g": "钴",
    "manganese_g": "锰",
    "copper_g": "铜",
    "aluminium_g": "铝",
}
USE_TYPES = {  # where a vehicle licence has a word (GA 24.3), that word
    "private": "私人",
    "taxi": "出租客运",
    "ride_hailing": "预约出租客运",
    "bus": "公交客运",
    "logistics": "货运",
    "official": "公务",
    "rental": "租赁",
    "other": "其他",
}
SALE_KINDS = {"new": "新车", "second_hand": "二手车", "wreck": "事故残车"}
FIELDS_OF_USE = {
    "stationary_storage": "固定式储能",
    "backup_power": "备用电源",
    "low_speed_vehicle": "低速车辆",
    "street_lighting": "路灯照明",
    "electric_bicycle": "电动自行车",
    "other": "其他",
}
LOT_CONTENTS = {
    "production_scrap": "生产废料",
    "electrode_scrap": "极片废料",
    "loose_cells": "散装单体",
    "loose_modules": "散装模块",
    "mixed": "混装",
}
DAMAGE_CLASSES = {"none": "无损伤", "light": "轻微损伤", "severe": "严重损伤"}
ABSENCE_REASONS = {
    "stolen": "被盗",
    "burnt": "烧毁",
    "replaced_unreported": "已更换未报告",
    "separated_in_accident": "事故中脱离",
    "held_by_insurer": "保险机构留存",
    "seized": "查封扣押",
    "other": "其他",
}
REMOVAL_REASONS = {
    "scrapping": "报废",
    "retirement": "退役",
    "warranty": "质保",
    "accident": "事故",
    "rework": "返工",
    "other": "其他",
}
TEST_CONCLUSIONS = {"reuse": "再利用", "recover": "再生利用", "hazardous": "存在安全隐患"}
LOSS_CAUSES = {"stolen": "被盗", "burnt": "烧毁", "destroyed": "毁损", "unknown": "不明"}
PACK_MASS_G_MAX = 100_000_000  # no traction battery weighs 100 t; catches kilograms typed twice
GOODS_MASS_G_MAX = 100_000_000_000  # 100,000 t in one movement


def _text(name: str, zh: str, en: str, *, required: bool = True, longest: int = 64) -> Field:
    return Field(name, FieldType.TEXT, zh, en, required, minimum=1, maximum=longest)


def _number(
    name: str, zh: str, en: str, *, required: bool = True, least: int = 0, most: int = GOODS_MASS_G_MAX
) -> Field:
    return Field(name, FieldType.INTEGER, zh, en, required, minimum=least, maximum=most)


def _choice(
    name: str, zh: str, en: str, choices: dict[str, str], *, required: bool = True, default: str | None = None
) -> Field:
    return Field(
        name,
        FieldType.CHOICE,
        zh,
        en,
        required,
        choices=tuple(choices),
        default=default,
        choice_names_zh=tuple(choices.values()),
    )


def _field(name: str, type_: FieldType, zh: str, en: str, *, required: bool = True, levels: str = "PMC") -> Field:
    return Field(name, type_, zh, en, required, levels=levels)


def _switch(name: str, zh: str, en: str, *, default: bool) -> Field:
    return Field(name, FieldType.BOOLEAN, zh, en, is_required=False, default=default)


def _optional(field: Field) -> Field:
    return replace(field, is_required=False)


CODE = _field("battery_code", FieldType.BATTERY_CODE, "电池编码", "battery code")
GOODS = _field("battery_code", FieldType.GOODS_CODE, "电池编码或批次号", "battery code or lot code")
VIN = _field("vin", FieldType.VIN, "车辆识别代号", "vehicle identification number")
MASS = _number("mass_g", "质量（克）", "mass (g)", least=1, most=PACK_MASS_G_MAX)
GOODS_MASS = _number("mass_g", "质量（克）", "mass (g)", least=1)
MODEL = _text("model", "型号", "model")
ENERGY = _number("rated_energy_wh", "额定能量（瓦时）", "rated energy (Wh)", least=1, most=10_000_000)
CHEMISTRY = _choice("chemistry", "电池类型", "chemistry", CHEMISTRIES, required=False)
CUSTOMS = _text("customs_declaration_no", "报关单号", "customs declaration number")
STATION = _text("station_id", "换电站编号", "station number")
REASON = _text("reason", "原因", "reason", longest=200)
DAMAGE = _choice("damage_class", "损伤等级", "damage class", DAMAGE_CLASSES, required=False)
KEPT_BY = _field("kept_by", FieldType.USCC, "旧件保管方", "who keeps the part taken off")
RECEIVER = _field("receiver", FieldType.USCC, "接收方", "receiver")
SENDER = _field("sender", FieldType.USCC, "移交方", "sender", required=False)
COUNTRY = _text("destination_country", "目的国", "country of destination", required=False)
MATERIAL = _choice("material", "材料", "material", MATERIALS)
OWNER_NAME = replace(
    _text("owner_name", "车主姓名", "name of the owner", required=False, longest=100), is_personal=True
)
LOT_NO = _text("lot_no", "批号", "lot number", required=False)
METAL_FIELDS = tuple(
    _number(name, f"含{METAL_NAMES_ZH[name]}（克）", f"contained {name[:-2]} (g)", required=False) for name in METALS
)
CERTIFICATE = (
    _text("conformity_certificate_no", "合格证编号", "certificate of conformity number"),
    _field("conformity_certificate_issued_on", FieldType.DATE, "合格证签发日期", "certificate of conformity issued on"),
)
BORN_PACK = (
    CODE,
    MODEL,
    _field("produced_on", FieldType.DATE, "生产日期", "produced on"),
    CHEMISTRY,
    ENERGY,
    _number(
        "rated_capacity_mah", "额定容量（毫安时）", "rated capacity (mAh)", required=False, least=1, most=100_000_000
    ),
    _number("nominal_voltage_mv", "标称电压（毫伏）", "nominal voltage (mV)", required=False, least=1, most=10_000_000),
    MASS,
    _field("modules", FieldType.MODULES, "模块", "modules", required=False),
    _field("cells", FieldType.BATTERY_CODES, "单体", "cells", required=False, levels="C"),
)
BUILT = (
    VIN,
    _text("vehicle_model", "车型", "vehicle model"),
    *CERTIFICATE,
    _field("battery_codes", FieldType.BATTERY_CODES, "电池编码", "battery codes"),
    _switch("is_swap_vehicle", "换电车辆", "battery-swap vehicle", default=False),
)
BIRTH_BODY = ("produced_on", "model", "chemistry", "rated_energy_wh", "mass_g")
BUILT_BODY = ("battery_codes", "is_swap_vehicle", "conformity_certificate_issued_on")

MATERIAL_BODY = ("material", "mass_g", "lot_no", "customs_declaration_no", *METALS)
RECOVERY_BODY = (
    "battery_codes",
    "lot_codes",
    "inputs",
    "input_mass_g",
    "outputs",
    "residue_mass_g",
    "residue_receiver",
)

COMMON_FIELDS: tuple[Field, ...] = (
    _text("report_id", "报告编号", "report id"),
    _text("kind", "报告种类", "report kind"),
    _field("occurred_at", FieldType.DATE_OR_TIME, "发生时间", "occurred at"),
    _field("reporter", FieldType.USCC, "报告单位", "reporter", required=False),
    _field("place", FieldType.DIVISION, "发生地行政区划", "division where it happened", required=False),
    _text("site_id", "场所编号", "registered site", required=False),
    _field("originally_reported_at", FieldType.TIME, "原报告时间", "originally reported at", required=False),
    _text("note", "备注", "note", required=False, longest=500),
)

_KINDS: list[Kind] = []


def _kind(
    number: int,
    name: str,
    zh: str,
    en: str,
    reporters: frozenset[str],
    *fields: Field,
    files: tuple[Filing, ...] = (),
    births: tuple[str, ...] = (),
    counterparty: str = "",
    components: tuple[str, ...] = (),
) -> None:
    """Append a kind; its place in this file is its lifecycle order, its number is stored and never changes."""
    _KINDS.append(Kind(number, len(_KINDS), name, zh, en, reporters, fields, files, births, counterparty, components))


def _by(*roles: str) -> frozenset[str]:
    return frozenset(roles)


BORN = (Filing("battery_code", "born", body=BIRTH_BODY),)
_kind(1, "battery_produced", "电池生产", "battery produced", _by(BP), *BORN_PACK,
      files=BORN, births=("battery_code",), components=("modules", "cells"))  # fmt: skip
_kind(2, "battery_imported", "电池进口", "battery imported", _by(BP), *BORN_PACK, CUSTOMS,
      files=BORN, births=("battery_code",), components=("modules", "cells"))  # fmt: skip
_kind(3, "uncoded_battery_declared", "无码电池申报", "uncoded battery declared", _by(CO, UE, VD, RE, SO, BP, VP),
      _field("temporary_code", FieldType.TEMPORARY_CODE, "临时编码", "temporary code"), MASS,
      _text("explanation", "情况说明", "explanation", longest=500), CHEMISTRY, _optional(VIN),
      _text("label_text", "标签可见文字", "what the label shows", required=False, longest=200),
      _field("photo_sha256", FieldType.SHA256, "照片摘要", "digest of the photo", required=False),
      files=(Filing("temporary_code", "declared", body=("mass_g", "chemistry", "vin")),),
      births=("temporary_code",))  # fmt: skip
_kind(4, "lot_declared", "批次申报", "lot declared", _by(BP, VP, CO, UE, RE, VD, SO),
      _field("lot_code", FieldType.LOT_CODE, "批次号", "lot code"),
      _choice("content", "内容", "content", LOT_CONTENTS),
      GOODS_MASS, CHEMISTRY, _number("pieces", "件数", "pieces", required=False, least=1, most=1_000_000_000),
      files=(Filing("lot_code", "declared", body=("content", "mass_g", "chemistry")),), births=("lot_code",))  # fmt: skip
_kind(5, "dismantling_information_filed", "拆解信息提供", "dismantling information filed", _by(BP, VP),
      MODEL, _text("document_id", "文件编号", "document"), _text("version", "版本", "version"),
      _field("product_certified_on", FieldType.DATE, "产品认证日期", "mandatory certification date"),
      _field("attachment_sha256", FieldType.SHA256, "附件摘要", "digest of the attachment", required=False),
      files=(Filing("model", "model", body=("model", "product_certified_on", "document_id", "version")),))  # fmt: skip
_kind(6, "battery_sold", "电池销售", "battery sold", _by(BP), CODE, _field("buyer", FieldType.USCC, "购买方", "buyer"),
      files=(Filing("battery_code", "sold", "giver_holds"),), counterparty="buyer")  # fmt: skip
_kind(7, "swap_pool_joined", "换电池入池", "swap pool joined", _by(SO), CODE, _optional(STATION),
      files=(Filing("battery_code", "pooled", "off_vehicle"),))  # fmt: skip
_kind(8, "vehicle_produced", "整车下线", "vehicle produced", _by(VP), *BUILT,
      files=(Filing("vin", "built", body=BUILT_BODY), Filing("battery_codes", "bound", "off_vehicle", ("vin",))))  # fmt: skip
_kind(9, "vehicle_imported", "整车进口", "vehicle imported", _by(VP), *BUILT, CUSTOMS,
      _field("packs", FieldType.PACKS, "随车电池", "packs born with the import", required=False),
      files=(Filing("vin", "built", body=(*BUILT_BODY, "packs")), Filing("battery_codes", "bound", "off_vehicle", ("vin",)),
             Filing("packs", "born_bound", "off_vehicle", ("vin",))), births=("packs",))  # fmt: skip
_kind(10, "vehicle_sold", "车辆销售", "vehicle sold", _by(VP, SE, OH), VIN,
      _choice("use_type", "使用性质", "use type", USE_TYPES),
      _choice("sale_kind", "销售类型", "kind of sale", SALE_KINDS, required=False, default="new"),
      files=(Filing("vin", "sold", "has_a_pack", ("use_type", "sale_kind")),))  # fmt: skip
_kind(11, "battery_fitted", "电池装车", "battery fitted", _by(RE, VP, SO), VIN, CODE,
      files=(Filing("vin", "vehicle", "place_empty", ("battery_code",)),
             Filing("battery_code", "fitted", "off_vehicle", ("vin",))))  # fmt: skip
_kind(12, "battery_swapped", "换电", "battery swapped", _by(SO), VIN,
      _field("removed_battery_code", FieldType.BATTERY_CODE, "换下电池编码", "pack taken out", required=False),
      _field("fitted_battery_code", FieldType.BATTERY_CODE, "换上电池编码", "pack put in"), STATION,
      files=(Filing("vin", "vehicle", "removed_is_bound", ("removed_battery_code", "fitted_battery_code")),
             Filing("removed_battery_code", "swapped_out", "fitted_here", ("vin",)),
             Filing("fitted_battery_code", "fitted", "off_vehicle", ("vin",))))  # fmt: skip
_kind(13, "battery_replaced", "维修更换", "battery replaced", _by(RE, VP), VIN,
      _field("removed_battery_code", FieldType.BATTERY_CODE, "拆下电池编码", "battery taken off"),
      _field("fitted_battery_code", FieldType.BATTERY_CODE, "装上电池编码", "battery put on"), REASON, KEPT_BY,
      files=(Filing("vin", "vehicle", "removed_is_bound", ("removed_battery_code", "fitted_battery_code", "kept_by")),
             Filing("removed_battery_code", "replaced_off", "fitted_here", ("vin", "fitted_battery_code")),
             Filing("fitted_battery_code", "fitted", "off_vehicle", ("vin", "removed_battery_code"))), counterparty="kept_by")  # fmt: skip
_kind(14, "component_replaced", "模块、单体更换", "component replaced", _by(RE, BP, VP, UE), CODE, _optional(VIN),
      _field("removed_codes", FieldType.BATTERY_CODES, "拆下部件编码", "components taken out", levels="MC"),
      _field("fitted_codes", FieldType.BATTERY_CODES, "装上部件编码", "components put in", levels="MC"), KEPT_BY, REASON,
      files=(Filing("battery_code", "repaired", body=("removed_codes", "fitted_codes", "vin")),
             Filing("removed_codes", "taken_out", "in_parent", ("battery_code",)),
             Filing("fitted_codes", "put_in", "loose", ("battery_code",))),
      counterparty="kept_by", components=("fitted_codes",))  # fmt: skip
_kind(15, "vehicle_scrapped", "报废车接收", "vehicle scrapped", _by(VD), VIN,
      _field("battery_codes_found", FieldType.BATTERY_CODES, "车上所见电池编码", "battery codes found on it"),
      _choice("absence_reason", "缺失原因", "reason of absence", ABSENCE_REASONS, required=False),
      _text("replacement_record_no", "更换记录号", "replacement record", required=False),
      _text("recovery_voucher_no", "回收凭证号", "recovery voucher", required=False),
      _field("evidence_sha256", FieldType.SHA256, "证据摘要", "digest of the evidence", required=False), OWNER_NAME,
      files=(Filing("vin", "scrapped", body=("battery_codes_found", "absence_reason", "replacement_record_no", "recovery_voucher_no")),
             Filing("battery_codes_found", "found", "fitted_here", ("vin",))))  # fmt: skip
_kind(16, "recovery_certificate_issued", "出具回收证明", "recovery certificate issued", _by(VD), VIN,
      _text("recovery_certificate_no", "回收证明编号", "recovery certificate number"),
      files=(Filing("vin", "certified", body=("recovery_certificate_no",)),))  # fmt: skip
_kind(17, "battery_removed", "电池拆卸", "battery removed", _by(RE, VD, SO, VP), CODE, VIN,
      _choice("reason", "原因", "reason", REMOVAL_REASONS),
      files=(Filing("battery_code", "removed", "fitted_here", ("vin", "reason")),
             Filing("vin", "vehicle", "pack_is_bound", ("battery_code", "reason"))))  # fmt: skip
_kind(18, "swap_pool_left", "出池", "swap pool left", _by(SO), CODE, _optional(STATION),
      files=(Filing("battery_code", "unpooled", "giver_holds"),))  # fmt: skip
_kind(19, "battery_handed_over", "移交出库", "battery handed over", HOLDERS, GOODS, RECEIVER, GOODS_MASS,
      _field("carrier", FieldType.USCC, "承运人", "carrier", required=False),
      _text("waybill_no", "运单号", "waybill number", required=False),
      _text("un_number", "联合国编号", "UN number", required=False, longest=6), DAMAGE,
      _text("interprovincial_filing_no", "跨省转移备案号", "filing for transfer between provinces", required=False),
      files=(Filing("battery_code", "handed_over", "giver_holds", ("mass_g", "carrier")),), counterparty="receiver")  # fmt: skip
_kind(20, "battery_received", "接收入库", "battery received", HOLDERS, GOODS, SENDER,
      _switch("from_owner", "来自车主或用户", "from an owner", default=False), OWNER_NAME, GOODS_MASS, DAMAGE,
      files=(Filing("battery_code", "received", "on_its_way", ("mass_g", "from_owner")),), counterparty="sender")  # fmt: skip
_kind(21, "battery_tested", "余能检测", "residual capacity tested", _by(CO, UE, BP, RE), CODE,
      _number("residual_capacity_percent_x100", "剩余容量（万分比）", "residual capacity (0.01 %)", most=20_000),
      _number("residual_capacity_mah", "剩余容量（毫安时）", "residual capacity (mAh)", required=False, most=100_000_000),
      _text("method", "检测方法", "method", longest=200),
      Field("test_temperature_c", FieldType.INTEGER, "检测温度（摄氏度）", "test temperature (°C)", False, minimum=-50, maximum=100),
      _choice("conclusion", "结论", "conclusion", TEST_CONCLUSIONS, required=False),
      files=(Filing("battery_code", "tested", "giver_holds", ("residual_capacity_percent_x100", "conclusion")),))  # fmt: skip
_kind(22, "battery_refurbished", "返修合格", "battery refurbished", _by(BP, VP, UE), CODE,
      _text("conclusion_no", "结论编号", "conclusion number", required=False),
      files=(Filing("battery_code", "refurbished", "giver_holds"),))  # fmt: skip
_kind(23, "battery_dismantled", "电池拆解", "battery dismantled", _by(UE, CO, RE, VD, SO), CODE,
      _field("recovered_codes", FieldType.BATTERY_CODES, "拆得部件编码", "codes of the parts recovered", levels="MC"),
      _number("unreadable_count", "编码不可读件数", "parts with unreadable codes", required=False, most=1_000_000),
      _number("destroyed_count", "毁损件数", "parts destroyed", required=False, most=1_000_000),
      _number("recovered_mass_g", "拆得质量（克）", "mass recovered (g)", required=False),
      _switch("complete", "已拆完", "complete", default=True),
      files=(Filing("battery_code", "dismantled", "giver_holds",
                    ("recovered_codes", "unreadable_count", "destroyed_count", "recovered_mass_g", "complete")),
             Filing("recovered_codes", "part", body=("battery_code",))))  # fmt: skip
_kind(24, "reuse_product_made", "再利用产品制成", "reuse product made", _by(UE),
      _field("product_code", FieldType.BATTERY_CODE, "再利用产品编码", "reuse product code"),
      _field("parent_codes", FieldType.BATTERY_CODES, "来源电池编码", "parent codes"),
      _choice("field_of_use", "应用领域", "field of use", FIELDS_OF_USE), ENERGY, GOODS_MASS,
      _text("storage_code", "储能编码", "storage code", required=False),
      files=(Filing("product_code", "product", body=("parent_codes", "field_of_use", "rated_energy_wh", "mass_g")),
             Filing("parent_codes", "parent", "giver_holds", ("product_code",))), births=("product_code",))  # fmt: skip
_kind(25, "reuse_product_sold", "再利用产品销售", "reuse product sold", _by(UE),
      _field("product_code", FieldType.BATTERY_CODE, "再利用产品编码", "reuse product code"), RECEIVER,
      _switch("to_end_user", "售予最终用户", "to an end user", default=False),
      files=(Filing("product_code", "product_sold", "giver_holds", ("to_end_user",)),), counterparty="receiver")  # fmt: skip
_kind(26, "material_received", "材料入库", "material received", _by(UE, BP), MATERIAL, GOODS_MASS, SENDER,
      _optional(CUSTOMS), LOT_NO, *METAL_FIELDS,
      files=(Filing("", "own", body=MATERIAL_BODY),), counterparty="sender")  # fmt: skip
_kind(27, "material_recovered", "再生利用", "material recovered", _by(UE),
      _field("battery_codes", FieldType.BATTERY_CODES, "投入电池编码", "batteries fed", required=False),
      _field("lot_codes", FieldType.LOT_CODES, "投入批次号", "lots fed", required=False),
      _field("inputs", FieldType.MATERIALS, "投入材料", "materials fed", required=False),
      _number("input_mass_g", "投入质量（克）", "mass fed (g)", least=1),
      _field("outputs", FieldType.MATERIALS, "产出", "outputs"),
      _number("residue_mass_g", "残渣质量（克）", "residue (g)"),
      _field("residue_receiver", FieldType.USCC, "残渣接收方", "receiver of the residue", required=False),
      _text("manifest_no", "转移联单号", "transfer manifest", required=False),
      files=(Filing("", "own", body=RECOVERY_BODY), Filing("battery_codes", "fed", "giver_holds"),
             Filing("lot_codes", "fed", "giver_holds")))  # fmt: skip
_kind(28, "material_sold", "材料销售", "material sold", _by(UE), MATERIAL, GOODS_MASS, RECEIVER, LOT_NO, *METAL_FIELDS,
      files=(Filing("", "own", body=MATERIAL_BODY),), counterparty="receiver")  # fmt: skip
_kind(29, "stock_counted", "盘点", "stock counted", HOLDERS,
      _number("counted_mass_g", "盘点质量（克）", "mass counted (g)"),
      _field("battery_codes", FieldType.BATTERY_CODES, "在库电池编码", "batteries on hand", required=False),
      files=(Filing("", "own", body=("counted_mass_g", "battery_codes")),
             Filing("battery_codes", "listed", "giver_holds")))  # fmt: skip
_kind(30, "battery_lost", "电池灭失", "battery lost", HOLDERS, CODE,
      _choice("cause", "原因", "cause", LOSS_CAUSES),
      _text("explanation", "情况说明", "explanation", longest=500),
      _text("incident_record_no", "事件记录号", "record of the incident", required=False),
      files=(Filing("battery_code", "lost", "giver_holds", ("cause",)),))  # fmt: skip
_kind(31, "vehicle_exported", "车辆出口", "vehicle exported", _by(VP, SE, BP, OH), VIN, _optional(CUSTOMS), COUNTRY,
      files=(Filing("vin", "exported", body=("destination_country",)),))  # fmt: skip
_kind(32, "battery_exported", "电池出口", "battery exported", _by(VP, SE, BP, OH), CODE, _optional(CUSTOMS), COUNTRY,
      files=(Filing("battery_code", "exported", "giver_holds", ("destination_country",)),))  # fmt: skip
_kind(33, "nothing_to_report", "零报告", "nothing to report", frozenset(ROLES),
      _field("period_from", FieldType.DATE, "期间起", "period from"),
      _field("period_until", FieldType.DATE, "期间止", "period until"),
      files=(Filing("", "own", body=("period_from", "period_until")),))  # fmt: skip
_kind(34, "report_withdrawn", "撤回", "report withdrawn", frozenset(ROLES),
      _text("withdrawn_report_id", "被撤回的报告编号", "report withdrawn"), REASON)  # fmt: skip

KINDS: tuple[Kind, ...] = tuple(_KINDS)
KIND_BY_NUMBER: dict[int, Kind] = {kind.number: kind for kind in KINDS}
KIND_BY_NAME: dict[str, Kind] = {kind.name: kind for kind in KINDS}
PERSONAL_FIELDS: dict[str, frozenset[str]] = {
    kind.name: names for kind in KINDS if (names := frozenset(field.name for field in kind.fields if field.is_personal))
}
