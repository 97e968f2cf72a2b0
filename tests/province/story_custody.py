"""Stories of hand-overs and receipts: who holds a battery, gives it, takes it; each beside an innocent neighbour."""

from datetime import date, timedelta

from tests.province.year import (
    CARRIAGE_ENDED,
    CARRIER,
    ENDED_CARRIER,
    PACK_MASS_G,
    STRANGER,
    SWEPT_ON,
    Firm,
    Story,
    Year,
)


def goes_to_the_wrong_party(year: Year) -> None:
    pack, car, _ = year.young_life()
    on = year.end_day()
    dismantler = year.scrap(car, [pack], on)
    expired = year.firms["utilization_enterprise"][9]
    receiver = year.chance.choice((year.any("other_holder"), expired, Firm(STRANGER, "none", "330100")))
    year.move(pack, dismantler, receiver, year.after(on, least=8, most=20), takes=False)


def is_never_confirmed(year: Year, *, gives: bool = True) -> None:
    pack, car, _ = year.young_life()
    on = year.end_day()
    dismantler = year.scrap(car, [pack], on)
    year.move(pack, dismantler, year.lawful_user(), year.after(on, least=8, most=20), gives=gives, takes=not gives)


def is_never_handed_over(year: Year) -> None:
    is_never_confirmed(year, gives=False)


def stays_in_the_yard(year: Year) -> None:
    pack, car, _ = year.young_life()
    year.scrap(car, [pack], year.day(date(2026, 4, 1), date(2026, 6, 30)))


def loses_weight_on_the_way(year: Year) -> None:
    pack, car, _ = year.young_life()
    on = year.end_day()
    dismantler = year.scrap(car, [pack], on)
    year.move(pack, dismantler, year.lawful_user(), year.after(on, least=8, most=20), received_g=250_000)


def is_claimed_by_two(year: Year) -> None:
    pack, car, _ = year.young_life()
    on = year.end_day()
    dismantler = year.scrap(car, [pack], on)
    there = year.move(pack, dismantler, year.lawful_user(), year.after(on, least=8, most=20))
    year.tell(year.any("collection_outlet"), "battery_received", there + timedelta(days=20), battery_code=pack, from_owner=True,
              mass_g=PACK_MASS_G)  # fmt: skip


def goes_in_a_ring(year: Year) -> None:
    pack, car, _ = year.young_life()
    on = year.end_day()
    holder = year.scrap(car, [pack], on)
    stops = [year.firms["collection_outlet"][place] for place in year.chance.sample(range(70), 3)]
    on = year.move(pack, holder, stops[0], on + timedelta(days=9))
    for giver, receiver in zip(stops, (*stops[1:], stops[0]), strict=True):
        on = year.move(pack, giver, receiver, on + timedelta(days=6))


def is_dismantled_by_an_outlet(year: Year) -> None:
    pack, outlet, on = _is_held(year)
    year.tell(outlet, "battery_dismantled", on + timedelta(days=4), battery_code=pack, recovered_codes=[])


def is_given_by_somebody_else(year: Year) -> None:
    """An outlet gives away what another has: at once a breach."""
    pack, holder, on = _is_held(year)
    year.move(pack, _another_outlet(year, holder), year.lawful_user(), on + timedelta(days=9), takes=False)


def is_given_by_nobody_knows_whom(year: Year) -> None:
    """An outlet gives away a pack off an owner's vehicle and never tells how it came to it."""
    pack, _, _ = year.young_life()
    year.move(pack, year.any("collection_outlet"), year.lawful_user(), date(2026, 4, 20))


def is_passed_on_while_on_its_way(year: Year) -> None:
    """The giver got it handed over and never told the receipt: it is no stranger to the battery."""
    pack, holder, on = _is_held(year)
    giver = _another_outlet(year, holder)
    year.move(pack, holder, giver, on + timedelta(days=9), takes=False)
    year.move(pack, giver, year.lawful_user(), on + timedelta(days=12))


def _is_held(year: Year) -> tuple[str, Firm, date]:
    pack, _, _ = year.young_life()
    holder, on = year.any("collection_outlet"), year.end_day()
    year.tell(holder, "battery_received", on, battery_code=pack, from_owner=True, mass_g=PACK_MASS_G, delay=2)
    return pack, holder, on


def _another_outlet(year: Year, holder: Firm) -> Firm:
    while (other := year.any("collection_outlet")) is holder:
        pass
    return other


def arrives_long_before_it_leaves(year: Year) -> None:
    _arrives_before_it_leaves(year, days=8)


def arrives_a_week_before_it_leaves(year: Year) -> None:
    _arrives_before_it_leaves(year, days=7)


def leaves_and_arrives_in_a_day(year: Year) -> None:
    _arrives_before_it_leaves(year, days=0)


def _arrives_before_it_leaves(year: Year, *, days: int) -> None:
    pack, holder, on = _is_held(year)
    user = year.lawful_user()
    there = on + timedelta(days=9)
    year.tell(user, "battery_received", there, battery_code=pack, sender=holder.uscc, mass_g=PACK_MASS_G)
    year.tell(
        holder,
        "battery_handed_over",
        there + timedelta(days=days),
        battery_code=pack,
        receiver=user.uscc,
        mass_g=PACK_MASS_G,
    )


def ends_with_another_than_named(year: Year) -> None:
    _ends_with(year, year.any("other_holder"))


def ends_with_another_lawful_one(year: Year) -> None:
    """A lead: giver and both receivers may deal with each other."""
    _ends_with(year, year.kept("utilization_enterprise", 8))


def _ends_with(year: Year, taker: Firm) -> None:
    pack, holder, on = _is_held(year)
    given_on = on + timedelta(days=9)
    year.move(pack, holder, year.lawful_user(), given_on, takes=False)
    year.move(pack, holder, taker, given_on + timedelta(days=1), gives=False)


def goes_with_an_ended_carrier(year: Year) -> None:
    _goes_with(year, ENDED_CARRIER, CARRIAGE_ENDED + timedelta(days=1))


def goes_with_a_carrier_on_its_last_day(year: Year) -> None:
    _goes_with(year, ENDED_CARRIER, CARRIAGE_ENDED)


def goes_with_a_good_carrier(year: Year) -> None:
    _goes_with(year, year.chance.choice((CARRIER, STRANGER)), CARRIAGE_ENDED + timedelta(days=1))


def _goes_with(year: Year, carrier: str, on: date) -> None:
    pack, _, _ = year.young_life()
    holder, user = year.any("collection_outlet"), year.lawful_user()
    year.tell(
        holder, "battery_received", on - timedelta(days=20), battery_code=pack, from_owner=True, mass_g=PACK_MASS_G
    )
    year.tell(
        holder, "battery_handed_over", on, battery_code=pack, receiver=user.uscc, mass_g=PACK_MASS_G, carrier=carrier
    )
    year.tell(
        user, "battery_received", on + timedelta(days=1), battery_code=pack, sender=holder.uscc, mass_g=PACK_MASS_G
    )


def lies_too_long(year: Year) -> None:
    _lies_since(year, date(2026, 5, 15))  # 365 days and 30 of grace end on 14 June 2027


def lies_just_not_too_long(year: Year) -> None:
    _lies_since(year, date(2026, 5, 16))


def _lies_since(year: Year, on: date) -> None:
    outlet = year.any("collection_outlet")
    temporary = f"TMP-{outlet.uscc}-{len(year.sent)}"
    year.tell(outlet, "uncoded_battery_declared", on, temporary_code=temporary, mass_g=300_000, explanation="no label")


def lies_in_the_yard_a_day_too_long(year: Year) -> None:
    _lies_in_the_yard(year, date(2026, 7, 22))  # 90 days and 30 of grace end on 19 November 2026


def lies_in_the_yard_to_the_last_day(year: Year) -> None:
    _lies_in_the_yard(year, date(2026, 7, 23))


def _lies_in_the_yard(year: Year, on: date) -> None:
    pack, car, _ = year.young_life()
    repairer = year.any("repairer")
    year.tell(repairer, "battery_removed", on, battery_code=pack, vin=car, reason="warranty")


def goes_to_an_ended_user(year: Year) -> None:
    _goes_to_an_ended_user(year, date(2026, 3, 1))


def goes_to_a_user_on_its_last_day(year: Year) -> None:
    _goes_to_an_ended_user(year, date(2026, 2, 28))


def _goes_to_an_ended_user(year: Year, on: date) -> None:
    pack, _, _ = year.young_life()
    holder, user = year.any("collection_outlet"), year.firms["utilization_enterprise"][19]
    year.tell(
        holder, "battery_received", on - timedelta(days=20), battery_code=pack, from_owner=True, mass_g=PACK_MASS_G
    )
    year.move(pack, holder, user, on)


def goes_back_refused(year: Year) -> None:
    pack, holder, on = _is_held(year)
    user = year.lawful_user()
    there = year.move(pack, holder, user, on + timedelta(days=9))
    year.move(pack, user, holder, there + timedelta(days=3))


def weighs_a_little_less(year: Year) -> None:
    pack, holder, on = _is_held(year)
    year.move(pack, holder, year.lawful_user(), on + timedelta(days=9), received_g=PACK_MASS_G * 95 // 100)


def is_not_confirmed_in_time(year: Year) -> None:
    """Limit and grace of the receipt, 30 days and 15, end on the day before the sweep."""
    _is_handed_over_at_last(year, SWEPT_ON - timedelta(days=46))


def is_not_confirmed_yet(year: Year) -> None:
    _is_handed_over_at_last(year, SWEPT_ON - timedelta(days=45))


def _is_handed_over_at_last(year: Year, on: date) -> None:
    pack, holder, _ = _is_held(year)
    year.move(pack, holder, year.lawful_user(), on, takes=False)


STORIES = (
    Story(goes_to_the_wrong_party, 8),
    Story(is_never_confirmed, 5, breaks=("handed_over_but_never_received",)),
    Story(is_never_handed_over, 5, breaks=("received_but_never_handed_over",)),
    Story(stays_in_the_yard, 5, breaks=("removed_battery_not_handed_over",)),
    Story(loses_weight_on_the_way, 4, breaks=("mass_differs_in_transit",)),
    Story(is_claimed_by_two, 4, breaks=("two_holders_claim_one_battery",)),
    Story(goes_in_a_ring, 4, breaks=("returned_to_sender_in_a_ring",)),
    Story(is_dismantled_by_an_outlet, 3, breaks=("outlet_dismantled_a_battery",), is_scaled=False),
    Story(is_given_by_somebody_else, 2, breaks=("handed_over_without_holding",)),
    Story(is_given_by_nobody_knows_whom, 2, breaks=("handed_over_without_holding",)),
    Story(is_passed_on_while_on_its_way, 2, spares=("handed_over_without_holding",)),
    Story(arrives_long_before_it_leaves, 2, breaks=("received_before_handed_over",)),
    Story(arrives_a_week_before_it_leaves, 2, breaks=("received_before_handed_over",)),
    Story(leaves_and_arrives_in_a_day, 2, spares=("received_before_handed_over",)),
    Story(ends_with_another_than_named, 2, breaks=("receiver_differs",)),
    Story(ends_with_another_lawful_one, 2, breaks=("receiver_differs",)),
    Story(goes_with_an_ended_carrier, 2, breaks=("carrier_not_qualified",)),
    Story(goes_with_a_carrier_on_its_last_day, 2, spares=("carrier_not_qualified",)),
    Story(goes_with_a_good_carrier, 2, spares=("carrier_not_qualified",)),
    Story(lies_too_long, 2, breaks=("held_too_long",)),
    Story(lies_just_not_too_long, 2, spares=("held_too_long",)),
    Story(lies_in_the_yard_a_day_too_long, 2, breaks=("removed_battery_not_handed_over",)),
    Story(lies_in_the_yard_to_the_last_day, 2, not_yet=("removed_battery_not_handed_over",)),
    Story(goes_to_an_ended_user, 2, breaks=("receiver_qualification_expired",)),
    Story(goes_to_a_user_on_its_last_day, 2, spares=("receiver_qualification_expired",)),
    Story(goes_back_refused, 2, spares=("returned_to_sender_in_a_ring",)),
    Story(weighs_a_little_less, 2, spares=("mass_differs_in_transit",)),
    Story(is_not_confirmed_in_time, 2, breaks=("handed_over_but_never_received",)),
    Story(is_not_confirmed_yet, 2, not_yet=("handed_over_but_never_received",)),
)
