"""Enterprises that others name while they themselves say nothing, or no longer anything (被他方多次提及而自身不报送)."""

import math
from collections import defaultdict
from datetime import date
from typing import Final

import msgspec

from suyuan.analysis.detectors.chance import least_significant
from suyuan.analysis.detectors.detector import Detector, FalsePositives, Lead
from suyuan.analysis.detectors.funnel import Tried, find_outliers

RATE: Final = 0.003  # each of the three ways of being silent
MENTIONS_MIN: Final = 5
MONTHS_BEFORE_MIN: Final = 6
SILENT_MONTHS_MIN: Final = 2


class Mentions(msgspec.Struct, frozen=True):
    """Goods in whose timelines others name an enterprise as giver, receiver or keeper, and those of which it says nothing."""

    party: str
    roles: str
    goods: int
    unanswered: int


class Month(msgspec.Struct, frozen=True):
    """One full month of an enterprise ("2026-05"): how many reports came from it, and how many of others name it."""

    party: str
    roles: str
    month: str
    own: int
    named: int


def find_named_but_silent(mentions: list[Mentions], months: list[Month], *, as_of: date) -> list[Lead]:
    """Return a lead for each enterprise that leaves more unanswered than its peers, or that has fallen silent."""
    return [*_find_unanswered(mentions, as_of), *_find_silent_months(months, as_of), *_find_fallen_silent(months)]


def _find_unanswered(mentions: list[Mentions], as_of: date) -> list[Lead]:
    """Return a lead for each enterprise that says nothing of more goods than its peers."""
    tried = [Tried(row.party, row.roles, "", row.unanswered, row.goods) for row in mentions]
    return [
        DETECTOR.lead(
            f"participant:{one.party}",
            party=one.party,
            on=as_of,
            chance=one.chance,
            evidence={"signal": "unanswered", "roles": one.group, **one.describe()},
            explanation=f"Others name this enterprise in the records of {one.trials} goods; of {one.cases} of them it says nothing "
            f"itself, where {one.expected:.1f} are to be expected by its {one.peers} peers. A chance of {one.chance:.1e}.",
            explanation_zh=f"他方在 {one.trials} 件货物的记录中提及该单位，其中 {one.cases} 件该单位未作任何报送；按 {one.peers} 家"
            f"同类单位，预期 {one.expected:.1f} 件。偶然出现的概率为 {one.chance:.1e}。",
        )
        for one in find_outliers(tried, rate=RATE)
    ]


def _find_silent_months(months: list[Month], as_of: date) -> list[Lead]:
    """Return a lead for each enterprise that says nothing in more of the months in which others name it than its peers."""
    tried = [Tried(row.party, row.roles, row.month, int(row.own == 0), 1) for row in months if row.named and row.roles]
    return [
        DETECTOR.lead(
            f"participant:{one.party}",
            party=one.party,
            on=as_of,
            chance=one.chance,
            evidence={"signal": "silent_months", "roles": one.group, **one.describe()},
            explanation=f"Others name this enterprise in {one.trials} months; in {one.cases} of them no report came from it, where "
            f"{one.expected:.1f} are to be expected by its {one.peers} peers. A chance of {one.chance:.1e}.",
            explanation_zh=f"有 {one.trials} 个月他方提及该单位，其中 {one.cases} 个月该单位无任何报送；按 {one.peers} 家同类单位，"
            f"预期 {one.expected:.1f} 个月。偶然出现的概率为 {one.chance:.1e}。",
        )
        for one in find_outliers(tried, rate=RATE)
    ]


class _Stop(msgspec.Struct, frozen=True):
    party: str
    last_month: str
    active: int
    months_before: int
    silent: int
    named_since: int
    chance: float


def _find_fallen_silent(months: list[Month]) -> list[Lead]:
    """Return a lead for each enterprise from which nothing has come for months in which others go on naming it."""
    series: dict[str, list[Month]] = defaultdict(list)
    for month in months:
        series[month.party].append(month)
    stops = [stop for _, own in sorted(series.items()) if (stop := _measure_stop(own))]
    bound = least_significant([stop.chance for stop in stops], rate=RATE)
    return [
        DETECTOR.lead(
            f"participant:{stop.party}",
            party=stop.party,
            on=date.fromisoformat(f"{stop.last_month}-01"),
            chance=stop.chance,
            evidence={
                "signal": "fell_silent",
                "last_month": stop.last_month,
                "months_with_reports": stop.active,
                "months_before": stop.months_before,
                "silent_months": stop.silent,
                "named_since": stop.named_since,
            },
            explanation=f"Until {stop.last_month} reports came in {stop.active} of {stop.months_before} months in which others "
            f"named this enterprise; in the {stop.silent} such months since then none came, though others named it "
            f"{stop.named_since} times. A chance of {stop.chance:.1e}.",
            explanation_zh=f"截至 {stop.last_month}，在他方提及该单位的 {stop.months_before} 个月中有 {stop.active} 个月有其报送；此后"
            f"他方仍提及 {stop.named_since} 次的 {stop.silent} 个月中均无报送。偶然出现的概率为 {stop.chance:.1e}。",
        )
        for stop in stops
        if stop.chance <= bound and stop.silent >= SILENT_MONTHS_MIN and stop.named_since >= MENTIONS_MIN
    ]


def _measure_stop(months: list[Month]) -> _Stop | None:
    """Return since when an enterprise is silent and how likely that is by its own past; None while too little is known.

    Only months count in which others name it: whoever has nothing to do has nothing to report. The share of months with
    reports is taken two standard errors lower than seen, for a past is short.
    """
    named = sorted((month for month in months if month.named), key=lambda one: one.month)
    last = max((month.month for month in months if month.own), default=None)
    if last is None:
        return None  # that it never spoke is seen by what it leaves unanswered
    before = [month for month in named if month.month <= last]
    since = [month for month in named if month.month > last]
    if len(before) < MONTHS_BEFORE_MIN:
        return None
    active = sum(1 for month in before if month.own)
    # The month of the last report is active by choice of where to cut, and tells nothing.
    share = (active - 1 + 0.5) / len(before)
    share = max(0.0, share - 2 * math.sqrt(share * (1 - share) / len(before)))
    chance = (1 - share) ** len(since)
    return _Stop(months[0].party, last, active, len(before), len(since), sum(one.named for one in since), chance)


DETECTOR = Detector(
    name="named_by_others_but_silent",
    title="Named by others, but silent",
    title_zh="被他方多次提及而自身不报送",
    counts="Goods that others say they gave to an enterprise, got from it or left with it, more than 75 days ago, of which it "
    "reports nothing, and full months in which others name it without any report from it, both against enterprises with the same "
    "roles; and full months without a report of an enterprise that used to report, while others go on naming it.",
    counts_zh="75 天以前他方称交予、得自或存放于某单位，而该单位未作任何报送的货物，"
    "以及被他方提及而全月无报送的月份，均与同类单位比较；原有报送的单位在他方仍提及"
    "期间整月无报送。",
    innocent="A closed business whose name others still type, an agent or a new name that reports instead, a typing error in a "
    "credit code that happens to be another's, deliveries that never came.",
    innocent_zh="单位已停业而他方仍沿用其名；由代报方或更名后主体报送；信用代码录错为他方；货物实际未送达。",
    false_positives=FalsePositives(
        at_most=2 * 3 * RATE,
        per="looks at a nation of honest participants that name anybody at all",
        per_zh="在所有单位均守规的情形下，每次检测中误指任何一家的概率",
        because="three families of tests, each under a false discovery rate of 0.3 %, twice that where peers differ much; "
        "months taken as independent",
        because_zh="三类检验各自将错误发现率控制在 0.3 %，同行差异很大时至多为其两倍；假定各月相互独立",
    ),
)
