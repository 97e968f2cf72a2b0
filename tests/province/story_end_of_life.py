"""Stories of the end: scrapping, taking apart, new lives and recovery; each beside an innocent neighbour."""

from datetime import date, timedelta

from story import vin
from tests.province.story_honest import becomes_a_reuse_product, is_taken_apart
from tests.province.year import HONEST_OUTPUTS, PACK_MASS_G, Story, Year


def comes_without_its_pack(year: Year) -> None:
    _, car, _ = year.young_life()
    year.scrap(car, [], year.end_day(), **year.chance.choice(({}, {"absence_reason": "stolen"})))


def comes_with_another_pack(year: Year) -> None:
    _, car, _ = year.young_life()
    year.scrap(car, [year.birth(year.day(date(2022, 1, 1), date(2023, 12, 31)))], year.end_day())


def is_used_in_a_bicycle(year: Year) -> None:
    becomes_a_reuse_product(year, field_of_use="electric_bicycle")


def loses_modules(year: Year) -> None:
    is_taken_apart(year, lost_modules=2)


def is_lost(year: Year) -> None:
    pack, car, _ = year.young_life()
    on = year.end_day()
    dismantler = year.scrap(car, [pack], on)
    year.tell(
        dismantler, "battery_lost", on + timedelta(days=20), battery_code=pack, cause="stolen", explanation="night"
    )


def comes_back_from_recovery(year: Year) -> None:
    _is_tested_after_recovery(year, days=30)


def is_tested_on_the_day_of_its_recovery(year: Year) -> None:
    _is_tested_after_recovery(year, days=0)


def _is_tested_after_recovery(year: Year, *, days: int) -> None:
    pack, _, _ = year.young_life()
    user, on = year.lawful_user(), year.end_day()
    year.tell(user, "battery_received", on, battery_code=pack, from_owner=True, mass_g=PACK_MASS_G)
    year.tell(user, "material_recovered", on + timedelta(days=9), battery_codes=[pack], input_mass_g=PACK_MASS_G, residue_mass_g=20_000,
              outputs=list(HONEST_OUTPUTS))  # fmt: skip
    year.tell(
        user,
        "battery_tested",
        on + timedelta(days=9 + days),
        battery_code=pack,
        residual_capacity_percent_x100=7000,
        method="1C",
    )


def is_made_for_a_bicycle_in_time(year: Year) -> None:
    _is_made_for_a_bicycle(year, date(2026, 3, 31))


def is_made_for_a_bicycle_a_day_later(year: Year) -> None:
    _is_made_for_a_bicycle(year, date(2026, 4, 1))


def _is_made_for_a_bicycle(year: Year, on: date) -> None:
    _is_sold_as_a_product(year, on, year.any("other_holder").uscc, field_of_use="electric_bicycle")


def is_sold_to_a_maker_of_bicycles(year: Year) -> None:
    _is_sold_as_a_product(year, date(2026, 4, 20), year.kept("other_holder", 0).uscc)


def is_sold_to_a_maker_on_its_last_day(year: Year) -> None:
    _is_sold_as_a_product(year, date(2026, 4, 10), year.kept("other_holder", 1).uscc)


def is_sold_to_a_former_maker_of_bicycles(year: Year) -> None:
    _is_sold_as_a_product(year, date(2026, 4, 11), year.kept("other_holder", 1).uscc)


def is_sold_to_a_maker_before_the_rule(year: Year) -> None:
    _is_sold_as_a_product(year, date(2026, 3, 31), year.kept("other_holder", 0).uscc)


def _is_sold_as_a_product(year: Year, on: date, buyer: str, *, field_of_use: str = "stationary_storage") -> None:
    pack, _, _ = year.young_life()
    user = year.lawful_user()
    year.tell(user, "battery_received", on - timedelta(days=30), battery_code=pack, from_owner=True, mass_g=PACK_MASS_G)
    product = year.code(on, maker=user.maker, is_product=True)
    year.tell(user, "reuse_product_made", on, product_code=product, parent_codes=[pack], field_of_use=field_of_use,
              rated_energy_wh=40_000, mass_g=410_000)  # fmt: skip
    year.tell(user, "reuse_product_sold", on, product_code=product, receiver=buyer)


def is_scrapped_without_its_swap_pack(year: Year) -> None:
    _, car = _is_swapped(year)
    year.scrap(car, [], date(2026, 5, 20))


def is_scrapped_after_its_pack_went_to_the_pool(year: Year) -> None:
    pack, car = _is_swapped(year)
    year.tell(year.any("swap_operator"), "swap_pool_joined", date(2026, 5, 18), battery_code=pack)
    year.scrap(car, [], date(2026, 5, 20))


def _is_swapped(year: Year) -> tuple[str, str]:
    born_on = year.day(date(2023, 1, 1), date(2024, 12, 31))
    pack = year.birth(born_on)
    return pack, year.car(born_on + timedelta(days=20), pack, is_swap_vehicle=True)


def is_scrapped_unbound(year: Year) -> None:
    year.lives += 1
    year.scrap(vin(year.lives), [], year.end_day())


def is_scrapped_before_its_birth_is_told(year: Year) -> None:
    on = year.end_day()
    pack, car = year.birth(on - timedelta(days=900)), vin(year.lives + 1)
    year.lives += 1
    year.scrap(car, [pack], on)
    year.tell(year.any("vehicle_producer"), "vehicle_produced", on - timedelta(days=880), vin=car, vehicle_model="X1",
              conformity_certificate_no=f"C{year.lives}", conformity_certificate_issued_on=(on - timedelta(days=880)).isoformat(),
              battery_codes=[pack], delay=900)  # fmt: skip


def is_certified_without_its_pack(year: Year) -> None:
    _is_certified(year, found=False)


def is_certified_whole(year: Year) -> None:
    _is_certified(year, found=True)


def _is_certified(year: Year, *, found: bool) -> None:
    pack, car, _ = year.young_life()
    dismantler, on = year.any("vehicle_dismantler"), date(2026, 5, 6)
    year.tell(dismantler, "vehicle_scrapped", on, vin=car, battery_codes_found=[pack] if found else [], delay=2)
    year.tell(
        dismantler,
        "recovery_certificate_issued",
        on + timedelta(days=3),
        vin=car,
        recovery_certificate_no=f"R{year.lives}",
    )


STORIES = (
    Story(comes_without_its_pack, 8, breaks=("scrapped_vehicle_battery_missing",)),
    Story(comes_with_another_pack, 4, breaks=("scrapped_vehicle_battery_is_another",)),
    Story(is_used_in_a_bicycle, 3),
    Story(loses_modules, 3, breaks=("modules_missing_at_dismantling",)),
    Story(is_lost, 4),
    Story(comes_back_from_recovery, 2, breaks=("event_after_final_state",)),
    Story(is_tested_on_the_day_of_its_recovery, 2, spares=("event_after_final_state",)),
    Story(is_made_for_a_bicycle_a_day_later, 2, breaks=("prohibited_use_field",)),
    Story(is_made_for_a_bicycle_in_time, 2, spares=("prohibited_use_field",)),
    Story(is_sold_to_a_maker_of_bicycles, 2, breaks=("reuse_product_buyer_in_prohibited_field",)),
    Story(is_sold_to_a_maker_on_its_last_day, 2, breaks=("reuse_product_buyer_in_prohibited_field",)),
    Story(is_sold_to_a_former_maker_of_bicycles, 2, spares=("reuse_product_buyer_in_prohibited_field",)),
    Story(is_sold_to_a_maker_before_the_rule, 2, spares=("reuse_product_buyer_in_prohibited_field",)),
    Story(is_scrapped_without_its_swap_pack, 2, breaks=("scrapped_swap_vehicle_pack_unaccounted",)),
    Story(is_scrapped_after_its_pack_went_to_the_pool, 2, spares=("scrapped_swap_vehicle_pack_unaccounted",)),
    Story(is_scrapped_unbound, 2, breaks=("unbound_vehicle_scrapped",)),
    Story(is_scrapped_before_its_birth_is_told, 2, spares=("unbound_vehicle_scrapped",)),
    Story(
        is_certified_without_its_pack,
        2,
        breaks=("certificate_issued_for_incomplete_vehicle", "scrapped_vehicle_battery_missing"),
    ),
    Story(
        is_certified_whole, 2, spares=("certificate_issued_for_incomplete_vehicle", "scrapped_vehicle_battery_missing")
    ),
)
