"""Stories of packs and vehicles: which pack is in which vehicle, and who says so; each beside an innocent neighbour."""

from datetime import date, timedelta

from tests.province.year import FIRST_DAY, LAST_END, PREFECTURES, Story, Year


def is_cloned(year: Year) -> None:
    pack, _, _ = year.young_life()
    year.car(year.day(FIRST_DAY, LAST_END), pack)


def changes_its_vehicle_in_a_day(year: Year) -> None:
    pack, car, _ = year.young_life()
    other, repairer, on = year.young_life()[1], year.any("repairer"), year.end_day()
    year.tell(repairer, "battery_removed", on, battery_code=pack, vin=car, reason="other", delay=3)
    year.tell(repairer, "battery_fitted", on, vin=other, battery_code=pack, delay=1)


def is_sold_empty(year: Year) -> None:
    year.car(year.end_day())


def is_sold_empty_to_be_swapped(year: Year) -> None:
    year.car(year.end_day(), is_swap_vehicle=True)


def is_fitted_on_the_day_of_its_sale(year: Year) -> None:
    on = year.end_day()
    pack, car = year.birth(on - timedelta(days=30)), year.car(on - timedelta(days=5), is_sold=False)
    year.tell(year.any("repairer"), "battery_fitted", on, vin=car, battery_code=pack, delay=6)
    year.tell(year.any("seller"), "vehicle_sold", on, vin=car, use_type="private", place=PREFECTURES[2], delay=1)


def gives_back_what_it_never_had(year: Year) -> None:
    _, car, _ = year.young_life()
    stranger = year.birth(date(2023, 5, 6))
    _is_replaced(year, car, stranger)


def is_replaced_twice_told(year: Year) -> None:
    """The vehicle producer tells the same replacement as the repairer."""
    pack, car, _ = year.young_life()
    repairer, fitted, on = _is_replaced(year, car, pack)
    year.tell(year.any("vehicle_producer"), "battery_replaced", on, vin=car, removed_battery_code=pack, fitted_battery_code=fitted,
              reason="fault", kept_by=repairer, delay=9)  # fmt: skip


def _is_replaced(year: Year, car: str, removed: str, fitted: str = "") -> tuple[str, str, date]:
    on, repairer = year.end_day(), year.any("repairer")
    fitted = fitted or year.birth(on - timedelta(days=60))
    year.tell(repairer, "battery_replaced", on, vin=car, removed_battery_code=removed, fitted_battery_code=fitted, reason="fault",
              kept_by=repairer.uscc, delay=4)  # fmt: skip
    return repairer.uscc, fitted, on


def is_replaced_by_itself(year: Year) -> None:
    pack, car, _ = year.young_life()
    _is_replaced(year, car, pack, fitted=pack)


def is_taken_off_and_put_back(year: Year) -> None:
    pack, car, _ = year.young_life()
    repairer, on = year.any("repairer"), year.end_day()
    year.tell(repairer, "battery_removed", on, battery_code=pack, vin=car, reason="warranty")
    year.tell(repairer, "battery_fitted", on + timedelta(days=2), vin=car, battery_code=pack)


def drives_on_after_its_scrapping(year: Year) -> None:
    _is_sold_after_scrapping(year, days=1)


def is_sold_on_the_day_of_its_scrapping(year: Year) -> None:
    _is_sold_after_scrapping(year, days=0)


def is_sold_as_a_wreck(year: Year) -> None:
    _is_sold_after_scrapping(year, days=9, sale_kind="wreck")


def _is_sold_after_scrapping(year: Year, *, days: int, sale_kind: str = "second_hand") -> None:
    pack, car, _ = year.young_life()
    on = year.end_day()
    year.scrap(car, [pack], on)
    year.tell(year.any("seller"), "vehicle_sold", on + timedelta(days=days), vin=car, use_type="private", sale_kind=sale_kind,
              place=PREFECTURES[3])  # fmt: skip


STORIES = (
    Story(is_cloned, 4, breaks=("pack_bound_to_two_vehicles",)),
    Story(changes_its_vehicle_in_a_day, 2, spares=("pack_bound_to_two_vehicles",)),
    Story(is_sold_empty, 2, breaks=("vehicle_sold_without_pack",)),
    Story(is_sold_empty_to_be_swapped, 2, spares=("vehicle_sold_without_pack",)),
    Story(is_fitted_on_the_day_of_its_sale, 2, spares=("vehicle_sold_without_pack",)),
    Story(gives_back_what_it_never_had, 2, breaks=("replaced_pack_was_not_fitted",)),
    Story(is_replaced_twice_told, 2, spares=("replaced_pack_was_not_fitted",)),
    Story(is_replaced_by_itself, 2, breaks=("replacement_code_unchanged",)),
    Story(is_taken_off_and_put_back, 2, spares=("replacement_code_unchanged",)),
    Story(drives_on_after_its_scrapping, 2, breaks=("seen_after_scrapping",)),
    Story(is_sold_on_the_day_of_its_scrapping, 1, spares=("seen_after_scrapping",)),
    Story(is_sold_as_a_wreck, 1, spares=("seen_after_scrapping",)),
)
