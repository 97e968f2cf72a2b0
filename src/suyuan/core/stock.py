"""Reading accounts: what is in stock at the end of a day, by site, with the counts of stock settled.

Flows come summed by day (`core.account` says what they are). A count corrects the book from its day on, as in any store:
the first count of a site is its opening stock, every later one is compared with the book.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import groupby

import msgspec

from suyuan.core.account import BATTERY, FLOWS, LOT, signed_g
from suyuan.core.contribution import Flow

GOODS = frozenset({BATTERY, LOT})  # what a count weighs: used batteries and uncoded goods, no materials
COLLECTING_ROLES = frozenset({"collection_outlet", "vehicle_dismantler", "utilization_enterprise"})


class Count(msgspec.Struct, frozen=True):
    """A count of stock beside the book: what was counted and what should have been on hand, in grams, at a day's end.

    `explained_g` is what left the book but may still lie there: reuse products, batteries made good, housings.
    """

    day: date
    counted_g: int
    expected_g: int
    explained_g: int
    is_first: bool


def by_site(flows: Iterable[Flow]) -> dict[str, tuple[Flow, ...]]:
    """Return the flows of each site; all together under "" once any names none, for it may be of any of them."""
    flows = tuple(flows)
    if any(not flow.site for flow in flows):
        return {"": flows}
    return {site: tuple(own) for site, own in groupby(sorted(flows), key=lambda flow: flow.site)}


def total_g(
    flows: Iterable[Flow], *flow_names: str, item: str | None = None, since: date = date.min, until: date = date.max
) -> int:
    """Return the sum of flows of some names, of one item or of all, from a day to a day, both included."""
    return sum(
        flow.grams
        for flow in flows
        if flow.flow in flow_names and item in (None, flow.item) and since <= flow.day <= until
    )


def stock_g(flows: Iterable[Flow], *, items: frozenset[str], until: date = date.max) -> int:
    """Return the stock of some items at the end of a day."""
    return sum(signed_g(flow) for flow in flows if flow.item in items and flow.day <= until)


def closing_stocks(flows: Iterable[Flow], *, item: str) -> Iterator[tuple[date, int, int]]:
    """Yield the days on which an item moves, in order, with its stock at their end and all that came in until then."""
    moving = sorted(
        (flow for flow in flows if flow.item == item and FLOWS[flow.flow].direction), key=lambda one: one.day
    )
    stock = came = 0
    for day, moved in groupby(moving, key=lambda flow: flow.day):
        for flow in moved:
            stock += signed_g(flow)
            came += max(0, signed_g(flow))
        yield day, stock, came


def opening_count_g(flows: Iterable[Flow]) -> int:
    """Return what the first count of each site found, whenever that was: it was there before."""
    first: dict[str, Flow] = {}
    for flow in flows:
        if flow.flow == "count" and (flow.site not in first or flow.day < first[flow.site].day):
            first[flow.site] = flow
    return sum(flow.grams for flow in first.values())


def holds_new_goods(roles: frozenset[str]) -> bool:
    """Tell whether a participant with these roles may count new batteries too, which stand in no book."""
    return not roles <= COLLECTING_ROLES


def settle_counts(flows: Iterable[Flow], *, may_hold_new: bool) -> tuple[tuple[Flow, ...], tuple[Count, ...]]:
    """Return the flows of a site together with what its counts correct, and the counts beside the book.

    Counts of several sites in flows that cannot be told apart by site correct nothing. More than the book is booked only
    where nothing but used goods can have been counted.
    """
    settled = sorted(flows, key=lambda flow: flow.day)
    counted = [flow for flow in settled if flow.flow == "count"]
    if len({flow.site for flow in counted}) > 1:
        return tuple(settled), ()
    counts: list[Count] = []
    for flow in counted:
        until = flow.day
        away_g = total_g(settled, "sent", until=until) - total_g(settled, "arrived", until=until)
        expected_g = stock_g(settled, items=GOODS, until=until) - away_g
        explained_g = (
            total_g(settled, "made_into_product", "returned_to_use", "taken_apart", until=until)
            - total_g(settled, "from_dismantling", until=until)
        )  # fmt: skip
        counts.append(Count(until, flow.grams, expected_g, max(0, explained_g), is_first=not counts))
        difference_g = flow.grams - expected_g
        if difference_g < 0 or (difference_g > 0 and not may_hold_new):
            name = "counted" if difference_g > 0 else "counted_less"
            settled.append(Flow(flow.uscc, flow.site, until, BATTERY, name, abs(difference_g)))
    return tuple(sorted(settled)), tuple(counts)
