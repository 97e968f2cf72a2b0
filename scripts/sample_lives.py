"""The steps of a battery's life, and the lives in which nothing is wrong, in all their innocent variety."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sample_world import FIRMS, Ledger, Pack

USCC = {key: firm.uscc for key, firm in FIRMS.items()}
USES = ("private", "private", "private", "taxi", "ride_hailing", "logistics", "rental")
PLACES = {"SE1": ("330106", "330110", "330402", "310115"), "SE2": ("510107", "510104", "500112", "530102")}
PACK_SHAPES = {"B": ("lfp", 60_200, 438_000), "E": ("ncm811", 82_000, 472_000)}


class Story(Ledger):
    """A ledger that knows the steps of a life; every step is one report."""

    def later(self, on: date, least: int, most: int) -> date:
        """Return a day so many days later."""
        return on + timedelta(days=self.rng.randint(least, most))

    def born(self, firm: str, on: date, *, modules: int = 0, cells: int = 0, chemistry: str = "B", **more: Any) -> Pack:  # noqa: ANN401
        """Produce a pack with so many modules of so many cells each."""
        pack = self.draw_pack(firm, on, modules=modules, cells=cells, chemistry=chemistry)
        self.report(firm, "battery_produced", on, **self.birth_fields(pack, on, chemistry=chemistry, **more))
        return pack

    def draw_pack(self, firm: str, on: date, *, modules: int = 0, cells: int = 0, chemistry: str = "B") -> Pack:
        """Return a pack that nobody has reported yet."""
        maker = FIRMS[firm].codes.split()[0]
        made_on = on - timedelta(days=6)
        parts = [
            {
                "code": self.code(maker, made_on, level="M", battery_type=chemistry),
                "cells": [self.code(maker, made_on, level="C", battery_type=chemistry) for _ in range(cells)],
            }
            for _ in range(modules)
        ]
        code = self.code(maker, on, battery_type=chemistry)
        self.lives.add(code)
        return Pack(code, PACK_SHAPES[chemistry][2] + 100 * self.rng.randint(-40, 40), parts)

    def birth_fields(self, pack: Pack, on: date, *, chemistry: str = "B", **more: Any) -> dict[str, Any]:  # noqa: ANN401
        """Return what a birth says of a pack."""
        name, energy_wh, _ = PACK_SHAPES[chemistry]
        fields: dict[str, Any] = {
            "battery_code": pack.code,
            "model": f"XP-{energy_wh // 1000}{'F' if chemistry == 'B' else 'N'}",
            "produced_on": on.isoformat(),
            "chemistry": name,
            "rated_energy_wh": energy_wh,
            "mass_g": pack.mass_g,
        }
        return {**fields, **({"modules": pack.modules} if pack.modules else {}), **more}

    def build(self, firm: str, packs: Sequence[Pack], on: date, **more: Any) -> str:  # noqa: ANN401
        """Build packs into a new vehicle; returns its VIN."""
        vin = more.pop("vin", None) or self.vin(firm)
        self.report(
            firm,
            "vehicle_produced",
            on,
            vin=vin,
            vehicle_model="驰风 E5" if firm == "VP1" else "云途 S7",
            conformity_certificate_no=f"{firm}C{self.number('certificate'):07d}",
            conformity_certificate_issued_on=on.isoformat(),
            battery_codes=[pack.code for pack in packs],
            **more,
        )
        return vin

    def sell(self, firm: str, vin: str, on: date, **more: Any) -> None:  # noqa: ANN401
        """Sell a vehicle."""
        fields = {"use_type": self.rng.choice(USES), "place": self.rng.choice(PLACES[firm]), **more}
        self.report(firm, "vehicle_sold", on, vin=vin, **fields)

    def drive(self, on: date, *, modules: int = 0, cells: int = 0, number: int = 0) -> tuple[Pack, str]:
        """Bring a pack from production to a sold vehicle within some weeks; returns it and the VIN."""
        maker, builder, seller = (("BP1", "VP1", "SE1"), ("BP2", "VP2", "SE2"))[number % 2]
        pack = self.born(maker, on, modules=modules, cells=cells, chemistry="BBBEB"[number % 5])
        built_on = self.later(on, 10, 25)
        vin = self.build(builder, [pack], built_on)
        self.sell(seller, vin, self.later(built_on, 6, 30))
        return pack, vin

    def scrap(self, firm: str, vin: str, found: Sequence[Pack], on: date, **more: Any) -> None:  # noqa: ANN401
        """Take a vehicle in for scrapping."""
        codes = [pack.code for pack in found]
        self.report(firm, "vehicle_scrapped", on, vin=vin, battery_codes_found=codes, **more)

    def certify(self, firm: str, vin: str, on: date) -> None:
        """Issue the certificate of recovery."""
        number = f"HS{on:%Y}{self.number('recovery certificate'):06d}"
        self.report(firm, "recovery_certificate_issued", on, vin=vin, recovery_certificate_no=number)

    def remove(self, firm: str, pack: Pack, vin: str, on: date, *, reason: str = "scrapping") -> None:
        """Take a pack off a vehicle."""
        self.report(firm, "battery_removed", on, battery_code=pack.code, vin=vin, reason=reason)

    def hand(self, giver: str, receiver: str, pack: Pack, on: date, **more: Any) -> dict[str, Any]:  # noqa: ANN401
        """Hand a battery over; `receiver` is a firm or a USCC."""
        fields = {"mass_g": pack.mass_g - 1_000, "un_number": "UN3480", **more}
        to = USCC.get(receiver, receiver)
        return self.report(giver, "battery_handed_over", on, battery_code=pack.code, receiver=to, **fields)

    def receive(self, firm: str, sender: str, pack: Pack, on: date, **more: Any) -> None:  # noqa: ANN401
        """Receive a battery; no sender means from its owner."""
        origin = {"sender": USCC[sender]} if sender else {"from_owner": True}
        fields = {**origin, "mass_g": pack.mass_g - 1_000, **more}
        self.report(firm, "battery_received", on, battery_code=pack.code, **fields)

    def pass_on(self, giver: str, receiver: str, pack: Pack, on: date) -> date:
        """Hand over and receive some days later; returns that day."""
        self.hand(giver, receiver, pack, on)
        arrived_on = self.later(on, 1, 6)
        self.receive(receiver, giver, pack, arrived_on)
        return arrived_on

    def recover(self, firm: str, packs: Sequence[Pack], on: date) -> None:
        """Recover the material of batteries."""
        fed_g = sum(pack.mass_g - 1_000 for pack in packs)
        shares = {"black_mass": 46, "copper": 8, "aluminium": 12, "steel": 14, "plastic": 10}
        outputs = [{"material": name, "mass_g": fed_g * share // 100} for name, share in shares.items()]
        residue_g = fed_g - sum(part["mass_g"] for part in outputs)
        codes = [pack.code for pack in packs]
        self.report(firm, "material_recovered", on, battery_codes=codes, input_mass_g=fed_g, outputs=outputs,
                    residue_mass_g=residue_g)  # fmt: skip

    def wreck(self, firm: str, pack: Pack, vin: str, on: date) -> date:
        """Take in a complete vehicle and take its battery off; returns the day after which it can be handed over."""
        self.scrap(firm, vin, [pack], on)
        removed_on = self.later(on, 1, 5)
        self.remove(firm, pack, vin, removed_on)
        self.certify(firm, vin, self.later(removed_on, 1, 4))
        return self.later(removed_on, 5, 12)

    def replace(self, firm: str, vin: str, old: str, new: str, on: date) -> None:
        """Replace a pack; the repairer keeps the old one."""
        self.report(firm, "battery_replaced", on, vin=vin, removed_battery_code=old, fitted_battery_code=new,
                    reason="绝缘故障", kept_by=USCC[firm])  # fmt: skip

    def spare(self, buyer: str, on: date) -> Pack:
        """Produce a spare pack and sell it to a repairer or a swap operator."""
        maker = "BP1" if buyer != "SO1" else "BP2"
        pack = self.born(maker, on)
        self.report(maker, "battery_sold", self.later(on, 3, 9), battery_code=pack.code, buyer=USCC[buyer])
        return pack


def tell_innocent_lives(story: Story) -> None:
    """Tell every life in which nothing is wrong; what is shown of some is a notice with an innocent reading."""
    _drive_and_recycle(story)
    _repair(story)
    _swap(story)
    _import(story)
    _reuse(story)
    _uncoded_and_lots(story)
    _open_stock(story)
    _end_otherwise(story)
    _move_late(story)


def _drive_and_recycle(story: Story) -> None:
    start = date(2025, 1, 6)
    for number in range(124):  # still on the road
        composition = {"modules": 2, "cells": 4} if number % 6 == 0 else {}
        pack, vin = story.drive(start + timedelta(days=3 * number), number=number, **composition)
    story.plant("a battery in a car on the road", "在用车辆的电池", pack.code)
    for number in range(72):  # driven hard, scrapped within two years, recovered
        pack, vin = story.drive(start + timedelta(days=2 * number), number=number)
        dismantler, recycler = (("VD1", "UE1"), ("VD2", "UE2"), ("VD1", "UE2"))[number % 3]
        handed_on = story.wreck(dismantler, pack, vin, date(2025, 11, 3) + timedelta(days=4 * number))
        story.recover(recycler, [pack], story.later(story.pass_on(dismantler, recycler, pack, handed_on), 3, 20))
    story.plant(
        "a whole honest life, from production to recovered material", "从生产到再生利用的完整合规链条", pack.code
    )
    story.plant("the car it sat in, scrapped with its battery", "该电池所在车辆，车电一体报废", vin)


def _repair(story: Story) -> None:
    for number in range(14):  # replaced, the old pack goes by an outlet to a recycler
        on = date(2025, 2, 3) + timedelta(days=5 * number)
        old, vin = story.drive(on, number=number)
        repairer = "RE1" if number % 2 == 0 else "RE2"
        new = story.spare(repairer, on)
        replaced_on = date(2026, 1, 12) + timedelta(days=16 * number)
        story.replace(repairer, vin, old.code, new.code, replaced_on)
        arrived_on = story.pass_on(repairer, "CO1", old, story.later(replaced_on, 4, 20))
        arrived_on = story.pass_on("CO1", "UE1", old, story.later(arrived_on, 5, 25))
        if number % 2 == 0:
            story.recover("UE1", [old], story.later(arrived_on, 5, 20))
    story.plant("a battery replaced at a repairer; this one was taken off", "维修更换下来的旧电池", old.code)
    for number in range(3):  # back to the maker under warranty, made good, fitted to another vehicle
        on = date(2025, 3, 5) + timedelta(days=11 * number)
        old, vin = story.drive(on, number=0)
        story.replace("RE1", vin, old.code, story.spare("RE1", on).code, date(2026, 4, 8) + timedelta(days=7 * number))
        arrived_on = story.pass_on("RE1", "BP1", old, date(2026, 5, 4) + timedelta(days=7 * number))
        story.report("BP1", "battery_refurbished", story.later(arrived_on, 8, 20), battery_code=old.code,
                     conclusion_no=f"FX2026{number + 1:04d}")  # fmt: skip
        story.plant("handed back to its maker under warranty, refurbished", "保修退回生产企业并返修合格", old.code,
                    ("handover_to_unlawful_receiver", "notice"))  # fmt: skip
    for number in range(4):  # one module replaced; later taken apart with the new module in it
        pack, vin = story.drive(date(2025, 4, 2) + timedelta(days=9 * number), modules=4, number=0)
        fitted = story.code("7YA", date(2025, 10, 9), level="M")
        removed, *kept = pack.module_codes
        story.report("RE2", "component_replaced", date(2025, 11, 4) + timedelta(days=number), battery_code=pack.code,
                     vin=vin, removed_codes=[removed], fitted_codes=[fitted], kept_by=USCC["RE2"], reason="单体压差过大")  # fmt: skip
        arrived_on = story.pass_on("VD1", "UE2", pack, story.wreck("VD1", pack, vin, date(2026, 6, 2)))
        story.report("UE2", "battery_dismantled", story.later(arrived_on, 4, 9), battery_code=pack.code,
                     recovered_codes=[*kept, fitted], recovered_mass_g=pack.mass_g - 30_000)  # fmt: skip
    story.plant(
        "one module replaced by a repairer, later taken apart complete", "更换过一个模块，拆解时模块齐全", pack.code
    )


def _swap(story: Story) -> None:
    pool = [story.spare("SO1", date(2025, 1, 14) + timedelta(days=number)) for number in range(18)]
    for pack in pool:
        story.report("SO1", "swap_pool_joined", "2025-02-20", battery_code=pack.code, station_id="HF-001")
    vehicles: list[tuple[str, Pack]] = []
    for number in range(8):
        pack = story.born("BP2", date(2025, 2, 10) + timedelta(days=number))
        vin = story.build("VP2", [pack], date(2025, 3, 3) + timedelta(days=number), is_swap_vehicle=True)
        story.sell("SE2", vin, date(2025, 4, 1) + timedelta(days=number), use_type="taxi")
        vehicles.append((vin, pack))
    for turn in range(48):
        vin, old = vehicles.pop(0)
        new = pool.pop(0)
        at = f"{date(2025, 5, 6) + timedelta(days=7 * turn)}T{8 + turn % 12:02d}:{turn % 60:02d}:00+08:00"
        story.report("SO1", "battery_swapped", at, vin=vin, removed_battery_code=old.code, fitted_battery_code=new.code,
                     station_id=f"HF-{1 + turn % 4:03d}")  # fmt: skip
        vehicles.append((vin, new))
        pool.append(old)
    story.plant("a pool pack that went through several swap vehicles", "在多辆换电车辆间流转的电池", pool[0].code)
    vin, last = vehicles.pop(0)
    story.scrap("VD2", vin, [], date(2026, 8, 4))
    story.report("SO1", "swap_pool_joined", "2026-08-06", battery_code=last.code, station_id="HF-002")
    story.plant(
        "a swap vehicle scrapped without a battery; its operator has the pack", "换电车辆无电池报废，电池已回池", vin
    )
    vin, last = vehicles.pop(0)
    story.scrap("VD2", vin, [], date(2026, 8, 11))
    story.plant("a swap vehicle scrapped; nobody has told where its last pack is", "换电车辆报废，最后装用电池去向未报", vin,
                ("scrapped_swap_vehicle_pack_unaccounted", "notice"))  # fmt: skip
    story.report("SO1", "nothing_to_report", "2026-10-08", period_from="2026-09-01", period_until="2026-09-30")


def _import(story: Story) -> None:
    for number in range(10):
        on = date(2025, 6, 3) + timedelta(days=6 * number)
        pack = story.draw_pack("VP3", on - timedelta(days=90))
        vin, declaration = story.vin("VP3"), f"22482025{number:010d}"
        story.report("VP3", "vehicle_imported", on, vin=vin, vehicle_model="Nordic EX", conformity_certificate_no=f"W{number:06d}",
                     conformity_certificate_issued_on=on.isoformat(), battery_codes=[pack.code], customs_declaration_no=declaration,
                     packs=[{"code": pack.code, "chemistry": "ncm811", "rated_energy_wh": 82_000, "mass_g": pack.mass_g}])  # fmt: skip
        story.sell("SE1", vin, story.later(on, 20, 60))
    story.plant("born with an imported vehicle", "随进口整车申报的电池", pack.code)
    for number in range(6):
        on = date(2025, 7, 1) + timedelta(days=number)
        pack = story.draw_pack("BI1", on - timedelta(days=60), chemistry="E")
        fields = story.birth_fields(pack, on - timedelta(days=60), chemistry="E")
        story.report("BI1", "battery_imported", on, **fields, customs_declaration_no=f"22512025{number:010d}")
        story.report("BI1", "battery_sold", story.later(on, 5, 20), battery_code=pack.code, buyer=USCC["RE2"])


def _reuse(story: Story) -> None:
    for number in range(7):
        parents = []
        for _ in range(2):
            pack, vin = story.drive(date(2025, 1, 20) + timedelta(days=4 * number), number=number)
            handed_on = story.wreck("VD2", pack, vin, date(2026, 4, 14) + timedelta(days=9 * number))
            arrived_on = story.pass_on("VD2", "UE2", pack, handed_on)
            story.report("UE2", "battery_tested", story.later(arrived_on, 2, 6), battery_code=pack.code, method="GB/T 34015",
                         residual_capacity_percent_x100=7_400 + 100 * number, test_temperature_c=25, conclusion="reuse")  # fmt: skip
            parents.append(pack)
        made_on = date(2026, 5, 20) + timedelta(days=9 * number)
        product = story.product_code("7YH", made_on)
        story.lives.add(product)
        use = ("stationary_storage", "backup_power", "street_lighting")[number % 3]
        story.report("UE2", "reuse_product_made", made_on, product_code=product, field_of_use=use,
                     parent_codes=[pack.code for pack in parents], rated_energy_wh=88_000, mass_g=850_000)  # fmt: skip
        story.report(
            "UE2", "reuse_product_sold", story.later(made_on, 5, 25), product_code=product, receiver=USCC["OH1"]
        )
    story.plant("a reuse product made of two packs", "由两个电池包制成的再利用产品", product)


def _uncoded_and_lots(story: Story) -> None:
    for number in range(6):
        on = date(2026, 5, 6) + timedelta(days=10 * number)
        pack = Pack(f"TMP-{USCC['CO1']}-26{number + 1:04d}", 310_000 + 1_000 * number)
        story.lives.add(pack.code)
        story.report("CO1", "uncoded_battery_declared", on, temporary_code=pack.code, mass_g=pack.mass_g, chemistry="lfp",
                     explanation="标签烧毁，无法辨认编码", label_text="…48V…" if number % 2 else None)  # fmt: skip
        story.recover("UE1", [pack], story.later(story.pass_on("CO1", "UE1", pack, story.later(on, 6, 18)), 4, 15))
    story.plant("a battery without a code, under a temporary one", "无码电池，以临时编码申报", pack.code)
    for number in range(3):
        on = date(2026, 4, 20) + timedelta(days=40 * number)
        lot = f"LOT-{USCC['BP1']}-26{number + 1:03d}"
        story.lives.add(lot)
        story.report(
            "BP1", "lot_declared", on, lot_code=lot, content="production_scrap", mass_g=3_000_000, chemistry="lfp"
        )
        for recycler, mass_g in (("UE1", 1_200_000), ("UE2", 1_800_000)):
            part = Pack(lot, mass_g + 1_000)
            arrived_on = story.pass_on("BP1", recycler, part, story.later(on, 3, 12))
            story.report(recycler, "material_recovered", story.later(arrived_on, 3, 9), lot_codes=[lot], input_mass_g=mass_g,
                         outputs=[{"material": "black_mass", "mass_g": mass_g * 8 // 10}], residue_mass_g=mass_g // 10)  # fmt: skip
    story.plant("production scrap by weight, in two parts to two recyclers", "生产废料按批次分两部分移交", lot)
    story.report("UE1", "material_sold", "2026-09-15", material="lithium_carbonate", mass_g=240_000, receiver=USCC["BP1"],
                 lot_no="LC260915", lithium_g=45_100)  # fmt: skip
    story.report("BP1", "material_received", "2026-09-18", material="lithium_carbonate", mass_g=240_000,
                 sender=USCC["UE1"], lot_no="LC260915", lithium_g=45_100)  # fmt: skip


def _open_stock(story: Story) -> None:
    shelf = [story.code("7YA", date(2019 + number, 5, 8)) for number in range(3)]
    old, foreign = story.code("7YA", date(2017, 3, 9)), story.code("9QX", date(2020, 8, 4))
    codes = [*shelf, old, foreign]
    story.lives.update(codes)
    story.report("CO2", "stock_counted", "2026-02-16", counted_mass_g=2_100_000, battery_codes=codes)
    story.plant(
        "opening stock of an outlet, counted before April 2026: on hand, birth unknown",
        "网点期初库存，生产信息未知",
        shelf[0],
    )
    story.plant("opening stock: a pack from before the first rules", "期初库存：2018 年 8 月以前的电池", old,
                ("code_seen_before_birth", "notice"))  # fmt: skip
    story.plant(
        "opening stock: its maker is in no register", "期初库存：厂商代码未登记", foreign, ("unknown_issuer", "notice")
    )
    pack = Pack(shelf[2], 421_000)
    story.pass_on("CO2", "UE1", pack, date(2026, 5, 12))
    story.plant("opening stock that moved on after April 2026; its maker owes the production report", "期初库存移交后，厂商仍未补报生产",
                shelf[2], ("code_seen_before_birth", "lead"))  # fmt: skip
    for number, on in enumerate((date(2026, 5, 13), date(2026, 6, 17))):
        vin, pack = story.vin(""), Pack(story.code("7YA", date(2016, 9, 5)), 395_000)
        story.lives.add(pack.code)
        story.pass_on("VD1", "UE1", pack, story.wreck("VD1", pack, vin, on))
        if number == 0:
            story.plant("a legacy vehicle of unknown birth, scrapped with a battery", "生产信息未知的老旧车辆，带电池报废", vin,
                        ("unbound_vehicle_scrapped", "notice"), ("code_seen_before_birth", "notice", pack.code))  # fmt: skip
        else:
            story.findings.update(
                [("unbound_vehicle_scrapped", "notice", vin), ("code_seen_before_birth", "notice", pack.code)]
            )
    vin = story.vin("")
    story.scrap("VD2", vin, [], date(2026, 7, 8))
    story.plant("a legacy vehicle of unknown birth, scrapped without a battery", "生产信息未知的老旧车辆，无电池报废", vin,
                ("unbound_vehicle_scrapped", "lead"))  # fmt: skip


def _end_otherwise(story: Story) -> None:
    stolen, vin = story.drive(date(2025, 5, 9), number=0)
    story.report("OH1", "battery_lost", "2026-03-18", battery_code=stolen.code, cause="stolen", explanation="租赁车辆夜间被盗",
                 incident_record_no="京公朝刑立字〔2026〕00318")  # fmt: skip
    story.plant("stolen, reported by a fleet", "租赁企业申报被盗", stolen.code)
    for number in range(3):
        pack, vin = story.drive(date(2025, 6, 2) + timedelta(days=number), number=number)
        story.sell("SE1", vin, date(2026, 5, 11), sale_kind="second_hand")
        story.report(
            "OH1", "vehicle_exported", date(2026, 6, 15) + timedelta(days=number), vin=vin, destination_country="KZ"
        )
    story.plant("a used vehicle exported with its battery", "二手车连同电池出口", vin)
    pack, vin = story.drive(date(2025, 3, 3), number=1)
    story.scrap("VD1", vin, [], date(2026, 6, 9), absence_reason="separated_in_accident")
    story.receive("CO1", "", pack, date(2026, 7, 2))
    story.plant(
        "scrapped without its battery, which then turned up at an outlet: healed",
        "报废时缺电池，后经网点收回，已补正",
        vin,
    )
    pack, vin = story.drive(date(2025, 3, 6), number=0)
    handed_on = story.wreck("VD2", pack, vin, date(2026, 8, 3))
    wrong = story.hand("VD2", "SE1", pack, handed_on)
    story.report("VD2", "report_withdrawn", handed_on + timedelta(days=1), withdrawn_report_id=wrong["report_id"],
                 reason="接收方选错")  # fmt: skip
    story.pass_on("VD2", "UE1", pack, handed_on)
    story.plant(
        "a hand-over with the wrong receiver, withdrawn and reported again", "接收方填错，撤回后重报", pack.code
    )
    for model in ("XP-60F", "XP-82N"):
        story.report("BP1", "dismantling_information_filed", "2025-02-10", model=model, document_id=f"CJ-{model}", version="1.0",
                     product_certified_on="2024-11-20")  # fmt: skip


def _move_late(story: Story) -> None:
    """Tell what is under way on the day of the sweep: duties that are open and not yet due."""
    for number in range(6):
        pack, vin = story.drive(date(2025, 2, 12) + timedelta(days=8 * number), number=number)
        handed_on = story.wreck("VD1", pack, vin, date(2026, 9, 24) + timedelta(days=number))
        story.hand("VD1", "UE1", pack, max(handed_on, date(2026, 10, 12)))
    story.plant("under way to a recycler, within the limit", "移交途中，尚在期限内", pack.code)
