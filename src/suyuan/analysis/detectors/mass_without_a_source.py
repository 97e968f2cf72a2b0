"""Utilization enterprises that processed or booked mass nobody says they got (综合利用企业无来源质量): phantom mass."""

import math
from datetime import date
from typing import Final

import msgspec

from suyuan.analysis.detectors.chance import MAD_EFFICIENCY, MAD_TO_SIGMA, least_significant, median, student_tail
from suyuan.analysis.detectors.detector import Detector, FalsePositives, Lead
from suyuan.analysis.detectors.funnel import PEERS_MIN, Tried, find_outliers

RATE: Final = 0.003  # each of the three signals
SHARE_FLOOR: Final = 0.005  # a share below half a percent is as good as none: scales and roundings
SIGMA_FLOOR: Final = 0.12  # in the logarithm: peers that agree more closely than this agree by chance
TIMES_PEERS: Final = 2.0
SHARE_MIN: Final = 0.05
PROCESSED_G_MIN: Final = 5_000_000  # one lorry of packs


class Intake(msgspec.Struct, frozen=True):
    """What an enterprise says it received from named senders, and what of it no sender says it handed over; pieces."""

    party: str
    receipts: int
    unconfirmed: int


class Masses(msgspec.Struct, frozen=True):
    """Grams of used goods in an enterprise's book up to a day.

    `processed` was fed, made into products or taken apart; `traceable` came by receipts that their sender confirms, from owners,
    off vehicles, or was there at the first count; `uncoded` it declared itself, without a code; `came` is all that came.
    """

    party: str
    processed_g: int
    traceable_g: int
    uncoded_g: int
    came_g: int


def find_mass_without_a_source(intakes: list[Intake], masses: list[Masses], *, as_of: date) -> list[Lead]:
    """Return a lead for each enterprise and signal that stands out from its peers."""
    leads = [
        DETECTOR.lead(
            f"participant:{one.party}",
            party=one.party,
            on=as_of,
            chance=one.chance,
            evidence={"signal": "unconfirmed_receipts", **one.describe()},
            explanation=f"Of {one.trials} receipts from named senders more than 75 days ago, {one.cases} are confirmed by no hand-over of "
            f"that sender; by the {one.peers} other utilization enterprises {one.expected:.1f} are to be expected. "
            f"A chance of {one.chance:.1e}.",
            explanation_zh=f"75 天以前自具名移交方接收的 {one.trials} 件中，有 {one.cases} 件无该移交方的移交记录；按其余 {one.peers} 家"
            f"综合利用企业，预期 {one.expected:.1f} 件。偶然出现的概率为 {one.chance:.1e}。",
        )
        for one in find_outliers(
            [Tried(row.party, "", "", row.unconfirmed, row.receipts) for row in intakes], rate=RATE
        )
    ]
    return [*leads, *_find_processed(masses, as_of), *_find_uncoded(masses, as_of)]


def _find_processed(masses: list[Masses], as_of: date) -> list[Lead]:
    """Return a lead for each enterprise that processed far more than came to it traceably, by the ratio's logarithm."""
    rows = {row.party: row for row in masses if row.processed_g >= PROCESSED_G_MIN}
    ratios = {party: math.log(row.processed_g / max(row.traceable_g, PROCESSED_G_MIN)) for party, row in rows.items()}
    leads = []
    for one in _stand_out(ratios):
        row = rows[one.party]
        beyond_g = row.processed_g - row.traceable_g
        if beyond_g >= SHARE_MIN * row.processed_g:
            usual = math.exp(one.middle)
            leads.append(
                DETECTOR.lead(
                    f"participant:{one.party}",
                    party=one.party,
                    on=as_of,
                    chance=one.chance,
                    evidence={
                        "signal": "processed_beyond_traceable",
                        "processed_g": row.processed_g,
                        "traceable_g": row.traceable_g,
                        "usual_ratio_of_peers": round(usual, 3),
                        **one.describe(),
                    },
                    explanation=f"{_tonnes(row.processed_g)} t were processed; receipts that their senders confirm, owners, vehicles "
                    f"and the first count account for {_tonnes(row.traceable_g)} t. The middle of {one.peers} "
                    f"peers processed {usual:.0%} of what came so. A chance of {one.chance:.1e}.",
                    explanation_zh=f"加工 {_tonnes(row.processed_g)} 吨；移交方确认的接收、车主交付、车上拆得和首次盘点合计仅 "
                    f"{_tonnes(row.traceable_g)} 吨。{one.peers} 家同类单位的中位数为可查来源的 {usual:.0%}。"
                    f"偶然出现的概率为 {one.chance:.1e}。",
                )
            )
    return leads


def _find_uncoded(masses: list[Masses], as_of: date) -> list[Lead]:
    """Return a lead for each enterprise of whose intake far more has no code than of its peers', by the logit of the share."""
    rows = {row.party: row for row in masses if row.came_g >= PROCESSED_G_MIN}
    shares = {party: row.uncoded_g / row.came_g for party, row in rows.items()}
    logits = {party: _logit(min(1 - SHARE_FLOOR, max(SHARE_FLOOR, share))) for party, share in shares.items()}
    leads = []
    for one in _stand_out(logits):
        share, usual = shares[one.party], 1 / (1 + math.exp(-one.middle))
        if share >= SHARE_MIN and share >= TIMES_PEERS * usual:
            row = rows[one.party]
            leads.append(
                DETECTOR.lead(
                    f"participant:{one.party}",
                    party=one.party,
                    on=as_of,
                    chance=one.chance,
                    evidence={
                        "signal": "uncoded_share",
                        "uncoded_g": row.uncoded_g,
                        "came_g": row.came_g,
                        "usual_share_of_peers": round(usual, 4),
                        **one.describe(),
                    },
                    explanation=f"{share:.0%} of the mass that came was declared by the enterprise itself, without any code; the middle of "
                    f"{one.peers} peers is {usual:.1%}. A chance of {one.chance:.1e}.",
                    explanation_zh=f"入库质量的 {share:.0%} 由该单位自行申报且无编码；{one.peers} 家同类单位的中位数为 {usual:.1%}。"
                    f"偶然出现的概率为 {one.chance:.1e}。",
                )
            )
    return leads


class _High(msgspec.Struct, frozen=True):
    """A party whose value lies far above the middle of all."""

    party: str
    robust_z: float
    middle: float
    peers: int
    chance: float

    def describe(self) -> dict[str, float]:
        return {"robust_z": round(self.robust_z, 2), "peers": self.peers}


def _stand_out(values: dict[str, float]) -> list[_High]:
    """Return the parties far above the middle, by median and median deviation; few parties tell nothing."""
    if len(values) <= PEERS_MIN:
        return []
    middle = median(values.values())
    sigma = max(SIGMA_FLOOR, MAD_TO_SIGMA * median(abs(value - middle) for value in values.values()))
    freedom = MAD_EFFICIENCY * (len(values) - 1)
    high = [
        _High(party, z, middle, len(values) - 1, student_tail(z, freedom=freedom))
        for party, value in sorted(values.items())
        for z in ((value - middle) / sigma,)
    ]
    bound = least_significant([one.chance for one in high], rate=RATE)
    return [one for one in high if one.chance <= bound]


def _logit(share: float) -> float:
    return math.log(share / (1 - share))


def _tonnes(mass_g: int) -> str:
    return f"{mass_g / 1e6:,.1f}"


DETECTOR = Detector(
    name="mass_without_a_source",
    title="Mass processed or booked that nobody says was delivered",
    title_zh="加工或入账的质量无可查来源",
    counts="For each utilization enterprise: receipts whose named sender tells of no hand-over; the share of the mass processed beyond "
    "everything traceable that ever came; the share of the mass that came without code, by its own declaration. Each against the other "
    "utilization enterprises (funnel; robust z by median and MAD of logarithm and logit).",
    counts_zh="逐家综合利用企业：具名移交方无移交记录的接收；加工质量超出全部可查来源的份额；自行申报的无编码质量在入库中的份额。"
    "均与其他综合利用企业比较（漏斗图；对数和 logit 的中位数与 MAD 稳健 z 值）。",
    innocent="Senders that report late or not at all, opening stock that was never counted, a business in production scrap or legacy "
    "batteries without codes.",
    innocent_zh="移交方迟报或不报；期初库存未盘点；主营生产废料或无编码老旧电池。",
    false_positives=FalsePositives(
        at_most=2 * 3 * RATE,
        per="looks at a nation of honest utilization enterprises that name anybody at all",
        per_zh="在所有综合利用企业均守规的情形下，每次检测中误指任何一家的概率",
        because="three families of tests, each under a false discovery rate of 0.3 %, twice that where peers "
        "differ much; ratios of honest peers spread log-normally, shares logit-"
        "normally; the tail is Student's t with as many degrees of freedom as the median deviation of the peers is worth",
        because_zh="三类检验各自将错误发现率控制在 0.3 %，同行差异很大时至多为其两倍；假定守规同行的比值呈对数正态、份额呈 logit 正态分布，"
        "尾概率取 t 分布，自由度按同行中位差的有效数量计",
    ),
)
