"""Rings of three to six enterprises that pass goods round (三至六家单位循环流转), whether or not one and the same pack comes home.

A relay is a good that v got from u and passed on to w within weeks: the same code, or goods without lasting codes (lots, temporary
codes) of the same mass. A ring is a circle of hand-overs in which every enterprise but at most one relays: goods begin somewhere.
Honest trade in both directions makes circles of hand-overs, but no relays round them; honest relays lead down the chain, not back.

How likely a relay is by chance: for the same code, the rate at which the middle peer with the same roles passes on anything at all
to anybody with the roles of w; for equal masses, the pairs that match whenever they happened, times the share of time in which
they would count (the expectation of a null in which times are shuffled). Relays at different enterprises are independent of each
other where nothing links them, so a ring has the product of their chances, times the number of circles of its length that there
could be: as many as there are enterprises, times the receivers that each member has (Bonferroni with weights).
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date
from functools import cache
from itertools import islice
from math import prod
from typing import Any, Final

import msgspec

from suyuan.analysis.detectors.chance import median, poisson_tail
from suyuan.analysis.detectors.detector import Detector, FalsePositives, Lead

AT_MOST: Final = 1e-3
RELAY_DAYS: Final = 60
RELAYS_MIN: Final = 2
LENGTHS: Final = range(3, 7)
CIRCLES_MAX: Final = 20_000
MASS_TOLERANCE: Final = 0.01
RATE_WITHOUT_PEERS: Final = 0.1  # assumption, where nobody has the same roles
GOODS_NAMED_MAX: Final = 20

Arc = tuple[str, str, str]
FindCircles = Callable[[list[tuple[int, int]], int], Iterator[list[int]]]


class Movement(msgspec.Struct, frozen=True, order=True):
    """One hand-over of used goods, whichever half of it was reported; `goods` is a code, a temporary code or a lot."""

    goods: str
    giver: str
    receiver: str
    on: date
    mass_g: int

    @property
    def has_lasting_code(self) -> bool:
        """Tell whether the goods keep their code, so that only the same code is the same goods."""
        return not self.goods.startswith(("LOT-", "TMP-"))


class _Relays(msgspec.Struct):
    """What an enterprise relayed on one arc, and how much of that chance would do."""

    goods: set[str]
    expected: float
    chance: float


def find_goods_in_a_ring(movements: list[Movement], roles: dict[str, str], *, find_circles: FindCircles) -> list[Lead]:
    """Return a lead for each set of enterprises that pass goods round; `find_circles` enumerates the circles of a graph."""
    moved = sorted(set(movements))
    arcs = _find_arcs(moved, roles)
    receivers: dict[str, set[str]] = defaultdict(set)
    for one in moved:
        receivers[one.giver].add(one.receiver)
    parties = {party for one in moved for party in (one.giver, one.receiver)}
    found: dict[tuple[str, ...], _Ring] = {}
    for circle in _list_circles(arcs, find_circles):
        relays = [arcs.get((circle[place - 1], v, circle[(place + 1) % len(circle)])) for place, v in enumerate(circle)]
        known = [one for one in relays if one is not None]
        looked_at = len(parties) * prod(len(receivers[v]) for v in circle) * len(LENGTHS) / len(circle)
        chance = prod(one.chance for one in known) * looked_at
        if len(known) >= len(circle) - 1 and chance <= AT_MOST:
            members = tuple(sorted(circle))
            ring = _Ring(chance, circle, known)
            if members not in found or (ring.chance, ring.circle) < (found[members].chance, found[members].circle):
                found[members] = ring
    last_day = {one.goods: one.on for one in sorted(moved, key=lambda one: one.on)}
    kept = _leave_out_larger(found)
    return [_tell(kept[members], last_day) for members in sorted(kept)]


class _Ring(msgspec.Struct):
    """A circle of enterprises with what they relayed, and how likely that much is by chance anywhere."""

    chance: float
    circle: tuple[str, ...]
    relays: list[_Relays]


def _list_circles(arcs: dict[Arc, _Relays], find_circles: FindCircles) -> list[tuple[str, ...]]:
    """Return the circles along which somebody relays, each beginning with its smallest member, in their order.

    Who finds them is given numbers: sets of texts have another order in each process, and the most that is looked at may cut.
    """
    edges = sorted({edge for u, v, w in arcs for edge in ((u, v), (v, w))})
    names = sorted({party for edge in edges for party in edge})
    number = {party: place for place, party in enumerate(names)}
    numbered = find_circles([(number[u], number[v]) for u, v in edges], max(LENGTHS))
    circles = ([names[place] for place in circle] for circle in islice(numbered, CIRCLES_MAX))
    return sorted(_turn(circle) for circle in circles if len(circle) in LENGTHS)


def _leave_out_larger(found: dict[tuple[str, ...], _Ring]) -> dict[tuple[str, ...], _Ring]:
    """Return the rings that hold no other ring which is at least as unlikely."""
    return {
        members: ring
        for members, ring in found.items()
        if not any(set(other) < set(members) and found[other].chance <= ring.chance for other in found)
    }


def _find_arcs(moved: list[Movement], roles: dict[str, str]) -> dict[Arc, _Relays]:
    """Return who relays from whom to whom, with at least the least number of goods."""
    came: dict[str, list[Movement]] = defaultdict(list)
    left: dict[str, list[Movement]] = defaultdict(list)
    for one in moved:
        came[one.receiver].append(one)
        left[one.giver].append(one)
    relayed: dict[Arc, set[str]] = defaultdict(set)
    by_chance: dict[Arc, float] = defaultdict(float)
    passed_on: dict[tuple[str, str], set[str]] = defaultdict(set)
    days = max(RELAY_DAYS, (max(one.on for one in moved) - min(one.on for one in moved)).days) if moved else RELAY_DAYS
    for v in sorted(came.keys() & left.keys()):
        for before, after in _same_code(came[v], left[v]):
            passed_on[v, roles.get(after.receiver, "")].add(before.goods)
            relayed[before.giver, v, after.receiver].add(before.goods)
        for before, after, is_relay in _same_mass(came[v], left[v]):
            arc = (before.giver, v, after.receiver)
            by_chance[arc] += RELAY_DAYS / days
            if is_relay:
                relayed[arc].add(f"{before.goods}>{after.goods}")
    usual = _usual_rates(came, passed_on, roles)
    inflow: dict[tuple[str, str], int] = defaultdict(int)
    for one in moved:
        inflow[one.giver, one.receiver] += one.has_lasting_code
    arcs: dict[Arc, _Relays] = {}
    for arc, goods in relayed.items():
        if len(goods) >= RELAYS_MIN and len(set(arc)) == len(arc):
            expected = inflow[arc[:2]] * usual(arc[1], roles.get(arc[2], "")) + by_chance[arc]
            arcs[arc] = _Relays(goods, expected, poisson_tail(len(goods), expected=expected))
    return arcs


def _same_code(came: list[Movement], left: list[Movement]) -> Iterator[tuple[Movement, Movement]]:
    """Yield goods that came and left under one code within the days of a relay."""
    by_goods: dict[str, list[Movement]] = defaultdict(list)
    for after in left:
        by_goods[after.goods].append(after)
    for before in came:
        for after in by_goods.get(before.goods, ()):
            if 0 <= (after.on - before.on).days <= RELAY_DAYS and after.receiver != before.giver:
                yield before, after


def _same_mass(came: list[Movement], left: list[Movement]) -> Iterator[tuple[Movement, Movement, bool]]:
    """Yield pairs of goods without lasting codes that weigh the same, and whether the second left soon after the first came.

    Goods that came count for one relay only, and so do those that left.
    """
    incoming = sorted((one for one in came if not one.has_lasting_code), key=lambda one: (one.on, one))
    outgoing = sorted((one for one in left if not one.has_lasting_code), key=lambda one: (one.mass_g, one))
    weights = [one.mass_g for one in outgoing]
    used: set[int] = set()
    for before in incoming:
        tolerance_g = int(MASS_TOLERANCE * before.mass_g)
        alike = range(
            bisect_left(weights, before.mass_g - tolerance_g), bisect_right(weights, before.mass_g + tolerance_g)
        )
        is_matched = False
        for place in sorted(alike, key=lambda one: (outgoing[one].on, one)):
            after = outgoing[place]
            if before.goods == after.goods or after.receiver == before.giver:
                continue
            is_soon = 0 <= (after.on - before.on).days <= RELAY_DAYS
            is_relay = is_soon and not is_matched and place not in used
            if is_relay:
                used.add(place)
                is_matched = True
            yield before, after, is_relay


def _usual_rates(
    came: dict[str, list[Movement]], passed_on: dict[tuple[str, str], set[str]], roles: dict[str, str]
) -> Callable[[str, str], float]:
    """Return what tells the share of goods that the middle one of an enterprise's peers passes on to receivers of some roles.

    Never quite nothing: one good more among all that the peers got.
    """
    groups: dict[str, list[str]] = defaultdict(list)
    for party in came:
        groups[roles.get(party, "")].append(party)

    @cache
    def usual(party: str, to: str) -> float:
        peers = [other for other in groups[roles.get(party, "")] if other != party]
        if not peers:
            return RATE_WITHOUT_PEERS
        shares = [len(passed_on.get((other, to), ())) / len(came[other]) for other in peers]
        return max(1 / (1 + sum(len(came[other]) for other in peers)), median(shares))

    return usual


def _turn(circle: list[str]) -> tuple[str, ...]:
    """Return a circle beginning with its smallest member."""
    start = circle.index(min(circle))
    return (*circle[start:], *circle[:start])


def _tell(ring: _Ring, last_day: dict[str, date]) -> Lead:
    chance, circle, relays = ring.chance, ring.circle, ring.relays
    goods = sorted({code for one in relays for name in one.goods for code in name.split(">")})
    evidence: dict[str, Any] = {
        "ring": list(circle),
        "relays": [len(one.goods) for one in relays],
        "expected_relays": [round(one.expected, 3) for one in relays],
        "goods": goods[:GOODS_NAMED_MAX],
        "goods_count": len(goods),
    }
    order = " → ".join((*circle, circle[0]))
    return DETECTOR.lead(
        f"participant:{circle[0]}",
        about=(*(f"participant:{one}" for one in circle), *(_subject_of(code) for code in goods[:GOODS_NAMED_MAX])),
        on=max(last_day[code] for code in goods),
        chance=chance,
        evidence=evidence,
        explanation=f"{len(circle)} enterprises pass goods round ({order}): {len(goods)} goods were passed on within "
        f"{RELAY_DAYS} days to the next in the circle, where {sum(one.expected for one in relays):.2f} "
        f"are to be expected. A chance of {chance:.1e}.",
        explanation_zh=f"{len(circle)} 家单位循环流转货物（{order}）：{len(goods)} 件货物在 {RELAY_DAYS} 天内转交给循环中的下一家，"
        f"预期仅 {sum(one.expected for one in relays):.2f} 件。偶然出现的概率为 {chance:.1e}。",
    )


def _subject_of(goods: str) -> str:
    return f"lot:{goods}" if goods.startswith("LOT-") else f"battery:{goods}"


DETECTOR = Detector(
    name="goods_in_a_ring",
    title="Goods passed round a ring of enterprises",
    title_zh="货物在三至六家单位间循环流转",
    counts="Circles of three to six enterprises in which all, or all but one, passed on at least two goods to the next within 60 days "
    "of getting them from the one before: under the same code, or lots and uncoded goods of the same mass (1 %). Different goods may "
    "close the circle, and none need come home.",
    counts_zh="三至六家单位构成的循环，其中各家（至多一家除外）在收货后 60 天内将至少两件货物转交下一家：编码相同，或质量相同（1 %）"
    "的批次和无编码货物。各段可为不同货物，也不要求货物回到起点。",
    innocent="A group of companies with one warehouse, brokers that trade used packs among themselves, goods refused and sent back "
    "through a third party.",
    innocent_zh="集团内共用仓库；经销商之间相互调剂；拒收货物经第三方退回。",
    false_positives=FalsePositives(
        at_most=AT_MOST,
        per="looks at a nation of honest trade that name any ring at all",
        per_zh="在所有交易均守规的情形下，每次检测中误指任何循环的概率",
        because="product of the chances of independent relays, times the number of circles there could be (Bonferroni with weights)",
        because_zh="各段转交相互独立时概率之积，乘以可能的循环数（加权 Bonferroni 校正）",
    ),
)
