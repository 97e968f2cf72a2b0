"""Stories of conduct and duties: late, silent, sloppy or careless enterprises; each beside an innocent neighbour."""

from datetime import date, timedelta

from story import vin
from tests.province.year import FIRST_DAY, LAST_DAY, PACK_MASS_G, PREFECTURES, Firm, Story, Year


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


def sells_where_it_has_no_outlet(year: Year) -> None:
    on = year.day(FIRST_DAY, LAST_DAY - timedelta(days=60))
    year.car(on, year.birth(on - timedelta(days=9)), place=PREFECTURES[0])


def tells_fifty_things_too_late(year: Year) -> None:
    _tells_late(year, year.kept("collection_outlet", 0), count=50)


def tells_fewer_things_too_late(year: Year) -> None:
    _tells_late(year, year.kept("collection_outlet", 1), count=49)


def tells_fifty_things_a_little_less_late(year: Year) -> None:
    _tells_late(year, year.kept("collection_outlet", 2), count=50, days_late=89)


def _tells_late(year: Year, outlet: Firm, *, count: int, days_late: int = 90) -> None:
    """Declare batteries of April within a week of summer, each so many days after its last day in time, the thirtieth."""
    for number in range(count):
        temporary = f"TMP-{outlet.uscc}-{number}"
        on = date(2026, 4, 3) + timedelta(days=number % 7)
        year.tell(outlet, "uncoded_battery_declared", on, temporary_code=temporary, mass_g=230_000,
                  explanation="no label", delay=30 + days_late)  # fmt: skip


def loses_all_it_has(year: Year) -> None:
    _loses(year, year.kept("vehicle_dismantler", 0), count=5)


def loses_some_of_what_it_has(year: Year) -> None:
    """Fewer than are compared."""
    _loses(year, year.kept("vehicle_dismantler", 1), count=4)


def _loses(year: Year, dismantler: Firm, *, count: int) -> None:
    """Take in packs of a maker that nobody knows, and lose them all in a night."""
    for _ in range(count):
        pack = year.code(date(2023, 5, 6), maker="ZZ8")
        year.tell(
            dismantler,
            "battery_received",
            date(2026, 5, 6),
            battery_code=pack,
            from_owner=True,
            mass_g=PACK_MASS_G,
            delay=2,
        )
        year.tell(
            dismantler, "battery_lost", date(2026, 5, 9), battery_code=pack, cause="burnt", explanation="fire", delay=2
        )


def sells_a_hundred_and_one_without_an_outlet(year: Year) -> None:
    _sells(year, year.kept("vehicle_producer", 0), count=101)


def sells_a_hundred_without_an_outlet(year: Year) -> None:
    _sells(year, year.kept("vehicle_producer", 1), count=100)


def _sells(year: Year, builder: Firm, *, count: int) -> None:
    """Vehicles for swapping leave the works without a pack; all are sold in one prefecture in one month."""
    seller, on = year.any("seller"), date(2025, 11, 10)
    for number in range(count):
        year.lives += 1
        car, sold_on = vin(year.lives), on + timedelta(days=number % 20)
        year.tell(builder, "vehicle_produced", on, vin=car, vehicle_model="S1", battery_codes=[],
                  conformity_certificate_no=f"C{year.lives}", conformity_certificate_issued_on=on.isoformat(),
                  is_swap_vehicle=True, delay=3)  # fmt: skip
        year.tell(
            seller, "vehicle_sold", sold_on, vin=car, use_type="taxi", place=PREFECTURES[4], delay=25 - number % 20
        )


def files_no_dismantling_information(year: Year) -> None:
    """The model of its own, certified on 20 April 2026, waits for its file: six months and 15 days are over on 4 November."""
    maker, on = year.kept("battery_producer", 0), date(2026, 5, 6)
    year.born(maker, on, year.code(on, maker=maker.maker), model="M7")


def files_dismantling_information(year: Year) -> None:
    maker, on = year.kept("battery_producer", 1), date(2026, 5, 6)
    year.born(maker, on, year.code(on, maker=maker.maker), model="M8")
    year.tell(
        maker,
        "dismantling_information_filed",
        on,
        model="M8",
        document_id="D8",
        version="1",
        product_certified_on="2026-04-20",
        delay=1,
    )


def sells_black_mass_that_nobody_takes_in(year: Year) -> None:
    """The buyer, a battery producer, never tells the receipt."""
    user, on = year.kept("utilization_enterprise", 6), date(2026, 5, 6)
    year.tell(
        user, "material_received", on, material="black_mass", mass_g=900_000, customs_declaration_no="D2", delay=1
    )
    buyer = year.kept("battery_producer", 1).uscc
    year.tell(user, "material_sold", on + timedelta(days=5), material="black_mass", mass_g=300_000, receiver=buyer,
              lot_no="K1", delay=1)  # fmt: skip


def sells_black_mass_and_it_is_taken_in(year: Year) -> None:
    user, buyer, on = year.kept("utilization_enterprise", 7), year.kept("battery_producer", 0), date(2026, 5, 6)
    year.tell(
        user, "material_received", on, material="black_mass", mass_g=900_000, customs_declaration_no="D3", delay=1
    )
    year.tell(
        user,
        "material_sold",
        on + timedelta(days=5),
        material="black_mass",
        mass_g=300_000,
        receiver=buyer.uscc,
        lot_no="K2",
        delay=1,
    )
    year.tell(
        buyer,
        "material_received",
        on + timedelta(days=90),
        material="black_mass",
        mass_g=300_000,
        sender=user.uscc,
        lot_no="K2",
        delay=1,
    )


def reports_on_the_last_day(year: Year) -> None:
    _reports_after(year, days=30)


def reports_a_day_late(year: Year) -> None:
    _reports_after(year, days=31)


def _reports_after(year: Year, *, days: int) -> None:
    year.lives += 1
    year.tell(
        year.any("other_holder"),
        "vehicle_exported",
        date(2026, 5, 6),
        vin=vin(year.lives),
        destination_country="KZ",
        delay=days,
    )


def withdraws_on_the_day(year: Year) -> None:
    _withdraws(year, days=0)


def withdraws_a_day_after(year: Year) -> None:
    _withdraws(year, days=1)


def _withdraws(year: Year, *, days: int) -> None:
    """A dismantling by an outlet is withdrawn so many days after it was received."""
    pack, _, _ = year.young_life()
    outlet, on = year.any("collection_outlet"), date(2026, 5, 6)
    year.tell(outlet, "battery_received", on, battery_code=pack, from_owner=True, mass_g=PACK_MASS_G, delay=1)
    taken = year.tell(
        outlet, "battery_dismantled", on + timedelta(days=4), battery_code=pack, recovered_codes=[], delay=5
    )
    year.tell(
        outlet,
        "report_withdrawn",
        on + timedelta(days=9 + days),
        withdrawn_report_id=taken,
        reason="typed wrong",
        delay=0,
    )


STORIES = (
    Story(withdraws_after_it_was_found, 3, breaks=("withdrawn_after_finding",)),
    Story(sells_where_it_has_no_outlet, 30),
    Story(tells_fifty_things_too_late, 1, breaks=("burst_of_backdated_reports",), is_scaled=False),
    Story(tells_fewer_things_too_late, 1, spares=("burst_of_backdated_reports",), is_scaled=False),
    Story(tells_fifty_things_a_little_less_late, 1, spares=("burst_of_backdated_reports",), is_scaled=False),
    Story(loses_all_it_has, 1, breaks=("losses_above_peers",), is_scaled=False),
    Story(loses_some_of_what_it_has, 1, spares=("losses_above_peers",), is_scaled=False),
    Story(sells_a_hundred_and_one_without_an_outlet, 1, breaks=("outlet_coverage_missing",), is_scaled=False),
    Story(sells_a_hundred_without_an_outlet, 1, spares=("outlet_coverage_missing",), is_scaled=False),
    Story(files_no_dismantling_information, 1, breaks=("dismantling_information_overdue",), is_scaled=False),
    Story(files_dismantling_information, 1, spares=("dismantling_information_overdue",), is_scaled=False),
    Story(sells_black_mass_that_nobody_takes_in, 1, breaks=("report_overdue",), is_scaled=False),
    Story(sells_black_mass_and_it_is_taken_in, 1, is_scaled=False),
    Story(reports_on_the_last_day, 2, spares=("reported_late",)),
    Story(reports_a_day_late, 2, breaks=("reported_late",)),
    Story(withdraws_on_the_day, 2, spares=("withdrawn_after_finding",)),
    Story(withdraws_a_day_after, 2, breaks=("withdrawn_after_finding",)),
)
