"""Dismantlers at which more scrapped vehicles lack their battery than at others (拆解企业电池缺失率高于同行)."""

from datetime import date
from typing import Final

import msgspec

from suyuan.analysis.detectors.detector import Detector, FalsePositives, Lead
from suyuan.analysis.detectors.funnel import Tried, find_outliers

RATE: Final = 0.01


class Scrapped(msgspec.Struct, frozen=True):
    """Vehicles of one age class (years) that a dismantler took in and whose packs are known, and those of them incomplete."""

    dismantler: str
    age_class: str
    vehicles: int
    incomplete: int


def find_missing_more_than_peers(rows: list[Scrapped], *, as_of: date) -> list[Lead]:
    """Return a lead for each dismantler above the funnel of its peers; age classes have rates of their own."""
    tried = [Tried(row.dismantler, "", row.age_class, row.incomplete, row.vehicles) for row in rows]
    return [
        DETECTOR.lead(
            f"participant:{one.party}",
            party=one.party,
            on=as_of,
            chance=one.chance,
            evidence=one.describe(),
            explanation=f"{one.cases} of {one.trials} scrapped vehicles whose packs are known came without one or more of them; "
            f"at the rate of the {one.peers} other dismantlers for vehicles of these ages, {one.expected:.1f} were to be "
            f"expected. A chance of {one.chance:.1e}.",
            explanation_zh=f"已知原装电池的 {one.trials} 辆报废车中，有 {one.cases} 辆缺失电池；按其余 {one.peers} 家拆解企业"
            f"同车龄比例，预期 {one.expected:.1f} 辆。偶然出现的概率为 {one.chance:.1e}。",
        )
        for one in find_outliers(tried, rate=RATE)
    ]


DETECTOR = Detector(
    name="missing_more_than_peers",
    title="More scrapped vehicles without their battery than at other dismantlers",
    title_zh="报废车缺失电池的比例高于其他拆解企业",
    counts="Vehicles taken in for scrapping whose packs are known and which are no swap vehicles, and those of them that still "
    "lack a pack that no lawful party holds, against the rate of all other dismantlers for the same ages of vehicle.",
    counts_zh="接收报废、原装电池已知且非换电的车辆，以及其中仍有电池缺失且不在合法单位手中的车辆；与其他拆解企业同车龄的比例"
    "比较。",
    innocent="Wrecks after accidents or from insurers, a district where packs are stolen before the wreck arrives, repairers who "
    "do not report replacements.",
    innocent_zh="事故车、保险公司处置车较多；当地车辆到达前电池被盗；维修企业未报送更换。",
    false_positives=FalsePositives(
        at_most=2 * RATE,
        per="looks at a nation of honest dismantlers that name anybody at all",
        per_zh="在所有拆解企业均守规的情形下，每次检测中误指任何一家的概率",
        because="binomial tails with the peers' own spread, false discovery rate of Benjamini-Hochberg at 1 %, "
        "twice that where they differ much",
        because_zh="二项分布尾概率计入同行离散程度，并以 Benjamini-Hochberg 方法将错误发现率控制在 1 %；"
        "同行差异很大时至多为其两倍",
    ),
)
