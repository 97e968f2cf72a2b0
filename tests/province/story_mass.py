"""Stories of weight: what is fed, recovered, sold and counted; each beside an innocent neighbour."""

from datetime import date, timedelta

from tests.province.year import PACK_MASS_G, Firm, Story, Year


def yields_too_much(year: Year) -> None:
    pack, car, _ = year.young_life()
    on = year.end_day()
    dismantler, user = year.scrap(car, [pack], on), year.lawful_user()
    there = year.move(pack, dismantler, user, year.after(on, least=8, most=20))
    year.tell(user, "material_recovered", there + timedelta(days=10), battery_codes=[pack], input_mass_g=PACK_MASS_G, residue_mass_g=0,
              outputs=[{"material": "nickel_sulphate", "mass_g": 90_000, "nickel_g": 20_000}])  # fmt: skip


def feeds_phantom_mass(year: Year) -> None:
    user, on = year.lawful_user(), year.end_day()
    year.tell(user, "material_recovered", on, input_mass_g=5_000_000, residue_mass_g=100_000,
              outputs=[{"material": "black_mass", "mass_g": 2_000_000, "lithium_g": 60_000}])  # fmt: skip


def recovers_too_little_in_a_year(year: Year) -> None:
    _recovers_poorly(year, year.kept("utilization_enterprise", 2), mass_g=10_000_000)


def recovers_little_of_too_little(year: Year) -> None:
    """Ten grams short of the hundred tonnes from which on a year's rate says something."""
    _recovers_poorly(year, year.kept("utilization_enterprise", 3), mass_g=9_999_999)


def _recovers_poorly(year: Year, user: Firm, *, mass_g: int) -> None:
    """Feed ten big packs of known chemistry and state a tenth of the lithium, copper and aluminium that they hold."""
    maker, on, packs = year.kept("battery_producer", 0), date(2026, 4, 20), []
    for _ in range(10):
        packs.append(year.code(date(2024, 5, 6), maker=maker.maker))
        year.born(maker, date(2024, 5, 6), packs[-1], mass_g=mass_g, rated_energy_wh=1_300_000, chemistry="lfp")
        year.tell(user, "battery_received", on, battery_code=packs[-1], from_owner=True, mass_g=mass_g, delay=2)
    outputs = [{"material": "lithium_carbonate", "mass_g": 60_000, "lithium_g": 10_000},
               {"material": "copper", "mass_g": 700_000, "copper_g": 700_000},
               {"material": "aluminium", "mass_g": 900_000, "aluminium_g": 900_000}]  # fmt: skip
    year.tell(user, "material_recovered", on + timedelta(days=30), battery_codes=packs, input_mass_g=10 * mass_g, residue_mass_g=50_000_000,
              outputs=outputs, delay=4)  # fmt: skip


def sells_what_it_never_had(year: Year) -> None:
    _sells_graphite(year, year.kept("utilization_enterprise", 4), mass_g=100_001)


def sells_a_little_it_never_had(year: Year) -> None:
    _sells_graphite(year, year.kept("utilization_enterprise", 5), mass_g=100_000)


def _sells_graphite(year: Year, user: Firm, *, mass_g: int) -> None:
    year.tell(user, "material_sold", date(2026, 5, 6), material="graphite", mass_g=mass_g, receiver=year.any("battery_producer").uscc,
              lot_no=f"G{len(year.sent)}", delay=3)  # fmt: skip


def feeds_more_than_its_permit(year: Year) -> None:
    _feeds(year, year.kept("utilization_enterprise", 0), mass_g=2_000_001)


def feeds_what_its_permit_allows(year: Year) -> None:
    _feeds(year, year.kept("utilization_enterprise", 1), mass_g=2_000_000)


def _feeds(year: Year, user: Firm, *, mass_g: int) -> None:
    on = date(2026, 4, 20)
    lot = f"LOT-{user.uscc}-{len(year.sent)}"
    year.tell(user, "lot_declared", on, lot_code=lot, content="mixed", mass_g=mass_g, delay=1)
    year.tell(user, "material_recovered", on + timedelta(days=9), lot_codes=[lot], input_mass_g=mass_g, residue_mass_g=0,
              outputs=[{"material": "black_mass", "mass_g": mass_g // 2}], delay=4)  # fmt: skip


def counts_another_stock_than_the_book(year: Year) -> None:
    _counts_twice(year, year.kept("collection_outlet", 4), missing_g=100_001)


def counts_nearly_the_stock_of_the_book(year: Year) -> None:
    _counts_twice(year, year.kept("collection_outlet", 5), missing_g=100_000)


def _counts_twice(year: Year, outlet: Firm, *, missing_g: int) -> None:
    """The first count is the opening stock; then a pack comes in; the second count misses some of both."""
    pack, _, _ = year.young_life()
    year.tell(outlet, "stock_counted", date(2026, 4, 20), counted_mass_g=900_000, delay=1)
    year.tell(
        outlet, "battery_received", date(2026, 5, 20), battery_code=pack, from_owner=True, mass_g=PACK_MASS_G, delay=1
    )
    year.tell(outlet, "stock_counted", date(2026, 6, 20), counted_mass_g=900_000 + PACK_MASS_G - missing_g, delay=1)


STORIES = (
    Story(yields_too_much, 4, breaks=("recovered_more_than_fed",)),
    Story(feeds_phantom_mass, 3, breaks=("input_mass_unaccounted",)),
    Story(recovers_too_little_in_a_year, 1, breaks=("recovery_rate_below_norm",), is_scaled=False),
    Story(recovers_little_of_too_little, 1, spares=("recovery_rate_below_norm",), is_scaled=False),
    Story(sells_what_it_never_had, 1, breaks=("stock_negative",), is_scaled=False),
    Story(sells_a_little_it_never_had, 1, spares=("stock_negative",), is_scaled=False),
    Story(feeds_more_than_its_permit, 1, breaks=("throughput_above_permit",), is_scaled=False),
    Story(feeds_what_its_permit_allows, 1, spares=("throughput_above_permit",), is_scaled=False),
    Story(counts_another_stock_than_the_book, 1, breaks=("stock_count_differs",), is_scaled=False),
    Story(counts_nearly_the_stock_of_the_book, 1, spares=("stock_count_differs",), is_scaled=False),
)
