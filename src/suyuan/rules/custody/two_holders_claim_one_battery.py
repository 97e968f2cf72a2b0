"""Two holders claim one battery (同一电池两方持有)."""

from collections.abc import Iterator

from suyuan.core.battery import holder_contradicted_by_receipt, known_holder_besides
from suyuan.core.battery_state import BatteryState
from suyuan.core.event import is_surely_before
from suyuan.core.finding import Finding, Rule, Step


def two_holders_claim_one_battery(step: Step) -> Iterator[Finding]:
    """Find a receipt that does not name the known holder as sender, or a count that lists what another holds."""
    before, event = step.before, step.event
    if before.holding != "party" or before.is_final:
        return
    if "received" in event.roles:
        holder = holder_contradicted_by_receipt(before, event, registry=step.registry)
    elif "listed" in event.roles:
        holder = known_holder_besides(before, event.reporter, on=event.occurred_on, registry=step.registry)
    else:
        return
    if holder is None or not _is_out_of_order(step, before):
        return
    evidence = {
        "known_holder": holder,
        "held_from": before.held_from[0].isoformat() if before.held_from else None,
        "claimed_by": event.reporter,
        "named_sender": event.counterparty,
    }
    yield RULE.find(step, party=event.reporter, evidence=evidence)


def _is_out_of_order(step: Step, before: BatteryState) -> bool:
    """Tell whether no order of the day makes both true.

    Two receipts of one day contradict each other in either order, unless the first came from the second's reporter.
    """
    if before.held_from is None or is_surely_before(before.held_from, step.event.moment):
        return True
    is_second_receipt = "received" in step.event.roles and before.received_from is not None
    return is_second_receipt and before.received_from != step.event.reporter


RULE = Rule(
    name="two_holders_claim_one_battery",
    family="custody",
    title="Two holders claim one battery",
    title_zh="同一电池由两方声称持有",
    weight="violation",
    kinds=("battery_received", "stock_counted"),
    families=("battery",),
    competent_line="industry",
    source="Interim Measures (Order 73), reporting of inbound batteries (article unknown)",
    verified=False,
    in_force_from="2018-08-01",
    counts="A receipt that does not name the known holder as sender, or a count that lists what another holds: first a "
    "lead, a violation when nobody confirms or corrects it in time.",
    counts_not="Packs handed over to the reporter or to the sender it names; a holder that is unknown, the unnamed owner "
    "or only a seller, or of a pack in a vehicle, which may have been sold; a count of the day on which the other came to hold it.",
    counts_zh="接收报告未将已知持有人列为交出方，或盘点列出他人所持电池：先为线索，逾期无人确认或更正的转为疑似违规。",
    counts_not_zh="已移交给报告方或其所列交出方的电池；持有人未知、为未具名车主或仅为销售企业，或电池仍在车上（车辆可能已售出）；他人取得当日的盘点。",
    remedy="The reporter compares the label; it withdraws a mistyped code, or confirms by a test or count of that code.",
    remedy_zh="报告方核对标签：编码录错的撤回重报；无误的以检测或盘点报告确认。",
    check=two_holders_claim_one_battery,
    is_conflict=True,
)
