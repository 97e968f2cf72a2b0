"""Losses above those of peers (灭失比例高于同行)."""

import math
from collections.abc import Iterator

from suyuan.core.finding import Finding, Rule
from suyuan.core.month import month_of
from suyuan.core.participant import ParticipantView
from suyuan.core.peer import first_month_compared, measure

MILLION = 1_000_000
PERIOD = "twelve_months"  # names the finding for as long as it stands


def losses_above_peers(view: ParticipantView) -> Iterator[Finding]:
    """More batteries reported lost in twelve months than chance explains at the rate of the others with the same roles.

    The number expected is what the participant took in hand times the rate of the others, to whom one loss is added so
    that a rate of nought condemns nobody. A lead needs a minimum number of losses and of others, several times the number
    expected, and a chance (Poisson, one-sided) below a bound: at the bound of 1000 in a million at most one in a thousand
    participants whose losses come singly at the rate of the others is named in a year, fewer for the other conditions.
    """
    own = measure(view.reports, day=view.day)
    if not own["handled"] or not {"lost", "handled"} <= view.peers.keys():
        return
    book, day = view.rulebook, view.day
    others = view.peers["lost"].participants - 1
    others_lost = view.peers["lost"].total - own["lost"]
    others_handled = view.peers["handled"].total - own["handled"]
    if own["lost"] < book.threshold("losses_min", on=day) or others < book.threshold("losses_peers_min", on=day):
        return
    expected = own["handled"] * (others_lost + 1) / others_handled
    if own["lost"] <= expected * book.threshold("losses_times_peers", on=day):
        return
    if chance_of_at_least(own["lost"], expected=expected) * MILLION < book.threshold("losses_chance_ppm", on=day):
        since = first_month_compared(day)
        evidence = {
            **own,
            "since_month": since,
            "until_month": month_of(day),
            "others": others,
            "others_lost": others_lost,
            "others_handled": others_handled,
            "expected": round(expected, 2),
        }
        yield RULE.find_of_participant(view, period=PERIOD, on=day, evidence=evidence)


def chance_of_at_least(count: int, *, expected: float) -> float:
    """Return the chance of at least so many independent losses where so many are expected (Poisson)."""
    return 1.0 - math.fsum(
        math.exp(number * math.log(expected) - expected - math.lgamma(number + 1)) for number in range(count)
    )


RULE = Rule(
    name="losses_above_peers",
    family="conduct",
    title="Losses above those of peers",
    title_zh="灭失比例高于同行",
    weight="lead",
    kinds=("battery_lost",),
    families=(),
    competent_line="ecology",
    source="platform choice: a statistical bound; at most one in a thousand honest participants a year is expected to be named",
    verified=False,
    in_force_from="2026-04-01",
    counts="Batteries reported lost in the twelve months before the month looked at, several times as many as the rate of the other "
    "participants with the same roles lets expect, and more than chance explains.",
    counts_not="Few losses; roles with few participants; the first losses among peers that lost nothing. One fire that took many "
    "batteries is an innocent reading.",
    counts_zh="所查月份之前十二个月内报告灭失的电池，数倍于按其他同类单位比例可预期的数量，且超出偶然可解释的范围。",
    counts_not_zh="灭失很少；同类单位很少；同类单位均无灭失时的首批灭失。一次火灾损失多块电池即属正当解释。",
    remedy="Show the records of the incidents, or report where the batteries are.",
    remedy_zh="提供事件记录，或补报电池去向。",
    check_participant=losses_above_peers,
)
