"""Pack of a scrapped swap vehicle unaccounted for (报废换电车辆电池去向不明)."""

from collections.abc import Iterator

from suyuan.core.finding import End, Finding, Rule
from suyuan.core.vehicle import VehicleState


def scrapped_swap_vehicle_pack_unaccounted(end: End) -> Iterator[Finding]:
    """Find the pack last put into a swap vehicle that nobody has taken in hand since."""
    state: VehicleState = end.state
    if not state.is_swap_vehicle or state.scrapping is None or state.scrapped_on is None:
        return
    unaccounted = [
        code
        for code in state.expected
        if code not in state.found and end.facts.from_source("pack_in_hands", code) is None
    ]
    if not unaccounted:
        return
    yield RULE.find_about(
        end.subject,
        key=state.scrapping,
        on=state.scrapped_on,
        party=None,
        evidence={"unaccounted": unaccounted, "found": list(state.found)},
        about=unaccounted,
    )


RULE = Rule(
    name="scrapped_swap_vehicle_pack_unaccounted",
    family="end_of_life",
    title="Pack of a scrapped swap vehicle unaccounted for",
    title_zh="报废换电车辆最后装用电池去向不明",
    weight="notice",
    kinds=("vehicle_scrapped",),
    families=("vehicle",),
    competent_line="commerce",
    source="Interim Measures (Order 73): swap-type vehicles are exempt from scrapping with their battery (unverified)",
    verified=False,
    in_force_from="2026-04-01",
    counts="The pack bound to a swap vehicle when it is scrapped, neither found on it nor taken in hand by anybody since.",
    counts_not="Packs found, swapped out, back in a pool, or in anybody's hands by a later report.",
    counts_zh="换电车辆报废时绑定的电池包，车上未见，此后也无人接手。",
    counts_not_zh="已见到、已换下、已回电池池，或后续报告在任何一方手中的电池包。",
    remedy="The swap operator reports the pack taken out, or its return to the pool.",
    remedy_zh="换电运营企业补报换下或入池。",
    check_end=scrapped_swap_vehicle_pack_unaccounted,
)
