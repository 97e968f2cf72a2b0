"""More metal was recovered than was fed (产出金属多于投料)."""

from collections.abc import Iterator

from suyuan.core.composition import METALS, least_metals_of_material
from suyuan.core.finding import Finding, Rule, Step
from suyuan.core.recovery import fed_codes, read_feed

PERMILLE = 1000


def metal_that_was_never_in_the_feed(step: Step) -> Iterator[Finding]:
    """Find metals in the outputs of one recovery that nothing fed to it can hold, above a floor for dirt and scales."""
    event = step.event
    feed = read_feed(event, step.facts, rulebook=step.rulebook)
    recovered = [least_metals_of_material(output) for output in event.body["outputs"]]
    recovered_g = {metal: sum(metals.get(metal, 0) for metals in recovered) for metal in METALS}
    floor_permille = step.rulebook.threshold("recovered_metal_floor_permille", on=event.occurred_on)
    feed_g = max(feed.goods_g, event.body["input_mass_g"])
    strange = {
        f"{metal}_g": grams
        for metal, grams in recovered_g.items()
        if feed.most_g[metal] == 0 and grams * PERMILLE > feed_g * floor_permille
    }
    if strange:
        evidence = {"metals": strange, "feed_g": feed_g, "floor_permille": floor_permille}
        yield RULE.find(step, party=event.reporter, evidence=evidence, about=fed_codes(event))


RULE = Rule(
    name="recovered_more_than_fed",
    family="mass",
    title="More metal was recovered than was fed",
    title_zh="产出金属多于投料所含",
    weight="violation",
    kinds=("material_recovered",),
    families=("recovery",),
    competent_line="industry",
    source="conservation of mass; composition by BatPaC 5.1 (Busch et al. 2025); floor and tolerances: platform choice",
    verified=False,
    in_force_from="2018-08-01",
    counts=(
        "An output holds a metal that none of the batteries, lots and materials fed can hold, above 0.5 % of the feed mass; "
        "stated metal counts, else what a material of that name surely holds."
    ),
    counts_not=(
        "Feed of unreported birth or chemistry, of unknown mass, or beyond the goods named: it may hold anything. "
        "A chemistry that is not reported is the richest that the battery-type letter of the code allows."
    ),
    remedy="The enterprise names everything that was fed (codes, lots, materials) or corrects the outputs, and reports again.",
    remedy_zh="企业补报全部投料（编码、批次、材料）或更正产出后重新报送。",
    check=metal_that_was_never_in_the_feed,
)
