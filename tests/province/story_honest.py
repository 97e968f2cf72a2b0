"""Honest stories: most lives of a year. What is found in them comes of late reports and of whom they meet."""

from datetime import date, timedelta

from story import code
from tests.province.year import FIRST_DAY, LAST_DAY, LAST_END, PACK_MASS_G, Story, Year


def stays_on_the_road(year: Year) -> None:
    on = year.day(FIRST_DAY, LAST_DAY - timedelta(days=60))
    year.car(year.after(on, least=5, most=30), year.birth(on))


def ends_whole(year: Year) -> None:
    pack, car, _ = year.young_life()
    year.end(pack, car, year.end_day())


def is_replaced_and_collected(year: Year) -> None:
    pack, car, _ = year.young_life()
    on = year.end_day()
    spare, repairer, outlet = year.birth(on - timedelta(days=40)), year.any("repairer"), year.any("collection_outlet")
    year.tell(repairer, "battery_replaced", on, vin=car, removed_battery_code=pack, fitted_battery_code=spare, reason="fault",
              kept_by=repairer.uscc)  # fmt: skip
    there = year.move(pack, repairer, outlet, year.after(on, least=2, most=40))
    user = year.lawful_user()
    year.feed(pack, user, year.move(pack, outlet, user, year.after(there, least=2, most=30)))


def swaps_in_a_pool(year: Year) -> None:
    operator, on = year.any("swap_operator"), year.day(FIRST_DAY, LAST_END)
    first, second = year.birth(on - timedelta(days=60)), year.birth(on - timedelta(days=60))
    car = year.car(on - timedelta(days=20), first, is_swap_vehicle=True)
    year.tell(operator, "swap_pool_joined", on, battery_code=second)
    year.tell(operator, "battery_swapped", on + timedelta(days=3), vin=car, removed_battery_code=first, fitted_battery_code=second,
              station_id="S1")  # fmt: skip


def becomes_a_reuse_product(year: Year, *, field_of_use: str = "stationary_storage") -> None:
    pack, car, _ = year.young_life()
    on = year.end_day()
    dismantler = year.scrap(car, [pack], on)
    user = year.lawful_user()
    there = year.move(pack, dismantler, user, year.after(on, least=8, most=20))
    year.tell(
        user,
        "battery_tested",
        there,
        battery_code=pack,
        residual_capacity_percent_x100=8100,
        method="1C",
        conclusion="reuse",
    )
    made_on = year.after(there, least=3, most=20)
    year.serial += 1
    product = code(year.serial, level="P", on=made_on.isoformat(), maker=user.maker, is_product=True)
    year.tell(user, "reuse_product_made", made_on, product_code=product, parent_codes=[pack], field_of_use=field_of_use,
              rated_energy_wh=40_000, mass_g=410_000)  # fmt: skip
    year.tell(
        user,
        "reuse_product_sold",
        made_on + timedelta(days=9),
        product_code=product,
        receiver=year.any("other_holder").uscc,
    )


def is_taken_apart(year: Year, *, lost_modules: int = 0) -> None:
    born_on = year.day(date(2022, 1, 1), date(2024, 12, 31))
    year.serial += 1
    modules = [code(year.serial * 10 + place, level="M", on=born_on.isoformat(), maker="B00") for place in range(4)]
    pack = year.birth(born_on, modules=[{"code": module, "cells": []} for module in modules])
    user, on = year.lawful_user(), year.end_day()
    year.tell(user, "battery_received", on, battery_code=pack, from_owner=True, mass_g=PACK_MASS_G)
    year.tell(user, "battery_dismantled", on + timedelta(days=6), battery_code=pack, recovered_codes=modules[: 4 - lost_modules],
              recovered_mass_g=300_000)  # fmt: skip


def is_declared_uncoded(year: Year) -> None:
    outlet, user, on = year.any("collection_outlet"), year.lawful_user(), year.end_day()
    temporary = f"TMP-{outlet.uscc}-{len(year.sent)}"
    year.tell(
        outlet, "uncoded_battery_declared", on, temporary_code=temporary, mass_g=230_000, explanation="label burnt"
    )
    year.move(temporary, outlet, user, on + timedelta(days=5), mass_g=230_000)


def scrap_moves_by_weight(year: Year) -> None:
    maker, user, on = year.any("battery_producer"), year.lawful_user(), year.end_day()
    lot = f"LOT-{maker.uscc}-{len(year.sent)}"
    year.tell(maker, "lot_declared", on, lot_code=lot, content="production_scrap", mass_g=2_000_000, chemistry="lfp")
    for part_g, days in ((800_000, 5), (1_200_000, 12)):
        year.move(lot, maker, user, on + timedelta(days=days), mass_g=part_g)
    year.tell(user, "material_recovered", on + timedelta(days=40), lot_codes=[lot], input_mass_g=2_000_000, residue_mass_g=100_000,
              outputs=[{"material": "black_mass", "mass_g": 1_500_000}])  # fmt: skip


def buys_and_sells_material(year: Year) -> None:
    user, other, on = year.lawful_user(), year.lawful_user(), year.end_day()
    lot_no = f"B{len(year.sent)}"
    year.tell(
        user,
        "material_received",
        on,
        material="black_mass",
        mass_g=500_000,
        customs_declaration_no="D1",
        lithium_g=15_000,
    )
    if user.uscc != other.uscc:
        year.tell(
            user,
            "material_sold",
            on + timedelta(days=9),
            material="black_mass",
            mass_g=200_000,
            receiver=other.uscc,
            lot_no=lot_no,
        )
        year.tell(
            other,
            "material_received",
            on + timedelta(days=11),
            material="black_mass",
            mass_g=200_000,
            sender=user.uscc,
            lot_no=lot_no,
        )


def counts_its_stock(year: Year) -> None:
    user, on = year.lawful_user(), year.end_day()
    year.tell(user, "stock_counted", on, counted_mass_g=year.chance.choice((0, PACK_MASS_G, 3 * PACK_MASS_G)))


def has_nothing_to_report(year: Year) -> None:
    firm = year.any(year.chance.choice(("collection_outlet", "repairer", "other_holder")))
    first = year.day(FIRST_DAY, LAST_END).replace(day=1)
    last = (first + timedelta(days=40)).replace(day=1) - timedelta(days=1)
    year.tell(firm, "nothing_to_report", last, period_from=first.isoformat(), period_until=last.isoformat(), delay=3)


def leaves_the_country(year: Year) -> None:
    _, car, _ = year.young_life()
    year.tell(year.any("other_holder"), "vehicle_exported", year.end_day(), vin=car, destination_country="KZ")


def comes_from_abroad(year: Year) -> None:
    on = year.end_day()
    maker = year.any("battery_producer")
    pack = code(900_000 + year.lives, level="P", on=(on - timedelta(days=90)).isoformat(), maker=maker.maker)
    year.car(on, pack)
    year.tell(maker, "battery_imported", on - timedelta(days=3), battery_code=pack, model="M1",
              produced_on=(on - timedelta(days=90)).isoformat(),
              rated_energy_wh=55_000, mass_g=PACK_MASS_G, customs_declaration_no="D7")  # fmt: skip


def corrects_a_typing_error(year: Year) -> None:
    pack, car, _ = year.young_life()
    on = year.end_day()
    dismantler = year.any("vehicle_dismantler")
    wrong = year.tell(dismantler, "vehicle_scrapped", on, vin=car, battery_codes_found=[], delay=1)
    year.tell(
        dismantler, "report_withdrawn", on + timedelta(days=2), withdrawn_report_id=wrong, reason="wrong line", delay=0
    )
    year.tell(dismantler, "vehicle_scrapped", on, vin=car, battery_codes_found=[pack], delay=2)


STORIES = (
    Story(stays_on_the_road, 120),
    Story(ends_whole, 60),
    Story(is_replaced_and_collected, 16),
    Story(swaps_in_a_pool, 8),
    Story(becomes_a_reuse_product, 8),
    Story(is_taken_apart, 6),
    Story(is_declared_uncoded, 6),
    Story(scrap_moves_by_weight, 8),
    Story(buys_and_sells_material, 12),
    Story(counts_its_stock, 10),
    Story(has_nothing_to_report, 30),
    Story(leaves_the_country, 4),
    Story(comes_from_abroad, 4),
    Story(corrects_a_typing_error, 5),
)
