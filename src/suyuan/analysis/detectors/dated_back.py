"""Enterprises whose days of occurrence look made up (发生日期疑似倒填): too late for the other party, just in time, too even."""

import math
from collections import defaultdict
from datetime import date
from typing import Final

import msgspec

from suyuan.analysis.detectors.chance import (
    MAD_EFFICIENCY,
    MAD_TO_SIGMA,
    evenness_tail,
    least_significant,
    median,
    student_tail,
)
from suyuan.analysis.detectors.detector import Detector, FalsePositives, Lead
from suyuan.analysis.detectors.funnel import Outlier, Tried, find_outliers

RATE: Final = 0.0025  # each of the four signals
TRANSITS_MIN, TRANSITS_OF_ROLES_MIN = 30, 200
TRANSIT_SIGMA_FLOOR: Final = 0.5  # in the logarithm of days: less than that is the same custom, not the same road
GOODS_NAMED_MAX: Final = 20
BATCH_REPORTS_MIN: Final = 10
BATCH_DAYS_MIN: Final = 10
BATCH_REPORTS_MAX: Final = 400  # with more every day is taken anyway


class Halves(msgspec.Struct, frozen=True):
    """Movements of which both parties have told, and those for which this party, reporting later, tells a day the other's denies."""

    party: str
    roles: str
    movements: int
    contradicted: int


class Transit(msgspec.Struct, frozen=True):
    """A movement with both halves: days from hand-over to receipt; `roles` of giver and receiver, who is `party`.

    `is_told_after` tells that the receipt was reported after the hand-over.
    """

    party: str
    roles: str
    goods: str
    days: int
    is_told_after: bool


class Filings(msgspec.Struct, frozen=True):
    """Days on which a party filed reports under a limit, and those on which the oldest of them was in its last two days in time."""

    party: str
    roles: str
    days: int
    last_minute: int


class Batch(msgspec.Struct, frozen=True):
    """Reports of one party received on one day: how many occurred on each day. Days not named had none."""

    party: str
    received_on: date
    occurred: tuple[tuple[date, int], ...]


def find_dated_back(
    halves: list[Halves], transits: list[Transit], filings: list[Filings], batches: list[Batch], *, as_of: date
) -> list[Lead]:
    """Return a lead for each party and signal that stands out."""
    leads = [
        _tell_outlier(
            one,
            as_of,
            "contradicts_counterpart",
            f"In {one.cases} of {one.trials} movements of which both parties have told, this enterprise, reporting after the other, "
            "gives a day that the other's report denies",
            f"在双方均已报送的 {one.trials} 次移交中，该单位后报且所填日期与对方记录不符的有 {one.cases} 次",
        )
        for one in find_outliers(
            [Tried(row.party, row.roles, "", row.contradicted, row.movements) for row in halves], rate=RATE
        )
    ]
    leads += [
        _tell_outlier(
            one,
            as_of,
            "just_in_time",
            f"On {one.cases} of {one.trials} days of filing, the oldest report was in the last two days of its limit",
            f"{one.trials} 个报送日中，有 {one.cases} 日所报最早事项恰在时限最后两日内",
        )
        for one in find_outliers(
            [Tried(row.party, row.roles, "", row.last_minute, row.days) for row in filings], rate=RATE
        )
    ]
    return [*leads, *_find_long_transits(transits, as_of), *_find_even(batches)]


def _find_long_transits(transits: list[Transit], as_of: date) -> list[Lead]:
    """Return a lead for each receiver whose goods, by the day that it gives later, were on the way far longer than others'.

    By median and median deviation of the logarithm among movements between parties of the same roles; where these are few,
    among all, for the roads are the same for everybody.
    """
    groups: dict[str, list[Transit]] = defaultdict(list)
    for one in transits:
        groups[one.roles].append(one)
    large = {roles: own for roles, own in groups.items() if len(own) >= TRANSITS_OF_ROLES_MIN}
    measured = [found for own in large.values() for found in _measure_transits(own, among=own)]
    if len(transits) >= TRANSITS_MIN:
        measured += _measure_transits([one for one in transits if one.roles not in large], among=transits)
    bound = least_significant([chance for chance, _, _ in measured], rate=RATE)
    found: dict[str, list[tuple[float, Transit, float]]] = defaultdict(list)
    for chance, one, usual in measured:
        if chance <= bound and one.is_told_after:
            found[one.party].append((chance, one, usual))
    return [_tell_transits(party, own, as_of) for party, own in sorted(found.items())]


def _measure_transits(own: list[Transit], *, among: list[Transit]) -> list[tuple[float, Transit, float]]:
    """Return how likely each is to be on the way so long, with the movement and the days that are usual."""
    logs = [math.log1p(max(0, one.days)) for one in among]
    middle = median(logs)
    sigma = max(TRANSIT_SIGMA_FLOOR, MAD_TO_SIGMA * median(abs(value - middle) for value in logs))
    freedom = MAD_EFFICIENCY * (len(among) - 1)
    return [
        (student_tail((math.log1p(max(0, one.days)) - middle) / sigma, freedom=freedom), one, math.expm1(middle))
        for one in own
    ]


def _tell_transits(party: str, own: list[tuple[float, Transit, float]], as_of: date) -> Lead:
    own.sort(key=lambda one: (one[0], one[1].goods))
    chance, longest, usual = own[0]
    goods = [one.goods for _, one, _ in own]
    return DETECTOR.lead(
        f"participant:{party}",
        party=party,
        about=tuple(f"lot:{one}" if one.startswith("LOT-") else f"battery:{one}" for one in goods[:GOODS_NAMED_MAX]),
        on=as_of,
        chance=chance,
        evidence={
            "signal": "long_on_the_way",
            "movements": len(own),
            "days": [one.days for _, one, _ in own[:GOODS_NAMED_MAX]],
            "usual_days": round(usual, 1),
            "roles": longest.roles,
        },
        explanation=f"By this enterprise's receipts, reported after the givers', {len(own)} goods were on the way for up to "
        f"{max(one.days for _, one, _ in own)} days; {usual:.0f} are usual between parties of these roles. "
        f"A chance of {chance:.1e}.",
        explanation_zh=f"按该单位后报的接收日期，{len(own)} 件货物在途最长 {max(one.days for _, one, _ in own)} 天；"
        f"同类单位之间通常为 {usual:.0f} 天。偶然出现的概率为 {chance:.1e}。",
    )


def _tell_outlier(one: Outlier, as_of: date, signal: str, what: str, what_zh: str) -> Lead:
    return DETECTOR.lead(
        f"participant:{one.party}",
        party=one.party,
        on=as_of,
        chance=one.chance,
        evidence={"signal": signal, "roles": one.group, **one.describe()},
        explanation=f"{what}; by its {one.peers} peers {one.expected:.1f} are to be expected. A chance of {one.chance:.1e}.",
        explanation_zh=f"{what_zh}；按 {one.peers} 家同类单位，预期 {one.expected:.1f}。偶然出现的概率为 {one.chance:.1e}。",
    )


def _find_even(batches: list[Batch]) -> list[Lead]:
    """Return a lead for each party with a batch whose days of occurrence are spread more evenly than chance spreads them."""
    measured: dict[str, list[tuple[float, Batch, int]]] = defaultdict(list)
    for batch in batches:
        evenness = measure_evenness(batch)
        if evenness is not None:
            measured[batch.party].append((evenness[0], batch, evenness[1]))
    least = {party: min(own, key=lambda one: (one[0], one[1].received_on)) for party, own in sorted(measured.items())}
    # The least of several chances is less than one of them: Bonferroni within the party.
    chances = {party: min(1.0, chance * len(measured[party])) for party, (chance, _, _) in least.items()}
    bound = least_significant(list(chances.values()), rate=RATE)
    leads = []
    for party, (_, batch, span) in least.items():
        if chances[party] <= bound:
            reports, days = sum(count for _, count in batch.occurred), len(batch.occurred)
            leads.append(_tell_even(batch, reports=reports, days=days, span=span, chance=chances[party]))
    return leads


def measure_evenness(batch: Batch) -> tuple[float, int] | None:
    """Return how likely so many different days are, and the days spanned; None for batches that can tell nothing.

    First and last day are given by the batch itself, so only the reports between them fall at random.
    """
    reports = sum(count for _, count in batch.occurred)
    first, last = min(batch.occurred)[0], max(batch.occurred)[0]
    span = (last - first).days + 1
    inner = reports - dict(batch.occurred)[first] - dict(batch.occurred)[last]
    between = [day for day, _ in batch.occurred if first < day < last]
    if not BATCH_REPORTS_MIN <= reports <= BATCH_REPORTS_MAX or span < BATCH_DAYS_MIN or inner < 1:
        return None
    return evenness_tail(len(between), things=inner, bins=span - 2), span


def _tell_even(batch: Batch, *, reports: int, days: int, span: int, chance: float) -> Lead:
    return DETECTOR.lead(
        f"participant:{batch.party}",
        party=batch.party,
        on=batch.received_on,
        chance=chance,
        evidence={
            "signal": "too_even",
            "received_on": batch.received_on.isoformat(),
            "reports": reports,
            "different_days": days,
            "days_spanned": span,
        },
        explanation=f"{reports} reports received on {batch.received_on} are said to have occurred on {days} different days of {span}: "
        f"more evenly spread than chance spreads them ({chance:.1e}).",
        explanation_zh=f"{batch.received_on} 一次收到的 {reports} 份报告，称发生于 {span} 天中的 {days} 个不同日期，"
        f"分布比偶然情形更均匀（概率 {chance:.1e}）。",
    )


DETECTOR = Detector(
    name="dated_back",
    title="Days of occurrence that look made up",
    title_zh="发生日期疑似倒填",
    counts="Four signals: halves of a movement reported after the other party's whose day the other's denies (handed over more than "
    "three days after the receipt, received more than three weeks after the hand-over); goods on the way "
    "far longer than usual by a receipt reported later; days of filing whose oldest report is in its "
    "last two days in time; batches received in one day whose days of occurrence are spread more evenly than chance would.",
    counts_zh="四种迹象：后报的一方所填日期与对方不符（移交晚于接收三天以上，或接收晚于移交三周以上）；按后报的接收日期在途时间远超通常；报送日所报最早事项恰在"
    "时限最后两日；一日内收到的整批报告，发生日期分布过于均匀。",
    innocent="Files sent once a month, two days before the limit; one lorry each working day; a clerk who writes the day of the "
    "document; goods that waited on the way.",
    innocent_zh="每月固定在时限前集中报送；每个工作日发一车；按单据日期填写；货物在途滞留。",
    false_positives=FalsePositives(
        at_most=2 * 4 * RATE,
        per="looks at a nation of honest participants that name anybody at all",
        per_zh="在所有单位均守规的情形下，每次检测中误指任何一家的概率",
        because="four families of tests, each under a false discovery rate of 0.25 %, twice that where peers differ much; events fall on "
        "days at random, days on the way spread log-normally",
        because_zh="四类检验各自将错误发现率控制在 0.25 %，同行差异很大时至多为其两倍；"
        "假定事件随机落在各日，在途天数呈对数正态分布",
    ),
)
