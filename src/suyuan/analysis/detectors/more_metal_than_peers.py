"""Utilization enterprises whose recoveries hold more metal by feed than those of others (产出金属含量高于同行): phantom metal."""

from collections import defaultdict
from datetime import date
from typing import Final

import msgspec

from suyuan.analysis.detectors.chance import median
from suyuan.analysis.detectors.detector import Detector, FalsePositives, Lead
from suyuan.analysis.detectors.funnel import Tried, find_outliers

RATE: Final = 0.01
TIMES_USUAL: Final = 1.5
"""Lithium of whole packs by mass spreads less than that with chemistry and build (assumption); bare cells and electrodes exceed it."""
RECOVERIES_MIN: Final = 50  # of all enterprises together: fewer tell no usual content


class Recovery(msgspec.Struct, frozen=True):
    """One recovery of batteries and lots, nothing bought among the feed: lithium that came out, mass that went in, in grams."""

    party: str
    lithium_g: int
    feed_g: int


def find_more_metal_than_peers(recoveries: list[Recovery], *, as_of: date) -> list[Lead]:
    """Return a lead for each enterprise of which far more recoveries are rich than of its peers."""
    shares: dict[str, list[float]] = defaultdict(list)
    for one in recoveries:
        if one.lithium_g > 0 and one.feed_g > 0:  # who states no lithium recovers other metals, or tells nothing of it
            shares[one.party].append(one.lithium_g / one.feed_g)
    every = [share for own in shares.values() for share in own]
    if len(every) < RECOVERIES_MIN:
        return []
    usual = median(every)
    tried = [
        Tried(party, "", "", sum(share > TIMES_USUAL * usual for share in own), len(own))
        for party, own in sorted(shares.items())
    ]
    return [
        DETECTOR.lead(
            f"participant:{one.party}",
            party=one.party,
            on=as_of,
            chance=one.chance,
            evidence={"usual_lithium_permille": round(usual * 1000, 2), "times_usual": TIMES_USUAL, **one.describe()},
            explanation=f"{one.cases} of {one.trials} recoveries gave more than {TIMES_USUAL:g} times the usual lithium for their feed "
            f"({usual:.2%}); by the {one.peers} other enterprises {one.expected:.1f} were to be expected. A chance of {one.chance:.1e}.",
            explanation_zh=f"{one.trials} 次再生利用中，有 {one.cases} 次的产出锂超过投料质量通常含量（{usual:.2%}）的 {TIMES_USUAL:g} "
            f"倍；按其余 {one.peers} 家，预期 {one.expected:.1f} 次。偶然出现的概率为 {one.chance:.1e}。",
        )
        for one in find_outliers(tried, rate=RATE)
    ]


DETECTOR = Detector(
    name="more_metal_than_peers",
    title="Recoveries richer in metal than those of other utilization enterprises",
    title_zh="再生利用产出金属含量高于其他综合利用企业",
    counts="Recoveries of batteries and lots, without material bought, that gave more than 1.5 times the lithium that is usual for the "
    "mass fed over the whole nation, against the share of such recoveries at the other enterprises (funnel).",
    counts_zh="投料仅为电池和批次（不含外购材料）的再生利用中，产出锂超过全国单位投料质量通常含量 1.5 倍的次数，与其他企业的比例"
    "比较（漏斗图）。",
    innocent="A business in bare cells or electrode scrap, which hold more metal by mass than packs; outputs of several feeds reported "
    "with one of them.",
    innocent_zh="主营裸单体或极片废料（单位质量金属含量高于整包）；多批投料的产出合并在一次报告中。",
    false_positives=FalsePositives(
        at_most=2 * RATE,
        per="looks at a nation of honest utilization enterprises that name anybody at all",
        per_zh="在所有综合利用企业均守规的情形下，每次检测中误指任何一家的概率",
        because="binomial tails with the peers' own spread, false discovery rate of Benjamini-Hochberg at 1 %, twice that where they "
        "differ much",
        because_zh="二项分布尾概率计入同行离散程度，并以 Benjamini-Hochberg 方法将错误发现率控制在 1 %；同行差异很大时至多为其两倍",
    ),
)
