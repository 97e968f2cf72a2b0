"""When a pack was put on the market and when it was collected, as its responsible producer's account counts them.

Put on the market (投放市场): the first sale of the vehicle that a producer fitted it into; a pack that left its producers
otherwise (sold as a spare, pooled, fitted by others, first seen used) counts from that day. A pack in a producer's stock,
in an unsold vehicle or scrapped in production was never put on the market.

Collected (回收): once on the market, in the hands of an outlet, dismantler or utilization enterprise, whoever it came from
and whether or not its removal was reported; on its way from such hands; dismantled, reused or recovered. A pack that goes
back into use, or is lost or exported, is no longer collected.
Outstanding = put on the market - collected - exported; a lost pack stays outstanding.
"""

from suyuan.core.battery_state import BatteryState
from suyuan.core.event import Event

COLLECTED = frozenset({"at_outlet", "at_dismantler", "at_utilization", "dismantled", "reused", "recovered"})
LEAVES_PRODUCERS = frozenset({"sold", "pooled", "fitted", "swapped_out", "replaced_off", "found"})
SEEN_USED = frozenset({"removed", "received", "listed"})


def track_market(before: BatteryState, after: BatteryState, event: Event) -> None:
    """Keep in the state `after` an event since when the pack is out of its producers' hands, and since when collected."""
    if after.left_producers_on is None:
        if not LEAVES_PRODUCERS.isdisjoint(event.roles) or (after.is_used and not SEEN_USED.isdisjoint(event.roles)):
            after.left_producers_on = event.occurred_on
    elif before.fitted_by is None and after.fitted_by is not None:
        after.left_producers_on = None  # sold to a vehicle producer: it goes on the market with the vehicle
    if after.status in COLLECTED:
        after.collected_on = after.collected_on or event.occurred_on
    elif after.collected_on is not None and after.status != "in_transit":
        after.collected_on = None
