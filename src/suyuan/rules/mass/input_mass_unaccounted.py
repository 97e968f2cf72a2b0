"""The mass fed differs from that of the goods named (投料质量与投料明细不符)."""

from collections.abc import Iterator

from suyuan.core.finding import Finding, Rule, Step
from suyuan.core.recovery import PERCENT, exceeds, fed_codes


def input_mass_unaccounted(step: Step) -> Iterator[Finding]:
    """Find a claimed input that the batteries, lots and materials named do not add up to, beyond the tolerance."""
    event, feed = step.event, step.feed
    claimed_g = event.body["input_mass_g"]
    percent = step.rulebook.threshold("feed_mass_tolerance_percent", on=event.occurred_on)
    is_too_much = feed.is_mass_known and exceeds(claimed_g, feed.goods_g, percent=percent)
    is_too_little = claimed_g * PERCENT < feed.goods_g * (PERCENT - percent)
    if is_too_much or is_too_little:
        evidence = {"input_mass_g": claimed_g, "goods_g": feed.goods_g, "tolerance_percent": percent}
        yield RULE.find(step, party=event.reporter, evidence=evidence, about=fed_codes(event))


RULE = Rule(
    name="input_mass_unaccounted",
    family="mass",
    title="The mass fed differs from that of the goods named",
    title_zh="投料质量与投料明细不符",
    weight="lead",
    kinds=("material_recovered",),
    families=("recovery",),
    competent_line="industry",
    source="platform choice: tolerance in percent of the mass of the goods named",
    verified=False,
    in_force_from="2018-08-01",
    counts="The input mass claimed is above or below the mass of the batteries, lots and materials named by more than the tolerance.",
    counts_not=(
        "More than named while the mass of some goods is unknown: they may weigh the rest. A battery taken apart weighs what "
        "its parts were reported to weigh."
    ),
    counts_zh="所报投料质量高于或低于所列电池、批次和材料的质量，超过容差。",
    counts_not_zh="部分货物质量未知而投料多于所列：其余可能即为其重。已拆解的电池按所得部件的报告质量计。",
    remedy="The enterprise names everything that was fed, or corrects the input mass, and reports again.",
    remedy_zh="企业补报全部投料明细或更正投料质量后重新报送。",
    check=input_mass_unaccounted,
)
