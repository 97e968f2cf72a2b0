"""Battery handed over by a party that does not hold it (未持有而移交)."""

from collections.abc import Iterator

from suyuan.core.battery import known_holder_besides
from suyuan.core.battery_state import BatteryState
from suyuan.core.event import is_surely_before
from suyuan.core.finding import Finding, Rule, Step
from suyuan.core.lot import LotState, mass_at_hand_g


def handed_over_without_holding(step: Step) -> Iterator[Finding]:
    """Find a hand-over whose giver cannot hold the goods: another is known to, or the lot has not that much."""
    match = step.after.match
    if match is None or match.form != "opened" or not RULE.is_in_force(step.event.occurred_on):
        return
    if isinstance(step.before, BatteryState):
        yield from _of_battery(step, step.before)
    elif isinstance(step.before, LotState):
        yield from _of_lot(step, step.before)


def _of_battery(step: Step, before: BatteryState) -> Iterator[Finding]:
    event = step.event
    holder = known_holder_besides(before, event.reporter, on=event.occurred_on, registry=step.registry)
    if holder is None or before.held_from is None or not is_surely_before(before.held_from, event.moment):
        return
    evidence = {"receiver": event.counterparty, "known_holder": holder, "held_from": before.held_from[0].isoformat()}
    yield RULE.find(step, party=event.reporter, evidence=evidence)


def _of_lot(step: Step, before: LotState) -> Iterator[Finding]:
    event, mass_g = step.event, step.event.body["mass_g"]
    at_hand_g = mass_at_hand_g(before, event.reporter)
    tolerance_percent = step.rulebook.threshold("mass_tolerance_percent", on=event.occurred_on)
    if at_hand_g is None or (mass_g - at_hand_g) * 100 <= mass_g * tolerance_percent:
        return
    evidence = {"receiver": event.counterparty, "mass_g": mass_g, "at_hand_g": max(at_hand_g, 0)}
    yield RULE.find(step, party=event.reporter, evidence=evidence)


RULE = Rule(
    name="handed_over_without_holding",
    family="custody",
    title="Battery handed over by a party that does not hold it",
    title_zh="未持有电池而移交",
    weight="violation",
    kinds=("battery_handed_over",),
    families=("battery", "lot"),
    competent_line="industry",
    source="Interim Measures (Order 73), reporting of outbound batteries (article unknown); tolerance of a lot's mass: "
    "platform choice",
    verified=False,
    in_force_from="2018-08-01",
    counts="A hand-over while another registered party is known to hold the battery; a hand-over of more of a lot than "
    "the giver has, beyond the tolerance; a giver that has not told in time how it came to hold the battery.",
    counts_not="Packs on their way to the giver; hand-overs that match an earlier receipt; a holder that is known since "
    "the same day, unless both reports carry a time; a holder that is only a seller, or of a pack in a vehicle, "
    "which may have been sold; lots nobody declared.",
    counts_zh="已知另一登记单位持有该电池时的移交；移交量超过移交方所持批次数量及容差；移交方逾期未说明如何取得该电池。",
    counts_not_zh="正在运往移交方的电池；与先前接收相符的移交；当日才为人所知的持有人（双方均载明时刻的除外）；持有人仅为销售"
    "企业，或电池仍在车上（车辆可能已售出）；无人申报的批次。",
    remedy="The giver reports how the battery came into its hands, or withdraws the wrong hand-over.",
    remedy_zh="移交方补报电池来源，或撤回错误的移交报告。",
    check=handed_over_without_holding,
    lapses=True,
)
