"""Stories of codes: births that contradict each other, or themselves, or never came; each beside an innocent neighbour."""

from datetime import date, timedelta

from story import vin
from tests.province.year import PACK_MASS_G, PREFECTURES, Firm, Story, Year

MIDSPRING = date(2026, 4, 15)


def is_registered_twice(year: Year) -> None:
    maker, on = year.any("battery_producer"), year.end_day()
    pack = year.code(on, maker=maker.maker)
    year.born(maker, on, pack)
    year.born(maker, on, pack, mass_g=PACK_MASS_G - 1, delay=5)


def is_registered_twice_alike(year: Year) -> None:
    maker, on = year.any("battery_producer"), year.end_day()
    pack = year.code(on, maker=maker.maker)
    year.born(maker, on, pack)
    year.born(maker, on, pack, delay=5)


def is_registered_twice_and_corrected(year: Year) -> None:
    maker, on = year.any("battery_producer"), year.end_day()
    pack = year.code(on, maker=maker.maker)
    wrong = year.born(maker, on, pack, mass_g=PACK_MASS_G + 1)
    year.born(maker, on, pack, delay=5)
    year.tell(
        maker, "report_withdrawn", on + timedelta(days=6), withdrawn_report_id=wrong, reason="wrong mass", delay=0
    )


def turns_up_unborn(year: Year) -> None:
    pack = year.code(date(2023, 5, 6))
    _is_brought_in(year, pack, MIDSPRING)


def turns_up_before_its_birth_is_told(year: Year) -> None:
    maker = year.any("battery_producer")
    pack = year.code(date(2026, 4, 1), maker=maker.maker)
    _is_brought_in(year, pack, MIDSPRING)
    year.born(maker, date(2026, 4, 1), pack, delay=120)


def turns_up_from_before_the_rules(year: Year) -> None:
    _is_brought_in(year, year.code(date(2018, 7, 31)), MIDSPRING)


def turns_up_from_an_unknown_maker(year: Year) -> None:
    _is_brought_in(year, year.code(date(2023, 5, 6), maker="ZZ9"), MIDSPRING)


def turns_up_without_a_label(year: Year) -> None:
    outlet = year.any("collection_outlet")
    temporary = f"TMP-{outlet.uscc}-{len(year.sent)}"
    year.tell(
        outlet, "uncoded_battery_declared", MIDSPRING, temporary_code=temporary, mass_g=PACK_MASS_G, explanation="burnt"
    )


def _is_brought_in(year: Year, pack: str, on: date) -> Firm:
    outlet = year.any("collection_outlet")
    year.tell(outlet, "battery_received", on, battery_code=pack, from_owner=True, mass_g=PACK_MASS_G, delay=3)
    return outlet


def carries_a_wrong_date(year: Year) -> None:
    _carries_a_date(year, days=32)


def carries_a_date_a_month_off(year: Year) -> None:
    _carries_a_date(year, days=31)


def carries_the_right_date(year: Year) -> None:
    _carries_a_date(year, days=0)


def _carries_a_date(year: Year, *, days: int) -> None:
    maker, on = year.any("battery_producer"), year.end_day()
    year.born(maker, on, year.code(on - timedelta(days=days), maker=maker.maker), produced_on=on)


def shares_a_module(year: Year) -> None:
    maker, on = year.any("battery_producer"), year.end_day()
    module = year.code(on, level="M", maker=maker.maker)
    for days in (0, 3):
        born_on = on + timedelta(days=days)
        year.born(maker, born_on, year.code(born_on, maker=maker.maker), modules=[{"code": module, "cells": []}])


def inherits_a_module(year: Year) -> None:
    """The module is taken out of the first pack on the day on which the second one is built with it."""
    maker, on = year.any("battery_producer"), year.end_day()
    old, new = (year.code(on, level="M", maker=maker.maker) for _ in range(2))
    first = year.code(on, maker=maker.maker)
    year.born(maker, on, first, modules=[{"code": old, "cells": []}])
    later = on + timedelta(days=20)
    year.tell(maker, "component_replaced", later, battery_code=first, removed_codes=[old], fitted_codes=[new], kept_by=maker.uscc,
              reason="fault", delay=3)  # fmt: skip
    year.born(maker, later, year.code(later, maker=maker.maker), modules=[{"code": old, "cells": []}])


def has_a_younger_module(year: Year) -> None:
    _has_a_module(year, days=1)


def has_a_module_of_its_day(year: Year) -> None:
    _has_a_module(year, days=0)


def _has_a_module(year: Year, *, days: int) -> None:
    maker, on = year.any("battery_producer"), year.end_day()
    module = year.code(on + timedelta(days=days), level="M", maker=maker.maker)
    year.born(maker, on, year.code(on, maker=maker.maker), modules=[{"code": module, "cells": []}])


def is_a_product_of_nothing(year: Year) -> None:
    user, on = year.lawful_user(), year.end_day()
    _is_made(year, user, on, year.code(on, maker=user.maker, is_product=True), [])


def is_a_product_of_which_only_the_sale_is_told(year: Year) -> None:
    user = year.lawful_user()
    product = year.code(MIDSPRING, maker=user.maker, is_product=True)
    year.tell(user, "reuse_product_sold", MIDSPRING, product_code=product, receiver=year.any("other_holder").uscc)


def is_a_product_told_late(year: Year) -> None:
    user = year.lawful_user()
    product = year.code(MIDSPRING, maker=user.maker, is_product=True)
    year.tell(user, "reuse_product_sold", MIDSPRING, product_code=product, receiver=year.any("other_holder").uscc)
    _is_made(year, user, MIDSPRING, product, [year.birth(date(2024, 5, 6))], delay=90)


def is_made_of_its_own_descendant(year: Year) -> None:
    _is_made_of_a_product(year, days=1)


def is_made_of_a_product_of_its_day(year: Year) -> None:
    _is_made_of_a_product(year, days=0)


def _is_made_of_a_product(year: Year, *, days: int) -> None:
    """The second product, of which the first is made, is itself made some days later."""
    user, on = year.lawful_user(), year.end_day()
    first, second = (year.code(on, maker=user.maker, is_product=True) for _ in range(2))
    _is_made(year, user, on, first, [second])
    _is_made(year, user, on + timedelta(days=days), second, [year.birth(date(2023, 5, 6))])


def _is_made(year: Year, user: Firm, on: date, product: str, parents: list[str], *, delay: int = 3) -> None:
    year.tell(user, "reuse_product_made", on, product_code=product, parent_codes=parents, field_of_use="stationary_storage",
              rated_energy_wh=40_000, mass_g=410_000, delay=delay)  # fmt: skip


def has_a_mistyped_number(year: Year) -> None:
    year.lives += 1
    _is_sold_on(year, vin(year.lives, is_right=False))


def has_a_foreign_number(year: Year) -> None:
    year.lives += 1
    _is_sold_on(year, "W" + vin(year.lives, is_right=False)[1:])


def _is_sold_on(year: Year, car: str) -> None:
    year.tell(year.any("seller"), "vehicle_sold", year.end_day(), vin=car, use_type="private", sale_kind="second_hand",
              place=PREFECTURES[1])  # fmt: skip


STORIES = (
    Story(is_registered_twice, 2, breaks=("code_registered_twice",)),
    Story(is_registered_twice_alike, 2, spares=("code_registered_twice",)),
    Story(is_registered_twice_and_corrected, 2, spares=("code_registered_twice",)),
    Story(turns_up_unborn, 2, breaks=("code_seen_before_birth",), spares=("unknown_issuer",)),
    Story(turns_up_before_its_birth_is_told, 2, spares=("code_seen_before_birth",)),
    Story(turns_up_from_before_the_rules, 1, breaks=("code_seen_before_birth",)),
    Story(turns_up_from_an_unknown_maker, 2, breaks=("unknown_issuer",), spares=("code_seen_before_birth",)),
    Story(turns_up_without_a_label, 2, spares=("unknown_issuer", "code_seen_before_birth")),
    Story(carries_a_wrong_date, 2, breaks=("code_date_contradicts_production_date",)),
    Story(carries_a_date_a_month_off, 1, breaks=("code_date_contradicts_production_date",)),
    Story(carries_the_right_date, 1, spares=("code_date_contradicts_production_date",)),
    Story(shares_a_module, 2, breaks=("component_in_two_parents",)),
    Story(inherits_a_module, 2, spares=("component_in_two_parents",)),
    Story(has_a_younger_module, 2, breaks=("child_younger_than_assembly",)),
    Story(has_a_module_of_its_day, 2, spares=("child_younger_than_assembly",)),
    Story(is_a_product_of_nothing, 2, breaks=("reuse_code_without_parent",)),
    Story(is_a_product_of_which_only_the_sale_is_told, 2, breaks=("reuse_code_without_parent",)),
    Story(is_a_product_told_late, 2, spares=("reuse_code_without_parent",)),
    Story(is_made_of_its_own_descendant, 2, breaks=("parents_in_a_ring",)),
    Story(is_made_of_a_product_of_its_day, 2, spares=("parents_in_a_ring",)),
    Story(has_a_mistyped_number, 2, breaks=("vehicle_check_digit_wrong",)),
    Story(has_a_foreign_number, 2, spares=("vehicle_check_digit_wrong",)),
)
