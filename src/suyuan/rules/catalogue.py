"""All rules in one ordered tuple: family by family, in the order of the domain page."""

from suyuan.core.finding import Rule
from suyuan.core.fold import RuleTable
from suyuan.rules.custody import handed_over_but_never_received
from suyuan.rules.end_of_life import scrapped_vehicle_battery_missing

RULES: tuple[Rule, ...] = (
    handed_over_but_never_received.RULE,
    scrapped_vehicle_battery_missing.RULE,
)
RULE_TABLE = RuleTable(RULES)
