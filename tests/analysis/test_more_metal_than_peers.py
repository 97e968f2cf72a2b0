"""Recoveries richer than those of peers: honest plants are named as seldom as stated, a habit of claiming metal is found."""

import math
import random
from datetime import date

from suyuan.analysis.detectors.more_metal_than_peers import DETECTOR, Recovery, find_more_metal_than_peers

AS_OF = date(2028, 3, 31)


def plants(chance, *, number=18):
    """Honest plants: packs differ by a tenth, and each plant feeds bare cells or electrodes once in a while."""
    recoveries = []
    for n in range(number):
        rich = chance.betavariate(1, 30)
        for _ in range(chance.randrange(5, 30)):
            share = 0.0115 * chance.lognormvariate(0, 0.1) * (1.8 if chance.random() < rich else 1.0)
            recoveries.append(Recovery(f"UE{n}", int(share * 2_000_000), 2_000_000))
    return recoveries


def test_honest_plants_are_named_as_seldom_as_stated():
    looks = 150
    named = sum(
        bool(find_more_metal_than_peers(plants(random.Random(f"m{seed}")), as_of=AS_OF)) for seed in range(looks)
    )
    mean = DETECTOR.false_positives.at_most * looks
    assert named <= mean + 3 * math.sqrt(mean)


def test_a_plant_that_doubles_its_metal_most_of_the_time_is_named_in_any_order():
    chance = random.Random(41)
    lies = [Recovery("LIAR", int(0.0115 * (2.0 if n % 4 else 1.0) * 3_000_000), 3_000_000) for n in range(14)]
    recoveries = [*plants(chance), *lies]
    (lead,) = find_more_metal_than_peers(recoveries, as_of=AS_OF)
    assert (lead.party, lead.subject, lead.evidence["cases"]) == ("LIAR", "participant:LIAR", 10)
    assert find_more_metal_than_peers(chance.sample(recoveries, len(recoveries)), as_of=AS_OF) == [lead]


def test_claims_of_a_third_more_are_within_what_chemistry_explains():
    recoveries = plants(random.Random(42))
    lies = [Recovery("LIAR", int(0.0115 * 1.33 * 3_000_000), 3_000_000) for _ in range(14)]
    assert "LIAR" not in {one.party for one in find_more_metal_than_peers([*recoveries, *lies], as_of=AS_OF)}


def test_few_recoveries_and_those_that_state_no_lithium_tell_nothing():
    rich = [Recovery("LIAR", 90_000, 1_000_000) for _ in range(10)]
    assert find_more_metal_than_peers(rich, as_of=AS_OF) == []
    silent = [Recovery(f"UE{n % 15}", 0, 1_000_000) for n in range(150)]
    assert find_more_metal_than_peers([*silent, *rich], as_of=AS_OF) == []
