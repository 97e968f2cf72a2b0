"""Battery alive after its material recovery (再生利用后电池再次出现)."""

from collections.abc import Iterator

from suyuan.core.battery_state import BatteryState
from suyuan.core.event import is_surely_before
from suyuan.core.finding import Finding, Rule, Step

BIRTHS = frozenset({"born", "born_bound", "product", "declared"})


def event_after_final_state(step: Step) -> Iterator[Finding]:
    """Find what is reported of a battery after a state that the book of the day of that state calls final."""
    before: BatteryState = step.before
    if before.final_from is None or before.status not in step.rulebook.book_of(before.final_from[0]).final_states:
        return
    event, match = step.event, step.after.match
    is_late_half = match is not None and match.form == "closed_receipt"
    if is_late_half or BIRTHS.issuperset(event.roles) or not is_surely_before(before.final_from, event.moment):
        return
    evidence = {
        "kind": event.kind.name,
        f"{before.status}_on": before.final_from[0].isoformat(),
        f"{before.status}_by": before.holder,
    }
    yield RULE.find(step, party=event.reporter, evidence=evidence)


RULE = Rule(
    name="event_after_final_state",
    family="end_of_life",
    title="Battery alive after its material recovery",
    title_zh="再生利用后的电池再次出现",
    weight="violation",
    kinds=(),
    families=("battery",),
    competent_line="industry",
    source="Interim Measures (Order 73): one digital identity per battery; material recovery ends it (article unknown)",
    verified=False,
    in_force_from="2018-08-01",
    counts="Any report of a later day on a battery that was recovered, or on a battery whose product was: first a lead, "
    "a violation when nobody confirms or corrects it in time.",
    counts_not="Births and withdrawals; a hand-over that belongs to an earlier receipt; the same day, unless both reports "
    "carry a time.",
    counts_zh="电池（或以其制成的产品）再生利用之日以后的任何报告：先为线索，逾期无人确认或更正的转为疑似违规。",
    counts_not_zh="登记和撤回；属于先前接收的移交；同日（双方均载明时刻的除外）。",
    remedy="Whoever mistyped the code withdraws that report and sends it again.",
    remedy_zh="编码录错方撤回该报告并重新报送。",
    check=event_after_final_state,
    is_conflict=True,
)
