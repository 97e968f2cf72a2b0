"""All rules in one ordered tuple: family by family, in the order of the domain page."""

from suyuan.core.finding import Rule
from suyuan.core.fold import RuleTable
from suyuan.rules.binding import (
    pack_bound_to_two_vehicles,
    replaced_pack_was_not_fitted,
    replacement_code_unchanged,
    seen_after_scrapping,
    vehicle_sold_without_pack,
)
from suyuan.rules.conduct import registered_but_silent
from suyuan.rules.custody import (
    handed_over_but_never_received,
    handed_over_without_holding,
    handover_to_unlawful_receiver,
    held_too_long,
    mass_differs_in_transit,
    outlet_dismantled_a_battery,
    received_before_handed_over,
    received_but_never_handed_over,
    receiver_differs,
    receiver_qualification_expired,
    removed_battery_not_handed_over,
    returned_to_sender_in_a_ring,
    two_holders_claim_one_battery,
)
from suyuan.rules.duty import reported_late
from suyuan.rules.end_of_life import (
    certificate_issued_for_incomplete_vehicle,
    event_after_final_state,
    modules_missing_at_dismantling,
    prohibited_use_field,
    scrapped_swap_vehicle_pack_unaccounted,
    scrapped_vehicle_battery_is_another,
    scrapped_vehicle_battery_missing,
    unbound_vehicle_scrapped,
)
from suyuan.rules.identity import (
    child_younger_than_assembly,
    code_date_contradicts_production_date,
    code_registered_twice,
    code_seen_before_birth,
    component_in_two_parents,
    parents_in_a_ring,
    reuse_code_without_parent,
    unknown_issuer,
    vehicle_check_digit_wrong,
)
from suyuan.rules.mass import (
    input_mass_unaccounted,
    recovered_more_than_fed,
    stock_count_differs,
    stock_negative,
    throughput_above_permit,
)

RULES: tuple[Rule, ...] = (
    code_registered_twice.RULE,
    code_seen_before_birth.RULE,
    code_date_contradicts_production_date.RULE,
    component_in_two_parents.RULE,
    child_younger_than_assembly.RULE,
    reuse_code_without_parent.RULE,
    parents_in_a_ring.RULE,
    vehicle_check_digit_wrong.RULE,
    unknown_issuer.RULE,
    pack_bound_to_two_vehicles.RULE,
    vehicle_sold_without_pack.RULE,
    replaced_pack_was_not_fitted.RULE,
    replacement_code_unchanged.RULE,
    seen_after_scrapping.RULE,
    handed_over_without_holding.RULE,
    received_but_never_handed_over.RULE,
    handed_over_but_never_received.RULE,
    received_before_handed_over.RULE,
    receiver_differs.RULE,
    mass_differs_in_transit.RULE,
    two_holders_claim_one_battery.RULE,
    handover_to_unlawful_receiver.RULE,
    receiver_qualification_expired.RULE,
    outlet_dismantled_a_battery.RULE,
    removed_battery_not_handed_over.RULE,
    held_too_long.RULE,
    returned_to_sender_in_a_ring.RULE,
    scrapped_vehicle_battery_missing.RULE,
    scrapped_vehicle_battery_is_another.RULE,
    certificate_issued_for_incomplete_vehicle.RULE,
    modules_missing_at_dismantling.RULE,
    event_after_final_state.RULE,
    prohibited_use_field.RULE,
    scrapped_swap_vehicle_pack_unaccounted.RULE,
    unbound_vehicle_scrapped.RULE,
    reported_late.RULE,
    recovered_more_than_fed.RULE,
    input_mass_unaccounted.RULE,
    stock_negative.RULE,
    throughput_above_permit.RULE,
    stock_count_differs.RULE,
    registered_but_silent.RULE,
)
RULE_TABLE = RuleTable(RULES)
