"""Reading accounts: stock by day and site, and what a count of stock corrects."""

from datetime import date

from suyuan.core.contribution import Flow
from suyuan.core.stock import (
    Count,
    by_site,
    closing_stocks,
    holds_new_goods,
    opening_count_g,
    settle_counts,
    stock_g,
    total_g,
)


def on(day, flow, grams, *, item="battery", site=""):
    return Flow("U", site, date(2026, 5, day), item, flow, grams)


def test_flows_that_all_name_a_site_are_told_apart_by_it():
    one, two = on(1, "received", 5, site="A"), on(2, "fed", 5, site="B")
    assert by_site([two, one]) == {"A": (one,), "B": (two,)}
    unnamed = on(3, "fed", 1)
    assert by_site([two, one, unnamed]) == {"": (two, one, unnamed)}
    assert by_site([]) == {}


def test_sums_are_of_the_names_the_item_and_the_days_asked_for():
    flows = [on(1, "received", 1), on(2, "received", 2, item="lot"), on(3, "fed", 4), on(4, "received", 8)]
    assert total_g(flows, "received") == 11
    assert total_g(flows, "received", "fed") == 15
    assert total_g(flows, "received", item="lot") == 2
    assert total_g(flows, "received", since=date(2026, 5, 2), until=date(2026, 5, 3)) == 2
    assert total_g(flows, "received", since=date(2026, 5, 4)) == 8


def test_both_the_first_and_the_last_day_asked_for_count():
    flows = [on(1, "received", 1), on(2, "received", 2), on(3, "received", 4)]
    assert total_g(flows, "received", since=date(2026, 5, 1), until=date(2026, 5, 3)) == 7
    assert total_g(flows, "received", since=date(2026, 5, 2), until=date(2026, 5, 2)) == 2
    assert stock_g(flows, items=frozenset({"battery"}), until=date(2026, 5, 1)) == 1


def test_stock_is_what_came_in_less_what_went_out_until_a_day():
    flows = [
        on(1, "received", 10),
        on(2, "fed", 4),
        on(2, "sent", 3),
        on(3, "fed", 1),
        on(1, "received", 7, item="lot"),
    ]
    assert stock_g(flows, items=frozenset({"battery"})) == 5
    assert stock_g(flows, items=frozenset({"battery", "lot"}), until=date(2026, 5, 2)) == 13


def test_stocks_at_the_end_of_each_day_on_which_an_item_moves():
    flows = [
        on(2, "fed", 4),
        on(1, "received", 10),
        on(2, "received", 1),
        on(3, "count", 9),
        on(4, "fed", 1, item="lot"),
    ]
    assert list(closing_stocks(flows, item="battery")) == [(date(2026, 5, 1), 10, 10), (date(2026, 5, 2), 7, 11)]
    assert list(closing_stocks(flows, item="lot")) == [(date(2026, 5, 4), -1, 0)]


def test_the_opening_count_is_the_first_of_each_site():
    flows = [on(9, "count", 1, site="A"), on(3, "count", 10, site="A"), on(5, "count", 100, site="B"), on(1, "fed", 7)]
    assert opening_count_g(flows) == 110
    assert opening_count_g([on(3, "count", 1), on(3, "count", 2)]) == 1


def test_who_only_collects_holds_no_new_goods():
    assert not holds_new_goods(frozenset({"collection_outlet", "utilization_enterprise"}))
    assert holds_new_goods(frozenset({"collection_outlet", "repairer"}))


def settled(*flows, may_hold_new=False):
    corrected, counts = settle_counts(flows, may_hold_new=may_hold_new)
    return [flow for flow in corrected if flow not in flows], list(counts)


def count(day, counted, expected, *, is_first=False, explained=0):
    return Count(date(2026, 5, day), counted, expected, explained, is_first)


def test_each_count_corrects_the_book_from_its_day_on():
    assert settled(
        on(1, "received", 10), on(2, "count", 25), on(3, "fed", 5), on(4, "count", 18), on(5, "count", 18)
    ) == (
        [on(2, "counted", 15), on(4, "counted_less", 2)],
        [count(2, 25, 10, is_first=True), count(4, 18, 20), count(5, 18, 18)],
    )


def test_what_came_on_the_day_of_the_count_is_in_the_book():
    assert settled(on(1, "received", 10), on(1, "count", 10)) == ([], [count(1, 10, 10, is_first=True)])


def test_lots_are_counted_too_and_materials_are_not():
    flows = (on(1, "received", 10), on(1, "declared", 5, item="lot"), on(1, "bought", 7, item="steel"))
    assert settled(*flows, on(2, "count", 15)) == ([], [count(2, 15, 15, is_first=True)])


def test_what_is_on_its_way_is_not_expected():
    flows = (on(1, "received", 10), on(2, "sent", 4), on(2, "sent", 3), on(3, "arrived", 3), on(3, "handed_on", 3))
    assert settled(*flows, on(4, "count", 3)) == ([], [count(4, 3, 3, is_first=True)])


def test_what_happens_after_a_count_changes_nothing_of_it():
    before = (on(1, "received", 10), on(1, "sent", 4), on(1, "taken_apart", 5))
    after = (on(3, "arrived", 4), on(3, "sent", 2), on(3, "made_into_product", 1), on(3, "from_dismantling", 3))
    told = settled(*before, on(2, "count", 1))
    assert told == ([], [count(2, 1, 1, is_first=True, explained=5)])
    assert settled(*before, on(2, "count", 1), *after) == told


def test_more_than_the_book_is_booked_only_where_it_cannot_be_new():
    flows = (on(1, "received", 10), on(2, "count", 25), on(3, "count", 5))
    assert settled(*flows, may_hold_new=True) == (
        [on(3, "counted_less", 5)],
        [count(2, 25, 10, is_first=True), count(3, 5, 10)],
    )


def test_what_left_the_book_and_may_lie_there_still_explains_more():
    flows = (
        on(1, "received", 10),
        on(2, "made_into_product", 1),
        on(2, "returned_to_use", 2),
        on(2, "taken_apart", 4),
        on(2, "from_dismantling", 3),
    )
    assert settled(*flows, on(2, "count", 6))[1] == [count(2, 6, 6, is_first=True, explained=4)]
    assert settled(on(2, "from_dismantling", 3), on(2, "count", 3))[1] == [count(2, 3, 3, is_first=True)]


def test_counts_of_several_sites_in_one_account_correct_nothing():
    flows = (on(1, "received", 10), on(2, "count", 25, site="A"), on(3, "count", 5, site="B"))
    assert settled(*flows) == ([], [])
