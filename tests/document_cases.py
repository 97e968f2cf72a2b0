"""A made-up case, vehicle and hand-over, and every document that comes of them."""

from datetime import date

import msgspec

from suyuan.core.document import Basis, CaseOfficer, CaseText, Ground, Organ, Party
from suyuan.core.document_letter import compose_letter
from suyuan.core.document_sheet import (
    HandedOver,
    IncompleteVehicle,
    MissingPack,
    Voucher,
    compose_incomplete_vehicle_notice,
    compose_inspection_record,
    compose_proof_of_service,
    compose_voucher,
)
from suyuan.rulebook import load_procedure

ORGAN = Organ(
    "FZ-1",
    "福州市工业和信息化局",
    "industry",
    sign="榕工信",
    address="福建省福州市鼓楼区某某路96号",
    contact="林晓",
    phone="0591-80000000",
    postcode="350001",
    payee="福州市财政局非税收入专户",
    reconsideration="福州市人民政府",
    court="福州市鼓楼区人民法院",
)
CASE = CaseText(
    "FZ-2026-000012",
    ORGAN,
    Party("福州远航报废机动车回收拆解有限公司", "91350100M000100Y43", "福建省福州市长乐区某某镇某某路18号"),
    date(2026, 5, 3),
    grounds=(
        Ground(
            "报废车辆动力电池缺失",
            "LATPAB0745S100001",
            "vd-2026-0412-7",
            "补报缺失电池的去向，或者提供更换记录、移交凭证。",
            "登记应有动力电池2个，报告发现1个，缺失04FPE03EQBA5918B61100019",
        ),
        Ground(
            "已拆卸的电池未移交",
            "04FPE03EQBA5918B61100020",
            "vd-2026-0415-2",
            "将动力电池移交给综合利用企业或者回收服务网点，并报告移交。",
        ),
    ),
    basis=(
        Basis(
            "《新能源汽车废旧动力电池回收和综合利用管理暂行办法》第十九条",
            "测试用条文：应当移交动力电池。",
            is_verified=True,
        ),
    ),
    facts="2026年4月20日，本机关执法人员到你单位现场检查，该车辆接收时仅有一个动力电池包。\n你单位负责人对上述事实无异议。",
    decision=("warning", "fine"),
    amount_fen=1_200_000,
    text="补报缺失电池的去向。\n将已拆卸的电池移交给综合利用企业并报告。",
    days=10,
    hearing_days=10,
    payment_days=15,
    due_on=date(2026, 5, 31),
    may_ask_hearing=True,
    statement="你单位称该电池由前车主自行拆下。经复核，该陈述没有证据支持，本机关不予采纳。",
    officers=(CaseOfficer("张伟", "350100-0012"), CaseOfficer("李娜", "350100-0034")),
    earlier_numbers=("行政处罚决定书（榕工信罚〔2026〕1号）",),
)
HEARING = msgspec.structs.replace(
    CASE,
    details={
        "hearing_on": "2026年6月1日",
        "hearing_time": "上午9时",
        "place": "三楼听证室",
        "presiding_officer": "王芳",
    },
)
VEHICLE = IncompleteVehicle(
    "LATPAB0745S100001",
    "福州远航报废机动车回收拆解有限公司",
    "91350100M000100Y43",
    date(2026, 4, 12),
    "vd-7",
    date(2026, 5, 3),
    ("001PBA1000000093C0000001", "04FPE03EQBA5918B61100019", "04FPE03EQBA5918B61100020"),
    ("04FPE03EQBA5918B61100020",),
    (
        MissingPack(
            "04FPE03EQBA5918B61100019", "杭州某某汽车维修有限公司", "91330100MA10000566", "浙江省杭州市西湖区", "used"
        ),
        MissingPack("001PBA1000000093C0000001"),
    ),
    statement=(("电池不在车上的原因", "更换未报告"), ("更换记录号", "R-1")),
)
VOUCHER = Voucher(
    "福州远航报废机动车回收拆解有限公司",
    "91350100M000100Y43",
    "长沙某某循环科技有限公司",
    "91430100MA10000A1X",
    date(2026, 5, 3),
    "福建省福州市长乐区",
    tuple(
        HandedOver(f"04FPE03EQBA5918B6110{place:04}", f"ho-2026-{place:04}", 420_000 + place * 10, "none")
        for place in range(1, 9)
    ),
    carrier="福建某某物流有限公司",
    waybill_no="YD20260503001",
    un_number="UN3480",
)


def compose_all(case=CASE, *, hearing=HEARING, organ=ORGAN):
    """Return one document of each kind."""
    procedure = load_procedure()
    letters = [
        compose_letter(kind, hearing if kind == "hearing_notice" else case, procedure=procedure, number=7)
        for kind in ("order_to_correct", "prior_notice", "hearing_notice", "penalty_decision")
    ]
    return [
        *letters,
        compose_inspection_record(case, number=3),
        compose_proof_of_service(case, number=4),
        compose_incomplete_vehicle_notice(VEHICLE, organ=organ, number=12),
        compose_voucher(VOUCHER),
    ]
