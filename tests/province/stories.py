"""The stories of the year: what befalls a pack, a vehicle, a lot or an enterprise, and how often. Honest ones first."""

from collections.abc import Callable
from datetime import date, timedelta

from story import code
from tests.province.year import FIRST_DAY, LAST_DAY, PACK_MASS_G, PREFECTURES, STRANGER, Firm, Year

LAST_END = LAST_DAY - timedelta(days=90)  # an end begun later would run out of the year


def _end_day(year: Year) -> date:
    return year.day(FIRST_DAY, LAST_END)


# -- honest --------------------------------------------------------------------------------------------------------


def stays_on_the_road(year: Year) -> None:
    on = year.day(FIRST_DAY, LAST_DAY - timedelta(days=60))
    year.car(year.after(on, least=5, most=30), year.birth(on))


def ends_whole(year: Year) -> None:
    pack, car, _ = year.young_life()
    year.end(pack, car, _end_day(year))


def is_replaced_and_collected(year: Year) -> None:
    pack, car, _ = year.young_life()
    on = _end_day(year)
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
    on = _end_day(year)
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
    user, on = year.lawful_user(), _end_day(year)
    year.tell(user, "battery_received", on, battery_code=pack, from_owner=True, mass_g=PACK_MASS_G)
    year.tell(user, "battery_dismantled", on + timedelta(days=6), battery_code=pack, recovered_codes=modules[: 4 - lost_modules],
              recovered_mass_g=300_000)  # fmt: skip


def is_declared_uncoded(year: Year) -> None:
    outlet, user, on = year.any("collection_outlet"), year.lawful_user(), _end_day(year)
    temporary = f"TMP-{outlet.uscc}-{len(year.sent)}"
    year.tell(
        outlet, "uncoded_battery_declared", on, temporary_code=temporary, mass_g=230_000, explanation="label burnt"
    )
    year.move(temporary, outlet, user, on + timedelta(days=5), mass_g=230_000)


def scrap_moves_by_weight(year: Year) -> None:
    maker, user, on = year.any("battery_producer"), year.lawful_user(), _end_day(year)
    lot = f"LOT-{maker.uscc}-{len(year.sent)}"
    year.tell(maker, "lot_declared", on, lot_code=lot, content="production_scrap", mass_g=2_000_000, chemistry="lfp")
    for part_g, days in ((800_000, 5), (1_200_000, 12)):
        year.move(lot, maker, user, on + timedelta(days=days), mass_g=part_g)
    year.tell(user, "material_recovered", on + timedelta(days=40), lot_codes=[lot], input_mass_g=2_000_000, residue_mass_g=100_000,
              outputs=[{"material": "black_mass", "mass_g": 1_500_000}])  # fmt: skip


def buys_and_sells_material(year: Year) -> None:
    user, other, on = year.lawful_user(), year.lawful_user(), _end_day(year)
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
    user, on = year.lawful_user(), _end_day(year)
    year.tell(user, "stock_counted", on, counted_mass_g=year.chance.choice((0, PACK_MASS_G, 3 * PACK_MASS_G)))


def has_nothing_to_report(year: Year) -> None:
    firm = year.any(year.chance.choice(("collection_outlet", "repairer", "other_holder")))
    first = year.day(FIRST_DAY, LAST_END).replace(day=1)
    last = (first + timedelta(days=40)).replace(day=1) - timedelta(days=1)
    year.tell(firm, "nothing_to_report", last, period_from=first.isoformat(), period_until=last.isoformat(), delay=3)


def leaves_the_country(year: Year) -> None:
    _, car, _ = year.young_life()
    year.tell(year.any("other_holder"), "vehicle_exported", _end_day(year), vin=car, destination_country="KZ")


def comes_from_abroad(year: Year) -> None:
    on = _end_day(year)
    maker = year.any("battery_producer")
    pack = code(900_000 + year.lives, level="P", on=(on - timedelta(days=90)).isoformat(), maker=maker.maker)
    year.car(on, pack)
    year.tell(maker, "battery_imported", on - timedelta(days=3), battery_code=pack, model="M1",
              produced_on=(on - timedelta(days=90)).isoformat(),
              rated_energy_wh=55_000, mass_g=PACK_MASS_G, customs_declaration_no="D7")  # fmt: skip


def corrects_a_typing_error(year: Year) -> None:
    pack, car, _ = year.young_life()
    on = _end_day(year)
    dismantler = year.any("vehicle_dismantler")
    wrong = year.tell(dismantler, "vehicle_scrapped", on, vin=car, battery_codes_found=[], delay=1)
    year.tell(
        dismantler, "report_withdrawn", on + timedelta(days=2), withdrawn_report_id=wrong, reason="wrong line", delay=0
    )
    year.tell(dismantler, "vehicle_scrapped", on, vin=car, battery_codes_found=[pack], delay=2)


# -- not so honest -------------------------------------------------------------------------------------------------


def comes_without_its_pack(year: Year) -> None:
    _, car, _ = year.young_life()
    year.scrap(car, [], _end_day(year), **year.chance.choice(({}, {"absence_reason": "stolen"})))


def comes_with_another_pack(year: Year) -> None:
    _, car, _ = year.young_life()
    year.scrap(car, [year.birth(year.day(date(2022, 1, 1), date(2023, 12, 31)))], _end_day(year))


def goes_to_the_wrong_party(year: Year) -> None:
    pack, car, _ = year.young_life()
    on = _end_day(year)
    dismantler = year.scrap(car, [pack], on)
    expired = year.firms["utilization_enterprise"][9]
    receiver = year.chance.choice((year.any("other_holder"), expired, Firm(STRANGER, "none", "330100")))
    year.move(pack, dismantler, receiver, year.after(on, least=8, most=20), takes=False)


def is_never_confirmed(year: Year, *, gives: bool = True) -> None:
    pack, car, _ = year.young_life()
    on = _end_day(year)
    dismantler = year.scrap(car, [pack], on)
    year.move(pack, dismantler, year.lawful_user(), year.after(on, least=8, most=20), gives=gives, takes=not gives)


def is_never_handed_over(year: Year) -> None:
    is_never_confirmed(year, gives=False)


def stays_in_the_yard(year: Year) -> None:
    pack, car, _ = year.young_life()
    year.scrap(car, [pack], year.day(date(2026, 4, 1), date(2026, 6, 30)))


def loses_weight_on_the_way(year: Year) -> None:
    pack, car, _ = year.young_life()
    on = _end_day(year)
    dismantler = year.scrap(car, [pack], on)
    year.move(pack, dismantler, year.lawful_user(), year.after(on, least=8, most=20), received_g=250_000)


def is_cloned(year: Year) -> None:
    pack, _, _ = year.young_life()
    year.car(year.day(FIRST_DAY, LAST_END), pack)


def is_claimed_by_two(year: Year) -> None:
    pack, car, _ = year.young_life()
    on = _end_day(year)
    dismantler = year.scrap(car, [pack], on)
    there = year.move(pack, dismantler, year.lawful_user(), year.after(on, least=8, most=20))
    year.tell(year.any("collection_outlet"), "battery_received", there + timedelta(days=20), battery_code=pack, from_owner=True,
              mass_g=PACK_MASS_G)  # fmt: skip


def goes_in_a_ring(year: Year) -> None:
    pack, car, _ = year.young_life()
    on = _end_day(year)
    holder = year.scrap(car, [pack], on)
    stops = [year.firms["collection_outlet"][place] for place in year.chance.sample(range(70), 3)]
    on = year.move(pack, holder, stops[0], on + timedelta(days=9))
    for giver, receiver in zip(stops, (*stops[1:], stops[0]), strict=True):
        on = year.move(pack, giver, receiver, on + timedelta(days=6))


def yields_too_much(year: Year) -> None:
    pack, car, _ = year.young_life()
    on = _end_day(year)
    dismantler, user = year.scrap(car, [pack], on), year.lawful_user()
    there = year.move(pack, dismantler, user, year.after(on, least=8, most=20))
    year.tell(user, "material_recovered", there + timedelta(days=10), battery_codes=[pack], input_mass_g=PACK_MASS_G, residue_mass_g=0,
              outputs=[{"material": "nickel_sulphate", "mass_g": 90_000, "nickel_g": 20_000}])  # fmt: skip


def feeds_phantom_mass(year: Year) -> None:
    user, on = year.lawful_user(), _end_day(year)
    year.tell(user, "material_recovered", on, input_mass_g=5_000_000, residue_mass_g=100_000,
              outputs=[{"material": "black_mass", "mass_g": 2_000_000, "lithium_g": 60_000}])  # fmt: skip


def is_used_in_a_bicycle(year: Year) -> None:
    becomes_a_reuse_product(year, field_of_use="electric_bicycle")


def loses_modules(year: Year) -> None:
    is_taken_apart(year, lost_modules=2)


def is_dismantled_by_an_outlet(year: Year) -> None:
    pack, car, _ = year.young_life()
    on = _end_day(year)
    dismantler, outlet = year.scrap(car, [pack], on), year.any("collection_outlet")
    there = year.move(pack, dismantler, outlet, year.after(on, least=8, most=20))
    year.tell(outlet, "battery_dismantled", there + timedelta(days=4), battery_code=pack, recovered_codes=[])


def reports_a_year_at_once(year: Year) -> None:
    outlet = year.any("collection_outlet")
    told_on = date(2026, 9, 20)
    for _ in range(12):
        pack, _, _ = year.young_life()
        on = year.day(date(2026, 4, 2), date(2026, 6, 30))
        year.tell(
            outlet,
            "battery_received",
            on,
            battery_code=pack,
            from_owner=True,
            mass_g=PACK_MASS_G,
            delay=(told_on - on).days,
        )


def withdraws_after_it_was_found(year: Year) -> None:
    pack, car, _ = year.young_life()
    on = year.day(date(2026, 4, 2), date(2026, 6, 1))
    dismantler = year.scrap(car, [pack], on)
    handed = year.tell(dismantler, "battery_handed_over", on + timedelta(days=9), battery_code=pack, receiver=year.any("other_holder").uscc,
                       mass_g=PACK_MASS_G, delay=2)  # fmt: skip
    year.tell(
        dismantler,
        "report_withdrawn",
        on + timedelta(days=40),
        withdrawn_report_id=handed,
        reason="typed wrong",
        delay=0,
    )


def is_lost(year: Year) -> None:
    pack, car, _ = year.young_life()
    on = _end_day(year)
    dismantler = year.scrap(car, [pack], on)
    year.tell(
        dismantler, "battery_lost", on + timedelta(days=20), battery_code=pack, cause="stolen", explanation="night"
    )


def sells_where_it_has_no_outlet(year: Year) -> None:
    on = year.day(FIRST_DAY, LAST_DAY - timedelta(days=60))
    year.car(on, year.birth(on - timedelta(days=9)), place=PREFECTURES[0])


STORIES: tuple[tuple[str, int, Callable[[Year], None]], ...] = (
    ("stays_on_the_road", 120, stays_on_the_road),
    ("ends_whole", 60, ends_whole),
    ("is_replaced_and_collected", 16, is_replaced_and_collected),
    ("swaps_in_a_pool", 8, swaps_in_a_pool),
    ("becomes_a_reuse_product", 8, becomes_a_reuse_product),
    ("is_taken_apart", 6, is_taken_apart),
    ("is_declared_uncoded", 6, is_declared_uncoded),
    ("scrap_moves_by_weight", 8, scrap_moves_by_weight),
    ("buys_and_sells_material", 12, buys_and_sells_material),
    ("counts_its_stock", 10, counts_its_stock),
    ("has_nothing_to_report", 30, has_nothing_to_report),
    ("leaves_the_country", 4, leaves_the_country),
    ("comes_from_abroad", 4, comes_from_abroad),
    ("corrects_a_typing_error", 5, corrects_a_typing_error),
    ("comes_without_its_pack", 8, comes_without_its_pack),
    ("comes_with_another_pack", 4, comes_with_another_pack),
    ("goes_to_the_wrong_party", 8, goes_to_the_wrong_party),
    ("is_never_confirmed", 5, is_never_confirmed),
    ("is_never_handed_over", 5, is_never_handed_over),
    ("stays_in_the_yard", 5, stays_in_the_yard),
    ("loses_weight_on_the_way", 4, loses_weight_on_the_way),
    ("is_cloned", 4, is_cloned),
    ("is_claimed_by_two", 4, is_claimed_by_two),
    ("goes_in_a_ring", 4, goes_in_a_ring),
    ("yields_too_much", 4, yields_too_much),
    ("feeds_phantom_mass", 3, feeds_phantom_mass),
    ("is_used_in_a_bicycle", 3, is_used_in_a_bicycle),
    ("loses_modules", 3, loses_modules),
    ("is_dismantled_by_an_outlet", 3, is_dismantled_by_an_outlet),
    ("reports_a_year_at_once", 2, reports_a_year_at_once),
    ("withdraws_after_it_was_found", 3, withdraws_after_it_was_found),
    ("is_lost", 4, is_lost),
    ("sells_where_it_has_no_outlet", 30, sells_where_it_has_no_outlet),
)
