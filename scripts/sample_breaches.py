"""The planted breaches: at least one of nearly every rule, each with the findings that it must bring."""

from datetime import date, timedelta

from sample_lives import USCC, Story
from sample_world import STRANGER, Pack

AUGUST = 8


def plant_breaches(story: Story) -> None:
    """Plant every breach; days before 26 July 2026 let the limits and grace of the platform run out before the sweep."""
    _miss_at_scrapping(story)
    _find_another_at_scrapping(story)
    _hand_to_the_wrong(story)
    _leave_halves_open(story)
    _contradict_in_custody(story)
    _register_wrongly(story)
    _bind_wrongly(story)
    _live_after_the_end(story)
    _take_apart_and_reuse_wrongly(story)


def _scrapped(story: Story, firm: str, on: date) -> Pack:
    """Return a pack that a dismantler took off a complete vehicle and holds."""
    pack, vin = story.drive(date(2025, 3, 10) + timedelta(days=story.number("scrapped")), number=story.number("turn"))
    story.wreck(firm, pack, vin, on)
    return pack


def _miss_at_scrapping(story: Story) -> None:
    rule = "scrapped_vehicle_battery_missing"
    en, zh = "scrapped without its battery", "报废时动力电池缺失"
    for number, on in enumerate((date(2026, 4, 21), date(2026, 6, 12), date(2026, 8, 19), date(2026, 10, 9))):
        _, vin = story.drive(date(2025, 4, 7) + timedelta(days=number), number=number)
        firm = ("VD1", "VD2")[number % 2]
        story.scrap(firm, vin, [], on, absence_reason="stolen" if on.month == AUGUST else None)
        if on.month < AUGUST:
            story.certify(firm, vin, on + timedelta(days=4))
            story.plant(f"{en}, and a recovery certificate issued all the same", f"{zh}，仍出具回收证明", vin, (rule, "violation"),
                        ("certificate_issued_for_incomplete_vehicle", "violation"))  # fmt: skip
        else:
            story.plant(en, zh, vin, (rule, "violation"))
    for number, on in enumerate((date(2026, 10, 20), date(2026, 6, 3))):
        _, vin = story.drive(date(2025, 4, 15) + timedelta(days=number), number=number)
        story.scrap("VD1", vin, [], on, absence_reason="replaced_unreported", recovery_voucher_no=f"PZ2026{number:05d}",
                    replacement_record_no=f"{USCC['RE2']}-{number + 41:04d}")  # fmt: skip
        story.plant(f"{en}; a replacement is stated, which the repairer has to report", f"{zh}，说明曾更换，维修企业须补报", vin,
                    (rule, "lead"))  # fmt: skip
    _, vin = story.drive(date(2025, 1, 9), number=1)
    story.scrap("VD1", vin, [], date(2026, 2, 24))
    story.plant(f"{en} before April 2026", "2026 年 4 月以前报废，电池缺失", vin, (rule, "notice"))


def _find_another_at_scrapping(story: Story) -> None:
    for number, on in enumerate((date(2026, 8, 20), date(2026, 9, 11), date(2026, 10, 14))):
        _, vin = story.drive(date(2025, 4, 22) + timedelta(days=number), number=number)
        strange = story.spare("RE1", date(2025, 5, 6) + timedelta(days=number))
        story.scrap(("VD1", "VD2")[number % 2], vin, [strange], on)
        story.plant("scrapped with a strange battery, its own missing", "报废时装有他车电池，本车电池缺失", vin,
                    ("scrapped_vehicle_battery_is_another", "violation"), ("scrapped_vehicle_battery_missing", "violation"))  # fmt: skip


def _hand_to_the_wrong(story: Story) -> None:
    rule = "handover_to_unlawful_receiver"
    pack = _scrapped(story, "VD1", date(2026, 5, 18))
    story.hand("VD1", "SE1", pack, date(2026, 6, 10))
    story.plant("handed over to a seller, who cannot receive it", "移交给销售企业，且无接收记录", pack.code, (rule, "violation"),
                ("handed_over_but_never_received", "violation"))  # fmt: skip
    for number in range(2):
        pack = _scrapped(story, "VD2", date(2026, 9, 22))
        story.hand("VD2", STRANGER, pack, date(2026, 10, 16) + timedelta(days=number))
        story.plant(
            "handed over to a yard that nobody registered", "移交给未登记的回收站", pack.code, (rule, "violation")
        )
    old, vin = story.drive(date(2025, 5, 2), number=0)
    story.replace("RE1", vin, old.code, story.spare("RE1", date(2025, 5, 2)).code, date(2026, 5, 7))
    story.pass_on("RE1", "OH1", old, date(2026, 5, 20))
    story.plant("a used battery handed over to a rental firm", "废旧电池移交给租赁企业", old.code, (rule, "violation"))
    for number in range(2):
        pack = _scrapped(story, "VD2", date(2026, 6, 2))
        story.pass_on("VD2", "UE3", pack, date(2026, 6, 24) + timedelta(days=number))
        story.plant("handed over to a recycler whose qualification ended in 2025", "移交给资格已于 2025 年失效的综合利用企业",
                    pack.code, ("receiver_qualification_expired", "violation"))  # fmt: skip


def _leave_halves_open(story: Story) -> None:
    for number in range(3):
        pack = _scrapped(story, "VD1", date(2026, 4, 27))
        story.hand("VD1", "UE1", pack, date(2026, 5, 20) + timedelta(days=30 * number))
        story.plant(
            "handed over, and never received",
            "已移交，未见接收",
            pack.code,
            ("handed_over_but_never_received", "violation"),
        )
    for number in range(2):
        pack = _scrapped(story, "VD2", date(2026, 5, 5))
        story.receive("UE1", "VD2", pack, date(2026, 6, 2) + timedelta(days=9 * number))
        story.plant(
            "received, and never handed over",
            "已接收，未见移交",
            pack.code,
            ("received_but_never_handed_over", "violation"),
        )
    pack = _scrapped(story, "VD1", date(2026, 5, 6))
    story.plant("taken off a wreck in May and still not handed over", "五月拆下后一直未移交", pack.code,
                ("removed_battery_not_handed_over", "lead"))  # fmt: skip


def _contradict_in_custody(story: Story) -> None:
    for days, weight in ((19, "violation"), (3, "notice")):
        pack = _scrapped(story, "VD1", date(2026, 5, 11))
        story.receive("UE2", "VD1", pack, date(2026, 6, 5))
        story.hand("VD1", "UE2", pack, date(2026, 6, 5) + timedelta(days=days))
        story.plant(f"handed over {days} days after it was received", f"接收 {days} 天之后才移交", pack.code,
                    ("received_before_handed_over", weight))  # fmt: skip
    pack = _scrapped(story, "VD1", date(2026, 5, 12))
    story.hand("VD1", "UE1", pack, date(2026, 6, 8))
    story.receive("UE2", "VD1", pack, date(2026, 6, 11))
    story.plant(
        "handed over to one recycler, received by another",
        "移交给甲企业，由乙企业接收",
        pack.code,
        ("receiver_differs", "lead"),
    )
    pack = _scrapped(story, "VD2", date(2026, 5, 14))
    story.hand("VD2", "UE1", pack, date(2026, 6, 9))
    story.receive("UE1", "VD2", pack, date(2026, 6, 12), mass_g=pack.mass_g - 66_000)
    story.plant("66 kg lighter on arrival", "接收质量比移交少 66 千克", pack.code, ("mass_differs_in_transit", "lead"))
    pack = _scrapped(story, "VD2", date(2026, 5, 19))
    story.pass_on("VD2", "UE1", pack, date(2026, 6, 15))
    story.report("CO2", "stock_counted", "2026-07-06", counted_mass_g=437_000, battery_codes=[pack.code])
    story.plant("at a recycler, and counted by an outlet", "在综合利用企业，又被网点盘点为在库", pack.code,
                ("two_holders_claim_one_battery", "lead"))  # fmt: skip
    pack = _scrapped(story, "VD1", date(2026, 8, 24))
    story.pass_on("VD1", "UE1", pack, date(2026, 9, 17))
    story.hand("VD2", "UE2", pack, date(2026, 10, 28))
    story.plant("handed over by a dismantler that never had it", "由未持有该电池的企业移交", pack.code,
                ("handed_over_without_holding", "violation"))  # fmt: skip
    old, vin = story.drive(date(2025, 5, 12), number=0)
    story.replace("RE2", vin, old.code, story.spare("RE2", date(2025, 5, 12)).code, date(2026, 4, 16))
    on = story.pass_on("RE2", "CO1", old, date(2026, 4, 24))
    for giver, receiver in (("CO1", "CO2"), ("CO2", "CO3"), ("CO3", "CO1")):
        on = story.pass_on(giver, receiver, old, on + timedelta(days=12))
    story.plant(
        "round three outlets and back to the first",
        "在三个网点间循环流转",
        old.code,
        ("returned_to_sender_in_a_ring", "lead"),
    )


def _register_wrongly(story: Story) -> None:
    for number in range(2):
        on = date(2025, 5, 20) + timedelta(days=number)
        pack = story.born("BP2", on)
        again = story.birth_fields(Pack(pack.code, pack.mass_g - 57_000), on)
        story.report("BP2", "battery_produced", on + timedelta(days=40), **again)
        story.plant(
            "one code registered for two batteries",
            "同一编码登记为两个电池",
            pack.code,
            ("code_registered_twice", "violation"),
        )
    for days, weight in ((75, "lead"), (9, "notice")):
        on = date(2025, 6, 3)
        pack = story.draw_pack("BP2", on)
        story.report("BP2", "battery_produced", on + timedelta(days=days),
                     **{**story.birth_fields(pack, on), "produced_on": (on + timedelta(days=days)).isoformat()})  # fmt: skip
        story.plant(f"the date in the code is {days} days before the production", f"编码日期比生产日期早 {days} 天", pack.code,
                    ("code_date_contradicts_production_date", weight))  # fmt: skip
    on = date(2025, 6, 10)
    pack = story.draw_pack("BP1", on, modules=1)
    pack.modules.append({"code": story.code("7YA", date(2025, 8, 1), level="M"), "cells": []})
    story.report("BP1", "battery_produced", on, **story.birth_fields(pack, on))
    story.plant(
        "a module younger than the pack it was built into",
        "模块日期晚于电池包",
        pack.code,
        ("child_younger_than_assembly", "notice"),
    )
    on = date(2025, 6, 16)
    cells = [story.code("7YA", on, level="C") for _ in range(8)]
    first = story.draw_pack("BP1", on)
    story.report("BP1", "battery_produced", on, **story.birth_fields(first, on), cells=cells[:6])
    second = story.draw_pack("BP1", on + timedelta(days=30))
    story.report("BP1", "battery_produced", on + timedelta(days=30),
                 **story.birth_fields(second, on + timedelta(days=30)), cells=cells[4:])  # fmt: skip
    story.plant("two cells listed in two packs (both from a CTP line)", "两只单体同时登记于两个电池包", first.code,
                ("component_in_two_parents", "lead"))  # fmt: skip
    one = story.born("BP2", date(2025, 6, 18), modules=3)
    other = story.draw_pack("BP2", date(2025, 7, 24), modules=2)
    other.modules.append({"code": one.module_codes[0], "cells": []})
    story.report("BP2", "battery_produced", "2025-07-24", **story.birth_fields(other, date(2025, 7, 24)))
    story.plant("one module in two packs", "同一模块登记于两个电池包", one.code, ("component_in_two_parents", "lead"))
    pack = story.born("BP1", date(2025, 7, 2))
    vin = story.vin("VP1")
    wrong = vin[:8] + ("1" if vin[8] != "1" else "2") + vin[9:]
    story.build("VP1", [pack], date(2025, 7, 20), vin=wrong)
    story.plant(
        "a VIN whose check digit is wrong", "车辆识别代号校验位不符", wrong, ("vehicle_check_digit_wrong", "notice")
    )


def _bind_wrongly(story: Story) -> None:
    for on in (date(2025, 7, 8), date(2026, 10, 19)):
        pack, vin = story.drive(date(2025, 5, 5), number=0)
        other = story.build("VP2", [pack], on)
        story.plant(f"one pack in two vehicles ({vin}, {other})", f"同一电池绑定两车（{vin}、{other}）", pack.code,
                    ("pack_bound_to_two_vehicles", "lead"))  # fmt: skip
    vin = story.build("VP2", [], date(2025, 8, 5))
    story.sell("SE2", vin, date(2025, 9, 2))
    story.plant(
        "a new car sold without a bound battery",
        "新车未绑定电池即销售",
        vin,
        ("vehicle_sold_without_pack", "violation"),
    )
    pack, vin = story.drive(date(2025, 5, 15), number=0)
    typed = pack.code[:-1] + str((int(pack.code[-1]) + 5) % 10)
    typed = typed[:17] + "9" + typed[18:]  # a serial number that no maker of these samples has reached
    story.replace("RE1", vin, typed, story.spare("RE1", date(2025, 5, 15)).code, date(2026, 10, 15))
    story.plant("a repairer took off a pack that was not in the car (mistyped)", "更换下的电池并未装于该车（录入错误）", vin,
                ("replaced_pack_was_not_fitted", "lead"))  # fmt: skip
    pack, vin = story.drive(date(2025, 5, 19), number=1)
    story.replace("RE2", vin, pack.code, pack.code, date(2026, 9, 1))
    story.plant(
        "a replacement that names one code twice", "更换前后编码相同", vin, ("replacement_code_unchanged", "violation")
    )


def _live_after_the_end(story: Story) -> None:
    pack, vin = story.drive(date(2025, 5, 22), number=0)
    handed_on = story.wreck("VD1", pack, vin, date(2026, 5, 21))
    story.recover("UE1", [pack], story.pass_on("VD1", "UE1", pack, handed_on) + timedelta(days=5))
    story.sell("SE1", vin, date(2026, 7, 1), sale_kind="second_hand")
    story.plant(
        "a car sold second-hand after its scrapping",
        "报废后又作为二手车销售",
        vin,
        ("seen_after_scrapping", "lead"),
    )
    ghost = _scrapped(story, "VD2", date(2026, 5, 25))
    story.recover("UE1", [ghost], story.pass_on("VD2", "UE1", ghost, date(2026, 6, 17)) + timedelta(days=6))
    old, vin = story.drive(date(2025, 5, 26), number=1)
    story.replace("RE2", vin, old.code, ghost.code, date(2026, 8, 5))
    story.plant(
        "recovered as material, then fitted to a car",
        "再生利用之后又装车",
        ghost.code,
        ("event_after_final_state", "lead"),
    )


def _take_apart_and_reuse_wrongly(story: Story) -> None:
    for number, (kept, uncoded, weight) in enumerate(((2, 0, "violation"), (3, 0, "violation"), (3, 1, "lead"))):
        pack, vin = story.drive(date(2025, 6, 23) + timedelta(days=number), modules=4, number=0)
        handed_on = story.wreck("VD1", pack, vin, date(2026, 5, 27))
        arrived_on = story.pass_on("VD1", "UE1", pack, handed_on)
        story.report("UE1", "battery_dismantled", arrived_on + timedelta(days=4), battery_code=pack.code,
                     recovered_codes=pack.module_codes[:kept], unreadable_count=uncoded or None,
                     recovered_mass_g=90_000 * kept)  # fmt: skip
        en = f"taken apart: {4 - kept} of 4 modules missing" + (", one label unreadable" if uncoded else "")
        zh = f"拆解时 4 个模块缺 {4 - kept} 个" + ("，其中一个标签不可读" if uncoded else "")
        story.plant(en, zh, pack.code, ("modules_missing_at_dismantling", weight))
    pack = _scrapped(story, "VD2", date(2026, 6, 1))
    arrived_on = story.pass_on("VD2", "CO2", pack, date(2026, 6, 22))
    story.report("CO2", "battery_dismantled", arrived_on + timedelta(days=3), battery_code=pack.code, recovered_codes=[],
                 unreadable_count=12)  # fmt: skip
    story.plant(
        "taken apart by a collection outlet",
        "回收服务网点擅自拆解",
        pack.code,
        ("outlet_dismantled_a_battery", "violation"),
    )
    for number in range(2):
        pack = _scrapped(story, "VD2", date(2026, 6, 4))
        made_on = story.pass_on("VD2", "UE2", pack, date(2026, 6, 26)) + timedelta(days=12 + number)
        product = story.product_code("7YH", made_on)
        story.lives.add(product)
        story.report("UE2", "reuse_product_made", made_on, product_code=product, parent_codes=[pack.code],
                     field_of_use="electric_bicycle", rated_energy_wh=1_200, mass_g=12_000)  # fmt: skip
        story.plant(
            "a reuse product for electric bicycles",
            "再利用产品用于电动自行车",
            product,
            ("prohibited_use_field", "violation"),
        )
    product = story.product_code("7YH", date(2026, 4, 28))
    story.lives.add(product)
    story.report("UE2", "reuse_product_sold", "2026-05-14", product_code=product, receiver=USCC["OH1"])
    story.plant("a reuse product sold whose making and parents nobody reported", "再利用产品已销售，未报制成及来源", product,
                ("reuse_code_without_parent", "violation"))  # fmt: skip
